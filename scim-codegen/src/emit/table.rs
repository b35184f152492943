//! The descriptor tables.

use heck::ToShoutySnakeCase;
use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::ident;
use super::shape::{Access, Field, Form, Plurality, Spelled, Struct};
use scim_schema::model::{Attribute, Kind, Mutability, Returned, Uniqueness};

/// The name of the static.
pub(super) fn name(item: &Struct<'_>) -> String {
    item.name.to_shouty_snake_case()
}

/// The table, which refers to the runtime as `scim`.
pub(super) fn table(item: &Struct<'_>, scim: &Ident) -> TokenStream {
    let table = ident(&name(item));
    let wire = item.wire;
    let fields = item.fields.iter().map(|field| match field.spelled {
        Some(_) => by_type(field, scim),
        None => literal(field, scim),
    });
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
    (!text.is_empty()).then(|| quote!(.description(#text)))
}

/// A description on one line.
fn words(description: &str) -> String {
    let words: Vec<_> = description.split_whitespace().collect();
    words.join(" ")
}

/// An entry of a generated table.
fn literal(field: &Field<'_>, scim: &Ident) -> TokenStream {
    let attribute = field.attribute;
    let (name, description) = (&attribute.name, words(&attribute.description));
    let kind = match &attribute.kind {
        Kind::String(_) => quote!(String),
        Kind::Boolean => quote!(Boolean),
        Kind::Decimal => quote!(Decimal),
        Kind::Integer => quote!(Integer),
        Kind::DateTime => quote!(DateTime),
        Kind::Reference => quote!(Reference),
        Kind::Binary => quote!(Binary),
        Kind::Complex(complex) => {
            let complex = ident(&complex.type_name);
            quote!(Complex(#scim::Table::Of(#scim::table::<#complex>)))
        }
        // Only a derive makes a declared one, and it has a spelled field.
        Kind::Any | Kind::Declared(_) => quote!(Any),
    };
    let exact = attribute.case_exact || matches!(attribute.kind, Kind::Reference | Kind::Binary);
    let facts = [
        (field.plurality == Plurality::Many).then_some("MULTI_VALUED"),
        (attribute.required && !field.plain).then_some("REQUIRED"),
        exact.then_some("CASE_EXACT"),
        match attribute.mutability {
            Mutability::ReadWrite => None,
            Mutability::ReadOnly => Some("READ_ONLY"),
            Mutability::WriteOnly => Some("WRITE_ONLY"),
            Mutability::Immutable => Some("IMMUTABLE"),
        },
        match attribute.returned {
            Returned::Default => None,
            Returned::Always => Some("ALWAYS"),
            Returned::Never => Some("NEVER"),
            Returned::Request => Some("REQUEST"),
        },
        match attribute.uniqueness {
            Uniqueness::None | Uniqueness::Other(_) => None,
            Uniqueness::Server => Some("SERVER"),
            Uniqueness::Global => Some("GLOBAL"),
        },
    ];
    let facts: Vec<_> = facts.into_iter().flatten().map(ident).collect();
    let facts = match facts.is_empty() {
        true => quote!(0),
        false => quote!(#(#scim::facts::#facts)|*),
    };
    let values = match values(attribute, scim) {
        Some(values) => quote!(Some(#values)),
        None => quote!(None),
    };
    quote! {
        #scim::Attribute {
            name: #name,
            description: #description,
            kind: #scim::Kind::#kind,
            facts: #facts,
            values: #values
        }
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

/// An entry of a derived table: the type of the field says most of it, the rest is set.
fn by_type(field: &Field<'_>, scim: &Ident) -> TokenStream {
    let attribute = field.attribute;
    let (value, name) = (field.type_tokens(), &attribute.name);
    let mut calls = TokenStream::new();
    calls.extend(text(&attribute.description));
    if attribute.required && !field.plain && field.plurality == Plurality::Many {
        calls.extend(quote!(.required(true)));
    }
    if attribute.case_exact && !matches!(attribute.kind, Kind::Reference | Kind::Binary) {
        calls.extend(quote!(.case_exact(true)));
    }
    // What `Attribute::of` derives from the type of the field.
    let implied = match field.access {
        Access::Plain => Mutability::ReadWrite,
        Access::ReadOnly => Mutability::ReadOnly,
        Access::WriteOnly => Mutability::WriteOnly,
    };
    if attribute.mutability != implied {
        let mutability = ident(match attribute.mutability {
            Mutability::ReadOnly => "ReadOnly",
            Mutability::ReadWrite => "ReadWrite",
            Mutability::Immutable => "Immutable",
            Mutability::WriteOnly => "WriteOnly",
        });
        calls.extend(quote!(.mutability(#scim::Mutability::#mutability)));
    }
    let implied = match field.access {
        Access::WriteOnly => Returned::Never,
        _ => Returned::Default,
    };
    if attribute.returned != implied {
        let returned = ident(match attribute.returned {
            Returned::Always => "Always",
            Returned::Never => "Never",
            Returned::Default => "Default",
            Returned::Request => "Request",
        });
        calls.extend(quote!(.returned(#scim::Returned::#returned)));
    }
    match attribute.uniqueness {
        Uniqueness::None | Uniqueness::Other(_) => {}
        Uniqueness::Server => calls.extend(quote!(.uniqueness(#scim::Uniqueness::Server))),
        Uniqueness::Global => calls.extend(quote!(.uniqueness(#scim::Uniqueness::Global))),
    }
    if let Some(values) = values(attribute, scim) {
        calls.extend(quote!(.values(#values)));
    }
    quote!(#scim::Attribute::of::<#value>(#name) #calls)
}
