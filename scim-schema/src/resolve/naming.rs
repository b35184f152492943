//! Gives every schema, attribute, complex type and canonical value its Rust name.

use std::collections::BTreeMap;

use crate::document::{RawAttribute, RawKind, RawSchema};
use crate::model::{Attribute, ComplexType, Kind, OpenEnum, Variant};
use crate::names::{self, Scope, TypeScope};
use crate::source::Reporter;

/// The names of a schema's module and struct.
#[derive(Debug, Clone)]
pub(super) struct SchemaName {
    pub(super) name: String,
    pub(super) type_name: String,
    pub(super) module: String,
}

/// The RFC's own schemas keep their names, whatever a document calls them.
const CORE: [(&str, &str); 6] = [
    ("urn:ietf:params:scim:schemas:core:2.0:User", "User"),
    ("urn:ietf:params:scim:schemas:core:2.0:Group", "Group"),
    ("urn:ietf:params:scim:schemas:core:2.0:Schema", "Schema"),
    (
        "urn:ietf:params:scim:schemas:core:2.0:ResourceType",
        "ResourceType",
    ),
    (
        "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig",
        "ServiceProviderConfig",
    ),
    (
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
        "EnterpriseUser",
    ),
];

/// Names every schema. Of several that want the same name the most standard one keeps it, and the
/// others get what tells their URNs apart in front. `root` is the module of all modules.
pub(super) fn schema_names(schemas: &[RawSchema], root: &str) -> Vec<SchemaName> {
    let wanted: Vec<String> = schemas.iter().map(wanted).collect();
    let mut order: Vec<usize> = (0..schemas.len()).collect();
    order.sort_by_cached_key(|index| {
        let urn = schemas
            .get(*index)
            .map(|schema| schema.id.to_ascii_lowercase());
        (urn.as_deref().map(rank), urn)
    });
    let mut scope = Scope::default();
    let mut chosen: BTreeMap<usize, String> = BTreeMap::new();
    let mut others = Vec::new();
    for index in order {
        match wanted.get(index) {
            Some(name) if scope.claim(name) => drop(chosen.insert(index, name.clone())),
            _ => others.push(index),
        }
    }
    for index in others {
        if let (Some(schema), Some(name)) = (schemas.get(index), wanted.get(index)) {
            chosen.insert(index, told_apart(&schema.id, name, &mut scope));
        }
    }
    let name = |(schema, type_name): (&RawSchema, String)| SchemaName {
        name: schema.name.clone().unwrap_or_else(|| type_name.clone()),
        module: names::module(&type_name, root),
        type_name,
    };
    schemas.iter().zip(chosen.into_values()).map(name).collect()
}

fn wanted(schema: &RawSchema) -> String {
    if let Some((_, name)) = CORE
        .iter()
        .find(|(urn, _)| urn.eq_ignore_ascii_case(&schema.id))
    {
        return (*name).to_owned();
    }
    let usable = |name: &&String| name.contains(|c: char| c.is_ascii_alphabetic());
    match schema.name.as_ref().filter(usable) {
        Some(name) => names::type_name(name, "Resource"),
        None => names::type_name(&from_urn(&schema.id), "Resource"),
    }
}

/// The last segment of a URN; for an extension also the one before it, which says whose it is.
fn from_urn(urn: &str) -> String {
    let words = names::urn_words(urn);
    let extension = urn.to_ascii_lowercase().contains(":extension:");
    match (words.first(), words.get(1)) {
        (Some(last), Some(owner)) if extension => format!("{owner}{last}"),
        (Some(last), _) => last.clone(),
        _ => "Unnamed".to_owned(),
    }
}

/// How far a URN is from the RFC's core schemas.
fn rank(urn: &str) -> usize {
    let ietf = urn.starts_with("urn:ietf:params:scim:schemas:");
    match (ietf, urn.contains(":extension:")) {
        (true, false) if urn.contains(":core:2.0:") => 0,
        (true, false) => 1,
        (false, false) => 2,
        (true, true) => 3,
        (false, true) => 4,
    }
}

fn told_apart(urn: &str, name: &str, scope: &mut Scope) -> String {
    let mut longer = name.to_owned();
    for word in names::urn_words(urn) {
        if longer
            .to_ascii_lowercase()
            .starts_with(&word.to_ascii_lowercase())
        {
            continue;
        }
        longer = names::joined(&word, &longer);
        if scope.claim(&longer) {
            return longer;
        }
    }
    scope.claim_numbered(&longer, "")
}

/// The place of an attribute in the tree: its index, and those of its parents before it.
type Path = Vec<usize>;

/// Names the attributes of a schema and the types that they need.
pub(super) fn attributes(
    raw: &[RawAttribute],
    schema: &SchemaName,
    fields: &mut Scope,
    reporter: &mut Reporter<'_>,
) -> Vec<Attribute> {
    let types = type_names(raw, schema);
    build(raw, &mut Vec::new(), &types, fields, reporter)
}

