//! Operations are awaited.

use scim_client::{Error, Resources, User};

async fn create(users: Resources<User>) -> Result<(), Error> {
    let babs = users.create(&User::new("bjensen"))?;
    Ok(())
}

async fn all(users: Resources<User>) -> Result<(), Error> {
    let all = users.query().all()?;
    Ok(())
}

async fn next(users: Resources<User>) -> Result<(), Error> {
    let mut found = users.query().stream();
    while let Some(user) = found.next() {
        println!("{}", user?.user_name);
    }
    Ok(())
}

fn waits(users: Resources<User>) -> Result<(), Error> {
    users.get("2819c223").wait()?;
    Ok(())
}

fn main() {}
