//! The types that a service provider publishes, for use at run time.

use super::Provider;
use crate::{
    Stored,
    dynamic::{Diagnostics, ResourceTypes, TypesError},
};

impl Provider {
    /// The resource types of its documents, for [`Client::resource_of`](crate::Client::resource_of).
    ///
    /// One that publishes no schemas gives the types that are compiled into this library, at the
    /// endpoints that its resource types name; [`is_compiled`](ResourceTypes::is_compiled) says so.
    ///
    /// # Errors
    /// What is wrong with its documents, with the words of the generator.
    pub fn types(&self) -> Result<ResourceTypes, TypesError> {
        self.types_with_findings().map(|(types, _)| types)
    }

    /// As [`types`](Self::types), with what is doubtful about the documents.
    ///
    /// # Errors
    /// As for [`types`](Self::types).
    pub fn types_with_findings(&self) -> Result<(ResourceTypes, Diagnostics), TypesError> {
        let name = |kind: &str, id: &str| format!("/{kind}/{id}");
        let types = self.resource_types.iter();
        let types = types.map(|one| {
            (
                name("ResourceTypes", one.name.as_deref().unwrap_or_default()),
                Stored::to_json(one),
            )
        });
        let schemas = self.schemas.iter();
        let schemas = schemas.map(|one| (name("Schemas", one.id()), Stored::to_json(one)));
        ResourceTypes::from_documents(types.chain(schemas))
    }
}
