//! From a compiled type to one that is known at run time and back.

use super::object::DynamicResource;
use crate::{
    json::{DecodeError, encode},
    model::Reflect,
    resource::stored::{self, Stored},
    resource::{Resource, envelope::Envelope},
};

/// Fills an empty resource with all that another one of the same schema has.
///
/// # Errors
/// Something does not fit the type.
pub(super) fn between(from: &dyn Reflect, to: &mut dyn Reflect) -> Result<(), DecodeError> {
    let text = encode::everything(from);
    stored::document(&text, to, &mut Envelope::default(), false, false)?;
    // What the document listed in `schemas` and no attribute tells.
    let listed = from.extra().listed();
    if !listed.is_empty() {
        let listed: Vec<&str> = listed.iter().map(|urn| &**urn).collect();
        crate::json::schemas::keep(to, encode::text_list(&listed).as_str());
    }
    Ok(())
}

impl DynamicResource {
    /// Converts the resource to a compiled type of the same schema. Nothing is lost: secrets are
    /// kept, and attributes that the compiled type does not know are in its `extra`.
    ///
    /// # Errors
    /// An attribute has another data type in the compiled type, or an attribute is missing that the
    /// compiled type requires.
    pub fn to_typed<R: Resource>(&self) -> Result<R, DecodeError> {
        let mut typed = R::empty();
        between(self, &mut typed)?;
        Ok(typed)
    }
}

impl Stored<DynamicResource> {
    /// Like [`DynamicResource::to_typed`], with `id` and `meta`.
    ///
    /// # Errors
    /// The same as for [`DynamicResource::to_typed`].
    pub fn to_typed<R: Resource>(&self) -> Result<Stored<R>, DecodeError> {
        let typed = self.resource().to_typed()?;
        Ok(self.with_resource(typed))
    }
}
