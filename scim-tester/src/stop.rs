//! Why a check ends before its end.

/// What a check comes to before it ends; see [`crate::trial`].
pub(crate) type Step = Result<(), Stop>;

/// Why a check ends early.
#[derive(Debug, Clone)]
pub(crate) enum Stop {
    /// What is wrong was noted in the trial.
    Failed,
    /// There is nothing to check, for this reason.
    Skip(String),
    /// Something that another check is for does not work.
    Blocked(&'static str, String),
    /// No response, for this reason.
    Network(String),
    /// An error of the tester: it was about to write to a resource that it did not create.
    Guard(String),
    /// The run is over: interrupted, out of time, or the server is gone.
    Ended,
}

/// Why what writes is skipped in a run that writes nothing.
pub(crate) const READ_ONLY: &str = "it writes, and the run is read-only";
