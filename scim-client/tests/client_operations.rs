//! Operations beyond the basic ones, each by what is sent and what comes of the answer.
#![cfg(all(feature = "client", feature = "testing"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests may panic"
)]

mod common;

use std::time::Duration;

use common::scripted::{Scripted, json};
use scim_client::{
    Client, Group, Json, Partial, User,
    client::{CreatedOrFound, Deferred, Written},
    filter::Filter,
    group::Member,
    http::{Method, StatusCode},
    testing::ServiceProvider,
};

fn provider() -> Client {
    let provider = ServiceProvider::builder().bearer_token("t").build();
    Client::builder("https://scim.example/v2")
        .bearer_token("t")
        .service(provider)
        .build()
        .unwrap()
}

scim_client::one_of! {
    enum Principal { User(User), Group(Group) }
}

#[tokio::test]
async fn several_types_at_once() {
    let scim = provider();
    let babs = scim
        .resource::<User>()
        .create(&User::new("babs").with_display_name("B"))
        .await
        .unwrap();
    let group = Group::new("Babs and friends").with_members([Member::new(babs.id())]);
    scim.resource::<Group>().create(&group).await.unwrap();
    let filter: Filter = "displayName sw \"B\"".parse().unwrap();
    let mut found = scim
        .search::<Principal>()
        .filter_by(filter)
        .count(1)
        .stream();
    let (mut users, mut groups) = (0, 0);
    while let Some(principal) = found.next().await {
        match principal.unwrap().0 {
            Principal::User(user) => {
                assert_eq!(user.user_name, "babs");
                users += 1;
            }
            Principal::Group(group) => {
                assert_eq!(group.members.len(), 1);
                groups += 1;
            }
            Principal::Unknown(json) => panic!("{json:?}"),
        }
    }
    assert_eq!((users, groups), (1, 1));
}

scim_client::one_of! {
    enum PartialPrincipal { User(Partial<User>), Group(Partial<Group>) }
}

#[tokio::test]
async fn some_attributes_of_several_types() {
    let scim = provider();
    let users = scim.resource::<User>();
    users
        .create(&User::new("babs").with_title("Tour Guide"))
        .await
        .unwrap();
    scim.resource::<Group>()
        .create(&Group::new("Guides"))
        .await
        .unwrap();
    // By GET of the base URL and by POST; the required userName does not come.
    for query in [scim.query::<PartialPrincipal>(), scim.search()] {
        let query = query
            .attributes_of::<User, _>(|u| u.title)
            .attributes_of::<Group, _>(|g| g.display_name);
        let all = query.all().await.unwrap();
        let shown: Vec<_> = all
            .iter()
            .map(|principal| match &principal.0 {
                PartialPrincipal::User(user) => {
                    assert_eq!(user.get(|u| u.user_name), None);
                    user.get(|u| u.title).unwrap()
                }
                PartialPrincipal::Group(group) => group.get(|g| g.display_name).unwrap(),
                PartialPrincipal::Unknown(json) => panic!("{json:?}"),
            })
            .collect();
        assert_eq!(shown, ["Tour Guide", "Guides"]);
    }
    let server = Scripted::answers(200, "application/json", r#"{"totalResults":0}"#);
    let query = server.client().query::<PartialPrincipal>();
    let query = query.excluded_attributes_of::<User, _>(|u| (u.emails, u.name.family_name));
    query.parameter("v", "1").await.unwrap();
    assert_eq!(
        server.seen()[0].0,
        "GET /v2?v=1&excludedAttributes=emails%2Cname.familyName"
    );
}

#[tokio::test]
async fn types_are_told_apart_and_unknown_ones_kept() {
    let server = Scripted::answers(
        200,
        "application/scim+json",
        r#"{"totalResults":4,"Resources":[
            {"schemas":["urn:ietf:params:scim:schemas:core:2.0:user"],"id":"u","userName":"a"},
            {"id":"g","displayName":"G","meta":{"resourceType":"group"}},
            {"schemas":["urn:example:Device"],"id":"d"},
            {"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"x"}]}"#,
    );
    let page = server.client().search::<Principal>().await.unwrap();
    let [user, group, device, broken] = page.resources.as_slice() else {
        panic!()
    };
    assert!(matches!(user.as_ref().unwrap().0, Principal::User(_)));
    assert!(matches!(group.as_ref().unwrap().0, Principal::Group(_)));
    assert!(matches!(device.as_ref().unwrap().0, Principal::Unknown(_)));
    assert_eq!(
        broken.as_ref().unwrap_err().to_string(),
        "the resource with id `x`: Resources[3].userName: required attribute is missing (if the \
         service provider never returns it, say `\"required\": false` in overlay.json, or `Option` in a type of your own)"
    );
    let (request, body) = &server.seen()[0];
    assert_eq!(request, "POST /v2/.search");
    assert_eq!(
        body,
        r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]}"#
    );
}

