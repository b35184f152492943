//! The same schemas as structs with serde's derive, as a careful engineer writes them by hand.

use std::collections::BTreeMap;

use scim_codegen::{
    Model,
    model::{Attribute, ComplexType, Kind, Role},
};

/// The library: its modules, and what all resources have.
pub(super) fn library(model: &Model) -> String {
    let modules = model.schemas().iter();
    let modules: String = modules
        .map(|schema| format!("pub mod {};\n", schema.module))
        .collect();
    format!("{modules}\nuse serde::{{Deserialize, Serialize}};\n{META}")
}

/// A file for each schema.
pub(super) fn modules(model: &Model) -> BTreeMap<String, String> {
    let schemas = model.schemas().iter();
    let text = schemas.map(|schema| {
        let mut out = "use serde::{Deserialize, Serialize};\n".to_owned();
        let mut extra = String::new();
        if let Role::Resource(resource) = &schema.role {
            extra.push_str(
                "    pub schemas: Vec<String>,\n    \
                 #[serde(skip_serializing_if = \"Option::is_none\")]\n    \
                 pub id: Option<String>,\n    \
                 #[serde(skip_serializing_if = \"Option::is_none\")]\n    \
                 pub meta: Option<super::Meta>,\n",
            );
            for extension in &resource.extensions {
                let Some(schema) = model.schema(&extension.schema) else {
                    continue;
                };
                extra.push_str(&format!(
                    "    #[serde(rename = {:?}, skip_serializing_if = \"Option::is_none\")]\n    \
                     pub {}: Option<super::{}::{}>,\n",
                    extension.schema, extension.field, schema.module, schema.type_name
                ));
            }
        }
        item(&mut out, &schema.type_name, &schema.attributes, &extra);
        (format!("{}.rs", schema.module), out)
    });
    text.collect()
}

const META: &str = "
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = \"camelCase\")]
pub struct Meta {
    #[serde(skip_serializing_if = \"Option::is_none\")]
    pub resource_type: Option<String>,
    #[serde(skip_serializing_if = \"Option::is_none\")]
    pub created: Option<String>,
    #[serde(skip_serializing_if = \"Option::is_none\")]
    pub last_modified: Option<String>,
    #[serde(skip_serializing_if = \"Option::is_none\")]
    pub location: Option<String>,
    #[serde(skip_serializing_if = \"Option::is_none\")]
    pub version: Option<String>,
}
";

fn item(out: &mut String, name: &str, attributes: &[Attribute], extra: &str) {
    let mut nested: Vec<&ComplexType> = Vec::new();
    out.push_str(&format!(
        "\n#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]\npub struct {name} {{\n{extra}"
    ));
    for attribute in attributes {
        let single = match &attribute.kind {
            Kind::Boolean => "bool",
            Kind::Decimal => "f64",
            Kind::Integer => "i64",
            Kind::Any => "serde_json::Value",
            Kind::Complex(complex) => {
                nested.push(complex);
                &complex.type_name
            }
            _ => "String",
        };
        let (options, whole) = if attribute.multi_valued {
            (
                ", default, skip_serializing_if = \"Vec::is_empty\"",
                format!("Vec<{single}>"),
            )
        } else if attribute.required {
            ("", single.to_owned())
        } else {
            (
                ", skip_serializing_if = \"Option::is_none\"",
                format!("Option<{single}>"),
            )
        };
        out.push_str(&format!(
            "    #[serde(rename = {:?}{options})]\n    pub {}: {whole},\n",
            attribute.name, attribute.field
        ));
    }
    out.push_str("}\n");
    for complex in nested {
        item(out, &complex.type_name, &complex.attributes, "");
    }
}
