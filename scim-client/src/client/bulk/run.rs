//! The state of a bulk between requests, without a transport.

use std::sync::Arc;

use super::{
    Bulk, BulkVerb, Options,
    book::{Book, links, names},
    matching::match_results,
    outcome::NotProcessed,
    plan::{Costs as _, Limits, PlanError, Planner},
    references,
    results::{Answered, BulkResults, Entry, State},
    told::Told,
};
use crate::{
    Json,
    client::{
        call::Call, deferred::Accepted, operation::OperationBuilder, response::id_of, send::Sender,
    },
    error::{Error, ErrorKind, denial},
    internal,
    message::{BulkMethod, BulkOperation, BulkRequest, BulkResponse, BulkResult},
};

/// A bulk under way.
pub(super) struct Run {
    pub(super) sender: Arc<Sender>,
    pub(super) call: Call,
    pub(super) options: Options,
    number: u32,
    book: Book,
    pub(super) planner: Planner,
    pub(super) limits: Limits,
    unmatched: Vec<BulkResult>,
    errors: u64,
    requests: usize,
}

/// One request, not yet sent.
pub(super) struct Next {
    pub(super) indices: Vec<usize>,
    pub(super) request: BulkRequest,
    /// Where the planner was.
    pub(super) position: usize,
}

impl Run {
    /// # Errors
    /// Something is wrong with an operation, or it fits no request.
    pub(super) fn new(bulk: Bulk) -> Result<Self, Error> {
        let OperationBuilder { sender, call, verb } = bulk;
        let BulkVerb {
            number,
            operations,
            problem,
            parts,
            notes,
            options,
        } = verb;
        if let Some(problem) = problem {
            return Err(Error::invalid_request(problem));
        }
        internal::check_bulk(&operations)
            .map_err(|error| Error::invalid_request(error.to_string()).with_reason(error))?;
        let names = names(&operations);
        let links = links(&operations, &names)?;
        let planner = Planner::new(links.clone(), options.references_in_paths);
        let planner = planner.map_err(|error| too_large(&operations, error))?;
        let capabilities = call.settings().capabilities();
        let limit = |own: Option<u64>, known: Option<u64>| {
            own.or(known)
                .map(|limit| usize::try_from(limit).unwrap_or(usize::MAX))
        };
        let limits = Limits {
            operations: limit(options.max_operations, capabilities.bulk_max_operations),
            bytes: limit(options.max_payload_size, capabilities.bulk_max_payload_size),
            guess: None,
        };
        let states = operations.iter().map(|_| State::Waiting).collect();
        Ok(Self {
            sender,
            call,
            options,
            number,
            book: Book {
                operations,
                parts,
                notes,
                links,
                states,
                names,
                envelope: 0,
                rehearsal: false,
            },
            planner,
            limits,
            unmatched: Vec::new(),
            errors: 0,
            requests: 0,
        })
    }

    /// Why not all of it can be sent as bulk requests, if so.
    pub(super) fn in_parts(&self) -> Option<String> {
        let (index, parts) = self.book.parts.first_key_value()?;
        let count = parts.len();
        Some(format!(
            "operation {index}: the service provider accepts this PATCH only in {count} requests; \
             `fall_back_to_single_requests` sends them"
        ))
    }

    /// All requests, were every operation successful.
    ///
    /// # Errors
    /// An operation or a cycle is too large for a request.
    pub(super) fn preview(mut self) -> Result<Vec<BulkRequest>, Error> {
        if let Some(problem) = self.in_parts() {
            return Err(Error::invalid_request(problem));
        }
        self.book.rehearsal = true;
        let mut requests = Vec::new();
        while let Some(next) = self.plan().map_err(|error| self.too_large(error))? {
            requests.push(next.request);
        }
        Ok(requests)
    }

    /// Whether everything fits, before anything is sent.
    ///
    /// # Errors
    /// An operation or a cycle is too large for a request.
    pub(super) fn check_sizes(&mut self) -> Result<(), Error> {
        let position = self.planner.position();
        self.book.rehearsal = true;
        let checked = loop {
            match self.choose() {
                Ok(indices) if indices.is_empty() => break Ok(()),
                Ok(_) => {}
                Err(error) => break Err(self.too_large(error)),
            }
        };
        self.book.rehearsal = false;
        self.planner.rewind(position);
        checked
    }

