//! Names that an overlay gives to the variants of canonical values.

use super::suggestion;
use crate::document::RawAttribute;
use crate::json::{Node, Value};
use crate::names;
use crate::read::Reader;

impl Reader<'_, '_> {
    /// Names for the variants of canonical values.
    pub(super) fn variants(&mut self, variants: &Node, attribute: &mut RawAttribute) {
        if !matches!(variants.value, Value::Object(_)) {
            self.wrong_type(variants, "variants", "an object of names by value");
            return;
        }
        for member in variants.members() {
            let value = member.name.as_str();
            let same = |known: &&String| match attribute.case_exact {
                true => known.as_str() == value,
                false => known.eq_ignore_ascii_case(value),
            };
            let Some(value) = attribute.canonical_values.iter().find(same).cloned() else {
                let message = format!("`{}` has no canonical value \"{value}\"", attribute.name);
                let known = attribute.canonical_values.iter();
                let known: Vec<&str> = known.map(String::as_str).collect();
                let hint = suggestion(value, &known, "there are");
                let place = self.member_at(member);
                self.reporter
                    .error(place, "overlay-variant", &message, &hint);
                continue;
            };
            let Some(name) = member.value.as_str() else {
                self.wrong_type(&member.value, value.as_str(), "the name of a variant");
                continue;
            };
            let others = attribute.variants.iter().filter(|(of, _)| *of != value);
            let twice = others.clone().any(|(_, taken)| taken == name);
            let problem = match names::is_variant(name) {
                false => Some("cannot be the name of a variant"),
                true if twice => Some("is the name of another variant"),
                true => None,
            };
            if let Some(problem) = problem {
                let message = format!("`{name}` {problem}");
                let hint =
                    "give each value a name like `LessThan`; `Unknown` has every other value";
                let place = self.at(&member.value);
                self.reporter.error(place, "overlay-name", &message, hint);
                continue;
            }
            let mut variants: Vec<_> = others.cloned().collect();
            variants.push((value, name.to_owned()));
            attribute.variants = variants;
        }
    }
}
