//! One server as the scenarios see it: a client, names that nobody else has, and a list of what
//! has to be deleted.

mod kept;
mod sweep;

use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

use scim_client::{
    Client, Error, ErrorKind, Group, Provider, Reference, Resource, Stored, User,
    client::{Capabilities, ClientBuilder},
    dynamic::{ResourceType, ResourceTypes},
    group::Member,
    http::StatusCode,
    user::{Email, Name},
};

pub(crate) use self::kept::kept;
use crate::{
    blame::{Blame, blame},
    handle::{AtRunTime, Handle},
    outcome::{Failure, Step, Stop, Trouble, set_up},
    requirements::Filler,
    wire::Wire,
};

pub(crate) struct Site {
    pub(crate) client: Client,
    pub(crate) provider: Provider,
    /// What the server publishes, or what is wrong with it.
    types: Result<ResourceTypes, String>,
    /// The same client, but one that does not take the server's word for having no filters.
    insistent: Client,
    url: String,
    /// What the names of everything begin with.
    run: String,
    next: AtomicU32,
    created: Mutex<Vec<Created>>,
    /// Attributes of a user that come back without what was sent.
    dropped: Vec<String>,
    wire: Wire,
    /// Whether handles are of the types that the server publishes.
    at_run_time: AtomicBool,
}

/// Something to delete.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Created {
    endpoint: &'static str,
    id: String,
}

/// What a service provider may leave out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Feature {
    Patch,
    Bulk,
    Filter,
    Sort,
    Versions,
    Positions,
    Cursors,
}

impl Feature {
    /// What the service provider says of it.
    pub(crate) fn announced(self, capabilities: &Capabilities) -> Option<bool> {
        match self {
            Self::Patch => capabilities.patch,
            Self::Bulk => capabilities.bulk,
            Self::Filter => capabilities.filter,
            Self::Sort => capabilities.sort,
            Self::Versions => capabilities.etag,
            Self::Positions => capabilities.index_paging,
            Self::Cursors => Some(capabilities.cursor_paging == Some(true)),
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Patch => "patch.supported",
            Self::Bulk => "bulk.supported",
            Self::Filter => "filter.supported",
            Self::Sort => "sort.supported",
            Self::Versions => "etag.supported",
            Self::Positions => "pagination.index",
            Self::Cursors => "pagination.cursor",
        }
    }
}

/// By which types a scenario is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Compiled,
    /// By the types that the server publishes.
    AtRunTime,
}

