//! An enum over canonical values.

use heck::ToLowerCamelCase as _;
use proc_macro2::{Ident, TokenStream};
use quote::format_ident;
use syn::ext::IdentExt as _;
use syn::{Data, DeriveInput, Fields};

use super::findings::Findings;
use super::lower::parameters;
use super::options::{Form, Known, Options};
use crate::emit::EnumCall;
use scim_schema::model::{OpenEnum, Variant};

const VARIANT: &str = "a variant";

const ENUM: Known = Known {
    place: "an enum of canonical values",
    options: &[("case_exact", Form::Switch), ("crate", Form::Text)],
    elsewhere: &[("rename", VARIANT)],
};

const VALUE: Known = Known {
    place: VARIANT,
    options: &[("rename", Form::Text)],
    elsewhere: &[("case_exact", "the enum"), ("crate", "the enum")],
};

const OTHERS: &str = "service providers may have other values than a schema suggests (RFC 7643 §7)";

/// An enum in the model, and as its author spells it.
pub(super) struct Values<'i> {
    pub(super) values: OpenEnum,
    pub(super) case_exact: bool,
    pub(super) runtime: Option<TokenStream>,
    variants: Vec<&'i Ident>,
    unknown: Option<&'i Ident>,
}

pub(super) fn lower<'i>(input: &'i DeriveInput, findings: &mut Findings) -> Values<'i> {
    parameters(input, findings);
    let options = Options::read(&input.attrs, &ENUM, findings);
    let mut lowered = Values {
        values: OpenEnum::new(input.ident.unraw().to_string(), Vec::new()),
        case_exact: options.switch("case_exact").unwrap_or(false),
        runtime: options.runtime(findings),
        variants: Vec::new(),
        unknown: None,
    };
    let Data::Enum(data) = &input.data else {
        findings.at(&input.ident, "canonical values are derived for an enum");
        return lowered;
    };
    for variant in &data.variants {
        let options = Options::read(&variant.attrs, &VALUE, findings);
        match &variant.fields {
            Fields::Unit => lowered.add(&variant.ident, &options, findings),
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
                if let Some(place) = options.span("rename") {
                    findings.at_span(place, "this variant has the text of the value itself");
                }
                if lowered.unknown.is_some() {
                    findings.at(
                        &variant.ident,
                        "one variant is enough for every other value",
                    );
                }
                lowered.unknown.get_or_insert(&variant.ident);
            }
            _ => findings.at(
                variant,
                "a value is a text: a variant has no fields but one for the text of others",
            ),
        }
    }
    if lowered.unknown.is_none() {
        findings.at(
            &input.ident,
            format!("{OTHERS}: add a variant `Unknown(String)`"),
        );
    }
    lowered
}

impl<'i> Values<'i> {
    fn add(&mut self, ident: &'i Ident, options: &Options, findings: &mut Findings) {
        let name = ident.unraw().to_string();
        let value = match options.text("rename") {
            Some(text) => text.value(),
            None => name.to_lower_camel_case(),
        };
        let same = |known: &&Variant| match self.case_exact {
            true => known.value == value,
            false => known.value.eq_ignore_ascii_case(&value),
        };
        if let Some(known) = self.values.variants.iter().find(same) {
            let message = format!(
                "`{}` has this value already: \"{}\"",
                known.name, known.value
            );
            findings.at(ident, message);
        }
        self.values.variants.push(Variant::new(name, value));
        self.variants.push(ident);
    }
}

/// The call of the runtime's macro; with errors, one that makes impls without sense.
pub(super) fn items(input: &DeriveInput, lowered: &Values<'_>, fine: bool) -> TokenStream {
    let call = EnumCall::derived(
        &input.ident,
        &lowered.values,
        &lowered.variants,
        lowered.case_exact,
    );
    let unknown = lowered.unknown.filter(|_| fine);
    call.tokens(&format_ident!("__scim"), unknown)
}
