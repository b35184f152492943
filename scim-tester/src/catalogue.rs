//! All checks, and those that do not exist.

use crate::{areas, check::Check};

/// Numbers of the catalogue without a check, each with the reason.
pub const LEFT_OUT: &[(&str, &str)] = &[(
    "IO-13",
    "a transport does not show the version of TLS; use a scanner of TLS",
)];

/// All checks, in the order in which they run.
pub fn checks() -> impl Iterator<Item = &'static Check> {
    areas::all()
}

/// The check with this id, in any letter case.
#[must_use]
pub fn find(id: &str) -> Option<&'static Check> {
    areas::all().find(|check| check.id.eq_ignore_ascii_case(id))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// How many numbers each area of the catalogue has.
    const AREAS: [(&str, usize); 27] = [
        ("D", 21),
        ("C", 18),
        ("R", 11),
        ("A", 17),
        ("P", 13),
        ("F", 44),
        ("S", 9),
        ("G", 13),
        ("K", 14),
        ("Q", 7),
        ("W", 13),
        ("X", 45),
        ("L", 7),
        ("M", 11),
        ("B", 17),
        ("V", 12),
        ("N", 4),
        ("E", 7),
        ("H", 8),
        ("T", 13),
        ("I", 8),
        ("Y", 7),
        ("Z", 4),
        ("EN", 17),
        ("OK", 15),
        ("IO", 13),
        ("", 0),
    ];

    #[test]
    fn every_check_of_the_catalogue_is_made_or_left_out_with_a_reason() {
        let mut ids: BTreeSet<String> = BTreeSet::new();
        for check in checks() {
            assert!(ids.insert(check.id.to_owned()), "{} twice", check.id);
        }
        for (id, reason) in LEFT_OUT {
            assert!(
                !reason.is_empty() && ids.insert((*id).to_owned()),
                "{id} is made, and left out"
            );
        }
        let all: BTreeSet<String> = AREAS
            .iter()
            .flat_map(|(area, count)| (1..=*count).map(move |n| format!("{area}-{n:02}")))
            .collect();
        let missing: Vec<_> = all.difference(&ids).collect();
        let surplus: Vec<_> = ids.difference(&all).collect();
        assert!(
            missing.is_empty() && surplus.is_empty(),
            "missing {missing:?}, surplus {surplus:?}"
        );
    }

    #[test]
    fn what_a_check_needs_is_a_check_that_runs_before() {
        let mut known = BTreeSet::new();
        for check in checks() {
            for need in check.needs {
                assert!(
                    known.contains(need),
                    "{} needs {need}, which does not run before",
                    check.id
                );
            }
            known.insert(check.id);
        }
    }

    #[test]
    fn every_check_cites_a_section_and_says_what_and_how() {
        for check in checks() {
            let cited = check.section.contains('§')
                || check.section.contains("Entra ID")
                || check.section.contains("Okta")
                || check.section.contains("RFC 9944")
                || check.section.contains("draft");
            assert!(cited, "{} cites {:?}", check.id, check.section);
            for text in [check.obligation, check.fix] {
                assert!(
                    text.ends_with('.') && text.len() > 5,
                    "{}: {text:?}",
                    check.id
                );
            }
        }
    }
}
