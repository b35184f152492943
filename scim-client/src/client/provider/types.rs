//! The types that a service provider publishes, for use at run time.

use super::Provider;
use crate::{
    Stored,
    dynamic::{Diagnostics, Reading, ResourceTypes, Source, TypesError},
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
        self.types_with([], &Reading::default())
    }

    /// As [`types_with_findings`](Self::types_with_findings), with corrections: an `overlay.json` where its own
    /// answers lack what its documents require, say, or documents that it does not publish. `reading`
    /// says how generously they are read.
    ///
    /// ```
    /// # use scim_client::{Client, Provider};
    /// # fn example(provider: &Provider) -> Result<(), scim_client::dynamic::TypesError> {
    /// use scim_client::dynamic::{Reading, Source};
    ///
    /// let overlay = r#"{"changes": [{"schema": "urn:ietf:params:scim:schemas:core:2.0:User",
    ///     "attribute": "userName", "required": false}]}"#;
    /// let corrections = [Source::new("overlay.json", overlay)];
    /// let (types, findings) = provider.types_with(corrections, &Reading::default())?;
    /// # let _ = (types, findings);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As for [`types`](Self::types).
    pub fn types_with(
        &self,
        corrections: impl IntoIterator<Item = Source>,
        reading: &Reading,
    ) -> Result<(ResourceTypes, Diagnostics), TypesError> {
        let name = |kind: &str, id: &str| format!("/{kind}/{id}");
        let types = self.resource_types.iter();
        let types = types.map(|one| {
            let name = name("ResourceTypes", one.name.as_deref().unwrap_or_default());
            Source::new(name, Stored::to_json(one))
        });
        let schemas = self.schemas.iter();
        let schemas =
            schemas.map(|one| Source::new(name("Schemas", one.id()), Stored::to_json(one)));
        let sources = types.chain(schemas).chain(corrections);
        ResourceTypes::from_published(sources.collect(), reading)
    }
}
