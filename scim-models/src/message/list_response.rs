//! The ListResponse message (RFC 7644 §3.4.2, RFC 9865 §2).

mod item;

use std::fmt;

pub(super) use self::item::follows;
pub use self::item::{ItemReader, Outcome, ReadItem, ReadItemOf, WriteItem};
use super::urn;
use crate::{
    json::{
        self, Closer, DecodeError, Problem, ProblemKind, Problems, Reader, SyntaxError, encode,
        value_or_text,
    },
    model::{Extra, NoNumber, whole_number},
    shown::Bytes,
};

/// A page of resources.
///
/// Every member is optional when reading. A page by cursor has no `totalResults` and no `startIndex`.
/// Some servers leave out `Resources` if there are none.
///
/// `Debug` shows only the lengths of the cursors.
///
/// ```
/// use scim_client::{Stored, User, message::{ListResponse, Outcome}, resource::ResourceKind};
///
/// let text = r#"{"totalResults": 2, "Resources": [{"id": "1", "userName": "bjensen"}, {"id": "2"}]}"#;
/// let page = ListResponse::<Outcome<Stored<User>>>::from_json(text)?;
/// assert_eq!(page.total_results, Some(2));
/// assert_eq!(page.resources[0].as_ref().map(|user| user.id()).ok(), Some("1"));
/// assert!(page.resources[1].is_err());                        // it has no `userName`: one element
/// ListResponse::<Outcome<Stored<User>>>::from_json_strict(text)?;
/// let kind = ResourceKind::of::<User>();
/// ListResponse::<Outcome<Stored<User>>>::from_json_of(kind, text)?;
/// ListResponse::<Outcome<Stored<User>>>::from_json_strict_of(kind, text)?;
///
/// // For a server.
/// let babs = Stored::<User>::from_json(r#"{"id": "1", "userName": "bjensen"}"#)?;
/// assert!(ListResponse::new(1, vec![babs]).to_json().contains(r#""totalResults":1"#));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct ListResponse<T> {
    /// How many resources match, over all pages.
    pub total_results: Option<u64>,
    /// The position of the first resource of this page, from 1.
    pub start_index: Option<u64>,
    /// How many resources are on this page. Some servers return the requested number instead.
    pub items_per_page: Option<u64>,
    /// The cursor of the next page (RFC 9865 §2).
    pub next_cursor: Option<String>,
    /// The cursor of the previous page (RFC 9865 §2).
    pub previous_cursor: Option<String>,
    /// The resources of this page.
    pub resources: Vec<T>,
    /// Members that the RFCs do not define.
    pub extra: Extra,
    /// Whether anything of what was read says that it is a list.
    is_list: bool,
}

impl<T: fmt::Debug> fmt::Debug for ListResponse<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = |cursor: &Option<String>| cursor.as_ref().map(|cursor| Bytes(cursor.len()));
        f.debug_struct("ListResponse")
            .field("total_results", &self.total_results)
            .field("start_index", &self.start_index)
            .field("items_per_page", &self.items_per_page)
            .field("next_cursor", &size(&self.next_cursor))
            .field("previous_cursor", &size(&self.previous_cursor))
            .field("resources", &self.resources)
            .field("extra", &self.extra)
            .finish()
    }
}

impl<T> Default for ListResponse<T> {
    fn default() -> Self {
        Self {
            total_results: None,
            start_index: None,
            items_per_page: None,
            next_cursor: None,
            previous_cursor: None,
            resources: Vec::new(),
            extra: Extra::new(),
            is_list: true,
        }
    }
}

impl<T> ListResponse<T> {
    /// Returns whether the JSON that was read has any member of a list. An object without such
    /// members, for example an Error message with a status of success, is not an empty list.
    #[doc(hidden)]
    pub fn is_list(&self) -> bool {
        self.is_list
    }
}

/// What stands in a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// A member, which is read.
    Member,
    /// The array of its elements, which is not read yet.
    Elements,
}

impl<T> ListResponse<T> {
    /// Makes a page of these resources.
    pub fn new(total_results: u64, resources: Vec<T>) -> Self {
        Self {
            total_results: Some(total_results),
            resources,
            ..Self::default()
        }
    }
}

