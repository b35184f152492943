//! What the elements of a multi-valued attribute are told apart by.

use super::{
    Identity,
    equality::{Hashes, is_nothing, is_primary, normal, same},
    keys::{self, same_simple},
};
use crate::{
    evaluate::has_forms,
    model::{Attribute, Descriptor, Mutability, Reflect, ValueRef},
};

/// The ways of looking for an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Way {
    /// By the sub-attribute at that position.
    By(usize),
    /// By `value` and `type`; one without a type is told from those with one.
    Pair,
    /// By all that a client can say of it.
    Whole,
    /// The same, and by its unknown attributes.
    Exact,
}

/// The elements of one attribute, and how they are compared.
#[derive(Clone, Copy)]
pub(super) struct Identifier<'h> {
    pub(super) attribute: &'static Attribute,
    pub(super) hashes: &'h Hashes,
    /// The table of the elements; none if they are simple.
    pub(super) table: Option<&'static Descriptor>,
    pub(super) value: Option<usize>,
    pub(super) type_: Option<usize>,
    pub(super) primary: Option<usize>,
}

impl<'h> Identifier<'h> {
    pub(super) fn new(attribute: &'static Attribute, hashes: &'h Hashes) -> Self {
        let table = attribute.kind().descriptor();
        let position = |name| table.and_then(|table| table.position(name));
        Self {
            attribute,
            hashes,
            table,
            value: position("value"),
            type_: position("type"),
            primary: table.and_then(|table| table.attributes().iter().position(is_primary)),
        }
    }

    /// The sub-attribute that a filter in brackets or a listed element names: its position, unless
    /// the elements are simple and `value` stands for them.
    pub(super) fn named(&self, name: &str) -> Option<(Way, &'static Attribute)> {
        match self.table {
            Some(table) => {
                let index = table.position(name)?;
                Some((Way::By(index), table.attributes().get(index)?))
            }
            None if name.eq_ignore_ascii_case("value") => Some((Way::Whole, self.attribute)),
            None => None,
        }
    }

    /// The way in which `added` is looked for among the elements that are there.
    pub(super) fn way(&self, identity: Identity, added: ValueRef<'_>) -> Way {
        let part = |at: Option<usize>| self.telling(at?, added);
        match (identity, self.value) {
            (Identity::TypeAndValue, value) if part(value).is_some() => Way::Pair,
            (Identity::Value, Some(value)) if part(Some(value)).is_some() => {
                match part(self.type_) {
                    Some(_) => Way::Pair,
                    None => Way::By(value),
                }
            }
            _ => match added {
                ValueRef::Object(object) if !object.extra().is_empty() => Way::Exact,
                _ => Way::Whole,
            },
        }
    }

    /// Equal for elements that are the same in that way; `None` if it does not find this element.
    pub(super) fn key(&self, way: Way, element: ValueRef<'_>) -> Option<u64> {
        match (way, element) {
            (Way::By(at), ValueRef::Object(object)) => {
                let attribute = object.descriptor().attributes().get(at)?;
                match object.get(at) {
                    // A filter takes it for `false` (RFC 7643 §2.4).
                    ValueRef::Absent if is_primary(attribute) => {
                        Some(self.hashes.of(ValueRef::Boolean(false)))
                    }
                    // The text may be long, and would be read again whenever the element is changed.
                    ValueRef::Json(_) => None,
                    value => keys::of_value(self.hashes, attribute, value),
                }
            }
            (Way::Pair, _) => {
                let value = self.telling(self.value?, element)?;
                let type_ = self.type_.and_then(|at| self.telling(at, element));
                Some(self.pair(value, type_))
            }
            (Way::Whole, ValueRef::Object(object)) => Some(self.object_key(object)),
            (Way::Exact, ValueRef::Object(object)) => {
                let unknown = self.hashes.extra(object.extra());
                Some(self.hashes.pair(self.object_key(object), unknown))
            }
            (Way::Whole | Way::Exact, simple) => Some(
                keys::of_value(self.hashes, self.attribute, simple)
                    .unwrap_or_else(|| self.hashes.of(simple)),
            ),
            (Way::By(_), _) => None,
        }
    }

    /// The key of [`Way::Pair`].
    pub(super) fn pair(&self, value: u64, type_: Option<u64>) -> u64 {
        self.hashes.pair(value, type_.unwrap_or_default())
    }

