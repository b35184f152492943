//! Methods as other libraries call them.

use scim_client::{Client, Error, Resources, Stored, User, patch::Patch, testing::ServiceProvider};

async fn client() -> Result<(), Error> {
    let _ = Client::new("https://auth.example/scim/v2");
    let _ = Client::builder("https://auth.example/scim/v2").build().await?;
    Ok(())
}

fn queries(users: Resources<User>) {
    let _ = users.query().filter(|u| u.user_name.contains("b"));
    let _ = users.query().filter(|u| !u.active);
    let _ = users.query().filter(|u| u.active.eq(true) & "title pr");
    let _ = users.query().limit(10);
    let _ = users.query().attributes(|u| [u.user_name, u.title]);
    let _ = users.query().stream().collect();
}

fn patches(users: Resources<User>, babs: Stored<User>) {
    let _ = users.patch(&babs).set(|u| u.title, "CTO");
    let _ = users.patch(&babs).replace("title", "CTO");
    let _ = users.patch(&babs, |u| u.title = Some("CTO".into()));
    let _ = Patch::new().replace(|u| u.active, false);
}

fn tests(provider: ServiceProvider) {
    provider.assert_one(|u| u.user_name.eq("bjensen"));
}

fn main() {}