/// The required `id` is missing, or was not asked for.
#[tokio::test]
async fn a_page_of_several_types_that_comes_again_is_the_end() {
    for body in [
        r#"{"Resources":[{"displayName":"G","meta":{"resourceType":"Group"}}]}"#,
        r#"{"Resources":[{"meta":{"resourceType":"Device"}}]}"#,
        r#"{"Resources":[{"id":null,"x":1}],"totalResults":1000}"#,
    ] {
        let server = Scripted::answers(200, "application/scim+json", body);
        let mut found = server
            .client()
            .search::<PartialPrincipal>()
            .count(1)
            .stream();
        let mut came = 0;
        while let Some(item) = found.next().await {
            came += 1;
            assert!(came < 5, "{body}");
            if let Err(error) = item {
                assert_eq!(error.kind(), scim_client::ErrorKind::Paging, "{body}");
            }
        }
        // One resource may have moved to the next position once.
        assert!(server.seen().len() <= 3, "{body}");
    }
}

#[tokio::test]
async fn several_types_are_read_strictly_if_asked() {
    let body = r#"{"Resources":[
        {"id":"u","userName":"a","active":"True","meta":{"resourceType":"User"}}]}"#;
    let server = Scripted::answers(200, "application/scim+json", body);
    let builder = || Client::builder("https://scim.example/v2").service(server.clone());
    let lenient = builder().build().unwrap();
    assert!(lenient.search::<Principal>().all().await.is_ok());
    assert!(lenient.search::<PartialPrincipal>().all().await.is_ok());
    let strict = builder().strict().build().unwrap();
    for error in [
        strict.search::<Principal>().all().await.unwrap_err(),
        strict.search::<PartialPrincipal>().all().await.unwrap_err(),
    ] {
        let text = error.to_string();
        assert!(text.contains("Resources[0].active"), "{text}");
    }
}

#[tokio::test]
async fn create_or_get() {
    let scim = provider();
    let users = scim.resource::<User>();
    let babs = User::new("babs").with_nick_name("B");
    let created = users.create_or_get(&babs, |u| u.user_name).await.unwrap();
    assert!(created.is_created());
    let again = users
        .create_or_get(&User::new("BABS"), |u| u.user_name)
        .await
        .unwrap();
    let CreatedOrFound::Found(found) = again else {
        panic!("{again:?}")
    };
    assert_eq!(found.id(), created.into_stored().id());
    assert_eq!(found.nick_name.as_deref(), Some("B"));
    // Without a value to look for, nothing is created.
    let error = users
        .create_or_get(&User::new("x"), |u| u.external_id)
        .await
        .unwrap_err();
    assert!(error.to_string().contains("externalId"), "{error}");
    assert_eq!(users.query().total().await.unwrap(), 1);
}

