//! A resource as a service provider returned it.

use std::{
    fmt,
    ops::{Deref, DerefMut},
};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};

use super::{AnyResource, Resource, ResourceKind, envelope::Envelope};
use crate::{
    json::{
        self, Context, DecodeError, Layers, Problem, ProblemKind, Problems, Reader, SyntaxError,
    },
    meta::Meta,
    model::Reflect,
};

/// A resource as a service provider returned it: an `R` with its `id` and `meta` (RFC 7643 §3.1).
///
/// It dereferences to `R`, so its attributes can be read and changed in place. `replace` of the
/// client then writes it back. It can be serialized (without secrets), so that it can be stored
/// together with its version.
///
/// ```
/// use scim_client::{Stored, User};
///
/// let mut babs = Stored::<User>::from_json(
///     r#"{"id": "2819c223", "userName": "bjensen", "active": "True", "badge": 12.50,
///         "meta": {"version": "W/\"1\"", "created": "2026-01-23T04:56:22Z"}}"#,
/// )?;
/// assert_eq!((babs.id(), babs.user_name.as_str(), babs.active), ("2819c223", "bjensen", Some(true)));
/// assert_eq!(babs.meta().version.as_deref(), Some("W/\"1\""));
/// babs.title = Some("CTO".into());
/// assert!(babs.to_json().contains(r#""badge":12.50"#));                // nothing is lost
///
/// let user: &User = babs.resource();                                  // without `id` and `meta`
/// assert_eq!(user.title.as_deref(), Some("CTO"));
/// let (id, meta, user) = babs.clone().into_parts();
/// assert_eq!(Stored::from_parts(id, meta, user), babs);
/// assert_eq!(babs.into_resource().user_name, "bjensen");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// An error of reading lists all places that do not fit:
///
/// ```
/// use scim_client::{Resource as _, Stored, User, resource::ResourceKind};
///
/// let error = Stored::<User>::from_json(r#"{"id": "1", "userName": "b", "active": 7}"#).unwrap_err();
/// assert_eq!(error.to_string(), "active: expected a boolean, found a number");
///
/// // A strict reading refuses `"True"`, too. The same of a type that is a value:
/// let text = r#"{"id": "1", "userName": "b", "active": "True"}"#;
/// assert!(Stored::<User>::from_json_strict(text).is_err());
/// let kind = ResourceKind::of::<User>();
/// assert!(Stored::<User>::from_json_strict_of(kind, text).is_err());
/// let mut babs = Stored::<User>::from_json_of(kind, text)?;
/// assert!(!babs.is_id_from_location());
/// babs.meta_mut().version = None;                                     // for a service provider
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Stored<R> {
    envelope: Envelope,
    resource: R,
    /// The resource as it was before it was changed in place; `None` if it was not. Whoever writes
    /// it back can tell then whether the service provider took notice.
    as_read: Option<Box<R>>,
}

/// Compares the current values, also if a resource was changed since it was read.
impl<R: PartialEq> PartialEq for Stored<R> {
    fn eq(&self, other: &Self) -> bool {
        self.envelope == other.envelope && self.resource == other.resource
    }
}

impl<R> Stored<R> {
    /// Makes a stored resource of its parts, as a service provider does.
    pub fn from_parts(id: impl Into<String>, meta: Meta, resource: R) -> Self {
        Self {
            envelope: Envelope::new(id.into(), meta),
            resource,
            as_read: None,
        }
    }

    /// The identifier that the service provider assigned.
    pub fn id(&self) -> &str {
        &self.envelope.id
    }

    /// The metadata that the service provider assigned. If the response had an `ETag` header,
    /// `version` is its value.
    pub fn meta(&self) -> &Meta {
        &self.envelope.meta
    }

    /// The metadata, to change. This is for service providers.
    pub fn meta_mut(&mut self) -> &mut Meta {
        &mut self.envelope.meta
    }

    /// The resource without `id` and `meta`.
    pub fn resource(&self) -> &R {
        &self.resource
    }

    /// Takes out the resource without `id` and `meta`.
    pub fn into_resource(self) -> R {
        self.resource
    }

    /// Takes out `id`, `meta` and the resource.
    pub fn into_parts(self) -> (String, Meta, R) {
        (self.envelope.id, self.envelope.meta, self.resource)
    }

    /// The resource as it was read, if it was changed in place since then.
    #[doc(hidden)]
    pub fn as_read(&self) -> Option<&R> {
        self.as_read.as_deref()
    }

    /// The resource, for whoever stores it: nothing is kept of what it was.
    #[doc(hidden)]
    pub fn resource_mut(&mut self) -> &mut R {
        &mut self.resource
    }

    /// Takes note that the service provider has it as it is now.
    #[doc(hidden)]
    pub fn settle(&mut self) {
        self.as_read = None;
    }

    /// Returns whether the `id` was taken from the end of a `Location`, because the resource itself
    /// had none. The client checks such an `id` of a created resource by reading it once, unless
    /// `check_located_ids` is off.
    pub fn is_id_from_location(&self) -> bool {
        self.envelope.id_from_location
    }

    /// Another resource with the same `id` and `meta`.
    #[cfg(feature = "dynamic")]
    pub(crate) fn with_resource<T>(&self, resource: T) -> Stored<T> {
        Stored {
            envelope: self.envelope.clone(),
            resource,
            as_read: None,
        }
    }

    pub(crate) fn envelope(&self) -> &Envelope {
        &self.envelope
    }

    #[doc(hidden)]
    pub fn envelope_mut(&mut self) -> &mut Envelope {
        &mut self.envelope
    }
}

