//! The targets of patch operations (RFC 7644 §3.5.2).

use std::marker::PhantomData;

use super::{Index, OnePlace, Optional, Path, PathClosure};
use crate::{filter::Filter, resource::Root};

/// A target without its type.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct TargetParts {
    /// The attribute.
    pub index: Index,
    /// The filter that selects elements.
    pub filter: Option<Filter>,
    /// The sub-attribute of those elements, as a path within an element.
    pub sub: Option<Index>,
}

/// The target of a patch operation on `R`: a path, or a value path with or without a sub-attribute.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not something that a patch of `{R}` can aim at",
    label = "expected a path or a value path",
    note = "as in `u.title`, `u.name.family_name`, `u.emails.filter(|e| e.type_.eq(\"work\"))` or \
            `u.emails.filter(..).at(|e| e.value)`"
)]
pub trait Target<R>: sealed::Sealed {
    /// The type of the values.
    type Value;
    /// The mutability.
    type Mutability;
    /// Whether the target is in one place.
    type Place;
    /// The attribute's name.
    type Name;

    /// The target without its type.
    fn parts(self) -> TargetParts;
}

impl<R, P: Path<Root = R>> Target<R> for P {
    type Value = P::Value;
    type Mutability = P::Mutability;
    type Place = P::Place;
    type Name = P::Name;

    fn parts(self) -> TargetParts {
        TargetParts {
            index: self.index(),
            filter: None,
            sub: None,
        }
    }
}

/// The elements of a multi-valued attribute `T` that meet a condition:
/// `emails[type eq "work"]`.
#[derive(Debug, Clone)]
pub struct ValuePath<R, T, M, N> {
    index: Index,
    filter: Filter,
    marker: PhantomData<fn() -> (R, T, M, N)>,
}

impl<R, T, M, N> ValuePath<R, T, M, N> {
    pub(super) fn new(index: Index, filter: Filter) -> Self {
        Self {
            index,
            filter,
            marker: PhantomData,
        }
    }
}

impl<R, T: Root, M, N> ValuePath<R, T, M, N> {
    /// Selects a sub-attribute of the elements: `emails[type eq "work"].value`.
    pub fn at<P>(self, path: impl PathClosure<T, Choice = P>) -> ValueSubPath<R, P, M>
    where
        P: Path<Root = T>,
    {
        ValueSubPath {
            index: self.index,
            filter: self.filter,
            sub: path(T::PATHS),
            marker: PhantomData,
        }
    }
}

impl<R, T, M, N> Target<R> for ValuePath<R, T, M, N> {
    type Value = T;
    type Mutability = M;
    type Place = OnePlace;
    type Name = N;

    fn parts(self) -> TargetParts {
        TargetParts {
            index: self.index,
            filter: Some(self.filter),
            sub: None,
        }
    }
}

/// A sub-attribute of the selected elements of a multi-valued attribute.
#[derive(Debug, Clone)]
pub struct ValueSubPath<R, P, M> {
    index: Index,
    filter: Filter,
    sub: P,
    marker: PhantomData<fn() -> (R, M)>,
}

/// The mutability of a sub-attribute: its own, or else that of its parent.
pub trait Within<M> {
    /// The mutability of the sub-attribute in an attribute of mutability `M`.
    type Mutability;
}

impl<M> Within<M> for super::ReadWrite {
    type Mutability = M;
}

macro_rules! own_mutability {
    ($($marker:ident),*) => { $(
        impl<M> Within<M> for super::$marker {
            type Mutability = super::$marker;
        }
    )* };
}

own_mutability!(ReadOnlyAttribute, WriteOnlyAttribute, ImmutableAttribute);

impl<R, P, M> Target<R> for ValueSubPath<R, P, M>
where
    P: Path,
    P::Mutability: Within<M>,
{
    type Value = P::Value;
    type Mutability = <P::Mutability as Within<M>>::Mutability;
    type Place = P::Place;
    type Name = P::Name;

    fn parts(self) -> TargetParts {
        TargetParts {
            index: self.index,
            filter: Some(self.filter),
            sub: Some(self.sub.index()),
        }
    }
}

/// The target of a `remove`: an attribute, elements of one, or their sub-attributes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not something that a patch of `{R}` can remove",
    label = "expected a path or a value path",
    note = "as in `u.title` or `u.emails.filter(|e| e.type_.eq(\"home\"))`"
)]
pub trait Removable<R>: Target<R> {
    /// Whether the attribute is required.
    type Requirement;
}

impl<R, P: Path<Root = R>> Removable<R> for P {
    type Requirement = P::Requirement;
}

impl<R, T, M, N> Removable<R> for ValuePath<R, T, M, N> {
    type Requirement = Optional;
}

impl<R, P, M> Removable<R> for ValueSubPath<R, P, M>
where
    P: Path,
    P::Mutability: Within<M>,
{
    type Requirement = P::Requirement;
}

/// Only paths and what is made of them can be aimed at.
mod sealed {
    use super::{Path, ValuePath, ValueSubPath};

    pub trait Sealed {}
    impl<P: Path> Sealed for P {}
    impl<R, T, M, N> Sealed for ValuePath<R, T, M, N> {}
    impl<R, P, M> Sealed for ValueSubPath<R, P, M> {}
}
