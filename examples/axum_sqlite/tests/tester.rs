//! The example under all checks of `scim-tester` but those of Entra ID, which contradict the RFC
//! (`ApplyOptions::entra` and `FilterOptions::entra` are for it), with other resources there before.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests may panic")]

use scim_axum_sqlite_example::{open, router};
use scim_client::{Client, Group, User, group::Member};
use scim_tester::{Format, Level, Profile, Suite};

const BASE: &str = "https://scim.example/scim/v2";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_tester_finds_nothing() {
    let file = std::env::temp_dir().join(format!("scim-tester-{}.db", std::process::id()));
    let tenants = [("acme", "s3cret-token"), ("globex", "an0ther-token")];
    let tokens = tenants.map(|(name, token)| (name.to_owned(), token.to_owned()));
    let router = router(open(&file).unwrap(), tokens.into());
    let client = Client::builder(BASE).bearer_token(tenants[0].1);
    let client = client.service(router.clone()).build().unwrap();
    let users = client.resource::<User>();
    let mut members = Vec::new();
    for number in 0..5 {
        let user = User::new(format!("foreign-{number}"));
        members.push(Member::new(users.create(&user).await.unwrap().id()));
    }
    let group = Group::new("foreign").with_members(members);
    client.resource::<Group>().create(&group).await.unwrap();

    let suite = Suite::rfc()
        .with(Profile::Okta)
        .base_url(BASE)
        .bearer_token(tenants[0].1)
        .other_token(tenants[1].1)
        .seed(1);
    let report = suite.run(router).await;
    println!("{}", report.to_text(Format::Text));
    for end in ["", "-wal", "-shm"] {
        let _there = std::fs::remove_file(format!("{}{end}", file.display()));
    }
    assert_eq!(report.exit_code(Level::Error), 0);
    assert!(report.left_behind().is_empty());
    assert_eq!(users.query().total().await.unwrap(), 5);
}
