//! Creating, and that nothing of it gets lost.

use scim_client::{
    Json, Reference, Resource as _, User,
    enterprise_user::Manager,
    http::{Method, StatusCode},
    user::Name,
};

use crate::{
    outcome::{Cause, Step, Stop, ensure, failed, ours, refused, same, wrong},
    scenario::{Scenario, scenarios},
    site::{Site, kept},
};

pub(super) const SCENARIOS: &[Scenario] = scenarios! {
    "create with what is required" => minimal;
    "create with every simple attribute" => simple;
    "create with every multi-valued attribute" => multi_valued;
    "create with the enterprise extension" => enterprise;
    "create: id, meta and location" => envelope;
    "create with a password" => password;
    "create with non-ASCII text" => non_ascii;
    "create with quotes, backslashes, control characters" => escapes;
    "create what is there already" => twice;
    "create or get" => create_or_get;
    "create with attributes" => attributes;
    "unknown attributes survive a replace" => unknown;
};

/// Creates it, and expects everything in the answer and when it is read.
async fn round_trip(site: &Site, user: User) -> Step {
    let stored = site.create(&user).await?;
    kept(stored.resource(), &user)?;
    let read = site.users().get(stored.id()).await?;
    kept(read.resource(), &user)
}

async fn minimal(site: &Site) -> Step {
    round_trip(site, User::new(site.user_name("minimal"))).await
}

async fn simple(site: &Site) -> Step {
    round_trip(site, site.with_simple(User::new(site.user_name("simple")))).await
}

async fn multi_valued(site: &Site) -> Step {
    round_trip(site, site.with_many(User::new(site.user_name("many")))).await
}

async fn enterprise(site: &Site) -> Step {
    let boss = site.user("boss", |user| user).await?;
    let mut user = site.with_enterprise(User::new(site.user_name("enterprise")));
    if let Some(extension) = &mut user.enterprise_user {
        extension.manager = Some(Manager::new(boss.id()));
    }
    round_trip(site, user).await
}

async fn envelope(site: &Site) -> Step {
    let user = User::new(site.user_name("envelope"));
    let (status, stored) = site.users().create_answer(&user).await?;
    site.keep(&stored);
    same("status", status, StatusCode::CREATED)?;
    ensure!(!stored.id().is_empty(), "no id");
    let meta = stored.meta();
    same(
        "meta.resourceType",
        meta.resource_type.as_deref(),
        Some(User::NAME),
    )?;
    ensure!(meta.created.is_some(), "no meta.created");
    ensure!(meta.last_modified.is_some(), "no meta.lastModified");
    let location = meta.location.as_ref().and_then(Reference::id);
    same(
        "the id in meta.location",
        location.as_deref(),
        Some(stored.id()),
    )
}

async fn password(site: &Site) -> Step {
    let user = User::new(site.user_name("password")).with_password("t1meMa$heen");
    let stored = site.create(&user).await?;
    let path = format!("/Users/{}", stored.id());
    let json = site.client.request(Method::GET, path).await?;
    let text = json
        .map(|json| json.as_str().to_owned())
        .unwrap_or_default();
    if text.contains("t1meMa$heen") {
        let said = "the server gives the password back";
        return Err(failed(said, Cause::Accepted));
    }
    Ok(())
}

async fn non_ascii(site: &Site) -> Step {
    let user = User::new(site.user_name("zoe"))
        .with_display_name("Zoë Łukasiewicz 中村 🎉")
        .with_name(
            Name::new()
                .with_family_name("Łukasiewicz")
                .with_given_name("Zoë"),
        );
    round_trip(site, user).await
}

async fn escapes(site: &Site) -> Step {
    let user = User::new(site.user_name("escapes"))
        .with_name(
            Name::new()
                .with_given_name("a\tb")
                .with_family_name(r#"O"Neill\"#),
        )
        .with_title("line\nline \u{1} </script>");
    round_trip(site, user).await
}

async fn twice(site: &Site) -> Step {
    let first = site.user("twice", |user| user).await?;
    let error = match site.users().create(&User::new(&first.user_name)).await {
        Ok(second) => {
            site.keep(&second);
            return Err(failed("one userName, two users", Cause::Accepted));
        }
        second => refused("the same userName", second)?,
    };
    ensure!(error.is_uniqueness(), "{error}");
    Ok(())
}

async fn create_or_get(site: &Site) -> Step {
    let user = User::new(site.user_name("adopt"));
    let (is_created, created) = site.users().create_or_get(&user).await?;
    site.keep(&created);
    ensure!(is_created, "it was not there, and was found");
    let (is_created, found) = site.users().create_or_get(&user).await?;
    ensure!(!is_created, "it was there, and was created");
    same("id", found.id(), created.id())
}

async fn attributes(site: &Site) -> Step {
    let user = User::new(site.user_name("few"))
        .with_title("Guide")
        .with_nick_name("Few");
    let shown = site.users().create_showing(&user, |u| u.title).await?;
    site.keep_id::<User>(shown.id());
    let title = shown.text("title", |shown| shown.get(|u| u.title))?;
    same("title", title.as_deref(), Some("Guide"))?;
    let nick_name = shown.text("nickName", |shown| shown.get(|u| u.nick_name))?;
    same("nickName, which was not asked for", nick_name, None)
}

async fn unknown(site: &Site) -> Step {
    let user = site.complete(&User::new(site.user_name("unknown")))?;
    let mut document = Json::parse(&user.to_json()).map_err(ours)?.to_value();
    if let Some(members) = document.as_object_mut() {
        members.insert("favouriteColour".to_owned(), "blue".into());
    }
    let json = Json::parse(&document.to_string()).map_err(ours)?;
    let made = site.client.request(Method::POST, "/Users").body(json).await;
    let text = made?
        .map(|json| json.as_str().to_owned())
        .unwrap_or_default();
    let stored = scim_client::Stored::<User>::from_json(&text)
        .map_err(|error| failed(error.to_string(), Cause::Unreadable))?;
    site.keep(&stored);
    let read = site.users().get(stored.id()).await?;
    if read.extra.get("favouriteColour").is_none() {
        return Err(Stop::Unsupported(
            "what is in no schema is dropped".to_owned(),
        ));
    }
    let title = |user: &mut User| user.title = Some("Guide".into());
    site.users().replace(&read, title).await?;
    let read = site.users().get(stored.id()).await?;
    let colour = read.extra.get("favouriteColour").map(Json::as_str);
    same("favouriteColour", colour, Some("\"blue\""))?;
    let error = refused("an empty id", site.users().get("").await)?;
    if error.kind() != scim_client::ErrorKind::InvalidRequest {
        return Err(wrong(format!("an empty id was sent: {error}")));
    }
    Ok(())
}
