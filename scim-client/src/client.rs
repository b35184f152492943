//! The client: typed operations over any transport.
//!
//! Every operation is a value that is made by [`Client`], [`Resources`] or [`Me`], takes the same
//! [options](OperationBuilder), and is sent by `.await` (or `.wait()`, with the feature `blocking`).
//!
//! ```
//! # use scim_client::{Client, Error, User};
//! # async fn example() -> Result<(), Error> {
//! let scim = Client::builder("https://auth.example/scim/v2").bearer_token("foobar").build()?;
//! let users = scim.resource::<User>();
//! let babs = users.create(&User::new("bjensen")).header("X-Tenant", "acme").await?;
//! users.patch(&babs).replace(|u| u.active, false).await?;
//! # Ok(())
//! # }
//! ```
//!
//! | to | use |
//! |---|---|
//! | set up credentials, time-outs, retries, limits, TLS, a profile | [`ClientBuilder`] |
//! | create, read, find, change, delete | [`Resources`], which has a table; [`Me`] for one's own resource |
//! | find resources, page by page | [`Query`]; [`Results`] and [`Pages`] are what it gives |
//! | do many things in one request | [`Bulk`], [`BulkResults`] |
//! | set something for one request | [`OperationBuilder`], [`RequestOptions`] |
//! | know what went wrong | [`Error`](crate::Error); [in a table](OperationBuilder#errors-of-every-operation) |
//! | know what the service provider can do | [`Client::discover`], [`Provider`], [`Capabilities`] |
//! | ask for several types at once | [`Client::search`], [`one_of!`](crate::one_of) |
//! | see or change each exchange | [`Hook`] |
//! | send requests by other means | [`Operation`], [`Steps`], [`transport`](crate::transport) |

mod adopt;
mod answer;
mod applied;
mod arguments;
mod base_url;
mod builder;
mod bulk;
mod call;
mod checks;
mod clear;
mod clearing;
mod create;
mod credentials;
#[cfg(any(feature = "hyper", feature = "reqwest"))]
mod default_transport;
mod deferred;
mod delete;
mod denied;
mod flight;
mod gate;
mod handle;
mod hooks;
mod identified;
mod limit;
mod me;
mod mode;
mod oauth;
mod operation;
mod options;
mod pages;
mod patch;
mod progress;
mod projection;
mod provider;
mod query;
mod raw;
mod read;
mod replace;
mod retry;
mod root;
#[cfg(feature = "dynamic")]
mod run_time;
mod search;
mod secret_value;
mod secrets;
mod send;
mod sent;
mod settings;
mod settle;
mod steps;
#[cfg(feature = "tracing")]
mod trace;
mod update;
mod whole;
mod wire;
mod write;
mod written;

pub use self::{
    adopt::{CreateOrGet, CreatedOrFound},
    answer::{Answer, Readable},
    arguments::ResourceId,
    builder::ClientBuilder,
    bulk::{
        Bulk, BulkHandle, BulkOutcome, BulkReference, BulkResources, BulkResults, BulkSuccess,
        NotProcessed, PlanError, PlanErrorKind,
    },
    create::Create,
    deferred::{Accepted, Deferred},
    delete::Delete,
    handle::Replaceable,
    hooks::{Action, Exchange, Hook},
    identified::{BulkTarget, Identified},
    limit::RateLimit,
    me::Me,
    oauth::ClientCredentials,
    operation::{Operation, OperationBuilder, OperationFuture},
    options::RequestOptions,
    pages::{Pages, Results},
    patch::PatchResource,
    provider::Discover,
    query::Query,
    raw::RawRequest,
    read::Get,
    replace::Replace,
    retry::RetryPolicy,
    steps::{Step, Steps},
    update::{ChangeResult, Update},
    written::{Receipt, Written},
};
// Their pages are at the root of the crate.
#[doc(no_inline)]
pub use self::{handle::Resources, provider::Provider, root::Client};
#[doc(no_inline)]
pub use crate::{
    Capabilities,
    drift::{Drift, DriftKind, DriftReport},
    resource::{Alternative, AnyOf, Listed, OneOf},
};

/// What is particular to each operation: the types that [`OperationBuilder`] has inside. Code
/// rarely names them; [`Get`], [`Create`] and so on are shorter.
pub mod verb {
    pub use super::{
        adopt::CreateOrGetVerb,
        bulk::BulkVerb,
        clearing::Clears,
        delete::DeleteVerb,
        mode::{Complete, Mode, NoRefetch, RespondAsync},
        operation::{Defers, Refetches, Verb},
        patch::{PatchVerb, Patches},
        projection::Projects,
        provider::DiscoverVerb,
        query::QueryVerb,
        raw::RawVerb,
        read::GetVerb,
        update::{UpdateVerb, Updates},
        whole::{Creates, Replaces, WholeResource, WholeVerb},
        write::WriteVerb,
    };
}
