//! Changing a resource by saying what it should be.

use std::{future::IntoFuture, marker::PhantomData, sync::Arc};

use http::StatusCode;

use super::{
    Answer, OperationFuture, PatchResource, Readable, Replace, Resources, call::Call, read::names,
};
use crate::{
    Partial, Resource, Stored,
    error::Error,
    model::Reflect,
    patch::{ApplyOptions, Patch, Unknown},
    resource::Root,
    typed::Projection,
};

/// Changes a resource; see [`Resources::update`].
#[must_use = "nothing is sent until it is awaited"]
pub struct Update<R, T = Stored<R>> {
    handle: Resources<R>,
    before: Stored<R>,
    after: R,
    again: bool,
    checks: bool,
    projection: Option<(&'static str, String)>,
    parameters: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    marker: PhantomData<fn() -> T>,
}

impl<R: Resource> Update<R> {
    pub(super) fn new(
        handle: &Resources<R>,
        before: &Stored<R>,
        change: impl FnOnce(&mut R),
    ) -> Self {
        let mut after = before.resource().clone();
        change(&mut after);
        Self {
            handle: handle.clone(),
            before: before.clone(),
            after,
            again: false,
            checks: handle.client().inner.check_applied,
            projection: None,
            parameters: Vec::new(),
            headers: Vec::new(),
            marker: PhantomData,
        }
    }

    /// Asks for these attributes of the result only (RFC 7644 §3.9). Where nothing has changed,
    /// and so nothing is sent, the result has all attributes.
    pub fn attributes<P: Projection<R>>(
        self,
        paths: impl FnOnce(<R as Root>::Paths) -> P,
    ) -> Update<R, Partial<R>> {
        self.project("attributes", names(paths(R::PATHS)))
    }

    /// Asks for all attributes of the result but these (RFC 7644 §3.9). Where nothing has changed,
    /// and so nothing is sent, the result has all attributes.
    pub fn excluded_attributes<P: Projection<R>>(
        self,
        paths: impl FnOnce(<R as Root>::Paths) -> P,
    ) -> Update<R, Partial<R>> {
        self.project("excludedAttributes", names(paths(R::PATHS)))
    }

    fn project(self, parameter: &'static str, names: String) -> Update<R, Partial<R>> {
        Update {
            handle: self.handle,
            before: self.before,
            after: self.after,
            again: self.again,
            checks: self.checks,
            projection: Some((parameter, names)),
            parameters: self.parameters,
            headers: self.headers,
            marker: PhantomData,
        }
    }
}

impl<R: Resource, T: Readable<Of = R>> Update<R, T> {
    /// If somebody else was faster, reads the resource again and makes the same change to what it
    /// is now, once. What has come true in the meantime is not done again: the version may have
    /// changed by this very request, if its answer was lost. Where nothing is left to change, the
    /// result is what was read, with all attributes.
    pub fn retry_on_conflict(mut self) -> Self {
        self.again = true;
        self
    }

    /// Whether the answer is compared with the change, as the client is set up unless set; see
    /// [`check_applied`](super::ClientBuilder::check_applied).
    pub fn check_applied(mut self, check: bool) -> Self {
        self.checks = check;
        self
    }

    /// Adds a query parameter that SCIM does not define (RFC 7644 §3.4.2).
    pub fn parameter(mut self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        let pair = (name.as_ref().to_owned(), value.as_ref().to_owned());
        self.parameters.push(pair);
        self
    }

    /// Sets a header of this request.
    pub fn header(mut self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        let pair = (name.as_ref().to_owned(), value.as_ref().to_owned());
        self.headers.push(pair);
        self
    }

    /// The patch that will be sent; empty if nothing has changed.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest): the change is one that a
    /// client may not make.
    pub fn patch(&self) -> Result<Patch<R>, Error> {
        self.between(self.before.resource(), &self.after)
    }

