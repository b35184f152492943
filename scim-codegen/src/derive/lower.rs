//! A struct as a resource, an extension or the type of a complex attribute.

use heck::ToLowerCamelCase as _;
use proc_macro2::{Ident, TokenStream};
use syn::ext::IdentExt as _;
use syn::{Data, DeriveInput, Fields, GenericParam};

use super::findings::Findings;
use super::options::{self, Form, Known, Options};
use super::{Derive, Lowered, field};
use crate::emit::Spelled;
use scim_schema::model::{Attribute, ComplexType, Extension, Kind, Resource, Role, Schema};
use scim_schema::names;

const FIELD: &str = "a field";

const ELSEWHERE: &[(&str, &str)] = &[
    ("rename", FIELD),
    ("required", FIELD),
    ("case_exact", FIELD),
    ("mutability", FIELD),
    ("returned", FIELD),
    ("uniqueness", FIELD),
    ("canonical_values", FIELD),
    ("reference_types", FIELD),
    ("extension", FIELD),
    ("extra", FIELD),
    ("endpoint", "a resource"),
    ("schema", "a resource or an extension"),
];

const RESOURCE: Known = Known {
    place: "a resource",
    options: &[
        ("schema", Form::Text),
        ("endpoint", Form::Text),
        ("name", Form::Text),
        ("description", Form::Text),
        ("crate", Form::Text),
        ("constructors", Form::Flag),
    ],
    elsewhere: ELSEWHERE,
};

const EXTENSION: Known = Known {
    place: "an extension",
    options: &[
        ("schema", Form::Text),
        ("name", Form::Text),
        ("description", Form::Text),
        ("crate", Form::Text),
        ("constructors", Form::Flag),
    ],
    elsewhere: ELSEWHERE,
};

const COMPLEX: Known = Known {
    place: "the type of a complex attribute",
    options: &[
        ("name", Form::Text),
        ("description", Form::Text),
        ("crate", Form::Text),
        ("constructors", Form::Flag),
    ],
    elsewhere: ELSEWHERE,
};

/// A struct in the model, and as its author spells it.
pub(super) struct Struct<'i> {
    pub(super) model: Lowered,
    pub(super) fields: Vec<Spelled>,
    pub(super) extensions: Vec<Spelled>,
    pub(super) extra: Option<&'i Ident>,
    pub(super) runtime: Option<TokenStream>,
    pub(super) constructors: bool,
}

pub(super) fn lower<'i>(
    derive: Derive,
    input: &'i DeriveInput,
    findings: &mut Findings,
) -> Struct<'i> {
    parameters(input, findings);
    let known = match derive {
        Derive::Resource => &RESOURCE,
        Derive::Extension => &EXTENSION,
        Derive::Complex | Derive::CanonicalValues => &COMPLEX,
    };
    let options = Options::read(&input.attrs, known, findings);
    let runtime = options.runtime(findings);
    let type_name = input.ident.unraw().to_string();
    let description = options::description(&input.attrs, &options);
    let name = options.text("name").map(syn::LitStr::value);
    let id = match derive {
        Derive::Resource | Derive::Extension => urn(input, &options, findings),
        Derive::Complex | Derive::CanonicalValues => String::new(),
    };
    let endpoint = match derive {
        Derive::Resource => endpoint(input, &options, findings),
        _ => String::new(),
    };
    let content = Content::of(derive, input, findings);
    let model = match derive {
        Derive::Resource | Derive::Extension => {
            let name = name.unwrap_or_else(|| type_name.clone());
            let role = match derive {
                Derive::Resource => {
                    let mut resource = Resource::new(&name, endpoint);
                    resource.extensions = content.extensions;
                    Role::Resource(resource)
                }
                _ => Role::Extension,
            };
            let mut schema = Schema::new(id, type_name, role);
            schema.name = name;
            schema.description = description;
            schema.attributes = content.attributes;
            Lowered::Schema(schema)
        }
        Derive::Complex | Derive::CanonicalValues => {
            let wire = name.unwrap_or_else(|| type_name.to_lower_camel_case());
            let field = names::field(&type_name);
            let complex = ComplexType::new(type_name, content.attributes);
            let mut attribute = Attribute::new(&wire, Kind::Complex(complex));
            attribute.field = field;
            attribute.description = description;
            Lowered::Complex(attribute)
        }
    };
    Struct {
        model,
        fields: content.fields,
        extensions: content.extension_fields,
        extra: content.extra,
        runtime,
        constructors: options.span("constructors").is_some(),
    }
}

