//! A long list takes no more memory than a page of it. Alone in its process, so that the figure is
//! that of this list.
#![cfg(feature = "client")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests may panic"
)]

mod common;

use common::scripted::many;
use scim_client::User;

/// The most memory that this process has had, in KiB; only Linux says it.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

#[tokio::test]
async fn a_hundred_thousand_users() {
    let server = many(100_000);
    let mut users = server
        .client()
        .resource::<User>()
        .query()
        .count(1_000)
        .stream()
        .prefetch(2);
    let mut count = 0;
    while let Some(user) = users.next().await {
        user.unwrap();
        count += 1;
    }
    assert_eq!(count, 100_000);
    match peak() {
        Some(peak) => {
            println!("peak {} MiB, the server in the same process", peak / 1024);
            assert!(peak < 32 * 1024, "{peak} KiB");
        }
        None => println!("skipped: the peak is not known here"),
    }
}
