//! A service provider on a port of the loopback interface.

use std::{
    fmt, io,
    net::{Ipv4Addr, SocketAddr},
};

use http::Request;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};
use tower_service::Service as _;

use super::provider::ServiceProvider;
use super::runtime::attempted;

/// The path of the base URL.
pub(super) const PREFIX: &str = "/scim/v2";

impl ServiceProvider {
    /// Serves HTTP/1.1 on a free port of 127.0.0.1 until the server is dropped. The path of the
    /// base URL is `/scim/v2`. It needs a tokio runtime with I/O.
    ///
    /// # Errors
    /// There is no free port, or no such runtime.
    pub async fn serve(&self) -> std::io::Result<Server> {
        self.serve_at(0).await
    }

    /// Like [`serve`](Self::serve), on a port that you choose; 0 is any free one.
    ///
    /// # Errors
    /// The port is taken, or may not be used.
    pub async fn serve_at(&self, port: u16) -> std::io::Result<Server> {
        Server::start(self.clone(), port).await
    }
}

/// A running HTTP server; see [`ServiceProvider::serve`]. Dropping it closes the port and all
/// connections.
pub struct Server {
    address: SocketAddr,
    provider: ServiceProvider,
    task: JoinHandle<()>,
}

impl Server {
    pub(super) async fn start(provider: ServiceProvider, port: u16) -> io::Result<Self> {
        let bound = TcpListener::bind((Ipv4Addr::LOCALHOST, port));
        let listener = attempted(bound).await??;
        let address = listener.local_addr()?;
        let task = tokio::spawn(accept(listener, provider.at(PREFIX)));
        Ok(Self {
            address,
            provider,
            task,
        })
    }

    /// The base URL, such as `http://127.0.0.1:49152/scim/v2`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}{PREFIX}", self.address)
    }

    /// The address and port.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The service provider behind the server.
    #[must_use]
    pub fn provider(&self) -> &ServiceProvider {
        &self.provider
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("url", &self.url())
            .finish_non_exhaustive()
    }
}

/// Connections end with this task: a dropped set stops what is in it.
async fn accept(listener: TcpListener, provider: ServiceProvider) {
    let mut connections = JoinSet::new();
    loop {
        if let Ok((stream, _)) = listener.accept().await {
            connections.spawn(serve(stream, provider.clone()));
        } else {
            // Such as too many open files: let others go first.
            tokio::task::yield_now().await;
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn serve(stream: TcpStream, provider: ServiceProvider) {
    let service = service_fn(move |request: Request<Incoming>| provider.clone().call(request));
    // A client that goes away, or a connection that is cut on purpose, is nobody's error.
    let _closed = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
}
