//! The documents by which a service provider describes itself (RFC 7643 §5 to §7, RFC 7644 §4),
//! made from the tables of its types.

use serde_json::{Value, json};

use super::{query::Paging, record::ResourceKind};
use scim_models::{internal::document, model::Descriptor, resource::Resource};

const CONFIG: &str = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig";

/// What the service provider can do.
#[derive(Debug, Clone, Copy)]
pub(super) struct Abilities {
    pub(super) patch: bool,
    pub(super) filter: bool,
    pub(super) sort: bool,
    pub(super) versions: bool,
    pub(super) paging: Paging,
    pub(super) bulk_operations: usize,
    pub(super) bulk_payload: usize,
    pub(super) bearer: bool,
}

/// `/ServiceProviderConfig`.
pub(super) fn config(base: &str, abilities: Abilities) -> Value {
    let scheme = json!({
        "type": "oauthbearertoken",
        "name": "OAuth Bearer Token",
        "description": "A bearer token in the Authorization header",
        "specUri": "https://www.rfc-editor.org/info/rfc6750",
        "primary": true,
    });
    let paging = abilities.paging;
    let pagination = json!({
        "cursor": paging.by_cursor,
        "index": paging.by_index,
        "defaultPaginationMethod": if paging.by_index { "index" } else { "cursor" },
        "defaultPageSize": paging.page_size,
        "maxPageSize": paging.most,
        "cursorTimeout": paging.cursor_lifetime.as_secs(),
    });
    json!({
        "schemas": [CONFIG],
        "patch": {"supported": abilities.patch},
        "bulk": {
            "supported": abilities.bulk_operations > 0,
            "maxOperations": abilities.bulk_operations,
            "maxPayloadSize": abilities.bulk_payload,
        },
        "filter": {"supported": abilities.filter, "maxResults": paging.most},
        "changePassword": {"supported": true},
        "sort": {"supported": abilities.sort},
        "etag": {"supported": abilities.versions},
        "pagination": pagination,
        "authenticationSchemes": if abilities.bearer { vec![scheme] } else { Vec::new() },
        "meta": meta("ServiceProviderConfig", format!("{base}/ServiceProviderConfig")),
    })
}

/// One of `/ResourceTypes`.
pub(super) fn resource_type(base: &str, kind: &ResourceKind) -> Value {
    let table = kind.descriptor;
    let document = document::resource_type(kind.name, kind.endpoint, kind.schema, table);
    let location = format!("{base}/ResourceTypes/{}", kind.name);
    with_meta(document, "ResourceType", location)
}

/// All schemas, each once: those of the types, of their extensions, and of discovery itself.
pub(super) fn schemas(base: &str, kinds: &[ResourceKind]) -> Vec<Value> {
    let mut seen = Vec::new();
    let mut documents = Vec::new();
    let mut add = |urn: &'static str, table: &'static Descriptor, is_resource: bool| {
        if !seen.contains(&urn) {
            seen.push(urn);
            documents.push(schema(base, urn, table, is_resource));
        }
    };
    for kind in kinds {
        add(kind.schema, kind.descriptor, true);
        for extension in kind.extensions() {
            if let Some(table) = extension.kind.descriptor() {
                add(extension.name, table, false);
            }
        }
    }
    add(
        scim_models::ServiceProviderConfig::SCHEMA,
        own::<scim_models::ServiceProviderConfig>(),
        true,
    );
    add(
        scim_models::ResourceType::SCHEMA,
        own::<scim_models::ResourceType>(),
        true,
    );
    add(
        scim_models::Schema::SCHEMA,
        own::<scim_models::Schema>(),
        true,
    );
    documents
}

fn own<R: Resource>() -> &'static Descriptor {
    R::DESCRIPTOR
}

/// One of `/Schemas`.
fn schema(base: &str, urn: &str, table: &Descriptor, is_resource: bool) -> Value {
    let location = format!("{base}/Schemas/{urn}");
    with_meta(
        document::schema(urn, table, is_resource),
        "Schema",
        location,
    )
}

fn meta(resource_type: &str, location: String) -> Value {
    json!({"resourceType": resource_type, "location": location})
}

fn with_meta(mut document: Value, resource_type: &str, location: String) -> Value {
    if let Value::Object(members) = &mut document {
        members.insert("meta".to_owned(), meta(resource_type, location));
    }
    document
}
