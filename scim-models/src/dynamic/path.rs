//! Paths as text, found in a table.

use scim_schema::nearest;

use super::error::{AttributeError, AttributeErrorKind as Kind};
use crate::{
    attribute_path::AttributePath,
    filter::{Filter, FilterOptions, PatchPath},
    model::{Attribute, Descriptor, Mutability},
    resource::{
        envelope,
        named::{Named, named, schema},
    },
    shown::Name,
};

type Result<T> = std::result::Result<T, AttributeError>;

/// Where a path leads in a table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Located {
    /// The extension that has the attribute, or that is meant as a whole; with its position.
    pub(super) extension: Option<(usize, &'static Attribute)>,
    /// The attribute; `None` for an extension as a whole.
    pub(super) attribute: Option<(usize, &'static Attribute)>,
    pub(super) sub: Option<(usize, &'static Attribute)>,
    /// Whether the attribute is `id`, `meta` or `schemas`, which stand in no resource's own table.
    pub(super) is_common: bool,
}

impl Located {
    /// From the outside in.
    pub(super) fn steps(&self) -> impl Iterator<Item = (usize, &'static Attribute)> {
        let all = [self.extension, self.attribute, self.sub];
        all.into_iter().flatten()
    }

    /// The innermost: what the path is the path of.
    pub(super) fn target(&self) -> Option<&'static Attribute> {
        self.steps().last().map(|(_, attribute)| attribute)
    }

    /// Returns whether a client must not write it, nor anything that it is part of.
    pub(super) fn is_read_only(&self) -> bool {
        let read_only = |(_, a): (usize, &Attribute)| a.mutability() == Mutability::ReadOnly;
        self.is_common || self.steps().any(read_only)
    }

    /// Its full path, with the URN of an extension.
    pub(super) fn path(&self) -> AttributePath {
        let name = |step: Option<(usize, &'static Attribute)>| step.map(|(_, a)| a.name);
        match name(self.attribute) {
            Some(attribute) => {
                AttributePath::from_parts(name(self.extension), attribute, name(self.sub))
            }
            None => AttributePath::from_parts(None, name(self.extension).unwrap_or(""), None),
        }
    }

    /// Returns whether `text`, which led here, is an attribute of an extension without the URN of that.
    pub(super) fn lacks_urn(&self, text: &str) -> bool {
        let urn = self.extension.filter(|_| self.attribute.is_some());
        urn.is_some_and(|(_, extension)| {
            let start = text.get(..extension.name.len());
            !start.is_some_and(|start| start.eq_ignore_ascii_case(extension.name))
        })
    }

    /// Its full path, up to the attribute.
    fn outer(&self) -> AttributePath {
        Self { sub: None, ..*self }.path()
    }
}

/// A path that was read and found.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) located: Located,
    /// What chooses elements of the attribute; the sub-attribute is that of these.
    pub(super) filter: Option<Filter>,
}

impl Found {
    /// The path as it is sent: with the URN of an extension, the schema's spelling.
    pub(super) fn to_path(&self) -> PatchPath {
        let located = &self.located;
        match &self.filter {
            _ if located.attribute.is_none() => {
                let urn = located
                    .extension
                    .map_or("", |(_, extension)| extension.name);
                PatchPath::from_container(urn)
            }
            None => PatchPath::from_attribute(located.path()),
            Some(filter) => match located.sub {
                Some((_, sub)) => {
                    PatchPath::from_elements_sub(located.outer(), filter.clone(), sub.name)
                }
                None => PatchPath::from_elements(located.outer(), filter.clone()),
            },
        }
    }

    /// The first step at which a path goes on into many values without saying which.
    pub(super) fn many_without_filter(&self) -> Option<&'static Attribute> {
        let (_, attribute) = self.located.attribute?;
        let inside = self.located.sub.is_some() && self.filter.is_none();
        (inside && attribute.is_multi_valued()).then_some(attribute)
    }
}

