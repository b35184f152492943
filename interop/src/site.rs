//! One server as the scenarios see it: a client, names that nobody else has, and a list of what
//! has to be deleted.

use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

use scim_client::{
    Client, Error, ErrorKind, Extra, Group, Provider, Resource, Resources, Stored, User,
    attribute_path::AttributePath,
    client::Capabilities,
    filter::{Filter, Operator},
    group::Member,
    http::StatusCode,
    patch::{self, DiffError, Op, Operation, PatchOp},
    user::{Email, Name},
};

use crate::{
    outcome::{Step, Stop, ensure, optional},
    suite::create,
};

/// Any resource: nothing has to be there but its `id`.
#[derive(Debug, Clone, PartialEq, Resource)]
#[scim(schema = "urn:example:interop:2.0:Anything", endpoint = "/Anything")]
struct Anything {
    #[scim(extra)]
    extra: Extra,
}

pub(crate) struct Site {
    pub(crate) client: Client,
    pub(crate) provider: Provider,
    /// The same client, but one that does not take the server's word for having no filters.
    insistent: Client,
    url: String,
    run: String,
    next: AtomicU32,
    created: Mutex<Vec<Created>>,
    /// Attributes of a user that come back without what was sent.
    dropped: Vec<String>,
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

impl Site {
    /// A client of the server, which discovers it. Without a token, it sends none.
    pub(crate) async fn connect(url: &str, token: &str) -> Result<Self, Error> {
        let builder = || match token {
            "" => Client::builder(url),
            token => Client::builder(url).bearer_token(token),
        };
        let client = builder().build()?;
        let mut with_filters = Capabilities::default();
        with_filters.filter = Some(true);
        let insistent = builder().capabilities(with_filters).build()?;
        let provider = client.discover().await?;
        let millis = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |time| time.as_millis());
        Ok(Self {
            client,
            provider,
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
        })
    }

    /// What the server says that it can do.
    pub(crate) fn announced(&self) -> Capabilities {
        let config = self.provider.config.as_deref();
        config.map(Capabilities::from_config).unwrap_or_default()
    }

    /// Finds out which attributes of a user the server does not keep, and whether it has filters
    /// although it says that it has none.
    pub(crate) async fn probe(&mut self) {
        // Where one of so many attributes is refused, the most usual ones have to do.
        for sent in [create::everything(self.name("probe")), self.babs_to_be()] {
            if let Ok(stored) = self.create(&sent).await
                && let Ok(read) = self.users().get(stored.id()).await
                && let Ok(lost) = lost(read.resource(), &sent)
            {
                self.dropped = lost.iter().flat_map(names).collect();
                if self.announced().filter == Some(false) && self.filters(&read.user_name).await {
                    // What it says of the rest is still to be known.
                    let _discovered = self.insistent.discover().await;
                    self.client = self.insistent.clone();
                }
                break;
            }
        }
        let _left_for_the_sweep = self.tidy().await;
    }

    /// Whether a filter finds this user alone, and nobody where there is nobody.
    async fn filters(&self, user_name: &str) -> bool {
        let nobody = self.name("nobody");
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
        Client::builder(&self.url)
            .bearer_token("not-the-token")
            .build()
    }

    /// A client of the same server without a token.
    pub(crate) fn anonymous(&self) -> Result<Client, Error> {
        Client::builder(&self.url).build()
    }

    pub(crate) fn users(&self) -> Resources<User> {
        self.client.resource()
    }

    pub(crate) fn groups(&self) -> Resources<Group> {
        self.client.resource()
    }

    /// A name that nobody else has; it begins as all names of this run do.
    pub(crate) fn name(&self, what: &str) -> String {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        format!("{}-{number}-{what}", self.run)
    }

    /// Creates a user of that name, and more of what `with` says.
    pub(crate) async fn user(
        &self,
        what: &str,
        with: impl FnOnce(User) -> User,
    ) -> Step<Stored<User>> {
        self.create(&with(User::new(self.name(what)))).await
    }

    /// A user with a bit of everything that can be changed.
    pub(crate) async fn babs(&self) -> Step<Stored<User>> {
        self.create(&self.babs_to_be()).await
    }

