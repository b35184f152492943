//! A bulk without bulk: a request for each operation, some of them at once.

use std::{collections::VecDeque, sync::Arc};

use http::StatusCode;

use super::{
    BulkResults,
    graph::Link,
    join::JoinSet,
    plan::{PlanError, PlanErrorKind},
    results::http_method,
    run::Run,
};
use crate::{
    Json,
    client::{
        call::{Call, is_entity_tag},
        deferred::Accepted,
        mode::later,
        response::{Response, contradicted, success},
        send::Sender,
    },
    error::{Error, ErrorKind, denial},
    message::{BulkMethod, BulkOperation, BulkResult},
};

/// After how many lost connections and time-outs in a row the rest is not tried.
const MAX_LOST: usize = 3;

/// Which operations wait for which.
struct Queue {
    waits_for: Vec<usize>,
    dependents: Vec<Vec<usize>>,
    ready: VecDeque<usize>,
}

impl Queue {
    fn new(run: &Run) -> Self {
        let links = run.planner.links();
        let mut waits_for = vec![0; links.len()];
        let mut dependents = vec![Vec::new(); links.len()];
        for (operation, links) in links.iter().enumerate() {
            for (other, _) in links {
                if let (Some(waits), Some(followers)) =
                    (waits_for.get_mut(operation), dependents.get_mut(*other))
                {
                    *waits += 1;
                    followers.push(operation);
                }
            }
        }
        let order = run.planner.groups().iter().flatten();
        let ready = order
            .copied()
            .filter(|index| waits_for.get(*index) == Some(&0))
            .collect();
        Self {
            waits_for,
            dependents,
            ready,
        }
    }

    /// Those that waited for this one only are ready.
    fn settled(&mut self, operation: usize) {
        for follower in self
            .dependents
            .get_mut(operation)
            .map(std::mem::take)
            .unwrap_or_default()
        {
            if let Some(waits) = self.waits_for.get_mut(follower) {
                *waits -= 1;
                if *waits == 0 {
                    self.ready.push_back(follower);
                }
            }
        }
    }
}

/// # Errors
/// References in a cycle; or the service provider could not be reached before anything was done.
pub(super) async fn send(mut run: Run) -> Result<BulkResults, Error> {
    refuse_cycles(&run)?;
    let mut queue = Queue::new(&run);
    let mut under_way = JoinSet::new();
    let mut fatal: Option<Error> = None;
    let mut lost_in_a_row = 0;
    loop {
        while fatal.is_none() && !run.is_over() && under_way.len() < run.options.concurrency {
            let Some(index) = queue.ready.pop_front() else {
                break;
            };
            if !run.wanted(index) {
                queue.settled(index);
                continue;
            }
            if let Some(operation) = run.encoded(index) {
                let (sender, bulk) = (run.sender.clone(), run.call.clone());
                let bodies = run.bodies(&operation, index);
                under_way.push(async move {
                    let (answered, answer) = requests(&sender, &bulk, &operation, bodies).await;
                    (index, operation, answered, answer)
                });
            }
        }
        let Some((index, operation, answered, answer)) = under_way.next().await else {
            break;
        };
        run.count_requests(answered);
        match answer {
            Ok(reply) => {
                lost_in_a_row = 0;
                run.count_requests(1);
                match reply {
                    Reply::Result(result) => run.answered(index, &operation, result),
                    Reply::Accepted(accepted) => run.accepted_one(index, accepted),
                }
            }
            Err(error) => {
                if matches!(error.kind(), ErrorKind::Timeout | ErrorKind::Transport) {
                    lost_in_a_row += 1;
                } else {
                    lost_in_a_row = 0;
                }
                if is_fatal(&error) || lost_in_a_row == MAX_LOST {
                    fatal.get_or_insert_with(|| error.clone());
                } else if error.status().is_some() {
                    run.count_requests(1);
                }
                run.failed(index, error);
            }
        }
        queue.settled(index);
    }
    match fatal {
        // With no answer at all, it is the same as for one request.
        Some(error) if run.answered_requests() == 0 => Err(error),
        fatal => Ok(run.finish(fatal)),
    }
}

