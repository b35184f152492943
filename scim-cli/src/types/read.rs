//! From documents (RFC 7643 §6 and §7) to types.

use std::sync::Arc;

use scim_client::evaluate::DataType;
use scim_client::model::{Mutability, Returned, Uniqueness};
use scim_client::{EnterpriseUser, Extension as _, Group, Resource as _, User};

use super::{Attribute, Extension, ResourceType, Schema, Tables, Types};
use crate::value::Value;

impl Types {
    /// The types that every SCIM server may have (RFC 7643 §4).
    pub(crate) fn bundled() -> Self {
        let documents = |texts: Vec<String>| -> Vec<Value> {
            texts
                .iter()
                .filter_map(|text| Value::parse(text).ok())
                .collect()
        };
        let schemas = [User::schema(), EnterpriseUser::schema(), Group::schema()];
        let schemas = documents(
            schemas
                .iter()
                .map(|json| json.as_str().to_owned())
                .collect(),
        );
        let types = [User::resource_type(), Group::resource_type()];
        let types = documents(types.iter().map(|json| json.as_str().to_owned()).collect());
        let mut this = Self::as_given(&types, &schemas, Value::Null);
        this.is_bundled = true;
        this
    }

    /// Types from documents. Where there are no resource types or no schemas, the built-in ones
    /// stand in.
    pub(crate) fn read(types: &[Value], schemas: &[Value], config: Value) -> Self {
        let this = Self::as_given(types, schemas, config);
        match this.list.is_empty() || this.schemas.is_empty() {
            false => this,
            true => Self {
                config: this.config,
                ..Self::bundled()
            },
        }
    }

    fn as_given(types: &[Value], schemas: &[Value], config: Value) -> Self {
        let tables = Arc::new(Tables::new(types.iter().chain(schemas)));
        let schemas: Vec<Schema> = schemas.iter().filter_map(schema).collect();
        let list = types
            .iter()
            .filter_map(|document| resource_type(document, &schemas, &tables));
        Self {
            list: list.collect(),
            schemas,
            config,
            is_bundled: false,
        }
    }
}

fn text(document: &Value, name: &str) -> String {
    document.str(name).unwrap_or_default().to_owned()
}

pub(super) fn schema(document: &Value) -> Option<Schema> {
    let urn = document.str("id")?;
    let attributes = document
        .get("attributes")
        .map(Value::each)
        .unwrap_or_default();
    Some(Schema {
        urn: urn.to_owned(),
        name: text(document, "name"),
        description: text(document, "description"),
        attributes: attributes.iter().filter_map(attribute).collect(),
    })
}

fn attribute(document: &Value) -> Option<Attribute> {
    let name = document.str("name").filter(|name| !name.is_empty())?;
    let word = |name: &str, default: &str, known: &[&str]| {
        let found = document.str(name).unwrap_or(default);
        let known = known.iter().find(|word| word.eq_ignore_ascii_case(found));
        known.map_or(found.to_owned(), |word| (*word).to_owned())
    };
    let flag = |name: &str| document.get(name).and_then(Value::as_bool);
    let texts = |name: &str| {
        let list = document.get(name).map(Value::each).unwrap_or_default();
        list.iter().map(Value::plain).collect()
    };
    let subs = document
        .get("subAttributes")
        .map(Value::each)
        .unwrap_or_default();
    let subs: Vec<Attribute> = subs.iter().filter_map(attribute).collect();
    let data_type = match document.str("type") {
        Some(name) => DataType::from_name(name),
        None if !subs.is_empty() => DataType::Complex,
        None => DataType::String,
    };
    Some(Attribute {
        name: name.to_owned(),
        data_type,
        multi_valued: flag("multiValued").unwrap_or(false),
        required: flag("required").unwrap_or(false),
        case_exact: flag("caseExact"),
        mutability: word(
            "mutability",
            Mutability::ReadWrite.as_str(),
            &Mutability::ALL.map(Mutability::as_str),
        ),
        returned: word(
            "returned",
            Returned::Default.as_str(),
            &Returned::ALL.map(Returned::as_str),
        ),
        uniqueness: word(
            "uniqueness",
            Uniqueness::None.as_str(),
            &Uniqueness::ALL.map(Uniqueness::as_str),
        ),
        canonical: texts("canonicalValues"),
        reference_types: texts("referenceTypes"),
        description: text(document, "description"),
        subs,
    })
}

