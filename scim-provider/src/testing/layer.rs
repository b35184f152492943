//! Faults around any service.

use std::{
    convert::Infallible,
    future::{Future, poll_fn},
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt as _;
use scim_models::{Group, User, value::Timestamp};
use tower_service::Service;

use super::{
    fate::Misbehaviours,
    fault::{Aimed, Disconnected},
    manner::Site,
};
use crate::{body::Body, record::ServedType};

/// Faults around another service: a router, or a service provider over your own store. Cheap to
/// clone; clones share the same faults.
///
/// Every [`Misbehaviour`](super::Misbehaviour) works around any service provider, also the imitation
/// of a vendor. The service behind must follow RFC 7644. Its requests are then refused, or its
/// responses are reduced, cut into other pages or rewritten. A misbehaviour cannot add an ability
/// that the service does not have.
///
/// The service behind may see other requests than those that were sent, and more of them. If a write
/// is refused here, the service first gets a GET of the resource, so that a caller without access
/// learns that first. If a list must be complete, it is read page by page. Each write is sent once.
///
/// The meaning of a path follows from the endpoints of the [types](Self::resource_types). For other
/// paths, only the method is known. A path without an endpoint is taken for the base URL if it ends
/// with a slash, or if its last segment is `scim` or a version such as `v2`.
///
/// ```
/// use scim_client::{Client, User};
/// use scim_provider::{MemoryStore, ServiceProvider, testing::{Faults, Misbehaviour}};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// // In place of the first line: your own router, or a service provider over your own store.
/// let own = ServiceProvider::builder(MemoryStore::new()).build();
/// let faults = Faults::new();
/// faults.add(Misbehaviour::respond_as("entra").expect("a profile of this name"));
/// let scim = Client::builder("https://scim.example/v2").service(faults.around(own)).build()?;
/// let users = scim.resource::<User>();
/// let babs = users.create(&User::new("bjensen")).await?;
/// let put = users.replace_at(babs.id(), &User::new("bjensen")).await.unwrap_err();
/// assert_eq!(put.status().map(|status| status.as_u16()), Some(501)); // Entra ID has no PUT
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Faults {
    all: Arc<Mutex<Misbehaviours>>,
    site: Site,
}

impl Default for Faults {
    fn default() -> Self {
        Self {
            all: Arc::default(),
            site: Site {
                types: Arc::new([ServedType::of::<User>(), ServedType::of::<Group>()]),
                prefix: None,
            },
        }
    }
}

impl Faults {
    /// Makes an empty set of faults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the types that the service behind serves. The default is [`User`] and [`Group`]. Their
    /// endpoints determine the meaning of paths, and their attributes that of filters and PATCH
    /// messages.
    #[must_use]
    pub fn resource_types(mut self, types: impl IntoIterator<Item = ServedType>) -> Self {
        self.site.types = types.into_iter().collect();
        self
    }

    /// Adds a fault.
    pub fn add(&self, misbehaviour: impl Into<Aimed>) {
        self.lock().add(misbehaviour.into());
    }

    /// Removes all faults.
    pub fn clear(&self) {
        self.lock().clear();
    }

    /// Wraps a service with these faults.
    #[must_use]
    pub fn around<S>(&self, service: S) -> Faulty<S> {
        Faulty {
            faults: self.clone(),
            service,
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Misbehaviours> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A service with [`Faults`] around it.
#[derive(Debug, Clone)]
pub struct Faulty<S> {
    faults: Faults,
    service: S,
}

/// The future of [`Faulty`] and of the embedded service provider as `tower` services.
pub type ResponseFuture =
    Pin<Box<dyn Future<Output = Result<Response<Body>, Disconnected>> + Send>>;

impl<S, B, A> Service<Request<B>> for Faulty<S>
where
    S: Service<Request<Body>, Response = Response<A>, Error = Infallible>,
    S: Clone + Send + 'static,
    S::Future: Send,
    A: http_body::Body + Send,
    A::Data: Send,
    B: http_body::Body + Send + 'static,
    B::Data: Send,
{
    type Response = Response<Body>;
    type Error = Disconnected;
    type Future = ResponseFuture;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Disconnected>> {
        let ready = self.service.poll_ready(context);
        ready.map(|ready| ready.map_err(|never| match never {}))
    }

    fn call(&mut self, request: Request<B>) -> ResponseFuture {
        let faults = self.faults.clone();
        // The one that is ready is used, and a clone kept for the next request.
        let next = self.service.clone();
        let ready = std::mem::replace(&mut self.service, next);
        let services = Mutex::new((Some(ready), self.service.clone()));
        let is_broken = Arc::new(AtomicBool::new(false));
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let Ok(body) = body.collect().await else {
                return Err(Disconnected::on_purpose());
            };
            let (method, path) = (&parts.method, parts.uri.path());
            let fate = faults.lock().next(method, path, Timestamp::now());
            let process = |parts, body| {
                let mut services = services.lock().unwrap_or_else(PoisonError::into_inner);
                let ready = services.0.take();
                let other = services.1.clone();
                let is_broken = is_broken.clone();
                async move {
                    let request = Request::from_parts(parts, Body::from(body));
                    let response = processed(ready, other, request).await;
                    // A part of a response is none.
                    response.unwrap_or_else(|| {
                        is_broken.store(true, Ordering::Relaxed);
                        Response::default()
                    })
                }
            };
            let body = body.to_bytes();
            let answered = fate
                .around(parts, body, &faults.site, process, |_| {})
                .await;
            match is_broken.load(Ordering::Relaxed) {
                true => Err(Disconnected::on_purpose()),
                false => answered.map(|response| response.map(Body::from)),
            }
        })
    }
}

/// The response of a service that is ready, or else of another; `None` if its body does not come to
/// its end.
async fn processed<S, A>(
    ready: Option<S>,
    mut other: S,
    request: Request<Body>,
) -> Option<Response<Bytes>>
where
    S: Service<Request<Body>, Response = Response<A>, Error = Infallible>,
    A: http_body::Body,
{
    let mut service = match ready {
        Some(ready) => ready,
        None => match poll_fn(|context| other.poll_ready(context)).await {
            Ok(()) => other,
            Err(never) => match never {},
        },
    };
    let response = match service.call(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    let (parts, body) = response.into_parts();
    let body = body.collect().await.ok()?;
    Some(Response::from_parts(parts, body.to_bytes()))
}
