//! One member more in a group of 100,000.

use scim_client::{
    Group,
    group::Member,
    patch::{self, Patch},
};

/// Members of the group.
pub const MEMBERS: usize = 100_000;

/// A group, and the same with one member more.
pub fn groups(members: usize) -> (Group, Group) {
    let before = Group::new("Everyone")
        .with_members((0..members).map(|n| Member::new(format!("2819c223-7f76-{n:012}"))));
    let mut after = before.clone();
    after.members.push(Member::new("2819c223-7f76-the-new-one"));
    (before, after)
}

/// The patch from one to the other: one operation.
pub fn diff(before: &Group, after: &Group) -> Patch<Group> {
    let patch = patch::diff(before, after).expect("nothing immutable changes");
    assert_eq!(patch.operations().len(), 1, "one member is one operation");
    patch
}

/// Applies it.
pub fn apply(patch: &Patch<Group>, group: &mut Group) {
    patch.apply(group).expect("it fits");
}
