//! What changed between two sets of types.

use super::{resource_type::ResourceType, types::ResourceTypes};
use crate::drift::{
    DriftReport,
    compare::{Published, Publisher, only_there, verify_with},
};

impl ResourceTypes {
    /// How far other types differ from these, in the words of the client's `Provider::verify`: what
    /// a service provider publishes now from what it published before, say. A report for each type
    /// here, then one for each that is only there.
    pub fn drift(&self, other: &Self) -> Vec<DriftReport> {
        let mut reports: Vec<_> = self.iter().map(|one| one.drift(other)).collect();
        let is_new = |there: &&ResourceType| self.by_schema(there.schema()).is_none();
        let new = other.iter().filter(is_new);
        reports.extend(new.map(|there| only_there(there.kind())));
        reports
    }
}

impl ResourceType {
    /// How far the types that a service provider publishes differ from this one.
    pub fn drift(&self, published: &ResourceTypes) -> DriftReport {
        let required = self.extensions().iter();
        let required = required.filter(|extension| extension.is_required());
        let required: Vec<_> = required.map(|extension| extension.schema()).collect();
        verify_with(self.kind(), &required, published)
    }
}

impl Publisher for ResourceTypes {
    fn lists_types(&self) -> bool {
        !self.is_empty()
    }

    fn lists(&self, schema: &str) -> bool {
        self.by_schema(schema).is_some()
    }

    fn endpoint(&self, schema: &str) -> Option<&str> {
        self.by_schema(schema).map(ResourceType::endpoint)
    }

    fn required_extensions(&self, schema: &str) -> Vec<&str> {
        let extensions = self
            .by_schema(schema)
            .map_or(&[][..], ResourceType::extensions);
        let required = extensions
            .iter()
            .filter(|extension| extension.is_required());
        required.map(|extension| extension.schema()).collect()
    }

    fn attributes(&self, urn: &str) -> Option<Vec<Published>> {
        if let Some(own) = self.by_schema(urn) {
            return Some(Published::of_table(own.descriptor()));
        }
        let mut extensions = self.iter().flat_map(ResourceType::extensions);
        let found = extensions.find(|extension| extension.schema().eq_ignore_ascii_case(urn));
        found?.descriptor().map(Published::of_table)
    }
}
