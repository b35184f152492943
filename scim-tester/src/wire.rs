//! Requests as they are, and the record of every exchange.

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Request, header};
use scim_client::transport::{Transport, TransportErrorKind};

use crate::{base::Base, stop::Stop};

mod ask;
mod curl;
mod exchange;
mod mask;

pub use self::exchange::Exchange;
pub(crate) use self::{
    ask::{Ask, Credentials},
    curl::curl,
    exchange::Answer,
    mask::Secrets,
};
pub(crate) use crate::percent::{encoded, percent_decoded};

/// Sends requests, and remembers all exchanges.
pub(crate) struct Wire {
    transport: Arc<dyn Transport>,
    pub(crate) base: String,
    /// The query of the base URL, which each request has.
    query: String,
    authorization: Option<String>,
    headers: Vec<(String, String)>,
    timeout: Duration,
    max_requests: usize,
    between: Option<Duration>,
    log: Mutex<Vec<Answer>>,
    /// Answers in a row that cannot be used: none at all, 5xx.
    unanswered: AtomicUsize,
    failing: AtomicUsize,
    /// Answers in a row that refuse the run's own credentials (401), or that ask to wait (429).
    refused: AtomicUsize,
    busy: AtomicUsize,
    /// Answers in a row that are pages for people.
    pages: AtomicUsize,
    /// For how many seconds in all it was waited because of 429.
    waited: AtomicU64,
    /// How many connections ended before an answer.
    losses: AtomicUsize,
    /// The exchanges that these lost, and that had an answer over another connection.
    recovered: Mutex<BTreeSet<usize>>,
    /// The exchanges that were sent again because the server was busy.
    excused: Mutex<BTreeSet<usize>>,
    deadline: Instant,
}

/// Whether an answer asks to wait: 429, or 503 that says until when (RFC 9110 §15.6.4).
fn is_busy(answer: &Exchange) -> bool {
    answer.status == 429 || answer.status == 503 && answer.header("retry-after").is_some()
}

/// Scheme and host with its port, in one form, and what stands behind them.
fn origin(url: &str) -> Option<(String, &str)> {
    let (scheme, rest) = url.split_once("://")?;
    let (host, path) = rest.split_at_checked(rest.find(['/', '?', '#']).unwrap_or(rest.len()))?;
    let (scheme, host) = (scheme.to_ascii_lowercase(), host.to_ascii_lowercase());
    let port = match scheme.as_str() {
        "https" => ":443",
        "http" => ":80",
        _ => "",
    };
    let host = host.strip_suffix(port).unwrap_or(&host);
    Some((format!("{scheme}://{host}"), path))
}

/// What the last requests of a run are for, in place of a check.
pub(crate) const CLEAN_UP: &str = "clean-up";

/// After how many requests in a row without an answer, or with 5xx, a server is given up.
const GIVEN_UP_UNANSWERED: usize = 3;
const GIVEN_UP_FAILING: usize = 40;
/// After how many 401 in a row to the run's own credentials, and how many 429 in a row.
const GIVEN_UP_REFUSED: usize = 10;
const GIVEN_UP_BUSY: usize = 10;
/// After how many pages in a row.
const GIVEN_UP_PAGES: usize = 10;

/// After how many lost requests each has a connection of its own: a server that closes connections
/// without saying so would lose more.
const LOSSES: usize = 2;

/// How far apart requests are sent again that were refused at the same time.
const TURN_MILLIS: u64 = 40;

/// For how many seconds one run waits in all because a server answers 429, and at most at once.
const MAX_WAITED: u64 = 300;
const MAX_WAITED_THEN: u64 = 40;
const MAX_WAIT: u64 = 30;

pub(crate) struct WireOptions {
    pub(crate) authorization: Option<String>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) timeout: Duration,
    pub(crate) max_requests: usize,
    pub(crate) rate: Option<f64>,
    /// When the run is over.
    pub(crate) deadline: Instant,
}

