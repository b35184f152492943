//! What the first page is asked for with.

use scim_client::{Client, Profile, User, client::Capabilities, http::Request};
use serde_json::Value;

use super::{
    common::scripted::{Scripted, json},
    page,
};

/// Our copy of a case that failed.
const CASE: &str = include_str!("../cases/13-no-start-index.json");

fn query_of(request: &Request<String>) -> String {
    request.uri().query().unwrap_or_default().to_owned()
}

/// A server that lists only if it is told both where to begin and how many.
fn wants_both() -> Scripted {
    Scripted::new(|request| {
        let query = query_of(request);
        let both = query.contains("startIndex=") && query.contains("count=")
            || request.body().contains("startIndex") && request.body().contains("count");
        match both {
            true if query.contains("count=0") => json(200, r#"{"totalResults":3}"#),
            true => json(200, page(&[1, 2, 3], r#""totalResults":3,"#)),
            false => json(200, r#"{"totalResults":0,"Resources":[]}"#),
        }
    })
}

#[tokio::test]
async fn start_index_goes_with_count() {
    let case: Value = serde_json::from_str(CASE).unwrap();
    let expected = case["requests"][0]["expected"].as_str().unwrap();
    let expected = expected.split(['(', ')']).nth(1).unwrap();
    let expected = expected.replace("/Users", "/v2/Users");

    let server = wants_both();
    let scim = server.client();
    let users = scim.resource::<User>();
    assert_eq!(users.query().all().await.unwrap().len(), 3);
    assert_eq!(server.seen()[0].0, expected);
    assert_eq!(users.query().count(50).all().await.unwrap().len(), 3);
    assert_eq!(users.query().count(50).await.unwrap().resources.len(), 3);
    assert!(users.query().first().await.unwrap().is_some());
    assert_eq!(users.query().total().await.unwrap(), 3);
    assert_eq!(users.query().via_post().all().await.unwrap().len(), 3);
    let all = scim
        .search::<super::paging::Anything>()
        .all()
        .await
        .unwrap();
    assert_eq!(all.len(), 3);
    let all = scim.query::<super::paging::Anything>().all().await.unwrap();
    assert_eq!(all.len(), 3);
    // Only where a page size is asked for.
    users.query().await.unwrap();
    let (last, _) = server.seen().pop().unwrap();
    assert_eq!(last, "GET /v2/Users");
}

#[tokio::test]
async fn start_index_does_not_go_with_cursors() {
    let server = Scripted::new(|_| json(200, r#"{"Resources":[]}"#));
    let mut only = Capabilities::default();
    (only.cursor_paging, only.index_paging) = (Some(true), Some(false));
    let cursors = Client::builder("https://scim.example/v2")
        .service(server.clone())
        .capabilities(only)
        .build()
        .unwrap();
    cursors.resource::<User>().query().all().await.unwrap();
    cursors.resource::<User>().query().count(5).await.unwrap();
    let users = server.client().resource::<User>();
    users.query().cursor("").count(5).all().await.unwrap();
    for (request, _) in server.seen() {
        assert!(!request.contains("startIndex"), "{request}");
    }
}

/// A server that refuses `count`.
fn refuses(status: u16, body: &'static str) -> Scripted {
    Scripted::new(move |request| {
        match query_of(request).contains("count=") || request.body().contains("count") {
            true => json(status, body),
            false => json(200, page(&[1, 2, 3], r#""totalResults":3,"#)),
        }
    })
}

#[tokio::test]
async fn a_page_size_that_nobody_asked_for_is_not_insisted_on() {
    let count = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"400","scimType":"invalidValue","detail":"count"}"#;
    for server in [
        refuses(400, "no"),
        refuses(500, "oops"),
        refuses(400, count),
    ] {
        let scim = server.client();
        let users = scim.resource::<User>();
        assert_eq!(users.query().all().await.unwrap().len(), 3);
        let requests: Vec<_> = server
            .seen()
            .into_iter()
            .map(|(request, _)| request)
            .collect();
        assert_eq!(
            requests,
            ["GET /v2/Users?startIndex=1&count=100", "GET /v2/Users"]
        );
        assert!(users.query().first().await.unwrap().is_some());
        assert_eq!(users.query().total().await.unwrap(), 3);
        assert_eq!(users.query().via_post().all().await.unwrap().len(), 3);
        let mut ahead = users.query().stream().prefetch(2);
        assert_eq!(ahead.next().await.unwrap().unwrap().id(), "1");
        let all = scim
            .search::<super::paging::Anything>()
            .all()
            .await
            .unwrap();
        assert_eq!(all.len(), 3);
        // Who asks for one is told.
        let error = users.query().count(100).all().await.unwrap_err();
        assert!(error.status().is_some());
    }
}

#[tokio::test]
async fn other_refusals_are_errors_at_once() {
    let filter = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"400","scimType":"invalidFilter","detail":"?"}"#;
    for (status, body) in [(400, filter), (403, ""), (404, ""), (401, ""), (501, "")] {
        let server = refuses(status, body);
        let error = server
            .client()
            .resource::<User>()
            .query()
            .all()
            .await
            .unwrap_err();
        assert_eq!(error.status().unwrap().as_u16(), status);
        assert_eq!(server.seen().len(), 1, "{status}");
    }
    // Where it does not help, the first error is what is said, once.
    let server = Scripted::new(|request| match query_of(request).contains("count=") {
        true => json(400, "the first"),
        false => json(500, "the second"),
    });
    let users = server.client().resource::<User>();
    let error = users.query().all().await.unwrap_err();
    assert_eq!(error.body(), Some("the first"));
    assert_eq!(server.seen().len(), 2);
    let error = users.query().total().await.unwrap_err();
    assert_eq!(error.body(), Some("the first"));
}

#[tokio::test]
async fn a_profile_without_a_page_size() {
    let profile = Profile::from_json(r#"{"base": "aws", "pageSize": null}"#).unwrap();
    assert_eq!((profile.page_size, profile.no_page_size), (None, true));
    let again = Profile::from_json(r#"{"pageSize": 7}"#).unwrap();
    assert_eq!((again.page_size, again.no_page_size), (Some(7), false));
    let server = refuses(400, "no");
    let scim = Client::builder("https://scim.example/v2")
        .service(server.clone())
        .profile(Profile::from_json(r#"{"pageSize": null}"#).unwrap())
        .build()
        .unwrap();
    let users = scim.resource::<User>();
    assert_eq!(users.query().all().await.unwrap().len(), 3);
    assert!(users.query().first().await.unwrap().is_some());
    assert_eq!(users.query().total().await.unwrap(), 3);
    let all = scim.query::<super::paging::Anything>().all().await.unwrap();
    assert_eq!(all.len(), 3);
    assert!(
        server
            .seen()
            .iter()
            .all(|(request, _)| !request.contains("count"))
    );
    assert_eq!(server.seen().len(), 4);
}
