//! Resources and complex values whose type is known at run time only.

use std::fmt;

use serde::{Serialize, Serializer, ser};

use super::list::{Choice, List, Written};
use crate::{
    json::{self, encode},
    model::{
        self, Attribute, Descriptor, Extra, Field, Json, Kind, ManyValues, OptionObjectSlot,
        Reflect, Slot, ValueRef,
    },
    resource::{AnyResource, ResourceKind},
    value::Decimal,
};

/// The attributes of a table in their places, and those that the table does not have.
#[derive(Clone)]
struct Values {
    table: &'static Descriptor,
    places: Places,
    extra: Extra,
}

/// A place for each attribute; nothing in it while it was never written to, since most never are.
///
/// Those of a small table stand in the object itself: elements of multi-valued attributes are many,
/// and have the four sub-attributes of RFC 7643 §2.4.
#[derive(Clone)]
enum Places {
    Few([Option<Held>; FEW]),
    Many(Box<[Option<Held>]>),
}

const FEW: usize = 4;

const _: () = assert!(size_of::<Places>() == FEW * size_of::<Held>());

impl Values {
    fn new(table: &'static Descriptor) -> Self {
        let count = table.attributes.len();
        Self {
            table,
            places: if count <= FEW {
                Places::Few([const { None }; FEW])
            } else {
                Places::Many(std::iter::repeat_with(|| None).take(count).collect())
            },
            extra: Extra::new(),
        }
    }

    fn get(&self, index: usize) -> Option<&Held> {
        let places = match &self.places {
            Places::Few(places) => places.as_slice(),
            Places::Many(places) => places,
        };
        places.get(index)?.as_ref()
    }

    fn get_or_make(&mut self, index: usize) -> Option<&mut Held> {
        let attribute = self.table.attributes.get(index)?;
        let places = match &mut self.places {
            Places::Few(places) => places.as_mut_slice(),
            Places::Many(places) => places,
        };
        let place = places.get_mut(index)?;
        Some(place.get_or_insert_with(|| Held::empty(attribute)))
    }
}

macro_rules! reflect {
    ($type:ident) => {
        impl Reflect for $type {
            fn descriptor(&self) -> &'static Descriptor {
                self.0.table
            }

            fn field(&self, index: usize) -> Option<&dyn Field> {
                match self.0.get(index) {
                    Some(held) => Some(held),
                    None => None,
                }
            }

            fn field_mut(&mut self, index: usize) -> Option<&mut dyn Field> {
                match self.0.get_or_make(index) {
                    Some(held) => Some(held),
                    None => None,
                }
            }

            fn extra(&self) -> &Extra {
                &self.0.extra
            }

            fn extra_mut(&mut self) -> &mut Extra {
                &mut self.0.extra
            }
        }

        /// What is assigned; values that are never returned show as `<redacted>`.
        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                model::debug_object(self, f)
            }
        }

        /// Values of different tables are never equal, whatever is in them.
        impl PartialEq for $type {
            fn eq(&self, other: &Self) -> bool {
                std::ptr::eq(self.0.table, other.0.table) && model::equal(self, other)
            }
        }
    };
}

/// A resource whose type is known at run time only: what `R` is for a compiled type.
///
/// [`ResourceType::new_resource`](super::ResourceType::new_resource) makes an empty one. It is
/// read and written by paths as text, and everything that works on compiled resources works on it:
/// filters, sorting, `patch::diff` and `apply`, `Stored`, `Partial`, lists.
///
/// ```
/// use scim_client::dynamic::ResourceTypes;
///
/// let types = ResourceTypes::core();
/// let user = types.find("User")?;
/// let mut babs = user.new_resource().with("userName", "bjensen")?;
/// babs.set("name.familyName", "Jensen")?;
/// babs.add("emails", serde_json::json!([{"value": "b@example.com", "type": "work"}]))?;
///
/// let mail = babs.get(r#"emails[type eq "work"].value"#)?;
/// assert_eq!(mail.and_then(|mail| mail.as_str()), Some("b@example.com"));
/// let error = babs.set("nickname.x", "Babs").unwrap_err();
/// assert_eq!(error.to_string(), "nickName has no sub-attributes");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct DynamicResource(Values);

