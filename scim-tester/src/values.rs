//! Values by type: what a resource is filled with.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};

use crate::{
    json::is_assigned,
    resource_type::{Attr, Kind, ResourceType},
};

/// Makes values that carry the run's marker and a number, so that they are unique.
#[derive(Debug, Clone)]
pub(crate) struct Maker {
    /// `zt1a2b3c4d`.
    pub(crate) marker: String,
    pub(crate) domain: String,
    /// Resources that others must refer to, by the name of their type: the id and the location.
    pub(crate) known: BTreeMap<String, (String, String)>,
}

/// How much of a resource is filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fill {
    /// What is required.
    Required,
    /// All that a client may write, but for references to other resources.
    Everything,
}

impl Maker {
    /// The text that identifies one resource of the run.
    pub(crate) fn label(&self, number: usize) -> String {
        format!("{}-{number}", self.marker)
    }

    /// A value of the attribute that identifies a resource: an e-mail address where user names are
    /// meant, because many servers take nothing else.
    pub(crate) fn key(&self, attr: &str, label: &str) -> Value {
        let name = attr.to_ascii_lowercase();
        match name.contains("username") || name.contains("email") {
            true => format!("{label}@{}", self.domain).into(),
            false => label.into(),
        }
    }

    pub(crate) fn resource(&self, r: &ResourceType, number: usize, fill: Fill) -> Value {
        let mut resource = json!({"schemas": [r.schema]});
        let label = self.label(number);
        let key = r.key();
        for attr in &r.attrs {
            let is_key = key.as_ref().is_some_and(|key| *key == attr.slot());
            let in_required_extension = attr.urn.as_ref().is_some_and(|urn| {
                r.extensions
                    .iter()
                    .any(|(known, required)| *required && known == urn)
            });
            let wanted = match fill {
                Fill::Required => {
                    is_key || (attr.required && (attr.urn.is_none() || in_required_extension))
                }
                Fill::Everything => true,
            };
            if !wanted || !attr.is_writable() {
                continue;
            }
            if is_key {
                attr.set(&mut resource, self.key(&attr.name, &label));
            } else if let Some(value) = self.value(attr, &label, fill) {
                attr.set(&mut resource, value);
            }
        }
        if fill == Fill::Everything {
            crate::json::set(
                &mut resource,
                "externalId",
                format!("{label}-external").into(),
            );
        }
        for (urn, required) in &r.extensions {
            if *required {
                if crate::json::member(&resource, urn).is_none() {
                    crate::json::set(&mut resource, urn, json!({}));
                }
                // Also where none of its attributes is required.
                crate::json::add_schema(&mut resource, urn);
            }
        }
        resource
    }

    /// Fills in what the extensions need that have a value.
    pub(crate) fn complete(&self, r: &ResourceType, label: &str, body: &mut Value) {
        for (urn, _) in &r.extensions {
            if !is_assigned(crate::json::member(body, urn)) {
                continue;
            }
            for attr in r.needed_in(urn) {
                if attr.of(body).is_none()
                    && let Some(value) = self.value(attr, label, Fill::Required)
                {
                    attr.set(body, value);
                }
            }
        }
    }

    /// A value of an attribute; `None` if only an existing resource would do.
    pub(crate) fn value(&self, attr: &Attr, label: &str, fill: Fill) -> Option<Value> {
        if !attr.multi {
            return self.single(attr, label, fill, 0);
        }
        let count = match fill {
            Fill::Required => 1,
            Fill::Everything => 2,
        };
        let values: Vec<_> = (0..count)
            .filter_map(|at| self.single(attr, label, fill, at))
            .collect();
        (!values.is_empty()).then_some(Value::Array(values))
    }