/// The types of a module: the complex ones level by level, so that the outermost gets the plain
/// name, and then the open enums.
fn type_names(raw: &[RawAttribute], schema: &SchemaName) -> BTreeMap<Path, String> {
    let mut scope = TypeScope::default();
    scope.claim(&schema.type_name);
    let mut found = BTreeMap::new();
    let mut enums: Vec<(Path, &RawAttribute)> = Vec::new();
    let mut level: Vec<(Path, &RawAttribute)> = raw
        .iter()
        .enumerate()
        .map(|(index, attribute)| (vec![index], attribute))
        .collect();
    while !level.is_empty() {
        let mut next = Vec::new();
        for (path, attribute) in level {
            if has_enum(attribute) {
                enums.push((path, attribute));
                continue;
            }
            if attribute.kind != RawKind::Complex {
                continue;
            }
            let subs = attribute.sub_attributes.iter().enumerate();
            next.extend(subs.map(|(index, sub)| ([path.as_slice(), &[index]].concat(), sub)));
            let plain = names::complex(&attribute.name, attribute.multi_valued);
            let name = match parent(&path, &found) {
                _ if scope.claim(&plain) => plain,
                Some(parent) => scope.claim_numbered(&names::joined(parent, &plain)),
                None => scope.claim_numbered(&format!("{plain}Value")),
            };
            found.insert(path, name);
        }
        level = next;
    }
    for (path, attribute) in enums {
        let plain = names::complex(&attribute.name, attribute.multi_valued);
        let wanted = match parent(&path, &found) {
            Some(parent) => names::joined(parent, &plain),
            None => plain,
        };
        let name = match scope.claim(&wanted) {
            true => wanted,
            false => scope.claim_numbered(&names::joined(&schema.type_name, &wanted)),
        };
        found.insert(path, name);
    }
    found
}

fn parent<'f>(path: &[usize], found: &'f BTreeMap<Path, String>) -> Option<&'f str> {
    let (_, parent) = path.split_last()?;
    found.get(parent).map(String::as_str)
}

fn has_enum(attribute: &RawAttribute) -> bool {
    attribute.kind == RawKind::String && !attribute.canonical_values.is_empty()
}

fn build(
    raw: &[RawAttribute],
    path: &mut Path,
    types: &BTreeMap<Path, String>,
    fields: &mut Scope,
    reporter: &mut Reporter<'_>,
) -> Vec<Attribute> {
    let mut attributes = Vec::with_capacity(raw.len());
    for (index, attribute) in raw.iter().enumerate() {
        path.push(index);
        let chosen = attribute.field.clone();
        let wanted = chosen.unwrap_or_else(|| names::field(&attribute.name));
        let field = fields.claim_numbered(&wanted, "_");
        if field != wanted {
            let message = format!(
                "the field for `{}` is called `{field}`: another attribute has `{wanted}`",
                attribute.name
            );
            reporter.warn(attribute.at, "field-name", &message, None);
        }
        let type_name = types.get(path).cloned();
        let kind = match (attribute.kind, type_name) {
            (RawKind::String, Some(type_name)) => Kind::String(Some(OpenEnum {
                type_name,
                variants: variants(attribute),
            })),
            (RawKind::Complex, Some(type_name)) => Kind::Complex(ComplexType {
                type_name,
                attributes: build(
                    &attribute.sub_attributes,
                    path,
                    types,
                    &mut Scope::default(),
                    reporter,
                ),
            }),
            (RawKind::String, None) => Kind::String(None),
            (RawKind::Boolean, _) => Kind::Boolean,
            (RawKind::Decimal, _) => Kind::Decimal,
            (RawKind::Integer, _) => Kind::Integer,
            (RawKind::DateTime, _) => Kind::DateTime,
            (RawKind::Binary, _) => Kind::Binary,
            (RawKind::Reference, _) => Kind::Reference,
            (RawKind::Any | RawKind::Complex, _) => Kind::Any,
        };
        attributes.push(Attribute {
            name: attribute.name.clone(),
            field,
            description: attribute.description.clone(),
            kind,
            multi_valued: attribute.multi_valued,
            required: attribute.required,
            case_exact: attribute.case_exact
                || matches!(attribute.kind, RawKind::Reference | RawKind::Binary),
            mutability: attribute.mutability,
            returned: attribute.returned,
            uniqueness: attribute.uniqueness.clone(),
            reference_types: attribute.reference_types.clone(),
            canonical_values: attribute.canonical_values.clone(),
        });
        path.pop();
    }
    attributes
}

/// One variant per value. Values that differ only in case are one value, unless case matters.
fn variants(attribute: &RawAttribute) -> Vec<Variant> {
    let mut scope = Scope::default();
    let mut variants: Vec<Variant> = Vec::new();
    for value in &attribute.canonical_values {
        let known = |variant: &Variant| variant.value.eq_ignore_ascii_case(value);
        if !attribute.case_exact && variants.iter().any(known) {
            continue;
        }
        let wanted = names::variant(value);
        let wanted = match wanted.as_str() {
            "Other" if !value.eq_ignore_ascii_case("other") => "OtherValue".to_owned(),
            // The variant for every other value has this name.
            "Unknown" => "UnknownValue".to_owned(),
            _ => wanted,
        };
        let name = scope.claim_numbered(&wanted, "");
        variants.push(Variant {
            name,
            value: value.clone(),
        });
    }
    variants
}
