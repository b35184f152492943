//! Page after page, as one stream.

mod lazily;
mod memory;
mod pager;
mod results;
mod unread;

use std::{
    borrow::Cow,
    collections::VecDeque,
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll, ready},
};

use futures_core::Stream;

pub use self::results::Results;
use self::{
    lazily::too_many,
    memory::{fingerprint, mark_of},
    pager::{Came, Pager, Step},
    unread::{Keys, Unread},
};
use super::{
    flight::Landed,
    operation::{OperationFuture, Verb as _},
    query::{Query, QueryVerb, moved},
};
use crate::{
    error::{Error, ErrorKind},
    message::{ListResponse, Outcome, ReadItemOf, SearchRequest},
    resource::Listed,
};

/// How many resources a page is asked for, unless set otherwise.
const PAGE: u64 = 100;

/// How many pages [`Query::all`] reads at most, unless set otherwise.
const ALL_PAGES: u64 = 100_000;

/// How many resources [`Query::all`] reads at most, unless set otherwise.
const ALL_RESOURCES: u64 = 1_000_000;

impl<T: Listed> Query<T>
where
    Outcome<T>: ReadItemOf<Kind = T::Kind>,
{
    /// Streams the resources of all pages. Pages are requested by position or by cursor, whichever
    /// the service provider offers.
    ///
    /// A resource that cannot be read is one `Err`, and the stream goes on with the next one.
    ///
    /// ```
    /// # use scim_client::{Client, User, testing::ServiceProvider};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let provider = ServiceProvider::new();
    /// # let scim = Client::builder("https://scim.example/v2").service(provider.clone()).build()?;
    /// # let users = scim.resource::<User>();
    /// let mut found = users.query().stream().prefetch(2).without_duplicates();
    /// while let Some(user) = found.next().await {
    ///     println!("{} of {:?}", user?.user_name, found.total_results());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Each [`next`](Results::next) can return [the errors of `Query`](Query#errors).
    #[doc(alias = "iter")]
    #[doc(alias = "pagination")]
    #[doc(alias = "paginate")]
    pub fn stream(self) -> Results<T> {
        Results::new(self)
    }

    /// Streams the pages as the service provider sent them, with totals and cursors. This is for
    /// programs that process page by page, or that store a position. Pages are requested as by
    /// [`stream`](Self::stream).
    ///
    /// ```no_run
    /// # async fn example(scim: scim_client::Client) -> Result<(), scim_client::Error> {
    /// let mut pages = scim.resource::<scim_client::User>().query().count(500).pages();
    /// while let Some(page) = pages.next().await {
    ///     let page = page?;
    ///     println!("{} of {:?}", page.resources.len(), page.total_results);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn pages(self) -> Pages<T> {
        Pages::new(self)
    }

    /// Reads all resources of all pages: at most 1,000,000 on at most 100,000 pages.
    /// [`max_resources`](Self::max_resources) and [`max_pages`](Self::max_pages) change these limits.
    ///
    /// # Errors
    /// The error of the first resource or page that cannot be read; [`ErrorKind::Paging`] if there
    /// are more resources or pages than that. In addition, [the errors of `Query`](Query#errors).
    ///
    /// ```
    /// # use scim_client::{Client, Error, Stored, User};
    /// # async fn example(scim: &Client) -> Result<Vec<Stored<User>>, Error> {
    /// scim.resource::<User>().query().filter(|u| u.active.eq(false)).all().await
    /// # }
    /// ```
    #[doc(alias = "collect")]
    #[doc(alias = "list")]
    pub fn all(mut self) -> OperationFuture<Vec<T>> {
        Box::pin(async move {
            self.cap(ALL_PAGES, ALL_RESOURCES);
            let mut results = self.stream();
            let mut all = Vec::new();
            while let Some(result) = results.next().await {
                all.push(result?);
            }
            Ok(all)
        })
    }

    /// Reads the first resource that matches, if any. It requests one page of one resource.
    ///
    /// # Errors
    /// The resource or the page cannot be read. In addition, [the errors of `Query`](Query#errors).
    pub fn first(self) -> OperationFuture<Option<T>> {
        Box::pin(async move { self.with_own_count(1).stream().next().await.transpose() })
    }

    /// Returns how many resources match, without reading them.
    ///
    /// # Errors
    /// The response cannot be read, or has no `totalResults` ([`ErrorKind::Decode`]). In addition,
    /// [the errors of `Query`](Query#errors).
    pub fn total(self) -> OperationFuture<u64> {
        Box::pin(async move {
            let mut query = self.with_own_count(0);
            let mut answer = QueryVerb::send(query.clone()).await;
            if let Err(error) = &answer
                && query.may_do_without_count(error)
            {
                query.forget_count();
                answer = QueryVerb::send(query.clone()).await.or(answer);
            }
            let page = answer?.into_value();
            page.total_results.ok_or_else(|| {
                query.blame(Error::new(
                    ErrorKind::Decode,
                    "the response has no totalResults",
                ))
            })
        })
    }
}

