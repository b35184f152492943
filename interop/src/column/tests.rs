//! The suite against servers that misbehave: it says so, and whose it is.

use std::{
    future::pending,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use scim_client::{
    User,
    http::{Method, StatusCode},
    testing::{Aimed, Misbehaviour, Server, ServiceProvider},
};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

use super::{Column, compared};
use crate::{matrix, outcome::Verdict, scenario::Scenario, suite};

fn named(names: &[&str]) -> Vec<&'static Scenario> {
    let mut all = suite::all();
    all.retain(|scenario| names.contains(&scenario.name));
    assert_eq!(all.len(), names.len(), "{names:?}");
    all
}

async fn serve(provider: ServiceProvider, faults: impl IntoIterator<Item = Aimed>) -> Server {
    for fault in faults {
        provider.misbehave(fault);
    }
    provider.serve().await.unwrap()
}

async fn column(server: &Server, scenarios: &[&'static Scenario]) -> Column {
    Column::of("a server", &server.url(), "", scenarios, pending()).await
}

fn only(column: &Column) -> &Verdict {
    match column.verdicts.as_slice() {
        [only] => only,
        other => panic!("{other:?}"),
    }
}

fn fail(requests: u32, status: StatusCode) -> Misbehaviour {
    Misbehaviour::Fail { requests, status }
}

/// How many users the probe creates, and deletes again.
const PROBED: u32 = 2;

#[tokio::test]
async fn all_of_it_passes_by_both_kinds_of_types() {
    let server = serve(ServiceProvider::new(), []).await;
    let scenarios = named(&[
        "replace",
        "patch: add an element",
        "filter: and",
        "bulk: one of three fails",
    ]);
    let column = column(&server, &scenarios).await;
    let passed = column.count(|verdict| matches!(verdict, Verdict::Pass));
    assert_eq!((passed, column.compared), (4, 4), "{:?}", column.verdicts);
    assert!(column.problems.is_empty(), "{:?}", column.problems);
    assert!(server.provider().all::<User>().is_empty());
}

#[tokio::test]
async fn a_set_up_that_fails_is_not_unsupported() {
    let fault = fail(u32::MAX, StatusCode::NOT_IMPLEMENTED)
        .only(Method::POST, "/Users")
        .from_request(PROBED + 1);
    let server = serve(ServiceProvider::new(), [fault]).await;
    let column = column(&server, &named(&["patch: replace a boolean"])).await;
    assert!(
        matches!(only(&column), Verdict::Untried(_)),
        "{:?}",
        only(&column)
    );
    assert!(only(&column).is_bad());
}

#[tokio::test]
async fn a_status_of_4xx_is_a_failure_and_501_is_not() {
    for (status, mark) in [
        (StatusCode::NOT_FOUND, "FAIL"),
        (StatusCode::METHOD_NOT_ALLOWED, "FAIL"),
        (StatusCode::FORBIDDEN, "FAIL"),
        (StatusCode::BAD_REQUEST, "FAIL"),
        (StatusCode::NOT_IMPLEMENTED, "-"),
    ] {
        let fault = fail(u32::MAX, status).only(Method::POST, "/Users/.search");
        let server = serve(ServiceProvider::new(), [fault]).await;
        let column = column(&server, &named(&[".search"])).await;
        assert_eq!(only(&column).mark(), mark, "{status}: {:?}", only(&column));
        if mark == "FAIL" {
            assert!(
                only(&column).words().contains("the server: "),
                "{:?}",
                only(&column)
            );
        }
    }
}

#[tokio::test]
async fn one_deletion_is_tried_before_anything_is_created() {
    let fault = fail(u32::MAX, StatusCode::FORBIDDEN).only(Method::DELETE, "/Users/*");
    let server = serve(ServiceProvider::new(), [fault]).await;
    let scenarios = named(&["discover", "get", "a group of 300"]);
    let column = column(&server, &scenarios).await;
    let marks: Vec<_> = column.verdicts.iter().map(Verdict::mark).collect();
    assert_eq!(
        marks,
        ["pass", "UNTRIED", "UNTRIED"],
        "{:?}",
        column.verdicts
    );
    assert_eq!(
        server.provider().all::<User>().len(),
        1,
        "the one that was tried"
    );
    let shown = matrix::show(&scenarios, &[column]);
    assert!(shown.contains("cannot be deleted"), "{shown}");
}

/// A server that says that it has deleted a user, and still gives it.
async fn hoarder() -> std::io::Result<(String, Arc<AtomicUsize>)> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let url = format!("http://{}", listener.local_addr()?);
    let created = Arc::new(AtomicUsize::new(0));
    let counter = created.clone();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await?;
            let (mut read, mut buffer) = (Vec::new(), [0; 4096]);
            // The body of a request is short, and comes with its head or right after it.
            let line = loop {
                let count = stream.read(&mut buffer).await?;
                read.extend_from_slice(buffer.get(..count).unwrap_or_default());
                let text = String::from_utf8_lossy(&read).into_owned();
                let length = text.to_lowercase();
                let length = length
                    .lines()
                    .find_map(|line| line.strip_prefix("content-length: "));
                let length: usize = length
                    .and_then(|text| text.trim().parse().ok())
                    .unwrap_or(0);
                let head = text.find("\r\n\r\n").map(|end| end + 4);
                if count == 0 || head.is_some_and(|head| read.len() >= head + length) {
                    break text;
                }
            };
            let user = r#"{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "1",
                "userName": "a", "meta": {"resourceType": "User"}}"#;
            let (status, body) = match line.split(' ').take(2).collect::<Vec<_>>().as_slice() {
                ["POST", _] => {
                    counter.fetch_add(1, Ordering::Relaxed);
                    ("201 Created", user)
                }
                ["DELETE", _] => ("204 No Content", ""),
                ["GET", "/Users/1"] => ("200 OK", user),
                _ => ("404 Not Found", ""),
            };
            let answer = format!(
                "HTTP/1.1 {status}\r\ncontent-type: application/scim+json\r\ncontent-length: {}\r\n\
                 connection: close\r\n\r\n{body}",
                body.len()
            );
            stream.write_all(answer.as_bytes()).await?;
        }
        #[allow(unreachable_code)]
        std::io::Result::Ok(())
    });
    Ok((url, created))
}

