//! The models of SCIM 2.0 (RFC 7643, RFC 7644, RFC 9865): resource types that are generated from
//! the RFC's schemas, values, filters, patches, messages, and profiles of well-known service
//! providers.
//!
//! This crate has no HTTP and no runtime. Service providers use it directly. `scim-client`
//! re-exports it whole, so the examples in this documentation write `scim_client`. Without the
//! client, write `scim_models`.
//!
//! | where | what |
//! |---|---|
//! | [`User`], [`Group`], [`EnterpriseUser`] | the resources of RFC 7643, generated from its schemas |
//! | [`Resource`], [`Complex`], [`Extension`] | your own types, with the derives of the same names; `include_schemas!` makes them of schema documents |
//! | [`Stored`], [`Partial`] | a resource as a service provider returned it: whole, or some of its attributes |
//! | [`filter`], [`typed`], [`evaluate`] | filters as text, in Rust, and in memory |
//! | [`patch`] | messages, builder, `apply`, `diff`, dialects |
//! | [`message`] | ListResponse, SearchRequest, bulk and error messages |
//! | [`profile`], [`Capabilities`] | how service providers depart from the RFCs, and what they can do |
//! | `dynamic` | types that are only known at run time (feature `dynamic`) |
//! | [`model`], [`json`], [`value`] | tables of attributes, reading and writing JSON, data types |
//!
//! There are these features, none of them on by default. `derive` has the derives and `include_schemas!`. `dynamic`
//! has types that are only known at run time. `jiff`, `time` and `chrono` convert `DateTime` from and to the types
//! of these crates. `precis` compares user names and passwords as RFC 7644 §5 says; without it, user names are
//! compared in any letter case and not normalized.
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod attribute_path;
mod capabilities;
#[doc(hidden)]
pub mod codegen_v1;
mod core;
pub mod drift;
#[cfg(feature = "dynamic")]
pub mod dynamic;
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
/// path is relative to the folder of the crate's `Cargo.toml`.
///
/// For example, `include_schemas!("schemas/acme")` in a module generates the types of that folder.
///
/// The documents may be Schemas, ResourceTypes, a ServiceProviderConfig, and lists of these, as
/// `/Schemas` and `/ResourceTypes` return them. Each schema becomes a module, with its main type
/// beside it. An error in a document is a compiler error with file, line, column and JSON pointer.
///
/// A doubtful place in a document is a compiler warning at the path. A macro can only cause
/// warnings about deprecated items, so `#[allow(deprecated)]` on the module around the call
/// switches these warnings off.
///
/// Cargo compiles the crate again when a file changes. A new file in the folder is only noticed
/// when something else changes.
///
/// | option | what |
/// |---|---|
/// | `crate = "::acme::scim"` | the path of the runtime crate, if it is not this crate |
/// | `nothing_required` | no attribute is required, because the server's responses lack attributes that its documents require; `overlay.json` can do this for a single schema or attribute |
/// | `lenient` | skips invalid items among attributes, and accepts line breaks in strings |
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
