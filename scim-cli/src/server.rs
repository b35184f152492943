//! A small HTTP server on the loopback interface, for `serve` and `proxy`.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use crate::failure::{Failure, words_of};

/// The largest request that is read: 64 MiB.
const MAX_BODY: usize = 64 * 1024 * 1024;

/// How long nothing is accepted after an error.
const PAUSE: std::time::Duration = std::time::Duration::from_millis(100);

/// What answers requests.
pub(crate) type Handler = Arc<dyn Fn(Request<Bytes>) -> Answering + Send + Sync>;
/// An answer that is on its way.
pub(crate) type Answering = Pin<Box<dyn Future<Output = Response<Bytes>> + Send>>;

/// Listens on a port of the loopback interface; 0 is any free one.
pub(crate) async fn listen(port: u16) -> Result<(TcpListener, SocketAddr), Failure> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .await
        .map_err(|error| cannot_listen(port, &error))?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

/// That there is no listening on a port.
pub(crate) fn cannot_listen(port: u16, error: &std::io::Error) -> Failure {
    let words = words_of(error);
    Failure::usage(format!("cannot listen on port {port}: {words}"))
        .hint("--port 0 takes any free one")
}

/// Answers requests until the future is dropped.
pub(crate) async fn answer(listener: TcpListener, handler: Handler) {
    let mut connections = tokio::task::JoinSet::new();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let handler = Arc::clone(&handler);
                connections.spawn(async move {
                    let service = service_fn(move |request: Request<Incoming>| {
                        let handler = Arc::clone(&handler);
                        async move { Ok::<_, Infallible>(one(request, &handler).await) }
                    });
                    // A client that goes away is nobody's error.
                    let _closed = http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service)
                        .await;
                });
            }
            // There are too many open files, say. It may pass; asking at once would only spin.
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn one(request: Request<Incoming>, handler: &Handler) -> Response<Full<Bytes>> {
    let (parts, body) = request.into_parts();
    let answer = match Limited::new(body, MAX_BODY).collect().await {
        Ok(body) => handler(Request::from_parts(parts, body.to_bytes())).await,
        Err(_) => {
            let mut answer = Response::new(Bytes::from_static(
                b"the request is too large, or was cut off",
            ));
            *answer.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
            answer
        }
    };
    answer.map(Full::new)
}
