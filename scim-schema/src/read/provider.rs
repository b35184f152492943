//! Reads a ServiceProviderConfig (RFC 7643 §5): every part of it may be missing.

use super::{Reader, values};
use crate::json::{Node, Value};
use crate::model::ServiceProvider;

impl Reader<'_, '_> {
    pub(super) fn provider(&mut self, node: &Node) {
        let parts: [(&str, &[&str]); 7] = [
            ("patch", &["supported"]),
            ("bulk", &["supported", "maxOperations", "maxPayloadSize"]),
            ("filter", &["supported", "maxResults"]),
            ("changePassword", &["supported"]),
            ("sort", &["supported"]),
            ("etag", &["supported"]),
            (
                "pagination",
                &[
                    "cursor",
                    "index",
                    "defaultPaginationMethod",
                    "defaultPageSize",
                    "maxPageSize",
                    "cursorTimeout",
                ],
            ),
        ];
        let mut members: Vec<&str> = parts.iter().map(|(name, _)| *name).collect();
        members.extend([
            "schemas",
            "id",
            "meta",
            "documentationUri",
            "authenticationSchemes",
        ]);
        self.misspelt(node, &members);
        for (name, members) in parts {
            if let Some(part) = node.member(name) {
                self.misspelt(&part.value, members);
                self.unreadable(name, &part.value);
            }
        }
        let part = |outer: &str, inner: &str| {
            node.member(outer)
                .and_then(|outer| outer.value.member(inner))
                .map(|found| &found.value)
        };
        let flag = |outer: &str, inner: &str| part(outer, inner).and_then(values::boolean);
        let count = |outer: &str, inner: &str| part(outer, inner).and_then(values::number);
        let provider = ServiceProvider {
            patch: flag("patch", "supported"),
            bulk: flag("bulk", "supported"),
            bulk_max_operations: count("bulk", "maxOperations"),
            bulk_max_payload_size: count("bulk", "maxPayloadSize"),
            filter: flag("filter", "supported"),
            filter_max_results: count("filter", "maxResults"),
            change_password: flag("changePassword", "supported"),
            sort: flag("sort", "supported"),
            etag: flag("etag", "supported"),
            cursor_pagination: flag("pagination", "cursor"),
            index_pagination: flag("pagination", "index"),
        };
        self.documents.providers.push((self.at(node), provider));
    }

    /// Warns of what is no answer to whether or how much: without a word it would count as not said.
    fn unreadable(&mut self, name: &str, part: &Node) {
        let mut ignored = |node: &Node, name: &str, expected: &str| {
            let message = format!("`{name}` is {} instead of {expected}", node.kind());
            let hint = Some("it is ignored");
            self.reporter
                .warn(self.at(node), "provider-value", &message, hint);
        };
        if !matches!(part.value, Value::Object(_)) {
            return ignored(part, name, "an object, RFC 7643 §5");
        }
        for flag in ["supported", "cursor", "index"] {
            let found = part.member(flag).map(|member| &member.value);
            if let Some(node) = found.filter(|node| values::boolean(node).is_none()) {
                ignored(node, flag, "true or false");
            }
        }
        for count in ["maxOperations", "maxPayloadSize", "maxResults"] {
            let found = part.member(count).map(|member| &member.value);
            if let Some(node) = found.filter(|node| values::number(node).is_none()) {
                ignored(node, count, "a whole number that is not too large");
            }
        }
    }
}
