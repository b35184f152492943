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
//!
//! All of this needs the feature `blocking`. Without the feature, the traits are still here, so
//! that the compiler's message can name it.

#[cfg(feature = "blocking")]
mod runtime;

use std::future::IntoFuture;

use crate::{
    client::{Listed, Pages, Results},
    error::Error,
    message::{ListResponse, Outcome, ReadItemOf},
};

/// Implemented by every type if the feature `blocking` of this crate is on, and by none otherwise.
#[diagnostic::on_unimplemented(
    message = "`.wait()` and `.wait_each()` need the feature `blocking` of scim-client",
    label = "the feature `blocking` is not switched on",
    note = "in Cargo.toml, `features = [\"blocking\"]` for scim-client",
    note = "in asynchronous code, `.await` instead of `.wait()`, and \
            `while let Some(next) = stream.next().await` instead of `.wait_each()`"
)]
pub trait FeatureBlocking {
    /// Waits for a future.
    #[doc(hidden)]
    fn wait_for<F: Future>(future: F) -> Result<F::Output, Error>;
}

#[cfg(feature = "blocking")]
impl<T: ?Sized> FeatureBlocking for T {
    fn wait_for<F: Future>(future: F) -> Result<F::Output, Error> {
        runtime::get().map(|runtime| runtime.block_on(future))
    }
}

/// Sends an operation and blocks the thread until its result is there.
pub trait Wait<T>: IntoFuture<Output = Result<T, Error>> + Sized {
    /// Sends the operation and waits for its result.
    ///
    /// # Errors
    /// The errors of the operation. Also [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) when called
    /// from asynchronous code, where waiting would block the runtime. Inside `spawn_blocking` and `block_in_place` it
    /// may wait.
    fn wait(self) -> Result<T, Error>
    where
        Self: FeatureBlocking,
    {
        Self::wait_for(self.into_future())?
    }
}

impl<T, F: IntoFuture<Output = Result<T, Error>>> Wait<T> for F {}

/// An iterator over the resources of a query; see [`Results::wait_each`].
#[derive(Debug)]
pub struct Waiting<T: Listed> {
    results: Results<T>,
    failed: bool,
}

impl<T: Listed> Results<T>
where
    Outcome<T>: ReadItemOf<Kind = T::Kind>,
{
    /// Returns an iterator over the resources of all pages. It waits for each page when it is needed.
    pub fn wait_each(self) -> Waiting<T>
    where
        Self: FeatureBlocking,
    {
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

/// An iterator over the pages of a query; see [`Pages::wait_each`].
#[derive(Debug)]
pub struct WaitingPages<T: Listed> {
    pages: Pages<T>,
    failed: bool,
}

impl<T: Listed> Pages<T>
where
    Outcome<T>: ReadItemOf<Kind = T::Kind>,
{
    /// Returns an iterator over the pages. It waits for each page when it is needed.
    pub fn wait_each(self) -> WaitingPages<T>
    where
        Self: FeatureBlocking,
    {
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
#[cfg(feature = "blocking")]
fn wait_next<T>(
    failed: &mut bool,
    next: impl Future<Output = Option<Result<T, Error>>>,
) -> Option<Result<T, Error>> {
    if *failed {
        return None;
    }
    <T as FeatureBlocking>::wait_for(next).unwrap_or_else(|error| {
        *failed = true;
        Some(Err(error))
    })
}

/// Nothing is waiting: only a function that needs the feature makes it.
#[cfg(not(feature = "blocking"))]
fn wait_next<T>(
    _: &mut bool,
    _: impl Future<Output = Option<Result<T, Error>>>,
) -> Option<Result<T, Error>> {
    None
}
