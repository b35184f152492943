//! A SCIM service provider in memory, to test clients and provisioning code against.
//!
//! It serves any [`Resource`](scim_models::Resource), generated, derived or written by hand, by the
//! type's table of attributes alone. In the same process it is a `tower` service that a
//! client takes in place of the network; over HTTP it listens on a port of the
//! loopback interface.
//!
//! ```
//! use scim_client::{Client, User, testing::ServiceProvider};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! let provider = ServiceProvider::new();
//! let scim = Client::builder("https://scim.example/v2").service(provider.clone()).build()?;
//! let babs = scim.resource::<User>().create(&User::new("bjensen@example.com")).await?;
//! provider.assert_received(&["POST /Users"]);
//! let stored = provider.assert_one::<User>(|u| u.user_name.eq("bjensen@example.com"));
//! assert_eq!(stored.id(), babs.id());
//! # Ok(())
//! # })
//! # }
//! ```
//!
//! What it does: create, read, replace, patch, delete (RFC 7644 §3.3 to §3.6) with the rules of
//! `required`, `mutability`, `uniqueness` and `returned` (RFC 7643 §7); queries with filters,
//! sorting, index and cursor paging (RFC 7644 §3.4.2, RFC 9865), of one type or all, by GET or
//! `/.search`; bulk (§3.7); projections (§3.9); `/Me` (§3.11); versions (§3.14); discovery (§4).
//! Membership in groups shows in `groups`, direct and indirect. It can be told to
//! [misbehave](Misbehaviour).
//!
//! Attributes that no schema has are kept and returned when a resource is created or replaced,
//! where a service provider may also drop them; a PATCH of one is refused. A resource's version has
//! two parts: a new membership changes what `If-None-Match` sees, but not what `If-Match` does.

mod alter;
mod assertions;
mod builder;
mod fate;
mod fault;
mod layer;
mod manner;
mod provider;
mod request;
mod runtime;
mod seed;
mod server;

pub use self::{
    builder::ServiceProviderBuilder,
    fault::{Aimed, Disconnected, Misbehaviour},
    layer::{AnswerFuture, Faults, Faulty},
    provider::ServiceProvider,
    request::ReceivedRequest,
    server::Server,
};