#[tokio::test]
async fn what_is_deleted_is_read_again() {
    let (url, created) = hoarder().await.unwrap();
    let scenarios = named(&["a group of 300"]);
    let column = Column::of("a server", &url, "", &scenarios, pending()).await;
    assert!(
        matches!(only(&column), Verdict::Untried(_)),
        "{:?}",
        only(&column)
    );
    let said = "DELETE was answered with success, and GET still gives it";
    assert!(
        column.problems.iter().any(|problem| problem.contains(said)),
        "{:?}",
        column.problems
    );
    assert_eq!(
        created.load(Ordering::Relaxed),
        1,
        "nothing more was created"
    );
}

#[tokio::test]
async fn the_matrix_is_shown_when_something_is_left_behind() {
    // What the probe deletes is gone; what comes later stays.
    let fault = fail(u32::MAX, StatusCode::CONFLICT)
        .only(Method::DELETE, "/Users/*")
        .from_request(PROBED + 1);
    let server = serve(ServiceProvider::new(), [fault]).await;
    let scenarios = named(&["discover", "get"]);
    let column = column(&server, &scenarios).await;
    let marks: Vec<_> = column.verdicts.iter().map(Verdict::mark).collect();
    assert_eq!(marks, ["pass", "FAIL"]);
    assert!(
        column
            .problems
            .iter()
            .any(|said| said.contains("is left behind"))
    );
    let shown = matrix::show(&scenarios, &[column]);
    assert!(shown.contains("discover  pass"), "{shown}");
    assert!(shown.contains("it is not as it was"), "{shown}");
}

#[tokio::test]
async fn the_matrix_is_shown_when_there_is_no_server() {
    let nowhere = SocketAddr::from(([127, 0, 0, 1], 9));
    let url = format!("http://{nowhere}/v2");
    let scenarios = named(&["get"]);
    let column = Column::of("nobody", &url, "", &scenarios, pending()).await;
    assert!(!column.problems.is_empty());
    let shown = matrix::show(&scenarios, &[column]);
    assert!(
        shown.contains("nobody") && shown.contains("not run"),
        "{shown}"
    );
}

