//! What goes over the wire, for those who want to see it: `-v`, `--har`, `--curl`. Secrets are
//! masked here, in one place, before anything is shown or written.

mod curl;
mod har;
mod mask;

use std::sync::Arc;
use std::time::{Instant, SystemTime};

use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use scim_client::internal::percent::{percent_decoded, query_decoded};
use scim_client::transport::{SendFuture, Timer, Transport};

pub(crate) use self::curl::{Curl, Word};
pub(crate) use self::har::{Archive, time_text};
pub(crate) use self::mask::Mask;
use crate::terminal::{say, styled, visible};

/// One request and what came of it.
pub(crate) struct Exchange {
    pub(crate) started: SystemTime,
    pub(crate) millis: u64,
    pub(crate) method: String,
    pub(crate) url: String,
    pub(crate) request_headers: HeaderMap,
    pub(crate) request_body: Bytes,
    /// Status, headers and body, or why there is no answer.
    pub(crate) answer: Result<(u16, HeaderMap, Bytes), String>,
}

/// A transport that shows what another one sends and gets.
pub(crate) struct Recorder {
    inner: Arc<dyn Transport>,
    shown: Shown,
}

/// What is shown of exchanges, and where.
#[derive(Clone)]
struct Shown {
    /// 1: a line for each request. 2: headers. 3: bodies.
    verbosity: u8,
    archive: Option<Arc<Archive>>,
    mask: Arc<Mask>,
}

impl Recorder {
    pub(crate) fn new(
        inner: Arc<dyn Transport>,
        verbosity: u8,
        archive: Option<Arc<Archive>>,
        mask: Arc<Mask>,
    ) -> Self {
        let shown = Shown {
            verbosity,
            archive,
            mask,
        };
        Self { inner, shown }
    }
}

/// An exchange that is going on. It is shown when it ends, also where nobody waits for it any longer.
struct Pending {
    exchange: Exchange,
    begin: Instant,
    shown: Shown,
}

impl Drop for Pending {
    fn drop(&mut self) {
        let Self {
            exchange,
            begin,
            shown,
        } = self;
        exchange.millis = u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX);
        show(exchange, shown.verbosity, &shown.mask);
        if let Some(archive) = &shown.archive {
            archive.add(exchange, &shown.mask);
        }
    }
}

impl Transport for Recorder {
    fn send(&self, request: Request<Bytes>) -> SendFuture {
        if self.shown.verbosity == 0 && self.shown.archive.is_none() {
            return self.inner.send(request);
        }
        let mut pending = Pending {
            exchange: Exchange {
                started: SystemTime::now(),
                millis: 0,
                method: request.method().to_string(),
                url: request.uri().to_string(),
                request_headers: request.headers().clone(),
                request_body: request.body().clone(),
                answer: Err("no response".to_owned()),
            },
            begin: Instant::now(),
            shown: self.shown.clone(),
        };
        let sent = self.inner.send(request);
        Box::pin(async move {
            let answer = sent.await;
            pending.exchange.answer = match &answer {
                Ok(response) => Ok(copy(response)),
                Err(error) => Err(error.cause()),
            };
            drop(pending);
            answer
        })
    }

    fn timer(&self) -> Option<Arc<dyn Timer>> {
        self.inner.timer()
    }
}

fn copy(response: &Response<Bytes>) -> (u16, HeaderMap, Bytes) {
    let status = response.status().as_u16();
    (status, response.headers().clone(), response.body().clone())
}

/// Shows an exchange on the standard error.
pub(crate) fn show(exchange: &Exchange, verbosity: u8, mask: &Mask) {
    if verbosity == 0 {
        return;
    }
    let Exchange { method, millis, .. } = exchange;
    let url = mask.text(&exchange.url);
    let came = match &exchange.answer {
        Ok((status, ..)) => status.to_string(),
        Err(why) => mask.text(why),
    };
    if verbosity == 1 {
        say(styled(
            "2",
            &format!("{method} {} {came} {millis} ms", visible(&url)),
        ));
        return;
    }
    say(format_args!("> {method} {}", visible(&url)));
    headers('>', &exchange.request_headers, mask);
    if verbosity > 2 {
        body('>', &exchange.request_body, mask);
    }
    say(format_args!("< {came} ({millis} ms)"));
    if let Ok((_, headers, body)) = &exchange.answer {
        self::headers('<', headers, mask);
        if verbosity > 2 {
            self::body('<', body, mask);
        }
    }
}

fn headers(mark: char, headers: &HeaderMap, mask: &Mask) {
    for (name, value) in headers {
        say(format_args!(
            "{mark} {name}: {}",
            visible(&mask.header(name, value))
        ));
    }
}

fn body(mark: char, body: &Bytes, mask: &Mask) {
    if !body.is_empty() {
        for line in mask.body(body).lines() {
            say(format_args!("{mark} {}", visible(line)));
        }
    }
}

/// A word for the shell.
pub(crate) fn quoted(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_./:=@%+,".contains(&b);
    match !text.is_empty() && text.bytes().all(plain) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}

/// Text for a path or a query, percent-encoded but for what is unreserved (RFC 3986 §2.3).
pub(crate) use scim_client::internal::percent::encode as percent;

/// A parameter as it stands in a URL, decoded.
pub(crate) fn decoded(text: &str) -> String {
    query_decoded(text).into_owned()
}

/// A segment of a path, decoded: there, a plus sign is itself.
pub(crate) fn decoded_segment(text: &str) -> String {
    percent_decoded(text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_decoded() {
        assert_eq!(decoded("filter=a%20eq+%22x%22%"), "filter=a eq \"x\"%");
        assert_eq!(decoded_segment("a%2540b+c"), "a%40b+c");
    }
}
