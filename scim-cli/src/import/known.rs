//! What the server has already of the rows that are imported.

use std::collections::HashMap;

use http::Method;

use super::Shared;
use crate::failure::Failure;
use crate::pages::{self, Query};
use crate::session::Call;
use crate::types::ResourceType;
use crate::value::Value;

/// How many values one filter asks for.
const AT_ONCE: usize = 20;
/// From so many rows on, the whole list is cheaper.
const WHOLE_LIST: usize = 500;

/// The attribute that every resource has.
pub(super) const ID: &str = "id";

/// Resources of the server, by the value that rows are matched by.
#[derive(Default)]
pub(super) struct Known {
    by_value: HashMap<String, Value>,
    path: String,
}

impl Known {
    /// Looks for the values on the server.
    pub(super) async fn find(
        shared: &Shared,
        of: &ResourceType,
        path: &str,
        values: Vec<Value>,
    ) -> Result<Self, Failure> {
        let place = of.place(path)?;
        let mut known = Self {
            path: path.to_owned(),
            ..Self::default()
        };
        let mut queries = Vec::new();
        let rules = &shared.session.profile.filter;
        let without_filters = shared.types.supports("filter") == Some(false);
        if values.len() > WHOLE_LIST || without_filters {
            queries.push(None);
        } else if path == ID {
            // Each server reads by id; not each has filters for it.
            for id in values.iter().filter_map(Value::as_str) {
                if let Some(there) = read(shared, of, id).await? {
                    known.by_value.insert(place.key(&Value::text(id)), there);
                }
            }
        } else {
            let at_once = if rules.or == Some(false) { 1 } else { AT_ONCE };
            for part in values.chunks(at_once) {
                let parts: Vec<String> = part
                    .iter()
                    .map(|value| format!("{path} eq {value}"))
                    .collect();
                queries.push(Some(parts.join(" or ")));
            }
        }
        for filter in queries {
            let query = Query {
                path: of.endpoint.clone(),
                filter,
                ..Query::default()
            };
            for resource in pages::all(&shared.session, &shared.types, &query).await? {
                if let Some(value) = place
                    .values(&resource)
                    .first()
                    .map(|value| place.key(value))
                {
                    known.by_value.insert(value, resource);
                }
            }
        }
        Ok(known)
    }

    /// The resource that has this id on the server, whatever rows are matched by.
    pub(super) async fn by_id(
        &self,
        shared: &Shared,
        of: &ResourceType,
        id: &str,
    ) -> Result<Option<Value>, Failure> {
        let has_it = |there: &&Value| there.str("id") == Some(id);
        match self.by_value.values().find(has_it) {
            Some(there) => Ok(Some(there.clone())),
            None => read(shared, of, id).await,
        }
    }

    /// By which attribute they are known.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// The resource that has this value.
    pub(super) fn get(&self, of: &ResourceType, value: &Value) -> Option<&Value> {
        let place = of.place(&self.path).ok()?;
        self.by_value.get(&place.key(value))
    }
}

/// The resource with an id, if there is one.
async fn read(shared: &Shared, of: &ResourceType, id: &str) -> Result<Option<Value>, Failure> {
    if id.is_empty() {
        return Ok(None);
    }
    let call = Call::of(Method::GET, of, id);
    match shared.session.send(&call).await {
        Ok(reply) => {
            let there = reply.value()?;
            Ok(Some(there).filter(|there| there.str("id") == Some(id)))
        }
        // Some say that an id is badly formed which is another server's.
        Err(failure) if matches!(failure.status(), Some(400 | 404)) => Ok(None),
        Err(failure) => Err(failure),
    }
}
