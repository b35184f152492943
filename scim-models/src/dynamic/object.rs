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
    patch::Looked,
    resource::{AnyResource, ResourceKind, kind::sealed::Sealed},
    value::Decimal,
};

/// The places of an object's attributes: nothing in one while it was never written to, since most
/// never are.
///
/// Those of a small table stand in the object itself, whose size is then no reason to allocate twice.
trait Places: AsRef<[Option<Held>]> + AsMut<[Option<Held>]> + Clone + Send + Sync + 'static {
    /// At least so many.
    fn empty(count: usize) -> Self;
}

/// Elements of multi-valued attributes are many, and most have the four sub-attributes of RFC 7643
/// §2.4.
type Four = [Option<Held>; 4];
/// The complex attributes of RFC 7643 have no more.
type Eight = [Option<Held>; 8];
type Boxed = Box<[Option<Held>]>;

impl<const N: usize> Places for [Option<Held>; N] {
    fn empty(_: usize) -> Self {
        [const { None }; N]
    }
}

impl Places for Boxed {
    fn empty(count: usize) -> Self {
        std::iter::repeat_with(|| None).take(count).collect()
    }
}

/// The attributes of a table in their places, and those that the table does not have: a resource, a
/// complex value (RFC 7643 §2.3.8), or the attributes of an extension (§3.3).
#[derive(Clone)]
struct Object<P> {
    table: &'static Descriptor,
    extra: Extra,
    places: P,
}

impl<P: Places> Object<P> {
    fn new(table: &'static Descriptor) -> Self {
        Self {
            table,
            extra: Extra::new(),
            places: P::empty(table.attributes.len()),
        }
    }

    /// A place, with the attribute that belongs there.
    #[inline]
    fn place(&mut self, index: usize) -> Option<(&mut Option<Held>, &'static Attribute)> {
        let place = self.places.as_mut().get_mut(index)?;
        Some((place, self.table.attributes.get(index)?))
    }
}

impl<P: Places> Reflect for Object<P> {
    fn descriptor(&self) -> &'static Descriptor {
        self.table
    }

    fn field(&self, index: usize) -> Option<&dyn Field> {
        let place = self.places.as_ref().get(index)?;
        place.as_ref().map(Held::field)
    }

    /// Decoding asks for each place once: what is made need not be looked at again.
    fn field_mut(&mut self, index: usize) -> Option<&mut dyn Field> {
        let (place, attribute) = self.place(index)?;
        match place {
            Some(held) => Some(held.field_mut()),
            // Most attributes are that.
            None if Held::is_plain_text(attribute) => match place.insert(Held::Text(None)) {
                Held::Text(text) => Some(text),
                _ => None,
            },
            None => Some(Held::made(place, attribute)),
        }
    }

    fn extra(&self) -> &Extra {
        &self.extra
    }

    fn extra_mut(&mut self) -> &mut Extra {
        &mut self.extra
    }
}

/// An object of any size.
trait AnyObject: Reflect {
    fn copy(&self) -> Box<dyn AnyObject>;
    /// What is in a place; nothing, of its type, where it was empty.
    fn get_or_make(&mut self, index: usize) -> Option<&mut Held>;
}

impl<P: Places> AnyObject for Object<P> {
    fn copy(&self) -> Box<dyn AnyObject> {
        Box::new(self.clone())
    }

    fn get_or_make(&mut self, index: usize) -> Option<&mut Held> {
        let (place, attribute) = self.place(index)?;
        Some(place.get_or_insert_with(|| Held::empty(attribute)))
    }
}

/// A resource whose type is only known at run time. It takes the place of the struct of a compiled type.
///
/// [`ResourceType::new_resource`](super::ResourceType::new_resource) makes an empty one. Its
/// attributes are read and written by paths as text. Everything that works on compiled resources
/// works on it: filters, sorting, `patch::diff` and `apply`, `Stored`, `Partial`, lists.
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
pub struct DynamicResource {
    object: Object<Boxed>,
    /// What [`add`](Self::add) has learned of its elements: nothing, as soon as they may have changed.
    looked: Option<Box<Looked>>,
}

