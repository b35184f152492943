//! `meta`: what a service provider notes about a resource (RFC 7643 §3.1).

use std::fmt;

use crate::{
    model::{self, Attribute, AttributeValue, Descriptor, Extra, Reflect, Slot, ValueRef},
    resource::{Complex, Root},
    typed::{Index, Node, OneOf, Optional, Path, Plurality, ReadWrite, SubPath},
    value::{DateTime, Reference},
};

/// The resource's metadata, all of it assigned by the service provider.
#[derive(Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Meta {
    /// The name of the resource type.
    pub resource_type: Option<String>,
    /// When the resource was created.
    pub created: Option<DateTime>,
    /// When it was last changed; equal to `created` if never.
    pub last_modified: Option<DateTime>,
    /// Its URL. Some service providers send a relative one.
    pub location: Option<Reference>,
    /// Its version, an entity-tag (RFC 7644 §3.14), verbatim.
    pub version: Option<String>,
    /// Attributes that are not in the schema.
    pub extra: Extra,
}

const _: () = {
    const ATTRIBUTES: &[Attribute] = &[
        Attribute::of::<Option<String>>("resourceType").case_exact(true),
        Attribute::of::<Option<DateTime>>("created"),
        Attribute::of::<Option<DateTime>>("lastModified"),
        Attribute::of::<Option<Reference>>("location"),
        Attribute::of::<Option<String>>("version").case_exact(true),
    ];

    impl Reflect for Meta {
        fn descriptor(&self) -> &'static Descriptor {
            <Self as Root>::DESCRIPTOR
        }

        fn get(&self, index: usize) -> ValueRef<'_> {
            match index {
                0 => AttributeValue::get(&self.resource_type),
                1 => AttributeValue::get(&self.created),
                2 => AttributeValue::get(&self.last_modified),
                3 => AttributeValue::get(&self.location),
                4 => AttributeValue::get(&self.version),
                _ => ValueRef::Absent,
            }
        }

        fn slot(&mut self, index: usize) -> Option<Slot<'_>> {
            Some(match index {
                0 => AttributeValue::slot(&mut self.resource_type),
                1 => AttributeValue::slot(&mut self.created),
                2 => AttributeValue::slot(&mut self.last_modified),
                3 => AttributeValue::slot(&mut self.location),
                4 => AttributeValue::slot(&mut self.version),
                _ => return None,
            })
        }

        fn extra(&self) -> &Extra {
            &self.extra
        }

        fn extra_mut(&mut self) -> &mut Extra {
            &mut self.extra
        }
    }

    impl Root for Meta {
        type Paths = MetaPaths<Self, ReadWrite, Optional, OneOf, name::meta>;
        const PATHS: Self::Paths = MetaPaths::at(Index::ROOT);
        const DESCRIPTOR: &'static Descriptor = &Descriptor::complex("meta", ATTRIBUTES);

        fn empty() -> Self {
            Self {
                resource_type: AttributeValue::empty(),
                created: AttributeValue::empty(),
                last_modified: AttributeValue::empty(),
                location: AttributeValue::empty(),
                version: AttributeValue::empty(),
                extra: Extra::new(),
            }
        }
    }

    impl Complex for Meta {
        type NodePath<R, M, Q, C, N> = MetaPaths<R, M, Q, C, N>;
    }
};

impl fmt::Debug for Meta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        model::debug_object(self, f)
    }
}

/// Names for compiler messages.
#[allow(non_camel_case_types, missing_docs, reason = "names of attributes")]
#[doc(hidden)]
pub(crate) mod name {
    pub enum meta {}
    pub enum resource_type {}
    pub enum created {}
    pub enum last_modified {}
    pub enum location {}
    pub enum version {}
}

/// Typed paths of [`Meta`].
#[allow(
    missing_docs,
    reason = "each is the path of the field of the same name"
)]
#[non_exhaustive]
pub struct MetaPaths<R, M, Q, C, N> {
    node: Node<R, Meta, M, Q, C, N>,
    pub resource_type: SubPath<Option<String>, R, M, Optional, C, name::resource_type>,
    pub created: SubPath<Option<DateTime>, R, M, Optional, C, name::created>,
    pub last_modified: SubPath<Option<DateTime>, R, M, Optional, C, name::last_modified>,
    pub location: SubPath<Option<Reference>, R, M, Optional, C, name::location>,
    pub version: SubPath<Option<String>, R, M, Optional, C, name::version>,
}

impl<R, M, Q, C, N> Clone for MetaPaths<R, M, Q, C, N> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R, M, Q, C, N> Copy for MetaPaths<R, M, Q, C, N> {}

impl<R, M, Q, C, N> MetaPaths<R, M, Q, C, N> {
    #[doc(hidden)]
    pub const fn at(index: Index) -> Self {
        Self {
            node: Node::at(index),
            resource_type: <SubPath<Option<String>, R, M, Optional, C, name::resource_type>>::at(
                index.at(0),
            ),
            created: <SubPath<Option<DateTime>, R, M, Optional, C, name::created>>::at(index.at(1)),
            last_modified: <SubPath<Option<DateTime>, R, M, Optional, C, name::last_modified>>::at(
                index.at(2),
            ),
            location: <SubPath<Option<Reference>, R, M, Optional, C, name::location>>::at(
                index.at(3),
            ),
            version: <SubPath<Option<String>, R, M, Optional, C, name::version>>::at(index.at(4)),
        }
    }
}

impl<R, M, Q, C, N> std::ops::Deref for MetaPaths<R, M, Q, C, N> {
    type Target = Node<R, Meta, M, Q, C, N>;

    fn deref(&self) -> &Self::Target {
        &self.node
    }
}

impl<R, M, Q, C: Plurality, N> Path for MetaPaths<R, M, Q, C, N> {
    type Root = R;
    type Value = C::Of<Meta>;
    type Mutability = M;
    type Requirement = Q;
    type Place = OneOf;
    type Name = N;

    fn index(self) -> Index {
        self.node.index()
    }
}
