//! A list whose elements are read as they are taken.

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

use super::list_response::{
    Found, ItemReader, ListResponse, ReadItemOf, follows, next_element, next_member,
};
use crate::{
    json::{Closer, DecodeError, Problems, Reader, SyntaxError, skip_any},
    model::whole_number,
};

/// The elements of a page, read from its text one by one. Only the text of the page is held. The members
/// of earlier elements are remembered, which speeds up the next.
///
/// An error in the page is reported after the elements before it.
pub struct Elements<T> {
    /// Reads until an element is there. It is suspended between two of them, with all that it borrows
    /// of the text, which is its own.
    reading: Option<Reading<T>>,
    shelf: Shelf<T>,
}

type Reading<T> = Pin<Box<dyn Future<Output = End<T>> + Send>>;

/// What the reading hands over.
type Shelf<T> = Arc<Mutex<Shelved<T>>>;

struct Shelved<T> {
    element: Option<T>,
    total: Option<u64>,
}

/// The next part of a list.
pub enum Element<T> {
    /// An element.
    Next(T),
    /// There are no more elements.
    End(End<T>),
}

/// The end of a list.
pub struct End<T> {
    /// The other members of the page. It has a resource only if the page had a single one that was not
    /// in an array.
    pub page: Result<ListResponse<T>, DecodeError>,
    /// The text of the page.
    pub text: String,
}

impl<T: ReadItemOf + Send + 'static> Elements<T> {
    /// The elements of a page, of which nothing is read yet.
    pub fn new(kind: T::Kind, text: String, strict: bool) -> Self {
        let shelf = Shelf::new(Mutex::new(Shelved {
            element: None,
            total: None,
        }));
        let reading = read(kind, text, strict, shelf.clone());
        Self {
            reading: Some(Box::pin(reading)),
            shelf,
        }
    }

    /// What comes next; `None` after the end.
    pub fn read_next(&mut self) -> Option<Element<T>> {
        let reading = self.reading.as_mut()?;
        match reading
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
        {
            Poll::Pending => lock(&self.shelf).element.take().map(Element::Next),
            Poll::Ready(end) => {
                self.reading = None;
                Some(Element::End(end))
            }
        }
    }
}

impl<T> Elements<T> {
    /// How many resources match, if that is known by now.
    pub fn total_results(&self) -> Option<u64> {
        lock(&self.shelf).total
    }
}

fn lock<T>(shelf: &Shelf<T>) -> MutexGuard<'_, Shelved<T>> {
    shelf.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn read<T: ReadItemOf>(kind: T::Kind, text: String, strict: bool, shelf: Shelf<T>) -> End<T> {
    let mut page = ListResponse::default();
    let mut problems = Problems::default();
    let mut reader = Reader::new(&text);
    let mut read = read_page(
        &mut page,
        kind,
        &mut reader,
        (strict, &mut problems),
        (&text, &shelf),
    )
    .await;
    read = read.and_then(|()| reader.finish());
    let page = match read {
        Err(error) => Err(DecodeError::syntax(error, &text)),
        Ok(()) if problems.is_empty() => Ok(page),
        Ok(()) => Err(DecodeError::problems(problems, &text)),
    };
    End { page, text }
}

/// As the page itself does it, with a rest behind each element.
async fn read_page<T: ReadItemOf>(
    page: &mut ListResponse<T>,
    kind: T::Kind,
    reader: &mut Reader<'_>,
    (strict, problems): (bool, &mut Problems),
    (text, shelf): (&str, &Shelf<T>),
) -> Result<(), SyntaxError> {
    let Some(mut more) = page.begin(reader, strict, problems)? else {
        return Ok(());
    };
    if !page.is_list() {
        let mut is_first = true;
        while more {
            match page.read_member(kind, reader, strict, problems)? {
                Found::Member => {}
                // The page is an error, and none of it is given.
                Found::Elements if !problems.is_empty() => {
                    let _ = skip_any(reader, Closer::Object)?;
                }
                // Those of a second array, which no list has, come behind those of the first.
                Found::Elements => {
                    // A look at the end costs what the end is long, so there is one.
                    let total = match std::mem::take(&mut is_first) {
                        true => page.total_results.or_else(|| total_behind(text)),
                        false => page.total_results.or(lock(shelf).total),
                    };
                    lock(shelf).total = total;
                    let begun = reader.enter_array()?;
                    give_elements(begun, kind, reader, strict, shelf).await?;
                }
            }
            more = next_member(reader, strict)?;
        }
        return Ok(());
    }
    give_elements(more, kind, reader, strict, shelf).await
}

async fn give_elements<T: ReadItemOf>(
    mut more: bool,
    kind: T::Kind,
    reader: &mut Reader<'_>,
    strict: bool,
    shelf: &Shelf<T>,
) -> Result<(), SyntaxError> {
    let mut index = 0;
    let depth = reader.depth();
    while more {
        let mut item = ItemReader::new(reader, index, strict, Closer::Array);
        match T::read(kind, &mut item) {
            Ok(element) => lock(shelf).element = Some(element),
            Err(error) => {
                more = follows(reader, depth, strict, error)?;
                continue;
            }
        }
        rest().await;
        index += 1;
        more = next_element(reader, strict)?;
        if more {
            reader.begin_list();
        }
    }
    Ok(())
}

