//! Paths as constants.

use std::{convert::Infallible, marker::PhantomData, ops::Deref};

use super::{Fields, NoFields, OnePlace, ReadWrite};
use crate::model::{AttributeValue, Root, Single};

pub(super) const NONE: u16 = u16::MAX;

/// The first index of the attributes that every resource has: `id`, `meta`, `schemas`.
#[doc(hidden)]
pub const ENVELOPE: u16 = 0x8000;

/// Added to the index of an extension.
#[doc(hidden)]
pub const EXTENSION: u16 = 0x4000;

/// The place of an attribute: positions in descriptor tables. A typed path becomes one as soon as
/// it is used.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Index {
    pub(super) extension: u16,
    pub(super) top: u16,
    pub(super) sub: u16,
}

impl Index {
    /// The object itself.
    const ROOT: Self = Self {
        extension: NONE,
        top: NONE,
        sub: NONE,
    };

    /// Attribute `index` of what is at `self`. The attributes of an extension are top level again.
    #[must_use]
    const fn at(self, index: u16) -> Self {
        if index >= EXTENSION && index < ENVELOPE {
            Self {
                extension: index - EXTENSION,
                ..Self::ROOT
            }
        } else if self.top == NONE {
            Self { top: index, ..self }
        } else {
            Self { sub: index, ..self }
        }
    }

    /// The indices on the way, from the outside in.
    #[doc(hidden)]
    pub fn steps(self) -> [Option<u16>; 3] {
        [self.extension, self.top, self.sub].map(|step| (step != NONE).then_some(step))
    }
}

/// A path, with the characteristics that its type has.
///
/// `Name` is a type that stands for the name of the attribute, so that compiler messages show it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the path of an attribute",
    label = "expected a path such as `u.user_name` or `u.name.family_name`",
    note = "in a patch, `u.emails.filter(..)` and `u.emails.filter(..).at(..)` are targets too; \
            `.eq(..)` and the like make a filter"
)]
pub trait Path: Copy + sealed::Sealed {
    /// The resource, extension or complex type at which the path starts.
    type Root;
    /// The type that the attribute holds: `T`, or `Vec<T>` if it is multi-valued.
    type Value;
    /// The mutability.
    type Mutability;
    /// Whether the attribute is required.
    type Requirement;
    /// Whether the path leads to one place or through several elements.
    type Place;
    /// The attribute's name.
    type Name;

    /// Where the attribute is.
    fn index(self) -> Index;
}

/// The path of an attribute, such as `u.user_name` or `u.name.family_name` in a closure. Its methods are
/// the operators of filters; the [module](super) has a table of them.
///
/// ```
/// use scim_client::{User, typed::condition};
///
/// let filter = condition::<User>(|u| u.name.family_name.co("O'Malley"));
/// assert_eq!(filter.to_string(), r#"name.familyName co "O'Malley""#);
/// ```
///
/// `P` is the parent of the attribute, `T` the type of its field, `N` a type that stands for its name,
/// and `I` its position in the table of the parent.
///
/// It has a single value, since everything is in the type. So a struct of paths compiles quickly,
/// and a path takes no memory. It dereferences to the paths of the sub-attributes.
pub enum Attr<P, T, N, const I: u16> {
    /// The only value.
    #[doc(hidden)]
    It,
    #[doc(hidden)]
    Never(Infallible, PhantomData<fn() -> (P, T, N)>),
}

impl<P, T, N, const I: u16> Clone for Attr<P, T, N, I> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P, T, N, const I: u16> Copy for Attr<P, T, N, I> {}

impl<P: Parent, T: AttributeValue, N, const I: u16> Path for Attr<P, T, N, I> {
    type Root = P::Root;
    type Value = T::Held;
    type Mutability = T::Mutability<P::Mutability>;
    type Requirement = T::Requirement;
    type Place = P::Inside;
    type Name = N;

    fn index(self) -> Index {
        P::INDEX.at(I)
    }
}

impl<P: Parent, T: AttributeValue, N: 'static, const I: u16> Deref for Attr<P, T, N, I> {
    type Target = P::Below<T, Self>;

    fn deref(&self) -> &Self::Target {
        Self::Target::ALL
    }
}

/// The parent of an attribute: a resource, an extension, a complex type, or an attribute.
pub trait Parent: 'static {
    /// The type at which the path starts.
    type Root: Root;
    /// The mutability of sub-attributes that do not have their own.
    type Mutability;
    /// Whether a path into it leads to one place.
    type Inside;
    /// The paths below an attribute of type `T` in it. `P` is the path of that attribute.
    type Below<T: AttributeValue, P: 'static>: Fields;
    /// Where it is.
    const INDEX: Index;
}

#[doc(hidden)]
impl<R: Root> Parent for R {
    type Root = R;
    type Mutability = ReadWrite;
    type Inside = OnePlace;
    type Below<T: AttributeValue, P: 'static> = T::Fields<P>;
    const INDEX: Index = Index::ROOT;
}

impl<P: Parent, T: AttributeValue, N: 'static, const I: u16> Parent for Attr<P, T, N, I> {
    type Root = P::Root;
    type Mutability = T::Mutability<P::Mutability>;
    type Inside = T::Inside;
    type Below<U: AttributeValue, Q: 'static> = U::Fields<Q>;
    const INDEX: Index = P::INDEX.at(I);
}

/// The parent of sub-attributes. Paths in SCIM have at most one level of sub-attributes (RFC 7644
/// §3.5.2, Figure 7).
#[derive(Debug)]
pub struct Sub<P>(Infallible, PhantomData<fn() -> P>);

impl<P: Parent> Parent for Sub<P> {
    type Root = P::Root;
    type Mutability = P::Mutability;
    type Inside = P::Inside;
    type Below<T: AttributeValue, Q: 'static> = NoFields;
    const INDEX: Index = P::INDEX;
}

/// The class of a value, or of the elements of a multi-valued attribute.
pub trait ElementClass {
    /// A type of [`class`](crate::typed::class).
    type Class;
}

impl<T: Single> ElementClass for T {
    type Class = T::Class;
}

impl<T: Single> ElementClass for Vec<T> {
    type Class = T::Class;
}

/// Only what this crate makes is a path.
mod sealed {
    use super::{Attr, AttributeValue, Parent};

    pub trait Sealed {}
    impl<P: Parent, T: AttributeValue, N, const I: u16> Sealed for Attr<P, T, N, I> {}
}
