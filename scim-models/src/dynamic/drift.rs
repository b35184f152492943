//! What changed between two sets of types.

use super::{
    resource_type::{ExtensionOf, ResourceType},
    types::ResourceTypes,
};
use crate::drift::{
    DriftReport,
    compare::{Published, Publisher, new_extension, only_there, verify_with},
};

impl ResourceTypes {
    /// Compares other types with these: for example, what a service provider publishes now with
    /// what it published before. Returns one report for each of these types, then one for each type
    /// that only `other` has.
    pub fn drift(&self, other: &Self) -> Vec<DriftReport> {
        let mut same: Vec<_> = self.iter().map(|one| other.alike(one)).collect();
        let has = |all: &[Option<&ResourceType>], there: &ResourceType| {
            let mut all = all.iter().flatten();
            all.any(|known| std::ptr::eq(*known, there))
        };
        // What is left is what was called otherwise.
        for (at, one) in self.iter().enumerate() {
            let mut left = other.iter().filter(|there| !has(&same, there));
            let renamed = left.find(|there| there.schema().eq_ignore_ascii_case(one.schema()));
            if let Some(none @ None) = same.get_mut(at) {
                *none = renamed;
            }
        }
        let all = self.iter().zip(&same);
        let mut reports: Vec<_> = all.map(|(one, there)| one.beside(*there, other)).collect();
        let new = other.iter().filter(|there| !has(&same, there));
        reports.extend(new.map(|there| only_there(there.kind())));
        reports
    }

    /// The type here that is called as `one`, or is at the same endpoint, and has the same schema.
    fn alike(&self, one: &ResourceType) -> Option<&ResourceType> {
        let having = || {
            let types = self.iter();
            types.filter(|here| here.schema().eq_ignore_ascii_case(one.schema()))
        };
        let endpoint = |of: &ResourceType| of.endpoint().trim_matches('/').to_ascii_lowercase();
        having()
            .find(|here| here.name().eq_ignore_ascii_case(one.name()))
            .or_else(|| having().find(|here| endpoint(here) == endpoint(one)))
    }
}

impl ResourceType {
    /// Compares the types that a service provider publishes with this one.
    ///
    /// If several published types have its schema, the one with its name is compared, or else the one
    /// with its endpoint.
    pub fn drift(&self, published: &ResourceTypes) -> DriftReport {
        let alike = published.alike(self);
        let found = alike.or_else(|| published.by_schema(self.schema()));
        self.beside(found, published)
    }

    /// How far the types that are published, `found` among them, differ from this one.
    fn beside(&self, found: Option<&Self>, types: &ResourceTypes) -> DriftReport {
        let required = self.extensions().iter();
        let required = required.filter(|extension| extension.is_required());
        let required: Vec<_> = required.map(ExtensionOf::schema).collect();
        let published = Counterpart { types, found };
        let mut report = verify_with(self.kind(), &required, &published);
        let is_here = |urn: &str| {
            let mut here = self.extensions().iter();
            here.any(|one| one.descriptor().is_some() && one.schema().eq_ignore_ascii_case(urn))
        };
        for there in published
            .extensions()
            .filter(|one| one.descriptor().is_some())
        {
            if !is_here(there.schema()) {
                new_extension(&mut report, there.schema());
            }
        }
        report
    }
}

/// What is published, to compare one type with.
struct Counterpart<'t> {
    types: &'t ResourceTypes,
    /// The type that it is there.
    found: Option<&'t ResourceType>,
}

impl Counterpart<'_> {
    fn extensions(&self) -> impl Iterator<Item = &ExtensionOf> {
        self.found.into_iter().flat_map(ResourceType::extensions)
    }
}

impl Publisher for Counterpart<'_> {
    fn lists_types(&self) -> bool {
        !self.types.is_empty()
    }

    fn lists(&self, _: &str) -> bool {
        self.found.is_some()
    }

    fn endpoint(&self, _: &str) -> Option<&str> {
        self.found.map(ResourceType::endpoint)
    }

    fn required_extensions(&self, _: &str) -> Vec<&str> {
        let required = self.extensions().filter(|one| one.is_required());
        required.map(ExtensionOf::schema).collect()
    }

    fn attributes(&self, urn: &str) -> Option<Vec<Published>> {
        let is = |other: &str| other.eq_ignore_ascii_case(urn);
        if let Some(own) = self.found.filter(|own| is(own.schema())) {
            return Some(Published::of_table(own.descriptor()));
        }
        let found = self.extensions().find(|one| is(one.schema()));
        found?.descriptor().map(Published::of_table)
    }
}
