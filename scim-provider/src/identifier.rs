//! Identifiers that a service provider assigns (RFC 7643 §3.1).

use std::{
    collections::hash_map::RandomState,
    hash::{BuildHasher, Hasher},
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering},
    },
};

use scim_models::value::Timestamp;

/// Where new ids come from.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Identifiers {
    /// `1`, `2`, `3` and so on.
    Counter(u64),
    /// In the form of a UUID, different in every process.
    Random,
}

impl Identifiers {
    pub(crate) fn next(&mut self) -> String {
        match self {
            Self::Counter(last) => {
                *last += 1;
                last.to_string()
            }
            Self::Random => random(),
        }
    }
}

/// An identifier in the form of a random UUID: a keyed hash (the key is random, and another in
/// each process) of a counter and the time.
pub(crate) fn random() -> String {
    static KEYS: LazyLock<[RandomState; 2]> =
        LazyLock::new(|| [RandomState::new(), RandomState::new()]);
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let now = Timestamp::now();
    let [high, low] = &*KEYS;
    let half = |state: &RandomState| {
        let mut hasher = state.build_hasher();
        hasher.write_u64(count);
        hasher.write_i64(now.unix_seconds());
        hasher.write_u32(now.subsec_nanos());
        hasher.finish()
    };
    uuid(half(high), half(low))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_look_like_uuids_and_differ() {
        let (one, two) = (random(), random());
        assert_ne!(one, two);
        let lengths: Vec<_> = one.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12]);
        assert_eq!(one.as_bytes()[14], b'4');
    }
}
