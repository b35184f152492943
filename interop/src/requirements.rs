//! What a server's schemas require, filled in where a scenario does not care.

use std::sync::atomic::{AtomicU32, Ordering};

use scim_client::{
    Resource,
    dynamic::ResourceType,
    model::{Attribute, Kind, Mutability},
};
use serde_json::{Map, Value, json};

use crate::outcome::Trouble;

/// Makes values that nobody else has.
#[derive(Clone, Copy)]
pub(crate) struct Filler<'a> {
    pub(crate) run: &'a str,
    pub(crate) next: &'a AtomicU32,
}

impl Filler<'_> {
    /// The resource, and what the server's schema requires besides.
    pub(crate) fn complete<R: Resource>(
        &self,
        resource: &R,
        published: &ResourceType,
    ) -> Result<R, Trouble> {
        let wrong = |error: &dyn std::fmt::Display| Trouble::Ours(error.to_string());
        let text = resource.to_json();
        let mut document: Value = serde_json::from_str(&text).map_err(|error| wrong(&error))?;
        if !self.complete_json(&mut document, published) {
            return Ok(resource.clone());
        }
        R::from_json(&document.to_string()).map_err(|error| wrong(&error))
    }

    /// As [`complete`](Self::complete), in JSON. Returns whether anything was missing.
    pub(crate) fn complete_json(&self, document: &mut Value, published: &ResourceType) -> bool {
        let Some(members) = document.as_object_mut() else {
            return false;
        };
        let mut changed = self.fill(members, published.descriptor().attributes(), "");
        for extension in published.extensions() {
            let (urn, table) = (extension.schema(), extension.descriptor());
            let Some(table) =
                table.filter(|_| extension.is_required() || members.contains_key(urn))
            else {
                continue;
            };
            let inner = members.entry(urn).or_insert_with(|| json!({}));
            if let Some(inner) = inner.as_object_mut() {
                changed |= self.fill(inner, table.attributes(), "");
            }
            let listed = members.get_mut("schemas").and_then(Value::as_array_mut);
            if let Some(listed) = listed.filter(|all| !all.iter().any(|one| one == urn)) {
                listed.push(urn.into());
                changed = true;
            }
        }
        changed
    }

    /// Adds what is required and missing; looks into what is there. `parent` is the attribute that
    /// these are sub-attributes of.
    fn fill(
        &self,
        members: &mut Map<String, Value>,
        attributes: &[Attribute],
        parent: &str,
    ) -> bool {
        let mut changed = false;
        let wanted = attributes.iter().filter(|attribute| {
            !attribute.is_extension() && attribute.mutability() != Mutability::ReadOnly
        });
        for attribute in wanted {
            let given = members
                .iter_mut()
                .find(|(name, _)| name.eq_ignore_ascii_case(attribute.name()));
            match given {
                None if attribute.is_required() => {
                    if let Some(value) = self.value(attribute, parent) {
                        members.insert(attribute.name().to_owned(), value);
                        changed = true;
                    }
                }
                None => {}
                Some((_, Value::Array(all))) => {
                    for element in all.iter_mut().filter_map(Value::as_object_mut) {
                        changed |= self.fill(element, attribute.sub_attributes(), attribute.name());
                    }
                }
                Some((_, Value::Object(inner))) => {
                    changed |= self.fill(inner, attribute.sub_attributes(), attribute.name());
                }
                Some(_) => {}
            }
        }
        changed
    }

    /// A value of an attribute, or of a sub-attribute of `parent`; none for a reference to a resource,
    /// which nobody can make up.
    fn value(&self, attribute: &Attribute, parent: &str) -> Option<Value> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let name = format!("{parent}.{}", attribute.name()).to_ascii_lowercase();
        let one = match attribute.kind() {
            Kind::String => match attribute.suggested_values().first() {
                Some(suggested) => json!(suggested),
                None if name.contains("mail") || name.ends_with("username") => {
                    json!(format!("{}-{number}@filled.example", self.run))
                }
                None => json!(format!("{}-{number}", self.run)),
            },
            Kind::Boolean => json!(true),
            Kind::Decimal => json!(1.5),
            Kind::Integer => json!(number),
            Kind::DateTime => json!("2024-02-29T08:00:00Z"),
            Kind::Binary => json!("AAEC"),
            Kind::Reference => {
                let outside = ["external", "uri"];
                let types = attribute.referenced_types();
                let is_outside = types.iter().all(|one| outside.contains(one));
                is_outside.then(|| json!(format!("https://filled.example/{number}")))?
            }
            Kind::Complex(_) => {
                let (mut inner, subs) = (Map::new(), attribute.sub_attributes());
                self.fill(&mut inner, subs, attribute.name());
                if let Some(value) = subs.iter().find(|sub| sub.name() == "value")
                    && !inner.contains_key("value")
                    && let Some(made) = self.value(value, attribute.name())
                {
                    inner.insert("value".to_owned(), made);
                }
                (!inner.is_empty()).then_some(Value::Object(inner))?
            }
            Kind::Any => json!({}),
        };
        Some(match attribute.is_multi_valued() {
            true => json!([one]),
            false => one,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU32;

    use scim_client::{User, dynamic::ResourceTypes};
    use serde_json::json;

    use super::Filler;

    fn published() -> ResourceTypes {
        let user = json!({"id": "urn:ietf:params:scim:schemas:core:2.0:User", "name": "User", "attributes": [
            {"name": "userName", "type": "string", "multiValued": false, "required": true},
            {"name": "emails", "type": "complex", "multiValued": true, "required": true, "subAttributes": [
                {"name": "value", "type": "string", "multiValued": false, "required": false},
                {"name": "type", "type": "string", "multiValued": false, "required": true,
                 "canonicalValues": ["work"]}]},
            {"name": "badge", "type": "integer", "multiValued": false, "required": true},
            {"name": "photo", "type": "reference", "referenceTypes": ["external"], "multiValued": false,
             "required": true},
            {"name": "since", "type": "dateTime", "multiValued": false, "required": true,
             "mutability": "readOnly"}]});
        let extension = json!({"id": "urn:example:Place", "name": "Place", "attributes": [
            {"name": "site", "type": "string", "multiValued": false, "required": true}]});
        let kind = json!({"name": "User", "endpoint": "/Users",
            "schema": "urn:ietf:params:scim:schemas:core:2.0:User",
            "schemaExtensions": [{"schema": "urn:example:Place", "required": true}]});
        ResourceTypes::from_json(&json!([user, extension, kind]).to_string()).unwrap()
    }

    #[test]
    fn what_the_schema_requires_is_filled_in() {
        let types = published();
        let next = AtomicU32::new(7);
        let filler = Filler {
            run: "run",
            next: &next,
        };
        let given = User::new("anna@a.example");
        let user = filler.complete(&given, types.get("User").unwrap()).unwrap();
        let made = serde_json::to_value(&user).unwrap();

        assert_eq!(made["userName"], "anna@a.example", "what is there stays");
        assert_eq!(made["emails"][0]["type"], "work");
        let address = made["emails"][0]["value"].as_str().unwrap();
        assert!(address.contains('@'), "{address}");
        assert!(made["badge"].is_number());
        assert!(made["photo"].as_str().unwrap().starts_with("https://"));
        assert!(made["urn:example:Place"]["site"].is_string());
        let listed = made["schemas"].as_array().unwrap();
        assert!(listed.contains(&json!("urn:example:Place")));
        assert!(made.get("since").is_none(), "readOnly is the server's");

        let again = filler.complete(&user, types.get("User").unwrap()).unwrap();
        assert_eq!(again, user, "nothing more is missing");
    }
}
