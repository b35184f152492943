//! What `update` takes: a resource that was read as a whole, and a closure that changes it.

use scim_client::{Error, Partial, Resources, Stored, User};

async fn partial(users: Resources<User>, partial: Partial<User>) -> Result<(), Error> {
    users.update(&partial, |u| u.title = None).await?;
    Ok(())
}

async fn new(users: Resources<User>) -> Result<(), Error> {
    users.update(&User::new("bjensen"), |u| u.title = None).await?;
    Ok(())
}

async fn closure(users: Resources<User>, stored: Stored<User>) -> Result<(), Error> {
    users.update(&stored, async |u| u.title = Some("CTO".into())).await?;
    Ok(())
}

async fn block(users: Resources<User>, stored: Stored<User>) -> Result<(), Error> {
    users.update(&stored, |u| async move { u.title = None; }).await?;
    Ok(())
}

async fn value(users: Resources<User>, stored: Stored<User>) -> Result<(), Error> {
    users.update(&stored, |u| u.emails.pop()).await?;
    Ok(())
}

fn main() {}
