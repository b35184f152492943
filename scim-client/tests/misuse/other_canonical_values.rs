//! Canonical values belong to their attribute.

use scim_client::{Resources, User, user::EmailType};

fn wrong(users: Resources<User>) {
    users.query().filter(|u| u.phone_numbers.any(|p| p.type_.eq(EmailType::Home)));
}

fn main() {}
