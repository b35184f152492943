//! Giving the resources of a page while it is read.

use super::{
    Pages, Results,
    pager::{Came, Step},
    unread::{Seen, Unread},
};
use crate::{
    client::{query::no_list, response::unfit},
    error::Error,
    internal::{Element, End},
    message::{Outcome, ReadItemOf},
    resource::Listed,
};

impl<T: Listed> Results<T>
where
    Outcome<T>: ReadItemOf<Kind = T::Kind>,
{
    /// Reads a page on, to its next resource or its end.
    pub(super) fn read_on(&mut self, mut page: Box<Unread<T>>) -> Result<(), Error> {
        match page.elements.read_next() {
            None => {}
            Some(Element::Next(outcome)) => {
                self.came(outcome, &mut page);
                if self.pages.broken.is_none() {
                    self.unread = Some(page);
                }
            }
            Some(Element::End(end)) => {
                let ended = self.ended(*page, end);
                ended.map_err(|error| self.pages.end(error))?;
            }
        }
        Ok(())
    }

    fn came(&mut self, mut outcome: Outcome<T>, page: &mut Unread<T>) {
        if let Err(error) = &mut outcome {
            error.moved(page.before.unwrap_or(self.pages.before));
        }
        let (seen, pages) = (&mut page.seen, &self.pages);
        seen.note(&outcome, |mark| pages.pager.may_be_new(mark), &pages.known);
        seen.held.push_back(outcome);
        if seen.is_new {
            self.release(seen);
        }
    }

    /// Gives what was held back, as far as it is wanted.
    fn release(&mut self, seen: &mut Seen<T>) {
        let most = self.pages.query.reading().max_resources;
        for outcome in seen.held.drain(..) {
            let resources = &mut self.pages.came.1;
            if let Some(most) = most.filter(|most| *resources >= *most) {
                self.pages.broken = Some(too_many(most).into());
                return;
            }
            *resources += 1;
            self.page.push_back(outcome);
        }
    }

    /// Moves on by what came.
    fn ended(&mut self, mut page: Unread<T>, end: End<Outcome<T>>) -> Result<(), Error> {
        self.pages.refused = None;
        let End { page: rest, text } = end;
        let mut rest = rest.map_err(|error| unfit(&page.call, &page.answer, error))?;
        if !rest.is_list() {
            return Err(no_list(&page.call, &page.answer, &text));
        }
        drop(text);
        for alone in std::mem::take(&mut rest.resources) {
            self.came(alone, &mut page);
        }
        let mut seen = page.seen;
        let count = seen.marks.len() as u64;
        let keys = seen.keys();
        let came = Came {
            count,
            fingerprint: keys.as_ref().map(|(_, fingerprint)| *fingerprint),
            marks: std::mem::take(&mut seen.marks),
            total: rest.total_results,
            next_cursor: rest.next_cursor,
        };
        let pages = &mut self.pages;
        if count > 0 {
            let keys = keys.map(|(keys, _)| keys);
            let [first, last] = &mut pages.known;
            *first = first.take().or_else(|| keys.clone());
            *last = keys;
        }
        let step = pages.pager.advance(came);
        let step = step.map_err(|why| pages.unusable(why))?;
        pages.came.0 += 1;
        if step == Step::Drop {
            seen.held.clear();
        } else {
            pages.before += count;
            self.release(&mut seen);
        }
        self.pages.limit(step);
        Ok(())
    }
}

impl<T: Listed> Pages<T>
where
    Outcome<T>: ReadItemOf<Kind = T::Kind>,
{
    /// Looks whether anything may follow the page that was counted last.
    pub(super) fn limit(&mut self, step: Step) {
        let most = self.query.reading().max_pages;
        if let Some(pages) = most.filter(|most| *most == self.came.0 && !self.pager.is_done()) {
            self.broken
                .get_or_insert_with(|| too_many_pages(pages).into());
        }
        if let Step::DeliverLast(why) = step {
            self.broken.get_or_insert(why.into());
        }
    }
}

pub(super) fn too_many(most: u64) -> String {
    format!("more than {most} resources; see `Query::max_resources`")
}

fn too_many_pages(most: u64) -> String {
    format!("more than {most} pages; see `Query::max_pages`")
}
