//! The elements of a multi-valued attribute, before, wanted and found.

use std::collections::HashMap;

use super::{
    alike::{alike, normal, related},
    compare::{Before, Comparison, Place, Three},
    number::{holds_numbers, is_made_of},
};
use crate::{
    internal::{
        encode,
        equality::{is_nothing, is_primary},
    },
    model::{Attribute, ManyValues, Mutability, Reflect, ValueRef},
};

/// How many pairs of elements are looked at where only looking at each pair tells.
const PAIRS: usize = 10_000;

/// The elements of a multi-valued attribute.
struct Elements<'a> {
    values: Option<&'a dyn ManyValues>,
    attribute: &'static Attribute,
    /// By what identifies an element.
    by_key: HashMap<String, OfKey>,
    /// The only one of each `type` that nothing identifies; `None` where there are several.
    without_key: HashMap<Option<String>, Option<usize>>,
}

/// Where the elements are that have the same key.
struct OfKey {
    first: usize,
    /// The first without a `type`.
    untyped: Option<usize>,
    /// The first of each `type`.
    by_type: HashMap<String, usize>,
}

impl OfKey {
    fn at(first: usize) -> Self {
        Self {
            first,
            untyped: None,
            by_type: HashMap::new(),
        }
    }

    fn add(&mut self, index: usize, type_: Option<String>) {
        match type_ {
            Some(type_) => {
                self.by_type.entry(type_).or_insert(index);
            }
            None => {
                self.untyped.get_or_insert(index);
            }
        }
    }

    /// The first that has this `type`, if both have one.
    fn find(&self, type_: Option<String>) -> Option<usize> {
        let Some(type_) = type_ else {
            return Some(self.first);
        };
        let same = self.by_type.get(&type_).copied();
        same.into_iter().chain(self.untyped).min()
    }
}

impl<'a> Elements<'a> {
    fn of(attribute: &'static Attribute, value: ValueRef<'a>) -> Self {
        let values = match value {
            ValueRef::Many(many) => Some(many),
            _ => None,
        };
        let mut by_key = HashMap::new();
        let mut without_key = HashMap::new();
        for (index, element) in positions(values) {
            let type_ = type_of(element);
            match key(attribute, element) {
                Some(key) => {
                    let of_key = by_key.entry(key).or_insert_with(|| OfKey::at(index));
                    of_key.add(index, type_);
                }
                None => {
                    let only = without_key.entry(type_);
                    only.and_modify(|only| *only = None).or_insert(Some(index));
                }
            }
        }
        Self {
            values,
            attribute,
            by_key,
            without_key,
        }
    }

    fn iter(&self) -> impl Iterator<Item = (usize, ValueRef<'a>)> + use<'a> {
        positions(self.values)
    }

    fn at(&self, index: usize) -> ValueRef<'a> {
        self.values.map_or(ValueRef::Absent, |many| many.at(index))
    }

    fn len(&self) -> usize {
        self.values.map_or(0, ManyValues::len)
    }

    /// The element that is this one of `from`: it has its `value`, and its `type` if both have one.
    /// Without a `value` it has all that this one has, or is the only one of its `type`.
    fn find(&self, element: ValueRef<'_>, from: &Elements<'_>) -> Option<usize> {
        let Some(key) = key(self.attribute, element) else {
            let mut own = self.iter();
            let whole = own.find(|(_, own)| covers(self.attribute, *own, element));
            return match whole {
                Some((index, _)) => Some(index),
                None => {
                    from.only_one(element)?;
                    self.only_one(element)
                }
            };
        };
        self.by_key.get(&key)?.find(type_of(element))
    }

    /// The element without a `value` that has the `type` of this one, if it is the only one.
    fn only_one(&self, element: ValueRef<'_>) -> Option<usize> {
        self.without_key.get(&type_of(element)).copied()?
    }

    /// Like [`find`](Self::find), whatever its `type` has become.
    fn find_value(&self, element: ValueRef<'_>, from: &Elements<'_>) -> Option<usize> {
        self.find(element, from).or_else(|| {
            let own = self.by_key.get(&key(self.attribute, element)?)?;
            Some(own.first)
        })
    }
}

