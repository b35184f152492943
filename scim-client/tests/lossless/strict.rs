//! `from_json_strict` looks at dateTime, binary and reference values.

use scim_client::{
    Stored,
    json::{DecodeError, Problem},
};

use crate::types::Thing;

fn strict(members: &str) -> Result<(), DecodeError> {
    let text = format!(r#"{{"id":"1","serial":"1","parts":[{{"value":"p"}}],{members}}}"#);
    Stored::<Thing>::from_json(&text).unwrap();
    Stored::<Thing>::from_json_strict(&text).map(drop)
}

#[test]
fn values_have_the_form_of_their_type() {
    for (good, bad, path) in [
        (
            r#""seen":"2011-05-13T04:42:34Z""#,
            r#""seen":"2011-05-13""#,
            "seen",
        ),
        (
            r#""seen":"2011-05-13T04:42:34""#,
            r#""seen":"notadate""#,
            "seen",
        ),
        (r#""key":"AQIDBA==""#, r#""key":"not base64!""#, "key"),
        (r#""owner":"../Users/1""#, r#""owner":"not a URI""#, "owner"),
        (
            r#""meta":{"created":"2011-05-13T04:42:34Z","location":"https://a.example/1"}"#,
            r#""meta":{"created":"2011-05-13 04:42:34Z"}"#,
            "meta.created",
        ),
        (
            r#""meta":{"resourceType":"Thing"}"#,
            r#""meta":{"location":"a b"}"#,
            "meta.location",
        ),
    ] {
        strict(good).unwrap();
        let error = strict(bad).unwrap_err();
        let paths: Vec<_> = error.places().iter().map(Problem::path).collect();
        assert_eq!(paths, [path], "{bad}");
        assert!(error.to_string().contains("(strict mode)"), "{error}");
    }
}
