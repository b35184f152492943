//! Rules that follow from an answer itself.

use scim_client::{Client, Error, ErrorKind, User, client::Deferred};
use serde_json::Value;

use crate::{
    client,
    common::{self, scripted::Scripted},
    id, number, response_of,
};

/// Rules for answers with an error status.
pub(crate) fn judge_error(row: &Value, error: &Error) {
    let (answer, id) = (&row["response"], id(row));
    let status = answer["status"].as_u64().unwrap() as u16;
    assert_eq!(
        error.status().unwrap().as_u16(),
        status,
        "{id}: the HTTP status counts"
    );
    let body = &answer["body"];
    match body["scimType"].as_str() {
        Some(keyword) => assert_eq!(error.scim_type().unwrap().as_str(), keyword, "{id}"),
        None => assert!(error.scim_type().is_none(), "{id}"),
    }
    if let Some(detail) = body["detail"].as_str() {
        assert_eq!(error.detail(), Some(detail), "{id}");
    }
    match body {
        Value::Null => assert!(error.body().is_none(), "{id}"),
        Value::String(text) => assert_eq!(error.body(), Some(text.as_str()), "{id}"),
        json => assert_eq!(
            &serde_json::from_str::<Value>(error.body().unwrap()).unwrap(),
            json
        ),
    }
    for (name, value) in answer["headers"].as_object().into_iter().flatten() {
        assert_eq!(
            error.headers()[name.as_str()],
            value.as_str().unwrap(),
            "{id}"
        );
        if name.eq_ignore_ascii_case("retry-after") {
            let text = value.as_str().unwrap();
            let seconds = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
            let understood = seconds || text.ends_with("GMT");
            assert_eq!(
                error.retry_after().is_some(),
                understood,
                "{id}: Retry-After"
            );
        }
    }
    // The 404 of somebody who does not speak SCIM says nothing of the resource.
    let media_type = answer["headers"]["Content-Type"].as_str();
    let scim = media_type.is_some_and(|media_type| media_type.contains("scim+json"))
        || body["schemas"].to_string().contains("messages:2.0:Error");
    assert_eq!(error.is_not_found(), status == 404 && scim, "{id}");
    assert_eq!(error.is_unauthorized(), status == 401, "{id}");
    assert_eq!(error.is_rate_limited(), status == 429, "{id}");
    let uniqueness = body["scimType"]
        .as_str()
        .is_some_and(|s| s.eq_ignore_ascii_case("uniqueness"));
    if uniqueness {
        assert!(
            error.is_uniqueness() && !error.is_version_mismatch(),
            "{id}"
        );
    }
    if status == 412 || status == 409 && body["scimType"].is_null() {
        assert!(error.is_version_mismatch(), "{id}");
    }
}

/// Serves the vector's answer to all but the reading that may follow a write.
fn served_once(row: &Value) -> Scripted {
    let row = row.clone();
    let times = std::sync::atomic::AtomicUsize::new(0);
    Scripted::new(
        move |_| match times.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
            0 => response_of(&row),
            _ => common::scripted::json(200, r#"{"id":"1","userName":"read again"}"#),
        },
    )
}

