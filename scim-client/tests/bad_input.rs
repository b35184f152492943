//! Whatever comes back, the error says what and where, and keeps what came.
#![cfg(feature = "client")]

mod common;

use common::scripted::{Scripted, answer, json};
use scim_client::{Client, Error, ErrorKind, User, json::ProblemKind};

fn shown(error: &Error) -> String {
    let text = format!("{error} {error:?}");
    assert!(!text.contains("t0p-secret"), "{text}");
    error.to_string()
}

#[tokio::test]
async fn unreachable_host() {
    // A port that was free a moment ago: nobody listens there.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let host = listener.local_addr().unwrap().to_string();
    let url = format!("http://{host}/v2");
    drop(listener);
    let scim = Client::builder(url)
        .bearer_token("t0p-secret")
        .build()
        .unwrap();
    let error = scim.resource::<User>().get("1").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert!(error.is_connect() && error.status().is_none());
    assert_eq!(error.path(), Some("/v2/Users/1"));
    assert_eq!(
        shown(&error),
        format!(
            "no connection to {host}: connection refused: nothing listens there [GET /v2/Users/1]"
        )
    );
    assert!(std::error::Error::source(&error).is_some());
    let error = scim.discover().await.unwrap_err();
    assert!(error.is_connect());
}

#[tokio::test]
async fn html_instead_of_json() {
    let server = Scripted::answers(200, "text/html", "<html>log in first</html>");
    let error = server
        .client()
        .resource::<User>()
        .get("1")
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(error.status().unwrap(), 200);
    assert_eq!(error.body(), Some("<html>log in first</html>"));
    assert_eq!(
        shown(&error),
        "unusable response: expected JSON, found an HTML page (text/html) [GET /v2/Users/1]"
    );
    let server = Scripted::answers(502, "text/html", "<html>bad gateway</html>");
    let error = server
        .client()
        .resource::<User>()
        .query()
        .await
        .unwrap_err();
    assert_eq!(error.status().unwrap(), 502);
    assert_eq!(error.body(), Some("<html>bad gateway</html>"));
    assert_eq!(
        shown(&error),
        "502 Bad Gateway: the response has 24 bytes, see `Error::body` [GET /v2/Users]"
    );
}

#[tokio::test]
async fn unauthorized() {
    let server = Scripted::new(|_| {
        let mut response = answer(401, "text/plain", "no");
        let challenge = "Bearer realm=\"scim\", error=\"invalid_token\""
            .parse()
            .unwrap();
        response.headers_mut().insert("www-authenticate", challenge);
        response
    });
    let error = server
        .client()
        .resource::<User>()
        .get("1")
        .await
        .unwrap_err();
    assert!(error.is_unauthorized());
    assert!(
        error.headers()["www-authenticate"]
            .to_str()
            .unwrap()
            .contains("invalid_token")
    );
    assert_eq!(
        shown(&error),
        "401 Unauthorized: the response has 2 bytes, see `Error::body` [GET /v2/Users/1]"
    );
    let error = server.client().discover().await.unwrap_err();
    assert!(error.is_unauthorized());
}

#[tokio::test]
async fn not_found_with_and_without_a_body() {
    let body = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"404","detail":"Resource 1 not found"}"#;
    let error = Scripted::answers(404, "application/scim+json", body)
        .client()
        .resource::<User>()
        .delete("1")
        .await
        .unwrap_err();
    assert!(error.is_not_found());
    assert_eq!(error.detail(), Some("Resource 1 not found"));
    assert_eq!(
        shown(&error),
        "404 Not Found: Resource 1 not found [DELETE /v2/Users/1]"
    );
    let error = Scripted::answers(404, "application/scim+json", "")
        .client()
        .resource::<User>()
        .get("1")
        .await
        .unwrap_err();
    assert!(error.is_not_found() && error.message().is_none() && error.body().is_none());
    assert_eq!(shown(&error), "404 Not Found [GET /v2/Users/1]");
}

