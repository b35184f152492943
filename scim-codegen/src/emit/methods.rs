//! `new`, `Default` and the setters.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::shape::{Access, Field, Form, Plurality, Struct, Value};
use super::{docs, ident};

/// Who wrote the struct, and so how its constructors are spelled.
pub(super) struct Scope {
    /// What the runtime's plumbing is called.
    pub(super) scim: Ident,
    /// The struct.
    pub(super) name: Ident,
    /// Of the constructors.
    pub(super) visibility: TokenStream,
    /// Whether the author of a derive wrote it.
    pub(super) derived: bool,
}

/// `new`, the setters and, where that is valid, `Default` of a generated struct.
pub(super) fn inherent(item: &Struct<'_>) -> TokenStream {
    let scope = Scope {
        scim: ident("scim"),
        name: ident(item.name),
        visibility: quote!(pub),
        derived: false,
    };
    let constructors = constructors(item, &scope);
    let name = &scope.name;
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
    quote!(#constructors #default)
}

/// `new` and the setters.
pub(super) fn constructors(item: &Struct<'_>, scope: &Scope) -> TokenStream {
    let (name, visibility) = (&scope.name, &scope.visibility);
    let new = new(item, scope);
    let setters = item
        .fields
        .iter()
        .filter(|field| field.access != Access::ReadOnly)
        .map(|field| setter(field, scope));
    let extensions = item.extensions.iter().map(|extension| {
        let (field, value) = (extension.ident(), extension.single_tokens());
        let method = method(extension.name);
        let about = match scope.derived {
            true => "Sets the extension.".to_owned(),
            false => format!("Sets the extension {}.", docs::code(extension.urn)),
        };
        let doc = docs::lines(&[about], 4);
        quote! {
            #doc
            #[must_use]
            #visibility fn #method(mut self, #field: impl Into<#value>) -> Self {
                self.#field = Some(#field.into());
                self
            }
        }
    });
    quote! {
        impl #name {
            #new
            #(#setters)*
            #(#extensions)*
        }
    }
}

fn new(item: &Struct<'_>, scope: &Scope) -> TokenStream {
    let (scim, visibility) = (&scope.scim, &scope.visibility);
    let mut given: Vec<&Field<'_>> = item.fields.iter().filter(|f| f.is_required()).collect();
    // Arguments have no names where they are given, so their order must not be the document's: a server
    // may list its attributes otherwise tomorrow.
    given.sort_by(|a, b| a.attribute.name.cmp(&b.attribute.name));
    let mut about = "Makes a value with the required attributes.";
    if given.is_empty() {
        about = "Makes a value without any attributes.";
        if let Some(value) = value_of_complex(item) {
            about = "Makes a value with its `value`.";
            given.push(value);
        }
    }
    let about = format!(" {about}");
    if given.is_empty() {
        return quote! {
            #[doc = #about]
            #[must_use]
            #visibility fn new() -> Self {
                <Self as #scim::Root>::empty()
            }
        };
    }
    let arguments = given.iter().map(|field| argument(field));
    // Without a local variable, for an argument could have its name.
    let assignments = given.iter().map(|field| {
        let (name, value) = (field.ident(), assigned(field, scope));
        quote!(#name: #value,)
    });
    quote! {
        #[doc = #about]
        #[must_use]
        #visibility fn new(#(#arguments),*) -> Self {
            Self {
                #(#assignments)*
                ..<Self as #scim::Root>::empty()
            }
        }
    }
}

/// The `value` of a complex attribute, if a client may write it: hardly anybody wants an e-mail address
/// or a manager without.
fn value_of_complex<'f, 'm>(item: &'f Struct<'m>) -> Option<&'f Field<'m>> {
    if !matches!(item.form, Form::Complex(_)) {
        return None;
    }
    let written = |field: &&Field<'_>| {
        use scim_schema::model::Mutability::{Immutable, ReadWrite};
        field.attribute.name.eq_ignore_ascii_case("value")
            && field.plurality == Plurality::Optional
            && matches!(field.attribute.mutability, ReadWrite | Immutable)
            && field.access == Access::Plain
            && !matches!(field.value, Value::Complex(_) | Value::Simple("Json"))
    };
    item.fields.iter().find(written)
}

fn argument(field: &Field<'_>) -> TokenStream {
    let (name, value) = (field.ident(), field.single_tokens());
    match field.plurality {
        Plurality::Many => quote!(#name: impl IntoIterator<Item = impl Into<#value>>),
        Plurality::Required | Plurality::Optional => quote!(#name: impl Into<#value>),
    }
}

/// The argument of the same name, as the field holds it.
fn assigned(field: &Field<'_>, scope: &Scope) -> TokenStream {
    let name = field.ident();
    let value = match field.plurality {
        Plurality::Required => quote!(#name.into()),
        Plurality::Optional => quote!(Some(#name.into())),
        Plurality::Many => quote!(#name.into_iter().map(Into::into).collect()),
    };
    match field.access {
        Access::WriteOnly if scope.derived => {
            let scim = &scope.scim;
            quote!(#scim::WriteOnly::new(#value))
        }
        Access::WriteOnly => quote!(WriteOnly::new(#value)),
        Access::Plain | Access::ReadOnly => value,
    }
}

fn setter(field: &Field<'_>, scope: &Scope) -> TokenStream {
    let (scim, visibility) = (&scope.scim, &scope.visibility);
    let (name, method) = (field.ident(), method(field.name));
    let (argument, value) = (argument(field), assigned(field, scope));
    let doc = docs::lines(&[format!("Sets {}.", docs::code(&field.attribute.name))], 4);
    // A call costs less to compile than the same written out.
    let set = match (field.access, field.plurality) {
        (Access::Plain, Plurality::Optional) => quote!(#scim::set(&mut self.#name, #name);),
        (Access::Plain, Plurality::Many) => quote!(#scim::set_all(&mut self.#name, #name);),
        _ => quote!(self.#name = #value;),
    };
    quote! {
        #doc
        #[must_use]
        #visibility fn #method(mut self, #argument) -> Self {
            #set
            self
        }
    }
}

/// `with_type` for the field `type_`.
fn method(field: &str) -> Ident {
    ident(&format!("with_{}", field.trim_matches('_')))
}
