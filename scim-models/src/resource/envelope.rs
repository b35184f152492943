//! The attributes that every resource has besides its own: `id`, `meta` and `schemas`
//! (RFC 7643 §3.1).

use crate::{
    meta::Meta,
    model::{
        Attribute, Descriptor, Extra, Field, Mutability, ReadOnly, Reflect, RequiredValues,
        Returned, Uniqueness,
    },
    typed::{Attr, ENVELOPE},
    value::Reference,
};

/// Names for compiler messages.
#[allow(non_camel_case_types, missing_docs, reason = "names of attributes")]
#[doc(hidden)]
pub mod name {
    pub enum id {}
    pub enum meta {}
    pub enum schemas {}
}

/// The path of `id` in `R`.
pub type IdPath<R> = Attr<R, ReadOnly<String>, name::id, ENVELOPE>;
/// The path of `meta` in `R`.
pub type MetaPath<R> = Attr<R, ReadOnly<Option<Meta>>, name::meta, { ENVELOPE + 1 }>;
/// The path of `schemas` in `R`.
pub type SchemasPath<R> =
    Attr<R, ReadOnly<RequiredValues<Vec<Reference>>>, name::schemas, { ENVELOPE + 2 }>;

/// The table of the common attributes.
pub static DESCRIPTOR: Descriptor = Descriptor::complex(
    "resource",
    &[
        Attribute::of::<String>("id")
            .with_case_exact(true)
            .with_mutability(Mutability::ReadOnly)
            .with_returned(Returned::Always)
            .with_uniqueness(Uniqueness::Server),
        Attribute::of::<Option<Meta>>("meta").with_mutability(Mutability::ReadOnly),
        Attribute::of::<Vec<Reference>>("schemas")
            .with_required(true)
            .with_mutability(Mutability::ReadOnly)
            .with_returned(Returned::Always),
    ],
);

/// What a service provider says of a resource besides its attributes.
#[derive(Clone, Default)]
pub struct Envelope {
    /// `id`; empty if there is none.
    pub id: String,
    /// `meta`.
    pub meta: Meta,
    /// Whether the `id` is the end of a location.
    pub id_from_location: bool,
    /// Never filled: what no layer knows belongs to the resource.
    extra: Extra,
}

/// Where the `id` came from does not count.
impl PartialEq for Envelope {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id && self.meta == other.meta
    }
}

impl Envelope {
    /// `schemas` is what the resource says.
    pub fn new(id: String, meta: Meta) -> Self {
        Self {
            id,
            meta,
            id_from_location: false,
            extra: Extra::new(),
        }
    }
}

impl Reflect for Envelope {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn field(&self, index: usize) -> Option<&dyn Field> {
        match index {
            0 if !self.id.is_empty() => Some(&self.id),
            1 => Some(&self.meta),
            _ => None,
        }
    }

    fn field_mut(&mut self, index: usize) -> Option<&mut dyn Field> {
        match index {
            0 => Some(&mut self.id),
            1 => Some(&mut self.meta),
            _ => None,
        }
    }

    fn extra(&self) -> &Extra {
        &self.extra
    }

    fn extra_mut(&mut self) -> &mut Extra {
        &mut self.extra
    }
}
