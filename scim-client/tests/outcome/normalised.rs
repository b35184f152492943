//! Servers that did what they were told, in their own way.

use scim_client::{
    Group, User,
    group::Member,
    user::{Address, Email, Name, PhoneNumber},
};

use super::{answering, builder, group, stored, user};

type Change = fn(&mut User);

/// A change, and the attributes that the server then has, besides `id` and `userName`.
const APPLIED: [(&str, Change, &str); 19] = [
    (
        "letter case",
        |u| u.title = Some("CTO".into()),
        r#""title": "cto""#,
    ),
    (
        "white space",
        |u| u.title = Some(" Vice  President ".into()),
        r#""title": "Vice President""#,
    ),
    (
        "a telephone number",
        |u| u.phone_numbers.push(PhoneNumber::new("+49 (30) 555-0199")),
        r#""phoneNumbers": [{"value": "tel:+1-201-555-0123", "type": "work"}, {"value": "tel:+49-30-5550199"}]"#,
    ),
    (
        "a telephone number that gets a country",
        |u| u.phone_numbers[0].value = Some("030 5550199".into()),
        r#""phoneNumbers": [{"value": "+49305550199", "type": "work"}]"#,
    ),
    (
        "a telephone number that has its country already",
        |u| u.phone_numbers[0].value = Some("201-555-0123".into()),
        r#""phoneNumbers": [{"value": "tel:+1-201-555-0123", "type": "work"}]"#,
    ),
    (
        "an address in small letters",
        |u| u.emails.push(Email::new("Babs@New.Example")),
        r#""emails": [{"value": "b@work.example", "type": "work", "primary": true}, {"value": "b@home.example", "type": "home"}, {"value": "babs@new.example"}]"#,
    ),
    (
        "another order, and what was added to elements",
        |u| u.emails.push(Email::new("b@new.example")),
        r#""emails": [{"value": "b@new.example", "type": "other", "display": "b", "$ref": "x", "primary": true}, {"value": "b@home.example", "type": "home"}, {"value": "b@work.example", "type": "work"}]"#,
    ),
    (
        "what comes twice",
        |u| {
            u.emails
                .extend([Email::new("b@new.example"), Email::new("B@new.example")]);
        },
        r#""emails": [{"value": "b@new.example"}, {"value": "b@home.example", "type": "home"}, {"value": "b@work.example", "type": "work"}]"#,
    ),
    (
        "an element that is another's twin",
        |u| u.emails.push(Email::new("B@WORK.example")),
        r#""emails": [{"value": "b@work.example", "type": "work", "primary": true}, {"value": "b@home.example", "type": "home"}]"#,
    ),
    (
        "primary moved",
        |u| u.emails[0].primary = None,
        r#""emails": [{"value": "b@work.example", "type": "work", "primary": true}, {"value": "b@home.example", "type": "home"}]"#,
    ),
    (
        "a boolean as a text",
        |u| u.active = Some(false),
        r#""active": "False""#,
    ),
    (
        "a boolean left out",
        |u| u.active = Some(false),
        r#""displayName": "x""#,
    ),
    (
        "an element's address of its own form",
        |u| u.emails[1].value = Some("babs+tag@home.example".into()),
        r#""emails": [{"value": "b@work.example", "type": "work"}, {"value": "babs@home.example", "type": "home"}]"#,
    ),
    (
        "an address, formatted",
        |u| {
            u.addresses
                .push(Address::default().with_type("home").with_country("NO"));
        },
        r#""addresses": [{"type": "work", "locality": "Hollywood", "country": "USA"}, {"type": "home", "country": "no", "formatted": "Norway"}]"#,
    ),
    (
        "a country's code",
        |u| u.addresses[0].country = Some("Germany".into()),
        r#""addresses": [{"type": "work", "locality": "Hollywood", "country": "DE"}]"#,
    ),
    (
        "a value of its own",
        |u| u.title = Some("CTO".into()),
        r#""title": "Chief Technology Officer""#,
    ),
    (
        "what is made of the rest",
        |u| u.name = Some(Name::default().with_family_name("Smith")),
        r#""name": {"familyName": "smith", "formatted": "Smith"}"#,
    ),
    ("what is gone", |u| u.name = None, r#""active": true"#),
    (
        "what no schema knows, as a text",
        |u| {
            u.extra
                .insert("shoeSize", scim_client::Json::parse("42").unwrap());
        },
        r#""shoeSize": "42""#,
    ),
];

#[tokio::test]
async fn nothing_is_said_against_it() {
    for (name, change, attributes) in APPLIED {
        let body = format!(r#"{{"id": "1", "userName": "bjensen", {attributes}}}"#);
        let body: &'static str = Box::leak(body.into_boxed_str());
        let server = answering(body, body);
        let users = builder(&server).build().unwrap().resource::<User>();
        let patch = users.update(&user(), change).patch().unwrap();
        let mut changed = user();
        change(&mut changed);
        let checked = [
            ("update", users.update(&user(), change).await),
            ("patch", users.patch(&user()).then(patch).await),
            ("replace", users.replace(&changed).await),
        ];
        for (operation, result) in checked {
            result.unwrap_or_else(|error| panic!("{name}, {operation}: {error} {error:?}"));
        }
    }
}

#[tokio::test]
async fn nor_where_the_old_values_are_not_known() {
    const NOW: &str = r#"{"id": "1", "userName": "babs@tenant.example", "title": "cto", "active": "true",
        "emails": [{"value": "b@new.example", "type": "work", "primary": true}],
        "phoneNumbers": [{"value": "+49305550199", "type": "work"}],
        "addresses": [{"type": "work", "country": "no"}],
        "meta": {"lastModified": "2011-05-13T04:42:34Z"}}"#;
    let server = answering(NOW, NOW);
    let users = builder(&server).build().unwrap().resource::<User>();
    let patch = || users.patch("1");
    for (name, request) in [
        ("case", patch().replace(|u| u.title, "CTO")),
        ("domain", patch().replace(|u| u.user_name, "babs")),
        (
            "elements",
            patch().add(|u| u.emails, Email::new("B@new.example")),
        ),
        (
            "value",
            patch().replace(
                |u| u.emails.filter(|e| e.type_.eq("work")).at(|e| e.value),
                "b@NEW.example",
            ),
        ),
        (
            "removed",
            patch().remove(|u| u.emails.filter(|e| e.type_.eq("home"))),
        ),
        (
            "number",
            patch().add(|u| u.phone_numbers, PhoneNumber::new("030 5550199")),
        ),
        (
            "address",
            patch().add(
                |u| u.addresses,
                Address::default().with_type("work").with_country("NO"),
            ),
        ),
        ("gone", patch().remove(|u| u.nick_name)),
        ("a default", patch().remove(|u| u.active)),
        (
            "nothing to aim at",
            patch().replace(
                |u| u.emails.filter(|e| e.type_.eq("x")).at(|e| e.value),
                "y",
            ),
        ),
        (
            "twice",
            patch()
                .add(|u| u.title, "Guide")
                .replace(|u| u.title, "CTO"),
        ),
    ] {
        let result = request.await;
        result.unwrap_or_else(|error| panic!("{name}: {error} {:?}", error.not_applied()));
    }
}

#[tokio::test]
async fn members_in_another_form() {
    const NOW: &str = r#"{"id": "g", "displayName": "Guides", "members": [
        {"value": "u3", "type": "User", "$ref": "../Users/u3", "display": "three"},
        {"value": "u1", "$ref": "../Users/u1"}]}"#;
    let server = answering(NOW, NOW);
    let groups = builder(&server).build().unwrap().resource::<Group>();
    let change = |g: &mut Group| {
        g.members
            .retain(|member| member.value.as_deref() != Some("u2"));
        g.members.push(Member::new("u3"));
    };
    groups.update(&group(), change).await.unwrap();
    let mut changed = group();
    change(&mut changed);
    groups.replace(&changed).await.unwrap();
    groups
        .patch("g")
        .add(|g| g.members, vec![Member::new("u3")])
        .await
        .unwrap();
    groups
        .patch("g")
        .replace(|g| g.members, vec![Member::new("u1"), Member::new("u3")])
        .await
        .unwrap();
    // What the service provider added to its members is not to be kept by whoever makes new ones.
    let now = stored::<Group>(NOW);
    let fresh = |g: &mut Group| g.members = vec![Member::new("u1"), Member::new("u3")];
    groups.update(&now, fresh).await.unwrap();
    let mut changed = now.clone();
    fresh(&mut changed);
    groups.replace(&changed).await.unwrap();
    // One that does not show its members shows nothing of them.
    const SHORT: &str = r#"{"id": "g", "displayName": "Guides"}"#;
    let server = answering(SHORT, SHORT);
    let groups = builder(&server).build().unwrap().resource::<Group>();
    groups.update(&group(), change).await.unwrap();
    groups
        .update(&group(), |g| g.members.clear())
        .await
        .unwrap();
}

