//! An `id` that is the end of a location.

use scim_client::{
    Error, ErrorKind, User,
    client::Written,
    http::{Method, Response},
};

use super::{
    builder, methods,
    scripted::{Scripted, json},
};

const SCIM: &str =
    r#"{"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": "404"}"#;

/// Answers a creation with this body and location; knows the user with the `id` 7, and says of
/// itself what `read` is.
fn server(body: &'static str, location: &'static str, read: &'static str) -> Scripted {
    Scripted::new(move |request| {
        let mut response: Response<String> = match (request.method(), request.uri().path()) {
            (&Method::GET, "/v2/Users/7") => json(200, read),
            (&Method::GET, "/v2/Me") => json(200, body),
            (&Method::GET, _) => json(404, SCIM),
            _ => json(201, body),
        };
        if !location.is_empty() {
            let location = location.parse().unwrap();
            response.headers_mut().insert("Location", location);
        }
        response
    })
}

#[tokio::test]
async fn it_is_looked_at() {
    let bare = r#"{"userName": "bjensen", "title": "CTO"}"#;
    let in_meta =
        r#"{"userName": "bjensen", "meta": {"location": "https://scim.example/v2/Users/7"}}"#;
    let own = r#"{"id": "7", "userName": "bjensen"}"#;
    for (body, location) in [(bare, "/v2/Users/7"), (in_meta, "")] {
        let scripted = server(body, location, own);
        let users = builder(&scripted).build().unwrap().resource::<User>();
        let babs = users.create(&User::new("bjensen")).await.unwrap();
        assert!(babs.id() == "7" && !babs.is_id_from_location());
        assert_eq!(methods(&scripted), ["POST", "GET"]);
        // It is there, and does not say its id either.
        let scripted = server(body, location, bare);
        let users = builder(&scripted).build().unwrap().resource::<User>();
        let babs = users.create(&User::new("bjensen")).await.unwrap();
        assert!(babs.id() == "7" && babs.is_id_from_location());
    }
    // Its own name wins over that of its place.
    let scripted = server(
        bare,
        "/v2/Users/7",
        r#"{"id": "seven", "userName": "bjensen"}"#,
    );
    let users = builder(&scripted).build().unwrap().resource::<User>();
    let babs = users.create(&User::new("bjensen")).await.unwrap();
    assert!(babs.id() == "seven" && babs.title.as_deref() == Some("CTO"));
    // One that says its id is not looked at.
    let scripted = server(own, "/v2/Users/undefined", own);
    let users = builder(&scripted).build().unwrap().resource::<User>();
    assert_eq!(users.create(&User::new("bjensen")).await.unwrap().id(), "7");
    assert_eq!(methods(&scripted), ["POST"]);
}

#[tokio::test]
async fn nothing_is_there() {
    let bare = r#"{"userName": "bjensen"}"#;
    for location in [
        "/v2/Users/undefined",
        "/v2/Users/null",
        "https://scim.example/v2/Users/[object%20Object]",
    ] {
        for body in [bare, ""] {
            let scripted = server(body, location, bare);
            let users = builder(&scripted).build().unwrap().resource::<User>();
            let error = users.create(&User::new("bjensen")).await.unwrap_err();
            assert!(error.is_outcome_unknown(), "{error}");
            assert_eq!(methods(&scripted), ["POST", "GET"]);
        }
        let check = |error: Error| assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
        let scripted = server(bare, location, bare);
        let client = builder(&scripted).build().unwrap();
        check(
            client
                .resource::<User>()
                .create(&User::new("b"))
                .await
                .unwrap_err(),
        );
        check(
            client
                .me::<User>()
                .create(&User::new("b"))
                .await
                .unwrap_err(),
        );
        let error = client.me::<User>().get().await.unwrap_err();
        assert!(!error.is_outcome_unknown());
        check(error);
    }
    // The place of the collection is nobody's.
    for location in [
        "/v2/Users",
        "/v2/Users/",
        "https://scim.example/v2/Users?x=1",
    ] {
        let scripted = server(bare, location, bare);
        let users = builder(&scripted).build().unwrap().resource::<User>();
        let error = users.create(&User::new("bjensen")).await.unwrap_err();
        assert!(error.is_outcome_unknown(), "{error}");
        assert_eq!(methods(&scripted), ["POST"]);
    }
}

#[tokio::test]
async fn it_can_be_switched_off() {
    let bare = r#"{"userName": "bjensen"}"#;
    let scripted = server(bare, "/v2/Users/undefined", bare);
    let client = builder(&scripted).check_located_ids(false).build().unwrap();
    let babs = client
        .resource::<User>()
        .create(&User::new("bjensen"))
        .await
        .unwrap();
    assert!(babs.id() == "undefined" && babs.is_id_from_location());
    assert_eq!(methods(&scripted), ["POST"]);
    // What nobody looks at is marked.
    let scripted = server("", "/v2/Users/undefined", bare);
    let users = builder(&scripted).build().unwrap().resource::<User>();
    let written = users
        .create(&User::new("bjensen"))
        .no_refetch()
        .await
        .unwrap();
    let Written::NoBody(receipt) = written else {
        panic!("a body");
    };
    assert!(receipt.id_from_location && receipt.id.as_deref() == Some("undefined"));
}

/// A resource may have more names than its `id`; its own is what it is changed by.
#[tokio::test]
async fn another_id_than_the_one_that_was_asked_for() {
    let server = || {
        Scripted::new(|request| match request.method() {
            &Method::DELETE => json(204, ""),
            _ => json(200, r#"{"id": "7", "userName": "bjensen"}"#),
        })
    };
    let scripted = server();
    let users = builder(&scripted).build().unwrap().resource::<User>();
    let babs = users.get("bjensen").await.unwrap();
    assert!(babs.id() == "7" && !babs.is_id_from_location());
    users.delete(&babs).await.unwrap();
    assert!(scripted.seen()[1].0.ends_with("/Users/7"));
    // For tests of servers, it is wrong; letter case is nobody's fault.
    let text = r#"{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "a7", "userName": "b"}"#;
    let scripted = Scripted::new(move |_| json(200, text));
    let users = builder(&scripted)
        .strict()
        .build()
        .unwrap()
        .resource::<User>();
    for asked in ["a7", "A7"] {
        assert_eq!(users.get(asked).await.unwrap().id(), "a7");
    }
    for error in [
        users.get("a8").await.unwrap_err(),
        users.get("a8").optional().await.unwrap_err(),
        users
            .get("a8")
            .attributes(|u| u.user_name)
            .await
            .unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert!(error.to_string().contains("another `id`"), "{error}");
        assert!(!error.is_outcome_unknown());
    }
}
