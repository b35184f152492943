//! One field as an attribute.

use heck::ToLowerCamelCase as _;
use quote::ToTokens as _;
use syn::Field;
use syn::ext::IdentExt as _;

use super::Derive;
use super::findings::{Findings, span};
use super::options::{self, Form, Known, Options};
use super::value_type::{Access, Plurality, ValueType};
use crate::emit::Spelled;
use scim_schema::model::{Attribute, Extension, Kind, Mutability, Returned, Uniqueness};
use scim_schema::names::is_attribute_name;

const TYPE: &str = "the struct";

pub(super) const FIELD: Known = Known {
    place: "a field",
    options: &[
        ("rename", Form::Text),
        ("description", Form::Text),
        ("required", Form::Switch),
        ("case_exact", Form::Switch),
        ("mutability", Form::Text),
        ("returned", Form::Text),
        ("uniqueness", Form::Text),
        ("canonical_values", Form::List),
        ("reference_types", Form::List),
        ("extension", Form::Flag),
        ("extra", Form::Flag),
    ],
    elsewhere: &[
        ("schema", TYPE),
        ("endpoint", TYPE),
        ("name", "the struct (`rename` is the attribute's name)"),
        ("crate", TYPE),
        ("constructors", TYPE),
    ],
};

/// What a field is.
pub(super) enum Lowered<'f> {
    Attribute(Attribute, Spelled),
    Extension(Extension, Spelled),
    Extra(&'f syn::Ident),
    /// It cannot be anything.
    Refused,
}

pub(super) fn lower<'f>(
    derive: Derive,
    owner: &syn::Ident,
    field: &'f Field,
    findings: &mut Findings,
) -> Lowered<'f> {
    let options = Options::read(&field.attrs, &FIELD, findings);
    let Some(ident) = &field.ident else {
        return Lowered::Refused;
    };
    if let Some(place) = options.span("extra") {
        alone("extra", &options, findings);
        if options.span("extension").is_some() {
            findings.at_span(place, "a field is `extra` or an `extension`, not both");
        }
        return Lowered::Extra(ident);
    }
    let found = ValueType::of(&field.ty, findings);
    if found.kind == Kind::Declared("Extra".to_owned()) {
        let message = "did you mean `#[scim(extra)]`? `Extra` keeps the attributes that the schema \
                       does not know";
        findings.at(&field.ty, message);
        return Lowered::Extra(ident);
    }
    let spelled = Spelled {
        name: ident.clone(),
        value: field.ty.to_token_stream(),
        single: found.single.to_token_stream(),
    };
    let rust = ident.unraw().to_string();
    if found.refused {
        return Lowered::Refused;
    }
    if let Some(place) = options.span("extension") {
        alone("extension", &options, findings);
        if derive != Derive::Resource {
            findings.at_span(place, "only a resource has extensions (RFC 7643 §3.3)");
            return Lowered::Refused;
        }
        if (found.plurality, found.access) != (Plurality::Option, Access::Plain) {
            let message = format!(
                "a resource may come without an extension: write `Option<{}>`",
                found.single.to_token_stream()
            );
            findings.at(&field.ty, message);
            return Lowered::Refused;
        }
        let schema = found.single.to_token_stream().to_string().replace(' ', "");
        return Lowered::Extension(Extension::new(schema, rust), spelled);
    }
    let name = wire_name(&rust, &found, &options, findings);
    if derive == Derive::Resource && is_common(&rust, &name) {
        let common = if is_common("", &name) { &name } else { &rust };
        let message = format!(
            "`{common}` belongs to every resource (RFC 7643 §3.1) and to no struct: the service \
             provider's is in `Stored<{owner}>`"
        );
        findings.at(ident, message);
        return Lowered::Refused;
    }
    let attribute = attribute(derive, rust, name, field, &found, &options, findings);
    Lowered::Attribute(attribute, spelled)
}

/// `extra` and `extension` go with no other option.
fn alone(name: &str, options: &Options, findings: &mut Findings) {
    for key in options.keys() {
        let other = key.unraw().to_string();
        if other != "extra" && other != "extension" {
            findings.at(
                key,
                format!(
                    "`{other}` says something about an attribute, and this is none: it is `{name}`"
                ),
            );
        }
    }
}

fn is_common(rust: &str, wire: &str) -> bool {
    ["id", "meta", "schemas"]
        .iter()
        .any(|common| *common == rust || common.eq_ignore_ascii_case(wire))
}

/// The name on the wire: `rename`, or the field in camel case. The trailing underscore that keeps
/// a name from being a keyword is no part of it.
fn wire_name(
    rust: &str,
    found: &ValueType<'_>,
    options: &Options,
    findings: &mut Findings,
) -> String {
    let Some(literal) = options.text("rename") else {
        return match rust {
            "ref_" | "ref" if found.kind == Kind::Reference => "$ref".to_owned(),
            _ => rust.to_lower_camel_case(),
        };
    };
    let name = literal.value();
    if !is_attribute_name(&name) {
        let message = "this is not an attribute name (RFC 7643 §2.1): a letter, then letters, digits, \
                       `$`, `-` and `_`";
        findings.at(literal, message);
    }
    name
}

