//! Secrets in what a server says: found in every form in which it may repeat them.

use std::{
    borrow::Cow,
    collections::{BTreeSet, HashMap},
    ops::{Bound, Range},
};

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use http::{HeaderMap, HeaderValue};

use crate::{internal::escape, shown::REDACTED};

/// The shortest secret that is looked for, in bytes: shorter ones are in every text.
pub(super) const SHORTEST: usize = 6;

/// How many encodings may lie on top of one another, such as HTML in a string of JSON.
const DEPTH: usize = 2;

/// How many of JSON alone: a gateway gives the error of a server, which repeats a request, each of them in a
/// string.
const JSON_DEPTH: usize = 4;

/// What must not be shown of what a server says.
///
/// Each secret is found as it is, in base64 and in hexadecimal digits, and each of these escaped in JSON,
/// escaped in HTML, percent-encoded, and in any two of these on top of one another, JSON up to four
/// times. The cost is linear in the text, also where there are many that
/// begin alike.
#[derive(Default)]
pub(super) struct Secrets(HashMap<[u8; SHORTEST], BTreeSet<Box<[u8]>>>);

impl Secrets {
    /// Adds a secret, unless it is too short to be told from other text.
    pub(super) fn add(&mut self, secret: &str) {
        let bytes = secret.as_bytes();
        if bytes.len() < SHORTEST {
            return;
        }
        self.add_bytes(bytes);
        for form in in_other_digits(bytes) {
            self.add_bytes(form.as_bytes());
        }
        // As old programs have it, which know no other letters.
        let latin = secret.chars().map(|c| u8::try_from(u32::from(c)));
        if !secret.is_ascii()
            && let Ok(latin) = latin.collect::<Result<Vec<_>, _>>()
        {
            self.add_bytes(&latin);
        }
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
        self.search(
            text.as_bytes(),
            Depth::default(),
            &|range| range,
            &mut found,
        );
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
        depth: Depth,
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
        for (mark, unit) in FORMS {
            let goes_on = match mark {
                b'\\' => depth.json < JSON_DEPTH && (depth.json == depth.all || depth.all < DEPTH),
                _ => depth.all < DEPTH,
            };
            if !goes_on {
                continue;
            }
            let depth = Depth {
                all: depth.all + 1,
                json: depth.json + usize::from(mark == b'\\'),
            };
            if let Some(decoded) = Decoded::of(text, mark, unit) {
                let back = |range| back(decoded.back(range));
                self.search(&decoded.bytes, depth, &back, found);
            }
        }
    }
}

/// How many encodings were undone.
#[derive(Clone, Copy, Default)]
struct Depth {
    all: usize,
    json: usize,
}

/// A secret in base64, at each place where it may stand in what is encoded, and in hexadecimal digits.
///
/// A character that also tells of the bytes before or after it is left out.
fn in_other_digits(secret: &[u8]) -> Vec<String> {
    let mut forms = Vec::new();
    for before in 0..3 {
        let mut bytes = vec![0; before];
        bytes.extend_from_slice(secret);
        let end = bytes.len() * 8 / 6;
        let begin = (before * 8).div_ceil(6);
        let encoded = STANDARD_NO_PAD.encode(bytes);
        let own = encoded.get(begin..end).unwrap_or_default();
        if own.contains(['+', '/']) {
            forms.push(own.replace('+', "-").replace('/', "_"));
        }
        forms.push(own.to_owned());
    }
    let digits = |one: fn(u8) -> String| secret.iter().copied().map(one).collect();
    forms.push(digits(|byte| format!("{byte:02x}")));
    forms.push(digits(|byte| format!("{byte:02X}")));
    forms
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

/// An escape of a JSON string (RFC 8259 §7), or `\'` or `\xc3`, which JSON does not have and some
/// write.
fn json_escape(text: &[u8]) -> Option<(Meant, usize)> {
    if text.get(1) == Some(&b'x') {
        let octet = u8::try_from(hexadecimal(text.get(2..4)?)?).ok()?;
        return Some((([octet, 0, 0, 0], 1), 4));
    }
    if text.get(1) == Some(&b'\'') {
        return Some((meant('\''), 2));
    }
    let (c, end) = escape(text, 0).ok()?;
    Some((meant(c?), end))
}

/// The names of the characters from U+00A0 to U+00FF in HTML, which some writers use for all of them.
const LATIN_1: [&str; 96] = [
    "nbsp", "iexcl", "cent", "pound", "curren", "yen", "brvbar", "sect", "uml", "copy", "ordf",
    "laquo", "not", "shy", "reg", "macr", "deg", "plusmn", "sup2", "sup3", "acute", "micro",
    "para", "middot", "cedil", "sup1", "ordm", "raquo", "frac14", "frac12", "frac34", "iquest",
    "Agrave", "Aacute", "Acirc", "Atilde", "Auml", "Aring", "AElig", "Ccedil", "Egrave", "Eacute",
    "Ecirc", "Euml", "Igrave", "Iacute", "Icirc", "Iuml", "ETH", "Ntilde", "Ograve", "Oacute",
    "Ocirc", "Otilde", "Ouml", "times", "Oslash", "Ugrave", "Uacute", "Ucirc", "Uuml", "Yacute",
    "THORN", "szlig", "agrave", "aacute", "acirc", "atilde", "auml", "aring", "aelig", "ccedil",
    "egrave", "eacute", "ecirc", "euml", "igrave", "iacute", "icirc", "iuml", "eth", "ntilde",
    "ograve", "oacute", "ocirc", "otilde", "ouml", "divide", "oslash", "ugrave", "uacute", "ucirc",
    "uuml", "yacute", "thorn", "yuml",
];

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
        name => {
            // They stand for what follows no-break space.
            let at = LATIN_1.iter().position(|known| known.as_bytes() == name)?;
            char::from_u32(0xa0 + u32::try_from(at).ok()?)?
        }
    };
    Some((meant(c), end + 1))
}

