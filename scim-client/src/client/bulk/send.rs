//! Sending a bulk: one request after the other, planned anew where one is too large.

use bytes::Bytes;
use http::{Response, StatusCode};

use super::{
    Bulk, BulkResults,
    run::{Next, Run},
    single,
    told::Told,
};
use crate::{
    client::{
        call::Call,
        deferred::Accepted,
        response::{success, unfit},
    },
    error::{Error, ErrorKind, refusal},
    message::{BulkResponse, ScimType},
};

/// How often requests are planned anew because the service provider found one too large.
const MAX_REPLANS: usize = 32;

pub(super) async fn send(bulk: Bulk) -> Result<BulkResults, Error> {
    let mut run = Run::new(bulk)?;
    let denied = match run.call.settings().capabilities().bulk {
        Some(false) => Some(String::from(
            "the service provider has no bulk; `fall_back_to_single_requests` does without",
        )),
        _ => run.in_parts(),
    };
    match denied {
        Some(_) if run.options.fall_back => return single::send(run).await,
        Some(problem) => return Err(Error::invalid_request(problem)),
        None => {}
    }
    run.check_sizes()?;
    let mut replans = 0;
    while let Some(next) = run.next() {
        let mut call = run.call.clone();
        call.body(next.request.to_json());
        let answer = match run.sender.send(&call).await {
            Ok(response) => read(&call, response),
            Err(error) => Err(error),
        };
        let untouched = run.answered_requests() == 0;
        match answer {
            Ok(Reply::Results(response, told)) => run.take(next, response, &told),
            Ok(Reply::Accepted(told)) => run.accepted(next, &told),
            Err(error) if replans < MAX_REPLANS && shrink(&mut run, &next, &error) => {
                replans += 1;
                run.planner.rewind(next.position);
                if untouched {
                    run.check_sizes()?;
                }
            }
            Err(error) if untouched && run.options.fall_back && is_no_bulk(&error) => {
                run.planner.rewind(next.position);
                return single::send(run).await;
            }
            Err(error) if untouched => return Err(error),
            Err(error) => {
                for index in next.indices {
                    run.failed(index, error.clone());
                }
                return Ok(run.finish(Some(error)));
            }
        }
    }
    Ok(run.finish(None))
}

/// What a service provider says to a bulk request.
enum Reply {
    /// What became of operations.
    Results(BulkResponse, Told),
    /// It will process it later.
    Accepted(Accepted),
}

fn read(call: &Call, response: Response<Bytes>) -> Result<Reply, Error> {
    let told = Told {
        accepted: Accepted::of(response.headers()),
        is_later: response.status() == StatusCode::ACCEPTED,
    };
    if !response.status().is_success() {
        // Some answer with the status of the operation that failed, and all the results.
        let text = std::str::from_utf8(response.body()).ok();
        if let Some(Ok(results)) = text.map(BulkResponse::from_json)
            && !results.operations.is_empty()
        {
            return Ok(Reply::Results(results, told));
        }
    }
    let answer = success(call, response)?;
    let results = answer.value().as_deref().map(BulkResponse::from_json);
    // What comes with a 202 says how far the request is (RFC 9110 §15.3.3), in whatever form.
    let says_nothing = match (&results, answer.value()) {
        (Some(Ok(results)), Some(text)) => results.operations.is_empty() && refusal(text).is_none(),
        (Some(Err(_)), Some(text)) => refusal(text).is_none(),
        _ => true,
    };
    match results {
        _ if told.is_later && says_nothing => Ok(Reply::Accepted(told.accepted)),
        None => {
            let error = Error::new(ErrorKind::Decode, "expected a bulk response, found no body");
            let (status, headers) = (answer.status(), answer.headers().clone());
            let error = error.with_outcome_unknown(true);
            Err(call.blame(error.with_answer(status, headers)))
        }
        Some(Ok(results)) => Ok(Reply::Results(results, told)),
        Some(Err(error)) => Err(unfit(call, &answer, error)),
    }
}

/// Returns whether the response means that there is no bulk endpoint.
fn is_no_bulk(error: &Error) -> bool {
    matches!(
        error.status(),
        Some(StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_IMPLEMENTED)
    ) && error.kind() == ErrorKind::Status
}

/// Makes the limits smaller, if the request was too large (RFC 7644 §3.7.4): to what the service
/// provider names, or else to half of the operations.
fn shrink(run: &mut Run, next: &Next, error: &Error) -> bool {
    let words = error.detail().or(error.body()).unwrap_or_default();
    match error.status() {
        Some(StatusCode::PAYLOAD_TOO_LARGE) => {}
        // Some say so with 400.
        Some(StatusCode::BAD_REQUEST) if is_about_size(error, words) => {}
        _ => return false,
    }
    let count = next.indices.len();
    let bytes = next.request.to_json().len();
    let mut shrunk = false;
    if let Some(limit) = number_after(words, "maxoperations").filter(|limit| *limit < count) {
        run.limits.operations = Some(limit);
        shrunk = true;
    }
    if let Some(limit) = number_after(words, "maxpayloadsize").filter(|limit| *limit < bytes) {
        run.limits.bytes = Some(limit);
        shrunk = true;
    }
    // It may be a proxy that says no more than that.
    let named = ["maxoperations", "maxpayloadsize"]
        .iter()
        .any(|w| number_after(words, w).is_some());
    if !named && count > 1 && run.limits.guess.is_none_or(|guess| guess > 1) {
        run.limits.guess = Some(count / 2);
        shrunk = true;
    }
    shrunk
}

/// Returns whether an error without the status for it is about too many operations or bytes.
fn is_about_size(error: &Error, words: &str) -> bool {
    let words = words.to_ascii_lowercase();
    error
        .scim_type()
        .is_some_and(|keyword| *keyword == ScimType::TOO_MANY)
        || ["maxoperations", "maxpayloadsize", "too many operations"]
            .iter()
            .any(|known| words.contains(known))
}

/// The number that follows a word, with other than digits in between.
fn number_after(text: &str, word: &str) -> Option<usize> {
    let text = text.to_ascii_lowercase();
    let (_, rest) = text.split_once(word)?;
    let digits = rest.trim_start_matches(|c: char| !c.is_ascii_digit());
    let end = digits
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(digits.len());
    digits.get(..end)?.parse().ok().filter(|number| *number > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_limits() {
        let text = "The size of the bulk operation exceeds the maxPayloadSize (1048576).";
        assert_eq!(number_after(text, "maxpayloadsize"), Some(1_048_576));
        assert_eq!(number_after(text, "maxoperations"), None);
        assert_eq!(
            number_after("maxOperations is 10", "maxoperations"),
            Some(10)
        );
        assert_eq!(number_after("maxOperations", "maxoperations"), None);
        assert_eq!(number_after("maxOperations 0", "maxoperations"), None);
    }
}
