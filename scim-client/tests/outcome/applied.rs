//! Servers that answer with success and change nothing.

use scim_client::{
    Error, ErrorKind, Group, Profile, Stored, User,
    client::{Deferred, Operation as _, Written},
    group::Member,
    http::Response,
    user::{Email, Name},
};

use super::{
    EMPTY_GROUP, GROUP, USER, answering, builder, group, methods, place, scripted::json, silent,
    stored, user,
};

type Change = fn(&mut User);

/// Changes of a user, each with where it is and what is found there.
const CHANGES: [(&str, Change, &str, &str); 14] = [
    (
        "a sub-attribute",
        |u| u.name.as_mut().unwrap().family_name = Some("Smith".into()),
        "name.familyName",
        r#""Jensen""#,
    ),
    (
        "a sub-attribute taken away",
        |u| u.name.as_mut().unwrap().given_name = None,
        "name.givenName",
        r#""Barbara""#,
    ),
    (
        "a complex attribute taken away",
        |u| u.name = None,
        "name.familyName",
        r#""Jensen""#,
    ),
    (
        "a first value",
        |u| u.title = Some("CTO".into()),
        "title",
        "-",
    ),
    ("a boolean", |u| u.active = Some(false), "active", "true"),
    (
        "userName",
        |u| u.user_name = "babs".into(),
        "userName",
        r#""bjensen""#,
    ),
    (
        "an element taken away",
        |u| u.emails.truncate(1),
        "emails",
        r#"{"value":"b@home.example","type":"home"}"#,
    ),
    (
        "an element added",
        |u| u.emails.push(Email::new("b@new.example")),
        "emails",
        "-",
    ),
    (
        "an element changed",
        |u| u.emails[1].value = Some("babs@home.example".into()),
        "emails",
        r#"{"value":"b@home.example","type":"home"}"#,
    ),
    (
        "the display of an element",
        |u| u.emails[1].display = Some("home".into()),
        "emails.display",
        "-",
    ),
    (
        "what has no value",
        |u| u.addresses[0].locality = Some("Oslo".into()),
        "addresses.locality",
        r#""Hollywood""#,
    ),
    (
        "all elements taken away",
        |u| u.roles.clear(),
        "roles",
        r#"{"value":"admin"}"#,
    ),
    (
        "an extension",
        |u| u.enterprise_user.as_mut().unwrap().department = Some("Sales".into()),
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
        r#""Tours""#,
    ),
    (
        "what no schema knows",
        |u| {
            u.extra
                .insert("shoeSize", scim_client::Json::parse("42").unwrap());
        },
        "shoesize",
        "41",
    ),
];

#[tokio::test]
async fn update_patch_and_replace_of_a_user() {
    for (name, change, path, found) in CHANGES {
        let check = |error: Error| {
            let (at, _, is) = place(&error);
            assert_eq!((at.as_str(), is.as_str()), (path, found), "{name}");
            assert!(!error.is_outcome_unknown(), "{name}");
            // The answer is in it.
            assert_eq!(error.not_applied().unwrap().response(), USER, "{name}");
            assert_eq!(error.status().unwrap(), 200, "{name}");
            // The values are not in the words, and the profile is.
            let text = format!("{error} {error:?}");
            assert!(text.contains(path), "{text}");
            for value in ["Jensen", "Smith", "example\"", "Oslo", "Hollywood"] {
                assert!(!text.contains(value), "{text}");
            }
        };
        let server = answering(USER, USER);
        let client = builder(&server).build().unwrap();
        let users = client.resource::<User>();
        let error = users.update(&user(), change).await.unwrap_err();
        assert!(error.advice().unwrap().contains("noPaths"), "{error}");
        check(error);

        // The same patch, with and without the resource as it was read.
        let patch = users.update(&user(), change).patch().unwrap();
        check(users.patch(&user()).then(patch.clone()).await.unwrap_err());
        let by_id = users.patch("1").then(patch.clone()).await.unwrap_err();
        assert_eq!(place(&by_id).0, path, "{name}");

        let mut changed = user();
        change(&mut changed);
        let error = users.replace(&changed).await.unwrap_err();
        assert!(error.to_string().contains("\"put\": false"), "{error}");
        check(error);

        let me = client.me::<User>();
        check(me.replace(&changed).await.unwrap_err());
        check(
            me.patch_stored(&user())
                .then(patch.clone())
                .await
                .unwrap_err(),
        );
        assert_eq!(
            place(&me.patch().then(patch).await.unwrap_err()).0,
            path,
            "{name}"
        );
    }
}