    /// The next request; `None` when nothing is left to send. An operation that has become too
    /// large, now that identifiers stand where references were, fails for itself.
    pub(super) fn next(&mut self) -> Option<Next> {
        loop {
            if self.is_over() {
                return None;
            }
            match self.plan() {
                Ok(next) => return next,
                Err(error) => {
                    let indices = error.operations().to_vec();
                    let error = self.too_large(error);
                    for index in indices {
                        self.failed(index, error.clone());
                    }
                }
            }
        }
    }

    fn plan(&mut self) -> Result<Option<Next>, PlanError> {
        let position = self.planner.position();
        let indices = self.choose()?;
        if indices.is_empty() {
            return Ok(None);
        }
        let operations = indices.iter().filter_map(|index| self.book.encoded(*index));
        let request = self.message(operations.collect());
        Ok(Some(Next {
            indices,
            request,
            position,
        }))
    }

    /// The operations of the next request.
    fn choose(&mut self) -> Result<Vec<usize>, PlanError> {
        self.book.envelope = self.message(Vec::new()).to_json().len();
        self.planner.next(self.limits, &mut self.book)
    }

    fn message(&self, operations: Vec<BulkOperation>) -> BulkRequest {
        let left = self
            .options
            .fail_on_errors
            .map(|errors| errors.saturating_sub(self.errors));
        BulkRequest::new(operations).with_fail_on_errors(left)
    }

    /// Returns whether there have been as many errors as allowed.
    pub(super) fn is_over(&self) -> bool {
        self.options
            .fail_on_errors
            .is_some_and(|errors| self.errors >= errors)
    }

    /// Takes the results of a request.
    pub(super) fn take(&mut self, next: Next, response: BulkResponse, told: &Told) {
        self.requests += 1;
        let (matched, mut rest) = match_results(&next.request.operations, response.operations);
        self.call.redact(&next.request.operations, &mut rest);
        // The results of all that was processed must be there (RFC 7644 §3.7): what is missing
        // beside them was not, unless it is one that nobody can tell whose it is. No results at all
        // say nothing.
        let stopped = rest.is_empty() && matched.iter().any(Option::is_some);
        let is_later = rest.is_empty() && told.is_later;
        let unknown = unknown_outcome(rest.len());
        self.unmatched.extend(rest);
        for (place, ((index, operation), result)) in next
            .indices
            .iter()
            .copied()
            .zip(&next.request.operations)
            .zip(matched)
            .enumerate()
        {
            let own = || part_of(&told.accepted, place);
            match result {
                Some(result) if is_accepted(operation, &result) => {
                    let location = result.location.clone();
                    self.accepted_one(index, Accepted { location, ..own() });
                }
                Some(result) => self.note_result(index, operation, result),
                None if is_later => self.accepted_one(index, own()),
                None if stopped => self
                    .book
                    .set(index, State::NotProcessed(NotProcessed::Missing)),
                None => self.failed(index, unknown.clone()),
            }
        }
        // Not before all identifiers are known.
        for index in next.indices {
            self.check_applied(index);
        }
    }

    /// Takes the result of one operation, as it was sent.
    pub(super) fn answered(&mut self, index: usize, sent: &BulkOperation, result: BulkResult) {
        self.note_result(index, sent, result);
        self.check_applied(index);
    }

    /// Looks whether the resource in a result still shows what it had before.
    fn check_applied(&mut self, index: usize) {
        if !self.options.checks {
            return;
        }
        if let Some(error) = self.book.not_applied(&self.call, index) {
            self.failed(index, error);
        }
    }

    fn note_result(&mut self, index: usize, sent: &BulkOperation, mut result: BulkResult) {
        if !result.is_success() {
            self.errors += 1;
            self.call.redact(
                std::slice::from_ref(sent),
                std::slice::from_mut(&mut result),
            );
        }
        let known = if sent.method == BulkMethod::Post {
            None
        } else {
            id_of(&sent.path)
        };
        let known = known.filter(|id| !id.starts_with(references::PREFIX));
        let mut answered = Answered::new(result, known, &sent.path);
        let note = self.book.notes.get(&index);
        answered.unconditional |= note.is_some_and(|note| note.unconditional);
        self.book.set(index, State::Answered(answered));
    }

