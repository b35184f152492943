//! What says which resource is meant.

use super::operation::sealed::Sealed;
use crate::{Stored, resource::AnyResource};

/// Says which resource an operation is about: an `id`, or a [`Stored`] with its version.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say which `{R}` is meant",
    label = "expected a `&Stored<{R}>` or an id",
    note = "a resource that was read has an id: use the `Stored<{R}>` that `.get(id)` returned",
    note = "a `BulkReference` stands for a resource in operations of its own bulk only"
)]
pub trait Identified<R>: Sealed {
    /// The identifier.
    fn id(&self) -> &str;

    /// The version that the resource must still have.
    fn version(&self) -> Option<&str> {
        None
    }

    /// The resource as it was read.
    #[doc(hidden)]
    fn read(&self) -> Option<&Stored<R>> {
        None
    }
}

/// Says which resource an operation of a [`Bulk`](super::Bulk) is about: an `id`, a [`Stored`] with
/// its version, or a resource that the same bulk creates.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say which `{R}` the operation of the bulk is about",
    label = "expected a `&Stored<{R}>`, an id, or the `BulkReference<{R}>` of a creation",
    note = "only `create` returns a reference; the handle of another operation stands for its result"
)]
pub trait BulkTarget<R>: Sealed {
    /// The identifier, or a reference in place of it.
    fn id(&self) -> &str;

    /// The version that the resource must still have.
    fn version(&self) -> Option<&str> {
        None
    }

    /// The resource as it was read.
    #[doc(hidden)]
    fn read(&self) -> Option<&Stored<R>> {
        None
    }
}

// Written out for both traits: a macro, or one trait in terms of the other, would come up in the
// compiler's messages, which are why there are two.

impl<R> Sealed for &Stored<R> {}
impl Sealed for &str {}
impl Sealed for String {}
impl Sealed for &String {}

impl<R: AnyResource> Identified<R> for &Stored<R> {
    fn id(&self) -> &str {
        Stored::id(self)
    }

    fn version(&self) -> Option<&str> {
        self.meta().version.as_deref()
    }

    fn read(&self) -> Option<&Stored<R>> {
        Some(self)
    }
}

impl<R> Identified<R> for &str {
    fn id(&self) -> &str {
        self
    }
}

impl<R> Identified<R> for String {
    fn id(&self) -> &str {
        self
    }
}

impl<R> Identified<R> for &String {
    fn id(&self) -> &str {
        self
    }
}

impl<R: AnyResource> BulkTarget<R> for &Stored<R> {
    fn id(&self) -> &str {
        Stored::id(self)
    }

    fn version(&self) -> Option<&str> {
        self.meta().version.as_deref()
    }

    fn read(&self) -> Option<&Stored<R>> {
        Some(self)
    }
}

impl<R> BulkTarget<R> for &str {
    fn id(&self) -> &str {
        self
    }
}

impl<R> BulkTarget<R> for String {
    fn id(&self) -> &str {
        self
    }
}

impl<R> BulkTarget<R> for &String {
    fn id(&self) -> &str {
        self
    }
}
