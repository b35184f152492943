//! The errors of reading JSON, with their places.

use std::{borrow::Cow, fmt};

use super::{Reader, SyntaxError, each_member};
use crate::shown::Visible;

/// How much of an unreadable text an error keeps, in bytes.
const KEPT: usize = 64 * 1024;

/// How much of an identifier a message shows, in bytes.
const ID_SHOWN: usize = 128;

/// How the path of a problem in an element of a list begins.
const IN_LIST: &str = "Resources[";

/// How many of the places that do not fit `Display` shows, and how many `Debug`.
const SHOWN: usize = 4;
const DEBUGGED: usize = 16;

/// One place in a JSON document that does not fit the SCIM type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub(crate) path: String,
    pub(crate) kind: ProblemKind,
}

/// The kinds of [`Problem`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProblemKind {
    /// The value has another type than the schema says.
    WrongType {
        /// The type in the schema, such as "a boolean".
        expected: &'static str,
        /// The type of the value, such as "an object".
        found: &'static str,
    },
    /// A required attribute is missing, null or empty (RFC 7643 §2.2).
    MissingRequired,
    /// A number that is too large or too small for its Rust type.
    OutOfRange {
        /// The expected number, such as "an integer of 64 bits".
        expected: &'static str,
    },
    /// A string or the name of a member has half of a surrogate pair. JSON allows it (RFC 8259
    /// §8.2), but it is not valid Unicode.
    NotUnicode,
    /// A form that is accepted by default, and refused in strict mode.
    NotStrict {
        /// A description of the form.
        form: &'static str,
    },
}

impl Problem {
    #[doc(hidden)]
    pub fn new(kind: ProblemKind) -> Self {
        Self {
            path: String::new(),
            kind,
        }
    }

    /// The path of the attribute, such as `emails[2].primary`. Elements count from 0. It is empty for the whole
    /// document. For an element of a list, it begins with the element's position in the list, such as
    /// `Resources[102]`. `scim-client` counts the position over all pages, as far as it knows how many elements
    /// the earlier pages have.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong.
    pub fn kind(&self) -> &ProblemKind {
        &self.kind
    }

    /// Puts a step in front of the path, on the way out of an object.
    #[doc(hidden)]
    pub fn under(&mut self, step: &str) {
        let joint = match self.path.as_bytes().first() {
            None | Some(b'[') => "",
            _ if step.contains(':') => ":",
            _ => ".",
        };
        self.path = format!("{step}{joint}{}", self.path);
    }

    /// Puts an element's position in front of the path.
    pub(crate) fn under_element(&mut self, index: usize) {
        let joint = if self.path.is_empty() { "" } else { "." };
        self.path = format!("[{index}]{joint}{}", self.path);
    }
}

/// The places that do not fit: the first of them, and how many there were. What is kept of a
/// document does not grow with what is wrong in it.
#[derive(Debug, Clone)]
pub struct Problems {
    list: Vec<Problem>,
    most: usize,
    omitted: usize,
}

impl Default for Problems {
    fn default() -> Self {
        Self {
            list: Vec::new(),
            most: DecodeError::MAX_PLACES,
            omitted: 0,
        }
    }
}

impl Problems {
    /// Makes a collection that keeps all of them.
    pub fn all() -> Self {
        Self {
            most: usize::MAX,
            ..Self::default()
        }
    }

    /// Keeps it, or counts it.
    #[cold]
    pub fn push(&mut self, problem: Problem) {
        if self.list.len() < self.most {
            self.list.push(problem);
        } else {
            self.omitted += 1;
        }
    }

    /// Returns whether there was none.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// How many are kept.
    #[inline]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Those that are kept.
    pub fn into_list(self) -> Vec<Problem> {
        self.list
    }

    /// The first one.
    pub fn first(&self) -> Option<&Problem> {
        self.list.first()
    }

    /// Those that are kept.
    pub fn iter(&self) -> impl Iterator<Item = &Problem> {
        self.list.iter()
    }

    /// Those that are kept.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Problem> {
        self.list.iter_mut()
    }
}

impl From<Vec<Problem>> for Problems {
    fn from(all: Vec<Problem>) -> Self {
        let mut problems = Self::default();
        all.into_iter().for_each(|problem| problems.push(problem));
        problems
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = Visible(if self.path.is_empty() {
            "the document"
        } else {
            &self.path
        });
        match &self.kind {
            ProblemKind::WrongType { expected, found } => {
                write!(f, "{place}: expected {expected}, found {found}")
            }
            ProblemKind::MissingRequired => {
                write!(f, "{place}: required attribute is missing")
            }
            ProblemKind::OutOfRange { expected } => {
                write!(f, "{place}: the number is out of range for {expected}")
            }
            ProblemKind::NotUnicode => write!(f, "{place}: half of a surrogate pair in the text"),
            ProblemKind::NotStrict { form } => write!(f, "{place}: {form} (strict mode)"),
        }
    }
}

/// The error of a JSON text that does not fit a SCIM type.
///
/// It keeps the text, so that nothing is lost; see [`raw`](Self::raw). `Display` and `Debug` do not
/// show the text, since it may hold personal data.
#[derive(Clone)]
pub struct DecodeError(Box<Inner>);

#[derive(Clone)]
struct Inner {
    syntax: Option<SyntaxError>,
    problems: Problems,
    /// Of which element of a list the text is.
    element: Option<usize>,
    raw: Box<str>,
    truncated: bool,
}

impl DecodeError {
    /// How many places an error keeps at most.
    pub const MAX_PLACES: usize = 100;

    #[cold]
    #[doc(hidden)]
    pub fn syntax(error: SyntaxError, text: &str) -> Self {
        Self::new(Some(error.located(text)), Problems::default(), text)
    }