    /// Takes note that one operation failed without a result.
    pub(super) fn failed(&mut self, index: usize, error: Error) {
        self.errors += 1;
        self.book.set(index, State::Failed(error));
    }

    /// Takes note that a request will be processed later (RFC 9967 §2.5.1.2).
    pub(super) fn accepted(&mut self, next: Next, accepted: &Accepted) {
        self.requests += 1;
        for (place, index) in next.indices.into_iter().enumerate() {
            self.accepted_one(index, part_of(accepted, place));
        }
    }

    /// Takes note that one operation will be processed later.
    pub(super) fn accepted_one(&mut self, index: usize, accepted: Accepted) {
        self.book.set(index, State::Accepted(accepted));
    }

    /// Counts answered requests that are not bulk ones.
    pub(super) fn count_requests(&mut self, answered: usize) {
        self.requests += answered;
    }

    pub(super) fn answered_requests(&self) -> usize {
        self.requests
    }

    /// Returns whether an operation can be sent; one that cannot is marked so.
    pub(super) fn wanted(&mut self, operation: usize) -> bool {
        self.book.wanted(&[operation])
    }

    /// An operation with what is known by now in place of its references.
    pub(super) fn encoded(&self, operation: usize) -> Option<BulkOperation> {
        self.book.encoded(operation)
    }

    /// The bodies of the requests that one operation takes, with what is known by now in place of
    /// their references.
    pub(super) fn bodies(&self, operation: &BulkOperation, index: usize) -> Vec<Json> {
        self.book.bodies(operation, index)
    }

    pub(super) fn too_large(&self, error: PlanError) -> Error {
        too_large(&self.book.operations, error)
    }

    pub(super) fn finish(self, error: Option<Error>) -> BulkResults {
        let notes = self.book.notes;
        let kind = |index: usize| notes.get(&index).and_then(|note| note.kind);
        let entries = self.book.operations.into_iter().zip(self.book.states);
        BulkResults {
            bulk: self.number,
            entries: entries
                .enumerate()
                .map(|(index, (operation, state))| Entry {
                    kind: kind(index),
                    method: operation.method,
                    path: operation.path,
                    state,
                })
                .collect(),
            unmatched: self.unmatched,
            error,
            requests: self.requests,
            strict: self.call.settings().strict,
        }
    }
}

/// What is said of the whole request, for the operation at this place in it (RFC 9967 §2.5.1.2).
fn part_of(whole: &Accepted, place: usize) -> Accepted {
    let mut own = whole.clone();
    own.transaction = own.transaction.map(|whole| format!("{whole}:{place}"));
    // The location is that of the request.
    own.location = None;
    own
}

/// Returns whether a result is none yet: its status is 202. A resource in it may be the one that
/// will be. A deletion is taken for done, as it is without a bulk.
fn is_accepted(sent: &BulkOperation, result: &BulkResult) -> bool {
    let is_refused = || {
        let response = result.response.as_ref();
        response.is_some_and(|response| denial(response.as_str()).is_some())
    };
    result.status == Some(202) && sent.method != BulkMethod::Delete && !is_refused()
}

/// The error of operations without a result that is certainly theirs. `unmatched` is the number
/// of results that came and are nobody's.
fn unknown_outcome(unmatched: usize) -> Error {
    let message = match unmatched {
        0 => "the response has no results".to_owned(),
        count => format!(
            "no result in the response certainly belongs to the operation, and {count} cannot be \
             assigned to any"
        ),
    };
    Error::new(ErrorKind::Decode, message).with_outcome_unknown(true)
}

/// The error of a plan, naming the first operation in words.
fn too_large(operations: &[BulkOperation], error: PlanError) -> Error {
    let first = error
        .operations()
        .first()
        .and_then(|index| operations.get(*index));
    let words = match first {
        Some(first) => format!("{error} ({} {})", first.method, first.path),
        None => error.to_string(),
    };
    Error::invalid_request(words).with_reason(error)
}
