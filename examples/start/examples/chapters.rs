//! What the chapters of the guide are about, one after the other or only one:
//! `cargo run --example chapters -- filters`. It prints the requests that were sent. A service provider in
//! memory answers; no network is used.

use std::{error::Error, time::Duration};

use scim_client::{
    Client, EnterpriseUser, Group, Resources, User,
    client::RateLimit,
    group::Member,
    testing::{Misbehaviour, ServiceProvider},
    typed::condition,
    user::Email,
};

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

/// Each chapter begins with a directory of its own.
struct Directory {
    provider: ServiceProvider,
    scim: Client,
}

impl Directory {
    fn new() -> Result<Self> {
        let provider = ServiceProvider::new();
        let scim = Client::builder("https://scim.example/v2")
            .service(provider.clone())
            .rate_limit(RateLimit::new(100, Duration::from_secs(1)))
            .build()?;
        Ok(Self { provider, scim })
    }

    fn users(&self) -> Resources<User> {
        self.scim.resource()
    }

    /// Prints the requests since the last time.
    fn show(&self, what: &str) {
        println!("   {what}:");
        for request in self.provider.requests() {
            println!("-> {}", request.line());
            let body = request.body();
            if !body.is_empty() {
                println!("   {body}");
            }
        }
        self.provider.clear_requests();
    }
}

const CHAPTERS: [&str; 7] = [
    "people_and_groups",
    "filters",
    "patches",
    "lossless",
    "paging_and_limits",
    "bulk",
    "errors",
];

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result {
    let chosen: Vec<String> = std::env::args().skip(1).collect();
    if let Some(other) = chosen
        .iter()
        .find(|name| !CHAPTERS.contains(&name.as_str()))
    {
        return Err(format!("no chapter `{other}`: there are {}", CHAPTERS.join(", ")).into());
    }
    for name in CHAPTERS {
        if !chosen.is_empty() && !chosen.iter().any(|one| one == name) {
            continue;
        }
        println!("== {name}");
        let directory = Directory::new()?;
        match name {
            "people_and_groups" => people_and_groups(&directory).await?,
            "filters" => filters(&directory).await?,
            "patches" => patches(&directory).await?,
            "lossless" => lossless(&directory).await?,
            "paging_and_limits" => paging_and_limits(&directory).await?,
            "bulk" => bulk(&directory).await?,
            _ => errors(&directory).await?,
        }
    }
    Ok(())
}

async fn people_and_groups(directory: &Directory) -> Result {
    let of_tours = EnterpriseUser::new().with_department("Tour Operations");
    let babs = User::new("bjensen@example.com").with_enterprise_user(of_tours);
    let babs = directory.users().create(&babs).await?;
    let groups = directory.scim.resource::<Group>();
    let guides = groups.create(&Group::new("Tour Guides")).await?;
    groups
        .patch(&guides)
        .add(|g| g.members, Member::new(babs.id()))
        .await?;
    directory.show("a user of a department becomes a member");
    Ok(())
}

async fn filters(directory: &Directory) -> Result {
    let users = directory.users();
    let work = condition::<User>(|u| {
        u.emails
            .any(|e| e.type_.eq("work") & e.value.ew("@example.com"))
    });
    println!("   as text: {work}");
    let email = Email::new("b@example.com").with_type("work");
    users
        .create(&User::new("bjensen").with_emails([email]))
        .await?;
    directory.provider.clear_requests();
    let found = users.query().filter(|_| work).all().await?;
    directory.show("a filter of two operators on one element");
    println!("<- {} user", found.len());
    Ok(())
}

async fn patches(directory: &Directory) -> Result {
    let users = directory.users();
    let emails = [
        Email::new("b@work.example").with_type("work"),
        Email::new("b@home.example").with_type("home"),
    ];
    let babs = users
        .create(&User::new("bjensen").with_emails(emails))
        .await?;
    directory.provider.clear_requests();
    let babs = users
        .patch(&babs)
        .replace(
            |u| u.emails.filter(|e| e.type_.eq("work")).at(|e| e.value),
            "babs@work.example",
        )
        .await?;
    directory.show("what to change");
    users
        .update(&babs, |u| u.title = Some("CEO".into()))
        .await?;
    directory.show("how it should be");
    Ok(())
}

async fn lossless(directory: &Directory) -> Result {
    let id = directory.provider.seed_json(
        r#"{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "bjensen", "badge": 12.50}"#,
    )?;
    let users = directory.users();
    let mut babs = users.get(&id).await?;
    babs.title = Some("CTO".into());
    users.replace(&babs).await?;
    directory.show("`badge` is in no schema, and goes back as it came");
    Ok(())
}

async fn paging_and_limits(directory: &Directory) -> Result {
    let users = directory.users();
    for name in ["a", "b", "c", "d", "e"] {
        users.create(&User::new(name)).await?;
    }
    directory.provider.clear_requests();
    directory.provider.misbehave(Misbehaviour::Throttle {
        requests: 1,
        retry_after: Duration::from_secs(1),
    });
    let mut found = users.query().count(2).stream();
    let mut names = Vec::new();
    while let Some(user) = found.next().await {
        names.push(user?.user_name.clone());
    }
    directory.show("five users in three pages; the first request was told to wait");
    println!("<- {}", names.join(" "));
    Ok(())
}

async fn bulk(directory: &Directory) -> Result {
    let mut bulk = directory.scim.bulk();
    let alice = bulk.create(&User::new("alice"));
    let guides = Group::new("Guides").with_members([Member::new(alice.reference())]);
    let guides = bulk.create(&guides);
    let results = bulk.await?;
    directory.show("a user and a group of which she is a member, in one request");
    let done = [results.get(alice).is_done(), results.get(guides).is_done()];
    println!("<- done: {done:?}, all: {}", results.all_done());
    Ok(())
}

async fn errors(directory: &Directory) -> Result {
    let users = directory.users();
    users.create(&User::new("bjensen")).await?;
    match users.create(&User::new("bjensen")).await {
        Err(error) if error.is_uniqueness() => println!("<- taken: {error}"),
        other => println!("<- {}", other?.id()),
    }
    match users.get("nobody").await {
        Err(error) if error.is_not_found() => println!("<- not there: {error}"),
        other => println!("<- {}", other?.id()),
    }
    Ok(())
}
