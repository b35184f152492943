//! A SCIM service provider in memory, to test clients and provisioning code against.
//!
//! It serves any [`Resource`](scim_models::Resource), whether it is generated, derived or written
//! by hand. In the same process, it is a `tower` service that a client uses in place of the
//! network. Over HTTP, it listens on a port of the loopback interface.
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
//! It supports these parts of the RFCs: create, read, replace, patch, delete (RFC 7644 §3.3 to
//! §3.6) with the rules of `required`, `mutability`, `uniqueness` and `returned` (RFC 7643 §7);
//! queries with filters, sorting, index and cursor paging (RFC 7644 §3.4.2, RFC 9865), of one type
//! or all, by GET or `/.search`; bulk (§3.7); projections (§3.9); `/Me` (§3.11); versions (§3.14);
//! discovery (§4). Membership in groups shows in `groups`, direct and indirect. It can be told to
//! [misbehave](Misbehaviour).
//!
//! When a resource is created or replaced, attributes that no schema has are kept and returned.
//! (The RFC also allows a service provider to drop them.) A PATCH of such an attribute is refused.
//! A version has two parts, one of them for `groups`. If only the `groups` of a resource change,
//! `If-None-Match` sees a new version, and `If-Match` still accepts the old one.

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

#[doc(no_inline)]
pub use crate::body::Body;

pub use self::{
    builder::ServiceProviderBuilder,
    fault::{Aimed, Disconnected, Misbehaviour},
    layer::{Faults, Faulty, ResponseFuture},
    provider::ServiceProvider,
    request::ReceivedRequest,
    server::Server,
};