/// A schema describes one type, whose values outlive the text that they were read from.
pub(super) fn parameters(input: &DeriveInput, findings: &mut Findings) {
    for parameter in &input.generics.params {
        let message = match parameter {
            GenericParam::Lifetime(_) => {
                "a SCIM type owns its values, because they outlive the text that they were read \
                 from: write `String` instead of `&str`"
            }
            GenericParam::Type(_) | GenericParam::Const(_) => {
                "a SCIM type has one schema, so it has no parameters: write a type for each"
            }
        };
        findings.at(parameter, message);
    }
}

fn urn(input: &DeriveInput, options: &Options, findings: &mut Findings) -> String {
    let Some(literal) = options.text("schema") else {
        if options.span("schema").is_none() {
            let message = "the URN of the schema is missing: `#[scim(schema = \"urn:...\")]`";
            findings.at(&input.ident, message);
        }
        return String::new();
    };
    let urn = literal.value();
    if !urn.contains(':') || urn.contains(char::is_whitespace) {
        let message = "a schema is identified by a URI (RFC 7643 §7), such as \
                       \"urn:example:params:scim:schemas:core:2.0:Device\"";
        findings.at(literal, message);
    }
    urn
}

fn endpoint(input: &DeriveInput, options: &Options, findings: &mut Findings) -> String {
    let likely = format!("/{}", names::plural(&input.ident.unraw().to_string()));
    let Some(literal) = options.text("endpoint") else {
        let message = format!("the endpoint is missing: `#[scim(endpoint = \"{likely}\")]`");
        findings.at(&input.ident, message);
        return likely;
    };
    let text = literal.value();
    let path = text.strip_prefix('/').unwrap_or_default();
    let fine = !path.is_empty()
        && path.split('/').all(|part| !matches!(part, "" | "." | ".."))
        && !path.contains(|c: char| c.is_whitespace() || matches!(c, '?' | '#' | ':'));
    if !fine {
        let message = format!("an endpoint is a path below the base URL, such as \"{likely}\"");
        findings.at(literal, message);
        return likely;
    }
    text
}

/// The fields of a struct.
#[derive(Default)]
struct Content<'i> {
    attributes: Vec<Attribute>,
    fields: Vec<Spelled>,
    extensions: Vec<Extension>,
    extension_fields: Vec<Spelled>,
    extra: Option<&'i Ident>,
}

impl<'i> Content<'i> {
    fn of(derive: Derive, input: &'i DeriveInput, findings: &mut Findings) -> Self {
        let mut content = Self::default();
        let fields = match &input.data {
            Data::Struct(data) => match &data.fields {
                Fields::Named(fields) => &fields.named,
                Fields::Unnamed(_) | Fields::Unit => {
                    findings.at(
                        &input.ident,
                        "attributes have names: write a struct with named fields",
                    );
                    return content;
                }
            },
            Data::Enum(_) | Data::Union(_) => {
                let message = "this is derived for structs; an enum can be a text with \
                               `#[derive(CanonicalValues)]`";
                findings.at(&input.ident, message);
                return content;
            }
        };
        for item in fields {
            match field::lower(derive, &input.ident, item, findings) {
                field::Lowered::Attribute(attribute, spelled) => {
                    let same = |a: &&Attribute| a.name.eq_ignore_ascii_case(&attribute.name);
                    if let Some(first) = content.attributes.iter().find(same) {
                        let message = format!(
                            "`{}` and this field are one attribute, `{}`: letter case does not \
                             tell names apart",
                            first.field, first.name
                        );
                        findings.at(&spelled.name, message);
                        continue;
                    }
                    content.attributes.push(attribute);
                    content.fields.push(spelled);
                }
                field::Lowered::Extension(extension, spelled) => {
                    content.extensions.push(extension);
                    content.extension_fields.push(spelled);
                }
                field::Lowered::Extra(ident) if content.extra.is_some() => {
                    findings.at(
                        ident,
                        "one field is enough for what the schema does not know",
                    );
                }
                field::Lowered::Extra(ident) => content.extra = Some(ident),
                field::Lowered::Refused => {}
            }
        }
        if content.extra.is_none() {
            let message = "a place for attributes that the schema does not know is missing: \
                           `#[scim(extra)] extra: Extra`; without it they would be lost when a \
                           value is written back";
            findings.at(&input.ident, message);
        }
        content
    }
}
