//! Resources of which only some attributes were requested.

mod view;

use std::fmt;

use serde::{Deserialize, Deserializer, de};

use self::view::view;
pub use self::view::{PartialView, PartialViews, ViewOf, Viewable};
use super::{AnyResource, Resource, ResourceKind, envelope::Envelope};
pub use crate::model::Place;
use crate::{
    json::{self, Context, DecodeError, Layers, Problems, Reader, SyntaxError},
    meta::Meta,
    model::{self, Missing, Reflect},
    typed::{MayRead, Path, PathClosure},
};

/// A resource of which only some attributes were requested, by `attributes` or `excludedAttributes` (RFC
/// 7644 §3.9).
///
/// It has no fields, because it is not a whole `R`. Instead of `partial.user_name`, write
/// `partial.get(|u| u.user_name)`. That is `None` if the attribute was not returned, even if it is
/// required. A `Partial` cannot be written back, since that would erase the other attributes. To
/// write, read the whole resource with `.get(id)`.
///
/// ```
/// use scim_client::{Partial, User, resource::ResourceKind};
///
/// let text = r#"{"id": "2819c223", "title": "CTO", "name": {"familyName": "Jensen"}, "badge": 1}"#;
/// let babs = Partial::<User>::from_json(text)?;
/// assert_eq!((babs.id(), babs.get(|u| u.title)), ("2819c223", Some("CTO")));
/// assert_eq!(babs.get(|u| u.name.family_name), Some("Jensen"));
/// assert_eq!(babs.get(|u| u.user_name), None);                // required, and not asked for
/// assert!(babs.extra().get("badge").is_some() && babs.meta().version.is_none());
/// let same = Partial::<User>::from_json_of(ResourceKind::of::<User>(), text)?;
/// assert_eq!(same.id(), babs.id());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Partial<R> {
    envelope: Envelope,
    resource: R,
    missing: Missing,
}

impl<R: Resource> Partial<R> {
    /// Reads a projection from JSON text.
    ///
    /// # Errors
    /// The text is not JSON, or an attribute has a wrong type. All such places are named.
    pub fn from_json(text: &str) -> Result<Self, DecodeError> {
        Self::read_document(ResourceKind::of::<R>(), text, false)
    }
}

impl<R: AnyResource> Partial<R> {
    /// Like [`from_json`](Self::from_json), for a type that may only be known at run time.
    ///
    /// # Errors
    /// The same as for [`from_json`](Self::from_json).
    pub fn from_json_of(kind: ResourceKind, text: &str) -> Result<Self, DecodeError> {
        Self::read_document(kind, text, false)
    }

    #[doc(hidden)]
    pub fn read_document(
        kind: ResourceKind,
        text: &str,
        strict: bool,
    ) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(text);
        let read = Self::read(kind, &mut reader, strict);
        match read.and_then(|read| reader.finish().map(|()| read)) {
            Ok((partial, problems)) if problems.is_empty() => Ok(partial),
            Ok((_, problems)) => Err(DecodeError::problems(problems, text)),
            Err(error) => Err(DecodeError::syntax(error, text)),
        }
    }

    /// Reads the value that comes next.
    pub(crate) fn read(
        kind: ResourceKind,
        reader: &mut Reader<'_>,
        strict: bool,
    ) -> Result<(Self, Problems), SyntaxError> {
        let mut partial = Self {
            envelope: Envelope::default(),
            resource: R::empty_of(kind),
            missing: Missing::default(),
        };
        let mut context = Context {
            strict,
            forms: strict,
            partial: true,
            ..Context::default()
        };
        let layers = Layers::resource(&mut partial.resource, &mut partial.envelope);
        json::decode::value_of_document(reader, layers, &mut context)?;
        partial.missing = Missing::new(context.missing);
        Ok((partial, context.problems))
    }

    /// The identifier. It should always be returned (RFC 7643 §3.1); if it was not, this is empty.
    pub fn id(&self) -> &str {
        &self.envelope.id
    }

    /// The metadata, as far as it was returned.
    pub fn meta(&self) -> &Meta {
        &self.envelope.meta
    }

    /// What came, as JSON text.
    pub(crate) fn text(&self) -> String {
        json::encode::stored(&self.envelope.id, &self.envelope.meta, &self.resource)
    }

    /// The attributes that were returned, as an `R`. All others are empty, also required ones.
    #[doc(hidden)]
    pub fn resource(&self) -> &R {
        &self.resource
    }

    #[cfg(feature = "dynamic")]
    pub(crate) fn envelope(&self) -> &Envelope {
        &self.envelope
    }

    #[doc(hidden)]
    pub fn envelope_mut(&mut self) -> &mut Envelope {
        &mut self.envelope
    }

    /// Returns the value of an attribute, if it was returned. A simple value is a `&str`, `bool`,
    /// `i64`, `&DateTime` and so on, or a slice of these if the attribute is multi-valued. A
    /// complex value is a [`PartialView`], and several are [`PartialViews`].
    pub fn get<'a, P>(&'a self, path: impl PathClosure<R, Choice = P>) -> Option<ViewOf<'a, P>>
    where
        R: Resource,
        P: Path<Root = R>,
        P::Value: Viewable,
        P::Mutability: MayRead<P::Name>,
    {
        let index = path(R::PATHS).index();
        let object: &'a dyn Reflect = &self.resource;
        view::<P::Value>(
            Some(&self.envelope),
            object,
            &self.missing,
            Vec::new(),
            index,
        )
    }

    /// Attributes that `R` does not know.
    pub fn extra(&self) -> &model::Extra {
        self.resource.extra()
    }
}

/// Shows the attributes that were returned.
impl<R: AnyResource> fmt::Debug for Partial<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Partial");
        shown.field("id", &self.envelope.id);
        let resource: &dyn Reflect = &self.resource;
        for (index, attribute) in resource.descriptor().attributes.iter().enumerate() {
            let trail = [u16::try_from(index).unwrap_or(u16::MAX)];
            let value = resource.get(index);
            if !value.is_absent() && !attribute.is_secret() && !self.missing.has(&trail) {
                shown.field(attribute.name, &value);
            }
        }
        shown.finish_non_exhaustive()
    }
}

impl<'de, R: Resource> Deserialize<'de> for Partial<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = json::deserialize(deserializer)?;
        Self::from_json(&text).map_err(de::Error::custom)
    }
}
