//! Reading and writing of attributes by paths as text.

use serde::Serialize;

use super::{
    error::{AttributeError, AttributeErrorKind as Kind, needs_filter, read_only, required},
    fit::{self, Whole},
    object::{DynamicResource, Held},
    path::{self, Found},
    value::{Value, attributes_of},
};
use crate::{
    evaluate::Subject,
    json,
    model::{Attribute, Json, Kind as DataType, Mutability, Reflect, Slot, ValueRef},
    patch::{self, ApplyOptions, Op, Operation, PatchError, PatchErrorKind},
    resource::{partial::Partial, stored::Stored},
    shown::Name,
};

type Result<T = ()> = std::result::Result<T, AttributeError>;

impl DynamicResource {
    /// Returns the value at a path (RFC 7644 §3.5.2): `name.familyName`, `emails[type eq
    /// "work"].value`, or a path with the URN of an extension in front. The URN may be left out if
    /// no other attribute has the same name. If the path leads to several values, the first is
    /// returned; if to none, `None`.
    ///
    /// # Errors
    /// The text is not a path, or the schema has no such attribute. The error names the nearest
    /// attribute.
    pub fn get(&self, path: &str) -> Result<Option<Value<'_>>> {
        let found = path::find(self.descriptor(), path)?;
        let mut first = None;
        visit(self, None, &found, &mut |value| {
            first = Some(value);
            true
        });
        Ok(first)
    }

    /// Returns all values at a path. For `emails.value`, that is the `value` of each element.
    ///
    /// # Errors
    /// The same as for [`get`](Self::get).
    pub fn get_all(&self, path: &str) -> Result<Vec<Value<'_>>> {
        all(self, None, path)
    }

    /// The assigned attributes in the schema's order, with their metadata. An extension is one
    /// item, and [`Value::attributes`] of it are the attributes of the extension.
    pub fn attributes(&self) -> impl Iterator<Item = Value<'_>> {
        attributes_of(self)
    }

    /// Sets an attribute, and replaces its whole value: all sub-attributes of a complex attribute,
    /// all values of a multi-valued one. `null` or an empty value [removes](Self::remove) the
    /// attribute. If the path has a filter, this sets the selected elements, as `replace` of PATCH
    /// does (RFC 7644 §3.5.2.3). Without a sub-attribute after the filter, it replaces whole
    /// elements.
    ///
    /// Values must have the data types of RFC 7643 §2.3. Text in place of a number is an error.
    ///
    /// # Errors
    /// There is no such attribute, it is read-only, the value has another type, or the filter
    /// selects nothing. The resource is not changed then.
    pub fn set(&mut self, path: &str, value: impl Serialize) -> Result {
        let found = self.writable(path)?;
        let json = to_json(path, &value)?;
        if json::is_nothing(json.as_str()) {
            return self.take(&found).map(drop);
        }
        let Some(target) = found.located.target() else {
            return Err(path::unknown(self.descriptor(), path));
        };
        let full = found.located.path().to_string();
        if found.filter.is_some() {
            match found.located.sub {
                Some(_) => drop(fit::read(target, &full, &json, Whole::Yes)?),
                // It is the whole new element (RFC 7644 §3.5.2.3).
                None => fit::read_one(target, &full, &json, Whole::Yes)?,
            }
            return self.patch(&found, Operation::replace(found.to_path(), json));
        }
        let held = fit::read(target, &full, &json, Whole::Yes)?;
        let positions: Vec<_> = found.located.steps().map(|(index, _)| index).collect();
        if let Some(place) = self.place(&positions) {
            *place = held;
        }
        Ok(())
    }

    /// Sets every member of an object but `schemas`.
    ///
    /// # Errors
    /// It is no object, or as [`set`](Self::set).
    pub(super) fn set_members(&mut self, object: &impl Serialize) -> Result {
        let json = to_json("", object)?;
        let mut members = Vec::new();
        let read = json::each_member(json.as_str(), &mut |name, value| {
            members.push((name.into_owned(), Json::trusted(value)));
            false
        });
        if let Err(error) = read {
            let detail = format!("a resource is a JSON object: {error}");
            return Err(AttributeError::new(Kind::WrongType, "", detail));
        }
        for (name, value) in &members {
            if !name.eq_ignore_ascii_case("schemas") {
                self.set(name, value)?;
            }
        }
        Ok(())
    }

    /// Like [`set`](Self::set), but takes and returns the resource, so that calls can be chained.
    ///
    /// # Errors
    /// The same as for [`set`](Self::set).
    pub fn with(mut self, path: &str, value: impl Serialize) -> Result<Self> {
        self.set(path, value)?;
        Ok(self)
    }

    /// Adds a value or an array of values to a multi-valued attribute, except values that it has
    /// already. Sets any other attribute. This is what `add` of PATCH does (RFC 7644 §3.5.2.1).
    ///
    /// Calls one after the other take as long as the values that they add, however many there are
    /// already. After another change of the resource, a call compares with all existing values. For
    /// many different changes, use one [`ResourceType::patch`](super::ResourceType::patch).
    ///
    /// # Errors
    /// The same as for [`set`](Self::set).
    pub fn add(&mut self, path: &str, value: impl Serialize) -> Result {
        let found = self.writable(path)?;
        let json = to_json(path, &value)?;
        let Some(target) = found.located.target() else {
            return Err(path::unknown(self.descriptor(), path));
        };
        fit_added(&found, target, &json)?;
        self.patch(&found, Operation::add(found.to_path(), json))
    }

    /// Removes what a path leads to: an attribute, a sub-attribute, the elements that a filter
    /// selects, or an extension. Returns whether there was anything to remove.
    ///
    /// # Errors
    /// There is no such attribute, it is read-only, or it is required.
    pub fn remove(&mut self, path: &str) -> Result<bool> {
        let found = self.writable(path)?;
        self.take(&found)
    }

    /// A path at which a client may write.
    fn writable(&self, path: &str) -> Result<Found> {
        let found = path::find(self.descriptor(), path)?;
        check_writable(&found)?;
        Ok(found)
    }

    fn take(&mut self, found: &Found) -> Result<bool> {
        check_removable(found)?;
        let mut any = false;
        visit(self, None, found, &mut |value| {
            any |= value.get().is_assigned();
            any
        });
        if !any {
            return Ok(false);
        }
        if found.filter.is_some() {
            if !self.take_elements(found) {
                self.patch(found, Operation::remove(found.to_path()))?;
            }
        } else {
            let positions: Vec<_> = found.located.steps().map(|(index, _)| index).collect();
            if let Some(place) = self.place(&positions) {
                place.slot().clear();
            }
        }
        Ok(true)
    }

    /// Takes away the elements that a filter chooses, where that is all that there is to do: no rule of
    /// PATCH can forbid it. `false` where one might.
    fn take_elements(&mut self, found: &Found) -> bool {
        let located = &found.located;
        let (Some(filter), Some((_, attribute)), None) =
            (&found.filter, located.attribute, located.sub)
        else {
            return false;
        };
        let is_free = |(_, a): (usize, &Attribute)| a.mutability() != Mutability::Immutable;
        if attribute.is_required() || !located.steps().all(is_free) {
            return false;
        }
        let positions: Vec<_> = located.steps().map(|(index, _)| index).collect();
        let Some(place) = self.place(&positions) else {
            return false;
        };
        let stays = match place.get() {
            ValueRef::Many(many) => (0..many.len())
                .map(|at| !filter.matches(Subject::element(many.at(at), attribute)))
                .collect::<Vec<_>>(),
            _ => return false,
        };
        match place.slot() {
            Slot::Many(values) => {
                values.retain(&mut |at| stays.get(at).copied().unwrap_or(true));
                true
            }
            _ => false,
        }
    }

    /// Does what a PATCH does, or nothing. The error has the path without the values of a filter.
    fn patch(&mut self, found: &Found, operation: Operation) -> Result {
        // Only what the path leads through can be changed, and only that is kept for a failure.
        let before = self.before(found, operation.op);
        let mut looked = self.take_looked();
        let done = patch::apply_on(self, &[operation], &ApplyOptions::default(), &mut looked);
        match done {
            Ok(()) => self.keep_looked(looked),
            Err(error) => {
                self.undo(found, before);
                return Err(refused(&found.located.path().to_string(), &error));
            }
        }
        Ok(())
    }

    /// What stands where a path begins.
    fn before(&self, found: &Found, op: Op) -> Before {
        let located = &found.located;
        let Some((index, _)) = located.steps().next() else {
            return Before::Held(None);
        };
        let is_free = |(_, a): (usize, &Attribute)| a.mutability() != Mutability::Immutable;
        // Values are only put behind those that are there, and nothing forbids that when it is done.
        if op == Op::Add && found.filter.is_none() && located.steps().all(is_free) {
            let mut value = ValueRef::Object(self);
            for (index, _) in located.steps() {
                value = match value {
                    ValueRef::Object(object) => object.get(index),
                    _ => ValueRef::Absent,
                };
            }
            if let ValueRef::Many(many) = value {
                return Before::Count(many.len());
            }
        }
        Before::Held(self.held(index).cloned())
    }

    fn undo(&mut self, found: &Found, before: Before) {
        let Some((index, _)) = found.located.steps().next() else {
            return;
        };
        match before {
            Before::Held(held) => self.put(index, held),
            Before::Count(count) => {
                let positions: Vec<_> = found.located.steps().map(|(index, _)| index).collect();
                if let Some(place) = self.place(&positions)
                    && let Slot::Many(values) = place.slot()
                {
                    values.truncate(count);
                }
            }
        }
    }
}

