//! The traits of resources, extensions and complex attributes, and the types that hold resources.

mod claims;
pub(crate) mod document;
pub(crate) mod envelope;
mod extension;
pub(crate) mod kind;
pub(crate) mod named;
mod one_of;
pub(crate) mod partial;
pub(crate) mod stored;

#[doc(hidden)]
pub use self::claims::Claims;
pub use self::{
    extension::ExtensionError,
    kind::{AnyResource, ResourceKind},
    one_of::{Alternative, AnyOf, Listed, OneOf, id_in_text},
};
#[doc(no_inline)]
pub use crate::model::{Complex, Root};

use self::stored::Stored;
use crate::{
    json::{self, DecodeError},
    model::Json,
};

/// A resource: something that a service provider stores at an endpoint (RFC 7643 §3).
///
/// The attributes `id`, `meta` and `schemas` are part of [`Stored`], and not of the type.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a SCIM resource",
    label = "not a resource",
    note = "resources are generated from a schema, or structs with #[derive(Resource)]",
    note = "what is known at run time only has no paths for closures: in place of `.filter(|u| ..)` there is \
            `.filter_by(resource_type.filter(text)?)`, and so `.sort_by_path(..)`, `.attributes_by(..)` and \
            `.then(patch)`"
)]
pub trait Resource: Root + Clone {
    /// The schema's URN.
    const SCHEMA: &'static str;
    /// The resource type's name (RFC 7643 §6).
    const NAME: &'static str;
    /// The endpoint relative to the base URL, such as `/Users`.
    const ENDPOINT: &'static str;

    /// Reads a resource without `id` and `meta` from JSON text.
    ///
    /// # Errors
    /// The text is not JSON, or attributes are missing or have wrong types. The error lists all
    /// such places.
    fn from_json(text: &str) -> Result<Self, DecodeError> {
        Stored::read_document(ResourceKind::of::<Self>(), text, false, false)
            .map(Stored::into_resource)
    }

    /// The JSON of a request that creates this resource: `schemas`, and all attributes that a client may
    /// write.
    fn to_json(&self) -> String {
        json::encode::for_create(Self::SCHEMA, self)
    }

    /// Returns an extension: a declared one, or one that was kept as JSON because no schema
    /// declared it at build time. A declared extension may be read as another type than the
    /// declared one.
    ///
    /// # Errors
    /// The data of the extension does not fit `E`.
    fn extension<E: Extension + Clone>(&self) -> Result<Option<E>, ExtensionError> {
        extension::read(self)
    }

    /// Sets an extension, whether it is declared or not. A declared extension may be given as
    /// another type than the declared one. Attributes that the declared type does not know are kept
    /// in its `extra`.
    ///
    /// # Errors
    /// `extension` does not fit the declared type. The resource is not changed then.
    fn set_extension<E: Extension + Clone>(&mut self, extension: E) -> Result<(), ExtensionError> {
        extension::write(self, extension)
    }

    /// The Schema document of this type (RFC 7643 §7), as `/Schemas` serves it.
    fn schema() -> Json {
        document::schema(Self::SCHEMA, Self::DESCRIPTOR, true).into()
    }

    /// The ResourceType document of this type (RFC 7643 §6), as `/ResourceTypes` serves it.
    fn resource_type() -> Json {
        document::resource_type(Self::NAME, Self::ENDPOINT, Self::SCHEMA, Self::DESCRIPTOR).into()
    }
}

/// A schema extension: attributes in a container whose name is the URN of the schema (RFC 7643 §3.3).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a SCIM schema extension",
    label = "not an extension",
    note = "extensions are generated from a schema, or structs with #[derive(Extension)]"
)]
pub trait Extension: Complex {
    /// The schema's URN.
    const SCHEMA: &'static str;

    /// The Schema document of this extension (RFC 7643 §7), as `/Schemas` serves it.
    fn schema() -> Json {
        document::schema(Self::SCHEMA, Self::DESCRIPTOR, false).into()
    }
}
