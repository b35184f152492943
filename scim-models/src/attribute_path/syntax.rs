//! The grammar of attribute notation, and of the URI in front of it.

use super::{AttributePath, Problem};

const NAME: &str = "an attribute name";
const SUB: &str = "a sub-attribute name";

/// May stand in an attribute name after its first character (RFC 7643 §2.1).
const IN_NAME: u8 = 1;
/// May stand in a URI (RFC 3986 §2), square brackets aside.
const IN_URI: u8 = 2;
/// Separates tokens.
const BLANK: u8 = 4;

static CLASSES: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut at = 0;
    while at < 128 {
        let byte = at as u8;
        if byte.is_ascii_alphanumeric() || matches!(byte, b'$' | b'-' | b'_') {
            table[at] |= IN_NAME;
        }
        if byte.is_ascii_alphanumeric()
            || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'%')
            || matches!(byte, b':' | b'/' | b'?' | b'#' | b'@')
            || matches!(byte, b'!' | b'$' | b'&' | b'\'' | b'(' | b')')
            || matches!(byte, b'*' | b'+' | b',' | b';' | b'=')
        {
            table[at] |= IN_URI;
        }
        if matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
            table[at] |= BLANK;
        }
        at += 1;
    }
    table
}

#[inline]
fn is(byte: u8, class: u8) -> bool {
    CLASSES[usize::from(byte)] & class != 0
}

/// Returns whether a byte separates tokens; RFC 7644 has the space alone, people write the others too.
#[inline]
pub(crate) fn is_blank(byte: u8) -> bool {
    is(byte, BLANK)
}

/// Where the parts of an attribute path lie in a text, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    start: usize,
    name_start: usize,
    name_end: usize,
    /// The byte after the path.
    pub(crate) end: usize,
}

impl Span {
    /// The path, once its surroundings turned out to be right.
    #[inline]
    pub(crate) fn path(self, text: &str) -> AttributePath {
        AttributePath::from_scanned(
            text.get(self.start..self.end).unwrap_or_default(),
            self.name_start - self.start,
            self.name_end - self.start,
        )
    }
}

/// Reads the attribute path that starts at `start`. The caller checks what follows.
#[inline]
pub(crate) fn scan(text: &str, start: usize) -> Result<Span, Problem> {
    let bytes = text.as_bytes();
    // Most paths have no URI, and are read once.
    if let Ok(span) = names(bytes, start, start)
        && !bytes.get(span.end).is_some_and(|&byte| is(byte, IN_URI))
    {
        return Ok(span);
    }
    scan_uri(bytes, start)
}

/// Reads a path that may begin with a URI.
#[cold]
fn scan_uri(bytes: &[u8], start: usize) -> Result<Span, Problem> {
    // Only the last colon ends the URI, so everything that a URI may hold is looked through first.
    let mut colon = None;
    let mut at = start;
    while let Some(&byte) = bytes.get(at) {
        if is(byte, IN_URI) {
            if byte == b':' {
                colon = Some(at);
            }
            at += 1;
        } else if let Some(end) = ip_literal(bytes, at) {
            at = end;
        } else {
            break;
        }
    }
    let Some(colon) = colon else {
        return names(bytes, start, start);
    };
    check_uri(bytes, start, colon)?;
    names(bytes, start, colon + 1)
}

/// Reads the attribute name at `name_start`, and the sub-attribute.
#[inline]
fn names(bytes: &[u8], start: usize, name_start: usize) -> Result<Span, Problem> {
    let name_end = name(bytes, name_start).ok_or(Problem::new(name_start, NAME))?;
    let mut end = name_end;
    if bytes.get(name_end) == Some(&b'.') {
        end = name(bytes, name_end + 1).ok_or(Problem::new(name_end + 1, SUB))?;
    }
    Ok(Span {
        start,
        name_start,
        name_end,
        end,
    })
}

/// The end of the attribute name at `start`.
///
/// RFC 7643 §2.1, and the `$ref` that §2.4 defines against its own grammar (erratum 8924).
#[inline]
pub(crate) fn name(bytes: &[u8], start: usize) -> Option<usize> {
    let rest = bytes.get(start..)?;
    let length = rest
        .iter()
        .position(|&byte| !is(byte, IN_NAME))
        .unwrap_or(rest.len());
    let name = rest.get(..length)?;
    let starts_well = name.first()?.is_ascii_alphabetic();
    (starts_well || name.eq_ignore_ascii_case(b"$ref")).then_some(start + length)
}

/// Checks the URI at `start..end`: RFC 3986 §3, with a scheme and something after it.
fn check_uri(bytes: &[u8], start: usize, end: usize) -> Result<(), Problem> {
    let uri = bytes.get(start..end).unwrap_or_default();
    let scheme = uri.iter().take_while(|&&byte| byte != b':').count();
    let well_formed = uri.first().is_some_and(u8::is_ascii_alphabetic)
        && uri
            .iter()
            .take(scheme)
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
        && scheme + 1 < uri.len();
    if !well_formed {
        return Err(Problem::new(start, "a schema URI before the colon"));
    }
    let mut fragment = false;
    for (offset, &byte) in uri.iter().enumerate() {
        let good = match byte {
            b'%' => uri
                .get(offset + 1..offset + 3)
                .is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)),
            b'#' => !std::mem::replace(&mut fragment, true),
            _ => true,
        };
        if !good {
            return Err(Problem::new(start + offset, "a character of a schema URI"));
        }
    }
    Ok(())
}

/// The end of the IP literal of a URI's authority (RFC 3986 §3.2.2), where one opens at `at`.
fn ip_literal(bytes: &[u8], at: usize) -> Option<usize> {
    let before = bytes.get(..at)?;
    let rest = bytes.get(at..)?.strip_prefix(b"[")?;
    if !before.ends_with(b"://") {
        return None;
    }
    let length = rest
        .iter()
        .take_while(|byte| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.' | b'v'))
        .count();
    (length > 0 && rest.get(length) == Some(&b']')).then_some(at + length + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_ends_where_its_grammar_ends() {
        for (text, end) in [
            ("userName eq", 8),
            ("name.familyName)", 15),
            ("a.b.c", 3),
            ("emails[type", 6),
            ("urn:a.b:c.d[", 11),
            ("https://[::1]:80/x:attr[", 23),
        ] {
            assert_eq!(scan(text, 0).map(|span| span.end), Ok(end), "{text}");
        }
    }

    #[test]
    fn a_uri_needs_a_scheme_and_a_rest() {
        for (text, at) in [
            (":a", 0),
            ("User:a", 0),
            ("urn:a", 0),
            ("urn::a", 0),
            ("1urn:x:a", 0),
            ("ur_n:x:a", 0),
            ("urn:x%2:a", 5),
            ("urn:x%zz:a", 5),
            ("urn:x#y#z:a", 7),
        ] {
            assert_eq!(
                scan(text, 0).map_err(|problem| problem.at),
                Err(at),
                "{text}"
            );
        }
        for text in ["urn:x%2F~!$&'()*+,;=:a", "http://h/p?q#f:a", "a+b-c.d:x:a"] {
            assert!(scan(text, 0).is_ok(), "{text}");
        }
    }
}
