//! Which attribute of a resource a path names.

use std::borrow::Cow;

use super::super::{PatchError, PatchErrorKind as Kind};
use crate::{
    attribute_path::AttributePath,
    model::Reflect,
    resource::named::{Named, named, only_extension_with, schema},
    shown::Name,
};

/// Where a path leads, without its filter and sub-attribute.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Location<'p> {
    /// The resource itself.
    Resource,
    /// `id`, `meta` or `schemas`.
    Common(usize),
    /// The container of an extension.
    Extension(usize),
    /// An attribute of the resource, or of the extension at that position.
    Attribute {
        extension: Option<usize>,
        index: usize,
    },
    /// An attribute that the resource or the extension does not have.
    Unknown {
        extension: Option<usize>,
        name: &'p str,
    },
    /// A schema that the resource type does not know: its container, or an attribute in it.
    Foreign {
        container: Cow<'p, str>,
        attribute: Option<&'p str>,
    },
}

/// `has_unknown` says whether the resource has an unknown attribute of a name.
pub(super) fn attribute<'p>(
    root: &mut dyn Reflect,
    path: &'p AttributePath,
    without_urn: bool,
    has_unknown: &mut dyn FnMut(&mut dyn Reflect, &str) -> bool,
) -> Location<'p> {
    let table = root.descriptor();
    match named(root.descriptor(), path) {
        Named::Resource => Location::Resource,
        Named::Common(index) => Location::Common(index),
        Named::Extension(index) => Location::Extension(index),
        Named::Attribute { extension, index } => Location::Attribute { extension, index },
        Named::Unknown { extension } => {
            // `externalId` is of every resource.
            let alone = extension.is_none()
                && without_urn
                && path.uri().is_none()
                && !path.name().eq_ignore_ascii_case("externalId");
            match only_extension_with(table, path.name()).filter(|_| alone) {
                Some((extension, index)) => Location::Attribute {
                    extension: Some(extension),
                    index,
                },
                None => Location::Unknown {
                    extension,
                    name: path.name(),
                },
            }
        }
        Named::Foreign => {
            let whole = path.to_string();
            if has_unknown(root, &whole) {
                return Location::Foreign {
                    container: whole.into(),
                    attribute: None,
                };
            }
            Location::Foreign {
                container: path.uri().unwrap_or_default().into(),
                attribute: Some(path.name()),
            }
        }
    }
}

pub(super) fn container<'p>(root: &dyn Reflect, urn: &'p str) -> Location<'p> {
    match schema(root.descriptor(), urn) {
        Named::Resource => Location::Resource,
        Named::Extension(index) => Location::Extension(index),
        _ => Location::Foreign {
            container: urn.into(),
            attribute: None,
        },
    }
}

#[cold]
pub(super) fn unknown(detail: impl Into<String>) -> PatchError {
    PatchError::new(Kind::InvalidPath, detail)
}

#[cold]
pub(super) fn no_sub_attribute(name: &str, sub: &str) -> PatchError {
    unknown(format!("{} has no sub-attribute {}", Name(name), Name(sub)))
}

#[cold]
pub(super) fn no_elements(name: &str) -> PatchError {
    unknown(format!("{} has no elements to choose from", Name(name)))
}

#[cold]
pub(super) fn no_attribute(trail: &[&str]) -> PatchError {
    let name = trail.first().copied().unwrap_or_default();
    unknown(format!("there is no attribute {}", Name(name)))
}
