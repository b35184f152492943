//! Closures have paths of types that are known when a program is compiled.

use scim_client::{Client, dynamic::ResourceType};

fn closures(scim: Client, user: ResourceType) {
    let users = scim.resource_of(&user);
    let _ = users.query().filter(|u| u.user_name.eq("bjensen"));
    let _ = users.query().sort_by(|u| u.user_name);
    let _ = users.patch("1").replace(|u| u.title, "CTO");
    let _ = users.get("1").attributes(|u| u.title);
}

fn a_text_is_no_filter(scim: Client) {
    let _ = scim.resource::<scim_client::User>().query().filter_by("userName eq \"bjensen\"");
}

fn main() {}
