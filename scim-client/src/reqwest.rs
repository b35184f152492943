//! reqwest itself, in the version that this crate uses, so that you need not match it.
//!
//! Three items of the API use its types: [`ClientBuilder::configure_reqwest`],
//! [`ClientBuilder::reqwest_client`] and [`ReqwestTransport::new`]. They follow reqwest's version, which
//! is 0.13 now. When this crate moves to an incompatible version of reqwest, only these three and this
//! module change. That is then a breaking release of this crate, and the CHANGELOG says so. A program
//! that uses none of the three does not depend on reqwest's version: use the other options of
//! [`ClientBuilder`], or hyper (`use_hyper`, with the feature `hyper`).
//!
//! ```no_run
//! use scim_client::{Client, reqwest};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let proxy = reqwest::Proxy::all("http://proxy.internal:3128")?;
//! let scim = Client::builder("https://example.com/scim/v2")
//!     .configure_reqwest(|http| http.proxy(proxy))
//!     .build()?;
//! # Ok(())
//! # }
//! ```
//!
//! [`ClientBuilder`]: crate::client::ClientBuilder
//! [`ClientBuilder::configure_reqwest`]: crate::client::ClientBuilder::configure_reqwest
//! [`ClientBuilder::reqwest_client`]: crate::client::ClientBuilder::reqwest_client
//! [`ReqwestTransport::new`]: crate::transport::ReqwestTransport::new

#[doc(no_inline)]
pub use ::reqwest::*;
