//! Decides which schemas are resources, and which extend them.

use std::collections::BTreeSet;

use super::naming::SchemaName;
use crate::document::{RawExtension, RawKind, RawResourceType, RawSchema};
use crate::names::{self, is_urn};
use crate::source::Reporter;

/// What a schema is.
#[derive(Debug)]
pub(super) enum RawRole<'a> {
    Resource {
        resource_type: String,
        endpoint: String,
        guessed: bool,
        extensions: Vec<&'a RawExtension>,
    },
    Extension,
}

/// Where the RFC's own resources are served (RFC 7644 §3.2), unless a resource type says otherwise.
const CORE: [(&str, &str); 5] = [
    ("urn:ietf:params:scim:schemas:core:2.0:user", "/Users"),
    ("urn:ietf:params:scim:schemas:core:2.0:group", "/Groups"),
    ("urn:ietf:params:scim:schemas:core:2.0:schema", "/Schemas"),
    (
        "urn:ietf:params:scim:schemas:core:2.0:resourcetype",
        "/ResourceTypes",
    ),
    (
        "urn:ietf:params:scim:schemas:core:2.0:serviceproviderconfig",
        "/ServiceProviderConfig",
    ),
];

pub(super) fn is_extension_urn(urn: &str) -> bool {
    urn.to_ascii_lowercase().contains(":extension:")
}

/// Some documents declare an extension as a complex attribute that is named by its URN. Such an
/// attribute becomes a schema, and an extension of the resource in which it stood.
pub(super) fn lift_extensions(
    schemas: &mut Vec<RawSchema>,
    resource_types: &mut [RawResourceType],
    reporter: &mut Reporter<'_>,
) {
    let typed = !resource_types.is_empty();
    let mut lifted: Vec<RawSchema> = Vec::new();
    for schema in schemas.iter_mut() {
        let same = |urn: &str| urn.eq_ignore_ascii_case(&schema.id);
        let (urns, plain): (Vec<_>, Vec<_>) = schema
            .attributes
            .drain(..)
            .partition(|attribute| is_urn(&attribute.name));
        schema.attributes = plain;
        let position = resource_types.iter().position(|found| same(&found.schema));
        let guessed = !typed && !is_extension_urn(&schema.id);
        for attribute in urns {
            let structured = matches!(attribute.kind, RawKind::Complex | RawKind::Any);
            if !structured || !(guessed || position.is_some()) {
                let message = format!("the attribute name `{}` is a URN", attribute.name);
                let hint = "rename the attribute; only a complex attribute of a resource can be an \
                            extension";
                reporter.error(attribute.at, "attribute-name", &message, hint);
                continue;
            }
            let message = format!(
                "`{}` is read as an extension, not as an attribute",
                attribute.name
            );
            reporter.warn(attribute.at, "extension-as-attribute", &message, None);
            let extension = RawExtension {
                at: attribute.at,
                schema: attribute.name.clone(),
                required: attribute.required,
            };
            match position.and_then(|index| resource_types.get_mut(index)) {
                Some(found) => add_extension(&mut found.extensions, extension),
                None => schema.lifted.push(extension),
            }
            lifted.push(RawSchema {
                at: attribute.at,
                id: attribute.name,
                name: None,
                description: attribute.description,
                attributes: attribute.sub_attributes,
                lifted: Vec::new(),
            });
        }
    }
    for schema in lifted {
        if !schemas
            .iter()
            .any(|known| known.id.eq_ignore_ascii_case(&schema.id))
        {
            schemas.push(schema);
        }
    }
}

fn add_extension(extensions: &mut Vec<RawExtension>, extension: RawExtension) {
    if !extensions
        .iter()
        .any(|known| known.schema.eq_ignore_ascii_case(&extension.schema))
    {
        extensions.push(extension);
    }
}

