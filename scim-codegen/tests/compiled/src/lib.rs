//! Documents that try what a generator can get wrong: names that are keywords, names that generated
//! code has itself, texts that end a comment or a string, types in types. That this crate builds
//! without a warning, and its documentation too, is the test.
#![deny(warnings, missing_debug_implementations, unreachable_pub)]
// As the roots of generated crates say, which are modules here and so say it in vain.
#![allow(confusable_idents, mixed_script_confusables, unused_attributes)]

include!(concat!(env!("OUT_DIR"), "/modules.rs"));

#[cfg(test)]
mod same;

#[cfg(test)]
mod tests {
    use scim_client::{
        Resource,
        dynamic::ResourceTypes,
        patch::{ApplyOptions, PatchOp},
    };

    use super::*;

    fn round_trip<R: Resource>(json: &str) {
        let resource = R::from_json(json).unwrap_or_else(|error| panic!("{json}: {error}"));
        let written = resource.to_json();
        let read = R::from_json(&written).unwrap_or_else(|error| panic!("{written}: {error}"));
        assert_eq!(read.to_json(), written);
        let member = json.trim_start_matches('{').trim_end_matches('}');
        assert!(written.contains(member), "{written}");
    }

    #[test]
    fn a_suggested_value_is_written_as_it_was_read() {
        for value in [
            "a", "A", "Unknown", "\\\"", "\\n", "\u{202e}", "*/", "$crate", "r#\\\"",
        ] {
            round_trip::<values::C>(&format!("{{\"c2\":\"{value}\"}}"));
        }
    }

    /// What a new complex value is given is written for the first time, whatever a field of the
    /// compiled type holds before. (RFC 7643 §7: an immutable attribute can be set once.)
    #[test]
    fn what_is_immutable_and_required_can_be_set_once() {
        type Sealed = required_immutable::Sealed;
        let text = include_str!("../documents/required_immutable.json");
        let types = ResourceTypes::from_json(text).unwrap();
        let kind = types.find("Sealed").unwrap();
        let apply = |before: &str, operations: &str| {
            let body = format!("{{\"Operations\": [{operations}]}}");
            let message = PatchOp::from_json(&body, &[]).unwrap();
            let options = ApplyOptions::default();
            let mut typed = Sealed::from_json(before).unwrap();
            let mut dynamic = kind.from_json(before).unwrap();
            let by_type = message.apply(&mut typed, &options);
            assert_eq!(message.apply(&mut dynamic, &options), by_type, "{body}");
            assert_eq!(dynamic.to_json(), typed.to_json(), "{body}");
            by_type.map(|_| typed.to_json())
        };
        let seal = r#"{"value":"a","number":1,"whole":false}"#;
        let has = |result: Result<String, _>, part: &str| {
            let text = result.unwrap();
            assert!(text.contains(part), "{text}");
            text
        };
        for operations in [
            format!(r#"{{"op":"add","path":"seal","value":{seal}}}"#),
            format!(r#"{{"op":"replace","path":"seal","value":{seal}}}"#),
            format!(r#"{{"op":"add","value":{{"seal":{seal}}}}}"#),
            r#"{"op":"add","path":"seal.whole","value":false},
               {"op":"add","path":"seal.number","value":1},
               {"op":"replace","path":"seal.value","value":"a"}"#
                .to_owned(),
        ] {
            let sealed = has(apply("{}", &operations), &format!("\"seal\":{seal}"));
            // Only once; the same again is no change.
            apply(&sealed, &operations).unwrap();
            for other in [
                r#"{"op":"add","path":"seal.value","value":"b"}"#,
                r#"{"op":"replace","path":"seal","value":{"number":2}}"#,
                r#"{"op":"remove","path":"seal"}"#,
            ] {
                assert!(apply(&sealed, other).is_err(), "{other}");
            }
            has(
                apply(&sealed, r#"{"op":"add","path":"seal.note","value":"x"}"#),
                r#""note":"x""#,
            );
        }
        for missing in [
            r#"{"op":"add","path":"seal","value":{"value":"a","number":1}}"#,
            r#"{"op":"add","path":"seal","value":{"value":"a","whole":true}}"#,
            r#"{"op":"add","path":"seal.number","value":0}"#,
            r#"{"op":"add","path":"seals","value":{"value":"a"}}"#,
        ] {
            assert!(apply("{}", missing).is_err(), "{missing}");
        }
        let add = r#"{"op":"add","path":"seals","value":[{"value":"a","number":0},{"value":"b","number":2}]}"#;
        let sealed = has(
            apply("{}", add),
            r#"[{"value":"a","number":0},{"value":"b","number":2}]"#,
        );
        let other = r#"{"op":"replace","path":"seals[value eq \"a\"].number","value":3}"#;
        assert!(apply(&sealed, other).is_err());
        let note = r#"{"op":"replace","path":"seals[value eq \"a\"].note","value":"x"}"#;
        has(apply(&sealed, note), r#""note":"x""#);
    }

    #[test]
    fn a_mark_in_a_name_makes_it_another_attribute() {
        for name in ["a-b", "a_b", "aB", "AB-", "a--b", "a-B_"] {
            round_trip::<separators::DResource>(&format!("{{\"{name}\":\"x\"}}"));
        }
    }
}
