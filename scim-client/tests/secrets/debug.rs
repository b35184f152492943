//! `Debug` of everything that can hold what must not be shown. `public_types` sees to it that no
//! public type is forgotten.

use std::{
    fmt::Debug,
    sync::{Arc, Mutex},
};

use scim_client::{
    Client, Extra, Json, Partial, Stored, User, WriteOnly,
    blocking::Wait as _,
    bytes::Bytes,
    client::{
        Action, BulkOutcome, ClientCredentials, Exchange, Hook, Operation as _, RequestOptions,
        RetryPolicy,
    },
    dynamic::ResourceTypes,
    filter::{Comparand, Expression, Filter, PatchPath},
    http::{Method, Request, Response},
    message::{
        BulkOperation, BulkRequest, BulkResponse, ErrorMessage, ListResponse, ReceivedBulk,
        SearchRequest,
    },
    model::{Reflect, ValueRef},
    patch::{Operation, Patch, PatchOp},
    reqwest,
    testing::{Body, ReceivedRequest, ServiceProvider},
    transport::{HyperTransport, ReqwestTransport, ServiceTransport},
};

use super::network::{Does, Network};

const MARK: &str = "s3cr3t-m4rk";

scim_client::one_of! {
    enum Anything { User(User) }
}

/// Notes how exchanges are shown.
struct Exchanges(Arc<Mutex<Vec<String>>>);

impl Hook for Exchanges {
    fn request(
        &self,
        exchange: &Exchange<'_>,
        _: &mut Request<Bytes>,
    ) -> Result<Action, Box<dyn std::error::Error + Send + Sync>> {
        self.0.lock().unwrap().push(format!("{exchange:?}"));
        Ok(Action::Send)
    }
}