/// The role of each schema, in the order of the schemas.
pub(super) fn roles<'a>(
    schemas: &'a [RawSchema],
    resource_types: &'a [RawResourceType],
    names: &[SchemaName],
    reporter: &mut Reporter<'_>,
) -> Vec<RawRole<'a>> {
    check_references(schemas, resource_types, reporter);
    let lifted: BTreeSet<String> = schemas
        .iter()
        .flat_map(|schema| &schema.lifted)
        .map(|extension| extension.schema.to_ascii_lowercase())
        .collect();
    let role = |(schema, name): (&'a RawSchema, &SchemaName)| {
        let urn = schema.id.to_ascii_lowercase();
        let mut served = resource_types
            .iter()
            .filter(|found| found.schema.eq_ignore_ascii_case(&urn));
        let Some(first) = served.next() else {
            let extension = is_extension_urn(&urn) || lifted.contains(&urn);
            return match core(schema, name) {
                Some(role) => role,
                None if extension || !resource_types.is_empty() => RawRole::Extension,
                None => guess(schema, name, reporter),
            };
        };
        for other in served {
            let message = format!(
                "the resource types `{}` and `{}` share the schema `{}`",
                first.name, other.name, schema.id
            );
            let hint = format!("the type is generated once, for `{}`", first.endpoint);
            reporter.warn(other.at, "shared-schema", &message, Some(&hint));
        }
        let extensions = first.extensions.iter().filter(|extension| {
            let urn = extension.schema.as_str();
            !resource_types
                .iter()
                .any(|found| found.schema.eq_ignore_ascii_case(urn))
        });
        RawRole::Resource {
            resource_type: first.name.clone(),
            endpoint: first.endpoint.clone(),
            guessed: false,
            extensions: extensions.collect(),
        }
    };
    schemas.iter().zip(names).map(role).collect()
}

/// One of the RFC's own resources: their endpoints need no ResourceType document.
fn core<'a>(schema: &'a RawSchema, name: &SchemaName) -> Option<RawRole<'a>> {
    let (_, endpoint) = CORE
        .iter()
        .find(|(urn, _)| urn.eq_ignore_ascii_case(&schema.id))?;
    Some(RawRole::Resource {
        resource_type: name.type_name.clone(),
        endpoint: (*endpoint).to_owned(),
        guessed: false,
        extensions: schema.lifted.iter().collect(),
    })
}

/// A resource of which no ResourceType document speaks, because there is none at all.
fn guess<'a>(schema: &'a RawSchema, name: &SchemaName, reporter: &mut Reporter<'_>) -> RawRole<'a> {
    let endpoint = format!("/{}", names::plural(&name.type_name));
    let message = format!(
        "no ResourceType document says where `{}` is served",
        schema.id
    );
    let hint = format!("`{endpoint}` is assumed; add the answer of the server's /ResourceTypes");
    reporter.warn(schema.at, "guessed-endpoint", &message, Some(&hint));
    RawRole::Resource {
        resource_type: name.type_name.clone(),
        endpoint,
        guessed: true,
        extensions: schema.lifted.iter().collect(),
    }
}

/// Warns of every URN that a resource type mentions and no schema has.
fn check_references(
    schemas: &[RawSchema],
    resource_types: &[RawResourceType],
    reporter: &mut Reporter<'_>,
) {
    let known = |urn: &str| {
        schemas
            .iter()
            .any(|schema| schema.id.eq_ignore_ascii_case(urn))
    };
    for found in resource_types {
        if !known(&found.schema) {
            let message = format!(
                "the schema `{}` of the resource type `{}` is missing",
                found.schema, found.name
            );
            let hint = Some("no type is generated for it; add the schema's document");
            reporter.warn(found.at, "unknown-schema", &message, hint);
        }
        for extension in &found.extensions {
            if !known(&extension.schema) {
                let message = format!(
                    "the schema `{}`, an extension of `{}`, is missing",
                    extension.schema, found.name
                );
                let hint = Some("it gets no typed field; add the schema's document");
                reporter.warn(extension.at, "unknown-schema", &message, hint);
            } else if resource_types
                .iter()
                .any(|o| o.schema.eq_ignore_ascii_case(&extension.schema))
            {
                let message = format!("`{}` is a resource and an extension too", extension.schema);
                let hint =
                    Some("it is generated as a resource, and the extension gets no typed field");
                reporter.warn(extension.at, "resource-and-extension", &message, hint);
            }
        }
    }
}