/// Rules for answers with success. Whether anything was judged.
pub(crate) async fn judge_success(row: &Value) -> bool {
    let (answer, id) = (&row["response"], id(row));
    let server = served_once(row);
    let users = client(&server).resource::<User>();
    let (body, headers) = (&answer["body"], &answer["headers"]);
    let method = row["request"]["method"].as_str().unwrap_or("GET");
    let path = row["request"]["path"].as_str().unwrap_or("");
    if path.contains("/.search") {
        let page = users.query().via_post().attributes(|u| u.user_name).await;
        assert!(page.is_ok() || body.is_null(), "{id}");
        let (request, sent) = &server.seen()[0];
        assert!(request.starts_with("POST /v2/Users/.search"), "{id}");
        assert!(sent.contains("messages:2.0:SearchRequest"), "{id}");
        return true;
    }
    let list = body.as_object().and_then(|members| {
        let mut members = members.iter();
        members.find(|(name, _)| name.eq_ignore_ascii_case("resources"))
    });
    let list = list.map_or(body, |(_, list)| list);
    if let Some(resources) = list.as_array() {
        let page = users.query().attributes(|u| u.user_name).await.unwrap();
        assert_eq!(
            page.resources.len(),
            resources.len(),
            "{id}: no element is lost"
        );
        if body["totalResults"].is_number() || body["totalResults"].is_string() {
            assert_eq!(page.total_results, number(&body["totalResults"]), "{id}");
        }
        return true;
    }
    if body.get("totalResults").is_some() {
        let page = users.query().await.unwrap();
        assert!(
            page.resources.is_empty(),
            "{id}: an absent list is an empty one"
        );
        assert_eq!(page.total_results, number(&body["totalResults"]), "{id}");
        return true;
    }
    if answer["status"] == 202 && method != "DELETE" {
        let create = users.create(&User::new("x")).respond_async(None);
        let Deferred::Accepted(accepted) = create.await.unwrap() else {
            return body.is_object();
        };
        let expected = headers["Set-Txn"].as_str();
        assert_eq!(accepted.transaction.as_deref(), expected, "{id}");
        return true;
    }
    let (read, location, version) = match method {
        "DELETE" => {
            let deleted = users.delete("1").await;
            deleted.unwrap_or_else(|error| panic!("{id}: {error}"));
            return true;
        }
        "GET" if !body.is_object() => {
            let error = users.get("1").await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Decode, "{id}");
            return true;
        }
        "GET" => {
            let got = users.get("1").attributes(|u| u.user_name).send().await;
            let got = got.unwrap_or_else(|error| panic!("{id}: {error}"));
            (
                got.value().clone(),
                got.location().map(str::to_owned),
                got.version().map(str::to_owned),
            )
        }
        _ => {
            let partial = match method {
                "POST" => {
                    users
                        .create(&User::new("x"))
                        .attributes(|u| u.user_name)
                        .send()
                        .await
                }
                "PUT" => {
                    let replace = users.replace_at("1", &User::new("x")).check_applied(false);
                    replace.attributes(|u| u.user_name).send().await
                }
                _ => {
                    let patch = users
                        .patch("1")
                        .replace(|u| u.title, "t")
                        .check_applied(false);
                    patch.attributes(|u| u.user_name).send().await
                }
            };
            let nowhere = method == "POST" && body.is_null() && headers["Location"].is_null();
            if nowhere {
                assert_eq!(
                    partial.map(drop).unwrap_err().kind(),
                    ErrorKind::Decode,
                    "{id}"
                );
                return true;
            }
            let partial = partial.unwrap_or_else(|error| panic!("{id}: {error}"));
            if !body.is_object() {
                // A success without a body: the resource was read again.
                assert_eq!(server.seen().len(), 2, "{id}");
                return true;
            }
            (
                partial.value().clone(),
                partial.location().map(str::to_owned),
                partial.version().map(str::to_owned),
            )
        }
    };
    if let Some(own) = body["id"].as_str() {
        assert_eq!(read.id(), own, "{id}");
    }
    if let Some(etag) = headers["ETag"].as_str() {
        assert_eq!(version.as_deref(), Some(etag), "{id}: verbatim");
        let quoted = etag.trim_start_matches("W/").starts_with('"');
        let kept = read.meta().version.as_deref();
        assert!(!quoted || kept == Some(etag), "{id}: {kept:?}");
    }
    if let Some(expected) = headers["Location"].as_str() {
        assert_eq!(location.as_deref(), Some(expected), "{id}");
    }
    true
}

/// What was read before is what there is.
pub(crate) async fn unchanged(row: &Value) -> bool {
    let (id, row) = (id(row), row.clone());
    let server = Scripted::new(
        move |request| match request.headers().get("if-none-match") {
            Some(version) if version == "W/\"1\"" => response_of(&row),
            _ => {
                let mut response = common::scripted::json(200, r#"{"id":"1","userName":"a"}"#);
                let version = "W/\"1\"".parse().unwrap();
                response.headers_mut().insert("etag", version);
                response
            }
        },
    );
    let users = client(&server).resource::<User>();
    let stored = users.get("1").await.unwrap();
    let again = users.refresh(&stored).send().await.unwrap();
    assert_eq!(
        (again.status().as_u16(), again.value()),
        (304, &stored),
        "{id}"
    );
    true
}

/// Followed within the origin with method, body and credentials; refused elsewhere.
pub(crate) async fn redirect(row: &Value) -> bool {
    let (id, first) = (id(row), row.clone());
    let times = std::sync::atomic::AtomicUsize::new(0);
    let server =
        Scripted::new(
            move |_| match times.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
                0 => response_of(&first),
                _ => common::scripted::json(200, r#"{"id":"1","userName":"a"}"#),
            },
        );
    let scim = Client::builder("https://example.com/v2")
        .bearer_token("t0p-secret")
        .service(server.clone())
        .build()
        .unwrap();
    let put = scim
        .resource::<User>()
        .replace_at("0", &User::new("a"))
        .await;
    let location = row["response"]["headers"]["Location"].as_str();
    let Some(location) = location else {
        assert_eq!(put.unwrap_err().kind(), ErrorKind::Status, "{id}");
        return true;
    };
    let inside = location.starts_with("https://example.com/")
        || location.starts_with("https://example.com:443/")
        || !location.contains("://") && !location.starts_with("//");
    if !inside {
        assert_eq!(put.unwrap_err().kind(), ErrorKind::Redirect, "{id}");
        assert_eq!(server.seen().len(), 1, "{id}");
        return true;
    }
    put.unwrap();
    let seen = server.seen();
    assert!(seen[1].0.starts_with("PUT "), "{id}");
    assert_eq!(seen[0].1, seen[1].1, "{id}");
    assert_eq!(
        server.headers(1)["authorization"],
        "Bearer t0p-secret",
        "{id}"
    );
    true
}
