//! What a query found.

use std::{any::Any, fmt, sync::Arc};

use crate::record::Record;

/// One page of what a query found.
#[derive(Debug, Clone)]
pub struct Found {
    total: u64,
    records: Vec<Record>,
    continuation: Option<Continuation>,
}

impl Found {
    /// A page, and how many resources the query finds in all.
    #[must_use]
    pub fn new(total: u64, records: Vec<Record>) -> Self {
        Self {
            total,
            records,
            continuation: None,
        }
    }

    /// How many resources the query finds in all.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Those of the page.
    #[must_use]
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// Notes something for the following pages, if they are asked for by a cursor (RFC 9865): such
    /// as the list as it is now, or where it is to go on.
    #[must_use]
    pub fn with_continuation(mut self, continuation: Continuation) -> Self {
        self.continuation = Some(continuation);
        self
    }

    pub(crate) fn into_parts(self) -> (u64, Vec<Record>, Option<Continuation>) {
        (self.total, self.records, self.continuation)
    }
}

/// What a store notes between the pages of one cursor. It never leaves the service provider.
#[derive(Clone)]
pub struct Continuation(Arc<dyn Any + Send + Sync>);

impl Continuation {
    /// A note.
    pub fn new<T: Send + Sync + 'static>(note: T) -> Self {
        Self(Arc::new(note))
    }

    /// The note, if it is one of this type.
    #[must_use]
    pub fn get<T: Send + Sync + 'static>(&self) -> Option<&T> {
        self.0.downcast_ref()
    }
}

impl fmt::Debug for Continuation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Continuation(..)")
    }
}
