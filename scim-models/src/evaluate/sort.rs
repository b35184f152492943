//! The order of resources (RFC 7644 §3.4.2.3).

use std::{borrow::Cow, cmp::Ordering};

use super::{
    AttributeFacts, DataType, Subject,
    simple::{Digits, Simple},
    text,
    view::{Element, Known, View},
};
use crate::{
    attribute_path::AttributePath,
    message::SortOrder,
    value::{DateTime, Decimal, Timestamp},
};

/// Sorts resources by an attribute (`sortBy`). Resources that compare equal stay in their order.
///
/// The rules are those of [`compare`].
pub fn sort_by<T>(resources: &mut [T], path: &AttributePath, order: SortOrder)
where
    for<'a> &'a T: Into<Subject<'a>>,
{
    resources.sort_by(|one, two| compare(one, two, path, order));
}

/// Which of two resources comes first when sorted by an attribute.
///
/// Of a multi-valued attribute the primary value counts, or else the first; of a complex one
/// without sub-attribute, its `value`. A resource without a value comes last in ascending and
/// first in descending order. Text is compared as the attribute's `caseExact` says, times by
/// their instant (without zone as UTC), numbers by value. Values of different types, which
/// resources of different types may have, are ordered by type: booleans, numbers, times, text.
/// This is a total order of any subjects.
pub fn compare<'a, 'b>(
    one: impl Into<Subject<'a>>,
    two: impl Into<Subject<'b>>,
    path: &AttributePath,
    order: SortOrder,
) -> Ordering {
    let (one, two) = (one.into(), two.into());
    let ascending = match (key(&one, path), key(&two, path)) {
        (Some(one), Some(two)) => one.cmp(&two),
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
    Time(Timestamp),
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
            Simple::Text(text) => {
                let time = match facts.data_type() {
                    DataType::DateTime => DateTime::instant_of(&text),
                    _ => None,
                };
                match time {
                    Some(time) => Key::Time(time),
                    None if facts.is_case_exact() => Key::ExactText(text),
                    None => Key::Text(text),
                }
            }
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Boolean(_) => 0,
            Self::Number(_) => 1,
            Self::Time(_) => 2,
            Self::Text(_) => 3,
            Self::ExactText(_) => 4,
        }
    }

    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Boolean(one), Self::Boolean(two)) => one.cmp(two),
            (Self::Number(one), Self::Number(two)) => match two {
                Digits::Integer(number) => one.compare(&number.to_string()),
                Digits::Text(text) => one.compare(text),
            }
            .unwrap_or(Ordering::Equal),
            (Self::Time(one), Self::Time(two)) => one.cmp(two),
            (Self::Text(one), Self::Text(two)) => text::order(one, two, false),
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
