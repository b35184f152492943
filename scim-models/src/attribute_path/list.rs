//! The value of the `attributes` and `excludedAttributes` parameters (RFC 7644 §3.9).

use super::{AttributePath, PathError, Problem, is_blank, scan};

/// Reads a comma-separated list of attributes, as in the `attributes` and `excludedAttributes`
/// query parameters (RFC 7644 §3.9).
///
/// Blanks around a name are accepted. An item that is the URN of a schema is parsed by the grammar:
/// its last part becomes an attribute of the rest; see [`AttributePath::is_schema`].
///
/// # Errors
///
/// The list or an item is empty, or an item is not an attribute path. The position counts from the
/// start of the list.
pub fn parse_attribute_list(text: &str) -> Result<Vec<AttributePath>, PathError> {
    let mut paths = Vec::new();
    let mut start = 0;
    for item in text.split(',') {
        let end = start + item.len();
        match parse_item(text.get(..end).unwrap_or_default(), start) {
            Ok(path) => paths.push(path),
            Err(problem) => return Err(PathError::new(text, problem)),
        }
        start = end + 1;
    }
    Ok(paths)
}

/// Reads the item that begins at `start` and ends with the text.
fn parse_item(text: &str, start: usize) -> Result<AttributePath, Problem> {
    let skip_blanks = |at: usize| {
        let rest = text.as_bytes().get(at..).unwrap_or_default();
        at + rest.iter().take_while(|&&byte| is_blank(byte)).count()
    };
    let span = scan(text, skip_blanks(start))?;
    match skip_blanks(span.end) {
        rest if rest == text.len() => Ok(span.path(text)),
        rest => Err(Problem::new(rest, "a comma or the end of the list")),
    }
}