impl Wire {
    pub(crate) fn new(transport: Arc<dyn Transport>, base: &Base, options: WireOptions) -> Self {
        Self {
            transport,
            base: base.url.clone(),
            query: base.query.clone(),
            authorization: options.authorization,
            headers: options.headers,
            timeout: options.timeout,
            max_requests: options.max_requests,
            between: options
                .rate
                .filter(|rate| *rate > 0.0)
                .and_then(|rate| Duration::try_from_secs_f64(1.0 / rate).ok()),
            log: Mutex::new(Vec::new()),
            unanswered: AtomicUsize::new(0),
            failing: AtomicUsize::new(0),
            refused: AtomicUsize::new(0),
            busy: AtomicUsize::new(0),
            pages: AtomicUsize::new(0),
            waited: AtomicU64::new(0),
            losses: AtomicUsize::new(0),
            recovered: Mutex::default(),
            excused: Mutex::default(),
            deadline: options.deadline,
        }
    }

    /// A URL as the base URL would be written, if it is one of the same origin: host names have no letter
    /// case, and the port of a scheme may be written out (RFC 3986 §6.2.3).
    pub(crate) fn at_home(&self, url: &str) -> String {
        match (origin(url), origin(&self.base)) {
            (Some((one, rest)), Some((two, _))) if one == two => {
                let end = self.base.find("://").map_or(0, |at| at + 3);
                let host = self.base.get(end..).unwrap_or_default();
                let end = end + host.find('/').unwrap_or(host.len());
                format!("{}{rest}", self.base.get(..end).unwrap_or_default())
            }
            _ => url.to_owned(),
        }
    }

    /// Whether a URL is one of another host, port or scheme than the base URL.
    pub(crate) fn is_of_other_host(&self, url: &str) -> bool {
        match (origin(url), origin(&self.base)) {
            (Some((one, _)), Some((two, _))) => one != two,
            _ => false,
        }
    }

    pub(crate) fn has_credentials(&self) -> bool {
        self.authorization.is_some()
    }

    pub(crate) fn authorization(&self) -> Option<&str> {
        self.authorization.as_deref()
    }

