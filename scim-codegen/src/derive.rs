//! What the derive macros do: a Rust struct becomes a value of the [model](crate::model), as a
//! schema document does, and the impls come from the same emitter.
//!
//! Everything that is wrong with a struct is reported at once, each at its place. The impls exist
//! nevertheless, so that code that uses the type is not reported too.

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

/// Which derive macro.
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

/// What a derived type is in the model.
///
/// A struct shows nothing of the types of its fields but their names: they are
/// [`Kind::Declared`](crate::model::Kind::Declared), and an extension's `schema` is the Rust type
/// of the field.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Lowered {
    /// A resource or an extension.
    Schema(Schema),
    /// The type of a complex attribute.
    Complex(Attribute),
    /// Canonical values, and whether their letter case counts.
    Values(OpenEnum, bool),
}

/// Lowers a struct or an enum to the model.
///
/// # Errors
///
/// Everything that is wrong with it, combined.
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

/// The impls for a struct or an enum; and an error for each thing that is wrong with it. `runtime`
/// is the crate whose derive it is, unless the author names another with `#[scim(crate = "..")]`.
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
