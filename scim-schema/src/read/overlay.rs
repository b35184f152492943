//! Reads `overlay.json`: corrections of documents that nobody should edit, because they were
//! fetched.
//!
//! ```json
//! {"changes": [
//!   {"schema": "urn:example:User", "attribute": "emails.type", "required": false,
//!    "reason": "the server leaves it out"},
//!   {"schema": "urn:example:User", "attribute": "*.primary", "drop": true},
//!   {"schema": "*", "required": false, "reason": "its responses lack what it requires"}
//! ]}
//! ```

mod pattern;
mod variants;

pub(super) use self::pattern::optional;
use std::collections::HashSet;

use self::pattern::{found, matches, paths};
use super::resource_type::is_endpoint;
use super::{Reader, values};
use crate::document::{RawAttribute, RawExtension, RawKind, RawResourceType, RawSchema};
use crate::json::{Node, Value};
use crate::model::{Mutability, Returned};
use crate::names::{self, is_attribute_name};
use crate::near::nearest;

/// What a change of an attribute may say besides `schema`, `attribute` and `reason`.
pub const OF_ATTRIBUTE: [&str; 15] = [
    "drop",
    "name",
    "field",
    "description",
    "type",
    "multiValued",
    "required",
    "caseExact",
    "mutability",
    "returned",
    "uniqueness",
    "referenceTypes",
    "canonicalValues",
    "addCanonicalValues",
    "variants",
];
/// What a change of a schema may say besides `schema` and `reason`.
const OF_SCHEMA: [&str; 6] = [
    "drop",
    "name",
    "description",
    "extends",
    "endpoint",
    "required",
];
/// Of these there is one only, so a change of several schemas or attributes cannot say them.
const OF_ONE: [&str; 4] = ["name", "field", "extends", "endpoint"];

impl Reader<'_, '_> {
    pub(super) fn overlay(&mut self, root: &Node) {
        if let Value::Object(members) = &root.value {
            for member in members {
                if !matches!(member.name.as_str(), "changes" | "comment") {
                    let message = format!("an overlay has no `{}`", member.name);
                    let hint = "it has `changes`, an array, and may have a `comment`";
                    self.reporter
                        .error(self.member_at(member), "overlay-key", &message, hint);
                }
            }
        }
        let Some(Value::Array(changes)) = root.member("changes").map(|m| &m.value.value) else {
            let message = "this overlay has no array `changes`";
            let hint =
                "write {\"changes\": [{\"schema\": \"urn:...\", \"attribute\": \"...\", ...}]}";
            self.reporter
                .error(self.at(root), "overlay-changes", message, hint);
            return;
        };
        for change in changes {
            self.change(change);
        }
    }

    fn change(&mut self, change: &Node) {
        if !matches!(change.value, Value::Object(_)) {
            let message = format!("expected a change, found {}", change.kind());
            let hint = "a change is an object with `schema`";
            self.reporter
                .error(self.at(change), "overlay-change", &message, hint);
            return;
        }
        let Some(urn) = self.text(change, "schema") else {
            if change.member("schema").is_none() {
                let hint = "add `schema`, the URN of the schema to change";
                let message = "this change does not say which schema it changes";
                self.reporter
                    .error(self.at(change), "overlay-schema", message, hint);
            }
            return;
        };
        let attribute = self.text(change, "attribute");
        let errors = self.reporter.errors();
        self.overlay_keys(change, attribute.is_some());
        let mut schemas = std::mem::take(&mut self.documents.schemas);
        let pattern = [Some(&urn), attribute.as_ref()]
            .iter()
            .flatten()
            .any(|text| text.contains('*'));
        let of_one = OF_ONE.iter().find(|key| change.member(key).is_some());
        let known = schemas.iter().any(|schema| matches(&urn, &schema.id));
        if let Some(key) = of_one.filter(|_| pattern) {
            let message = format!("`{key}` cannot be the same for all that `*` stands for");
            let hint = "write a change for each";
            self.reporter
                .error(self.at(change), "overlay-pattern", &message, hint);
        } else if known {
            let before = schemas.clone();
            let types = self.documents.resource_types.clone();
            match &attribute {
                Some(path) => self.change_attributes(change, &mut schemas, &urn, path),
                None => self.change_schemas(change, &mut schemas, &urn),
            }
            // What is wrong with it was said.
            let right = self.reporter.errors() == errors;
            let reached = attribute.is_none_or(|path| found(&schemas, &before, &urn, &path));
            let same = schemas == before && types == self.documents.resource_types;
            if same && right && reached {
                let message = "this change changes nothing";
                let hint = Some("the documents say so already: remove it");
                self.reporter
                    .warn(self.at(change), "overlay-no-effect", message, hint);
            }
        } else if self.documents.whole {
            let place = self
                .field(change, "schema")
                .map_or(self.at(change), |v| self.at(v));
            let message = format!("no document has the schema `{urn}`");
            let ids: Vec<&str> = schemas.iter().map(|schema| schema.id.as_str()).collect();
            let hint = suggestion(&urn, &ids, "the schemas are");
            self.reporter
                .error(place, "overlay-schema", &message, &hint);
        }
        self.documents.schemas = schemas;
    }