/// What an attribute was before it was changed.
enum Before {
    Held(Option<Held>),
    /// So many values, which are still the first ones.
    Count(usize),
}

/// ```
/// use scim_client::{Stored, User, dynamic::{DynamicResource, ResourceTypes}};
///
/// let types = ResourceTypes::core();
/// let user = types.find("User")?;
/// let text = r#"{"id": "2819", "userName": "bjensen", "emails": [{"value": "b@example.com"}]}"#;
/// let babs = Stored::<DynamicResource>::from_json_of(user.kind(), text)?;
/// assert_eq!(babs.get("userName")?.and_then(|value| value.as_str()), Some("bjensen"));
/// assert_eq!(babs.get_all("emails.value")?.len(), 1);
/// assert!(babs.attributes().count() > 2);
/// assert_eq!(babs.to_typed::<User>()?.user_name, "bjensen");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl Stored<DynamicResource> {
    /// Like [`DynamicResource::get`], with `id` and `meta`.
    ///
    /// # Errors
    /// The same as for [`DynamicResource::get`].
    pub fn get(&self, path: &str) -> Result<Option<Value<'_>>> {
        let found = path::find(self.resource().descriptor(), path)?;
        let mut first = None;
        visit(
            self.resource(),
            Some(self.envelope()),
            &found,
            &mut |value| {
                first = Some(value);
                true
            },
        );
        Ok(first)
    }

    /// Like [`DynamicResource::get_all`], with `id` and `meta`.
    ///
    /// # Errors
    /// The same as for [`DynamicResource::get`].
    pub fn get_all(&self, path: &str) -> Result<Vec<Value<'_>>> {
        all(self.resource(), Some(self.envelope()), path)
    }

    /// Like [`DynamicResource::attributes`], with `id` first and `meta` last.
    pub fn attributes(&self) -> impl Iterator<Item = Value<'_>> {
        with_common(self.resource(), self.envelope())
    }
}

