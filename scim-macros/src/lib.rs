//! The procedural macros of `scim-client` and of `scim-models`, which document and re-export them.
//! What they do is in `scim-codegen`. There is one of each for either crate, because a macro cannot
//! know which of the two its user depends on: those whose names begin with `Models` are those of
//! `scim-models`.

mod include;

use proc_macro::TokenStream;
use scim_codegen::derive::{Derive, expand};
use syn::{DeriveInput, parse_macro_input};

/// Makes a struct a resource (RFC 7643 §3) that does everything that a generated one does.
///
/// ```
/// use scim_client::{DateTime, Extra, ReadOnly, Reference, Resource, User, WriteOnly};
///
/// /// A thing that somebody carries.
/// #[derive(Debug, Clone, PartialEq, Resource)]
/// #[scim(schema = "urn:example:params:scim:schemas:core:2.0:Device", endpoint = "/Devices")]
/// pub struct Device {
///     /// The number on its back.
///     #[scim(uniqueness = "server", case_exact)]
///     pub serial_number: String,
///     pub tags: Vec<String>,
///     pub owner: Option<Reference<User>>,
///     pub last_seen: ReadOnly<Option<DateTime>>,
///     pub pin: WriteOnly<Option<String>>,
///     #[scim(extra)]
///     pub extra: Extra,
/// }
///
/// let device = Device::from_json(
///     r#"{"schemas": ["urn:example:params:scim:schemas:core:2.0:Device"], "serialNumber": "7"}"#,
/// )?;
/// assert_eq!(device.serial_number, "7");
/// # Ok::<(), scim_client::json::DecodeError>(())
/// ```
///
/// The type of a field says most: `T` is required, `Option<T>` is not, `Vec<T>` is multi-valued,
/// `ReadOnly<..>` and `WriteOnly<..>` around it are its mutability. `T` is `String`, `bool`, `i64`,
/// `Decimal`, `DateTime`, `Binary`, `Reference`, `Json`, an enum with
/// [`#[derive(CanonicalValues)]`](macro@CanonicalValues) or a struct with
/// [`#[derive(Complex)]`](macro@Complex). Doc comments are the schema's descriptions. The struct
/// needs `Clone`; `Debug` and `PartialEq` are yours to derive or not.
///
/// # Options of the struct
///
/// | option | what |
/// |---|---|
/// | `schema = "urn:..."` | the URN of the schema |
/// | `endpoint = "/Devices"` | the path below the base URL |
/// | `name = "..."` | the name of the schema and the resource type; otherwise the struct's |
/// | `description = "..."` | instead of the doc comment |
/// | `crate = "..."` | the path of `scim_client`, if it is another |
/// | `constructors` | makes `new` with what is required, in the order of the attributes' names, and `with_*` for each field that a client may set |
///
/// # Options of a field
///
/// | option | what |
/// |---|---|
/// | `rename = "..."` | the attribute's name; otherwise the field's in camel case (`ref_` is `$ref`) |
/// | `description = "..."` | instead of the doc comment |
/// | `required` | a `Vec` must not be empty |
/// | `case_exact` | letter case counts |
/// | `mutability = "immutable"` | may be set once |
/// | `returned = "always"` | or `"request"` |
/// | `uniqueness = "server"` | or `"global"` |
/// | `canonical_values = [".."]` | what a `String` may be expected to be |
/// | `reference_types = [".."]` | what a `Reference` may point at; `Reference<User>` says it itself |
/// | `extension` | not an attribute but an [`Extension`](macro@Extension), in an `Option` |
/// | `extra` | not an attribute but the `Extra` that keeps what the schema does not know; one field must have it |
///
/// `id`, `meta` and `schemas` belong to every resource and to no struct.
#[proc_macro_derive(Resource, attributes(scim))]
pub fn resource(input: TokenStream) -> TokenStream {
    expand_for("::scim_client", Derive::Resource, input)
}