    /// Does it, and gives the status and headers too; `None` where nothing has changed, and so
    /// nothing was sent.
    ///
    /// # Errors
    /// As for `.await`.
    pub fn send(self) -> OperationFuture<Option<Answer<T>>> {
        Box::pin(async move { self.run().await })
    }

    /// The patch from one state to another.
    fn between(&self, before: &R, after: &R) -> Result<Patch<R>, Error> {
        let patch = self.handle.client().profile().diff(before, after);
        patch.map_err(|error| Error::invalid_request(error.to_string()).with_source(error))
    }

    async fn run(&self) -> Result<Option<Answer<T>>, Error> {
        let patch = self.patch()?;
        if patch.is_empty() {
            return Ok(None);
        }
        let sent = match self.exchange(&self.before, &self.after, &patch).await {
            Err(error) if self.again && error.is_version_mismatch() => {
                // What the request may have done, it may have done whatever comes now.
                let unknown = error.is_outcome_unknown();
                let marked = |error: Error| error.with_outcome_unknown(unknown);
                let answer = self.handle.get(self.before.id()).send().await;
                let (now, answer) = answer.map_err(marked)?.split();
                let mut after = now.resource().clone();
                let options = ApplyOptions::default().with_unknown(Unknown::Keep);
                patch
                    .to_message()
                    .apply(&mut after, &options)
                    .map_err(|error| {
                        marked(Error::invalid_request(error.to_string()).with_source(error))
                    })?;
                let left = self.between(now.resource(), &after).map_err(marked)?;
                if left.is_empty() {
                    let read = T::unsent(&now).map_err(Error::decode)?;
                    return Ok(Some(answer.map(|()| read)));
                }
                self.exchange(&now, &after, &left).await.map_err(marked)
            }
            sent => sent,
        };
        sent.map(Some)
    }

    async fn exchange(
        &self,
        before: &Stored<R>,
        after: &R,
        patch: &Patch<R>,
    ) -> Result<Answer<T>, Error> {
        let (id, version) = (before.id(), before.meta().version.as_deref());
        let known = self.handle.client().capabilities();
        if known.patch != Some(false) {
            let request = PatchResource::new(&self.handle, id, version).apply(patch.clone());
            let before = || Some(Arc::new(before.resource().clone()) as Arc<dyn Reflect>);
            let mut request = request.check_applied(self.checks).after(before);
            self.dress(request.call_mut());
            match request.expecting::<T>().send().await {
                Err(error) if known.put != Some(false) && is_no_patch(&error) => {}
                sent => return sent,
            }
        }
        let request = Replace::new(&self.handle, id, version, after);
        let request = request.of_read(&self.handle, after);
        let request = request.check_applied(self.checks);
        let mut request = request.after(Some(before.resource()), after);
        self.dress(request.call_mut());
        request.expecting::<T>().send().await
    }

    /// Adds what this request was given besides the change.
    fn dress(&self, call: &mut Call) {
        if let Some((parameter, names)) = &self.projection {
            call.parameter(parameter, names);
        }
        for (name, value) in &self.parameters {
            call.parameter(name, value);
        }
        for (name, value) in &self.headers {
            call.header(name, value);
        }
    }
}

/// Whether the answer means that there is no PATCH for this resource, so that nothing was done.
fn is_no_patch(error: &Error) -> bool {
    matches!(
        error.status(),
        Some(StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_IMPLEMENTED)
    ) && !error.is_outcome_unknown()
}

impl<R: std::fmt::Debug, T> std::fmt::Debug for Update<R, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Update")
            .field("before", &self.before)
            .finish_non_exhaustive()
    }
}

impl<R: Resource, T: Readable<Of = R>> IntoFuture for Update<R, T> {
    type Output = Result<T, Error>;
    type IntoFuture = OperationFuture<T>;

    fn into_future(self) -> OperationFuture<T> {
        Box::pin(async move {
            match self.run().await? {
                Some(answer) => Ok(answer.into_value()),
                None => T::unsent(&self.before).map_err(Error::decode),
            }
        })
    }
}
