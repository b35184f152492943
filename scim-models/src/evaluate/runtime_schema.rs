//! Schemas that are known at run time only.

use std::collections::HashMap;

use serde_json::Value;

use super::{AttributeFacts, DataType, SchemaView, schema::is_own};
use crate::attribute_path::AttributePath;

/// The schema of a resource type and its extensions, put together at run time.
///
/// It takes any document, passes over what it cannot understand, and is gone when it is dropped. The
/// table of a `dynamic::ResourceType` (feature `dynamic`) is a [`SchemaView`] too, read with findings
/// and kept for the life of the program.
///
/// ```
/// use scim_client::evaluate::{AttributeFacts, DataType, RuntimeSchema, Subject};
/// use scim_client::filter::Filter;
/// use serde_json::json;
///
/// let schema = RuntimeSchema::new("urn:example:2.0:Car")
///     .with_attribute(&"plate".parse()?, AttributeFacts::new(DataType::String).case_exact(true))
///     .with_attribute(&"doors".parse()?, AttributeFacts::new(DataType::Integer));
/// let car = json!({"id": "1", "plate": "B-1", "doors": 5});
///
/// let filter: Filter = r#"plate sw "B" and doors gt 4.5"#.parse()?;
/// filter.check(&schema)?;
/// assert!(filter.matches(Subject::json(&car, &schema)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct RuntimeSchema {
    urn: Box<str>,
    own: Schema,
    extensions: Extensions,
}

/// By URN in lower case.
type Extensions = HashMap<Box<str>, Schema>;

/// Attributes by name in lower case.
#[derive(Debug, Clone, Default)]
struct Schema(HashMap<Box<str>, Entry>);

#[derive(Debug, Clone, Default)]
struct Entry {
    facts: AttributeFacts,
    subs: HashMap<Box<str>, AttributeFacts>,
}

/// A name without letter case, to look it up by.
fn key(name: &str) -> Box<str> {
    name.to_ascii_lowercase().into()
}

impl RuntimeSchema {
    /// A resource type whose own schema is `urn`. It has the common attributes of RFC 7643 §3.1
    /// and no other.
    #[must_use]
    pub fn new(urn: impl Into<Box<str>>) -> Self {
        Self {
            urn: urn.into(),
            own: Schema::default(),
            extensions: Extensions::new(),
        }
    }

    /// Adds an attribute or a sub-attribute, in place of one of the same name. A URN in the path
    /// that is not the resource's own makes it an attribute of that extension.
    #[must_use]
    pub fn with_attribute(mut self, path: &AttributePath, facts: AttributeFacts) -> Self {
        let schema = match path.uri() {
            Some(uri) => self.schema(uri),
            None => &mut self.own,
        };
        let entry = schema.entry(path.name());
        match path.sub() {
            None => entry.facts = facts,
            Some(sub) => {
                // Only a complex attribute has sub-attributes.
                if entry.facts.data_type() == DataType::Any {
                    entry.facts = AttributeFacts::new(DataType::Complex)
                        .multi_valued(entry.facts.is_multi_valued());
                }
                entry.subs.insert(key(sub), facts);
            }
        }
        self
    }

    /// Adds everything that a schema document (RFC 7643 §7) defines. A document whose `id` is not
    /// the resource's own URN is that of an extension. What the document leaves out has the
    /// default of §2.2; what cannot be understood is passed over.
    #[must_use]
    pub fn with_schema(mut self, document: &Value) -> Self {
        let Some(urn) = document["id"].as_str() else {
            return self;
        };
        let schema = self.schema(urn);
        for attribute in list(&document["attributes"]) {
            let Some(name) = attribute["name"].as_str() else {
                continue;
            };
            let entry = schema.entry(name);
            entry.facts = read(attribute);
            for sub in list(&attribute["subAttributes"]) {
                if let Some(name) = sub["name"].as_str() {
                    entry.subs.insert(key(name), read(sub));
                }
            }
        }
        self
    }

    fn schema(&mut self, urn: &str) -> &mut Schema {
        if is_own(Some(&self.urn), urn) {
            &mut self.own
        } else {
            self.extensions.entry(key(urn)).or_default()
        }
    }
}

impl SchemaView for RuntimeSchema {
    fn urn(&self) -> Option<&str> {
        Some(&self.urn)
    }

    fn is_extension(&self, urn: &str) -> bool {
        self.extensions.contains_key(&key(urn))
    }

    fn attribute(
        &self,
        extension: Option<&str>,
        name: &str,
        sub: Option<&str>,
    ) -> Option<AttributeFacts> {
        let schema = match extension {
            None => &self.own,
            Some(urn) => self.extensions.get(&key(urn))?,
        };
        let entry = schema.0.get(&key(name))?;
        match sub {
            None => Some(entry.facts),
            Some(sub) => entry.subs.get(&key(sub)).copied(),
        }
    }
}

impl Schema {
    fn entry(&mut self, name: &str) -> &mut Entry {
        self.0.entry(key(name)).or_default()
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// The characteristics of one attribute of a schema document.
fn read(attribute: &Value) -> AttributeFacts {
    let data_type = attribute["type"]
        .as_str()
        .map_or(DataType::String, DataType::from_name);
    let facts = AttributeFacts::new(data_type)
        .multi_valued(attribute["multiValued"].as_bool().unwrap_or(false))
        .never_returned(
            attribute["returned"]
                .as_str()
                .is_some_and(|returned| returned.eq_ignore_ascii_case("never")),
        );
    match attribute["caseExact"].as_bool() {
        Some(case_exact) => facts.case_exact(case_exact),
        None => facts,
    }
}
