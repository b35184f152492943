#[allow(unused_imports)]
use scim_client::{Client, Partial, Resources, Stored, User};

#[allow(unused)]
fn misuse(users: Resources<User>, stored: Stored<User>, partial: Partial<User>) {
    users.patch(&stored).add(|u| u.groups, scim_client::user::UserGroup::default());
}

fn main() {}
