//! Values of fields.

use scim_client::{Group, Stored, User, group::Member, user::Email};

fn literal() -> User {
    User { user_name: "bjensen".into(), ..Default::default() }
}

fn literal_of_complex() -> Email {
    Email { value: Some("b@example.com".into()), ..Default::default() }
}

fn secret(mut user: User) {
    user.password = Some("t1meMa$heen".into());
}

fn identifier(mut stored: Stored<User>) {
    stored.id = "2819c223".into();
}

fn text(mut user: User) {
    user.display_name = "Babs";
}

fn array(mut group: Group) {
    group.members = [Member::new("2819c223")];
}

fn forgotten() -> Member {
    Member::new()
}

fn main() {}