impl Clone for DynamicResource {
    fn clone(&self) -> Self {
        Self {
            object: self.object.clone(),
            looked: None,
        }
    }
}

impl Reflect for DynamicResource {
    fn descriptor(&self) -> &'static Descriptor {
        self.object.table
    }

    fn field(&self, index: usize) -> Option<&dyn Field> {
        self.object.field(index)
    }

    fn field_mut(&mut self, index: usize) -> Option<&mut dyn Field> {
        self.changes();
        self.object.field_mut(index)
    }

    fn extra(&self) -> &Extra {
        &self.object.extra
    }

    fn extra_mut(&mut self) -> &mut Extra {
        &mut self.object.extra
    }
}

/// Shows the assigned attributes. Values that are never returned are shown as `<redacted>`.
impl fmt::Debug for DynamicResource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        model::debug_object(self, f)
    }
}

/// Resources of different tables are never equal.
impl PartialEq for DynamicResource {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.object.table, other.object.table) && model::equal(self, other)
    }
}

impl DynamicResource {
    pub(super) fn new(table: &'static Descriptor) -> Self {
        Self {
            object: Object::new(table),
            looked: None,
        }
    }

    /// What is known of its elements, for one that changes them and says what it knows afterwards.
    pub(super) fn take_looked(&mut self) -> Looked {
        self.looked
            .take()
            .map_or_else(Looked::default, |looked| *looked)
    }

    /// Keeps what is known of its elements until they change.
    pub(super) fn keep_looked(&mut self, looked: Looked) {
        self.looked = looked.is_worth_keeping().then(|| Box::new(looked));
    }

    /// Before anything in it may change.
    #[inline]
    fn changes(&mut self) {
        if self.looked.is_some() {
            self.looked = None;
        }
    }

    /// The JSON of a request that creates this resource: `schemas`, and all attributes that a client may
    /// write.
    pub fn to_json(&self) -> String {
        encode::for_create(self.object.table.urn.unwrap_or_default(), self)
    }

    /// Attributes that the schema does not have.
    pub fn extra(&self) -> &Extra {
        &self.object.extra
    }

    /// What is in the place of one attribute, if it was ever written to.
    pub(super) fn held(&self, index: usize) -> Option<&Held> {
        self.object.places.get(index)?.as_ref()
    }

    /// Puts back what was in the place of one attribute.
    pub(super) fn put(&mut self, index: usize, held: Option<Held>) {
        self.changes();
        if let Some(place) = self.object.places.get_mut(index) {
            *place = held;
        }
    }

    /// The place at the end of these positions, from the outside in. What is on the way is made.
    pub(super) fn place(&mut self, positions: &[usize]) -> Option<&mut Held> {
        let (last, outer) = positions.split_last()?;
        self.changes();
        let mut object: &mut dyn AnyObject = &mut self.object;
        for position in outer {
            let Held::Object(child) = object.get_or_make(*position)? else {
                return None;
            };
            object = child.get_or_make();
        }
        object.get_or_make(*last)
    }
}

impl Sealed for DynamicResource {}

impl AnyResource for DynamicResource {
    fn empty_of(kind: ResourceKind) -> Self {
        Self::new(kind.descriptor())
    }

    fn is_of_type_of(&self, other: &dyn Reflect) -> bool {
        std::ptr::eq(self.object.table, other.descriptor())
    }
}

/// Writes the JSON of a request that creates the resource, without `readOnly` attributes.
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
    Small(Children<Four>),
    // Boxed, so that only one variant is as large as that.
    Medium(Box<Children<Eight>>),
    Large(Box<Children<Boxed>>),
}

// Which variant it is costs no byte.
#[cfg(target_pointer_width = "64")]
const _: () = assert!(size_of::<Option<Held>>() == size_of::<Children<Four>>());

