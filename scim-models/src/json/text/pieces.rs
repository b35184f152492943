//! The members of an object and the elements of an array, as slices of their text.

use std::borrow::Cow;

use super::{Next, Reader, SyntaxError};

/// Calls `visit` with each member of an object and the text of its value, until it returns true. Returns
/// whether it did.
///
/// # Errors
/// The text is not an object.
pub fn each_member<'a>(
    text: &'a str,
    visit: &mut dyn FnMut(Cow<'a, str>, &'a str) -> bool,
) -> Result<bool, SyntaxError> {
    let mut reader = Reader::new(text);
    if reader.peek()? != Next::Object {
        return Err(reader.error("expected an object"));
    }
    let mut more = reader.enter_object()?;
    while more {
        let name = reader.member()?;
        if visit(name, reader.skip_value()?) {
            return Ok(true);
        }
        more = reader.next_member()?;
    }
    Ok(false)
}

/// Gives the texts of the elements of an array to `visit` until it returns true. Returns whether it
/// did.
///
/// # Errors
/// The text is no array.
pub(crate) fn each_element<'a>(
    text: &'a str,
    visit: &mut dyn FnMut(&'a str) -> bool,
) -> Result<bool, SyntaxError> {
    let mut reader = Reader::new(text);
    if reader.peek()? != Next::Array {
        return Err(reader.error("expected an array"));
    }
    let mut more = reader.enter_array()?;
    while more {
        if visit(reader.skip_value()?) {
            return Ok(true);
        }
        more = reader.next_element()?;
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces() {
        let mut found = Vec::new();
        let text = r#" {"a" : 1, "\u0062": [2, {}] }"#;
        let ended = each_member(text, &mut |name, value| {
            found.push((name.into_owned(), value));
            false
        });
        assert_eq!(ended, Ok(false));
        assert_eq!(found, [("a".to_owned(), "1"), ("b".to_owned(), "[2, {}]")]);
        let mut found = Vec::new();
        let ended = each_element(found_value(text), &mut |element| {
            found.push(element);
            element == "2"
        });
        assert_eq!(ended, Ok(true));
        assert_eq!(found, ["2"]);
    }

    fn found_value(text: &str) -> &str {
        let mut found = "";
        each_member(text, &mut |name, value| {
            found = value;
            name == "b"
        })
        .unwrap();
        found
    }

    #[test]
    fn what_is_neither_is_an_error() {
        for text in ["", "[1]", "\"a\"", "{", r#"{"a":}"#] {
            assert!(each_member(text, &mut |_, _| false).is_err(), "{text}");
        }
        for text in ["", "{}", "1", "[", "[,]", "[1,]"] {
            assert!(each_element(text, &mut |_| false).is_err(), "{text}");
        }
    }
}
