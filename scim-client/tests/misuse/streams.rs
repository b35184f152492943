//! A stream is awaited.

use scim_client::{Error, Resources, User};

async fn stream(users: Resources<User>) -> Result<(), Error> {
    for user in users.query().stream() {
        println!("{}", user?.user_name);
    }
    Ok(())
}

async fn query(users: Resources<User>) -> Result<(), Error> {
    for user in users.query() {
        println!("{}", user?.user_name);
    }
    Ok(())
}

async fn pages(users: Resources<User>) -> Result<(), Error> {
    for page in users.query().pages() {
        println!("{}", page?.resources.len());
    }
    Ok(())
}

fn collected(users: Resources<User>) -> Vec<User> {
    users.query().stream().map(|user| user.unwrap().into_resource()).collect()
}

fn main() {}
