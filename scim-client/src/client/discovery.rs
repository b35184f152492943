//! How a client asks what its service provider is, once for all of its clones.

use std::sync::{Arc, PoisonError};

use http::Method;

use super::{
    flight::{Flight, Landed},
    operation::{OperationBuilder, OperationFuture},
    provider::{Discover, DiscoverVerb, Provider, discover},
    root::Client,
};
use crate::{
    Capabilities,
    error::{Error, ErrorKind},
};

impl Client {
    /// Reads the discovery endpoints of the service provider: its configuration, resource types and
    /// schemas (RFC 7644 §4).
    ///
    /// It does not fail if the service provider publishes only some of its documents, or none. What
    /// is missing is listed in [`problems`](Provider::problems). It fails if nothing at the base URL
    /// speaks SCIM, for example because the base URL is wrong and a web server returns its own page
    /// for every URL. (An error status without a body does not count as such a page.)
    ///
    /// ```
    /// # use scim_client::{Client, User, testing::ServiceProvider};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let provider = ServiceProvider::new();
    /// # let scim = Client::builder("https://scim.example/v2").service(provider.clone()).build()?;
    /// # let users = scim.resource::<User>();
    /// let found = scim.discover().await?;
    /// println!("PATCH: {:?}", scim.capabilities().patch);
    /// for problem in &found.problems {
    ///     println!("not there: {problem}");
    /// }
    /// found.verify::<User>().into_result()?;          // does it serve what was compiled in?
    /// # let _ = users;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `.await` returns an error for which [`is_unauthorized`](Error::is_unauthorized),
    /// [`is_connect`](Error::is_connect) or [`is_timeout`](Error::is_timeout) is true. If nothing there speaks SCIM,
    /// the error is of [`ErrorKind::Decode`] or [`ErrorKind::Status`], and its [`advice`](Error::advice) says that
    /// the base URL is wrong. Everything else that fails is in [`problems`](Provider::problems).
    #[doc(alias = "service_provider_config")]
    #[doc(alias = "schemas")]
    #[doc(alias = "resource_types")]
    pub fn discover(&self) -> Discover {
        OperationBuilder::new(
            self.sender(),
            Method::GET,
            Ok(String::new()),
            DiscoverVerb(()),
        )
    }

    /// Returns what [`discover`](Self::discover) finds. The requests are sent once, and the result
    /// is kept for all clones of the client. An error is not kept.
    ///
    /// ```
    /// # use scim_client::{Client, Error};
    /// # async fn example(scim: &Client) -> Result<(), Error> {
    /// let provider = scim.provider().await?;
    /// println!("{} resource types", provider.resource_types.len());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The same as for [`discover`](Self::discover).
    pub fn provider(&self) -> OperationFuture<Arc<Provider>> {
        let client = self.clone();
        Box::pin(async move {
            let known = &client.inner.provider;
            loop {
                if let Some(provider) = known.get() {
                    return Ok(provider);
                }
                let flight = client.discovery();
                flight.wait().await;
                match flight.take() {
                    Landed::With(done) => done?,
                    Landed::Lost if !flight.is_elsewhere() => {
                        return Err(Error::new(ErrorKind::Transport, "the runtime has ended"));
                    }
                    // Somebody else has the error, or another runtime has ended: once more.
                    Landed::Taken | Landed::Lost => {}
                }
            }
        })
    }

    /// Gives the client what was discovered before, for example by another process
    /// ([`Provider::from_json`]). [`provider`](Self::provider) then returns it, and
    /// [`capabilities`](Self::capabilities) follow from it.
    ///
    /// ```
    /// # use scim_client::{Client, Error, client::Provider};
    /// # fn example(scim: &Client, kept: &str) -> Result<(), Error> {
    /// scim.set_provider(Provider::from_json(kept)?);
    /// # Ok(())
    /// # }
    /// ```
    pub fn set_provider(&self, provider: impl Into<Arc<Provider>>) {
        let provider = provider.into();
        if let Some(config) = &provider.config {
            let said = Capabilities::from_config(config);
            self.settings().abilities.learn(said);
        }
        self.inner.provider.set(provider);
    }

    /// The discovery that is under way, or else a new one.
    fn discovery(&self) -> Flight<Result<(), Error>> {
        let mut known = self
            .inner
            .provider
            .flight
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(flight) = known.upgrade().filter(|flight| !flight.has_ended()) {
            return flight;
        }
        let own = self.clone();
        let flight = self.sender().crew.launch(async move {
            let provider = Arc::new(discover(&own.discover()).await?);
            own.inner.provider.set(provider);
            Ok(())
        });
        *known = flight.downgrade();
        flight
    }
}
