//! Explicit `null` and `[]` in a body: what a client wants a service provider to clear
//! (RFC 7644 §3.5.1), where an absent attribute may keep a default.

use crate::{
    internal::{Next, Reader, encode},
    json::SyntaxError,
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
        member.push_str(if multi_valued { "[]" } else { "null" });
        for _ in place.missing.iter().skip(1) {
            member.push('}');
        }
        let at = place.at;
        body.insert_str(at, &member);
    }
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
}
