//! Secrets in what a server says: found in every form in which it may repeat them.

use std::{
    borrow::Cow,
    collections::{BTreeSet, HashMap},
    ops::{Bound, Range},
};

use http::{HeaderMap, HeaderValue};

use crate::{internal::escape, shown::REDACTED};

/// The shortest secret that is looked for, in bytes: shorter ones are in every text.
pub(super) const SHORTEST: usize = 6;

/// How many encodings may lie on top of one another, such as JSON in a string of JSON.
const DEPTH: usize = 2;

/// What must not be shown of what a server says.
///
/// Each secret is found as it is, escaped in JSON, escaped in HTML, percent-encoded, and in any two
/// of these on top of one another. The cost is linear in the text, also where there are many that
/// begin alike.
#[derive(Default)]
pub(super) struct Secrets(HashMap<[u8; SHORTEST], BTreeSet<Box<[u8]>>>);

impl Secrets {
    /// Adds a secret, unless it is too short to be told from other text.
    pub(super) fn add(&mut self, secret: &str) {
        self.add_bytes(secret.as_bytes());
        // As a form has it, where other characters are percent-encoded.
        if secret.contains(' ') {
            self.add_bytes(secret.replace(' ', "+").as_bytes());
        }
    }

    fn add_bytes(&mut self, secret: &[u8]) {
        let Some(start) = secret.first_chunk::<SHORTEST>() else {
            return;
        };
        self.0.entry(*start).or_default().insert(secret.into());
    }

    /// The text without secrets; `None` if it has none.
    pub(super) fn redact(&self, text: &str) -> Option<String> {
        if self.0.is_empty() {
            return None;
        }
        let mut found = Vec::new();
        self.search(text.as_bytes(), 0, &|range| range, &mut found);
        if found.is_empty() {
            return None;
        }
        found.sort_by_key(|range| (range.start, range.end));
        let mut clean = String::with_capacity(text.len());
        let mut kept = 0;
        for range in found {
            if range.start >= kept {
                clean.push_str(text.get(kept..range.start).unwrap_or_default());
                clean.push_str(REDACTED);
            }
            kept = kept.max(range.end);
        }
        clean.push_str(text.get(kept..).unwrap_or_default());
        Some(clean)
    }

    /// Like [`redact`](Self::redact), for what may be UTF-8 only in part, or Latin-1.
    pub(super) fn redact_bytes(&self, bytes: &[u8]) -> Option<String> {
        match String::from_utf8_lossy(bytes) {
            Cow::Borrowed(text) => self.redact(text),
            Cow::Owned(text) => self.redact(&text).or_else(|| {
                let latin: String = bytes.iter().copied().map(char::from).collect();
                self.redact(&latin)
            }),
        }
    }

    /// Takes secrets out of headers.
    pub(super) fn redact_headers(&self, headers: &mut HeaderMap) {
        for value in headers.values_mut() {
            let clean = self.redact_bytes(value.as_bytes());
            if let Some(Ok(clean)) = clean.map(HeaderValue::try_from) {
                *value = clean;
            }
        }
    }

    /// Finds secrets in a text that was decoded `depth` times; `back` says where they are in the
    /// text as it came.
    fn search(
        &self,
        text: &[u8],
        depth: usize,
        back: &dyn Fn(Range<usize>) -> Range<usize>,
        found: &mut Vec<Range<usize>>,
    ) {
        let mut at = 0;
        while let Some(rest) = text.get(at..)
            && let Some(start) = rest.first_chunk::<SHORTEST>()
        {
            match self.0.get(start).and_then(|known| longest(known, rest)) {
                Some(length) => {
                    found.push(back(at..at + length));
                    at += length;
                }
                None => at += 1,
            }
        }
        if depth == DEPTH {
            return;
        }
        for (mark, unit) in FORMS {
            if let Some(decoded) = Decoded::of(text, mark, unit) {
                let back = |range| back(decoded.back(range));
                self.search(&decoded.bytes, depth + 1, &back, found);
            }
        }
    }
}

