//! References to what a bulk creates: JSON strings `bulkId:<name>` (RFC 7644 §3.7.2), and the same
//! in the filters of PATCH paths, be they names of members as Entra ID writes them.

use std::ops::Range;

use crate::{
    filter::{Comparand, Filter, FilterOptions, PatchPath},
    json::{Next, Reader, SyntaxError, encode},
    model::Json,
    percent::{self, percent_decoded},
};

/// What a reference begins with.
pub const PREFIX: &str = "bulkId:";

/// A string with references in a JSON text.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The string with its quotes.
    pub place: Range<usize>,
    holds: Holds,
}

#[derive(Debug, Clone, PartialEq)]
enum Holds {
    /// It is a reference.
    Name(String),
    /// It is the path of a PATCH operation, whose filter compares with some.
    Path(PatchPath),
}

impl Found {
    /// The names of what is referred to.
    pub fn names(&self) -> Vec<String> {
        match &self.holds {
            Holds::Name(name) => vec![name.clone()],
            Holds::Path(path) => path.filter().into_iter().flat_map(names_in).collect(),
        }
    }

    /// Returns whether it is the path of a PATCH operation. The RFC does not say that a service
    /// provider looks for references in there.
    pub fn is_path(&self) -> bool {
        matches!(self.holds, Holds::Path(_))
    }

    /// The string with what the names stand for, as far as that is known.
    fn resolved<'i>(&self, id_of: impl Fn(&str) -> Option<&'i str>) -> Option<String> {
        match &self.holds {
            Holds::Name(name) => id_of(name).map(str::to_owned),
            Holds::Path(path) => {
                let mut filter = path.filter()?.clone();
                filter.each_value(|_, value| {
                    if let Comparand::String(text) = value
                        && let Some(id) = text.strip_prefix(PREFIX).and_then(&id_of)
                    {
                        *value = id.into();
                    }
                });
                Some(path.with_filter(filter).to_request_string())
            }
        }
    }
}

fn names_in(filter: &Filter) -> Vec<String> {
    let of_value = |value: &Comparand| match value {
        Comparand::String(text) => text.strip_prefix(PREFIX).map(str::to_owned),
        _ => None,
    };
    filter.values().filter_map(of_value).collect()
}

/// The strings of a JSON text that are references, and the paths of PATCH operations that have
/// some, in order. Member names are none.
pub fn find(json: &Json) -> Vec<Found> {
    let text = json.as_str();
    let mut found = Vec::new();
    // A reference has no character that must be escaped; an escape may still hide one.
    if text.contains(PREFIX) || text.contains('\\') {
        let read = walk(text, &mut Reader::new(text), Place::Message, &mut found);
        debug_assert!(read.is_ok(), "a `Json` is JSON");
    }
    found
}

/// What a value is, if the text is a PATCH message (RFC 7644 §3.5.2).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Message,
    Operations,
    Operation,
    Path,
    /// The value of an operation. Without a path, its members may be named by paths.
    Value,
    Other,
}

impl Place {
    fn member(self, name: &str) -> Self {
        match self {
            Self::Message if name.eq_ignore_ascii_case("Operations") => Self::Operations,
            Self::Operation | Self::Operations if name.eq_ignore_ascii_case("path") => Self::Path,
            Self::Operation | Self::Operations if name.eq_ignore_ascii_case("value") => Self::Value,
            _ => Self::Other,
        }
    }

    fn element(self) -> Self {
        match self {
            Self::Operations => Self::Operation,
            _ => Self::Other,
        }
    }
}