/// A complex value (RFC 7643 §2.3.8), or the attributes of an extension (§3.3), of a type that is
/// known at run time only.
#[derive(Clone)]
pub struct DynamicComplex(Values);

reflect!(DynamicResource);
reflect!(DynamicComplex);

impl DynamicResource {
    pub(super) fn new(table: &'static Descriptor) -> Self {
        Self(Values::new(table))
    }

    /// The JSON that creates this resource: `schemas` and everything that a client may write.
    pub fn to_json(&self) -> String {
        encode::for_create(self.0.table.urn.unwrap_or_default(), self)
    }

    /// Attributes that the schema does not have.
    pub fn extra(&self) -> &Extra {
        &self.0.extra
    }

    /// The place at the end of these positions, from the outside in. What is on the way is made.
    pub(super) fn place(&mut self, positions: &[usize]) -> Option<&mut Held> {
        let (last, outer) = positions.split_last()?;
        let mut values = &mut self.0;
        for position in outer {
            let Held::Object(child) = values.get_or_make(*position)? else {
                return None;
            };
            values = &mut child.get_or_make().0;
        }
        values.get_or_make(*last)
    }
}

impl DynamicComplex {
    fn new(table: &'static Descriptor) -> Self {
        Self(Values::new(table))
    }

    /// Attributes that the schema does not have.
    pub fn extra(&self) -> &Extra {
        &self.0.extra
    }
}

impl AnyResource for DynamicResource {
    fn empty_of(kind: ResourceKind) -> Self {
        Self::new(kind.descriptor())
    }

    fn is_of_type_of(&self, other: &dyn Reflect) -> bool {
        std::ptr::eq(self.0.table, other.descriptor())
    }
}

/// What creates it; without what is `readOnly`.
impl Serialize for DynamicResource {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        json::serialize(&self.to_json(), serializer).map_err(ser::Error::custom)
    }
}

/// What is in the place of one attribute. Every value is optional, whatever the schema says: what is
/// required is checked when a resource is read, and before one is sent.
#[derive(Clone)]
pub(super) enum Held {
    Text(Option<String>),
    Choice(Choice),
    Written(Option<Written>),
    Boolean(Option<bool>),
    Integer(Option<i64>),
    Decimal(Option<Decimal>),
    Any(Option<Json>),
    Object(Child),
    Texts(List<String>),
    AllWritten(List<Written>),
    Booleans(List<bool>),
    Integers(List<i64>),
    Decimals(List<Decimal>),
    Anys(List<Json>),
    Objects(Children),
}

// Which variant it is costs no byte.
#[cfg(target_pointer_width = "64")]
const _: () = assert!(size_of::<Option<Held>>() == size_of::<Children>());

impl Held {
    /// Nothing, in the place of `attribute`.
    pub(super) fn empty(attribute: &'static Attribute) -> Self {
        let many = attribute.is_multi_valued();
        match attribute.kind {
            // As the open enums of compiled types are.
            Kind::String => match attribute.values {
                Some(values) if !values.canonical.is_empty() => match many {
                    true => Self::AllWritten(List::new()),
                    false => Self::Choice(Choice::new(values)),
                },
                _ if many => Self::Texts(List::new()),
                _ => Self::Text(None),
            },
            Kind::DateTime | Kind::Binary | Kind::Reference if many => {
                Self::AllWritten(List::new())
            }
            Kind::DateTime | Kind::Binary | Kind::Reference => Self::Written(None),
            Kind::Boolean if many => Self::Booleans(List::new()),
            Kind::Boolean => Self::Boolean(None),
            Kind::Integer if many => Self::Integers(List::new()),
            Kind::Integer => Self::Integer(None),
            Kind::Decimal if many => Self::Decimals(List::new()),
            Kind::Decimal => Self::Decimal(None),
            Kind::Any if many => Self::Anys(List::new()),
            Kind::Any => Self::Any(None),
            Kind::Complex(table) if many => Self::Objects(Children {
                table: table.get(),
                list: List::new(),
            }),
            Kind::Complex(table) => Self::Object(Child {
                table: table.get(),
                object: None,
            }),
        }
    }
}

