//! The calls of the runtime's macros, which make everything that is the same for every type: a list
//! of positions, fields and types.

use std::collections::BTreeSet;

#[cfg(feature = "derive")]
use proc_macro2::Literal;
use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::shape::{Field, Form, Module, Plurality, Struct};
use super::{ident, table};
use crate::format::{self, WIDTH};
use scim_schema::model::Mutability;

/// The call of a macro of the runtime that makes all that is the same for every type.
pub(super) struct Call {
    /// The macro.
    name: &'static str,
    /// The arguments, line by line.
    arguments: Vec<Vec<TokenStream>>,
    fields: Vec<Line>,
    /// The fields of extensions; only a resource has a list of them.
    extensions: Option<Vec<Line>>,
}

/// A field: its position, its name, its type and, if that does not say it all, the type of its path.
struct Line {
    index: usize,
    name: Ident,
    types: Vec<TokenStream>,
}

impl Call {
    /// For the struct `name`, with the runtime's plumbing under the name `scim`.
    pub(super) fn of(item: &Struct<'_>, name: &Ident, scim: &Ident) -> Self {
        let paths = ident(&format!("{}Paths", item.name));
        let table = ident(&table::name(item));
        let mut arguments = vec![vec![quote!(#name), quote!(#paths), quote!(#table)]];
        let call = match item.form {
            Form::Resource(schema, resource) => {
                let (kind, endpoint) = (&resource.resource_type, &resource.endpoint);
                arguments.push(vec![quote!(#kind), quote!(#endpoint)]);
                let schema = &schema.id;
                arguments.push(vec![quote!(#schema)]);
                "resource_impls"
            }
            Form::Extension(schema) => {
                let schema = &schema.id;
                arguments.push(vec![quote!(#schema)]);
                "extension_impls"
            }
            Form::Complex(_) => "complex_impls",
        };
        let resource = matches!(item.form, Form::Resource(..));
        let fields = item.fields.iter().enumerate().map(|(index, field)| {
            let own = field.type_tokens();
            let wrap = |inner: TokenStream, wrapper: &str| {
                let wrapper = ident(wrapper);
                quote!(#scim::#wrapper<#inner>)
            };
            let wrappers = wrappers(field, resource);
            let typed =
                (!wrappers.is_empty()).then(|| wrappers.into_iter().fold(own.clone(), wrap));
            Line {
                index,
                name: field.ident(),
                types: [own].into_iter().chain(typed).collect(),
            }
        });
        let extensions = item.extensions.iter().zip(item.fields.len()..);
        let extensions = extensions.map(|(extension, index)| Line {
            index,
            name: extension.ident(),
            types: vec![extension.type_tokens()],
        });
        Self {
            name: call,
            arguments,
            fields: fields.collect(),
            extensions: resource.then(|| extensions.collect()),
        }
    }

    /// The call for a macro to insert; `head` is what a derive puts in front.
    #[cfg(feature = "derive")]
    pub(super) fn tokens(&self, scim: &Ident, head: &TokenStream) -> TokenStream {
        let call = ident(self.name);
        let arguments = self.arguments.iter().flatten();
        let lists = [Some(&self.fields), self.extensions.as_ref()];
        let lists = lists.into_iter().flatten().map(|lines| {
            let lines = lines.iter().map(|Line { index, name, types }| {
                let index = Literal::usize_unsuffixed(*index);
                quote!(#index #name: #(#types),*;)
            });
            quote!({ #(#lines)* })
        });
        quote!(#scim::#call! { #head #(#arguments,)* #(#lists)* })
    }

    /// The call as a file has it: the arguments of a macro are nothing that a formatter touches.
    pub(super) fn text(&self) -> String {
        let mut text = format!("scim::{}! {{\n", self.name);
        for (at, arguments) in self.arguments.iter().enumerate() {
            let arguments: Vec<String> = arguments.iter().map(code).collect();
            let line = format!("    {},", arguments.join(", "));
            match at {
                0 if line.len() > WIDTH => text.push_str(&line.replace(", ", ",\n    ")),
                _ => format::fold(&line, &mut text),
            }
            text.push('\n');
        }
        list(&self.fields, &mut text);
        if let Some(extensions) = &self.extensions {
            list(extensions, &mut text);
        }
        text.push_str("}\n");
        text
    }
}

/// Lines in braces.
fn list(lines: &[Line], out: &mut String) {
    if lines.is_empty() {
        out.push_str("    {}\n");
        return;
    }
    out.push_str("    {\n");
    for Line { index, name, types } in lines {
        let types: Vec<String> = types.iter().map(code).collect();
        let parts = format!("        {index} {name}: {};", types.join(", "));
        if parts.chars().count() <= WIDTH {
            out.push_str(&parts);
        } else {
            out.push_str(&format!("        {index} {name}:\n"));
            out.push_str(&format!("            {};", types.join(",\n            ")));
        }
        out.push('\n');
    }
    out.push_str("    }\n");
}

/// A name, a text or a type with parameters, without the blanks between tokens.
fn code(tokens: &TokenStream) -> String {
    let tokens = tokens.clone().into_iter();
    tokens.map(|token| token.to_string()).collect()
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
