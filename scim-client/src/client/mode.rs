//! What a write returns: the resource, a confirmation that it was done, or one that it will be done.

use std::{future::Future, sync::Arc};

use bytes::Bytes;
use http::StatusCode;

use super::{
    applied::Expected,
    call::Call,
    deferred::{Accepted, Deferred},
    operation::sealed::Sealed,
    response::{Readable, Response, id_at, resource, success},
    send::Sender,
    settle::{Target, resource_of},
    written::{Receipt, Written},
};
use crate::error::{Error, ErrorKind, denial};

/// The default of every write. It returns the resource as it is afterwards, and reads it if the
/// response has none. A 202 is an error, because the resource may not be changed yet. There is one
/// exception: the 202 names no transaction, the old values are known, and its resource shows the
/// new ones.
#[derive(Debug, Clone, Copy)]
pub struct Complete;

/// A write in one exchange; see [`OperationBuilder::no_refetch`](super::OperationBuilder::no_refetch).
#[derive(Debug, Clone, Copy)]
pub struct NoRefetch;

/// A write that may be done later; see
/// [`OperationBuilder::respond_async`](super::OperationBuilder::respond_async).
#[derive(Debug, Clone, Copy)]
pub struct RespondAsync;

impl Sealed for Complete {}
impl Sealed for NoRefetch {}
impl Sealed for RespondAsync {}

/// What a write of a `T` returns: [`Complete`], [`NoRefetch`] or [`RespondAsync`].
pub trait Mode<T>: Sealed + Send + Sync + 'static {
    /// The result of decoding one response.
    type Decoded: Send + 'static;
    /// The result of the operation.
    type Output: Send + 'static;

    #[doc(hidden)]
    fn decode(
        write: &Write<'_>,
        response: http::Response<Bytes>,
    ) -> Result<Response<Self::Decoded>, Error>;

    #[doc(hidden)]
    fn finish(
        write: Write<'_>,
        decoded: Result<Response<Self::Decoded>, Error>,
    ) -> impl Future<Output = Result<Response<Self::Output>, Error>> + Send;

    /// What is given where nothing needs to be sent.
    #[doc(hidden)]
    fn unsent(resource: T) -> Self::Output;
}

/// A write that was sent.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct Write<'a> {
    pub(super) sender: &'a Arc<Sender>,
    pub(super) call: &'a Call,
    pub(super) target: &'a Target,
    pub(super) expected: Option<&'a Expected>,
}

impl<T: Readable> Mode<T> for Complete {
    type Decoded = Written<T>;
    type Output = T;

    fn decode(
        write: &Write<'_>,
        response: http::Response<Bytes>,
    ) -> Result<Response<Written<T>>, Error> {
        written_now(write, response)
    }

    async fn finish(
        write: Write<'_>,
        decoded: Result<Response<Written<T>>, Error>,
    ) -> Result<Response<T>, Error> {
        resource_of(
            write.sender,
            write.call,
            write.target,
            write.expected,
            decoded,
        )
        .await
    }

    fn unsent(resource: T) -> T {
        resource
    }
}

impl<T: Readable> Mode<T> for NoRefetch {
    type Decoded = Written<T>;
    type Output = Written<T>;

    fn decode(
        write: &Write<'_>,
        response: http::Response<Bytes>,
    ) -> Result<Response<Written<T>>, Error> {
        written_now(write, response)
    }

    async fn finish(
        _: Write<'_>,
        decoded: Result<Response<Written<T>>, Error>,
    ) -> Result<Response<Written<T>>, Error> {
        decoded
    }

    fn unsent(resource: T) -> Written<T> {
        Written::Resource(resource)
    }
}

impl<T: Readable> Mode<T> for RespondAsync {
    type Decoded = Deferred<Written<T>>;
    type Output = Deferred<Written<T>>;

