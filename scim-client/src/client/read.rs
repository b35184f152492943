//! Reading one resource.

use std::future::IntoFuture;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};

use super::{
    Answer, Operation, OperationFuture, Readable, Resources,
    answer::{resource, success},
    call::Call,
    operation::call_options,
    settle::look_at_id,
};
use crate::{
    Partial, Resource, Stored,
    attribute_path::AttributePath,
    error::{Error, ErrorKind},
    resource::Root,
    typed::Projection,
};

/// Reads one resource; see [`Resources::get`].
#[derive(Debug, Clone)]
#[must_use = "nothing is sent until it is awaited"]
pub struct Get<T> {
    call: Call,
    id: Option<String>,
    /// Where the resource is by its `id`, for one that is read elsewhere.
    endpoint: String,
    /// What is given if the server says that nothing has changed.
    unchanged: Option<Box<T>>,
}

impl<R: Resource> Get<Stored<R>> {
    pub(super) fn new(handle: &Resources<R>, id: &str, version: Option<&str>) -> Self {
        let mut get = Self::at(handle, handle.resource_path(id), Some(id.to_owned()));
        get.call.if_none_match(version);
        get
    }

    pub(super) fn at(
        handle: &Resources<R>,
        path: Result<String, Error>,
        id: Option<String>,
    ) -> Self {
        Self {
            call: Call::new(handle.client().clone(), Method::GET, path).about::<R>(),
            id,
            endpoint: handle.endpoint().to_owned(),
            unchanged: None,
        }
    }

    pub(super) fn unchanged(&mut self, stored: Stored<R>) {
        self.unchanged = Some(Box::new(stored));
    }

    /// Asks for these attributes only (RFC 7644 §3.9).
    pub fn attributes<P: Projection<R>>(
        self,
        paths: impl FnOnce(<R as Root>::Paths) -> P,
    ) -> Get<Partial<R>> {
        self.project("attributes", paths(R::PATHS))
    }

    /// Asks for all attributes that are returned by default but these (RFC 7644 §3.9).
    pub fn excluded_attributes<P: Projection<R>>(
        self,
        paths: impl FnOnce(<R as Root>::Paths) -> P,
    ) -> Get<Partial<R>> {
        self.project("excludedAttributes", paths(R::PATHS))
    }

    fn project<P: Projection<R>>(mut self, parameter: &str, projection: P) -> Get<Partial<R>> {
        project(&mut self.call, parameter, projection);
        if self.unchanged.is_some() {
            // What was read before is no such projection, and cannot be given in its place.
            self.call.if_none_match(None);
        }
        Get {
            call: self.call,
            id: self.id,
            endpoint: self.endpoint,
            unchanged: None,
        }
    }
}

/// Adds a list of attributes to a request.
pub(super) fn project<R, P: Projection<R>>(call: &mut Call, parameter: &str, projection: P) {
    call.parameter(parameter, &names(projection));
}

/// The names of attributes as a list.
pub(super) fn names<R, P: Projection<R>>(projection: P) -> String {
    let mut names = Vec::new();
    projection.names(&mut names);
    let names: Vec<_> = names.iter().map(AttributePath::to_string).collect();
    names.join(",")
}

impl<T> Get<T> {
    call_options!();
}

impl<T: Readable + Clone> Get<T> {
    /// Reads it, if there is one: `None` where the service provider answers 404, as long as that
    /// [comes of SCIM](Error::is_not_found).
    ///
    /// # Errors
    /// As for `.await`, but for such a 404.
    pub fn optional(self) -> OperationFuture<Option<T>> {
        Box::pin(async move {
            match self.await {
                Ok(read) => Ok(Some(read)),
                Err(error) if error.is_not_found() => Ok(None),
                Err(error) => Err(error),
            }
        })
    }

    /// Reads it, and gives the status and headers too.
    ///
    /// # Errors
    /// As for `.await`.
    pub fn send(self) -> OperationFuture<Answer<T>> {
        Box::pin(self.exchange())
    }

    async fn exchange(self) -> Result<Answer<T>, Error> {
        let response = self.call.send().await?;
        let answer = self.decode(response)?;
        look_at_id(&self.call, Some(&self.endpoint), answer).await
    }
}

impl<T: Readable + Clone> Operation for Get<T> {
    type Output = T;

    fn request(&self) -> Result<Request<Bytes>, Error> {
        self.call.request()
    }

    fn decode(&self, response: Response<Bytes>) -> Result<Answer<T>, Error> {
        let answer = success(&self.call, response)?;
        if answer.status() == StatusCode::NOT_MODIFIED
            && let Some(unchanged) = &self.unchanged
        {
            return Ok(answer.map(|_| T::clone(unchanged)));
        }
        match answer.value() {
            Some(text) => {
                let read = resource(&self.call, &answer, text, self.id.as_deref())?;
                Ok(answer.map(|_| read))
            }
            None => {
                let error = Error::new(ErrorKind::Decode, "expected a resource, found no body");
                let (status, headers) = (answer.status(), answer.headers().clone());
                Err(self.call.blame(error.with_answer(status, headers)))
            }
        }
    }
}

impl<T: Readable + Clone> IntoFuture for Get<T> {
    type Output = Result<T, Error>;
    type IntoFuture = OperationFuture<T>;

    fn into_future(self) -> OperationFuture<T> {
        Box::pin(async move { self.exchange().await.map(Answer::into_value) })
    }
}
