//! PATCH (RFC 7644 §3.5.2) without HTTP: building, reading and applying patches, computing one from two
//! states, and rewriting it for service providers that understand only a part of the RFC.
//!
//! ```
//! use scim_client::{User, patch::{ApplyOptions, Patch, PatchOp, diff}};
//!
//! // Built with typed paths: what cannot be changed does not compile.
//! let patch = Patch::<User>::new().replace(|u| u.title, "CTO").remove(|u| u.nick_name);
//!
//! // Read and applied, as a service provider does: all of the operations, or none.
//! let message = PatchOp::from_json(&patch.to_message().to_json(), &[])?;
//! let mut babs = User::new("bjensen").with_nick_name("Babs");
//! let changed = message.apply(&mut babs, &ApplyOptions::default())?;
//! assert!(changed && babs.title.as_deref() == Some("CTO") && babs.nick_name.is_none());
//!
//! // Worked out: the smallest patch from one state to another.
//! let smallest = diff(&babs, &babs.clone().with_title("CEO"))?;
//! assert_eq!(smallest.operations().len(), 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | to | use |
//! |---|---|
//! | build a patch | [`Patch`]; [`typed`](crate::typed) has a table of possible targets |
//! | read or write the message | [`PatchOp`] |
//! | change a resource in memory | [`PatchOp::apply`], with [`ApplyOptions`] for what the RFC leaves open; [`apply_to`] |
//! | find the smallest patch | [`diff`] |
//! | send it to a service provider that departs from the RFC | [`Dialect`], which is part of a [`Profile`](crate::Profile) |
//! | respond to an error | [`PatchError`], with the `scimType` of the response |

mod apply;
mod dialect;
mod diff;
pub(crate) mod duplicates;
pub(crate) mod equality;
mod error;
mod identity;
mod keys;
mod list;
mod message;
mod steps;
mod target;
mod text;

use std::{fmt, marker::PhantomData};

#[cfg(feature = "dynamic")]
pub(crate) use self::apply::{Looked, apply_on};
pub use self::{
    apply::{
        ApplyOptions, ComplexValues, DEFAULT_MAX_STEPS, ElementValues, Identity, NoMatch,
        Patchable, ReadOnlyValues, RemovedValues, Unknown, apply_to,
    },
    dialect::{Dialect, Removal},
    diff::{DiffError, DiffErrorKind, diff},
    error::{PatchError, PatchErrorKind},
    message::{Op, Operation, PatchOp},
};
use crate::{
    resource::{AnyResource, Root},
    typed::{
        MayAdd, MayOmit, MayRemove, MayReplace, OneTarget, PathClosure, Removable, Target, ValueFor,
    },
};

/// A patch of a resource of type `R`: a sequence of operations.
///
/// It is a plain value; building it sends nothing. It uses the forms of operations that all service
/// providers understand in the same way: `remove` in place of an empty value, an array for
/// additions to a multi-valued attribute, and a fully qualified path for each attribute of an
/// extension.
///
/// ```
/// use scim_client::{User, patch::Patch, user::Email};
///
/// let patch = Patch::<User>::new()
///     .replace(|u| u.name.family_name, "Jensen")
///     .add(|u| u.emails, Email::new("babs@home.example"))
///     .remove(|u| u.emails.filter(|e| e.type_.eq("home")));
/// assert_eq!(patch.operations().len(), 3);
///
/// // Put together, sent by other means, or done in memory.
/// let both = patch.clone().then(Patch::<User>::new().replace(|u| u.active, false));
/// assert!(!both.is_empty() && both.to_message().to_json().contains("active"));
/// let mut babs = User::new("bjensen");
/// assert!(Patch::<User>::from_operations(both.into_message().operations).apply(&mut babs)?);
/// assert_eq!(babs.emails.len(), 1);
/// # Ok::<(), scim_client::patch::PatchError>(())
/// ```
pub struct Patch<R> {
    operations: Vec<Operation>,
    resource: PhantomData<fn() -> R>,
}

