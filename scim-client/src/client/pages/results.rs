//! Resource after resource, of page after page.

use std::{
    collections::{HashSet, VecDeque},
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll, ready},
};

use futures_core::Stream;

use super::{Arrived, Pages, unread::Unread};
use crate::{
    client::query::Query,
    error::Error,
    message::{Outcome, ReadItemOf},
    resource::Listed,
};

/// A stream of the resources of a query; see [`Query::stream`].
///
/// It holds the text of one page, and decodes each resource when it is requested. If a page breaks off
/// in the middle, the resources before that place are returned, and then the error. Pages that were
/// requested [ahead](Self::prefetch) are read as they come, and kept.
///
/// ```
/// # use scim_client::{Client, User, testing::ServiceProvider};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let provider = ServiceProvider::new();
/// # let scim = Client::builder("https://scim.example/v2").service(provider.clone()).build()?;
/// # let users = scim.resource::<User>();
/// # for name in ["a", "b", "c"] { users.create(&User::new(name)).await?; }
/// let mut found = users.query().count(1).stream().prefetch(2).without_duplicates();
/// let mut names = Vec::new();
/// while let Some(user) = found.next().await {
///     match user {
///         Ok(user) => names.push(user.user_name.clone()),
///         // One that does not fit; the next follows. A page that failed is the last word.
///         Err(error) => eprintln!("{error}: {:?}", error.body()),
///     }
/// }
/// assert_eq!((names.len(), found.total_results()), (3, Some(3)));
///
/// // Without `async`, with the feature `blocking`:
/// # let waited = std::thread::spawn(move || {
/// for user in users.query().stream().wait_each() {
///     println!("{}", user?.user_name);
/// }
/// # Ok::<(), scim_client::Error>(())
/// # });
/// # waited.join().expect("no panic")?;
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is sent until it is polled"]
pub struct Results<T: Listed> {
    pub(super) pages: Pages<T>,
    /// The page that is being read.
    pub(super) unread: Option<Box<Unread<T>>>,
    /// What is to be given next.
    pub(super) page: VecDeque<Outcome<T>>,
    /// The identifiers that came, if duplicates are left out.
    seen: Option<HashSet<Box<str>>>,
}

impl<T: Listed> Results<T>
where
    Outcome<T>: ReadItemOf<Kind = T::Kind>,
{
    pub(super) fn new(query: Query<T>) -> Self {
        let mut pages = Pages::new(query);
        pages.lazily = true;
        Self {
            pages,
            unread: None,
            page: VecDeque::new(),
            seen: None,
        }
    }

    /// Requests up to `pages` pages ahead, all at once. The order of the resources stays the same.
    /// It has no effect on pages by cursor, because each of them names the next.
    ///
    /// Within a tokio runtime (feature `tokio`), these requests run as tasks. Elsewhere, they proceed
    /// whenever any future of this client is polled.
    pub fn prefetch(mut self, pages: usize) -> Self {
        self.pages = self.pages.prefetch(pages);
        // Where the next pages begin is known when those before them are read.
        self.pages.lazily = pages == 0;
        self
    }

    /// Returns each resource once. If resources are created while pages are read by position, some
    /// move to the next page and come again. This also helps with service providers that count from
    /// zero.
    ///
    /// It remembers every identifier, so memory grows with the list. Resources without an `id` are
    /// always returned.
    pub fn without_duplicates(mut self) -> Self {
        self.seen = Some(HashSet::new());
        self
    }

    /// Returns the next resource, or `None` after the last one.
    ///
    /// # Errors
    /// Either a resource does not fit the type: then there is a [`decode_error`](Error::decode_error),
    /// [`body`](Error::body) has its JSON, and the next call returns the next resource. Or the list
    /// [ended early](Query#errors): then the next call returns `None`.
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        poll_fn(|context| self.poll(context)).await
    }

    /// The `totalResults` of the last page that came.
    pub fn total_results(&self) -> Option<u64> {
        let being_read = self.unread.as_ref();
        let said = being_read.and_then(|page| page.elements.total_results());
        said.or_else(|| self.pages.total_results())
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<T, Error>>> {
        loop {
            while let Some(outcome) = self.page.pop_front() {
                if self.is_duplicate(&outcome) {
                    continue;
                }
                let query = &self.pages.query;
                let result = outcome.map_err(|error| query.blame(Error::decode(error)));
                return Poll::Ready(Some(result));
            }
            if let Some(unread) = self.unread.take() {
                if let Err(error) = self.read_on(unread) {
                    return Poll::Ready(Some(Err(error)));
                }
                continue;
            }
            match ready!(self.pages.poll_arrived(context)) {
                None => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                Some(Ok((Arrived::Unread(unread), _))) => self.unread = Some(unread),
                Some(Ok((Arrived::Read(page), request))) => {
                    match self.pages.delivered(page, &request, context) {
                        Ok(Some(page)) => self.page = page.resources.into(),
                        Ok(None) => {}
                        Err(error) => return Poll::Ready(Some(Err(error))),
                    }
                }
            }
        }
    }

    fn is_duplicate(&mut self, outcome: &Outcome<T>) -> bool {
        match (&mut self.seen, outcome) {
            (Some(seen), Ok(resource)) if !resource.id().is_empty() => {
                !seen.insert(resource.id().into())
            }
            _ => false,
        }
    }
}

impl<T: Listed + Unpin> Stream for Results<T>
where
    Outcome<T>: ReadItemOf<Kind = T::Kind>,
{
    type Item = Result<T, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll(context)
    }
}

impl<T: Listed> std::fmt::Debug for Results<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Results")
            .field("buffered", &self.page.len())
            .finish_non_exhaustive()
    }
}
