//! Percent-encoding (RFC 3986 §2.1).

use std::borrow::Cow;

/// Returns whether a byte stands for itself in a URL (RFC 3986 §2.3).
pub fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

/// Percent-encodes every octet outside RFC 3986's unreserved set: a space is `%20`, a plus `%2B`.
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    encode_into(&mut out, text);
    out
}

/// Like [`encode`], appended to `out`.
pub fn encode_into(out: &mut String, text: &str) {
    if text.bytes().all(is_unreserved) {
        out.push_str(text);
    } else {
        out.push_str(&encode_with(text, is_unreserved));
    }
}

/// Percent-encodes all bytes but those to `keep`.
pub fn encode_with(text: &str, keep: impl Fn(u8) -> bool) -> String {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let mut out = String::with_capacity(text.len() + 16);
    for byte in text.bytes() {
        if keep(byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(DIGITS[usize::from(byte >> 4)]));
            out.push(char::from(DIGITS[usize::from(byte & 15)]));
        }
    }
    out
}

/// Decodes percent-encoding. Bytes that are not UTF-8 become U+FFFD.
pub fn percent_decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return text.into();
    }
    String::from_utf8_lossy(&octets(text)).into_owned().into()
}

/// The bytes of a percent-encoded text.
pub fn octets(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let digits = text
            .get(at + 1..at + 3)
            .filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(octet) if byte == b'%' => {
                out.push(octet);
                at += 3;
            }
            _ => {
                out.push(byte);
                at += 1;
            }
        }
    }
    out
}

/// Decodes the query of a URL, in which a plus is a space too.
pub fn query_decoded(text: &str) -> Cow<'_, str> {
    if text.contains('+') {
        return percent_decoded(&text.replace('+', " ")).into_owned().into();
    }
    percent_decoded(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodes_and_decodes() {
        let text = "title eq \"100% & a=b?c#d+e\"";
        let encoded = encode(text);
        assert_eq!(
            encoded,
            "title%20eq%20%22100%25%20%26%20a%3Db%3Fc%23d%2Be%22"
        );
        assert_eq!(percent_decoded(&encoded), text);
        assert_eq!(percent_decoded("a%zz%4"), "a%zz%4");
    }

    #[test]
    fn a_plus_in_a_query_is_a_space() {
        assert_eq!(query_decoded("a+b%2Bc%20d"), "a b+c d");
        assert_eq!(query_decoded("a"), "a");
    }
}
