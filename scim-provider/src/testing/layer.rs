//! Faults around any service.

use std::{
    convert::Infallible,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use http_body_util::{BodyExt as _, Full};
use scim_models::value::Timestamp;
use tower_service::Service;

use super::fault::{Aimed, Disconnected, Misbehaviours};

/// Faults to put around a service: a router, or a service provider over a store of one's own. Cheap
/// to clone; clones are the same faults.
///
/// What stands between a client and a service provider can be put around any: latency, throttling,
/// failures, cut connections, lost and truncated answers, HTML errors, first pages and malformed
/// elements. What is left out (`NoPatch` and so on), page sizes and the ways of vendors are in the
/// [embedded service provider](super::ServiceProvider) only, and ignored here.
#[derive(Debug, Clone, Default)]
pub struct Faults(Arc<Mutex<Misbehaviours>>);

impl Faults {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Does something wrong from now on, besides what is done already.
    pub fn add(&self, misbehaviour: impl Into<Aimed>) {
        self.lock().add(misbehaviour.into());
    }

    /// Does everything right again.
    pub fn clear(&self) {
        self.lock().clear();
    }

    /// A service with these faults.
    #[must_use]
    pub fn around<S>(&self, service: S) -> Faulty<S> {
        Faulty {
            faults: self.clone(),
            service,
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Misbehaviours> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A service with [`Faults`] around it.
#[derive(Debug, Clone)]
pub struct Faulty<S> {
    faults: Faults,
    service: S,
}

/// What [`Faulty`] and the embedded service provider give as services.
pub type AnswerFuture =
    Pin<Box<dyn Future<Output = Result<Response<Full<Bytes>>, Disconnected>> + Send>>;

impl<S, B, A> Service<Request<B>> for Faulty<S>
where
    S: Service<Request<Full<Bytes>>, Response = Response<A>, Error = Infallible>,
    S: Clone + Send + 'static,
    S::Future: Send,
    A: Body + Send,
    A::Data: Send,
    B: Body + Send + 'static,
    B::Data: Send,
{
    type Response = Response<Full<Bytes>>;
    type Error = Disconnected;
    type Future = AnswerFuture;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Disconnected>> {
        let ready = self.service.poll_ready(context);
        ready.map(|ready| ready.map_err(|never| match never {}))
    }

    fn call(&mut self, request: Request<B>) -> AnswerFuture {
        let faults = self.faults.clone();
        // The one that is ready is used, and a clone kept for the next request.
        let next = self.service.clone();
        let mut service = std::mem::replace(&mut self.service, next);
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let Ok(body) = body.collect().await else {
                return Err(Disconnected::on_purpose());
            };
            let (method, path) = (&parts.method, parts.uri.path());
            let fate = faults.lock().next(method, path, Timestamp::now());
            let process = |parts, body| async move {
                let request = Request::from_parts(parts, Full::new(body));
                let response = match service.call(request).await {
                    Ok(response) => response,
                    Err(never) => match never {},
                };
                let (parts, body) = response.into_parts();
                let body = body
                    .collect()
                    .await
                    .map(http_body_util::Collected::to_bytes);
                Response::from_parts(parts, body.unwrap_or_default())
            };
            let answered = fate.around(parts, body.to_bytes(), process).await;
            answered.map(|response| response.map(Full::new))
        })
    }
}
