//! Which page comes next.

use std::{
    collections::VecDeque,
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

use crate::message::SearchRequest;

/// How many pages without a resource may follow one another. With a cursor an empty page is not
/// the end (RFC 9865 §2), but there must be one.
const MAX_EMPTY: u32 = 1_000;

/// What is known of a page that came.
pub(super) struct Came {
    pub(super) count: u64,
    pub(super) fingerprint: Option<u64>,
    pub(super) total: Option<u64>,
    pub(super) next_cursor: Option<String>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The page's resources are new.
    Deliver,
    /// They are new, and nothing can follow them, which is an error.
    DeliverLast(&'static str),
    /// The page was there before.
    Drop,
}

/// Which page comes next. It moves on by what arrived, never by what a server says of it.
pub(super) struct Pager {
    request: SearchRequest,
    started: bool,
    done: bool,
    pub(super) total: Option<u64>,
    first: Option<u64>,
    last: Option<u64>,
    repeats: u32,
    empty: u32,
    cursors: Trail,
    /// How many resources the last page had.
    stride: u64,
}

impl Pager {
    pub(super) fn new(request: SearchRequest) -> Self {
        Self {
            request,
            started: false,
            done: false,
            total: None,
            first: None,
            last: None,
            repeats: 0,
            empty: 0,
            cursors: Trail::default(),
            stride: 0,
        }
    }

    /// The request that is expected `steps` pages after `next`; `next` itself for none.
    pub(super) fn expected(&self, next: &SearchRequest, steps: usize) -> Option<SearchRequest> {
        if steps == 0 {
            return Some(next.clone());
        }
        let (start, total) = (next.start_index?, self.total?);
        let ahead = self
            .stride
            .checked_mul(steps as u64)
            .filter(|ahead| *ahead > 0)?;
        let start = start.checked_add(ahead).filter(|start| *start <= total)?;
        let mut after = next.clone();
        after.start_index = Some(start);
        Some(after)
    }

    pub(super) fn stop(&mut self) {
        self.done = true;
    }

    pub(super) fn next_request(&self) -> Option<SearchRequest> {
        (!self.done).then(|| self.request.clone())
    }

    /// Moves on by a page.
    ///
    /// # Errors
    /// The page was there before, and the server gives it again and again.
    pub(super) fn advance(&mut self, came: Came) -> Result<Step, &'static str> {
        let begun = std::mem::replace(&mut self.started, true);
        self.total = came.total.or(self.total);
        if self.request.count == Some(0) {
            self.done = true;
            return Ok(Step::Deliver);
        }
        let was_here = |page: Option<u64>| page.is_some() && page == came.fingerprint;
        let repeated = begun && came.count > 0 && (was_here(self.first) || was_here(self.last));
        if came.count > 0 {
            self.first = self.first.or(came.fingerprint);
            self.last = came.fingerprint;
        }
        if let Some(next) = came.next_cursor {
            return self.follow(next, came.count, repeated);
        }
        let by_cursor = match &self.request.cursor {
            // A server without cursors takes no notice of the empty one, and tells a total.
            Some(cursor) => begun || !cursor.is_empty() || came.total.is_none(),
            None => false,
        };
        if by_cursor || came.count == 0 {
            self.done = true;
            return Ok(if repeated { Step::Drop } else { Step::Deliver });
        }
        let start = self.request.start_index.unwrap_or(1);
        let next = start.saturating_add(came.count);
        // A total that is less than what came is none.
        let total = self.total.filter(|total| next - 1 <= *total);
        if repeated {
            return self.repeated(start, came.count, total);
        }
        self.repeats = 0;
        self.stride = came.count;
        self.done = total.is_some_and(|total| next > total);
        self.request.start_index = Some(next);
        self.request.cursor = None;
        Ok(Step::Deliver)
    }

    /// Goes where a cursor leads.
    fn follow(&mut self, next: String, count: u64, repeated: bool) -> Result<Step, &'static str> {
        if self.cursors.is_empty()
            && let Some(sent) = self
                .request
                .cursor
                .as_deref()
                .filter(|sent| !sent.is_empty())
        {
            self.cursors.returns_to(sent);
        }
        let again = self.request.cursor.as_ref() == Some(&next) || self.cursors.returns_to(&next);
        self.empty = if count == 0 { self.empty + 1 } else { 0 };
        self.repeats = if repeated { self.repeats + 1 } else { 0 };
        self.request.cursor = Some(next);
        self.request.start_index = None;
        let why = if again {
            "the server gives a cursor again that it gave before"
        } else if self.repeats > u32::from(count == 1) {
            "the server gives the same page for another cursor"
        } else if self.empty > MAX_EMPTY {
            "the server gives one empty page after the other"
        } else {
            return Ok(if repeated { Step::Drop } else { Step::Deliver });
        };
        self.done = true;
        if repeated || count == 0 {
            return Err(why);
        }
        Ok(Step::DeliverLast(why))
    }

    /// A page came that was there before.
    fn repeated(
        &mut self,
        start: u64,
        count: u64,
        total: Option<u64>,
    ) -> Result<Step, &'static str> {
        self.repeats += 1;
        // One resource can move to the next position between two requests; twice, it did not.
        if count == 1 && self.repeats == 1 {
            self.request.start_index = Some(start.saturating_add(1));
            self.done = total.is_some_and(|total| start >= total);
            return Ok(Step::Drop);
        }
        self.done = true;
        match total {
            // A server that knows no pages sent everything at once.
            None => Ok(Step::Drop),
            Some(_) => Err("the server ignores startIndex: it sends the same page again"),
        }
    }
}

