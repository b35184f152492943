//! What generated and derived code refers to. Not part of the public interface.

pub use serde;

use serde::{Deserializer, Serializer, de, ser};

pub use crate::{
    __canonical_values as canonical_values, __complex_impls as complex_impls,
    __complex_paths as complex_paths, __extension_impls as extension_impls,
    __open_enum as open_enum, __resource_impls as resource_impls, __text_scalar as text_scalar,
    model::{
        Attribute, AttributeValue, Descriptor, Extra, Kind, Mutability, ReadOnly, Reflect,
        Returned, Slot, Uniqueness, ValueRef, WriteOnly,
        emit::{ComplexPath, ExtensionPath, ResourcePath},
    },
    resource::{
        Complex, Extension, Resource, Root,
        envelope::{ID, IdPath, META, MetaPath, SCHEMAS, SchemasPath},
    },
    typed::{
        ImmutableAttribute, Index, ManyOf, Node, OneOf, Optional, Path, Plurality,
        ReadOnlyAttribute, ReadWrite, Required, SubPath, TopPath, WriteOnlyAttribute,
    },
};
use crate::{json, model, resource::envelope::Envelope, stored};

/// The value of a field.
#[inline]
pub fn get<T: AttributeValue>(field: &T) -> ValueRef<'_> {
    field.get()
}

/// The place of a field's value.
#[inline]
pub fn slot<T: AttributeValue>(field: &mut T) -> Slot<'_> {
    field.slot()
}

/// An empty field.
#[inline]
pub fn empty<T: AttributeValue>() -> T {
    T::empty()
}

/// What the impls of a refused struct do. A program that contains one does not compile.
pub fn refused<T>() -> T {
    std::process::abort()
}

/// `Debug` without secrets.
pub fn debug(object: &dyn Reflect, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
    model::debug_object(object, f)
}

/// Whether two canonical values are equal: with `case_exact`, to the letter.
pub fn same_text(one: &str, other: &str, case_exact: bool) -> bool {
    if case_exact {
        one == other
    } else {
        one.eq_ignore_ascii_case(other)
    }
}

/// Hashes a canonical value so that it fits [`same_text`].
pub fn hash_text<H: std::hash::Hasher>(text: &str, case_exact: bool, state: &mut H) {
    for byte in text.bytes() {
        state.write_u8(if case_exact {
            byte
        } else {
            byte.to_ascii_lowercase()
        });
    }
    state.write_u8(0xFF);
}

/// `Serialize` of a resource without `id` and `meta`: what creates it.
pub fn serialize_resource<R: Resource, S: Serializer>(
    resource: &R,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    json::serialize(&resource.to_json(), serializer).map_err(ser::Error::custom)
}

/// `Deserialize` of a resource without `id` and `meta`.
pub fn deserialize_resource<'de, R: Resource, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<R, D::Error> {
    let text = json::deserialize(deserializer)?;
    let mut resource = R::empty();
    stored::document(&text, &mut resource, &mut Envelope::default(), false, false)
        .map_err(de::Error::custom)?;
    Ok(resource)
}

/// `Serialize` of a complex value or an extension.
pub fn serialize_complex<S: Serializer>(
    object: &dyn Reflect,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    json::serialize(&json::encode::object(object), serializer).map_err(ser::Error::custom)
}

/// `Deserialize` of a complex value or an extension.
pub fn deserialize_complex<'de, T: Root, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    let text = json::deserialize(deserializer)?;
    json::decode_object(&text).map_err(de::Error::custom)
}
