//! Creating, replacing and deleting.

use std::{future::IntoFuture, marker::PhantomData, time::Duration};

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};

use super::{
    Answer, Client, Operation, OperationFuture, Readable, Resources,
    answer::{contradicted, id_at, resource, success},
    applied::Expected,
    call::Call,
    deferred::{Accepted, Deferred, deferred, prefer},
    denied,
    operation::call_options,
    read::project,
    settle::{Target, resource_of},
};
use crate::{
    Partial, Resource, Stored,
    error::{Error, ErrorKind},
    internal::encode,
    model::{Mutability, Returned},
    resource::Root,
    typed::Projection,
};

/// What a write gives in one exchange.
#[derive(Debug, Clone)]
pub enum Written<T> {
    /// The resource as it is now.
    Resource(T),
    /// The server did it and sent no resource.
    NoBody(Receipt),
}

/// What is known of a resource after a write without a resource in its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Receipt {
    /// Its `id`; `None` if the server did not say which resource it created.
    pub id: Option<String>,
    /// Its new version; `None` if the server did not say it.
    pub version: Option<String>,
    /// Whether the `id` is the end of a `Location`, which nobody has looked at.
    pub id_from_location: bool,
    /// Whether it could not be bound to a version; see
    /// [`Answer::is_unconditional`](super::Answer::is_unconditional).
    pub unconditional: bool,
}

impl Receipt {
    /// Takes the new version over into what was read before. If the server did not say it, the
    /// version is unknown from now on, and the next write is not bound to one.
    pub fn renew<R>(&self, stored: &mut Stored<R>) {
        stored.settle();
        stored.meta_mut().version.clone_from(&self.version);
    }
}

