//! Paths as constants.

use std::marker::PhantomData;

use crate::{
    attribute_path::AttributePath,
    model::{Attribute, AttributeValue, Descriptor, Single},
    resource::{Root, envelope},
};

const NONE: u16 = u16::MAX;

/// The first index of the attributes that every resource has: `id`, `meta`, `schemas`.
#[doc(hidden)]
pub const ENVELOPE: u16 = 0x8000;

/// Where an attribute is: positions in descriptor tables. Six bytes, erased from every path type
/// as soon as it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Index {
    extension: u16,
    top: u16,
    sub: u16,
}

impl Index {
    /// The object itself.
    pub const ROOT: Self = Self {
        extension: NONE,
        top: NONE,
        sub: NONE,
    };

    /// Attribute `index` of what is at `self`.
    #[must_use]
    pub const fn at(self, index: u16) -> Self {
        if self.top == NONE {
            Self { top: index, ..self }
        } else {
            Self { sub: index, ..self }
        }
    }

    /// The extension at attribute `index` of a resource; its attributes are top level again.
    pub const fn extension(index: u16) -> Self {
        Self {
            extension: index,
            top: NONE,
            sub: NONE,
        }
    }

    /// The indices on the way, from the outside in.
    pub(crate) fn steps(self) -> [Option<u16>; 3] {
        [self.extension, self.top, self.sub].map(|step| (step != NONE).then_some(step))
    }

    /// The names, from the tables.
    pub(crate) fn name(self, root: &'static Descriptor) -> AttributePath {
        let steps = self.resolve(root);
        match steps {
            Resolved {
                extension: Some(extension),
                top: None,
                ..
            } => container(extension.name),
            Resolved {
                extension,
                top,
                sub,
            } => AttributePath::from_parts(
                extension.map(|e| e.name),
                top.map_or("", |a| a.name),
                sub.map(|a| a.name),
            )
            .with_secret([top, sub].iter().flatten().any(|a| a.is_secret())),
        }
    }

    /// The attributes on the way.
    pub(crate) fn resolve(self, root: &'static Descriptor) -> Resolved {
        let step = |descriptor: Option<&'static Descriptor>, index: u16| {
            descriptor.and_then(|d| d.attributes.get(usize::from(index)))
        };
        let mut descriptor = Some(root);
        let mut extension = None;
        if self.extension != NONE {
            extension = step(descriptor, self.extension);
            descriptor = extension.and_then(|e| e.kind.descriptor());
        }
        let top = if self.top >= ENVELOPE && self.top != NONE {
            envelope::DESCRIPTOR
                .attributes
                .get(usize::from(self.top - ENVELOPE))
        } else {
            step(descriptor, self.top)
        };
        let sub = step(top.and_then(|a| a.kind.descriptor()), self.sub);
        Resolved {
            extension,
            top,
            sub,
        }
    }
}

/// The path of an extension's container: the URN, split where the grammar splits it.
fn container(urn: &'static str) -> AttributePath {
    match urn.rsplit_once(':') {
        Some((uri, name)) => AttributePath::from_parts(Some(uri), name, None),
        None => AttributePath::from_parts(None, urn, None),
    }
}

/// The attributes that an [`Index`] passes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Resolved {
    pub(crate) extension: Option<&'static Attribute>,
    pub(crate) top: Option<&'static Attribute>,
    pub(crate) sub: Option<&'static Attribute>,
}

#[cfg(feature = "client")]
impl Resolved {
    /// From the outside in.
    pub(crate) fn attributes(self) -> Vec<&'static Attribute> {
        [self.extension, self.top, self.sub]
            .into_iter()
            .flatten()
            .collect()
    }
}

/// A path and what its type says.
///
/// `Name` is a type that only stands for the attribute's name, so that compiler messages have it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the path of an attribute",
    label = "expected a path such as `u.user_name` or `u.name.family_name`",
    note = "in a patch, `u.emails.filter(..)` and `u.emails.filter(..).at(..)` are targets too; \
            `.eq(..)` and the like make a filter"
)]
pub trait Path: Copy {
    /// The resource, extension or complex type at which the path starts.
    type Root;
    /// The type that the attribute holds: `T`, or `Vec<T>` if it is multi-valued.
    type Value;
    /// Who may write it.
    type Mutability;
    /// Whether it is required.
    type Requirement;
    /// Whether it leads to one place or through many elements.
    type Place;
    /// The attribute's name.
    type Name;

    /// Where the attribute is.
    fn index(self) -> Index;
}

macro_rules! path_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        pub struct $name<R, T, M, Q, C, N> {
            index: Index,
            marker: PhantomData<fn() -> (R, T, M, Q, C, N)>,
        }

        impl<R, T, M, Q, C, N> Clone for $name<R, T, M, Q, C, N> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<R, T, M, Q, C, N> Copy for $name<R, T, M, Q, C, N> {}

        impl<R, T, M, Q, C, N> $name<R, T, M, Q, C, N> {
            /// The path to `index`. For generated code, which knows that the type fits.
            #[doc(hidden)]
            pub const fn at(index: Index) -> Self {
                Self {
                    index,
                    marker: PhantomData,
                }
            }

            /// Where the attribute is.
            pub const fn index(self) -> Index {
                self.index
            }
        }

        impl<R: Root, T, M, Q, C, N> std::fmt::Debug for $name<R, T, M, Q, C, N> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.index.name(R::DESCRIPTOR).fmt(f)
            }
        }
    };
}

path_type! {
    /// The path of a simple attribute: of the resource `R`, holding `T`.
    Leaf
}
path_type! {
    /// The path of a complex attribute within another: SCIM's paths end here.
    Opaque
}
path_type! {
    /// The path of a complex attribute `T`. The generated paths of `T` dereference to it.
    Node
}

macro_rules! is_path {
    ($name:ident) => {
        impl<R, T, M, Q, C, N> Path for $name<R, T, M, Q, C, N> {
            type Root = R;
            type Value = T;
            type Mutability = M;
            type Requirement = Q;
            type Place = C;
            type Name = N;

            fn index(self) -> Index {
                self.index
            }
        }
    };
}

is_path!(Leaf);
is_path!(Opaque);

/// The path of a top-level attribute whose field has the type `T`.
pub type TopPath<T, R, M, Q, C, N> = <T as AttributeValue>::Path<R, M, Q, C, N>;

/// The path of a sub-attribute whose field has the type `T`.
pub type SubPath<T, R, M, Q, C, N> = <T as AttributeValue>::SubPath<R, M, Q, C, N>;

/// What a complex attribute holds, by its plurality.
pub trait Plurality {
    /// `T` or `Vec<T>`.
    type Of<T>;
}

impl Plurality for super::OneOf {
    type Of<T> = T;
}

impl Plurality for super::ManyOf {
    type Of<T> = Vec<T>;
}

/// The class of a value or of the elements of many.
pub trait ElementClass {
    /// A type of [`class`](super::class).
    type Class;
}

impl<T: Single> ElementClass for T {
    type Class = T::Class;
}

impl<T: Single> ElementClass for Vec<T> {
    type Class = T::Class;
}
