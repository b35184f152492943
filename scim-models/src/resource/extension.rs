//! Extensions by their type: declared ones, and those that a resource type did not declare at build
//! time.

use std::{any::Any, fmt};

use super::{Extension, Resource};
use crate::{
    json::{self, DecodeError},
    model::{Json, Reflect, Slot, ValueRef},
};

/// Why an extension could not be read or set.
#[derive(Debug, Clone)]
pub struct ExtensionError {
    schema: &'static str,
    source: DecodeError,
}

impl fmt::Display for ExtensionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "extension {} does not fit the type: {}",
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
    if let Some(index) = declared(resource, E::SCHEMA) {
        let ValueRef::Object(object) = (resource as &dyn Reflect).get(index) else {
            return Ok(None);
        };
        return match (object as &dyn Any).downcast_ref::<E>() {
            Some(extension) => Ok(Some(extension.clone())),
            None => from_json(&json::encode::everything(object)).map(Some),
        };
    }
    let raw = resource.extra().get(E::SCHEMA);
    raw.map(|raw| from_json(raw.as_str())).transpose()
}

/// Puts the extension in, in place of what was there.
pub(crate) fn write<R: Resource, E: Extension + Clone>(
    resource: &mut R,
    extension: E,
) -> Result<(), ExtensionError> {
    let Some(index) = declared(resource, E::SCHEMA) else {
        let json = json::encode::object(&extension);
        resource.extra_mut().insert(E::SCHEMA, Json::trusted(&json));
        return Ok(());
    };
    // Nothing of it may stay in the resource if the whole does not fit.
    let mut changed = resource.clone();
    if let Some(place) = place(&mut changed, index) {
        if let Some(place) = (place as &mut dyn Any).downcast_mut() {
            *place = extension;
        } else {
            Slot::Object(place).clear();
            json::decode_into(&json::encode::everything(&extension), place).map_err(misfit::<E>)?;
        }
    }
    *resource = changed;
    Ok(())
}

/// The position of the extension with this schema, if the resource type declares it.
fn declared(resource: &dyn Reflect, schema: &str) -> Option<usize> {
    let descriptor = resource.descriptor();
    let index = descriptor.position(schema)?;
    let attribute = descriptor.attributes.get(index)?;
    attribute.is_extension().then_some(index)
}

/// Where a declared extension is put.
fn place(resource: &mut dyn Reflect, index: usize) -> Option<&mut dyn Reflect> {
    match resource.slot(index)? {
        Slot::OptionObject(slot) => Some(slot.get_or_insert()),
        Slot::Object(object) => Some(object),
        _ => None,
    }
}

fn from_json<E: Extension>(json: &str) -> Result<E, ExtensionError> {
    let mut read = E::empty();
    json::decode_into(json, &mut read).map_err(misfit::<E>)?;
    Ok(read)
}

fn misfit<E: Extension>(source: DecodeError) -> ExtensionError {
    ExtensionError {
        schema: E::SCHEMA,
        source,
    }
}
