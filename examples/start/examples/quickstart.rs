//! A typed client at work, step by step, against the embedded service provider or, with
//! `--url URL --token TOKEN`, against any other.

use std::{env, error::Error, process::ExitCode};

use scim_client::{
    Client, Group, Resource as _, User,
    bytes::Bytes,
    client::Operation,
    group::Member,
    http::Request,
    testing::ServiceProvider,
    user::{Email, Name},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nquickstart failed: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let Arguments { url, token } = Arguments::read()?;
    let embedded = match url {
        Some(_) => None,
        None => Some(
            ServiceProvider::builder()
                .bearer_token(&token)
                .build()
                .serve()
                .await?,
        ),
    };
    let url = url.unwrap_or_else(|| {
        embedded
            .as_ref()
            .map_or_else(String::new, |s| s.url().to_owned())
    });

    step("connect");
    let scim = Client::builder(url).bearer_token(token).build()?;
    println!("   {scim:?}");

    step("discover: what does the service provider say of itself?");
    let provider = scim.discover().await?;
    for resource_type in &provider.resource_types {
        let name = resource_type.name.as_deref().unwrap_or("?");
        println!("   resource type {name} at {:?}", resource_type.endpoint);
    }
    println!("   {:?}", scim.capabilities());

    step("verify: does it serve what was compiled in?");
    println!("   {}", provider.verify::<User>().into_result()?);

    let users = scim.resource::<User>();
    let user_name = format!("bjensen-{}@example.com", std::process::id());

    step("create");
    let babs = User::new(&user_name)
        .with_display_name("Babs")
        .with_name(
            Name::new()
                .with_given_name("Barbara")
                .with_family_name("Jenson"),
        )
        .with_emails([Email::new("bjensen@example.com")
            .with_type("work")
            .with_primary(true)]);
    let create = users.create(&babs);
    sent(&create)?;
    let babs = create.await?;
    println!(
        "<- id {} · version {}",
        babs.id(),
        shown(babs.meta().version.as_deref())
    );

    step("query with a typed filter");
    let mut query = users
        .query()
        .filter(|u| u.user_name.eq(&user_name) & u.emails.any(|e| e.type_.eq("work")));
    if scim.capabilities().sort != Some(false) {
        query = query.sort_by(|u| u.user_name);
    }
    sent(&query)?;
    let mut found = query.stream();
    while let Some(user) = found.next().await {
        let user = user?;
        println!("<- {} {}", user.id(), user.user_name);
    }

    step("read some attributes only");
    let get = users
        .get(babs.id())
        .attributes(|u| (u.display_name, u.name.family_name));
    sent(&get)?;
    let partial = get.await?;
    println!(
        "<- family name {}",
        shown(partial.get(|u| u.name.family_name))
    );
    println!(
        "<- user name {}: it was not asked for",
        shown(partial.get(|u| u.user_name))
    );

    step("update: say what it should be, the smallest PATCH is sent");
    let update = users.update(&babs, |u| {
        u.title = Some("CTO".into());
        u.name.get_or_insert_default().family_name = Some("Jensen".into());
    });
    println!("-> {}", update.patch()?.into_message().to_json());
    let babs = update.await?;
    println!(
        "<- title {}, family name {}",
        shown(babs.title.as_deref()),
        shown(babs.name.as_ref().and_then(|n| n.family_name.as_deref()))
    );

    step("patch: say what to do");
    let patch = users
        .patch(&babs)
        .replace(|u| u.display_name, "Babs Jensen")
        .add(
            |u| u.emails,
            Email::new("babs@home.example").with_type("home"),
        )
        .remove(|u| u.title);
    sent(&patch)?;
    let mut babs = patch.await?;
    println!(
        "<- {} e-mail addresses, title {}",
        babs.emails.len(),
        shown(babs.title.as_deref())
    );

    step("replace: change it in place and write it back whole");
    babs.nick_name = Some("Babsie".into());
    babs.emails
        .retain(|email| email.type_ != Some("home".into()));
    let replace = users.replace(&babs);
    sent(&replace)?;
    let babs = replace.await?;
    println!(
        "<- nick name {}, {} e-mail address",
        shown(babs.nick_name.as_deref()),
        babs.emails.len()
    );

    step("a group with a member");
    let groups = scim.resource::<Group>();
    let create = groups.create(&Group::new("Tour Guides").with_members([Member::new(babs.id())]));
    sent(&create)?;
    let guides = create.await?;
    println!(
        "<- {} with {} member",
        guides.display_name,
        guides.members.len()
    );

    step("list all users, page by page");
    let mut all = users.query().attributes(|u| u.user_name).count(50).stream();
    while let Some(user) = all.next().await {
        let user = user?;
        println!("<- {} {}", user.id(), shown(user.get(|u| u.user_name)));
    }

    step("delete");
    groups.delete(&guides).await?;
    users.delete(&babs).await?;
    match users.get(babs.id()).await {
        Err(error) if error.is_not_found() => println!("<- gone: {error}"),
        Err(error) => return Err(error.into()),
        Ok(_) => return Err("the user is still there".into()),
    }

    println!("\n{} of {}: done.", User::NAME, scim.base_url());
    Ok(())
}

fn step(title: &str) {
    println!("\n== {title}");
}

fn shown(text: Option<&str>) -> &str {
    text.unwrap_or("(none)")
}

/// Shows what an operation will send.
fn sent(operation: &impl Operation) -> Result<(), scim_client::Error> {
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
}

impl Arguments {
    fn read() -> Result<Self, String> {
        let mut read = Self {
            url: None,
            token: String::new(),
        };
        let mut arguments = env::args().skip(1);
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or(format!("{argument} needs a value"));
            match argument.as_str() {
                "--url" => read.url = Some(value()?),
                "--token" => read.token = value()?,
                _ => {
                    return Err(format!(
                        "unknown argument {argument}: --url URL --token TOKEN"
                    ));
                }
            }
        }
        match (&read.url, read.token.is_empty()) {
            (Some(_), true) => Err("--url needs --token TOKEN".to_owned()),
            (None, true) => {
                read.token = "secret-token".to_owned();
                Ok(read)
            }
            _ => Ok(read),
        }
    }
}
