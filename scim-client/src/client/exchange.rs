//! How a call is sent: tries, waits, redirects, limits and time-outs.

use std::{
    borrow::Cow,
    future::{Future, poll_fn},
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode, header::LOCATION};

use super::{
    answer::retry_after,
    call::Call,
    credentials::Credentials,
    flight::{Crew, Landed},
    gate::Gate,
    limit::{Limiter, Turn},
    oauth::{Failure, Token},
    retry::RetryPolicy,
};
use crate::{
    error::{Error, ErrorKind},
    transport::{Instant, Timer, TransportError, TransportErrorKind, give_way, within},
};

/// How many redirects are followed.
const MAX_REDIRECTS: usize = 5;

/// After how many requests in a row that were answered at once the executor has a turn.
const AT_ONCE: u32 = 32;

/// A hook that signs requests.
pub(super) type Signer = Box<
    dyn Fn(&mut Request<Bytes>) -> Result<(), Box<dyn std::error::Error + Send + Sync>>
        + Send
        + Sync,
>;

/// How a client sends.
pub(super) struct Sending {
    pub(super) timer: Option<Arc<dyn Timer>>,
    pub(super) retry: RetryPolicy,
    pub(super) timeout: Duration,
    pub(super) try_timeout: Duration,
    pub(super) gate: Option<Gate>,
    /// Narrow ones first.
    pub(super) limiters: Vec<Limiter>,
    pub(super) signer: Option<Signer>,
    pub(super) crew: Crew,
    /// Requests in a row that were answered at once.
    pub(super) at_once: AtomicU32,
}

impl Sending {
    /// The timer, if there is one. Whether it works here is asked when something has to wait.
    pub(super) fn timer(&self) -> Option<&dyn Timer> {
        self.timer.as_deref()
    }

    pub(super) fn now(&self) -> Instant {
        self.timer().map_or_else(Instant::now, Timer::now)
    }

    pub(super) fn try_timeout(&self) -> Option<Duration> {
        Some(self.try_timeout)
    }

    /// Whether a request holds something that others wait for.
    fn holds(&self) -> bool {
        self.gate.is_some() || !self.limiters.is_empty()
    }

    /// Does the work of a request. A transport that is always ready, such as a service in the same
    /// process, gives the executor no turn; now and then this does, or nothing else would ever run,
    /// time-outs included.
    async fn breathing<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        let mut waited = false;
        let done = poll_fn(|context| {
            let polled = work.as_mut().poll(context);
            waited |= polled.is_pending();
            polled
        })
        .await;
        if waited {
            self.at_once.store(0, Ordering::Relaxed);
        } else if self.at_once.fetch_add(1, Ordering::Relaxed) >= AT_ONCE {
            self.at_once.store(0, Ordering::Relaxed);
            give_way().await;
        }
        done
    }
}

/// How far a call has come; outlives the call's future if that is dropped.
#[derive(Default)]
pub(super) struct Progress {
    tries: AtomicU32,
    unknown: AtomicBool,
}

impl Progress {
    /// How many tries were begun.
    #[cfg(feature = "tracing")]
    pub(super) fn tries(&self) -> u32 {
        self.tries.load(Ordering::Relaxed)
    }

    fn begin(&self) {
        self.tries.fetch_add(1, Ordering::Relaxed);
    }

    /// Whether the service provider may have processed a request whose answer did not come.
    fn is_unknown(&self) -> bool {
        self.unknown.load(Ordering::Relaxed)
    }

    fn set_unknown(&self, unknown: bool) {
        self.unknown.store(unknown, Ordering::Relaxed);
    }
}

/// Where redirects led that were followed before this answer came: host and path.
#[derive(Clone)]
pub(super) struct Redirected(pub(super) String);

/// What a try means for the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// There is none.
    Final,
    /// The request was not processed.
    NotProcessed,
    /// The request may have been processed.
    Unknown,
}

struct Failed {
    error: Error,
    verdict: Verdict,
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        let verdict = Verdict::Final;
        Self { error, verdict }
    }
}