#[tokio::test]
async fn truncated_json() {
    let server = Scripted::answers(
        200,
        "application/scim+json",
        "{\"id\":\"1\",\n\"userName\":\"b",
    );
    let error = server
        .client()
        .resource::<User>()
        .get("1")
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    let syntax = error.decode_error().unwrap().syntax_error().unwrap();
    assert!(syntax.is_eof());
    assert_eq!((syntax.line(), syntax.column()), (2, 14));
    assert_eq!(
        shown(&error),
        "unusable response: invalid JSON at line 2 column 14: the text ends too early [GET /v2/Users/1]"
    );
}

#[tokio::test]
async fn a_wrong_type_deep_inside_the_third_user() {
    let users = r#"{"totalResults":4,"Resources":[
        {"id":"1","userName":"a"},
        {"id":"2","userName":"b"},
        {"id":"3","userName":"c","emails":[{"value":"x"},{"value":"y","primary":{"no":1}}]},
        {"id":"4","userName":"d"}]}"#;
    let server = Scripted::answers(200, "application/scim+json", users);
    let mut found = server.client().resource::<User>().query().stream();
    let mut names = Vec::new();
    let mut errors = Vec::new();
    while let Some(user) = found.next().await {
        match user {
            Ok(user) => names.push(user.user_name.clone()),
            Err(error) => errors.push(error),
        }
    }
    assert_eq!(names, ["a", "b", "d"]);
    let [error] = errors.as_slice() else {
        panic!("{errors:?}")
    };
    assert_eq!(
        shown(error),
        "unusable response: the resource with id `3`: Resources[2].emails[1].primary: expected a \
         boolean, found an object [GET /v2/Users]"
    );
    let decode = error.decode_error().unwrap();
    assert_eq!(decode.places()[0].path(), "Resources[2].emails[1].primary");
    assert!(matches!(
        decode.places()[0].kind(),
        ProblemKind::WrongType { .. }
    ));
    let raw: serde_json::Value = serde_json::from_str(decode.raw()).unwrap();
    assert_eq!(raw["id"], "3");
    assert_eq!(server.seen()[0].0, "GET /v2/Users?startIndex=1&count=100");
}

