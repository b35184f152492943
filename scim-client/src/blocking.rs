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

use std::{future::IntoFuture, sync::OnceLock};

use tokio::runtime::{Builder, Handle, Runtime};

use crate::{
    client::{Listed, Pages, Results},
    error::{Error, ErrorKind},
    message::{ListResponse, Outcome, ReadItem},
};

/// One runtime for the process, with one thread that keeps connections alive between operations.
fn runtime() -> Result<&'static Runtime, Error> {
    static RUNTIME: OnceLock<Result<Runtime, std::io::Error>> = OnceLock::new();
    let wrong = |why: &str| Error::new(ErrorKind::Configuration, why);
    if Handle::try_current().is_ok() {
        return Err(wrong(
            "`wait` was called in asynchronous code: use `.await` there",
        ));
    }
    let runtime = RUNTIME.get_or_init(|| {
        Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("scim-client")
            .enable_all()
            .build()
    });
    runtime.as_ref().map_err(|error| {
        let source = std::io::Error::new(error.kind(), error.to_string());
        wrong("the runtime of the blocking client").with_source(source)
    })
}

/// Does an operation and waits for its result.
pub trait Wait<T>: IntoFuture<Output = Result<T, Error>> + Sized {
    /// Does it and waits.
    ///
    /// # Errors
    /// Those of the operation; [`ErrorKind::Configuration`] in asynchronous code, where waiting
    /// would stop everything else.
    fn wait(self) -> Result<T, Error> {
        runtime()?.block_on(self.into_future())
    }
}

impl<T, F: IntoFuture<Output = Result<T, Error>>> Wait<T> for F {}

/// The resources of a query, one after the other; see [`Results::wait_each`].
#[derive(Debug)]
pub struct Waiting<T> {
    results: Results<T>,
    failed: bool,
}

impl<T: Listed> Results<T>
where
    Outcome<T>: ReadItem,
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
    Outcome<T>: ReadItem,
{
    type Item = Result<T, Error>;

    fn next(&mut self) -> Option<Result<T, Error>> {
        wait_next(&mut self.failed, self.results.next())
    }
}

/// The pages of a query, one after the other; see [`Pages::wait_each`].
#[derive(Debug)]
pub struct WaitingPages<T> {
    pages: Pages<T>,
    failed: bool,
}

impl<T: Listed> Pages<T>
where
    Outcome<T>: ReadItem,
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
    Outcome<T>: ReadItem,
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