/// A stream of the pages of a query; see [`Query::pages`].
///
/// ```
/// # use scim_client::{Client, User, testing::ServiceProvider};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let provider = ServiceProvider::new();
/// # let scim = Client::builder("https://scim.example/v2").service(provider.clone()).build()?;
/// # let users = scim.resource::<User>();
/// # for name in ["a", "b", "c"] { users.create(&User::new(name)).await?; }
/// let mut pages = users.query().count(2).pages().prefetch(1);
/// while let Some(page) = pages.next().await {
///     let page = page?;
///     println!("from {:?}: {}", page.start_index, page.resources.len());
/// }
/// assert_eq!(pages.total_results(), Some(3));
/// # let waited = std::thread::spawn(move || {
/// for page in users.query().pages().wait_each() {     // the feature `blocking`
///     println!("{}", page?.resources.len());
/// }
/// # Ok::<(), scim_client::Error>(())
/// # });
/// # waited.join().expect("no panic")?;
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is sent until it is polled"]
pub struct Pages<T: Listed> {
    query: Query<T>,
    pager: Pager,
    in_flight: VecDeque<InFlight<T>>,
    ahead: usize,
    /// How many resources the pages before had.
    before: u64,
    /// Why nothing can follow the page that was given last.
    broken: Option<Cow<'static, str>>,
    /// How many pages and resources came.
    came: (u64, u64),
    /// A page has come since the executor had a turn.
    due: bool,
    /// The first page was refused, and is asked for once more without a page size.
    refused: Option<Error>,
    /// Whether pages are read by whoever takes them.
    lazily: bool,
    /// The first page that came so, and the last one.
    known: [Option<Keys>; 2],
}

/// With what it was asked for by.
type PageThatCame<T> = Result<(Arrived<T>, SearchRequest), Error>;

/// A page that was asked for.
struct InFlight<T> {
    request: SearchRequest,
    /// Whether it was asked for before it was needed.
    early: bool,
    future: OperationFuture<Arrived<T>>,
    came: Option<Result<Arrived<T>, Error>>,
}

/// A page that came.
enum Arrived<T> {
    Read(ListResponse<Outcome<T>>),
    Unread(Box<Unread<T>>),
}