/// # Errors
/// Operations refer to one another in a cycle.
fn refuse_cycles(run: &Run) -> Result<(), Error> {
    for group in run.planner.groups() {
        let refers_to_itself = |index: &usize| {
            let links = run.planner.links().get(*index).into_iter().flatten();
            links
                .clone()
                .any(|(other, link)| other == index && *link != Link::Order)
        };
        if group.len() > 1 || group.iter().any(refers_to_itself) {
            return Err(run.too_large(PlanError::new(PlanErrorKind::Cycle, group)));
        }
    }
    Ok(())
}

/// Returns whether no other request will fare better.
fn is_fatal(error: &Error) -> bool {
    error.is_connect() || error.is_unauthorized()
}

/// What came of an operation.
enum Reply {
    Result(BulkResult),
    /// It will be processed later.
    Accepted(Accepted),
}

/// Sends the requests that one operation takes, one after the other; each asks for the version
/// that the one before it made. Gives the result of the last, and how many before it were answered.
///
/// `bulk` is the request in whose place they are sent, with its parameters and headers.
async fn requests(
    sender: &Arc<Sender>,
    bulk: &Call,
    operation: &BulkOperation,
    mut bodies: Vec<Json>,
) -> (usize, Result<Reply, Error>) {
    let path = bulk.settings().base.endpoint(&operation.path);
    let mut call = bulk.instead(http_method(operation.method), path);
    call.if_match(operation.version.as_deref());
    let last = bodies.pop();
    for (answered, body) in bodies.iter().enumerate() {
        call.body(body.as_str().to_owned());
        match exchange(sender, &call, operation).await {
            Ok(answer) if is_accepted(operation, &answer) => {
                return (answered + 1, Err(later(&call, &answer)));
            }
            Ok(answer) => call.if_match_now(version_now(&answer).as_deref()),
            Err(error) => return (answered, Err(after(answered, error))),
        }
    }
    if let Some(body) = last {
        call.body(body.as_str().to_owned());
    }
    let answered = bodies.len();
    let answer = exchange(sender, &call, operation).await;
    let reply = answer.map(|answer| match is_accepted(operation, &answer) {
        true => Reply::Accepted(Accepted::of(answer.headers())),
        false => Reply::Result(result(operation, &answer)),
    });
    (answered, reply.map_err(|error| after(answered, error)))
}

/// An error of a request after others that did a part.
fn after(answered: usize, error: Error) -> Error {
    let unknown = answered > 0 || error.is_outcome_unknown();
    error.with_outcome_unknown(unknown)
}

async fn exchange(
    sender: &Arc<Sender>,
    call: &Call,
    operation: &BulkOperation,
) -> Result<Response<Option<String>>, Error> {
    let mut response = sender.send(call).await?;
    if operation.method == BulkMethod::Delete && response.status().is_success() {
        // Any success will do, with or without a body, unless the body says otherwise.
        if let Some(error) = contradicted(call, &response) {
            return Err(error);
        }
        response = http::Response::from_parts(response.into_parts().0, bytes::Bytes::new());
    }
    success(call, response)
}

/// Returns whether it will be done later. A deletion is taken for done, as it is without a bulk.
fn is_accepted(operation: &BulkOperation, answer: &Response<Option<String>>) -> bool {
    let is_refused = || {
        answer
            .value()
            .as_deref()
            .is_some_and(|text| denial(text).is_some())
    };
    let accepted = answer.status() == StatusCode::ACCEPTED && !is_refused();
    accepted && operation.method != BulkMethod::Delete
}

/// The version that a request has made.
fn version_now(answer: &Response<Option<String>>) -> Option<String> {
    let told = answer.version();
    let in_body = || {
        let read = Json::parse(answer.value().as_deref()?).ok()?.to_value();
        Some(read.pointer("/meta/version")?.as_str()?.to_owned())
    };
    told.filter(|version| is_entity_tag(version))
        .map(str::to_owned)
        .or_else(in_body)
        .or_else(|| told.map(str::to_owned))
}

fn result(operation: &BulkOperation, answer: &Response<Option<String>>) -> BulkResult {
    let mut result = BulkResult::new(operation.method, answer.status().as_u16());
    result.bulk_id.clone_from(&operation.bulk_id);
    result.location = answer.location().map(str::to_owned);
    result.version = answer.version().map(str::to_owned);
    // A body that is no JSON does not undo the operation.
    result.response = answer
        .value()
        .as_ref()
        .and_then(|text| Json::parse(text).ok());
    result
}
