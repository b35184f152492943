//! Versions of what is completed: the stored one, and after a dot what followed from other
//! resources. `If-None-Match` sees both, so that nobody keeps old `groups` in a cache; `If-Match` is
//! about the stored one only, so that a new membership is in nobody's way.

use std::borrow::Cow;

use crate::{derived::GroupOf, precondition, record::Record};

/// The version as it is stored.
pub(super) fn written(version: &str) -> Cow<'_, str> {
    let inner = version.strip_suffix('"');
    match inner.and_then(|inner| inner.split_once('.')) {
        Some((written, _)) => Cow::Owned(format!("{written}\"")),
        None => Cow::Borrowed(version),
    }
}

/// Returns whether both are the same, but for what followed from other resources.
pub(super) fn is_same(asked: &str, current: &str) -> bool {
    precondition::is_same_version(&written(asked), &written(current))
}

/// Gives a record the version that it has with these groups.
pub(super) fn complete(record: &mut Record, groups: &[GroupOf]) {
    let Some(version) = record.version() else {
        return;
    };
    let stored = written(version);
    let completed = match stored.strip_suffix('"') {
        Some(inner) if !groups.is_empty() => format!("{inner}.{:x}\"", digest(groups)),
        _ => stored.into_owned(),
    };
    if record.version() != Some(&completed) {
        record.meta_mut().version = Some(completed);
    }
}

/// The same for the same groups, in each process (FNV-1a). URLs do not count: they are other names of
/// the same groups.
fn digest(groups: &[GroupOf]) -> u64 {
    let mut digest = 0xcbf2_9ce4_8422_2325_u64;
    let mut add = |bytes: &[u8]| {
        for byte in bytes {
            digest = (digest ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    for group in groups {
        let display = group.display.as_deref().unwrap_or_default();
        for text in [group.id.as_str(), display] {
            add(&text.len().to_le_bytes());
            add(text.as_bytes());
        }
        add(&[u8::from(group.direct)]);
    }
    digest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_has_two_parts() {
        for (version, stored) in [
            ("W/\"1\"", "W/\"1\""),
            ("W/\"1.5f\"", "W/\"1\""),
            ("W/\"1.5f.6\"", "W/\"1\""),
            ("\"a.b\"", "\"a\""),
            ("1.5", "1.5"),
            ("", ""),
            ("*", "*"),
        ] {
            assert_eq!(written(version), stored);
        }
        assert!(is_same("W/\"1.5f\"", "\"1.6a\"") && !is_same("W/\"1.5f\"", "W/\"2.5f\""));
    }
}
