//! Filters and paths as Entra ID's provisioning sends them.

use scim_client::{
    Group, Stored, User,
    evaluate::FilterRule,
    filter::{Filter, FilterOptions, PatchPath},
    resource::Root as _,
    testing::{Misbehaviour, ServiceProvider},
};
use serde_json::{Value, json};

use crate::support::{ENTERPRISE, Thing, patch, query, send};

fn cases() -> Value {
    serde_json::from_str(include_str!("../cases/filters-of-entra.json")).unwrap()
}

#[test]
fn known_cases() {
    let cases = cases();
    let user = Stored::<User>::from_json(&cases["resource"].to_string()).unwrap();
    let options = FilterOptions::entra();
    for case in cases["filters"].as_array().unwrap() {
        let text = case[0].as_str().unwrap();
        let filter = Filter::parse_with(text, &options).unwrap();
        let standard = filter.check_with(User::DESCRIPTOR, &options).unwrap();
        assert_eq!(standard.to_string(), case[1], "{text}");
        assert_eq!(standard.matches(&user), case[2], "{text}");
        // What comes out is standard.
        let again = Filter::parse_strict(&standard.to_string()).unwrap();
        assert_eq!(again, *standard);
        assert!(again.check_known(User::DESCRIPTOR).is_ok(), "{text}");
    }
}

