//! Storing what was discovered as JSON, so that a short-lived program need not request it each time.

use std::{collections::HashMap, time::Duration};

use serde_json::value::RawValue;

use super::Provider;
use crate::{
    Resource, Stored,
    error::{Error, ErrorKind},
    resource::ResourceKind,
    value::{DateTime, Timestamp},
};

type Members = HashMap<String, Box<RawValue>>;

const FETCHED: &str = "fetched";
const CONFIG: &str = "serviceProviderConfig";
const RESOURCE_TYPES: &str = "resourceTypes";
const SCHEMAS: &str = "schemas";

impl Provider {
    /// When the documents were read, by the clock of this machine.
    pub fn fetched(&self) -> &DateTime {
        &self.fetched
    }

    /// The time since the documents were read. It is zero if that time is in the future, as after a
    /// change of the clock.
    pub fn age(&self) -> Duration {
        let then = self.fetched.to_system_time();
        let now = Timestamp::now().to_system_time();
        let age = now.zip(then);
        age.and_then(|(now, then)| now.duration_since(then).ok())
            .unwrap_or_default()
    }

    /// Writes the documents and the time when they were read as one JSON text, so that it can be
    /// stored. [`problems`](Self::problems) are left out.
    pub fn to_json(&self) -> String {
        let list = |documents: Vec<String>| format!("[{}]", documents.join(",\n"));
        let config = self.config.as_ref().map(Stored::to_json);
        let types = self.resource_types.iter().map(Stored::to_json).collect();
        let schemas = self.schemas.iter().map(Stored::to_json).collect();
        let mut members = vec![format!("\"{FETCHED}\":\"{}\"", self.fetched)];
        members.extend(config.map(|config| format!("\"{CONFIG}\":{config}")));
        members.push(format!("\"{RESOURCE_TYPES}\":{}", list(types)));
        members.push(format!("\"{SCHEMAS}\":{}", list(schemas)));
        format!("{{{}}}", members.join(",\n"))
    }

    /// Reads what [`to_json`](Self::to_json) wrote.
    /// [`Client::set_provider`](crate::Client::set_provider) gives it to a client.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`]: the text is something else.
    pub fn from_json(text: &str) -> Result<Self, Error> {
        let members: Members = parsed(text)?;
        let fetched = members
            .get(FETCHED)
            .map(|time| parsed::<String>(time.get()));
        let fetched = fetched.transpose()?.map(DateTime::new);
        let fetched = fetched.filter(|fetched| fetched.to_system_time().is_some());
        let Some(fetched) = fetched else {
            return Err(unusable("it does not say when it came"));
        };
        let config = members.get(CONFIG).map(|config| read(config));
        Ok(Self {
            fetched,
            config: config.transpose()?,
            resource_types: list(&members, RESOURCE_TYPES)?,
            schemas: list(&members, SCHEMAS)?,
            problems: Vec::new(),
        })
    }
}

fn parsed<'t, T: serde::Deserialize<'t>>(text: &'t str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|error| unusable(&error.to_string()).with_reason(error))
}

fn read<R: Resource>(document: &RawValue) -> Result<Stored<R>, Error> {
    let read = Stored::read_document(ResourceKind::of::<R>(), document.get(), false, false);
    read.map_err(Error::decode)
}

fn list<R: Resource>(members: &Members, name: &str) -> Result<Vec<Stored<R>>, Error> {
    let Some(list) = members.get(name) else {
        return Err(unusable(&format!("it has no `{name}`")));
    };
    let documents: Vec<&RawValue> = parsed(list.get())?;
    documents.into_iter().map(read).collect()
}

fn unusable(why: &str) -> Error {
    let message = format!("this is nothing that `Provider::to_json` wrote: {why}");
    Error::new(ErrorKind::Decode, message)
}