/// How long the longest secret is that a text begins with.
fn longest(known: &BTreeSet<Box<[u8]>>, text: &[u8]) -> Option<usize> {
    let mut text = text;
    loop {
        let up_to = (Bound::Unbounded, Bound::Included(text));
        let before = known.range::<[u8], _>(up_to).next_back()?;
        let both = before.iter().zip(text);
        let same = both.take_while(|(one, other)| one == other).count();
        if same == before.len() {
            return Some(same);
        }
        // One that the text begins with, and with more of it, would stand between them.
        text = text.get(..same)?;
    }
}

/// Reads one escape at the beginning of the text: what it means, and how long it is.
type Unit = fn(&[u8]) -> Option<(Meant, usize)>;

/// What an escape means: up to four bytes.
type Meant = ([u8; 4], usize);

/// The byte that every escape begins with, and how it is read.
const FORMS: [(u8, Unit); 3] = [(b'\\', json_escape), (b'&', html_entity), (b'%', percent)];

/// A text with one kind of escapes undone.
struct Decoded {
    bytes: Vec<u8>,
    pieces: Vec<Piece>,
}

/// A stretch of a decoded text.
struct Piece {
    /// Where it begins in the decoded text.
    at: usize,
    /// Where it begins in the text before.
    from: usize,
    /// How long the escape was; `None` for text that is the same in both.
    escape: Option<usize>,
}

impl Decoded {
    /// `None` if there is nothing to decode.
    fn of(text: &[u8], mark: u8, unit: Unit) -> Option<Self> {
        let mut decoded = Self {
            bytes: Vec::new(),
            pieces: Vec::new(),
        };
        let (mut from, mut at) = (0, 0);
        while let Some(found) = find(text, mark, at) {
            let Some(((bytes, count), length)) = text.get(found..).and_then(unit) else {
                at = found + 1;
                continue;
            };
            decoded.keep(text, from..found);
            decoded.pieces.push(Piece {
                at: decoded.bytes.len(),
                from: found,
                escape: Some(length),
            });
            let bytes = bytes.get(..count).unwrap_or_default();
            decoded.bytes.extend_from_slice(bytes);
            at = found + length;
            from = at;
        }
        if from == 0 {
            return None;
        }
        decoded.keep(text, from..text.len());
        Some(decoded)
    }

    fn keep(&mut self, text: &[u8], range: Range<usize>) {
        self.pieces.push(Piece {
            at: self.bytes.len(),
            from: range.start,
            escape: None,
        });
        self.bytes
            .extend_from_slice(text.get(range).unwrap_or_default());
    }

    /// Where a range of the decoded text is in the text before.
    fn back(&self, range: Range<usize>) -> Range<usize> {
        let start = self
            .piece(range.start)
            .map_or(0, |piece| match piece.escape {
                Some(_) => piece.from,
                None => piece.from + (range.start - piece.at),
            });
        let last = self.piece(range.end.saturating_sub(1));
        let end = last.map_or(0, |piece| match piece.escape {
            Some(length) => piece.from + length,
            None => piece.from + (range.end - piece.at),
        });
        start..end
    }

    /// The piece that has the byte at this place.
    fn piece(&self, at: usize) -> Option<&Piece> {
        let after = self.pieces.partition_point(|piece| piece.at <= at);
        self.pieces.get(after.checked_sub(1)?)
    }
}

fn find(text: &[u8], byte: u8, from: usize) -> Option<usize> {
    let rest = text.get(from..)?;
    Some(from + rest.iter().position(|b| *b == byte)?)
}

fn meant(c: char) -> Meant {
    let mut bytes = [0; 4];
    let count = c.encode_utf8(&mut bytes).len();
    (bytes, count)
}

/// An escape of a JSON string (RFC 8259 §7), or `\'`, which JSON does not have and some write.
fn json_escape(text: &[u8]) -> Option<(Meant, usize)> {
    if text.get(1) == Some(&b'\'') {
        return Some((meant('\''), 2));
    }
    let (c, end) = escape(text, 0).ok()?;
    Some((meant(c?), end))
}

/// `&amp;`, `&#38;` or `&#x26;`.
fn html_entity(text: &[u8]) -> Option<(Meant, usize)> {
    const LONGEST: usize = 12;
    let end = text.iter().take(LONGEST).position(|b| *b == b';')?;
    let name = text.get(1..end)?;
    let c = match name {
        b"amp" => '&',
        b"lt" => '<',
        b"gt" => '>',
        b"quot" => '"',
        b"apos" => '\'',
        [b'#', b'x' | b'X', digits @ ..] => char::from_u32(hexadecimal(digits)?)?,
        [b'#', digits @ ..] => {
            let digits = std::str::from_utf8(digits).ok()?;
            char::from_u32(digits.parse().ok()?)?
        }
        _ => return None,
    };
    Some((meant(c), end + 1))
}

