//! The order of resources (RFC 7644 §3.4.2.3).

use std::{borrow::Cow, cmp::Ordering};

use super::{
    AttributeFacts, DataType, Subject,
    simple::{Digits, Simple},
    text::{self, TextRule},
    view::{Element, Known, View},
};
use crate::{
    attribute_path::AttributePath,
    message::SortOrder,
    value::{DateTime, Decimal, Timestamp},
};

/// Sorts resources by an attribute (`sortBy`). Resources that compare equal stay in their order.
///
/// The rules are those of [`compare`]. The sort key of each resource is looked up once.
pub fn sort_by<T>(resources: &mut [T], path: &AttributePath, order: SortOrder)
where
    for<'a> &'a T: Into<Subject<'a>>,
{
    let mut keys: Vec<(Option<Key<'_>>, usize)> = resources
        .iter()
        .enumerate()
        .map(|(place, resource)| (key(&resource.into(), path), place))
        .collect();
    keys.sort_by(|(one, _), (two, _)| compare_keys(one.as_ref(), two.as_ref(), order));
    let mut from: Vec<usize> = keys.into_iter().map(|(_, place)| place).collect();
    rearrange(resources, &mut from);
}

/// Puts at each place what stands at the place that `from` has for it: a permutation, which is
/// used up.
fn rearrange<T>(resources: &mut [T], from: &mut [usize]) {
    for start in 0..from.len() {
        let mut place = start;
        // Along one cycle, until it leads back.
        while let Some(own) = from.get_mut(place) {
            let next = std::mem::replace(own, place);
            if next == start || next == place {
                break;
            }
            resources.swap(place, next);
            place = next;
        }
    }
}

/// Compares two resources by an attribute, for sorting.
///
/// A multi-valued attribute is sorted by its primary value, or else its first. A complex attribute
/// without a sub-attribute in the path is sorted by its `value`. A resource without a value comes
/// last in ascending and first in descending order. Text is compared as the attribute's `caseExact`
/// says, times by their instant (without a zone as UTC), numbers by value, and user names as RFC
/// 7644 §5 says. Resources of different types may have values of different data types; these are
/// ordered by type: booleans, numbers, times, text. This is a total order of any subjects.
pub fn compare<'a, 'b>(
    one: impl Into<Subject<'a>>,
    two: impl Into<Subject<'b>>,
    path: &AttributePath,
    order: SortOrder,
) -> Ordering {
    let (one, two) = (one.into(), two.into());
    compare_keys(key(&one, path).as_ref(), key(&two, path).as_ref(), order)
}

fn compare_keys(one: Option<&Key<'_>>, two: Option<&Key<'_>>, order: SortOrder) -> Ordering {
    let ascending = match (one, two) {
        (Some(one), Some(two)) => one.cmp(two),
        (None, None) => Ordering::Equal,
        // What has no value is the greatest.
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
    };
    match order {
        SortOrder::Ascending => ascending,
        SortOrder::Descending => ascending.reverse(),
    }
}

/// What a resource is sorted by.
enum Key<'a> {
    Boolean(bool),
    Number(Digits<'a>),
    /// With its text, which may be finer than the instant.
    Time(Timestamp, Cow<'a, str>),
    Text(Cow<'a, str>),
    ExactText(Cow<'a, str>),
}

impl Key<'_> {
    fn new(value: Simple<'_>, facts: AttributeFacts) -> Key<'_> {
        match value {
            Simple::Boolean(value) => Key::Boolean(value),
            // Only numbers that can be compared with all others.
            Simple::Number(Digits::Text(text)) if Decimal::cmp_text(&text, &text).is_none() => {
                Key::Text(text)
            }
            Simple::Number(number) => Key::Number(number),
            Simple::Text(text) if facts.data_type() == DataType::Binary => {
                Key::ExactText(super::compare::symbols(&text).map(char::from).collect())
            }
            Simple::Text(text) => {
                let time = match facts.data_type() {
                    DataType::DateTime => DateTime::instant_of(&text),
                    _ => None,
                };
                let rule = facts.text_rule();
                match time {
                    Some(time) => Key::Time(time, text),
                    None if rule.is_exact() => Key::ExactText(rule.prepared(text)),
                    None => Key::Text(rule.prepared(text)),
                }
            }
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Boolean(_) => 0,
            Self::Number(_) => 1,
            Self::Time(..) => 2,
            Self::Text(_) => 3,
            Self::ExactText(_) => 4,
        }
    }

    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Boolean(one), Self::Boolean(two)) => one.cmp(two),
            (Self::Number(one), Self::Number(two)) => match (one, two) {
                (Digits::Integer(one), Digits::Integer(two)) => Some(one.cmp(two)),
                (one, Digits::Integer(number)) => one.compare(&number.to_string()),
                (one, Digits::Text(text)) => one.compare(text),
            }
            .unwrap_or(Ordering::Equal),
            (Self::Time(one, one_text), Self::Time(two, two_text)) => one
                .cmp(two)
                .then_with(|| DateTime::order_text(one_text, two_text).unwrap_or(Ordering::Equal)),
            (Self::Text(one), Self::Text(two)) => text::order(one, two, TextRule::AnyCase),
            (Self::ExactText(one), Self::ExactText(two)) => one.cmp(two),
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

fn key<'x>(subject: &Subject<'x>, path: &'x AttributePath) -> Option<Key<'x>> {
    let (view, known) = subject.find(path);
    let element = chosen(view, known)?;
    let element = match path.sub() {
        Some(sub) => {
            let (view, known) = element.sub(sub);
            chosen(view, known)?
        }
        None if element.view.is_object() => {
            let (view, known) = element.sub("value");
            chosen(view, known)?
        }
        None => element,
    };
    let facts = element.known.facts;
    let value = element.view.simple(facts.data_type())?;
    Some(Key::new(value, facts))
}

/// The primary value, or else the first.
fn chosen<'x>(view: View<'x>, known: Known<'x>) -> Option<Element<'x>> {
    let mut first = None;
    view.each(known, &mut |element| {
        let primary = || {
            let (view, _) = element.sub("primary");
            matches!(view.simple(DataType::Boolean), Some(Simple::Boolean(true)))
        };
        let is_primary = element.many && element.view.is_object() && primary();
        if is_primary || first.is_none() {
            first = Some(element);
        }
        is_primary
    });
    first
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_permutation_is_followed() {
        for seed in 0..200_usize {
            let count = seed % 9;
            let mut from: Vec<usize> = (0..count).collect();
            for place in 0..count {
                from.swap(place, (seed * 31 + place * 17) % count);
            }
            let mut letters: Vec<usize> = (100..100 + count).collect();
            let expected: Vec<usize> = from.iter().map(|at| letters[*at]).collect();
            rearrange(&mut letters, &mut from);
            assert_eq!(letters, expected);
        }
    }
}
