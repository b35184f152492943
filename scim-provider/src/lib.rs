//! The server side of SCIM 2.0 (RFC 7643, RFC 7644, RFC 9865): everything that a service provider
//! needs except storage.
//!
//! It has two layers, and you can use either. The upper layer is a whole service provider over a
//! [`Store`], as a `tower` service:
//!
//! ```
//! use scim_provider::{MemoryStore, ServiceProvider};
//!
//! let provider = ServiceProvider::builder(MemoryStore::new()).bearer_token("foobar").build();
//! // let app = axum::Router::new().route_service("/scim/v2/{*rest}", provider);
//! ```
//!
//! Your own store has five functions: [`get`](Store::get), [`insert`](Store::insert),
//! [`update`](Store::update), [`delete`](Store::delete) and [`find`](Store::find). The documentation
//! of [`Store`] has an example. Resource types and values are those of [`scim_models`], which this
//! crate re-exports. Examples that begin with `use scim_client` find the same names there.
//!
//! The lower layer has functions that can be used alone, in a server that handles requests itself:
//!
//! | what | where |
//! |---|---|
//! | the body of a POST, PUT or PATCH, checked and combined with what is stored | [`accept`] |
//! | a resource as JSON, by `attributes`, `excludedAttributes` and `returned` | [`Projection`] |
//! | `If-Match`, `If-None-Match` | [`Preconditions`] |
//! | errors with their status and keyword | [`Refusal`] |
//! | a query, read and checked against the types | [`query`] |
//! | a filter as a condition of SQL; tables and statements of a store in a database | [`sql`] |
//! | discovery documents | [`discovery`] |
//! | `groups`, and `$ref` and `type` of members | [`derived`] |
//!
//! Only the feature `testing` needs a runtime. There are these features: `precis` (on by default), as in
//! `scim-models`; `dynamic`, for types that are only known at run time; `testing`, a service provider with faults for
//! tests of clients.
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod accept;
mod authentication;
mod body;
mod builder;
mod config;
mod cursor;
pub mod derived;
pub mod discovery;
mod endpoint;
mod engine;
mod finding;
mod identifier;
mod memory;
mod output;
mod page;
mod paging;
mod precondition;
mod projection;
mod provider;
pub mod query;
mod record;
mod reflected;
mod refusal;
mod response;
mod selection;
pub mod sql;
mod store;
#[cfg(feature = "testing")]
pub mod testing;
mod unique;

pub use self::{
    authentication::{bearer_token, is_same_secret},
    body::Body,
    builder::ServiceProviderBuilder,
    finding::{Finding, Rule},
    memory::MemoryStore,
    page::{Continuation, Found, Query},
    precondition::{Preconditions, is_same_version},
    projection::Projection,
    provider::{ResponseFuture, ServiceProvider},
    record::{Record, ServedType},
    refusal::{Refusal, Result},
    selection::Written,
    store::{Context, Store},
    unique::UniqueValue,
};
pub use scim_models;

/// Its examples are tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
