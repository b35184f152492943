//! The form that every SCIM type has: a plain struct, one table of attribute metadata, and one
//! object-safe trait ([`Reflect`]) through which everything else is written once.

mod access;
mod attribute;
#[doc(hidden)]
pub mod class;
mod debug;
mod entries;
mod equality;
mod extra;
mod field;
mod fields;
mod json;
pub(crate) mod markers;
mod place;
mod reflect;
mod root;
mod scalar;

pub use self::attribute::facts;
#[doc(hidden)]
pub use self::equality::{hash_text, same_text};
pub use self::{
    attribute::{Attribute, Descriptor, Kind, Mutability, Returned, Table, Uniqueness, Values},
    field::{AttributeValue, Declared, Immutable, NoExtension, RequiredValues, Single},
    reflect::{
        Field, ManyValues, OptionObjectSlot, Reflect, Scalar, ScalarSlot, Slot, TextValue,
        ValueRef, WrongType,
    },
    scalar::{TextEnum, UnknownValue},
};
// Their pages are at the root of the crate.
#[doc(no_inline)]
pub use self::{
    access::{ReadOnly, WriteOnly},
    extra::Extra,
    field::CanonicalValues,
    json::Json,
};
pub(crate) use self::{
    debug::object as debug_object,
    equality::equal,
    place::Missing,
    reflect::{has_content, has_unknown},
    scalar::{NoNumber, whole_number},
};
pub use self::{
    fields::{Fields, NoFields},
    place::Place,
    root::{Complex, Root},
};
