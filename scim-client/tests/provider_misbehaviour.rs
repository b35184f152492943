//! The embedded service provider that leaves things out, imitates vendors, and helps tests.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use scim_client::{
    Client, ErrorKind, Group, Json, Profile, User,
    client::RetryPolicy,
    group::Member,
    http::{Method, StatusCode},
    message::ScimType,
    testing::{Misbehaviour, ServiceProvider},
};
use serde_json::{Value, json};

const BASE: &str = "https://scim.example/v2";

fn client(provider: &ServiceProvider, profile: &str) -> Client {
    let builder = Client::builder(BASE).retry(RetryPolicy::never());
    let builder = match Profile::named(profile) {
        Some(profile) => builder.profile(profile),
        None => builder,
    };
    builder.service(provider.clone()).build().unwrap()
}

fn vendor(name: &str) -> ServiceProvider {
    let provider = ServiceProvider::builder().counted_ids().build();
    provider.misbehave(Misbehaviour::respond_as(name).unwrap());
    provider
}

fn status<T: std::fmt::Debug>(result: Result<T, scim_client::Error>) -> (u16, String) {
    let error = result.expect_err("an error");
    let scim_type = error.scim_type().map(ScimType::as_str).unwrap_or_default();
    (
        error.status().map_or(0, |status| status.as_u16()),
        scim_type.to_owned(),
    )
}

async fn raw(client: &Client, method: Method, path: &str, body: &Value) -> (u16, Value) {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let mut request = client.request(method, path);
    for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
        request = request.parameter(name, value);
    }
    let request = match body {
        Value::Null => request,
        body => request.body(Json::parse(&body.to_string()).unwrap()),
    };
    match request.send().await {
        Ok(answer) => {
            let json = answer.value().as_ref().map(Json::to_value);
            (answer.status().as_u16(), json.unwrap_or_default())
        }
        Err(error) => match error.status() {
            Some(status) => (status.as_u16(), Value::Null),
            None => unreachable!("{error}"),
        },
    }
}

fn patch_op(operations: &Value) -> Value {
    json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations})
}

#[tokio::test]
async fn what_is_left_out_is_announced_and_refused() {
    let provider = ServiceProvider::builder().counted_ids().build();
    for misbehaviour in [
        Misbehaviour::NoPatch,
        Misbehaviour::NoPut,
        Misbehaviour::NoBulk,
        Misbehaviour::NoFilter,
        Misbehaviour::NoSort,
        Misbehaviour::NoVersions,
    ] {
        provider.misbehave(misbehaviour);
    }
    let scim = client(&provider, "");
    let user = scim.resource::<User>();
    let b = user.create(&User::new("b")).await.unwrap();
    user.create(&User::new("a")).await.unwrap();
    assert_eq!(b.meta().version, None);
    let patch = user.patch("1").replace(|u| u.title, "T");
    assert_eq!(status(patch.await).0, 501);
    assert_eq!(status(user.replace_at("1", &User::new("c")).await).0, 501);
    let query = user.query().filter(|u| u.user_name.eq("a"));
    assert_eq!(status(query.await).0, 501);
    let mut bulk = scim.bulk();
    bulk.create(&User::new("c"));
    assert_eq!(status(bulk.await.map(drop)).0, 501);
    let sorted = user.query().sort_by(|u| u.user_name).all().await.unwrap();
    assert_eq!(sorted[0].user_name, "b");

    scim.discover().await.unwrap();
    let known = scim.capabilities();
    let said = [
        known.patch,
        known.bulk,
        known.filter,
        known.sort,
        known.etag,
    ];
    assert_eq!(said, [Some(false); 5]);
    provider.behave();
    let scim = client(&provider, "");
    scim.discover().await.unwrap();
    assert_eq!(scim.capabilities().bulk, Some(true));
    assert!(user.get("1").await.unwrap().meta().version.is_some());
}

