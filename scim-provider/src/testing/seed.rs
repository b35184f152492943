//! What a service provider has from the start, without requests.

use std::any::TypeId;

use super::{
    failure::Failure,
    provider::{ServiceProvider, typed},
    store::Store,
};
use scim_models::{Meta, Resource, Stored, message::ErrorMessage};

impl ServiceProvider {
    /// Stores a resource without a request. `readOnly` attributes are kept as they are given.
    ///
    /// # Errors
    /// The type is not served (404), or a unique value is taken (409): what a client would be
    /// told.
    pub fn seed<R: Resource>(&self, resource: R) -> Result<Stored<R>, ErrorMessage> {
        self.seed_stored(Stored::from_parts(String::new(), Meta::default(), resource))
    }

    /// As [`seed`](Self::seed), with a given id; `meta` is set anew.
    ///
    /// # Errors
    /// As for [`seed`](Self::seed); the id may be taken too.
    pub fn seed_with_id<R: Resource>(
        &self,
        id: impl Into<String>,
        resource: R,
    ) -> Result<Stored<R>, ErrorMessage> {
        self.seed_stored(Stored::from_parts(id, Meta::default(), resource))
    }

    fn seed_stored<R: Resource>(&self, stored: Stored<R>) -> Result<Stored<R>, ErrorMessage> {
        let now = self.now();
        let mut state = self.state();
        let failed = |failure: Box<Failure>| failure.message();
        let kind = kind_of::<R>(&state.store).ok_or_else(|| {
            Failure::not_found(&format!("the resource type {}", R::NAME)).message()
        })?;
        let number = state
            .store
            .insert(kind, Box::new(stored), now)
            .map_err(failed)?;
        let stored = state.store.entry(number).and_then(typed);
        stored.ok_or_else(|| Failure::not_found("the resource").message())
    }

    /// Stores a resource from its JSON, such as one that another service provider answered with,
    /// and gives its id. Its `schemas` say of which type it is. `id`, `meta.created`,
    /// `meta.lastModified`, `meta.version` and `readOnly` attributes are kept as they are given,
    /// and made up where they are not; where a resource is a member of groups, its `groups` are
    /// worked out.
    ///
    /// # Errors
    /// The text is no resource of a type that is served (400), or the id or a unique value is
    /// taken (409).
    pub fn seed_json(&self, json: &str) -> Result<String, ErrorMessage> {
        let now = self.now();
        let mut state = self.state();
        let Known { schemas, has_id } = known(json).map_err(|failure| failure.message())?;
        let kind = state.store.kinds.iter().position(|kind| {
            schemas
                .iter()
                .any(|schema| schema.eq_ignore_ascii_case(kind.schema))
        });
        let found = kind.and_then(|at| Some((at, *state.store.kinds.get(at)?)));
        let Some((kind, of)) = found else {
            let detail = format!("none of the schemas {schemas:?} is that of a type served here");
            return Err(Failure::invalid_value(detail).message());
        };
        let json = match json.split_once('{') {
            Some((_, members)) if !has_id => {
                format!("{{\"id\":\"{}\",{members}", state.store.reserve_id(now))
            }
            _ => json.to_owned(),
        };
        let record = of
            .read(&json)
            .map_err(|error| Failure::invalid_value(error.to_string()).message())?;
        let number = state
            .store
            .restore(kind, record, now)
            .map_err(|failure| failure.message())?;
        let entry = state.store.entry(number);
        let id = entry.map(|entry| entry.record.id().to_owned());
        id.ok_or_else(|| Failure::not_found("the resource").message())
    }
}

/// What has to be known of a document before its type is.
struct Known {
    schemas: Vec<String>,
    has_id: bool,
}

fn known(json: &str) -> Result<Known, Box<Failure>> {
    let document: serde_json::Value =
        serde_json::from_str(json).map_err(|error| Failure::invalid_syntax(error.to_string()))?;
    let member = |wanted: &str| {
        let mut members = document.as_object().into_iter().flatten();
        members
            .find(|(name, _)| name.eq_ignore_ascii_case(wanted))
            .map(|(_, value)| value.clone())
    };
    let schemas = member("schemas").and_then(|schemas| serde_json::from_value(schemas).ok());
    Ok(Known {
        schemas: schemas.unwrap_or_default(),
        has_id: member("id").is_some(),
    })
}

fn kind_of<R: Resource>(store: &Store) -> Option<usize> {
    store
        .kinds
        .iter()
        .position(|kind| kind.type_id == TypeId::of::<R>())
}
