//! A typed SCIM 2.0 client (RFC 7643, RFC 7644, RFC 9865), and its models, filters and patches alone
//! for service providers.
//!
//! ```no_run
//! use scim_client::{Client, User};
//!
//! # async fn example() -> Result<(), scim_client::Error> {
//! let scim = Client::builder("https://auth.example/scim/v2").bearer_token("foobar").build()?;
//! let users = scim.resource::<User>();
//! let babs = users.create(&User::new("bjensen@example.com")).await?;
//! let mut found = users.query().filter(|u| u.user_name.sw("bjensen")).stream();
//! while let Some(user) = found.next().await {
//!     println!("{}", user?.user_name);
//! }
//! users.patch(&babs).replace(|u| u.name.family_name, "Jensen").await?;
//! users.delete(&babs).await?;
//! # Ok(())
//! # }
//! ```
//!
//! | where | what |
//! |---|---|
//! | [`User`], [`Group`], [`EnterpriseUser`] | the resources of RFC 7643, generated from its schemas |
//! | [`Resource`], [`Complex`], [`Extension`] | types of one's own, with the derives of the same names; [`include_schemas!`] makes them of documents |
//! | [`Stored`], [`Partial`] | what a service provider has, whole or in part |
//! | [`client`] | operations, paging, bulk, retries, credentials |
//! | [`filter`], [`typed`], [`evaluate`] | filters as text, in Rust, and in memory |
//! | [`patch`] | messages, builder, `apply`, `diff`, dialects |
//! | [`message`] | ListResponse, SearchRequest, bulk and error messages |
//! | [`profile`] | how service providers depart from the RFCs |
//! | `testing` (a feature) | a service provider in memory |
//! | [`model`], [`json`], [`value`] | tables of attributes, reading and writing, the data types |
//!
//! The README of the repository shows more of each, and lists the features.
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(all(
    target_family = "wasm",
    target_os = "unknown",
    any(feature = "tokio", feature = "testing")
))]
compile_error!(
    "wasm32-unknown-unknown has neither sockets nor threads nor tokio's timer: depend on scim-client with \
     `default-features = false, features = [\"client\", \"derive\", \"precis\"]` there, and give the client a \
     `transport::LocalTransport` over the `fetch` of the platform"
);

#[cfg(feature = "client")]
#[cfg_attr(docsrs, doc(cfg(feature = "blocking")))]
pub mod blocking;
#[cfg(feature = "client")]
pub mod client;
#[cfg(feature = "client")]
mod error;
#[cfg(feature = "client")]
mod not_iterators;
#[cfg(feature = "client")]
mod shown;
#[cfg(feature = "client")]
pub mod transport;

#[cfg(feature = "reqwest")]
pub use reqwest;
#[cfg(feature = "derive")]
pub use scim_macros::{CanonicalValues, Complex, Extension, Resource};
#[doc(inline)]
pub use scim_models::*;
#[cfg(feature = "testing")]
#[doc(inline)]
pub use scim_provider::testing;
#[cfg(feature = "client")]
pub use {bytes, http};

#[cfg(feature = "client")]
pub use self::{
    client::{Client, Provider, Resources},
    error::{Error, ErrorKind, NotApplied, Unapplied},
};

/// Generates types from schema documents: a JSON file, or every `.json` file below a folder. The
/// path begins at the folder of the crate's `Cargo.toml`.
///
/// ```
/// mod acme {
///     scim_client::include_schemas!("tests/schemas/acme");
/// }
/// let printer = acme::Printer::new("lp0");
/// ```
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