fn attribute(
    derive: Derive,
    rust: String,
    name: String,
    field: &Field,
    found: &ValueType<'_>,
    options: &Options,
    findings: &mut Findings,
) -> Attribute {
    let mutability = mutability(found, options, findings);
    let returned = returned(found, options, findings);
    let external_id = derive == Derive::Resource && name.eq_ignore_ascii_case("externalId");
    let mut attribute = Attribute::new(&name, found.kind.clone());
    attribute.field = rust;
    attribute.description = options::description(&field.attrs, options);
    attribute.multi_valued = found.plurality == Plurality::Vec;
    attribute.required = required(field, found, options, findings);
    attribute.case_exact = case_exact(found, options, findings) || external_id;
    attribute.mutability = mutability;
    attribute.returned = returned;
    attribute.uniqueness = options
        .keyword("uniqueness", &Uniqueness::KEYWORDS, findings)
        .unwrap_or_default();
    attribute.reference_types = reference_types(found, options, findings);
    attribute.canonical_values = canonical_values(found, options, findings);
    attribute
}

fn required(
    field: &Field,
    found: &ValueType<'_>,
    options: &Options,
    findings: &mut Findings,
) -> bool {
    let given = options.switch("required");
    let place = options.span("required").unwrap_or_else(|| span(&field.ty));
    let single = found.single.to_token_stream();
    match (found.plurality, given) {
        (Plurality::Option, Some(true)) => {
            let message = format!("an `Option` is not required: write `{single}`");
            findings.at_span(place, message);
            false
        }
        (Plurality::One, Some(false)) => {
            let message = format!("what may be absent is an `Option`: write `Option<{single}>`");
            findings.at_span(place, message);
            true
        }
        (Plurality::One, _) => true,
        (Plurality::Option, _) => false,
        (Plurality::Vec, given) => given.unwrap_or(false),
    }
}

fn mutability(found: &ValueType<'_>, options: &Options, findings: &mut Findings) -> Mutability {
    use Mutability::{Immutable, ReadOnly, ReadWrite, WriteOnly};
    let implied = match found.access {
        Access::Plain => ReadWrite,
        Access::ReadOnly => ReadOnly,
        Access::WriteOnly => WriteOnly,
    };
    let Some(given) = options.keyword("mutability", &Mutability::KEYWORDS, findings) else {
        return implied;
    };
    let problem = match (found.access, given) {
        (Access::Plain, ReadOnly) => {
            "a client cannot set a readOnly attribute: write `ReadOnly<...>` \
                                      around the type"
        }
        (Access::Plain, WriteOnly) => {
            "nobody can read a writeOnly attribute: write `WriteOnly<...>` \
                                       around the type"
        }
        (Access::ReadOnly, ReadWrite | Immutable | WriteOnly) => "the type says `ReadOnly`",
        (Access::WriteOnly, ReadOnly) => "the type says `WriteOnly`",
        _ => return given,
    };
    findings.at(&options.text("mutability"), problem);
    implied
}

fn returned(found: &ValueType<'_>, options: &Options, findings: &mut Findings) -> Returned {
    let secret = found.access == Access::WriteOnly;
    let implied = if secret {
        Returned::Never
    } else {
        Returned::Default
    };
    let Some(given) = options.keyword("returned", &Returned::KEYWORDS, findings) else {
        return implied;
    };
    let problem = match (secret, given == Returned::Never) {
        (true, false) => "what is `WriteOnly` is never returned",
        (false, true) => {
            "nobody can read what is never returned: write `WriteOnly<...>` around the \
                          type"
        }
        _ => return given,
    };
    findings.at(&options.text("returned"), problem);
    implied
}

fn case_exact(found: &ValueType<'_>, options: &Options, findings: &mut Findings) -> bool {
    let always = matches!(found.kind, Kind::Reference | Kind::Binary);
    let Some(given) = options.switch("case_exact") else {
        return always;
    };
    let problem = match &found.kind {
        Kind::Reference | Kind::Binary if !given => {
            "letter case counts in references and binary values (RFC 7643 §2.3.6, §2.3.7)"
        }
        Kind::Boolean | Kind::Integer | Kind::Decimal | Kind::DateTime | Kind::Any => {
            "only text has letter case"
        }
        Kind::Declared(_) => {
            "the type of the value says whether letter case counts: write this there"
        }
        _ => return given,
    };
    if let Some(place) = options.span("case_exact") {
        findings.at_span(place, problem);
    }
    always
}

fn reference_types(
    found: &ValueType<'_>,
    options: &Options,
    findings: &mut Findings,
) -> Vec<String> {
    let implied = found.target.iter().cloned().collect();
    let Some(given) = options.list("reference_types") else {
        return implied;
    };
    if let (false, Some(place)) = (
        found.kind == Kind::Reference,
        options.span("reference_types"),
    ) {
        findings.at_span(place, "only a `Reference` refers to something");
        return implied;
    }
    given
}

fn canonical_values(
    found: &ValueType<'_>,
    options: &Options,
    findings: &mut Findings,
) -> Vec<String> {
    let Some(given) = options.list("canonical_values") else {
        return Vec::new();
    };
    if let (false, Some(place)) = (
        matches!(found.kind, Kind::String(_)),
        options.span("canonical_values"),
    ) {
        let message = "only a `String` has canonical values here; an enum with \
                       `#[derive(CanonicalValues)]` brings its own";
        findings.at_span(place, message);
        return Vec::new();
    }
    given
}
