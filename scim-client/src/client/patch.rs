//! Changing a resource.

use std::{future::IntoFuture, marker::PhantomData, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{Method, Request, Response};

use super::{
    Answer, Operation, OperationFuture, Readable, Resources, Written,
    applied::Expected,
    call::Call,
    deferred::{Deferred, deferred, prefer},
    denied,
    operation::call_options,
    read::project,
    settle::{Target, resource_of},
    write::{written, written_now},
};
use crate::{
    Partial, Resource, Stored,
    error::Error,
    model::Reflect,
    patch::{Patch, PatchOp},
    resource::Root,
    typed::{
        self, MayAdd, MayOmit, MayRemove, MayReplace, OneTarget, Projection, Removable, ValueFor,
    },
};

/// Changes a resource; see [`Resources::patch`].
///
/// `.await` gives the resource as it is afterwards: from the answer, or read again where the
/// server answers with 204.
///
/// Where the client's [`Profile`](crate::Profile) limits what one request may change, several are
/// sent; if one of them fails, those before it are done, and the error says so
/// ([`is_outcome_unknown`](Error::is_outcome_unknown)).
#[derive(Clone)]
#[must_use = "nothing is sent until it is awaited"]
pub struct PatchResource<R, T = Stored<R>> {
    call: Call,
    target: Target,
    patch: Patch<R>,
    /// The resource as it was read, if it was.
    before: Option<Arc<dyn Reflect>>,
    /// Whether the answer is compared with what was to be changed.
    checks: bool,
    marker: PhantomData<fn() -> T>,
}

impl<R: Resource> PatchResource<R> {
    pub(super) fn new(handle: &Resources<R>, id: &str, version: Option<&str>) -> Self {
        let mut patch = Self::at(handle, handle.resource_path(id), Some(id), version);
        patch.target = Target::new(handle, Some(id));
        patch
    }

    pub(super) fn at(
        handle: &Resources<R>,
        path: Result<String, Error>,
        id: Option<&str>,
        version: Option<&str>,
    ) -> Self {
        let mut call = Call::new(handle.client().clone(), Method::PATCH, path).about::<R>();
        if let Err(problem) = denied::patch(handle.client()) {
            call.fail(problem);
        }
        call.if_match(version);
        Self {
            call,
            target: Target::here(id),
            patch: Patch::new(),
            before: None,
            checks: handle.client().inner.check_applied,
            marker: PhantomData,
        }
    }

    /// Compares the answer with the resource as it was, too.
    pub(super) fn after(mut self, before: impl FnOnce() -> Option<Arc<dyn Reflect>>) -> Self {
        if self.checks {
            self.before = before();
        }
        self
    }

    /// Asks for these attributes of the result only (RFC 7644 §3.9).
    pub fn attributes<P: Projection<R>>(
        self,
        paths: impl FnOnce(<R as Root>::Paths) -> P,
    ) -> PatchResource<R, Partial<R>> {
        self.project("attributes", paths(R::PATHS))
    }

    /// Asks for all attributes of the result but these (RFC 7644 §3.9).
    pub fn excluded_attributes<P: Projection<R>>(
        self,
        paths: impl FnOnce(<R as Root>::Paths) -> P,
    ) -> PatchResource<R, Partial<R>> {
        self.project("excludedAttributes", paths(R::PATHS))
    }

    fn project<P: Projection<R>>(
        mut self,
        parameter: &str,
        projection: P,
    ) -> PatchResource<R, Partial<R>> {
        project(&mut self.call, parameter, projection);
        self.expecting()
    }
}

impl<R, T> PatchResource<R, T> {
    pub(super) fn call_mut(&mut self) -> &mut Call {
        &mut self.call
    }

    /// The same request, whose parameters make the answer a `U`.
    pub(super) fn expecting<U>(mut self) -> PatchResource<R, U> {
        self.target.query = self.call.query().to_owned();
        PatchResource {
            call: self.call,
            target: self.target,
            patch: self.patch,
            before: self.before,
            checks: self.checks,
            marker: PhantomData,
        }
    }
}

impl<R: Resource, T: Readable<Of = R>> PatchResource<R, T> {
    /// Whether the answer is compared with what was to be changed, as the client is set up unless
    /// set; see [`check_applied`](super::ClientBuilder::check_applied).
    pub fn check_applied(mut self, check: bool) -> Self {
        self.checks = check;
        self
    }

    /// Replaces the value of an attribute (RFC 7644 §3.5.2.3).
    pub fn replace<A, V>(mut self, target: impl FnOnce(<R as Root>::Paths) -> A, value: V) -> Self
    where
        A: typed::Target<R>,
        A::Mutability: MayReplace<A::Name>,
        A::Place: OneTarget<A::Name>,
        V: ValueFor<A::Value, A::Name>,
    {
        self.patch = self.patch.replace(target, value);
        self
    }

    /// Adds a value: sets an attribute, or adds to a multi-valued one (RFC 7644 §3.5.2.1).
    pub fn add<A, V>(mut self, target: impl FnOnce(<R as Root>::Paths) -> A, value: V) -> Self
    where
        A: typed::Target<R>,
        A::Mutability: MayAdd<A::Name>,
        A::Place: OneTarget<A::Name>,
        V: ValueFor<A::Value, A::Name>,
    {
        self.patch = self.patch.add(target, value);
        self
    }

    /// Removes an attribute, or elements of a multi-valued one (RFC 7644 §3.5.2.2).
    pub fn remove<A>(mut self, target: impl FnOnce(<R as Root>::Paths) -> A) -> Self
    where
        A: Removable<R>,
        A::Requirement: MayOmit<A::Name>,
        A::Mutability: MayRemove<A::Name>,
        A::Place: OneTarget<A::Name>,
    {
        self.patch = self.patch.remove(target);
        self
    }

    /// Adds the operations of another patch, such as a [`diff`](crate::patch::diff).
    pub fn apply(mut self, patch: Patch<R>) -> Self {
        self.patch = self.patch.then(patch);
        self
    }

    call_options!();

    /// Does it in one exchange: the resource is not read again after a 204.
    pub fn no_refetch(mut self) -> OperationFuture<Written<T>> {
        Box::pin(async move { self.exchange(written_now).await.map(Answer::into_value) })
    }

    /// Allows the service provider to do it later (`Prefer: respond-async`, RFC 9967 §2.5.1), or
    /// to take up to `wait` to do it at once; whole seconds count. Not where it takes several
    /// requests.
    pub fn respond_async(
        mut self,
        wait: Option<Duration>,
    ) -> OperationFuture<Deferred<Written<T>>> {
        // Of several requests, each must be done before the next is sent.
        if self.plan().len() == 1 {
            prefer(&mut self.call, wait);
        }
        deferred(async move { self.exchange(written).await })
    }

    /// Does it, and gives the status and headers too.
    ///
    /// # Errors
    /// As for `.await`.
    pub fn send(mut self) -> OperationFuture<Answer<T>> {
        Box::pin(async move {
            let written = self.exchange(written_now).await;
            let expected = self.expected();
            resource_of(&self.call, &self.target, expected.as_ref(), written).await
        })
    }

    /// What it is to lead to.
    fn expected(&self) -> Option<Expected> {
        let changes = self.patch.operations();
        self.checks
            .then(|| Expected::patched::<R>(self.before.as_ref(), changes))
    }

    /// The requests that it takes: one, unless the [`Profile`](crate::Profile) says otherwise.
    fn plan(&mut self) -> Vec<PatchOp> {
        if self.patch.is_empty() {
            self.call.fail("a patch without operations");
        }
        let message = self.patch.to_message();
        self.call.client().profile().plan(message)
    }

    /// Sends them, one after the other, and gives the last answer, read by `read`. Each asks for the
    /// version that the one before it made.
    async fn exchange(&mut self, read: Read<T>) -> Result<Answer<Written<T>>, Error> {
        let mut plan = self.plan();
        let last = plan.pop();
        let mut partly = false;
        for message in plan {
            let part = self.send_part(Some(&message), partly, written_now, None);
            let part = part.await?;
            partly = true;
            let version = match part.into_value() {
                Written::Resource(mut read) => read.id_and_meta().1.version.take(),
                Written::NoBody(receipt) => receipt.version,
            };
            self.call.if_match_now(version.as_deref());
        }
        let expected = self.expected();
        self.send_part(last.as_ref(), partly, read, expected.as_ref())
            .await
    }

    /// Sends one of them. `partly`: the resource was changed by those before it.
    async fn send_part(
        &mut self,
        message: Option<&PatchOp>,
        partly: bool,
        read: Read<T>,
        expected: Option<&Expected>,
    ) -> Result<Answer<Written<T>>, Error> {
        if let Some(message) = message {
            self.call.body(message.to_json());
        }
        let sent = self.call.send().await;
        let id = self.target.id.as_deref();
        let decoded = sent.and_then(|response| read(&self.call, response, id, expected));
        decoded.map_err(|error| error.with_outcome_unknown(partly))
    }
}

impl<R, T> std::fmt::Debug for PatchResource<R, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PatchResource")
            .field("call", &self.call)
            .field("patch", &self.patch)
            .finish_non_exhaustive()
    }
}

