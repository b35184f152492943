//! The Schema and ResourceType documents of a type (RFC 7643 §6 and §7), made from its table.

use serde_json::{Map, Value, json};

#[cfg(feature = "dynamic")]
use crate::model::facts;
use crate::model::{Attribute, Descriptor, Mutability, Returned, Uniqueness};

const RESOURCE_TYPE: &str = "urn:ietf:params:scim:schemas:core:2.0:ResourceType";
const SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:Schema";

/// The ResourceType document of a resource with this table, without `meta`.
pub fn resource_type(name: &str, endpoint: &str, schema: &str, table: &Descriptor) -> Value {
    let extensions: Vec<_> = table
        .attributes
        .iter()
        .filter(|attribute| attribute.is_extension())
        .map(|extension| (extension.name, extension.is_required()))
        .collect();
    let place = (name, endpoint, schema);
    listed(place, table.description, &extensions)
}

/// The same of a type that is known at run time, with its own description and all its extensions,
/// each with whether it is required.
#[cfg(feature = "dynamic")]
pub(crate) fn resource_type_with<'a>(
    kind: super::ResourceKind,
    description: &str,
    extensions: impl Iterator<Item = (&'a str, bool)>,
) -> Value {
    let place = (kind.name(), kind.endpoint(), kind.schema());
    listed(place, description, &extensions.collect::<Vec<_>>())
}

fn listed(
    (name, endpoint, schema): (&str, &str, &str),
    description: &str,
    extensions: &[(&str, bool)],
) -> Value {
    let extension =
        |(schema, required): &(&str, bool)| json!({"schema": schema, "required": required});
    let extensions: Vec<_> = extensions.iter().map(extension).collect();
    let mut document = json!({
        "schemas": [RESOURCE_TYPE],
        "id": name,
        "name": name,
        "description": description,
        "endpoint": endpoint,
        "schema": schema,
        "schemaExtensions": extensions,
    });
    tidy(&mut document);
    document
}

/// The Schema document of a resource or extension with this table, without `meta`.
pub fn schema(urn: &str, table: &Descriptor, is_resource: bool) -> Value {
    document(urn, table, MAX_DEPTH, &|a| is_resource && is_common(a))
}

/// The same of a table that was made of documents, which does not contain itself.
#[cfg(feature = "dynamic")]
pub(crate) fn schema_of_any_depth(urn: &str, table: &Descriptor, is_resource: bool) -> Value {
    // Where the service provider said more of it than RFC 7643 §3.1, it is told.
    let usual = |a: &Attribute| is_common(a) && a.facts == facts::CASE_EXACT;
    document(urn, table, MAX_DEPTH_OF_DOCUMENTS, &|a| {
        is_resource && usual(a)
    })
}

fn document(
    urn: &str,
    table: &Descriptor,
    depth: usize,
    leaves_out: &dyn Fn(&Attribute) -> bool,
) -> Value {
    let attributes: Vec<_> = table
        .attributes
        .iter()
        .filter(|a| !a.is_extension() && !leaves_out(a))
        .map(|a| attribute(a, depth))
        .collect();
    let mut document = json!({
        "schemas": [SCHEMA],
        "id": urn,
        "name": table.name,
        "description": table.description,
        "attributes": attributes,
    });
    tidy(&mut document);
    document
}

/// `externalId` is an attribute of every resource, and not defined by schemas (RFC 7643 §3.1).
fn is_common(attribute: &Attribute) -> bool {
    attribute.name.eq_ignore_ascii_case("externalId")
}

/// How deep sub-attributes are described: tables may contain themselves.
const MAX_DEPTH: usize = 4;

/// More than the reader of schema documents takes.
#[cfg(feature = "dynamic")]
const MAX_DEPTH_OF_DOCUMENTS: usize = 16;

/// `depth`: how many levels of sub-attributes are described.
fn attribute(attribute: &Attribute, depth: usize) -> Value {
    let mut document = Map::new();
    let mut put = |name: &str, value: Value| document.insert(name.to_owned(), value);
    put("name", attribute.name.into());
    put("type", attribute.kind.as_str().into());
    put("multiValued", attribute.is_multi_valued().into());
    if !attribute.description.is_empty() {
        put("description", attribute.description.into());
    }
    put("required", attribute.is_required().into());
    put("caseExact", attribute.is_case_exact().into());
    put("mutability", mutability(attribute.mutability_of()).into());
    put("returned", returned(attribute.returned_of()).into());
    put("uniqueness", uniqueness(attribute.uniqueness_of()).into());
    if !attribute.suggested_values().is_empty() {
        put("canonicalValues", attribute.suggested_values().into());
    }
    if !attribute.referenced_types().is_empty() {
        put("referenceTypes", attribute.referenced_types().into());
    }
    let subs = attribute.sub_attributes();
    if !subs.is_empty() && depth > 0 {
        let subs: Vec<_> = subs
            .iter()
            .map(|sub| self::attribute(sub, depth - 1))
            .collect();
        put("subAttributes", subs.into());
    }
    document.into()
}

const fn mutability(mutability: Mutability) -> &'static str {
    match mutability {
        Mutability::ReadWrite => "readWrite",
        Mutability::ReadOnly => "readOnly",
        Mutability::WriteOnly => "writeOnly",
        Mutability::Immutable => "immutable",
    }
}

const fn returned(returned: Returned) -> &'static str {
    match returned {
        Returned::Always => "always",
        Returned::Never => "never",
        Returned::Default => "default",
        Returned::Request => "request",
    }
}

const fn uniqueness(uniqueness: Uniqueness) -> &'static str {
    match uniqueness {
        Uniqueness::None => "none",
        Uniqueness::Server => "server",
        Uniqueness::Global => "global",
    }
}

/// Takes out what is empty.
fn tidy(document: &mut Value) {
    if let Value::Object(members) = document {
        members.retain(|_, value| match value {
            Value::String(text) => !text.is_empty(),
            Value::Array(values) => !values.is_empty(),
            _ => true,
        });
    }
}
