//! Media types, statuses, discovery, throttling.

use std::time::Duration;

use scim_client::{
    Client, ErrorKind, Group, User,
    client::{Capabilities, Written},
    patch::{ApplyOptions, PatchOp},
};

use crate::{
    once,
    scripted::{Scripted, answer, json},
};

const BABS: &str = r#"{"id":"1","userName":"a"}"#;

#[tokio::test]
async fn q16_what_the_application_knows_better() {
    let server = Scripted::answers(200, "application/json", BABS);
    let mut known = Capabilities::default();
    known.search = Some(false);
    known.me = Some(false);
    let scim = Client::builder("https://scim.example/v2")
        .service(server.clone())
        .capabilities(known)
        .build()
        .unwrap();
    let search = scim
        .resource::<User>()
        .query()
        .via_post()
        .await
        .unwrap_err();
    let me = scim.me::<User>().get().await.unwrap_err();
    assert_eq!(search.kind(), ErrorKind::InvalidRequest);
    assert_eq!(me.kind(), ErrorKind::InvalidRequest);
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn q20_no_put_and_a_patch_without_a_body() {
    let server = Scripted::new(|request| match request.method().as_str() {
        "PATCH" => json(204, ""),
        "GET" => json(200, r#"{"id":"1","userName":"a","title":"t"}"#),
        _ => json(405, ""),
    });
    let users = server.client().resource::<User>();
    let changed = users.patch("1").replace(|u| u.title, "t").await.unwrap();
    assert_eq!(changed.user_name, "a");
    let plain = users
        .patch("1")
        .replace(|u| u.title, "t")
        .no_refetch()
        .await;
    assert!(matches!(plain.unwrap(), Written::NoBody(receipt) if receipt.version.is_none()));
    let error = users.replace_at("1", &User::new("a")).await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 405);
}

#[test]
fn q24_q26_patches_of_another_make() {
    let text = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[
        {"op":"Replace","path":"active","value":"False"},
        {"op":"Add","value":{"name.givenName":"Barbara"}}]}"#;
    let patch = PatchOp::from_json(text, &[]).unwrap();
    let mut babs = User::new("a");
    patch.apply(&mut babs, &ApplyOptions::entra()).unwrap();
    assert_eq!(babs.active, Some(false));
    assert_eq!(babs.name.unwrap().given_name.as_deref(), Some("Barbara"));
    let text = r#"{"Operations":[{"op":"Remove","path":"members","value":[{"value":"2"}]}]}"#;
    let mut group = Group::new("G").with_members(["1", "2"].map(scim_client::group::Member::new));
    let patch = PatchOp::from_json(text, &[]).unwrap();
    patch.apply(&mut group, &ApplyOptions::entra()).unwrap();
    assert_eq!(group.members.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn q29_q33_throttled() {
    // With the seconds, with a date, and with neither.
    let date = httpdate::fmt_http_date(std::time::SystemTime::now() + Duration::from_secs(3));
    for retry_after in [Some("2".to_owned()), Some(date), None] {
        let tries = std::sync::atomic::AtomicUsize::new(0);
        let server = Scripted::new(move |_| {
            if tries.fetch_add(1, std::sync::atomic::Ordering::SeqCst) > 0 {
                return json(201, BABS);
            }
            let mut response = answer(429, "text/plain", "slow down");
            if let Some(wait) = &retry_after {
                response
                    .headers_mut()
                    .insert("retry-after", wait.parse().unwrap());
                response
                    .headers_mut()
                    .insert("x-rate-limit-remaining", "0".parse().unwrap());
            }
            response
        });
        let created = server
            .client()
            .resource::<User>()
            .create(&User::new("a"))
            .await;
        assert_eq!(created.unwrap().id(), "1");
        assert_eq!(server.seen().len(), 2);
    }
}

#[tokio::test]
async fn q37_parameters_of_ones_own() {
    let server = Scripted::answers(200, "application/json", BABS);
    let users = server.client().resource::<User>();
    users
        .get("1")
        .parameter("attributeSets", "all,x")
        .await
        .unwrap();
    let babs = users.get("1").await.unwrap();
    let update = users.update(&babs, |u| u.title = Some("t".into()));
    update
        .check_applied(false)
        .parameter("attributeSets", "all")
        .header("X-Trace", "7")
        .await
        .unwrap();
    assert_eq!(server.seen()[0].0, "GET /v2/Users/1?attributeSets=all%2Cx");
    assert_eq!(server.seen()[2].0, "PATCH /v2/Users/1?attributeSets=all");
    assert_eq!(server.headers(2)["x-trace"], "7");
}

#[tokio::test]
async fn q56_q57_media_types() {
    for media_type in [
        "application/json",
        "application/json;charset=UTF-8",
        "application/json+scim",
        "Application/SCIM+JSON; charset=utf-8",
        "text/json",
        "text/plain",
        "application/octet-stream",
    ] {
        let server = Scripted::answers(200, media_type, BABS);
        let read = server.client().resource::<User>().get("1").await;
        assert_eq!(read.unwrap().id(), "1", "{media_type}");
    }
    // And a request in another one, for servers that refuse SCIM's.
    let server = Scripted::answers(201, "application/json", BABS);
    let profile = scim_client::Profile::from_json(r#"{"mediaType":"application/json"}"#).unwrap();
    let scim = Client::builder("https://scim.example/v2")
        .service(server.clone())
        .profile(profile)
        .header("Accept", "application/json")
        .build()
        .unwrap();
    scim.resource::<User>()
        .create(&User::new("a"))
        .await
        .unwrap();
    assert_eq!(server.headers(0)["content-type"], "application/json");
    assert_eq!(server.headers(0)["accept"], "application/json");
}

#[tokio::test]
async fn q58_no_media_type_without_a_body() {
    let server = Scripted::new(|_| {
        let mut response = json(204, "");
        response.headers_mut().clear();
        response
    });
    server
        .client()
        .resource::<User>()
        .delete("1")
        .await
        .unwrap();
}

#[tokio::test]
async fn q59_204_for_groups_and_200_for_users() {
    let server = Scripted::new(|request| {
        let is_group = request.uri().path().contains("Groups");
        match (request.method().as_str(), is_group) {
            ("PATCH", true) => json(204, ""),
            (_, true) => json(200, r#"{"id":"g","displayName":"new"}"#),
            _ => json(200, r#"{"id":"1","userName":"a","title":"t"}"#),
        }
    });
    let scim = server.client();
    let group = scim
        .resource::<Group>()
        .patch("g")
        .replace(|g| g.display_name, "new");
    assert_eq!(group.await.unwrap().display_name, "new");
    let user = scim.resource::<User>().patch("1").replace(|u| u.title, "t");
    assert_eq!(user.await.unwrap().id(), "1");
    assert_eq!(server.seen().len(), 3);
}

#[tokio::test]
async fn q60_what_changes_nothing_is_not_sent() {
    let server = Scripted::answers(200, "application/json", BABS);
    let users = server.client().resource::<User>();
    let babs = users.get("1").await.unwrap();
    let update = users.update(&babs, |u| u.user_name = "a".into());
    assert!(update.send().await.unwrap().is_none());
    users.update(&babs, |_| {}).await.unwrap();
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn q63_versions_that_the_server_does_not_support() {
    let server = Scripted::new(|request| {
        if request.uri().path().ends_with("/ServiceProviderConfig") {
            return json(
                200,
                r#"{"etag":{"supported":false},"patch":{"supported":true}}"#,
            );
        }
        let mut response = json(200, BABS);
        response
            .headers_mut()
            .insert("etag", "\"1\"".parse().unwrap());
        response
    });
    let scim = server.client();
    scim.discover().await.unwrap();
    let users = scim.resource::<User>();
    let babs = users.get("1").await.unwrap();
    users.replace(&babs).await.unwrap();
    let last = server.seen().len() - 1;
    assert!(server.headers(last).get("if-match").is_none());
}

#[tokio::test]
async fn q64_q65_discovery_is_optional() {
    for status in [400, 403, 404, 405, 501] {
        let server = Scripted::new(move |_| answer(status, "application/scim+json", ""));
        let provider = once(&server).discover().await.unwrap();
        assert!(provider.config.is_none() && provider.schemas.is_empty());
        assert_eq!(provider.problems.len(), 3, "{status}");
        // Nobody knows who it is that has pages only.
        let server = Scripted::new(move |_| answer(status, "text/html", "<html>"));
        let error = once(&server).discover().await.unwrap_err();
        assert_eq!(error.status().unwrap().as_u16(), status);
    }
    // Schemas without `schemas`, and no parameters in the requests.
    let server = Scripted::new(|request| {
        assert_eq!(request.uri().query(), None);
        match request.uri().path() {
            "/v2/Schemas" => json(
                200,
                r#"{"totalResults":1,"Resources":[{"id":"urn:scim:schemas:extension:atlassian-external:1.0","attributes":[]}]}"#,
            ),
            _ => json(404, ""),
        }
    });
    let provider = server.client().discover().await.unwrap();
    assert_eq!(provider.schemas.len(), 1);
}

#[tokio::test]
async fn q66_a_slash_at_the_end_of_the_base_url() {
    for base in ["https://scim.example/v2", "https://scim.example/v2/"] {
        let server = Scripted::answers(200, "application/json", BABS);
        let scim = Client::builder(base)
            .service(server.clone())
            .build()
            .unwrap();
        scim.resource::<User>().get("1").await.unwrap();
        assert_eq!(server.seen()[0].0, "GET /v2/Users/1");
    }
}
