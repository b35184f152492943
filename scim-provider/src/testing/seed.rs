//! Storing resources without requests.

use scim_models::{Meta, Resource, Stored, message::ErrorMessage};
use serde_json::Value;

use super::provider::ServiceProvider;
use crate::{
    record::{Record, ServedType},
    refusal::{Refusal, Result},
};

impl ServiceProvider {
    /// Stores a resource without a request. Its `readOnly` attributes are kept.
    ///
    /// # Errors
    /// The type is not served (404), or a unique value is taken (409). The error is the message
    /// that a client would get.
    pub fn seed<R: Resource>(&self, resource: R) -> Result<Stored<R>, ErrorMessage> {
        self.seed_stored(Stored::from_parts(String::new(), Meta::default(), resource))
    }

    /// Like [`seed`](Self::seed), with a given id. `meta` is set anew.
    ///
    /// # Errors
    /// The same as for [`seed`](Self::seed). The id may be taken too.
    pub fn seed_with_id<R: Resource>(
        &self,
        id: impl Into<String>,
        resource: R,
    ) -> Result<Stored<R>, ErrorMessage> {
        self.seed_stored(Stored::from_parts(id, Meta::default(), resource))
    }

    fn seed_stored<R: Resource>(&self, stored: Stored<R>) -> Result<Stored<R>, ErrorMessage> {
        let seeded = || {
            let kind = self.types().iter().find(|kind| kind.is::<R>());
            let kind =
                kind.ok_or_else(|| Refusal::not_found(&format!("the resource type {}", R::NAME)))?;
            let store = self.store();
            let record = store.seed_record(kind, Record::new(stored), self.now(), false)?;
            record.stored().cloned().ok_or_else(Refusal::internal)
        };
        seeded().map_err(|refusal: Refusal| refusal.message())
    }

    /// Stores a resource from its JSON, for example one that another service provider returned, and
    /// returns its id. `schemas` determines its type. `id`, `meta.created`, `meta.lastModified`,
    /// `meta.version` and `readOnly` attributes are kept if the JSON has them, and set otherwise.
    /// If the resource is a member of groups, its `groups` are derived from them.
    ///
    /// # Errors
    /// The text is not a resource of a served type (400), or the id or a unique value is taken
    /// (409).
    pub fn seed_json(&self, json: &str) -> Result<String, ErrorMessage> {
        self.seeded_json(json).map_err(|refusal| refusal.message())
    }

    fn seeded_json(&self, json: &str) -> Result<String> {
        let Known { schemas, id } = known(json)?;
        let kind = self.types().iter().find(|kind| {
            let mut schemas = schemas.iter();
            schemas.any(|schema| schema.eq_ignore_ascii_case(kind.schema()))
        });
        let Some(kind) = kind else {
            let detail = format!("none of the schemas {schemas:?} is that of a type served here");
            return Err(Refusal::invalid_value(detail));
        };
        let json = match json.split_once('{') {
            Some((_, members)) if id.is_none() => {
                format!("{{\"id\":\"{}\",{members}", self.store().reserve_id())
            }
            _ => json.to_owned(),
        };
        let record = kind.read_stored(&json)?;
        self.keep(kind, record)
    }

    /// Stores a JSON text as a resource of the type with this endpoint (such as `/Users`), even if
    /// it does not fit the type: required attributes may be missing, and values may have wrong
    /// types. Until the resource is changed, it is returned exactly as it is, even if only some
    /// attributes are requested. Filters see the attributes that fit. Returns its `id`. If the text
    /// has none, a new one is made, but the returned resource still has none.
    ///
    /// # Errors
    /// No type has this endpoint (404), or the id or a unique value is taken (409).
    pub fn seed_raw(&self, endpoint: &str, json: &str) -> Result<String, ErrorMessage> {
        let seeded = || {
            let path = endpoint.trim_matches('/');
            let kind = self.types().iter().find(|kind| kind.path() == path);
            let kind =
                kind.ok_or_else(|| Refusal::not_found(&format!("the endpoint {endpoint}")))?;
            let mut record = kind.read_what_fits(json);
            if let Ok(Known { id: Some(id), .. }) = known(json) {
                record.set_id(id);
            }
            record.set_raw(Some(json));
            self.keep(kind, record)
        };
        seeded().map_err(|refusal: Refusal| refusal.message())
    }

    fn keep(&self, kind: &ServedType, record: Record) -> Result<String> {
        let stored = self.store().seed_record(kind, record, self.now(), true)?;
        Ok(stored.id().to_owned())
    }
}

/// What has to be known of a document before its type is.
struct Known {
    schemas: Vec<String>,
    id: Option<String>,
}

fn known(json: &str) -> Result<Known> {
    let document: Value =
        serde_json::from_str(json).map_err(|error| Refusal::invalid_syntax(error.to_string()))?;
    let member = |wanted: &str| {
        let mut members = document.as_object().into_iter().flatten();
        members
            .find(|(name, _)| name.eq_ignore_ascii_case(wanted))
            .map(|(_, value)| value.clone())
    };
    let schemas = member("schemas").and_then(|schemas| serde_json::from_value(schemas).ok());
    Ok(Known {
        schemas: schemas.unwrap_or_default(),
        id: member("id").map(|id| id.as_str().unwrap_or_default().to_owned()),
    })
}
