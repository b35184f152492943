//! The attributes that every resource has besides its own: `id`, `meta` and `schemas`
//! (RFC 7643 §3.1).

use crate::{
    meta::Meta,
    model::{
        Attribute, Descriptor, Extra, Mutability, Reflect, Returned, Slot, Uniqueness, ValueRef,
    },
    typed::{ENVELOPE, Index, Leaf, OneOf, Optional, ReadOnlyAttribute, Required},
    value::Reference,
};

/// Names for compiler messages.
#[allow(non_camel_case_types, missing_docs, reason = "names of attributes")]
#[doc(hidden)]
pub(crate) mod name {
    pub enum id {}
    pub enum meta {}
    pub enum schemas {}
}

/// The path of `id` in `R`.
pub type IdPath<R> = Leaf<R, String, ReadOnlyAttribute, Required, OneOf, name::id>;
/// The paths of `meta` in `R`.
pub type MetaPath<R> = crate::meta::MetaPaths<R, ReadOnlyAttribute, Optional, OneOf, name::meta>;
/// The path of `schemas` in `R`.
pub type SchemasPath<R> =
    Leaf<R, Vec<Reference>, ReadOnlyAttribute, Required, OneOf, name::schemas>;

/// Where `id` is.
pub const ID: Index = Index::ROOT.at(ENVELOPE);
/// Where `meta` is.
pub const META: Index = Index::ROOT.at(ENVELOPE + 1);
/// Where `schemas` is.
pub const SCHEMAS: Index = Index::ROOT.at(ENVELOPE + 2);

/// The table of the common attributes.
pub(crate) static DESCRIPTOR: Descriptor = Descriptor::complex(
    "resource",
    &[
        Attribute::of::<String>("id")
            .case_exact(true)
            .mutability(Mutability::ReadOnly)
            .returned(Returned::Always)
            .uniqueness(Uniqueness::Server),
        Attribute::of::<Option<Meta>>("meta").mutability(Mutability::ReadOnly),
        Attribute::of::<Vec<Reference>>("schemas")
            .required(true)
            .mutability(Mutability::ReadOnly)
            .returned(Returned::Always),
    ],
);

/// What a service provider says of a resource besides its attributes.
#[derive(Clone, PartialEq, Default)]
pub(crate) struct Envelope {
    pub(crate) id: String,
    pub(crate) meta: Meta,
    /// Never filled: what no layer knows belongs to the resource.
    extra: Extra,
}

impl Envelope {
    pub(crate) fn new(id: String, meta: Meta) -> Self {
        Self {
            id,
            meta,
            extra: Extra::new(),
        }
    }
}

impl Reflect for Envelope {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn get(&self, index: usize) -> ValueRef<'_> {
        match index {
            0 if !self.id.is_empty() => ValueRef::Str(&self.id),
            1 => ValueRef::Object(&self.meta),
            _ => ValueRef::Absent,
        }
    }

    fn slot(&mut self, index: usize) -> Option<Slot<'_>> {
        match index {
            0 => Some(Slot::Str(&mut self.id)),
            1 => Some(Slot::Object(&mut self.meta)),
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
