//! Cursors that were given out (RFC 9865).

use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};

use scim_models::{
    message::{ScimType, SearchRequest},
    value::Timestamp,
};

use crate::{
    endpoint::Scope,
    identifier,
    page::Continuation,
    refusal::{Refusal, Result},
};

/// How many cursors are remembered. Beyond, the oldest one of the caller who has the most is forgotten: it
/// is none of this service provider's any more. So nobody takes the cursors of others away.
const MAX_CURSORS: usize = 10_000;

/// Cursors that were given out, to callers of this type.
#[derive(Debug)]
pub(crate) struct Cursors<C> {
    pages: HashMap<String, Page<C>>,
    /// Those of each caller who has any, the oldest first. Callers can be compared and nothing else, so
    /// one is looked for among at most [`MAX_CURSORS`].
    callers: Vec<(C, VecDeque<String>)>,
}

/// Where a cursor leads.
#[derive(Debug, Clone)]
pub(crate) struct Page<C> {
    /// Whose query it is: nobody else can go on with it.
    pub(crate) caller: C,
    pub(crate) start: u64,
    pub(crate) count: u64,
    pub(crate) scope: Scope,
    /// The query without cursor and count.
    pub(crate) query: SearchRequest,
    pub(crate) continuation: Option<Continuation>,
    pub(crate) expires: Timestamp,
}

impl<C> Default for Cursors<C> {
    fn default() -> Self {
        Self {
            pages: HashMap::new(),
            callers: Vec::new(),
        }
    }
}

impl<C: Clone + PartialEq> Cursors<C> {
    /// Makes every cursor that was given out an expired one.
    pub(crate) fn expire(&mut self) {
        for page in self.pages.values_mut() {
            page.expires = Timestamp::new(i64::MIN, 0);
        }
    }

    pub(crate) fn issue(&mut self, page: Page<C>) -> String {
        // Opaque on purpose, and of unreserved characters (RFC 9865 §2). After a restart, no cursor
        // is one that was given out before and led elsewhere.
        let token = identifier::random();
        let own = self
            .callers
            .iter_mut()
            .find(|(caller, _)| *caller == page.caller);
        match own {
            Some((_, tokens)) => tokens.push_back(token.clone()),
            None => {
                let tokens = VecDeque::from([token.clone()]);
                self.callers.push((page.caller.clone(), tokens));
            }
        }
        self.pages.insert(token.clone(), page);
        if self.pages.len() > MAX_CURSORS {
            self.forget_one();
        }
        token
    }

    /// Forgets the oldest cursor of the caller who has the most; where several have as many, of the one
    /// who has had any for the longest.
    fn forget_one(&mut self) {
        let count = |(_, tokens): &(C, VecDeque<String>)| tokens.len();
        let most = self.callers.iter().map(count).max();
        let at = self.callers.iter().position(|one| Some(count(one)) == most);
        let Some((at, (_, tokens))) = at.and_then(|at| Some((at, self.callers.get_mut(at)?)))
        else {
            return;
        };
        if let Some(oldest) = tokens.pop_front() {
            self.pages.remove(&oldest);
        }
        if tokens.is_empty() {
            self.callers.remove(at);
        }
    }

    /// The page that a cursor leads to.
    ///
    /// # Errors
    /// It is no cursor of this caller and query, has expired, or comes with another `count`
    /// (RFC 9865 §2.1).
    pub(crate) fn page(
        &self,
        cursor: &str,
        caller: &C,
        scope: Scope,
        query: &SearchRequest,
        count: Option<u64>,
        now: Timestamp,
    ) -> Result<Page<C>> {
        let invalid = |detail| Refusal::bad(ScimType::INVALID_CURSOR, detail);
        let own = self.pages.get(cursor).filter(|page| page.caller == *caller);
        let Some(page) = own else {
            return Err(invalid(
                "the cursor was not issued by this service provider",
            ));
        };
        if page.expires < now {
            return Err(Refusal::bad(
                ScimType::EXPIRED_CURSOR,
                "the cursor has expired",
            ));
        }
        if page.scope != scope || page.query != *query {
            return Err(invalid("the cursor belongs to another query"));
        }
        if count.is_some_and(|count| count != page.count) {
            let detail = "count differs from that of the first page";
            return Err(Refusal::bad(ScimType::INVALID_COUNT, detail));
        }
        Ok(page.clone())
    }
}

/// When a cursor that is used now expires.
pub(crate) fn expiry(now: Timestamp, lifetime: Duration) -> Timestamp {
    let seconds = i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX);
    Timestamp::new(
        now.unix_seconds().saturating_add(seconds),
        now.subsec_nanos(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(caller: u32) -> Page<u32> {
        Page {
            caller,
            start: 0,
            count: 10,
            scope: None,
            query: SearchRequest::default(),
            continuation: None,
            expires: Timestamp::new(2_000, 0),
        }
    }

    fn leads(cursors: &Cursors<u32>, token: &str, caller: u32) -> bool {
        let query = SearchRequest::default();
        let now = Timestamp::new(1_000, 0);
        let found = cursors.page(token, &caller, None, &query, None, now);
        found.is_ok()
    }

    #[test]
    fn nobody_pushes_out_the_cursors_of_others() {
        let mut cursors = Cursors::default();
        let others: Vec<_> = (2..12)
            .map(|caller| (caller, cursors.issue(page(caller))))
            .collect();
        let own: Vec<_> = (0..2 * MAX_CURSORS)
            .map(|_| cursors.issue(page(1)))
            .collect();
        assert_eq!(cursors.pages.len(), MAX_CURSORS);
        for (caller, token) in &others {
            assert!(leads(&cursors, token, *caller), "{caller}");
            assert!(!leads(&cursors, token, 1));
        }
        // Of those of who has the most, the oldest go.
        let kept = own.iter().filter(|token| leads(&cursors, token, 1)).count();
        assert_eq!(kept, MAX_CURSORS - others.len());
        assert!(
            own.iter()
                .rev()
                .take(kept)
                .all(|token| leads(&cursors, token, 1))
        );
    }

    #[test]
    fn there_are_never_more_than_so_many() {
        let mut cursors = Cursors::default();
        let callers = u32::try_from(MAX_CURSORS).unwrap() + 50;
        let tokens: Vec<_> = (0..callers)
            .map(|caller| cursors.issue(page(caller)))
            .collect();
        assert_eq!(
            (cursors.pages.len(), cursors.callers.len()),
            (MAX_CURSORS, MAX_CURSORS)
        );
        assert!(!leads(&cursors, &tokens[0], 0));
        let last = callers - 1;
        assert!(leads(&cursors, &tokens[last as usize], last));
        // Whoever comes back takes the place of whoever has the most.
        let own: Vec<_> = (0..10).map(|_| cursors.issue(page(last))).collect();
        assert!(leads(&cursors, &own[9], last));
        assert_eq!(cursors.pages.len(), MAX_CURSORS);
    }
}
