//! Reads a ServiceProviderConfig (RFC 7643 §5): every part of it may be missing.

use super::{Reader, values};
use crate::json::Node;
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
}
