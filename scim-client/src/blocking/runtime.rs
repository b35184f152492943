//! The runtime that waits.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    sync::OnceLock,
    task::{Context, Waker},
};

use tokio::{
    runtime::{Builder, Handle, Runtime},
    task::consume_budget,
};

use crate::error::{Error, ErrorKind};

/// How often a task may ask for its budget, at least, before tokio has it wait; in fact 128 times.
const BUDGET: usize = 256;

/// Returns whether this thread may wait. Within a runtime it may in `spawn_blocking` and
/// `block_in_place`, and nowhere else. tokio does not say where code runs; but what it polls has a
/// budget, and what may block has none.
fn may_wait(runtime: &Runtime) -> bool {
    if Handle::try_current().is_err() {
        return true;
    }
    let mut context = Context::from_waker(Waker::noop());
    let has_budget = (0..BUDGET).any(|_| pin!(consume_budget()).poll(&mut context).is_pending());
    // Code that was polled without a budget (`unconstrained`) is found out by trying.
    !has_budget && catch_unwind(AssertUnwindSafe(|| runtime.block_on(async {}))).is_ok()
}

/// One runtime for the process, with one thread that keeps connections alive between operations.
pub(super) fn get() -> Result<&'static Runtime, Error> {
    static RUNTIME: OnceLock<Result<Runtime, std::io::Error>> = OnceLock::new();
    let wrong = |why: &str| Error::new(ErrorKind::Configuration, why);
    let runtime = RUNTIME.get_or_init(|| {
        Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("scim-client")
            .enable_all()
            .build()
    });
    let runtime = runtime.as_ref().map_err(|error| {
        let source = std::io::Error::new(error.kind(), error.to_string());
        wrong("the runtime of the blocking client").with_source(source)
    })?;
    match may_wait(runtime) {
        true => Ok(runtime),
        false => Err(wrong(
            "`wait` was called in asynchronous code: use `.await` there",
        )),
    }
}
