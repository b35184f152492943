//! Operations into pieces that a request can hold, and pieces into requests.

use super::Dialect;
use crate::{
    filter::PatchPath,
    model::Json,
    patch::{
        Op, Operation,
        text::{self, Shape},
    },
};

/// An operation, and what it counts for.
pub(super) struct Piece {
    operation: Operation,
    added: usize,
    removed: usize,
}

/// Divides operations that are too large for any request.
pub(super) fn pieces(dialect: &Dialect, operations: Vec<Operation>) -> Vec<Piece> {
    let limit = at_least_one(dialect.max_added).min(at_least_one(dialect.max_changed));
    let mut pieces = Vec::new();
    for operation in operations {
        match added_elements(&operation) {
            Some(elements) if elements.len() > limit => {
                for chunk in elements.chunks(limit) {
                    let array = text::array(chunk.iter().copied());
                    pieces.push(Piece {
                        added: chunk.len(),
                        removed: 0,
                        operation: Operation {
                            value: Some(Json::trusted(&array)),
                            ..operation.clone()
                        },
                    });
                }
            }
            elements => {
                let added = elements.map_or(0, |elements| elements.len());
                pieces.push(Piece {
                    added,
                    removed: usize::from(removes_element(&operation)),
                    operation,
                });
            }
        }
    }
    pieces
}

fn at_least_one(limit: Option<usize>) -> usize {
    limit.map_or(usize::MAX, |limit| limit.max(1))
}

/// The elements that are added to a multi-valued attribute.
pub(super) fn added_elements(operation: &Operation) -> Option<Vec<&str>> {
    let path = operation.path.as_ref()?;
    let value = operation.value.as_ref()?.as_str();
    let adds = operation.op == Op::Add && path.filter().is_none();
    if adds && text::shape(value) == Shape::Array {
        text::elements(value).ok()
    } else {
        None
    }
}

fn removes_element(operation: &Operation) -> bool {
    let path = operation.path.as_ref();
    operation.op == Op::Remove
        && path.is_some_and(|path| path.filter().is_some() && path.sub_attribute().is_none())
}

/// One request: its operations, and what they count for.
#[derive(Default)]
struct Request {
    operations: Vec<Operation>,
    added: usize,
    removed: usize,
    /// What the last operation adds, if other additions may join it.
    open: Option<Added>,
}

/// The elements of an operation that others join.
struct Added {
    /// Comma by comma.
    elements: String,
    joined: bool,
}

impl Request {
    /// Returns whether the piece may stand in this request.
    fn takes(&self, dialect: &Dialect, piece: &Piece) -> bool {
        let Some(last) = self.operations.last() else {
            return true;
        };
        let (added, removed) = (self.added + piece.added, self.removed + piece.removed);
        let joins = self.joins(piece);
        let operations = self.operations.len() + usize::from(!joins);
        let mixes = dialect.separate_adds_and_removals && added > 0 && removed > 0;
        let elsewhere = dialect.one_attribute && attribute(last) != attribute(&piece.operation);
        operations <= at_least_one(dialect.max_operations)
            && added <= at_least_one(dialect.max_added)
            && removed <= at_least_one(dialect.max_removed)
            && added.saturating_add(removed) <= at_least_one(dialect.max_changed)
            && !mixes
            && !elsewhere
    }

    /// Returns whether the last operation adds to the same attribute, and can say what this one says.
    ///
    /// Another operation on that attribute must not come between: it might see other elements.
    fn joins(&self, piece: &Piece) -> bool {
        let last = self.operations.last();
        self.open.is_some()
            && piece.added > 0
            && last.is_some_and(|last| last.path == piece.operation.path)
    }

    fn push(&mut self, dialect: &Dialect, piece: Piece) {
        self.added += piece.added;
        self.removed += piece.removed;
        let elements = match dialect.adds_in_one_operation {
            true => added_elements(&piece.operation).map(|elements| elements.join(",")),
            false => None,
        };
        if self.joins(&piece)
            && let (Some(open), Some(elements)) = (&mut self.open, &elements)
        {
            open.elements.push(',');
            open.elements.push_str(elements);
            open.joined = true;
            return;
        }
        self.close();
        self.open = elements.map(|elements| Added {
            elements,
            joined: false,
        });
        self.operations.push(piece.operation);
    }

    /// Writes what has joined the last operation.
    fn close(&mut self) {
        if let Some(open) = self.open.take()
            && open.joined
            && let Some(last) = self.operations.last_mut()
        {
            last.value = Some(Json::trusted(&format!("[{}]", open.elements)));
        }
    }

    fn finish(mut self) -> Vec<Operation> {
        self.close();
        self.operations
    }
}

/// Fills requests, one after the other.
pub(super) fn requests(dialect: &Dialect, pieces: Vec<Piece>) -> Vec<Vec<Operation>> {
    let mut requests = Vec::new();
    let mut current = Request::default();
    for piece in pieces {
        if !current.takes(dialect, &piece) {
            requests.push(std::mem::take(&mut current).finish());
        }
        current.push(dialect, piece);
    }
    if !current.operations.is_empty() {
        requests.push(current.finish());
    }
    requests
}

/// The attribute that an operation changes, without sub-attribute.
fn attribute(operation: &Operation) -> Option<String> {
    let path = operation.path.as_ref()?;
    let name = match path.attribute() {
        Some(path) => format!("{}:{}", path.uri().unwrap_or_default(), path.name()),
        None => path.container().unwrap_or_default().to_owned(),
    };
    Some(name.to_ascii_lowercase())
}

/// Returns whether a path names a whole attribute or a sub-attribute of a single one.
pub(super) fn is_plain(path: &PatchPath) -> bool {
    path.filter().is_none()
}