/// `%2F` (RFC 3986 §2.1), or `%u002F`, as old scripts write it.
fn percent(text: &[u8]) -> Option<(Meant, usize)> {
    if let Some(b'u' | b'U') = text.get(1) {
        let c = char::from_u32(hexadecimal(text.get(2..6)?)?)?;
        return Some((meant(c), 6));
    }
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
            "P&auml;ss&quot;w\\r/&amp;&#x1f511;\t 1",
            "P%C3%A4ss%22w%5Cr%2F%26%F0%9F%94%91%09%201",
            "P%u00E4ss%22w%5cr/%26\u{1f511}%09%201",
            r#"P\xc3\xa4ss\"w\\r/&\xf0\x9f\x94\x91\t 1"#,
            "P%c3%a4ss%22w%5cr/%26%f0%9f%94%91%09+1",
            // JSON in a string of JSON, HTML in one, and a form in HTML.
            r#"P\u00e4ss\\\"w\\\\r\/&\ud83d\udd11\\t 1"#,
            r#"P\u00e4ss&quot;w\\r/&amp;\ud83d\udd11\t 1"#,
            r#"P%C3%A4ss%22w%5Cr%2F%26%F0%9F%94%91%09&#43;1"#,
            r#"P\\\\u00e4ss\\\\\\\"w\\\\\\\\r/&\ud83d\udd11\t 1"#,
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
    fn finds_other_digits() {
        let hard = secrets(&["P\u{e4}ss?w\u{ff}rd>1"]);
        let bytes = "P\u{e4}ss?w\u{ff}rd>1".as_bytes();
        for (before, after) in [("", ""), ("a", ""), ("ab", "c"), ("bjensen:", "\n")] {
            let text = [before.as_bytes(), bytes, after.as_bytes()].concat();
            for encoded in [
                STANDARD_NO_PAD.encode(&text),
                STANDARD_NO_PAD
                    .encode(&text)
                    .replace('+', "-")
                    .replace('/', "_"),
            ] {
                // What is left are the characters at its ends, which say nothing of most of it.
                let clean = hard.redact(&encoded).unwrap();
                let (begin, end) = clean.split_once("<redacted>").unwrap();
                let around = (before.len() + after.len()) * 8 / 6;
                assert!(begin.len() + end.len() <= around + 2, "{encoded}: {clean}");
                assert!(encoded.starts_with(begin) && encoded.ends_with(end));
            }
        }
        for digits in ["50c3a47373", "50C3A47373"] {
            let rest = if digits.contains('c') {
                "3f77c3bf72643e31"
            } else {
                "3F77C3BF72643E31"
            };
            let clean = hard.redact(&format!("0x{digits}{rest}!"));
            assert_eq!(clean.as_deref(), Some("0x<redacted>!"));
        }
        assert_eq!(secrets(&["short"]).redact("c2hvcnQ= 73686f7274"), None);
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
        let said = r"P%E4ssword1 P\xe4ssword1";
        assert_eq!(latin.redact(said).unwrap(), "<redacted> <redacted>");
        let said = b"P\xe4ssword1 is wrong";
        assert_eq!(latin.redact_bytes(said).unwrap(), "<redacted> is wrong");
        let said = b"\xff t0p-secret";
        let plain = secrets(&["t0p-secret"]);
        assert_eq!(plain.redact_bytes(said).unwrap(), "\u{fffd} <redacted>");
    }
}
