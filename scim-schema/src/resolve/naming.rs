//! Gives every schema, attribute, complex type and canonical value its Rust name.

use std::collections::BTreeMap;

use crate::document::{RawAttribute, RawKind, RawSchema};
use crate::model::{Attribute, ComplexType, Kind, OpenEnum, Variant};
use crate::names::{self, Taken, alone, around_type, choose};
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
    let ranks: Vec<usize> = schemas.iter().map(|schema| rank(&schema.id)).collect();
    let mut taken = Taken::default();
    let mut chosen: BTreeMap<usize, String> = BTreeMap::new();
    for rank in 0..=LAST_RANK {
        if rank == FIRST_OF_EXTENSIONS {
            // An extension comes with a resource, whether or not its document is there.
            CORE.iter().for_each(|(_, name)| taken.take(name));
        }
        let same = ranks
            .iter()
            .enumerate()
            .filter(|(_, found)| **found == rank);
        let indices: Vec<usize> = same.map(|(index, _)| index).collect();
        let wishes: Vec<Vec<String>> = indices
            .iter()
            .filter_map(|index| schemas.get(*index).map(wishes))
            .collect();
        let names = choose(&wishes, &mut taken, alone);
        chosen.extend(indices.into_iter().zip(names));
    }
    let modules: Vec<Vec<String>> = chosen
        .values()
        .map(|type_name| {
            let module = names::module(type_name, root);
            let longer = format!("{module}_{}", names::digest(type_name));
            vec![module, longer]
        })
        .collect();
    let modules = choose(&modules, &mut Taken::default(), alone);
    let name = |((schema, type_name), module): ((&RawSchema, String), String)| SchemaName {
        name: schema.name.clone().unwrap_or_else(|| type_name.clone()),
        module,
        type_name,
    };
    let named = schemas.iter().zip(chosen.into_values()).zip(modules);
    named.map(name).collect()
}

/// What the type of a schema may be called, the best first; each follows from the schema's name and
/// its URN alone.
fn wishes(schema: &RawSchema) -> Vec<String> {
    let wanted = wanted(schema);
    let mut wishes = vec![wanted.clone()];
    let mut longer = wanted;
    for word in names::urn_words(&schema.id) {
        let (start, word_lower) = (longer.to_lowercase(), word.to_lowercase());
        if !start.starts_with(&word_lower) {
            longer = names::joined(&word, &longer);
            wishes.push(longer.clone());
        }
    }
    wishes.push(names::with_digest(&longer, &schema.id));
    wishes
}

/// What a resource type is called that no document names: as its type, but a word that has another
/// meaning in Rust has none in SCIM.
pub(super) fn called(schema: &RawSchema, name: &SchemaName) -> String {
    let plain = wanted_with(schema, "");
    match name.type_name.strip_prefix(&plain) {
        Some(SUFFIX) => plain,
        _ => name.type_name.clone(),
    }
}

/// What is put behind a name that has another meaning in Rust.
const SUFFIX: &str = "Resource";

fn wanted(schema: &RawSchema) -> String {
    wanted_with(schema, SUFFIX)
}

fn wanted_with(schema: &RawSchema, suffix: &str) -> String {
    if let Some((_, name)) = CORE
        .iter()
        .find(|(urn, _)| urn.eq_ignore_ascii_case(&schema.id))
    {
        return (*name).to_owned();
    }
    let usable = |name: &&String| name.contains(char::is_alphabetic);
    match schema.name.as_ref().filter(usable) {
        Some(name) => names::type_name(name, suffix),
        None => names::type_name(&from_urn(&schema.id), suffix),
    }
}

/// The last segment of a URN; for an extension also the one before it, which says whose it is.
fn from_urn(urn: &str) -> String {
    let words = names::urn_words(urn);
    let extension = names::is_extension_urn(urn);
    match (words.first(), words.get(1)) {
        (Some(last), Some(owner)) if extension => format!("{owner}{last}"),
        (Some(last), _) => last.clone(),
        _ => "Unnamed".to_owned(),
    }
}

/// The core schemas that [`CORE`] names, then how far a URN is from them.
fn rank(urn: &str) -> usize {
    if CORE.iter().any(|(core, _)| core.eq_ignore_ascii_case(urn)) {
        return 0;
    }
    let urn = urn.to_ascii_lowercase();
    let ietf = urn.starts_with("urn:ietf:params:scim:schemas:");
    match (ietf, urn.contains(":extension:")) {
        (true, false) if urn.contains(":core:2.0:") => 1,
        (true, false) => 2,
        (false, false) => 3,
        (true, true) => FIRST_OF_EXTENSIONS,
        (false, true) => LAST_RANK,
    }
}

const FIRST_OF_EXTENSIONS: usize = 4;
const LAST_RANK: usize = 5;

/// The place of an attribute in the tree: its index, and those of its parents before it.
type Path = Vec<usize>;

/// The fields of the extensions of a resource, which stand beside those of its attributes: the type
/// that each wants to be called after.
pub(super) struct Beside<'a> {
    pub(super) resource: bool,
    pub(super) extensions: Vec<&'a str>,
}

/// Names the attributes of a schema and the types that they need, and the fields of its extensions.
pub(super) fn attributes(
    raw: &[RawAttribute],
    schema: &SchemaName,
    beside: &Beside<'_>,
    reporter: &mut Reporter<'_>,
) -> (Vec<Attribute>, Vec<String>) {
    let types = type_names(raw, schema);
    let mut taken = Taken::default();
    if beside.resource {
        // Beside the paths of its own attributes a resource has those of the common ones.
        ["id", "meta", "schemas"]
            .iter()
            .for_each(|name| taken.take(name));
    }
    let mut fields = fields(raw, &beside.extensions, taken, reporter);
    let extensions = fields.split_off(raw.len().min(fields.len()));
    (
        build(raw, fields, &mut Vec::new(), &types, reporter),
        extensions,
    )
}

