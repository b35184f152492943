//! Decides which schemas are resources, and which extend them.

use std::collections::BTreeSet;

use super::naming::{self, SchemaName};
use crate::document::{RawExtension, RawKind, RawResourceType, RawSchema};
use crate::names::{self, is_urn};
use crate::near::nearest;
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

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE_USER: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

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
        let guessed = !typed && !names::is_extension_urn(&schema.id);
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
                own: RawExtension {
                    at: attribute.at,
                    schema: attribute.name.clone(),
                    required: false,
                },
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

/// Where the resource of whoever asks is served (RFC 7644 §3.11): one resource of a type that is
/// served elsewhere, whatever a ResourceType document makes of it.
pub(super) fn is_me(endpoint: &str) -> bool {
    endpoint.trim_matches('/').eq_ignore_ascii_case("Me")
}

/// The role of each schema, in the order of the schemas.
pub(super) fn roles<'a>(
    schemas: &'a [RawSchema],
    resource_types: &'a [RawResourceType],
    names: &[SchemaName],
    whole: bool,
    reporter: &mut Reporter<'_>,
) -> Vec<RawRole<'a>> {
    if whole {
        check_references(schemas, resource_types, reporter);
    }
    let lifted: BTreeSet<String> = schemas
        .iter()
        .flat_map(|schema| &schema.lifted)
        .map(|extension| extension.schema.to_ascii_lowercase())
        .collect();
    let role = |(schema, name): (&'a RawSchema, &SchemaName)| {
        let urn = schema.id.to_ascii_lowercase();
        let served = || {
            let types = resource_types.iter();
            types.filter(|found| found.schema.eq_ignore_ascii_case(&urn))
        };
        let extensions = extensions(served(), resource_types);
        let Some(first) = best(
            served().filter(|found| !is_me(&found.endpoint)),
            schema,
            name,
        ) else {
            let extension = names::is_extension_urn(&urn) || lifted.contains(&urn);
            let mut role = match core(schema, name) {
                Some(role) => role,
                None if extension => return RawRole::Extension,
                // Only what it says of `/Me` is known.
                None if served().next().is_some() => guess(schema, name, reporter),
                None if !resource_types.is_empty() => return RawRole::Extension,
                None => guess(schema, name, reporter),
            };
            if let RawRole::Resource {
                extensions: all, ..
            } = &mut role
            {
                all.extend(extensions);
            }
            return role;
        };
        for other in served().filter(|other| !is_me(&other.endpoint) && *other != first) {
            let message = format!(
                "the resource types `{}` and `{}` share the schema `{}`",
                first.name, other.name, schema.id
            );
            let hint = format!("the type is generated once, for `{}`", first.endpoint);
            reporter.warn(other.at, "shared-schema", &message, Some(&hint));
        }
        RawRole::Resource {
            resource_type: first.name.clone(),
            endpoint: first.endpoint.clone(),
            guessed: false,
            extensions,
        }
    };
    let mut roles: Vec<RawRole<'a>> = schemas.iter().zip(names).map(role).collect();
    join_enterprise(schemas, resource_types, &mut roles);
    if whole {
        check_extensions(schemas, &roles, reporter);
    }
    roles
}

/// Among the resource types of one schema that which is called like it, or the first by name.
fn best<'a>(
    types: impl Iterator<Item = &'a RawResourceType>,
    schema: &RawSchema,
    name: &SchemaName,
) -> Option<&'a RawResourceType> {
    let last = schema.id.rsplit([':', '/']).next().unwrap_or_default();
    let alike = |found: &RawResourceType| {
        [&name.name, &name.type_name, last]
            .iter()
            .any(|name| name.eq_ignore_ascii_case(&found.name))
    };
    let types: Vec<&RawResourceType> = types.collect();
    let found = types.iter().find(|found| alike(found));
    found.or(types.first()).copied()
}

/// The extensions of all resource types of one schema, for which one type is generated; what is a
/// resource too is none.
fn extensions<'a>(
    types: impl Iterator<Item = &'a RawResourceType>,
    all: &[RawResourceType],
) -> Vec<&'a RawExtension> {
    let mut extensions: Vec<&RawExtension> = Vec::new();
    for extension in types.flat_map(|found| &found.extensions) {
        let urn = extension.schema.as_str();
        let known = extensions
            .iter()
            .any(|known| known.schema.eq_ignore_ascii_case(urn));
        let resource = all
            .iter()
            .any(|found| found.schema.eq_ignore_ascii_case(urn));
        if !known && !resource {
            extensions.push(extension);
        }
    }
    extensions
}

