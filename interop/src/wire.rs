//! What went over the wire, as it went: for saying whose a failure is.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use scim_client::{
    bytes::Bytes,
    client::{Exchange, Hook},
    http::{Method, Request, Response, StatusCode},
    transport::TransportError,
};

/// A request and what came of it.
#[derive(Debug, Clone)]
pub(crate) struct Exchanged {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) sent: String,
    /// `None` if there was no response.
    pub(crate) response: Option<(StatusCode, String)>,
}

/// The exchanges of a scenario.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wire(Arc<Mutex<Vec<Exchanged>>>);

impl Wire {
    fn list(&self) -> MutexGuard<'_, Vec<Exchanged>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins anew.
    pub(crate) fn clear(&self) {
        self.list().clear();
    }

    /// What went over it since, the first first.
    pub(crate) fn exchanges(&self) -> Vec<Exchanged> {
        self.list().clone()
    }
}

impl Hook for Wire {
    fn response(
        &self,
        _: &Exchange<'_>,
        request: &Request<Bytes>,
        response: &mut Result<Response<Bytes>, TransportError>,
    ) {
        let text = |bytes: &Bytes| String::from_utf8_lossy(bytes).into_owned();
        let exchanged = Exchanged {
            method: request.method().clone(),
            path: request.uri().path().to_owned(),
            sent: text(request.body()),
            response: response
                .as_ref()
                .ok()
                .map(|response| (response.status(), text(response.body()))),
        };
        self.list().push(exchanged);
    }
}
