//! Checks against the schema, before anything is sent.

use serde::Serialize;

use super::{
    access::{check_removable, check_writable, fit_added, to_json},
    error::{AttributeError, AttributeErrorKind as Kind, required},
    fit::{self, Whole},
    object::DynamicResource,
    path::{self, Found},
    resource_type::ResourceType,
};
use crate::{
    attribute_path::AttributePath,
    filter::{Filter, FilterOptions, PatchPath},
    json::each_member,
    model::{Descriptor, Json, Kind as DataType, Mutability, Reflect, ValueRef},
    patch::{Op, Operation, Patch, PatchOp},
    shown::Name,
};

type Result<T = ()> = std::result::Result<T, AttributeError>;

/// Checks of what a client is about to send. For a compiled type, the compiler does these checks.
impl ResourceType {
    /// Parses a path and completes it: an attribute of an extension gets the URN of the extension
    /// if the path lacks it. The URN may be left out if no other attribute has the same name.
    ///
    /// # Errors
    /// The text is not a path, or there is no such attribute. The error names the nearest attribute.
    pub fn path(&self, text: &str) -> Result<PatchPath> {
        path::find(self.descriptor(), text).map(|found| found.to_path())
    }

    /// The full paths of attributes, for `attributes`, `excludedAttributes` and `sortBy`.
    ///
    /// # Errors
    /// The same as for [`path`](Self::path). A path with a filter is an error too.
    pub fn attribute_list<N: AsRef<str>>(
        &self,
        names: impl IntoIterator<Item = N>,
    ) -> Result<Vec<AttributePath>> {
        let one = |name: N| {
            let name = name.as_ref();
            let found = path::find(self.descriptor(), name)?;
            match found.filter {
                None => Ok(found.located.path()),
                Some(_) => {
                    let detail = format!("{}: a filter is not allowed here", Name(name));
                    Err(AttributeError::new(Kind::Syntax, name, detail))
                }
            }
        };
        names.into_iter().map(one).collect()
    }

    /// The name of an attribute or extension that is nearest to a name that does not exist.
    pub fn nearest(&self, name: &str) -> Option<String> {
        path::nearest_name(self.descriptor(), name)
    }

    /// Parses a filter and [resolves](Self::resolve_filter) it.
    ///
    /// # Errors
    /// The text is not a filter, or one of the errors of [`check_filter`](Self::check_filter).
    pub fn filter(&self, text: &str) -> Result<Filter> {
        let filter = Filter::parse(text)
            .map_err(|error| AttributeError::new(Kind::Syntax, "", error.to_string()))?;
        self.resolve_filter(filter)
    }

    /// [Checks](Self::check_filter) a filter, and completes its paths with the URNs of extensions, as
    /// [`path`](Self::path) does.
    ///
    /// # Errors
    /// The same as for [`check_filter`](Self::check_filter).
    pub fn resolve_filter(&self, mut filter: Filter) -> Result<Filter> {
        let table = self.descriptor();
        filter.each_path(|path| {
            if path.uri().is_none()
                && let Ok(located) = path::locate(table, path)
                && located.extension.is_some()
            {
                *path = located.path();
            }
        });
        self.check_filter(&filter)?;
        Ok(filter)
    }

    /// Checks that every condition has a meaning by the schema (RFC 7644 §3.4.2.2): all attributes
    /// are known and can be returned, the operators apply to their types, and the values have their
    /// types.
    ///
    /// # Errors
    /// The first condition, from left to right, that has no meaning. The error names the nearest
    /// attribute. An attribute of an extension without its URN is an error too, because a service
    /// provider would not know it.
    pub fn check_filter(&self, filter: &Filter) -> Result {
        let options = FilterOptions::default()
            .with_refuse_unknown(true)
            .with_refuse_never_returned(true);
        match filter.check_with(self.descriptor(), &options) {
            Ok(_) => Ok(()),
            Err(error) => Err(path::of_filter(self.descriptor(), &error)),
        }
    }

    /// Begins a patch whose paths are text. Each operation is checked when it is added.
    pub fn patch(&self) -> DynamicPatch {
        DynamicPatch {
            table: self.descriptor(),
            operations: Vec::new(),
        }
    }

    /// Checks that a client may send this patch. Its attributes must be known and writable, and its
    /// values must have their types. It must not remove a required attribute. A path to a
    /// sub-attribute of a multi-valued attribute must have a filter.
    ///
    /// # Errors
    /// The first operation that the schema does not allow.
    pub fn check_patch(&self, message: &PatchOp) -> Result {
        message
            .operations
            .iter()
            .try_for_each(|operation| check_operation(self.descriptor(), operation).map(drop))
    }

    /// [Checks](Self::check_patch) a patch, and completes its paths with the URNs of extensions, as
    /// [`path`](Self::path) does.
    ///
    /// # Errors
    /// The same as for [`check_patch`](Self::check_patch).
    pub fn resolve_patch(&self, mut message: PatchOp) -> Result<PatchOp> {
        for operation in &mut message.operations {
            if let Some(found) = check_operation(self.descriptor(), operation)? {
                operation.path = Some(found.to_path());
            }
        }
        Ok(message)
    }

    /// Checks that the resource can be sent as a creation or replacement: every required attribute
    /// has a value, also in those complex values and extensions that the resource has. Data types
    /// need no check here, since they were checked when the values were set.
    ///
    /// # Errors
    /// The first attribute that is missing.
    pub fn check_create(&self, resource: &DynamicResource) -> Result {
        complete(resource, "")
    }
}

