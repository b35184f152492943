//! Text compared by letter case, or without: by the lower case of each character. Nothing here
//! allocates.

use std::cmp::Ordering;

/// Whether two texts are equal.
pub(super) fn equal(one: &str, two: &str, case_exact: bool) -> bool {
    if case_exact {
        return one == two;
    }
    if one.is_ascii() && two.is_ascii() {
        return one.eq_ignore_ascii_case(two);
    }
    lower(one).eq(lower(two))
}

/// The order of two texts, by code points.
pub(super) fn order(one: &str, two: &str, case_exact: bool) -> Ordering {
    if case_exact {
        // The order of UTF-8 bytes is that of code points.
        return one.cmp(two);
    }
    if one.is_ascii() && two.is_ascii() {
        let folded = one.bytes().map(|byte| byte.to_ascii_lowercase());
        return folded.cmp(two.bytes().map(|byte| byte.to_ascii_lowercase()));
    }
    lower(one).cmp(lower(two))
}

/// Whether `text` begins with `start`.
pub(super) fn starts_with(text: &str, start: &str, case_exact: bool) -> bool {
    if case_exact {
        return text.starts_with(start);
    }
    if text.is_ascii() && start.is_ascii() {
        let head = text.as_bytes().get(..start.len());
        return head.is_some_and(|head| head.eq_ignore_ascii_case(start.as_bytes()));
    }
    begins(lower(text), lower(start))
}

/// Whether `text` ends with `end`.
pub(super) fn ends_with(text: &str, end: &str, case_exact: bool) -> bool {
    if case_exact {
        return text.ends_with(end);
    }
    if text.is_ascii() && end.is_ascii() {
        let tail = text
            .len()
            .checked_sub(end.len())
            .and_then(|at| text.as_bytes().get(at..));
        return tail.is_some_and(|tail| tail.eq_ignore_ascii_case(end.as_bytes()));
    }
    let backwards = |text| str::chars(text).rev().flat_map(|c| c.to_lowercase().rev());
    begins(backwards(text), backwards(end))
}

/// Whether `part` occurs in `text`.
pub(super) fn contains(text: &str, part: &str, case_exact: bool) -> bool {
    if case_exact {
        return text.contains(part);
    }
    if part.is_empty() {
        return true;
    }
    if text.is_ascii() && part.is_ascii() {
        let mut windows = text.as_bytes().windows(part.len());
        return windows.any(|window| window.eq_ignore_ascii_case(part.as_bytes()));
    }
    text.char_indices().any(|(at, _)| {
        let rest = text.get(at..).unwrap_or_default();
        begins(lower(rest), lower(part))
    })
}

fn lower(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().flat_map(char::to_lowercase)
}

fn begins(mut text: impl Iterator<Item = char>, start: impl Iterator<Item = char>) -> bool {
    let mut start = start;
    start.all(|wanted| text.next() == Some(wanted))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn letter_case_is_more_than_ascii() {
        assert!(equal("JOSÉ", "josé", false));
        assert!(!equal("JOSÉ", "josé", true));
        assert!(starts_with("ÄÖü", "äÖ", false));
        assert!(ends_with("xÄÖü", "öÜ", false));
        assert!(contains("Grüße ÉTÉ", "été", false));
        assert!(!contains("Grüße", "grusse", false));
        assert_eq!(order("Émile", "émile", false), Ordering::Equal);
        assert_eq!(order("b", "É", false), Ordering::Less);
        assert_eq!(order("Zoe", "adam", true), Ordering::Less);
        assert_eq!(order("Zoe", "adam", false), Ordering::Greater);
        // One character whose lower case is two.
        assert!(equal("İ", "i\u{307}", false));
        assert!(ends_with("aİ", "i\u{307}", false));
    }

    #[test]
    fn empty_text_is_in_every_text() {
        for case_exact in [true, false] {
            for text in ["", "a", "é"] {
                assert!(starts_with(text, "", case_exact));
                assert!(ends_with(text, "", case_exact));
                assert!(contains(text, "", case_exact));
            }
        }
    }

    proptest! {
        #[test]
        fn agrees_with_lower_case(one in "[aAbBéÉ]{0,6}", two in "[aAbBéÉ]{0,3}") {
            let (a, b) = (one.to_lowercase(), two.to_lowercase());
            prop_assert_eq!(equal(&one, &two, false), a == b);
            prop_assert_eq!(order(&one, &two, false), a.cmp(&b));
            prop_assert_eq!(starts_with(&one, &two, false), a.starts_with(&b));
            prop_assert_eq!(ends_with(&one, &two, false), a.ends_with(&b));
            prop_assert_eq!(contains(&one, &two, false), a.contains(&b));
        }
    }
}
