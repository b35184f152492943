//! Cleaning up after an earlier run: what is of the run, and on which server.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests may panic as tests do"
)]

mod common;

use scim_client::{User, testing::ServiceProvider};

use common::{TOKEN, add_users, provider};

/// Cleans up after the run of a record, with the right token.
async fn clean(folder: &std::path::Path, record: &std::path::Path, url: String) -> u8 {
    std::fs::write(folder.join("token"), TOKEN).unwrap();
    let token = format!("file:{}", folder.join("token").display());
    let record = record.to_str().unwrap().to_owned();
    let args = [
        "--clean".to_owned(),
        record,
        "--token".to_owned(),
        token,
        url,
    ];
    scim_tester::program::run(args.to_vec(), None).await
}

fn names(provider: &ServiceProvider) -> Vec<String> {
    let users = provider.all::<User>();
    let mut names: Vec<_> = users.iter().map(|user| user.user_name.clone()).collect();
    names.sort_unstable();
    names
}

#[tokio::test]
async fn what_has_an_id_of_an_earlier_run_and_not_its_marker_is_left_alone() {
    let folder = std::env::temp_dir().join(format!("scim-tester-ids-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let record = folder.join("run.jsonl");
    let provider = provider();
    add_users(&provider, 2).await;
    let id_of = |name: &str| {
        let users = provider.all::<User>();
        let user = users.iter().find(|user| user.user_name == name).unwrap();
        serde_json::to_value(user).unwrap()["id"].clone()
    };
    let foreign = [
        id_of("foreign-0@example.org"),
        id_of("foreign-1@example.org"),
    ];
    let server = provider.serve().await.unwrap();
    let scim = scim_client::Client::builder(server.url())
        .bearer_token(TOKEN)
        .build()
        .unwrap();
    let own = User::new("ZT0123ABCD-1@example.com");
    scim.resource::<User>().create(&own).await.unwrap();
    let own = id_of("ZT0123ABCD-1@example.com");
    let line = |value: serde_json::Value| format!("{value}\n");
    let of_run = |url: &str| {
        line(serde_json::json!({"url": url, "marker": "zt0123abcd"}))
            + &line(serde_json::json!({"endpoint": "/Users", "id": own}))
            + &line(serde_json::json!({"endpoint": "/Users", "id": foreign[1]}))
            + &line(serde_json::json!({"endpoint": "/Users", "id": foreign[1], "gone": true}))
    };
    // Another server than that of the record: nothing is asked of either.
    let elsewhere = ServiceProvider::builder().bearer_token(TOKEN).build();
    let other = elsewhere.serve().await.unwrap();
    std::fs::write(&record, of_run(&server.url())).unwrap();
    provider.clear_requests();
    assert_eq!(clean(&folder, &record, other.url()).await, 6);
    assert_eq!(provider.requests().len() + elsewhere.requests().len(), 0);
    // Both foreign users have ids of the run by now; one of them is known to be gone.
    let reused = line(serde_json::json!({"endpoint": "/Users", "id": foreign[0]}));
    std::fs::write(&record, of_run(&server.url()) + &reused).unwrap();
    assert_eq!(clean(&folder, &record, server.url()).await, 1);
    let left = ["foreign-0@example.org", "foreign-1@example.org"];
    assert_eq!(names(&provider), left);
    let known = foreign[1].as_str().unwrap();
    let asked = provider.requests();
    assert!(asked.iter().all(|request| !request.path().ends_with(known)));
    assert!(record.is_file());
    // What was created when the record says is the run's, whatever it is called by now.
    let mut renamed = User::new("zz renamed");
    renamed.display_name = Some("zz".to_owned());
    let renamed = scim.resource::<User>().create(&renamed).await.unwrap();
    let renamed = serde_json::to_value(&renamed).unwrap();
    let known = |created: &serde_json::Value| {
        line(serde_json::json!({"endpoint": "/Users", "id": renamed["id"], "created": created}))
    };
    let other = serde_json::json!("2001-01-01T00:00:00Z");
    std::fs::write(&record, of_run(&server.url()) + &known(&other)).unwrap();
    assert_eq!(clean(&folder, &record, server.url()).await, 1);
    assert_eq!(names(&provider).len(), 3);
    // A time alone says nothing: the clock may be coarse, or stand still, and that is all times of the run.
    let own = known(&renamed["meta"]["created"]);
    let of_other = |created: &serde_json::Value| {
        line(serde_json::json!({"endpoint": "/Users", "id": "none", "created": created}))
    };
    let frozen = own.clone() + &of_other(&renamed["meta"]["created"]);
    for times in [own.clone(), frozen] {
        std::fs::write(&record, of_run(&server.url()) + &times).unwrap();
        assert_eq!(clean(&folder, &record, server.url()).await, 1, "{times}");
        assert_eq!(names(&provider).len(), 3);
    }
    let own = own + &of_other(&other);
    std::fs::write(&record, of_run(&server.url()) + &own).unwrap();
    assert_eq!(clean(&folder, &record, server.url()).await, 0);
    assert_eq!(names(&provider), left);
    // Nothing of the run is left, and none of it is in doubt.
    std::fs::write(&record, of_run(&server.url())).unwrap();
    assert_eq!(clean(&folder, &record, server.url()).await, 0);
    assert_eq!(names(&provider), left);
    assert!(!record.is_file());
    std::fs::remove_dir_all(&folder).unwrap();
}