/// The URNs of the extensions of a table.
pub(super) fn extensions(table: &'static Descriptor) -> impl Iterator<Item = &'static str> {
    let all = table.attributes.iter();
    all.filter(|a| a.is_extension()).map(|a| a.name)
}

/// Reads a path and finds it. An attribute of an extension may stand without its URN where no other
/// has its name.
///
/// # Errors
/// The text is no path, or there is no such attribute.
pub(super) fn find(table: &'static Descriptor, text: &str) -> Result<Found> {
    let urns: Vec<_> = extensions(table).collect();
    let path = PatchPath::parse(text, &urns)
        .map_err(|error| AttributeError::new(Kind::Syntax, text, error.to_string()))?;
    found(table, &path)
}

/// Finds a path that was read.
///
/// # Errors
/// There is no such attribute, or a condition of its filter has no meaning.
pub(super) fn found(table: &'static Descriptor, path: &PatchPath) -> Result<Found> {
    if let Some(urn) = path.container() {
        let located = container(table, urn).ok_or_else(|| no_schema(table, urn, urn))?;
        return Ok(Found {
            located,
            filter: None,
        });
    }
    let Some(attribute) = path.attribute() else {
        return Err(unknown(table, &path.to_string()));
    };
    let mut located = locate(table, attribute)?;
    let Some(filter) = path.filter() else {
        return Ok(Found {
            located,
            filter: None,
        });
    };
    let Some((_, of)) = located.attribute else {
        return Err(unknown(table, &path.to_string()));
    };
    if let Some(sub) = path.sub_attribute() {
        located.sub = Some(sub_attribute(&located, of, sub)?);
    }
    filter
        .check_elements(of, FilterOptions::default().with_refuse_unknown(true))
        .map_err(|error| of_filter(table, &error))?;
    Ok(Found {
        located,
        filter: Some(filter.clone()),
    })
}

/// Finds an attribute.
///
/// # Errors
/// There is none of that name.
pub(super) fn locate(table: &'static Descriptor, path: &AttributePath) -> Result<Located> {
    let mut located = outer(table, path)?;
    if let (Some(sub), Some((_, attribute))) = (path.sub(), located.attribute) {
        located.sub = Some(sub_attribute(&located, attribute, sub)?);
    }
    Ok(located)
}

fn at(table: &'static Descriptor, index: Option<usize>) -> Option<(usize, &'static Attribute)> {
    let index = index?;
    Some((index, table.attributes.get(index)?))
}

/// An extension as a whole.
fn container(table: &'static Descriptor, urn: &str) -> Option<Located> {
    let Named::Extension(index) = schema(table, urn) else {
        return None;
    };
    Some(Located {
        extension: Some(at(table, Some(index))?),
        attribute: None,
        sub: None,
        is_common: false,
    })
}

/// The attribute at a position of the table, or of one of its extensions.
fn attribute(
    table: &'static Descriptor,
    extension: Option<usize>,
    index: usize,
) -> Option<Located> {
    let extension = extension.map(|extension| at(table, Some(extension)));
    let extension = extension.map_or(Some(None), |found| found.map(Some))?;
    let table = match extension {
        Some((_, extension)) => extension.kind.descriptor()?,
        None => table,
    };
    Some(Located {
        extension,
        attribute: Some(at(table, Some(index))?),
        sub: None,
        is_common: false,
    })
}

fn outer(table: &'static Descriptor, path: &AttributePath) -> Result<Located> {
    let name = path.name();
    let nothing = || unknown(table, &path.to_string());
    match named(table, path) {
        Named::Attribute { extension, index } => {
            attribute(table, extension, index).ok_or_else(nothing)
        }
        Named::Common(index) => Ok(Located {
            extension: None,
            attribute: at(&envelope::DESCRIPTOR, Some(index)),
            sub: None,
            is_common: true,
        }),
        Named::Extension(index) => Ok(Located {
            extension: at(table, Some(index)),
            attribute: None,
            sub: None,
            is_common: false,
        }),
        Named::Unknown {
            extension: Some(index),
        } => Err(match table.attributes.get(index) {
            Some(extension) => {
                let names = extension.sub_attributes();
                let near = near(name, names.iter().map(|a| a.name));
                let near = near.map(|near| format!("{}:{near}", extension.name));
                no_attribute(&path.to_string()).or_meant(near)
            }
            None => nothing(),
        }),
        Named::Unknown { extension: None } if path.uri().is_some() => Err(nothing()),
        Named::Unknown { extension: None } => in_an_extension(table, path),
        Named::Resource | Named::Foreign => {
            let uri = path.uri().unwrap_or_default();
            Err(no_schema(table, uri, &path.to_string()))
        }
    }
}

/// An attribute of an extension, without its URN: the only one of that name.
fn in_an_extension(table: &'static Descriptor, path: &AttributePath) -> Result<Located> {
    let name = path.name();
    let all = table.attributes.iter().enumerate();
    let extensions = all.filter(|(_, a)| a.is_extension());
    let mut having = extensions.filter_map(|(index, extension)| {
        let inner = extension.kind.descriptor()?.position(name)?;
        attribute(table, Some(index), inner)
    });
    match (having.next(), having.next()) {
        (Some(only), None) => Ok(only),
        (Some(one), Some(other)) => Err(ambiguous(name, &one, &other)),
        _ => Err(unknown(table, &path.to_string())),
    }
}

fn sub_attribute(
    located: &Located,
    attribute: &'static Attribute,
    sub: &str,
) -> Result<(usize, &'static Attribute)> {
    let path = || format!("{}.{sub}", located.outer());
    let Some(table) = attribute.kind.descriptor() else {
        let detail = format!("{} has no sub-attributes", located.outer());
        return Err(AttributeError::new(Kind::UnknownAttribute, path(), detail));
    };
    at(table, table.position(sub)).ok_or_else(|| {
        let near = near(sub, table.attributes.iter().map(|a| a.name));
        let near = near.map(|near| format!("{}.{near}", located.outer()));
        no_attribute(&path()).or_meant(near)
    })
}

fn near<'n>(name: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let names: Vec<_> = names.collect();
    nearest(name, &names)
}