    /// The attributes of the schemas that the URN or the pattern stands for.
    fn change_attributes(
        &mut self,
        change: &Node,
        schemas: &mut [RawSchema],
        urn: &str,
        path: &str,
    ) {
        let mut any = false;
        for schema in schemas.iter_mut().filter(|schema| matches(urn, &schema.id)) {
            for path in paths(&schema.attributes, path) {
                any = true;
                self.change_attribute(change, &mut schema.attributes, &path);
            }
        }
        if any || !self.documents.whole {
            return;
        }
        let place = self
            .field(change, "attribute")
            .map_or(self.at(change), |v| self.at(v));
        let message = format!("the schema has no attribute `{path}`");
        let schemas = schemas.iter().filter(|schema| matches(urn, &schema.id));
        let mut here: Vec<&RawAttribute> = schemas.flat_map(|schema| &schema.attributes).collect();
        // As far as the path leads.
        let mut wrong = path;
        for name in path.split('.') {
            wrong = name;
            let meant = here.iter().filter(|a| matches(name, &a.name));
            let meant: Vec<&RawAttribute> = meant.copied().collect();
            if meant.is_empty() {
                break;
            }
            here = meant.iter().flat_map(|a| &a.sub_attributes).collect();
        }
        let mut names: Vec<&str> = Vec::new();
        for attribute in here {
            if !names.contains(&attribute.name.as_str()) {
                names.push(&attribute.name);
            }
        }
        let hint = suggestion(wrong, &names, "there are");
        self.reporter
            .error(place, "overlay-attribute", &message, &hint);
    }

    /// The schemas that the URN or the pattern stands for.
    fn change_schemas(&mut self, change: &Node, schemas: &mut Vec<RawSchema>, urn: &str) {
        match self.flag(change, "required") {
            Some(true) => {
                let place = self
                    .field(change, "required")
                    .map_or(self.at(change), |v| self.at(v));
                let message = "`required` of a whole schema can only be false";
                let hint = "it says that no attribute needs to be in the server's responses; give \
                            `attribute` to require one";
                self.reporter.error(place, "overlay-value", message, hint);
            }
            Some(false) => {
                for schema in schemas.iter_mut().filter(|schema| matches(urn, &schema.id)) {
                    optional(&mut schema.attributes);
                }
            }
            None => {}
        }
        let ids: Vec<String> = schemas
            .iter()
            .filter(|schema| matches(urn, &schema.id))
            .map(|schema| schema.id.clone())
            .collect();
        for id in ids {
            self.change_schema(change, schemas, &id);
        }
    }

    fn overlay_keys(&mut self, change: &Node, of_attribute: bool) {
        let known: &[&str] = if of_attribute {
            &OF_ATTRIBUTE
        } else {
            &OF_SCHEMA
        };
        let mut says_something = false;
        for member in change.members() {
            let name = member.name.as_str();
            if ["schema", "attribute", "reason"].contains(&name) {
                continue;
            }
            says_something = true;
            if known.contains(&name) {
                continue;
            }
            let what = if of_attribute {
                "an attribute"
            } else {
                "a schema"
            };
            let message = format!("an overlay cannot change `{name}` of {what}");
            let hint = suggestion(name, known, "it can change");
            self.reporter
                .error(self.member_at(member), "overlay-key", &message, &hint);
        }
        if !says_something {
            let message = "this change does not say what to change";
            let hint = format!("add one of {}", known.join(", "));
            self.reporter
                .error(self.at(change), "overlay-change", message, &hint);
        }
    }

