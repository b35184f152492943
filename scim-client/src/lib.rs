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
#![cfg_attr(
    not(feature = "client"),
    allow(dead_code, unused_imports, reason = "what only the client uses")
)]

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
pub mod attribute_path;
#[cfg(feature = "blocking")]
pub mod blocking;
#[cfg(feature = "client")]
pub mod client;
mod core;
#[cfg(feature = "client")]
mod error;
pub mod evaluate;
pub mod filter;
pub mod json;
pub mod message;
mod meta;
pub mod model;
#[doc(hidden)]
pub mod partial;
pub mod patch;
mod percent;
#[cfg(feature = "client")]
pub mod profile;
pub mod resource;
mod stored;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(feature = "client")]
pub mod transport;
pub mod typed;
pub mod value;

#[cfg(feature = "reqwest")]
pub use reqwest;
#[cfg(feature = "derive")]
pub use scim_macros::{CanonicalValues, Complex, Extension, Resource, include_schemas};
#[cfg(feature = "client")]
pub use {bytes, http};

#[cfg(feature = "client")]
pub use self::{
    client::{Client, Provider, Resources},
    error::{Error, ErrorKind, NotApplied, Unapplied},
    profile::Profile,
};
pub use self::{
    core::*,
    meta::{Meta, MetaPaths},
    model::{CanonicalValues, Extra, Json, ReadOnly, WriteOnly},
    partial::{Partial, PartialView, PartialViews},
    resource::{Complex, Extension, Resource},
    stored::Stored,
    value::{Binary, DateTime, Decimal, Reference},
};

/// Its examples are tests, too.
#[cfg(all(doctest, feature = "testing", feature = "derive"))]
#[doc = include_str!("../../README.md")]
struct Readme;
