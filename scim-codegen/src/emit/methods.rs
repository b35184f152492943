//! `new`, `Default` and the setters.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::shape::{Access, Field, Form, Plurality, Struct, Value};
use super::{docs, ident};

pub(super) fn inherent(item: &Struct<'_>) -> TokenStream {
    let name = ident(item.name);
    let new = new(item);
    let setters = item
        .fields
        .iter()
        .filter(|field| field.access != Access::ReadOnly)
        .map(setter);
    let extensions = item.extensions.iter().map(|extension| {
        let (field, value) = (ident(extension.name), ident(&extension.type_name));
        let method = method(extension.name);
        let doc = docs::lines(
            &[format!("Sets the extension {}.", docs::code(extension.urn))],
            4,
        );
        quote! {
            #doc
            #[must_use]
            pub fn #method(mut self, #field: impl Into<#value>) -> Self {
                self.#field = Some(#field.into());
                self
            }
        }
    });
    // A type with a required attribute has no default value: it would be invalid.
    let default = (!item.fields.iter().any(Field::is_required)).then(|| {
        quote! {
            impl Default for #name {
                fn default() -> Self {
                    <Self as scim::Root>::empty()
                }
            }
        }
    });
    quote! {
        impl #name {
            #new
            #(#setters)*
            #(#extensions)*
        }
        #default
    }
}

fn new(item: &Struct<'_>) -> TokenStream {
    let mut given: Vec<&Field<'_>> = item.fields.iter().filter(|f| f.is_required()).collect();
    // Arguments have no names where they are given, so their order must not be the document's: a server
    // may list its attributes otherwise tomorrow.
    given.sort_by(|a, b| a.attribute.name.cmp(&b.attribute.name));
    let mut about = "With the required attributes.";
    if given.is_empty() {
        about = "Without any attribute.";
        if let Some(value) = value_of_many(item) {
            about = "With its value.";
            given.push(value);
        }
    }
    let about = format!(" {about}");
    if given.is_empty() {
        return quote! {
            #[doc = #about]
            #[must_use]
            pub fn new() -> Self {
                <Self as scim::Root>::empty()
            }
        };
    }
    let arguments = given.iter().map(|field| argument(field));
    // Without a local variable, for an argument could have its name.
    let assignments = given.iter().map(|field| {
        let (name, value) = (ident(field.name), assigned(field));
        quote!(#name: #value,)
    });
    quote! {
        #[doc = #about]
        #[must_use]
        pub fn new(#(#arguments),*) -> Self {
            Self {
                #(#assignments)*
                ..<Self as scim::Root>::empty()
            }
        }
    }
}

/// The `value` of an element of a multi-valued attribute, if a client may write it: hardly anybody
/// wants an element without.
fn value_of_many<'f, 'm>(item: &'f Struct<'m>) -> Option<&'f Field<'m>> {
    let Form::Complex(attribute) = item.form else {
        return None;
    };
    let written = |field: &&Field<'_>| {
        use scim_schema::model::Mutability::{Immutable, ReadWrite};
        field.attribute.name.eq_ignore_ascii_case("value")
            && field.plurality == Plurality::Optional
            && matches!(field.attribute.mutability, ReadWrite | Immutable)
            && field.access == Access::Plain
            && !matches!(field.value, Value::Complex(_) | Value::Simple("Json"))
    };
    item.fields
        .iter()
        .find(written)
        .filter(|_| attribute.multi_valued)
}

fn argument(field: &Field<'_>) -> TokenStream {
    let (name, value) = (ident(field.name), ident(field.value.name()));
    match field.plurality {
        Plurality::Many => quote!(#name: impl IntoIterator<Item = impl Into<#value>>),
        Plurality::Required | Plurality::Optional => quote!(#name: impl Into<#value>),
    }
}

/// The argument of the same name, as the field holds it.
fn assigned(field: &Field<'_>) -> TokenStream {
    let name = ident(field.name);
    let value = match field.plurality {
        Plurality::Required => quote!(#name.into()),
        Plurality::Optional => quote!(Some(#name.into())),
        Plurality::Many => quote!(#name.into_iter().map(Into::into).collect()),
    };
    match field.access {
        Access::WriteOnly => quote!(WriteOnly::new(#value)),
        Access::Plain | Access::ReadOnly => value,
    }
}

fn setter(field: &Field<'_>) -> TokenStream {
    let (name, method) = (ident(field.name), method(field.name));
    let (argument, value) = (argument(field), assigned(field));
    let doc = docs::lines(&[format!("Sets {}.", docs::code(&field.attribute.name))], 4);
    // A call costs less to compile than the same written out.
    let set = match (field.access, field.plurality) {
        (Access::Plain, Plurality::Optional) => quote!(scim::set(&mut self.#name, #name);),
        (Access::Plain, Plurality::Many) => quote!(scim::set_all(&mut self.#name, #name);),
        _ => quote!(self.#name = #value;),
    };
    quote! {
        #doc
        #[must_use]
        pub fn #method(mut self, #argument) -> Self {
            #set
            self
        }
    }
}

/// `with_type` for the field `type_`.
fn method(field: &str) -> Ident {
    ident(&format!("with_{}", field.trim_matches('_')))
}