    fn change_attribute(
        &mut self,
        change: &Node,
        attributes: &mut Vec<RawAttribute>,
        path: &[String],
    ) {
        let Some((name, rest)) = path.split_first() else {
            return;
        };
        let found = attributes
            .iter()
            .position(|attribute| attribute.name == *name);
        let Some(index) = found else { return };
        if !rest.is_empty() {
            if let Some(attribute) = attributes.get_mut(index) {
                self.change_attribute(change, &mut attribute.sub_attributes, rest);
            }
            return;
        }
        if self.flag(change, "drop") == Some(true) {
            attributes.remove(index);
            return;
        }
        if let Some(new) = self.text(change, "name") {
            let taken = attributes
                .iter()
                .enumerate()
                .any(|(other, a)| other != index && a.name.eq_ignore_ascii_case(&new));
            let problem = match is_attribute_name(&new) {
                false => Some("cannot be the name of an attribute"),
                true if taken => Some("is the name of another attribute"),
                true => None,
            };
            if let Some(problem) = problem {
                let place = self
                    .field(change, "name")
                    .map_or(self.at(change), |v| self.at(v));
                let message = format!("`{new}` {problem}");
                let hint = "`name` is the name on the wire; `field` changes that of the Rust field";
                self.reporter.error(place, "overlay-name", &message, hint);
            } else if let Some(attribute) = attributes.get_mut(index) {
                attribute.name = new;
            }
        }
        if let Some(attribute) = attributes.get_mut(index) {
            self.characteristics(change, attribute);
        }
    }

    fn characteristics(&mut self, change: &Node, attribute: &mut RawAttribute) {
        if let Some(field) = self.text(change, "field") {
            if names::field(&field) == field {
                attribute.field = Some(field);
            } else {
                let place = self
                    .field(change, "field")
                    .map_or(self.at(change), |v| self.at(v));
                let message = format!("`{field}` cannot be the name of a field");
                let hint = format!("write it as `{}`", names::field(&field));
                self.reporter.error(place, "overlay-name", &message, &hint);
            }
        }
        if let Some(description) = self.text(change, "description") {
            attribute.description = description;
        }
        if let Some(value) = self.field(change, "type") {
            self.change_type(value, attribute);
        }
        if let Some(flag) = self.flag(change, "multiValued") {
            attribute.multi_valued = flag;
        }
        if let Some(flag) = self.flag(change, "required") {
            attribute.required = flag;
        }
        if let Some(flag) = self.flag(change, "caseExact") {
            attribute.case_exact = flag;
        }
        if let Some(mutability) = self.choice(change, "mutability", &Mutability::KEYWORDS) {
            attribute.mutability = mutability;
            if mutability == Mutability::WriteOnly {
                attribute.returned = Returned::Never;
            }
        }
        if let Some(returned) = self.choice(change, "returned", &Returned::KEYWORDS) {
            attribute.returned = returned;
        }
        if change.member("uniqueness").is_some() {
            attribute.uniqueness = self.uniqueness(change);
        }
        if let Some(types) = self.field(change, "referenceTypes") {
            attribute.reference_types = values::strings(types);
        }
        if change.member("canonicalValues").is_some() {
            attribute.canonical_values = self.canonical_values(change);
        }
        if let Some(more) = self.field(change, "addCanonicalValues") {
            let more = values::strings(more);
            if more.is_empty() {
                let value = self.at(change);
                let hint = "give an array of strings, or leave it out";
                let message = "`addCanonicalValues` adds nothing";
                self.reporter.error(value, "wrong-type", message, hint);
            }
            let mut known: HashSet<String> = attribute.canonical_values.iter().cloned().collect();
            let new = more.into_iter().filter(|value| known.insert(value.clone()));
            attribute.canonical_values.extend(new);
        }
        if let Some(variants) = self.field(change, "variants") {
            self.variants(variants, attribute);
        }
    }

