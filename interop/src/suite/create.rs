//! Creating, and that nothing of it gets lost.

use scim_client::{
    Binary, EnterpriseUser, Json, Reference, Resource as _, User,
    enterprise_user::Manager,
    http::{Method, StatusCode},
    user::{Address, Email, Entitlement, Im, Name, PhoneNumber, Photo, Role, X509Certificate},
};

use super::{Scenario, scenarios};
use crate::{
    outcome::{Step, Stop, ensure, refused, same},
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
    round_trip(site, User::new(site.name("minimal"))).await
}

async fn simple(site: &Site) -> Step {
    round_trip(site, with_simple(User::new(site.name("simple")))).await
}

fn with_simple(user: User) -> User {
    user.with_external_id("701984")
        .with_name(
            Name::new()
                .with_formatted("Ms. Barbara J Jensen, III")
                .with_family_name("Jensen")
                .with_given_name("Barbara")
                .with_middle_name("Jane")
                .with_honorific_prefix("Ms.")
                .with_honorific_suffix("III"),
        )
        .with_display_name("Babs Jensen")
        .with_nick_name("Babs")
        .with_profile_url(Reference::new("https://login.example.com/bjensen"))
        .with_title("Tour Guide")
        .with_user_type("Employee")
        .with_preferred_language("en-US")
        .with_locale("en-US")
        .with_timezone("America/Los_Angeles")
        .with_active(false)
}

async fn multi_valued(site: &Site) -> Step {
    round_trip(site, with_many(User::new(site.name("many")))).await
}

fn with_many(user: User) -> User {
    user.with_emails([
        Email::new("babs@work.example")
            .with_type("work")
            .with_primary(true),
        Email::new("babs@home.example")
            .with_type("home")
            .with_display("At home"),
    ])
    .with_phone_numbers([
        PhoneNumber::new("tel:+1-555-555-5555").with_type("work"),
        PhoneNumber::new("tel:+1-555-555-4444").with_type("pager"),
    ])
    .with_ims([Im::new("someaimhandle").with_type("aim")])
    .with_photos([Photo::new(Reference::new("https://photos.example.com/F")).with_type("photo")])
    .with_addresses([Address::new()
        .with_type("work")
        .with_formatted("100 Universal City Plaza\nHollywood, CA 91608 USA")
        .with_street_address("100 Universal City Plaza")
        .with_locality("Hollywood")
        .with_region("CA")
        .with_postal_code("91608")
        .with_country("US")
        .with_primary(true)])
    .with_entitlements([Entitlement::new("licence-1")])
    .with_roles([Role::new("student").with_primary(true)])
    .with_x509_certificates([X509Certificate::new(Binary::from_bytes(
        b"not really a certificate",
    ))])
}

async fn enterprise(site: &Site) -> Step {
    let boss = site.user("boss", |user| user).await?;
    let mut user = with_enterprise(User::new(site.name("enterprise")));
    if let Some(extension) = &mut user.enterprise_user {
        extension.manager = Some(Manager::new(boss.id()));
    }
    round_trip(site, user).await
}

fn with_enterprise(mut user: User) -> User {
    user.enterprise_user = Some(
        EnterpriseUser::new()
            .with_employee_number("701984")
            .with_cost_center("4130")
            .with_organization("Universal Studios")
            .with_division("Theme Park")
            .with_department("Tour Operations"),
    );
    user
}

/// A user with every core attribute, to find out which of them a server keeps.
pub(crate) fn everything(user_name: String) -> User {
    with_enterprise(with_many(with_simple(User::new(user_name))))
}

async fn envelope(site: &Site) -> Step {
    let answer = site
        .users()
        .create(&User::new(site.name("envelope")))
        .send()
        .await?;
    site.keep(answer.value());
    same("status", answer.status(), StatusCode::CREATED)?;
    let stored = answer.value();
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
    let user = User::new(site.name("password")).with_password("t1meMa$heen");
    let stored = site.create(&user).await?;
    let path = format!("/Users/{}", stored.id());
    let json = site.client.request(Method::GET, path).await?;
    let text = json
        .map(|json| json.as_str().to_owned())
        .unwrap_or_default();
    ensure!(
        !text.contains("t1meMa$heen"),
        "the server gives the password back"
    );
    Ok(())
}

async fn non_ascii(site: &Site) -> Step {
    let user = User::new(site.name("zoë-Ωmega"))
        .with_display_name("Zoë Łukasiewicz 中村 🎉")
        .with_name(
            Name::new()
                .with_family_name("Łukasiewicz")
                .with_given_name("Zoë"),
        );
    round_trip(site, user).await
}

async fn escapes(site: &Site) -> Step {
    let user = User::new(site.name("escapes"))
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
            return Err(Stop::Failed("one userName, two users".to_owned()));
        }
        Err(error) => error,
    };
    ensure!(error.is_uniqueness(), "{error}");
    Ok(())
}

async fn create_or_get(site: &Site) -> Step {
    let user = User::new(site.name("adopt"));
    let created = site.users().create_or_get(&user, |u| u.user_name).await?;
    let is_created = created.is_created();
    let created = created.into_stored();
    site.keep(&created);
    ensure!(is_created, "it was not there, and was found");
    let found = site.users().create_or_get(&user, |u| u.user_name).await?;
    ensure!(!found.is_created(), "it was there, and was created");
    same("id", found.into_stored().id(), created.id())
}

async fn attributes(site: &Site) -> Step {
    let user = User::new(site.name("few"))
        .with_title("Guide")
        .with_nick_name("Few");
    let partial = site.users().create(&user).attributes(|u| u.title).await?;
    site.keep_id::<User>(partial.id());
    same("title", partial.get(|u| u.title), Some("Guide"))?;
    same(
        "nickName, which was not asked for",
        partial.get(|u| u.nick_name),
        None,
    )
}

async fn unknown(site: &Site) -> Step {
    let json = Json::parse(&format!(
        r#"{{"schemas": ["{}"], "userName": "{}", "favouriteColour": "blue"}}"#,
        User::SCHEMA,
        site.name("unknown")
    ))
    .map_err(|error| Stop::Failed(error.to_string()))?;
    let made = site.client.request(Method::POST, "/Users").body(json).await;
    let made = match made {
        Err(error) if error.status() == Some(StatusCode::BAD_REQUEST) => {
            return Err(Stop::Unsupported(error.to_string()));
        }
        made => made?,
    };
    let text = made
        .map(|json| json.as_str().to_owned())
        .unwrap_or_default();
    let stored = scim_client::Stored::<User>::from_json(&text)
        .map_err(|error| Stop::Failed(error.to_string()))?;
    site.keep(&stored);
    let mut read = site.users().get(stored.id()).await?;
    if read.extra.get("favouriteColour").is_none() {
        return Err(Stop::Unsupported(
            "what is in no schema is dropped".to_owned(),
        ));
    }
    read.title = Some("Guide".into());
    site.users().replace(&read).await?;
    let read = site.users().get(stored.id()).await?;
    let colour = read.extra.get("favouriteColour").map(Json::as_str);
    same("favouriteColour", colour, Some("\"blue\""))?;
    let error = refused("an empty id", site.users().get("").await)?;
    same(
        "its kind",
        error.kind(),
        scim_client::ErrorKind::InvalidRequest,
    )
}
