//! `meta`: the metadata of a resource (RFC 7643 §3.1).

use std::fmt;

use crate::{
    json,
    model::{
        self, Attribute, AttributeValue, Complex, Descriptor, Extra, Field, Fields, Reflect, Root,
        class,
    },
    typed::{Attr, Sub},
    value::{DateTime, Reference},
};

/// The metadata of a resource. The service provider assigns all of it.
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
        Attribute::of::<Option<String>>("resourceType").with_case_exact(true),
        Attribute::of::<Option<DateTime>>("created"),
        Attribute::of::<Option<DateTime>>("lastModified"),
        Attribute::of::<Option<Reference>>("location"),
        Attribute::of::<Option<String>>("version").with_case_exact(true),
    ];

    impl Reflect for Meta {
        fn descriptor(&self) -> &'static Descriptor {
            <Self as Root>::DESCRIPTOR
        }

        fn field(&self, index: usize) -> Option<&dyn Field> {
            Some(match index {
                0 => &self.resource_type,
                1 => &self.created,
                2 => &self.last_modified,
                3 => &self.location,
                4 => &self.version,
                _ => return None,
            })
        }

        fn field_mut(&mut self, index: usize) -> Option<&mut dyn Field> {
            Some(match index {
                0 => &mut self.resource_type,
                1 => &mut self.created,
                2 => &mut self.last_modified,
                3 => &mut self.location,
                4 => &mut self.version,
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
        type Paths = &'static MetaPaths<Self>;
        const PATHS: Self::Paths = Fields::ALL;
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

        fn written(&self) -> String {
            json::encode::object(self)
        }

        fn read(text: &str) -> Result<Self, json::DecodeError> {
            let mut meta = <Self as Root>::empty();
            json::decode_into(text, &mut meta).map(|()| meta)
        }
    }

    impl Complex for Meta {
        type Fields<P: 'static> = MetaPaths<P>;
        type Class = class::Complex;
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
    pub enum resource_type {}
    pub enum created {}
    pub enum last_modified {}
    pub enum location {}
    pub enum version {}
}

/// Typed paths of [`Meta`].
#[doc(hidden)]
#[allow(
    missing_docs,
    reason = "each is the path of the field of the same name"
)]
#[non_exhaustive]
pub struct MetaPaths<P> {
    pub resource_type: Attr<Sub<P>, Option<String>, name::resource_type, 0>,
    pub created: Attr<Sub<P>, Option<DateTime>, name::created, 1>,
    pub last_modified: Attr<Sub<P>, Option<DateTime>, name::last_modified, 2>,
    pub location: Attr<Sub<P>, Option<Reference>, name::location, 3>,
    pub version: Attr<Sub<P>, Option<String>, name::version, 4>,
}

impl<P: 'static> Fields for MetaPaths<P> {
    const ALL: &'static Self = &Self {
        resource_type: Attr::It,
        created: Attr::It,
        last_modified: Attr::It,
        location: Attr::It,
        version: Attr::It,
    };
}
