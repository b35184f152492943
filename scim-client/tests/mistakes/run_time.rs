//! Mistakes that no compiler can find.

use scim_client::{
    Client, Error, Profile, Resource, Stored, User,
    attribute_path::AttributePath,
    blocking::Wait as _,
    client::RetryPolicy,
    filter::{Filter, PatchPath},
    patch::{ApplyOptions, PatchOp},
    testing::{Misbehaviour, ServiceProvider},
};

/// What a mistake says: all of it, as a program that prints an error and its sources would.
fn said<T, E: std::error::Error>(result: Result<T, E>) -> String {
    match result {
        Ok(_) => panic!("a mistake that goes through"),
        Err(error) => error.to_string(),
    }
}

/// The code of each, as it is written here, and what it says.
macro_rules! mistakes {
    ($($mistake:expr;)*) => {
        vec![$((stringify!($mistake), said($mistake)),)*]
    };
}

/// A client of a service provider in memory that has one user, and that user.
fn directory() -> (ServiceProvider, Client, Stored<User>) {
    let provider = ServiceProvider::builder().counted_ids().build();
    let scim = client(&provider);
    let users = scim.resource::<User>();
    let babs = users.create(&User::new("bjensen")).wait().unwrap();
    (provider, scim, babs)
}

fn client(provider: &ServiceProvider) -> Client {
    Client::builder("https://scim.example/v2")
        .retry(RetryPolicy::never())
        .service(provider.clone())
        .build()
        .unwrap()
}

/// The error of a client whose service provider answers every request in this way.
fn amid<T>(
    manner: Misbehaviour,
    operation: impl FnOnce(Client) -> Result<T, Error>,
) -> Result<T, Error> {
    let (provider, scim, _) = directory();
    provider.misbehave(manner);
    operation(scim)
}

/// What a function gives that is called in asynchronous code.
fn asynchronous<T>(function: impl FnOnce() -> T) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async { function() })
}

pub(crate) fn mistakes() -> Vec<(&'static str, String)> {
    let (_provider, scim, babs) = directory();
    let users = scim.resource::<User>();
    let mut stale = babs.clone();
    users
        .update(&babs, |u| u.title = Some("CTO".into()))
        .wait()
        .unwrap();
    stale.nick_name = Some("Babs".into());
    let guarded = ServiceProvider::builder().bearer_token("foobar").build();
    let mut user = User::new("bjensen");
    let pushed = r#"{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [{"op": "push"}]}"#;
    let no_path = r#"{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "replace", "path": "nickname.first", "value": "Babs"}]}"#;
    mistakes! {
        Client::builder("auth.example/scim/v2").build();
        Client::builder("https://auth.example/scim/v2/Users").build();
        Client::builder("https://auth.example/scim/v2").header("X-Tenant", "a\nb").build();
        Client::builder("https://127.0.0.1:1/v2").retry(RetryPolicy::never()).build().and_then(|scim| scim.discover().wait());
        Profile::find("entera");
        "userName = \"bjensen\"".parse::<Filter>();
        "userName eq bjensen".parse::<Filter>();
        "userName eq 'bjensen'".parse::<Filter>();
        "active eq true &&".parse::<Filter>();
        "emails[type eq \"work\"".parse::<PatchPath>();
        "user name".parse::<AttributePath>();
        User::from_json(r#"{"displayName": "Babs"}"#);
        User::from_json(r#"{"userName": "bjensen", "active": "maybe", "emails": [{"primary": 7}]}"#);
        Stored::<User>::from_json(r#"{"userName": "bjensen"}"#);
        User::from_json("<html>");
        PatchOp::from_json(pushed, &[]);
        PatchOp::from_json(no_path, &[User::SCHEMA]).unwrap().apply(&mut user, &ApplyOptions::default());
        users.get("").wait();
        users.get("bjensen").wait();
        users.create(&User::new("bjensen")).wait();
        users.patch(&babs).wait();
        users.replace(&stale).wait();
        client(&guarded).resource::<User>().query().wait();
        asynchronous(|| users.get("1").wait());
        scim.resource_at::<User>("https://other.example/Users").query().wait();
        amid(Misbehaviour::NoFilter, |scim| scim.resource::<User>().query().filter(|u| u.active.eq(true)).wait());
        amid(Misbehaviour::HtmlErrors, |scim| scim.resource::<User>().get("2").wait());
    }
}
