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
    use scim_client::Resource;

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

    #[test]
    fn a_mark_in_a_name_makes_it_another_attribute() {
        for name in ["a-b", "a_b", "aB", "AB-", "a--b", "a-B_"] {
            round_trip::<separators::DResource>(&format!("{{\"{name}\":\"x\"}}"));
        }
    }
}