/// Reads the answer to a write, and compares it with what was to be written.
pub(super) fn written<T: Readable>(
    call: &Call,
    response: Response<Bytes>,
    id: Option<&str>,
    expected: Option<&Expected>,
) -> Result<Answer<Written<T>>, Error> {
    let answer = success(call, response)?;
    let value = match answer.value() {
        Some(text) => {
            let read: T = resource(call, &answer, text, id)?;
            if let Some(expected) = expected {
                let checked = expected.check(call, read.found(), text);
                let with_answer =
                    |error: Error| error.with_answer(answer.status(), answer.headers().clone());
                checked.map_err(with_answer)?;
            }
            Written::Resource(read)
        }
        None => {
            let located = || id_at(answer.location()?, call.path());
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

/// Reads the answer to a write that is to be done at once: a 202 is an error.
pub(super) fn written_now<T: Readable>(
    call: &Call,
    response: Response<Bytes>,
    id: Option<&str>,
    expected: Option<&Expected>,
) -> Result<Answer<Written<T>>, Error> {
    let answer = written(call, response, id, expected)?;
    let done = matches!(answer.value(), Written::Resource(_));
    if answer.status() == StatusCode::ACCEPTED && !done {
        return Err(later(call, &answer));
    }
    Ok(answer)
}

/// The error for a 202 that nobody asked for: what could be read now is not what will be.
pub(super) fn later<T>(call: &Call, answer: &Answer<T>) -> Error {
    let error = Error::new(
        ErrorKind::Status,
        "the service provider will do it later: `respond_async` gives the transaction",
    );
    let error = error.with_outcome_unknown(true);
    call.blame(error.with_answer(answer.status(), answer.headers().clone()))
}

macro_rules! write_operation {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone)]
        #[must_use = "nothing is sent until it is awaited"]
        pub struct $name<T> {
            call: Call,
            target: Target,
            expected: Option<Expected>,
            marker: PhantomData<fn() -> T>,
        }

        impl<R: Resource> $name<Stored<R>> {
            /// Asks for these attributes of the result only (RFC 7644 §3.9).
            pub fn attributes<P: Projection<R>>(
                self,
                paths: impl FnOnce(<R as Root>::Paths) -> P,
            ) -> $name<Partial<R>> {
                self.project("attributes", paths(R::PATHS))
            }

            /// Asks for all attributes of the result but these (RFC 7644 §3.9).
            pub fn excluded_attributes<P: Projection<R>>(
                self,
                paths: impl FnOnce(<R as Root>::Paths) -> P,
            ) -> $name<Partial<R>> {
                self.project("excludedAttributes", paths(R::PATHS))
            }

            /// Says with `null` or `[]` that these attributes are to have no value, where they
            /// have none in the resource: a service provider may otherwise set a default, or keep
            /// what it has (RFC 7644 §3.3, §3.5.1).
            pub fn clear<P: Projection<R>>(
                mut self,
                paths: impl FnOnce(<R as Root>::Paths) -> P,
            ) -> Self {
                let mut wanted = Vec::new();
                paths(R::PATHS).indices(&mut wanted);
                for index in wanted {
                    self.call.clear(index.resolve(R::DESCRIPTOR).attributes());
                }
                self
            }

            /// Says with `null` or `[]` that all attributes without a value are to have none.
            ///
            /// Left out are attributes of extensions, and those that are not returned by default,
            /// such as `password`: what was read lacks them, whether they have a value or not.
            pub fn clear_unassigned(mut self) -> Self {
                let known = R::DESCRIPTOR.attributes().iter().filter(|attribute| {
                    let writable = matches!(
                        attribute.mutability_of(),
                        Mutability::ReadWrite | Mutability::Immutable
                    );
                    let read = matches!(attribute.returned_of(), Returned::Always | Returned::Default);
                    writable && read && !attribute.is_extension()
                });
                for attribute in known {
                    self.call.clear(vec![attribute]);
                }
                self
            }

            fn project<P: Projection<R>>(
                mut self,
                parameter: &str,
                projection: P,
            ) -> $name<Partial<R>> {
                project(&mut self.call, parameter, projection);
                self.expecting()
            }
        }

        impl<T> $name<T> {
            /// The same request, whose parameters make the answer a `U`.
            pub(super) fn expecting<U>(mut self) -> $name<U> {
                self.target.query = self.call.query().to_owned();
                $name {
                    call: self.call,
                    target: self.target,
                    expected: self.expected,
                    marker: PhantomData,
                }
            }

            call_options!();
        }

        impl<T: Readable> $name<T> {
            /// Allows the service provider to do it later (`Prefer: respond-async`, RFC 9967
            /// §2.5.1), or to take up to `wait` to do it at once; whole seconds count.
            pub fn respond_async(
                mut self,
                wait: Option<Duration>,
            ) -> OperationFuture<Deferred<Written<T>>> {
                prefer(&mut self.call, wait);
                deferred(async move {
                    let response = self.call.send().await?;
                    let id = self.target.id.as_deref();
                    written(&self.call, response, id, self.expected.as_ref())
                })
            }

            /// Does it in one exchange: where the answer has no resource, it is not read.
            pub fn no_refetch(self) -> OperationFuture<Written<T>> {
                Box::pin(async move {
                    let response = self.call.send().await?;
                    self.decode(response).map(Answer::into_value)
                })
            }

            /// Does it, and gives the status and headers too.
            ///
            /// # Errors
            /// As for `.await`.
            pub fn send(self) -> OperationFuture<Answer<T>> {
                Box::pin(async move {
                    let response = self.call.send().await?;
                    let written = self.decode(response);
                    let expected = self.expected.as_ref();
                    resource_of(&self.call, &self.target, expected, written).await
                })
            }
        }

        impl<T: Readable> Operation for $name<T> {
            type Output = Written<T>;

            fn request(&self) -> Result<Request<Bytes>, Error> {
                self.call.request()
            }

            fn decode(&self, response: Response<Bytes>) -> Result<Answer<Written<T>>, Error> {
                let id = self.target.id.as_deref();
                written_now(&self.call, response, id, self.expected.as_ref())
            }
        }

        impl<T: Readable> IntoFuture for $name<T> {
            type Output = Result<T, Error>;
            type IntoFuture = OperationFuture<T>;

            fn into_future(self) -> OperationFuture<T> {
                Box::pin(async move { self.send().await.map(Answer::into_value) })
            }
        }
    };
}

write_operation! {
    /// Creates a resource; see [`Resources::create`].
    Create
}
write_operation! {
    /// Replaces a resource; see [`Resources::replace`].
    Replace
}

impl<R: Resource> Create<Stored<R>> {
    pub(super) fn new(handle: &Resources<R>, resource: &R) -> Self {
        Self::at(handle, handle.collection_path(), resource)
    }

    pub(super) fn at(handle: &Resources<R>, path: Result<String, Error>, resource: &R) -> Self {
        let mut call = Call::new(handle.client().clone(), Method::POST, path).about::<R>();
        call.body(encode::for_create(R::SCHEMA, resource));
        Self {
            call,
            target: Target::new(handle, None),
            expected: None,
            marker: PhantomData,
        }
    }
}

impl<T> Replace<T> {
    /// Whether the answer is compared with what was to be written, as the client is set up unless
    /// set; see [`check_applied`](super::ClientBuilder::check_applied). It cannot be switched on
    /// for one request where the client does without.
    pub fn check_applied(mut self, check: bool) -> Self {
        self.expected = self.expected.filter(|_| check);
        self
    }

    pub(super) fn call_mut(&mut self) -> &mut Call {
        &mut self.call
    }
}