impl<T: Listed> Pages<T>
where
    Outcome<T>: ReadItemOf<Kind = T::Kind>,
{
    pub(super) fn new(query: Query<T>) -> Self {
        let query = query.with_page_size(PAGE);
        let mut request = query.search_request().clone();
        let limit = query.settings().capabilities().max_results;
        request.count = request
            .count
            .map(|count| count.min(limit.unwrap_or(u64::MAX)));
        if query.only_cursors() && request.start_index.is_none() && request.cursor.is_none() {
            request.cursor = Some(String::new());
        }
        let until_short_page = query.reading().until_short_page;
        Self {
            query,
            pager: Pager::new(request, until_short_page),
            in_flight: VecDeque::new(),
            ahead: 0,
            broken: None,
            came: (0, 0),
            due: false,
            refused: None,
            before: 0,
            lazily: false,
            known: [None, None],
        }
    }

    /// Requests up to `pages` pages ahead; see [`Results::prefetch`].
    pub fn prefetch(mut self, pages: usize) -> Self {
        self.ahead = pages;
        self
    }

    /// Returns the next page, or `None` after the last one. A page that comes a second time is left out.
    ///
    /// # Errors
    /// [The errors of `Query`](Query#errors). After an error, `next` returns `None`.
    pub async fn next(&mut self) -> Option<Result<ListResponse<Outcome<T>>, Error>> {
        poll_fn(|context| self.poll(context)).await
    }

    /// The `totalResults` of the last page that came.
    pub fn total_results(&self) -> Option<u64> {
        self.pager.total
    }

    fn poll(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<ListResponse<Outcome<T>>, Error>>> {
        loop {
            let (page, request) = match ready!(self.poll_arrived(context)) {
                None => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                // Those are for `Results`.
                Some(Ok((Arrived::Unread(_), _))) => continue,
                Some(Ok((Arrived::Read(page), request))) => (page, request),
            };
            if let Some(page) = self.delivered(page, &request, context).transpose() {
                return Poll::Ready(Some(page));
            }
        }
    }

    /// The next page as it came, with what it was asked for by.
    fn poll_arrived(&mut self, context: &mut Context<'_>) -> Poll<Option<PageThatCame<T>>> {
        loop {
            if let Some(why) = self.broken.take() {
                return Poll::Ready(Some(Err(self.end(self.unusable(why)))));
            }
            // A transport that is always ready gives the executor no turn, and a list may be long.
            if std::mem::take(&mut self.due) && !self.pager.is_done() {
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            self.ask(self.ahead.saturating_add(1));
            self.poll_in_flight(context);
            let (came, early) = match self.in_flight.front_mut() {
                None => return Poll::Ready(None),
                Some(next) => match next.came.take() {
                    None => return Poll::Pending,
                    Some(came) => (came, next.early),
                },
            };
            let asked = self.in_flight.pop_front();
            self.due = true;
            match (came, asked) {
                (Ok(page), Some(asked)) => return Poll::Ready(Some(Ok((page, asked.request)))),
                (Ok(_), None) => {}
                // Its time may have run out while the page before it was being consumed.
                (Err(error), _) if early && is_transient(&error) => self.in_flight.clear(),
                (Err(error), _) if self.retries_without_count(&error) => {
                    self.pager.forget_count();
                    self.in_flight.clear();
                    self.refused = Some(error);
                }
                (Err(error), _) => {
                    // What the ordinary request got says more.
                    let error = self.refused.take().unwrap_or(error);
                    return Poll::Ready(Some(Err(self.end(error))));
                }
            }
        }
    }

    /// A page that was read as a whole, unless it was there before.
    fn delivered(
        &mut self,
        page: ListResponse<Outcome<T>>,
        request: &SearchRequest,
        context: &mut Context<'_>,
    ) -> Result<Option<ListResponse<Outcome<T>>>, Error> {
        let page = self.take(page).map_err(|error| self.end(error))?;
        Ok(page.map(|mut page| {
            // By position, the request has said it.
            if request.cursor.is_some() {
                moved(&mut page, self.before);
            }
            self.before += page.resources.len() as u64;
            // What is asked for ahead is under way while this page is consumed.
            self.ask(self.ahead);
            self.poll_in_flight(context);
            page
        }))
    }

    /// Nothing follows this error.
    fn end(&mut self, error: Error) -> Error {
        self.pager.stop();
        self.in_flight.clear();
        error
    }

    fn poll_in_flight(&mut self, context: &mut Context<'_>) {
        for page in &mut self.in_flight {
            page.poll(context);
        }
    }

    /// Asks for the next page and those that are expected after it, until so many are under way.
    fn ask(&mut self, pages: usize) {
        let Some(next) = self.pager.next_request() else {
            self.in_flight.clear();
            return;
        };
        // A page that was shorter than expected has moved the next one.
        if self
            .in_flight
            .front()
            .is_some_and(|page| page.request != next)
        {
            self.in_flight.clear();
        }
        while self.in_flight.len() < pages {
            let Some(request) = self.pager.expected(&next, self.in_flight.len()) else {
                return;
            };
            let early = pages == self.ahead || !self.in_flight.is_empty();
            let query = self.query.with_request(request.clone());
            let mut future: OperationFuture<_> = match self.lazily {
                true => Box::pin(async move { Unread::ask(query).await.map(Arrived::Unread) }),
                false => Box::pin(async move { QueryVerb::output(query).await.map(Arrived::Read) }),
            };
            if early {
                future = self.under_way(future);
            }
            self.in_flight.push_back(InFlight {
                request,
                early,
                future,
                came: None,
            });
        }
    }

    /// Has a request go on while nobody waits for it.
    fn under_way<U: Send + 'static>(&self, future: OperationFuture<U>) -> OperationFuture<U> {
        let flight = self.query.sender.crew.launch(future);
        Box::pin(async move {
            flight.wait().await;
            match flight.take() {
                Landed::With(came) => came,
                Landed::Taken | Landed::Lost => {
                    Err(Error::new(ErrorKind::Transport, "the runtime has ended"))
                }
            }
        })
    }

    /// Returns whether the first page is asked for once more, without a page size.
    fn retries_without_count(&self, error: &Error) -> bool {
        self.came.0 == 0 && self.refused.is_none() && self.query.may_do_without_count(error)
    }

    fn unusable(&self, why: impl Into<String>) -> Error {
        self.query.blame(Error::new(ErrorKind::Paging, why))
    }

    /// Counts a page, and cuts it where there are more resources than wanted.
    fn count(&mut self, page: &mut ListResponse<Outcome<T>>, step: Step) {
        let most = self.query.reading().max_resources.unwrap_or(u64::MAX);
        let (pages, resources) = &mut self.came;
        *pages += 1;
        let room = most - *resources;
        let found = page.resources.len() as u64;
        *resources += found.min(room);
        if found > room {
            page.resources
                .truncate(usize::try_from(room).unwrap_or(usize::MAX));
            self.broken = Some(too_many(most).into());
        }
        self.limit(step);
    }

    /// Moves on by what came, and gives the page unless it was there before.
    fn take(
        &mut self,
        mut page: ListResponse<Outcome<T>>,
    ) -> Result<Option<ListResponse<Outcome<T>>>, Error> {
        self.refused = None;
        let came = Came {
            count: page.resources.len() as u64,
            fingerprint: fingerprint(&page.resources),
            marks: page.resources.iter().map(mark_of).collect(),
            total: page.total_results,
            next_cursor: page.next_cursor.clone(),
        };
        let step = self.pager.advance(came).map_err(|why| self.unusable(why))?;
        if step == Step::Drop {
            page.resources.clear();
        }
        let is_new = step != Step::Drop;
        self.count(&mut page, step);
        Ok(is_new.then_some(page))
    }
}

impl<T> InFlight<T> {
    fn poll(&mut self, context: &mut Context<'_>) {
        if self.came.is_none()
            && let Poll::Ready(came) = self.future.as_mut().poll(context)
        {
            self.came = Some(came);
        }
    }
}

/// Returns whether another try may fare better.
fn is_transient(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Timeout | ErrorKind::Transport | ErrorKind::Connect
    )
}

impl<T: Listed + Unpin> Stream for Pages<T>
where
    Outcome<T>: ReadItemOf<Kind = T::Kind>,
{
    type Item = Result<ListResponse<Outcome<T>>, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll(context)
    }
}

impl<T: Listed> std::fmt::Debug for Pages<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pages")
            .field("in_flight", &self.in_flight.len())
            .finish_non_exhaustive()
    }
}
