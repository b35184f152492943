//! Texts where closures with paths are wanted.

use scim_client::{Resources, User, filter::Filter};

fn filter(users: Resources<User>) {
    users.query().filter("userName eq \"bjensen\"");
}

fn parsed(users: Resources<User>, filter: Filter) {
    users.query().filter(filter);
}

fn sorted(users: Resources<User>) {
    users.query().sort_by("userName");
}

fn attributes(users: Resources<User>) {
    users.query().attributes("userName,emails");
}

fn changed(users: Resources<User>) {
    users.patch("2819c223").replace("title", "CTO");
}

fn main() {}
