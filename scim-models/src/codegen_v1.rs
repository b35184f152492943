//! The items that generated and derived code uses. Other code should not use them.
//!
//! The module has its own version in its name. Generated code names it (`scim_client::codegen_v1`). So
//! it compiles with every release that has this module, and with no other. Items are added here and
//! never changed. A change that would alter the meaning of existing generated code comes as
//! `codegen_v2`.

#[cfg(feature = "derive")]
pub use scim_macros::include_schemas;
pub use serde;

use std::marker::PhantomData;

use serde::{Deserializer, Serializer, de, ser};

mod emit;

pub use crate::{
    __complex_impls as complex_impls, __extension_impls as extension_impls,
    __open_enum as open_enum, __resource_impls as resource_impls,
    json::DecodeError,
    model::{
        Attribute, AttributeValue, Declared, Descriptor, Field, Immutable, Json, Kind, Mutability,
        ReadOnly, Reflect, RequiredValues, Returned, Table, Uniqueness, Values, WriteOnly, facts,
        hash_text, same_text,
    },
    resource::{
        Complex, Extension, Resource, Root,
        envelope::{IdPath, MetaPath, SchemasPath},
    },
};
use crate::{json, model, resource::stored};

/// The table of a complex type.
pub fn table<T: Root>() -> &'static Descriptor {
    T::DESCRIPTOR
}

/// An empty field.
#[inline]
pub fn empty<T: AttributeValue>() -> T {
    T::empty()
}

/// The body of the impls of a struct that a derive refused. It never runs, because a program with such a
/// struct does not compile.
pub fn refused<T>() -> T {
    std::process::abort()
}

/// Access to a field whose type may not be an attribute type. If it is one, these functions are found,
/// and otherwise those of [`Refused`]. So a forgotten `#[derive(Complex)]` causes only one message.
pub struct Probe<T>(PhantomData<fn() -> T>);

impl<T: AttributeValue> Probe<T> {
    /// The characteristics that follow from the type. The attribute has no name yet.
    pub const ATTRIBUTE: Attribute = Attribute::of::<T>("");

    /// The field, as tables see it.
    #[inline]
    pub fn field(field: &T) -> Option<&dyn Field> {
        Some(field)
    }

    /// The field, to be written.
    #[inline]
    pub fn field_mut(field: &mut T) -> Option<&mut dyn Field> {
        Some(field)
    }

    /// An empty field.
    #[inline]
    pub fn empty() -> T {
        T::empty()
    }
}

/// The functions of [`Probe`] for a type that is not an attribute type. A program that needs them does
/// not compile.
pub trait Refused<T> {
    /// Of no type.
    const ATTRIBUTE: Attribute = Attribute::of::<Json>("");

    /// None.
    fn field(_: &T) -> Option<&dyn Field> {
        None
    }

    /// None.
    fn field_mut(_: &mut T) -> Option<&mut dyn Field> {
        None
    }

    /// Never returns.
    fn empty() -> T {
        refused()
    }
}

impl<T> Refused<T> for Probe<T> {}

/// `Debug` without secrets.
pub fn debug(object: &dyn Reflect, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
    model::debug_object(object, f)
}

/// Returns whether two structs of one type are equal, as a derived `PartialEq` would.
pub fn equal(one: &dyn Reflect, other: &dyn Reflect) -> bool {
    model::equal(one, other)
}

/// Writes a resource without `id` and `meta`, as for its creation.
pub fn write_resource(schema: &str, resource: &dyn Reflect) -> String {
    json::encode::for_create(schema, resource)
}

/// Reads a resource without `id` and `meta`.
///
/// # Errors
/// The text is not such a resource.
#[inline]
pub fn read_resource<R: Resource>(text: &str) -> Result<R, DecodeError> {
    let mut resource = R::empty();
    stored::resource(text, &mut resource)?;
    Ok(resource)
}

/// Writes a complex value or an extension.
pub fn write_complex(object: &dyn Reflect) -> String {
    json::encode::object(object)
}

/// Reads a complex value or an extension.
///
/// # Errors
/// The text is not such an object.
#[inline]
pub fn read_complex<T: Root>(text: &str) -> Result<T, DecodeError> {
    let mut object = T::empty();
    json::decode_into(text, &mut object)?;
    Ok(object)
}

/// `Serialize` of a JSON text that was written by these functions.
pub fn serialize<S: Serializer>(text: String, serializer: S) -> Result<S::Ok, S::Error> {
    json::serialize(&text, serializer).map_err(ser::Error::custom)
}

/// `Deserialize` of any type with a table.
pub fn deserialize<'de, T: Root, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let text = json::deserialize(deserializer)?;
    T::read(&text).map_err(de::Error::custom)
}

/// Sets an optional attribute.
pub fn set<T>(field: &mut Option<T>, value: impl Into<T>) {
    *field = Some(value.into());
}

/// Sets a multi-valued attribute.
pub fn set_all<T>(field: &mut Vec<T>, values: impl IntoIterator<Item = impl Into<T>>) {
    *field = values.into_iter().map(Into::into).collect();
}
