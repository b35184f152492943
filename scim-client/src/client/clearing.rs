//! Clearing attributes, for every operation that sends a whole resource.

use super::operation::{OperationBuilder, Verb};
use crate::{
    model::{Mutability, Returned},
    resource::{AnyResource, Resource, ResourceKind, Root},
    typed::{PathClosure, Projection},
};

/// An operation that sends a whole resource.
pub trait Clears: Verb {
    /// The resource type.
    type Of: AnyResource;

    #[doc(hidden)]
    fn kind(&self) -> ResourceKind;
}

impl<V: Clears> OperationBuilder<V> {
    /// Sends `null` or `[]` for these attributes if they have no value in the resource. Without
    /// this, a service provider may set a default or keep the old value (RFC 7644 §3.3, §3.5.1).
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

    /// Sends `null` or `[]` for all attributes that have no value in the resource.
    ///
    /// Attributes of extensions are left out. So are attributes that are not returned by default,
    /// such as `password`: a resource that was read lacks them even if they have a value.
    pub fn clear_unassigned(mut self) -> Self {
        let attributes = self.verb.kind().descriptor().attributes();
        let known = attributes.iter().filter(|attribute| {
            let writable = matches!(
                attribute.mutability(),
                Mutability::ReadWrite | Mutability::Immutable
            );
            let read = matches!(attribute.returned(), Returned::Always | Returned::Default);
            writable && read && !attribute.is_extension()
        });
        self.call.clear_all(known);
        self
    }
}
