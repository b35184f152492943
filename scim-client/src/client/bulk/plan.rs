//! Which operations go into which request.

use std::fmt;

use super::graph::{self, Link, Links};

/// What a request may have at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Limits {
    /// Operations (`maxOperations`).
    pub(super) operations: Option<usize>,
    /// Bytes of the whole body (`maxPayloadSize`).
    pub(super) bytes: Option<usize>,
    /// Operations, unless one cycle alone has more: a guess, where a service provider refuses a
    /// request as too large without saying what would be small enough.
    pub(super) guess: Option<usize>,
}

/// Why an operation, or a cycle of operations that refer to one another, does not fit into a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanError {
    kind: PlanErrorKind,
    operations: Vec<usize>,
}

/// The kinds of [`PlanError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PlanErrorKind {
    /// A cycle of references has more operations than a request may have (`maxOperations`).
    TooManyOperations {
        /// The number of operations in the cycle.
        count: usize,
        /// How many are allowed.
        limit: usize,
    },
    /// Even a request with this operation alone has more bytes than allowed (`maxPayloadSize`).
    TooLarge {
        /// The number of bytes of that request.
        bytes: usize,
        /// How many are allowed.
        limit: usize,
    },
    /// Operations refer to one another in a cycle and cannot be sent in one request, because the
    /// service provider has no bulk, or because a path refers to a resource that another operation
    /// creates.
    Cycle,
}

impl PlanError {
    pub(super) fn new(kind: PlanErrorKind, operations: &[usize]) -> Self {
        Self {
            kind,
            operations: operations.to_vec(),
        }
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> PlanErrorKind {
        self.kind
    }

    /// The positions of the operations, in the order in which they were added, from 0.
    #[must_use]
    pub fn operations(&self) -> &[usize] {
        &self.operations
    }
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.operations {
            [one] => write!(f, "operation {one}: ")?,
            many => {
                f.write_str("the cycle of operations")?;
                for (index, operation) in many.iter().take(8).enumerate() {
                    write!(f, "{} {operation}", if index == 0 { "" } else { "," })?;
                }
                f.write_str(if many.len() > 8 { ", ...: " } else { ": " })?;
            }
        }
        match self.kind {
            PlanErrorKind::TooManyOperations { count, limit } => {
                write!(
                    f,
                    "{count} operations must stay together, a request may have {limit}"
                )
            }
            PlanErrorKind::TooLarge { bytes, limit } => {
                write!(
                    f,
                    "alone in a request it takes {bytes} bytes, a request may have {limit}"
                )
            }
            PlanErrorKind::Cycle => f.write_str("references in a cycle need one bulk request"),
        }
    }
}

impl std::error::Error for PlanError {}

/// Gives one request after the other. It moves on only by what fits.
#[derive(Debug, Clone)]
pub(super) struct Planner {
    groups: Vec<Vec<usize>>,
    links: Links,
    /// Whether a path may refer to an operation of the same request.
    references_in_paths: bool,
    next: usize,
    chosen: Chosen,
}

/// Some of the operations: it costs nothing to look whether one is among them.
#[derive(Debug, Clone)]
struct Chosen {
    /// In which round each was added last.
    rounds: Vec<usize>,
    round: usize,
}

impl Chosen {
    fn of(operations: usize) -> Self {
        Self {
            rounds: vec![0; operations],
            round: 1,
        }
    }

    fn clear(&mut self) {
        self.round += 1;
    }

    fn add(&mut self, operations: &[usize]) {
        for operation in operations {
            if let Some(round) = self.rounds.get_mut(*operation) {
                *round = self.round;
            }
        }
    }

    fn has(&self, operation: usize) -> bool {
        self.rounds.get(operation) == Some(&self.round)
    }
}

/// What a planner asks about operations that it considers.
pub(super) trait Costs {
    /// Returns whether all of these can still be sent.
    fn wanted(&mut self, group: &[usize]) -> bool;
    /// How many bytes an operation takes, given what is known by now.
    fn bytes(&mut self, operation: usize) -> usize;
    /// How many bytes a request takes without operations.
    fn envelope(&self) -> usize;
}

impl Planner {
    /// # Errors
    /// A cycle that goes through a path.
    pub(super) fn new(links: Links, references_in_paths: bool) -> Result<Self, PlanError> {
        let groups = graph::groups(&links);
        let mut planner = Self {
            groups,
            chosen: Chosen::of(links.len()),
            links,
            references_in_paths,
            next: 0,
        };
        for group in &planner.groups {
            planner.chosen.clear();
            planner.chosen.add(group);
            if planner.must_wait(group) {
                return Err(PlanError::new(PlanErrorKind::Cycle, group));
            }
        }
        Ok(planner)
    }

    pub(super) fn links(&self) -> &Links {
        &self.links
    }

    /// All operations, in the order in which they are planned.
    pub(super) fn groups(&self) -> &[Vec<usize>] {
        &self.groups
    }

    /// Where the next request begins.
    pub(super) fn position(&self) -> usize {
        self.next
    }

    /// Plans again from where a request began.
    pub(super) fn rewind(&mut self, position: usize) {
        self.next = position;
    }

    /// Returns whether the path of one of `group` refers to one of the chosen operations.
    fn must_wait(&self, group: &[usize]) -> bool {
        let mut links = group
            .iter()
            .filter_map(|operation| self.links.get(*operation))
            .flatten();
        !self.references_in_paths
            && links.any(|(other, link)| *link == Link::Path && self.chosen.has(*other))
    }

    /// The operations of the next request; none when all are done.
    ///
    /// # Errors
    /// A group that fits no request. The planner has passed over it.
    pub(super) fn next(
        &mut self,
        limits: Limits,
        costs: &mut impl Costs,
    ) -> Result<Vec<usize>, PlanError> {
        let mut request: Vec<usize> = Vec::new();
        let mut bytes = costs.envelope();
        self.chosen.clear();
        while let Some(group) = self.groups.get(self.next) {
            if !costs.wanted(group) {
                self.next += 1;
                continue;
            }
            if self.must_wait(group) {
                break;
            }
            let count = request.len() + group.len();
            let mut own = 0;
            if limits.bytes.is_some() {
                own = group
                    .iter()
                    .map(|operation| costs.bytes(*operation) + 1)
                    .sum();
            }
            // There is a comma before each operation but the first.
            let size = (bytes + own).saturating_sub(usize::from(request.is_empty()));
            let kind = match (limits.operations, limits.bytes) {
                (Some(limit), _) if count > limit => {
                    Some(PlanErrorKind::TooManyOperations { count, limit })
                }
                (_, Some(limit)) if size > limit => {
                    Some(PlanErrorKind::TooLarge { bytes: size, limit })
                }
                _ => None,
            };
            if request.is_empty() {
                self.next += 1;
                match kind {
                    Some(kind) => return Err(PlanError::new(kind, group)),
                    None => request.clone_from(group),
                }
                self.chosen.add(&request);
            } else if kind.is_some() || limits.guess.is_some_and(|guess| count > guess) {
                break;
            } else {
                self.next += 1;
                request.extend_from_slice(group);
                self.chosen.add(group);
            }
            bytes = size;
        }
        Ok(request)
    }
}

#[cfg(test)]
mod tests;
