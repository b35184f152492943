//! Runs the vectors of bulk.
//!
//! A vector with a request is read, written and sent; one with a response is the answer to that
//! request, or to operations that fit it. What only words say is checked by the vector's id.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "clippy does not count the helpers of a test as test code"
)]

#[allow(dead_code, reason = "shared")]
#[path = "common/vectors.rs"]
mod shared_vectors;

#[path = "bulk_support/mod.rs"]
mod support;

use scim_client::{
    EnterpriseUser, ErrorKind, Group, Json, User,
    client::{BulkOutcome, BulkResults, Capabilities, NotProcessed},
    enterprise_user::Manager,
    group::Member,
    message::{BulkMethod, BulkOperation, BulkRequest, BulkResponse, ScimType},
};
use serde_json::{Value, json};

use shared_vectors::{count, vectors};

use support::{Reply, Service};

/// Our own, of the same kind.
const OWN: &str = include_str!("vectors/bulk.json");

/// Vectors that are not held, each with the reason. None at present.
const EXCEPTIONS: &[(&str, &str)] = &[];

/// Fails with words in place of a panic, so that all failures are seen.
macro_rules! ensure {
    ($condition:expr, $($words:tt)+) => {
        if !$condition {
            return Err(format!($($words)+));
        }
    };
}

#[path = "bulk_vectors/by_words.rs"]
mod by_words;

#[tokio::test]
async fn bulk_vectors() {
    let own = serde_json::from_str(OWN).unwrap();
    let all: [Value; 2] = [own, vectors("bulk.json")];
    let cases: Vec<&Value> = all
        .iter()
        .flat_map(|vectors| vectors["cases"].as_array().unwrap())
        .collect();
    let (mut held, mut failures) = (0, Vec::new());
    for case in &cases {
        let id = case["id"].as_str().unwrap();
        let mut ran = false;
        let mut outcome = Ok(());
        if case.get("request").is_some() {
            ran = true;
            outcome = request(&case["request"]).await;
        }
        if case.get("response").is_some() && outcome.is_ok() {
            ran = true;
            outcome = response(case).await;
        }
        if let (Ok(()), Some(check)) = (&outcome, by_words::by_id(id).await) {
            ran = true;
            outcome = check;
        }
        match outcome {
            Err(_) if EXCEPTIONS.iter().any(|(known, _)| *known == id) => {}
            Err(why) => failures.push(format!("{id}: {why}")),
            Ok(()) if ran => held += 1,
            Ok(()) => println!("{id}: words only: {}", case["expect"]),
        }
    }
    for (id, reason) in EXCEPTIONS {
        println!("{id}: not held: {reason}");
    }
    count(format_args!(
        "bulk: {held} of {} held, {} exceptions",
        cases.len(),
        EXCEPTIONS.len()
    ));
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

fn results_of(results: &[Value]) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkResponse"],
        "Operations": results,
    })
}

/// A request is read and written without a change, and sent as it is; one without operations is
/// refused.
async fn request(request: &Value) -> Result<(), String> {
    // What is no bulk request is refused, and what breaks a rule is refused before it is sent.
    let known = ["POST", "PUT", "PATCH", "DELETE"];
    let mut methods = request["Operations"].as_array().into_iter().flatten();
    let foreign = methods.any(|o| !o["method"].as_str().is_some_and(|m| known.contains(&m)));
    let read = match BulkRequest::from_json(&request.to_string()) {
        Err(_) if foreign => return Ok(()),
        read => read.map_err(|e| e.to_string())?,
    };
    let written: Value = serde_json::from_str(&read.to_json()).unwrap();
    ensure!(written == *request, "written as {written}");
    let service = Service::script([Reply::new(200, results_of(&[]))]);
    let mut bulk = service.client().bulk();
    for operation in &read.operations {
        bulk.operation(operation.clone());
    }
    if let Some(errors) = read.fail_on_errors {
        bulk = bulk.fail_on_errors(errors);
    }
    let sent = bulk.references_in_paths().await;
    if read.operations.is_empty() || read.check().is_err() {
        ensure!(
            read.check().is_err() && sent.is_err(),
            "an invalid request was not refused"
        );
        ensure!(service.seen().is_empty(), "an invalid request was sent");
        return Ok(());
    }
    sent.map_err(|e| e.to_string())?;
    let seen = service.seen();
    ensure!(
        seen.len() == 1 && seen[0].json() == *request,
        "sent as {seen:?}"
    );
    Ok(())
}

/// The operations of a vector's request, or else such as would have the vector's results.
fn operations(case: &Value, results: &[Value]) -> Vec<BulkOperation> {
    if let Ok(request) = BulkRequest::from_json(&case["request"].to_string()) {
        return request.operations;
    }
    let data = || Json::from(json!({}));
    let operations = results.iter().enumerate().map(|(index, result)| {
        let method = result["method"].as_str().and_then(BulkMethod::from_keyword);
        let location = result["location"]
            .as_str()
            .unwrap_or("https://example.com/v2/Users/0");
        let path: Vec<_> = location.rsplit('/').take(2).collect();
        let path = format!("/{}/{}", path[1], path[0]);
        let name = result["bulkId"]
            .as_str()
            .map_or(format!("{index}"), str::to_owned);
        match method.unwrap_or(BulkMethod::Post) {
            BulkMethod::Post => BulkOperation::post("/Users", name, data()),
            BulkMethod::Put => BulkOperation::put(path, data()),
            BulkMethod::Patch => BulkOperation::patch(path, &Default::default()),
            BulkMethod::Delete => BulkOperation::delete(path),
        }
    });
    operations.collect()
}