/// ```
/// use scim_client::{Partial, dynamic::{DynamicResource, ResourceTypes}};
///
/// let types = ResourceTypes::core();
/// let text = r#"{"id": "2819", "emails": [{"value": "b@example.com"}]}"#;
/// let babs = Partial::<DynamicResource>::from_json_of(types.find("User")?.kind(), text)?;
/// assert!(babs.value("userName")?.is_none());                 // it was not asked for
/// assert_eq!(babs.values("emails.value")?.len(), 1);
/// assert!(babs.attributes().count() > 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl Partial<DynamicResource> {
    /// Returns the value at a path, if it was returned; like [`DynamicResource::get`], with `id` and
    /// `meta`.
    ///
    /// # Errors
    /// The same as for [`DynamicResource::get`].
    pub fn value(&self, path: &str) -> Result<Option<Value<'_>>> {
        self.values(path).map(|all| all.first().copied())
    }

    /// Returns all values at a path that were returned.
    ///
    /// # Errors
    /// The same as for [`DynamicResource::get`].
    pub fn values(&self, path: &str) -> Result<Vec<Value<'_>>> {
        all(self.resource(), Some(self.envelope()), path)
    }

    /// The attributes that were returned, with `id` first and `meta` last.
    pub fn attributes(&self) -> impl Iterator<Item = Value<'_>> {
        with_common(self.resource(), self.envelope())
    }
}

/// `id`, the attributes, `meta`.
fn with_common<'a>(
    resource: &'a dyn Reflect,
    envelope: &'a dyn Reflect,
) -> impl Iterator<Item = Value<'a>> {
    let (id, meta): (Vec<_>, Vec<_>) =
        attributes_of(envelope).partition(|value| value.name() == "id");
    id.into_iter().chain(attributes_of(resource)).chain(meta)
}

