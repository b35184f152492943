//! The procedural macros of `scim-client` and of `scim-models`, which document and re-export them.
//! They are implemented in `scim-codegen`. Each macro exists twice, because a macro cannot find out
//! which of the two crates its user depends on. The names of those for `scim-models` begin with
//! `Models`.

mod include;

use proc_macro::TokenStream;
use scim_codegen::derive::{Derive, expand};
use syn::{DeriveInput, parse_macro_input};

/// Makes a struct a resource (RFC 7643 §3). It can then do everything that a generated resource type
/// can.
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
/// The type of a field determines most characteristics: `T` is required, `Option<T>` is optional,
/// `Vec<T>` is multi-valued, and `ReadOnly<..>` or `WriteOnly<..>` around it sets the mutability.
/// `T` is `String`, `bool`, `i64`, `Decimal`, `DateTime`, `Binary`, `Reference`, `Json`, an enum
/// with [`#[derive(CanonicalValues)]`](macro@CanonicalValues) or a struct with
/// [`#[derive(Complex)]`](macro@Complex). Doc comments become the descriptions in the schema. The
/// struct must implement `Clone`. You may derive `Debug` and `PartialEq`.
///
/// # Options of the struct
///
/// | option | what |
/// |---|---|
/// | `schema = "urn:..."` | the URN of the schema |
/// | `endpoint = "/Devices"` | the path below the base URL |
/// | `name = "..."` | the name of the schema and the resource type; the default is the name of the struct |
/// | `description = "..."` | instead of the doc comment |
/// | `crate = "..."` | the path of `scim_client`, if it has another name |
/// | `constructors` | makes `new` with the required attributes, in the order of their names, and `with_*` for each field that a client may set |
///
/// # Options of a field
///
/// | option | what |
/// |---|---|
/// | `rename = "..."` | the name of the attribute; the default is the name of the field in camel case (`ref_` is `$ref`) |
/// | `description = "..."` | instead of the doc comment |
/// | `required` | a `Vec` must not be empty |
/// | `case_exact` | letter case counts |
/// | `mutability = "immutable"` | may be set once |
/// | `returned = "always"` | or `"request"` |
/// | `uniqueness = "server"` | or `"global"` |
/// | `canonical_values = [".."]` | suggested values of a `String` |
/// | `reference_types = [".."]` | what a `Reference` may refer to; for `Reference<User>`, it is set by the type |
/// | `extension` | the field is not an attribute but an [`Extension`](macro@Extension), in an `Option` |
/// | `extra` | the field is not an attribute but the `Extra` that keeps unknown attributes; exactly one field must have this option |
///
/// Do not declare `id`, `meta` and `schemas`: every resource has them without a field.
#[proc_macro_derive(Resource, attributes(scim))]
pub fn resource(input: TokenStream) -> TokenStream {
    expand_for("::scim_client", Derive::Resource, input)
}

/// Makes a struct a schema extension (RFC 7643 §3.3). It can be a field of a resource with
/// `#[scim(extension)]`, or be read from any resource with `Resource::extension`.
///
/// It has the options of [`Resource`](macro@Resource) except `endpoint`. Its fields have the same
/// options except `extension`.
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
/// Its fields have the same options as those of a [`Resource`](macro@Resource), except `extension`.
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

/// Makes an enum the type of a string attribute with suggested values (RFC 7643 §7, `canonicalValues`).
///
/// The value of a variant is its name in camel case, unless `rename` sets it. One variant must hold
/// the text of every other value, because a service provider may have further values. A value is
/// recognised in any letter case, and written as the enum spells it. With `case_exact` on the enum,
/// letter case counts.
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