    /// A 202 is no result yet, unless it shows it.
    fn decode(
        write: &Write<'_>,
        response: http::Response<Bytes>,
    ) -> Result<Response<Self::Decoded>, Error> {
        let answer = written(write, response)?;
        let is_later = is_later(write, &answer);
        let (written, answer) = answer.split();
        let deferred = match is_later {
            true => Deferred::Accepted(Accepted::of(answer.headers())),
            false => Deferred::Done(written),
        };
        Ok(answer.map(|()| deferred))
    }

    async fn finish(
        _: Write<'_>,
        decoded: Result<Response<Self::Decoded>, Error>,
    ) -> Result<Response<Self::Output>, Error> {
        decoded
    }

    fn unsent(resource: T) -> Self::Output {
        Deferred::Done(Written::Resource(resource))
    }
}

/// Reads the response to a write, and compares it with what was to be written.
fn written<T: Readable>(
    write: &Write<'_>,
    response: http::Response<Bytes>,
) -> Result<Response<Written<T>>, Error> {
    let call = write.call;
    let id = write.target.id.as_deref();
    let answer = success(call, response)?;
    let read = match answer.value() {
        Some(text) => match checked(write, &answer, text) {
            Ok(read) => Some(read),
            // What comes with a 202 says how far the request is (RFC 9110 §15.3.3). It may be the
            // resource, or as it was, or anything else.
            Err(_) if answer.status() == StatusCode::ACCEPTED && denial(text).is_none() => None,
            Err(error) => return Err(error),
        },
        None => None,
    };
    let value = match read {
        Some(read) => Written::Resource(read),
        None => {
            let located = || id_at(answer.location()?, &call.full_path());
            Written::NoBody(Receipt {
                id: id.map(str::to_owned).or_else(located),
                version: answer.version().map(str::to_owned),
                id_from_location: id.is_none(),
                unconditional: call.is_unconditional(),
            })
        }
    };
    Ok(answer.map(|_| value))
}

/// The resource in the response to a write, as it was to be.
fn checked<T: Readable>(
    write: &Write<'_>,
    answer: &Response<Option<String>>,
    text: &str,
) -> Result<T, Error> {
    let (call, target) = (write.call, write.target);
    let read: T = resource(call, target.kind, answer, text, target.id.as_deref())?;
    if let Some(expected) = write.expected {
        let checked = expected.check(call, read.found(), text);
        checked.map_err(|error| error.with_answer(answer.status(), answer.headers().clone()))?;
    }
    Ok(read)
}

/// Reads the response to a write that is to be done at once: a 202 is an error, as [`is_later`] has it.
pub(super) fn written_now<T: Readable>(
    write: &Write<'_>,
    response: http::Response<Bytes>,
) -> Result<Response<Written<T>>, Error> {
    let answer = written(write, response)?;
    match is_later(write, &answer) {
        true => Err(later(write.call, &answer)),
        false => Ok(answer),
    }
}

/// Returns whether this says that the write is accepted, which is not that it is done (RFC 9110
/// §15.3.3): a resource that comes with it may be the one that will be. Only one that was compared
/// with what it was before shows what became of it, and not even that if the service provider names
/// a transaction (RFC 9967 §2.5.1).
fn is_later<T>(write: &Write<'_>, answer: &Response<Written<T>>) -> bool {
    let shows = matches!(answer.value(), Written::Resource(_))
        && write.expected.is_some_and(Expected::knows_before)
        && !Accepted::of(answer.headers()).is_promise();
    answer.status() == StatusCode::ACCEPTED && !shows
}

/// The error for a 202 that nobody asked for: what could be read now is not what will be.
pub(super) fn later<T>(call: &Call, answer: &Response<T>) -> Error {
    let error = Error::new(
        ErrorKind::Status,
        "the service provider will do it later: `respond_async` gives the transaction",
    );
    let error = error.with_outcome_unknown(true);
    call.blame(error.with_answer(answer.status(), answer.headers().clone()))
}
