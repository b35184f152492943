//! What stands for an operation of a bulk while it is built, and for its result afterwards.

use std::{
    fmt,
    hash::{Hash, Hasher},
    marker::PhantomData,
};

use crate::client::{identified::BulkTarget, operation::sealed::Sealed};

use super::references::PREFIX;

/// Stands for one operation of a [`Bulk`](super::Bulk) on a resource of type `R`.
pub struct BulkHandle<R> {
    pub(super) bulk: u32,
    pub(super) index: u32,
    marker: PhantomData<fn() -> R>,
}

/// Stands for a resource of type `R` that a [`Bulk`](super::Bulk) creates.
///
/// Other operations can refer to it in two ways: with [`reference`](Self::reference) in a value
/// (RFC 7644 §3.7.2), or as the target of a patch, replacement or deletion.
///
/// ```
/// # use scim_client::{Client, Group, User, group::Member};
/// # fn example(scim: &Client) {
/// let mut bulk = scim.bulk();
/// let babs = bulk.create(&User::new("bjensen"));
/// bulk.create(&Group::new("Guides").with_members([Member::new(babs.reference())]));
/// let handle = babs.handle();                 // for the result
/// # let _ = handle;
/// # }
/// ```
pub struct BulkReference<R> {
    handle: BulkHandle<R>,
    text: Text,
}

/// `bulkId:` and a name, in place, so that a reference can be copied.
#[derive(Clone, Copy)]
struct Text {
    bytes: [u8; Text::CAPACITY],
    len: usize,
}

impl Text {
    /// The prefix, two numbers of eight digits, and what is between them.
    const CAPACITY: usize = PREFIX.len() + 17;

    fn of(text: &str) -> Self {
        let mut bytes = [0; Self::CAPACITY];
        let len = text.len().min(Self::CAPACITY);
        for (to, from) in bytes.iter_mut().zip(text.bytes()) {
            *to = from;
        }
        Self { bytes, len }
    }

    fn as_str(&self) -> &str {
        let bytes = self.bytes.get(..self.len).unwrap_or_default();
        std::str::from_utf8(bytes).unwrap_or_default()
    }
}

/// The `bulkId` of an operation. It names the bulk, too, so that a reference that strays into
/// another bulk is found out.
pub(super) fn name(bulk: u32, index: u32) -> String {
    format!("{bulk:x}-{index:x}")
}

impl<R> BulkHandle<R> {
    pub(super) fn new(bulk: u32, index: u32) -> Self {
        Self {
            bulk,
            index,
            marker: PhantomData,
        }
    }

    /// The operation's position in the bulk, from 0.
    #[must_use]
    pub fn index(&self) -> usize {
        self.index as usize
    }
}

impl<R> BulkReference<R> {
    pub(super) fn new(handle: BulkHandle<R>) -> Self {
        Self {
            handle,
            text: Text::of(&format!("{PREFIX}{}", name(handle.bulk, handle.index))),
        }
    }

    /// The value that refers to the resource, such as `bulkId:1-0`. The service provider replaces
    /// it by the resource's `id`.
    #[must_use]
    pub fn reference(&self) -> String {
        self.text.as_str().to_owned()
    }

    /// The handle by which the result is found.
    #[must_use]
    pub fn handle(&self) -> BulkHandle<R> {
        self.handle
    }
}

impl<R> From<BulkReference<R>> for BulkHandle<R> {
    fn from(reference: BulkReference<R>) -> Self {
        reference.handle
    }
}

impl<R> From<&BulkReference<R>> for BulkHandle<R> {
    fn from(reference: &BulkReference<R>) -> Self {
        reference.handle
    }
}

impl<R> From<&BulkHandle<R>> for BulkHandle<R> {
    fn from(handle: &BulkHandle<R>) -> Self {
        *handle
    }
}

/// The resource that will have been created.
impl<R> Sealed for BulkReference<R> {}

impl<R> BulkTarget<R> for BulkReference<R> {
    fn id(&self) -> &str {
        self.text.as_str()
    }
}

// Written by hand, because a derive would ask the same of `R`.
impl<R> Clone for BulkHandle<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for BulkHandle<R> {}

impl<R> Clone for BulkReference<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for BulkReference<R> {}

/// Equal handles stand for the same operation of the same bulk.
impl<R> PartialEq for BulkHandle<R> {
    fn eq(&self, other: &Self) -> bool {
        (self.bulk, self.index) == (other.bulk, other.index)
    }
}

impl<R> Eq for BulkHandle<R> {}

impl<R> Hash for BulkHandle<R> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.bulk, self.index).hash(state);
    }
}

/// Equal references stand for the same resource of the same bulk.
impl<R> PartialEq for BulkReference<R> {
    fn eq(&self, other: &Self) -> bool {
        self.handle == other.handle
    }
}

impl<R> Eq for BulkReference<R> {}

impl<R> Hash for BulkReference<R> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.handle.hash(state);
    }
}

impl<R> fmt::Debug for BulkHandle<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BulkHandle({})", name(self.bulk, self.index))
    }
}

impl<R> fmt::Debug for BulkReference<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BulkReference({})", self.text.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_room() {
        for (bulk, index) in [(0, 0), (1, 10), (u32::MAX, u32::MAX)] {
            let reference = BulkReference::<()>::new(BulkHandle::new(bulk, index));
            assert_eq!(reference.reference(), format!("bulkId:{bulk:x}-{index:x}"));
            assert_eq!(BulkTarget::id(&reference), reference.reference());
        }
    }
}
