//! Which attribute of a resource a path names.

use std::borrow::Cow;

use super::super::{PatchError, PatchErrorKind as Kind};
use crate::{attribute_path::AttributePath, model::Reflect, resource::envelope, shown::Name};

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
    has_unknown: &mut dyn FnMut(&mut dyn Reflect, &str) -> bool,
) -> Location<'p> {
    let descriptor = root.descriptor();
    let Some(uri) = path.uri() else {
        return own(root, path);
    };
    let schema = |name: &str| path.is_schema(name);
    if descriptor.urn().is_some_and(schema) {
        return Location::Resource;
    }
    let mut extensions = descriptor
        .attributes()
        .iter()
        .enumerate()
        .filter(|(_, a)| a.is_extension());
    if let Some((index, _)) = extensions.clone().find(|(_, a)| schema(a.name())) {
        return Location::Extension(index);
    }
    if descriptor
        .urn()
        .is_some_and(|urn| urn.eq_ignore_ascii_case(uri))
    {
        return own(root, path);
    }
    if let Some((at, extension)) = extensions.find(|(_, a)| a.name().eq_ignore_ascii_case(uri)) {
        let index = extension
            .kind()
            .descriptor()
            .and_then(|d| d.position(path.name()));
        return match index {
            Some(index) => Location::Attribute {
                extension: Some(at),
                index,
            },
            None => Location::Unknown {
                extension: Some(at),
                name: path.name(),
            },
        };
    }
    let whole = path.to_string();
    if has_unknown(root, &whole) {
        return Location::Foreign {
            container: whole.into(),
            attribute: None,
        };
    }
    Location::Foreign {
        container: uri.into(),
        attribute: Some(path.name()),
    }
}

/// An attribute without a URI, or with that of the resource.
fn own<'p>(root: &dyn Reflect, path: &'p AttributePath) -> Location<'p> {
    if let Some(index) = root.descriptor().position(path.name()) {
        return Location::Attribute {
            extension: None,
            index,
        };
    }
    match envelope::DESCRIPTOR.position(path.name()) {
        Some(index) => Location::Common(index),
        None => Location::Unknown {
            extension: None,
            name: path.name(),
        },
    }
}

pub(super) fn container<'p>(root: &dyn Reflect, urn: &'p str) -> Location<'p> {
    let descriptor = root.descriptor();
    if descriptor
        .urn()
        .is_some_and(|own| own.eq_ignore_ascii_case(urn))
    {
        return Location::Resource;
    }
    match descriptor.position(urn) {
        Some(index) => Location::Extension(index),
        None => Location::Foreign {
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