fn resource_type(
    document: &Value,
    schemas: &[Schema],
    tables: &Arc<Tables>,
) -> Option<ResourceType> {
    let urn = document.str("schema")?;
    let by_urn = |urn: &str| schemas.iter().find(|s| s.urn.eq_ignore_ascii_case(urn));
    let own = by_urn(urn);
    let name = document.str("name").or_else(|| document.str("id"))?;
    let mut attributes = own
        .map(|schema| schema.attributes.clone())
        .unwrap_or_default();
    let mut add = |new: Attribute, first: bool| {
        if attributes
            .iter()
            .any(|a| a.name.eq_ignore_ascii_case(&new.name))
        {
            return;
        }
        match first {
            true => attributes.insert(0, new),
            false => attributes.push(new),
        }
    };
    // What every resource has (RFC 7643 §3.1), whether or not a schema says so.
    add(
        common(
            "id",
            DataType::String,
            "readOnly",
            "the server's own identifier",
        ),
        true,
    );
    let external = "the identifier that the client gave it";
    add(
        common("externalId", DataType::String, "readWrite", external),
        false,
    );
    let mut meta = common(
        "meta",
        DataType::Complex,
        "readOnly",
        "when and where it was changed",
    );
    meta.subs = [
        ("resourceType", DataType::String),
        ("created", DataType::DateTime),
        ("lastModified", DataType::DateTime),
        ("location", DataType::Reference),
        ("version", DataType::String),
    ]
    .map(|(name, data_type)| common(name, data_type, "readOnly", ""))
    .to_vec();
    add(meta, false);
    let mut schemas_of = common(
        "schemas",
        DataType::Reference,
        "readOnly",
        "URNs of its schemas",
    );
    schemas_of.multi_valued = true;
    add(schemas_of, false);
    let listed = document
        .get("schemaExtensions")
        .map(Value::each)
        .unwrap_or_default();
    let extensions = listed.iter().filter_map(|listed| {
        let urn = listed.str("schema")?;
        let schema = by_urn(urn);
        Some(Extension {
            urn: urn.to_owned(),
            short: short(urn, schema.map_or("", |schema| &schema.name)),
            required: listed
                .get("required")
                .and_then(Value::as_bool)
                .unwrap_or(false),
            attributes: schema
                .map(|schema| schema.attributes.clone())
                .unwrap_or_default(),
        })
    });
    let endpoint = document.str("endpoint").unwrap_or_default();
    let endpoint = match endpoint.is_empty() {
        true => format!("/{name}s"),
        false => format!("/{}", endpoint.trim_start_matches('/')),
    };
    Some(ResourceType {
        name: name.to_owned(),
        id: document.str("id").unwrap_or(name).to_owned(),
        endpoint,
        description: text(document, "description"),
        schema: urn.to_owned(),
        extensions: extensions.collect(),
        attributes,
        tables: Arc::clone(tables),
    })
}

fn common(name: &str, data_type: DataType, mutability: &str, description: &str) -> Attribute {
    Attribute {
        name: name.to_owned(),
        data_type,
        multi_valued: false,
        required: false,
        case_exact: (data_type == DataType::String).then_some(true),
        mutability: mutability.to_owned(),
        returned: "default".to_owned(),
        uniqueness: "none".to_owned(),
        canonical: Vec::new(),
        reference_types: Vec::new(),
        description: description.to_owned(),
        subs: Vec::new(),
    }
}

/// What an extension is called in short: `enterprise` of
/// `urn:ietf:params:scim:schemas:extension:enterprise:2.0:User`.
fn short(urn: &str, name: &str) -> String {
    let parts: Vec<&str> = urn.split(':').collect();
    let after = parts
        .iter()
        .position(|part| part.eq_ignore_ascii_case("extension"));
    let is_version = |part: &str| part.chars().all(|c| c.is_ascii_digit() || c == '.');
    let after = after
        .and_then(|at| parts.get(at + 1))
        .filter(|part| !is_version(part));
    let fallback = || {
        let mut parts = parts
            .iter()
            .rev()
            .filter(|part| !is_version(part) && !part.is_empty());
        parts.next().copied()
    };
    let chosen = after
        .copied()
        .or((!name.is_empty()).then_some(name))
        .or_else(fallback);
    let chosen: String = super::kebab(chosen.unwrap_or("extension"));
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    chosen.chars().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_have_short_names() {
        let enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
        assert_eq!(short(enterprise, "Enterprise User"), "enterprise");
        assert_eq!(short("urn:acme:Badge", "Badge"), "badge");
        assert_eq!(short("urn:acme:Badge:1.0", ""), "badge");
    }

    #[test]
    fn what_is_missing_has_the_defaults_of_the_rfc() {
        let schema = Value::parse(
            r#"{"id":"urn:x:Car","name":"Car","attributes":[{"name":"plate"},{"type":"string"}]}"#,
        );
        let types = Value::parse(r#"{"name":"Car","schema":"urn:x:car","endpoint":"Cars"}"#);
        let types = Types::read(&[types.unwrap()], &[schema.unwrap()], Value::Null);
        let car = types.find("cars").unwrap();
        assert_eq!(car.endpoint, "/Cars");
        let plate = car.attribute("plate").unwrap();
        assert_eq!(
            (plate.mutability.as_str(), plate.multi_valued),
            ("readWrite", false)
        );
        assert!(car.attribute("externalId").is_some());
    }
}