fn positions<'a>(
    values: Option<&'a dyn ManyValues>,
) -> impl Iterator<Item = (usize, ValueRef<'a>)> + use<'a> {
    let len = values.map_or(0, ManyValues::len);
    (0..len)
        .filter_map(move |index| Some((index, values?.at(index))))
        .filter(|(_, element)| !is_nothing(*element))
}

/// What identifies an element: its `value`, or itself if it is simple.
fn key(attribute: &'static Attribute, element: ValueRef<'_>) -> Option<String> {
    let is_number = holds_numbers(attribute);
    let text = |attribute: &'static Attribute, value: ValueRef<'_>| match value.text() {
        Some(text) => normal(attribute, text, is_number),
        None => encode::value(value).as_str().to_owned(),
    };
    let ValueRef::Object(object) = element else {
        return Some(text(attribute, element));
    };
    let index = object.descriptor().position("value")?;
    let sub = object.descriptor().attributes().get(index)?;
    let value = object.get(index);
    (!is_nothing(value)).then(|| text(sub, value))
}

fn type_of(element: ValueRef<'_>) -> Option<String> {
    let ValueRef::Object(object) = element else {
        return None;
    };
    let index = object.descriptor().position("type")?;
    object.get(index).text().map(str::to_lowercase)
}

/// Returns whether an element has everything that another one has, `primary` aside.
fn covers(attribute: &'static Attribute, whole: ValueRef<'_>, part: ValueRef<'_>) -> bool {
    let (ValueRef::Object(whole), ValueRef::Object(part)) = (whole, part) else {
        return alike(attribute, whole, part);
    };
    let subs = part.descriptor().attributes();
    subs.iter().enumerate().all(|(index, sub)| {
        let value = part.get(index);
        let passed = is_nothing(value) || is_primary(sub) || is_read_only(sub);
        passed || alike(sub, whole.get(index), value)
    })
}

fn is_read_only(attribute: &Attribute) -> bool {
    matches!(attribute.mutability(), Mutability::ReadOnly)
}

impl Comparison<'_> {
    pub(super) fn elements(
        &mut self,
        attribute: &'static Attribute,
        three: Three<'_>,
        place: Place,
    ) {
        let wanted = Elements::of(attribute, three.wanted);
        let found = Elements::of(attribute, three.found);
        let before = match three.before {
            Before::Known(before) => Some(Elements::of(attribute, before)),
            Before::Unknown => None,
        };
        let old = before.as_ref().unwrap_or(&found);
        let keyed = [&wanted, &found, old].map(|elements| elements.without_key.is_empty());
        // Each of one is looked at beside each of another.
        let mut lengths = [wanted.len(), found.len(), old.len()];
        lengths.sort_unstable();
        let [_, fewer, most] = lengths;
        if keyed.contains(&false) && fewer.saturating_mul(most) > PAIRS {
            return;
        }
        let added = |(_, element): &(usize, ValueRef<'_>)| {
            old.find(*element, &wanted).is_none() && found.find_value(*element, &wanted).is_none()
        };
        let added: Vec<_> = wanted.iter().filter(added).map(|(_, own)| own).collect();
        // With what is found in their place.
        let removed = old
            .iter()
            .filter_map(|(_, own)| match wanted.find(own, old) {
                Some(_) => None,
                None => Some((own, found.at(found.find(own, old)?))),
            });
        let (removed, kept_as): (Vec<_>, Vec<_>) = removed.unzip();
        let (added, removed) = match &before {
            Some(before) => {
                // Something else that came is what was added, in a form of the service provider's.
                let is_changed = found.iter().any(|(_, element)| {
                    before.find_value(element, &found).is_none()
                        && wanted.find_value(element, &found).is_none()
                });
                // Without any value it shows nothing, unless there was none.
                let is_silent = found.len() == 0 && before.iter().next().is_some();
                let told = if is_changed || is_silent {
                    Vec::new()
                } else {
                    added
                };
                // A number that the service provider has with its country is there already.
                let pairs = told.len().saturating_mul(removed.len());
                if !holds_numbers(attribute) || pairs > PAIRS {
                    (told, removed)
                } else {
                    let (mut of_told, mut of_removed) =
                        (vec![true; told.len()], vec![true; removed.len()]);
                    for (new, of_told) in told.iter().zip(&mut of_told) {
                        let old = removed.iter().zip(&kept_as).zip(&mut of_removed);
                        for ((old, is), of_removed) in old {
                            if is_number_of(*old, *new, *is) {
                                (*of_told, *of_removed) = (false, false);
                            }
                        }
                    }
                    (kept(told, &of_told), kept(removed, &of_removed))
                }
            }
            None => {
                let there: Vec<_> = found.iter().map(|(_, own)| own).collect();
                let left = |ours: &[ValueRef<'_>], others: &[ValueRef<'_>]| -> Vec<bool> {
                    let all = ours.len().saturating_mul(others.len()) <= PAIRS;
                    let is_related = |one| {
                        let mut others = others.iter();
                        all && others.any(|other| similar(attribute, one, *other))
                    };
                    ours.iter().map(|own| !is_related(*own)).collect()
                };
                let (of_added, of_removed) = (left(&added, &there), left(&removed, &added));
                (kept(added, &of_added), kept(removed, &of_removed))
            }
        };
        let path = place.path(attribute.name());
        let lacks = found.len() == 0;
        if let ([one], [other]) = (added.as_slice(), removed.as_slice()) {
            self.note(&path, attribute, *one, *other, false);
        } else {
            for element in removed {
                self.note(&path, attribute, ValueRef::Absent, element, false);
            }
            for element in added {
                self.note(&path, attribute, element, ValueRef::Absent, lacks);
            }
        }
        self.changed(attribute, old, &wanted, &found, three.before, place);
    }

    /// Elements that were there and are to be there, with other sub-attributes.
    fn changed(
        &mut self,
        attribute: &'static Attribute,
        old: &Elements<'_>,
        wanted: &Elements<'_>,
        found: &Elements<'_>,
        before: Before<'_>,
        place: Place,
    ) {
        let Some(descriptor) = attribute.kind().descriptor() else {
            return;
        };
        let place = Place {
            uri: place.uri,
            parent: Some(attribute.name()),
        };
        for (_, element) in wanted.iter() {
            let places = (old.find(element, wanted), found.find_value(element, wanted));
            let (Some(was), Some(is)) = places else {
                continue;
            };
            let three = Three {
                before: match before {
                    Before::Known(_) => Before::Known(old.at(was)),
                    Before::Unknown => Before::Unknown,
                },
                wanted: element,
                found: found.at(is),
            };
            for (index, sub) in descriptor.attributes().iter().enumerate() {
                let own = three.sub(index);
                // Who must have a primary element chooses one.
                let moved = is_primary(sub) && !matches!(own.wanted, ValueRef::Boolean(true));
                let identity = ["value", "type"].contains(&sub.name());
                // Many service providers show one of their own, which RFC 7643 §2.4 has immutable,
                // whatever the schema says. One that was there, and was to be another, is compared.
                let was_shown = matches!(own.before, Before::Known(was) if !is_nothing(was));
                let shown = sub.name() == "display" && !is_nothing(own.found) && !was_shown;
                // A new element in place of one lacks what the service provider adds to each.
                let left_out = is_nothing(own.wanted) && !self.removes_subs;
                if !moved
                    && !identity
                    && !shown
                    && !left_out
                    && self.concerns(sub, place)
                    && !own.is_unchanged()
                {
                    self.simple(sub, own, place);
                }
            }
        }
    }
}

