//! How a character is escaped in JSON, in HTML and in URLs.

use crate::internal::escape;

/// No escape is longer, but for zeros before its digits.
pub(super) const LONGEST: usize = 12;

/// One kind of escapes.
pub(super) struct Form {
    /// The byte that every escape begins with.
    pub(super) mark: u8,
    pub(super) unit: Unit,
}

/// Reads one escape at the beginning of the text: what it means, and how long it is.
pub(super) type Unit = fn(&[u8]) -> Option<(Meant, usize)>;

/// What an escape means: up to four bytes.
pub(super) type Meant = ([u8; 4], usize);

pub(super) const JSON: u8 = b'\\';
pub(super) const HTML: u8 = b'&';

pub(super) const FORMS: [Form; 3] = [
    Form {
        mark: JSON,
        unit: backslash,
    },
    Form {
        mark: HTML,
        unit: html_entity,
    },
    Form {
        mark: b'%',
        unit: percent,
    },
];

fn meant(c: char) -> Meant {
    let mut bytes = [0; 4];
    let count = c.encode_utf8(&mut bytes).len();
    (bytes, count)
}

/// An escape of a JSON string (RFC 8259 §7), or of the strings of programming languages: `\'`, `\xc3`,
/// `\303`, `\u{e4}` and `\U000000e4`.
fn backslash(text: &[u8]) -> Option<(Meant, usize)> {
    let octet = |octet: u32| Some([u8::try_from(octet).ok()?, 0, 0, 0]);
    match text.get(1)? {
        b'x' => Some(((octet(digits(text.get(2..4)?, 16)?)?, 1), 4)),
        b'0'..=b'3' => Some(((octet(digits(text.get(1..4)?, 8)?)?, 1), 4)),
        b'U' => {
            let c = char::from_u32(digits(text.get(2..10)?, 16)?)?;
            Some((meant(c), 10))
        }
        b'u' if text.get(2) == Some(&b'{') => {
            let inside = text.get(3..LONGEST.min(text.len()))?;
            let end = inside.iter().position(|b| *b == b'}')?;
            let c = char::from_u32(digits(inside.get(..end)?, 16)?)?;
            Some((meant(c), 3 + end + 1))
        }
        // Also where JSON needs none.
        sign if sign.is_ascii_punctuation() => Some((meant(char::from(*sign)), 2)),
        _ => {
            let (c, end) = escape(text, 0).ok()?;
            Some((meant(c?), end))
        }
    }
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

/// `&amp;`, `&#38;` or `&#x26;`, also without the semicolon, and the names also in upper case.
fn html_entity(text: &[u8]) -> Option<(Meant, usize)> {
    if let [_, b'#', rest @ ..] = text {
        return numeric(rest).map(|(c, length)| (meant(c), 2 + length));
    }
    let mut named = text.iter().take(LONGEST);
    let Some(end) = named.position(|b| *b == b';') else {
        return without_end(text);
    };
    let name = text.get(1..end)?;
    let known = ascii_named(name).or_else(|| {
        // They stand for what follows no-break space.
        let at = LATIN_1.iter().position(|known| known.as_bytes() == name)?;
        char::from_u32(0xa0 + u32::try_from(at).ok()?)
    });
    match known {
        Some(c) => Some((meant(c), end + 1)),
        None => without_end(text),
    }
}

/// What follows `&#`, and its length.
fn numeric(text: &[u8]) -> Option<(char, usize)> {
    let (radix, start) = match text.first()? {
        b'x' | b'X' => (16, 1),
        _ => (10, 0),
    };
    let rest = text.get(start..)?;
    let is_digit = |b: &u8| char::from(*b).is_digit(radix);
    let count = rest.iter().take_while(|b| is_digit(b)).count();
    let c = char::from_u32(digits(rest.get(..count)?, radix)?)?;
    let end = usize::from(rest.get(count) == Some(&b';'));
    Some((c, start + count + end))
}

/// The names that every browser knows without the semicolon.
fn without_end(text: &[u8]) -> Option<(Meant, usize)> {
    if !matches!(text.get(1)? | 0x20, b'a' | b'g' | b'l' | b'q') {
        return None;
    }
    ["amp", "lt", "gt", "quot", "apos"].iter().find_map(|name| {
        let found = text.get(1..=name.len())?;
        let known = found
            .eq_ignore_ascii_case(name.as_bytes())
            .then_some(found)?;
        Some((meant(ascii_named(known)?), 1 + name.len()))
    })
}

/// The signs of ASCII, and the spaces.
fn ascii_named(name: &[u8]) -> Option<char> {
    let mut room = [0; LONGEST];
    let lower = room.get_mut(..name.len())?;
    lower.copy_from_slice(name);
    lower.make_ascii_lowercase();
    Some(match &*lower {
        b"amp" => '&',
        b"lt" => '<',
        b"gt" => '>',
        b"quot" => '"',
        b"apos" => '\'',
        b"tab" => '\t',
        b"newline" => '\n',
        b"excl" => '!',
        b"num" => '#',
        b"dollar" => '$',
        b"percnt" => '%',
        b"lpar" => '(',
        b"rpar" => ')',
        b"ast" | b"midast" => '*',
        b"plus" => '+',
        b"comma" => ',',
        b"period" => '.',
        b"sol" => '/',
        b"colon" => ':',
        b"semi" => ';',
        b"equals" => '=',
        b"quest" => '?',
        b"commat" => '@',
        b"lsqb" | b"lbrack" => '[',
        b"bsol" => '\\',
        b"rsqb" | b"rbrack" => ']',
        b"hat" => '^',
        b"lowbar" | b"underbar" => '_',
        b"grave" => '`',
        b"lcub" | b"lbrace" => '{',
        b"verbar" | b"vert" | b"verticalline" => '|',
        b"rcub" | b"rbrace" => '}',
        _ => return None,
    })
}

/// `%2F` (RFC 3986 §2.1), or `%u002F`, as old scripts write it.
fn percent(text: &[u8]) -> Option<(Meant, usize)> {
    if let Some(b'u' | b'U') = text.get(1) {
        let c = char::from_u32(digits(text.get(2..6)?, 16)?)?;
        return Some((meant(c), 6));
    }
    let octet = u8::try_from(digits(text.get(1..3)?, 16)?).ok()?;
    Some((([octet, 0, 0, 0], 1), 3))
}

fn digits(digits: &[u8], radix: u32) -> Option<u32> {
    if !digits.iter().all(|b| char::from(*b).is_digit(radix)) {
        return None;
    }
    u32::from_str_radix(std::str::from_utf8(digits).ok()?, radix).ok()
}
