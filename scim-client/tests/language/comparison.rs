//! What a filter says of a resource, and that sorting agrees.

use std::cmp::Ordering;

use scim_client::{
    Reference, Stored, User,
    evaluate::{AttributeFacts, DataType, FilterRule, Preparation, SchemaView, Subject, compare},
    filter::Filter,
    message::SortOrder,
    patch::{ApplyOptions, PatchOp},
    resource::Root as _,
    testing::ServiceProvider,
    value::DateTime,
};
use serde_json::{Value, json};

use crate::support::{Thing, query, send};

/// Asks a typed resource and its JSON, with the schema of the type.
fn matches(filter: &Filter, resource: &Value) -> bool {
    let typed = Stored::<User>::from_json(&resource.to_string()).unwrap();
    let answer = filter.matches(&typed);
    let json = Subject::json(resource, User::DESCRIPTOR);
    assert_eq!(filter.matches(json), answer, "{filter} on JSON");
    let text = scim_client::Json::parse(&resource.to_string()).unwrap();
    let text = Subject::json_text(&text, User::DESCRIPTOR);
    assert_eq!(filter.matches(text), answer, "{filter} on text");
    answer
}

#[test]
fn known_cases() {
    let cases = include_str!("../cases/filters-in-memory.json");
    let cases: Vec<Value> = serde_json::from_str(cases).unwrap();
    for case in cases {
        for pair in case["filters"].as_array().unwrap() {
            let filter: Filter = pair[0].as_str().unwrap().parse().unwrap();
            assert_eq!(matches(&filter, &case["resource"]), pair[1], "{filter}");
        }
    }
}

#[test]
fn times_have_the_order_of_xml_schema() {
    let at = |text: &str| DateTime::new(text);
    for (one, two, order) in [
        // The recommendation's own examples.
        (
            "2000-01-15T00:00:00",
            "2000-02-15T00:00:00",
            Some(Ordering::Less),
        ),
        (
            "2000-01-15T12:00:00",
            "2000-01-16T12:00:00Z",
            Some(Ordering::Less),
        ),
        ("2000-01-01T12:00:00", "1999-12-31T23:00:00Z", None),
        ("2000-01-16T12:00:00", "2000-01-16T12:00:00Z", None),
        ("2000-01-16T00:00:00", "2000-01-16T12:00:00Z", None),
        // Fourteen hours apart is not enough, and a moment more is.
        ("2000-01-15T22:00:00", "2000-01-16T12:00:00Z", None),
        (
            "2000-01-15T21:59:59.9999999999",
            "2000-01-16T12:00:00Z",
            Some(Ordering::Less),
        ),
        ("2000-01-17T02:00:00", "2000-01-16T12:00:00Z", None),
        (
            "2000-01-17T02:00:00.0000000001",
            "2000-01-16T12:00:00Z",
            Some(Ordering::Greater),
        ),
        (
            "2000-01-17T02:00:01",
            "2000-01-16T14:00:00+02:00",
            Some(Ordering::Greater),
        ),
    ] {
        let found = at(one).partial_cmp_chronological(&at(two));
        assert_eq!(found, order, "{one} {two}");
        let back = at(two).partial_cmp_chronological(&at(one));
        assert_eq!(back, order.map(Ordering::reverse), "{two} {one}");
    }
}

fn thing(seen: &str) -> Thing {
    let mut thing = Thing::empty();
    thing.seen = Some(DateTime::new(seen));
    thing
}

#[test]
fn filters_and_sorting_agree_about_times() {
    let times = [
        "2000-01-16T12:00:00Z",
        "2000-01-16T12:00:00",
        "2000-01-16T13:00:00",
        "2000-01-16T12:30:00+01:00",
        "2000-01-16T12:00:00.0000000000001Z",
        "2000-01-16T12:00:00.0000000000002",
        "1999-01-01T00:00:00",
        "2001-01-01T00:00:00Z",
    ];
    for one in times {
        for two in times {
            let (a, b) = (thing(one), thing(two));
            let (a, b) = (Subject::resource(&a), Subject::resource(&b));
            let path = "seen".parse().unwrap();
            let order = compare(a, b, &path, SortOrder::Ascending);
            for (operator, holds) in [
                ("eq", order.is_eq()),
                ("ne", order.is_ne()),
                ("lt", order.is_lt()),
                ("le", order.is_le()),
                ("gt", order.is_gt()),
                ("ge", order.is_ge()),
            ] {
                let filter: Filter = format!("seen {operator} \"{two}\"").parse().unwrap();
                assert_eq!(filter.matches(a), holds, "{one} {filter}");
                // And a sure answer is the same answer.
                match filter.try_matches(a) {
                    Ok(answer) => assert_eq!(answer, holds, "{one} {filter}"),
                    Err(error) => {
                        assert_eq!(error.rule(), FilterRule::UncertainTime);
                        assert_eq!(error.path(), "seen");
                        let (one, two) = (DateTime::new(one), DateTime::new(two));
                        assert_ne!(one.has_zone(), two.has_zone());
                        assert_eq!(one.partial_cmp_chronological(&two), None);
                    }
                }
            }
        }
    }
}