/// How an answer is read: whether one that promises to do it later is one.
type Read<T> = fn(
    &Call,
    Response<Bytes>,
    Option<&str>,
    Option<&Expected>,
) -> Result<Answer<Written<T>>, Error>;

impl<R: Resource, T: Readable<Of = R>> Operation for PatchResource<R, T> {
    type Output = Written<T>;

    fn request(&self) -> Result<Request<Bytes>, Error> {
        let mut prepared = Self {
            call: self.call.clone(),
            target: self.target.clone(),
            patch: self.patch.clone(),
            before: None,
            checks: false,
            marker: PhantomData,
        };
        let plan = prepared.plan();
        if plan.len() > 1 {
            let count = plan.len();
            let message = format!("the service provider wants this in {count} requests");
            return Err(Error::invalid_request(message));
        }
        if let Some(message) = plan.first() {
            prepared.call.body(message.to_json());
        }
        prepared.call.request()
    }

    fn decode(&self, response: Response<Bytes>) -> Result<Answer<Written<T>>, Error> {
        let (id, expected) = (self.target.id.as_deref(), self.expected());
        written_now(&self.call, response, id, expected.as_ref())
    }
}

impl<R: Resource, T: Readable<Of = R>> IntoFuture for PatchResource<R, T> {
    type Output = Result<T, Error>;
    type IntoFuture = OperationFuture<T>;

    fn into_future(self) -> OperationFuture<T> {
        Box::pin(async move { self.send().await.map(Answer::into_value) })
    }
}