impl<T: ReadItem> ListResponse<T> {
    /// Reads a page from JSON text. It accepts a ListResponse with member names in any letter case
    /// and numbers as strings, or a bare array of resources.
    ///
    /// If a resource is not JSON, only that resource is an error, as long as its brackets and quotes
    /// show where it ends. Commas may be too many, or missing before an object or a member's name. A
    /// member of the message that is not JSON becomes text in `extra`. A cursor that is not JSON is kept
    /// as it stands there, except for words such as `None` and `undefined`.
    ///
    /// # Errors
    /// The text is not JSON, or is neither an object nor an array, or a number has a wrong type. A
    /// resource that does not fit its type is an `Err` among the elements of the page, and not an
    /// error here.
    pub fn from_json(text: &str) -> Result<Self, DecodeError> {
        Self::read_document(T::kind(), text, false)
    }

    /// Like [`from_json`](Self::from_json), but reads resources strictly.
    ///
    /// # Errors
    /// The same as for [`from_json`](Self::from_json).
    pub fn from_json_strict(text: &str) -> Result<Self, DecodeError> {
        Self::read_document(T::kind(), text, true)
    }
}

impl<T: ReadItemOf> ListResponse<T> {
    /// Like [`from_json`](Self::from_json), for elements whose type may only be known at run time.
    ///
    /// # Errors
    /// The same as for [`from_json`](Self::from_json).
    pub fn from_json_of(kind: T::Kind, text: &str) -> Result<Self, DecodeError> {
        Self::read_document(kind, text, false)
    }

    /// Like [`from_json_of`](Self::from_json_of), but reads resources strictly.
    ///
    /// # Errors
    /// The same as for [`from_json`](Self::from_json).
    pub fn from_json_strict_of(kind: T::Kind, text: &str) -> Result<Self, DecodeError> {
        Self::read_document(kind, text, true)
    }

    fn read_document(kind: T::Kind, text: &str, strict: bool) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(text);
        let mut page = Self::default();
        let mut problems = Problems::default();
        let read = page.read(kind, &mut reader, strict, &mut problems);
        if let Err(error) = read.and_then(|()| reader.finish()) {
            return Err(DecodeError::syntax(error, text));
        }
        if problems.is_empty() {
            Ok(page)
        } else {
            Err(DecodeError::problems(problems, text))
        }
    }

    fn read(
        &mut self,
        kind: T::Kind,
        reader: &mut Reader<'_>,
        strict: bool,
        problems: &mut Problems,
    ) -> Result<(), SyntaxError> {
        let Some(mut more) = self.begin(reader, strict, problems)? else {
            return Ok(());
        };
        if self.is_list {
            return self.read_resources(more, kind, reader, strict);
        }
        while more {
            if self.read_member(kind, reader, strict, problems)? == Found::Elements {
                let begun = reader.enter_array()?;
                self.read_resources(begun, kind, reader, strict)?;
            }
            more = next_member(reader, strict)?;
        }
        Ok(())
    }

    /// Enters the page. Whether there is a member, or, of a page that is a bare array and therefore a
    /// list, an element; `None` where it is neither.
    pub(super) fn begin(
        &mut self,
        reader: &mut Reader<'_>,
        strict: bool,
        problems: &mut Problems,
    ) -> Result<Option<bool>, SyntaxError> {
        match reader.peek()? {
            json::Next::Object => {
                self.is_list = false;
                match strict {
                    true => reader.enter_object().map(Some),
                    false => json::enter_object(reader).map(Some),
                }
            }
            json::Next::Array => reader.enter_array().map(Some),
            found => {
                reader.skip_value()?;
                problems.push(Problem::new(ProblemKind::WrongType {
                    expected: "a list of resources",
                    found: found.name(),
                }));
                Ok(None)
            }
        }
    }

    /// Reads the next member, or announces the array of elements that it is.
    pub(super) fn read_member(
        &mut self,
        kind: T::Kind,
        reader: &mut Reader<'_>,
        strict: bool,
        problems: &mut Problems,
    ) -> Result<Found, SyntaxError> {
        let name = reader.member()?;
        let name_in_lower_case = name.to_ascii_lowercase();
        self.is_list |= MEMBERS.contains(&name_in_lower_case.as_str());
        match name_in_lower_case.as_str() {
            "schemas" => {
                let listed = self.member(reader, &name, strict)?;
                self.is_list |= listed.is_some_and(|listed| listed.contains("ListResponse"));
            }
            "totalresults" => {
                self.total_results = self.number(reader, &name, strict, problems)?;
            }
            "startindex" => self.start_index = self.number(reader, &name, strict, problems)?,
            "itemsperpage" => self.items_per_page = self.number(reader, &name, strict, problems)?,
            "nextcursor" => self.next_cursor = cursor(reader, strict)?,
            "previouscursor" => self.previous_cursor = cursor(reader, strict)?,
            "resources" if reader.peek()? == json::Next::Array => return Ok(Found::Elements),
            "resources" if reader.peek()? == json::Next::Null => {
                reader.skip_value()?;
            }
            "resources" => {
                let mut item = ItemReader::new(reader, 0, strict, Closer::Object);
                self.resources = vec![T::read(kind, &mut item)?];
            }
            _ if strict => self.extra.set_raw(&name, reader.skip_value()?),
            _ => {
                let value = value_or_text(reader, Closer::Object)?;
                self.extra.insert(&*name, value);
            }
        }
        Ok(Found::Member)
    }

    /// The text of a member. If it is not JSON, there is none: generously read, it is kept as an unknown one,
    /// and what stands around it counts.
    fn member<'a>(
        &mut self,
        reader: &mut Reader<'a>,
        name: &str,
        strict: bool,
    ) -> Result<Option<&'a str>, SyntaxError> {
        if strict {
            return reader.skip_value().map(Some);
        }
        match json::skip_any(reader, Closer::Object)? {
            Ok(raw) => Ok(Some(raw)),
            Err(text) => {
                self.extra.insert(name, encode::text(text));
                Ok(None)
            }
        }
    }

    /// A number, or a string that holds one. Zero stands for a negative one, which some servers send.
    fn number(
        &mut self,
        reader: &mut Reader<'_>,
        name: &str,
        strict: bool,
        problems: &mut Problems,
    ) -> Result<Option<u64>, SyntaxError> {
        let found = reader.peek();
        let Some(raw) = self.member(reader, name, strict)? else {
            return Ok(None);
        };
        Ok(number(found?, raw, name, problems))
    }

    /// Reads the elements of an array that was entered; whether there is `more` than none.
    fn read_resources(
        &mut self,
        mut more: bool,
        kind: T::Kind,
        reader: &mut Reader<'_>,
        strict: bool,
    ) -> Result<(), SyntaxError> {
        self.resources.clear();
        let depth = reader.depth();
        while more {
            let mut item = ItemReader::new(reader, self.resources.len(), strict, Closer::Array);
            match T::read(kind, &mut item) {
                Ok(element) => self.resources.push(element),
                Err(error) => {
                    more = follows(reader, depth, strict, error)?;
                    continue;
                }
            }
            more = next_element(reader, strict)?;
            if more {
                reader.begin_list();
            }
        }
        Ok(())
    }
}

