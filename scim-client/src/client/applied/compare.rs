//! Where a resource still shows what it had before it was changed.

use std::collections::HashMap;

use super::{
    Shown,
    alike::{alike, normal, related},
};
use crate::{
    attribute_path::AttributePath,
    error::Unapplied,
    json::encode,
    model::{Attribute, Descriptor, ManyValues, Mutability, Reflect, Returned, ValueRef},
    patch::equality::{is_nothing, is_primary, same},
};

/// How many places are told; there may be as many as members of a group.
const TOLD: usize = 16;

/// How many pairs of elements are looked at where only looking at each pair tells.
const PAIRS: usize = 10_000;

/// What was there before.
#[derive(Clone, Copy)]
pub(super) enum Before<'a> {
    /// Nobody knows.
    Unknown,
    Known(ValueRef<'a>),
}

/// One place before the change, as it was to be, and as it is.
#[derive(Clone, Copy)]
pub(super) struct Three<'a> {
    pub(super) before: Before<'a>,
    pub(super) wanted: ValueRef<'a>,
    pub(super) found: ValueRef<'a>,
}

impl<'a> Three<'a> {
    fn sub(self, index: usize) -> Self {
        let sub = |value: ValueRef<'a>| match value {
            ValueRef::Object(object) => object.get(index),
            _ => ValueRef::Absent,
        };
        Self {
            before: match self.before {
                Before::Unknown => Before::Unknown,
                Before::Known(value) => Before::Known(sub(value)),
            },
            wanted: sub(self.wanted),
            found: sub(self.found),
        }
    }

    /// Whether nothing was to be changed here.
    fn is_unchanged(self) -> bool {
        match self.before {
            Before::Known(before) => same(before, self.wanted),
            Before::Unknown => same(self.wanted, self.found),
        }
    }
}

/// Where an attribute is.
#[derive(Clone, Copy, Default)]
struct Place {
    uri: Option<&'static str>,
    parent: Option<&'static str>,
}

impl Place {
    fn path(self, name: &'static str) -> AttributePath {
        match self.parent {
            Some(parent) => AttributePath::from_parts(self.uri, parent, Some(name)),
            None => AttributePath::from_parts(self.uri, name, None),
        }
    }
}

/// What was found.
pub(super) struct Comparison<'a> {
    pub(super) schema: &'static str,
    pub(super) shown: &'a Shown,
    /// Attributes that the service provider never returns.
    pub(super) hidden: &'a [AttributePath],
    /// Whether only attributes without which there is no resource are compared.
    pub(super) only_required: bool,
    /// Whether sub-attributes of elements were taken away by name.
    pub(super) removes_subs: bool,
    pub(super) told: Vec<Unapplied>,
    pub(super) count: usize,
    /// Whether every place lacks a value, so that the answer may only be a short one.
    pub(super) only_lacks: bool,
}

