//! How far a call has come.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// Where redirects led that were followed before this response came: host and path. An extension of
/// the response.
#[derive(Clone)]
pub(super) struct Redirected(pub(super) String);

/// How far a call has come; outlives the call's future if that is dropped.
#[derive(Default)]
pub(super) struct Progress {
    tries: AtomicU32,
    unknown: AtomicBool,
    limited: AtomicBool,
}

impl Progress {
    /// How many tries were begun.
    pub(super) fn tries(&self) -> u32 {
        self.tries.load(Ordering::Relaxed)
    }

    pub(super) fn begin(&self) {
        self.tries.fetch_add(1, Ordering::Relaxed);
    }

    /// Returns whether the service provider may have processed a request whose response did not come.
    pub(super) fn is_unknown(&self) -> bool {
        self.unknown.load(Ordering::Relaxed)
    }

    /// Returns whether what is waited for now has a limit of its own that ends before that of the
    /// call: then the call need not look at the time.
    pub(super) fn is_limited(&self) -> bool {
        self.limited.load(Ordering::Relaxed)
    }

    pub(super) fn set_limited(&self, limited: bool) {
        self.limited.store(limited, Ordering::Relaxed);
    }

    pub(super) fn set_unknown(&self, unknown: bool) {
        self.unknown.store(unknown, Ordering::Relaxed);
    }
}