impl Held {
    /// Returns whether what stands in the place of `attribute` is [`Held::Text`].
    #[inline]
    fn is_plain_text(attribute: &Attribute) -> bool {
        matches!(attribute.kind, Kind::String)
            && attribute.values.is_none()
            && !attribute.is_multi_valued()
    }

    /// Puts nothing into the place of `attribute`. Apart, so that what most attributes take has no
    /// registers to save.
    #[inline(never)]
    fn made<'p>(place: &'p mut Option<Self>, attribute: &'static Attribute) -> &'p mut dyn Field {
        place.insert(Self::empty(attribute)).field_mut()
    }

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
            Kind::Complex(table) if many => {
                let table = table.get();
                match table.attributes.len() {
                    ..=4 => Self::Small(Children::new(table)),
                    5..=8 => Self::Medium(Box::new(Children::new(table))),
                    _ => Self::Large(Box::new(Children::new(table))),
                }
            }
            Kind::Complex(table) => Self::Object(Child {
                table: table.get(),
                object: None,
            }),
        }
    }
}

/// What is in a [`Held`], borrowed as that is.
macro_rules! inner {
    ($held:expr, $unboxed:ident) => {
        match $held {
            Held::Text(text) => text,
            Held::Choice(choice) => choice,
            Held::Written(text) => text,
            Held::Boolean(value) => value,
            Held::Integer(value) => value,
            Held::Decimal(value) => value,
            Held::Any(json) => json,
            Held::Object(child) => child,
            Held::Texts(list) => list,
            Held::AllWritten(list) => list,
            Held::Booleans(list) => list,
            Held::Integers(list) => list,
            Held::Decimals(list) => list,
            Held::Anys(list) => list,
            Held::Small(children) => children,
            Held::Medium(children) => children.$unboxed(),
            Held::Large(children) => children.$unboxed(),
        }
    };
}

impl Held {
    /// What is in it, as a field: whoever asks for the value need not look again which it is.
    #[inline]
    fn field(&self) -> &dyn Field {
        inner!(self, as_ref)
    }

    /// Like [`field`](Self::field), to change.
    #[inline]
    fn field_mut(&mut self) -> &mut dyn Field {
        inner!(self, as_mut)
    }

    pub(super) fn get(&self) -> ValueRef<'_> {
        self.field().get()
    }

    pub(super) fn slot(&mut self) -> Slot<'_> {
        self.field_mut().slot()
    }
}

/// A complex value, or none, with the table that it has.
pub(super) struct Child {
    table: &'static Descriptor,
    object: Option<Box<dyn AnyObject>>,
}

impl Clone for Child {
    fn clone(&self) -> Self {
        Self {
            table: self.table,
            object: self.object.as_ref().map(|object| object.copy()),
        }
    }
}

impl Child {
    fn get_or_make(&mut self) -> &mut dyn AnyObject {
        let table = self.table;
        let object = self
            .object
            .get_or_insert_with(|| match table.attributes.len() {
                ..=4 => Box::new(Object::<Four>::new(table)),
                5..=8 => Box::new(Object::<Eight>::new(table)),
                _ => Box::new(Object::<Boxed>::new(table)),
            });
        &mut **object
    }
}

impl Field for Child {
    fn get(&self) -> ValueRef<'_> {
        match &self.object {
            Some(object) => ValueRef::Object(&**object),
            None => ValueRef::Absent,
        }
    }

    fn slot(&mut self) -> Slot<'_> {
        Slot::OptionObject(self)
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
pub(super) struct Children<P> {
    table: &'static Descriptor,
    list: List<Object<P>>,
}

impl<P> Children<P> {
    const fn new(table: &'static Descriptor) -> Self {
        Self {
            table,
            list: List::new(),
        }
    }
}

impl<P: Places> Field for Children<P> {
    fn get(&self) -> ValueRef<'_> {
        if self.list.is_empty() {
            ValueRef::Absent
        } else {
            ValueRef::Many(self)
        }
    }

    fn slot(&mut self) -> Slot<'_> {
        Slot::Many(self)
    }
}

impl<P: Places> ManyValues for Children<P> {
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
        self.list.push(Object::new(self.table));
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