#[tokio::test]
async fn the_put_in_place_of_a_patch() {
    let server = super::scripted::Scripted::new(|request| match request.method().as_str() {
        "PATCH" => json(501, ""),
        _ => json(200, USER),
    });
    let users = builder(&server).build().unwrap().resource::<User>();
    let update = users.update(&user(), |u| u.title = Some("CTO".into()));
    let error = update.await.unwrap_err();
    assert_eq!(place(&error).0, "title");
    assert_eq!(methods(&server), ["PATCH", "PUT", "GET"]);
}

#[tokio::test]
async fn members() {
    let server = answering(GROUP, GROUP);
    let groups = builder(&server).build().unwrap().resource::<Group>();
    let found = r#"{"value":"u2","type":"User"}"#;
    let error = groups
        .update(&group(), |g| g.members.truncate(1))
        .await
        .unwrap_err();
    assert_eq!(place(&error), ("members".into(), "-".into(), found.into()));
    for error in [
        groups
            .patch(&group())
            .remove(|g| g.members.filter(|m| m.value.eq("u2")))
            .await,
        groups
            .patch("g")
            .remove(|g| g.members.filter(|m| m.value.eq("u2")))
            .await,
    ] {
        assert_eq!(place(&error.unwrap_err()).2, found);
    }
    for result in [
        groups.patch("g").remove(|g| g.members).await,
        groups.patch(&group()).remove(|g| g.members).await,
    ] {
        let error = result.unwrap_err();
        assert_eq!(error.not_applied().unwrap().count(), 2);
        assert!(error.to_string().contains("and one more"), "{error}");
    }
    for result in [
        groups
            .patch("g")
            .add(|g| g.members, vec![Member::new("u3")])
            .await,
        groups
            .patch(&group())
            .add(|g| g.members, vec![Member::new("u3")])
            .await,
        groups
            .patch("g")
            .replace(|g| g.members, vec![Member::new("u3")])
            .await,
        groups
            .patch("g")
            .replace(|g| g.members, vec![Member::new("u1")])
            .await,
    ] {
        assert_eq!(place(&result.unwrap_err()).0, "members");
    }
    // The first member of a group that shows none.
    let server = answering(EMPTY_GROUP, EMPTY_GROUP);
    let groups = builder(&server).build().unwrap().resource::<Group>();
    let empty = stored::<Group>(EMPTY_GROUP);
    let update = groups.update(&empty, |g| g.members.push(Member::new("u1")));
    let error = update.await.unwrap_err();
    assert_eq!(
        place(&error),
        ("members".into(), r#"{"value":"u1"}"#.into(), "-".into())
    );
    assert!(error.advice().unwrap().contains("neverReturned"));
    // It was looked for before anything was said.
    assert_eq!(methods(&server), ["PATCH", "GET"]);
}

#[tokio::test]
async fn one_exchange_and_two_halves() {
    let server = answering(USER, USER);
    let users = builder(&server).build().unwrap().resource::<User>();
    let patch = || {
        users
            .patch(&user())
            .replace(|u| u.name.family_name, "Smith")
    };
    assert_eq!(
        place(&patch().no_refetch().await.unwrap_err()).0,
        "name.familyName"
    );
    let deferred = patch().respond_async(None).await;
    assert!(matches!(&deferred, Err(error) if place(error).0 == "name.familyName"));
    let answer = Response::new(USER.into());
    assert_eq!(
        place(&patch().decode(answer).unwrap_err()).0,
        "name.familyName"
    );
    let mut changed = user();
    changed.title = Some("CTO".into());
    let error = users.replace(&changed).no_refetch().await.unwrap_err();
    assert_eq!(place(&error).0, "title");
    // Nothing is known of what shows nothing.
    let server = silent(&[USER]);
    let users = builder(&server).build().unwrap().resource::<User>();
    let written = users
        .patch("1")
        .replace(|u| u.title, "CTO")
        .no_refetch()
        .await;
    assert!(matches!(written, Ok(Written::NoBody(_))));
    let done = users
        .patch("1")
        .replace(|u| u.title, "CTO")
        .respond_async(None)
        .await;
    assert!(matches!(done, Ok(Deferred::Done(Written::NoBody(_)))));
}

#[tokio::test(start_paused = true)]
async fn after_204_it_is_read_twice_and_then_unknown() {
    let server = silent(&[USER]);
    let users = builder(&server).build().unwrap().resource::<User>();
    let started = tokio::time::Instant::now();
    let update = users.update(&user(), |u| {
        u.name.as_mut().unwrap().family_name = Some("S".into());
    });
    let error = update.await.unwrap_err();
    assert_eq!(place(&error).0, "name.familyName");
    assert!(error.is_outcome_unknown());
    assert_eq!(methods(&server), ["PATCH", "GET", "GET"]);
    let waited = started.elapsed().as_millis();
    assert!((100..2000).contains(&waited), "{waited}");

    // A copy that lagged behind.
    const NEW: &str = r#"{"id": "1", "userName": "bjensen", "title": "CTO"}"#;
    const OLD: &str = r#"{"id": "1", "userName": "bjensen", "title": "Guide"}"#;
    for reads in [&[OLD, NEW][..], &[NEW]] {
        let server = silent(Box::leak(reads.to_vec().into_boxed_slice()));
        let users = builder(&server).build().unwrap().resource::<User>();
        let old = stored::<User>(OLD);
        let now = users
            .update(&old, |u| u.title = Some("CTO".into()))
            .await
            .unwrap();
        assert_eq!(now.title.as_deref(), Some("CTO"));
        assert_eq!(server.seen().len(), 1 + reads.len());
    }
}

#[tokio::test]
async fn a_short_answer_is_completed_by_reading() {
    const SHORT: &str = r#"{"id": "1", "userName": "bjensen"}"#;
    const LONG: &str = r#"{"id": "1", "userName": "bjensen", "title": "CTO", "nickName": "b"}"#;
    let server = answering(SHORT, LONG);
    let users = builder(&server).build().unwrap().resource::<User>();
    let short = stored::<User>(SHORT);
    let now = users
        .update(&short, |u| u.title = Some("CTO".into()))
        .await
        .unwrap();
    assert_eq!(now.nick_name.as_deref(), Some("b"));
    assert_eq!(methods(&server), ["PATCH", "GET"]);
}

#[tokio::test]
async fn a_write_without_the_old_values() {
    // What the service provider must have, and does not make up.
    let server = answering(USER, USER);
    let users = builder(&server).build().unwrap().resource::<User>();
    let error = users
        .replace_at("1", &User::new("somebody"))
        .await
        .unwrap_err();
    assert_eq!(
        place(&error),
        (
            "userName".into(),
            r#""somebody""#.into(),
            r#""bjensen""#.into()
        )
    );
    users.replace_at("1", &User::new("BJensen")).await.unwrap();
}

#[tokio::test]
async fn a_resource_is_new_after_it_was_written() {
    let server = silent(&[USER]);
    let users = builder(&server).build().unwrap().resource::<User>();
    let mut babs = user();
    babs.title = Some("CTO".into());
    let Written::NoBody(receipt) = users.replace(&babs).no_refetch().await.unwrap() else {
        panic!("a body");
    };
    receipt.renew(&mut babs);
    // What was true before that write says nothing of the next one.
    babs.title = Some("CEO".into());
    let server = answering(r#"{"id":"1","userName":"bjensen","title":"CEO"}"#, USER);
    let users = builder(&server).build().unwrap().resource::<User>();
    users.replace(&babs).await.unwrap();
}

#[tokio::test]
async fn it_can_be_switched_off() {
    let server = answering(USER, USER);
    let on = builder(&server).build().unwrap().resource::<User>();
    let off = builder(&server).check_applied(false).build().unwrap();
    let mut changed = user();
    changed.title = Some("CTO".into());
    let title = |u: &mut User| u.title = Some("CTO".into());
    on.update(&user(), title)
        .check_applied(false)
        .await
        .unwrap();
    on.patch("1")
        .replace(|u| u.title, "CTO")
        .check_applied(false)
        .await
        .unwrap();
    on.replace(&changed).check_applied(false).await.unwrap();
    off.resource::<User>().update(&user(), title).await.unwrap();
    off.resource::<User>().replace(&changed).await.unwrap();
    off.resource::<User>()
        .patch("1")
        .replace(|u| u.title, "CTO")
        .await
        .unwrap();
    assert!(!methods(&server).contains(&"GET".to_owned()));
}

#[tokio::test]
async fn what_is_never_returned_or_not_asked_for_is_not_missed() {
    let server = answering(EMPTY_GROUP, EMPTY_GROUP);
    let aws = Profile::named("aws").unwrap();
    let groups = builder(&server)
        .profile(aws)
        .build()
        .unwrap()
        .resource::<Group>();
    groups
        .patch("g")
        .add(|g| g.members, vec![Member::new("u1")])
        .await
        .unwrap();

    let server = answering(USER, USER);
    let users = builder(&server).build().unwrap().resource::<User>();
    users
        .update(&user(), |u| u.password = "t0p-secret".into())
        .await
        .unwrap();
    users
        .patch("1")
        .replace(|u| u.password, "t0p-secret".to_owned())
        .await
        .unwrap();

    const SHORT: &str = r#"{"id": "1", "userName": "bjensen"}"#;
    let server = answering(SHORT, SHORT);
    let users = builder(&server).build().unwrap().resource::<User>();
    let title = |u: &mut User| u.title = Some("CTO".into());
    let short = stored::<User>(SHORT);
    users
        .update(&short, title)
        .attributes(|u| u.user_name)
        .await
        .unwrap();
    users
        .update(&short, title)
        .excluded_attributes(|u| u.title)
        .await
        .unwrap();
    users
        .update(&short, title)
        .parameter("attributes", "userName")
        .await
        .unwrap();
    // What is asked for and does not come is not there.
    let asked = users
        .update(&short, title)
        .attributes(|u| (u.user_name, u.title))
        .await;
    assert_eq!(place(&asked.unwrap_err()).0, "title");
    // An old value that is shown is one, whatever was asked for.
    let server = answering(USER, USER);
    let users = builder(&server).build().unwrap().resource::<User>();
    let name = |u: &mut User| u.name = Some(Name::default());
    let asked = users
        .update(&user(), name)
        .attributes(|u| u.name.family_name)
        .await;
    assert_eq!(place(&asked.unwrap_err()).0, "name.familyName");
}

#[tokio::test]
async fn a_refused_path_has_advice() {
    let body = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"400","scimType":"invalidPath"}"#;
    for (status, body, advice) in [
        (400, body, "noPaths"),
        (501, "", "\"patch\": false"),
        (405, "", "\"patch\": false"),
    ] {
        let server = super::scripted::Scripted::new(move |_| json(status, body));
        let users = builder(&server).build().unwrap().resource::<User>();
        let error = users
            .patch("1")
            .replace(|u| u.title, "CTO")
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Status);
        assert!(error.to_string().contains(advice), "{error}");
    }
}

#[tokio::test]
async fn a_stored_resource_is_the_same_whether_it_was_touched_or_not() {
    let untouched = user();
    let mut touched: Stored<User> = user();
    touched.title = None;
    assert_eq!(untouched, touched);
    assert_eq!(untouched.to_json(), touched.to_json());
}