/// How many cursors are remembered.
const RECENT: usize = 256;

/// Finds out that cursors go round in a circle, without keeping them all: a small circle by the
/// last cursors, at once; a large one by a cursor that is kept, and replaced by a later one after
/// twice as many steps each time (Brent's algorithm).
#[derive(Default)]
struct Trail {
    recent: VecDeque<u64>,
    kept: u64,
    steps: u64,
    limit: u64,
}

impl Trail {
    fn is_empty(&self) -> bool {
        self.recent.is_empty()
    }

    /// Whether this cursor was there before.
    fn returns_to(&mut self, cursor: &str) -> bool {
        let mut hasher = DefaultHasher::new();
        cursor.hash(&mut hasher);
        let cursor = hasher.finish();
        if self.recent.contains(&cursor) || self.limit > 0 && self.kept == cursor {
            return true;
        }
        if self.recent.len() == RECENT {
            self.recent.pop_front();
        }
        self.recent.push_back(cursor);
        self.steps += 1;
        if self.steps >= self.limit {
            self.kept = cursor;
            self.limit = self.limit.saturating_mul(2).max(1);
            self.steps = 0;
        }
        false
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
        let mut first = SearchRequest::default();
        first.count = Some(count);
        first.cursor = cursor.map(str::to_owned);
        let mut pager = Pager::new(first);
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
                Ok(Step::DeliverLast(why)) => {
                    ids.extend_from_slice(page);
                    return (asked, ids, Some(why));
                }
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
        // Begun at a cursor in the middle: its last page is the last, whatever the total is.
        let (asked, ids, error) = run(2, Some("p9"), &[(&[8, 9], Some(9), None)]);
        assert_eq!((asked.len(), ids, error), (1, vec![8, 9], None));
    }

    #[test]
    fn cursors_that_lead_nowhere() {
        let again = Some("the server gives a cursor again that it gave before");
        // What came with it is not lost.
        let (_, ids, error) = run(
            2,
            Some(""),
            &[(&[1], None, Some("c")), (&[2], None, Some("c"))],
        );
        assert_eq!((ids, error), (vec![1, 2], again));
        // A server that takes no notice of the cursor.
        let (_, ids, error) = run(
            2,
            Some(""),
            &[(&[1, 2], None, Some("c")), (&[1, 2], None, Some("c"))],
        );
        assert_eq!((ids, error), (vec![1, 2], again));
        // Always another cursor, always the same page.
        let (_, ids, error) = run(
            2,
            Some(""),
            &[(&[1, 2], None, Some("c")), (&[1, 2], None, Some("d"))],
        );
        let same = "the server gives the same page for another cursor";
        assert_eq!((ids, error), (vec![1, 2], Some(same)));
        // In a circle of any length.
        for length in [2, 3, 5, 64, 256, 257, 400] {
            let names: Vec<_> = (0..length).map(|number| format!("c{number}")).collect();
            let page: Vec<_> = (0..2000).map(|number| [number]).collect();
            let pages: Vec<(&[u64], _, _)> = (0..2000)
                .map(|at| (&page[at][..], None, Some(names[at % length].as_str())))
                .collect();
            let (asked, _, error) = run(2, Some(""), &pages);
            assert_eq!(error, again, "{length}");
            // Small ones at once: the first request has no name, and the last is not sent.
            let small = length <= RECENT;
            assert!(
                !small || asked.len() == length + 1,
                "{length}: {}",
                asked.len()
            );
            assert!(asked.len() <= 4 * length + 2, "{length}: {}", asked.len());
        }
        // Nothing, for ever.
        let names: Vec<_> = (0..2000).map(|number| format!("c{number}")).collect();
        let pages: Vec<(&[u64], _, _)> = names
            .iter()
            .map(|name| (&[][..], None, Some(name.as_str())))
            .collect();
        let (_, _, error) = run(2, Some(""), &pages);
        assert_eq!(
            error,
            Some("the server gives one empty page after the other")
        );
    }

    #[test]
    fn totals_that_are_wrong() {
        // Too small: what is on the page, or nothing at all.
        let (asked, ids, error) = run(
            2,
            None,
            &[
                (&[1, 2], Some(0), None),
                (&[3, 4], Some(2), None),
                (&[5], Some(1), None),
                (&[], Some(0), None),
            ],
        );
        assert_eq!((asked.len(), ids, error), (4, vec![1, 2, 3, 4, 5], None));
        // The first page again past the end.
        let (asked, ids, error) = run(
            2,
            None,
            &[(&[1, 2], Some(1), None), (&[1, 2], Some(1), None)],
        );
        assert_eq!((asked.len(), ids, error), (2, vec![1, 2], None));
        // Too large.
        let (asked, ids, error) = run(2, None, &[(&[1, 2], Some(99), None), (&[], Some(99), None)]);
        assert_eq!((asked.len(), ids, error), (2, vec![1, 2], None));
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
