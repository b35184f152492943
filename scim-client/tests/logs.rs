//! What a subscriber to every event of every crate sees. Alone in its process: a subscriber of
//! one thread misses what others asked for first.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is how a test fails"
)]
#![cfg(all(feature = "reqwest", feature = "tracing"))]

#[path = "common/network.rs"]
mod network;

use std::{
    collections::BTreeMap,
    fmt::Debug,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use scim_client::{Client, Stored, User, client::RetryPolicy};
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};

use self::network::{Loopback, write_answer};

const SECRET: &str = "t0p-secret-7Fjfp0ZBr1K";

const BABS: &str = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"2819","userName":"bjensen"}"#;

type Fields = BTreeMap<String, String>;

/// Keeps everything, at every level.
#[derive(Clone, Default)]
struct Everything {
    next: Arc<AtomicU64>,
    spans: Arc<Mutex<BTreeMap<u64, (&'static str, Fields)>>>,
    events: Arc<Mutex<Vec<(&'static str, Fields)>>>,
    /// The levels of our own events, and what they say.
    levels: Arc<Mutex<Vec<String>>>,
}

struct Collect<'a>(&'a mut Fields);

impl Visit for Collect<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }
}

impl Subscriber for Everything {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let id = self.next.fetch_add(1, Ordering::Relaxed) + 1;
        let mut fields = Fields::new();
        span.record(&mut Collect(&mut fields));
        self.spans
            .lock()
            .unwrap()
            .insert(id, (span.metadata().name(), fields));
        Id::from_u64(id)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        let mut spans = self.spans.lock().unwrap();
        values.record(&mut Collect(
            &mut spans.get_mut(&span.into_u64()).unwrap().1,
        ));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::new();
        event.record(&mut Collect(&mut fields));
        let (level, target) = (event.metadata().level(), event.metadata().target());
        if target.starts_with("scim_client") {
            let part = |name: &str| fields.get(name).map(|value| format!(" {name}={value}"));
            let (status, error) = (part("status"), part("error"));
            let [status, error] = [status, error].map(Option::unwrap_or_default);
            let said = format!("{level} {}{status}{error}", fields["message"]);
            self.levels.lock().unwrap().push(said);
        }
        self.events
            .lock()
            .unwrap()
            .push((event.metadata().target(), fields));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

impl Everything {
    fn requests(&self) -> Vec<Fields> {
        let spans = self.spans.lock().unwrap();
        let ours = spans.values().filter(|(name, _)| *name == "scim.request");
        ours.map(|(_, fields)| fields.clone()).collect()
    }
}

#[test]
fn one_span_per_request_and_nothing_personal() {
    let server = Loopback::new(|number, request, stream| match (number, request) {
        (0, _) => write_answer(stream, "503 Service Unavailable", "", SECRET),
        (_, request) if request.starts_with("GET /v2/Users?") => {
            write_answer(stream, "200 OK", "", r#"{"totalResults":0}"#);
        }
        (_, request) if request.starts_with("DELETE") => {
            let body = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"409","detail":"bjensen t1meMa$heen"}"#;
            write_answer(stream, "409 Conflict", "", body);
        }
        _ => write_answer(stream, "200 OK", "", BABS),
    });
    let seen = Everything::default();
    // reqwest and hyper log too; they run on this thread.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    tracing::subscriber::with_default(seen.clone(), || {
        runtime.block_on(async {
            let client = Client::builder(server.url())
                .bearer_token(SECRET)
                .retry(RetryPolicy::default().with_first_backoff(Duration::from_millis(1)))
                .build()
                .unwrap();
            let users = client.resource::<User>();
            users.get("id-of-babs").await.unwrap();
            users
                .query()
                .filter(|u| u.user_name.eq("bjensen"))
                .await
                .unwrap();
            let babs = User::new("bjensen").with_password("t1meMa$heen");
            users.create(&babs).await.unwrap();
            users.delete("id-of-babs").await.unwrap_err();
            // A version that no request can have, and one that it can.
            for version in ["5f3c", "\"5f3c\""] {
                let mut stored = Stored::<User>::from_json(BABS).unwrap();
                stored.meta_mut().version = Some(version.to_owned());
                users.replace(&stored).await.unwrap();
            }
            let lost = Client::builder("http://127.0.0.1:1").retry(RetryPolicy::never());
            let lost = lost.build().unwrap();
            lost.resource::<User>().get("id-of-babs").await.unwrap_err();
        });
    });
    let requests = seen.requests();
    let show = |fields: &Fields| {
        let get = |name: &str| fields.get(name).cloned().unwrap_or_else(|| "-".to_owned());
        assert!(get("duration_ms").parse::<u64>().is_ok(), "{fields:?}");
        format!(
            "{} {} {} {} {} {}",
            get("method"),
            get("resource_type"),
            get("endpoint"),
            get("status"),
            get("tries"),
            get("error"),
        )
    };
    assert_eq!(
        requests.iter().map(show).collect::<Vec<_>>(),
        [
            r#""GET" "User" "/Users" 200 2 -"#,
            r#""GET" "User" "/Users" 200 1 -"#,
            r#""POST" "User" "/Users" 200 1 -"#,
            r#""DELETE" "User" "/Users" 409 1 -"#,
            r#""PUT" "User" "/Users" 200 1 -"#,
            r#""PUT" "User" "/Users" 200 1 -"#,
            r#""GET" "User" "/Users" - 1 Connect"#,
        ]
    );
    assert_eq!(
        *seen.levels.lock().unwrap(),
        [
            "INFO trying again status=503",
            "DEBUG done status=200",
            "WARN the returned resource has another id than the requested one",
            "DEBUG done status=200",
            "DEBUG done status=200",
            "WARN failed status=409 error=Status",
            "WARN no If-Match: the version is not known, or no entity-tag",
            "DEBUG done status=200",
            "DEBUG done status=200",
            "WARN failed error=Connect",
        ]
    );
    // Ours say nothing personal; others' at least no secret.
    let events = seen.events.lock().unwrap();
    let spans = seen.spans.lock().unwrap();
    let retry = events
        .iter()
        .find(|(_, fields)| fields.contains_key("attempt"))
        .unwrap();
    assert_eq!(retry.1["status"], "503");
    let unconditional = events.iter().filter(|(_, fields)| {
        let message = fields.get("message");
        message.is_some_and(|message| message.contains("no If-Match"))
    });
    assert_eq!(unconditional.count(), 1);
    let ours = events
        .iter()
        .filter(|(target, _)| target.starts_with("scim_client"));
    let ours = format!("{requests:?} {:?}", ours.collect::<Vec<_>>());
    for personal in [
        "bjensen",
        "id-of-babs",
        "userName",
        "filter",
        "127.0.0.1",
        "5f3c",
    ] {
        assert!(!ours.contains(personal), "{ours}");
    }
    let all = format!("{spans:?} {events:?}");
    for secret in [SECRET, "t1meMa"] {
        assert!(!all.contains(secret), "{all}");
    }
}