/// `%2F` (RFC 3986 §2.1).
fn percent(text: &[u8]) -> Option<(Meant, usize)> {
    let octet = u8::try_from(hexadecimal(text.get(1..3)?)?).ok()?;
    Some((([octet, 0, 0, 0], 1), 3))
}

fn hexadecimal(digits: &[u8]) -> Option<u32> {
    if !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets(all: &[&str]) -> Secrets {
        let mut secrets = Secrets::default();
        for secret in all {
            secrets.add(secret);
        }
        secrets
    }

    #[test]
    fn finds_every_form() {
        let hard = secrets(&["P\u{e4}ss\"w\\r/&\u{1f511}\t 1"]);
        for said in [
            "P\u{e4}ss\"w\\r/&\u{1f511}\t 1",
            "P\u{e4}ss\\\"w\\\\r\\/&\u{1f511}\\t 1",
            r#"P\u00e4ss\u0022w\u005Cr\u002f\u0026\ud83d\udd11\u0009 1"#,
            r#"\u0050\u00E4ss\"w\\r/&\uD83D\uDD11\t \u0031"#,
            "P&#228;ss&quot;w\\r/&amp;&#x1F511;\t 1",
            "P&#xe4;ss&#34;w\\r&#x2f;&amp;\u{1f511}&#9; 1",
            "P%C3%A4ss%22w%5Cr%2F%26%F0%9F%94%91%09%201",
            "P%c3%a4ss%22w%5cr/%26%f0%9f%94%91%09+1",
            // JSON in a string of JSON, HTML in one, and a form in HTML.
            r#"P\u00e4ss\\\"w\\\\r\/&\ud83d\udd11\\t 1"#,
            r#"P\u00e4ss&quot;w\\r/&amp;\ud83d\udd11\t 1"#,
            r#"P%C3%A4ss%22w%5Cr%2F%26%F0%9F%94%91%09&#43;1"#,
        ] {
            let clean = hard.redact(&format!("\\ \\u & %{said}{said}P\u{e4} \\ &x; %zz"));
            let expected = "\\ \\u & %<redacted><redacted>P\u{e4} \\ &x; %zz";
            assert_eq!(clean.as_deref(), Some(expected), "{said}");
        }
        for other in [
            r"P\u00e",
            r"P\",
            r"P\u00e4ss\u",
            r"P\\u00e4ss",
            "P\\\u{e4}",
            "P&#228",
            "P%C3",
        ] {
            assert_eq!(hard.redact(other), None, "{other}");
        }
    }

    #[test]
    fn finds_several_and_the_longest() {
        let both = secrets(&["secret", "secret-and-more", "other-one"]);
        assert_eq!(
            both.redact("secret secret-and-more, secretother-one")
                .unwrap(),
            "<redacted> <redacted>, <redacted><redacted>"
        );
        assert_eq!(both.redact("secre other"), None);
        let alike = secrets(&["secret", "secret-1", "secret-12", "secret-13x", "secret-2"]);
        for (said, rest) in [
            ("secret-12", ""),
            ("secret-13", "3"),
            ("secret-13y", "3y"),
            ("secret-13x", ""),
            ("secret-", "-"),
            ("secret-19", "9"),
            ("secret-3", "-3"),
        ] {
            assert_eq!(alike.redact(said).unwrap(), format!("<redacted>{rest}"));
        }
        assert_eq!(secrets(&["short", ""]).redact("short"), None);
    }

    #[test]
    fn reads_latin_1_and_what_is_no_text() {
        let latin = secrets(&["P\u{e4}ssword1"]);
        let said = b"P\xe4ssword1 is wrong";
        assert_eq!(latin.redact_bytes(said).unwrap(), "<redacted> is wrong");
        let said = b"\xff t0p-secret";
        let plain = secrets(&["t0p-secret"]);
        assert_eq!(plain.redact_bytes(said).unwrap(), "\u{fffd} <redacted>");
    }
}
