//! The implementation of the derive macros. A Rust struct is converted to the same
//! [model](crate::model) as a schema document, and the same emitter makes the impls.
//!
//! All errors of a struct are reported at once, each at its place. The impls are emitted
//! nevertheless, so that code that uses the type has no further errors.

mod field;
mod findings;
mod lower;
mod options;
mod value_type;
mod values;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::DeriveInput;

use self::findings::Findings;
use crate::emit::{self, Derived, Form};
use scim_schema::model::{Attribute, OpenEnum, Schema};

/// A derive macro.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Derive {
    /// `#[derive(Resource)]`
    Resource,
    /// `#[derive(Extension)]`
    Extension,
    /// `#[derive(Complex)]`
    Complex,
    /// `#[derive(CanonicalValues)]`
    CanonicalValues,
}

/// A derived type in the model.
///
/// A derive only sees the names of the types of fields. So they are
/// [`Kind::Declared`](crate::model::Kind::Declared), and the `schema` of an extension is the Rust
/// type of the field.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Lowered {
    /// A resource or an extension.
    Schema(Schema),
    /// The type of a complex attribute.
    Complex(Attribute),
    /// An enum of canonical values, and whether letter case counts.
    Values(OpenEnum, bool),
}

/// Converts a struct or an enum to the model.
///
/// # Errors
///
/// All errors of the type, combined.
pub fn lower(derive: Derive, input: &DeriveInput) -> syn::Result<Lowered> {
    let mut findings = Findings::default();
    let lowered = if derive == Derive::CanonicalValues {
        let lowered = values::lower(input, &mut findings);
        Lowered::Values(lowered.values, lowered.case_exact)
    } else {
        lower::lower(derive, input, &mut findings).model
    };
    findings.into_result()?;
    Ok(lowered)
}

/// Makes the impls for a struct or an enum, and a compile error for each mistake in it. `runtime`
/// is the path of the runtime crate, unless `#[scim(crate = "..")]` names another.
#[must_use]
pub fn expand(derive: Derive, input: &DeriveInput, runtime: &syn::Path) -> TokenStream {
    let mut findings = Findings::default();
    let (own, items) = if derive == Derive::CanonicalValues {
        let lowered = values::lower(input, &mut findings);
        let items = values::items(input, &lowered, findings.is_empty());
        (lowered.runtime, items)
    } else {
        let lowered = lower::lower(derive, input, &mut findings);
        let form = match &lowered.model {
            Lowered::Schema(schema) => Form::of_schema(schema),
            Lowered::Complex(attribute) => Form::of_complex(attribute),
            Lowered::Values(..) => return findings.into_tokens(),
        };
        let extra = lowered.extra.filter(|_| findings.is_empty());
        let items = emit::derived(Derived {
            lowered: form,
            name: input.ident.clone(),
            visibility: input.vis.to_token_stream(),
            fields: lowered.fields,
            extensions: lowered.extensions,
            extra: extra.map(ToTokens::into_token_stream),
            constructors: lowered.constructors,
        });
        (lowered.runtime, items)
    };
    // Impls of a type with parameters would only repeat that it must have none.
    let hopeless = !input.generics.params.is_empty();
    let errors = findings.into_tokens();
    let runtime = own.unwrap_or_else(|| runtime.to_token_stream());
    if hopeless {
        return errors;
    }
    quote! {
        #errors
        #[doc(hidden)]
        #[allow(
            dead_code, deprecated, missing_docs, non_upper_case_globals, trivial_bounds,
            unreachable_pub, unused_qualifications
        )]
        const _: () = {
            use #runtime::codegen_v1 as __scim;
            #items
        };
    }
}
