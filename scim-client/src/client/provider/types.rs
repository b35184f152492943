//! The types that a service provider publishes, for use at run time.

use super::Provider;
use crate::{
    Stored,
    dynamic::{Diagnostics, Reading, ResourceTypes, Source, TypesError},
};

impl Provider {
    /// Makes types known at run time of the published documents, for
    /// [`Client::resource_of`](crate::Client::resource_of).
    ///
    /// If the service provider publishes no schemas, the result has the types that are compiled
    /// into this library, at the endpoints that its resource types name.
    /// [`is_compiled`](ResourceTypes::is_compiled) is true then.
    ///
    /// # Errors
    /// The documents are wrong. The error has the generator's diagnostics.
    pub fn types(&self) -> Result<ResourceTypes, TypesError> {
        self.types_with_findings().map(|(types, _)| types)
    }

    /// Like [`types`](Self::types), and also returns what is doubtful about the documents.
    ///
    /// # Errors
    /// The same as for [`types`](Self::types).
    pub fn types_with_findings(&self) -> Result<(ResourceTypes, Diagnostics), TypesError> {
        self.types_with([], &Reading::default())
    }

    /// Like [`types_with_findings`](Self::types_with_findings), with corrections in `folder`: for example an
    /// `overlay.json` if the service provider's resources lack attributes that its schemas require, or
    /// documents that it does not publish. `reading` says how generously the documents are read.
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
    /// The same as for [`types`](Self::types).
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
