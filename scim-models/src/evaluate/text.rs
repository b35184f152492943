//! Text compared by letter case, or without: by the lower case of each character. Nothing here
//! allocates, but for user names and passwords that are not ASCII, and where a long text is looked
//! for in another.

use std::{borrow::Cow, cmp::Ordering};

use super::Preparation;

/// How many bytes are looked for at each place of a text, without its lower case being written.
const LOOKED_FOR_IN_PLACE: usize = 32;

/// How texts are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum TextRule {
    /// As they are.
    Exact,
    /// By the lower case of each character.
    #[default]
    AnyCase,
    /// As user names, in any letter case.
    UserName,
    /// As user names, in their letter case.
    ExactUserName,
    /// As passwords, in their letter case.
    Password,
}

impl TextRule {
    /// What is compared in place of a text, by the rule of `after_preparation`.
    pub(super) fn prepared(self, text: Cow<'_, str>) -> Cow<'_, str> {
        let (preparation, exact) = match self {
            Self::Exact | Self::AnyCase => return text,
            Self::UserName => (Preparation::UserName, false),
            Self::ExactUserName => (Preparation::UserName, true),
            Self::Password => (Preparation::Password, true),
        };
        match text {
            Cow::Borrowed(text) => preparation.apply(text, exact),
            Cow::Owned(text) => Cow::Owned(preparation.apply(&text, exact).into_owned()),
        }
    }

    /// How prepared texts are compared.
    fn after_preparation(self) -> Self {
        if self.is_exact() {
            Self::Exact
        } else {
            Self::AnyCase
        }
    }

    fn is_prepared(self) -> bool {
        !matches!(self, Self::Exact | Self::AnyCase)
    }

    /// Returns whether letter case matters.
    pub(super) fn is_exact(self) -> bool {
        !matches!(self, Self::AnyCase | Self::UserName)
    }
}

/// Compares two texts by what they are once prepared.
#[cold]
fn when_prepared<T>(
    compare: fn(&str, &str, TextRule) -> T,
    one: &str,
    two: &str,
    rule: TextRule,
) -> T {
    let [one, two] = [one, two].map(|text| rule.prepared(Cow::Borrowed(text)));
    compare(&one, &two, rule.after_preparation())
}

/// Returns whether two texts are equal.
pub(super) fn equal(one: &str, two: &str, rule: TextRule) -> bool {
    if one == two {
        return true;
    }
    if rule == TextRule::Exact || start_apart(one, two, rule) {
        return false;
    }
    // What differs by the case of ASCII letters alone is equal in Unicode, too.
    if one.len() == two.len() && !rule.is_exact() && one.eq_ignore_ascii_case(two) {
        return true;
    }
    if is_much_longer(one, two) || is_much_longer(two, one) {
        return false;
    }
    if one.is_ascii() && two.is_ascii() {
        return false;
    }
    if rule.is_prepared() {
        return when_prepared(equal, one, two, rule);
    }
    lower(one).eq(lower(two))
}

/// Returns whether a text is so much longer than another that nothing in the other can be it: the
/// lower case of a character is at most three characters, and preparation makes no more of a text and
/// not so much less. Without it, each short value would cost what a long text in a filter costs.
#[inline]
fn is_much_longer(one: &str, than: &str) -> bool {
    one.len() / 256 > than.len()
}

/// Returns whether the first characters tell two texts apart. ASCII characters are never equal to
/// others of them, whatever follows: a combining character changes both, and no other rule changes
/// ASCII.
#[inline]
fn start_apart(one: &str, two: &str, rule: TextRule) -> bool {
    match (one.as_bytes().first(), two.as_bytes().first()) {
        (Some(one), Some(two)) if one.is_ascii() && two.is_ascii() => {
            if rule.is_exact() {
                one != two
            } else {
                !one.eq_ignore_ascii_case(two)
            }
        }
        _ => false,
    }
}

/// The order of two texts, by code points.
pub(super) fn order(one: &str, two: &str, rule: TextRule) -> Ordering {
    if rule == TextRule::Exact {
        // The order of UTF-8 bytes is that of code points.
        return one.cmp(two);
    }
    if one.is_ascii() && two.is_ascii() {
        if rule.is_exact() {
            return one.cmp(two);
        }
        let folded = one.bytes().map(|byte| byte.to_ascii_lowercase());
        return folded.cmp(two.bytes().map(|byte| byte.to_ascii_lowercase()));
    }
    if rule.is_prepared() {
        return when_prepared(order, one, two, rule);
    }
    lower(one).cmp(lower(two))
}

/// Returns whether `text` begins with `start`.
pub(super) fn starts_with(text: &str, start: &str, rule: TextRule) -> bool {
    if rule == TextRule::Exact {
        return text.starts_with(start);
    }
    if is_much_longer(start, text) {
        return false;
    }
    if text.is_ascii() && start.is_ascii() {
        if rule.is_exact() {
            return text.starts_with(start);
        }
        let head = text.as_bytes().get(..start.len());
        return head.is_some_and(|head| head.eq_ignore_ascii_case(start.as_bytes()));
    }
    if rule.is_prepared() {
        return when_prepared(starts_with, text, start, rule);
    }
    begins(lower(text), lower(start))
}

/// Returns whether `text` ends with `end`.
pub(super) fn ends_with(text: &str, end: &str, rule: TextRule) -> bool {
    if rule == TextRule::Exact {
        return text.ends_with(end);
    }
    if is_much_longer(end, text) {
        return false;
    }
    if text.is_ascii() && end.is_ascii() {
        if rule.is_exact() {
            return text.ends_with(end);
        }
        let tail = text
            .len()
            .checked_sub(end.len())
            .and_then(|at| text.as_bytes().get(at..));
        return tail.is_some_and(|tail| tail.eq_ignore_ascii_case(end.as_bytes()));
    }
    if rule.is_prepared() {
        return when_prepared(ends_with, text, end, rule);
    }
    let backwards = |text| str::chars(text).rev().flat_map(|c| c.to_lowercase().rev());
    begins(backwards(text), backwards(end))
}

/// Returns whether `part` occurs in `text`.
pub(super) fn contains(text: &str, part: &str, rule: TextRule) -> bool {
    if rule == TextRule::Exact {
        return text.contains(part);
    }
    if part.is_empty() {
        return true;
    }
    if is_much_longer(part, text) {
        return false;
    }
    if text.is_ascii() && part.is_ascii() {
        if rule.is_exact() {
            return text.contains(part);
        }
        if part.len() > LOOKED_FOR_IN_PLACE {
            return lower_contains(text, part);
        }
        let part = part.as_bytes();
        let Some(first) = part.first().map(u8::to_ascii_lowercase) else {
            return true;
        };
        // Most places differ in their first letter.
        let mut windows = text.as_bytes().windows(part.len());
        return windows.any(|window| {
            window.first().map(u8::to_ascii_lowercase) == Some(first)
                && window.eq_ignore_ascii_case(part)
        });
    }
    if rule.is_prepared() {
        return when_prepared(contains, text, part, rule);
    }
    if part.len() > LOOKED_FOR_IN_PLACE {
        return lower_contains(text, part);
    }
    text.char_indices().any(|(at, _)| {
        let rest = text.get(at..).unwrap_or_default();
        begins(lower(rest), lower(part))
    })
}

/// Letter by letter this would cost the product of the two lengths.
fn lower_contains(text: &str, part: &str) -> bool {
    let (text, part): (String, String) = (lower(text).collect(), lower(part).collect());
    text.contains(&part)
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
        assert!(equal("JOSÉ", "josé", TextRule::AnyCase));
        assert!(!equal("JOSÉ", "josé", TextRule::Exact));
        assert!(starts_with("ÄÖü", "äÖ", TextRule::AnyCase));
        assert!(ends_with("xÄÖü", "öÜ", TextRule::AnyCase));
        assert!(contains("Grüße ÉTÉ", "été", TextRule::AnyCase));
        assert!(!contains("Grüße", "grusse", TextRule::AnyCase));
        assert_eq!(order("Émile", "émile", TextRule::AnyCase), Ordering::Equal);
        let long = "É".repeat(40);
        let within = format!("x{long}y");
        assert!(contains(&within, &long.to_lowercase(), TextRule::AnyCase));
        assert!(!contains(&long, &format!("x{long}"), TextRule::AnyCase));
        assert_eq!(order("b", "É", TextRule::AnyCase), Ordering::Less);
        assert_eq!(order("Zoe", "adam", TextRule::Exact), Ordering::Less);
        assert_eq!(order("Zoe", "adam", TextRule::AnyCase), Ordering::Greater);
        // One character whose lower case is two.
        assert!(equal("İ", "i\u{307}", TextRule::AnyCase));
        assert!(ends_with("aİ", "i\u{307}", TextRule::AnyCase));
    }

