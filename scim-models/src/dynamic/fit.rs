//! Whether a JSON value fits an attribute, as a client may write it.

use super::{
    error::{AttributeError, AttributeErrorKind as Kind, read_only, required},
    object::Held,
    path::no_attribute,
};
use crate::{
    json::{Context, Problem, ProblemKind, Reader, decode},
    model::{Attribute, Json, Mutability, Reflect, ValueRef},
};

type Result<T = ()> = std::result::Result<T, AttributeError>;

/// How much of a complex value has to be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whole {
    /// What is required of it.
    Yes,
    /// Any part: the rest stays as it is.
    No,
}

/// Reads a value for `attribute`, which has the given full path: strictly, as RFC 7643 §2.3 has the
/// types, so that nothing is sent that a service provider may refuse.
///
/// # Errors
/// The value is of another type, lacks or has a sub-attribute that it must not, or has one that only
/// the service provider writes. The error names the place.
pub(super) fn read(
    attribute: &'static Attribute,
    path: &str,
    json: &Json,
    whole: Whole,
) -> Result<Held> {
    let base = match attribute.is_extension() {
        true => &format!("{path}:"),
        false => path,
    };
    let mut held = Held::empty(attribute);
    let mut context = Context {
        strict: true,
        forms: true,
        partial: whole == Whole::No,
        ..Context::default()
    };
    let mut reader = Reader::new(json.as_str());
    let read = decode::value(&mut reader, attribute, held.slot(), &mut context);
    if let Err(error) = read {
        return Err(AttributeError::new(Kind::NotJson, path, error.to_string()));
    }
    if let Some(problem) = context.problems.first() {
        return Err(misfit(base, problem));
    }
    is_writable(base, held.get())?;
    Ok(held)
}

/// Like [`read`], for one value of an attribute that may have many.
pub(super) fn read_one(
    attribute: &'static Attribute,
    path: &str,
    json: &Json,
    whole: Whole,
) -> Result {
    if !attribute.is_multi_valued() {
        return read(attribute, path, json, whole).map(drop);
    }
    let list = Json::trusted(&format!("[{}]", json.as_str()));
    read(attribute, path, &list, whole).map(drop)
}

#[cold]
fn misfit(path: &str, problem: &Problem) -> AttributeError {
    let place = below(path, problem.path());
    let detail = match problem.kind() {
        ProblemKind::MissingRequired => return required(&place),
        ProblemKind::WrongType { expected, found } => {
            format!("{place}: expected {expected}, found {found}")
        }
        ProblemKind::OutOfRange { expected } => format!("{place}: not within {expected}"),
        ProblemKind::NotUnicode => format!("{place}: half of a surrogate pair is not text"),
        ProblemKind::NotStrict { form } => format!("{place}: {form}"),
    };
    AttributeError::new(Kind::WrongType, place, detail)
}

fn below(path: &str, inner: &str) -> String {
    match inner.as_bytes().first() {
        None => path.to_owned(),
        Some(b'[') => format!("{path}{inner}"),
        // What is below the container of an extension, and what is below no attribute.
        Some(_) if path.is_empty() || path.ends_with(':') => format!("{path}{inner}"),
        Some(_) => format!("{path}.{inner}"),
    }
}

/// Whether a value has nothing that the schema does not know or only the service provider writes.
fn is_writable(path: &str, value: ValueRef<'_>) -> Result {
    match value {
        ValueRef::Object(object) => is_object_writable(path, object),
        ValueRef::Many(many) => (0..many.len()).try_for_each(|index| match many.at(index) {
            ValueRef::Object(object) => is_object_writable(path, object),
            _ => Ok(()),
        }),
        _ => Ok(()),
    }
}

fn is_object_writable(path: &str, object: &dyn Reflect) -> Result {
    let table = object.descriptor();
    if let Some((name, _)) = object.extra().iter().next() {
        let names: Vec<_> = table.attributes.iter().map(|a| a.name).collect();
        let near = scim_schema::nearest(name, &names).map(|near| below(path, near));
        return Err(no_attribute(&below(path, name)).or_meant(near));
    }
    for (index, attribute) in table.attributes.iter().enumerate() {
        let value = object.get(index);
        if value.is_absent() {
            continue;
        }
        let place = below(path, attribute.name);
        if attribute.mutability() == Mutability::ReadOnly {
            return Err(read_only(&place));
        }
        is_writable(&place, value)?;
    }
    Ok(())
}