/// The fields of a struct: those of its attributes, then those of its extensions.
fn fields(
    raw: &[RawAttribute],
    extensions: &[&str],
    mut taken: Taken,
    reporter: &mut Reporter<'_>,
) -> Vec<String> {
    taken.take("extra");
    // What an overlay chose comes first.
    let given: Vec<Vec<String>> = raw
        .iter()
        .filter_map(|attribute| {
            let mut wishes = vec![attribute.field.clone()?];
            wishes.extend(names::fields(&attribute.name));
            Some(wishes)
        })
        .collect();
    let mut given = choose(&given, &mut taken, alone).into_iter();
    let own = raw.iter().filter(|attribute| attribute.field.is_none());
    let own = own.map(|attribute| names::fields(&attribute.name));
    let beside = extensions.iter().map(|type_name| {
        let field = names::field(type_name);
        let (longer, last) = (format!("{field}_extension"), names::digest(type_name));
        vec![field.clone(), longer, format!("{field}_{last}")]
    });
    let others: Vec<Vec<String>> = own.chain(beside).collect();
    let mut others = choose(&others, &mut taken, alone).into_iter();
    let mut fields = Vec::with_capacity(raw.len() + extensions.len());
    for attribute in raw {
        let (wanted, field) = match &attribute.field {
            Some(field) => (field.clone(), given.next()),
            None => (names::field(&attribute.name), others.next()),
        };
        let field = field.unwrap_or_else(|| wanted.clone());
        if field != wanted {
            let message = format!(
                "the field for `{}` is called `{field}`: several would be called \
                 `{wanted}`",
                attribute.name
            );
            let hint = "`field` in overlay.json gives it another name";
            reporter.warn(attribute.at, "field-name", &message, Some(hint));
        }
        fields.push(field);
    }
    fields.extend(others);
    fields
}

/// A type of a module that is not named yet.
struct Unnamed {
    path: Path,
    wishes: Vec<String>,
}

/// The types of a module, those of complex attributes and of canonical values. Each is called after
/// its attribute and those around it, whatever else there is.
fn type_names(raw: &[RawAttribute], schema: &SchemaName) -> BTreeMap<Path, String> {
    let mut taken = Taken::default();
    around_type(&schema.type_name)
        .iter()
        .for_each(|name| taken.take(name));
    // So that `use scim_client::{*, user::*}` has one `Group`.
    CORE.iter().for_each(|(_, name)| taken.take(name));
    let mut found = Vec::new();
    unnamed(raw, &mut Vec::new(), None, &mut found);
    for one in &mut found {
        let core = |wish: &&mut String| CORE.iter().any(|(_, name)| name == wish);
        if let Some(plain) = one.wishes.first_mut().filter(core) {
            *plain = names::joined(&schema.type_name, plain);
        }
    }
    let wishes: Vec<Vec<String>> = found.iter().map(|one| one.wishes.clone()).collect();
    let names = choose(&wishes, &mut taken, around_type);
    found.into_iter().map(|one| one.path).zip(names).collect()
}

/// `outer` is the name that the type around the attributes wants, and the path of its attribute.
fn unnamed(
    raw: &[RawAttribute],
    path: &mut Path,
    outer: Option<(&str, &str)>,
    found: &mut Vec<Unnamed>,
) {
    for (index, attribute) in raw.iter().enumerate() {
        let complex = attribute.kind == RawKind::Complex;
        if !complex && !has_enum(attribute) {
            continue;
        }
        let mut wanted = names::complex(&attribute.name, attribute.multi_valued);
        let mut whole = attribute.name.clone();
        if let Some((outer, before)) = outer {
            wanted = names::joined(outer, &wanted);
            whole = format!("{before}.{whole}");
        }
        path.push(index);
        found.push(Unnamed {
            path: path.clone(),
            wishes: match complex {
                true => names::complexes(&wanted, attribute.multi_valued, &whole),
                false => names::enums(&wanted, &whole),
            },
        });
        let outer = Some((wanted.as_str(), whole.as_str()));
        unnamed(&attribute.sub_attributes, path, outer, found);
        path.pop();
    }
}

fn has_enum(attribute: &RawAttribute) -> bool {
    attribute.kind == RawKind::String && !attribute.canonical_values.is_empty()
}

fn build(
    raw: &[RawAttribute],
    fields: Vec<String>,
    path: &mut Path,
    types: &BTreeMap<Path, String>,
    reporter: &mut Reporter<'_>,
) -> Vec<Attribute> {
    let mut attributes = Vec::with_capacity(raw.len());
    for ((index, attribute), field) in raw.iter().enumerate().zip(fields) {
        path.push(index);
        let type_name = types.get(path).cloned();
        let kind = match (attribute.kind, type_name) {
            (RawKind::String, Some(type_name)) => Kind::String(Some(OpenEnum {
                type_name,
                variants: variants(attribute),
            })),
            (RawKind::Complex, Some(type_name)) => {
                let subs = &attribute.sub_attributes;
                let fields = self::fields(subs, &[], Taken::default(), reporter);
                let attributes = build(subs, fields, path, types, reporter);
                Kind::Complex(ComplexType {
                    type_name,
                    attributes,
                })
            }
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

fn variants(attribute: &RawAttribute) -> Vec<Variant> {
    let (values, chosen) = (&attribute.canonical_values, &attribute.variants);
    names::variants(values, attribute.case_exact, chosen)
        .into_iter()
        .map(|(name, value)| Variant { name, value })
        .collect()
}