/// What was shown, by the name of the type.
#[derive(Default)]
pub(crate) struct Shown(Vec<(&'static str, String)>);

impl Shown {
    fn add(&mut self, name: &'static str, value: &dyn Debug) {
        self.0.push((name, format!("{value:?} {value:#?}")));
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|(name, _)| *name)
    }
}

fn json() -> Json {
    Json::parse(&format!(r#"{{"key": "{MARK}"}}"#)).unwrap()
}

fn user() -> User {
    let mut user = User::new("bjensen").with_password(MARK);
    user.extra.insert("note", json());
    user
}

fn network() -> Network {
    Network::new(|_, request| {
        let headers = vec![
            ("Set-Cookie", format!("session={MARK}")),
            ("X-Trace", MARK.to_owned()),
            ("Retry-After", "7".to_owned()),
        ];
        let query = request.uri().query().unwrap_or_default();
        let body = match request.uri().path() {
            "/v2/Users" if request.method() == Method::GET && !query.contains("broken") => format!(
                r#"{{"totalResults":1,"nextCursor":"{MARK}","x":"{MARK}","Resources":[{{"id":"1","userName":"b","note":"{MARK}"}},{{"id":"2","note":"{MARK}"}}]}}"#
            ),
            "/v2/Bulk" => format!(
                r#"{{"Operations":[{{"method":"DELETE","location":"https://scim.example/v2/Users/1","status":"204","x":"{MARK}"}},{{"method":"DELETE","location":"https://scim.example/v2/Users/2","status":"400","response":{{"x":"{MARK}"}}}}],"x":"{MARK}"}}"#
            ),
            "/v2/Broken/1" => return Does::Answers(400, headers, format!(r#"{{"x":"{MARK}"}}"#)),
            "/v2/Broken/2" => format!(r#"{{"id":"2","x":"{MARK}"}}"#),
            "/v2/Broken/3" => format!("<html>{MARK}"),
            _ => format!(r#"{{"id":"1","userName":"b","note":"{MARK}"}}"#),
        };
        Does::Answers(200, headers, body)
    })
}

fn client() -> Client {
    Client::builder("https://scim.example/v2")
        .bearer_token(MARK)
        .header("X-Note", MARK)
        .retry(RetryPolicy::never())
        .transport(network())
        .build()
        .unwrap()
}

pub(crate) fn shown() -> Shown {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut shown = Shown::default();
    data(&mut shown);
    filters_and_patches(&mut shown);
    types_known_at_run_time(&mut shown);
    runtime.block_on(requests(&mut shown));
    runtime.block_on(providers(&mut shown));
    runtime.block_on(service_provider(&mut shown));
    runtime.block_on(tester(&mut shown));
    shown.add(
        "Waiting",
        &client().resource::<User>().query().stream().wait_each(),
    );
    let pages = client().resource::<User>().query().pages().wait_each();
    shown.add("WaitingPages", &pages);
    let waited = client().resource::<User>().get("1").wait().unwrap();
    shown.add("Stored", &waited);
    shown
}

fn types_known_at_run_time(shown: &mut Shown) {
    let types = ResourceTypes::core();
    let kind = types.find("User").unwrap();
    let mut resource = kind.from_typed(&user()).unwrap();
    resource.set("name.familyName", "Jensen").unwrap();
    shown.add("DynamicResource", &resource);
    shown.add("Value", &resource.get("password").unwrap());
    shown.add("Value", &resource.attributes().collect::<Vec<_>>());
    shown.add("ValueRef", &resource.get("name").unwrap().unwrap().get());
    let patch = kind.patch().replace("password", MARK).unwrap();
    shown.add("DynamicPatch", &patch);
    let path = format!(r#"emails[value eq "{MARK}"].value"#);
    for error in [
        resource.set("active", MARK).unwrap_err(),
        resource.set(&path, MARK).unwrap_err(),
        resource.set(&path, 1).unwrap_err(),
        kind.filter(&format!(r#"active eq "{MARK}""#)).unwrap_err(),
        kind.filter(&format!(r#"emials[value eq "{MARK}"]"#))
            .unwrap_err(),
        kind.path(&format!(r#"emials[value eq "{MARK}"]"#))
            .unwrap_err(),
        kind.path(&format!(r#"emails[valeu eq "{MARK}"]"#))
            .unwrap_err(),
    ] {
        shown.add("AttributeError", &error);
        shown.add("AttributeError", &error.to_string());
    }
}

fn data(shown: &mut Shown) {
    shown.add("Json", &json());
    let mut extra = Extra::new();
    extra.insert("note", json());
    shown.add("Extra", &extra);
    shown.add("User", &user());
    shown.add("WriteOnly", &WriteOnly::new(MARK));
    let note = json();
    shown.add("ValueRef", &ValueRef::Json(&note));
    let object = user();
    shown.add("ValueRef", &ValueRef::Object(&object as &dyn Reflect));
    let text = format!(
        r#"{{"id":"1","userName":"b","password":"{MARK}","note":"{MARK}","name":{{"x":"{MARK}"}}}}"#
    );
    let stored = Stored::<User>::from_json(&text).unwrap();
    shown.add("Stored", &stored);
    let partial = Partial::<User>::from_json(&text).unwrap();
    shown.add("Partial", &partial);
    shown.add("PartialView", &partial.get(|u| u.name));
    let list = format!(
        r#"{{"nextCursor":"{MARK}","previousCursor":"{MARK}","x":"{MARK}","Resources":[{text}]}}"#
    );
    shown.add(
        "ListResponse",
        &ListResponse::<Json>::from_json(&list).unwrap(),
    );
    let error = serde_json::json!({"status": "400", "x": MARK, "y": {"z": MARK}});
    shown.add("ErrorMessage", &ErrorMessage::from_value(error));
    let operations = vec![
        BulkOperation::post("/Users", "1", json()),
        BulkOperation::patch(
            "/Users/1",
            &PatchOp::new(vec![Operation::add(None, json())]),
        ),
    ];
    shown.add("BulkOperation", &operations[0]);
    let request = BulkRequest::new(operations);
    shown.add("BulkRequest", &request);
    let received = ReceivedBulk::from_json(&request.to_json(), 100).unwrap();
    shown.add("ReceivedOperation", &received.operations[0]);
    shown.add("ReceivedBulk", &received);
    let response = format!(
        r#"{{"x":"{MARK}","Operations":[{{"status":"400","y":"{MARK}","response":{{"x":"{MARK}"}}}}]}}"#
    );
    let response = BulkResponse::from_json(&response).unwrap();
    shown.add("BulkResult", &response.operations[0]);
    shown.add("BulkResponse", &response);
    let missing = Stored::<User>::from_json(&format!(r#"{{"id":"1","x":"{MARK}"}}"#));
    shown.add("DecodeError", &missing.unwrap_err());
    let broken = Stored::<User>::from_json(&format!(r#"{{"id":"{MARK}"#));
    shown.add("DecodeError", &broken.unwrap_err());
}

fn filters_and_patches(shown: &mut Shown) {
    let text = format!(
        r#"userName eq "{MARK}" and (emails[value sw "{MARK}"] or not (password eq "{MARK}"))"#
    );
    let filter = Filter::parse(&text).unwrap();
    shown.add("Filter", &filter);
    shown.add("FilterRef", &filter.root());
    let Expression::And(operands) = filter.expression() else {
        panic!("{filter}")
    };
    shown.add("Operands", &operands);
    for operand in operands {
        shown.add("Expression", &operand.expression());
    }
    shown.add("Comparand", &Comparand::from(MARK));
    shown.add(
        "Number",
        &"1234567".parse::<scim_client::filter::Number>().unwrap(),
    );
    assert!(!format!("{:?}", Comparand::from(1_234_567)).contains("1234567"));
    let search = SearchRequest::from_query(&format!(
        "cursor={MARK}&filter=userName%20eq%20%22{MARK}%22"
    ));
    shown.add("SearchRequest", &search.unwrap());
    let path = PatchPath::parse(&format!(r#"emails[value eq "{MARK}"].display"#), &[]).unwrap();
    shown.add("PatchPath", &path);
    let operation = Operation::add(path, json());
    shown.add("Operation", &operation);
    let text = serde_json::json!({"x": MARK, "Operations": [
        {"op": "add", "path": format!(r#"emails[value eq "{MARK}"]"#), "value": MARK, "y": MARK},
        {"op": "add", "value": {"z": MARK}},
    ]});
    shown.add(
        "PatchOp",
        &PatchOp::from_json(&text.to_string(), &[]).unwrap(),
    );
    let patch = Patch::<User>::new().replace(|u| u.title, MARK);
    shown.add("Patch", &patch);
}

async fn requests(shown: &mut Shown) {
    let scim = client();
    shown.add("Client", &scim);
    let bad = format!("https://user:{MARK}/@scim.example/v2?key={MARK}#{MARK}");
    let oauth = ClientCredentials::new(&bad, "id", MARK).with_parameter("key", MARK);
    shown.add("ClientCredentials", &oauth);
    let builder = Client::builder(&bad)
        .header("X-Key", MARK)
        .header("Authorization", format!("Bearer {MARK}"))
        .bearer_token(MARK)
        .oauth2(oauth);
    let text = format!("{builder:?}");
    assert!(
        text.contains("X-Key") && text.contains("scim.example"),
        "{text}"
    );
    shown.add("ClientBuilder", &builder);
    shown.add("Error", &builder.build().unwrap_err());

    // A service provider that says that it did what it did not.
    let stale = format!(r#"{{"id":"1","userName":"b","title":"old {MARK}"}}"#);
    let mut stored = Stored::<User>::from_json(&stale).unwrap();
    stored.title = Some(MARK.into());
    let stubborn = Network::new(move |_, _| Does::Answers(200, Vec::new(), stale.clone()));
    let stubborn = Client::builder("https://scim.example/v2").transport(stubborn);
    let error = stubborn
        .build()
        .unwrap()
        .resource::<User>()
        .replace(&stored);
    let error = error.await.unwrap_err();
    let unapplied = error.not_applied().unwrap();
    shown.add("Error", &error);
    shown.add("NotApplied", unapplied);
    shown.add("Unapplied", &unapplied.changes().first().unwrap());

    let users = scim.resource::<User>();
    shown.add("Resources", &users);
    let types = scim_client::dynamic::ResourceTypes::core();
    let kind = types.find("User").unwrap();
    let mut dynamic = kind.from_typed(&user()).unwrap();
    shown.add("DynamicResource", &dynamic);
    dynamic.set("password", MARK).unwrap();
    shown.add("DynamicResource", &dynamic);
    for value in dynamic.attributes() {
        shown.add("Value", &value);
    }
    dynamic.set("department", "Tours").unwrap();
    for value in dynamic.attributes() {
        if let object @ ValueRef::Object(_) = value.get() {
            shown.add("ValueRef", &object);
        }
    }
    let patch = kind.patch().replace("password", MARK).unwrap();
    shown.add("DynamicPatch", &patch);
    let error = dynamic.set("active", MARK).unwrap_err();
    shown.add("AttributeError", &error);
    let options = RequestOptions::new().with_parameter("key", MARK);
    let options = options.with_header("X-Key", MARK);
    shown.add("RequestOptions", &options);
    let operation = users.get("1").options(options);
    shown.add("OperationBuilder", &operation);
    let mut steps = operation.steps();
    shown.add("Steps", &steps);
    shown.add("Step", &steps.next_step());
    shown.add("Step", &users.create(&user()).steps().next_step());
    let answer = Response::builder().header("X-Trace", MARK);
    let answer = Action::Respond(answer.body(MARK.into()).unwrap());
    shown.add("Action", &answer);
    let exchanges = Arc::new(Mutex::new(Vec::new()));
    let hook = Exchanges(exchanges.clone());
    let hooked = Client::builder("https://scim.example/v2").transport(network());
    let hooked = hooked.bearer_token(MARK).hook(hook).build().unwrap();
    hooked.resource::<User>().create(&user()).await.unwrap();
    for exchange in exchanges.lock().unwrap().iter() {
        shown.0.push(("Exchange", exchange.clone()));
    }
    let query = users
        .query()
        .filter(|u| u.user_name.eq(MARK) & u.emails.any(|e| e.value.eq(MARK)))
        .parameter("key", MARK)
        .header("X-Key", MARK)
        .cursor(MARK);
    shown.add("Query", &query);
    shown.add(
        "Request",
        &users
            .query()
            .header("X-Key", MARK)
            .request()
            .unwrap()
            .headers(),
    );
    let create = users.create(&user());
    shown.add("Create", &create);
    shown.add("Response", &create.send().await.unwrap());
    shown.add("Replace", &users.replace_at("1", &user()));
    shown.add("Delete", &users.delete("1").parameter("key", MARK));
    let get = users.get("1").parameter("key", MARK);
    shown.add("Get", &get);
    shown.add("Response", &get.send().await.unwrap());
    shown.add(
        "PatchResource",
        &users.patch("1").replace(|u| u.title, MARK),
    );
    let stored = users.get("1").await.unwrap();
    let update = users.update(&stored, |u| u.password = WriteOnly::new(Some(MARK.into())));
    shown.add("Update", &update);
    let create_or_get = users.create_or_get(&User::new(MARK), |u| u.user_name);
    shown.add("CreateOrGet", &create_or_get);
    let own = scim
        .request(Method::POST, "/X")
        .body(json())
        .parameter("key", MARK);
    shown.add("RawRequest", &own);
    shown.add("Response", &own.send().await.unwrap());
    shown.add("Me", &scim.me::<User>());
    let mut results = query.clone().stream();
    results.next().await.unwrap().unwrap();
    shown.add("Results", &results);
    let mut pages = users.query().pages();
    shown.add("ListResponse", &pages.next().await.unwrap().unwrap());
    shown.add("Pages", &pages);
    let any = scim.query::<Anything>();
    shown.add("Query", &any);
    shown.add(
        "AnyOf",
        &scim_client::client::AnyOf(Anything::Unknown(json())),
    );

    let mut bulk = scim.bulk();
    let one = bulk.delete::<User>("1");
    let two = bulk.delete::<User>("2");
    let mut other = scim.bulk().parameter("key", MARK);
    other.create(&user());
    other.patch::<User>("1", |patch| patch.replace(|u| u.title, MARK));
    shown.add("BulkResources", &other.on(&users));
    shown.add("Bulk", &other);
    let results = bulk.await.unwrap();
    shown.add("BulkResults", &results);
    shown.add("BulkOutcome", &results.get(one));
    if let BulkOutcome::Done(success) = results.get(one) {
        shown.add("BulkSuccess", &success);
    }
    shown.add("BulkOutcome", &results.get(two));

    let broken = scim.resource_at::<User>("/Broken");
    for id in ["1", "2", "3"] {
        let error = broken.get(id).await.unwrap_err();
        assert!(error.body().unwrap().contains("<redacted>"), "{error:?}");
        shown.add("Error", &error);
        shown.add("ErrorMessage", &error.message());
    }
}

async fn providers(shown: &mut Shown) {
    let builder = ServiceProvider::builder().bearer_token(MARK);
    shown.add("ServiceProviderBuilder", &builder);
    let provider = builder.build();
    let server = provider.serve().await.unwrap();
    let scim = Client::builder(server.url())
        .bearer_token(MARK)
        .header("X-Api-Key", MARK)
        .build()
        .unwrap();
    let users = scim.resource::<User>();
    users.create(&user()).await.unwrap();
    users
        .query()
        .filter(|u| u.user_name.eq(MARK))
        .await
        .unwrap();
    shown.add("ServiceProvider", &provider);
    shown.add("Server", &server);
    let requests: Vec<ReceivedRequest> = provider.requests();
    assert!(requests.len() >= 2);
    shown.add("ReceivedRequest", &requests);
    shown.add("provider::Body", &Body::from(MARK.to_owned()));
    let mut headers = scim_client::http::HeaderMap::new();
    headers.insert("x-key", MARK.parse().unwrap());
    // As an application that makes its own client does it.
    let _already = rustls::crypto::ring::default_provider().install_default();
    let http = reqwest::Client::builder().default_headers(headers);
    let tls = scim_client::transport::Tls::new();
    shown.add("Tls", &tls.trust_pem(MARK).identity_pem(MARK));
    shown.add(
        "ReqwestTransport",
        &ReqwestTransport::new(http.build().unwrap(), 1),
    );
    let hyper = || HyperTransport::builder().proxy(format!("http://user:{MARK}@proxy.example"));
    shown.add("HyperTransportBuilder", &hyper());
    shown.add("HyperTransport", &hyper().build().unwrap());
    shown.add("ServiceTransport", &ServiceTransport::new(MARK, 1));
}

/// What a service provider over a store consists of.
async fn service_provider(shown: &mut Shown) {
    use scim_client::{
        resource::Root as _,
        testing::{Faults, Misbehaviour},
        value::Timestamp,
    };
    use scim_provider::{
        Context, Continuation, Found, Preconditions, Projection, Record, Refusal, ServedType,
        accept::Accept, sql,
    };

    let kind = ServedType::of::<User>();
    let resource = Stored::<User>::from_json(&format!(
        r#"{{"id":"1","userName":"b","password":"{MARK}","note":"{MARK}"}}"#
    ));
    let record = Record::new(resource.unwrap());
    shown.add("provider::Record", &record);
    shown.add("provider::ServedType", &kind);
    let found = Found::new(1, vec![record]).with_continuation(Continuation::new(MARK.to_owned()));
    shown.add("provider::Found", &found);
    shown.add("provider::Continuation", &Continuation::new(MARK));
    shown.add(
        "provider::Context",
        &Context::new(MARK.to_owned(), "https://scim.example/v2", Timestamp::now()),
    );
    let body = format!(r#"{{"userName":"b","password":"{MARK}","note":"{MARK}"}}"#);
    let accepted = Accept::new().create::<User>(&body).unwrap();
    shown.add("provider::Accepted", &accepted);
    shown.add("provider::Written", accepted.written());
    let broken = Filter::parse(&format!(r#"userName eq "{MARK}" nad active pr"#));
    let unknown = Filter::parse(&format!(r#"userName gt 7 or active eq "{MARK}""#)).unwrap();
    shown.add("provider::Refusal", &Refusal::from(broken.unwrap_err()));
    let refused = unknown.check(User::DESCRIPTOR).unwrap_err();
    shown.add("provider::Refusal", &Refusal::from(refused));
    let wrong = format!(r#"{{"userName":"b","active":"{MARK}","emails":"{MARK}"}}"#);
    let refused = Accept::strict().create::<User>(&wrong).unwrap_err();
    shown.add("provider::Finding", &refused.findings());
    shown.add("provider::Refusal", &refused);
    let mut headers = scim_client::http::HeaderMap::new();
    headers.insert("if-match", "W/\"1\"".parse().unwrap());
    shown.add("provider::Preconditions", &Preconditions::of(&headers));
    shown.add("provider::Projection", &Projection::default());

    let column = |_: &str| Some(sql::Column::text("user_name"));
    let filter = Filter::parse(&format!(r#"userName eq "{MARK}""#)).unwrap();
    let condition = sql::condition(&kind, &filter, &column);
    shown.add("provider::Condition", &condition);
    let statement = sql::Statement::new("SELECT ").bind(MARK);
    shown.add("provider::Parameter", &statement.parameters());
    shown.add("provider::Statement", &statement);

    let faults = Faults::new();
    faults.add(Misbehaviour::NoPatch);
    let faulty = faults.around(ServiceProvider::builder().bearer_token(MARK).build());
    shown.add("provider::Faults", &faults);
    shown.add("provider::Faulty", &faulty);
    let store = scim_provider::MemoryStore::new();
    let builder = scim_provider::ServiceProvider::builder(store);
    let builder = builder.bearer_token(MARK);
    shown.add("provider::ServiceProviderBuilder", &builder);
    let provider = builder.build();
    shown.add("provider::ServiceProvider", &provider);
}

/// A run of the tester against a service provider that repeats its credentials.
async fn tester(shown: &mut Shown) {
    let suite = scim_tester::Suite::rfc()
        .bearer_token(MARK)
        .other_token(MARK)
        .header("X-Key", MARK)
        .base_url(format!("https://user:{MARK}@scim.example/v2?key={MARK}"))
        .extra("User", serde_json::json!({"note": MARK}))
        .only(["B", "D"]);
    shown.add("tester::Suite", &suite);
    let base = format!("https://user:{MARK}@scim.example/v2?key={MARK}");
    let report = suite.run_over(Arc::new(network()), &base).await;
    assert!(report.requests() > 0);
    shown.add("tester::Report", &report);
    for result in report.results() {
        shown.add("tester::CheckResult", result);
        shown.add("tester::Verdict", result.verdict());
        shown.add("tester::Finding", &result.findings());
        shown.add("tester::Check", result.check());
    }
    shown.add("tester::Report", &report.to_string());
}

#[test]
fn nothing_shows_what_must_not_be_shown() {
    for (name, text) in shown().0 {
        assert!(!text.contains(MARK), "{name}: {text}");
        assert!(!text.contains("1234567"), "{name}: {text}");
    }
}

#[test]
fn names_and_sizes_are_shown() {
    let mut extra = Extra::new();
    extra.insert("note", Json::parse("\"abc\"").unwrap());
    assert_eq!(format!("{extra:?}"), r#"{"note": 5 bytes}"#);
    assert_eq!(
        format!("{:?}", Json::parse("[1]").unwrap()),
        "Json(3 bytes)"
    );
    let filter = Filter::parse("userName eq \"abc\"").unwrap();
    assert_eq!(format!("{filter:?}"), r#"Filter(userName eq "...")"#);
    let search = SearchRequest::from_query("cursor=abc&count=7").unwrap();
    let text = format!("{search:?}");
    assert!(
        text.contains("cursor: Some(3 bytes)") && text.contains("count: Some(7)"),
        "{text}"
    );
    // What a type knows and a server returns is shown.
    assert!(format!("{:?}", user()).contains("bjensen"));
}
