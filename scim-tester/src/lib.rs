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
//! Against a server somewhere else, the program does the same:
//! `scim-tester https://scim.example/v2 --token-env TOKEN`.
//!
//! Nothing is written to but resources that the run created itself, and all of them are deleted at
//! the end. What they are filled with follows from the server's own schemas, so every resource type
//! is checked, and what filters, sorts and changes must give is worked out from the server's own
//! representations with the evaluator of this family.
//!
//! A [`Check`] that fails says how bad that is with a [`Level`]; what needs something that does not
//! work at all is blocked, not failed. [`Report`] has it all, in the forms of [`Format`].
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
