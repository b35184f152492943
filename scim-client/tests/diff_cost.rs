//! One member more or less in a large group: the patch, and what it takes to find it. Alone in its
//! process, so that the memory is that of this.
#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

#[path = "common/cpu.rs"]
mod cpu;

use std::time::Duration;

use cpu::cpu;
use scim_client::{
    Group,
    group::Member,
    patch::{self, Patch},
};
use serde_json::{Value, json};

const MEMBERS: u64 = 100_000;

/// More than a few bytes for each element of both sides would be a copy of them.
const BYTES_PER_MEMBER: u64 = 256;

fn member(id: &str) -> Member {
    let mut member = Member::default();
    member.ref_ = Some(format!("../Users/{id}").into());
    member.value = Some(id.to_owned());
    member
}

/// The most memory that this process has had, in KiB; only Linux says it.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

fn measured<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let (start, before) = (cpu(), peak());
    let result = work();
    let took = cpu() - start;
    let grown = peak().zip(before).map(|(after, before)| after - before);
    println!("{what}: {took:?}, {grown:?} KiB more");
    let limit = if cfg!(debug_assertions) { 5_000 } else { 200 };
    assert!(took < Duration::from_millis(limit), "{what} took {took:?}");
    if let Some(grown) = grown {
        assert!(
            grown * 1024 < MEMBERS * BYTES_PER_MEMBER,
            "{what}: {grown} KiB"
        );
    }
    result
}

fn operations(patch: &Patch<Group>) -> Value {
    let message: Value = serde_json::from_str(&patch.to_message().to_json()).unwrap();
    message["Operations"].clone()
}

#[test]
fn one_of_a_hundred_thousand_members() {
    let mut before = Group::new("g");
    before.members = (0..MEMBERS)
        .map(|index| member(&format!("2819c223-7f76-453a-919d-{index:012}")))
        .collect();
    let mut after = before.clone();
    after.members.reverse();
    after.members.push(Member::new("new"));

    let added = measured("diff of one added", || patch::diff(&before, &after)).unwrap();
    assert_eq!(
        operations(&added),
        json!([{"op": "add", "path": "members", "value": [{"value": "new"}]}])
    );
    let removed = measured("diff of one removed", || patch::diff(&after, &before)).unwrap();
    assert_eq!(
        operations(&removed),
        json!([{"op": "remove", "path": "members[value eq \"new\"]"}])
    );
    let mut copy = before.clone();
    let start = cpu();
    assert!(added.apply(&mut copy).unwrap());
    println!("apply: {:?}", cpu() - start);
    assert_eq!(copy.members.len(), after.members.len());
}
