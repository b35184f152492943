//! The client itself: what everything else begins with.

use std::sync::Arc;

use super::{builder::ClientBuilder, provider, send::Sender, settings};
use crate::{Capabilities, profile::Profile};

/// A SCIM client. Cheap to clone; clones share connections and what was discovered.
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
/// What it knows of the service provider, and what may be set:
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
    pub(super) inner: Arc<Inner>,
}

pub(super) struct Inner {
    sender: Arc<Sender>,
    pub(super) provider: provider::Known,
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
    pub(super) fn over(sender: Arc<Sender>) -> Self {
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

    /// What is known of the service provider's abilities.
    pub fn capabilities(&self) -> Arc<Capabilities> {
        self.settings().capabilities()
    }

    /// How the service provider departs from the RFCs, as the builder was told.
    pub fn profile(&self) -> &Profile {
        &self.settings().profile
    }

    /// Says what the service provider can do, in place of what it says of itself and of what was
    /// said before. Where `capabilities` say nothing, the [`Profile`] stands.
    pub fn set_capabilities(&self, capabilities: Capabilities) {
        let capabilities = capabilities.or(self.profile().capabilities.clone());
        self.settings().abilities.set(capabilities);
    }

    pub(super) fn sender(&self) -> &Arc<Sender> {
        &self.inner.sender
    }

    pub(super) fn settings(&self) -> &Arc<settings::Settings> {
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