#[test]
fn only_what_matters_must_be_sure() {
    let mut thing = thing("2000-01-16T12:00:00Z");
    thing.serial = "1".into();
    thing.times = vec![
        DateTime::new("2000-01-16T12:00:00Z"),
        DateTime::new("2000-03-16T12:00:00Z"),
    ];
    let subject = Subject::resource(&thing);
    for (filter, answer) in [
        (r#"seen gt "2000-01-16T11:00:00""#, None),
        (r#"not (seen gt "2000-01-16T11:00:00")"#, None),
        (
            r#"serial eq "2" and seen gt "2000-01-16T11:00:00""#,
            Some(false),
        ),
        (
            r#"serial eq "1" or seen gt "2000-01-16T11:00:00""#,
            Some(true),
        ),
        (r#"times gt "2000-01-16T11:00:00""#, Some(true)),
        (r#"times lt "2000-01-16T11:00:00""#, None),
        (r#"times[value gt "2000-01-16T11:00:00"]"#, Some(true)),
        (r#"times[not (value gt "2000-01-16T11:00:00")]"#, None),
        (r#"seen sw "2000-01-16T11:00:00""#, Some(false)),
        (r#"serial gt "2000-01-16T11:00:00""#, Some(false)),
    ] {
        let read: Filter = filter.parse().unwrap();
        assert!(read.check_known(Thing::DESCRIPTOR).is_ok());
        assert_eq!(read.try_matches(subject).ok(), answer, "{filter}");
    }
}

#[tokio::test]
async fn the_provider_orders_times_or_says_that_it_cannot() {
    let provider = ServiceProvider::builder().resource::<Thing>().build();
    let body = json!({"serial": "1", "seen": "2011-05-13T04:42:34Z"});
    send(&provider, "POST", "/Things", body).await;
    let body = json!({"serial": "2", "seen": "2011-05-13T04:42:34"});
    send(&provider, "POST", "/Things", body).await;
    let total = |filter: &'static str| {
        let provider = provider.clone();
        async move { query(&provider, "/Things", filter).await.total() }
    };
    assert_eq!(total(r#"seen gt "2010-10-10T00:00:00""#).await, 2);
    assert_eq!(total(r#"seen gt "2010-10-10T00:00:00Z""#).await, 2);
    assert_eq!(total(r#"seen lt "2011-05-14T00:00:00""#).await, 2);
    assert_eq!(
        total(r#"serial eq "1" and seen eq "2011-05-13T04:42:34Z""#).await,
        1
    );
    for near in [
        r#"seen gt "2011-05-13T00:00:00""#,
        r#"seen gt "2011-05-13T00:00:00Z""#,
        r#"seen eq "2011-05-13T04:42:34""#,
        r#"serial pr and not (seen le "2011-05-13T00:00:00")"#,
    ] {
        let answer = query(&provider, "/Things", near).await;
        assert_eq!(answer.error(), (400, "invalidFilter"), "{near}");
        let detail = answer.body["detail"].as_str().unwrap();
        assert!(
            detail.contains("seen") && detail.contains("zone"),
            "{detail}"
        );
    }
}

#[test]
fn primary_is_assumed_in_patch_paths_and_derived_types() {
    let user = json!({"id": "1", "userName": "a", "emails": [
        {"value": "a", "primary": true}, {"value": "b"}, {"value": "c", "primary": false}
    ]});
    let mut user = Stored::<User>::from_json(&user.to_string()).unwrap();
    let remove = r#"{"Operations":[{"op":"remove","path":"emails[primary eq false]"}]}"#;
    let remove = PatchOp::from_json(remove, &[]).unwrap();
    assert!(remove.apply(&mut user, &ApplyOptions::default()).unwrap());
    let left: Vec<_> = user.emails.iter().map(|e| e.value.as_deref()).collect();
    assert_eq!(left, [Some("a")]);

    let thing =
        json!({"id": "1", "serial": "1", "ports": [{"value": "a"}], "boss": {"value": "b"}});
    let thing = Stored::<Thing>::from_json(&thing.to_string()).unwrap();
    for (filter, answer) in [
        ("ports[primary eq false]", true),
        ("ports.primary eq false", true),
        ("ports.primary eq true", false),
        ("ports.primary pr", false),
        // Not multi-valued: nothing is assumed.
        ("boss.primary eq false", false),
        // Not declared, and so not assumed: `members` would match as a whole.
        ("times[primary eq false]", false),
    ] {
        let filter: Filter = filter.parse().unwrap();
        assert_eq!(filter.matches(&thing), answer, "{filter}");
    }
    let things = Thing::PATHS;
    let typed = things.ports.any(|port| port.primary.eq(false));
    assert!(typed.as_filter().matches(&thing));

    // An attribute that nobody knows has the default sub-attributes of RFC 7643 section 2.4.
    let document = json!({"ports": [{"value": "a"}], "boss": {"value": "b"}});
    let filter: Filter = "ports[primary eq false]".parse().unwrap();
    assert!(filter.matches(Subject::json(&document, scim_client::Group::DESCRIPTOR)));
    // One that has another kind of `primary` keeps it.
    let schema = json!({"id": "urn:x:2.0:Y", "name": "Y", "attributes": [
        {"name": "ports", "type": "complex", "multiValued": true, "subAttributes": [
            {"name": "primary", "type": "string", "multiValued": false}]}]});
    let types = scim_client::dynamic::ResourceTypes::from_json(&schema.to_string()).unwrap();
    let schema = types.by_schema("urn:x:2.0:Y").unwrap().descriptor();
    assert!(!filter.matches(Subject::json(&document, schema)));
}

#[test]
fn groups_have_no_primary_members() {
    let group = json!({"id": "1", "displayName": "g", "members": [{"value": "a"}]});
    let mut group = Stored::<scim_client::Group>::from_json(&group.to_string()).unwrap();
    let remove = r#"{"Operations":[{"op":"remove","path":"members[primary eq false]"}]}"#;
    let remove = PatchOp::from_json(remove, &[]).unwrap();
    let _refused_or_nothing = remove.apply(&mut group, &ApplyOptions::default());
    assert_eq!(group.members.len(), 1);
}

#[test]
fn user_names_are_prepared_and_nothing_else_is() {
    let user = |name: &str| User::new(name).with_display_name(name);
    let by = |path: &str, one: &str, two: &str| {
        let path = path.parse().unwrap();
        let (one, two) = (user(one), user(two));
        let subjects = (Subject::resource(&one), Subject::resource(&two));
        compare(subjects.0, subjects.1, &path, SortOrder::Ascending)
    };
    assert_eq!(by("userName", "Ren\u{e9}", "RENE\u{301}"), Ordering::Equal);
    assert_eq!(by("userName", "\u{ff42}", "a"), Ordering::Greater);
    assert_eq!(by("userName", "\u{ff42}", "B"), Ordering::Equal);
    assert_ne!(
        by("displayName", "Ren\u{e9}", "RENE\u{301}"),
        Ordering::Equal
    );

    // By the name in any schema, and where the facts ask for it.
    let json = json!({"userName": "Ren\u{e9}", "login": "Ren\u{e9}", "password": "Ren\u{e9}"});
    for (filter, answer) in [
        ("userName eq \"RENE\u{301}\"", true),
        ("login eq \"Rene\u{301}\"", true),
        ("login eq \"RENE\u{301}\"", false),
        ("password eq \"Rene\u{301}\"", true),
        ("password eq \"rene\u{301}\"", false),
    ] {
        let filter: Filter = filter.parse().unwrap();
        let subject = Subject::json(&json, &Login);
        assert_eq!(filter.matches(subject), answer, "{filter}");
    }
}

/// A schema that says of an attribute what no table does: how its text is prepared.
struct Login;

impl SchemaView for Login {
    fn urn(&self) -> Option<&str> {
        None
    }

    fn is_extension(&self, _: &str) -> bool {
        false
    }

    fn attribute(&self, _: Option<&str>, name: &str, _: Option<&str>) -> Option<AttributeFacts> {
        let text = AttributeFacts::new(DataType::String);
        match name {
            "userName" | "password" => Some(text.case_exact(false)),
            "login" => Some(text.case_exact(true).prepared_as(Preparation::UserName)),
            _ => None,
        }
    }
}

#[tokio::test]
async fn user_names_are_unique_once_prepared() {
    let provider = ServiceProvider::new();
    let create = |name: &'static str| {
        let provider = provider.clone();
        async move { send(&provider, "POST", "/Users", json!({"userName": name})).await }
    };
    let rene = create("Ren\u{e9}").await;
    // What is stored is what was sent.
    assert_eq!(
        (rene.status, &rene.body["userName"]),
        (201, &json!("Ren\u{e9}"))
    );
    for same in ["Rene\u{301}", "REN\u{c9}", "\u{ff32}ene\u{301}"] {
        assert_eq!(create(same).await.error(), (409, "uniqueness"), "{same}");
    }
    assert_eq!(create("Rene").await.status, 201);
    let id = rene.body["id"].as_str().unwrap();
    // A resource may take another spelling of its own name.
    let body = json!({"userName": "Rene\u{301}"});
    let answer = send(&provider, "PUT", &format!("/Users/{id}"), body).await;
    assert_eq!(answer.body["userName"], "Rene\u{301}");
    let found = query(&provider, "/Users", "userName eq \"REN\u{c9}\"").await;
    assert_eq!(found.total(), 1);
    let other =
        json!({"userName": "O'Hara\u{a0}x", "profileUrl": Reference::<User>::new("a").as_str()});
    assert_eq!(send(&provider, "POST", "/Users", other).await.status, 201);
}
