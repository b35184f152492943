//! Names for canonical values.

use std::collections::BTreeMap;

use super::choose::{Taken, alone, choose, digest};
use super::{LONGEST_READ, camel, ending, is_identifier, short, words};

/// What every open enum has for the values that the schema does not suggest.
const REST: &str = "Unknown";

/// One variant per value, by name and value. Values that differ only in case are one value, unless case matters: that
/// which is first in the order of Unicode. `chosen` has names that somebody gave to values.
pub(crate) fn variants(
    values: &[String],
    case_exact: bool,
    chosen: &[(String, String)],
) -> Vec<(String, String)> {
    // Equal for the same values.
    let key = |value: &str| match case_exact {
        true => value.to_owned(),
        false => value.to_ascii_lowercase(),
    };
    let mut kept: Vec<&str> = Vec::with_capacity(values.len());
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for value in values {
        let place = *places.entry(key(value)).or_insert(kept.len());
        match kept.get_mut(place) {
            Some(known) if value.as_str() < *known => *known = value,
            Some(_) => {}
            None => kept.push(value),
        }
    }
    let mut by_value: BTreeMap<String, &str> = BTreeMap::new();
    for (of, name) in chosen {
        by_value.entry(key(of)).or_insert(name);
    }
    let given = |value: &str| by_value.get(&key(value)).copied();
    let mut taken = Taken::default();
    taken.take(REST);
    // What somebody chose comes first.
    let first = kept.iter().filter_map(|value| {
        let name = given(value)?.to_owned();
        let last = format!("{name}X{}", digest(value));
        Some(vec![name, last])
    });
    let first: Vec<_> = first.collect();
    let mut first = choose(&first, &mut taken, alone).into_iter();
    let others: Vec<_> = kept
        .iter()
        .filter(|value| given(value).is_none())
        .map(|value| wishes(value))
        .collect();
    let mut others = choose(&others, &mut taken, alone).into_iter();
    let variant = |value: &&str| {
        let name = match given(value) {
            Some(_) => first.next(),
            None => others.next(),
        };
        Some((name?, (*value).to_owned()))
    };
    kept.iter().filter_map(variant).collect()
}

/// Returns whether somebody may call a variant so.
pub(crate) fn is_variant(name: &str) -> bool {
    is_identifier(name) && name != REST && name.starts_with(|c: char| !c.is_lowercase() && c != '_')
}

/// What the variant of a value may be called, the best first; each follows from the value alone.
fn wishes(value: &str) -> Vec<String> {
    let plain = plain(value);
    let mut wishes = vec![plain.clone()];
    for with_case in [false, true] {
        let how = words::spelling(value, with_case);
        wishes.extend(how.map(|how| ending(&plain, &camel(&how))));
    }
    wishes.push(ending(&plain, &format!("X{}", digest(value))));
    wishes
}

/// The variant for a canonical value. Never `Other` for a value that does not say so, because SCIM
/// has canonical values called "other".
fn plain(value: &str) -> String {
    let characters = words::composed(value);
    let bare = !characters.iter().any(|c| words::usable(*c));
    let mut text = String::with_capacity(value.len());
    let mut previous = ' ';
    for c in characters.into_iter().take(LONGEST_READ) {
        let word = match c {
            '-' if !words::usable(previous) => Some("minus"),
            c => words::symbol(c).or_else(|| words::mark(c).filter(|_| bare)),
        };
        match word {
            Some(word) => text.push_str(&format!(" {word} ")),
            None if words::usable(c) => text.push(c),
            None if !bare && (c.is_ascii() || words::blank(c)) => text.push(' '),
            None => text.push_str(&format!(" {} ", words::number(c))),
        }
        previous = c;
    }
    let name = short(camel(&text));
    match name.as_str() {
        "" => "Blank".to_owned(),
        "Self" => "SelfValue".to_owned(),
        "Other" if !value.eq_ignore_ascii_case("other") => "OtherValue".to_owned(),
        // The variant for every other value has this name.
        REST => "UnknownValue".to_owned(),
        word if !word.starts_with(unicode_ident::is_xid_start) => format!("V{word}"),
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let cases = [
            ("work", "Work"),
            ("other", "Other"),
            ("Asia/Shanghai", "AsiaShanghai"),
            ("+1", "Plus1"),
            ("-1", "Minus1"),
            ("3DES", "V3des"),
            ("SHA-256", "Sha256"),
            ("zh-CN", "ZhCn"),
            ("RSA-v1.5", "RsaV15"),
            ("Business Unit", "BusinessUnit"),
            ("", "Blank"),
            ("self", "SelfValue"),
            ("urn:ietf:x", "UrnIetfX"),
            ("é", "É"),
            ("Geschäftsführer", "Geschäftsführer"),
            ("na\u{ef}ve", "Naïve"),
            ("日本語", "日本語"),
            ("<", "LessThan"),
            (">=", "GreaterThanEquals"),
            ("!=", "NotEquals"),
            ("=", "Equals"),
            (" ", "Space"),
            ("...", "DotDotDot"),
            ("-", "Minus"),
            ("a < b", "ALessThanB"),
            ("€", "U20ac"),
            ("5 €", "V5U20ac"),
            ("😀", "U1f600"),
            ("Unknown", "UnknownValue"),
            ("other!", "OtherValue"),
        ];
        for (value, expected) in cases {
            assert_eq!(plain(value), expected, "{value}");
        }
    }

    fn of(values: &[&str], case_exact: bool) -> Vec<(String, String)> {
        let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
        let found = variants(&values, case_exact, &[]).into_iter();
        found.map(|(name, value)| (value, name)).collect()
    }

    #[test]
    fn values_of_one_name_are_told_apart_by_their_spelling() {
        let pairs = |list: &[(&str, &str)]| -> Vec<(String, String)> {
            list.iter()
                .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
                .collect()
        };
        assert_eq!(
            of(&["GMT0", "GMT-0", "GMT+0"], false),
            pairs(&[
                ("GMT0", "Gmt0Upper"),
                ("GMT-0", "Gmt0Hyphen"),
                ("GMT+0", "GmtPlus0")
            ])
        );
        assert_eq!(
            of(&["a", "A", "other", "Other"], true),
            pairs(&[
                ("a", "ALower"),
                ("A", "AUpper"),
                ("other", "OtherLower"),
                ("Other", "OtherMixed")
            ])
        );
        assert_eq!(
            of(&["work", "WORK", "Work"], false),
            pairs(&[("WORK", "Work")])
        );
    }

    #[test]
    fn a_chosen_name_comes_first() {
        let values = ["<".to_owned(), "before".to_owned()];
        let chosen = [("<".to_owned(), "Before".to_owned())];
        let names = variants(&values, false, &chosen)
            .into_iter()
            .map(|(name, _)| name);
        assert_eq!(names.collect::<Vec<_>>(), ["Before", "BeforeLower"]);
    }
}
