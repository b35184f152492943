//! Checks any SCIM 2.0 server against RFC 7643, RFC 7644 and RFC 9865, and against what Entra ID and
//! Okta need.
//!
//! In the tests of a server that is a `tower` service, such as a router of axum:
//!
//! ```
//! use scim_client::testing::ServiceProvider;
//! use scim_tester::{Level, Suite};
//!
//! # fn main() {
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! let service = ServiceProvider::builder().strict().bearer_token("secret").build();
//! let report = Suite::rfc().bearer_token("secret").only(["D", "C-01"]).run(service).await;
//! report.assert();
//! assert_eq!(report.exit_code(Level::Error), 0);
//! # })
//! # }
//! ```
//!
//! The program `scim-tester` does the same for a server on the network:
//! `scim-tester https://scim.example/v2 --token-env TOKEN`.
//!
//! A run changes only resources that it created itself, and deletes all of them at its end. Their
//! attributes follow from the schemas that the server publishes, so every resource type is checked. The
//! expected results of filters, sorting and changes are computed from the resources as the server
//! returns them.
//!
//! Each [`Check`] has a [`Level`], which says how bad a failure is. A check is blocked, and not failed,
//! if a check that it needs failed. A [`Report`] has all results, and can be written in several
//! [`Format`]s.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod area;
mod areas;
mod attribute;
mod base;
mod catalogue;
mod check;
mod clean;
mod context;
mod json;
mod ledger;
mod level;
#[cfg(feature = "libtest")]
pub mod libtest;
mod lint;
mod observe;
mod oracle;
mod percent;
mod profile;
#[cfg(feature = "program")]
pub mod program;
mod report;
mod resource_type;
mod setup;
mod stop;
mod suite;
mod together;
mod trial;
mod values;
mod wire;

pub use self::{
    catalogue::{LEFT_OUT, checks, find},
    check::{Check, Force, Level},
    profile::Profile,
    report::{CheckResult, Counts, Format, Report, Verdict},
    suite::Suite,
    trial::Finding,
    wire::Exchange,
};