impl<R: Resource> Stored<R> {
    /// Reads a stored resource from JSON text.
    ///
    /// # Errors
    /// The text is not JSON, `id` or a required attribute is missing, or an attribute has a wrong
    /// type. The error lists all such places, and keeps the text.
    pub fn from_json(text: &str) -> Result<Self, DecodeError> {
        Self::read_document(ResourceKind::of::<R>(), text, false, true)
    }

    /// Like [`from_json`](Self::from_json), but reads strictly by the RFCs. It refuses a string in
    /// place of a boolean, a single value in place of an array, a dateTime, binary or reference
    /// value that is not valid, and so on.
    ///
    /// # Errors
    /// The same as for [`from_json`](Self::from_json).
    pub fn from_json_strict(text: &str) -> Result<Self, DecodeError> {
        Self::read_document(ResourceKind::of::<R>(), text, true, true)
    }
}

impl<R: AnyResource> Stored<R> {
    /// Like [`from_json`](Self::from_json), for a type that may only be known at run time.
    ///
    /// # Errors
    /// The same as for [`from_json`](Self::from_json).
    pub fn from_json_of(kind: ResourceKind, text: &str) -> Result<Self, DecodeError> {
        Self::read_document(kind, text, false, true)
    }

    /// Like [`from_json_strict`](Self::from_json_strict), for a type that may only be known at run
    /// time.
    ///
    /// # Errors
    /// The same as for [`from_json`](Self::from_json).
    pub fn from_json_strict_of(kind: ResourceKind, text: &str) -> Result<Self, DecodeError> {
        Self::read_document(kind, text, true, true)
    }

    /// `needs_id` is false where the `id` may come from elsewhere.
    #[doc(hidden)]
    pub fn read_document(
        kind: ResourceKind,
        text: &str,
        strict: bool,
        needs_id: bool,
    ) -> Result<Self, DecodeError> {
        let mut stored = Self::empty(kind);
        document(
            text,
            &mut stored.resource,
            &mut stored.envelope,
            strict,
            needs_id,
        )?;
        Ok(stored)
    }

    fn empty(kind: ResourceKind) -> Self {
        Self {
            envelope: Envelope::default(),
            resource: R::empty_of(kind),
            as_read: None,
        }
    }

    /// Reads the value that comes next, in one pass over both layers.
    pub(crate) fn read(
        kind: ResourceKind,
        reader: &mut Reader<'_>,
        strict: bool,
        needs_id: bool,
    ) -> Result<(Self, Problems), SyntaxError> {
        let mut stored = Self::empty(kind);
        let problems = layers(
            reader,
            &mut stored.resource,
            &mut stored.envelope,
            strict,
            needs_id,
        )?;
        Ok((stored, problems))
    }

    /// The JSON of the whole resource as a service provider returns it: with `id` and `meta`, and
    /// without attributes that are never returned.
    pub fn to_json(&self) -> String {
        json::encode::stored(&self.envelope.id, &self.envelope.meta, &self.resource)
    }
}

/// Reads a text that is one resource, and forgets what is not its own.
pub fn resource(text: &str, resource: &mut dyn Reflect) -> Result<(), DecodeError> {
    document(text, resource, &mut Envelope::default(), false, false)
}

/// Reads a text that is one resource and nothing else. Neither this nor [`layers`] is generic: a
/// generic function would be compiled again for every resource type.
pub(crate) fn document(
    text: &str,
    resource: &mut dyn Reflect,
    envelope: &mut Envelope,
    strict: bool,
    needs_id: bool,
) -> Result<(), DecodeError> {
    let mut reader = Reader::new(text);
    let read = layers(&mut reader, resource, envelope, strict, needs_id);
    match read.and_then(|problems| reader.finish().map(|()| problems)) {
        Ok(problems) if problems.is_empty() => Ok(()),
        Ok(problems) => Err(DecodeError::problems(problems, text)),
        Err(error) => Err(DecodeError::syntax(error, text)),
    }
}

/// Reads the value that comes next into a resource and what it has in common with others.
fn layers(
    reader: &mut Reader<'_>,
    resource: &mut dyn Reflect,
    envelope: &mut Envelope,
    strict: bool,
    needs_id: bool,
) -> Result<Problems, SyntaxError> {
    let mut context = Context {
        strict,
        forms: strict,
        ..Context::default()
    };
    let layers = Layers::resource(resource, envelope);
    json::decode::value_of_document(reader, layers, &mut context)?;
    let mut problems = context.problems;
    if needs_id && envelope.id.is_empty() && problems.is_empty() {
        let mut problem = Problem::new(ProblemKind::MissingRequired);
        problem.under("id");
        problems.push(problem);
    }
    Ok(problems)
}

impl<R> Deref for Stored<R> {
    type Target = R;

    fn deref(&self) -> &R {
        &self.resource
    }
}

/// The first change keeps a copy of the resource as it was read, so that a later write can be compared
/// with it.
impl<R: Clone> DerefMut for Stored<R> {
    fn deref_mut(&mut self) -> &mut R {
        if self.as_read.is_none() {
            self.as_read = Some(Box::new(self.resource.clone()));
        }
        &mut self.resource
    }
}

impl<R: fmt::Debug> fmt::Debug for Stored<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stored")
            .field("id", &self.envelope.id)
            .field("meta", &self.envelope.meta)
            .field("resource", &self.resource)
            .finish()
    }
}

impl<R: AnyResource> Serialize for Stored<R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        json::serialize(&self.to_json(), serializer).map_err(ser::Error::custom)
    }
}

impl<'de, R: Resource> Deserialize<'de> for Stored<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = json::deserialize(deserializer)?;
        Self::from_json(&text).map_err(de::Error::custom)
    }
}
