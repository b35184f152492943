//! Identifiers that a service provider assigns (RFC 7643 §3.1), and how they stand in URLs.

use std::{
    collections::hash_map::RandomState,
    hash::{BuildHasher, Hasher},
};

use scim_models::value::Timestamp;

/// Where new ids come from.
#[derive(Debug)]
pub(super) enum Identifiers {
    /// `1`, `2`, `3` and so on.
    Counter(u64),
    /// In the form of a UUID, different in every process.
    Random(RandomState, u64),
}

impl Identifiers {
    pub(super) fn random() -> Self {
        Self::Random(RandomState::new(), 0)
    }

    pub(super) fn next(&mut self, now: Timestamp) -> String {
        match self {
            Self::Counter(last) => {
                *last += 1;
                last.to_string()
            }
            Self::Random(state, last) => {
                *last += 1;
                let half = |salt: u8| {
                    let mut hasher = state.build_hasher();
                    hasher.write_u8(salt);
                    hasher.write_u64(*last);
                    hasher.write_i64(now.unix_seconds());
                    hasher.write_u32(now.subsec_nanos());
                    hasher.finish()
                };
                uuid(half(0), half(1))
            }
        }
    }
}

/// 128 bits in the form of a random UUID (RFC 9562 §5.4).
fn uuid(high: u64, low: u64) -> String {
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xfff,
        (low >> 48) & 0x3fff | 0x8000,
        low & 0xffff_ffff_ffff,
    )
}

/// One segment of a path, with everything encoded that RFC 3986 does not call unreserved.
pub(super) fn encoded(id: &str) -> String {
    let mut out = String::with_capacity(id.len());
    for byte in id.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte));
            }
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_look_like_uuids_and_differ() {
        let mut ids = Identifiers::random();
        let now = Timestamp::new(0, 0);
        let (one, two) = (ids.next(now), ids.next(now));
        assert_ne!(one, two);
        let lengths: Vec<_> = one.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12]);
        assert_eq!(one.as_bytes()[14], b'4');
    }

    #[test]
    fn ids_are_one_segment() {
        assert_eq!(encoded("a/b c?é"), "a%2Fb%20c%3F%C3%A9");
    }
}
