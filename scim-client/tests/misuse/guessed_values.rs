//! Values as people write them first.

use std::time::SystemTime;

use scim_client::{Client, Error, Group, Resources, Stored, User, user::Email};

fn made(babs: &Stored<User>, mut email: Email, mut user: User) -> bool {
    user.name.family_name = Some("Jensen".into());
    let _ = User::new("x").with_name("Barbara Jensen");
    email.type_ = Some("work");
    babs.emails[0].type_ == "work"
}

async fn sent(scim: Client, users: Resources<User>, babs: Stored<User>) -> Result<(), Error> {
    users.get(2819).await?;
    users.get("1").timeout(30).await?;
    users.update(&babs, |u| u.title = "CTO".to_string()).await?;
    users.update("2819", |u| u.title = None).await?;
    scim.resource::<Group>().patch("1").add(|g| g.members, "2819").await?;
    users.patch(&babs).replace(|u| u.title, Some("CTO")).await?;
    users.patch(&babs).replace(|u| u.title, None).await?;
    users.query().filter(|u| u.active.eq(Some(true))).all().await?;
    users.query().filter(|u| u.meta.created.gt(SystemTime::now())).all().await?;
    Ok(())
}

fn main() {}
