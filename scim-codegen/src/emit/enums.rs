//! The open enums.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::shape::Enum;
use super::{docs, ident};
use crate::format;
#[cfg(feature = "derive")]
use scim_schema::model::OpenEnum;

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
pub(crate) struct Call<'m> {
    name: Ident,
    case_exact: bool,
    values: Vec<(Ident, &'m str)>,
}

impl<'m> Call<'m> {
    pub(super) fn of(item: &Enum<'m>) -> Self {
        let variants = item.values.variants.iter();
        Self {
            name: ident(&item.values.type_name),
            case_exact: item.case_exact,
            values: variants
                .map(|variant| (ident(&variant.name), variant.value.as_str()))
                .collect(),
        }
    }

    /// For an enum that its author wrote, with the author's identifiers.
    #[cfg(feature = "derive")]
    pub(crate) fn derived(
        name: &Ident,
        values: &'m OpenEnum,
        variants: &[&Ident],
        case_exact: bool,
    ) -> Self {
        let values = values.variants.iter().zip(variants);
        Self {
            name: name.clone(),
            case_exact,
            values: values
                .map(|(variant, name)| ((*name).clone(), variant.value.as_str()))
                .collect(),
        }
    }

    /// The call for a macro to insert; `unknown` is the author's variant for every other value, and
    /// none if the enum is refused.
    #[cfg(feature = "derive")]
    pub(crate) fn tokens(&self, scim: &Ident, unknown: Option<&Ident>) -> TokenStream {
        let (name, case_exact) = (&self.name, self.case_exact);
        let values = self.values.iter();
        let values = values.map(|(variant, text)| quote!(#variant = #text,));
        quote! {
            #scim::open_enum! {
                [derived #unknown] #name, case_exact: #case_exact, { #(#values)* }
            }
        }
    }

    /// The call as a file has it.
    pub(super) fn text(&self) -> String {
        let name = &self.name;
        let mut text = "scim::open_enum! {\n".to_owned();
        let head = format!(
            "    {name}, Unknown{name}, case_exact: {}, {{",
            self.case_exact
        );
        if head.chars().count() <= format::WIDTH {
            text.push_str(&head);
        } else {
            text.push_str(&head.replace(", ", ",\n    "));
        }
        text.push('\n');
        for (variant, value) in &self.values {
            let line = format!("        {variant} = {value:?},");
            format::fold(&line, &mut text);
            text.push('\n');
        }
        text.push_str("    }\n}\n");
        text
    }
}
