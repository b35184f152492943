#[allow(unused_imports)]
use scim_client::{Client, Partial, Resources, Stored, User};

#[allow(unused)]
fn misuse(users: Resources<User>, stored: Stored<User>, partial: Partial<User>) {
    users
        .patch(&stored)
        .replace(
            |u| u.meta.last_modified,
            "2024-01-01T00:00:00Z",
        );
}

fn main() {}
