//! Page after page, as one stream.

use std::{
    collections::VecDeque,
    future::poll_fn,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    pin::Pin,
    task::{Context, Poll},
};

use futures_core::Stream;

use super::{OperationFuture, Query, query::Listed};
use crate::{
    error::{Error, ErrorKind},
    message::{ListResponse, Outcome, ReadItem, SearchRequest},
};

/// How many resources a page is asked for, unless set otherwise.
const PAGE: u64 = 100;

/// Every resource of a query; see [`Query::stream`]. It holds one page at a time, and those that
/// were asked for [ahead](Self::prefetch).
#[must_use = "nothing is sent until it is polled"]
pub struct Results<T> {
    query: Query<T>,
    pager: Pager,
    page: VecDeque<Outcome<T>>,
    in_flight: VecDeque<InFlight<T>>,
    ahead: usize,
}

/// A page that was asked for.
struct InFlight<T> {
    request: SearchRequest,
    future: OperationFuture<ListResponse<Outcome<T>>>,
    came: Option<Result<ListResponse<Outcome<T>>, Error>>,
}

impl<T: Listed> Results<T>
where
    Outcome<T>: ReadItem,
{
    pub(super) fn new(query: Query<T>) -> Self {
        let capabilities = query.client().capabilities();
        let only_cursors =
            capabilities.cursor_paging == Some(true) && capabilities.index_paging != Some(true);
        let mut request = query.search_request().clone();
        let limit = capabilities.max_results.unwrap_or(u64::MAX);
        request.count = Some(request.count.unwrap_or(PAGE).min(limit));
        if only_cursors && request.start_index.is_none() && request.cursor.is_none() {
            request.cursor = Some(String::new());
        }
        Self {
            query,
            pager: Pager::new(request),
            page: VecDeque::new(),
            in_flight: VecDeque::new(),
            ahead: 0,
        }
    }

    /// Asks for up to `pages` pages more than the one that is needed next, all at once. The order
    /// stays. Pages by cursor come one by one: each names the next.
    pub fn prefetch(mut self, pages: usize) -> Self {
        self.ahead = pages;
        self
    }

    /// The next resource; `None` after the last one.
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        poll_fn(|context| self.poll(context)).await
    }

    /// How many resources match, as the last page said.
    pub fn total_results(&self) -> Option<u64> {
        self.pager.total
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<T, Error>>> {
        loop {
            if let Some(outcome) = self.page.pop_front() {
                let result = outcome.map_err(|error| self.query.blame(Error::decode(error)));
                return Poll::Ready(Some(result));
            }
            self.ask();
            for page in &mut self.in_flight {
                page.poll(context);
            }
            let came = match self.in_flight.front_mut() {
                None => return Poll::Ready(None),
                Some(next) => match next.came.take() {
                    None => return Poll::Pending,
                    Some(came) => came,
                },
            };
            self.in_flight.pop_front();
            match came.and_then(|page| self.take(page)) {
                Ok(page) => self.page = page.into(),
                Err(error) => {
                    self.pager.stop();
                    self.in_flight.clear();
                    return Poll::Ready(Some(Err(error)));
                }
            }
            // What was asked for ahead goes on while this page is consumed.
            self.ask();
            for page in &mut self.in_flight {
                page.poll(context);
            }
        }
    }

    /// Asks for the next page, and for those that are expected after it.
    fn ask(&mut self) {
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
        while self.in_flight.len() <= self.ahead {
            let Some(request) = self.pager.expected(&next, self.in_flight.len()) else {
                return;
            };
            let future = self.query.with_request(request.clone()).into_future();
            self.in_flight.push_back(InFlight {
                request,
                future,
                came: None,
            });
        }
    }

    /// Moves on by what came, and gives the resources.
    fn take(&mut self, page: ListResponse<Outcome<T>>) -> Result<Vec<Outcome<T>>, Error> {
        let resources = page.resources;
        let came = Came {
            count: resources.len() as u64,
            fingerprint: fingerprint(&resources),
            total: page.total_results,
            next_cursor: page.next_cursor,
        };
        match self.pager.advance(came) {
            Ok(Step::Deliver) => Ok(resources),
            Ok(Step::Drop) => Ok(Vec::new()),
            Err(why) => Err(self.query.blame(Error::new(ErrorKind::Paging, why))),
        }
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

/// What tells one page from another: its identifiers.
/// `None` where an element has none.
fn fingerprint<T: Listed>(page: &[Outcome<T>]) -> Option<u64> {
    let mut hasher = DefaultHasher::new();
    for outcome in page {
        match outcome {
            Ok(resource) if resource.id().is_empty() => return None,
            Ok(resource) => resource.id().hash(&mut hasher),
            Err(error) => error.raw().hash(&mut hasher),
        }
    }
    Some(hasher.finish())
}

impl<T: Listed + Unpin> Stream for Results<T>
where
    Outcome<T>: ReadItem,
{
    type Item = Result<T, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll(context)
    }
}

impl<T> std::fmt::Debug for Results<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Results")
            .field("buffered", &self.page.len())
            .finish_non_exhaustive()
    }
}

