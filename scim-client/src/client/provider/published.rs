//! What a service provider publishes, to compare types with.

use super::Provider;
use crate::{
    Reference, Schema, Stored,
    internal::drift::{Published, Publisher},
};

impl Publisher for Provider {
    fn lists_types(&self) -> bool {
        !self.resource_types.is_empty()
    }

    fn lists(&self, schema: &str) -> bool {
        self.resource_type(schema).is_some()
    }

    fn endpoint(&self, schema: &str) -> Option<&str> {
        let endpoint = self.resource_type(schema)?.endpoint.as_ref();
        endpoint.map(Reference::as_str)
    }

    fn required_extensions(&self, schema: &str) -> Vec<&str> {
        let resource_type = self.resource_type(schema).into_iter();
        resource_type
            .flat_map(|resource_type| resource_type.schema_extensions.iter())
            .filter(|extension| extension.required == Some(true))
            .filter_map(|extension| extension.schema.as_ref().map(Reference::as_str))
            .collect()
    }

    fn attributes(&self, urn: &str) -> Option<Vec<Published>> {
        let schema: &Stored<Schema> = self.schema(urn)?;
        let published = schema.attributes.iter().map(|one| Published::of(one));
        (!schema.attributes.is_empty()).then(|| published.collect())
    }
}
