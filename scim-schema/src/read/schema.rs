//! Reads Schema documents (RFC 7643 §7).

use super::Reader;
use crate::diagnostic::is_invisible;
use crate::document::{RawExtension, RawSchema};
use crate::json::{Node, Value};
use crate::source::At;

impl Reader<'_, '_> {
    pub(super) fn schema(&mut self, node: &Node) {
        let at = self.at(node);
        if let Some(reason) = scim_1(node) {
            let message = format!("this is a SCIM 1.1 schema: {reason}");
            let hint = "only SCIM 2.0 (RFC 7643) is supported; ask the server's SCIM 2.0 endpoint";
            self.reporter.error(at, "scim-1", &message, hint);
            return;
        }
        self.misspelt(
            node,
            &["schemas", "id", "meta", "name", "description", "attributes"],
        );
        let id = self.text(node, "id").filter(|id| !id.is_empty());
        let Some(id) = id.or_else(|| self.options.schema_id.clone()) else {
            let message = "this schema has no `id`";
            let hint = "add the schema's URN as `id`, or give it as an option";
            self.reporter.error(at, "missing-id", message, hint);
            return;
        };
        let place = self.field(node, "id").map_or(at, |id| self.at(id));
        if !self.is_plain_urn(&id, place) {
            return;
        }
        if !is_uri(&id) {
            let message = format!("the schema id `{id}` is not a URI");
            let hint = Some("it is kept as it is; RFC 7643 §7 requires a URI");
            self.reporter.warn(place, "id-not-uri", &message, hint);
        }
        let name = self
            .text(node, "name")
            .filter(|name| !name.trim().is_empty());
        let name = name.or_else(|| self.options.schema_name.clone());
        if name.is_none() {
            self.reporter.note(
                at,
                "missing-name",
                "the schema has no name; it is named after its id",
            );
        }
        let description = self.text(node, "description").unwrap_or_default();
        let attributes = match self.field(node, "attributes") {
            Some(list) => match &list.value {
                Value::Array(items) => self.attributes(items, 0, &id),
                Value::Object(_) => {
                    let message = "`attributes` is an object, keyed by name";
                    let hint = "make it an array, with each key as the `name` of its attribute";
                    self.reporter
                        .error(self.at(list), "attributes-type", message, hint);
                    return;
                }
                _ => {
                    self.wrong_type(list, "attributes", "an array of objects");
                    return;
                }
            },
            None => Vec::new(),
        };
        let empty = match node.member("attributes").map(|list| &list.value.value) {
            Some(Value::Array(items)) => items.is_empty(),
            _ => true,
        };
        if empty {
            let message = format!("the schema `{id}` has no attributes");
            self.reporter.warn(at, "no-attributes", &message, None);
        }
        let lifted = Vec::new();
        self.documents.schemas.push(RawSchema {
            at,
            own: RawExtension {
                at,
                schema: id.clone(),
                required: false,
            },
            id,
            name,
            description,
            attributes,
            lifted,
        });
    }

    /// Returns whether a URN can be written between quotes as it is, as it stands in `schemas` and in
    /// paths.
    pub(super) fn is_plain_urn(&mut self, urn: &str, at: At) -> bool {
        let is_plain = !urn.contains(|c: char| matches!(c, '"' | '\\') || is_invisible(c));
        if !is_plain {
            let message = format!("`{urn}` cannot be the URN of a schema");
            let hint =
                "a URI has no quotes, no backslashes and no invisible characters (RFC 3986 §2)";
            self.reporter.error(at, "id-characters", &message, hint);
        }
        is_plain
    }

    /// An array of attributes without the schema around them: usable if the caller names the schema.
    pub(super) fn attribute_list(&mut self, root: &Node) {
        let at = self.at(root);
        let (Some(id), Value::Array(items)) = (self.options.schema_id.clone(), &root.value) else {
            let message = "this is a list of attributes without a schema around it";
            let hint = "wrap it as {\"id\": \"urn:...\", \"name\": \"...\", \"attributes\": [...]}, or \
                        give the id and the name as options";
            self.reporter.error(at, "bare-attributes", message, hint);
            return;
        };
        let name = self.options.schema_name.clone();
        let attributes = self.attributes(items, 0, &id);
        let (description, lifted) = (String::new(), Vec::new());
        self.documents.schemas.push(RawSchema {
            at,
            own: RawExtension {
                at,
                schema: id.clone(),
                required: false,
            },
            id,
            name,
            description,
            attributes,
            lifted,
        });
    }
}

/// Returns whether a text begins with the scheme of a URI (RFC 3986 §3.1).
fn is_uri(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, rest)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
            && !rest.is_empty()
            && !rest.contains(char::is_whitespace)
    })
}

/// What gives a schema of SCIM 1.1 away.
fn scim_1(node: &Node) -> Option<String> {
    for key in ["id", "schema"] {
        let text = node
            .member(key)
            .and_then(|found| found.value.as_str())
            .unwrap_or_default();
        if text
            .to_ascii_lowercase()
            .starts_with("urn:scim:schemas:core:1.")
        {
            return Some(format!("`{key}` is `{text}`"));
        }
    }
    let Some(Value::Array(items)) = node.member("attributes").map(|list| &list.value.value) else {
        return None;
    };
    let old =
        |item: &Node| item.member("readOnly").is_some() && item.member("mutability").is_none();
    let all = !items.is_empty() && items.iter().all(old);
    all.then(|| "its attributes say `readOnly` instead of `mutability`".to_owned())
}