fn all<'a>(
    resource: &'a dyn Reflect,
    envelope: Option<&'a dyn Reflect>,
    path: &str,
) -> Result<Vec<Value<'a>>> {
    let found = path::find(resource.descriptor(), path)?;
    let mut values = Vec::new();
    visit(resource, envelope, &found, &mut |value| {
        values.push(value);
        false
    });
    Ok(values)
}

/// Gives each value at a place to `give`, until it returns true.
fn visit<'a>(
    resource: &'a dyn Reflect,
    envelope: Option<&'a dyn Reflect>,
    found: &Found,
    give: &mut dyn FnMut(Value<'a>) -> bool,
) {
    let located = &found.located;
    let mut object = resource;
    if let Some((index, extension)) = located.extension {
        match object.get(index) {
            ValueRef::Object(inner) if located.attribute.is_some() => object = inner,
            value if value.is_assigned() && located.attribute.is_none() => {
                give(Value::new(extension, value));
                return;
            }
            _ => return,
        }
    }
    let Some((index, attribute)) = located.attribute else {
        return;
    };
    let value = match (located.is_common, envelope) {
        (false, _) => object.get(index),
        (true, Some(envelope)) => envelope.get(index),
        (true, None) => ValueRef::Absent,
    };
    let whole = Value::new(attribute, value);
    if !value.is_assigned() {
        return;
    }
    if located.sub.is_none() && found.filter.is_none() {
        give(whole);
        return;
    }
    for element in whole.elements() {
        let chosen = found
            .filter
            .as_ref()
            .is_none_or(|filter| filter.matches(Subject::element(element.get(), attribute)));
        let inner = match (located.sub, element.get()) {
            _ if !chosen => continue,
            (None, _) => element,
            (Some((index, sub)), ValueRef::Object(object)) => {
                Value::new(sub, object.get(index)).within(element)
            }
            (Some(_), _) => continue,
        };
        if inner.get().is_assigned() && give(inner) {
            return;
        }
    }
}

/// Whether a client may write at a place, and the path says at which.
pub(super) fn check_writable(found: &Found) -> Result {
    let path = || found.located.path().to_string();
    if found.located.is_read_only() {
        return Err(read_only(&path()));
    }
    match found.many_without_filter() {
        Some(attribute) => Err(needs_filter(&path(), attribute)),
        None => Ok(()),
    }
}

/// Whether what is at a place may be taken away: an attribute that is not required, or some elements
/// of one.
pub(super) fn check_removable(found: &Found) -> Result {
    let whole = found.filter.is_none() || found.located.sub.is_some();
    match found.located.target() {
        Some(target) if whole && target.is_required() => {
            Err(required(&found.located.path().to_string()))
        }
        _ => Ok(()),
    }
}

/// Whether a value can be added at a place.
pub(super) fn fit_added(found: &Found, target: &'static Attribute, json: &Json) -> Result {
    let full = found.located.path().to_string();
    let is_list = json.as_str().trim_start().starts_with('[');
    let elements =
        target.is_multi_valued() && (found.filter.is_none() || found.located.sub.is_some());
    if elements && is_list {
        return fit::read(target, &full, json, Whole::Yes).map(drop);
    }
    // What is added to a single complex value, or to elements that are there, is a part of it.
    let is_part = matches!(target.kind, DataType::Complex(_)) && !elements;
    let whole = if is_part { Whole::No } else { Whole::Yes };
    fit::read_one(target, &full, json, whole)
}

/// The JSON of a value for a place.
pub(super) fn to_json(path: &str, value: &impl Serialize) -> Result<Json> {
    Json::of(value).map_err(|error| {
        let detail = match path {
            "" => error.to_string(),
            _ => format!("{}: {error}", Name(path)),
        };
        AttributeError::new(Kind::NotJson, path, detail)
    })
}

#[cold]
fn refused(path: &str, error: &PatchError) -> AttributeError {
    let kind = match error.kind() {
        PatchErrorKind::NoTarget => Kind::NoSuchElement,
        PatchErrorKind::InvalidValue => Kind::WrongType,
        PatchErrorKind::Mutability => Kind::ReadOnly,
        _ => Kind::Patch,
    };
    AttributeError::new(kind, path, format!("{path}: {}", error.detail()))
}
