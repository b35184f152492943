//! The open enums.

use proc_macro2::TokenStream;
use quote::quote;

use super::shape::Enum;
use super::{docs, ident};
use crate::format;

pub(super) fn declaration(item: &Enum<'_>) -> TokenStream {
    let name = ident(&item.values.type_name);
    let unknown = ident(&format!("Unknown{}", item.values.type_name));
    let about = format!(
        "The values that the schema suggests for {}.",
        docs::code(&item.path)
    );
    let doc = docs::lines(&[about], 0);
    let variants = item.values.variants.iter().map(|variant| {
        let doc = docs::lines(&[docs::code(&variant.value)], 4);
        let name = ident(&variant.name);
        quote!(#doc #name,)
    });
    quote! {
        #doc
        #[derive(Clone)]
        #[non_exhaustive]
        pub enum #name {
            #(#variants)*
            /// Any other value, verbatim.
            Unknown(#unknown),
        }
    }
}

/// The call of the runtime's macro that makes the impls.
pub(super) fn invocation(item: &Enum<'_>) -> String {
    let name = &item.values.type_name;
    let mut text = "scim::open_enum! {\n".to_owned();
    let head = format!(
        "    {name}, Unknown{name}, case_exact: {}, {{",
        item.case_exact
    );
    if head.chars().count() <= format::WIDTH {
        text.push_str(&head);
    } else {
        text.push_str(&head.replace(", ", ",\n    "));
    }
    text.push('\n');
    for variant in &item.values.variants {
        let line = format!("        {} = {:?},", variant.name, variant.value);
        format::fold(&line, &mut text);
        text.push('\n');
    }
    text.push_str("    }\n}\n");
    text
}
