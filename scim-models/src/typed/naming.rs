//! What an [`Index`] leads to, and its name: also of the attributes that every resource has.

use std::fmt;

use super::{Attr, ENVELOPE, Index, Parent, Path, path::NONE};
use crate::{
    attribute_path::AttributePath,
    model::{Attribute, AttributeValue, Descriptor, Root},
    resource::envelope,
};

impl Index {
    /// The names, from the tables.
    #[doc(hidden)]
    pub fn name(self, root: &'static Descriptor) -> AttributePath {
        let steps = self.resolve(root);
        match steps {
            Resolved {
                extension: Some(extension),
                top: None,
                ..
            } => container(extension.name),
            Resolved {
                extension,
                top,
                sub,
            } => AttributePath::from_parts(
                extension.map(|e| e.name),
                top.map_or("", |a| a.name),
                sub.map(|a| a.name),
            ),
        }
    }

    /// The attributes on the way.
    #[doc(hidden)]
    pub fn resolve(self, root: &'static Descriptor) -> Resolved {
        let step = |descriptor: Option<&'static Descriptor>, index: u16| {
            descriptor.and_then(|d| d.attributes.get(usize::from(index)))
        };
        let mut descriptor = Some(root);
        let mut extension = None;
        if self.extension != NONE {
            extension = step(descriptor, self.extension);
            descriptor = extension.and_then(|e| e.kind.descriptor());
        }
        let top = if self.top >= ENVELOPE && self.top != NONE {
            envelope::DESCRIPTOR
                .attributes
                .get(usize::from(self.top - ENVELOPE))
        } else {
            step(descriptor, self.top)
        };
        let sub = step(top.and_then(|a| a.kind.descriptor()), self.sub);
        Resolved {
            extension,
            top,
            sub,
        }
    }
}

/// The path of an extension's container: the URN, split where the grammar splits it.
fn container(urn: &'static str) -> AttributePath {
    match urn.rsplit_once(':') {
        Some((uri, name)) => AttributePath::from_parts(Some(uri), name, None),
        None => AttributePath::from_parts(None, urn, None),
    }
}

/// The attributes that an [`Index`] passes.
#[derive(Debug, Clone, Copy)]
#[doc(hidden)]
pub struct Resolved {
    pub(crate) extension: Option<&'static Attribute>,
    pub(crate) top: Option<&'static Attribute>,
    pub(crate) sub: Option<&'static Attribute>,
}

impl Resolved {
    /// From the outside in.
    pub fn attributes(self) -> Vec<&'static Attribute> {
        [self.extension, self.top, self.sub]
            .into_iter()
            .flatten()
            .collect()
    }
}

impl<P: Parent, T: AttributeValue, N, const I: u16> fmt::Debug for Attr<P, T, N, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.index().name(P::Root::DESCRIPTOR).fmt(f)
    }
}
