//! What has to be known of a resource type, as a value: for types that are compiled and for those
//! that are known at run time.

use super::Resource;
use crate::model::{Descriptor, Reflect};

/// A resource of any type: a compiled one ([`Resource`]), or one that is only known at run time
/// (`DynamicResource`, feature `dynamic`).
///
/// A compiled type has its name, endpoint and schema as constants. For any type, they are in a value,
/// the [`ResourceKind`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a SCIM resource",
    label = "not a resource",
    note = "resources are generated from a schema, structs with #[derive(Resource)], or \
            `DynamicResource`"
)]
pub trait AnyResource: sealed::Sealed + Reflect + Clone {
    /// Makes an empty resource, to read into. Required attributes are empty. A compiled type
    /// ignores `kind`, since it has its own table.
    #[doc(hidden)]
    fn empty_of(kind: ResourceKind) -> Self;

    /// Returns whether the other value has the same table. A compiled type has only one table, so this
    /// is always true for it.
    #[doc(hidden)]
    fn is_of_type_of(&self, _: &dyn Reflect) -> bool {
        true
    }
}

pub(crate) mod sealed {
    use super::Resource;

    pub trait Sealed {}
    impl<R: Resource> Sealed for R {}
}

impl<R: Resource> AnyResource for R {
    #[inline]
    fn empty_of(_: ResourceKind) -> Self {
        R::empty()
    }
}

/// A resource type (RFC 7643 §6) as a value. It has what the client, readers of lists and service
/// providers need to know about a type.
///
/// ```
/// use scim_client::{User, resource::ResourceKind};
///
/// let kind = ResourceKind::of::<User>();
/// assert_eq!((kind.name(), kind.endpoint()), ("User", "/Users"));
/// assert_eq!(kind.schema(), "urn:ietf:params:scim:schemas:core:2.0:User");
/// ```
#[derive(Debug, Clone, Copy)]
pub struct ResourceKind {
    name: &'static str,
    endpoint: &'static str,
    descriptor: &'static Descriptor,
}

impl ResourceKind {
    /// The `ResourceKind` of a compiled type.
    pub const fn of<R: Resource>() -> Self {
        Self::made(R::NAME, R::ENDPOINT, R::DESCRIPTOR)
    }

    pub(crate) const fn made(
        name: &'static str,
        endpoint: &'static str,
        descriptor: &'static Descriptor,
    ) -> Self {
        Self {
            name,
            endpoint,
            descriptor,
        }
    }

    /// The resource type's name.
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// The endpoint relative to the base URL, such as `/Users`.
    pub const fn endpoint(self) -> &'static str {
        self.endpoint
    }

    /// The table of its attributes, with a container for each extension.
    pub const fn descriptor(self) -> &'static Descriptor {
        self.descriptor
    }

    /// The URN of its schema.
    pub const fn schema(self) -> &'static str {
        match self.descriptor.urn {
            Some(urn) => urn,
            None => "",
        }
    }
}