    #[test]
    fn a_long_text_is_in_no_short_one() {
        for rule in [TextRule::Exact, TextRule::AnyCase, TextRule::UserName] {
            for letter in ["a", "É", "e\u{301}"] {
                let long = letter.repeat(3_000);
                for short in ["", "a", "É", "aÉ"] {
                    assert!(!equal(short, &long, rule) && !equal(&long, short, rule));
                    assert!(!contains(short, &long, rule) && !starts_with(short, &long, rule));
                    assert!(!ends_with(short, &long, rule));
                }
                // As long as before: what is prepared may have fewer bytes, but not so much fewer.
                let prepared = rule.prepared(Cow::Borrowed(&long)).into_owned();
                assert!(equal(&prepared, &long, rule) && contains(&prepared, &long, rule));
            }
        }
    }

    #[test]
    fn empty_text_is_in_every_text() {
        for case_exact in [TextRule::Exact, TextRule::AnyCase] {
            for text in ["", "a", "é"] {
                assert!(starts_with(text, "", case_exact));
                assert!(ends_with(text, "", case_exact));
                assert!(contains(text, "", case_exact));
            }
        }
    }

    proptest! {
        #[test]
        fn first_letters_decide_nothing_that_the_rest_does_not(
            one in "[aAbB\u{301}ａÀ]{0,3}",
            two in "[aAbB\u{301}ａÀ]{0,3}",
        ) {
            for rule in [TextRule::AnyCase, TextRule::UserName, TextRule::ExactUserName, TextRule::Password] {
                let [a, b] = [&one, &two].map(|text| {
                    let text = rule.prepared(Cow::Borrowed(text));
                    if rule.is_exact() { text.into_owned() } else { lower(&text).collect() }
                });
                prop_assert_eq!(equal(&one, &two, rule), a == b, "{:?}", rule);
            }
        }

        #[test]
        fn agrees_with_lower_case(one in "[aAbBéÉ]{0,6}", two in "[aAbBéÉ]{0,3}") {
            let (a, b) = (one.to_lowercase(), two.to_lowercase());
            prop_assert_eq!(equal(&one, &two, TextRule::AnyCase), a == b);
            prop_assert_eq!(order(&one, &two, TextRule::AnyCase), a.cmp(&b));
            prop_assert_eq!(starts_with(&one, &two, TextRule::AnyCase), a.starts_with(&b));
            prop_assert_eq!(ends_with(&one, &two, TextRule::AnyCase), a.ends_with(&b));
            prop_assert_eq!(contains(&one, &two, TextRule::AnyCase), a.contains(&b));
        }
    }
}
