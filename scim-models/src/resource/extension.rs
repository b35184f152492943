//! Extensions that a resource type did not declare at build time.

use std::fmt;

use super::{Extension, Resource};
use crate::{
    json::{self, DecodeError},
    model::{Json, Reflect, Slot, ValueRef},
};

/// Why an extension could not be read.
#[derive(Debug)]
pub struct ExtensionError {
    schema: &'static str,
    source: DecodeError,
}

impl fmt::Display for ExtensionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "extension {} cannot be read: {}",
            self.schema, self.source
        )
    }
}

impl std::error::Error for ExtensionError {}

impl ExtensionError {
    /// What is wrong with the extension's JSON.
    pub fn problem(&self) -> &DecodeError {
        &self.source
    }
}

/// The extension `E` of `resource`: a declared field, or one of the unknown attributes.
pub(crate) fn read<R: Resource, E: Extension + Clone>(
    resource: &R,
) -> Result<Option<E>, ExtensionError> {
    if let Some(index) = resource.descriptor().position(E::SCHEMA) {
        return Ok(match (resource as &dyn Reflect).get(index) {
            ValueRef::Object(object) => (object as &dyn std::any::Any).downcast_ref().cloned(),
            _ => None,
        });
    }
    let Some(raw) = resource.extra().get(E::SCHEMA) else {
        return Ok(None);
    };
    json::decode_object(raw.as_str())
        .map(Some)
        .map_err(|source| ExtensionError {
            schema: E::SCHEMA,
            source,
        })
}

/// Puts the extension in, in place of what was there.
pub(crate) fn write<R: Resource, E: Extension + Clone>(resource: &mut R, extension: E) {
    if let Some(index) = resource.descriptor().position(E::SCHEMA) {
        let slot = match (resource as &mut dyn Reflect).slot(index) {
            Some(Slot::OptionObject(slot)) => Some(slot.insert()),
            Some(Slot::Object(object)) => Some(object),
            _ => None,
        };
        if let Some(place) = slot.and_then(|o| (o as &mut dyn std::any::Any).downcast_mut()) {
            *place = extension;
            return;
        }
    }
    let json = json::encode::object(&extension);
    resource.extra_mut().insert(E::SCHEMA, Json::trusted(&json));
}
