//! The elements of a list: what can be read from one, and written to one.

use crate::{
    Partial, Stored,
    json::{
        Closer, DecodeError, Problems, Reader, SyntaxError, encode, pass_commas, recover,
        value_or_text,
    },
    model::Json,
    resource::{AnyOf, AnyResource, OneOf, Resource, ResourceKind},
};

/// One element of a list that was read: the resource, or an error that keeps its JSON.
pub type Outcome<T> = Result<T, DecodeError>;

/// An element that can be read from a list if its kind is given.
pub trait ReadItemOf: sealed::Sealed + Sized {
    /// The kind that is needed to read an element: a [`ResourceKind`], or `()` if the Rust type
    /// determines it.
    type Kind: Copy + Send + Sync + 'static;

    /// Reads the element that comes next.
    #[doc(hidden)]
    fn read(kind: Self::Kind, reader: &mut ItemReader<'_, '_>) -> Result<Self, SyntaxError>;
}

mod sealed {
    use super::{AnyOf, Json, Outcome, Partial, Stored};

    pub trait Sealed {}
    impl<R> Sealed for Outcome<Stored<R>> {}
    impl<R> Sealed for Outcome<Partial<R>> {}
    impl<U> Sealed for Outcome<AnyOf<U>> {}
    impl Sealed for Json {}
}

/// An element that can be read from a list, because its Rust type determines its kind.
#[diagnostic::on_unimplemented(
    message = "a list of `{Self}` cannot be read without its resource type",
    label = "of what type are its elements?",
    note = "pass the `ResourceKind`: `ListResponse::from_json_of`"
)]
pub trait ReadItem: ReadItemOf {
    /// The kind of the element.
    #[doc(hidden)]
    fn kind() -> Self::Kind;
}

/// An element that can be written to a list.
pub trait WriteItem {
    /// The JSON text of the element.
    fn write(&self) -> String;

    /// Appends the JSON text of the element to `out`.
    #[doc(hidden)]
    fn write_to(&self, out: &mut String) {
        out.push_str(&self.write());
    }
}

/// The source that an element is read from.
#[doc(hidden)]
pub struct ItemReader<'r, 'a> {
    reader: &'r mut Reader<'a>,
    index: usize,
    strict: bool,
    /// What ends that which the element stands in.
    closer: Closer,
}

impl<'r, 'a> ItemReader<'r, 'a> {
    pub(in crate::message) fn new(
        reader: &'r mut Reader<'a>,
        index: usize,
        strict: bool,
        closer: Closer,
    ) -> Self {
        Self {
            reader,
            index,
            strict,
            closer,
        }
    }

    /// The element, or an error that keeps its text.
    fn outcome<T>(
        &mut self,
        read: impl FnOnce(&mut Reader<'a>, bool) -> Result<(T, Problems), SyntaxError>,
    ) -> Result<Outcome<T>, SyntaxError> {
        let start = self.reader.start_of_value();
        let depth = self.reader.depth();
        let (item, problems) = match read(self.reader, self.strict) {
            Ok(read) => read,
            Err(error) => return self.unreadable(error, start, depth).map(Err),
        };
        if problems.is_empty() {
            return Ok(Ok(item));
        }
        let raw = self.reader.slice(start, self.reader.offset());
        Ok(Err(DecodeError::problems(problems, raw).in_list(self.index)))
    }

    /// An element that is not JSON costs only itself, if its end can be found.
    #[cold]
    fn unreadable(
        &mut self,
        error: SyntaxError,
        start: usize,
        depth: usize,
    ) -> Result<DecodeError, SyntaxError> {
        if self.strict || !recover(self.reader, start, depth, self.closer) {
            return Err(error);
        }
        let raw = self.reader.slice(start, self.reader.offset());
        Ok(DecodeError::element(error, start, raw, self.index))
    }
}

/// Whether an element follows in an array, which is entered so many times, where none could be read: the
/// error, unless that is because of commas.
///
/// What is nothing between two commas is no element: it would stand for a place, and the page that is asked
/// for next would begin one too far.
#[cold]
pub(in crate::message) fn follows(
    reader: &mut Reader<'_>,
    depth: usize,
    strict: bool,
    error: SyntaxError,
) -> Result<bool, SyntaxError> {
    if strict {
        return Err(error);
    }
    pass_commas(reader, depth).ok_or(error)
}

impl<R: AnyResource> ReadItemOf for Outcome<Stored<R>> {
    type Kind = ResourceKind;

    fn read(kind: ResourceKind, reader: &mut ItemReader<'_, '_>) -> Result<Self, SyntaxError> {
        reader.outcome(|reader, strict| Stored::read(kind, reader, strict, true))
    }
}

impl<R: Resource> ReadItem for Outcome<Stored<R>> {
    fn kind() -> ResourceKind {
        ResourceKind::of::<R>()
    }
}

impl<R: AnyResource> WriteItem for Stored<R> {
    fn write(&self) -> String {
        self.to_json()
    }

    fn write_to(&self, out: &mut String) {
        let envelope = self.envelope();
        encode::stored_to(out, &envelope.id, &envelope.meta, self.resource());
    }
}

impl<R: AnyResource> ReadItemOf for Outcome<Partial<R>> {
    type Kind = ResourceKind;

    fn read(kind: ResourceKind, reader: &mut ItemReader<'_, '_>) -> Result<Self, SyntaxError> {
        reader.outcome(|reader, strict| Partial::read(kind, reader, strict))
    }
}

impl<R: Resource> ReadItem for Outcome<Partial<R>> {
    fn kind() -> ResourceKind {
        ResourceKind::of::<R>()
    }
}

impl<U: OneOf> ReadItemOf for Outcome<AnyOf<U>> {
    type Kind = ();

    fn read((): (), reader: &mut ItemReader<'_, '_>) -> Result<Self, SyntaxError> {
        let (index, strict) = (reader.index, reader.strict);
        let json = reader.outcome(|reader, _| {
            let json = reader.skip_value().map(Json::trusted)?;
            Ok((json, Problems::default()))
        })?;
        Ok(json.and_then(|json| {
            U::read(&json, strict)
                .map(AnyOf)
                .map_err(|error| error.in_list(index))
        }))
    }
}

impl<U: OneOf> ReadItem for Outcome<AnyOf<U>> {
    fn kind() {}
}

impl ReadItemOf for Json {
    type Kind = ();

    fn read((): (), reader: &mut ItemReader<'_, '_>) -> Result<Self, SyntaxError> {
        if reader.strict {
            return reader.reader.skip_value().map(Json::trusted);
        }
        value_or_text(reader.reader, reader.closer)
    }
}

impl ReadItem for Json {
    fn kind() {}
}

impl WriteItem for Json {
    fn write(&self) -> String {
        self.as_str().to_owned()
    }

    fn write_to(&self, out: &mut String) {
        out.push_str(self.as_str());
    }
}
