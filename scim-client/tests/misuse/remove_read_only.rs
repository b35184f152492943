//! readOnly attributes stay with the service provider.

use scim_client::{Resources, Stored, User};

fn wrong(users: Resources<User>, stored: Stored<User>) {
    users.patch(&stored).remove(|u| u.groups);
}

fn main() {}
