//! What a provider says of requests that are not right.

use scim_client::{
    Client, Group, User,
    client::BulkOutcome,
    evaluate::FilterRule,
    filter::{Filter, FilterOptions},
    group::Member,
    message::SearchRequest,
    patch::{PatchErrorKind, PatchOp},
    resource::Root as _,
    testing::ServiceProvider,
};
use serde_json::{Value, json};

use crate::support::{Thing, bulk, patch, query, send, send_as};

fn things() -> ServiceProvider {
    ServiceProvider::builder()
        .resource::<Thing>()
        .resource::<User>()
        .resource::<Group>()
        .counted_ids()
        .build()
}

#[tokio::test]
async fn an_empty_filter_is_none() {
    let provider = things();
    for path in [
        "/Users?filter=",
        "/Users?filter",
        "/Users?filter=%20",
        "/?filter=",
        "/Users?FILTER=&count=1",
        "/Users?cursor&filter=",
    ] {
        let answer = send(&provider, "GET", path, Value::Null).await;
        assert_eq!(answer.error(), (400, "invalidFilter"), "{path}");
    }
    let search = json!({"filter": ""});
    let answer = send(&provider, "POST", "/Users/.search", search).await;
    assert_eq!(answer.error(), (400, "invalidFilter"));
    assert!(SearchRequest::from_query("filter=").is_err());
    // Other parameters without a value say nothing.
    let answer = send(&provider, "GET", "/Users?attributes=&sortBy=", Value::Null).await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn scim_types_do_not_depend_on_words() {
    let provider = things();
    for (body, scim_type) in [
        (json!({"count": "x"}), "invalidValue"),
        (json!({"count": "x", "cursor": ""}), "invalidCount"),
        (json!({"count": "x", "CURSOR": ""}), "invalidCount"),
        (
            json!({"count": "x", "filter": "userName eq \"cursor\""}),
            "invalidValue",
        ),
        (json!({"count": "x", "sortBy": "cursor"}), "invalidValue"),
        (
            json!({"count": "x", "attributes": ["cursor"]}),
            "invalidValue",
        ),
        (json!({"count": "x", "x": {"cursor": ""}}), "invalidValue"),
    ] {
        let answer = send(&provider, "POST", "/Users/.search", body.clone()).await;
        assert_eq!(answer.error(), (400, scim_type), "{body}");
    }
    let path = "/Users?count=x&filter=userName%20eq%20%22cursor%22";
    let answer = send(&provider, "GET", path, Value::Null).await;
    assert_eq!(answer.error(), (400, "invalidValue"));
}

#[tokio::test]
async fn an_empty_path_is_no_path() {
    let text = r#"{"Operations":[{"op":"replace","path":"","value":{"title":"x"}}]}"#;
    let error = PatchOp::from_json(text, &[]).unwrap_err();
    assert_eq!(error.kind(), PatchErrorKind::InvalidPath);
    let provider = things();
    send(&provider, "POST", "/Users", json!({"userName": "a"})).await;
    for path in ["", " "] {
        let change = patch(json!([{"op": "replace", "path": path, "value": {"title": "x"}}]));
        let answer = send(&provider, "PATCH", "/Users/1", change).await;
        assert_eq!(answer.error(), (400, "invalidPath"), "{path:?}");
    }
    assert!(provider.get::<User>("1").unwrap().title.is_none());
}

#[tokio::test]
async fn a_wrong_token_is_called_so() {
    let provider = ServiceProvider::builder().bearer_token("secret").build();
    for (given, wrong) in [
        (None, false),
        (Some("Bearer other"), true),
        (Some("bearer  secret2"), true),
        (Some("Bearer Secret"), true),
        (Some("Basic c2VjcmV0"), false),
        (Some("secret"), false),
    ] {
        let answer = send_as(&provider, "GET", "/Users", &Value::Null, given).await;
        assert_eq!(answer.status, 401);
        let challenge = answer.headers["www-authenticate"].to_str().unwrap();
        assert!(challenge.starts_with("Bearer realm="));
        let says = challenge.contains("error=\"invalid_token\"");
        assert_eq!(says, wrong, "{given:?} {challenge}");
    }
    let answer = send_as(
        &provider,
        "GET",
        "/Users",
        &Value::Null,
        Some("bearer secret"),
    )
    .await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn filters_in_patch_paths_may_refer_to_what_a_bulk_creates() {
    let provider = things();
    send(&provider, "POST", "/Groups", json!({"displayName": "g"})).await;
    let add = json!([{"op": "add", "path": "members", "value": [
        {"value": "bulkId:u"}, {"value": "bulkId:v"}
    ]}]);
    let remove = json!([
        {"op": "remove", "path": "members[value eq \"bulkId:u\"]"},
        {"op": "replace", "path": "members[value eq \"bulkId:v\"].display", "value": "V"}
    ]);
    // The change that refers to the users stands before them.
    let message = bulk(json!([
        {"method": "PATCH", "path": "/Groups/1", "data": patch(add)},
        {"method": "POST", "path": "/Users", "bulkId": "u", "data": {"userName": "u"}},
        {"method": "POST", "path": "/Users", "bulkId": "v", "data": {"userName": "v"}},
        {"method": "PATCH", "path": "/Groups/1", "data": patch(remove)},
        {"method": "PATCH", "path": "/Groups/1", "data":
            patch(json!([{"op": "remove", "path": "members[value eq \"bulkId:nobody\"]"}]))},
    ]));
    let answer = send(&provider, "POST", "/Bulk", message).await;
    let statuses: Vec<_> = answer.body["Operations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|result| result["status"].as_str().unwrap())
        .collect();
    assert_eq!(
        statuses,
        ["200", "201", "201", "200", "409"],
        "{}",
        answer.body
    );
    let group = provider.get::<Group>("1").unwrap();
    assert_eq!(group.members.len(), 1);
    let v = provider
        .all::<User>()
        .into_iter()
        .find(|u| u.user_name == "v");
    assert_eq!(group.members[0].value.as_deref(), Some(v.unwrap().id()));
}

#[tokio::test]
async fn the_clients_bulk_puts_ids_into_filters_of_paths() {
    for operations in [1000, 1] {
        let provider = ServiceProvider::builder()
            .counted_ids()
            .max_bulk_operations(operations)
            .build();
        let group = Group::new("g");
        let group = provider.seed(group).unwrap();
        let scim = Client::builder("https://scim.example/v2")
            .service(provider.clone())
            .build()
            .unwrap();
        let mut bulk = scim.bulk();
        let reference = bulk.create(&User::new("u")).reference();
        let member = Member::new(reference.clone());
        bulk.patch::<Group>(group.id(), |p| p.add(|g| g.members, member));
        let removed = bulk.patch::<Group>(group.id(), |p| {
            p.remove(|g| g.members.filter(|m| m.value.eq(reference.as_str())))
        });
        let results = bulk.await.unwrap();
        assert!(matches!(results.get(removed), BulkOutcome::Done(_)));
        assert!(
            provider
                .get::<Group>(group.id())
                .unwrap()
                .members
                .is_empty()
        );
        // No RFC says that a service provider looks into filters: the id is waited for.
        let sent = provider.requests();
        let last = sent.last().unwrap().body();
        assert!(
            last.contains("value eq") && !last.contains("bulkId:"),
            "{last}"
        );
    }
}

#[tokio::test]
async fn what_is_never_returned_is_not_asked_for() {
    let provider = things();
    let thing = json!({"serial": "1", "pin": "1234", "ports": [{"value": "p", "secret": "s"}]});
    assert_eq!(send(&provider, "POST", "/Things", thing).await.status, 201);
    for filter in [
        r#"pin eq "1234""#,
        r#"pin sw "1""#,
        "pin pr",
        "not (PIN pr)",
        "pin eq null",
        r#"serial eq "1" or pin gt "1""#,
        r#"urn:example:params:scim:schemas:core:2.0:Thing:pin sw "1""#,
        r#"ports[secret sw "s"]"#,
        r#"ports[value eq "p" and not (secret eq "x")]"#,
        r#"ports.secret ne "s""#,
        r#"pin[value sw "1"]"#,
    ] {
        let answer = query(&provider, "/Things", filter).await;
        assert_eq!(answer.error(), (400, "invalidFilter"), "{filter}");
        assert!(!answer.body.to_string().contains("1234"));
    }
    assert_eq!(
        query(&provider, "/Things", "ports.value eq \"p\"")
            .await
            .total(),
        1
    );
    let root = send(&provider, "GET", "/?filter=pin%20pr", Value::Null).await;
    assert_eq!(root.error(), (400, "invalidFilter"));
    let users = query(&provider, "/Users", r#"password sw "t1""#).await;
    assert_eq!(users.error(), (400, "invalidFilter"));
    for path in [
        "/Things?sortBy=pin",
        "/Things?sortBy=ports.secret",
        "/?sortBy=password",
    ] {
        let answer = send(&provider, "GET", path, Value::Null).await;
        assert_eq!(answer.error(), (400, "invalidPath"), "{path}");
    }
    let change = patch(json!([{"op": "remove", "path": "ports[secret sw \"s\"]"}]));
    let answer = send(&provider, "PATCH", "/Things/1", change).await;
    assert_eq!(answer.error(), (400, "invalidFilter"));

    // It is an option, for those who evaluate filters themselves, and can be taken back.
    let filter: Filter = r#"pin eq "1234""#.parse().unwrap();
    let options = FilterOptions::default();
    assert!(filter.check_with(Thing::DESCRIPTOR, &options).is_ok());
    let error = filter
        .check_with(Thing::DESCRIPTOR, &options.with_refuse_never_returned(true))
        .unwrap_err();
    assert_eq!(
        (error.rule(), error.path()),
        (FilterRule::NeverReturned, "pin")
    );
    let open = ServiceProvider::builder()
        .resource::<Thing>()
        .filter_options(options)
        .build();
    send(
        &open,
        "POST",
        "/Things",
        json!({"serial": "1", "pin": "1234"}),
    )
    .await;
    assert_eq!(query(&open, "/Things", r#"pin eq "1234""#).await.total(), 1);

    // Whoever takes the filters of Entra ID, or exact ones only, does not open it by that.
    for options in [FilterOptions::entra(), FilterOptions::strict()] {
        let provider = ServiceProvider::builder().filter_options(options).build();
        for filter in [r#"password sw "t1""#, r#"password eq "x""#, "password pr"] {
            let answer = query(&provider, "/Users", filter).await;
            assert_eq!(answer.error(), (400, "invalidFilter"), "{filter}");
        }
    }
}
