//! A service provider over a store.

use std::{
    convert::Infallible,
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context as TaskContext, Poll},
};

use bytes::Bytes;
use http::{Request, Response, StatusCode, request::Parts};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use tower_service::Service;

use crate::{
    authentication::Authenticate,
    body::Body,
    config::Config,
    engine::Engine,
    memory::MemoryStore,
    refusal::{Refusal, Result},
    store::Store,
};

/// A SCIM service provider: all of RFC 7644 and RFC 9865 over a [`Store`]. Cheap to clone; clones are
/// the same service provider.
///
/// It is a `tower` service for `http` requests with any body, and its error is [`Infallible`]. So
/// it can be a route of axum, a service of hyper, or the transport of a client in the same process.
/// It needs no runtime.
///
/// ```
/// use scim_client::{Client, User, http::request::Parts};
/// use scim_provider::{MemoryStore, ServiceProvider};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let provider = ServiceProvider::builder(MemoryStore::new()).bearer_token("foobar").build();
/// // let app = axum::Router::new().route_service("/scim/v2/{*rest}", provider.clone());
/// let scim = Client::builder("https://scim.example/v2")
///     .bearer_token("foobar")
///     .service(provider.clone())
///     .build()?;
/// scim.resource::<User>().create(&User::new("bjensen")).await?;
/// provider.expire_cursors();
/// let store: &MemoryStore = provider.store();
/// # let _ = store;
///
/// // Any `http` request, without tower:
/// let request = scim_client::http::Request::get("/ServiceProviderConfig").body(Default::default())?;
/// assert_eq!(provider.respond(request).await.status(), 200);
///
/// // Whoever asks is found out by a function of one's own, and the store is told.
/// let tenants = ServiceProvider::authenticated(MemoryStore::new(), |_: &Parts| async { Ok(()) });
/// # let _ = tenants.build();
/// # Ok(())
/// # }
/// ```
pub struct ServiceProvider<S: Store = MemoryStore> {
    inner: Arc<Inner<S>>,
}

struct Inner<S: Store> {
    engine: Engine<S>,
    config: Config,
    authenticate: Box<Authenticate<S::Caller>>,
}

impl<S: Store> Clone for ServiceProvider<S> {
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.clone(),
        }
    }
}

impl<S: Store> ServiceProvider<S> {
    pub(crate) fn with(
        engine: Engine<S>,
        config: Config,
        authenticate: Box<Authenticate<S::Caller>>,
    ) -> Self {
        Self {
            inner: Arc::new(Inner {
                engine,
                config,
                authenticate,
            }),
        }
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> &S {
        &self.inner.engine.store
    }

    /// Makes all cursors expire that were returned so far (RFC 9865 §2.1).
    pub fn expire_cursors(&self) {
        self.inner.engine.cursors().expire();
    }

    /// Processes a request and returns its response. Every failure is a response too. If the body
    /// is larger than [`max_payload_size`](crate::ServiceProviderBuilder::max_payload_size), it is
    /// a 413.
    pub async fn respond(&self, request: Request<Bytes>) -> Response<Bytes> {
        let (parts, body) = request.into_parts();
        if body.len() > self.inner.config.max_payload {
            return Unreadable::TooLarge.into_refusal().into_response();
        }
        self.respond_at(None, &parts, &body).await
    }

    /// Like [`respond`](Self::respond); `prefix` is the path of the base URL, if that is fixed.
    pub(crate) async fn respond_at(
        &self,
        prefix: Option<&str>,
        parts: &Parts,
        body: &Bytes,
    ) -> Response<Bytes> {
        let caller = (self.inner.authenticate)(parts).await;
        let Inner { engine, config, .. } = &*self.inner;
        engine.answer(config, caller, parts, body, prefix).await
    }

    #[cfg(feature = "testing")]
    pub(crate) fn config(&self) -> &Config {
        &self.inner.config
    }

    #[cfg(feature = "testing")]
    pub(crate) fn engine(&self) -> &Engine<S> {
        &self.inner.engine
    }
}

impl<S: Store> fmt::Debug for ServiceProvider<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let types = self.inner.engine.types.iter();
        let names: Vec<_> = types.map(crate::ServedType::name).collect();
        f.debug_struct("ServiceProvider")
            .field("resource_types", &names)
            .finish_non_exhaustive()
    }
}

/// The future of [`ServiceProvider`] as a `tower` service.
pub type ResponseFuture = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

impl<S, B> Service<Request<B>> for ServiceProvider<S>
where
    S: Store,
    B: http_body::Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = ResponseFuture;

    fn poll_ready(&mut self, _: &mut TaskContext<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> ResponseFuture {
        let provider = self.clone();
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let Inner {
                engine,
                config,
                authenticate,
            } = &*provider.inner;
            let caller = authenticate(&parts).await;
            let most = match &caller {
                Ok(_) => config.max_payload,
                Err(_) => config.max_payload.min(MAX_OF_STRANGERS),
            };
            let response = match collect(body, most).await {
                Ok(body) => engine.answer(config, caller, &parts, &body, None).await,
                Err(_) if caller.is_err() => {
                    let body = Bytes::new();
                    engine.answer(config, caller, &parts, &body, None).await
                }
                Err(unreadable) => unreadable.into_refusal().into_response(),
            };
            Ok(response.map(Body::from))
        })
    }
}

/// How much of the body of one who is not known is read, in bytes: so much that a client that sends
/// an ordinary request sees the response, and no memory is taken up by anybody.
const MAX_OF_STRANGERS: usize = 64 * 1024;

/// Why a body could not be read.
pub(crate) enum Unreadable {
    TooLarge,
    /// The client went away, or what stands between failed.
    Broken,
}

impl Unreadable {
    pub(crate) fn into_refusal(self) -> Refusal {
        match self {
            Self::TooLarge => Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "the body is too large"),
            Self::Broken => Refusal::new(StatusCode::BAD_REQUEST, "the body cannot be read"),
        }
    }
}

/// The whole body, of at most so many bytes.
pub(crate) async fn collect<B>(body: B, most: usize) -> Result<Bytes, Unreadable>
where
    B: http_body::Body,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    match Limited::new(body, most).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(Unreadable::TooLarge),
        Err(_) => Err(Unreadable::Broken),
    }
}