#[tokio::test]
async fn what_may_be_gone() {
    let scim = provider();
    let users = scim.resource::<User>();
    assert!(users.get("nobody").optional().await.unwrap().is_none());
    let babs = users.create(&User::new("babs")).await.unwrap();
    assert!(users.get(babs.id()).optional().await.unwrap().is_some());
    assert!(users.delete(babs.id()).if_exists().await.unwrap());
    assert!(!users.delete(babs.id()).if_exists().await.unwrap());
    assert!(users.delete(babs.id()).await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn versions() {
    let scim = provider();
    let users = scim.resource::<User>();
    let first = users.create(&User::new("babs")).await.unwrap();
    let second = users
        .update(&first, |u| u.title = Some("CTO".into()))
        .await
        .unwrap();
    assert_ne!(first.meta().version, second.meta().version);
    // Someone else was faster.
    for error in [
        users.replace(&first).await.unwrap_err(),
        users
            .patch(&first)
            .replace(|u| u.title, "CEO")
            .await
            .unwrap_err(),
        users.delete(&first).await.unwrap_err(),
    ] {
        assert!(error.is_version_mismatch(), "{error}");
        assert_eq!(error.status().unwrap(), StatusCode::PRECONDITION_FAILED);
    }
    // Nothing has changed: nothing is sent again.
    let answer = users.refresh(&second).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(answer.value(), &second);
    let again = users.refresh(&first).send().await.unwrap();
    assert_eq!(again.status(), StatusCode::OK);
    assert_eq!(again.into_value(), second);
    // Nothing to change: nothing is sent at all.
    let same = users.update(&second, |_| {}).await.unwrap();
    assert_eq!(same, second);
    // The same change once more, to what it is now.
    let third = users.update(&first, |u| u.nick_name = Some("B".into()));
    let third = third.retry_on_conflict().await.unwrap();
    assert_eq!(
        (third.title.as_deref(), third.nick_name.as_deref()),
        (Some("CTO"), Some("B"))
    );
    users.delete(&third).await.unwrap();
}

#[tokio::test]
async fn update_without_patch_is_a_put() {
    let server = Scripted::new(|request| match *request.method() {
        Method::PUT => json(200, r#"{"id":"1","userName":"a","title":"CTO"}"#),
        _ => json(200, r#"{"id":"1","userName":"a","x":1}"#),
    });
    let scim = server.client();
    let mut capabilities = (*scim.capabilities()).clone();
    capabilities.patch = Some(false);
    scim.set_capabilities(capabilities);
    let users = scim.resource::<User>();
    let user = users.get("1").await.unwrap();
    let user = users
        .update(&user, |u| u.title = Some("CTO".into()))
        .await
        .unwrap();
    assert_eq!(user.title.as_deref(), Some("CTO"));
    let (request, body) = &server.seen()[1];
    assert_eq!(request, "PUT /v2/Users/1");
    assert!(
        body.contains("\"x\":1") && body.contains("\"title\":\"CTO\""),
        "{body}"
    );
}

#[tokio::test]
async fn me_with_a_redirect_and_without() {
    let server = Scripted::new(|request| {
        if request.uri().path() == "/v2/Me" && request.method() != Method::PATCH {
            let mut response = json(308, "");
            response.headers_mut().insert(
                "location",
                "https://scim.example/v2/Users/7".parse().unwrap(),
            );
            return response;
        }
        match *request.method() {
            Method::PATCH => json(204, ""),
            _ => json(200, r#"{"id":"7","userName":"me","title":"CTO"}"#),
        }
    });
    let scim = server.client();
    let me = scim.me::<User>().get().await.unwrap();
    assert_eq!((me.id(), me.user_name.as_str()), ("7", "me"));
    let patched = scim
        .me::<User>()
        .patch()
        .replace(|u| u.title, "CTO")
        .await
        .unwrap();
    assert_eq!(patched.id(), "7");
    let requests: Vec<_> = server
        .seen()
        .into_iter()
        .map(|(request, _)| request)
        .collect();
    assert_eq!(
        requests,
        [
            "GET /v2/Me",
            "GET /v2/Users/7",
            "PATCH /v2/Me",
            "GET /v2/Me",
            "GET /v2/Users/7"
        ]
    );
}

#[tokio::test]
async fn answers_that_come_later() {
    let server = Scripted::new(|request| {
        assert_eq!(request.headers()["prefer"], "respond-async, wait=5");
        let mut response = json(202, "");
        let headers = response.headers_mut();
        headers.insert("set-txn", "txn-1".parse().unwrap());
        headers.insert("preference-applied", "respond-async".parse().unwrap());
        headers.insert(
            "location",
            "https://scim.example/v2/Users/1".parse().unwrap(),
        );
        response
    });
    let users = server.client().resource::<User>();
    let create = users
        .create(&User::new("a"))
        .respond_async(Some(Duration::from_secs(5)));
    let Deferred::Accepted(accepted) = create.await.unwrap() else {
        panic!("not accepted")
    };
    assert_eq!(accepted.transaction.as_deref(), Some("txn-1"));
    assert!(accepted.preference_applied);
    // A service provider may answer at once all the same.
    let server = Scripted::answers(201, "application/scim+json", r#"{"id":"1","userName":"a"}"#);
    let users = server.client().resource::<User>();
    let done = users
        .create(&User::new("a"))
        .respond_async(None)
        .await
        .unwrap();
    assert!(matches!(done, Deferred::Done(Written::Resource(_))));
}

#[tokio::test]
async fn requests_of_ones_own() {
    let server = Scripted::answers(200, "application/json", r#"{"ok":true}"#);
    let scim = server.client();
    let body = Json::parse(r#"{"a":1}"#).unwrap();
    let answer = scim
        .request(Method::POST, "/.deltaToken")
        .parameter("a b", "c&d")
        .header("X-Tenant", "t1")
        .body(body)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.value().as_ref().unwrap().as_str(), r#"{"ok":true}"#);
    let (request, body) = &server.seen()[0];
    assert_eq!(request, "POST /v2/.deltaToken?a%20b=c%26d");
    assert_eq!(body, r#"{"a":1}"#);
    let headers = server.headers(0);
    assert_eq!(headers["x-tenant"], "t1");
    assert_eq!(headers["content-type"], "application/scim+json");
    assert_eq!(headers["authorization"], "Bearer t0p-secret");
    assert!(
        scim.request(Method::GET, "https://evil.example/x")
            .await
            .is_err()
    );
}

#[tokio::test]
async fn vendor_parameters_and_projections_on_writes() {
    let server = Scripted::answers(
        200,
        "application/scim+json",
        r#"{"id":"1","displayName":"d"}"#,
    );
    let users = server.client().resource::<User>();
    let partial = users
        .create(&User::new("a"))
        .attributes(|u| (u.display_name, u.name.family_name))
        .parameter("attributeSets", "all")
        .await
        .unwrap();
    assert_eq!(partial.get(|u| u.display_name), Some("d"));
    assert_eq!(partial.get(|u| u.user_name), None);
    assert_eq!(
        server.seen()[0].0,
        "POST /v2/Users?attributes=displayName%2Cname.familyName&attributeSets=all"
    );
}

#[cfg(feature = "blocking")]
#[test]
fn waiting() {
    use scim_client::blocking::Wait as _;

    let users = provider().resource::<User>();
    for name in ["a", "b", "c"] {
        users.create(&User::new(name)).wait().unwrap();
    }
    let names: Vec<_> = users
        .query()
        .sort_by(|u| u.user_name)
        .count(2)
        .stream()
        .wait_each()
        .map(|user| user.unwrap().user_name.clone())
        .collect();
    assert_eq!(names, ["a", "b", "c"]);
    let pages = users.query().count(2).pages().wait_each();
    let sizes: Vec<_> = pages
        .map(|page| {
            let page = page.unwrap();
            (page.resources.len(), page.total_results)
        })
        .collect();
    assert_eq!(sizes, [(2, Some(3)), (1, Some(3))]);
}

#[cfg(feature = "blocking")]
#[tokio::test]
async fn waiting_in_asynchronous_code_is_an_error() {
    use scim_client::blocking::Wait as _;

    let users = provider().resource::<User>();
    let mut pages = users.query().pages().wait_each();
    let error = pages.next().unwrap().unwrap_err();
    assert_eq!(error.kind(), scim_client::ErrorKind::Configuration);
    assert!(pages.next().is_none());
    let error = users.get("1").wait().unwrap_err();
    assert_eq!(error.kind(), scim_client::ErrorKind::Configuration);
}
