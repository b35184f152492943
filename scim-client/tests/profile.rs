//! Profiles: the shipped ones, reading them, and what the client makes of them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

mod common;

use common::scripted::{Scripted, answer};
use scim_client::{
    Client, ErrorKind, Group, Profile, Stored, User,
    client::{Bulk, Capabilities, Operation as _},
    group::Member,
    http::{Request, Response},
    patch::{Dialect, Patch},
};

const SCIM: &str = "application/scim+json";
const GROUP: &str = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"id":"g",
    "meta":{"version":"W/\"1\""},"displayName":"Guides"}"#;

fn client(service: &Scripted, profile: Profile) -> Client {
    // What is done to a resource is not looked at: the servers here have one answer to everything.
    let builder = Client::builder("https://scim.example/v2").check_applied(false);
    let builder = builder.profile(profile);
    builder.service(service.clone()).build().unwrap()
}

fn named(name: &str) -> Profile {
    Profile::named(name).unwrap()
}

fn run<T>(future: impl IntoFuture<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.unwrap().block_on(future.into_future())
}

fn members(count: usize) -> Vec<Member> {
    (0..count).map(|id| Member::new(id.to_string())).collect()
}

#[test]
fn every_shipped_profile_can_be_read_and_says_where_it_is_from() {
    assert_eq!(Profile::NAMES.len(), 12);
    for name in Profile::NAMES {
        let profile = named(name);
        assert!(!profile.name.is_empty(), "{name}");
        assert!(!profile.facts.is_empty(), "{name}");
        for fact in &profile.facts {
            assert!(!fact.says.is_empty() && !fact.source.is_empty(), "{name}");
        }
    }
    assert_eq!(Profile::named("acme"), None);
}

/// Nothing is invented: each member rests on a fact, and each fact points at members that exist.
#[test]
fn every_member_of_a_shipped_profile_rests_on_a_fact() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../scim-models/src/profile");
    for name in Profile::NAMES {
        let text = std::fs::read_to_string(format!("{folder}/{name}.json")).unwrap();
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        let facts = named(name).facts;
        let sets: Vec<&str> = facts.iter().flat_map(|f| &f.sets).map(|s| &**s).collect();
        for pointer in &sets {
            assert!(value.pointer(pointer).is_some(), "{name}: {pointer}");
        }
        for (key, member) in value.as_object().unwrap() {
            if ["name", "facts"].contains(&key.as_str()) {
                continue;
            }
            let leaves: Vec<String> = match member.as_object() {
                Some(object) => object.keys().map(|k| format!("/{key}/{k}")).collect(),
                None => vec![format!("/{key}")],
            };
            for leaf in leaves {
                assert!(sets.contains(&leaf.as_str()), "{name}: {leaf} has no fact");
            }
        }
    }
}

#[test]
fn a_profile_refines_a_shipped_one() {
    let text = r#"{"base": "aws", "pageSize": 20, "capabilities": {"bulk": true},
        "documented": {"bulk": false, "sort": true}, "patch": {"maxAdded": 7}}"#;
    let profile = Profile::from_json(text).unwrap();
    assert_eq!(profile.name, "AWS IAM Identity Center");
    assert_eq!(profile.page_size, Some(20));
    assert_eq!(profile.capabilities.bulk, Some(true));
    assert_eq!(profile.capabilities.sort, Some(true));
    assert_eq!(profile.capabilities.search, Some(false));
    let patch = profile.patch.unwrap();
    assert_eq!((patch.max_added, patch.max_changed), (Some(7), Some(100)));
}