impl<T: WriteItem> ListResponse<T> {
    /// The message as JSON text.
    pub fn to_json(&self) -> String {
        let mut out = format!("{{\"schemas\":[\"{}\"]", urn::LIST_RESPONSE);
        let numbers = [
            ("totalResults", self.total_results),
            ("startIndex", self.start_index),
            ("itemsPerPage", self.items_per_page),
        ];
        for (name, number) in numbers {
            if let Some(number) = number {
                out.push_str(&format!(",\"{name}\":{number}"));
            }
        }
        let cursors = [
            ("nextCursor", &self.next_cursor),
            ("previousCursor", &self.previous_cursor),
        ];
        for (name, cursor) in cursors {
            if let Some(cursor) = cursor {
                out.push_str(&format!(",\"{name}\":"));
                encode::string(&mut out, cursor);
            }
        }
        out.push_str(",\"Resources\":[");
        let start = out.len();
        for (index, item) in self.resources.iter().enumerate() {
            if let Some(mean) = (out.len() - start).checked_div(index) {
                make_room(&mut out, mean, self.resources.len() - index);
                out.push(',');
            }
            item.write_to(&mut out);
        }
        out.push(']');
        for (name, value) in self.extra.iter() {
            out.push(',');
            encode::string(&mut out, name);
            out.push(':');
            out.push_str(value.as_str());
        }
        out.push('}');
        // The first elements were far larger than the others.
        if out.capacity() / 4 > out.len() {
            out.shrink_to_fit();
        }
        out
    }
}

/// Makes room for that many more elements of this mean size, where there is none for the next: else
/// the text would be copied each time it has doubled. Those that come may be smaller: so it is a few times
/// what is there at most, or more as long as that is no more than a large page.
fn make_room(out: &mut String, mean: usize, elements: usize) {
    const GROWTH: usize = 8;
    const AT_FIRST: usize = 64;
    const LARGE: usize = 16 << 20;
    if out.capacity() - out.len() <= mean {
        let wanted = mean.saturating_add(1).saturating_mul(elements);
        // And somewhat larger: else all is copied again for the last few.
        let wanted = wanted.saturating_add(wanted / 16);
        let first = out.len().saturating_mul(AT_FIRST).min(LARGE);
        let most = out.len().saturating_mul(GROWTH).max(first);
        out.reserve(wanted.min(most));
    }
}