/// The enterprise extension extends the core user (RFC 7643 §4.3), where no document says what does.
fn join_enterprise<'a>(
    schemas: &'a [RawSchema],
    resource_types: &[RawResourceType],
    roles: &mut [RawRole<'a>],
) {
    let is = |urn: &str, other: &str| urn.eq_ignore_ascii_case(other);
    let typed = resource_types.iter().any(|found| is(&found.schema, USER));
    let mut joined = roles.iter().flat_map(|role| match role {
        RawRole::Resource { extensions, .. } => extensions.as_slice(),
        RawRole::Extension => &[],
    });
    if typed || joined.any(|found| is(&found.schema, ENTERPRISE_USER)) {
        return;
    }
    let enterprise = schemas
        .iter()
        .find(|schema| is(&schema.id, ENTERPRISE_USER));
    let user = schemas.iter().position(|schema| is(&schema.id, USER));
    let (Some(enterprise), Some(user)) = (enterprise, user) else {
        return;
    };
    if let Some(RawRole::Resource { extensions, .. }) = roles.get_mut(user) {
        extensions.push(&enterprise.own);
    }
}

/// Warns of every schema that is no resource and extends none.
fn check_extensions(schemas: &[RawSchema], roles: &[RawRole<'_>], reporter: &mut Reporter<'_>) {
    let mut extended = BTreeSet::new();
    let mut resources = Vec::new();
    for (schema, role) in schemas.iter().zip(roles) {
        if let RawRole::Resource { extensions, .. } = role {
            resources.push(schema.id.as_str());
            extended.extend(extensions.iter().map(|e| e.schema.to_ascii_lowercase()));
        }
    }
    for (schema, role) in schemas.iter().zip(roles) {
        if matches!(role, RawRole::Resource { .. })
            || extended.contains(&schema.id.to_ascii_lowercase())
        {
            continue;
        }
        let message = format!(
            "`{}` is neither a resource nor an extension of one",
            schema.id
        );
        // The resource that is called like the end of the URN, as extensions are.
        let last = |urn: &str| urn.rsplit([':', '/']).next().map(str::to_ascii_lowercase);
        let likely = resources.iter().find(|urn| last(urn) == last(&schema.id));
        let base = likely.or(resources.first().filter(|_| resources.len() == 1));
        let hint = format!(
            "no field has its type: add the response of the server's /ResourceTypes, or say in \
             overlay.json {{\"changes\": [{{\"schema\": \"{}\", \"extends\": \"{}\"}}]}}",
            schema.id,
            base.unwrap_or(&"urn:...")
        );
        reporter.warn(schema.at, "extends-nothing", &message, Some(&hint));
    }
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
    let called = naming::called(schema, name);
    let endpoint = format!("/{}", names::plural(&called));
    let message = format!(
        "no ResourceType document says where `{}` is served",
        schema.id
    );
    let hint = format!("`{endpoint}` is assumed; add the response of the server's /ResourceTypes");
    reporter.warn(schema.at, "guessed-endpoint", &message, Some(&hint));
    RawRole::Resource {
        resource_type: called,
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
    let ids: Vec<&str> = schemas.iter().map(|schema| schema.id.as_str()).collect();
    let known = |urn: &str| ids.iter().any(|id| id.eq_ignore_ascii_case(urn));
    let hint = |urn: &str, what: &str| match nearest(urn, &ids) {
        Some(near) => format!("{what}; did you mean `{near}`?"),
        None => format!("{what}; add the document of that schema"),
    };
    for found in resource_types {
        if !known(&found.schema) {
            let message = format!(
                "the schema `{}` of the resource type `{}` is missing",
                found.schema, found.name
            );
            let hint = hint(&found.schema, "no type is made of it");
            reporter.warn(found.schema_at, "unknown-schema", &message, Some(&hint));
        }
        for extension in &found.extensions {
            if !known(&extension.schema) {
                let message = format!(
                    "the schema `{}`, an extension of `{}`, is missing",
                    extension.schema, found.name
                );
                let hint = hint(&extension.schema, "its attributes are unknown ones");
                reporter.warn(extension.at, "unknown-schema", &message, Some(&hint));
            } else if resource_types
                .iter()
                .any(|o| o.schema.eq_ignore_ascii_case(&extension.schema))
            {
                let message = format!("`{}` is a resource and an extension too", extension.schema);
                let hint = Some(
                    "it is read as a resource, and its attributes in the other are unknown ones",
                );
                reporter.warn(extension.at, "resource-and-extension", &message, hint);
            }
        }
    }
}