    fn single(&self, attr: &Attr, label: &str, fill: Fill, at: usize) -> Option<Value> {
        if attr.kind != Kind::Complex {
            return self.simple(attr, &attr.name, label, at);
        }
        // References to resources are the business of other checks, but for those that are required.
        if attr.sub("$ref").is_some_and(Attr::is_writable)
            && attr
                .sub("value")
                .is_some_and(|sub| sub.kind == Kind::Text || sub.kind == Kind::Reference)
        {
            return self.reference(attr, label).filter(|_| attr.required);
        }
        let mut members = Map::new();
        for sub in attr.subs.iter().filter(|sub| sub.is_writable()) {
            if fill == Fill::Required && !sub.required && sub.name != "value" {
                continue;
            }
            if sub.name == "primary" {
                if at == 0 {
                    members.insert(sub.name.clone(), true.into());
                }
                continue;
            }
            let context = match sub.name.as_str() {
                "value" => attr.name.as_str(),
                other => other,
            };
            let value = match sub.multi {
                true => self
                    .simple(sub, context, label, at)
                    .map(|value| json!([value])),
                false => self.simple(sub, context, label, at),
            };
            if let Some(value) = value {
                members.insert(sub.name.clone(), value);
            }
        }
        if members.is_empty() {
            // An empty object is no value (RFC 7643 §2.5), also where no sub-attribute is required.
            let beside = ["type", "display", "primary"];
            let (last, first): (Vec<&Attr>, Vec<&Attr>) = attr
                .subs
                .iter()
                .filter(|sub| sub.is_writable())
                .partition(|sub| beside.contains(&sub.name.as_str()));
            let filled = first.into_iter().chain(last).find_map(|sub| {
                let value = self.simple(sub, &sub.name, label, at)?;
                let value = if sub.multi { json!([value]) } else { value };
                Some((sub.name.clone(), value))
            });
            members.extend(filled);
        }
        (!members.is_empty()).then_some(Value::Object(members))
    }

    /// A reference to a resource that is there, if one of the right type is known.
    fn reference(&self, attr: &Attr, label: &str) -> Option<Value> {
        let mut names = referents(attr);
        let (id, location) = names.find_map(|name| self.known.get(&name.to_ascii_lowercase()))?;
        let mut members = Map::new();
        for sub in attr.subs.iter().filter(|sub| sub.is_writable()) {
            let value = match sub.name.as_str() {
                "value" if sub.kind == Kind::Reference => Some(location.as_str().into()),
                "value" => Some(id.as_str().into()),
                "$ref" if sub.required => Some(location.as_str().into()),
                _ if sub.required => self.simple(sub, &sub.name, label, 0),
                _ => None,
            };
            members.extend(value.map(|value| (sub.name.clone(), value)));
        }
        Some(Value::Object(members))
    }

    /// A simple value, by type, and by the name of the attribute where names say more than types.
    pub(crate) fn simple(
        &self,
        attr: &Attr,
        context: &str,
        label: &str,
        at: usize,
    ) -> Option<Value> {
        if let Some(canonical) = attr.canonical.get(at % attr.canonical.len().max(1)) {
            return Some(canonical.as_str().into());
        }
        Some(match attr.kind {
            Kind::Text => self.text(context, label, at).into(),
            Kind::Boolean => true.into(),
            Kind::Integer => (7 + at).into(),
            Kind::Decimal => json!(2.5),
            Kind::DateTime => "2024-02-29T12:34:56Z".into(),
            Kind::Binary => STANDARD.encode(format!("{label} {at}")).into(),
            Kind::Reference => {
                let fits = attr.refs.is_empty()
                    || attr
                        .refs
                        .iter()
                        .any(|kind| matches!(kind.as_str(), "external" | "uri" | "url"));
                if !fits {
                    let mut names = attr.refs.iter();
                    let known = names.find_map(|name| self.known.get(&name.to_ascii_lowercase()));
                    let known = known.filter(|_| attr.required);
                    return known.map(|(_, location)| location.as_str().into());
                }
                format!("https://example.com/{label}/{at}").into()
            }
            Kind::Complex => return None,
        })
    }

