//! A typed client at work, step by step, against the embedded service provider or, with
//! `--url URL --token TOKEN`, against any other; `--profile NAME` says whose make it is.
//!
//! A step that the service provider says it cannot do is left out; one that it refuses is told at
//! the end. What was made is deleted, whatever happens.

use std::{env, process::ExitCode, time::SystemTime};

use scim_client::{
    Client, Error, ErrorKind, Group, Profile, Stored, User,
    bytes::Bytes,
    client::{Capabilities, Operation},
    group::Member,
    http::Request,
    testing::ServiceProvider,
    user::{Email, Name},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = match Arguments::read() {
        Ok(arguments) => arguments,
        Err(problem) => {
            eprintln!("{problem}");
            return ExitCode::FAILURE;
        }
    };
    match run(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nquickstart failed: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let Arguments {
        url,
        token,
        profile,
    } = arguments;
    // Kept until the end: the server stops when it is dropped.
    let embedded = match url {
        Some(_) => None,
        None => {
            let provider = ServiceProvider::builder().bearer_token(&token).build();
            Some(provider.serve().await?)
        }
    };
    let own = embedded.as_ref().map(|server| server.url().to_owned());
    let url = url.or(own).unwrap_or_default();
    let mut builder = Client::builder(url).bearer_token(token);
    if let Some(name) = profile {
        builder = builder.profile(Profile::find(&name)?);
    }
    let scim = builder.build()?;
    println!("== connect\n   {}", scim.base_url());
    let mut tour = Tour::new(scim);
    let done = tour.all().await;
    let cleaned = tour.clean_up().await;
    done?;
    cleaned?;
    if tour.lacks.is_empty() {
        println!("\nDone: {} does all of it.", tour.scim.base_url());
    } else {
        println!("\nDone. {} does not do all of it:", tour.scim.base_url());
        for lack in &tour.lacks {
            println!(" - {lack}");
        }
    }
    Ok(())
}

/// What is shown, and what has to be deleted after it.
struct Tour {
    scim: Client,
    /// Part of every name, so that nothing is taken for something that was there before.
    mark: String,
    /// Whether a user may be there whose `id` is not known.
    lost: bool,
    user: Option<Stored<User>>,
    group: Option<Stored<Group>>,
    lacks: Vec<String>,
}

impl Tour {
    fn new(scim: Client) -> Self {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let now = now.map_or(0, |since| since.as_micros());
        Self {
            scim,
            mark: format!("{now:x}{:x}", std::process::id()),
            lost: false,
            user: None,
            group: None,
            lacks: Vec::new(),
        }
    }

    fn user_name(&self) -> String {
        format!("bjensen-{}@example.com", self.mark)
    }

    async fn all(&mut self) -> Result<(), Error> {
        let has_groups = self.discover().await?;
        let capabilities = self.scim.capabilities();
        let Some(babs) = self.create().await? else {
            return Ok(());
        };
        if capabilities.filter != Some(false) {
            let found = self.query(&capabilities).await;
            self.note("a query with a filter", found)?;
        }
        let read = self.read_some(&babs).await;
        self.note("some attributes only", read)?;
        if capabilities.patch != Some(false) || capabilities.put != Some(false) {
            let updated = self.update(&capabilities).await;
            self.note("an update", updated)?;
        }
        if capabilities.patch != Some(false) {
            let patched = self.patch().await;
            self.note("a patch", patched)?;
        }
        if capabilities.put != Some(false) {
            let replaced = self.replace().await;
            self.note("a replace", replaced)?;
        }
        if has_groups {
            let grouped = self.group(&babs).await;
            self.note("a group", grouped)?;
        }
        let listed = self.list().await;
        self.note("a list", listed)
    }

    /// Takes note of what the service provider refuses, or answers so that it is of no use. Where it
    /// cannot be reached there is no sense in going on.
    fn note(&mut self, step: &str, done: Result<(), Error>) -> Result<(), Error> {
        let Err(error) = done else {
            return Ok(());
        };
        if matches!(
            error.kind(),
            ErrorKind::Configuration
                | ErrorKind::Connect
                | ErrorKind::Credentials
                | ErrorKind::Timeout
                | ErrorKind::Transport
        ) || error.is_unauthorized()
        {
            return Err(error);
        }
        println!("<- {error}");
        self.lacks.push(format!("{step}: {error}"));
        Ok(())
    }

    /// Returns whether there are groups, as far as is known.
    async fn discover(&mut self) -> Result<bool, Error> {
        step("discover: what does the service provider say of itself?");
        let provider = match self.scim.discover().await {
            Ok(provider) => provider,
            Err(error) => {
                self.note("discovery", Err(error))?;
                return Ok(true);
            }
        };
        let types = &provider.resource_types;
        for resource_type in types {
            let name = resource_type.name.as_deref().unwrap_or("?");
            let endpoint = resource_type.endpoint.as_ref();
            println!("   {name}: {}", endpoint.map_or("?", |e| e.as_str()));
        }
        describe(&self.scim.capabilities());
        step("verify: does it serve what was compiled in?");
        match provider.verify::<User>().into_result() {
            Ok(report) => println!("   {report}"),
            Err(report) => {
                println!("   {report}");
                self.lacks
                    .push("the schema of User is another one, see above".to_owned());
            }
        }
        let is_group = |name: Option<&str>| name == Some("Group");
        Ok(types.is_empty() || types.iter().any(|t| is_group(t.name.as_deref())))
    }

    async fn create(&mut self) -> Result<Option<Stored<User>>, Error> {
        step("create");
        let name = self.user_name();
        let babs = User::new(&name)
            .with_display_name("Babs")
            .with_name(
                Name::new()
                    .with_given_name("Barbara")
                    .with_family_name("Jenson"),
            )
            .with_emails([Email::new(&name).with_type("work").with_primary(true)]);
        let users = self.scim.resource::<User>();
        let create = users.create(&babs);
        sent(&create)?;
        match create.await {
            Ok(babs) => {
                let version = babs.meta().version.as_deref();
                println!("<- id {}, version {}", babs.id(), shown(version));
                self.user = Some(babs.clone());
                Ok(Some(babs))
            }
            Err(error) => {
                self.lost = error.is_outcome_unknown();
                self.note("a user", Err(error))?;
                Ok(None)
            }
        }
    }

    async fn query(&self, capabilities: &Capabilities) -> Result<(), Error> {
        step("query with a typed filter");
        let name = self.user_name();
        let users = self.scim.resource::<User>();
        let mut query = users.query().filter(|u| u.user_name.eq(&name));
        if capabilities.sort == Some(true) {
            query = query.sort_by(|u| u.user_name);
        }
        sent(&query)?;
        let mut found = query.stream();
        while let Some(user) = found.next().await {
            let user = user?;
            println!("<- {} {}", user.id(), user.user_name);
        }
        Ok(())
    }

    async fn read_some(&self, babs: &Stored<User>) -> Result<(), Error> {
        step("read some attributes only");
        let users = self.scim.resource::<User>();
        let get = users.get(babs.id());
        let get = get.attributes(|u| (u.display_name, u.name.family_name));
        sent(&get)?;
        let partial = get.await?;
        println!(
            "<- family name {}",
            shown(partial.get(|u| u.name.family_name))
        );
        println!("<- display name {}", shown(partial.get(|u| u.display_name)));
        Ok(())
    }

    async fn update(&mut self, capabilities: &Capabilities) -> Result<(), Error> {
        step("update: say what it should be, the smallest PATCH is sent");
        let Some(babs) = &self.user else {
            return Ok(());
        };
        let users = self.scim.resource::<User>();
        let update = users.update(babs, |u| {
            u.title = Some("CTO".into());
            u.name.get_or_insert_default().family_name = Some("Jensen".into());
        });
        if capabilities.patch != Some(false) {
            println!("-> {}", update.patch()?.into_message().to_json());
        }
        let babs = update.await?;
        let family_name = babs.name.as_ref().and_then(|n| n.family_name.as_deref());
        println!(
            "<- title {}, family name {}",
            shown(babs.title.as_deref()),
            shown(family_name)
        );
        self.user = Some(babs);
        Ok(())
    }

    async fn patch(&mut self) -> Result<(), Error> {
        step("patch: say what to do");
        let Some(babs) = &self.user else {
            return Ok(());
        };
        let users = self.scim.resource::<User>();
        let patch = users.patch(babs).replace(|u| u.display_name, "Babs Jensen");
        sent(&patch)?;
        let babs = patch.await?;
        println!("<- display name {}", shown(babs.display_name.as_deref()));
        self.user = Some(babs);
        Ok(())
    }

    async fn replace(&mut self) -> Result<(), Error> {
        step("replace: change it in place and write it back whole");
        let Some(babs) = &mut self.user else {
            return Ok(());
        };
        babs.nick_name = Some("Babsie".into());
        let users = self.scim.resource::<User>();
        let replace = users.replace(&*babs);
        sent(&replace)?;
        *babs = replace.await?;
        println!("<- nick name {}", shown(babs.nick_name.as_deref()));
        Ok(())
    }

    async fn group(&mut self, babs: &Stored<User>) -> Result<(), Error> {
        step("a group with a member");
        let groups = self.scim.resource::<Group>();
        let group = Group::new(format!("Tour Guides {}", self.mark));
        let create = groups.create(&group.with_members([Member::new(babs.id())]));
        sent(&create)?;
        let guides = create.await?;
        println!(
            "<- {}, members: {}",
            guides.display_name,
            guides.members.len()
        );
        self.group = Some(guides);
        Ok(())
    }

    async fn list(&self) -> Result<(), Error> {
        step("list users, page by page");
        let users = self.scim.resource::<User>();
        let mut all = users.query().attributes(|u| u.user_name).stream();
        let mut shown = 0;
        while let (Some(user), true) = (all.next().await, shown < 10) {
            let user = user?;
            println!(
                "<- {} {}",
                user.id(),
                self::shown(user.get(|u| u.user_name))
            );
            shown += 1;
        }
        if let Some(total) = all.total_results() {
            println!("   {total} in all");
        }
        Ok(())
    }

    /// Deletes what was made.
    async fn clean_up(&mut self) -> Result<(), Error> {
        let (users, groups) = (self.scim.resource::<User>(), self.scim.resource::<Group>());
        let mut ids = Vec::new();
        if self.lost {
            // The response was lost, or of no use: whoever has the name is the one.
            let name = self.user_name();
            let found = users
                .query()
                .filter(|u| u.user_name.eq(&name))
                .all()
                .await?;
            let ours = found.iter().filter(|user| user.user_name == name);
            ids.extend(ours.map(|user| user.id().to_owned()));
        }
        ids.extend(self.user.take().map(|user| user.id().to_owned()));
        // One that cannot be deleted keeps no other one.
        let mut failed = Ok(());
        if let Some(group) = self.group.take() {
            step("delete the group");
            // By its identifier alone: the version may be an old one.
            failed = failed.and(groups.delete(group.id()).await);
        }
        for id in ids {
            step("delete the user");
            if let Err(error) = users.delete(id.as_str()).await {
                failed = failed.and(Err(error));
                continue;
            }
            match users.get(id.as_str()).await {
                Err(error) => println!("<- gone: {error}"),
                Ok(_) => self
                    .lacks
                    .push("a user can be read after its deletion".to_owned()),
            }
        }
        failed
    }
}

/// Says what the service provider can do, in words.
fn describe(capabilities: &Capabilities) {
    let limit = |limit: Option<u64>| limit.map_or(String::new(), |most| format!(" (up to {most})"));
    for (what, supported, note) in [
        ("PATCH", capabilities.patch, String::new()),
        (
            "filters",
            capabilities.filter,
            limit(capabilities.max_results),
        ),
        ("sorting", capabilities.sort, String::new()),
        ("versions", capabilities.etag, String::new()),
        (
            "bulk",
            capabilities.bulk,
            limit(capabilities.bulk_max_operations),
        ),
    ] {
        let supported = match supported {
            Some(true) => "yes",
            Some(false) => "no",
            None => "not said",
        };
        println!("   {what}: {supported}{note}");
    }
}

fn step(title: &str) {
    println!("\n== {title}");
}

fn shown(text: Option<&str>) -> &str {
    text.unwrap_or("(none)")
}

/// Shows what an operation will send.
fn sent(operation: &impl Operation) -> Result<(), Error> {
    let request: Request<Bytes> = operation.request()?;
    println!("-> {} {}", request.method(), request.uri());
    if !request.body().is_empty() {
        println!("   {}", String::from_utf8_lossy(request.body()));
    }
    Ok(())
}

struct Arguments {
    url: Option<String>,
    token: String,
    profile: Option<String>,
}

impl Arguments {
    fn read() -> Result<Self, String> {
        const USAGE: &str = "quickstart [--url URL --token TOKEN [--profile NAME]]";
        let (mut url, mut token, mut profile) = (None, None, None);
        let mut arguments = env::args().skip(1);
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or(format!("{argument} needs a value"));
            match argument.as_str() {
                "--url" => url = Some(value()?),
                "--token" => token = Some(value()?),
                "--profile" => profile = Some(value()?),
                "--help" | "-h" => return Err(USAGE.to_owned()),
                _ => return Err(format!("unknown argument {argument}: {USAGE}")),
            }
        }
        match (url, token) {
            (Some(_), None) => Err(format!("--url needs --token TOKEN: {USAGE}")),
            (None, Some(_)) => Err(format!("--token needs --url URL: {USAGE}")),
            (url, token) => Ok(Self {
                url,
                profile,
                token: token.unwrap_or_else(|| "secret-token".to_owned()),
            }),
        }
    }
}