    /// The key of the sub-attribute at that position, if that tells elements apart: an empty text does not.
    fn telling(&self, at: usize, element: ValueRef<'_>) -> Option<u64> {
        let ValueRef::Object(object) = element else {
            return None;
        };
        if object.get(at).text() == Some("") {
            return None;
        }
        self.key(Way::By(at), element)
    }

    /// Returns whether a key is that of an empty text.
    pub(super) fn is_empty(&self, key: u64) -> bool {
        key == keys::of_nothing(self.hashes)
    }

    fn object_key(&self, object: &dyn Reflect) -> u64 {
        let mut sum = 0_u64;
        for (index, attribute) in object.descriptor().attributes().iter().enumerate() {
            let key = match normal(attribute, object.get(index)) {
                _ if attribute.mutability() == Mutability::ReadOnly => None,
                value if is_nothing(value) => None,
                ValueRef::Object(inner) => Some(self.object_key(inner)),
                ValueRef::Many(many) => Some(self.hashes.of(ValueRef::Integer(
                    i64::try_from(many.len()).unwrap_or_default(),
                ))),
                value => keys::of_value(self.hashes, attribute, value)
                    .or_else(|| Some(self.hashes.of(value))),
            };
            if let Some(key) = key {
                sum = sum.wrapping_add(self.hashes.pair(index as u64, key));
            }
        }
        sum
    }

    /// What tells most elements from `added` at little cost: its `value`, if it is plain text, which no
    /// other way of writing is equal to.
    pub(super) fn sieve<'v>(&self, way: Way, added: ValueRef<'v>) -> Option<(usize, &'v str)> {
        let (Way::Pair, ValueRef::Object(object), Some(at)) = (way, added, self.value) else {
            return None;
        };
        let attribute = object.descriptor().attributes().get(at)?;
        let text = object.get(at).text()?;
        (text.is_ascii() && !has_forms(attribute)).then_some((at, text))
    }

    /// Returns whether an element may be the same as the one that the sieve was made of.
    pub(super) fn may_be_same(&self, sieve: &Option<(usize, &str)>, known: ValueRef<'_>) -> bool {
        match (sieve, known) {
            (Some((at, text)), ValueRef::Object(object)) => {
                let known = object.get(*at).text().unwrap_or_default();
                // The lower case of text beyond ASCII may be ASCII, and of another length.
                known.len() == text.len() || !known.is_ascii()
            }
            _ => true,
        }
    }

    /// Returns whether `known` is what `added` would add, looked for in that way.
    pub(super) fn is_same(&self, way: Way, added: ValueRef<'_>, known: ValueRef<'_>) -> bool {
        match (way, added, known) {
            (Way::By(at), ValueRef::Object(added), ValueRef::Object(known)) => {
                let attribute = added.descriptor().attributes().get(at);
                attribute.is_some_and(|a| same_simple(a, added.get(at), known.get(at)))
            }
            (Way::Pair, ..) => {
                let part =
                    |at: Option<usize>| at.is_none_or(|at| self.is_same(Way::By(at), added, known));
                part(self.value) && part(self.type_)
            }
            (Way::Whole | Way::Exact, ValueRef::Object(added), ValueRef::Object(known)) => {
                same_object(added, known)
            }
            (Way::Whole | Way::Exact, added, known) => same_simple(self.attribute, added, known),
            (Way::By(_), ..) => false,
        }
    }
}

/// Returns whether a client could not tell the objects apart: what only a service provider sets
/// does not count, and `known` may have unknown attributes that `added` lacks.
fn same_object(added: &dyn Reflect, known: &dyn Reflect) -> bool {
    let mut attributes = added.descriptor().attributes().iter().enumerate();
    let is_same = |(index, attribute): (usize, &Attribute)| {
        if attribute.mutability() == Mutability::ReadOnly {
            return true;
        }
        let added = normal(attribute, added.get(index));
        let known = normal(attribute, known.get(index));
        match (added, known) {
            (ValueRef::Object(added), ValueRef::Object(known)) => same_object(added, known),
            _ => same_simple(attribute, added, known),
        }
    };
    attributes.all(is_same) && has_all(known, added)
}

/// Returns whether an object has all unknown attributes of the other.
fn has_all(object: &dyn Reflect, other: &dyn Reflect) -> bool {
    other.extra().iter().all(|(name, value)| {
        let own = object.extra().get(name);
        same(
            ValueRef::Json(value),
            own.map_or(ValueRef::Absent, ValueRef::Json),
        )
    })
}