fn walk(
    json: &str,
    reader: &mut Reader<'_>,
    place: Place,
    found: &mut Vec<Found>,
) -> Result<(), SyntaxError> {
    match reader.peek()? {
        Next::Object => {
            let mut more = reader.enter_object()?;
            while more {
                let start = reader.offset();
                let name = reader.member()?;
                if place == Place::Value
                    && let Some(holds) = holds_in_filter(&name)
                {
                    let mut name = Reader::new(json.get(start..).unwrap_or_default());
                    name.string_for_people()?;
                    let place = start..start + name.offset();
                    found.push(Found { place, holds });
                }
                walk(json, reader, place.member(&name), found)?;
                more = reader.next_member()?;
            }
        }
        Next::Array => {
            let mut more = reader.enter_array()?;
            while more {
                walk(json, reader, place.element(), found)?;
                more = reader.next_element()?;
            }
        }
        Next::String => {
            let start = reader.offset();
            let text = reader.string_for_people()?;
            if let Some(holds) = holds(&text, place) {
                let place = start..reader.offset();
                found.push(Found { place, holds });
            }
        }
        _ => {
            reader.skip_value()?;
        }
    }
    Ok(())
}

fn holds(text: &str, place: Place) -> Option<Holds> {
    if let Some(name) = text.strip_prefix(PREFIX) {
        return Some(Holds::Name(name.to_owned()));
    }
    (place == Place::Path)
        .then(|| holds_in_filter(text))
        .flatten()
}

fn holds_in_filter(text: &str) -> Option<Holds> {
    if !text.contains(PREFIX) {
        return None;
    }
    let path = PatchPath::parse_with(text, &[], &FilterOptions::entra()).ok()?;
    let filter = path.filter()?;
    (!names_in(filter).is_empty()).then_some(Holds::Path(path))
}

/// Puts an identifier in place of each reference that has one.
pub fn substitute<'i>(json: &Json, id_of: impl Fn(&str) -> Option<&'i str>) -> Json {
    let text = json.as_str();
    let mut out = String::with_capacity(text.len());
    let mut rest = 0;
    for found in find(json) {
        if let Some(resolved) = found.resolved(&id_of) {
            out.push_str(text.get(rest..found.place.start).unwrap_or_default());
            encode::string(&mut out, &resolved);
            rest = found.place.end;
        }
    }
    out.push_str(text.get(rest..).unwrap_or_default());
    Json::trusted(&out)
}

/// The names that the segments of a path refer to.
pub fn find_in_path(path: &str) -> impl Iterator<Item = String> {
    path.split('/').filter_map(name_of_segment)
}

fn name_of_segment(segment: &str) -> Option<String> {
    percent_decoded(segment)
        .strip_prefix(PREFIX)
        .map(str::to_owned)
}

/// Puts an identifier in place of each segment that is a reference and has one.
pub fn substitute_in_path<'i>(path: &str, id_of: impl Fn(&str) -> Option<&'i str>) -> String {
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
            .flat_map(|found| found.names())
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
    fn filters_of_patch_paths_refer_too() {
        let text = r#"{"operations":[{"op":"remove","PATH":"members[value eq \"bulkId:1\" or value eq \"bulkId:2\"]"},
            {"op":"add","path":"a","value":{"path":"x[value eq \"bulkId:1\"]"}}],"path":"members[value eq \"bulkId:1\"]"}"#;
        assert_eq!(names(text), ["1", "2"]);
        let id_of = |name: &str| (name == "1").then_some("a\"b");
        assert_eq!(
            substitute(&json(text), id_of).as_str(),
            text.replacen(r#"\"bulkId:1\""#, r#"\"a\\\"b\""#, 1)
        );
    }

    #[test]
    fn filters_in_names_of_members_refer_too() {
        let text = r#"{"Operations":[{"op":"add","value":{ "members[value eq \"bulkId:1\"].display" :"D",
            "a":{"members[value eq \"bulkId:1\"]":1}}}],"value":{"members[value eq \"bulkId:1\"]":1}}"#;
        assert_eq!(names(text), ["1"]);
        let id_of = |name: &str| (name == "1").then_some("a");
        assert_eq!(
            substitute(&json(text), id_of).as_str(),
            text.replacen("bulkId:1", "a", 1)
        );
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
