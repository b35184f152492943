//! Explicit `null` and `[]` in a body: what a client wants a service provider to clear
//! (RFC 7644 §3.5.1), where an absent attribute may keep a default.

use std::{borrow::Cow, collections::HashSet};

use crate::{
    internal::{Next, Reader, encode},
    json::SyntaxError,
    model::Attribute,
};

/// Writes `null`, or `[]` if `multi_valued`, for the attribute at the end of `names`, unless it has
/// a value. `body` is an object that this crate has written.
pub(crate) fn clear(body: &mut String, names: &[&str], multi_valued: bool) {
    // What this crate has written is JSON; if it were not, it would stay as it is.
    if let Ok(Some(place)) = find(&mut Reader::new(body), names) {
        let mut member = String::new();
        if !place.is_empty {
            member.push(',');
        }
        for (index, name) in place.missing.iter().enumerate() {
            if index > 0 {
                member.push('{');
            }
            encode::string(&mut member, name);
            member.push(':');
        }
        member.push_str(nothing(multi_valued));
        for _ in place.missing.iter().skip(1) {
            member.push('}');
        }
        let at = place.at;
        body.insert_str(at, &member);
    }
}

/// Like [`clear`], for each of these attributes of the resource itself, in one pass through the body.
pub(crate) fn clear_all<'a>(body: &mut String, attributes: impl Iterator<Item = &'a Attribute>) {
    let mut missing = String::new();
    let Ok(Some((names, at))) = members(&mut Reader::new(body)) else {
        return;
    };
    for attribute in attributes.filter(|attribute| !names.contains(attribute.name())) {
        if !(names.is_empty() && missing.is_empty()) {
            missing.push(',');
        }
        encode::string(&mut missing, attribute.name());
        missing.push(':');
        missing.push_str(nothing(attribute.is_multi_valued()));
    }
    body.insert_str(at, &missing);
}

fn nothing(multi_valued: bool) -> &'static str {
    if multi_valued { "[]" } else { "null" }
}

/// The names of an object's members, and where more can be added.
fn members<'b>(
    reader: &mut Reader<'b>,
) -> Result<Option<(HashSet<Cow<'b, str>>, usize)>, SyntaxError> {
    if reader.peek()? != Next::Object {
        return Ok(None);
    }
    let mut names = HashSet::new();
    let mut more = reader.enter_object()?;
    while more {
        names.insert(reader.member()?);
        reader.skip_value()?;
        more = reader.next_member()?;
    }
    Ok(Some((names, reader.offset() - 1)))
}

/// Where something is to be added: before the closing brace of an object.
struct Place<'n> {
    at: usize,
    is_empty: bool,
    missing: &'n [&'n str],
}

/// The object on the way to `names` that lacks the next of them.
fn find<'n>(
    reader: &mut Reader<'_>,
    names: &'n [&'n str],
) -> Result<Option<Place<'n>>, SyntaxError> {
    let [name, rest @ ..] = names else {
        return Ok(None);
    };
    if reader.peek()? != Next::Object {
        return Ok(None);
    }
    let mut more = reader.enter_object()?;
    let is_empty = !more;
    while more {
        if reader.member()? == *name {
            return find(reader, rest);
        }
        reader.skip_value()?;
        more = reader.next_member()?;
    }
    Ok(Some(Place {
        at: reader.offset() - 1,
        is_empty,
        missing: names,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds_what_is_missing_only() {
        let mut body = r#"{"userName":"a","name":{"familyName":"b"},"x":{}}"#.to_owned();
        clear(&mut body, &["nickName"], false);
        clear(&mut body, &["userName"], false);
        clear(&mut body, &["roles"], true);
        clear(&mut body, &["name", "givenName"], false);
        clear(&mut body, &["name", "familyName"], false);
        clear(&mut body, &["urn:e", "manager", "value"], false);
        clear(&mut body, &["x", "y"], false);
        assert_eq!(
            body,
            r#"{"userName":"a","name":{"familyName":"b","givenName":null},"x":{"y":null},"nickName":null,"roles":[],"urn:e":{"manager":{"value":null}}}"#
        );
    }

    #[test]
    fn adds_all_that_is_missing() {
        static ATTRIBUTES: [Attribute; 3] = [
            Attribute::of::<Option<String>>("nickName"),
            Attribute::of::<Option<String>>("title"),
            Attribute::of::<Vec<String>>("roles"),
        ];
        for (body, expected) in [
            ("{}", r#"{"nickName":null,"title":null,"roles":[]}"#),
            (
                r#"{"a":{"nickName":1},"title":"x"}"#,
                r#"{"a":{"nickName":1},"title":"x","nickName":null,"roles":[]}"#,
            ),
            (
                r#"{"roles":["x"],"title":"x","nickName":"y"}"#,
                r#"{"roles":["x"],"title":"x","nickName":"y"}"#,
            ),
            ("[]", "[]"),
        ] {
            let mut text = body.to_owned();
            clear_all(&mut text, ATTRIBUTES.iter());
            assert_eq!(text, expected);
        }
    }
}
