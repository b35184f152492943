//! A page that is read resource by resource, as they are taken: so a long list takes the memory of
//! the text of one page.
//!
//! Only at the end of a page is it known whether the page came before. So resources are held back until
//! one comes that did not come before. Usually, that is the first one.

use std::{collections::VecDeque, sync::Arc};

use super::memory::{fingerprint_of, key_of, mark_of};
use crate::{
    client::{call::Call, query::Query, response::Response},
    error::Error,
    internal::Elements,
    message::{Outcome, ReadItemOf},
    resource::Listed,
};

/// The keys of the resources of a page, sorted.
pub(super) type Keys = Arc<[u64]>;

/// A page that is being read.
pub(super) struct Unread<T> {
    pub(super) elements: Elements<Outcome<T>>,
    /// What its faults are told with.
    pub(super) call: Call,
    pub(super) answer: Response<()>,
    /// How many resources stand before it, if the request says it.
    pub(super) before: Option<u64>,
    pub(super) seen: Seen<T>,
}

/// What came of a page so far.
pub(super) struct Seen<T> {
    /// What is held back.
    pub(super) held: VecDeque<Outcome<T>>,
    /// Whether the page is one that was not there before.
    pub(super) is_new: bool,
    pub(super) marks: Vec<Option<u64>>,
    /// `None` where a resource has none.
    keys: Option<Vec<u64>>,
    /// Whether something came that was not there before, not on the first page, not on the last one.
    news: [bool; 3],
}

impl<T: Listed> Unread<T>
where
    Outcome<T>: ReadItemOf<Kind = T::Kind>,
{
    pub(super) async fn ask(query: Query<T>) -> Result<Box<Self>, Error> {
        let before = query.before();
        let (elements, call, answer) = query.unread().await?;
        Ok(Box::new(Self {
            elements,
            call,
            answer,
            before,
            seen: Seen {
                held: VecDeque::new(),
                is_new: false,
                marks: Vec::new(),
                keys: Some(Vec::new()),
                news: [false; 3],
            },
        }))
    }
}

impl<T: Listed> Seen<T> {
    /// Takes note of the next resource. `may_be_new` says what is known of its mark; `known` are the
    /// first page and the last one.
    pub(super) fn note(
        &mut self,
        outcome: &Outcome<T>,
        may_be_new: impl FnOnce(Option<u64>) -> bool,
        known: &[Option<Keys>; 2],
    ) {
        let (mark, key) = (mark_of(outcome), key_of(outcome));
        self.marks.push(mark);
        match (key, &mut self.keys) {
            (Some(key), Some(keys)) => keys.push(key),
            _ => self.keys = None,
        }
        if self.is_new {
            return;
        }
        let [is_new, on_first, on_last] = &mut self.news;
        *is_new |= may_be_new(mark);
        for (is_news, known) in [on_first, on_last].into_iter().zip(known) {
            let was_there = |known: &Keys| key.is_some_and(|key| known.binary_search(&key).is_ok());
            *is_news |= !known.as_ref().is_some_and(was_there);
        }
        self.is_new = self.news == [true; 3];
    }

    /// The keys of all that came, sorted, and what tells the page from others.
    pub(super) fn keys(&mut self) -> Option<(Keys, u64)> {
        let mut keys = self.keys.take()?;
        keys.sort_unstable();
        let fingerprint = fingerprint_of(&keys);
        Some((keys.into(), fingerprint))
    }
}
