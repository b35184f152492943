//! Schemas that are known at run time only.

use serde_json::Value;

use super::{AttributeFacts, DataType, SchemaView, schema::is_own};
use crate::attribute_path::AttributePath;

/// The schema of a resource type and its extensions, put together at run time.
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
    own: Schema,
    extensions: Vec<Schema>,
}

#[derive(Debug, Clone)]
struct Schema {
    urn: Box<str>,
    attributes: Vec<Entry>,
}

#[derive(Debug, Clone)]
struct Entry {
    name: Box<str>,
    facts: AttributeFacts,
    subs: Vec<(Box<str>, AttributeFacts)>,
}

impl RuntimeSchema {
    /// A resource type whose own schema is `urn`. It has the common attributes of RFC 7643 §3.1
    /// and no other.
    #[must_use]
    pub fn new(urn: impl Into<Box<str>>) -> Self {
        Self {
            own: Schema::new(urn.into()),
            extensions: Vec::new(),
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
                entry.set_sub(sub, facts);
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
                    entry.set_sub(name, read(sub));
                }
            }
        }
        self
    }

    fn schema(&mut self, urn: &str) -> &mut Schema {
        if is_own(Some(&self.own.urn), urn) {
            return &mut self.own;
        }
        let mut extensions = self.extensions.iter();
        let known = extensions.position(|schema| is_own(Some(&schema.urn), urn));
        let at = known.unwrap_or_else(|| {
            self.extensions.push(Schema::new(urn.into()));
            self.extensions.len() - 1
        });
        &mut self.extensions[at]
    }
}

impl SchemaView for RuntimeSchema {
    fn urn(&self) -> Option<&str> {
        Some(&self.own.urn)
    }

    fn is_extension(&self, urn: &str) -> bool {
        self.extensions
            .iter()
            .any(|schema| is_own(Some(&schema.urn), urn))
    }

    fn attribute(
        &self,
        extension: Option<&str>,
        name: &str,
        sub: Option<&str>,
    ) -> Option<AttributeFacts> {
        let schema = match extension {
            None => &self.own,
            Some(urn) => {
                let mut extensions = self.extensions.iter();
                extensions.find(|schema| is_own(Some(&schema.urn), urn))?
            }
        };
        let mut entries = schema.attributes.iter();
        let entry = entries.find(|entry| entry.name.eq_ignore_ascii_case(name))?;
        match sub {
            None => Some(entry.facts),
            Some(sub) => {
                let mut subs = entry.subs.iter();
                subs.find(|(known, _)| known.eq_ignore_ascii_case(sub))
                    .map(|(_, facts)| *facts)
            }
        }
    }
}

impl Schema {
    fn new(urn: Box<str>) -> Self {
        Self {
            urn,
            attributes: Vec::new(),
        }
    }

    fn entry(&mut self, name: &str) -> &mut Entry {
        let mut entries = self.attributes.iter();
        let known = entries.position(|entry| entry.name.eq_ignore_ascii_case(name));
        let at = known.unwrap_or_else(|| {
            self.attributes.push(Entry {
                name: name.into(),
                facts: AttributeFacts::default(),
                subs: Vec::new(),
            });
            self.attributes.len() - 1
        });
        &mut self.attributes[at]
    }
}

impl Entry {
    fn set_sub(&mut self, name: &str, facts: AttributeFacts) {
        match self
            .subs
            .iter_mut()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
        {
            Some((_, known)) => *known = facts,
            None => self.subs.push((name.into(), facts)),
        }
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
        .multi_valued(attribute["multiValued"].as_bool().unwrap_or(false));
    match attribute["caseExact"].as_bool() {
        Some(case_exact) => facts.case_exact(case_exact),
        None => facts,
    }
}
