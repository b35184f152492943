#[allow(unused_imports)]
use scim_client::{Client, Partial, Resources, Stored, User};

#[allow(unused)]
fn misuse(users: Resources<User>, stored: Stored<User>, partial: Partial<User>) {
    users.replace(&User::new("x"));
}

fn main() {}