    fn change_type(&mut self, value: &Node, attribute: &mut RawAttribute) {
        let Some(text) = value.as_str() else {
            self.wrong_type(value, "type", "a string");
            return;
        };
        let kind = match values::keyword(text, &RawKind::NAMED) {
            values::Keyword::Exact(kind) | values::Keyword::Folded(_, kind) => kind,
            values::Keyword::Unknown if text == "any" => RawKind::Any,
            values::Keyword::Unknown => {
                let names: Vec<&str> = RawKind::NAMED.iter().map(|(name, _)| *name).collect();
                let message = format!("\"{text}\" is not a type of RFC 7643 §2.3");
                let hint = format!(
                    "{}, or \"any\" for raw JSON",
                    suggestion(text, &names, "the types are")
                );
                self.reporter
                    .error(self.at(value), "unknown-type", &message, &hint);
                return;
            }
        };
        if kind == RawKind::Complex && attribute.sub_attributes.is_empty() {
            let message = format!("`{}` has no sub-attributes", attribute.name);
            let hint = "an overlay cannot make them up; \"any\" keeps whatever comes as JSON";
            self.reporter
                .error(self.at(value), "overlay-type", &message, hint);
            return;
        }
        if kind != RawKind::Complex {
            attribute.sub_attributes.clear();
        }
        attribute.kind = kind;
    }

    /// One schema.
    fn change_schema(&mut self, change: &Node, schemas: &mut Vec<RawSchema>, urn: &str) {
        let same = |schema: &RawSchema| schema.id.eq_ignore_ascii_case(urn);
        let serves = |found: &RawResourceType| found.schema.eq_ignore_ascii_case(urn);
        if self.flag(change, "drop") == Some(true) {
            schemas.retain(|schema| !same(schema));
            self.documents.resource_types.retain(|found| !serves(found));
            for found in &mut self.documents.resource_types {
                found
                    .extensions
                    .retain(|extension| !extension.schema.eq_ignore_ascii_case(urn));
            }
            return;
        }
        let name = self.text(change, "name");
        let description = self.text(change, "description");
        for schema in schemas.iter_mut().filter(|schema| same(schema)) {
            if let Some(name) = &name {
                schema.name = Some(name.clone());
            }
            if let Some(description) = &description {
                schema.description.clone_from(description);
            }
        }
        if let Some(base) = self.text(change, "extends") {
            let extension = RawExtension {
                at: self.at(change),
                schema: urn.to_owned(),
                required: false,
            };
            let known = schemas
                .iter_mut()
                .find(|s| s.id.eq_ignore_ascii_case(&base));
            let Some(resource) = known else {
                let place = self
                    .field(change, "extends")
                    .map_or(self.at(change), |v| self.at(v));
                let message = format!("no document has the schema `{base}`");
                let hint = "`extends` is the URN of the resource's schema";
                self.reporter.error(place, "overlay-schema", &message, hint);
                return;
            };
            self.documents.resource_types.retain(|found| !serves(found));
            let mut types = self.documents.resource_types.iter_mut();
            let list = match types.find(|found| found.schema.eq_ignore_ascii_case(&base)) {
                Some(found) => &mut found.extensions,
                None => &mut resource.lifted,
            };
            if !list.iter().any(|e| e.schema.eq_ignore_ascii_case(urn)) {
                list.push(extension);
            }
        }
        if let Some(endpoint) = self.text(change, "endpoint") {
            if !is_endpoint(&endpoint) {
                let place = self
                    .field(change, "endpoint")
                    .map_or(self.at(change), |v| self.at(v));
                let message = format!("the endpoint `{endpoint}` is not a path below the base URL");
                let hint = "give a path alone, such as \"/Users\"";
                self.reporter.error(place, "overlay-value", &message, hint);
                return;
            }
            let endpoint = format!("/{}", endpoint.trim_matches('/'));
            let found = self.documents.resource_types.iter_mut().find(|f| serves(f));
            match found {
                Some(found) => found.endpoint = endpoint,
                None => self.documents.resource_types.push(RawResourceType {
                    at: self.at(change),
                    name: name.unwrap_or_else(|| last_segment(urn)),
                    endpoint,
                    description: String::new(),
                    schema: urn.to_owned(),
                    schema_at: self.at(change),
                    extensions: Vec::new(),
                }),
            }
        }
    }
}

fn last_segment(urn: &str) -> String {
    urn.rsplit(':').next().unwrap_or(urn).to_owned()
}

/// "did you mean ...?", or what there is.
pub(super) fn suggestion(text: &str, known: &[&str], otherwise: &str) -> String {
    match nearest(text, known) {
        Some(name) => format!("did you mean `{name}`?"),
        None if known.is_empty() => "there is none at all".to_owned(),
        None => {
            let mut some: Vec<String> = known.iter().take(12).map(|k| format!("`{k}`")).collect();
            if known.len() > some.len() {
                some.push("...".to_owned());
            }
            format!("{otherwise} {}", some.join(", "))
        }
    }
}
