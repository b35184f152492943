//! How a client's requests are sent: transport, TLS, timer, hooks.

use std::sync::Arc;

use super::{ClientBuilder, Time, Way};
#[cfg(feature = "rustls")]
use crate::transport::Tls;
use crate::{
    client::hooks::Hook,
    transport::{Timer, Transport},
};

impl ClientBuilder {
    /// Sets up TLS: authorities of one's own, a certificate of the client, what computes.
    ///
    /// ```no_run
    /// # fn example(pem: &[u8]) -> Result<(), scim_client::Error> {
    /// use scim_client::{Client, transport::Tls};
    ///
    /// let scim = Client::builder("https://scim.internal/v2")
    ///     .tls(Tls::new().trust_pem(pem))
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Without it, servers are known by the certificates of the platform. It is for the transport
    /// that a client has unless it is given one, and comes in place of all that
    /// [`configure_reqwest`](Self::configure_reqwest) could say about TLS.
    #[cfg(feature = "rustls")]
    #[doc(alias = "certificate")]
    #[doc(alias = "mtls")]
    pub fn tls(mut self, tls: Tls) -> Self {
        self.tls = Some(tls);
        self
    }

    /// Changes how the [`reqwest::Client`] is set up: a proxy, another pool, a local address.
    /// Redirects stay with this crate. `reqwest` is re-exported by this crate, so that nobody needs
    /// to match its version.
    ///
    /// The proxies of the environment (`HTTPS_PROXY` and so on) are for what is not on this
    /// machine; a proxy that is set here comes first, and is for everything that it takes.
    /// `http.no_proxy()` in front of it ends those of the environment.
    ///
    /// ```no_run
    /// # fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// use scim_client::{Client, reqwest, transport::Tls};
    ///
    /// let proxy = reqwest::Proxy::all("http://proxy.internal:3128")?;
    /// let scim = Client::builder("https://scim.example/v2")
    ///     .tls(Tls::new())
    ///     .configure_reqwest(|http| http.proxy(proxy))
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// reqwest heeds what it is told about certificates only where it finds a provider of
    /// cryptography: one that the application has installed for its process, or aws-lc-rs by the
    /// feature `aws-lc-rs` of this crate. Elsewhere, `https` needs [`tls`](Self::tls) besides this,
    /// and [`build`](Self::build) fails with [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) without it.
    ///
    /// With both features `rustls` and `native-tls`, TLS is that of rustls, except where this is
    /// called and chooses the other (`http.tls_backend_native()`, for an identity as PKCS #12, say),
    /// and where rustls could not heed it, as said above.
    #[doc(alias = "proxy")]
    #[cfg(feature = "reqwest")]
    pub fn configure_reqwest(
        mut self,
        configure: impl FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder + 'static,
    ) -> Self {
        let before = self.reqwest.take();
        self.reqwest = Some(Box::new(move |http| {
            configure(match before {
                Some(before) => before(http),
                None => http,
            })
        }));
        self
    }

    /// Sends requests through a [`reqwest::Client`] of one's own. It should follow no redirects.
    ///
    /// How it does TLS is its maker's to say: without a provider of cryptography that the process
    /// has installed, or reqwest's own by its feature `rustls`, it cannot be made.
    #[cfg(feature = "reqwest")]
    pub fn reqwest_client(mut self, client: reqwest::Client) -> Self {
        self.transport = Way::Made(Box::new(|max_body, max_error| {
            let transport = crate::transport::ReqwestTransport::new(client, max_body);
            Arc::new(transport.with_max_error_body(max_error))
        }));
        self
    }

    /// Sends requests by hyper, in place of reqwest; see
    /// [`HyperTransport`](crate::transport::HyperTransport) for what that has and what it has not.
    /// Without the feature `reqwest` it is so anyway.
    #[cfg(feature = "hyper")]
    pub fn use_hyper(mut self) -> Self {
        self.transport = Way::Hyper;
        self
    }

    /// Sends requests through a transport of one's own.
    pub fn transport(mut self, transport: impl Transport) -> Self {
        self.transport = Way::Made(Box::new(|_, _| Arc::new(transport)));
        self
    }

    /// Sends requests to a `tower` service: middleware over another client, or a server's router
    /// in the same process.
    #[doc(alias = "mock")]
    #[doc(alias = "tower")]
    pub fn service<S, B>(mut self, service: S) -> Self
    where
        S: tower_service::Service<
                http::Request<crate::transport::RequestBody>,
                Response = http::Response<B>,
            > + Clone
            + Send
            + 'static,
        S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
        S::Future: Send + 'static,
        B: http_body::Body<Data = bytes::Bytes> + Send + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        self.transport = Way::Made(Box::new(|max_body, max_error| {
            let transport = crate::transport::ServiceTransport::new(service, max_body);
            Arc::new(transport.with_max_error_body(max_error))
        }));
        self
    }

    /// Waits with a timer of one's own, in place of the transport's or tokio's.
    pub fn timer(mut self, timer: impl Timer) -> Self {
        self.timer = Time::Own(Arc::new(timer));
        self
    }

    /// Does without a timer: there are no time-outs, nothing is sent again, and a rate limit is an
    /// error where it should delay a request.
    ///
    /// Without the feature `tokio`, a client has a timer only if [`timer`](Self::timer) or the
    /// transport gives one, and [`build`](Self::build) fails where neither does. With this the
    /// client has none, whatever features are enabled anywhere in the program.
    pub fn without_timer(mut self) -> Self {
        self.timer = Time::None;
        self
    }

    /// Does without a transport: the client builds requests and reads responses
    /// ([`Operation`](crate::client::Operation), [`Client::steps`](crate::Client::steps)), and sends nothing.
    pub fn without_transport(mut self) -> Self {
        self.transport = Way::None;
        self
    }

    /// Adds a hook, which sees every request just before it is sent, and its response just after it
    /// came: each try, each redirect, and requests for access tokens. See [`Hook`].
    #[doc(alias = "middleware")]
    #[doc(alias = "interceptor")]
    #[doc(alias = "logging")]
    pub fn hook(mut self, hook: impl Hook) -> Self {
        self.hooks.push(Arc::new(hook));
        self
    }
}
