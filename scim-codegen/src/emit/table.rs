//! The descriptor tables.

use heck::ToShoutySnakeCase;
use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::ident;
use super::shape::{Field, Form, Spelled, Struct, Value};
use scim_schema::model::{Attribute, Kind};

/// The name of the static.
pub(super) fn name(item: &Struct<'_>) -> String {
    item.name.to_shouty_snake_case()
}

/// The table, which refers to the runtime as `scim`.
pub(super) fn table(item: &Struct<'_>, scim: &Ident) -> TokenStream {
    let table = ident(&name(item));
    let wire = item.wire;
    let fields = item.fields.iter().map(|field| entry(field, scim));
    let extensions = item.extensions.iter().map(|extension| {
        let value = extension.type_tokens();
        match &extension.spelled {
            Some(Spelled { single, .. }) => {
                let urn = quote!(<#single as #scim::Extension>::SCHEMA);
                quote!(#scim::Attribute::extension::<#value>(#urn))
            }
            None => {
                let (urn, value) = (extension.urn, ident(&extension.type_name));
                quote! {
                    #scim::Attribute {
                        name: #urn,
                        description: "",
                        kind: #scim::Kind::Complex(#scim::Table::Of(#scim::table::<#value>)),
                        facts: #scim::facts::EXTENSION,
                        values: None
                    }
                }
            }
        }
    });
    let attributes = ident(&format!("{table}_ATTRIBUTES"));
    let descriptor = match item.form {
        Form::Resource(schema, _) | Form::Extension(schema) => {
            let urn = &schema.id;
            quote!(#scim::Descriptor::schema(#wire, #urn, #attributes))
        }
        Form::Complex(_) => quote!(#scim::Descriptor::complex(#wire, #attributes)),
    };
    let description = text(item.description);
    quote! {
        const #attributes: &[#scim::Attribute] = &[#(#fields,)* #(#extensions,)*];
        static #table: #scim::Descriptor = #descriptor #description;
    }
}

/// The call that sets a description, if there is one.
fn text(description: &str) -> Option<TokenStream> {
    let text = words(description);
    (!text.is_empty()).then(|| quote!(.with_description(#text)))
}

/// A description on one line.
fn words(description: &str) -> String {
    let words: Vec<_> = description.split_whitespace().collect();
    words.join(" ")
}

/// An entry of a table. A literal costs less to compile than calls. What a derive does not know of a
/// type, because it is declared elsewhere, the type itself says.
fn entry(field: &Field<'_>, scim: &Ident) -> TokenStream {
    let attribute = field.attribute;
    let (name, description) = (&attribute.name, words(&attribute.description));
    let declared = matches!(field.value, Value::Declared(_)).then(|| {
        let value = field.type_tokens();
        quote!(#scim::Probe::<#value>::ATTRIBUTE)
    });
    let simple = |name: &str| {
        let name = ident(name);
        quote!(#scim::Kind::#name)
    };
    let kind = match &attribute.kind {
        _ if declared.is_some() => quote!(#declared.kind),
        Kind::String(_) => simple("String"),
        Kind::Boolean => simple("Boolean"),
        Kind::Decimal => simple("Decimal"),
        Kind::Integer => simple("Integer"),
        Kind::DateTime => simple("DateTime"),
        Kind::Reference => simple("Reference"),
        Kind::Binary => simple("Binary"),
        Kind::Complex(complex) => {
            let complex = ident(&complex.type_name);
            quote!(#scim::Kind::Complex(#scim::Table::Of(#scim::table::<#complex>)))
        }
        Kind::Any | Kind::Declared(_) => simple("Any"),
    };
    let facts: Vec<_> = attribute.facts(field.plain).map(ident).collect();
    let facts = match (facts.is_empty(), &declared) {
        (true, None) => quote!(0),
        (true, Some(declared)) => quote!(#declared.facts & #scim::facts::CASE_EXACT),
        (false, None) => quote!(#(#scim::facts::#facts)|*),
        (false, Some(declared)) => {
            quote!(#(#scim::facts::#facts)|* | #declared.facts & #scim::facts::CASE_EXACT)
        }
    };
    let values = match (values(attribute, scim), &declared) {
        (Some(values), _) => quote!(Some(#values)),
        (None, Some(declared)) => quote!(#declared.values),
        (None, None) => quote!(None),
    };
    let literal = quote! {
        #scim::Attribute {
            name: #name,
            description: #description,
            kind: #kind,
            facts: #facts,
            values: #values
        }
    };
    match declared {
        Some(_) => quote! {
            {
                #[allow(unused_imports, reason = "needed where the struct is refused")]
                use #scim::Refused as _;
                #literal
            }
        },
        None => literal,
    }
}

/// The values and types that the schema lists.
fn values(attribute: &Attribute, scim: &Ident) -> Option<TokenStream> {
    let (canonical, references) = (&attribute.canonical_values, &attribute.reference_types);
    (!canonical.is_empty() || !references.is_empty()).then(|| {
        quote! {
            &#scim::Values { canonical: &[#(#canonical),*], references: &[#(#references),*] }
        }
    })
}