impl Site {
    /// A client of the server, which discovers it. Without a token, it sends none.
    pub(crate) async fn connect(url: &str, token: &str) -> Result<Self, Error> {
        let wire = Wire::default();
        let builder = || -> ClientBuilder {
            let builder = Client::builder(url).hook(wire.clone());
            match token {
                "" => builder,
                token => builder.bearer_token(token),
            }
        };
        let client = builder().build()?;
        let mut with_filters = Capabilities::default();
        with_filters.filter = Some(true);
        let insistent = builder().capabilities(with_filters).build()?;
        let provider = client.discover().await?;
        let types = provider.types().map_err(|error| error.to_string());
        let millis = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |time| time.as_millis());
        Ok(Self {
            client,
            provider,
            types,
            insistent,
            url: url.to_owned(),
            run: format!(
                "interop-{:x}-{:x}",
                millis & 0xffff_ffff,
                std::process::id()
            ),
            next: AtomicU32::new(0),
            created: Mutex::new(Vec::new()),
            dropped: Vec::new(),
            wire,
            at_run_time: AtomicBool::new(false),
        })
    }

    /// What the server says that it can do.
    pub(crate) fn announced(&self) -> Capabilities {
        let config = self.provider.config.as_deref();
        config.map(Capabilities::from_config).unwrap_or_default()
    }

    /// What is wrong with the types that the server publishes.
    pub(crate) fn unreadable_types(&self) -> Option<&str> {
        self.types.as_ref().err().map(String::as_str)
    }

    /// From now on by these types, with an empty record of the wire.
    pub(crate) fn go(&self, way: Way) {
        self.at_run_time
            .store(way == Way::AtRunTime, Ordering::Relaxed);
        self.wire.clear();
    }

    /// Whose a failure is, as far as the wire of this scenario shows it.
    pub(crate) fn blame(&self, failure: &Failure) -> Option<Blame> {
        blame(failure, &self.wire.exchanges(), self.types.as_ref().ok())
    }

    /// Finds out whether the server deletes, which attributes of a user it does not keep, and
    /// whether it has filters although it says that it has none.
    ///
    /// # Errors
    /// What was created cannot be deleted, so nothing more may be created.
    pub(crate) async fn probe(&mut self) -> Result<(), String> {
        self.go(Way::Compiled);
        self.probe_deletion().await?;
        // Where one of so many attributes is refused, the most usual ones have to do.
        for sent in [kept::everything(self), self.babs_to_be()] {
            if let Ok(stored) = self.create(&sent).await
                && let Ok(read) = self.users().get(stored.id()).await
                && let Ok(lost) = kept::lost(read.resource(), &sent)
            {
                self.dropped = lost.iter().flat_map(kept::names).collect();
                if self.announced().filter == Some(false) && self.filters(&read.user_name).await {
                    // What it says of the rest is still to be known.
                    let _discovered = self.insistent.discover().await;
                    self.client = self.insistent.clone();
                }
                break;
            }
        }
        let _left_for_the_sweep = self.tidy(0).await;
        Ok(())
    }

    /// Creates one user, deletes it, and looks whether it is gone.
    async fn probe_deletion(&self) -> Result<(), String> {
        // That nothing can be created, the scenarios will say.
        let Ok(user) = self.create(&User::new(self.user_name("probe"))).await else {
            return Ok(());
        };
        let what = format!("{}/{}", User::ENDPOINT, user.id());
        let stays =
            |why: String| format!("{what} cannot be deleted: {why}; nothing more is created");
        let deleted = self.client.resource::<User>().delete(user.id()).await;
        deleted.map_err(|error| stays(error.to_string()))?;
        // Whatever an error says besides its status, the user is gone.
        let gone = [Some(StatusCode::NOT_FOUND), Some(StatusCode::GONE)];
        match self.client.resource::<User>().get(user.id()).await {
            Err(error) if gone.contains(&error.status()) => {}
            Ok(_) => {
                let said = "DELETE was answered with success, and GET still gives it";
                return Err(stays(said.to_owned()));
            }
            Err(error) => {
                return Err(stays(format!(
                    "DELETE was answered with success, and then {error}"
                )));
            }
        }
        self.list().retain(|created| created.id != user.id());
        Ok(())
    }

    /// Whether a filter finds this user alone, and nobody where there is nobody.
    async fn filters(&self, user_name: &str) -> bool {
        let nobody = self.user_name("nobody");
        for (name, wanted) in [(user_name, 1), (nobody.as_str(), 0)] {
            let users = self.insistent.resource::<User>();
            let found = users.query().filter(|u| u.user_name.eq(name)).await;
            if !found.is_ok_and(|page| page.resources.len() == wanted) {
                return false;
            }
        }
        true
    }

    /// The attribute that the server does not keep and that a failure speaks of.
    pub(crate) fn dropped(&self, said: &str) -> Option<&str> {
        let words: Vec<_> = said
            .split(|c: char| !c.is_ascii_alphanumeric() && !":.-".contains(c))
            .flat_map(|word| std::iter::once(word).chain(word.split([':', '.'])))
            .collect();
        let mut names = self.dropped.iter().map(String::as_str);
        names.find(|name| words.contains(name))
    }

    /// A client of the same server with another token.
    pub(crate) fn stranger(&self) -> Result<Client, Error> {
        let builder = Client::builder(&self.url).hook(self.wire.clone());
        builder.bearer_token("not-the-token").build()
    }

    /// A client of the same server without a token.
    pub(crate) fn anonymous(&self) -> Result<Client, Error> {
        let builder = Client::builder(&self.url).hook(self.wire.clone());
        builder.build()
    }

    /// The resources of a type, by the kind of types that are used now.
    pub(crate) fn of<R: Resource>(&self) -> Handle<'_, R> {
        let published = self.published::<R>();
        let at_run_time = self.at_run_time.load(Ordering::Relaxed).then(|| {
            let kind = published.clone();
            let handle = self.client.resource_of(&kind);
            AtRunTime { kind, handle }
        });
        Handle {
            filler: self.filler(),
            published,
            compiled: self.client.resource(),
            at_run_time,
        }
    }

    pub(crate) fn users(&self) -> Handle<'_, User> {
        self.of()
    }

    pub(crate) fn groups(&self) -> Handle<'_, Group> {
        self.of()
    }

    /// A type as the server publishes it; the compiled one where it publishes none.
    pub(crate) fn published<R: Resource>(&self) -> ResourceType {
        let types = self.types.as_ref().ok();
        types
            .and_then(|types| types.by_schema(R::SCHEMA))
            .cloned()
            .unwrap_or_else(ResourceType::of::<R>)
    }

    /// Whether the documents that the server publishes know what a path names: an attribute of that
    /// name, in a schema that a resource type has. They are looked at as they came.
    pub(crate) fn publishes(&self, path: &str) -> bool {
        let name = path.rsplit([':', '.']).next().unwrap_or_default();
        let (urn, _) = path.rsplit_once(':').unwrap_or_default();
        let types = self.provider.resource_types.iter();
        let is_used = |schema: &str| {
            types.clone().any(|one| {
                let own = one.schema.as_ref().map(Reference::as_str);
                let mut all = one.schema_extensions.iter();
                own == Some(schema)
                    || all.any(|one| one.schema.as_ref().map(Reference::as_str) == Some(schema))
            })
        };
        let named = format!("\"name\":\"{}\"", name.to_ascii_lowercase());
        self.provider.schemas.iter().any(|schema| {
            (urn.is_empty() || urn.eq_ignore_ascii_case(schema.id()))
                && is_used(schema.id())
                && Stored::to_json(schema)
                    .to_ascii_lowercase()
                    .contains(&named)
        })
    }

    /// The resource, and what the server's schema requires besides.
    pub(crate) fn complete<R: Resource>(&self, resource: &R) -> Result<R, Trouble> {
        self.of::<R>().complete(resource)
    }

    fn filler(&self) -> Filler<'_> {
        Filler {
            run: &self.run,
            next: &self.next,
        }
    }

    /// A name that nobody else has; it begins as all names of this run do.
    pub(crate) fn name(&self, what: &str) -> String {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        format!("{}-{number}-{what}", self.run)
    }

    /// A `userName` that nobody else has: an address, as many servers want it.
    pub(crate) fn user_name(&self, what: &str) -> String {
        format!("{}@interop.example", self.name(what))
    }

    /// An e-mail address that nobody else has.
    pub(crate) fn mail(&self, what: &str) -> String {
        format!("{}@{what}.example", self.name(what))
    }

    /// Creates a user of that name, and more of what `with` says, for a scenario to begin with.
    pub(crate) async fn user(
        &self,
        what: &str,
        with: impl FnOnce(User) -> User,
    ) -> Step<Stored<User>> {
        self.given(&with(User::new(self.user_name(what)))).await
    }

    /// A user with a bit of everything that can be changed, for a scenario to begin with.
    pub(crate) async fn babs(&self) -> Step<Stored<User>> {
        self.given(&self.babs_to_be()).await
    }

    fn babs_to_be(&self) -> User {
        User::new(self.user_name("babs"))
            .with_display_name("Babs")
            .with_title("Tour Guide")
            .with_nick_name("Babsie")
            .with_active(true)
            .with_name(
                Name::new()
                    .with_given_name("Barbara")
                    .with_family_name("Jensen"),
            )
            .with_emails([
                Email::new(self.mail("work"))
                    .with_type("work")
                    .with_primary(true),
                Email::new(self.mail("home")).with_type("home"),
            ])
    }

    /// Creates a group with these members, for a scenario to begin with.
    pub(crate) async fn group<'a>(
        &self,
        what: &str,
        members: impl IntoIterator<Item = &'a Stored<User>>,
    ) -> Step<Stored<Group>> {
        let members = members.into_iter().map(|user| Member::new(user.id()));
        let group = Group::new(self.name(what)).with_members(members.collect::<Vec<_>>());
        self.given(&group).await
    }

    /// Creates what a scenario needs before it begins: if that fails, nothing is known of what it is
    /// about. A connection that broke is tried once more: that is none of its business either.
    pub(crate) async fn given<R: Resource>(&self, resource: &R) -> Step<Stored<R>> {
        let mut made = self.of::<R>().create(resource).await;
        if let Err(Trouble::Client(error)) = &made
            && error.kind() == ErrorKind::Transport
        {
            made = self.of::<R>().create(resource).await;
        }
        let stored = set_up(made.map_err(Stop::from))?;
        self.keep(&stored);
        Ok(stored)
    }

    /// Creates a resource, which a scenario is about. It will be deleted after the scenario.
    pub(crate) async fn create<R: Resource>(&self, resource: &R) -> Step<Stored<R>> {
        let stored = self.of::<R>().create(resource).await?;
        self.keep(&stored);
        Ok(stored)
    }

    /// Deletes this after the scenario.
    pub(crate) fn keep<R: Resource>(&self, stored: &Stored<R>) {
        self.keep_id::<R>(stored.id());
    }

    pub(crate) fn keep_id<R: Resource>(&self, id: &str) {
        self.list().push(Created {
            endpoint: R::ENDPOINT,
            id: id.to_owned(),
        });
    }

    /// How many resources are to be deleted.
    pub(crate) fn kept_so_far(&self) -> usize {
        self.list().len()
    }

    fn list(&self) -> MutexGuard<'_, Vec<Created>> {
        self.created.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
