//! The operations of a bulk, and what became of them.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{
    Note,
    graph::{Link, Links},
    outcome::NotProcessed,
    plan::Costs,
    references,
    results::{Answered, State, http_method, id_in},
};
use crate::{
    Json,
    client::{
        applied::Subject,
        call::Call,
        response::{ANOTHER, is_another},
    },
    error::{Error, ErrorKind},
    message::{BulkMethod, BulkOperation},
};

/// The operations and what became of them.
pub(super) struct Book {
    pub(super) operations: Vec<BulkOperation>,
    /// The messages of a PATCH that must not be sent as one.
    pub(super) parts: BTreeMap<usize, Vec<Json>>,
    pub(super) notes: BTreeMap<usize, Note>,
    pub(super) links: Links,
    pub(super) states: Vec<State>,
    /// The operation that creates what a name stands for.
    pub(super) names: HashMap<String, usize>,
    pub(super) envelope: usize,
    /// Whether operations are considered as if everything before them were successful.
    pub(super) rehearsal: bool,
}

impl Book {
    pub(super) fn set(&mut self, index: usize, state: State) {
        if let Some(own) = self.states.get_mut(index) {
            *own = state;
        }
    }

    /// The identifier that a name stands for by now.
    pub(super) fn id_of(&self, name: &str) -> Option<&str> {
        match self.states.get(*self.names.get(name)?)? {
            State::Answered(answered) if answered.is_done() => answered.id.as_deref(),
            _ => None,
        }
    }

    pub(super) fn encoded(&self, index: usize) -> Option<BulkOperation> {
        let mut operation = self.operations.get(index)?.clone();
        let links = self.links.get(index)?;
        if links.iter().any(|(_, link)| *link == Link::Path) {
            operation.path =
                references::substitute_in_path(&operation.path, |name| self.id_of(name));
        }
        if links.iter().any(|(_, link)| *link != Link::Order)
            && let Some(data) = &operation.data
        {
            operation.data = Some(references::substitute(data, |name| self.id_of(name)));
        }
        Some(operation)
    }

    /// The bodies of the requests that one operation takes, with what is known by now in place of
    /// their references.
    pub(super) fn bodies(&self, operation: &BulkOperation, index: usize) -> Vec<Json> {
        let parts = self.parts.get(&index).map(Vec::as_slice);
        let bodies = parts.unwrap_or(operation.data.as_slice());
        let own = |body| references::substitute(body, |name| self.id_of(name));
        bodies.iter().map(own).collect()
    }

    /// The error of an operation whose result shows that it had no effect.
    pub(super) fn not_applied(&self, call: &Call, index: usize) -> Option<Error> {
        let State::Answered(answered) = self.states.get(index)? else {
            return None;
        };
        let response = answered.result.response.as_ref();
        let response = response.filter(|_| answered.is_done())?;
        let operation = self.operations.get(index)?;
        let bodies = self.bodies(operation, index);
        let subject = self
            .notes
            .get(&index)
            .and_then(|note| note.subject.as_ref());
        let is_own = subject.is_some_and(Subject::knows_before);
        if let Some(error) = another(operation.method, is_own, answered, response, &bodies) {
            let error = error.at(&http_method(operation.method), &operation.path);
            return Some(call.blame_operation(&bodies, error));
        }
        let subject = subject?;
        // What an unknown resource is called, nobody can compare.
        if bodies.iter().flat_map(references::find).next().is_some() {
            return None;
        }
        let error = subject.judge(call, operation.method, &bodies, response.as_str())?;
        let error = error.at(&http_method(operation.method), &operation.path);
        Some(call.blame_operation(&bodies, error))
    }

    /// Why an operation cannot be sent, now that those before it have been answered or are in the
    /// request that is being planned.
    fn obstacle(&self, index: usize) -> Option<NotProcessed> {
        let links = self.links.get(index)?.iter();
        let mut needed = links.filter(|(_, link)| *link != Link::Order);
        needed.find_map(|(other, _)| match self.states.get(*other)? {
            State::Waiting => None,
            State::Answered(answered) if answered.is_done() => answered
                .id
                .is_none()
                .then_some(NotProcessed::UnknownId(*other)),
            State::Accepted(_) => Some(NotProcessed::Accepted(*other)),
            _ => Some(NotProcessed::DependsOn(*other)),
        })
    }
}

/// The error, if a result shows another resource than the one that was written.
fn another(
    method: BulkMethod,
    is_own: bool,
    answered: &Answered,
    response: &Json,
    bodies: &[Json],
) -> Option<Error> {
    let (found, sent) = (response.as_str(), bodies.last().map(Json::as_str));
    let asked = answered
        .id
        .as_deref()
        .filter(|_| method != BulkMethod::Post)?;
    let own = id_in(response)?;
    let is_same = own.eq_ignore_ascii_case(asked);
    if is_same || !is_another(asked, is_own, &own, found, sent) {
        return None;
    }
    let error = Error::new(ErrorKind::Decode, ANOTHER).with_body(found);
    Some(error.with_outcome_unknown(true))
}

impl Costs for Book {
    fn wanted(&mut self, group: &[usize]) -> bool {
        if self.rehearsal {
            return true;
        }
        if let Some(obstacle) = group.iter().find_map(|index| self.obstacle(*index)) {
            for index in group {
                self.set(*index, State::NotProcessed(obstacle));
            }
        }
        group
            .iter()
            .all(|index| matches!(self.states.get(*index), Some(State::Waiting)))
    }

    fn bytes(&mut self, operation: usize) -> usize {
        self.encoded(operation)
            .map_or(0, |operation| operation.encoded_len())
    }

    fn envelope(&self) -> usize {
        self.envelope
    }
}

/// Which operation creates what a name stands for.
pub(super) fn names(operations: &[BulkOperation]) -> HashMap<String, usize> {
    let posts = operations
        .iter()
        .enumerate()
        .filter(|(_, o)| o.method == BulkMethod::Post);
    posts
        .filter_map(|(index, post)| Some((post.bulk_id.clone()?, index)))
        .collect()
}

/// What each operation depends on.
///
/// # Errors
/// A reference to nothing.
pub(super) fn links(
    operations: &[BulkOperation],
    names: &HashMap<String, usize>,
) -> Result<Links, Error> {
    let mut last_about: HashMap<&str, usize> = HashMap::new();
    let mut links = Vec::with_capacity(operations.len());
    for (index, operation) in operations.iter().enumerate() {
        let mut own = Vec::new();
        let mut seen = HashSet::new();
        let in_data = operation.data.iter().flat_map(references::find);
        let in_data = in_data.flat_map(|found| {
            let link = if found.is_path() {
                Link::Path
            } else {
                Link::Value
            };
            found.names().into_iter().map(move |name| (name, link))
        });
        let in_path = references::find_in_path(&operation.path).map(|name| (name, Link::Path));
        for (name, link) in in_data.chain(in_path) {
            let Some(other) = names.get(&name) else {
                return Err(Error::invalid_request(format!(
                    "operation {index} ({} {}) refers to `{}{name}`, which no operation of this \
                     bulk creates",
                    operation.method,
                    operation.path,
                    references::PREFIX
                )));
            };
            if seen.insert((*other, link)) {
                own.push((*other, link));
            }
        }
        if operation.method != BulkMethod::Post
            && let Some(before) = last_about.insert(&operation.path, index)
        {
            own.push((before, Link::Order));
        }
        links.push(own);
    }
    Ok(links)
}