/// A patch of a resource type that is known at run time; see [`ResourceType::patch`].
///
/// ```
/// use scim_client::dynamic::ResourceTypes;
///
/// let types = ResourceTypes::core();
/// let user = types.find("User")?;
/// let patch = user.patch()
///     .replace("displayName", "Babs")?
///     .remove(r#"emails[type eq "home"]"#)?
///     .build();
/// assert_eq!(patch.operations().len(), 2);
///
/// let error = user.patch().replace("emails.value", "b@example.com").unwrap_err();
/// assert!(error.to_string().contains("a filter says of which"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "a patch does nothing until it is sent or applied"]
pub struct DynamicPatch {
    table: &'static Descriptor,
    operations: Vec<Operation>,
}

impl DynamicPatch {
    /// Adds values to a multi-valued attribute, or sets another one (RFC 7644 §3.5.2.1).
    ///
    /// # Errors
    /// The schema does not allow the operation.
    pub fn add(self, path: &str, value: impl Serialize) -> Result<Self> {
        self.push(Op::Add, path, Some(to_json(path, &value)?))
    }

    /// Sets an attribute in place of what it holds (RFC 7644 §3.5.2.3).
    ///
    /// # Errors
    /// The schema does not allow the operation.
    pub fn replace(self, path: &str, value: impl Serialize) -> Result<Self> {
        self.push(Op::Replace, path, Some(to_json(path, &value)?))
    }

    /// Removes an attribute or elements (RFC 7644 §3.5.2.2).
    ///
    /// # Errors
    /// The schema does not allow the operation.
    pub fn remove(self, path: &str) -> Result<Self> {
        self.push(Op::Remove, path, None)
    }

    /// Returns the patch, which can be sent or applied.
    pub fn build(self) -> Patch<DynamicResource> {
        Patch::from_operations(self.operations)
    }

    fn push(mut self, op: Op, path: &str, value: Option<Json>) -> Result<Self> {
        let found = path::find(self.table, path)?;
        check(&found, op, value.as_ref())?;
        self.operations.push(match value {
            Some(value) if op == Op::Add => Operation::add(found.to_path(), value),
            Some(value) => Operation::replace(found.to_path(), value),
            None => Operation::remove(found.to_path()),
        });
        Ok(self)
    }
}

/// Checks one operation, and gives what its path leads to, if it has one.
fn check_operation(table: &'static Descriptor, operation: &Operation) -> Result<Option<Found>> {
    let value = operation.value.as_ref();
    if let Some(path) = &operation.path {
        // The URN of an extension is read as an attribute of a shorter one, where no schema is known.
        let text = path.to_string();
        let found = match path::extensions(table).find(|urn| urn.eq_ignore_ascii_case(&text)) {
            Some(urn) => path::found(table, &PatchPath::from_container(urn))?,
            None => path::found(table, path)?,
        };
        check(&found, operation.op, value)?;
        return Ok(Some(found));
    }
    let Some(value) = value else {
        let detail = "an operation without a path has a value, whose members are the attributes";
        return Err(AttributeError::new(Kind::Syntax, "", detail));
    };
    let malformed = |detail: String| AttributeError::new(Kind::WrongType, "", detail);
    let mut members = Vec::new();
    each_member(value.as_str(), &mut |name, value| {
        members.push((name.into_owned(), Json::trusted(value)));
        false
    })
    .map_err(|error| malformed(format!("the value of an operation without a path: {error}")))?;
    for (name, value) in &members {
        if name.eq_ignore_ascii_case("schemas") {
            continue;
        }
        let found = path::find(table, name)?;
        if found.located.lacks_urn(name) {
            // Where a member belongs is not for a path to say.
            return Err(path::no_attribute(name).or_meant(Some(found.located.path().to_string())));
        }
        check(&found, operation.op, Some(value))?;
    }
    Ok(None)
}

/// Whether one operation is allowed at a place.
fn check(found: &Found, op: Op, value: Option<&Json>) -> Result {
    check_writable(found)?;
    let nothing = |value: &Json| crate::json::is_nothing(value.as_str());
    let Some(value) = value.filter(|value| op != Op::Remove && !nothing(value)) else {
        return match op {
            // Adding nothing does nothing; replacing by nothing removes.
            Op::Add => Ok(()),
            Op::Replace | Op::Remove => check_removable(found),
        };
    };
    let Some(target) = found.located.target() else {
        return Ok(());
    };
    let full = found.located.path().to_string();
    if op == Op::Add {
        return fit_added(found, target, value);
    }
    let is_complex = matches!(target.kind, DataType::Complex(_));
    if found.filter.is_some() && found.located.sub.is_none() {
        // It is the whole new element (RFC 7644 §3.5.2.3).
        return fit::read_one(target, &full, value, Whole::Yes);
    }
    let whole = if is_complex && !target.is_multi_valued() {
        Whole::No
    } else {
        Whole::Yes
    };
    fit::read(target, &full, value, whole).map(drop)
}

/// Whether an object has all that a client must give it. `prefix` is what stands in front of a name.
fn complete(object: &dyn Reflect, prefix: &str) -> Result {
    for (index, attribute) in object.descriptor().attributes.iter().enumerate() {
        if attribute.mutability() == Mutability::ReadOnly {
            continue;
        }
        let value = object.get(index);
        let path = || format!("{prefix}{}", attribute.name);
        if !value.is_assigned() {
            match attribute.is_required() {
                true => return Err(required(&path())),
                false => continue,
            }
        }
        let joint = if attribute.is_extension() { ':' } else { '.' };
        match value {
            ValueRef::Object(inner) => complete(inner, &format!("{}{joint}", path()))?,
            ValueRef::Many(many) => (0..many.len()).try_for_each(|at| match many.at(at) {
                ValueRef::Object(inner) => complete(inner, &format!("{}[{at}].", path())),
                _ => Ok(()),
            })?,
            _ => {}
        }
    }
    Ok(())
}
