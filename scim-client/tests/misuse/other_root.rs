#[allow(unused_imports)]
use scim_client::{Client, Partial, Resources, Stored, User};

#[allow(unused)]
fn misuse(users: Resources<User>, stored: Stored<User>, partial: Partial<User>) {
    users.query().filter(|u| u.emails.any(|e| u.user_name.eq("x")));
}

fn main() {}
