//! The documents by which a service provider describes itself (RFC 7643 §5 to §7, RFC 7644 §4),
//! made from the tables of its types.

use std::time::Duration;

use scim_models::{
    Capabilities,
    internal::document,
    message::ListResponse,
    model::{Descriptor, Json},
    resource::Resource,
};
use serde_json::{Value, json};

use crate::record::ServedType;

const CONFIG: &str = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig";

/// The contents of a ServiceProviderConfig (RFC 7643 §5, RFC 9865 §4).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Abilities {
    /// The capabilities. `Some(false)` switches one off.
    pub offers: Capabilities,
    /// The page size if the client does not request one.
    pub page_size: u64,
    /// The maximum number of resources on a page.
    pub max_page_size: u64,
    /// How long a cursor can be used.
    pub cursor_lifetime: Duration,
    /// The maximum number of operations in a bulk request; 0 if there is no bulk.
    pub bulk_operations: usize,
    /// The largest body of a request, in bytes.
    pub bulk_payload: usize,
    /// Whether it requires a bearer token (RFC 6750).
    pub bearer: bool,
    /// Whether passwords can be changed.
    pub change_password: bool,
}

impl Default for Abilities {
    /// All abilities, pages of 100 resources, cursors of 10 minutes, bulk requests of 1000
    /// operations and 16 MiB, and no authentication.
    fn default() -> Self {
        Self {
            offers: Capabilities::default(),
            page_size: 100,
            max_page_size: 100,
            cursor_lifetime: Duration::from_secs(600),
            bulk_operations: 1000,
            bulk_payload: 16 * 1024 * 1024,
            bearer: false,
            change_password: true,
        }
    }
}

/// Makes the document at `/ServiceProviderConfig`. `base` is the base URL.
#[must_use]
pub fn service_provider_config(base: &str, abilities: &Abilities) -> Value {
    let scheme = json!({
        "type": "oauthbearertoken",
        "name": "OAuth Bearer Token",
        "description": "A bearer token in the Authorization header",
        "specUri": "https://www.rfc-editor.org/info/rfc6750",
        "primary": true,
    });
    let offers = &abilities.offers;
    let by_index = offers.index_paging != Some(false);
    let bulk = if offers.bulk == Some(false) {
        0
    } else {
        abilities.bulk_operations
    };
    let pagination = json!({
        "cursor": offers.cursor_paging != Some(false),
        "index": by_index,
        "defaultPaginationMethod": if by_index { "index" } else { "cursor" },
        "defaultPageSize": abilities.page_size,
        "maxPageSize": abilities.max_page_size,
        "cursorTimeout": abilities.cursor_lifetime.as_secs(),
    });
    json!({
        "schemas": [CONFIG],
        "patch": {"supported": offers.patch != Some(false)},
        "bulk": {
            "supported": bulk > 0,
            "maxOperations": bulk,
            "maxPayloadSize": abilities.bulk_payload,
        },
        "filter": {
            "supported": offers.filter != Some(false),
            "maxResults": abilities.max_page_size,
        },
        "changePassword": {"supported": abilities.change_password},
        "sort": {"supported": offers.sort != Some(false)},
        "etag": {"supported": offers.etag != Some(false)},
        "pagination": pagination,
        "authenticationSchemes": if abilities.bearer { vec![scheme] } else { Vec::new() },
        "meta": meta("ServiceProviderConfig", format!("{base}/ServiceProviderConfig")),
    })
}

/// Makes the ResourceType document of a type. `base` is the base URL.
#[must_use]
pub fn resource_type(base: &str, kind: &ServedType) -> Value {
    let table = kind.descriptor();
    let document = document::resource_type(kind.name(), kind.endpoint(), kind.schema(), table);
    let location = format!("{base}/ResourceTypes/{}", kind.name());
    with_meta(document, "ResourceType", location)
}

/// Makes the Schema documents of the types, of their extensions and of the discovery resources, each
/// once.
#[must_use]
pub fn schemas(base: &str, types: &[ServedType]) -> Vec<Value> {
    let mut seen = Vec::new();
    let mut documents = Vec::new();
    let mut add = |urn: &'static str, table: &'static Descriptor, is_resource: bool| {
        if !seen.contains(&urn) {
            seen.push(urn);
            documents.push(schema(base, urn, table, is_resource));
        }
    };
    for kind in types {
        add(kind.schema(), kind.descriptor(), true);
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

/// Makes the ListResponse that `/Schemas` and `/ResourceTypes` return.
#[must_use]
pub fn list(documents: Vec<Value>) -> String {
    let total = documents.len() as u64;
    let resources = documents.into_iter().map(Json::from).collect();
    let mut list = ListResponse::new(total, resources);
    list.start_index = Some(1);
    list.items_per_page = Some(total);
    list.to_json()
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
