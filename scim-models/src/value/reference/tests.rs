use proptest::prelude::*;

use super::*;

const BASE: &str = "https://example.com/scim/v2";

fn resolve(text: &str, base: &str) -> Option<String> {
    Reference::<Any>::new(text).resolve(base)
}

#[test]
fn resolves_below_the_base() {
    for (text, expected) in [
        ("Users/1", "https://example.com/scim/v2/Users/1"),
        ("./Users/1", "https://example.com/scim/v2/Users/1"),
        ("../Users/1", "https://example.com/scim/v2/Users/1"),
        ("../../../Users/1", "https://example.com/scim/v2/Users/1"),
        ("Users/../Groups/1", "https://example.com/scim/v2/Groups/1"),
        ("/Users/1", "https://example.com/scim/v2/Users/1"),
        ("/scim/v2/Users/1", "https://example.com/scim/v2/Users/1"),
        (
            "/scim/v20/Users/1",
            "https://example.com/scim/v2/scim/v20/Users/1",
        ),
        (
            "Users/a%2Fb?x=1#y",
            "https://example.com/scim/v2/Users/a%2Fb?x=1#y",
        ),
        ("?x=1", "https://example.com/scim/v2?x=1"),
        ("Users/", "https://example.com/scim/v2/Users/"),
        ("//other.example/Users/1", "https://other.example/Users/1"),
        (
            "https://other.example/Users/1",
            "https://other.example/Users/1",
        ),
        (
            "urn:ietf:params:scim:schemas:core:2.0:User",
            "urn:ietf:params:scim:schemas:core:2.0:User",
        ),
        ("http://[2001:db8::1]:8443/x", "http://[2001:db8::1]:8443/x"),
        ("http://[v1.a:b]/", "http://[v1.a:b]/"),
        ("https://u:p@h:/x", "https://u:p@h:/x"),
        ("file:///a", "file:///a"),
        ("mailto:a@b", "mailto:a@b"),
    ] {
        assert_eq!(resolve(text, BASE).as_deref(), Some(expected), "{text}");
        assert_eq!(
            resolve(text, &format!("{BASE}/")).as_deref(),
            Some(expected),
            "{text}"
        );
    }
    assert_eq!(
        resolve("Users/1", "http://h").as_deref(),
        Some("http://h/Users/1")
    );
    assert_eq!(
        resolve("/Users/1", "http://h/").as_deref(),
        Some("http://h/Users/1")
    );
}

#[test]
fn refuses_what_is_no_uri() {
    for text in [
        "",
        "http://a b",
        "Users/%zz",
        "Users/\u{e9}",
        "1:2",
        "a#b#c",
        "<x>",
        "///",
        "//@/x",
        "http://",
        "http://u@:80/",
        "https:///Users/1",
        "http://a:b:c/",
        "http://a:8o/",
        "http://[::g]/x",
        "http://[::1/x",
        "http://::1]/x",
        "http://[::1]x/",
        "http://[v1]/",
        "http://[a]@b/",
        "Users/[1]",
        "Users?[]",
        "#[",
    ] {
        assert_eq!(resolve(text, BASE), None, "{text}");
        assert!(!Reference::<Any>::new(text).is_valid());
    }
    assert_eq!(resolve("Users/1", "/scim"), None);
    assert_eq!(resolve("Users/1", "urn:x:y"), None);
}

#[test]
fn finds_the_id() {
    for (text, id) in [
        ("https://example.com/v2/Users/26118915", Some("26118915")),
        ("../Users/26118915", Some("26118915")),
        ("Users/a%2Fb%20c", Some("a/b c")),
        ("Users/1/", Some("1")),
        ("Users/1?attributes=a/b", Some("1")),
        ("26118915", Some("26118915")),
        ("Users/100%", Some("100%")),
        ("Users/%ff", None),
        ("Users/..", None),
        ("Users/%2e%2e", None),
        ("https://example.com", None),
        ("https://example.com/", None),
        ("urn:uuid:1", None),
        ("bulkId:qwerty", None),
        ("", None),
    ] {
        assert_eq!(Reference::<Any>::new(text).id().as_deref(), id, "{text}");
    }
}

#[test]
fn knows_the_same_resource() {
    let same = |one: &str, two: &str| {
        let (one, two): (Reference, Reference) = (one.into(), two.into());
        assert_eq!(
            one.same_resource(&two),
            two.same_resource(&one),
            "{one} {two}"
        );
        one.same_resource(&two)
    };
    let versioned = "https://example.com/v2/Users/1";
    for text in [
        versioned,
        "https://example.com/Users/1",
        "HTTPS://EXAMPLE.com:443/Users/1",
        "https://example.com/v2/Users/%31/",
        "https://example.com/v2/Users/1#x",
        "../Users/1",
        "/Users/1",
        "/v2/Users/1",
        "Users/1",
    ] {
        assert!(same(versioned, text), "{text}");
    }
    for text in [
        "https://example.com/Users/2",
        "https://example.com/Groups/1",
        "https://example.com/users/1",
        "http://example.com/Users/1",
        "https://example.com:8443/Users/1",
        "https://other.example/Users/1",
        "https://example.com/tenant/Users/1",
        "https://example.com/Users/1?x=1",
        "1",
        "",
        "urn:x:Users/1",
    ] {
        assert!(!same(versioned, text), "{text}");
    }
    assert!(!same(
        "https://example.com/Users/v2",
        "https://example.com/Users"
    ));
    assert!(same(
        "https://example.com/scim/v2.1/Users/1",
        "https://example.com/scim/Users/1"
    ));
    assert!(same("urn:x:y", "urn:x:y"));
}

#[test]
fn needs_nothing_of_its_target() {
    struct Bare;
    fn sends<T: Send + Sync>(_: &T) {}
    let one: Reference<Bare> = serde_json::from_str("\"Users/1\"").unwrap();
    sends(&one);
    assert_eq!(one, one.clone());
    assert_eq!(serde_json::to_string(&one).unwrap(), "\"Users/1\"");
    assert_eq!(format!("{one} {one:?}"), "Users/1 Reference(\"Users/1\")");
    let slice: Reference<[u8]> = one.cast();
    assert_eq!(slice, "Users/1");
}

proptest! {
    #[test]
    fn no_text_panics(one: String, two: String) {
        let (a, b): (Reference, Reference) = (one.clone().into(), two.into());
        let _ = (a.id(), a.is_valid(), a.resolve(b.as_str()), a.resolve(BASE));
        prop_assert_eq!(a.same_resource(&b), b.same_resource(&a));
        prop_assert!(a.same_resource(&a));
        prop_assert_eq!(a.as_str(), one);
    }

    #[test]
    fn stays_below_the_base(text in "[a-zU/.%2?#]{0,24}") {
        let reference: Reference = text.as_str().into();
        if let Some(uri) = reference.resolve(BASE) {
            prop_assert!(text.starts_with("//") || uri.starts_with(BASE), "{text} gave {uri}");
            prop_assert!(Reference::<Any>::new(uri.as_str()).is_valid());
            prop_assert_eq!(resolve(&uri, BASE), Some(uri));
        }
    }
}