    fn text(&self, context: &str, label: &str, at: usize) -> String {
        let name = context.to_ascii_lowercase();
        let is = |word: &str| name.contains(word);
        match () {
            () if is("mail") || is("username") => format!("{label}-{at}@{}", self.domain),
            () if is("phone") => format!("tel:+1-201-555-01{:02}", at + 10),
            () if is("photo") || is("url") => format!("https://example.com/{label}/{at}"),
            () if is("locale") => "en-US".to_owned(),
            () if is("language") || name == "lang" => "en".to_owned(),
            () if is("timezone") => "Europe/Berlin".to_owned(),
            () if is("country") => "DE".to_owned(),
            () if is("password") => format!("Zt9!{label}-aQ"),
            () if is("certificate") => STANDARD.encode(format!("{label} {at}")),
            () if name == "type" => ["work", "home"][at % 2].to_owned(),
            () => format!("{label} {context} {at}"),
        }
    }

    /// An element of the attribute `m`, with this word in its value.
    pub(crate) fn element(&self, attr: &Attr, label: &str, word: &str, kind: &str) -> Value {
        json!({"value": self.m_value(attr, label, word), "type": kind})
    }

    /// The `value` of an element of `m`.
    pub(crate) fn m_value(&self, attr: &Attr, label: &str, word: &str) -> String {
        match attr.name.to_ascii_lowercase().contains("mail") {
            true => format!("{label}-{word}@{}", self.domain),
            false => format!("{label}-{word}"),
        }
    }

    /// Two values of `type`.
    pub(crate) fn kinds(attr: &Attr) -> (String, String) {
        let canonical = attr
            .sub("type")
            .map_or(&[][..], |sub| sub.canonical.as_slice());
        let has = |word: &str| canonical.is_empty() || canonical.iter().any(|known| known == word);
        match canonical {
            _ if has("work") && has("home") => ("work".to_owned(), "home".to_owned()),
            [one, two, ..] => (one.clone(), two.clone()),
            _ => ("work".to_owned(), "home".to_owned()),
        }
    }

    /// A value of `type` beside [`kinds`](Self::kinds), for service providers that keep one value of each;
    /// the first of these if there is no other.
    pub(crate) fn third(attr: &Attr) -> String {
        let (one, two) = Self::kinds(attr);
        let canonical = attr.sub("type").map_or(&[][..], |sub| &sub.canonical);
        match canonical {
            [] => "other".to_owned(),
            all => {
                let other = all.iter().find(|kind| **kind != one && **kind != two);
                other.cloned().unwrap_or(one)
            }
        }
    }
}

/// The names of the types that an attribute refers to.
pub(crate) fn referents(attr: &Attr) -> impl Iterator<Item = &str> {
    let subs = ["$ref", "value"]
        .into_iter()
        .filter_map(|name| attr.sub(name));
    let refs = subs.flat_map(|sub| &sub.refs).chain(&attr.refs);
    refs.map(String::as_str)
}

/// `{marker}` replaced in all texts.
pub(crate) fn filled(extra: &Value, label: &str) -> Value {
    match extra {
        Value::String(text) => text.replace("{marker}", label).into(),
        Value::Array(values) => values.iter().map(|value| filled(value, label)).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (name.clone(), filled(value, label)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_required_complex_attribute_is_not_empty() {
        let (mut schemas, types) = crate::oracle::bundled();
        for attr in schemas[0]["attributes"]
            .as_array_mut()
            .into_iter()
            .flatten()
        {
            if ["name", "emails", "addresses"]
                .iter()
                .any(|name| attr["name"] == *name)
            {
                attr["required"] = true.into();
                for sub in attr["subAttributes"].as_array_mut().into_iter().flatten() {
                    sub["required"] = false.into();
                }
            }
        }
        let r = ResourceType::read(&types[0], &schemas, "https://scim.example");
        let maker = Maker {
            marker: "zt00000000".to_owned(),
            domain: "example.com".to_owned(),
            known: BTreeMap::new(),
        };
        let body = r
            .map(|r| maker.resource(&r, 1, Fill::Required))
            .unwrap_or_default();
        let full = |value: &Value| value.as_object().is_some_and(|members| !members.is_empty());
        assert!(full(&body["name"]), "{body}");
        assert!(
            full(&body["emails"][0]) && full(&body["addresses"][0]),
            "{body}"
        );
    }
}
