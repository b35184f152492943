//! Attributes as the server describes them, and the places in a resource that checks fill.

use serde_json::{Value, json};

use crate::json::{self, elements, text};

/// An attribute, or a sub-attribute.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Attr {
    /// Of an attribute of an extension, the extension.
    pub(crate) urn: Option<String>,
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) multi: bool,
    pub(crate) required: bool,
    pub(crate) mutability: String,
    pub(crate) returned: String,
    pub(crate) unique: bool,
    /// Unique not only among the resources of its type (`uniqueness` is `global`).
    pub(crate) global: bool,
    pub(crate) exact: bool,
    pub(crate) canonical: Vec<String>,
    pub(crate) refs: Vec<String>,
    pub(crate) subs: Vec<Attr>,
}

/// A data type (RFC 7643 §2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Boolean,
    Decimal,
    Integer,
    DateTime,
    Binary,
    Reference,
    Complex,
}

impl Kind {
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "string" => Self::Text,
            "boolean" => Self::Boolean,
            "decimal" => Self::Decimal,
            "integer" => Self::Integer,
            "datetime" => Self::DateTime,
            "binary" => Self::Binary,
            "reference" => Self::Reference,
            "complex" => Self::Complex,
            _ => return None,
        })
    }
}

impl Attr {
    /// From a schema document; the defaults are those of RFC 7643 §2.2.
    pub(crate) fn read(document: &Value, urn: Option<&str>) -> Option<Self> {
        let lower = |name: &str, otherwise: &str| {
            text(document, name)
                .unwrap_or(otherwise)
                .to_ascii_lowercase()
                // D-12 says of READ_WRITE that it is misspelt; what is meant is clear.
                .replace(['_', '-', ' '], "")
        };
        let flag = |name: &str| {
            json::member(document, name)
                .and_then(Value::as_bool)
                .unwrap_or(false)
        };
        let texts = |name: &str| {
            let values = elements(json::member(document, name)).iter();
            values
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect()
        };
        let kind = Kind::named(text(document, "type").unwrap_or("string")).unwrap_or(Kind::Text);
        Some(Self {
            urn: urn.map(str::to_owned),
            name: text(document, "name")?.to_owned(),
            kind,
            multi: flag("multiValued"),
            required: flag("required"),
            mutability: lower("mutability", "readwrite"),
            returned: lower("returned", "default"),
            unique: matches!(lower("uniqueness", "none").as_str(), "server" | "global"),
            global: lower("uniqueness", "none") == "global",
            exact: flag("caseExact") || matches!(kind, Kind::Binary | Kind::Reference),
            canonical: texts("canonicalValues"),
            refs: texts("referenceTypes"),
            subs: elements(json::member(document, "subAttributes"))
                .iter()
                .filter_map(|sub| Self::read(sub, None))
                .collect(),
        })
    }

    pub(crate) fn sub(&self, name: &str) -> Option<&Self> {
        self.subs
            .iter()
            .find(|sub| sub.name.eq_ignore_ascii_case(name))
    }

    pub(crate) fn is_writable(&self) -> bool {
        matches!(
            self.mutability.as_str(),
            "readwrite" | "immutable" | "writeonly"
        )
    }

    pub(crate) fn is_read_only(&self) -> bool {
        self.mutability == "readonly"
    }

    /// Whether it is not returned, by any means.
    pub(crate) fn is_never_returned(&self) -> bool {
        self.returned == "never" || self.mutability == "writeonly"
    }

    /// Free to be written and seen: what most checks need.
    pub(crate) fn is_plain(&self) -> bool {
        self.mutability == "readwrite" && matches!(self.returned.as_str(), "default" | "always")
    }

    /// Whether no projection takes it away.
    pub(crate) fn is_always_returned(&self) -> bool {
        self.returned == "always"
    }

    /// As a filter, a projection or a PATCH names it.
    pub(crate) fn path(&self) -> String {
        match &self.urn {
            Some(urn) => format!("{urn}:{}", self.name),
            None => self.name.clone(),
        }
    }

    pub(crate) fn slot(&self) -> Slot {
        Slot {
            urn: self.urn.clone(),
            name: self.name.clone(),
            sub: None,
            exact: self.exact,
            kind: self.kind,
        }
    }