type Tried = Result<Response<Bytes>, Failed>;

impl Call {
    /// Sends the request, as often as the retry policy has it, and follows redirects.
    pub(super) async fn send(&self) -> Result<Response<Bytes>, Error> {
        let sending = &self.client().inner.sending;
        if sending.holds() {
            // In a box, so that requests without it are not as large.
            return Box::pin(self.send_as_flight()).await;
        }
        let progress = Progress::default();
        let work = self.in_time(&progress);
        #[cfg(feature = "tracing")]
        let work = super::trace::traced(self, &progress, work);
        sending.breathing(work).await
    }

    /// Sends the request as work that goes on while its caller is not polled: it may hold a place or
    /// a turn that others wait for.
    async fn send_as_flight(&self) -> Result<Response<Bytes>, Error> {
        let progress = Arc::new(Progress::default());
        let (call, own) = (self.clone(), progress.clone());
        let crew = &self.client().inner.sending.crew;
        let work = async {
            let flight = crew.launch(async move { call.in_time(&own).await });
            flight.wait().await;
            match flight.take() {
                Landed::With(done) => done,
                Landed::Taken | Landed::Lost => {
                    let error = Error::new(ErrorKind::Transport, "the runtime has ended");
                    Err(self.blame(error.with_outcome_unknown(progress.is_unknown())))
                }
            }
        };
        #[cfg(feature = "tracing")]
        let work = super::trace::traced(self, &progress, work);
        work.await
    }

    async fn in_time(&self, progress: &Progress) -> Result<Response<Bytes>, Error> {
        let sending = &self.client().inner.sending;
        let timer = sending.timer();
        let total = sending.timeout;
        match within(timer, Some(total), self.tries(timer, progress)).await {
            Ok(done) => done,
            Err(_) => {
                let error = self.timed_out(total);
                Err(error.with_outcome_unknown(progress.is_unknown()))
            }
        }
    }

    async fn tries(
        &self,
        timer: Option<&dyn Timer>,
        progress: &Progress,
    ) -> Result<Response<Bytes>, Error> {
        let sending = &self.client().inner.sending;
        let started = timer.map(Timer::now);
        let deadline = started.and_then(|at| at.checked_add(sending.timeout));
        let (mut tries, mut waited, mut renewed) = (0, Duration::ZERO, false);
        // Whether an earlier try may have been processed; a later one does not tell.
        let mut lost = false;
        loop {
            progress.begin();
            let (token, tried) = self.authenticated(timer, progress, deadline).await;
            if !renewed && self.renew(token.as_ref(), &tried) {
                renewed = true;
                progress.set_unknown(lost);
                continue;
            }
            tries += 1;
            let verdict = verdict(&tried);
            lost |= verdict == Verdict::Unknown && !self.is_safe();
            progress.set_unknown(lost);
            let wait = match verdict {
                Verdict::Final => None,
                Verdict::Unknown if !self.is_idempotent() && !sending.retry.repeat_unsafe => None,
                Verdict::NotProcessed | Verdict::Unknown => {
                    sending.retry.wait(tries, waited, asked(&tried))
                }
            };
            let (Some(wait), Some(timer), Some(started)) = (wait, timer, started) else {
                return self.settle(tried, lost);
            };
            if !timer.is_available() {
                return self.settle(tried, lost);
            }
            let gone = timer.now().saturating_duration_since(started);
            if gone.saturating_add(wait) >= sending.timeout {
                return self.settle(tried, lost);
            }
            #[cfg(feature = "tracing")]
            super::trace::again(tries, wait, tried.as_ref().map_err(|failed| &failed.error));
            drop(tried);
            timer.sleep(wait).await;
            waited += wait;
        }
    }

