//! What is set once stays.

use scim_client::{Group, Resources};

fn wrong(groups: Resources<Group>) {
    groups.patch("1").remove(|g| g.members.filter(|m| m.value.eq("2")).at(|m| m.type_));
}

fn main() {}