async fn response(case: &Value) -> Result<(), String> {
    let response = &case["response"];
    let (status, body) = match (response.get("body"), response["status"].as_u64()) {
        (Some(body), status) => (status.unwrap_or(200), body),
        (None, Some(status)) => (status, &Value::Null),
        (None, None) => (200, response),
    };
    let status = u16::try_from(status).unwrap();
    let results = body["Operations"].as_array();
    let mut operations = operations(case, results.map_or(&[], Vec::as_slice));
    // One more than the service provider processes.
    operations.push(BulkOperation::post(
        "/Users",
        "never processed",
        Json::from(json!({})),
    ));
    let service = Service::script([Reply::new(status, body)]);
    let mut bulk = service.client().bulk();
    let handles: Vec<_> = operations
        .iter()
        .map(|o| bulk.operation(o.clone()))
        .collect();
    let answer = bulk.max_operations(operations.len() as u64).await;
    let Some(results) = results else {
        let Err(error) = answer else {
            return Err("an error was read as results".to_owned());
        };
        ensure!(
            error.status().map(|s| s.as_u16()) == Some(status),
            "the status of {error}"
        );
        ensure!(
            error.detail() == body["detail"].as_str(),
            "the detail of {error}"
        );
        ensure!(
            error.scim_type().map(ScimType::as_str) == body["scimType"].as_str(),
            "{error}"
        );
        return Ok(());
    };
    let answer = answer.map_err(|error| error.to_string())?;
    let read = BulkResponse::from_json(&body.to_string()).map_err(|e| e.to_string())?;
    ensure!(
        read.operations.len() == results.len(),
        "{} results",
        read.operations.len()
    );
    for (raw, result) in results.iter().zip(&read.operations) {
        ensure!(
            result.status.is_some() || raw["status"].is_null(),
            "no status in {result:?}"
        );
    }
    let again = BulkResponse::from_json(&read.to_json()).map_err(|e| e.to_string())?;
    ensure!(
        again.operations.len() == read.operations.len(),
        "written as {}",
        read.to_json()
    );
    ensure!(
        answer.unmatched().is_empty(),
        "unmatched: {:?}",
        answer.unmatched()
    );
    for (index, handle) in handles.iter().enumerate() {
        let outcome = answer.get(*handle);
        let mut own = results
            .iter()
            .zip(&read.operations)
            .filter(|(raw, _)| belongs(&operations[index], raw));
        match (own.next(), &outcome) {
            (None, BulkOutcome::NotProcessed(NotProcessed::Missing)) if !results.is_empty() => {}
            // No results at all say nothing.
            (None, BulkOutcome::Failed(error)) if results.is_empty() => {
                ensure!(error.is_outcome_unknown(), "{error}");
            }
            (Some((raw, read)), BulkOutcome::Done(success)) if read.is_success() => {
                ensure!(
                    Some(success.status().as_u16()) == read.status,
                    "{success:?}"
                );
                ensure!(
                    success.location() == raw["location"].as_str(),
                    "{success:?}"
                );
                ensure!(success.version() == raw["version"].as_str(), "{success:?}");
                let response = success.response().map(Json::to_value);
                ensure!(response.as_ref() == raw.get("response"), "{success:?}");
                if let Some(id) = raw["response"]["id"].as_str() {
                    ensure!(success.id() == Some(id), "{success:?}");
                }
            }
            (Some((raw, _)), BulkOutcome::Failed(error))
                if raw["status"].is_null() && raw["response"].is_null() =>
            {
                ensure!(error.kind() == ErrorKind::Decode, "{error}");
            }
            (Some((raw, read)), BulkOutcome::Failed(error)) if !read.is_success() => {
                ensure!(error.status().map(|s| s.as_u16()) == read.status, "{error}");
                ensure!(
                    error.detail() == raw["response"]["detail"].as_str(),
                    "{error}"
                );
                let scim_type = raw["response"]["scimType"].as_str();
                ensure!(
                    error.scim_type().map(ScimType::as_str) == scim_type,
                    "{error}"
                );
            }
            (own, outcome) => return Err(format!("operation {index}: {outcome:?} for {own:?}")),
        }
    }
    Ok(())
}

fn belongs(operation: &BulkOperation, result: &Value) -> bool {
    let method = result["method"].as_str().unwrap_or("POST");
    if !method.eq_ignore_ascii_case(operation.method.as_str()) {
        return false;
    }
    match (operation.bulk_id.as_deref(), result["bulkId"].as_str()) {
        (Some(own), Some(other)) => own == other,
        (Some("never processed"), _) => false,
        _ => match result["location"].as_str() {
            Some(location) if operation.method != BulkMethod::Post => {
                location.ends_with(&operation.path)
            }
            _ => true,
        },
    }
}

/// Sends a bulk and gives the operations as they were sent.
async fn sent(build: impl FnOnce(&mut scim_client::client::Bulk)) -> Vec<Value> {
    let service = Service::script([Reply::new(200, results_of(&[]))]);
    let mut bulk = service.client().bulk();
    build(&mut bulk);
    bulk.references_in_paths().await.unwrap();
    service.seen()[0].operations()
}