    /// What the tries came to. `lost`: one of them may have been processed unseen.
    fn settle(&self, tried: Tried, lost: bool) -> Result<Response<Bytes>, Error> {
        let response = match tried {
            Ok(response) => response,
            Err(failed) => return Err(failed.error.with_outcome_unknown(lost)),
        };
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let gone = [StatusCode::NOT_FOUND, StatusCode::GONE].contains(&status);
        let response = self.without_secrets(response);
        if lost {
            let (parts, body) = response.into_parts();
            let error = self.refused(parts.status, parts.headers, &body);
            let gone = status == StatusCode::GONE || gone && error.speaks_scim();
            if gone && *self.method() == Method::DELETE {
                // The try whose answer was lost has deleted it.
                let mut done = Response::new(Bytes::new());
                *done.status_mut() = StatusCode::NO_CONTENT;
                return Ok(done);
            }
            return Err(error.with_outcome_unknown(true));
        }
        Ok(response)
    }

    /// One try, with the access token that it used.
    async fn authenticated(
        &self,
        timer: Option<&dyn Timer>,
        progress: &Progress,
        deadline: Option<Instant>,
    ) -> (Option<Token>, Tried) {
        let inner = &self.client().inner;
        let token = match &inner.credentials {
            Some(Credentials::Token(source)) => match Box::pin(source.token(inner)).await {
                Ok(token) => Some(token),
                Err(failure) => return (None, Err(self.no_token(failure))),
            },
            Some(Credentials::Header { .. }) | None => None,
        };
        let tried = self
            .try_once(timer, progress, deadline, token.as_ref())
            .await;
        (token, tried)
    }

    fn no_token(&self, failure: Failure) -> Failed {
        let verdict = match failure.is_transient() {
            true => Verdict::NotProcessed,
            false => Verdict::Final,
        };
        let error = self.blame(failure.into_error());
        Failed { error, verdict }
    }

    /// Whether another access token should be tried: the service provider refused this one.
    fn renew(&self, token: Option<&Token>, tried: &Tried) -> bool {
        let refused = matches!(tried, Ok(answer) if answer.status() == StatusCode::UNAUTHORIZED);
        match (token, &self.client().inner.credentials) {
            (Some(token), Some(Credentials::Token(source))) if refused => {
                source.refused(token);
                true
            }
            _ => false,
        }
    }

    /// Sends the request once, and again where a redirect within the origin says so.
    async fn try_once(
        &self,
        timer: Option<&dyn Timer>,
        progress: &Progress,
        deadline: Option<Instant>,
        token: Option<&Token>,
    ) -> Tried {
        let inner = &self.client().inner;
        let sending = &inner.sending;
        let token = token.map(Token::value);
        self.check()?;
        let mut place = Cow::from(self.path());
        let mut url: Option<String> = None;
        for redirects in 0..=MAX_REDIRECTS {
            let limiters = sending.limiters.iter();
            let concerned =
                limiters.filter(|own| own.concerns(self.method(), self.relative_path()));
            let turn = Turn::at(concerned, timer)
                .await
                .map_err(|error| self.blame(error))?;
            let entered = match &sending.gate {
                Some(gate) => Some(gate.enter().await),
                None => None,
            };
            // Whoever gives its place up because the time is over lets in who has none left either.
            if let (Some(timer), Some(deadline)) = (timer, deadline)
                && entered.is_some()
                && timer.now() >= deadline
            {
                return Err(self.timed_out(sending.timeout).into());
            }
            // Signed, counted and sent with no wait in between.
            let request = match &url {
                None => self.request_with(token)?,
                Some(url) => self.request_to(url, token)?,
            };
            if url.is_some() {
                place = request.uri().path().to_owned().into();
            }
            if !self.is_safe() {
                progress.set_unknown(true);
            }
            let counted = turn.count(|| sending.now());
            let sent = within(timer, sending.try_timeout(), inner.transport.send(request)).await;
            drop((counted, entered));
            let mut response = match sent {
                Ok(Ok(response)) => response,
                Ok(Err(error)) => return Err(self.failed(error)),
                Err(_) => {
                    let error = self.timed_out(sending.try_timeout);
                    let verdict = Verdict::Unknown;
                    return Err(Failed { error, verdict });
                }
            };
            match self.redirect(&response, &place)? {
                Some(next) => url = Some(next),
                None => {
                    if redirects > 0 {
                        let target = inner.base.shown_target(&place, &place);
                        response.extensions_mut().insert(Redirected(target));
                    }
                    return Ok(response);
                }
            }
        }
        let target = inner.base.shown_target(&place, &place);
        let message = format!("to {target}; too many redirects");
        let error = Error::new(ErrorKind::Redirect, message);
        Err(self.blame(error).into())
    }