impl<R: Resource> Replace<Stored<R>> {
    pub(super) fn new(
        handle: &Resources<R>,
        id: &str,
        version: Option<&str>,
        resource: &R,
    ) -> Self {
        let mut replace = Self::at(handle, handle.resource_path(id), id, version, resource);
        replace.target = Target::new(handle, Some(id));
        replace
    }

    pub(super) fn at(
        handle: &Resources<R>,
        path: Result<String, Error>,
        id: &str,
        version: Option<&str>,
        resource: &R,
    ) -> Self {
        let mut call = Call::new(handle.client().clone(), Method::PUT, path).about::<R>();
        if let Err(problem) = denied::put(handle.client()) {
            call.fail(problem);
        }
        call.body(encode::for_replace(id, resource));
        call.if_match(version);
        let checks = handle.client().inner.check_applied;
        Self {
            call,
            target: Target::here(Some(id)),
            expected: checks.then(|| Expected::replaced(None, resource)),
            marker: PhantomData,
        }
    }

    /// Compares the answer with the resource as it was, too.
    pub(super) fn after(mut self, before: Option<&R>, resource: &R) -> Self {
        if self.expected.is_some() && before.is_some() {
            self.expected = Some(Expected::replaced(before, resource));
        }
        self
    }

    /// Refuses to write back what was read without an attribute that the service provider has.
    pub(super) fn of_read(mut self, handle: &Resources<R>, resource: &R) -> Self {
        if let Err(problem) = denied::write_back(handle.client(), resource) {
            self.call.fail(problem);
        }
        self
    }
}

/// Deletes a resource; see [`Resources::delete`].
///
/// Success is what the service provider says: an answer does not show whether anything was deleted.
/// Whoever must know reads the resource afterwards.
///
/// A 202 is a success, too: some service providers answer every deletion so.
/// [`send`](Self::send) gives the status, [`respond_async`](Self::respond_async) tells the two
/// apart.
#[derive(Debug, Clone)]
#[must_use = "nothing is sent until it is awaited"]
pub struct Delete {
    call: Call,
}

impl Delete {
    pub(super) fn new<R: Resource>(handle: &Resources<R>, id: &str, version: Option<&str>) -> Self {
        Self::at(handle, handle.resource_path(id), version)
    }

    pub(super) fn at<R: Resource>(
        handle: &Resources<R>,
        path: Result<String, Error>,
        version: Option<&str>,
    ) -> Self {
        let client: Client = handle.client().clone();
        let mut call = Call::new(client, Method::DELETE, path).about::<R>();
        call.if_match(version);
        Self { call }
    }

    /// Deletes it, or finds it deleted: whether it was there. A 404 is no error, if it
    /// [comes of SCIM](Error::is_not_found).
    ///
    /// # Errors
    /// As for `.await`, but for such a 404.
    pub fn if_exists(self) -> OperationFuture<bool> {
        Box::pin(async move {
            match self.await {
                Ok(()) => Ok(true),
                Err(error) if error.is_not_found() => Ok(false),
                Err(error) => Err(error),
            }
        })
    }

    call_options!();

    /// Allows the service provider to do it later (`Prefer: respond-async`, RFC 9967 §2.5.1), or
    /// to take up to `wait` to do it at once; whole seconds count.
    pub fn respond_async(mut self, wait: Option<Duration>) -> OperationFuture<Deferred<()>> {
        prefer(&mut self.call, wait);
        Box::pin(async move {
            let answer = self.send().await?;
            Ok(match answer.status() {
                StatusCode::ACCEPTED => Deferred::Accepted(Accepted::of(answer.headers())),
                _ => Deferred::Done(()),
            })
        })
    }

    /// Deletes it, and gives the status and headers too.
    ///
    /// # Errors
    /// As for `.await`.
    pub fn send(self) -> OperationFuture<Answer<()>> {
        Box::pin(async move {
            let response = self.call.send().await?;
            self.decode(response)
        })
    }
}

impl Operation for Delete {
    type Output = ();

    fn request(&self) -> Result<Request<Bytes>, Error> {
        self.call.request()
    }

    /// Any success will do, with or without a body, unless the body says otherwise: some answer
    /// every deletion with 202.
    fn decode(&self, response: Response<Bytes>) -> Result<Answer<()>, Error> {
        if let Some(error) = contradicted(&self.call, &response) {
            return Err(error);
        }
        let (parts, body) = response.into_parts();
        let body = if parts.status.is_success() {
            Bytes::new()
        } else {
            body
        };
        let answer = success(&self.call, Response::from_parts(parts, body))?;
        Ok(answer.map(drop))
    }
}

impl IntoFuture for Delete {
    type Output = Result<(), Error>;
    type IntoFuture = OperationFuture<()>;

    fn into_future(self) -> OperationFuture<()> {
        Box::pin(async move { self.send().await.map(Answer::into_value) })
    }
}