    pub(crate) fn log(&self) -> MutexGuard<'_, Vec<Answer>> {
        match self.log.lock() {
            Ok(log) => log,
            Err(poisoned) => poisoned.into_inner(),
        }
    }

    /// That an exchange had no answer but because its connection ended: it was sent again and answered.
    pub(crate) fn recovered(&self, number: usize) {
        match self.recovered.lock() {
            Ok(mut known) => known.insert(number),
            Err(poisoned) => poisoned.into_inner().insert(number),
        };
    }

    /// That an answer said to come again later, and that was done.
    fn excused(&self, number: usize) {
        match self.excused.lock() {
            Ok(mut known) => known.insert(number),
            Err(poisoned) => poisoned.into_inner().insert(number),
        };
    }

    /// The exchanges whose answers said to come again later, and that was done.
    pub(crate) fn all_excused(&self) -> BTreeSet<usize> {
        match self.excused.lock() {
            Ok(known) => known.clone(),
            Err(poisoned) => poisoned.into_inner().clone(),
        }
    }

    /// The exchanges that are lost because their connection ended, and nothing else was wrong.
    pub(crate) fn all_recovered(&self) -> BTreeSet<usize> {
        match self.recovered.lock() {
            Ok(known) => known.clone(),
            Err(poisoned) => poisoned.into_inner().clone(),
        }
    }

    /// Why it makes no sense to go on.
    pub(crate) fn given_up(&self) -> Option<String> {
        if self.unanswered.load(Ordering::Relaxed) >= GIVEN_UP_UNANSWERED {
            return Some(format!(
                "{GIVEN_UP_UNANSWERED} requests in a row got no response"
            ));
        }
        if self.failing.load(Ordering::Relaxed) >= GIVEN_UP_FAILING {
            return Some(format!("{GIVEN_UP_FAILING} responses in a row were 5xx"));
        }
        if self.refused.load(Ordering::Relaxed) >= GIVEN_UP_REFUSED {
            return Some(format!(
                "{GIVEN_UP_REFUSED} requests in a row returned 401: the credentials are no longer valid"
            ));
        }
        if self.busy.load(Ordering::Relaxed) >= GIVEN_UP_BUSY {
            return Some(format!(
                "{GIVEN_UP_BUSY} responses in a row were 429 (too many requests) or 503 with Retry-After: try --rate"
            ));
        }
        if self.pages.load(Ordering::Relaxed) >= GIVEN_UP_PAGES {
            return Some(format!(
                "{GIVEN_UP_PAGES} responses in a row were HTML pages or redirects to one: another server responds now"
            ));
        }
        (self.log().len() >= self.max_requests)
            .then(|| format!("the limit of {} requests is reached", self.max_requests))
    }

    /// Sends it. An answer of whatever kind is an answer.
    pub(crate) async fn send(&self, check: &str, ask: Ask) -> Result<Answer, Stop> {
        if let Some(pause) = self.between {
            tokio::time::sleep(pause).await;
        }
        let mut answer = self.once(check, &ask).await;
        // A connection that the server closed meanwhile loses a request; what is safe is sent again.
        if answer.lost && ask.method.is_safe() {
            // Both are one request without an answer.
            let _before = self
                .unanswered
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| n.checked_sub(1));
            let lost = answer.number;
            answer = self.once(check, &ask).await;
            if answer.error.is_none() {
                self.recovered(lost);
            }
        }
        // A server may be busy for a while; what it says is heeded, within reason.
        let mut patience = 4;
        while is_busy(&answer) && patience > 0 {
            let seconds = answer
                .header("retry-after")
                .and_then(|text| text.trim().parse().ok());
            if !self.waits(check, seconds.unwrap_or(1_u64).max(1)).await {
                break;
            }
            // Those that were refused together would be so again.
            let place = u64::try_from(answer.number % 20).unwrap_or(0);
            tokio::time::sleep(Duration::from_millis(place * TURN_MILLIS)).await;
            patience -= 1;
            // What is asked for in time is no failure.
            self.excused(answer.number);
            answer = self.once(check, &ask).await;
        }
        match &answer.error {
            Some(error) => Err(Stop::Network(error.clone())),
            None => Ok(answer),
        }
    }

    /// Waits for a server that is busy, unless it asks for more than a run has.
    async fn waits(&self, check: &str, seconds: u64) -> bool {
        // After the end, only what was made is deleted; that may take its time.
        let in_time = check == CLEAN_UP
            || Instant::now()
                .checked_add(Duration::from_secs(seconds))
                .is_some_and(|then| then < self.deadline);
        if seconds > MAX_WAIT || !in_time {
            return false;
        }
        // Once it was given up, nothing but what is left behind is at stake.
        let most = match self.busy.load(Ordering::Relaxed) >= GIVEN_UP_BUSY {
            true => MAX_WAITED_THEN,
            false => MAX_WAITED,
        };
        if self.waited.fetch_add(seconds, Ordering::Relaxed) + seconds > most {
            return false;
        }
        tokio::time::sleep(Duration::from_secs(seconds)).await;
        true
    }

    async fn once(&self, check: &str, ask: &Ask) -> Answer {
        let mut url = match ask.path.contains("://") {
            true => ask.path.clone(),
            false => format!("{}{}", self.base, ask.path),
        };
        if !ask.query.is_empty() {
            url.push(if url.contains('?') { '&' } else { '?' });
            url.push_str(&ask.query);
        }
        if !self.query.is_empty() && url.starts_with(&self.base) {
            url.push(if url.contains('?') { '&' } else { '?' });
            url.push_str(&self.query);
        }
        let headers = self.headers_of(ask);
        let started = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .map_or(0, |since| {
                u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
            });
        let begun = Instant::now();
        let mut exchange = Exchange {
            number: 0,
            check: check.to_owned(),
            method: ask.method.clone(),
            url,
            request_headers: headers,
            request_body: ask.body.clone().unwrap_or_default(),
            status: 0,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            json: None,
            error: None,
            lost: false,
            foreign: ask.foreign,
            took: Duration::ZERO,
            started,
        };
        let request = Request::builder()
            .method(ask.method.clone())
            .uri(&exchange.url);
        match request.body(exchange.request_body.clone()) {
            Ok(mut request) => {
                *request.headers_mut() = exchange.request_headers.clone();
                let sent = self.transport.send(request);
                match tokio::time::timeout(self.timeout, sent).await {
                    Ok(Ok(response)) => {
                        let (parts, body) = response.into_parts();
                        exchange.status = parts.status.as_u16();
                        exchange.headers = parts.headers;
                        exchange.json = serde_json::from_slice(&body).ok();
                        exchange.body = body;
                    }
                    Ok(Err(error)) => {
                        if error.kind() == TransportErrorKind::TooLarge {
                            self.unanswered.store(0, Ordering::Relaxed);
                        }
                        exchange.lost = error.kind() == TransportErrorKind::Other;
                        self.losses
                            .fetch_add(usize::from(exchange.lost), Ordering::Relaxed);
                        exchange.error = Some(error.cause());
                    }
                    Err(_) => {
                        let limit = self.timeout.as_secs_f64();
                        exchange.error = Some(format!("nothing came within {limit} s"));
                    }
                }
            }
            Err(error) => exchange.error = Some(format!("the request cannot be made: {error}")),
        }
        exchange.took = begun.elapsed();
        self.count(&exchange, ask.credentials == Credentials::Own);
        let mut log = self.log();
        exchange.number = log.len() + 1;
        let answer = Arc::new(exchange);
        log.push(answer.clone());
        answer
    }

    fn count(&self, exchange: &Exchange, own: bool) {
        if exchange.error.is_some() {
            self.unanswered.fetch_add(1, Ordering::Relaxed);
            return;
        }
        self.unanswered.store(0, Ordering::Relaxed);
        let in_a_row = |counter: &AtomicUsize, again: bool| match again {
            true => drop(counter.fetch_add(1, Ordering::Relaxed)),
            false => counter.store(0, Ordering::Relaxed),
        };
        in_a_row(&self.busy, is_busy(exchange));
        // Who is not signed in may be sent to a page for that.
        if own {
            in_a_row(&self.pages, exchange.is_page());
            in_a_row(
                &self.refused,
                exchange.status == 401 && self.has_credentials(),
            );
        }
        match exchange.status {
            500.. if exchange.status != 501 && !is_busy(exchange) => {
                self.failing.fetch_add(1, Ordering::Relaxed);
            }
            _ => self.failing.store(0, Ordering::Relaxed),
        }
    }

    fn headers_of(&self, ask: &Ask) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let mut set = |name: &str, value: &str| {
            let name = HeaderName::from_bytes(name.as_bytes());
            let value = HeaderValue::from_bytes(value.as_bytes());
            let (Ok(name), Ok(mut value)) = (name, value) else {
                return;
            };
            value.set_sensitive(name == header::AUTHORIZATION);
            match value.is_empty() && name != header::AUTHORIZATION {
                true => drop(headers.remove(name)),
                false => drop(headers.insert(name, value)),
            }
        };
        set("accept", "application/scim+json");
        if self.losses.load(Ordering::Relaxed) >= LOSSES {
            set("connection", "close");
        }
        if ask.body.is_some() {
            set("content-type", "application/scim+json");
        }
        for (name, value) in &self.headers {
            set(name, value);
        }
        match (&ask.credentials, &self.authorization) {
            (Credentials::Own, Some(own)) => set("authorization", own),
            (Credentials::Header(other), _) => set("authorization", other),
            _ => {}
        }
        for (name, value) in &ask.headers {
            set(name, value);
        }
        headers
    }
}