/// Makes a struct a schema extension (RFC 7643 §3.3): a field of a resource with
/// `#[scim(extension)]`, or read from any resource with `Resource::extension`.
///
/// It has the options of [`Resource`](macro@Resource) without `endpoint`, and its fields those
/// without `extension`.
///
/// ```
/// use scim_client::{Extension, Extra, Resource as _, User};
///
/// #[derive(Debug, Clone, PartialEq, Extension)]
/// #[scim(schema = "urn:example:params:scim:schemas:extension:acme:2.0:User")]
/// struct AcmeUser {
///     badge: Option<String>,
///     #[scim(extra)]
///     extra: Extra,
/// }
///
/// let mut user = User::new("bjensen");
/// user.set_extension(AcmeUser { badge: Some("12".into()), extra: Extra::new() })?;
/// assert_eq!(user.extension::<AcmeUser>()?.unwrap().badge.as_deref(), Some("12"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[proc_macro_derive(Extension, attributes(scim))]
pub fn extension(input: TokenStream) -> TokenStream {
    expand_for("::scim_client", Derive::Extension, input)
}

/// Makes a struct the type of a complex attribute (RFC 7643 §2.3.8).
///
/// Its fields have the options of those of a [`Resource`](macro@Resource) without `extension`.
///
/// ```
/// use scim_client::{Complex, Decimal, Extra};
///
/// #[derive(Debug, Clone, PartialEq, Complex)]
/// struct Location {
///     room: Option<String>,
///     latitude: Option<Decimal>,
///     #[scim(extra)]
///     extra: Extra,
/// }
/// ```
#[proc_macro_derive(Complex, attributes(scim))]
pub fn complex(input: TokenStream) -> TokenStream {
    expand_for("::scim_client", Derive::Complex, input)
}

/// Makes an enum a text with suggested values (RFC 7643 §7, `canonicalValues`).
///
/// The value of a variant is its name in camel case, or what `rename` says. One variant holds the
/// text of every other value, because a service provider may have more of them. A value is
/// recognised in any letter case, and written as the enum spells it; `case_exact` on the enum makes
/// case count.
///
/// ```
/// use scim_client::CanonicalValues;
///
/// #[derive(Debug, Clone, PartialEq, CanonicalValues)]
/// enum State {
///     InUse,
///     #[scim(rename = "in repair")]
///     InRepair,
///     Unknown(String),
/// }
///
/// assert_eq!(State::from("inUse"), State::InUse);
/// assert_eq!(State::from("lost"), State::Unknown("lost".to_owned()));
/// assert_eq!(State::InRepair.as_str(), "in repair");
/// ```
#[proc_macro_derive(CanonicalValues, attributes(scim))]
pub fn canonical_values(input: TokenStream) -> TokenStream {
    expand_for("::scim_client", Derive::CanonicalValues, input)
}

/// `Resource` of `scim-models`.
#[proc_macro_derive(ModelsResource, attributes(scim))]
pub fn models_resource(input: TokenStream) -> TokenStream {
    expand_for("::scim_models", Derive::Resource, input)
}

/// `Extension` of `scim-models`.
#[proc_macro_derive(ModelsExtension, attributes(scim))]
pub fn models_extension(input: TokenStream) -> TokenStream {
    expand_for("::scim_models", Derive::Extension, input)
}

/// `Complex` of `scim-models`.
#[proc_macro_derive(ModelsComplex, attributes(scim))]
pub fn models_complex(input: TokenStream) -> TokenStream {
    expand_for("::scim_models", Derive::Complex, input)
}

/// `CanonicalValues` of `scim-models`.
#[proc_macro_derive(ModelsCanonicalValues, attributes(scim))]
pub fn models_canonical_values(input: TokenStream) -> TokenStream {
    expand_for("::scim_models", Derive::CanonicalValues, input)
}

fn expand_for(runtime: &str, derive: Derive, input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    match syn::parse_str(runtime) {
        Ok(runtime) => expand(derive, &input, &runtime).into(),
        Err(error) => error.into_compile_error().into(),
    }
}

/// What `include_schemas!` of `scim-client` and of `scim-models` call: the crate of the macro, `;`,
/// and what its user wrote.
#[proc_macro]
pub fn include_schemas(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as include::Input);
    include::expand(&input).into()
}
