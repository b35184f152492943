//! The calls of the runtime's macros, which make everything that is the same for every type: a list
//! of positions, fields and types.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
#[cfg(feature = "derive")]
use proc_macro2::{Ident, Literal};
use quote::quote;

use super::shape::{Field, Form, Module, Plurality, Struct};
use super::{ident, table};
use crate::format::{self, WIDTH};
use scim_schema::model::Mutability;

pub(super) fn invocation(item: &Struct<'_>) -> String {
    let (name, table) = (item.name, table::name(item));
    let (call, extra) = match item.form {
        Form::Resource(schema, resource) => {
            let names = format!("{:?}, {:?}", resource.resource_type, resource.endpoint);
            ("resource_impls", vec![names, format!("{:?}", schema.id)])
        }
        Form::Extension(schema) => ("extension_impls", vec![format!("{:?}", schema.id)]),
        Form::Complex(_) => ("complex_impls", Vec::new()),
    };
    let mut text = format!("scim::{call}! {{\n");
    let head = format!("    {name}, {name}Paths, {table},");
    let head = if head.len() <= WIDTH {
        head
    } else {
        head.replace(", ", ",\n    ")
    };
    text.push_str(&head);
    text.push('\n');
    for part in extra {
        line(&format!("    {part},"), &mut text);
    }
    text.push_str("    {\n");
    let resource = matches!(item.form, Form::Resource(..));
    for (index, field) in item.fields.iter().enumerate() {
        let typed = typed(field, resource);
        let types: Vec<_> = [field.type_text()].into_iter().chain(typed).collect();
        let parts = format!("        {index} {}: {};", field.name, types.join(", "));
        if parts.chars().count() <= WIDTH {
            text.push_str(&parts);
        } else {
            text.push_str(&format!("        {index} {}:\n", field.name));
            text.push_str(&format!("            {};", types.join(",\n            ")));
        }
        text.push('\n');
    }
    text.push_str("    }\n");
    if resource {
        text.push_str(if item.extensions.is_empty() {
            "    {}\n"
        } else {
            "    {\n"
        });
        for (index, extension) in item.extensions.iter().enumerate() {
            let (index, name) = (item.fields.len() + index, extension.name);
            text.push_str(&format!(
                "        {index} {name}: Option<{}>;\n",
                extension.type_name
            ));
        }
        text.push_str(if item.extensions.is_empty() {
            ""
        } else {
            "    }\n"
        });
    }
    text.push_str("}\n");
    text
}

/// The same call as tokens, for a struct that its author wrote: `head` goes in front, in brackets.
#[cfg(feature = "derive")]
pub(super) fn tokens(item: &Struct<'_>, name: &Ident, head: &TokenStream) -> TokenStream {
    let paths = ident(&format!("{}Paths", item.name));
    let table = ident(&table::name(item));
    let resource = matches!(item.form, Form::Resource(..));
    let fields = item.fields.iter().enumerate().map(|(index, field)| {
        let (name, value) = (field.ident(), field.type_tokens());
        let index = Literal::usize_unsuffixed(index);
        let wrap = |inner: TokenStream, wrapper: &str| {
            let wrapper = ident(wrapper);
            quote!(__scim::#wrapper<#inner>)
        };
        let wrappers = wrappers(field, resource);
        let typed = (!wrappers.is_empty())
            .then(|| wrappers.into_iter().fold(value.clone(), wrap))
            .map(|typed| quote!(, #typed));
        quote!(#index #name: #value #typed;)
    });
    let extensions = item
        .extensions
        .iter()
        .enumerate()
        .map(|(index, extension)| {
            let (name, value) = (extension.ident(), extension.type_tokens());
            let index = Literal::usize_unsuffixed(item.fields.len() + index);
            quote!(#index #name: #value;)
        });
    match item.form {
        Form::Resource(schema, resource) => {
            let (kind, endpoint) = (&resource.resource_type, &resource.endpoint);
            let schema = &schema.id;
            quote! {
                __scim::resource_impls! {
                    #head #name, #paths, #table, #kind, #endpoint, #schema,
                    { #(#fields)* } { #(#extensions)* }
                }
            }
        }
        Form::Extension(schema) => {
            let schema = &schema.id;
            quote! {
                __scim::extension_impls! { #head #name, #paths, #table, #schema, { #(#fields)* } }
            }
        }
        Form::Complex(_) => {
            quote!(__scim::complex_impls! { #head #name, #paths, #table, { #(#fields)* } })
        }
    }
}

fn line(text: &str, out: &mut String) {
    format::fold(text, out);
    out.push('\n');
}

/// What the type of a field's path says besides the field's own, from the inside out.
fn wrappers(field: &Field<'_>, resource: bool) -> Vec<&'static str> {
    let immutable = field.attribute.mutability == Mutability::Immutable && !field.bare;
    let read_only = field.attribute.mutability == Mutability::ReadOnly && field.plain && resource;
    let required = field.attribute.required && !field.plain && field.plurality == Plurality::Many;
    let all = [
        (required, "RequiredValues"),
        (immutable, "Immutable"),
        (read_only, "ReadOnly"),
    ];
    let applying = all.into_iter().filter(|(applies, _)| *applies);
    applying.map(|(_, wrapper)| wrapper).collect()
}

/// The type of a field's path, if it is not the field's own.
fn typed(field: &Field<'_>, resource: bool) -> Option<String> {
    let wrap = |inner: String, wrapper: &str| format!("scim::{wrapper}<{inner}>");
    let wrappers = wrappers(field, resource);
    (!wrappers.is_empty()).then(|| wrappers.into_iter().fold(field.type_text(), wrap))
}

/// One type per name of a field, so that compiler messages can mention it.
pub(super) fn names(module: &Module<'_>) -> TokenStream {
    let mut names = BTreeSet::new();
    for item in &module.structs {
        names.extend(item.fields.iter().map(|field| field.name));
        names.extend(item.extensions.iter().map(|extension| extension.name));
    }
    let names = names.into_iter().map(ident);
    quote! {
        /// Names for compiler messages.
        #[allow(
            missing_debug_implementations,
            missing_docs,
            non_camel_case_types,
            reason = "names of attributes"
        )]
        #[doc(hidden)]
        pub mod name {
            #(pub enum #names {})*
        }
    }
}
