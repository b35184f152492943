//! Which attribute of a resource type a path names (RFC 7644 §3.10).

use super::envelope;
use crate::{
    attribute_path::AttributePath,
    model::{Attribute, Descriptor},
};

/// What a path names, its sub-attribute left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    /// The resource itself, by the URN of its schema.
    Resource,
    /// An extension as a whole: its position.
    Extension(usize),
    /// An attribute of the resource, or of the extension at a position.
    Attribute {
        /// The extension.
        extension: Option<usize>,
        /// The position in the table of the resource, or of the extension.
        index: usize,
    },
    /// `id`, `meta` or `schemas`: the position in [`envelope::DESCRIPTOR`].
    Common(usize),
    /// No attribute of the resource, or of the extension at a position.
    Unknown {
        /// The extension.
        extension: Option<usize>,
    },
    /// Something of a schema that the resource type does not have.
    Foreign,
}

impl Named {
    /// Where the attribute of a resource is, from the outside in.
    pub fn steps(self) -> Option<impl Iterator<Item = usize>> {
        match self {
            Self::Attribute { extension, index } => Some(extension.into_iter().chain([index])),
            _ => None,
        }
    }
}

/// What `path` names in the resource type with this table, in any letter case.
pub fn named(table: &'static Descriptor, path: &AttributePath) -> Named {
    let Some(uri) = path.uri() else {
        return own(table, path.name());
    };
    // By the grammar, the URN of a schema is an attribute of a shorter URN.
    let is_meant = |urn: &str| path.is_schema(urn);
    if table.urn.is_some_and(is_meant) {
        return Named::Resource;
    }
    if let Some((index, _)) = extensions(table).find(|(_, a)| is_meant(a.name)) {
        return Named::Extension(index);
    }
    match schema(table, uri) {
        Named::Resource => own(table, path.name()),
        Named::Extension(at) => {
            let extension = table.attributes.get(at);
            let inner = extension.and_then(|extension| extension.kind.descriptor());
            let extension = Some(at);
            match inner.and_then(|inner| inner.position(path.name())) {
                Some(index) => Named::Attribute { extension, index },
                None => Named::Unknown { extension },
            }
        }
        other => other,
    }
}

/// What a URN names in the resource type with this table: [`Named::Resource`],
/// [`Named::Extension`] or [`Named::Foreign`].
pub(crate) fn schema(table: &'static Descriptor, urn: &str) -> Named {
    if table.urn.is_some_and(|own| own.eq_ignore_ascii_case(urn)) {
        return Named::Resource;
    }
    match extensions(table).find(|(_, a)| a.name.eq_ignore_ascii_case(urn)) {
        Some((index, _)) => Named::Extension(index),
        None => Named::Foreign,
    }
}

/// The only extension that has an attribute of that name: its position, and that of the attribute in it.
pub(crate) fn only_extension_with(table: &Descriptor, name: &str) -> Option<(usize, usize)> {
    let all = table.attributes.iter().enumerate();
    let mut having = all.filter_map(|(at, extension)| {
        let inner = extension
            .kind
            .descriptor()
            .filter(|_| extension.is_extension())?;
        Some((at, inner.position(name)?))
    });
    let only = having.next()?;
    having.next().is_none().then_some(only)
}

fn extensions(table: &'static Descriptor) -> impl Iterator<Item = (usize, &'static Attribute)> {
    let all = table.attributes.iter().enumerate();
    all.filter(|(_, attribute)| attribute.is_extension())
}

/// An attribute without a URN, or with that of the resource.
fn own(table: &'static Descriptor, name: &str) -> Named {
    if let Some(index) = table.position(name) {
        let attribute = table.attributes.get(index);
        return match attribute.is_some_and(Attribute::is_extension) {
            true => Named::Extension(index),
            false => Named::Attribute {
                extension: None,
                index,
            },
        };
    }
    match envelope::DESCRIPTOR.position(name) {
        Some(index) => Named::Common(index),
        None => Named::Unknown { extension: None },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{User, model::Root as _};

    #[test]
    fn what_paths_name() {
        const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
        const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
        let table = User::DESCRIPTOR;
        let at = |name: &str| table.position(name).unwrap();
        let enterprise = at(ENTERPRISE);
        let inner = table.attributes[enterprise].kind.descriptor().unwrap();
        let own = |name: &str| Named::Attribute {
            extension: None,
            index: at(name),
        };
        for (path, wanted) in [
            ("userName".to_owned(), own("userName")),
            ("USERNAME".to_owned(), own("userName")),
            ("name.familyName".to_owned(), own("name")),
            (format!("{CORE}:userName"), own("userName")),
            (CORE.to_uppercase(), Named::Resource),
            (ENTERPRISE.to_owned(), Named::Extension(enterprise)),
            (
                format!("{ENTERPRISE}:Department"),
                Named::Attribute {
                    extension: Some(enterprise),
                    index: inner.position("department").unwrap(),
                },
            ),
            ("nope".to_owned(), Named::Unknown { extension: None }),
            (format!("{CORE}:nope"), Named::Unknown { extension: None }),
            (
                format!("{ENTERPRISE}:userName"),
                Named::Unknown {
                    extension: Some(enterprise),
                },
            ),
            ("urn:example:x:userName".to_owned(), Named::Foreign),
        ] {
            let parsed = path.parse::<AttributePath>().unwrap();
            assert_eq!(named(table, &parsed), wanted, "{path}");
        }
        for common in ["id", "META", "schemas", &format!("{CORE}:id")] {
            let parsed = common.parse::<AttributePath>().unwrap();
            assert!(
                matches!(named(table, &parsed), Named::Common(_)),
                "{common}"
            );
        }
    }
}
