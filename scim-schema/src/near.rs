//! The keyword that is nearest to a misspelt one.

/// Words that differ in more letters are not near. A letter may have several bytes, so lengths are
/// compared generously.
const MOST: usize = 2;

/// The keyword nearest to a misspelt one, if any is near.
#[must_use]
pub fn nearest<'k>(text: &str, keywords: &[&'k str]) -> Option<&'k str> {
    let text = text.to_ascii_lowercase();
    let near = |keyword: &&&str| keyword.len().abs_diff(text.len()) <= 2 * MOST;
    keywords
        .iter()
        .filter(near)
        .map(|keyword| (distance(&text, &keyword.to_ascii_lowercase()), *keyword))
        .filter(|(distance, _)| *distance <= MOST)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, keyword)| keyword)
}

/// Returns whether two words differ in one letter only.
pub(crate) fn nearest_by_one(a: &str, b: &str) -> bool {
    distance(&a.to_ascii_lowercase(), &b.to_ascii_lowercase()) <= 1
}

/// How many letters differ: one more, one less, another, or two that changed places.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let far = usize::MAX - 1;
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    let mut last = None;
    for (i, x) in a.chars().enumerate() {
        let mut next = Vec::with_capacity(row.len());
        next.push(i + 1);
        for (j, y) in b.iter().enumerate() {
            let old = |index: usize| row.get(index).copied().unwrap_or(far);
            let replace = old(j) + usize::from(x != *y);
            let left = next.last().copied().unwrap_or(far) + 1;
            let mut least = replace.min(left).min(old(j + 1) + 1);
            let previous = j.checked_sub(1).and_then(|j| Some((j, b.get(j)?)));
            if let Some((j, _)) = previous.filter(|(_, p)| Some(*y) == last && **p == x) {
                least = least.min(before.get(j).copied().unwrap_or(far) + 1);
            }
            next.push(least);
        }
        before = std::mem::replace(&mut row, next);
        last = Some(x);
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggests_only_what_is_near() {
        assert_eq!(nearest("booelean", &["boolean", "string"]), Some("boolean"));
        assert_eq!(nearest("mobility", &["boolean", "string"]), None);
        for (a, b, expected) in [
            ("naem", "name", 1),
            ("name", "name", 0),
            ("ab", "", 2),
            ("", "a", 1),
            ("abc", "cab", 2),
        ] {
            assert_eq!(
                (distance(a, b), distance(b, a)),
                (expected, expected),
                "{a} {b}"
            );
        }
    }
}
