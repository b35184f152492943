//! Which page comes next.

use std::{
    borrow::Cow,
    collections::VecDeque,
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

use super::memory::{Memory, News};
use crate::message::SearchRequest;

/// How many pages without a resource may follow one another. With a cursor an empty page is not
/// the end (RFC 9865 §2), but there must be one.
const MAX_EMPTY: u32 = 1_000;

/// How many pages in a row may hold nothing but what was there before. Where resources come and go
/// between two requests, that happens once.
const MAX_STALE: u32 = 10;

/// What is known of a page that came.
pub(super) struct Came {
    pub(super) count: u64,
    pub(super) fingerprint: Option<u64>,
    pub(super) marks: Vec<Option<u64>>,
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
    /// How many pages since the last one that brought something new were not empty.
    stale: u32,
    /// The last page was empty, although there is more by the total: it is asked for once more.
    asked_again: bool,
    memory: Memory,
    cursors: Trail,
    /// How many resources the last page had.
    stride: u64,
    until_short_page: bool,
    /// How many resources the longest page had.
    longest: u64,
}

impl Pager {
    pub(super) fn new(request: SearchRequest, until_short_page: bool) -> Self {
        Self {
            request,
            started: false,
            done: false,
            total: None,
            first: None,
            last: None,
            repeats: 0,
            empty: 0,
            stale: 0,
            asked_again: false,
            memory: Memory::default(),
            cursors: Trail::default(),
            stride: 0,
            until_short_page,
            longest: 0,
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

    pub(super) fn is_done(&self) -> bool {
        self.done
    }

    /// Returns whether a resource is taken for new, of which this is the mark.
    pub(super) fn may_be_new(&self, mark: Option<u64>) -> bool {
        self.memory.may_be_new(mark)
    }

    /// Leaves the size of a page to the service provider.
    pub(super) fn forget_count(&mut self) {
        self.request.count = None;
    }

    pub(super) fn next_request(&self) -> Option<SearchRequest> {
        (!self.done).then(|| self.request.clone())
    }

    /// Moves on by a page.
    ///
    /// # Errors
    /// The page was there before, and the server gives it again and again; or it is empty, and what the
    /// server counts has not come.
    pub(super) fn advance(&mut self, came: Came) -> Result<Step, Cow<'static, str>> {
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
        let news = match came.count {
            0 => News::Unknown,
            _ => self.memory.note(&came.marks),
        };
        match news {
            News::Some => (self.stale, self.empty) = (0, 0),
            News::None | News::NoneForLong => self.stale += 1,
            News::Unknown => {}
        }
        if self.stale > MAX_STALE || news == News::NoneForLong {
            self.done = true;
            return Err("the server returns only what it returned before".into());
        }
        let deliver = match news {
            News::None => Step::Drop,
            _ => Step::Deliver,
        };
        if let Some(next) = came.next_cursor {
            return Ok(self.follow(next, came.count, repeated, deliver)?);
        }
        let by_cursor = match &self.request.cursor {
            // A server without cursors takes no notice of the empty one, and tells a total.
            Some(cursor) => begun || !cursor.is_empty() || came.total.is_none(),
            None => false,
        };
        let start = self.request.start_index.unwrap_or(1);
        let follows_cursor = self.request.cursor.as_ref().is_some_and(|c| !c.is_empty());
        if came.count == 0 && !follows_cursor {
            return self.empty(start, deliver);
        }
        if by_cursor || came.count == 0 {
            self.done = true;
            return Ok(if repeated { Step::Drop } else { deliver });
        }
        self.asked_again = false;
        let next = start.saturating_add(came.count);
        // A total that is less than what came is none.
        let total = self.total.filter(|total| next - 1 <= *total);
        let total = total.filter(|_| !self.until_short_page);
        if repeated {
            return Ok(self.repeated(start, came.count, total)?);
        }
        self.repeats = 0;
        self.stride = came.count;
        let is_short = self.until_short_page && came.count < self.longest;
        self.longest = self.longest.max(came.count);
        self.done = is_short || total.is_some_and(|total| next > total);
        self.request.start_index = Some(next);
        self.request.cursor = None;
        Ok(deliver)
    }

    /// A page without a resource came, and no cursor led to it or on from it. It is the last one, unless
    /// the server says that there is something at its place: what it has would be lost without a word.
    fn empty(&mut self, start: u64, deliver: Step) -> Result<Step, Cow<'static, str>> {
        let total = self.total.filter(|_| !self.until_short_page);
        let Some(total) = total.filter(|total| start <= *total) else {
            self.done = true;
            return Ok(deliver);
        };
        // What was the last resource may have been deleted since it was counted.
        if !std::mem::replace(&mut self.asked_again, true) {
            return Ok(Step::Drop);
        }
        self.done = true;
        let why = format!(
            "the server says that there are {total} resources, and returns none from position {start} \
             on; see `Query::until_short_page`"
        );
        Err(why.into())
    }

    /// Goes where a cursor leads.
    fn follow(
        &mut self,
        next: String,
        count: u64,
        repeated: bool,
        deliver: Step,
    ) -> Result<Step, &'static str> {
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
        self.empty += u32::from(count == 0);
        self.repeats = if repeated { self.repeats + 1 } else { 0 };
        self.request.cursor = Some(next);
        self.request.start_index = None;
        let why = if again {
            "the server repeats a cursor"
        } else if self.repeats > u32::from(count == 1) {
            "the server returns the same page for another cursor"
        } else if self.empty > MAX_EMPTY {
            "the server returns one empty page after the other"
        } else {
            return Ok(if repeated { Step::Drop } else { deliver });
        };
        self.done = true;
        if repeated || count == 0 || deliver == Step::Drop {
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

    /// Returns whether this cursor was there before.
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
mod tests;
