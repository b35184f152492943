//! What comes back, taken for something else.

use scim_client::{Error, ErrorKind, Resources, Stored, User, filter::Filter};

async fn pages(users: Resources<User>) -> Result<(), Error> {
    for user in users.query().await? {}
    println!("{}", users.query().await?.resources[0].user_name);
    let user: User = users.get("1").await?;
    Ok(())
}

fn stored(babs: Stored<User>) {
    println!("{}", babs.id);
    println!("{:?}", babs.meta.version);
}

fn errors(error: Error) -> bool {
    error.status() == 404 || error.kind() == ErrorKind::Conflict
}

fn in_memory(filter: Filter) -> bool {
    filter.matches(&User::new("bjensen"))
}

fn main() {}
