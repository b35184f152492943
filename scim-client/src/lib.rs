//! A typed SCIM 2.0 client. It creates, changes, finds and deletes users and groups at a service provider
//! (RFC 7643, RFC 7644, RFC 9865). A wrong request does not compile, and nothing that a server sends is lost.
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
#![cfg_attr(
    all(
        any(doc, doctest),
        feature = "blocking",
        feature = "derive",
        feature = "dynamic",
        feature = "rustls",
        feature = "testing"
    ),
    doc = "",
    doc = "**New here?** The [`guide`] begins with [getting started](guide::getting_started); it has chapters on",
    doc = "[people and groups](guide::people_and_groups), [filters](guide::filters), [patches](guide::patches),",
    doc = "[losing nothing](guide::lossless), [paging, retries and limits](guide::paging_and_limits),",
    doc = "[bulk](guide::bulk), [your own types](guide::own_types),",
    doc = "[types known at run time](guide::run_time_types), [vendors](guide::vendors) with their",
    doc = "[overlay and profile](guide::overlay_and_profile), [testing](guide::testing),",
    doc = "[writing a server](guide::service_provider), [testing a server](guide::testing_a_server),",
    doc = "[the command line](guide::command_line), [errors](guide::errors), [security](guide::security),",
    doc = "[deviations from the RFCs](guide::deviations), [what the client does](guide::the_client),",
    doc = "[WebAssembly](guide::webassembly), and an [index of examples](guide::examples).",
    doc = ""
)]
//! | to | see |
//! |---|---|
//! | talk to a service provider | [`Client`], [`Resources`], [`client`]; [`Error`] |
//! | have users and groups | [`User`], [`Group`], [`EnterpriseUser`], generated from RFC 7643's schemas |
//! | have types of your own | [`Resource`], [`Complex`], [`Extension`] and the derives of the same names; [`include_schemas!`] |
//! | know what was returned | [`Stored`] is a whole resource, [`Partial`] has some attributes; [`Meta`] has version and times |
//! | write filters | [`typed`] has a table of all operators; [`filter`] for text, [`evaluate`] in memory |
//! | change resources | [`patch`]: messages, builder, `apply`, `diff`, dialects |
//! | read and write messages | [`message`]: lists, searches, bulk, errors |
//! | cope with a vendor | [`profile`]: how well-known service providers depart from the RFCs |
//! | test without a network | `testing`, by the feature of that name |
//! | write code that is not asynchronous | [`blocking`], by the feature of that name |
//! | bring your own HTTP | [`transport`], [`client::Operation`] |
//!
//! # Features
//!
//! | feature | what | default |
//! |---|---|---|
//! | `derive` | the derives and `include_schemas!` | yes |
//! | `reqwest` | the client over reqwest | yes |
//! | `hyper` | the client over hyper-util, which takes fewer instructions and less memory than reqwest; `transport::HyperTransport` lists what it cannot do | |
//! | `rustls` | TLS by rustls with ring, for reqwest and hyper; it installs no process-wide provider of cryptography | yes |
//! | `aws-lc-rs` | TLS by rustls with aws-lc-rs | |
//! | `native-tls` | TLS by the platform's library, with `reqwest` | |
//! | `precis` | user names and passwords are compared as RFC 7644 §5 says; without it, in any letter case and not normalized | yes |
//! | `client` | the client without a transport; implied by `tokio` and `tracing` | yes |
//! | `tokio` | time-outs, retries and rate limits by tokio's timer; implied by `reqwest`, `hyper`, `rustls`, `blocking` and `testing` | yes |
//! | `blocking` | `.wait()` on every operation, `.wait_each()` on streams and pages | |
//! | `tracing` | a span for each request, without personal data; a failure is logged at WARN, a retry at INFO | |
//! | `dynamic` | types that are only known at run time | |
//! | `testing` | a service provider in memory | |
//! | `jiff`, `time`, `chrono` | `DateTime` from and to the types of these crates | |
//!
//! Without default features, this crate has neither reqwest nor tokio. It then has only models, filters,
//! patches and messages, which servers need too. These are the crate `scim-models`, which this crate
//! re-exports whole.
#![cfg_attr(docsrs, feature(doc_cfg))]
// What a feature brings is named here, whether it is there or not; with the usual features all links lead
// somewhere.
#![cfg_attr(
    not(all(feature = "derive", feature = "reqwest", feature = "rustls")),
    allow(rustdoc::broken_intra_doc_links)
)]

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
#[doc(alias = "sync")]
pub mod blocking;
#[cfg(feature = "client")]
pub mod client;
#[cfg(feature = "client")]
mod error;
#[cfg(all(
    any(doc, doctest),
    feature = "blocking",
    feature = "derive",
    feature = "dynamic",
    feature = "rustls",
    feature = "testing"
))]
pub mod guide;
mod models;
#[cfg(feature = "client")]
mod not_iterators;
#[cfg(feature = "reqwest")]
pub mod reqwest;
#[cfg(feature = "client")]
mod shown;
#[cfg(feature = "client")]
pub mod transport;

#[cfg(feature = "derive")]
pub use scim_macros::{CanonicalValues, Complex, Extension, Resource};
#[cfg(feature = "dynamic")]
#[doc(inline)]
pub use scim_models::dynamic;
#[doc(hidden)]
pub use scim_models::*;
#[doc(inline)]
pub use scim_models::{
    Binary, Capabilities, DateTime, Decimal, EnterpriseUser, Extra, Group, Json, Meta, Partial,
    PartialView, PartialViews, Profile, ReadOnly, Reference, ResourceType, Schema,
    ServiceProviderConfig, Stored, User, WriteOnly, attribute_path, drift, evaluate, filter, json,
    message,
    model::CanonicalValues,
    one_of, patch,
    resource::{Complex, Extension, Resource},
    typed,
};
#[cfg(feature = "testing")]
#[doc(inline)]
pub use scim_provider::testing;
#[cfg(feature = "client")]
pub use {bytes, http};

#[doc(inline)]
pub use self::models::{
    enterprise_user, group, model, profile, resource, resource_type, schema,
    service_provider_config, user, value,
};
#[cfg(feature = "client")]
#[doc(inline)]
pub use self::{
    client::{Client, Provider, Resources},
    error::{Error, ErrorKind, NotApplied, Unapplied},
};

/// Generates types from schema documents: a JSON file, or every `.json` file below a folder. The
/// path is relative to the folder of the crate's `Cargo.toml`.
///
/// ```
/// mod acme {
///     scim_client::include_schemas!("tests/schemas/acme");
/// }
/// let printer = acme::Printer::new("lp0");
/// ```
///
/// The documents may be Schemas, ResourceTypes, a ServiceProviderConfig, and lists of these, as `/Schemas` and
/// `/ResourceTypes` return them. An `overlay.json` beside them corrects errors in them; the guide's chapter
/// `overlay_and_profile` lists its members. Each schema becomes a module, with its main type beside it. An error in a
/// document is a compiler error with file, line, column and JSON pointer.
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
#[cfg(all(doctest, feature = "reqwest"))]
#[doc = include_str!("../README.md")]
struct Readme;
