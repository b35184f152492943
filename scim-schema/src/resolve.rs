//! Connects the documents: which schemas are resources, and which are extensions of them. Then it
//! chooses the names.

mod common;
mod naming;
mod roles;

use std::collections::BTreeMap;

use crate::document::{Documents, RawAttribute, RawResourceType, RawSchema};
use crate::model::{Draft, Extension, Resource, ResourceType, Role, Schema};
use crate::reading::Reading;
use crate::source::Reporter;

use self::naming::SchemaName;
use self::roles::RawRole;

/// Drafts the model. What contradicts itself is reported and left out, so the result is only
/// usable if the reporter has no error.
pub(crate) fn resolve(
    documents: Documents,
    options: &Reading,
    reporter: &mut Reporter<'_>,
) -> Draft {
    let Documents {
        schemas,
        resource_types,
        mut providers,
        whole,
    } = documents;
    let mut schemas = unique_schemas(schemas, reporter);
    let mut resource_types = unique_resource_types(resource_types, reporter);
    roles::lift_extensions(&mut schemas, &mut resource_types, reporter);
    schemas.sort_by_cached_key(|schema| schema.id.to_ascii_lowercase());
    let names = naming::schema_names(&schemas, &options.module);
    let roles = roles::roles(&schemas, &resource_types, &names, whole, reporter);

    let mut model = Draft::default();
    for ((schema, name), role) in schemas.iter().zip(&names).zip(&roles) {
        let plain = options
            .plain
            .iter()
            .any(|urn| urn.eq_ignore_ascii_case(&schema.id));
        let all = (schemas.as_slice(), names.as_slice());
        model
            .schemas
            .push(build(schema, name, role, plain, all, reporter));
    }
    let known = |urn: &str| {
        schemas
            .iter()
            .any(|schema| schema.id.eq_ignore_ascii_case(urn))
    };
    model.resource_types = resource_types
        .into_iter()
        .filter(|found| known(&found.schema))
        .map(resource_type)
        .collect();
    for (at, provider) in providers.iter().skip(1) {
        if providers
            .first()
            .is_some_and(|(_, first)| first != provider)
        {
            let message = "two ServiceProviderConfig documents say different things";
            let hint = "give the documents of one service provider only";
            reporter.error(*at, "duplicate-provider", message, hint);
        }
    }
    model.service_provider = (!providers.is_empty()).then(|| providers.swap_remove(0).1);
    model
}

fn resource_type(raw: RawResourceType) -> ResourceType {
    ResourceType {
        name: raw.name,
        endpoint: raw.endpoint,
        description: raw.description,
        schema: raw.schema,
        extensions: raw
            .extensions
            .into_iter()
            .map(|e| (e.schema, e.required))
            .collect(),
    }
}

/// One schema per URN: an identical repetition is fine, a different one is an error. Attributes and
/// values are sets, so their order makes no difference.
fn unique_schemas(schemas: Vec<RawSchema>, reporter: &mut Reporter<'_>) -> Vec<RawSchema> {
    let mut unique: Vec<RawSchema> = Vec::with_capacity(schemas.len());
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    for schema in schemas {
        let id = schema.id.to_ascii_lowercase();
        let first = known.get(&id).and_then(|index| unique.get_mut(*index));
        match first {
            None => {
                known.insert(id, unique.len());
                unique.push(schema);
            }
            Some(first) if sorted(first) == sorted(&schema) => {
                // Whichever comes first, the same one is kept.
                if order(&schema) < order(first) {
                    *first = schema;
                }
            }
            Some(_) => {
                let message = format!("the schema `{}` is defined twice, differently", schema.id);
                let hint = "remove one of the definitions";
                reporter.error(schema.at, "duplicate-schema", &message, hint);
            }
        }
    }
    unique
}

fn sorted(schema: &RawSchema) -> RawSchema {
    fn sort(attributes: &mut [RawAttribute]) {
        attributes.sort_by_cached_key(|attribute| attribute.name.to_ascii_lowercase());
        for attribute in attributes {
            attribute.canonical_values.sort_unstable();
            attribute.reference_types.sort_unstable();
            sort(&mut attribute.sub_attributes);
        }
    }
    let mut schema = schema.clone();
    sort(&mut schema.attributes);
    schema
}

/// The names and values of a schema in their order.
fn order(schema: &RawSchema) -> Vec<&str> {
    fn collect<'a>(attributes: &'a [RawAttribute], all: &mut Vec<&'a str>) {
        for attribute in attributes {
            all.push(&attribute.name);
            all.extend(attribute.canonical_values.iter().map(String::as_str));
            collect(&attribute.sub_attributes, all);
        }
    }
    let mut all = Vec::new();
    collect(&schema.attributes, &mut all);
    all
}

/// One resource type per name, in the order of the names.
fn unique_resource_types(
    found: Vec<RawResourceType>,
    reporter: &mut Reporter<'_>,
) -> Vec<RawResourceType> {
    let mut unique: Vec<RawResourceType> = Vec::with_capacity(found.len());
    for item in found {
        match unique
            .iter()
            .find(|first| first.name.eq_ignore_ascii_case(&item.name))
        {
            None => unique.push(item),
            Some(first) if *first == item => {}
            Some(_) => {
                let message = format!(
                    "the resource type `{}` is defined twice, differently",
                    item.name
                );
                let hint = "remove or rename one of the definitions";
                reporter.error(item.at, "duplicate-resource-type", &message, hint);
            }
        }
    }
    unique.sort_by(|a, b| a.name.cmp(&b.name));
    unique
}

fn build(
    schema: &RawSchema,
    name: &SchemaName,
    role: &RawRole<'_>,
    plain: bool,
    (schemas, names): (&[RawSchema], &[SchemaName]),
    reporter: &mut Reporter<'_>,
) -> Schema {
    let merged = match role {
        RawRole::Resource { .. } => common::merge(schema, plain, reporter),
        RawRole::Extension => schema.attributes.clone(),
    };
    let extensions: Vec<(usize, bool)> = match role {
        RawRole::Resource { extensions, .. } => extensions
            .iter()
            .filter_map(|extension| {
                let same = |s: &RawSchema| s.id.eq_ignore_ascii_case(&extension.schema);
                Some((schemas.iter().position(same)?, extension.required))
            })
            .collect(),
        RawRole::Extension => Vec::new(),
    };
    let type_names = extensions
        .iter()
        .filter_map(|(index, _)| names.get(*index))
        .map(|name| name.type_name.as_str());
    let beside = naming::Beside {
        resource: matches!(role, RawRole::Resource { .. }),
        extensions: type_names.collect(),
    };
    let (attributes, fields) = naming::attributes(&merged, name, &beside, reporter);
    let extensions = extensions
        .into_iter()
        .zip(fields)
        .filter_map(|((index, required), field)| {
            Some(Extension {
                schema: schemas.get(index)?.id.clone(),
                field,
                required,
            })
        });
    let role = match role {
        RawRole::Extension => Role::Extension,
        RawRole::Resource {
            resource_type,
            endpoint,
            guessed,
            ..
        } => Role::Resource(Resource {
            resource_type: resource_type.clone(),
            endpoint: endpoint.clone(),
            guessed: *guessed,
            extensions: extensions.collect(),
        }),
    };
    Schema {
        id: schema.id.clone(),
        name: name.name.clone(),
        description: schema.description.clone(),
        role,
        module: name.module.clone(),
        type_name: name.type_name.clone(),
        plain,
        attributes,
    }
}
