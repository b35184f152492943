//! What somebody who misspelt a word may have meant.

/// The keyword nearest to a misspelt one, if any is near.
#[must_use]
pub fn nearest<'k>(text: &str, keywords: &[&'k str]) -> Option<&'k str> {
    let text = text.to_ascii_lowercase();
    keywords
        .iter()
        .map(|keyword| (distance(&text, &keyword.to_ascii_lowercase()), *keyword))
        .filter(|(distance, _)| *distance <= 2)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, keyword)| keyword)
}

/// Whether two words differ in one letter only.
pub(crate) fn nearest_by_one(a: &str, b: &str) -> bool {
    distance(&a.to_ascii_lowercase(), &b.to_ascii_lowercase()) <= 1
}

/// The Levenshtein distance.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut next = Vec::with_capacity(row.len());
        next.push(i + 1);
        for (j, y) in b.iter().enumerate() {
            let old = |index: usize| row.get(index).copied().unwrap_or(usize::MAX - 1);
            let replace = old(j) + usize::from(x != *y);
            let left = next.last().copied().unwrap_or(usize::MAX - 1) + 1;
            next.push(replace.min(left).min(old(j + 1) + 1));
        }
        row = next;
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
    }
}
