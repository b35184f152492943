//! Bodies by gzip (RFC 9110 §8.4.1.3).

use std::io::Read as _;

use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use http::{
    Extensions, HeaderMap,
    header::{CONTENT_ENCODING, CONTENT_LENGTH},
};

use crate::transport::{CutOff, TransportError, TransportErrorKind, collected::too_large};

/// How much room a body gets because its own trailer says that it will be large.
const MAX_ROOM: usize = 8 << 20;

/// Returns whether a body is packed, and by gzip alone.
pub(super) fn is_used(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_ENCODING).is_some_and(|value| {
        let value = value.as_bytes().trim_ascii();
        value.eq_ignore_ascii_case(b"gzip") || value.eq_ignore_ascii_case(b"x-gzip")
    })
}

/// Takes out what was said of the packed body and is not true of the other.
pub(super) fn forget(headers: &mut HeaderMap) {
    headers.remove(CONTENT_ENCODING);
    headers.remove(CONTENT_LENGTH);
}

/// The body, of at most so many bytes. What is more is left out where it `is_cut`, and so is what a
/// packed body that was cut lacks.
///
/// # Errors
/// It is larger, or not gzip.
pub(super) fn unpacked(
    packed: &[u8],
    most: usize,
    is_cut: bool,
    noted: &mut Extensions,
) -> Result<Bytes, TransportError> {
    let mut body = Vec::with_capacity(expected(packed).min(most).min(MAX_ROOM));
    let one_more = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    let read = MultiGzDecoder::new(packed)
        .take(one_more)
        .read_to_end(&mut body);
    if body.len() > most {
        if !is_cut {
            return Err(too_large(most));
        }
        body.truncate(most);
        noted.insert(CutOff);
    }
    match read {
        Err(error) if !is_cut => {
            let why = format!("the body is not gzip, although its header says so: {error}");
            Err(TransportError::new(TransportErrorKind::Other, why))
        }
        Err(_) => {
            noted.insert(CutOff);
            Ok(body.into())
        }
        Ok(_) => Ok(body.into()),
    }
}

/// How large the body is, as the end of its last part says (RFC 1952 §2.3.1).
fn expected(packed: &[u8]) -> usize {
    let end = packed.last_chunk().copied().unwrap_or_default();
    usize::try_from(u32::from_le_bytes(end)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::{Compression, write::GzEncoder};
    use http::HeaderValue;

    use super::*;

    fn packed(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn unpacked(packed: &[u8], most: usize, is_cut: bool) -> Result<Bytes, TransportError> {
        super::unpacked(packed, most, is_cut, &mut Extensions::new())
    }

    #[test]
    fn what_was_packed_comes_out() {
        let text = vec![b'x'; 100_000];
        let small = packed(&text);
        assert!(small.len() < 1000);
        assert_eq!(unpacked(&small, 100_000, false).unwrap(), text);
        // Two parts are one body (RFC 1952 §2.2).
        let twice = [packed(b"ab"), packed(b"cd")].concat();
        assert_eq!(unpacked(&twice, 4, false).unwrap(), "abcd");
    }

    #[test]
    fn a_body_has_its_limit_when_it_is_unpacked() {
        let small = packed(&vec![b'x'; 100_000]);
        let error = unpacked(&small, 99_999, false).unwrap_err();
        assert_eq!(error.kind(), TransportErrorKind::TooLarge);
        let mut noted = Extensions::new();
        let cut = super::unpacked(&small, 99_999, true, &mut noted).unwrap();
        assert!(cut.len() == 99_999 && noted.get::<CutOff>().is_some());
        // A trailer that lies gets no more room than it may.
        let mut lies = small.clone();
        let end = lies.len() - 4;
        lies[end..].copy_from_slice(&u32::MAX.to_le_bytes());
        assert!(unpacked(&lies, 1 << 30, false).is_err());
    }

    #[test]
    fn what_is_broken_is_told_unless_it_was_cut() {
        let whole = packed(b"{\"detail\":\"a long story, told at some length\"}");
        let half = &whole[..whole.len() / 2];
        let error = unpacked(half, 1000, false).unwrap_err();
        assert_eq!(error.kind(), TransportErrorKind::Other);
        assert!(error.cause().contains("not gzip"), "{}", error.cause());
        assert!(unpacked(b"{\"id\":1}", 1000, false).is_err());
        let mut noted = Extensions::new();
        assert!(super::unpacked(half, 1000, true, &mut noted).is_ok());
        assert!(noted.get::<CutOff>().is_some());
    }

    #[test]
    fn other_encodings_are_left_alone() {
        for (value, used) in [
            ("gzip", true),
            ("GZIP ", true),
            ("x-gzip", true),
            ("br", false),
            ("gzip, br", false),
            ("", false),
        ] {
            let value = HeaderValue::from_str(value).unwrap();
            let headers = HeaderMap::from_iter([(CONTENT_ENCODING, value.clone())]);
            assert_eq!(is_used(&headers), used, "{value:?}");
        }
        assert!(!is_used(&HeaderMap::new()));
    }
}
