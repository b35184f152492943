//! Errors in all their forms.

use scim_client::{Error, User};

use crate::{once, scripted::Scripted};

async fn error(status: u16, media_type: &'static str, body: &'static str) -> Error {
    let server = Scripted::answers(status, media_type, body);
    let error = once(&server)
        .resource::<User>()
        .create(&User::new("a"))
        .await;
    error.unwrap_err()
}

#[tokio::test]
async fn q15_a_conflict_that_is_about_something_else() {
    let error = error(
        409,
        "application/json",
        r#"{"schemas":"urn:ietf:params:scim:api:messages:2.0:Error","status":409,"scimType":"requiredFieldMissing","detail":"REQUIRED_FIELD_MISSING"}"#,
    )
    .await;
    assert!(!error.is_uniqueness() && !error.is_version_mismatch());
    assert_eq!(error.detail(), Some("REQUIRED_FIELD_MISSING"));
}

#[tokio::test]
async fn q19_members_of_ones_own() {
    let error = error(
        409,
        "application/json",
        r#"{"schema":["urn:ietf:params:scim:api:messages:2.0:Error"],"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"detail":"Group already exists","status":"409","exceptionRequestId":"beae","timeStamp":"2022-03-18 10:57:08.014"}"#,
    )
    .await;
    let extra = &error.message().unwrap().extra;
    assert_eq!(extra["exceptionRequestId"], "beae");
}

#[tokio::test]
async fn q49_q50_schemas_as_a_string_and_status_as_a_number() {
    let error = error(
        500,
        "application/json",
        r#"{"schemas":"urn:ietf:params:scim:api:messages:2.0:Error","status":500,"detail":"validation"}"#,
    )
    .await;
    assert_eq!(error.message().unwrap().status, Some(500));
    assert_eq!(error.detail(), Some("validation"));
}

#[tokio::test]
async fn q47_q51_q52_errors_of_other_makes() {
    for (body, detail) in [
        (
            r#"{"status":{"code":"400","message":"bad"},"errorMessage":["one","two"]}"#,
            "bad",
        ),
        (r#"{"Errors":[{"code":"400","description":"bad"}]}"#, "bad"),
        (
            r#"{"code":400,"label":"scim","message":"{\"status\":\"400\",\"detail\":\"bad\"}"}"#,
            "bad",
        ),
        (r#"{"status":"400","detail":["bad","worse"]}"#, "bad"),
    ] {
        let error = error(400, "application/json", body).await;
        assert!(
            error.detail().unwrap().starts_with(detail),
            "{body}: {error}"
        );
        assert_eq!(error.body(), Some(body));
    }
}

#[tokio::test]
async fn q53_keywords_of_ones_own() {
    let body = r#"{"status":"400","scimType":"schemaViolated"}"#;
    let error = error(400, "application/json", body).await;
    assert_eq!(error.scim_type().unwrap().as_str(), "schemaViolated");
}

#[tokio::test]
async fn q54_no_json_at_all() {
    for (status, media_type, body) in [
        (404, "text/html", "<html>Not Found</html>"),
        (405, "text/plain", "Method Not Allowed"),
        (501, "text/plain", ""),
        (401, "text/plain", "Unauthorized"),
    ] {
        let error = error(status, media_type, body).await;
        assert_eq!(error.status().unwrap().as_u16(), status);
        assert_eq!(error.body().unwrap_or_default(), body);
        assert_eq!(error.headers()["content-type"], media_type);
        assert!(error.message().is_none());
    }
}

#[tokio::test]
async fn q55_a_list_of_errors_besides() {
    let body = r#"{"status":400,"detail":"Invalid data!","errors":{"userName":["taken"]}}"#;
    let error = error(400, "application/json", body).await;
    assert_eq!(error.detail(), Some("Invalid data!"));
    assert!(error.message().unwrap().extra.contains_key("errors"));
}

#[tokio::test]
async fn q60_q62_what_is_not_supported_is_typed() {
    let body = r#"{"status":"501","detail":"members cannot be replaced"}"#;
    let error = error(501, "application/scim+json", body).await;
    assert_eq!(error.status().unwrap().as_u16(), 501);
}
