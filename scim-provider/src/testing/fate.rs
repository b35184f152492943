//! What becomes of each request, by the misbehaviours that are in force.

use std::{collections::VecDeque, future::Future, time::Duration};

use bytes::Bytes;
use http::{HeaderValue, Method, Response, StatusCode, header::RETRY_AFTER, request::Parts};
use scim_models::value::Timestamp;

use super::{
    alter,
    fault::{Aimed, Disconnected, Misbehaviour},
    manner::{Manner, Site},
    runtime,
};
use crate::refusal::Refusal;

/// What happens to one request.
#[derive(Debug, Default)]
pub(super) struct Fate {
    latency: Option<Duration>,
    /// Answered without being processed.
    answer: Option<Response<Bytes>>,
    cut: bool,
    lose_answer: bool,
    truncate: bool,
    html_errors: bool,
    always_first: bool,
    malformed: bool,
    /// What is in force for it besides.
    all: Vec<Misbehaviour>,
}

impl Fate {
    /// Sends a request to `process`, if that is its fate, and gives what the client is given.
    /// `answered` is told the status of what was processed.
    ///
    /// # Errors
    /// The client is given nothing.
    pub(super) async fn around<F, A>(
        self,
        mut parts: Parts,
        mut body: Bytes,
        site: &Site,
        process: F,
        answered: impl FnOnce(StatusCode),
    ) -> Result<Response<Bytes>, Disconnected>
    where
        F: Fn(Parts, Bytes) -> A,
        A: Future<Output = Response<Bytes>>,
    {
        if let Some(latency) = self.latency {
            runtime::sleep(latency).await;
        }
        if self.cut {
            return Err(Disconnected::on_purpose());
        }
        if self.always_first {
            alter::without_start(&mut parts, &mut body);
        }
        let mut response = match self.answer {
            Some(response) => response,
            None => {
                let response = match Manner::of(&self.all, site) {
                    Some(manner) => manner.around(parts, body, &process).await,
                    None => process(parts, body).await,
                };
                answered(response.status());
                response
            }
        };
        if self.lose_answer {
            return Err(Disconnected::on_purpose());
        }
        if self.malformed {
            response = alter::malformed(response);
        }
        if self.html_errors {
            response = alter::as_html(response);
        }
        if self.truncate {
            response = alter::truncated(response);
        }
        Ok(response)
    }
}

/// What is in force.
#[derive(Debug, Default)]
pub(super) struct Misbehaviours {
    all: Vec<Aimed>,
    /// When the requests of the last minute came, in seconds since 1970.
    recent: VecDeque<i64>,
}

/// What limits of requests count for: so many in this time.
const MINUTE: i64 = 60;

impl Misbehaviours {
    pub(super) fn add(&mut self, misbehaviour: Aimed) {
        self.all.push(misbehaviour);
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Whether a profile's limit is reached: 429 then, with the time until there is room.
    fn over_limit(&mut self, now: Timestamp) -> Option<Response<Bytes>> {
        let limits = self
            .all
            .iter()
            .filter_map(|misbehaviour| match &misbehaviour.what {
                Misbehaviour::RespondAs(profile) => profile.limits.requests_per_minute,
                _ => None,
            });
        let limit = usize::try_from(limits.min()?).unwrap_or(usize::MAX);
        let now = now.unix_seconds();
        while self
            .recent
            .front()
            .is_some_and(|then| now.saturating_sub(*then) >= MINUTE)
        {
            self.recent.pop_front();
        }
        if self.recent.len() < limit {
            self.recent.push_back(now);
            return None;
        }
        let first = self.recent.front().copied().unwrap_or(now);
        let wait = MINUTE.saturating_sub(now.saturating_sub(first)).max(1);
        Some(too_many(HeaderValue::from(wait)))
    }

    /// Decides on the next request: of what lasts for some requests, the first that is left.
    pub(super) fn next(&mut self, method: &Method, path: &str, now: Timestamp) -> Fate {
        let mut fate = Fate {
            answer: self.over_limit(now),
            ..Fate::default()
        };
        let mut decided = fate.answer.is_some();
        for aimed in &mut self.all {
            if !aimed.is_at(method, path) {
                continue;
            }
            if aimed.spared > 0 {
                aimed.spared -= 1;
                continue;
            }
            if let Some(left) = aimed.what.requests() {
                if decided || *left == 0 {
                    continue;
                }
                *left -= 1;
                decided = true;
            }
            match &aimed.what {
                Misbehaviour::Latency(time) => {
                    fate.latency = Some(fate.latency.unwrap_or_default().saturating_add(*time));
                }
                Misbehaviour::HtmlErrors => fate.html_errors = true,
                Misbehaviour::IgnoreStartIndex => fate.always_first = true,
                Misbehaviour::MalformedElement => fate.malformed = true,
                Misbehaviour::Throttle { retry_after, .. } => {
                    fate.answer = Some(too_many(HeaderValue::from(retry_after.as_secs())));
                }
                Misbehaviour::Fail { status, .. } => {
                    let refusal = Refusal::new(*status, "the service provider fails on purpose");
                    fate.answer = Some(refusal.into_response());
                }
                Misbehaviour::CutConnection { .. } => fate.cut = true,
                Misbehaviour::LoseResponse { .. } => fate.lose_answer = true,
                Misbehaviour::Truncate { .. } => fate.truncate = true,
                // The manner in which this request is answered.
                what => fate.all.push(what.clone()),
            }
        }
        self.all
            .retain_mut(|aimed| aimed.what.requests().is_none_or(|left| *left > 0));
        fate
    }
}

fn too_many(seconds: HeaderValue) -> Response<Bytes> {
    let refusal = Refusal::new(StatusCode::TOO_MANY_REQUESTS, "too many requests");
    refusal.with_header(RETRY_AFTER, seconds).into_response()
}