impl Comparison<'_> {
    pub(super) fn resource(&mut self, descriptor: &'static Descriptor, three: Three<'_>) {
        self.attributes(descriptor, three, Place::default());
    }

    fn attributes(&mut self, descriptor: &'static Descriptor, three: Three<'_>, place: Place) {
        for (index, attribute) in descriptor.attributes().iter().enumerate() {
            let own = three.sub(index);
            if self.concerns(attribute, place) && !own.is_unchanged() {
                self.attribute(attribute, own, place);
            }
        }
        if !self.only_required {
            self.unknown(three, place);
        }
    }

    /// Whether the attribute can tell anything.
    fn concerns(&self, attribute: &'static Attribute, place: Place) -> bool {
        let only_required = self.only_required
            && !(attribute.is_required() && attribute.kind().descriptor().is_none());
        let never = matches!(attribute.returned_of(), Returned::Never)
            || attribute.is_secret()
            || matches!(
                attribute.mutability_of(),
                Mutability::ReadOnly | Mutability::WriteOnly
            );
        !only_required && !never && !self.is_hidden(place.uri, place.parent, attribute.name())
    }

    /// Whether the profile says that the attribute, or the one that it belongs to, is never
    /// returned.
    fn is_hidden(&self, uri: Option<&str>, parent: Option<&str>, name: &str) -> bool {
        let uri = uri.unwrap_or(self.schema);
        self.hidden.iter().any(|hidden| {
            let same_schema = hidden
                .uri()
                .is_some_and(|own| own.eq_ignore_ascii_case(uri));
            let (own, sub) = (hidden.name(), hidden.sub());
            let top = parent.unwrap_or(name);
            same_schema
                && own.eq_ignore_ascii_case(top)
                && sub.is_none_or(|sub| parent.is_some() && sub.eq_ignore_ascii_case(name))
        })
    }

    fn attribute(&mut self, attribute: &'static Attribute, three: Three<'_>, place: Place) {
        let name = attribute.name();
        if attribute.is_extension() {
            if let Some(descriptor) = attribute.kind().descriptor() {
                let place = Place {
                    uri: Some(name),
                    parent: None,
                };
                self.attributes(descriptor, three, place);
            }
        } else if attribute.is_multi_valued() {
            self.elements(attribute, three, place);
        } else if let Some(descriptor) = attribute.kind().descriptor() {
            let place = Place {
                parent: Some(name),
                ..place
            };
            self.attributes(descriptor, three, place);
        } else {
            self.simple(attribute, three, place);
        }
    }

    fn simple(&mut self, attribute: &'static Attribute, three: Three<'_>, place: Place) {
        let Three {
            before,
            wanted,
            found,
        } = three;
        if alike(attribute, wanted, found) {
            return;
        }
        // Who is not given it makes it up of the others.
        let made_up = attribute.name() == "formatted" && is_nothing(wanted);
        let lacks = is_nothing(found);
        let applied = match before {
            // A change of form only may well be undone, and another value is the service
            // provider's own.
            Before::Known(before) => {
                alike(attribute, before, wanted) || !alike(attribute, before, found)
            }
            Before::Unknown if is_nothing(wanted) => {
                // Without a value, some have a default.
                matches!(found, ValueRef::Boolean(_))
            }
            Before::Unknown => match (wanted.text(), found.text()) {
                (Some(wanted), Some(found)) => related(wanted, found),
                // What was to be a text, and is something else or nothing.
                _ => false,
            },
        };
        if !applied && !made_up {
            let path = place.path(attribute.name());
            self.note(&path, attribute, wanted, found, lacks);
        }
    }

    fn note(
        &mut self,
        path: &AttributePath,
        attribute: &'static Attribute,
        wanted: ValueRef<'_>,
        found: ValueRef<'_>,
        lacks: bool,
    ) {
        let on_request = matches!(attribute.returned_of(), Returned::Request);
        if lacks && (on_request || !self.shown.shows(path)) {
            return;
        }
        self.count += 1;
        self.only_lacks &= lacks;
        if self.told.len() < TOLD {
            let json = |value: ValueRef<'_>| (!is_nothing(value)).then(|| encode::value(value));
            self.told
                .push(Unapplied::new(path.to_string(), json(wanted), json(found)));
        }
    }

    /// Attributes that the type does not know.
    fn unknown(&mut self, three: Three<'_>, place: Place) {
        let (wanted, found) = (named(three.wanted), named(three.found));
        let before = match three.before {
            Before::Known(before) => Some(named(before)),
            Before::Unknown => None,
        };
        if wanted.is_empty() && before.as_ref().is_none_or(HashMap::is_empty) {
            return;
        }
        static ANY: Attribute = Attribute::of::<Option<crate::Json>>("");
        let mut names: Vec<_> = wanted.keys().collect();
        names.extend(before.iter().flatten().map(|(name, _)| name));
        names.sort_unstable();
        names.dedup();
        for name in names {
            let of = |values: &HashMap<String, ValueRef<'_>>| -> bool { values.contains_key(name) };
            let value = |values: &'_ HashMap<String, ValueRef<'_>>| {
                values.get(name).copied().map(encode::value)
            };
            let own = Three {
                before: match &before {
                    Some(before) => {
                        Before::Known(before.get(name).copied().unwrap_or(ValueRef::Absent))
                    }
                    None => Before::Unknown,
                },
                wanted: wanted.get(name).copied().unwrap_or(ValueRef::Absent),
                found: found.get(name).copied().unwrap_or(ValueRef::Absent),
            };
            let is_hidden = self.is_hidden(place.uri, place.parent, name);
            if is_hidden || own.is_unchanged() || alike(&ANY, own.wanted, own.found) {
                continue;
            }
            let applied = match own.before {
                Before::Known(before) => {
                    alike(&ANY, before, own.wanted) || !alike(&ANY, before, own.found)
                }
                Before::Unknown => of(&found) && of(&wanted) && may_be_made_of(own),
            };
            let lacks = !of(&found);
            let path = match place.parent.or(place.uri) {
                Some(above) => format!("{above}.{name}"),
                None => name.clone(),
            };
            if applied || (lacks && !self.shown.shows_named(&path)) {
                continue;
            }
            self.count += 1;
            self.only_lacks &= lacks;
            if self.told.len() < TOLD {
                self.told
                    .push(Unapplied::new(path, value(&wanted), value(&found)));
            }
        }
    }
}

/// Whether one JSON value may have been made of another: of objects and arrays nobody knows.
fn may_be_made_of(three: Three<'_>) -> bool {
    let text = |value: ValueRef<'_>| {
        let json = encode::value(value);
        let text = json.as_str();
        (!text.starts_with(['{', '['])).then(|| text.trim_matches('"').to_owned())
    };
    match (text(three.wanted), text(three.found)) {
        (Some(wanted), Some(found)) => related(&wanted, &found),
        _ => true,
    }
}

/// Unknown attributes by their names without letter case.
fn named(value: ValueRef<'_>) -> HashMap<String, ValueRef<'_>> {
    let ValueRef::Object(object) = value else {
        return HashMap::new();
    };
    let members = object.extra().iter();
    members
        .map(|(name, value)| (name.to_lowercase(), ValueRef::Json(value)))
        .collect()
}

/// The elements of a multi-valued attribute.
struct Elements<'a> {
    values: Option<&'a dyn ManyValues>,
    attribute: &'static Attribute,
    /// Positions by what identifies an element.
    by_key: HashMap<String, Vec<usize>>,
}