#[tokio::test]
async fn a_change_of_form_only_may_be_undone() {
    const NOW: &str = r#"{"id": "1", "userName": "bjensen", "phoneNumbers": [{"value": "tel:+1-201-555-0123", "type": "work"}]}"#;
    let server = answering(NOW, NOW);
    let users = builder(&server).build().unwrap().resource::<User>();
    let now = stored::<User>(NOW);
    users
        .update(&now, |u| u.user_name = "BJensen".into())
        .await
        .unwrap();
    let number = |u: &mut User| u.phone_numbers[0].value = Some("+1 (201) 555 0123".into());
    users.update(&now, number).await.unwrap();
}

/// The same write once more: the old value is the new one in the server's form.
#[tokio::test]
async fn what_was_normalised_before_may_be_written_again() {
    const NOW: &str = r#"{"id": "1", "userName": "bjensen", "title": "cto", "displayName": "Vice President",
        "preferredLanguage": "en-US", "profileUrl": "https://x.example/v2/babs", "shoeSize": "42 eu",
        "emails": [{"value": "b@work.example", "type": "work", "display": "Barbara Jensen"}],
        "phoneNumbers": [{"value": "tel:+1-201-555-0123", "type": "work"}],
        "addresses": [{"type": "work", "country": "us", "postalCode": "91608"}]}"#;
    let server = answering(NOW, NOW);
    let users = builder(&server).build().unwrap().resource::<User>();
    let now = stored::<User>(NOW);
    let changes: [(&str, Change); 10] = [
        ("user name", |u| u.user_name = "BJensen".into()),
        ("case", |u| u.title = Some("CTO".into())),
        ("blanks", |u| {
            u.display_name = Some(" Vice  President ".into());
        }),
        ("language", |u| u.preferred_language = Some("en_US".into())),
        ("URI", |u| u.profile_url = Some("/v2/babs/".into())),
        ("unknown", |u| {
            let text = scim_client::Json::parse("\"42  EU\"").unwrap();
            u.extra.insert("shoeSize", text);
        }),
        ("e-mail", |u| {
            u.emails[0].value = Some("B@Work.Example".into());
        }),
        ("number", |u| {
            u.phone_numbers[0].value = Some("(201) 555-0123".into());
        }),
        ("number without blanks", |u| {
            u.phone_numbers[0].value = Some("+12015550123".into());
        }),
        ("country", |u| u.addresses[0].country = Some("US".into())),
    ];
    for (name, change) in changes {
        let mut changed = now.clone();
        change(&mut changed);
        assert_ne!(changed, now, "{name}");
        let written = users.update(&now, change).await;
        written.unwrap_or_else(|error| panic!("{name}: {error} {error:?}"));
        let written = users.replace(&changed).await;
        written.unwrap_or_else(|error| panic!("{name}, replace: {error} {error:?}"));
    }
    // A first `display` may be the service provider's own.
    const SHOWN: &str = r#"{"id": "1", "userName": "bjensen", "emails": [{"value": "b@work.example", "type": "work", "display": "Barbara"}]}"#;
    let bare = stored::<User>(&SHOWN.replace(r#", "display": "Barbara""#, ""));
    let server = answering(SHOWN, SHOWN);
    let shown = builder(&server).build().unwrap().resource::<User>();
    let display = |u: &mut User| u.emails[0].display = Some("Babs".into());
    shown.update(&bare, display).await.unwrap();
    // What is no form of it still is an error.
    let others: [(&str, Change); 6] = [
        ("title", |u| u.title = Some("CFO".into())),
        ("e-mail", |u| {
            u.emails[0].value = Some("b@home.example".into());
        }),
        // It was there, and was to be another.
        ("display", |u| u.emails[0].display = Some("Babs".into())),
        ("number", |u| {
            u.phone_numbers[0].value = Some("(201) 555-0124".into());
        }),
        ("URI", |u| u.profile_url = Some("/v2/other".into())),
        ("postal code", |u| {
            u.addresses[0].postal_code = Some("91609".into());
        }),
    ];
    for (name, change) in others {
        let written = users.update(&now, change).await;
        assert!(
            written.is_err_and(|error| error.not_applied().is_some()),
            "{name}"
        );
    }
}

#[tokio::test]
async fn cost_is_linear() {
    let members = |count: usize| -> Stored {
        let member = |at: usize| format!(r#"{{"value": "u{at}", "type": "User"}}"#);
        let all: Vec<_> = (0..count).map(member).collect();
        format!(
            r#"{{"id": "g", "displayName": "Guides", "members": [{}]}}"#,
            all.join(",")
        )
    };
    type Stored = String;
    let body: &'static str = Box::leak(members(20_000).into_boxed_str());
    let server = answering(body, body);
    let groups = builder(&server).build().unwrap().resource::<Group>();
    let old = stored::<Group>(body);
    let started = std::time::Instant::now();
    let error = groups
        .update(&old, |g| g.members.clear())
        .await
        .unwrap_err();
    assert_eq!(error.not_applied().unwrap().count(), 20_000);
    assert!(error.not_applied().unwrap().changes().len() <= 16);
    let all = (0..20_000)
        .map(|at| Member::new(format!("x{at}")))
        .collect::<Vec<_>>();
    let error = groups
        .patch("g")
        .replace(|g| g.members, all)
        .await
        .unwrap_err();
    assert_eq!(error.not_applied().unwrap().count(), 40_000);
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}
