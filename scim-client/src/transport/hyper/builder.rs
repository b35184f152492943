//! Setting up the transport.

use std::{fmt, sync::Arc, time::Duration};

use http::HeaderValue;
use hyper_util::{
    client::legacy::Client,
    rt::{TokioExecutor, TokioTimer},
};

use super::{HyperTransport, OWN_NAME, connector::Connector};
#[cfg(feature = "rustls")]
use crate::transport::{Roots, Tls};
use crate::{
    error::{Error, ErrorKind},
    shown,
    transport::{BodyLimits, CONNECT_TIMEOUT, IDLE, MAX_BODY, MAX_ERROR_BODY, proxy::Proxies},
};

/// The largest buffer of a connection of HTTP/1, and so the longest head of a response: 32 KiB, twice
/// what most servers allow themselves. Three or four are there at once while a long body comes; by
/// itself, hyper lets each grow to 400 KiB.
const BUFFER: usize = 32 * 1024;

/// Sets up a [`HyperTransport`]: begins with [`HyperTransport::builder`], ends with
/// [`build`](Self::build).
#[must_use]
pub struct HyperTransportBuilder {
    limits: BodyLimits,
    connect_timeout: Duration,
    proxy: Chosen,
    user_agent: HeaderValue,
    #[cfg(feature = "rustls")]
    tls: Tls,
}

enum Chosen {
    Environment,
    None,
    One(String),
}

impl Default for HyperTransportBuilder {
    fn default() -> Self {
        Self {
            limits: BodyLimits {
                success: MAX_BODY,
                error: MAX_ERROR_BODY,
            },
            connect_timeout: CONNECT_TIMEOUT,
            proxy: Chosen::Environment,
            user_agent: OWN_NAME,
            #[cfg(feature = "rustls")]
            tls: Tls::new(),
        }
    }
}

impl HyperTransportBuilder {
    /// Sets which servers are trusted, and the client's certificate.
    #[cfg(feature = "rustls")]
    pub fn tls(mut self, tls: Tls) -> Self {
        self.tls = tls;
        self
    }

    /// Sends all requests through this proxy, in place of those of the environment. `url` has the
    /// scheme `http` or `https`, and a user name and password if the proxy needs them.
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.proxy = Chosen::One(url.into());
        self
    }

    /// Uses no proxy, even if the environment names one.
    pub fn no_proxy(mut self) -> Self {
        self.proxy = Chosen::None;
        self
    }

    /// Sets the `User-Agent` of requests that do not have one (RFC 9110 §10.1.5). The default is
    /// `scim-client` with its version.
    pub fn user_agent(mut self, product: HeaderValue) -> Self {
        self.user_agent = product;
        self
    }

    /// Sets how long connecting may take, including TLS and the proxy. The default is 10 seconds.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Sets the size of the largest response that is read, in bytes after decompression. A larger
    /// one is an error. The default is 64 MiB.
    pub fn max_body(mut self, bytes: usize) -> Self {
        self.limits.success = bytes;
        self
    }

    /// Sets how many bytes are read of a response with an error status. The default is 256 KiB. The
    /// rest is not read.
    pub fn max_error_body(mut self, bytes: usize) -> Self {
        self.limits.error = bytes;
        self
    }

    /// Checks all settings and makes the transport. It sends nothing.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`]: the URL of the proxy or a certificate cannot be used, or the
    /// platform has no certificates to verify servers with.
    pub fn build(self) -> Result<HyperTransport, Error> {
        #[cfg(feature = "rustls")]
        let tls = self.tls.config(Roots::Needed)?;
        self.with_tls(
            #[cfg(feature = "rustls")]
            tls,
        )
    }

    /// Like [`build`](Self::build), with TLS as it is given.
    pub(crate) fn with_tls(
        self,
        #[cfg(feature = "rustls")] tls: rustls::ClientConfig,
    ) -> Result<HyperTransport, Error> {
        let proxies = match self.proxy {
            Chosen::Environment => Proxies::of_the_environment(),
            Chosen::None => Proxies::None,
            Chosen::One(url) => Proxies::one(&url).ok_or_else(|| {
                let url = shown::url_without_secrets(&url);
                let message = format!("the proxy's URL `{url}` is neither http nor https");
                Error::new(ErrorKind::Configuration, message)
            })?,
        };
        let connector = Connector::new(
            proxies.clone(),
            self.connect_timeout,
            #[cfg(feature = "rustls")]
            tls,
        );
        let client = Client::builder(TokioExecutor::new())
            .pool_idle_timeout(IDLE)
            .pool_timer(TokioTimer::new())
            .http1_max_buf_size(BUFFER)
            .build(connector);
        Ok(HyperTransport {
            client,
            limits: self.limits,
            proxies,
            straight: Arc::default(),
            user_agent: self.user_agent,
        })
    }
}

/// Does not show the proxy, because its password is a secret.
impl fmt::Debug for HyperTransportBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HyperTransportBuilder")
            .field("limits", &self.limits)
            .field("connect_timeout", &self.connect_timeout)
            .finish_non_exhaustive()
    }
}
