//! Time that does not depend on what else the machine does.

use std::{
    fs,
    sync::OnceLock,
    time::{Duration, Instant},
};

/// The time that this thread has had on a processor, where the system says it (Linux); elsewhere,
/// the time since the first call.
pub(crate) fn cpu() -> Duration {
    static START: OnceLock<Instant> = OnceLock::new();
    let told = || {
        let text = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        let nanoseconds = text.split_whitespace().next()?.parse().ok()?;
        Some(Duration::from_nanos(nanoseconds))
    };
    told().unwrap_or_else(|| START.get_or_init(Instant::now).elapsed())
}