/// Lets whoever polls go on.
async fn rest() {
    let mut rested = false;
    poll_fn(|_| match std::mem::replace(&mut rested, true) {
        true => Poll::Ready(()),
        false => Poll::Pending,
    })
    .await;
}

/// `totalResults` where it stands behind the resources, as in JSON whose members are sorted by name;
/// `None` also where that would take more than a look at the end of the text.
fn total_behind(text: &str) -> Option<u64> {
    let (_, rest) = text.rsplit_once(']')?;
    let mut reader = Reader::nested(rest);
    let mut total = None;
    while reader.next_member().ok()? {
        let name = reader.member().ok()?;
        let raw = reader.skip_value().ok()?;
        if name.eq_ignore_ascii_case("totalResults") {
            let number = whole_number(raw.trim_matches('"').trim()).ok();
            total = number.and_then(|number| u64::try_from(number).ok());
        }
    }
    reader.finish().ok()?;
    total
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Stored, User, message::Outcome, resource::ResourceKind};

    type Read = Outcome<Stored<User>>;

    fn elements(text: &str) -> Elements<Read> {
        Elements::new(ResourceKind::of::<User>(), text.to_owned(), false)
    }

    /// What comes: identifiers, or `-` for what cannot be read; and the end.
    fn all(text: &str) -> (Vec<String>, End<Read>) {
        let mut elements = elements(text);
        let mut ids = Vec::new();
        loop {
            match elements.read_next().unwrap() {
                Element::Next(Ok(user)) => ids.push(user.id().to_owned()),
                Element::Next(Err(_)) => ids.push("-".to_owned()),
                Element::End(end) => {
                    assert!(elements.read_next().is_none());
                    return (ids, end);
                }
            }
        }
    }

    const TWO: &str = r#"[{"id":"1","userName":"a"},{"id":"2","userName":"b"}]"#;

    #[test]
    fn they_are_those_of_the_page() {
        let object = format!(r#"{{"totalResults":7,"Resources":{TWO},"nextCursor":"x","y":1}}"#);
        for text in [
            TWO,
            &object,
            r#"{"Resources":[]}"#,
            "{}",
            "7",
            r#"{"resources":{"id":"1","userName":"a"}}"#,
            r#"{"Resources":[{"id":1},{"id":"2","userName":"b"},{"id":},{"id":"4","userName":"c"}]}"#,
            r#"{"totalResults":"many","Resources":[{"id":"1","userName":"a"}]}"#,
            r#"{"Resources":null}"#,
        ] {
            let (mut ids, end) = all(text);
            assert_eq!(end.text, text);
            match (ListResponse::<Read>::from_json(text), end.page) {
                (Ok(whole), Ok(page)) => {
                    let alone = page.resources.iter().flatten();
                    ids.extend(alone.map(|user| user.id().to_owned()));
                    let wanted = whole.resources.iter().map(|read| match read {
                        Ok(user) => user.id().to_owned(),
                        Err(_) => "-".to_owned(),
                    });
                    assert_eq!(ids, wanted.collect::<Vec<_>>(), "{text}");
                    assert_eq!(page.total_results, whole.total_results);
                    assert_eq!(page.next_cursor, whole.next_cursor);
                    assert_eq!(page.extra, whole.extra);
                    assert_eq!(page.is_list(), whole.is_list());
                }
                (Err(whole), Err(page)) => {
                    assert_eq!(whole.to_string(), page.to_string(), "{text}");
                    assert_eq!(ids.len(), 0, "{text}");
                }
                (whole, page) => panic!("{text}: {:?} {:?}", whole.is_ok(), page.is_ok()),
            }
        }
    }

    #[test]
    fn what_comes_before_a_fault_is_given() {
        let (ids, end) = all(&format!(r#"{{"Resources":{TWO},"nextCursor":"#));
        assert_eq!(ids, ["1", "2"]);
        assert!(end.page.is_err());
    }

    #[test]
    fn the_total_is_known_with_the_first_element() {
        for (text, total) in [
            (
                format!(r#"{{"totalResults":7,"Resources":{TWO}}}"#),
                Some(7),
            ),
            (
                format!(r#"{{"Resources":{TWO},"totalResults":7}}"#),
                Some(7),
            ),
            (
                format!(r#"{{"Resources":{TWO}, "startIndex":1, "TOTALresults" : "7" }} "#),
                Some(7),
            ),
            (format!(r#"{{"Resources":{TWO}}}"#), None),
            // Of another object, and of another array.
            (
                format!(r#"{{"Resources":{TWO},"x":{{"y":[],"totalResults":9}}}}"#),
                None,
            ),
            (
                format!(r#"{{"Resources":{TWO},"totalResults":7,"x":[]}}"#),
                None,
            ),
            (TWO.to_owned(), None),
        ] {
            let mut elements = elements(&text);
            assert!(elements.total_results().is_none());
            assert!(matches!(elements.read_next(), Some(Element::Next(Ok(_)))));
            assert_eq!(elements.total_results(), total, "{text}");
        }
    }
}