#[test]
fn wrong_profiles_say_what_and_where() {
    let cases = [
        ("{", "", "not valid JSON"),
        ("[]", "", "expected an object"),
        (r#"{"pagesize": 1}"#, "/pagesize", "misspelt"),
        (r#"{"pageSize": 0}"#, "/pageSize", "above 0"),
        (
            r#"{"patch": {"maxadded": 1}}"#,
            "/patch/maxadded",
            "misspelt",
        ),
        (
            r#"{"patch": {"removal": "x"}}"#,
            "/patch/removal",
            "valueList",
        ),
        (
            r#"{"capabilities": {"put": 1}}"#,
            "/capabilities/put",
            "true or false",
        ),
        (r#"{"neverReturned": ["members"]}"#, "/neverReturned", "URN"),
        (
            r#"{"filter": {"operators": ["like"]}}"#,
            "/filter/operators",
            "like",
        ),
        (r#"{"base": "acme"}"#, "/base", "acme"),
        (r#"{"facts": [{"says": 1}]}"#, "/facts/0/says", "a text"),
    ];
    for (text, pointer, message) in cases {
        let error = Profile::from_json(text).unwrap_err();
        assert_eq!(error.pointer(), pointer, "{error}");
        assert!(error.message().contains(message), "{error}");
    }
}

#[test]
fn the_user_wins_over_the_profile() {
    let mut own = Capabilities::default();
    own.bulk = Some(true);
    let service = Scripted::answers(200, SCIM, "{}");
    let client = Client::builder("https://scim.example/v2")
        .capabilities(own)
        .profile(named("aws"))
        .service(service)
        .build()
        .unwrap();
    let known = client.capabilities();
    assert_eq!((known.bulk, known.search), (Some(true), Some(false)));
    assert_eq!(client.profile().name, "AWS IAM Identity Center");
}

#[test]
fn pages_filters_and_searches_follow_the_profile() {
    let service = Scripted::answers(200, SCIM, r#"{"totalResults":0}"#);
    let aws = client(&service, named("aws")).resource::<User>();
    run(aws.query()).unwrap();
    run(aws
        .query()
        .filter(|u| u.user_name.eq("a") & u.display_name.eq("b")))
    .unwrap();
    assert_eq!(service.seen()[0].0, "GET /v2/Users?count=50");
    let refused = [
        aws.query().filter(|u| u.user_name.sw("a")).request(),
        aws.query().filter(|u| u.display_name.pr()).request(),
        aws.query()
            .filter(|u| u.user_name.eq("a") | u.user_name.eq("b"))
            .request(),
        aws.query().via_post().request(),
        client(&service, named("snowflake"))
            .resource::<User>()
            .query()
            .request(),
    ];
    for (index, refused) in refused.into_iter().enumerate() {
        let error = refused.map(|r| r.uri().to_string()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{index}: {error}");
    }
    let databricks = client(&service, named("databricks")).resource::<User>();
    let mut query = databricks.query();
    for n in 0..200 {
        query = query.filter(|u| u.user_name.ne(n.to_string()));
    }
    let error = query.request().unwrap_err().to_string();
    assert!(error.contains("201 parts"), "{error}");
    assert_eq!(service.seen().len(), 2);
}

#[test]
fn what_was_read_without_a_hidden_attribute_is_not_written_back() {
    let service = Scripted::answers(200, SCIM, GROUP);
    let groups = client(&service, named("aws")).resource::<Group>();
    let mut group = Stored::<Group>::from_json(GROUP).unwrap();
    let error = run(groups.replace(&group)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(error.to_string().contains("`members`"), "{error}");
    run(groups.replace_at("g", &group)).unwrap();
    group.members = members(1);
    run(groups.replace(&group)).unwrap();
    // Users have no such attribute.
    let user = r#"{"id":"u","userName":"a"}"#;
    let user = Stored::<User>::from_json(user).unwrap();
    assert!(
        client(&service, named("aws"))
            .resource::<User>()
            .replace(&user)
            .request()
            .is_ok()
    );
    // Without PATCH, an update is a PUT, and just as dangerous.
    let mut profile = named("aws");
    profile.capabilities.patch = Some(false);
    let groups = client(&service, profile).resource::<Group>();
    let group = Stored::<Group>::from_json(GROUP).unwrap();
    let error = run(groups.update(&group, |g| g.display_name = "x".into())).unwrap_err();
    assert!(error.to_string().contains("`members`"), "{error}");
    assert_eq!(service.seen().len(), 2);
}

#[test]
fn there_is_no_put_where_there_is_none() {
    let service = Scripted::answers(204, SCIM, "");
    let groups = client(&service, named("entra")).resource::<Group>();
    let error = run(groups.replace_at("g", &Group::new("x"))).unwrap_err();
    assert!(error.to_string().contains("no PUT"), "{error}");
    assert_eq!(service.seen(), []);
}

/// Each request has the version that the one before it made.
fn versioned() -> Scripted {
    let count = std::sync::atomic::AtomicUsize::new(1);
    Scripted::new(move |request: &Request<String>| -> Response<String> {
        let version = count.load(std::sync::atomic::Ordering::SeqCst);
        if request.method() == "GET" {
            return answer(200, SCIM, GROUP);
        }
        assert_eq!(request.headers()["If-Match"], format!("W/\"{version}\""));
        count.store(version + 1, std::sync::atomic::Ordering::SeqCst);
        let mut response = answer(204, SCIM, "");
        let tag = format!("W/\"{}\"", version + 1);
        response.headers_mut().insert("etag", tag.parse().unwrap());
        response
    })
}

#[test]
fn a_patch_is_sent_in_as_many_requests_as_the_profile_wants() {
    let service = versioned();
    let groups = client(&service, named("entra")).resource::<Group>();
    let group = Stored::<Group>::from_json(GROUP).unwrap();
    let patch = groups.patch(&group).add(|g| g.members, members(45));
    let error = patch.request().unwrap_err().to_string();
    assert!(error.contains("3 requests"), "{error}");
    run(patch).unwrap();
    let methods: Vec<_> = service.seen().into_iter().map(|(line, _)| line).collect();
    let patches = ["PATCH /v2/Groups/g"; 3];
    assert_eq!(methods[..3], patches);
    assert_eq!(methods[3..], ["GET /v2/Groups/g"]);

    let service = versioned();
    let groups = client(&service, named("entra")).resource::<Group>();
    let update = groups.update(&group, |g| {
        g.display_name = "Other".into();
        g.members = members(21);
    });
    run(update).unwrap();
    let patches = service.seen();
    assert_eq!(
        patches
            .iter()
            .filter(|(m, _)| m.starts_with("PATCH"))
            .count(),
        3
    );
}

#[test]
fn versions_media_type_and_endpoints_follow_the_profile() {
    let service = Scripted::new(|request: &Request<String>| {
        if request.method() == "PATCH" {
            assert_eq!(request.headers()["If-Match"], "\"5f3c\"");
            assert_eq!(request.headers()["content-type"], "application/json");
        }
        answer(200, SCIM, GROUP)
    });
    let mut profile = named("sap-ias");
    profile.media_type = Some("application/json".to_owned());
    let groups = client(&service, profile.clone()).resource::<Group>();
    let bare = GROUP.replace(r#"W/\"1\""#, "5f3c");
    let group = Stored::<Group>::from_json(&bare).unwrap();
    run(groups.patch(&group).replace(|g| g.display_name, "x")).unwrap();
    let again = groups.refresh(&group).request().unwrap();
    assert_eq!(again.headers()["If-None-Match"], "\"5f3c\"");
    let mut bulk = groups.client().bulk();
    bulk.delete(&group);
    let plan = bulk.plan().unwrap();
    assert_eq!(plan[0].operations[0].version.as_deref(), Some("\"5f3c\""));
    profile.media_type = Some("a\nb".to_owned());
    let wrong = Client::builder("https://scim.example/v2")
        .profile(profile)
        .service(service);
    assert_eq!(wrong.build().unwrap_err().kind(), ErrorKind::Configuration);

    let service = Scripted::answers(200, SCIM, r#"{"Resources":[]}"#);
    run(client(&service, named("salesforce")).discover()).unwrap();
    assert_eq!(service.seen()[0].0, "GET /v2/ServiceProviderConfigs");
    assert_eq!(service.seen()[1].0, "GET /v2/ResourceTypes");
}

#[test]
fn a_dialect_alone_will_do() {
    let mut profile = Profile::default();
    profile.patch = Some(Dialect::rfc().with_capitalised_ops(true));
    let service = Scripted::answers(200, SCIM, GROUP);
    let groups = client(&service, profile).resource::<Group>();
    run(groups.patch("g").replace(|g| g.display_name, "x")).unwrap();
    assert!(service.seen()[0].1.contains(r#""op":"Replace""#));
}

#[test]
fn what_is_said_later_does_not_undo_the_profile() {
    let service = Scripted::answers(200, SCIM, "{}");
    let scim = client(&service, named("aws"));
    let mut own = Capabilities::default();
    own.sort = Some(true);
    own.search = Some(true);
    scim.set_capabilities(own);
    let known = scim.capabilities();
    assert_eq!((known.bulk, known.sort), (Some(false), Some(true)));
    assert_eq!(known.search, Some(true));
}

/// Through a bulk, whether it is one or single requests, the profile holds as it does without.
#[test]
fn a_bulk_does_not_write_what_single_requests_would_not() {
    let service = Scripted::answers(200, SCIM, GROUP);
    let group = Stored::<Group>::from_json(GROUP).unwrap();
    let refused = |profile: Profile, build: &dyn Fn(&mut Bulk)| {
        let mut bulk = client(&service, profile).bulk();
        build(&mut bulk);
        let error = run(bulk.fall_back_to_single_requests()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{error}");
        error.to_string()
    };
    let replace = |bulk: &mut Bulk| {
        bulk.replace(&group);
    };
    assert!(refused(named("aws"), &replace).contains("`members`"));
    let no_put = refused(named("entra"), &|bulk| {
        bulk.replace_at("g", &Group::new("x"));
    });
    assert!(no_put.contains("no PUT"), "{no_put}");
    let mut profile = named("aws");
    profile.capabilities.patch = Some(false);
    let update = |bulk: &mut Bulk| {
        bulk.update(&group, |g| g.display_name = "x".into());
    };
    assert!(refused(profile.clone(), &update).contains("`members`"));
    let patch = |bulk: &mut Bulk| {
        bulk.patch(&group, |p| p.replace(|g| g.display_name, "x"));
    };
    assert!(refused(profile, &patch).contains("no PATCH"));
    assert!(service.seen().is_empty());
    let mut profile = named("aws");
    profile.capabilities.me = None;
    let me = client(&service, profile).me::<Group>();
    let error = me.replace(&group).request().unwrap_err();
    assert!(error.to_string().contains("`members`"), "{error}");
    // Whoever says it outright may.
    let mut bulk = client(&service, named("aws")).bulk();
    bulk.replace_at("g", &Group::new("x"));
    let results = run(bulk.fall_back_to_single_requests()).unwrap();
    assert!(results.all_done());
    assert_eq!(service.seen()[0].0, "PUT /v2/Groups/g");
}

#[test]
fn a_patch_in_a_bulk_is_in_the_dialect_of_the_profile() {
    let service = Scripted::answers(200, SCIM, r#"{"Operations":[]}"#);
    let mut profile = Profile::default();
    profile.patch = Some(Dialect::rfc().with_capitalised_ops(true));
    let mut bulk = client(&service, profile).bulk();
    bulk.patch("g", |p: Patch<Group>| p.replace(|g| g.display_name, "x"));
    run(bulk).unwrap();
    assert!(service.seen()[0].1.contains(r#""op":"Replace""#));

    // What takes several requests cannot be one operation of a bulk.
    let service = versioned();
    let group = Stored::<Group>::from_json(GROUP).unwrap();
    let mut profile = Profile::default();
    profile.patch = Some(Dialect::rfc().with_max_added(Some(20)));
    let mut bulk = client(&service, profile).bulk();
    let patched = bulk.patch(&group, |p| p.add(|g| g.members, members(45)));
    for error in [bulk.plan().unwrap_err(), run(bulk.clone()).unwrap_err()] {
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert!(error.to_string().contains("3 requests"), "{error}");
    }
    assert!(service.seen().is_empty());
    // Each of the three asks for the version that the one before it made.
    let results = run(bulk.fall_back_to_single_requests()).unwrap();
    assert_eq!(results.requests(), 3);
    let done = results.get(patched).into_result().unwrap();
    assert_eq!(done.version(), Some("W/\"4\""));
    let seen = service.seen();
    let counts = seen.iter().map(|(line, body)| {
        assert_eq!(line, "PATCH /v2/Groups/g");
        body.matches(r#""value":""#).count()
    });
    assert_eq!(counts.collect::<Vec<_>>(), [20, 20, 5]);
}

/// Nobody knows whether the first part will be done.
#[test]
fn a_patch_whose_first_part_is_done_later_goes_no_further() {
    let service = Scripted::answers(202, SCIM, "");
    let scim = client(&service, named("aws"));
    let groups = scim.resource::<Group>();
    let patch = groups.patch("g").add(|g| g.members, members(250));
    let error = run(patch.clone()).unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 202);
    assert!(error.is_outcome_unknown());
    // It is not asked for, either.
    run(patch.respond_async(None)).unwrap_err();
    assert!(!service.headers(1).contains_key("prefer"));
    let mut bulk = scim.bulk();
    let patched = bulk.patch("g", |p: Patch<Group>| p.add(|g| g.members, members(250)));
    let results = run(bulk.fall_back_to_single_requests()).unwrap();
    let error = results.get(patched).into_result().unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 202);
    assert!(error.is_outcome_unknown());
    assert_eq!(service.seen().len(), 3);
}

#[test]
fn a_patch_that_was_half_done_in_a_bulk_is_not_called_undone() {
    let count = std::sync::atomic::AtomicUsize::new(0);
    let service =
        Scripted::new(
            move |_| match count.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
                0 => answer(204, SCIM, ""),
                _ => answer(401, SCIM, ""),
            },
        );
    let mut bulk = client(&service, named("aws")).bulk();
    let patched = bulk.patch("g", |p: Patch<Group>| p.add(|g| g.members, members(250)));
    // 401 ends it all, but not as if nothing had been done.
    let results = run(bulk.fall_back_to_single_requests()).unwrap();
    let error = results.get(patched).into_result().unwrap_err();
    assert!(
        error.is_unauthorized() && error.is_outcome_unknown(),
        "{error}"
    );
    assert_eq!(service.seen().len(), 2);
}
