//! The singular of an attribute's name, for the type of its values.

/// Words whose plural the rules would get wrong, or that only look like a plural.
const IRREGULAR: [(&str, &str); 20] = [
    ("aliases", "alias"),
    ("axes", "axis"),
    ("bases", "basis"),
    ("biases", "bias"),
    ("buses", "bus"),
    ("caches", "cache"),
    ("campuses", "campus"),
    ("children", "child"),
    ("cookies", "cookie"),
    ("criteria", "criterion"),
    ("entries", "entry"),
    ("indices", "index"),
    ("lens", "lens"),
    ("news", "news"),
    ("people", "person"),
    ("series", "series"),
    ("species", "species"),
    ("statuses", "status"),
    ("matrices", "matrix"),
    ("viruses", "virus"),
];

/// Abbreviations that end in `s`.
const SINGULAR: [&str; 14] = [
    "alias", "atlas", "aws", "bias", "canvas", "dns", "gas", "gps", "https", "ios", "os", "pos",
    "sms", "tls",
];

/// The singular of the last word of a camel case or snake case name.
pub(super) fn of(name: &str) -> String {
    let last = last_word(name);
    let (stem, word) = name.split_at(name.len() - last);
    format!("{stem}{}", word_singular(word))
}

/// The plural of the last word of a camel case name; the name itself if that is a plural already.
pub(super) fn plural(name: &str) -> String {
    let (stem, word) = name.split_at(name.len() - last_word(name));
    let lower = word.to_ascii_lowercase();
    let ends = |ending: &str| lower.ends_with(ending);
    let cut = |count: usize| word.get(..word.len().saturating_sub(count)).unwrap_or(word);
    let irregular = PLURALS.iter().find(|(singular, _)| *singular == lower);
    let vowel_y = || ["ay", "ey", "oy", "uy"].into_iter().any(ends);
    let plural = if let Some((_, plural)) = irregular {
        let mut letters = plural.chars();
        let upper = word.starts_with(|c: char| c.is_ascii_uppercase());
        match letters.next().filter(|_| upper) {
            Some(first) => first.to_ascii_uppercase().to_string() + letters.as_str(),
            None => (*plural).to_owned(),
        }
    } else if word_singular(word) != word || UNCOUNTED.contains(&lower.as_str()) {
        word.to_owned()
    } else if ends("sis") {
        cut(2).to_owned() + "es"
    } else if ["s", "x", "z", "ch", "sh"].into_iter().any(ends) {
        word.to_owned() + "es"
    } else if ends("y") && !vowel_y() {
        cut(1).to_owned() + "ies"
    } else {
        word.to_owned() + "s"
    };
    format!("{stem}{plural}")
}

/// Words whose plural the rules would get wrong.
const PLURALS: [(&str, &str); 6] = [
    ("child", "children"),
    ("criterion", "criteria"),
    ("index", "indices"),
    ("matrix", "matrices"),
    ("person", "people"),
    ("axis", "axes"),
];

/// Words that have no plural, or are one.
const UNCOUNTED: [&str; 12] = [
    "children",
    "criteria",
    "data",
    "equipment",
    "information",
    "metadata",
    "people",
    "software",
    "species",
    "lens",
    "news",
    "series",
];

/// The length of the last word in bytes: it begins at an upper-case letter after a lower-case one,
/// or after a separator.
fn last_word(name: &str) -> usize {
    let mut previous_lower = false;
    let mut start = 0;
    for (index, c) in name.char_indices() {
        if c.is_ascii_uppercase() && previous_lower {
            start = index;
        }
        if !c.is_ascii_alphabetic() {
            start = index + c.len_utf8();
        }
        previous_lower = c.is_ascii_lowercase();
    }
    name.len() - start
}

fn word_singular(word: &str) -> String {
    let lower = word.to_ascii_lowercase();
    if SINGULAR.contains(&lower.as_str()) {
        return word.to_owned();
    }
    if let Some((_, singular)) = IRREGULAR.iter().find(|(plural, _)| *plural == lower) {
        let upper = word.starts_with(|c: char| c.is_ascii_uppercase());
        let mut letters = singular.chars();
        return match letters.next() {
            Some(first) if upper => first.to_ascii_uppercase().to_string() + letters.as_str(),
            _ => (*singular).to_owned(),
        };
    }
    let ends = |ending: &str| lower.ends_with(ending);
    let cut = |count: usize| {
        word.get(..word.len().saturating_sub(count))
            .unwrap_or(word)
            .to_owned()
    };
    if ends("ies") && lower.len() > 4 {
        cut(3) + "y"
    } else if ["sses", "shes", "ches", "xes"].into_iter().any(ends) {
        cut(2)
    } else if ends("s") && lower.len() > 1 && !["ss", "us", "is"].into_iter().any(ends) {
        cut(1)
    } else {
        word.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::{of, plural};

    #[test]
    fn plurals() {
        let cases = [
            ("User", "Users"),
            ("AllTypes", "AllTypes"),
            ("Address", "Addresses"),
            ("Policy", "Policies"),
            ("Key", "Keys"),
            ("Box", "Boxes"),
            ("Branch", "Branches"),
            ("UserStatus", "UserStatuses"),
            ("Alias", "Aliases"),
            ("Analysis", "Analyses"),
            ("Person", "People"),
            ("News", "News"),
            ("AppMetadata", "AppMetadata"),
            ("AccountMgmtInfo", "AccountMgmtInfos"),
            ("Users", "Users"),
        ];
        for (singular, expected) in cases {
            assert_eq!(plural(singular), expected, "{singular}");
        }
    }

    #[test]
    fn singulars() {
        let cases = [
            ("emails", "email"),
            ("addresses", "address"),
            ("x509Certificates", "x509Certificate"),
            ("policies", "policy"),
            ("batches", "batch"),
            ("boxes", "box"),
            ("axes", "axis"),
            ("status", "status"),
            ("address", "address"),
            ("analysis", "analysis"),
            ("dns", "dns"),
            ("ims", "im"),
            ("deviceTypes", "deviceType"),
            ("userAliases", "userAlias"),
            ("ALIASES", "Alias"),
            ("schemas", "schema"),
            ("data", "data"),
            ("s", "s"),
            ("", ""),
            ("app_roles", "app_role"),
            ("sizes", "size"),
            ("caches", "cache"),
            ("ties", "tie"),
        ];
        for (plural, singular) in cases {
            assert_eq!(of(plural), singular, "{plural}");
        }
    }
}