fn kept<'a>(elements: Vec<ValueRef<'a>>, keep: &[bool]) -> Vec<ValueRef<'a>> {
    let mut keep = keep.iter();
    let kept = |_: &ValueRef<'a>| keep.next().copied().unwrap_or_default();
    elements.into_iter().filter(kept).collect()
}

/// The `value` of an element, or itself, if it is a text.
fn value_of(element: ValueRef<'_>) -> Option<&str> {
    match element {
        ValueRef::Object(object) => {
            let object: &dyn Reflect = object;
            object.get(object.descriptor().position("value")?).text()
        }
        element => element.text(),
    }
}

/// Returns whether an element is the telephone number that was wanted, with or without its country,
/// and not what was there before because nothing was done.
fn is_number_of(before: ValueRef<'_>, wanted: ValueRef<'_>, found: ValueRef<'_>) -> bool {
    let is_one_type = match (type_of(wanted), type_of(found)) {
        (Some(wanted), Some(found)) => wanted == found,
        _ => true,
    };
    match (value_of(before), value_of(wanted), value_of(found)) {
        (Some(before), Some(wanted), Some(found)) => {
            is_one_type && is_made_of(before, wanted, found)
        }
        _ => false,
    }
}

/// Returns whether one element may have been made of another.
fn similar(attribute: &Attribute, one: ValueRef<'_>, other: ValueRef<'_>) -> bool {
    match (value_of(one), value_of(other)) {
        (Some(one), Some(other)) => related(one, other, holds_numbers(attribute)),
        // Those without a value are compared where they are found by their type.
        _ => false,
    }
}
