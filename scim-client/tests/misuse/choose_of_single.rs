//! Elements are chosen of what has elements with sub-attributes.

use scim_client::{Resources, User};

fn single(users: Resources<User>) {
    users.query().filter(|u| u.name.any(|n| n.family_name.eq("x")));
}

fn main() {}
