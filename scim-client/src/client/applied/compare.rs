//! Where a resource still shows what it had before it was changed.

use std::collections::HashMap;

use super::{
    Shown,
    alike::{alike, is_made_number, related},
};
use crate::{
    attribute_path::AttributePath,
    error::Unapplied,
    internal::{
        encode,
        equality::{is_nothing, same},
    },
    model::{Attribute, Descriptor, Mutability, Returned, ValueRef},
};

/// How many places are told; there may be as many as members of a group.
const TOLD: usize = 16;

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
    pub(super) fn sub(self, index: usize) -> Self {
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

    /// Returns whether nothing was to be changed here.
    pub(super) fn is_unchanged(self) -> bool {
        match self.before {
            Before::Known(before) => same(before, self.wanted),
            Before::Unknown => same(self.wanted, self.found),
        }
    }
}

/// Where an attribute is.
#[derive(Clone, Copy, Default)]
pub(super) struct Place {
    pub(super) uri: Option<&'static str>,
    pub(super) parent: Option<&'static str>,
}

impl Place {
    pub(super) fn path(self, name: &'static str) -> AttributePath {
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
    /// Whether every place lacks a value, so that the response may only be a short one.
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

    /// Returns whether the attribute can tell anything.
    pub(super) fn concerns(&self, attribute: &'static Attribute, place: Place) -> bool {
        let only_required = self.only_required
            && !(attribute.is_required() && attribute.kind().descriptor().is_none());
        let never = matches!(attribute.returned(), Returned::Never)
            || attribute.is_secret()
            || matches!(
                attribute.mutability(),
                Mutability::ReadOnly | Mutability::WriteOnly
            );
        !only_required && !never && !self.is_hidden(place.uri, place.parent, attribute.name())
    }

    /// Returns whether the profile says that the attribute, or the one that it belongs to, is never
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

    pub(super) fn simple(&mut self, attribute: &'static Attribute, three: Three<'_>, place: Place) {
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
                alike(attribute, before, wanted)
                    || !alike(attribute, before, found)
                    || is_made_number(before, wanted, found)
            }
            Before::Unknown if is_nothing(wanted) => {
                // Without a value, some have a default.
                matches!(found, ValueRef::Boolean(_))
            }
            Before::Unknown => match (wanted.text(), found.text()) {
                (Some(wanted), Some(found)) => related(wanted, found, false),
                // What was to be a text, and is something else or nothing.
                _ => false,
            },
        };
        if !applied && !made_up {
            let path = place.path(attribute.name());
            self.note(&path, attribute, wanted, found, lacks);
        }
    }

    pub(super) fn note(
        &mut self,
        path: &AttributePath,
        attribute: &'static Attribute,
        wanted: ValueRef<'_>,
        found: ValueRef<'_>,
        lacks: bool,
    ) {
        let on_request = matches!(attribute.returned(), Returned::Request);
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
                    alike(&ANY, before, own.wanted)
                        || !alike(&ANY, before, own.found)
                        || is_made_number(before, own.wanted, own.found)
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

/// Returns whether one JSON value may have been made of another: of objects and arrays nobody knows.
fn may_be_made_of(three: Three<'_>) -> bool {
    let text = |value: ValueRef<'_>| {
        let json = encode::value(value);
        let text = json.as_str();
        (!text.starts_with(['{', '['])).then(|| text.trim_matches('"').to_owned())
    };
    match (text(three.wanted), text(three.found)) {
        (Some(wanted), Some(found)) => related(&wanted, &found, false),
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
