//! What `*` matches in the paths of an overlay.

use crate::document::{RawAttribute, RawSchema};

/// Returns whether a name is meant: `*` stands for any characters, letter case makes no difference.
pub(super) fn matches(pattern: &str, name: &str) -> bool {
    let (pattern, name) = (pattern.to_ascii_lowercase(), name.to_ascii_lowercase());
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| name.strip_prefix(first)) else {
        return false;
    };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = rest.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    true
}

/// The attributes that a path with patterns stands for, each by the names that lead to it.
pub(super) fn paths(attributes: &[RawAttribute], path: &str) -> Vec<Vec<String>> {
    let (first, rest) = match path.split_once('.') {
        Some((first, rest)) => (first, Some(rest)),
        None => (path, None),
    };
    let meant = attributes.iter().filter(|a| matches(first, &a.name));
    meant
        .flat_map(|attribute| {
            let inner = match rest {
                Some(rest) => paths(&attribute.sub_attributes, rest),
                None => vec![Vec::new()],
            };
            let whole = |inner: Vec<String>| [vec![attribute.name.clone()], inner].concat();
            inner.into_iter().map(whole).collect::<Vec<_>>()
        })
        .collect()
}

/// Returns whether a path leads to anything, now or before a change.
pub(super) fn found(now: &[RawSchema], before: &[RawSchema], urn: &str, path: &str) -> bool {
    let mut schemas = now.iter().chain(before);
    schemas.any(|schema| matches(urn, &schema.id) && !paths(&schema.attributes, path).is_empty())
}

/// No attribute is required.
pub(in crate::read) fn optional(attributes: &mut [RawAttribute]) {
    for attribute in attributes {
        attribute.required = false;
        optional(&mut attribute.sub_attributes);
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_star_stands_for_anything() {
        for (pattern, name) in [
            ("*", ""),
            ("*", "a"),
            ("A*", "abc"),
            ("*c", "aBC"),
            ("a*b*c", "axbxc"),
            ("abc", "ABC"),
        ] {
            assert!(matches(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [
            ("", "a"),
            ("a", "ab"),
            ("a*", "ba"),
            ("*a", "ab"),
            ("a*a", "a"),
            ("a*b*c", "acb"),
        ] {
            assert!(!matches(pattern, name), "{pattern} {name}");
        }
    }
}