/// What is known of a page that came.
struct Came {
    count: u64,
    fingerprint: Option<u64>,
    total: Option<u64>,
    next_cursor: Option<String>,
}

enum Step {
    /// The page's resources are new.
    Deliver,
    /// The page was there before.
    Drop,
}

/// Which page comes next. It moves on by what arrived, never by what a server says of it.
struct Pager {
    request: SearchRequest,
    started: bool,
    done: bool,
    total: Option<u64>,
    first: Option<u64>,
    last: Option<u64>,
    repeats: u32,
    /// How many resources the last page had.
    stride: u64,
}

impl Pager {
    fn new(request: SearchRequest) -> Self {
        Self {
            request,
            started: false,
            done: false,
            total: None,
            first: None,
            last: None,
            repeats: 0,
            stride: 0,
        }
    }

    /// The request that is expected `steps` pages after `next`; `next` itself for none.
    fn expected(&self, next: &SearchRequest, steps: usize) -> Option<SearchRequest> {
        if steps == 0 {
            return Some(next.clone());
        }
        let (start, total) = (next.start_index?, self.total?);
        let ahead = self
            .stride
            .checked_mul(steps as u64)
            .filter(|ahead| *ahead > 0)?;
        let start = start.checked_add(ahead).filter(|start| *start <= total)?;
        Some(SearchRequest {
            start_index: Some(start),
            ..next.clone()
        })
    }

    fn stop(&mut self) {
        self.done = true;
    }

    fn next_request(&self) -> Option<SearchRequest> {
        (!self.done).then(|| self.request.clone())
    }

