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
    Client, Error, Group, Provider, Resource, Resources, Stored, User,
    client::Capabilities,
    group::Member,
    patch::{self, Op},
    user::{Email, Name},
};

use crate::outcome::{Step, Stop, ensure};

pub(crate) struct Site {
    pub(crate) client: Client,
    pub(crate) provider: Provider,
    url: String,
    run: String,
    next: AtomicU32,
    created: Mutex<Vec<Created>>,
}

/// Something to delete.
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
            Self::Cursors => "pagination.cursor",
        }
    }
}

impl Site {
    /// A client of the server, which discovers it.
    pub(crate) async fn connect(url: &str, token: &str) -> Result<Self, Error> {
        let client = Client::builder(url).bearer_token(token).build()?;
        let provider = client.discover().await?;
        let millis = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |time| time.as_millis());
        Ok(Self {
            client,
            provider,
            url: url.to_owned(),
            run: format!(
                "interop-{:x}-{:x}",
                millis & 0xffff_ffff,
                std::process::id()
            ),
            next: AtomicU32::new(0),
            created: Mutex::new(Vec::new()),
        })
    }

    /// A client of the same server with another token.
    pub(crate) fn stranger(&self) -> Result<Client, Error> {
        Client::builder(&self.url)
            .bearer_token("not-the-token")
            .build()
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
        self.user("babs", |user| {
            user.with_display_name("Babs")
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
        })
        .await
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
        let stored = self.client.resource::<R>().create(resource).await?;
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

    /// Deletes what the scenario created, the last first.
    pub(crate) async fn tidy(&self) -> Step {
        let created = std::mem::take(&mut *self.list());
        let mut problems = Vec::new();
        for Created { endpoint, id } in created.into_iter().rev() {
            let handle = self.client.resource_at::<User>(endpoint);
            if let Err(error) = handle.delete(&id).if_exists().await {
                problems.push(error.to_string());
            }
        }
        ensure!(problems.is_empty(), "left behind: {}", problems.join("; "));
        Ok(())
    }

    /// Deletes what is left of this run: of requests that were processed and whose answer could
    /// not be used. Gives how many there were.
    pub(crate) async fn sweep(&self) -> Result<usize, Error> {
        // Whether the server looked at the filter is not taken for granted.
        let filters = self.client.capabilities().filter != Some(false);
        let mut users = self.users().query().attributes(|u| u.user_name);
        let mut groups = self.groups().query().attributes(|g| g.display_name);
        if filters {
            users = users.filter(|u| u.user_name.sw(&self.run));
            groups = groups.filter(|g| g.display_name.sw(&self.run));
        }
        let mine = |name: Option<&str>| name.is_some_and(|name| name.starts_with(&self.run));
        let mut found = Vec::new();
        let mut users = users.stream();
        while let Some(Ok(user)) = users.next().await {
            if mine(user.get(|u| u.user_name)) {
                found.push((User::ENDPOINT, user.id().to_owned()));
            }
        }
        let mut groups = groups.stream();
        while let Some(Ok(group)) = groups.next().await {
            if mine(group.get(|g| g.display_name)) {
                found.push((Group::ENDPOINT, group.id().to_owned()));
            }
        }
        for (endpoint, id) in found.iter().rev() {
            let handle = self.client.resource_at::<User>(*endpoint);
            handle.delete(id).if_exists().await?;
        }
        Ok(found.len())
    }

    fn list(&self) -> MutexGuard<'_, Vec<Created>> {
        self.created.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends the scenario if something of `sent` is not in `stored`, and names it. What the server adds
/// of its own is welcome.
pub(crate) fn kept<R: Resource>(stored: &R, sent: &R) -> Step {
    let patch = patch::diff(stored, sent).map_err(|error| Stop::Failed(error.to_string()))?;
    let mut lost = patch.into_message();
    lost.operations
        .retain(|operation| operation.op != Op::Remove);
    if lost.operations.is_empty() {
        return Ok(());
    }
    Err(Stop::Failed(format!(
        "what was sent differs from what is stored by {}",
        lost.to_json()
    )))
}
