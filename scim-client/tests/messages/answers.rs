//! Error bodies of others.

use scim_client::User;

use super::{always, client};

async fn said(status: u16, media_type: &str, body: &str) -> String {
    let users = client(&always(status, media_type, body)).resource::<User>();
    let error = users.get("1").await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), status);
    assert_eq!(error.body().unwrap_or_default(), body);
    error.to_string()
}

#[tokio::test]
async fn a_message_has_no_overlay() {
    let mut bulk = client(&always(200, "application/scim+json", "{}")).bulk();
    bulk.create(&User::new("bjensen"));
    let text = bulk.await.unwrap_err().to_string();
    assert!(text.contains("Operations: required"), "{text}");
    assert!(!text.contains("overlay.json"), "{text}");
}

#[tokio::test]
async fn the_words_of_others_are_in_the_message() {
    let slack = include_str!("../cases/slack-error-object.json");
    for (status, body, words) in [
        (404, slack, "404 Not Found: user_not_found"),
        (
            403,
            r#"{"error":{"code":403,"message":"no scope","status":"PERMISSION_DENIED"}}"#,
            "403 Forbidden: no scope",
        ),
        (
            401,
            r#"{"error":"invalid_token","error_description":"the token has expired"}"#,
            "401 Unauthorized: the token has expired",
        ),
        (
            400,
            r#"{"userName":["This field is required."],"emails":["a","b"]}"#,
            "400 Bad Request: emails: a; b; userName: This field is required.",
        ),
        (
            401,
            r#"{"error":"invalid_token"}"#,
            "401 Unauthorized: invalid_token",
        ),
        (
            400,
            r#"[{"message":"a is wrong"},{"detail":"b is wrong"}]"#,
            "400 Bad Request: a is wrong; b is wrong",
        ),
        (
            400,
            r#"{"errors":[{"message":"a"},{"message":"b"}]}"#,
            "400 Bad Request: a; b",
        ),
        (
            422,
            r#"{"detail":[{"type":"missing","loc":["body","userName"],"msg":"Field required","input":{}}]}"#,
            "422 Unprocessable Entity: body.userName: Field required",
        ),
        (
            403,
            r#"{"Message":"User is not authorized"}"#,
            "403 Forbidden: User is not authorized",
        ),
        (
            401,
            r#"{"errorCode":"E0000011","errorSummary":"Invalid token provided","errorLink":"E0000011"}"#,
            "401 Unauthorized: Invalid token provided",
        ),
        (
            409,
            r#"{"type":"about:blank","title":"Conflict","status":409,"detail":"taken"}"#,
            "409 Conflict: taken",
        ),
        (
            400,
            r#"{"errors":{"userName":["is taken"],"emails":["is bad"]}}"#,
            "400 Bad Request: emails: is bad; userName: is taken",
        ),
        (
            502,
            "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>",
            "502 Bad Gateway: an HTML page, \"502 Bad Gateway\"",
        ),
        (
            503,
            "<!DOCTYPE html>\n<html lang=en><TITLE>\n  Down &amp; out\n</TITLE>",
            "503 Service Unavailable: an HTML page, \"Down & out\"",
        ),
        (
            500,
            "{}",
            "500 Internal Server Error: the response has 2 bytes, see `Error::body`",
        ),
        (
            500,
            "oops",
            "500 Internal Server Error: the response has 4 bytes, see `Error::body`",
        ),
        (
            500,
            r#"{"a":1}"#,
            "500 Internal Server Error: the response has 7 bytes, see `Error::body`",
        ),
        (500, "", "500 Internal Server Error"),
        (
            400,
            r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"400","scimType":"mutability"}"#,
            "400 Bad Request (mutability)",
        ),
    ] {
        assert_eq!(
            said(status, "application/json", body).await,
            format!("{words} [GET /v2/Users/1]"),
            "{body}"
        );
    }
}

#[tokio::test]
async fn what_is_no_scim_says_what_it_is() {
    for (body, words) in [
        (
            "<html><title>Sign in</title>",
            "expected JSON, found an HTML page, \"Sign in\" (text/html)",
        ),
        ("<html>", "expected JSON, found an HTML page (text/html)"),
    ] {
        let said = said(200, "text/html", body).await;
        assert_eq!(
            said,
            format!("unusable response: {words} [GET /v2/Users/1]")
        );
    }
}

#[tokio::test]
async fn slack_says_which_status() {
    let slack = include_str!("../cases/slack-error-object.json");
    let users = client(&always(404, "application/json", slack)).resource::<User>();
    let error = users.get("1").await.unwrap_err();
    let message = error.message().unwrap();
    assert_eq!(
        (message.status, error.detail()),
        (Some(404), Some("user_not_found"))
    );
}
