use std::collections::HashSet;

use super::*;

fn parse(text: &str) -> AttributePath {
    text.parse().unwrap()
}

#[test]
fn parts_keep_their_spelling() {
    for (text, uri, name, sub) in [
        ("userName", None, "userName", None),
        ("Name.FamilyName", None, "Name", Some("FamilyName")),
        ("members.$ref", None, "members", Some("$ref")),
        ("$REF", None, "$REF", None),
        (
            "urn:a:1.0.2:User:b.c",
            Some("urn:a:1.0.2:User"),
            "b",
            Some("c"),
        ),
        (
            "https://x.example/2.0/User:a$-_9",
            Some("https://x.example/2.0/User"),
            "a$-_9",
            None,
        ),
    ] {
        let path = parse(text);
        assert_eq!((path.uri(), path.name(), path.sub()), (uri, name, sub));
        assert_eq!(path.to_string(), text);
        assert_eq!(AttributePath::new(uri, name, sub).unwrap(), path);
    }
}

#[test]
fn static_and_parsed_paths_are_equal_in_any_case() {
    let fixed = AttributePath::from_parts(Some("urn:x:y"), "a", Some("b"));
    let parsed = parse("URN:X:Y:A.B");
    assert_eq!(fixed, parsed);
    assert_eq!(fixed.to_string(), "urn:x:y:a.b");
    assert_eq!(HashSet::from([fixed.clone(), parsed]).len(), 1);
    assert_ne!(fixed, parse("urn:x:y:a"));
    assert_ne!(fixed, parse("a.b"));
    assert_eq!(AttributePath::from_parts(None, "a", None), parse("A"));
}

#[test]
fn what_is_no_path_is_refused_with_its_position() {
    for (text, at) in [
        ("", 0),
        (" userName", 0),
        ("userName ", 8),
        ("userName\n", 8),
        ("1user", 0),
        ("_user", 0),
        ("$user", 0),
        ("us\u{e9}r", 2),
        ("user@name", 4),
        ("a.", 2),
        ("a..b", 2),
        ("a.b.c", 3),
        ("a.-b", 2),
        (".a", 0),
        ("a[b pr]", 1),
        ("urn:x:y:", 8),
        ("urn:x:2.0", 6),
        ("a,b", 1),
    ] {
        let error = text.parse::<AttributePath>().unwrap_err();
        assert_eq!(error.position(), at, "{text}: {error}");
    }
}

#[test]
fn checked_parts_hold_one_name_each() {
    assert!(AttributePath::new(None, "urn:x:a", None).is_err());
    assert!(AttributePath::new(None, "a.b", None).is_err());
    assert!(AttributePath::new(Some("urn:x"), "y:a", None).is_err());
    assert!(AttributePath::new(Some(""), "a", None).is_err());
    assert!(AttributePath::new(None, "a", Some("")).is_err());
}

#[test]
fn a_schema_uri_is_recognised_however_it_was_split() {
    let schema = "urn:Example:ext.v2:2.0:User";
    assert!(parse(schema).is_schema(schema));
    assert!(parse("URN:example:EXT.v2:2.0:user").is_schema(schema));
    assert!(parse("urn:acme:ext.v2").is_schema("urn:acme:ext.v2"));
    assert!(!parse(schema).is_schema("urn:Example:ext.v2:2.0:Use"));
    assert!(!parse(schema).is_schema("urn:Example:ext.v2:2.0:User2"));
    assert!(AttributePath::from_parts(Some("urn:a:b"), "c", None).is_schema("urn:a:B:c"));
}

#[test]
fn lists_are_split_at_commas() {
    let list = parse_attribute_list("userName, name.givenName ,urn:a:b:c").unwrap();
    assert_eq!(
        list,
        [
            parse("userName"),
            parse("name.givenName"),
            parse("urn:a:b:c")
        ]
    );
    for (text, at) in [
        ("", 0),
        (" ", 1),
        ("a,,b", 2),
        ("a,", 2),
        (",a", 0),
        ("a b", 2),
        ("a;b", 1),
        ("emails[type pr]", 6),
    ] {
        let error = parse_attribute_list(text).unwrap_err();
        assert_eq!(error.position(), at, "{text}: {error}");
    }
}

#[test]
fn errors_point_at_the_place() {
    let error = "name..given".parse::<AttributePath>().unwrap_err();
    assert_eq!(
        error.to_string(),
        "invalid path at byte 5: expected a sub-attribute name, found `.`"
    );
    assert_eq!(
        error.render(),
        "name..given\n     ^ expected a sub-attribute name, found `.`"
    );
    let long = format!("{}\u{e9}{}", "a".repeat(5_000), "b".repeat(5_000));
    let error = long.parse::<AttributePath>().unwrap_err();
    assert_eq!(error.position(), 5_000);
    assert!(error.render().len() < 250);
}

#[test]
fn paths_are_strings_in_json() {
    let path: AttributePath = serde_json::from_str("\"urn:x:y:a.b\"").unwrap();
    assert_eq!(serde_json::to_string(&path).unwrap(), "\"urn:x:y:a.b\"");
    assert!(serde_json::from_str::<AttributePath>("\"a b\"").is_err());
}
