//! References to what a bulk creates: JSON strings `bulkId:<name>` (RFC 7644 §3.7.2).

use std::ops::Range;

use crate::{
    internal::{
        Next, Reader, encode,
        percent::{self, percent_decoded},
    },
    json::SyntaxError,
    model::Json,
};

/// What a reference begins with.
pub(super) const PREFIX: &str = "bulkId:";

/// A reference in a JSON text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// The string with its quotes.
    pub(super) place: Range<usize>,
    /// The name of what is referred to.
    pub(super) name: String,
}

/// The strings of a JSON text that are references, in order. Member names are none.
pub(super) fn find(json: &Json) -> Vec<Found> {
    let text = json.as_str();
    let mut found = Vec::new();
    // A reference has no character that must be escaped; an escape may still hide one.
    if text.contains(PREFIX) || text.contains('\\') {
        let read = walk(&mut Reader::new(text), &mut found);
        debug_assert!(read.is_ok(), "a `Json` is JSON");
    }
    found
}

fn walk(reader: &mut Reader<'_>, found: &mut Vec<Found>) -> Result<(), SyntaxError> {
    match reader.peek()? {
        Next::Object => {
            let mut more = reader.enter_object()?;
            while more {
                reader.member()?;
                walk(reader, found)?;
                more = reader.next_member()?;
            }
        }
        Next::Array => {
            let mut more = reader.enter_array()?;
            while more {
                walk(reader, found)?;
                more = reader.next_element()?;
            }
        }
        Next::String => {
            let start = reader.offset();
            let text = reader.string()?;
            if let Some(name) = text.strip_prefix(PREFIX) {
                found.push(Found {
                    place: start..reader.offset(),
                    name: name.to_owned(),
                });
            }
        }
        _ => {
            reader.skip_value()?;
        }
    }
    Ok(())
}

/// Puts an identifier in place of each reference that has one.
pub(super) fn substitute<'i>(json: &Json, id_of: impl Fn(&str) -> Option<&'i str>) -> Json {
    let text = json.as_str();
    let mut out = String::with_capacity(text.len());
    let mut rest = 0;
    for Found { place, name } in find(json) {
        if let Some(id) = id_of(&name) {
            out.push_str(text.get(rest..place.start).unwrap_or_default());
            encode::string(&mut out, id);
            rest = place.end;
        }
    }
    out.push_str(text.get(rest..).unwrap_or_default());
    Json::trusted(&out)
}

/// The names that the segments of a path refer to.
pub(super) fn find_in_path(path: &str) -> impl Iterator<Item = String> {
    path.split('/').filter_map(name_of_segment)
}

fn name_of_segment(segment: &str) -> Option<String> {
    percent_decoded(segment)
        .strip_prefix(PREFIX)
        .map(str::to_owned)
}

/// Puts an identifier in place of each segment that is a reference and has one.
pub(super) fn substitute_in_path<'i>(
    path: &str,
    id_of: impl Fn(&str) -> Option<&'i str>,
) -> String {
    let segments = path.split('/').map(|segment| {
        let name = name_of_segment(segment);
        match name.as_deref().and_then(&id_of) {
            Some(id) => percent::encode(id),
            None => segment.to_owned(),
        }
    });
    segments.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Json {
        Json::parse(text).unwrap()
    }

    fn names(text: &str) -> Vec<String> {
        find(&json(text))
            .into_iter()
            .map(|found| found.name)
            .collect()
    }

    #[test]
    fn whole_strings_only() {
        assert_eq!(
            names(r#"{"a":["bulkId:1",{"b":"bulkId:x y"}],"c":"bulkId:1"}"#),
            ["1", "x y", "1"]
        );
        assert_eq!(names(r#""\u0062ulkId:1""#), ["1"]);
        assert!(names(r#"{"bulkId:1":"a bulkId:1","b":" bulkId:1","c":"BULKID:1"}"#).is_empty());
    }

    #[test]
    fn puts_ids_in() {
        let id_of = |name: &str| (name == "1").then_some("a\"ü");
        let text = r#"{"a":"bulkId:1" , "b":[1.50,"bulkId:2","\u0062ulkId:1"],"bulkId:1":"x"}"#;
        assert_eq!(
            substitute(&json(text), id_of).as_str(),
            r#"{"a":"a\"ü" , "b":[1.50,"bulkId:2","a\"ü"],"bulkId:1":"x"}"#
        );
        let path = "/Groups/bulkId:1/bulkId%3A1/bulkId:2/x";
        assert_eq!(find_in_path(path).collect::<Vec<_>>(), ["1", "1", "2"]);
        let id_of = |name: &str| (name == "1").then_some("a/b");
        assert_eq!(
            substitute_in_path(path, id_of),
            "/Groups/a%2Fb/a%2Fb/bulkId:2/x"
        );
    }
}
