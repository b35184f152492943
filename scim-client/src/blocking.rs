//! The client for code that is not asynchronous: every operation with `.wait()`, every stream of
//! resources or pages with `.wait_each()`.
//!
//! ```no_run
//! use scim_client::{Client, User, blocking::Wait as _};
//!
//! # fn example() -> Result<(), scim_client::Error> {
//! let scim = Client::builder("https://auth.example/scim/v2").bearer_token("foobar").build()?;
//! let users = scim.resource::<User>();
//! let babs = users.create(&User::new("bjensen@example.com")).wait()?;
//! for user in users.query().filter(|u| u.active.eq(true)).stream().wait_each() {
//!     println!("{}", user?.user_name);
//! }
//! users.delete(&babs).wait()?;
//! # Ok(())
//! # }
//! ```

use std::{
    future::IntoFuture,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    sync::OnceLock,
    task::{Context, Waker},
};

use tokio::{
    runtime::{Builder, Handle, Runtime},
    task::consume_budget,
};

use crate::{
    client::{Listed, Pages, Results},
    error::{Error, ErrorKind},
    message::{ListResponse, Outcome, ReadItemOf},
};

/// How often a task may ask for its budget, at least, before tokio has it wait; in fact 128 times.
const BUDGET: usize = 256;

/// Whether this thread may wait. Within a runtime it may in `spawn_blocking` and `block_in_place`,
/// and nowhere else. tokio does not say where code runs; but what it polls has a budget, and what
/// may block has none.
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
fn runtime() -> Result<&'static Runtime, Error> {
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

/// Does an operation and waits for its result.
pub trait Wait<T>: IntoFuture<Output = Result<T, Error>> + Sized {
    /// Does it and waits.
    ///
    /// # Errors
    /// Those of the operation; [`ErrorKind::Configuration`] in asynchronous code, where waiting
    /// would stop everything else. In `spawn_blocking` and `block_in_place` it may wait.
    fn wait(self) -> Result<T, Error> {
        runtime()?.block_on(self.into_future())
    }
}

impl<T, F: IntoFuture<Output = Result<T, Error>>> Wait<T> for F {}

/// The resources of a query, one after the other; see [`Results::wait_each`].
#[derive(Debug)]
pub struct Waiting<T: Listed> {
    results: Results<T>,
    failed: bool,
}

impl<T: Listed> Results<T>
where
    Outcome<T>: ReadItemOf<Kind = T::Kind>,
{
    /// Every resource of every page, waiting for each page.
    pub fn wait_each(self) -> Waiting<T> {
        Waiting {
            results: self,
            failed: false,
        }
    }
}

impl<T: Listed> Iterator for Waiting<T>
where
    Outcome<T>: ReadItemOf<Kind = T::Kind>,
{
    type Item = Result<T, Error>;

    fn next(&mut self) -> Option<Result<T, Error>> {
        wait_next(&mut self.failed, self.results.next())
    }
}

/// The pages of a query, one after the other; see [`Pages::wait_each`].
#[derive(Debug)]
pub struct WaitingPages<T: Listed> {
    pages: Pages<T>,
    failed: bool,
}

impl<T: Listed> Pages<T>
where
    Outcome<T>: ReadItemOf<Kind = T::Kind>,
{
    /// Every page, waiting for each.
    pub fn wait_each(self) -> WaitingPages<T> {
        WaitingPages {
            pages: self,
            failed: false,
        }
    }
}

impl<T: Listed> Iterator for WaitingPages<T>
where
    Outcome<T>: ReadItemOf<Kind = T::Kind>,
{
    type Item = Result<ListResponse<Outcome<T>>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        wait_next(&mut self.failed, self.pages.next())
    }
}

/// Waits for what comes next. Where waiting is not possible, that is said once, and is the end.
fn wait_next<T>(
    failed: &mut bool,
    next: impl Future<Output = Option<Result<T, Error>>>,
) -> Option<Result<T, Error>> {
    if *failed {
        return None;
    }
    match runtime() {
        Ok(runtime) => runtime.block_on(next),
        Err(error) => {
            *failed = true;
            Some(Err(error))
        }
    }
}
