//! What an emitter may rely on: every name is valid and unique, and every reference has a target.

use std::collections::BTreeSet;
use std::fmt;

use super::{Attribute, Draft, Kind, Model, OpenEnum, Role, Schema};
use crate::names::{Scope, around_type, is_identifier};

/// A violation of the rules of [`Draft::validate`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    place: String,
    message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

impl std::error::Error for Fault {}

impl Draft {
    /// Makes the model, with the schemas in the order of their URNs. Every name must be a valid
    /// Rust name and unique in its scope, and the schema of every extension must exist.
    ///
    /// # Errors
    ///
    /// All violations of these rules.
    pub fn validate(mut self) -> Result<Model, Vec<Fault>> {
        self.schemas
            .sort_by_cached_key(|schema| schema.id.to_ascii_lowercase());
        let mut check = Check::default();
        check.schemas(&self);
        if check.faults.is_empty() {
            Ok(Model { draft: self })
        } else {
            Err(check.faults)
        }
    }
}

#[derive(Default)]
struct Check {
    faults: Vec<Fault>,
}

impl Check {
    fn fault(&mut self, place: &str, message: String) {
        let place = place.to_owned();
        self.faults.push(Fault { place, message });
    }

    fn name(&mut self, place: &str, name: &str, free: bool) {
        if !is_identifier(name) {
            self.fault(place, format!("`{name}` cannot be a name in Rust"));
        } else if !free {
            self.fault(place, format!("`{name}` is the name of something else too"));
        }
    }

    fn schemas(&mut self, draft: &Draft) {
        let (mut types, mut modules) = (Scope::default(), Scope::default());
        let mut ids = BTreeSet::new();
        for schema in &draft.schemas {
            let place = schema.id.as_str();
            if !ids.insert(place.to_ascii_lowercase()) {
                self.fault(place, "the schema is there twice".to_owned());
            }
            let free = types.claim(&schema.type_name);
            self.name(place, &schema.type_name, free);
            let free = modules.claim(&schema.module);
            self.name(place, &schema.module, free);
            self.schema(schema, draft);
        }
        for found in &draft.resource_types {
            if !ids.contains(&found.schema.to_ascii_lowercase()) {
                let message = format!("there is no schema `{}`", found.schema);
                self.fault(&found.name, message);
            }
        }
    }

    fn schema(&mut self, schema: &Schema, draft: &Draft) {
        let (mut fields, mut types) = (Scope::default(), Scope::default());
        fields.claim("extra");
        claim_type(&mut types, &schema.type_name);
        self.attributes(&schema.id, &schema.attributes, &mut fields, &mut types);
        let Role::Resource(resource) = &schema.role else {
            return;
        };
        for extension in &resource.extensions {
            let free = fields.claim(&extension.field);
            self.name(&schema.id, &extension.field, free);
            let same = |other: &&Schema| other.id.eq_ignore_ascii_case(&extension.schema);
            if !draft.schemas.iter().any(|other| same(&other)) {
                let message = format!("there is no schema `{}`", extension.schema);
                self.fault(&schema.id, message);
            }
        }
    }

    fn attributes(
        &mut self,
        outer: &str,
        attributes: &[Attribute],
        fields: &mut Scope,
        types: &mut Scope,
    ) {
        let mut names = BTreeSet::new();
        for attribute in attributes {
            let place = format!("{outer}:{}", attribute.name);
            if !names.insert(attribute.name.to_ascii_lowercase()) {
                self.fault(&place, "the attribute is there twice".to_owned());
            }
            let free = fields.claim(&attribute.field);
            self.name(&place, &attribute.field, free);
            match &attribute.kind {
                Kind::Complex(complex) => {
                    let free = claim_type(types, &complex.type_name);
                    self.name(&place, &complex.type_name, free);
                    let mut inner = Scope::default();
                    inner.claim("extra");
                    self.attributes(&place, &complex.attributes, &mut inner, types);
                }
                Kind::String(Some(values)) => {
                    let free = claim_type(types, &values.type_name);
                    self.name(&place, &values.type_name, free);
                    self.variants(&place, values);
                }
                _ => {}
            }
        }
    }

    fn variants(&mut self, place: &str, values: &OpenEnum) {
        let mut variants = Scope::default();
        variants.claim("Unknown");
        for variant in &values.variants {
            let free = variants.claim(&variant.name);
            self.name(place, &variant.name, free);
        }
    }
}

/// Takes the name of a type and what stands beside it.
fn claim_type(types: &mut Scope, name: &str) -> bool {
    let names = around_type(name);
    let free = names.iter().all(|name| !types.has(name));
    for name in &names {
        types.claim(name);
    }
    free
}

#[cfg(test)]
mod tests {
    use super::super::{Extension, Resource, Variant};
    use super::*;
    use crate::{Reading, Source, read};

    const DEVICE: &str = r#"{"id": "urn:x:Device", "name": "Device", "attributes": [
        {"name": "state", "type": "string", "multiValued": false, "canonicalValues": ["on", "off"]},
        {"name": "size", "type": "complex", "multiValued": false, "subAttributes": [
            {"name": "width", "type": "integer", "multiValued": false}]}]}"#;

    fn draft() -> Draft {
        let sources = [Source::new("device.json", DEVICE)];
        let (model, _) = read(&sources, &Reading::default()).unwrap();
        model.into_draft()
    }

    #[test]
    fn what_an_emitter_could_not_cope_with_is_no_model() {
        assert!(draft().validate().is_ok());
        let break_it: [fn(&mut Draft); 9] = [
            |draft| draft.schemas[0].type_name = "not a name".to_owned(),
            |draft| draft.schemas[0].module = "mod".to_owned(),
            |draft| draft.schemas.extend_from_within(..),
            |draft| draft.schemas[0].attributes[1].field = "extra".to_owned(),
            |draft| draft.schemas[0].attributes[1].field = "SIZE".to_owned(),
            |draft| draft.schemas[0].attributes[1].name = "Size".to_owned(),
            |draft| match &mut draft.schemas[0].attributes[1].kind {
                Kind::String(Some(values)) => values.variants.push(Variant {
                    name: "On".to_owned(),
                    value: "ON".to_owned(),
                }),
                other => panic!("{other:?}"),
            },
            |draft| match &mut draft.schemas[0].attributes[2].kind {
                Kind::Complex(complex) => complex.type_name = "Device".to_owned(),
                other => panic!("{other:?}"),
            },
            |draft| {
                draft.schemas[0].role = Role::Resource(Resource {
                    resource_type: "Device".to_owned(),
                    endpoint: "/Devices".to_owned(),
                    guessed: false,
                    extensions: vec![Extension {
                        schema: "urn:x:Absent".to_owned(),
                        field: "absent".to_owned(),
                        required: false,
                    }],
                });
            },
        ];
        for (index, break_it) in break_it.into_iter().enumerate() {
            let mut broken = draft();
            break_it(&mut broken);
            assert!(broken.validate().is_err(), "{index}");
        }
    }
}
