//! What a correct server finds and how it sorts: by the library's own evaluator, on JSON with the
//! server's schemas.

use scim_client::{
    attribute_path::AttributePath,
    evaluate::{self, RuntimeSchema, Subject},
    filter::Filter,
    message::SortOrder,
};
use serde_json::{Value, json};

/// What filters and sorting know of a resource type.
#[derive(Clone)]
pub(crate) struct Schema(RuntimeSchema);

impl std::fmt::Debug for Schema {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Schema")
    }
}

impl Schema {
    /// From schema documents; the first is the resource's own if its `id` is `urn`.
    pub(crate) fn new(urn: &str, documents: &[Value]) -> Self {
        let schema = documents.iter().fold(RuntimeSchema::new(urn), |schema, document| {
            // Only its own idea of the common attributes counts.
            let mut document = document.clone();
            if let Some(attributes) = document.get_mut("attributes").and_then(Value::as_array_mut) {
                attributes.retain(|attribute| {
                    !["id", "meta", "schemas", "externalId"].iter().any(|common| {
                        crate::json::text(attribute, "name")
                            .is_some_and(|name| name.eq_ignore_ascii_case(common))
                    })
                });
            }
            schema.with_schema(&document)
        });
        Self(schema)
    }

    /// Whether the resource matches; `None` if this crate's own filter is wrong.
    pub(crate) fn matches(&self, filter: &str, resource: &Value) -> Option<bool> {
        let filter: Filter = filter.parse().ok()?;
        Some(filter.matches(Subject::json(resource, &self.0)))
    }

    /// How one resource is sorted beside another.
    pub(crate) fn compare(
        &self,
        one: &Value,
        two: &Value,
        path: &str,
        descending: bool,
    ) -> std::cmp::Ordering {
        let Ok(path) = path.parse::<AttributePath>() else {
            return std::cmp::Ordering::Equal;
        };
        let order = match descending {
            true => SortOrder::Descending,
            false => SortOrder::Ascending,
        };
        evaluate::compare(Subject::json(one, &self.0), Subject::json(two, &self.0), &path, order)
    }
}

/// The schemas of RFC 7643 and its resource types, for servers that publish none.
pub(crate) fn bundled() -> (Vec<Value>, Vec<Value>) {
    use scim_client::{EnterpriseUser, Extension as _, Group, Resource as _, User};
    let mut schemas = Vec::new();
    for text in [User::schema(), Group::schema(), EnterpriseUser::schema()] {
        if let Ok(document) = serde_json::from_str(text.as_str()) {
            schemas.push(document);
        }
    }
    let types = vec![
        json!({"name": "User", "endpoint": "/Users", "schema": User::SCHEMA,
            "schemaExtensions": [{"schema": EnterpriseUser::SCHEMA, "required": false}]}),
        json!({"name": "Group", "endpoint": "/Groups", "schema": Group::SCHEMA}),
    ];
    (schemas, types)
}
