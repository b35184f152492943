//! The store in memory: what follows from other resources, whoever asks and by whatever name.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests may panic")]

mod common;

use bytes::Bytes;
use common::ask;
use http::Request;
use scim_provider::{MemoryStore, ServiceProvider};
use serde_json::{Value, json};

/// Users with the ids from 1 on, and a group of all of them that is the next.
async fn with_group_of(users: usize) -> ServiceProvider {
    let provider = ServiceProvider::builder(MemoryStore::with_counted_ids()).build();
    for number in 0..users {
        let user = json!({"userName": format!("user{number}")}).to_string();
        assert_eq!(ask(&provider, "POST", "/Users", &user).await.0, 201);
    }
    let members: Vec<_> = (1..=users)
        .map(|id| json!({"value": id.to_string()}))
        .collect();
    let group = json!({"displayName": "all", "members": members}).to_string();
    assert_eq!(ask(&provider, "POST", "/Groups", &group).await.0, 201);
    provider
}

async fn at(
    provider: &ServiceProvider,
    base: &str,
    method: &str,
    target: &str,
    body: &str,
) -> Value {
    let request = Request::builder()
        .method(method)
        .uri(format!("{base}{target}"));
    let request = request.body(Bytes::from(body.to_owned())).unwrap();
    let response = provider.respond(request).await;
    assert!(response.status().is_success(), "{method} {base}{target}");
    serde_json::from_slice(response.body()).unwrap_or_default()
}

/// However many resources there are, and in whatever order the names come.
#[tokio::test]
async fn a_place_may_have_two_names() {
    for users in [1, 500] {
        let provider = with_group_of(users).await;
        let group = format!("/Groups/{}", users + 1);
        let bases = [
            "https://one.example/v2",
            "http://127.0.0.1/x",
            "https://one.example/v2",
        ];
        for base in bases.into_iter().cycle().take(20) {
            let url = |path: &str| format!("{base}{path}");
            let user = at(&provider, base, "GET", "/Users/1", "").await;
            assert_eq!(user["meta"]["location"], url("/Users/1"));
            assert_eq!(user["groups"][0]["$ref"], url(&group));
            let found = at(&provider, base, "GET", &group, "").await;
            assert_eq!(found["members"][0]["$ref"], url("/Users/1"));
            let list = at(&provider, base, "GET", "/Groups", "").await;
            assert_eq!(list["Resources"][0], found);
            // What is written is the same, too, and is no change.
            let version = &found["meta"]["version"];
            let put = at(&provider, base, "PUT", &group, &found.to_string()).await;
            assert_eq!(
                (&put["members"], &put["meta"]["version"]),
                (&found["members"], version)
            );
            let patch = json!({"Operations": [{"op": "add", "path": "members", "value": [{"value": "1"}]}]});
            let patched = at(&provider, base, "PATCH", &group, &patch.to_string()).await;
            assert_eq!(patched, found);
        }
        // In the end, all are stored below the name that is used.
        let base = "https://new.example";
        for _ in 0..20 {
            at(&provider, base, "GET", "/Users/1", "").await;
        }
        let query = format!("/Groups?filter=members[$ref%20eq%20%22{base}/Users/1%22]");
        let query = query.replace('[', "%5B").replace(']', "%5D");
        assert_eq!(
            at(&provider, base, "GET", &query, "").await["totalResults"],
            1
        );
    }
}

#[tokio::test]
async fn who_is_gone_is_no_member() {
    let provider = with_group_of(3).await;
    let outer = json!({"displayName": "outer", "members": [{"value": "4"}, {"value": "2"}]});
    assert_eq!(
        ask(&provider, "POST", "/Groups", &outer.to_string())
            .await
            .0,
        201
    );
    let (_, before) = ask(&provider, "GET", "/Groups/4", "").await;
    assert_eq!(ask(&provider, "DELETE", "/Users/2", "").await.0, 204);
    for (group, members) in [("4", json!(["1", "3"])), ("5", json!(["4"]))] {
        let (_, found) = ask(&provider, "GET", &format!("/Groups/{group}"), "").await;
        let ids: Vec<_> = found["members"]
            .as_array()
            .unwrap()
            .iter()
            .map(|m| m["value"].clone())
            .collect();
        assert_eq!(Value::from(ids), members, "{group}");
        assert_ne!(found["meta"]["version"], before["meta"]["version"]);
    }
    let total =
        async |query: &str| ask(&provider, "GET", query, "").await.1["totalResults"].clone();
    assert_eq!(
        total("/Groups?filter=members.value%20eq%20%222%22").await,
        0
    );
    assert_eq!(
        total("/Groups?filter=members.value%20eq%20%221%22").await,
        1
    );
    // Whoever gets the id again is no member; a group that is gone leaves its members' groups.
    let bulk = json!({"Operations": [{"method": "DELETE", "path": "/Groups/4"}]}).to_string();
    ask(&provider, "POST", "/Bulk", &bulk).await;
    let (_, user) = ask(&provider, "GET", "/Users/1", "").await;
    assert!(user.get("groups").is_none(), "{user}");
    assert_eq!(total("/Users?filter=groups.value%20eq%20%224%22").await, 0);
    let (_, outer) = ask(&provider, "GET", "/Groups/5", "").await;
    assert!(outer.get("members").is_none(), "{outer}");
}
