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
    /// Sets up TLS: your own certificate authorities, a client certificate, or another provider of
    /// cryptography.
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
    /// Without this, servers are verified with the certificates of the platform. It applies to the
    /// default transport only, and overrides everything that
    /// [`configure_reqwest`](Self::configure_reqwest) sets about TLS.
    #[cfg(feature = "rustls")]
    #[doc(alias = "certificate")]
    #[doc(alias = "mtls")]
    pub fn tls(mut self, tls: Tls) -> Self {
        self.tls = Some(tls);
        self
    }

    /// Changes how the `reqwest::Client` is set up: a proxy, another pool, a local address.
    /// Redirects are always followed by this crate and not by reqwest. The module
    /// [`reqwest`](crate::reqwest) has reqwest's types, so that you need not match its version.
    ///
    /// The proxies of the environment (`HTTPS_PROXY` and so on) are used for every host but this
    /// machine. A proxy that is set here comes before them. Call `http.no_proxy()` first to ignore
    /// those of the environment.
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
    /// reqwest uses its settings about certificates only if it finds a provider of cryptography: one that the
    /// application has installed for its process, or aws-lc-rs by the feature `aws-lc-rs` of this crate. If there is
    /// none, `https` needs [`tls`](Self::tls) in addition to this. Without that, [`build`](Self::build) fails with
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration).
    ///
    /// If both features `rustls` and `native-tls` are on, rustls does TLS, with two exceptions: this
    /// method chooses the other (`http.tls_backend_native()`, for an identity as PKCS #12, for
    /// example), or rustls has no provider of cryptography, as described above.
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

    /// Sends requests through your own `reqwest::Client`. It should not follow redirects.
    ///
    /// You set up its TLS. Such a client cannot be made without a provider of cryptography: one
    /// that is installed for the process, or reqwest's own by its feature `rustls`.
    #[cfg(feature = "reqwest")]
    pub fn reqwest_client(mut self, client: reqwest::Client) -> Self {
        self.transport = Way::Made(Box::new(|max_body, max_error| {
            let transport = crate::transport::ReqwestTransport::new(client, max_body);
            Arc::new(transport.with_max_error_body(max_error))
        }));
        self
    }

    /// Sends requests by hyper in place of reqwest.
    /// [`HyperTransport`](crate::transport::HyperTransport) says what it can do. Without the
    /// feature `reqwest`, hyper is the default.
    #[cfg(feature = "hyper")]
    pub fn use_hyper(mut self) -> Self {
        self.transport = Way::Hyper;
        self
    }

    /// Sends requests through your own transport.
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

    /// Sets the timer, in place of the transport's or tokio's.
    pub fn timer(mut self, timer: impl Timer) -> Self {
        self.timer = Time::Own(Arc::new(timer));
        self
    }

    /// Makes a client without a timer. Then there are no time-outs and no retries, and a request
    /// that a rate limit would delay fails.
    ///
    /// Without the feature `tokio`, a client has a timer only if [`timer`](Self::timer) or the
    /// transport provides one. If neither does, [`build`](Self::build) fails unless this method was
    /// called. A client that is built with this method has no timer, whichever features other
    /// crates of the program enable.
    pub fn without_timer(mut self) -> Self {
        self.timer = Time::None;
        self
    }

    /// Makes a client without a transport. It builds requests and reads responses
    /// ([`Operation`](crate::client::Operation), [`Client::steps`](crate::Client::steps)), but sends nothing.
    pub fn without_transport(mut self) -> Self {
        self.transport = Way::None;
        self
    }

    /// Adds a hook. It sees every request just before it is sent, and the response just after it
    /// came. This includes retries, redirects and requests for access tokens. See [`Hook`].
    #[doc(alias = "middleware")]
    #[doc(alias = "interceptor")]
    #[doc(alias = "logging")]
    pub fn hook(mut self, hook: impl Hook) -> Self {
        self.hooks.push(Arc::new(hook));
        self
    }
}
