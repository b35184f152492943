//! Operations that take several requests, driven by hand.

use std::collections::VecDeque;

use scim_client::{
    Client, ErrorKind, Stored, User,
    bytes::Bytes,
    client::{BulkOutcome, Operation as _, Step, Steps},
    http::Response,
    json::DecodeError,
    transport::{TransportError, TransportErrorKind},
};

const USER: &str = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"1","userName":"bjensen","title":"Guide"}"#;

fn scim() -> Client {
    Client::builder("https://scim.example/v2")
        .bearer_token("s3cret-token")
        .without_transport()
        .build()
        .unwrap()
}

fn babs() -> Result<Stored<User>, DecodeError> {
    Stored::from_json(USER)
}

/// Answers requests in turn, and says which they were.
fn drive<T>(mut steps: Steps<T>, answers: &[(u16, &str)]) -> (Vec<String>, T) {
    let mut answers: VecDeque<_> = answers.iter().copied().collect();
    let mut sent = Vec::new();
    loop {
        match steps.next_step() {
            Step::Send(request) => {
                assert_eq!(request.headers()["authorization"], "Bearer s3cret-token");
                let target = request.uri().path_and_query().unwrap();
                sent.push(format!("{} {target}", request.method()));
                let (status, body) = answers.pop_front().expect("an answer for it");
                let response = Response::builder().status(status);
                steps.receive(response.body(Bytes::from(body.to_owned())).unwrap());
            }
            Step::Done(done) => {
                assert!(answers.is_empty(), "{answers:?} left");
                assert!(matches!(steps.next_step(), Step::Idle));
                return (sent, done);
            }
            other => panic!("{:?} after {sent:?}", std::mem::discriminant(&other)),
        }
    }
}

#[test]
fn a_client_without_a_transport_builds_and_reads_and_sends_nothing() {
    let users = scim().resource::<User>();
    let get = users.get("1");
    assert_eq!(
        get.request().unwrap().uri(),
        "https://scim.example/v2/Users/1"
    );
    let read = get.decode(Response::new(USER.into())).unwrap();
    assert_eq!(read.value().user_name, "bjensen");
    let mut error = Box::pin(get.send());
    let waker = std::task::Waker::noop();
    let polled = error
        .as_mut()
        .poll(&mut std::task::Context::from_waker(waker));
    let std::task::Poll::Ready(Err(error)) = polled else {
        panic!("it waits for nothing");
    };
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(error.to_string().contains("without_transport"), "{error}");
}

#[test]
fn a_patch_is_followed_by_a_read() {
    let users = scim().resource::<User>();
    let patch = users.patch("1").replace(|u| u.title, "CTO");
    let changed = USER.replace("Guide", "CTO");
    let (sent, read) = drive(patch.steps(), &[(204, ""), (200, &changed)]);
    assert_eq!(sent, ["PATCH /v2/Users/1", "GET /v2/Users/1"]);
    assert_eq!(read.unwrap().title.as_deref(), Some("CTO"));
}

#[test]
fn an_update_after_a_conflict() {
    let users = scim().resource::<User>();
    let update = users.update(&babs().unwrap(), |u| u.title = Some("CTO".into()));
    let changed = USER.replace("Guide", "CTO");
    let answers = [(412, ""), (200, USER), (200, changed.as_str())];
    let (sent, read) = drive(update.clone().retry_on_conflict().steps(), &answers);
    let expected = ["PATCH /v2/Users/1", "GET /v2/Users/1", "PATCH /v2/Users/1"];
    assert_eq!(sent, expected);
    assert_eq!(read.unwrap().title.as_deref(), Some("CTO"));
    let (sent, failed) = drive(update.steps(), &[(412, "")]);
    assert_eq!(sent, ["PATCH /v2/Users/1"]);
    assert!(failed.unwrap_err().is_version_mismatch());
}

#[test]
fn what_is_there_is_adopted() {
    let users = scim().resource::<User>();
    let create = users.create_or_get(&User::new("bjensen"), |u| u.user_name);
    let taken = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"409","scimType":"uniqueness"}"#;
    let list = format!(
        r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":1,"Resources":[{USER}]}}"#
    );
    let (sent, found) = drive(create.steps(), &[(409, taken), (200, &list)]);
    let query = "GET /v2/Users?startIndex=1&count=10&filter=userName%20eq%20%22bjensen%22";
    assert_eq!(sent.len(), 2);
    assert_eq!(sent[0], "POST /v2/Users");
    let sorted = |query: &str| {
        let (path, query) = query.split_once('?').unwrap();
        let mut pairs: Vec<_> = query.split('&').map(str::to_owned).collect();
        pairs.sort();
        (path.to_owned(), pairs)
    };
    assert_eq!(sorted(&sent[1]), sorted(query));
    let found = found.unwrap();
    assert!(!found.is_created());
    assert_eq!(found.into_stored().id(), "1");
}

