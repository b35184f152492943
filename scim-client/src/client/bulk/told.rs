//! What the headers of a response say of every operation in it.

use crate::client::deferred::Accepted;

/// What the headers say of all operations.
pub(super) struct Told {
    /// For those whose result says that they will be done later.
    pub(super) accepted: Accepted,
    /// Whether what has no result will be done later: the status of the whole is 202.
    pub(super) is_later: bool,
}
