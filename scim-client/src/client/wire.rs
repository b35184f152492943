//! Where requests leave the client: the transport, its time, and the hooks before it.

use std::{
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use http::{Request, Response, Uri};

use super::hooks::{Action, Exchange, Hook, Secretive};
use crate::{
    error::{Error, ErrorKind},
    transport::{
        Instant, Over, Timer, Transport, TransportError, TransportErrorKind, within_runtime,
    },
};

/// What sends one request, once.
pub(super) struct Wire {
    /// `None` for a client that only builds requests.
    pub(super) transport: Option<Arc<dyn Transport>>,
    pub(super) timer: Option<Arc<dyn Timer>>,
    pub(super) try_timeout: Duration,
    pub(super) hooks: Vec<Arc<dyn Hook>>,
    exchanges: AtomicU64,
}

/// What hooks learn of a request.
#[derive(Clone, Copy)]
pub(super) struct Facts<'a> {
    pub(super) attempt: u32,
    pub(super) redirects: usize,
    pub(super) is_token_request: bool,
    pub(super) subject: &'a (dyn Secretive + Sync),
}

/// Why there is no response.
pub(super) enum Unsent {
    /// The request was not handed to the transport, and will not be.
    Refused(Error),
    Failed(TransportError),
}

impl Wire {
    pub(super) fn new(
        transport: Option<Arc<dyn Transport>>,
        timer: Option<Arc<dyn Timer>>,
        try_timeout: Duration,
        hooks: Vec<Arc<dyn Hook>>,
    ) -> Self {
        Self {
            transport,
            timer,
            try_timeout,
            hooks,
            exchanges: AtomicU64::new(0),
        }
    }

    /// The timer, if there is one. Whether it works here is asked when something has to wait.
    pub(super) fn timer(&self) -> Option<&dyn Timer> {
        self.timer.as_deref()
    }

    pub(super) fn now(&self) -> Instant {
        self.timer().map_or_else(Instant::now, Timer::now)
    }

    /// Sends a request, for at most `limit` if there is one.
    pub(super) async fn send(
        &self,
        request: Request<Bytes>,
        limit: Option<Duration>,
        facts: Facts<'_>,
    ) -> Result<Response<Bytes>, Unsent> {
        match self.hooks.is_empty() {
            true => self.transmit(request, limit).await,
            // In a box, so that requests without it are not as large.
            false => Box::pin(self.send_with_hooks(request, limit, facts)).await,
        }
    }

    async fn send_with_hooks(
        &self,
        mut request: Request<Bytes>,
        limit: Option<Duration>,
        facts: Facts<'_>,
    ) -> Result<Response<Bytes>, Unsent> {
        let mut exchange = Exchange {
            number: self.exchanges.fetch_add(1, Ordering::Relaxed) + 1,
            attempt: facts.attempt,
            redirects: facts.redirects,
            is_token_request: facts.is_token_request,
            subject: facts.subject,
            timer: self.timer(),
            started: None,
        };
        let (mut seen, mut answered) = (0, None);
        for hook in &self.hooks {
            let before = origin(request.uri());
            let action = hook.request(&exchange, &mut request);
            let action = action.map_err(|source| {
                let message = format!("a hook refused it: {source}");
                let error = Error::invalid_request(message).with_reason(source);
                Unsent::Refused(error)
            })?;
            if origin(request.uri()) != before {
                let error = Error::invalid_request("a hook changed the origin");
                return Err(Unsent::Refused(error));
            }
            if let Action::Respond(response) = action {
                answered = Some(response);
                break;
            }
            seen += 1;
        }
        let sent = request.clone();
        exchange.started = Some(self.now());
        let mut response = match answered {
            Some(response) => Ok(response),
            None => match self.transmit(request, limit).await {
                Ok(response) => Ok(response),
                Err(Unsent::Failed(error)) => Err(error),
                Err(refused) => return Err(refused),
            },
        };
        for hook in self.hooks.iter().take(seen).rev() {
            hook.response(&exchange, &sent, &mut response);
        }
        response.map_err(Unsent::Failed)
    }

    async fn transmit(
        &self,
        request: Request<Bytes>,
        limit: Option<Duration>,
    ) -> Result<Response<Bytes>, Unsent> {
        let Some(transport) = &self.transport else {
            return Err(Unsent::Refused(no_transport()));
        };
        let sent = pin!(transport.send(request));
        match within_runtime(self.timer(), limit, is_lost, sent).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) => Err(Unsent::Failed(error)),
            Err(Over::RuntimeEnded) => Err(Unsent::Failed(TransportError::of_ended_runtime())),
            Err(Over::TimeUp) => {
                let why = format!("none within {:?}", limit.unwrap_or_default());
                let error = TransportError::new(TransportErrorKind::Timeout, why);
                Err(Unsent::Failed(error))
            }
        }
    }
}

/// Returns whether it may have been sent, and failed as it does where its runtime has ended. `Runtime` is
/// what the transport's own timers give there.
fn is_lost(done: &Result<Response<Bytes>, TransportError>) -> bool {
    let kind = done.as_ref().err().map(TransportError::kind);
    matches!(
        kind,
        Some(TransportErrorKind::Other | TransportErrorKind::Runtime)
    )
}

#[cold]
fn no_transport() -> Error {
    Error::new(
        ErrorKind::Configuration,
        "this client was made `without_transport`: it builds requests and reads responses, and \
         sends nothing",
    )
}

/// Scheme and authority.
pub(super) fn origin(uri: &Uri) -> (Option<http::uri::Scheme>, Option<http::uri::Authority>) {
    (uri.scheme().cloned(), uri.authority().cloned())
}