#[tokio::test]
async fn what_is_missing_from_an_answer() {
    // No `id`: the location has it.
    let server = Scripted::new(|_| {
        let mut response = json(201, r#"{"userName":"a"}"#);
        let headers = response.headers_mut();
        headers.insert(
            "location",
            "https://scim.example/v2/Users/a%2Fb".parse().unwrap(),
        );
        headers.insert("etag", "W/\"e1\"".parse().unwrap());
        response
    });
    let created = server
        .client()
        .resource::<User>()
        .create(&User::new("a"))
        .await
        .unwrap();
    assert_eq!(created.id(), "a/b");
    assert_eq!(created.meta().version.as_deref(), Some("W/\"e1\""));
    // Neither: the error says so and keeps the answer.
    let server = Scripted::answers(201, "application/scim+json", r#"{"userName":"a"}"#);
    let error = server
        .client()
        .resource::<User>()
        .create(&User::new("a"))
        .await
        .unwrap_err();
    assert_eq!(
        shown(&error),
        "unusable response: id: required attribute is missing [POST /v2/Users]"
    );
    assert_eq!(error.body(), Some(r#"{"userName":"a"}"#));
    // No body at all, and no location.
    let server = Scripted::answers(201, "application/scim+json", "");
    let error = server
        .client()
        .resource::<User>()
        .create(&User::new("a"))
        .await
        .unwrap_err();
    assert_eq!(
        shown(&error),
        "unusable response: the response has neither the resource nor its location [POST /v2/Users]"
    );
}

#[tokio::test]
async fn identifiers_and_endpoints_stay_inside() {
    let server = Scripted::answers(200, "application/scim+json", r#"{"id":"x","userName":"a"}"#);
    let scim = server.client();
    let users = scim.resource::<User>();
    for id in ["", ".", ".."] {
        let error = users.get(id).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{id:?}");
    }
    for endpoint in [
        "https://evil.example/Users",
        "//evil.example/Users",
        "../Users",
        "/Users?x",
    ] {
        let error = scim
            .resource_at::<User>(endpoint)
            .get("1")
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{endpoint}");
    }
    assert!(server.seen().is_empty());
    users.get("../Groups/4 2?a#b%2F+").await.unwrap();
    assert_eq!(
        server.seen()[0].0,
        "GET /v2/Users/..%2FGroups%2F4%202%3Fa%23b%252F%2B"
    );
}

#[tokio::test]
async fn redirects_stay_inside() {
    let server = Scripted::new(|request| {
        let target = match request.uri().path() {
            "/v2/Users/home" => "/v2/Users/1",
            "/v2/Users/away" => "https://evil.example/v2/Users/1",
            "/v2/Users/plain" => "http://scim.example/v2/Users/1",
            "/v2/Users/round" => "/v2/Users/round",
            _ => return json(200, r#"{"id":"1","userName":"a"}"#),
        };
        let mut response = json(308, "");
        response
            .headers_mut()
            .insert("location", target.parse().unwrap());
        response
    });
    let users = server.client().resource::<User>();
    assert_eq!(users.get("home").await.unwrap().id(), "1");
    assert_eq!(server.seen().len(), 2);
    for id in ["away", "plain"] {
        let error = users.get(id).await.unwrap_err();
        assert!(
            shown(&error).contains("the redirect leaves the origin"),
            "{error}"
        );
    }
    assert_eq!(server.seen().len(), 4);
    let error = users.get("round").await.unwrap_err();
    assert!(shown(&error).contains("too many redirects"));
}

#[tokio::test]
async fn credentials_are_in_their_header_only() {
    let server = Scripted::answers(200, "application/scim+json", r#"{"id":"1","userName":"a"}"#);
    let scim = server.client();
    let mut user = User::new("a").with_password("hunter2");
    user.display_name = Some("b".into());
    let create = scim.resource::<User>().create(&user);
    let shown = format!(
        "{scim:?} {create:?} {user:?} {:?}",
        Client::builder("https://x").bearer_token("t0p-secret")
    );
    assert!(
        !shown.contains("t0p-secret") && !shown.contains("hunter2"),
        "{shown}"
    );
    let stored = create.await.unwrap();
    assert!(!format!("{stored:?}").contains("hunter2"));
    let headers = server.headers(0);
    assert_eq!(headers["authorization"], "Bearer t0p-secret");
    assert!(headers["authorization"].is_sensitive());
    assert!(!format!("{headers:?}").contains("t0p-secret"));
    let (request, body) = &server.seen()[0];
    assert!(!request.contains("t0p-secret") && !body.contains("t0p-secret"));
    assert!(body.contains("hunter2"));
    for token in ["a\r\nb", "a\nX-Evil: 1", "\u{7f}"] {
        let error = Client::builder("https://x")
            .bearer_token(token)
            .build()
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(!error.to_string().contains(token));
    }
}

#[tokio::test]
async fn an_error_with_success_is_no_empty_list() {
    for body in [
        r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"401"}"#,
        r#"{"error":"x"}"#,
    ] {
        let server = Scripted::answers(200, "application/scim+json", body);
        let error = server
            .client()
            .resource::<User>()
            .query()
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert_eq!(error.body(), Some(body));
    }
}

#[tokio::test]
async fn a_header_that_is_no_entity_tag_displaces_no_version() {
    let server = Scripted::new(|_| {
        let body = r#"{"id":"1","userName":"a","meta":{"version":"W/\"1\""}}"#;
        let mut response = json(200, body);
        response.headers_mut().insert("etag", "1".parse().unwrap());
        response
    });
    let user = server.client().resource::<User>().get("1").await.unwrap();
    assert_eq!(user.meta().version.as_deref(), Some("W/\"1\""));
}