    fn babs_to_be(&self) -> User {
        User::new(self.name("babs"))
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
                Email::new("babs@work.example")
                    .with_type("work")
                    .with_primary(true),
                Email::new("babs@home.example").with_type("home"),
            ])
    }

    /// Creates a group with these members.
    pub(crate) async fn group<'a>(
        &self,
        what: &str,
        members: impl IntoIterator<Item = &'a Stored<User>>,
    ) -> Step<Stored<Group>> {
        let members = members.into_iter().map(|user| Member::new(user.id()));
        let group = Group::new(self.name(what)).with_members(members.collect::<Vec<_>>());
        self.create(&group).await
    }

    /// Creates a resource that will be deleted after the scenario.
    pub(crate) async fn create<R: Resource>(&self, resource: &R) -> Step<Stored<R>> {
        let created = self.client.resource::<R>().create(resource).await;
        // Where a new resource belongs, there is nothing that could be missing but the endpoint.
        let stored = optional(created)?;
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

    /// Deletes what the scenario created, the last first. What cannot be deleted is tried again
    /// in the end.
    pub(crate) async fn tidy(&self) -> Step {
        let mut problems = Vec::new();
        let mut left = Vec::new();
        // One after the other is taken off, so that nothing is forgotten if this is interrupted.
        while let Some(created) = self.last() {
            if let Err(error) = self.delete(&created).await {
                problems.push(error.to_string());
                left.push(created.clone());
            }
            self.list().retain(|other| *other != created);
        }
        self.list().extend(left);
        ensure!(problems.is_empty(), "left behind: {}", problems.join("; "));
        Ok(())
    }

    fn last(&self) -> Option<Created> {
        self.list().last().cloned()
    }

    async fn delete(&self, created: &Created) -> Result<bool, Error> {
        let handle = self.client.resource_at::<User>(created.endpoint);
        handle.delete(&created.id).if_exists().await
    }

    /// Deletes what is left of this run: what could not be deleted before, and what requests made
    /// whose answer could not be used. `trusted` says that the server's filters may be relied on;
    /// otherwise everything is listed. Says what is still there.
    pub(crate) async fn sweep(&self, trusted: bool) -> Result<(), String> {
        let filters = trusted && self.client.capabilities().filter != Some(false);
        let mut found = std::mem::take(&mut *self.list());
        let mut unseen = Vec::new();
        for (endpoint, name) in [
            (User::ENDPOINT, "userName"),
            (Group::ENDPOINT, "displayName"),
        ] {
            let mut listed = self.leftovers(endpoint, name, filters).await;
            if filters && listed.is_err() {
                listed = self.leftovers(endpoint, name, false).await;
            }
            match listed {
                Ok(listed) => found.extend(listed),
                Err(error) if error.status().is_some_and(is_absent) => {}
                Err(error) => unseen.push(error.to_string()),
            }
        }
        for created in found.iter().rev() {
            if let Err(error) = self.delete(created).await {
                let Created { endpoint, id } = created;
                unseen.push(format!("{endpoint}/{id} is left behind: {error}"));
            }
        }
        if unseen.is_empty() {
            return Ok(());
        }
        Err(unseen.join("; "))
    }

    /// The resources whose names begin as those of this run. Names are looked at again here, and
    /// nothing but `id` and the name has to be as it should.
    async fn leftovers(
        &self,
        endpoint: &'static str,
        name: &'static str,
        filters: bool,
    ) -> Result<Vec<Created>, Error> {
        let handle = self.client.resource_at::<Anything>(endpoint);
        let mut query = handle.query();
        if filters {
            let filter = Filter::compare(
                AttributePath::from_parts(None, name, None),
                Operator::Sw,
                self.run.as_str(),
            );
            query = query.filter_by(filter);
        }
        let (mut found, mut read, mut unreadable) = (Vec::new(), false, None);
        let mut all = query.stream();
        while let Some(one) = all.next().await {
            match one {
                Ok(one) => {
                    read = true;
                    let given = one.extra.get(name).map(scim_client::Json::to_value);
                    if given.is_some_and(|given| {
                        given
                            .as_str()
                            .is_some_and(|given| given.starts_with(&self.run))
                    }) {
                        let id = one.id().to_owned();
                        found.push(Created { endpoint, id });
                    }
                }
                // One resource, or the whole answer: then there is none that can be read.
                Err(error) if error.kind() == ErrorKind::Decode => unreadable = Some(error),
                Err(error) => return Err(error),
            }
        }
        match unreadable {
            Some(error) if !read => Err(error),
            _ => Ok(found),
        }
    }

    fn list(&self) -> MutexGuard<'_, Vec<Created>> {
        self.created.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An endpoint that is not there has nothing left.
fn is_absent(status: StatusCode) -> bool {
    [
        StatusCode::NOT_FOUND,
        StatusCode::METHOD_NOT_ALLOWED,
        StatusCode::NOT_IMPLEMENTED,
    ]
    .contains(&status)
}

/// The attributes that an operation puts back: by its path, or the members of its value.
fn names(operation: &Operation) -> Vec<String> {
    let path = operation.path.as_ref();
    if let Some(path) = path.and_then(|path| path.attribute()) {
        return vec![path.name().to_owned()];
    }
    let value = operation.value.as_ref().map(scim_client::Json::to_value);
    let mut names = Vec::new();
    for (name, value) in value
        .as_ref()
        .and_then(|v| v.as_object())
        .into_iter()
        .flatten()
    {
        names.push(name.clone());
        names.extend(
            value
                .as_object()
                .into_iter()
                .flat_map(|inner| inner.keys().cloned()),
        );
    }
    names
}

/// The operations that would put back what is not in `stored`.
fn lost<R: Resource>(stored: &R, sent: &R) -> Result<Vec<Operation>, DiffError> {
    let mut lost = patch::diff(stored, sent)?.into_message().operations;
    lost.retain(|operation| operation.op != Op::Remove);
    Ok(lost)
}

/// Ends the scenario if something of `sent` is not in `stored`, and names it. What the server adds
/// of its own is welcome.
pub(crate) fn kept<R: Resource>(stored: &R, sent: &R) -> Step {
    let lost = lost(stored, sent).map_err(|error| Stop::Failed(error.to_string()))?;
    if lost.is_empty() {
        return Ok(());
    }
    Err(Stop::Failed(format!(
        "what was sent differs from what is stored by {}",
        PatchOp::new(lost).to_json()
    )))
}
