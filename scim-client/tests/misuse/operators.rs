//! Rust's operators in a filter: `&&`, `||`, `==`, `>`, and a path alone.

use scim_client::{Resources, User};

fn and(users: Resources<User>) {
    users.query().filter(|u| u.user_name.eq("bjensen") && u.active.eq(true));
}

fn or(users: Resources<User>) {
    users.query().filter(|u| u.title.pr() || u.emails.any(|e| e.value.eq("b@example.com")));
}

fn equal(users: Resources<User>) {
    users.query().filter(|u| u.user_name == "bjensen");
}

fn greater(users: Resources<User>) {
    users.query().filter(|u| u.meta.last_modified > "2026-01-01T00:00:00Z");
}

fn alone(users: Resources<User>) {
    users.query().filter(|u| u.active);
}

fn within(users: Resources<User>) {
    users.query().filter(|u| u.emails.any(|e| e.primary));
}

fn negated(users: Resources<User>) {
    users.query().filter(|u| !u.active);
}

fn main() {}
