//! The form that every SCIM type has: a plain struct, one table of attribute metadata, and one
//! object-safe trait ([`Reflect`]) through which everything else is written once.

mod access;
mod attribute;
mod debug;
pub(crate) mod emit;
mod extra;
mod field;
mod reflect;
mod scalar;

pub(crate) use self::debug::object as debug_object;
pub use self::{
    access::{ReadOnly, WriteOnly},
    attribute::{Attribute, Descriptor, Kind, Mutability, Returned, Uniqueness},
    extra::{Extra, Json},
    field::{AttributeValue, CanonicalValues, Single},
    reflect::{
        ManySlot, ManyValues, OptionObjectSlot, Reflect, Scalar, ScalarSlot, Slot, TextValue,
        ValueRef, WrongType,
    },
};