#[test]
fn a_bulk_falls_back_to_single_requests() {
    let mut bulk = scim().bulk();
    let alice = bulk.create(&User::new("alice"));
    let bob = bulk.create(&User::new("bob"));
    let bulk = bulk.fall_back_to_single_requests();
    let made = |id: &str| USER.replace(r#""id":"1""#, &format!(r#""id":"{id}""#));
    let (a, b) = (made("a"), made("b"));
    let (sent, results) = drive(bulk.steps(), &[(404, ""), (201, &a), (201, &b)]);
    assert_eq!(sent, ["POST /v2/Bulk", "POST /v2/Users", "POST /v2/Users"]);
    let results = results.unwrap();
    for (handle, id) in [(alice, "a"), (bob, "b")] {
        let BulkOutcome::Done(done) = results.get(handle) else {
            panic!("{:?}", results.get(handle));
        };
        assert_eq!(done.id(), Some(id));
        assert_eq!(done.resource().unwrap().unwrap().id(), id);
    }
}

#[test]
fn pages_and_discovery() {
    let page = |total: u64, id: &str| {
        format!(
            r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":{total},"itemsPerPage":1,"Resources":[{}]}}"#,
            USER.replace(r#""id":"1""#, &format!(r#""id":"{id}""#))
        )
    };
    let steps = scim().steps(|scim| async move {
        let all = scim.resource::<User>().query().count(1).all().await?;
        Ok::<_, scim_client::Error>(all.len())
    });
    let (one, two) = (page(2, "1"), page(2, "2"));
    let (sent, all) = drive(steps, &[(200, &one), (200, &two)]);
    assert_eq!((sent.len(), all.unwrap()), (2, 2));

    let config = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],"patch":{"supported":false},"bulk":{"supported":false},"filter":{"supported":false},"changePassword":{"supported":false},"sort":{"supported":false},"etag":{"supported":false},"authenticationSchemes":[]}"#;
    let empty =
        r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":0}"#;
    let scim = scim();
    let answers = [(200, config), (200, empty), (200, empty)];
    let (sent, provider) = drive(scim.discover().steps(), &answers);
    let expected = [
        "GET /v2/ServiceProviderConfig",
        "GET /v2/ResourceTypes",
        "GET /v2/Schemas",
    ];
    assert_eq!(sent, expected);
    assert!(provider.unwrap().config.is_some());
    assert_eq!(scim.capabilities().patch, Some(false), "it learned of it");
}

#[test]
fn a_request_stays_until_it_is_answered_and_may_fail() {
    let mut steps = scim().resource::<User>().get("1").steps();
    for _ in 0..2 {
        let Step::Send(request) = steps.next_step() else {
            panic!("it has one request");
        };
        assert_eq!(request.uri().path(), "/v2/Users/1");
    }
    steps.fail(TransportError::new(TransportErrorKind::Connect, "no way"));
    let Step::Done(Err(error)) = steps.next_step() else {
        panic!("nothing is tried again");
    };
    assert!(error.is_connect());
}

#[tokio::test]
async fn a_runtime_makes_no_difference() {
    let scim = scim();
    let steps = scim.steps(|scim| async move { scim.provider().await.map(|_| ()) });
    let config = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"]}"#;
    let empty =
        r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":0}"#;
    let (sent, done) = drive(steps, &[(200, config), (200, empty), (200, empty)]);
    assert_eq!(sent.len(), 3);
    done.unwrap();
}

/// A response is that of the request that was shown, and of no other.
#[test]
fn a_response_counts_once_and_for_the_request_that_was_shown() {
    let mut steps = scim().steps(|scim| async move {
        let users = scim.resource::<User>();
        let mut reads = ["1", "2"].map(|id| (Box::pin(users.get(id).into_future()), None));
        std::future::poll_fn(|context| {
            for (read, came) in &mut reads {
                if came.is_none()
                    && let std::task::Poll::Ready(read) = read.as_mut().poll(context)
                {
                    *came = Some(read.unwrap().user_name.clone());
                }
            }
            match &reads {
                [(_, Some(one)), (_, Some(two))] => {
                    std::task::Poll::Ready([one, two].map(Clone::clone))
                }
                _ => std::task::Poll::Pending,
            }
        })
        .await
    });
    let answer = |steps: &mut Steps<_>, name: &str| {
        let body = format!(r#"{{"id":"{name}","userName":"{name}"}}"#);
        steps.receive(Response::new(body.into()));
    };
    let shown = |steps: &mut Steps<_>| match steps.next_step() {
        Step::Send(request) => request.uri().path().to_owned(),
        other => panic!("{:?}", std::mem::discriminant(&other)),
    };
    // Before the first step there is no request.
    answer(&mut steps, "too early");
    assert_eq!(shown(&mut steps), "/v2/Users/1");
    assert_eq!(shown(&mut steps), "/v2/Users/1");
    answer(&mut steps, "1");
    // Not of the other request, which was not shown yet.
    answer(&mut steps, "once more");
    assert_eq!(shown(&mut steps), "/v2/Users/2");
    answer(&mut steps, "2");
    let Step::Done(read) = steps.next_step() else {
        panic!("it is done");
    };
    assert_eq!(read, ["1", "2"]);
}
