//! Looking into JSON text without building a tree. The text is known to be JSON: whatever cannot
//! be read counts as absent.

use std::borrow::Cow;

use super::simple::{Digits, Simple};
use crate::json::{Next, Reader, each_element, each_member};

/// What kind of value the text is.
pub(super) fn kind(text: &str) -> Next {
    Reader::new(text).peek().unwrap_or(Next::Null)
}

/// Gives each member of an object to `visit`, until it returns true.
pub(super) fn members<'a>(text: &'a str, visit: &mut dyn FnMut(&str, &'a str) -> bool) -> bool {
    each_member(text, &mut |name, value| visit(&name, value)).unwrap_or(false)
}

/// Gives each element of an array to `visit`, until it returns true.
pub(super) fn elements<'a>(text: &'a str, visit: &mut dyn FnMut(&'a str) -> bool) -> bool {
    each_element(text, visit).unwrap_or(false)
}

/// The value, if it is neither object nor array nor null.
pub(super) fn simple(text: &str) -> Option<Simple<'_>> {
    let mut reader = Reader::new(text);
    match reader.peek().ok()? {
        Next::String => reader.string().ok().map(Simple::Text),
        Next::Number => {
            let digits = Cow::Borrowed(reader.number().ok()?);
            Some(Simple::Number(Digits::Text(digits)))
        }
        Next::True => Some(Simple::Boolean(true)),
        Next::False => Some(Simple::Boolean(false)),
        Next::Object | Next::Array | Next::Null => None,
    }
}