#[tokio::test]
async fn an_answer_may_end_in_the_middle() {
    let provider = ServiceProvider::builder().counted_ids().build();
    provider.misbehave(Misbehaviour::Truncate { requests: 1 });
    let users = client(&provider, "").resource::<User>();
    let error = users.create(&User::new("x")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(provider.all::<User>().len(), 1);
    users.get("1").await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn misbehaviours_add_up() {
    let provider = ServiceProvider::builder().counted_ids().build();
    provider.misbehave(Misbehaviour::Latency(Duration::from_secs(2)));
    provider.misbehave(Misbehaviour::Latency(Duration::from_secs(3)));
    provider.misbehave(Misbehaviour::HtmlErrors);
    provider.misbehave(Misbehaviour::Fail {
        requests: 1,
        status: StatusCode::BAD_GATEWAY,
    });
    let begun = tokio::time::Instant::now();
    let users = client(&provider, "").resource::<User>();
    let error = users.get("1").await.unwrap_err();
    assert_eq!(begun.elapsed(), Duration::from_secs(5));
    assert_eq!(error.status(), Some(StatusCode::BAD_GATEWAY));
    assert!(error.body().unwrap().contains("<html>"));
}

#[tokio::test]
async fn answers_as_entra_would() {
    let provider = vendor("entra");
    for number in 0..30 {
        provider.seed(User::new(format!("u{number}"))).unwrap();
    }
    let scim = client(&provider, "entra");
    scim.discover().await.unwrap();
    assert_eq!(scim.capabilities().index_paging, Some(false));
    for path in ["/resourcetypes/User", "/ResourceTypes/User"] {
        assert_eq!(plain_json(&scim, path).await["id"], "User", "{path}");
    }
    let groups = scim.resource::<Group>();
    let group = groups.create(&Group::new("Guides")).await.unwrap();

    // The client's own plan is understood; what a client without the profile sends is not.
    let members: Vec<_> = (1..=30).map(|id| Member::new(id.to_string())).collect();
    let wanted = groups.patch(&group).add(|g| g.members, members.clone());
    wanted.await.unwrap();
    let stored = provider.get::<Group>(group.id()).unwrap();
    assert_eq!(stored.members.len(), 30);
    let plain = client(&provider, "").resource::<Group>();
    let other = plain.create(&Group::new("Others")).await.unwrap();
    let refused = plain.patch(other.id()).add(|g| g.members, members);
    assert_eq!(status(refused.await), (400, "invalidSyntax".to_owned()));
    let mixed = plain
        .patch(group.id())
        .replace(|g| g.display_name, "x")
        .add(|g| g.members, Member::new("31"));
    assert_eq!(status(mixed.await).0, 400);
    let two = plain
        .patch(group.id())
        .remove(|g| g.members.filter(|m| m.value.eq("1")))
        .remove(|g| g.members.filter(|m| m.value.eq("2")));
    assert_eq!(status(two.await).0, 400);

    // Members and groups do not come back, PATCH has no body, PUT is not there, names differ.
    assert!(plain.get(group.id()).await.unwrap().members.is_empty());
    let user = plain_json(&scim, "/Users/1").await;
    assert_eq!(user["groups"], Value::Null);
    assert_eq!(user["meta"]["resourceType"], "user");
    assert_eq!(user["meta"]["location"], "/Users/1");
    let title = patch_op(&json!([{"op": "add", "path": "title", "value": "T"}]));
    let path = "/Users/1?attributes=title";
    assert_eq!(
        raw(&scim, Method::PATCH, path, &title).await,
        (204, Value::Null)
    );
    let put = json!({"userName": "u0"});
    assert_eq!(raw(&scim, Method::PUT, "/Users/1", &put).await.0, 501);
    assert_eq!(raw(&scim, Method::POST, "/Bulk", &put).await.0, 501);

    // Every list has cursors, asked for or not.
    provider.misbehave(Misbehaviour::PageCap(7));
    let page = plain_json(&scim, "/Users?startIndex=5").await;
    assert_eq!(page["Resources"][0]["id"], "1");
    assert!(page["nextCursor"].is_string() && page["startIndex"].is_null());
    let all = scim.resource::<User>().query().all().await.unwrap();
    assert_eq!(all.len(), 30);
}

async fn plain_json(client: &Client, path: &str) -> Value {
    let (status, json) = raw(client, Method::GET, path, &Value::Null).await;
    assert_eq!(status, 200, "{path}");
    json
}

#[tokio::test]
async fn answers_as_aws_would() {
    let provider = vendor("aws");
    for number in 0..120 {
        provider.seed(User::new(format!("u{number}"))).unwrap();
    }
    let scim = client(&provider, "");
    let users = scim.resource::<User>();
    let co = users.query().filter(|u| u.user_name.co("u"));
    assert_eq!(status(co.await), (400, "invalidFilter".to_owned()));
    let eq = users.query().filter(|u| u.user_name.eq("u7"));
    assert_eq!(eq.all().await.unwrap().len(), 1);
    assert_eq!(status(users.query().via_post().await).0, 404);
    assert_eq!(raw(&scim, Method::GET, "/Me", &Value::Null).await.0, 404);
    let page = plain_json(&scim, "/Users?count=1000").await;
    assert_eq!(page["itemsPerPage"], 100);
    assert_eq!(users.query().all().await.unwrap().len(), 120);
}

#[tokio::test]
async fn answers_as_others_would() {
    // Google has no paging of either kind.
    let google = vendor("google");
    for number in 0..120 {
        google.seed(User::new(format!("u{number}"))).unwrap();
    }
    let list = plain_json(&client(&google, ""), "/Users?count=5&startIndex=9").await;
    assert_eq!(list["Resources"].as_array().unwrap().len(), 120);
    assert_eq!(list["Resources"][0]["meta"]["version"], Value::Null);

    // Salesforce has its configuration elsewhere.
    let salesforce = vendor("salesforce");
    let scim = client(&salesforce, "");
    plain_json(&scim, "/ServiceProviderConfigs").await;
    let usual = raw(&scim, Method::GET, "/ServiceProviderConfig", &Value::Null);
    assert_eq!(usual.await.0, 404);
    client(&salesforce, "salesforce").discover().await.unwrap();

    // Zoom's lists lack the manager.
    let zoom = vendor("zoom");
    zoom.seed_json(
        r#"{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "x",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":
            {"department": "D", "manager": {"value": "7"}}}"#,
    )
    .unwrap();
    let urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    let scim = client(&zoom, "");
    let list = plain_json(&scim, "/Users").await;
    assert_eq!(list["Resources"][0][urn], json!({"department": "D"}));
    let one = plain_json(&scim, "/Users/1").await;
    assert_eq!(one[urn]["manager"]["value"], "7");

    // SAP's versions are bare; the client puts quotes on.
    let sap = vendor("sap-ias");
    let users = client(&sap, "sap-ias").resource::<User>();
    let mut user = users.create(&User::new("x")).await.unwrap();
    assert_eq!(user.meta().version.as_deref(), Some("1"));
    user.title = Some("T".into());
    users.replace(&user).await.unwrap();
    assert!(
        users
            .replace(&user)
            .await
            .unwrap_err()
            .is_version_mismatch()
    );
}

#[tokio::test]
async fn limits_requests_by_the_providers_clock() {
    let now = Arc::new(AtomicI64::new(1_700_000_000));
    let clock = now.clone();
    let provider = ServiceProvider::builder()
        .clock(move || scim_client::value::Timestamp::new(clock.load(Ordering::Relaxed), 0))
        .build();
    let profile = Profile::from_json(r#"{"limits": {"requestsPerMinute": 2}}"#).unwrap();
    provider.misbehave(Misbehaviour::RespondAs(Arc::new(profile)));
    let users = client(&provider, "").resource::<User>();
    users.query().await.unwrap();
    now.fetch_add(20, Ordering::Relaxed);
    users.query().await.unwrap();
    let error = users.query().await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::TOO_MANY_REQUESTS));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(40)));
    now.fetch_add(40, Ordering::Relaxed);
    users.query().await.unwrap();
}