#[cold]
pub(super) fn no_attribute(path: &str) -> AttributeError {
    let detail = format!("there is no attribute {}", Name(path));
    AttributeError::new(Kind::UnknownAttribute, path, detail)
}

/// No attribute has that name, with the name that is nearest among all that a path can begin with.
#[cold]
pub(super) fn unknown(table: &'static Descriptor, path: &str) -> AttributeError {
    let name = path.split(['.', '[']).next().unwrap_or(path);
    no_attribute(path).or_meant(nearest_name(table, name))
}

#[cold]
fn no_schema(table: &'static Descriptor, urn: &str, path: &str) -> AttributeError {
    let own = table.urn.into_iter();
    let near = near(urn, own.chain(extensions(table))).map(str::to_owned);
    let detail = format!("there is no schema {}", Name(urn));
    AttributeError::new(Kind::UnknownAttribute, path, detail).or_meant(near)
}

#[cold]
fn ambiguous(name: &str, one: &Located, other: &Located) -> AttributeError {
    let detail = format!("{name} may be {} or {}", one.path(), other.path());
    AttributeError::new(Kind::Ambiguous, name, detail)
}

/// The name nearest to one that does not exist: of the table's attributes, those that every resource
/// has, and those of extensions, which may stand without a URN.
pub(super) fn nearest_name(table: &'static Descriptor, name: &str) -> Option<String> {
    let own = table.attributes.iter().filter(|a| !a.is_extension());
    let common = envelope::DESCRIPTOR.attributes.iter();
    let extensions = table.attributes.iter().filter(|a| a.is_extension());
    let theirs = extensions.flat_map(Attribute::sub_attributes);
    let all = own.chain(common).chain(theirs);
    near(name, all.map(|a| a.name)).map(str::to_owned)
}

/// What a check of a filter found, with the nearest name.
#[cold]
pub(super) fn of_filter(
    table: &'static Descriptor,
    error: &crate::evaluate::FilterCheckError,
) -> AttributeError {
    use crate::evaluate::FilterRule;

    if error.rule() == FilterRule::UnknownAttribute
        && let Ok(path) = error.path().parse()
    {
        return match locate(table, &path) {
            Err(unknown) => unknown,
            // An attribute of an extension, without its URN.
            Ok(located) => no_attribute(error.path()).or_meant(Some(located.path().to_string())),
        };
    }
    AttributeError::new(Kind::Filter(error.rule()), error.path(), error.to_string())
}
