//! What operations take.

use scim_client::{Client, Error, Resources, Stored, User};

async fn by_value(users: Resources<User>) -> Result<(), Error> {
    users.create(User::new("bjensen")).await?;
    Ok(())
}

async fn name(users: Resources<User>) -> Result<(), Error> {
    users.create("bjensen").await?;
    Ok(())
}

async fn stored(users: Resources<User>, stored: Stored<User>) -> Result<(), Error> {
    users.get(&stored).await?;
    Ok(())
}

fn no_resource(scim: Client) {
    scim.resource::<String>();
}

fn main() {}