    fn advance(&mut self, came: Came) -> Result<Step, &'static str> {
        let begun = std::mem::replace(&mut self.started, true);
        self.total = came.total.or(self.total);
        if self.request.count == Some(0) {
            self.done = true;
            return Ok(Step::Deliver);
        }
        if let Some(next) = came.next_cursor {
            let sent = self.request.cursor.as_ref();
            if sent == Some(&next) {
                return Err("the server gives the same cursor again");
            }
            self.request.cursor = Some(next);
            self.request.start_index = None;
            return Ok(Step::Deliver);
        }
        let by_cursor = self
            .request
            .cursor
            .as_ref()
            .is_some_and(|c| begun || c.is_empty());
        if by_cursor && (begun || came.total.is_none()) || came.count == 0 {
            self.done = true;
            return Ok(Step::Deliver);
        }
        let start = self.request.start_index.unwrap_or(1);
        let came_before = |page: Option<u64>| page.is_some() && page == came.fingerprint;
        let repeated = came_before(self.first) || came_before(self.last);
        self.first = self.first.or(came.fingerprint);
        self.last = came.fingerprint;
        if begun && repeated {
            return self.repeated(start, came.count);
        }
        self.repeats = 0;
        let next = start.saturating_add(came.count);
        self.stride = came.count;
        self.done = self.total.is_some_and(|total| next > total);
        self.request.start_index = Some(next);
        self.request.cursor = None;
        Ok(Step::Deliver)
    }

    /// A page came that was there before.
    fn repeated(&mut self, start: u64, count: u64) -> Result<Step, &'static str> {
        self.repeats += 1;
        // One resource can move to the next position between two requests; twice, it did not.
        if count == 1 && self.repeats == 1 {
            self.request.start_index = Some(start.saturating_add(1));
            self.done = self.total.is_some_and(|total| start >= total);
            return Ok(Step::Drop);
        }
        self.done = true;
        match self.total {
            // A server that knows no pages sent everything at once.
            None => Ok(Step::Drop),
            Some(_) => Err("the server ignores startIndex: it sends the same page again"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs the pager over pages of (ids, total, nextCursor); gives what was asked and delivered.
    fn run(
        count: u64,
        cursor: Option<&str>,
        pages: &[(&[u64], Option<u64>, Option<&str>)],
    ) -> (Vec<String>, Vec<u64>, Option<&'static str>) {
        let mut pager = Pager::new(SearchRequest {
            count: Some(count),
            cursor: cursor.map(str::to_owned),
            ..SearchRequest::default()
        });
        let (mut asked, mut ids) = (Vec::new(), Vec::new());
        let mut pages = pages.iter();
        while let Some(request) = pager.next_request() {
            let parameters = request.parameters();
            let shown: Vec<_> = parameters.iter().map(|(n, v)| format!("{n}={v}")).collect();
            asked.push(shown.join("&"));
            let Some((page, total, next)) = pages.next() else {
                return (asked, ids, Some("more pages were asked for than there are"));
            };
            let mut hasher = DefaultHasher::new();
            page.hash(&mut hasher);
            let came = Came {
                count: page.len() as u64,
                fingerprint: Some(hasher.finish()),
                total: *total,
                next_cursor: next.map(str::to_owned),
            };
            match pager.advance(came) {
                Ok(Step::Deliver) => ids.extend_from_slice(page),
                Ok(Step::Drop) => {}
                Err(why) => return (asked, ids, Some(why)),
            }
        }
        (asked, ids, None)
    }

    #[test]
    fn by_position() {
        let (asked, ids, error) = run(
            2,
            None,
            &[
                (&[1, 2], Some(5), None),
                (&[3, 4], Some(5), None),
                (&[5], Some(5), None),
            ],
        );
        assert_eq!(
            asked,
            ["count=2", "startIndex=3&count=2", "startIndex=5&count=2"]
        );
        assert_eq!((ids, error), (vec![1, 2, 3, 4, 5], None));
        // Short pages, and a total that shrinks.
        let (asked, ids, _) = run(10, None, &[(&[1, 2], Some(4), None), (&[3], Some(3), None)]);
        assert_eq!(asked, ["count=10", "startIndex=3&count=10"]);
        assert_eq!(ids, [1, 2, 3]);
        // No total: until an empty page.
        let (asked, ids, _) = run(
            2,
            None,
            &[(&[1, 2], None, None), (&[3], None, None), (&[], None, None)],
        );
        assert_eq!((asked.len(), ids), (3, vec![1, 2, 3]));
        assert_eq!(run(0, None, &[(&[], Some(42), None)]).0, ["count=0"]);
    }

    #[test]
    fn by_cursor() {
        let (asked, ids, error) = run(
            2,
            Some(""),
            &[
                (&[1], None, Some("c1")),
                (&[], None, Some("c2")),
                (&[2], None, None),
            ],
        );
        assert_eq!(
            asked,
            ["count=2&cursor=", "count=2&cursor=c1", "count=2&cursor=c2"]
        );
        assert_eq!((ids, error), (vec![1, 2], None));
        // A server may give a cursor without having been asked for one.
        let (asked, ids, _) = run(
            2,
            None,
            &[(&[1], Some(2), Some("c")), (&[2], Some(2), None)],
        );
        assert_eq!(asked, ["count=2", "count=2&cursor=c"]);
        assert_eq!(ids, [1, 2]);
        let (_, _, error) = run(
            2,
            Some(""),
            &[(&[1], None, Some("c")), (&[2], None, Some("c"))],
        );
        assert_eq!(error, Some("the server gives the same cursor again"));
    }

    #[test]
    fn servers_that_cannot_page() {
        // Everything at once, again and again, without a total.
        let (asked, ids, error) = run(
            2,
            None,
            &[(&[1, 2, 3], None, None), (&[1, 2, 3], None, None)],
        );
        assert_eq!((asked.len(), ids, error), (2, vec![1, 2, 3], None));
        // Everything at once, with a total.
        let (asked, ids, _) = run(2, None, &[(&[1, 2, 3], Some(3), None)]);
        assert_eq!((asked.len(), ids), (1, vec![1, 2, 3]));
        // The first page for ever.
        let (_, ids, error) = run(
            2,
            None,
            &[(&[1, 2], Some(9), None), (&[1, 2], Some(9), None)],
        );
        assert_eq!(ids, [1, 2]);
        assert_eq!(
            error,
            Some("the server ignores startIndex: it sends the same page again")
        );
        // One resource moved on between two requests.
        let (_, ids, error) = run(
            1,
            None,
            &[
                (&[1], Some(3), None),
                (&[1], Some(3), None),
                (&[3], Some(3), None),
            ],
        );
        assert_eq!((ids, error), (vec![1, 3], None));
    }
}