#[tokio::test]
async fn the_matrix_is_shown_when_it_is_interrupted() {
    let server = serve(ServiceProvider::new(), []).await;
    let scenarios = named(&["get", "a group of 300"]);
    let created = Arc::new(AtomicUsize::new(0));
    let (watched, provider) = (created.clone(), server.provider().clone());
    let interrupted = async move {
        loop {
            let users = provider.all::<User>().len();
            watched.fetch_max(users, Ordering::Relaxed);
            if users > 3 {
                return "interrupted";
            }
            tokio::task::yield_now().await;
        }
    };
    let column = Column::of("a server", &server.url(), "", &scenarios, interrupted).await;
    assert!(created.load(Ordering::Relaxed) < 300);
    assert!(
        server.provider().all::<User>().is_empty(),
        "it is as it was"
    );
    let shown = matrix::show(&scenarios, &[column]);
    assert!(
        shown.contains("interrupted") && shown.contains("not run"),
        "{shown}"
    );
}

#[tokio::test]
async fn what_the_schema_requires_is_sent() {
    let user = json!({"id": "urn:ietf:params:scim:schemas:core:2.0:User", "name": "User", "attributes": [
        {"name": "userName", "type": "string", "multiValued": false, "required": true,
         "uniqueness": "server"},
        {"name": "title", "type": "string", "multiValued": false, "required": false},
        {"name": "badge", "type": "integer", "multiValued": false, "required": true},
        {"name": "emails", "type": "complex", "multiValued": true, "required": true, "subAttributes": [
            {"name": "value", "type": "string", "multiValued": false, "required": true},
            {"name": "type", "type": "string", "multiValued": false, "required": false},
            {"name": "primary", "type": "boolean", "multiValued": false, "required": false},
            {"name": "display", "type": "string", "multiValued": false, "required": false}]}]});
    let kind = json!({"name": "User", "endpoint": "/Users",
        "schema": "urn:ietf:params:scim:schemas:core:2.0:User"});
    let documents = json!([user, kind]).to_string();
    let types = scim_client::dynamic::ResourceTypes::from_json(&documents).unwrap();
    let served = types.iter();
    let provider = ServiceProvider::builder().resource_types(served).build();
    let server = serve(provider, []).await;
    let scenarios = named(&[
        "create with what is required",
        "create what is there already",
    ]);
    let column = column(&server, &scenarios).await;
    let passed = column.count(|verdict| matches!(verdict, Verdict::Pass));
    assert_eq!(passed, 2, "{:?}", column.verdicts);
    let sent = server.provider().requests();
    let created = sent.iter().filter(|request| request.is("POST /Users"));
    let mut names = std::collections::BTreeSet::new();
    for request in created {
        let user = request.json();
        assert!(user["badge"].is_number(), "{user}");
        assert!(
            user["emails"][0]["value"].as_str().unwrap().contains('@'),
            "{user}"
        );
        assert!(user["userName"].as_str().unwrap().contains('@'), "{user}");
        names.insert(user["emails"][0]["value"].to_string());
    }
    assert!(names.len() > 4, "each has an address of its own: {names:?}");
}

#[tokio::test]
async fn one_term_of_a_filter_is_sent_by_itself() {
    let server = serve(ServiceProvider::new(), []).await;
    let column = column(&server, &named(&[suite::TRUSTS_FILTERS, "filter: eq"])).await;
    assert!(
        column
            .verdicts
            .iter()
            .all(|verdict| matches!(verdict, Verdict::Pass))
    );
    let sent = server.provider().requests();
    let filters: Vec<_> = sent.iter().filter_map(|request| request.query()).collect();
    assert!(
        filters
            .iter()
            .any(|query| query.contains("filter=userName"))
    );
    let alone = |query: &&&str| query.contains("filter=") && !query.contains("and");
    assert_eq!(
        filters
            .iter()
            .filter(|query| query.contains("filter="))
            .count(),
        filters.iter().filter(alone).count(),
        "{filters:?}"
    );
}

#[tokio::test]
async fn an_html_page_is_the_servers() {
    let fault = fail(u32::MAX, StatusCode::INTERNAL_SERVER_ERROR).only(Method::PUT, "/Users/*");
    let html = Aimed::from(Misbehaviour::HtmlErrors);
    let server = serve(ServiceProvider::new(), [fault, html]).await;
    let column = column(&server, &named(&["replace"])).await;
    assert!(
        only(&column).words().contains("FAIL: the server: 500"),
        "{:?}",
        only(&column)
    );
}

#[test]
fn verdicts_that_differ_are_ours() {
    let (pass, fail) = (Verdict::Pass, Verdict::Fail("title".into()));
    assert!(matches!(compared(Verdict::Pass, &pass), Verdict::Pass));
    for (one, other) in [(pass.clone(), &fail), (fail.clone(), &pass)] {
        let said = compared(one, other).words();
        assert!(said.contains("ours: "), "{said}");
    }
}
