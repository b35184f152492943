//! The attributes that every resource has (RFC 7643 §3.1), whether or not its schema lists them.

use crate::document::{RawAttribute, RawKind, RawSchema};
use crate::source::{At, Reporter};

/// The attributes of a resource: without `id`, `meta` and `schemas`, which the envelope carries, and
/// with `externalId` first; a plain schema has that only if it lists it.
pub(super) fn merge(
    schema: &RawSchema,
    plain: bool,
    reporter: &mut Reporter<'_>,
) -> Vec<RawAttribute> {
    let mut external_id = external_id(schema.at);
    let mut listed = Vec::new();
    let mut attributes = Vec::with_capacity(schema.attributes.len() + 1);
    for attribute in &schema.attributes {
        match attribute.name.to_ascii_lowercase().as_str() {
            "id" | "meta" | "schemas" => listed.push(attribute.name.as_str()),
            "externalid" => {
                listed.push(attribute.name.as_str());
                external_id.at = attribute.at;
                external_id.required = attribute.required;
                external_id.uniqueness = attribute.uniqueness.clone();
                if !attribute.description.is_empty() {
                    external_id.description.clone_from(&attribute.description);
                }
            }
            _ => attributes.push(attribute.clone()),
        }
    }
    let external_id_listed = listed
        .iter()
        .any(|name| name.eq_ignore_ascii_case("externalId"));
    if !listed.is_empty() {
        let message = format!(
            "`{}` lists attributes that every resource has ({}); RFC 7643 §3.1 decides about them",
            schema.id,
            listed.join(", ")
        );
        reporter.note(schema.at, "common-attributes", &message);
    }
    if !plain || external_id_listed {
        attributes.insert(0, external_id);
    }
    attributes
}

fn external_id(at: At) -> RawAttribute {
    let description = "The identifier that the provisioning client gave to the resource.";
    RawAttribute {
        case_exact: true,
        ..RawAttribute::new(at, "externalId", RawKind::String, description)
    }
}
