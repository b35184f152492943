//! The declarations of structs.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;

use super::shape::{Access, Module, Struct, Value};
use super::{docs, ident};

/// The types of values that are in scope everywhere.
const OF_RUST: [&str; 3] = ["String", "bool", "i64"];

/// The `use` declarations of a file with types.
pub(super) fn imports(module: &Module<'_>, runtime: &TokenStream) -> TokenStream {
    let mut names = BTreeSet::from(["Extra"]);
    for field in module.structs.iter().flat_map(|item| &item.fields) {
        if let Value::Simple(name) = field.value
            && !OF_RUST.contains(&name)
        {
            names.insert(name);
        }
        match field.access {
            Access::Plain => {}
            Access::ReadOnly => drop(names.insert("ReadOnly")),
            Access::WriteOnly => drop(names.insert("WriteOnly")),
        }
    }
    let names = names.into_iter().map(ident);
    let extensions = module.imports.iter().map(|(module, type_name, here)| {
        let (path, name, alias) = (ident(module), ident(type_name), ident(here));
        if type_name == here {
            quote!(use super::#path::#name;)
        } else {
            quote!(use super::#path::#name as #alias;)
        }
    });
    quote! {
        use #runtime::{#(#names),*};
        #(#extensions)*
    }
}

pub(super) fn declaration(item: &Struct<'_>, examples: Option<&str>) -> TokenStream {
    let doc = docs::structure(item, examples);
    let name = ident(item.name);
    let fields = item.fields.iter().map(|field| {
        let (doc, name, value) = (docs::field(field), ident(field.name), field.type_tokens());
        quote!(#doc pub #name: #value,)
    });
    let extensions = item.extensions.iter().map(|extension| {
        let required = match extension.required {
            true => " · required by the resource type, yet some resources may come without",
            false => "",
        };
        let fact = format!("{} · extension{required}", docs::code(extension.urn));
        let doc = docs::lines(&[fact], 4);
        let (name, value) = (ident(extension.name), ident(&extension.type_name));
        quote!(#doc pub #name: Option<#value>,)
    });
    quote! {
        #doc
        #[derive(Clone)]
        #[non_exhaustive]
        pub struct #name {
            #(#fields)*
            #(#extensions)*
            /// Attributes that are not in the schema.
            pub extra: Extra,
        }
    }
}