    /// Like [`syntax`](Self::syntax), of one element of a list, which begins at `start`. It is kept
    /// whole: it is one resource.
    #[cold]
    pub(crate) fn element(error: SyntaxError, start: usize, text: &str, index: usize) -> Self {
        let mut whole = Self::new(None, Problems::default(), text);
        whole.0.syntax = Some(error.within(start).located(text));
        whole.0.element = Some(index);
        whole
    }

    #[cold]
    #[doc(hidden)]
    pub fn problems(problems: impl Into<Problems>, text: &str) -> Self {
        Self::new(None, problems.into(), text)
    }

    /// Says that it was the element at `index` of a list.
    pub(crate) fn in_list(mut self, index: usize) -> Self {
        self.0.element = Some(index);
        for problem in self.0.problems.iter_mut() {
            problem.under_element(index);
            problem.under("Resources");
        }
        self
    }

    /// Says that the list which it is an element of is behind so many other elements.
    #[doc(hidden)]
    pub fn moved(&mut self, before: u64) {
        if let Some(element) = &mut self.0.element {
            *element = element.saturating_add(usize::try_from(before).unwrap_or(usize::MAX));
        }
        for problem in self.0.problems.iter_mut() {
            let moved = problem.path.strip_prefix(IN_LIST).and_then(|rest| {
                let (index, rest) = rest.split_once(']')?;
                let index = index.parse::<u64>().ok()?.checked_add(before)?;
                Some(format!("{IN_LIST}{index}]{rest}"))
            });
            if let Some(moved) = moved {
                problem.path = moved;
            }
        }
    }

    /// The `id` of the element, if the text is an element of a list and has one.
    fn id(&self) -> Option<String> {
        let first = self.0.problems.first()?;
        if !first.path.starts_with(IN_LIST) {
            return None;
        }
        let mut id = None;
        let is_it =
            |name: &str, value: &str| name.eq_ignore_ascii_case("id") && value.starts_with('"');
        // What comes before a fault counts.
        let _ = each_member(&self.0.raw, &mut |name, value| {
            let found = is_it(&name, value);
            if found {
                id = Reader::new(value).string().ok().map(Cow::into_owned);
            }
            found
        });
        let id = id.filter(|id| !id.is_empty())?;
        Some(super::prefix(&id, ID_SHOWN).to_owned())
    }

    /// Changes what it keeps of the text.
    #[doc(hidden)]
    pub fn redact(&mut self, clean: impl Fn(&str) -> Option<String>) {
        if let Some(raw) = clean(&self.0.raw) {
            self.0.raw = raw.into();
        }
        // The name of a member may be anything.
        for problem in self.0.problems.iter_mut() {
            if let Some(path) = clean(&problem.path) {
                problem.path = path;
            }
        }
    }

    fn new(syntax: Option<SyntaxError>, problems: Problems, text: &str) -> Self {
        // A document that is JSON is kept whole: it is one resource, and its user may need it.
        let kept = match syntax {
            Some(_) => super::prefix(text, KEPT),
            None => text,
        };
        Self(Box::new(Inner {
            syntax,
            problems,
            element: None,
            raw: kept.into(),
            truncated: kept.len() < text.len(),
        }))
    }

    /// The syntax error, if the text is not JSON. Its position is one in [`raw`](Self::raw).
    pub fn syntax_error(&self) -> Option<&SyntaxError> {
        self.0.syntax.as_ref()
    }

    /// The places that do not fit: at most the first [`MAX_PLACES`](Self::MAX_PLACES). Empty if the
    /// text is not JSON.
    pub fn places(&self) -> &[Problem] {
        &self.0.problems.list
    }

    /// How many further places do not fit.
    pub fn omitted_places(&self) -> usize {
        self.0.problems.omitted
    }

    /// The text as it came. For an element of a list, it is the text of the element. If a document
    /// is not JSON, only its first 64 KiB are kept. In errors of the client, the client's
    /// credentials are removed.
    pub fn raw(&self) -> &str {
        &self.0.raw
    }

    /// Returns whether [`raw`](Self::raw) is only the beginning of the text.
    pub fn is_truncated(&self) -> bool {
        self.0.truncated
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(error) = &self.0.syntax {
            if let Some(index) = self.0.element {
                write!(f, "Resources[{index}]: ")?;
            }
            return error.fmt(f);
        }
        if let Some(id) = self.id() {
            write!(f, "the resource with id `{}`: ", Visible(&id))?;
        }
        let places = self.places();
        for (index, problem) in places.iter().take(SHOWN).enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            problem.fmt(f)?;
        }
        match places.len().saturating_sub(SHOWN) + self.omitted_places() {
            0 => {}
            more => write!(f, "; and {more} more")?,
        }
        // Neither `id` nor what a message consists of is an attribute of the type, so there is
        // nothing to correct.
        let may_be_corrected = |problem: &Problem| {
            problem.kind == ProblemKind::MissingRequired
                && problem.path.rsplit('.').next() != Some("id")
                && !problem.path.starts_with("Operations")
        };
        if self.0.problems.iter().any(may_be_corrected) {
            f.write_str(
                " (if the service provider never returns it, say `\"required\": false` in \
                 overlay.json, or `Option` in a type of your own)",
            )?;
        }
        Ok(())
    }
}

impl fmt::Debug for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places = self.places();
        let places = places.get(..DEBUGGED).unwrap_or(places);
        let more = self.places().len() - places.len() + self.omitted_places();
        f.debug_struct("DecodeError")
            .field("syntax", &self.0.syntax)
            .field("problems", &places)
            .field("more_problems", &more)
            .field("raw", &format_args!("{} bytes", self.0.raw.len()))
            .finish()
    }
}

impl std::error::Error for DecodeError {}
