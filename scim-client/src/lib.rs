#![doc = include_str!("../../README.md")]
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

#[cfg(feature = "derive")]
pub use scim_macros::{CanonicalValues, Complex, Extension, Resource, include_schemas};
#[cfg(feature = "client")]
pub use {bytes, http};

#[cfg(feature = "client")]
pub use self::{
    client::{Client, Provider, Resources},
    error::{Error, ErrorKind},
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