#[test]
fn nothing_is_understood_unless_asked() {
    for text in [
        r#"emails[type eq "work"].value eq "x""#,
        "active eq True",
        "emails[primary eq FALSE]",
    ] {
        assert!(Filter::parse(text).is_err(), "{text}");
        assert!(Filter::parse_with(text, &FilterOptions::strict()).is_err());
    }
    for (text, rule) in [
        (r#"emails[primary eq "True"]"#, "does not fit type boolean"),
        (
            r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager eq "1""#,
            "sub-attributes",
        ),
        ("externalId eq 5", "does not fit type string"),
    ] {
        let filter: Filter = text.parse().unwrap();
        let error = filter.check(User::DESCRIPTOR).unwrap_err();
        assert!(error.to_string().contains(rule), "{error}");
        let same = filter.check_with(User::DESCRIPTOR, &FilterOptions::default());
        assert_eq!(same.unwrap_err(), error);
    }
}

#[test]
fn what_has_no_meaning_is_still_refused() {
    let options = FilterOptions::entra();
    for (text, position) in [
        (r#"emails[type eq "work"]."#, 23),
        (r#"emails[type eq "work"].value"#, 28),
        (r#"emails[type eq "work"].value.x eq 1"#, 28),
        (r#"emails[type eq "work"].value[x eq 1]"#, 28),
        (r#"emails[emails[a pr].b pr]"#, 13),
        ("active eq Yes", 10),
    ] {
        let error = Filter::parse_with(text, &options).unwrap_err();
        assert_eq!(error.position(), position, "{text} {error}");
    }
    for (text, rule) in [
        (r#"emails[primary eq "yes"]"#, "boolean"),
        (r#"name eq "Jensen""#, "sub-attributes"),
        ("active gt True", "no order"),
        (r#"meta.created gt "yesterday""#, "dateTime"),
        ("meta.created gt 5", "dateTime"),
    ] {
        let filter = Filter::parse_with(text, &options).unwrap();
        let error = filter.check_with(User::DESCRIPTOR, &options).unwrap_err();
        assert!(error.to_string().contains(rule), "{error}");
    }
    let deep = format!("{}emails[a pr].b pr{}", "(".repeat(127), ")".repeat(127));
    assert!(Filter::parse_with(&deep, &options).is_ok());
    // A built filter of any depth is rewritten, too.
    let mut filter: Filter = r#"active eq "True""#.parse().unwrap();
    for _ in 0..100_000 {
        filter = !filter;
    }
    let standard = filter.check_with(User::DESCRIPTOR, &options).unwrap();
    assert!(standard.to_string().contains("active eq true"));
}

#[test]
fn numbers_and_derived_types() {
    let options = FilterOptions::entra();
    for (text, standard) in [
        (r#"level gt "5""#, "level gt 5"),
        (r#"weight eq " 5.50 ""#, "weight eq 5.50"),
        (r#"boss eq "b""#, r#"boss.value eq "b""#),
        (r#"boss.level eq "7""#, "boss.level eq 7"),
        ("boss[level eq \"7\"]", "boss[level eq 7]"),
        ("serial eq true", r#"serial eq "true""#),
        ("ports eq 80", r#"ports eq "80""#),
        ("boss eq null", "boss.value eq null"),
        ("unheard eq \"5\"", "unheard eq \"5\""),
    ] {
        let filter = Filter::parse_with(text, &options).unwrap();
        let read = filter.check_with(Thing::DESCRIPTOR, &options).unwrap();
        assert_eq!(read.to_string(), standard);
    }
}

#[test]
fn paths_of_patches() {
    let options = FilterOptions::entra();
    for (text, standard) in [
        (
            r#"emails[primary eq "True"].value"#,
            "emails[primary eq true].value",
        ),
        ("emails[primary eq True]", "emails[primary eq true]"),
        (
            r#"emails[type eq "work"].value"#,
            r#"emails[type eq "work"].value"#,
        ),
        ("name.givenName", "name.givenName"),
    ] {
        let path = PatchPath::parse_with(text, &[], &options).unwrap();
        let read = path.check_with(User::DESCRIPTOR, &options).unwrap();
        assert_eq!(read.to_string(), standard);
    }
    let path: PatchPath = r#"emails[bogus eq "x"]"#.parse().unwrap();
    let error = path
        .check_with(User::DESCRIPTOR, &FilterOptions::strict())
        .unwrap_err();
    assert_eq!(error.rule(), FilterRule::UnknownAttribute);
}

/// A provider that takes what Entra ID sends, by a profile or by its options.
fn providers() -> [ServiceProvider; 2] {
    let by_profile = ServiceProvider::new();
    by_profile.misbehave(Misbehaviour::respond_as("entra").unwrap());
    let options = FilterOptions::entra();
    [
        by_profile,
        ServiceProvider::builder().filter_options(options).build(),
    ]
}

#[tokio::test]
async fn providers_take_it() {
    for provider in providers() {
        let mut user = cases()["resource"].clone();
        user.as_object_mut().unwrap().remove("id");
        let created = send(&provider, "POST", "/Users", user).await;
        let id = created.body["id"].as_str().unwrap();
        for case in cases()["filters"].as_array().unwrap() {
            let filter = case[0].as_str().unwrap().replace("u1", id);
            let found = query(&provider, "/Users", &filter).await;
            assert_eq!(found.total() == 1, case[2].as_bool().unwrap(), "{filter}");
        }
        let group = send(
            &provider,
            "POST",
            "/Groups",
            json!({"displayName": "g", "members": [{"value": id}]}),
        )
        .await;
        let of = format!(
            r#"id eq "{}" and members eq "{id}""#,
            group.body["id"].as_str().unwrap()
        );
        assert_eq!(query(&provider, "/Groups", &of).await.total(), 1);

        for path in [
            r#"emails[primary eq "True"].display"#,
            "emails[primary eq True].display",
            r#"emails[type eq "work"].display"#,
        ] {
            let change = patch(json!([{"op": "replace", "path": path, "value": path}]));
            let answer = send(&provider, "PATCH", &format!("/Users/{id}"), change).await;
            assert!(answer.status < 300, "{path} {}", answer.body);
            let user = provider.get::<User>(id).unwrap();
            assert_eq!(user.emails[0].display.as_deref(), Some(path));
        }
    }
    // Others do not.
    let provider = ServiceProvider::new();
    for case in cases()["filters"].as_array().unwrap() {
        let [text, standard] = [&case[0], &case[1]].map(|text| text.as_str().unwrap());
        let answer = query(&provider, "/Users", text).await;
        if Filter::parse(text).is_ok_and(|filter| filter.to_string() == standard) {
            assert_eq!(answer.status, 200, "{text}");
        } else {
            assert_eq!(answer.error(), (400, "invalidFilter"), "{text}");
        }
    }
}

#[tokio::test]
async fn each_type_of_a_root_query_reads_the_filter_by_itself() {
    let options = FilterOptions::entra();
    let provider = ServiceProvider::builder()
        .resource::<User>()
        .resource::<Group>()
        .resource::<Thing>()
        .filter_options(options)
        .build();
    let thing = json!({"serial": "1", "boss": {"value": "x"}});
    send(&provider, "POST", "/Things", thing).await;
    let user = json!({"userName": "boss", ENTERPRISE: {"manager": {"value": "x"}}});
    send(&provider, "POST", "/Users", user).await;
    let path = "/?filter=boss%20eq%20%22x%22";
    assert_eq!(send(&provider, "GET", path, Value::Null).await.total(), 1);
}

/// Entra ID asks for the manager without the URN of the extension that has it.
#[tokio::test]
async fn an_attribute_of_an_extension_may_lack_its_urn() {
    let options = FilterOptions::entra();
    let manager = format!("{ENTERPRISE}:manager.value");
    for (text, standard) in [
        (r#"manager eq "m1""#, format!("{manager} eq \"m1\"")),
        (
            r#"Manager.value eq "m1""#,
            format!("{ENTERPRISE}:Manager.value eq \"m1\""),
        ),
        (
            r#"id eq "1" and department sw "Tour""#,
            format!("id eq \"1\" and {ENTERPRISE}:department sw \"Tour\""),
        ),
        // The resource's own attribute comes first, and in brackets there are others.
        (r#"title eq "t""#, r#"title eq "t""#.to_owned()),
        (
            r#"emails[department eq "t"]"#,
            r#"emails[department eq "t"]"#.to_owned(),
        ),
        (r#"unheard eq "t""#, r#"unheard eq "t""#.to_owned()),
        ("department pr", format!("{ENTERPRISE}:department pr")),
        ("not (manager pr)", format!("not ({ENTERPRISE}:manager pr)")),
        (
            r#"manager[value eq "m1"]"#,
            format!(r#"{ENTERPRISE}:manager[value eq "m1"]"#),
        ),
        // What is unknown of a known attribute is of no extension.
        (r#"name.foo eq "x""#, r#"name.foo eq "x""#.to_owned()),
    ] {
        let filter = Filter::parse_with(text, &options).unwrap();
        let read = filter.check_with(User::DESCRIPTOR, &options).unwrap();
        assert_eq!(read.to_string(), standard);
        let same = filter.check_with(User::DESCRIPTOR, &FilterOptions::default());
        assert_eq!(same.unwrap().to_string(), filter.to_string());
    }
    let provider = ServiceProvider::builder().filter_options(options).build();
    let user = |name: &str, boss: &str| json!({"userName": name, ENTERPRISE: {"manager": {"value": boss}}});
    send(&provider, "POST", "/Users", user("a", "m1")).await;
    send(&provider, "POST", "/Users", user("b", "m2")).await;
    let found = query(&provider, "/Users", r#"manager eq "m1""#).await;
    assert_eq!(found.total(), 1);
    let refused = ServiceProvider::new();
    send(&refused, "POST", "/Users", user("a", "m1")).await;
    let found = query(&refused, "/Users", r#"manager eq "m1""#).await;
    assert!(found.status == 400 || found.total() == 0, "{}", found.body);
}