    pub(crate) fn sub_slot(&self, sub: &Self) -> Slot {
        let sub_name = Some(sub.name.clone());
        Slot {
            sub: sub_name,
            exact: sub.exact,
            kind: sub.kind,
            ..self.slot()
        }
    }

    /// Its value in a resource.
    pub(crate) fn of<'a>(&self, resource: &'a Value) -> Option<&'a Value> {
        let holder = match &self.urn {
            Some(urn) => json::member(resource, urn)?,
            None => resource,
        };
        json::member(holder, &self.name).filter(|value| json::is_assigned(Some(value)))
    }

    pub(crate) fn set(&self, resource: &mut Value, value: Value) {
        self.slot().set(resource, value);
    }
}

/// A place in a resource that a check can fill.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Slot {
    pub(crate) urn: Option<String>,
    pub(crate) name: String,
    pub(crate) sub: Option<String>,
    pub(crate) exact: bool,
    pub(crate) kind: Kind,
}

impl Slot {
    pub(crate) fn path(&self) -> String {
        let mut path = self.top_path();
        if let Some(sub) = &self.sub {
            path.push('.');
            path.push_str(sub);
        }
        path
    }

    /// The path of the attribute, without sub-attribute.
    pub(crate) fn top_path(&self) -> String {
        match &self.urn {
            Some(urn) => format!("{urn}:{}", self.name),
            None => self.name.clone(),
        }
    }

    /// The member of a resource that it stands in.
    pub(crate) fn top(&self) -> &str {
        self.urn.as_deref().unwrap_or(&self.name)
    }

    /// Its value. Of a multi-valued attribute with a sub-attribute, nothing.
    pub(crate) fn of<'a>(&self, resource: &'a Value) -> Option<&'a Value> {
        let holder = match &self.urn {
            Some(urn) => json::member(resource, urn)?,
            None => resource,
        };
        let value = json::member(holder, &self.name)?;
        let value = match &self.sub {
            Some(sub) => json::member(value, sub)?,
            None => value,
        };
        json::is_assigned(Some(value)).then_some(value)
    }

    pub(crate) fn is(&self, resource: &Value, expected: &Value) -> bool {
        self.of(resource)
            .is_some_and(|value| json::same(value, expected, self.exact))
    }

    pub(crate) fn set(&self, resource: &mut Value, value: Value) {
        let value = match &self.sub {
            None => value,
            Some(sub) => {
                let mut complex = Self {
                    sub: None,
                    ..self.clone()
                }
                .of(resource)
                .cloned()
                .unwrap_or_else(|| json!({}));
                json::set(&mut complex, sub, value);
                complex
            }
        };
        match &self.urn {
            None => json::set(resource, &self.name, value),
            Some(urn) => {
                let mut extension = json::member(resource, urn)
                    .cloned()
                    .unwrap_or_else(|| json!({}));
                json::set(&mut extension, &self.name, value);
                json::set(resource, urn, extension);
                json::add_schema(resource, urn);
            }
        }
    }

    pub(crate) fn clear(&self, resource: &mut Value) {
        match (&self.urn, &self.sub) {
            (None, None) => json::remove(resource, &self.name),
            (Some(urn), None) => {
                let mut extension = json::member(resource, urn)
                    .cloned()
                    .unwrap_or_else(|| json!({}));
                json::remove(&mut extension, &self.name);
                json::set(resource, urn, extension);
            }
            (_, Some(sub)) => {
                let whole = Self {
                    sub: None,
                    ..self.clone()
                };
                if let Some(mut complex) = whole.of(resource).cloned() {
                    json::remove(&mut complex, sub);
                    whole.set(resource, complex);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use scim_client::{Schema, resource::Root as _};

    use super::Kind;

    /// A data type that the schema of schemas has, and the checks do not know, fails here.
    #[test]
    fn every_data_type_is_known() {
        let find = |attributes: &'static [scim_client::model::Attribute], name: &str| {
            attributes.iter().find(|a| a.name() == name).unwrap()
        };
        let attributes = find(Schema::DESCRIPTOR.attributes(), "attributes");
        let types = find(attributes.sub_attributes(), "type").suggested_values();
        assert!(types.len() >= 8, "{types:?}");
        for name in types {
            assert!(Kind::named(name).is_some(), "{name}");
        }
    }
}
