//! The models of SCIM 2.0 (RFC 7643, RFC 7644, RFC 9865): the types that are generated from its
//! schemas, values, filters, patches and messages, and what is known of well-known service
//! providers. No HTTP and no runtime: for service providers, and under `scim-client`, which shows
//! all of it as its own. The examples in this documentation write `scim_client` for that reason;
//! without a client, write `scim_models`.
//!
//! | where | what |
//! |---|---|
//! | [`User`], [`Group`], [`EnterpriseUser`] | the resources of RFC 7643, generated from its schemas |
//! | [`Resource`], [`Complex`], [`Extension`] | types of one's own, with the derives of the same names; `include_schemas!` makes them of documents |
//! | [`Stored`], [`Partial`] | what a service provider has, whole or in part |
//! | [`filter`], [`typed`], [`evaluate`] | filters as text, in Rust, and in memory |
//! | [`patch`] | messages, builder, `apply`, `diff`, dialects |
//! | [`message`] | ListResponse, SearchRequest, bulk and error messages |
//! | [`profile`], [`Capabilities`] | how service providers depart from the RFCs, and what they can do |
//! | `dynamic` | types that are known at run time only (feature `dynamic`) |
//! | [`model`], [`json`], [`value`] | tables of attributes, reading and writing, the data types |
//!
//! Features, none of them a default: `derive`; `dynamic`; `jiff`, `time` and `chrono`, `DateTime` from and to the
//! types of these crates; and `precis`, without which user names are compared in any letter case and not normalized
//! (RFC 7644 §5).
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod attribute_path;
mod capabilities;
#[doc(hidden)]
pub mod codegen_v1;
mod core;
pub mod drift;
#[cfg(feature = "dynamic")]
pub mod dynamic;
mod emit;
pub mod evaluate;
pub mod filter;
#[doc(hidden)]
pub mod internal;
pub mod json;
pub mod message;
#[doc(hidden)]
pub mod meta;
pub mod model;
pub mod patch;
mod percent;
pub mod profile;
pub mod resource;
mod shown;
pub mod typed;
pub mod value;

#[cfg(feature = "derive")]
pub use scim_macros::{
    ModelsCanonicalValues as CanonicalValues, ModelsComplex as Complex,
    ModelsExtension as Extension, ModelsResource as Resource,
};

#[doc(hidden)]
pub use self::meta::MetaPaths;
#[doc(inline)]
pub use self::{
    capabilities::Capabilities,
    core::*,
    meta::Meta,
    model::{CanonicalValues, Extra, Json, ReadOnly, WriteOnly},
    profile::Profile,
    resource::{
        Complex, Extension, Resource,
        partial::{Partial, PartialView, PartialViews},
        stored::Stored,
    },
    value::{Binary, DateTime, Decimal, Reference},
};

/// What generated code says of parts of resources.
#[doc(hidden)]
pub mod partial {
    pub use crate::resource::partial::{Place, ViewOf, Viewable};
}

/// Generates types from schema documents: a JSON file, or every `.json` file below a folder. The
/// path begins at the folder of the crate's `Cargo.toml`.
///
/// `include_schemas!("schemas/acme")` in a module of its own makes the types of that folder.
///
/// The documents may be Schemas, ResourceTypes, a ServiceProviderConfig and lists of these, as
/// `/Schemas` and `/ResourceTypes` answer. Each schema becomes a module, with its main type beside
/// it. What is wrong with a document is an error of the compiler, with file, line, column and JSON
/// pointer.
///
/// What is doubtful about a document is a warning at the path; `#[allow(deprecated)]` on the module
/// around it switches these off, because that is the only kind of warning that a macro can cause.
///
/// A change of a file makes cargo compile again; a new file in the folder does not, until something
/// else changes.
///
/// | option | what |
/// |---|---|
/// | `crate = "::acme::scim"` | the path of the runtime, if it is another than this crate |
/// | `nothing_required` | no attribute is required, because the server's answers lack what its documents require; `overlay.json` can say so of one schema or attribute |
/// | `lenient` | skip what stands between attributes and is none, and read strings with line breaks |
#[cfg(feature = "derive")]
#[macro_export]
macro_rules! include_schemas {
    ($($input:tt)*) => {
        $crate::codegen_v1::include_schemas! { $crate; $($input)* }
    };
}

/// Its examples are tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
