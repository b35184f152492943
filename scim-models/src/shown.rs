//! What messages and `Debug` may show. One rule for all types:
//!
//! - `Debug` shows names, kinds, sizes, positions, identifiers, and the values of attributes that a
//!   type knows and that are returned.
//! - It never shows a credential, a value that is never returned, or anything whose meaning is not
//!   known: unknown attributes, JSON, bodies. Nor does it show what a request asks for or sets: the
//!   values of filters and patches, cursors, query strings. It says how large these are.
//! - Of headers it shows the names, and the values only of those that hold nothing but facts of the
//!   protocol.
//! - Text from outside is shown with its invisible characters escaped, so that it can neither begin
//!   a new line in a log nor change how a terminal shows the rest.

use std::fmt::{self, Write as _};

/// In place of what must not be shown.
pub const REDACTED: &str = "<redacted>";

/// Text from outside, with its control characters and direction marks escaped as in Rust.
pub struct Visible<'a>(pub &'a str);

impl fmt::Display for Visible<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = 0;
        for (at, c) in self.0.char_indices().filter(|(_, c)| is_invisible(*c)) {
            f.write_str(self.0.get(shown..at).unwrap_or_default())?;
            write!(f, "{}", c.escape_default())?;
            shown = at + c.len_utf8();
        }
        f.write_str(self.0.get(shown..).unwrap_or_default())
    }
}

/// The text with what [`Visible`] escapes escaped.
pub fn visible(text: &str) -> String {
    Visible(text).to_string()
}

/// A name or path from outside, for a sentence. It is unchanged if it cannot be confused with the words
/// of the sentence, and otherwise in backticks with invisible characters escaped. A long one is cut.
pub struct Name<'a>(pub &'a str);

/// How many characters of a name are shown.
const LONGEST: usize = 256;

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_plain = |byte: u8| byte.is_ascii_graphic() && byte != b'`';
        if (1..=LONGEST).contains(&self.0.len()) && self.0.bytes().all(is_plain) {
            return f.write_str(self.0);
        }
        f.write_char('`')?;
        for c in self.0.chars().take(LONGEST) {
            if is_invisible(c) || c == '`' {
                write!(f, "{}", c.escape_unicode())?;
            } else {
                f.write_char(c)?;
            }
        }
        if self.0.chars().nth(LONGEST).is_some() {
            f.write_str("...")?;
        }
        f.write_char('`')
    }
}

/// Returns whether a character has no picture of its own, but changes lines, directions or what a
/// terminal does. Those that join letters (U+200C, U+200D) are part of words.
pub fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
            // Letters that fill a place.
            | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}')
}

/// `Debug` of something by its size: `5 bytes`.
pub struct Bytes(pub usize);

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0)
    }
}

/// `Debug` of members by their names and the sizes of their values.
pub fn sizes<'a>(
    members: impl Iterator<Item = (&'a str, usize)>,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    let members = members.map(|(name, size)| (name, Bytes(size)));
    f.debug_map().entries(members).finish()
}

/// `Debug` of JSON members by their names and the sizes of their values.
pub struct Members<'a>(pub &'a serde_json::Map<String, serde_json::Value>);

impl fmt::Debug for Members<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sized = self.0.iter().map(|(name, value)| {
            let mut size = Counter(0);
            let _ = write!(size, "{value}");
            (name.as_str(), size.0)
        });
        sizes(sized, f)
    }
}

/// Counts what is written.
struct Counter(usize);

impl fmt::Write for Counter {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 += text.len();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_end_where_they_end() {
        for (name, shown) in [
            ("userName", "userName"),
            ("urn:a:b:c.d", "urn:a:b:c.d"),
            ("", "``"),
            ("a is required", "`a is required`"),
            ("a`b", "`a\\u{60}b`"),
            ("a\n\u{1b}b", "`a\\u{a}\\u{1b}b`"),
            ("\u{e4}\u{202e}", "`\u{e4}\\u{202e}`"),
        ] {
            assert_eq!(Name(name).to_string(), shown);
        }
        let long = Name(&"x".repeat(5_000)).to_string();
        assert!(long.len() < 300 && long.ends_with("...`"), "{long}");
    }

    #[test]
    fn what_is_invisible_is_escaped() {
        for (text, shown) in [
            (
                "plain \u{e4}\u{1f511} \u{915}\u{94d}\u{937}",
                "plain \u{e4}\u{1f511} \u{915}\u{94d}\u{937}",
            ),
            ("a\nb\r\tc", "a\\nb\\r\\tc"),
            ("\u{1b}[31mred", "\\u{1b}[31mred"),
            ("\u{202e}gpj\u{2066}", "\\u{202e}gpj\\u{2066}"),
            (
                "a\u{85}b\u{2028}\u{feff}\u{9b}",
                "a\\u{85}b\\u{2028}\\u{feff}\\u{9b}",
            ),
            ("", ""),
        ] {
            assert_eq!(visible(text), shown);
        }
    }
}
