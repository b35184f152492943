//! The client: typed operations over any transport.
//!
//! Every operation is a value. [`Client`], [`Resources`] and [`Me`] have the methods that make one.
//! All operations take the same [options](OperationBuilder), and are sent by `.await` (or by
//! `.wait()`, with the feature `blocking`).
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
//! | create, read, find, change, delete | [`Resources`], which has a table; [`Me`] for the authenticated subject's own resource |
//! | find resources, page by page | [`Query`]; [`Results`] and [`Pages`] are what it gives |
//! | do many things in one request | [`Bulk`], [`BulkResults`] |
//! | set something for one request | [`OperationBuilder`], [`RequestOptions`] |
//! | know what went wrong | [`Error`](crate::Error); [in a table](OperationBuilder#errors-of-every-operation) |
//! | know what the service provider can do | [`Client::discover`], [`Provider`], [`Capabilities`] |
//! | ask for several types at once | [`Client::search`], [`one_of!`](crate::one_of) |
//! | see or change each exchange | [`Hook`] |
//! | send requests by other means | [`Operation`], [`Steps`], [`transport`](crate::transport) |

mod adopt;
mod applied;
mod arguments;
mod asked;
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
mod discovery;
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
mod response;
mod retry;
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

use std::sync::Arc;

pub use self::{
    adopt::{CreateOrGet, CreatedOrFound},
    arguments::ResourceId,
    asked::Asked,
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
    response::{Readable, Response},
    retry::RetryPolicy,
    steps::{Step, Steps},
    update::{ChangeResult, Update},
    written::{Receipt, Written},
};
// Their pages are at the root of the crate.
#[doc(no_inline)]
pub use self::{handle::Resources, provider::Provider, root::Client};
use self::{root::Inner, send::Sender};
use crate::profile::Profile;
#[doc(no_inline)]
pub use crate::{
    Capabilities,
    drift::{Drift, DriftKind, DriftReport},
    resource::{Alternative, AnyOf, Listed, OneOf},
};

/// The type parameters of [`OperationBuilder`]: one type for each operation. Code rarely names
/// them, since [`Get`], [`Create`] and so on are aliases.
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

/// Private, so that the page of the client is at the root of the crate.
mod root {
    use std::sync::Arc;

    use super::{provider, send::Sender};

    /// A SCIM client. Cheap to clone. Clones share connections and the results of discovery.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), scim_client::Error> {
    /// use scim_client::{Client, User};
    ///
    /// let scim = Client::builder("https://auth.example/scim/v2").bearer_token("foobar").build()?;
    /// let users = scim.resource::<User>();
    /// let babs = users.create(&User::new("bjensen@example.com").with_display_name("Babs")).await?;
    /// println!("{}", babs.id());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// What the client knows about the service provider can be read and set:
    ///
    /// ```
    /// # use scim_client::{Client, User, testing::ServiceProvider};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let provider = ServiceProvider::new();
    /// # let scim = Client::builder("https://scim.example/v2").service(provider.clone()).build()?;
    /// # let users = scim.resource::<User>();
    /// # let _ = users;
    /// assert_eq!(scim.base_url(), "https://scim.example/v2");
    /// assert_eq!(scim.capabilities().patch, None);         // nobody has asked yet
    /// let found = scim.provider().await?;                  // asked once, then kept
    /// assert_eq!(scim.capabilities().patch, Some(true));
    /// assert!(found.verify::<User>().into_result().is_ok());
    ///
    /// // It says that it filters, and it does not: what is said here counts.
    /// let mut known = (*scim.capabilities()).clone();
    /// known.filter = Some(false);
    /// scim.set_capabilities(known);
    /// assert_eq!(scim.profile().page_size, None);          // no vendor's profile was given
    /// # Ok(())
    /// # }
    /// ```
    #[derive(Clone)]
    pub struct Client {
        pub(in crate::client) inner: Arc<Inner>,
    }

    pub(in crate::client) struct Inner {
        pub(in crate::client) sender: Arc<Sender>,
        pub(in crate::client) provider: provider::Known,
    }
}

impl Client {
    /// Begins a client for the service provider at `base_url`, such as
    /// `https://example.com/scim/v2`.
    ///
    /// ```
    /// use std::time::Duration;
    /// use scim_client::{Client, client::RetryPolicy};
    ///
    /// let scim = Client::builder("https://auth.example/scim/v2")
    ///     .bearer_token("foobar")
    ///     .timeout(Duration::from_secs(30))
    ///     .retry(RetryPolicy::default().with_max_tries(5))
    ///     .build()?;
    /// assert_eq!(scim.base_url(), "https://auth.example/scim/v2");
    /// # Ok::<(), scim_client::Error>(())
    /// ```
    #[doc(alias = "new")]
    #[doc(alias = "connect")]
    pub fn builder(base_url: impl Into<String>) -> ClientBuilder {
        ClientBuilder::new(base_url.into())
    }

    // Not `new`: who looks for one is told that there is none, and not that it is private.
    fn over(sender: Arc<Sender>) -> Self {
        Self {
            inner: Arc::new(Inner {
                sender,
                provider: provider::Known::default(),
            }),
        }
    }

    /// The base URL, without a slash at the end.
    pub fn base_url(&self) -> String {
        self.settings().base.to_url()
    }

    /// What the client knows about the abilities of the service provider.
    pub fn capabilities(&self) -> Arc<Capabilities> {
        self.settings().capabilities()
    }

    /// The profile that was given to the builder: how the service provider departs from the RFCs.
    pub fn profile(&self) -> &Profile {
        &self.settings().profile
    }

    /// Sets what the service provider can do. This replaces what the service provider published and
    /// what was set before. For an ability that `capabilities` leaves open, the [`Profile`]
    /// decides.
    pub fn set_capabilities(&self, capabilities: Capabilities) {
        let capabilities = capabilities.or(self.profile().capabilities.clone());
        self.settings().abilities.set(capabilities);
    }

    fn sender(&self) -> &Arc<Sender> {
        &self.inner.sender
    }

    fn settings(&self) -> &Arc<settings::Settings> {
        &self.inner.sender.settings
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.base_url())
            .field("credentials", &self.settings().credentials)
            .finish_non_exhaustive()
    }
}