impl Field for Held {
    fn get(&self) -> ValueRef<'_> {
        match self {
            Self::Text(Some(text)) => ValueRef::Str(text),
            Self::Choice(choice) if choice.is_some() => ValueRef::Text(choice),
            Self::Written(Some(text)) => ValueRef::Text(text),
            Self::Boolean(Some(value)) => ValueRef::Boolean(*value),
            Self::Integer(Some(value)) => ValueRef::Integer(*value),
            Self::Decimal(Some(value)) => ValueRef::Decimal(value),
            Self::Any(Some(json)) => ValueRef::Json(json),
            Self::Object(Child {
                object: Some(object),
                ..
            }) => ValueRef::Object(&**object),
            Self::Texts(list) => list.value(),
            Self::AllWritten(list) => list.value(),
            Self::Booleans(list) => list.value(),
            Self::Integers(list) => list.value(),
            Self::Decimals(list) => list.value(),
            Self::Anys(list) => list.value(),
            Self::Objects(children) if !children.list.is_empty() => ValueRef::Many(children),
            _ => ValueRef::Absent,
        }
    }

    fn slot(&mut self) -> Slot<'_> {
        match self {
            Self::Text(text) => Slot::OptionStr(text),
            Self::Choice(choice) => Slot::Scalar(choice),
            Self::Written(text) => Slot::Scalar(text),
            Self::Boolean(value) => Slot::Scalar(value),
            Self::Integer(value) => Slot::Scalar(value),
            Self::Decimal(value) => Slot::Scalar(value),
            Self::Any(json) => Slot::Scalar(json),
            Self::Object(child) => Slot::OptionObject(child),
            Self::Texts(list) => Slot::Many(list),
            Self::AllWritten(list) => Slot::Many(list),
            Self::Booleans(list) => Slot::Many(list),
            Self::Integers(list) => Slot::Many(list),
            Self::Decimals(list) => Slot::Many(list),
            Self::Anys(list) => Slot::Many(list),
            Self::Objects(children) => Slot::Many(children),
        }
    }
}

/// A complex value, or none, with the table that it has.
#[derive(Clone)]
pub(super) struct Child {
    table: &'static Descriptor,
    object: Option<Box<DynamicComplex>>,
}

impl Child {
    fn get_or_make(&mut self) -> &mut DynamicComplex {
        let table = self.table;
        self.object
            .get_or_insert_with(|| Box::new(DynamicComplex::new(table)))
    }
}

impl OptionObjectSlot for Child {
    fn get_or_insert(&mut self) -> &mut dyn Reflect {
        self.get_or_make()
    }

    fn get_mut(&mut self) -> Option<&mut dyn Reflect> {
        match &mut self.object {
            Some(object) => Some(&mut **object),
            None => None,
        }
    }

    fn clear(&mut self) {
        self.object = None;
    }
}

/// Complex values, with the table that they have.
#[derive(Clone)]
pub(super) struct Children {
    table: &'static Descriptor,
    list: List<DynamicComplex>,
}

impl ManyValues for Children {
    fn len(&self) -> usize {
        self.list.as_slice().len()
    }

    fn at(&self, index: usize) -> ValueRef<'_> {
        let element = self.list.as_slice().get(index);
        element.map_or(ValueRef::Absent, |element| ValueRef::Object(element))
    }

    fn slot(&mut self, index: usize) -> Option<Slot<'_>> {
        self.list
            .get_mut(index)
            .map(|element| Slot::Object(element))
    }

    fn grow(&mut self) {
        self.list.push(DynamicComplex::new(self.table));
    }

    fn reserve(&mut self, more: usize) {
        self.list.make_room(more);
    }

    fn truncate(&mut self, len: usize) {
        self.list.cut(len);
    }

    fn swap(&mut self, one: usize, other: usize) {
        self.list.exchange(one, other);
    }
}
