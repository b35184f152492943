//! Cursors that were given out (RFC 9865).

use std::{
    collections::{BTreeMap, HashMap},
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

/// How many cursors are remembered. Older ones are forgotten: they are none of this service
/// provider's any more.
const MAX_CURSORS: usize = 10_000;

/// Cursors that were given out, to callers of this type.
#[derive(Debug)]
pub(crate) struct Cursors<C> {
    pages: HashMap<String, Page<C>>,
    order: BTreeMap<u64, String>,
    next: u64,
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
            order: BTreeMap::new(),
            next: 0,
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
        self.next += 1;
        // Opaque on purpose, and of unreserved characters (RFC 9865 §2). After a restart, no cursor
        // is one that was given out before and led elsewhere.
        let token = identifier::random();
        self.order.insert(self.next, token.clone());
        self.pages.insert(token.clone(), page);
        if self.pages.len() > MAX_CURSORS
            && let Some((_, oldest)) = self.order.pop_first()
        {
            self.pages.remove(&oldest);
        }
        token
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
            return Err(invalid("the cursor is none of this service provider's"));
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
