#[allow(unused_imports)]
use scim_client::{Client, Partial, Resources, Stored, User};

#[allow(unused)]
fn misuse(users: Resources<User>, stored: Stored<User>, partial: Partial<User>) {
    let email = scim_client::user::Email { value: None };
}

fn main() {}