/// The members of a list, in lower case.
const MEMBERS: [&str; 6] = [
    "totalresults",
    "startindex",
    "itemsperpage",
    "nextcursor",
    "previouscursor",
    "resources",
];

/// Whether another member follows, by what JSON has or generously.
pub(super) fn next_member(reader: &mut Reader<'_>, strict: bool) -> Result<bool, SyntaxError> {
    match strict {
        true => reader.next_member(),
        false => json::next_member(reader),
    }
}

/// Whether another element follows, by what JSON has or generously.
#[inline]
pub(super) fn next_element(reader: &mut Reader<'_>, strict: bool) -> Result<bool, SyntaxError> {
    match strict {
        true => reader.next_element(),
        false => json::next_element(reader),
    }
}

fn number(found: json::Next, raw: &str, name: &str, problems: &mut Problems) -> Option<u64> {
    let text = raw.trim_matches('"').trim();
    let number = match whole_number(text) {
        Ok(number) => Some(u64::try_from(number).unwrap_or(0)),
        Err(_) => None,
    };
    if number.is_none() && found != json::Next::Null && !text.is_empty() {
        let kind = match whole_number(text) {
            Err(NoNumber::OutOfRange) => ProblemKind::OutOfRange {
                expected: "an integer of 64 bits",
            },
            _ => ProblemKind::WrongType {
                expected: "a whole number",
                found: found.name(),
            },
        };
        let mut problem = Problem::new(kind);
        problem.under(name);
        problems.push(problem);
    }
    number
}

/// A cursor; null and empty are none (RFC 7643 §2.5): an empty one would start again. What is not JSON is
/// kept as it stands there: without it, the list would end here, and nobody would hear of the rest.
fn cursor(reader: &mut Reader<'_>, strict: bool) -> Result<Option<String>, SyntaxError> {
    let is_string = matches!(reader.peek(), Ok(json::Next::String));
    let raw = match strict {
        true if is_string => {
            let cursor = reader.string()?.into_owned();
            return Ok((!cursor.is_empty()).then_some(cursor));
        }
        true => reader.skip_value()?,
        false => json::skip_any(reader, Closer::Object)?.unwrap_or_else(|text| text),
    };
    let cursor = match Reader::new(raw).string() {
        Ok(cursor) if is_string => cursor.into_owned(),
        _ => raw.trim_matches('"').to_owned(),
    };
    // What other languages write where there is no cursor.
    let is_none = !is_string
        && ["null", "none", "nil", "undefined", "nan"]
            .iter()
            .any(|word| raw.eq_ignore_ascii_case(word));
    Ok((!is_none && !cursor.is_empty()).then_some(cursor))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Json;

    #[test]
    fn elements_of_any_size_take_no_more_room_than_a_few_times_their_text() {
        let text = |len: usize| Json::trusted(&format!("\"{}\"", "x".repeat(len)));
        for (first, others) in [(100_000, 1), (1, 10_000), (500, 500), (0, 0)] {
            let mut resources = vec![text(first)];
            resources.extend((0..200).map(|_| text(others)));
            let json = ListResponse::new(201, resources.clone()).to_json();
            assert!(json.capacity() / 4 <= json.len(), "{first} {others}");
            let read = ListResponse::<Json>::from_json(&json).unwrap();
            assert!(read.resources == resources, "{first} {others}");
        }
        assert_eq!(
            ListResponse::<Json>::new(0, Vec::new()).to_json(),
            "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:ListResponse\"],\
             \"totalResults\":0,\"Resources\":[]}"
        );
    }

    #[test]
    fn cursors_that_are_not_json() {
        for (written, cursor) in [
            ("None", None),
            ("undefined", None),
            ("NULL", None),
            ("NaN", None),
            ("null", None),
            ("\"\"", None),
            // In quotes it is one.
            ("\"None\"", Some("None")),
            ("abc", Some("abc")),
            ("12", Some("12")),
        ] {
            let text = format!("{{\"nextCursor\":{written},\"Resources\":[]}}");
            let page = ListResponse::<Json>::from_json(&text).unwrap();
            assert_eq!(page.next_cursor.as_deref(), cursor, "{written}");
        }
    }
}
