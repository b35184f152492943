//! The way to a server: straight or through a proxy, with TLS or without.

#[cfg(feature = "rustls")]
use std::sync::Arc;
use std::{
    error::Error,
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use http::{Uri, uri::Scheme};
use hyper_util::client::{legacy::connect::HttpConnector, proxy::matcher::Intercept};
use tower_service::Service;

use super::stream::{Io, Stream};
use crate::transport::proxy::Proxies;

type BoxError = Box<dyn Error + Send + Sync>;

/// After so much silence, the network is asked whether the other end is still there.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// How often it is asked.
const PROBES: u32 = 3;

/// Makes connections.
#[derive(Clone)]
pub(super) struct Connector {
    tcp: HttpConnector,
    #[cfg(feature = "rustls")]
    tls: TlsTo,
    proxies: Proxies,
    timeout: Duration,
}

/// How TLS is done.
#[cfg(feature = "rustls")]
#[derive(Clone)]
struct TlsTo {
    servers: Arc<rustls::ClientConfig>,
    /// To these no HTTP/2 is spoken.
    proxies: Arc<rustls::ClientConfig>,
}

impl Connector {
    pub(super) fn new(
        proxies: Proxies,
        timeout: Duration,
        #[cfg(feature = "rustls")] tls: rustls::ClientConfig,
    ) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        // Divided among the addresses of a host; the whole has its time in `call`.
        tcp.set_connect_timeout(Some(timeout));
        tcp.set_keepalive(Some(KEEP_ALIVE));
        tcp.set_keepalive_interval(Some(KEEP_ALIVE));
        tcp.set_keepalive_retries(Some(PROBES));
        #[cfg(feature = "rustls")]
        let tls = {
            let mut to_proxies = tls.clone();
            to_proxies.alpn_protocols.clear();
            TlsTo {
                servers: Arc::new(tls),
                proxies: Arc::new(to_proxies),
            }
        };
        Self {
            tcp,
            #[cfg(feature = "rustls")]
            tls,
            proxies,
            timeout,
        }
    }

    async fn connect(self, server: Uri) -> Result<Stream, BoxError> {
        let Some(proxy) = self.proxies.of(&server) else {
            return Ok(Stream::new(self.straight(server).await?, false));
        };
        match proxy.uri().scheme_str() {
            Some("http") => {}
            Some("https") if cfg!(feature = "rustls") => {}
            Some("https") => return Err(Unsupported("the feature `rustls`").into()),
            _ => return Err(Unsupported("another transport than that over hyper").into()),
        }
        match server.scheme() == Some(&Scheme::HTTPS) {
            true => Ok(Stream::new(self.tunnel(proxy, server).await?, false)),
            false => Ok(Stream::new(self.proxied(proxy).await?, true)),
        }
    }
}

#[cfg(feature = "rustls")]
impl Connector {
    async fn straight(self, server: Uri) -> Result<Io, BoxError> {
        let mut way = hyper_rustls::HttpsConnector::from((self.tcp, self.tls.servers));
        Ok(Io::Http(way.call(server).await?))
    }

    async fn proxied(self, proxy: Intercept) -> Result<Io, BoxError> {
        let mut way = hyper_rustls::HttpsConnector::from((self.tcp, self.tls.proxies));
        Ok(Io::Http(way.call(proxy.uri().clone()).await?))
    }

    /// TLS to the server, through a proxy that sees nothing of it (RFC 9110 §9.3.6).
    async fn tunnel(self, proxy: Intercept, server: Uri) -> Result<Io, BoxError> {
        use hyper_util::client::legacy::connect::proxy::Tunnel;

        let to_proxy = hyper_rustls::HttpsConnector::from((self.tcp, self.tls.proxies));
        let mut tunnel = Tunnel::new(proxy.uri().clone(), to_proxy);
        if let Some(credentials) = proxy.basic_auth() {
            tunnel = tunnel.with_auth(credentials.clone());
        }
        let mut way = hyper_rustls::HttpsConnector::from((tunnel, self.tls.servers));
        way.call(server).await
    }
}

/// Without TLS there is nothing to tunnel.
#[cfg(not(feature = "rustls"))]
impl Connector {
    async fn straight(mut self, server: Uri) -> Result<Io, BoxError> {
        if server.scheme() == Some(&Scheme::HTTPS) {
            return Err(NoTls.into());
        }
        Ok(self.tcp.call(server).await?)
    }

    async fn proxied(mut self, proxy: Intercept) -> Result<Io, BoxError> {
        Ok(self.tcp.call(proxy.uri().clone()).await?)
    }

    async fn tunnel(self, _: Intercept, _: Uri) -> Result<Io, BoxError> {
        Err(NoTls.into())
    }
}

impl Service<Uri> for Connector {
    type Response = Stream;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Stream, BoxError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, server: Uri) -> Self::Future {
        let (timeout, this) = (self.timeout, self.clone());
        Box::pin(async move {
            match tokio::time::timeout(timeout, this.connect(server)).await {
                Ok(connected) => connected,
                Err(_) => Err(Late(timeout).into()),
            }
        })
    }
}

/// Connecting took too long.
#[derive(Debug)]
struct Late(Duration);

impl fmt::Display for Late {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "connecting took longer than {:?}", self.0)
    }
}

impl Error for Late {}

/// A kind of proxy that this transport does not know.
#[derive(Debug)]
struct Unsupported(&'static str);

impl fmt::Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a proxy of this kind needs {}", self.0)
    }
}

impl Error for Unsupported {}

/// A build without TLS.
#[cfg(not(feature = "rustls"))]
#[derive(Debug)]
struct NoTls;

#[cfg(not(feature = "rustls"))]
impl fmt::Display for NoTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("https needs TLS: the feature `rustls` of scim-client")
    }
}

#[cfg(not(feature = "rustls"))]
impl Error for NoTls {}