impl<'a> Elements<'a> {
    fn of(attribute: &'static Attribute, value: ValueRef<'a>) -> Self {
        let values = match value {
            ValueRef::Many(many) => Some(many),
            _ => None,
        };
        let mut by_key: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, element) in positions(values) {
            if let Some(key) = key(attribute, element) {
                by_key.entry(key).or_default().push(index);
            }
        }
        Self {
            values,
            attribute,
            by_key,
        }
    }

    fn iter(&self) -> impl Iterator<Item = (usize, ValueRef<'a>)> + use<'a> {
        positions(self.values)
    }

    fn at(&self, index: usize) -> ValueRef<'a> {
        self.values.map_or(ValueRef::Absent, |many| many.at(index))
    }

    fn len(&self) -> usize {
        self.values.map_or(0, |many| many.len())
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
        let typed = |index: &&usize| match (type_of(element), type_of(self.at(**index))) {
            (Some(one), Some(other)) => one == other,
            _ => true,
        };
        self.by_key.get(&key)?.iter().find(typed).copied()
    }

    /// The element without a `value` that has the `type` of this one, if it is the only one.
    fn only_one(&self, element: ValueRef<'_>) -> Option<usize> {
        let wanted = type_of(element);
        let mut alike = self
            .iter()
            .filter(|(_, own)| key(self.attribute, *own).is_none() && type_of(*own) == wanted);
        let (index, _) = alike.next()?;
        alike.next().is_none().then_some(index)
    }

    /// As [`find`](Self::find), whatever its `type` has become.
    fn find_value(&self, element: ValueRef<'_>, from: &Elements<'_>) -> Option<usize> {
        self.find(element, from).or_else(|| {
            let own = self.by_key.get(&key(self.attribute, element)?)?;
            own.first().copied()
        })
    }
}

fn positions<'a>(
    values: Option<&'a dyn ManyValues>,
) -> impl Iterator<Item = (usize, ValueRef<'a>)> + use<'a> {
    let len = values.map_or(0, |many| many.len());
    (0..len)
        .filter_map(move |index| Some((index, values?.at(index))))
        .filter(|(_, element)| !is_nothing(*element))
}

/// What identifies an element: its `value`, or itself if it is simple.
fn key(attribute: &'static Attribute, element: ValueRef<'_>) -> Option<String> {
    let text = |attribute: &'static Attribute, value: ValueRef<'_>| match value.text() {
        Some(text) => normal(attribute, text),
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

/// Whether an element has everything that another one has, `primary` aside.
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
    matches!(attribute.mutability_of(), Mutability::ReadOnly)
}

impl Comparison<'_> {
    fn elements(&mut self, attribute: &'static Attribute, three: Three<'_>, place: Place) {
        let wanted = Elements::of(attribute, three.wanted);
        let found = Elements::of(attribute, three.found);
        let before = match three.before {
            Before::Known(before) => Some(Elements::of(attribute, before)),
            Before::Unknown => None,
        };
        let old = before.as_ref().unwrap_or(&found);
        let has_values = |elements: &Elements<'_>| {
            elements.by_key.values().map(Vec::len).sum::<usize>() == elements.iter().count()
        };
        let keyed = has_values(&wanted) && has_values(&found) && has_values(old);
        if !keyed && found.len().saturating_mul(wanted.len().max(old.len())) > PAIRS {
            return;
        }
        let added = |(_, element): &(usize, ValueRef<'_>)| {
            old.find(*element, &wanted).is_none() && found.find_value(*element, &wanted).is_none()
        };
        let added: Vec<_> = wanted.iter().filter(added).map(|(_, own)| own).collect();
        let removed = |(_, element): &(usize, ValueRef<'_>)| {
            wanted.find(*element, old).is_none() && found.find(*element, old).is_some()
        };
        let removed: Vec<_> = old.iter().filter(removed).map(|(_, own)| own).collect();
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
                (told, removed)
            }
            None => {
                let there: Vec<_> = found.iter().map(|(_, own)| own).collect();
                let left = |ours: &[ValueRef<'_>], others: &[ValueRef<'_>]| -> Vec<bool> {
                    let all = ours.len().saturating_mul(others.len()) <= PAIRS;
                    let is_related = |one| all && others.iter().any(|other| similar(one, *other));
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
                // A new element in place of one lacks what the service provider adds to each.
                let left_out = is_nothing(own.wanted) && !self.removes_subs;
                if !moved
                    && !identity
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

/// Whether one element may have been made of another.
fn similar(one: ValueRef<'_>, other: ValueRef<'_>) -> bool {
    let value = |element| -> Option<&str> {
        match element {
            ValueRef::Object(object) => {
                let object: &dyn Reflect = object;
                object.get(object.descriptor().position("value")?).text()
            }
            element => element.text(),
        }
    };
    match (value(one), value(other)) {
        (Some(one), Some(other)) => related(one, other),
        // Those without a value are compared where they are found by their type.
        _ => false,
    }
}
