//! Attributes that a write is to clear, for every operation that sends a whole resource.

use super::operation::{OperationBuilder, Verb};
use crate::{
    model::{Mutability, Returned},
    resource::{AnyResource, Resource, ResourceKind, Root},
    typed::{PathClosure, Projection},
};

/// An operation that sends a whole resource.
pub trait Clears: Verb {
    /// The resource.
    type Of: AnyResource;

    #[doc(hidden)]
    fn kind(&self) -> ResourceKind;
}

impl<V: Clears> OperationBuilder<V> {
    /// Says with `null` or `[]` that these attributes are to have no value, where they have none in
    /// the resource: a service provider may otherwise set a default, or keep what it has (RFC 7644
    /// §3.3, §3.5.1).
    pub fn clear<P: Projection<V::Of>>(mut self, paths: impl PathClosure<V::Of, Choice = P>) -> Self
    where
        V::Of: Resource,
    {
        let mut wanted = Vec::new();
        paths(<V::Of as Root>::PATHS).indices(&mut wanted);
        for index in wanted {
            let way = index.resolve(<V::Of as Root>::DESCRIPTOR).attributes();
            self.call.clear(&way);
        }
        self
    }

    /// Says with `null` or `[]` that all attributes without a value are to have none.
    ///
    /// Left out are attributes of extensions, and those that are not returned by default, such as
    /// `password`: what was read lacks them, whether they have a value or not.
    pub fn clear_unassigned(mut self) -> Self {
        let attributes = self.verb.kind().descriptor().attributes();
        let known = attributes.iter().filter(|attribute| {
            let writable = matches!(
                attribute.mutability_of(),
                Mutability::ReadWrite | Mutability::Immutable
            );
            let read = matches!(
                attribute.returned_of(),
                Returned::Always | Returned::Default
            );
            writable && read && !attribute.is_extension()
        });
        for attribute in known {
            self.call.clear(&[attribute]);
        }
        self
    }
}
