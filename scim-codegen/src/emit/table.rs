//! The descriptor tables.

use heck::ToShoutySnakeCase;
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};

use super::ident;
use super::shape::{Access, Field, Form, Plurality, Spelled, Struct};
use crate::model::{Kind, Mutability, Returned, Uniqueness};

/// The name of the static.
pub(super) fn name(item: &Struct<'_>) -> String {
    item.name.to_shouty_snake_case()
}

/// The table, which refers to the runtime as `scim`.
pub(super) fn table(item: &Struct<'_>, scim: &Ident) -> TokenStream {
    let table = ident(&name(item));
    let wire = item.wire;
    let fields = item.fields.iter().map(|field| attribute(field, scim));
    let extensions = item.extensions.iter().map(|extension| {
        let value = extension.type_tokens();
        let urn = match &extension.spelled {
            Some(Spelled { single, .. }) => quote!(<#single as #scim::Extension>::SCHEMA),
            None => extension.urn.to_token_stream(),
        };
        quote!(#scim::Attribute::extension::<#value>(#urn))
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
    let words: Vec<_> = description.split_whitespace().collect();
    let text = words.join(" ");
    (!text.is_empty()).then(|| quote!(.description(#text)))
}

/// An entry: the type says most of it, the rest is set.
fn attribute(field: &Field<'_>, scim: &Ident) -> TokenStream {
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
    let values = &attribute.canonical_values;
    if !values.is_empty() {
        calls.extend(quote!(.canonical_values(&[#(#values),*])));
    }
    let types = &attribute.reference_types;
    if !types.is_empty() {
        calls.extend(quote!(.reference_types(&[#(#types),*])));
    }
    quote!(#scim::Attribute::of::<#value>(#name) #calls)
}