#[tokio::test]
async fn understands_only_the_dialect_of_a_profile() {
    let provider = ServiceProvider::builder().counted_ids().build();
    let text = r#"{"mediaType": "application/json", "patch":
        {"capitalisedOps": true, "removal": "valueList", "noPaths": true}}"#;
    let profile = Profile::from_json(text).unwrap();
    provider.misbehave(Misbehaviour::RespondAs(Arc::new(profile.clone())));
    let builder = Client::builder(BASE).profile(profile);
    let own = builder.service(provider.clone()).build().unwrap();
    let (own, plain) = (own.resource::<Group>(), client(&provider, ""));
    assert_eq!(
        status(plain.resource::<Group>().create(&Group::new("x")).await).0,
        415
    );
    let group = Group::new("x").with_members([Member::new("a"), Member::new("b")]);
    let group = own.create(&group).await.unwrap();
    let patch = own
        .patch(&group)
        .replace(|g| g.display_name, "y")
        .remove(|g| g.members.filter(|m| m.value.eq("a")));
    let after = patch.await.unwrap();
    assert_eq!((&*after.display_name, after.members.len()), ("y", 1));
}

#[tokio::test]
async fn says_what_a_test_wants_to_know() {
    let provider = ServiceProvider::builder().counted_ids().build();
    let scim = client(&provider, "");
    let users = scim.resource::<User>();
    users.query().count(10).await.unwrap();
    users.query().via_post().await.unwrap();
    provider.assert_unchanged();
    users
        .create(&User::new("bjensen").with_title("T"))
        .await
        .unwrap();
    users.delete("404").if_exists().await.unwrap();
    provider.assert_received(&[
        "GET /Users?startIndex=1&count=10",
        "POST /Users/.search",
        "POST /Users",
        "DELETE /Users/404",
    ]);
    let babs = provider.assert_one::<User>(|u| u.user_name.eq("BJENSEN"));
    assert_eq!(babs.title.as_deref(), Some("T"));
    provider.assert_none::<User>(|u| u.title.eq("CEO"));
    assert_eq!(provider.find::<User>(|u| u.title.pr()).len(), 1);

    let failure = |assertion: &dyn Fn()| {
        let caught = catch_unwind(AssertUnwindSafe(assertion)).expect_err("it is not so");
        *caught.downcast::<String>().expect("words")
    };
    let said = failure(&|| {
        provider.assert_one::<User>(|u| u.title.eq("CEO"));
    });
    assert!(
        said.contains(r#"title eq "CEO""#) && said.contains("\"1\""),
        "{said}"
    );
    let said = failure(&|| provider.assert_none::<User>(|u| u.title.eq("T")));
    assert!(said.contains("\"1\""), "{said}");
    let said = failure(&|| provider.assert_received(&["GET /Users"]));
    assert!(said.contains("DELETE /v2/Users/404"), "{said}");
    let said = failure(&|| provider.assert_unchanged());
    assert!(
        said.contains("POST /v2/Users") && !said.contains(".search"),
        "{said}"
    );
}

#[tokio::test]
async fn begins_with_what_others_answered() {
    let provider = ServiceProvider::builder().counted_ids().build();
    let id = provider
        .seed_json(
            r#"{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "a/b",
                "userName": "x", "meta": {"created": "2010-01-23T04:56:22Z",
                "lastModified": "2011-05-13T04:42:34Z", "version": "W/\"abc\""}}"#,
        )
        .unwrap();
    assert_eq!(id, "a/b");
    let users = client(&provider, "").resource::<User>();
    let mut user = users.get("a/b").await.unwrap();
    let meta = user.meta();
    let times =
        [&meta.created, &meta.last_modified].map(|t| t.as_ref().unwrap().as_str().to_owned());
    assert_eq!(times, ["2010-01-23T04:56:22Z", "2011-05-13T04:42:34Z"]);
    user.title = Some("T".into());
    let after = users.replace(&user).await.unwrap();
    assert_ne!(after.meta().version, user.meta().version);
    assert!(
        users
            .replace(&user)
            .await
            .unwrap_err()
            .is_version_mismatch()
    );

    for (json, status) in [
        ("{", 400),
        ("[]", 400),
        ("{}", 400),
        (r#"{"schemas": ["urn:x"]}"#, 400),
        (
            r#"{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"]}"#,
            400,
        ),
        (
            r#"{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "X"}"#,
            409,
        ),
    ] {
        let error = provider.seed_json(json).unwrap_err();
        assert_eq!(error.status, Some(status), "{json}");
    }
}
