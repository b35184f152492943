//! Answers of somebody who does not speak SCIM: a wrong base URL must not look like success.

use scim_client::{
    Error, ErrorKind, Profile, User,
    client::{CreatedOrFound, RetryPolicy},
    http::{Method, Response},
};

use super::{
    USER, builder,
    scripted::{Scripted, answer, json},
    user,
};

const SCIM: &str =
    r#"{"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": "404"}"#;

/// What web servers, gateways and frameworks say where nothing is.
const STRANGERS: [(&str, &str); 9] = [
    ("text/html", "<html><title>404 Not Found</title></html>"),
    ("text/plain", "404 page not found"),
    ("text/plain", ""),
    (
        "application/json",
        r#"{"message": "no Route matched with those values"}"#,
    ),
    ("application/json", r#"{"detail": "Not Found"}"#),
    (
        "application/json",
        r#"{"timestamp": "2024", "status": 404, "error": "Not Found", "path": "/x"}"#,
    ),
    (
        "application/problem+json",
        r#"{"type": "about:blank", "title": "Not Found", "status": 404}"#,
    ),
    (
        "application/json",
        r#"{"errors": [{"status": "404", "title": "Not Found"}]}"#,
    ),
    ("application/json", r#"["nothing"]"#),
];

#[tokio::test]
async fn a_404_of_strangers_is_no_answer() {
    for (media_type, body) in STRANGERS {
        let server = Scripted::answers(404, media_type, body);
        let client = builder(&server).build().unwrap();
        let users = client.resource::<User>();
        let check = |error: Error| {
            assert!(!error.is_not_found(), "{body}");
            assert_eq!(error.status().unwrap(), 404, "{body}");
            assert!(error.to_string().contains("base URL"), "{error}");
        };
        check(users.get("1").optional().await.unwrap_err());
        check(client.me::<User>().get().optional().await.unwrap_err());
        check(users.delete("1").if_exists().await.unwrap_err());
        check(users.refresh(&user()).optional().await.unwrap_err());
        check(
            users
                .create_or_get(&User::new("a"), |u| u.user_name)
                .await
                .unwrap_err(),
        );
        check(users.query().await.unwrap_err());
        match client.discover().await {
            // Who says nothing but that there is nothing may have no documents.
            Ok(provider) => {
                assert!(body.is_empty(), "{body}");
                provider.verify::<User>().into_result().unwrap_err();
            }
            Err(error) => {
                assert!(error.to_string().contains("base URL"), "{error}");
                client.provider().await.unwrap_err();
            }
        }

        // Unless it is known that the service provider says it so.
        let mut profile = Profile::default();
        profile.plain_not_found = true;
        let client = builder(&server).profile(profile).build().unwrap();
        let users = client.resource::<User>();
        assert!(users.get("1").optional().await.unwrap().is_none());
        assert!(!users.delete("1").if_exists().await.unwrap());
        client.discover().await.unwrap();
    }
    let profile = Profile::from_json(r#"{"plainNotFound": true}"#).unwrap();
    assert!(profile.plain_not_found);
}

/// Success, and a body that says that it is none: nobody knows whether anything was deleted.
#[tokio::test]
async fn a_success_that_is_none() {
    for (media_type, body, words) in [
        (
            "text/html",
            "<html><title>Sign in</title></html>",
            "an HTML page, \"Sign in\"",
        ),
        // A page need not say what it is.
        ("text/html", "<!doctype html><body>", "an HTML page"),
        (
            "application/scim+json",
            "<html>please sign in</html>",
            "an HTML page",
        ),
        // Nor need an error message, but by its status.
        (
            "application/json",
            r#"{"Status": 503, "detail": "later"}"#,
            "an error message under a status of success, with status 503: later",
        ),
        (
            "application/json",
            r#"{"status": "409", "scimType": "mutability"}"#,
            "an error message under a status of success, with status 409",
        ),
        (
            "application/scim+json",
            r#"{"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": "403", "detail": "no\nmore"}"#,
            "an error message under a status of success, with status 403: no\\nmore",
        ),
    ] {
        let server = Scripted::answers(200, media_type, body);
        let users = builder(&server).build().unwrap().resource::<User>();
        let deleted = users.delete("1").await.unwrap_err();
        assert!(deleted.is_outcome_unknown(), "{deleted}");
        let if_exists = users.delete("1").if_exists().await.unwrap_err();
        let read = users.get("1").optional().await.unwrap_err();
        let created = users.create(&User::new("a")).await.unwrap_err();
        for error in [deleted, if_exists, read, created] {
            assert_eq!(error.kind(), ErrorKind::Decode);
            assert!(error.to_string().contains(words), "{error}");
        }
    }
    // What says nothing of the kind is no matter.
    for body in [
        "",
        "OK",
        "{}",
        r#"{"status": "deleted"}"#,
        r#"{"status": 200, "detail": "deleted"}"#,
        r#"{"id": "1", "status": "404", "detail": "an attribute of its own"}"#,
    ] {
        let server = Scripted::answers(200, "text/plain", body);
        let users = builder(&server).build().unwrap().resource::<User>();
        users.delete("1").await.unwrap();
    }
}

#[tokio::test]
async fn a_404_of_scim_is_one() {
    for (media_type, body) in [
        ("application/scim+json", SCIM),
        ("text/plain", SCIM),
        (
            "application/json",
            r#"{"Schemas": "URN:IETF:params:scim:api:messages:2.0:Error"}"#,
        ),
        (
            "application/scim+json; charset=utf-8",
            r#"{"detail": "no"}"#,
        ),
        (
            "application/json",
            r#"{"scimType": "noTarget", "detail": "no"}"#,
        ),
        (
            "application/json",
            r#"{"Errors": [{"description": "no", "code": "404"}]}"#,
        ),
        (
            "application/json",
            r#"{"Errors": {"description": "user_not_found", "code": 404}}"#,
        ),
    ] {
        let server = Scripted::answers(404, media_type, body);
        let client = builder(&server).build().unwrap();
        let users = client.resource::<User>();
        assert!(users.get("1").optional().await.unwrap().is_none(), "{body}");
        assert!(!users.delete("1").if_exists().await.unwrap(), "{body}");
        // It publishes nothing, and speaks SCIM.
        let provider = client.discover().await.unwrap();
        assert_eq!(provider.problems.len(), 3);
        let report = provider.verify::<User>().into_result().unwrap_err();
        assert!(
            report.to_string().contains("nothing could be verified"),
            "{report}"
        );
        assert!(!report.to_string().contains("no difference"), "{report}");
    }
}

#[tokio::test]
async fn pages_in_place_of_documents() {
    for status in [200, 403, 500, 302] {
        let server = Scripted::answers(status, "text/html", "<html>log in</html>");
        let error = builder(&server)
            .build()
            .unwrap()
            .discover()
            .await
            .unwrap_err();
        assert!(error.to_string().contains("base URL"), "{status}: {error}");
    }
    // One document is enough.
    for path in ["ServiceProviderConfig", "ResourceTypes", "Schemas"] {
        let server = Scripted::new(move |request| match request.uri().path().ends_with(path) {
            true => json(200, r#"{"totalResults": 0, "Resources": []}"#),
            false => answer(404, "text/html", "<html>"),
        });
        let provider = builder(&server).build().unwrap().discover().await;
        if path != "ServiceProviderConfig" {
            let provider = provider.unwrap();
            provider.verify::<User>().into_result().unwrap_err();
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_repeated_delete_that_finds_a_page() {
    for (body, deleted) in [(SCIM, true), ("<html>", false)] {
        let server = {
            let first = std::sync::atomic::AtomicBool::new(true);
            Scripted::new(
                move |_| match first.swap(false, std::sync::atomic::Ordering::SeqCst) {
                    true => answer(502, "text/plain", ""),
                    false => answer(404, "text/plain", body),
                },
            )
        };
        let client = builder(&server)
            .retry(RetryPolicy::default())
            .build()
            .unwrap();
        match client.resource::<User>().delete("1").await {
            Ok(()) => assert!(deleted),
            Err(error) => assert!(!deleted && error.is_outcome_unknown()),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_503_with_retry_after_may_have_been_processed() {
    let server = Scripted::new(|_| {
        let mut response: Response<String> = json(503, "");
        response
            .headers_mut()
            .insert("Retry-After", "1".parse().unwrap());
        response
    });
    let client = builder(&server)
        .retry(RetryPolicy::default())
        .build()
        .unwrap();
    let users = client.resource::<User>();
    let sent = |server: &Scripted| server.seen().len();
    let unknown = |error: Error, before: usize| {
        assert!(
            error.is_outcome_unknown() && error.retry_after().is_some(),
            "{error}"
        );
        assert_eq!(sent(&server), before + 1, "{error}");
    };
    let before = sent(&server);
    unknown(users.create(&User::new("a")).await.unwrap_err(), before);
    let before = sent(&server);
    unknown(
        users
            .patch("1")
            .replace(|u| u.title, "x")
            .await
            .unwrap_err(),
        before,
    );
    let before = sent(&server);
    let mut bulk = client.bulk();
    bulk.create(&User::new("a"));
    unknown(bulk.await.unwrap_err(), before);
    // What does no harm is repeated, as long as it says.
    let before = sent(&server);
    let error = users.get("1").await.unwrap_err();
    assert!(!error.is_outcome_unknown() && sent(&server) == before + 3);
    // So is what was surely not processed.
    let server = Scripted::new(|request| match request.method() {
        &Method::GET => json(200, USER),
        _ => json(429, ""),
    });
    let client = builder(&server)
        .retry(RetryPolicy::default())
        .build()
        .unwrap();
    let error = client
        .resource::<User>()
        .create(&User::new("a"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Status);
    assert!(!error.is_outcome_unknown() && server.seen().len() == 3);
}

#[tokio::test]
async fn create_or_get_after_a_lost_answer() {
    const FOUND: &str = r#"{"totalResults": 1, "Resources": [{"id": "1", "userName": "bjensen"}]}"#;
    let server = Scripted::new(|request| match *request.method() {
        Method::GET => json(200, FOUND),
        _ => {
            let mut response = json(503, "");
            response
                .headers_mut()
                .insert("Retry-After", "1".parse().unwrap());
            response
        }
    });
    let users = builder(&server).build().unwrap().resource::<User>();
    let found = users
        .create_or_get(&User::new("bjensen"), |u| u.user_name)
        .await;
    assert!(matches!(found, Ok(CreatedOrFound::Found(_))));
}