    /// Where a redirect of a request to `path` leads, if it may be followed: of every method where
    /// the status keeps the method (RFC 7644 §3.12, Table 8), otherwise of GET.
    fn redirect(&self, response: &Response<Bytes>, path: &str) -> Result<Option<String>, Error> {
        let status = response.status();
        let keeps = match status {
            StatusCode::PERMANENT_REDIRECT | StatusCode::TEMPORARY_REDIRECT => true,
            StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND => self.method() == Method::GET,
            StatusCode::SEE_OTHER => false,
            _ => return Ok(None),
        };
        let location = response.headers().get(LOCATION);
        let Some(location) = location.and_then(|value| value.to_str().ok()) else {
            return Ok(None);
        };
        // Credentials never go to another origin, nor from https to http.
        let base = &self.client().inner.base;
        let inside = base.same_origin(location, path);
        let why = match inside {
            Some(url) if keeps => return Ok(Some(url)),
            Some(_) => format!("{status} of a {} is not followed", self.method()),
            None => "the redirect leaves the origin".to_owned(),
        };
        let target = base.shown_target(location, path);
        let message = format!("to {target}; {why}: is the base URL right, and the credential?");
        let error = Error::new(ErrorKind::Redirect, message);
        let headers = response.headers().clone();
        Err(self.blame(error.with_answer(status, headers)))
    }

    fn failed(&self, error: TransportError) -> Failed {
        let (kind, verdict) = match error.kind() {
            TransportErrorKind::Connect => (ErrorKind::Connect, Verdict::NotProcessed),
            TransportErrorKind::Timeout => (ErrorKind::Timeout, Verdict::Unknown),
            TransportErrorKind::Other => (ErrorKind::Transport, Verdict::Unknown),
            TransportErrorKind::TooLarge => (ErrorKind::Transport, Verdict::Final),
            TransportErrorKind::Runtime => (ErrorKind::Configuration, Verdict::Final),
        };
        // An answer that is too large is the answer to something that was processed.
        let unknown = error.kind() == TransportErrorKind::TooLarge && !self.is_safe();
        let error = Error::new(kind, error.cause()).with_source(error);
        let error = error.with_host(self.client().inner.base.host());
        let error = self.blame(error.with_outcome_unknown(unknown));
        Failed { error, verdict }
    }

    fn timed_out(&self, limit: Duration) -> Error {
        let message = format!("none within {limit:?}");
        let error = Error::new(ErrorKind::Timeout, message);
        self.blame(error.with_host(self.client().inner.base.host()))
    }
}

/// What a try means for the next one.
fn verdict(tried: &Tried) -> Verdict {
    let response = match tried {
        Ok(response) => response,
        Err(failed) => return failed.verdict,
    };
    match response.status() {
        StatusCode::TOO_MANY_REQUESTS => Verdict::NotProcessed,
        // Gateways send 503 of their own when they lose the server behind them, with Retry-After
        // too: RFC 9110 §15.6.4 does not say that nothing was done.
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::BAD_GATEWAY | StatusCode::GATEWAY_TIMEOUT => {
            Verdict::Unknown
        }
        _ => Verdict::Final,
    }
}

/// How long the other side asks to wait.
fn asked(tried: &Tried) -> Option<Duration> {
    match tried {
        Ok(response) => retry_after(response.headers()),
        Err(failed) => failed.error.retry_after(),
    }
}