impl<R> Patch<R> {
    /// A patch that changes nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            operations: Vec::new(),
            resource: PhantomData,
        }
    }

    /// Makes a patch of operations, such as those of a message. They are not checked against `R`.
    #[must_use]
    pub fn from_operations(operations: Vec<Operation>) -> Self {
        Self {
            operations,
            resource: PhantomData,
        }
    }

    /// The operations, in order.
    #[must_use]
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// Returns whether there are no operations. Such a patch must not be sent, since a message
    /// needs at least one operation.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.operations.is_empty()
    }

    /// Appends the operations of another patch.
    #[must_use]
    pub fn then(mut self, other: Self) -> Self {
        self.operations.extend(other.operations);
        self
    }

    /// The PATCH message with these operations.
    #[must_use]
    pub fn to_message(&self) -> PatchOp {
        PatchOp::new(self.operations.clone())
    }

    /// Converts the patch to a PATCH message.
    #[must_use]
    pub fn into_message(self) -> PatchOp {
        PatchOp::new(self.operations)
    }
}

impl<R: Root> Patch<R> {
    /// Replaces the value of an attribute (RFC 7644 §3.5.2.3). For a complex attribute,
    /// sub-attributes that `value` leaves out stay as they are. A multi-valued attribute has
    /// exactly the given values afterwards.
    ///
    /// If there are no values, for example with an empty `Vec`, this is a [`remove`](Self::remove).
    #[must_use]
    pub fn replace<T, V>(self, target: impl PathClosure<R, Choice = T>, value: V) -> Self
    where
        T: Target<R>,
        T::Mutability: MayReplace<T::Name>,
        T::Place: OneTarget<T::Name>,
        V: ValueFor<T::Value, T::Name>,
    {
        self.write(Op::Replace, target(R::PATHS), value)
    }

    /// Adds values to a multi-valued attribute, or sets any other attribute (RFC 7644 §3.5.2.1).
    /// Values that the attribute has already are not added again.
    #[must_use]
    pub fn add<T, V>(self, target: impl PathClosure<R, Choice = T>, value: V) -> Self
    where
        T: Target<R>,
        T::Mutability: MayAdd<T::Name>,
        T::Place: OneTarget<T::Name>,
        V: ValueFor<T::Value, T::Name>,
    {
        self.write(Op::Add, target(R::PATHS), value)
    }

    /// Removes an attribute, or the elements that a filter selects (RFC 7644 §3.5.2.2).
    #[must_use]
    pub fn remove<T>(mut self, target: impl PathClosure<R, Choice = T>) -> Self
    where
        T: Removable<R>,
        T::Mutability: MayRemove<T::Name>,
        T::Requirement: MayOmit<T::Name>,
        T::Place: OneTarget<T::Name>,
    {
        let parts = target(R::PATHS).parts();
        target::remove(R::DESCRIPTOR, parts, &mut self.operations);
        self
    }

    fn write<T, V>(mut self, op: Op, target: T, value: V) -> Self
    where
        T: Target<R>,
        V: ValueFor<T::Value, T::Name>,
    {
        let parts = target.parts();
        target::write(R::DESCRIPTOR, op, parts, value.json(), &mut self.operations);
        self
    }
}

impl<R: AnyResource> Patch<R> {
    /// Changes a resource in memory, with the standard options; see [`PatchOp::apply`].
    ///
    /// # Errors
    /// The same as for [`PatchOp::apply`]. The resource is not changed then.
    pub fn apply<T: Patchable<Resource = R>>(&self, target: &mut T) -> Result<bool, PatchError> {
        apply::apply(&self.operations, target, &ApplyOptions::default())
    }
}

impl PatchOp {
    /// Changes a resource in memory, as a service provider does (RFC 7644 §3.5.2). Each operation
    /// sees the changes of those before it. Returns whether anything changed.
    ///
    /// `target` is an `R` or a [`Stored<R>`](crate::Stored).
    ///
    /// # Errors
    /// An operation cannot be applied. The resource is not changed then.
    pub fn apply<T: Patchable>(
        &self,
        target: &mut T,
        options: &ApplyOptions,
    ) -> Result<bool, PatchError> {
        apply::apply(&self.operations, target, options)
    }
}

impl<R> Clone for Patch<R> {
    fn clone(&self) -> Self {
        Self::from_operations(self.operations.clone())
    }
}

impl<R> Default for Patch<R> {
    fn default() -> Self {
        Self::new()
    }
}

impl<R> PartialEq for Patch<R> {
    fn eq(&self, other: &Self) -> bool {
        self.operations == other.operations
    }
}

impl<R> fmt::Debug for Patch<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Patch").field(&self.operations).finish()
    }
}

impl<R> From<Patch<R>> for PatchOp {
    fn from(patch: Patch<R>) -> Self {
        patch.into_message()
    }
}
