use scim_client::{Group, Resources};

#[allow(unused)]
fn misuse(groups: Resources<Group>) {
    groups.patch("1").replace(|g| g.members.filter(|m| m.value.eq("2")).at(|m| m.value), "3");
}

fn main() {}
