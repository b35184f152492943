//! Changes by saying what should be, and what comes of writes besides the resource.
#![cfg(feature = "client")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests may panic"
)]

#[path = "common/scripted.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared")]
mod scripted;

use scim_client::{
    Client, ErrorKind, Stored, User,
    client::{Capabilities, CreatedOrFound, Deferred, Operation as _, Written},
    http::{Method, StatusCode},
};

use self::scripted::{Scripted, answer, json};

const BABS: &str = r#"{"id":"1","userName":"a","x":1}"#;

/// A server that answers PATCH with this status, and everything else as it should.
fn without_patch(status: u16) -> Scripted {
    Scripted::new(move |request| match *request.method() {
        Method::PATCH => answer(status, "text/plain", "no"),
        Method::PUT => json(200, r#"{"id":"1","userName":"a","title":"t","x":1}"#),
        _ => json(200, BABS),
    })
}

fn methods(server: &Scripted) -> Vec<String> {
    let seen = server.seen().into_iter();
    seen.map(|(request, _)| request.split(' ').next().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_server_that_turns_out_to_have_no_patch() {
    for status in [405, 501] {
        let server = without_patch(status);
        let users = server.client().resource::<User>();
        let babs = users.get("1").await.unwrap();
        let update = users.update(&babs, |u| u.title = Some("t".into()));
        let answer = update.send().await.unwrap().unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(methods(&server), ["GET", "PATCH", "PUT"]);
        let (_, body) = server.seen().pop().unwrap();
        assert!(body.contains(r#""x":1"#) && body.contains(r#""title":"t""#));
    }
    // Any other error is one, and a patch remains a patch.
    let server = without_patch(400);
    let users = server.client().resource::<User>();
    let babs = users.get("1").await.unwrap();
    users
        .update(&babs, |u| u.title = Some("t".into()))
        .await
        .unwrap_err();
    users
        .patch(&babs)
        .replace(|u| u.title, "t")
        .await
        .unwrap_err();
    assert_eq!(methods(&server), ["GET", "PATCH", "PATCH"]);
}

#[tokio::test]
async fn an_update_asks_for_what_is_wanted() {
    const T: &str = r#"{"id":"1","userName":"a","title":"t"}"#;
    let server = Scripted::answers(200, "application/json", T);
    let users = server.client().resource::<User>();
    let babs = Stored::<User>::from_json(BABS).unwrap();
    users.get("1").await.unwrap();
    let update = users.update(&babs, |u| u.title = Some("t".into()));
    let partial = update.attributes(|u| (u.user_name, u.title)).await.unwrap();
    assert_eq!(partial.get(|u| u.user_name), Some("a"));
    assert_eq!(
        server.seen()[1].0,
        "PATCH /v2/Users/1?attributes=userName%2Ctitle"
    );
    // Nothing to change: what is known is shown in the same form.
    let partial = users
        .update(&babs, |_| {})
        .excluded_attributes(|u| u.title)
        .await
        .unwrap();
    assert_eq!(
        (partial.id(), partial.get(|u| u.user_name)),
        ("1", Some("a"))
    );
    assert_eq!(server.seen().len(), 2);
    // The same by PUT.
    let mut known = Capabilities::default();
    known.patch = Some(false);
    users.client().set_capabilities(known);
    let update = users.update(&babs, |u| u.title = Some("t".into()));
    update.excluded_attributes(|u| u.emails).await.unwrap();
    assert_eq!(
        server.seen()[2].0,
        "PUT /v2/Users/1?excludedAttributes=emails"
    );
}

#[tokio::test]
async fn what_the_service_provider_denies_is_not_sent() {
    let server = Scripted::answers(200, "application/json", BABS);
    let mut known = Capabilities::default();
    (known.patch, known.filter, known.sort) = (Some(false), Some(false), Some(false));
    known.max_results = Some(50);
    let scim = server.client();
    scim.set_capabilities(known);
    let users = scim.resource::<User>();
    let errors = [
        users
            .patch("1")
            .replace(|u| u.title, "t")
            .await
            .unwrap_err(),
        users
            .query()
            .filter(|u| u.user_name.eq("a"))
            .await
            .unwrap_err(),
        users
            .query()
            .sort_by(|u| u.user_name)
            .all()
            .await
            .unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{error}");
    }
    assert!(server.seen().is_empty());
    let request = users.query().count(200).request().unwrap();
    assert_eq!(request.uri().query(), Some("startIndex=1&count=50"));
}

#[tokio::test]
async fn what_is_done_later_is_no_success_unless_asked_for() {
    let server = Scripted::new(|request| {
        if request.method() == Method::GET {
            return json(200, BABS);
        }
        let mut response = json(202, "");
        let headers = response.headers_mut();
        headers.insert(
            "set-txn",
            "734f0614e3274f288f93ac74119dcf78".parse().unwrap(),
        );
        headers.insert(
            "location",
            "https://scim.example/v2/Users/1".parse().unwrap(),
        );
        response
    });
    let users = server.client().resource::<User>();
    let error = users.create(&User::new("a")).await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::ACCEPTED));
    assert!(error.is_outcome_unknown());
    assert_eq!(
        error.headers()["set-txn"],
        "734f0614e3274f288f93ac74119dcf78"
    );
    users.replace_at("1", &User::new("a")).await.unwrap_err();
    let patch = users.patch("1").replace(|u| u.title, "t");
    for error in [
        users.create(&User::new("a")).no_refetch().await.err(),
        users
            .replace_at("1", &User::new("a"))
            .no_refetch()
            .await
            .err(),
        patch.clone().no_refetch().await.err(),
        patch.decode(json(202, "").map(Into::into)).err(),
    ] {
        let error = error.unwrap();
        assert_eq!(error.status(), Some(StatusCode::ACCEPTED), "{error}");
        assert!(error.is_outcome_unknown());
    }
    let patched = patch.respond_async(None).await.unwrap();
    assert!(matches!(patched, Deferred::Accepted(_)), "{patched:?}");
    let deleted = users.delete("1").respond_async(None).await.unwrap();
    let Deferred::Accepted(accepted) = deleted else {
        panic!("{deleted:?}")
    };
    assert_eq!(
        accepted.transaction.as_deref(),
        Some("734f0614e3274f288f93ac74119dcf78")
    );
    assert_eq!(server.headers(6)["prefer"], "respond-async");
    // Nothing is read: it would not be what will be.
    assert_eq!(
        methods(&server),
        ["POST", "PUT", "POST", "PUT", "PATCH", "PATCH", "DELETE"]
    );
}

#[tokio::test]
async fn one_exchange_and_the_new_version() {
    let server = Scripted::new(|_| {
        let mut response = json(204, "");
        response
            .headers_mut()
            .insert("etag", "W/\"2\"".parse().unwrap());
        response
    });
    let users = server.client().resource::<User>();
    let written = users
        .replace_at("1", &User::new("a"))
        .no_refetch()
        .await
        .unwrap();
    let Written::NoBody(receipt) = written else {
        panic!("{written:?}")
    };
    assert_eq!(
        (receipt.id.as_deref(), receipt.version.as_deref()),
        (Some("1"), Some("W/\"2\""))
    );
    assert_eq!(methods(&server), ["PUT"]);
    // What was read before has it now; without it, its version is not known.
    let mut babs: Stored<User> = Stored::from_json(BABS).unwrap();
    receipt.renew(&mut babs);
    users.replace(&babs).no_refetch().await.unwrap();
    assert_eq!(server.headers(1)["if-match"], "W/\"2\"");
    let server = Scripted::answers(204, "application/json", "");
    let users = server.client().resource::<User>();
    let written = users
        .patch(&babs)
        .replace(|u| u.title, "t")
        .no_refetch()
        .await
        .unwrap();
    let Written::NoBody(receipt) = written else {
        panic!("{written:?}")
    };
    receipt.renew(&mut babs);
    users.replace(&babs).no_refetch().await.unwrap();
    assert!(server.headers(0).contains_key("if-match"));
    assert!(!server.headers(1).contains_key("if-match"));
}

#[tokio::test]
async fn a_create_whose_answer_was_lost_is_found() {
    let server = Scripted::new(|request| match *request.method() {
        Method::POST => answer(502, "text/html", "<html>"),
        _ => json(
            200,
            r#"{"totalResults":1,"Resources":[{"id":"1","userName":"A"}]}"#,
        ),
    });
    let users = server.client().resource::<User>();
    let found = users.create_or_get(&User::new("a"), |u| u.user_name);
    let found = found
        .header("X-Trace", "7")
        .parameter("v", "1")
        .await
        .unwrap();
    assert!(matches!(found, CreatedOrFound::Found(_)));
    assert_eq!(server.seen()[0].0, "POST /v2/Users?v=1");
    assert_eq!(server.headers(1)["x-trace"], "7");
}

#[tokio::test]
async fn me_and_its_versions() {
    let server = Scripted::new(|request| {
        let mut response = match *request.method() {
            Method::GET => json(200, BABS),
            _ => json(200, r#"{"id":"1","userName":"a","title":"t"}"#),
        };
        response
            .headers_mut()
            .insert("etag", "\"1\"".parse().unwrap());
        response
    });
    let me = server.client().me::<User>();
    let mut babs = me.get().await.unwrap();
    me.patch_stored(&babs)
        .replace(|u| u.title, "t")
        .await
        .unwrap();
    babs.title = Some("t".into());
    me.replace(&babs).await.unwrap();
    me.delete_stored(&babs).await.unwrap();
    me.create(&User::new("a")).await.unwrap();
    me.delete().await.unwrap();
    assert_eq!(
        methods(&server),
        ["GET", "PATCH", "PUT", "DELETE", "POST", "DELETE"]
    );
    for (number, (request, _)) in server.seen().iter().enumerate() {
        assert!(request.ends_with(" /v2/Me"), "{request}");
        let conditional = server.headers(number).contains_key("if-match");
        assert_eq!(conditional, (1..4).contains(&number), "{request}");
    }
}

#[tokio::test]
async fn several_values_of_a_header() {
    let server = Scripted::answers(200, "application/json", BABS);
    let scim = Client::builder("https://scim.example/v2")
        .service(server.clone())
        .header("X-Tenant", "a")
        .header("X-Tenant", "b")
        .build()
        .unwrap();
    let users = scim.resource::<User>();
    users.get("1").await.unwrap();
    users.get("1").header("X-Tenant", "c").await.unwrap();
    let tenants = |number: usize| -> Vec<String> {
        let headers = server.headers(number);
        let values = headers.get_all("x-tenant").iter();
        values
            .map(|value| value.to_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        (tenants(0), tenants(1)),
        (vec!["a".into(), "b".into()], vec!["c".to_owned()])
    );
}

#[tokio::test]
async fn clearing_what_has_no_value_leaves_what_is_never_read() {
    let server = Scripted::answers(200, "application/json", BABS);
    let users = server.client().resource::<User>();
    let babs = users.get("1").await.unwrap();
    users.replace(&babs).clear_unassigned().await.unwrap();
    let (_, body) = server.seen().pop().unwrap();
    let body: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!((&body["userName"], &body["x"]), (&"a".into(), &1.into()));
    assert_eq!(body["title"], serde_json::Value::Null);
    assert_eq!(body["emails"], serde_json::json!([]));
    let body = body.as_object().unwrap();
    assert!(body.contains_key("title") && body.contains_key("active"));
    // It is never returned, so that it is never known to have no value; and nobody can set these.
    for left in ["password", "groups", "meta"] {
        assert!(!body.contains_key(left), "{left}");
    }
}

#[tokio::test]
async fn a_projection_of_what_was_read_before_is_read_anyway() {
    let server = Scripted::new(|request| {
        if request.headers().contains_key("if-none-match") {
            return answer(304, "text/plain", "");
        }
        let mut response = json(200, BABS);
        response
            .headers_mut()
            .insert("etag", "\"1\"".parse().unwrap());
        response
    });
    let users = server.client().resource::<User>();
    let babs = users.get("1").await.unwrap();
    assert_eq!(users.refresh(&babs).await.unwrap(), babs);
    let partial = users.refresh(&babs).attributes(|u| u.user_name);
    let partial = partial.await.unwrap();
    assert_eq!(partial.get(|u| u.user_name), Some("a"));
    let partial = users.refresh(&babs).excluded_attributes(|u| u.title);
    partial.await.unwrap();
    let conditional = |number: usize| server.headers(number).contains_key("if-none-match");
    assert_eq!([0, 1, 2, 3].map(conditional), [false, true, false, false]);
}

#[tokio::test]
async fn a_conflict_is_told_where_the_look_up_fails() {
    let conflict = r#"{"status":"409","scimType":"uniqueness","detail":"taken"}"#;
    for (status, body) in [(500, "no"), (403, "no"), (200, "<html>")] {
        let server = Scripted::new(move |request| match *request.method() {
            Method::POST => json(409, conflict),
            _ => answer(status, "text/plain", body),
        });
        let users = server.client().resource::<User>();
        let error = users.create_or_get(&User::new("a"), |u| u.user_name);
        let error = error.await.unwrap_err();
        assert!(error.is_uniqueness(), "{status}: {error}");
        assert_eq!(methods(&server), ["POST", "GET"]);
    }
    // It cannot even be asked.
    let server = Scripted::answers(409, "application/json", conflict);
    let scim = server.client();
    let mut known = Capabilities::default();
    known.filter = Some(false);
    scim.set_capabilities(known);
    let users = scim.resource::<User>();
    let error = users.create_or_get(&User::new("a"), |u| u.user_name);
    assert!(error.await.unwrap_err().is_uniqueness());
    assert_eq!(methods(&server), ["POST"]);
}
