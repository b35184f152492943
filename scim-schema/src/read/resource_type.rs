//! Reads ResourceType documents (RFC 7643 §6).

use std::collections::HashMap;

use super::Reader;
use crate::document::{RawExtension, RawResourceType};
use crate::json::{Node, Value};

impl Reader<'_, '_> {
    pub(super) fn resource_type(&mut self, node: &Node) {
        let at = self.at(node);
        let members = [
            "schemas",
            "id",
            "meta",
            "name",
            "description",
            "endpoint",
            "schema",
            "schemaExtensions",
        ];
        self.misspelt(node, &members);
        let name = self.text(node, "name").or_else(|| self.text(node, "id"));
        let name = name.filter(|name| !name.is_empty());
        let schema = self
            .text(node, "schema")
            .filter(|schema| !schema.is_empty());
        let schema_at = node
            .member("schema")
            .map_or(at, |member| self.at(&member.value));
        let endpoint = self.endpoint(node);
        for (key, found) in [
            ("name", name.is_some()),
            ("schema", schema.is_some()),
            ("endpoint", endpoint.is_some()),
        ] {
            if !found {
                let message = format!("this ResourceType has no `{key}`");
                let hint = format!("add `{key}`: RFC 7643 §6 requires it");
                self.reporter.error(at, "missing-key", &message, &hint);
            }
        }
        let extensions = self.extensions(node);
        let description = self.text(node, "description").unwrap_or_default();
        if let (Some(name), Some(schema), Some(endpoint)) = (name, schema, endpoint) {
            let found = RawResourceType {
                at,
                name,
                endpoint,
                description,
                schema,
                schema_at,
                extensions,
            };
            self.documents.resource_types.push(found);
        }
    }

    /// The endpoint relative to the base URL. Some servers repeat the path of the base URL in it.
    fn endpoint(&mut self, node: &Node) -> Option<String> {
        let text = self
            .text(node, "endpoint")
            .filter(|text| !text.is_empty())?;
        let value = self.field(node, "endpoint")?;
        let path = match text.split_once("://") {
            Some((_, rest)) => rest.split_once('/').map_or("", |(_, path)| path),
            None => text.as_str(),
        };
        let path = path.trim_matches('/');
        let relative = path
            .rsplit_once("v2/")
            .map_or(path, |(_, relative)| relative);
        if relative.is_empty() {
            return None;
        }
        if !is_endpoint(relative) {
            let message = format!("the endpoint `{text}` is not a path below the base URL");
            let hint = "it is kept (RFC 7643 §6 requires a path alone); `endpoint` in overlay.json gives \
                        another";
            self.reporter
                .warn(self.at(value), "endpoint-path", &message, Some(hint));
            return Some(format!("/{relative}"));
        }
        if relative.len() < path.len() || text.contains("://") {
            let message = format!("the endpoint `{text}` should be relative to the base URL");
            let hint = format!("`/{relative}` is used");
            self.reporter
                .warn(self.at(value), "endpoint-base", &message, Some(&hint));
        }
        Some(format!("/{relative}"))
    }

    fn extensions(&mut self, node: &Node) -> Vec<RawExtension> {
        let Some(list) = self.field(node, "schemaExtensions") else {
            return Vec::new();
        };
        let items = match &list.value {
            Value::Array(items) => items.as_slice(),
            Value::Object(_) => std::slice::from_ref(list),
            _ => {
                self.wrong_type(list, "schemaExtensions", "an array of objects");
                return Vec::new();
            }
        };
        let mut extensions: Vec<RawExtension> = Vec::new();
        let mut known: HashMap<String, usize> = HashMap::new();
        for item in items {
            let schema = match item.as_str() {
                Some(urn) => Some(urn.to_owned()),
                None => self.text(item, "schema"),
            };
            let Some(schema) = schema.filter(|schema| !schema.is_empty()) else {
                let message = "this schema extension does not name its `schema`";
                let hint = "add the URN of the extension";
                self.reporter
                    .error(self.at(item), "missing-key", message, hint);
                continue;
            };
            self.misspelt(item, &["schema", "required"]);
            let required = self.flag(item, "required").unwrap_or_default();
            let first = *known
                .entry(schema.to_ascii_lowercase())
                .or_insert(extensions.len());
            match extensions.get_mut(first) {
                Some(first) => first.required |= required,
                None => extensions.push(RawExtension {
                    at: self.at(item),
                    schema,
                    required,
                }),
            }
        }
        // RFC 7643 §6 gives their order no meaning, and servers give them in another each time.
        extensions.sort_by_cached_key(|extension| extension.schema.to_ascii_lowercase());
        extensions
    }
}

/// Returns whether that can be added to a base URL: no query, no fragment, nothing that leads elsewhere.
pub(super) fn is_endpoint(path: &str) -> bool {
    let path = path.trim_matches('/');
    path.split('/').all(|part| !matches!(part, "" | "." | ".."))
        && !path.contains(|c: char| {
            c.is_whitespace() || c.is_control() || matches!(c, '?' | '#' | '\\' | '"')
        })
}
