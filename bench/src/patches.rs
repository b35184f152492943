//! PATCH: one member more in a large group, and a small change of a user.

use std::hint::black_box;

use scim_client::{
    Group, User,
    group::Member,
    patch::{self, Patch},
};

use crate::{
    case::{Case, Work},
    pages, payload,
};

/// Members of the largest group.
pub const MEMBERS: usize = 100_000;

/// All cases of this module.
pub fn cases() -> Vec<Case> {
    let all: [(&str, &str, u32, fn() -> Option<Work>); 4] = [
        ("a title of a user", "diff", 200, || {
            let (before, after) = users()?;
            Work::new(move || drop(black_box(diff(black_box(&before), black_box(&after)))))
        }),
        ("a title of a user", "apply", 200, || {
            let (before, after) = users()?;
            there_and_back(before, &after)
        }),
        ("one member of 10,000", "diff", 2, || {
            let (before, after) = groups(MEMBERS / 10);
            Work::new(move || drop(black_box(diff(black_box(&before), black_box(&after)))))
        }),
        ("one member of 10,000", "apply", 2, || {
            let (before, after) = groups(MEMBERS / 10);
            there_and_back(before, &after)
        }),
    ];
    all.into_iter()
        .map(|(row, column, rounds, start)| Case {
            table: "patch",
            row,
            column,
            rounds,
            start: Box::new(start),
        })
        .collect()
}

/// Applies a change and takes it back, so that there is something to do in every round.
fn there_and_back<R: scim_client::Resource>(before: R, after: &R) -> Option<Work> {
    let (there, back) = (diff(&before, after), diff(after, &before));
    let mut resource = before;
    Work::new(move || {
        apply(black_box(&there), black_box(&mut resource));
        apply(black_box(&back), black_box(&mut resource));
    })
}

fn users() -> Option<(User, User)> {
    let page = pages::ours(payload::page(1).as_bytes())?;
    let before = page.resources.into_iter().next()?.ok()?.into_resource();
    let mut after = before.clone();
    after.title = Some("CTO".to_owned());
    Some((before, after))
}

/// A group, and the same with one member more.
pub fn groups(members: usize) -> (Group, Group) {
    let before = Group::new("Everyone")
        .with_members((0..members).map(|n| Member::new(format!("2819c223-7f76-{n:012}"))));
    let mut after = before.clone();
    after.members.push(Member::new("2819c223-7f76-the-new-one"));
    (before, after)
}

/// The patch from one to the other: one operation.
pub fn diff<R: scim_client::Resource>(before: &R, after: &R) -> Patch<R> {
    let patch = patch::diff(before, after).expect("nothing immutable changes");
    assert_eq!(patch.operations().len(), 1, "one change is one operation");
    patch
}

/// Applies it.
pub fn apply<R: scim_client::Resource>(patch: &Patch<R>, resource: &mut R) {
    patch.apply(resource).expect("it fits");
}
