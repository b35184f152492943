//! Changing a resource.

use std::{borrow::Cow, sync::Arc};

use bytes::Bytes;
use http::{Method, Request};

use super::{
    applied::{Expected, as_read},
    base_url::Below,
    call::Call,
    checks::Checks,
    denied,
    handle::Resources,
    identified::Identified,
    me::Me,
    mode::{Complete, Mode, Write, written_now},
    operation::{Operation, OperationBuilder, Verb},
    response::{Readable, Response},
    settle::Target,
    write::WriteVerb,
    written::Written,
};
use crate::{
    Resource, Stored,
    error::Error,
    model::Reflect,
    patch::{self, Patch, PatchOp},
    resource::AnyResource,
    typed::{
        self, MayAdd, MayOmit, MayRemove, MayReplace, OneTarget, PathClosure, Removable, ValueFor,
    },
};

/// Changes a resource; see [`Resources::patch`].
///
/// `.await` returns the resource as it is afterwards: from the response, or read again if the
/// status is 204.
///
/// If the client's [`Profile`](crate::Profile) limits what one request may change, several requests
/// are sent. If one of them fails, the changes of those before it are already made, and the error
/// says so ([`is_outcome_unknown`](Error::is_outcome_unknown)).
///
/// ```
/// # use scim_client::{Client, Error, User, patch::Patch};
/// # async fn example(scim: &Client) -> Result<(), Error> {
/// let users = scim.resource::<User>();
/// let inactive = Patch::<User>::new().replace(|u| u.active, false);
/// users
///     .patch("2819c223")
///     .replace(|u| u.title, "CTO")
///     .remove(|u| u.nick_name)
///     .add(|u| u.user_type, "Employee")
///     .then(inactive)                                     // made elsewhere
///     .check_applied(false)                               // for one request
///     .await?;
/// # Ok(())
/// # }
/// ```
pub type PatchResource<R, T = Stored<R>, M = Complete> = OperationBuilder<PatchVerb<R, T, M>>;

/// The verb of [`PatchResource`].
pub type PatchVerb<R, T = Stored<R>, M = Complete> = WriteVerb<Patches<R>, T, M>;

/// The operations of a [`PatchResource`], and its settings.
pub struct Patches<R> {
    target: Target,
    patch: Patch<R>,
    /// The resource as it was read, if it was.
    before: Option<Arc<dyn Reflect>>,
    /// Whether the response is compared with what was to be changed.
    checks: bool,
    allowed: Checks,
}

impl<R: AnyResource> Resources<R> {
    /// Changes a resource (PATCH, RFC 7644 §3.5.2). `target` is an `id` or a [`Stored`]; a `Stored`
    /// is only changed if nobody has changed it since it was read.
    ///
    /// ```
    /// # use scim_client::{Client, User, testing::ServiceProvider};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let provider = ServiceProvider::new();
    /// # let scim = Client::builder("https://scim.example/v2").service(provider.clone()).build()?;
    /// # let users = scim.resource::<User>();
    /// use scim_client::{patch::diff, user::Email};
    ///
    /// let work = Email::new("b@example.com").with_type("work");
    /// let babs = users.create(&User::new("bjensen").with_emails([work])).await?;
    /// let babs = users
    ///     .patch(&babs)
    ///     .replace(|u| u.name.family_name, "Jensen")
    ///     .replace(|u| u.emails.filter(|e| e.type_.eq("work")).at(|e| e.value), "babs@example.com")
    ///     .add(|u| u.emails, Email::new("babs@home.example").with_type("home"))
    ///     .remove(|u| u.title)
    ///     .await?;
    /// assert_eq!(babs.emails.len(), 2);
    ///
    /// // By `id`, whoever has changed it since; and with a patch made elsewhere.
    /// let change = diff(babs.resource(), &babs.resource().clone().with_title("CTO"))?;
    /// users.patch(babs.id()).then(change).check_applied(false).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `.await` returns an error for which one of these may be true:
    /// - [`is_version_mismatch`](crate::Error::is_version_mismatch): somebody has changed it since the [`Stored`] was read;
    ///   nothing was changed;
    /// - [`is_not_found`](crate::Error::is_not_found): it was deleted;
    /// - [`is_uniqueness`](crate::Error::is_uniqueness): the new value of a unique attribute is taken;
    /// - [`is_outcome_unknown`](crate::Error::is_outcome_unknown): it may be changed; read it again.
    ///
    /// [`scim_type`](crate::Error::scim_type) is `noTarget` if a filter selected no element, `mutability` if this
    /// client may not change the attribute, and `invalidValue`, `invalidPath` or `invalidFilter` if the service
    /// provider refuses the value or path.
    ///
    /// If the response reports success but shows the old value, [`not_applied`](crate::Error::not_applied) has the
    /// attribute and both values.
    ///
    /// The kind is [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest), and nothing was sent, if there
    /// are no operations, or if the service provider is known not to support PATCH or this kind of PATCH.
    ///
    /// In addition, [the errors of every operation](super::OperationBuilder#errors-of-every-operation).
    #[doc(alias = "modify")]
    #[doc(alias = "if_match")]
    pub fn patch(&self, target: impl Identified<R>) -> PatchResource<R> {
        let read = target.read().filter(|_| self.settings().check_applied);
        let before = read.map(as_read);
        let mut patch = self.patch_by_id(target.id(), target.version(), before);
        patch.call.set_by_own_id(target.read().is_some());
        patch
    }

    /// `before`: the resource as it was, to compare the response with.
    pub(super) fn patch_by_id(
        &self,
        id: &str,
        version: Option<&str>,
        before: Option<Arc<dyn Reflect>>,
    ) -> PatchResource<R> {
        let target = Target::new(self.kind(), self.endpoint(), Some(id));
        self.begin_patch(self.resource_path(id), target, version, before)
    }

    fn begin_patch(
        &self,
        path: Below,
        target: Target,
        version: Option<&str>,
        before: Option<Arc<dyn Reflect>>,
    ) -> PatchResource<R> {
        let verb = WriteVerb::new(Patches {
            target,
            patch: Patch::new(),
            before,
            checks: self.settings().check_applied,
            allowed: self.checks().clone(),
        });
        let mut patch = self.begin(Method::PATCH, path, verb);
        if let Err(problem) = denied::patch(self.settings()) {
            patch.call.fail(problem);
        }
        patch.call.if_match(version);
        patch
    }
}

impl<R: AnyResource> Me<R> {
    /// Changes the subject's own resource.
    ///
    /// # Errors
    /// The same as for [`Resources::patch`].
    pub fn patch(&self) -> PatchResource<R> {
        let target = Target::here(self.kind(), None);
        self.handle().begin_patch(self.path(), target, None, None)
    }

    /// Changes the subject's own resource, if nobody has changed it since it was read.
    ///
    /// # Errors
    /// The same as for [`Resources::patch`].
    pub fn patch_stored(&self, stored: &Stored<R>) -> PatchResource<R> {
        let target = Target::here(self.kind(), Some(stored.id()));
        let version = stored.meta().version.as_deref();
        let checks = self.handle().settings().check_applied;
        let before = checks.then(|| as_read(stored));
        let handle = self.handle();
        let mut patch = handle.begin_patch(self.path(), target, version, before);
        patch.call.set_by_own_id(true);
        patch
    }
}

impl<R: AnyResource, T, M> PatchResource<R, T, M> {
    /// Sets whether the response is compared with the requested changes; see
    /// [`check_applied`](super::ClientBuilder::check_applied). The default is the client's setting.
    pub fn check_applied(mut self, check: bool) -> Self {
        self.verb.write.checks = check;
        self
    }

    /// Adds the operations of another patch, such as a [`diff`](crate::patch::diff).
    pub fn then(mut self, patch: Patch<R>) -> Self {
        self.verb.write.patch = self.verb.write.patch.then(patch);
        self
    }

    fn write<'a>(&'a self, expected: Option<&'a Expected>) -> Write<'a> {
        Write {
            sender: &self.sender,
            call: &self.call,
            target: &self.verb.write.target,
            expected,
        }
    }

    /// The requests that it takes: one, unless the [`Profile`](crate::Profile) says otherwise.
    /// And what it is to lead to, where that is looked at.
    fn plan(&self, patch: Patch<R>) -> Result<(Vec<PatchOp>, Option<Expected>), Error> {
        if patch.is_empty() {
            return Err(Error::invalid_request("a patch without operations"));
        }
        let message = patch.into_message();
        let (verb, settings) = (&self.verb.write, self.call.settings());
        let message = verb.allowed.patch(message)?;
        let expected = verb.checks.then(|| {
            let kind = verb.target.kind;
            Expected::patched::<R>(kind, verb.before.as_ref(), &message.operations)
        });
        Ok((settings.profile.plan(message), expected))
    }
}

impl<R: Resource, T, M> PatchResource<R, T, M> {
    /// Replaces the value of an attribute (RFC 7644 §3.5.2.3). An attribute that a client may not
    /// replace does not compile.
    ///
    /// ```
    /// # use scim_client::{Client, Error, User};
    /// # async fn example(scim: &Client) -> Result<(), Error> {
    /// let users = scim.resource::<User>();
    /// users
    ///     .patch("2819c223")
    ///     .replace(|u| u.active, false)
    ///     .replace(|u| u.emails.filter(|e| e.type_.eq("work")).at(|e| e.value), "babs@example.com")
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn replace<A, V>(mut self, target: impl PathClosure<R, Choice = A>, value: V) -> Self
    where
        A: typed::Target<R>,
        A::Mutability: MayReplace<A::Name>,
        A::Place: OneTarget<A::Name>,
        V: ValueFor<A::Value, A::Name>,
    {
        self.verb.write.patch = self.verb.write.patch.replace(target, value);
        self
    }

    /// Sets an attribute, or adds values to a multi-valued one (RFC 7644 §3.5.2.1).
    ///
    /// ```
    /// # use scim_client::{Client, Error, Group, group::Member};
    /// # async fn example(scim: &Client) -> Result<(), Error> {
    /// let groups = scim.resource::<Group>();
    /// let both = [Member::new("2819c223"), Member::new("902c246b")];
    /// groups.patch("e9e30dba").add(|g| g.members, both).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn add<A, V>(mut self, target: impl PathClosure<R, Choice = A>, value: V) -> Self
    where
        A: typed::Target<R>,
        A::Mutability: MayAdd<A::Name>,
        A::Place: OneTarget<A::Name>,
        V: ValueFor<A::Value, A::Name>,
    {
        self.verb.write.patch = self.verb.write.patch.add(target, value);
        self
    }

    /// Removes an attribute, or elements of a multi-valued one (RFC 7644 §3.5.2.2).
    ///
    /// ```
    /// # use scim_client::{Client, Error, Group};
    /// # async fn example(scim: &Client) -> Result<(), Error> {
    /// let groups = scim.resource::<Group>();
    /// groups.patch("e9e30dba").remove(|g| g.members.filter(|m| m.value.eq("2819c223"))).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn remove<A>(mut self, target: impl PathClosure<R, Choice = A>) -> Self
    where
        A: Removable<R>,
        A::Requirement: MayOmit<A::Name>,
        A::Mutability: MayRemove<A::Name>,
        A::Place: OneTarget<A::Name>,
    {
        self.verb.write.patch = self.verb.write.patch.remove(target);
        self
    }
}

impl<R: AnyResource, T: Readable<Of = R>, M: Mode<T>> Verb for PatchVerb<R, T, M> {
    type Output = M::Output;
    type Sent = Response<M::Output>;

    /// Sends the requests one after the other, and gives what came of the last. Each asks for the
    /// version that the one before it made.
    async fn send(mut operation: OperationBuilder<Self>) -> Result<Response<M::Output>, Error> {
        operation.call.check()?;
        let patch = std::mem::replace(&mut operation.verb.write.patch, Patch::new());
        let (mut plan, expected) = operation.plan(patch)?;
        let last = plan.pop();
        if !plan.is_empty() {
            // Each must be done before the next is sent.
            operation.call.forget_preference();
        }
        let mut partly = false;
        for message in plan {
            let version = operation.send_part(&message, partly).await?;
            partly = true;
            operation.call.if_match_now(version.as_deref());
        }
        if let Some(message) = last {
            operation.call.body(message.to_json());
        }
        let sent = operation.sender.send(&operation.call).await;
        let write = operation.write(expected.as_ref());
        let decoded = sent.and_then(|response| M::decode(&write, response));
        let decoded = decoded.map_err(|error| error.with_outcome_unknown(partly));
        M::finish(write, decoded).await
    }

    async fn output(operation: OperationBuilder<Self>) -> Result<M::Output, Error> {
        Self::send(operation).await.map(Response::into_value)
    }
}

impl<R: AnyResource, T: Readable<Of = R>, M> PatchResource<R, T, M> {
    /// Sends one of several requests, and gives the version that it made. `partly`: the resource was
    /// changed by those before it.
    async fn send_part(
        &mut self,
        message: &PatchOp,
        partly: bool,
    ) -> Result<Option<String>, Error> {
        self.call.body(message.to_json());
        let sent = self.sender.send(&self.call).await;
        let write = self.write(None);
        let part = sent.and_then(|response| written_now::<T>(&write, response));
        let part = part.map_err(|error| error.with_outcome_unknown(partly))?;
        Ok(match part.into_value() {
            Written::Resource(mut read) => read.id_and_meta().1.version.take(),
            Written::NoBody(receipt) => receipt.version,
        })
    }
}

impl<R: AnyResource, T: Readable<Of = R>, M: Mode<T>> Operation for PatchResource<R, T, M> {
    type Output = M::Decoded;

    /// # Errors
    /// Besides others: the [`Profile`](crate::Profile) wants it in several requests.
    fn request(&self) -> Result<Request<Bytes>, Error> {
        let mut call: Call = self.call.clone();
        call.check()?;
        let (plan, _) = self.plan(self.verb.write.patch.clone())?;
        if plan.len() > 1 {
            let count = plan.len();
            let message = format!("the service provider accepts this only in {count} requests");
            return Err(Error::invalid_request(message));
        }
        if let Some(message) = plan.first() {
            call.body(message.to_json());
        }
        call.request()
    }

    fn decode(&self, response: http::Response<Bytes>) -> Result<Response<M::Decoded>, Error> {
        let verb = &self.verb.write;
        let changes = verb.operations();
        let (kind, before) = (verb.target.kind, verb.before.as_ref());
        let expected = verb
            .checks
            .then(|| Expected::patched::<R>(kind, before, &changes));
        M::decode(&self.write(expected.as_ref()), response)
    }
}

impl<R> Patches<R> {
    /// What is sent, if it can be.
    fn operations(&self) -> Cow<'_, [patch::Operation]> {
        let given = Cow::Borrowed(self.patch.operations());
        if !self.allowed.resolve_anything() {
            return given;
        }
        let resolved = self.allowed.patch(self.patch.to_message());
        resolved.map_or(given, |message| Cow::Owned(message.operations))
    }
}

// Written by hand, because a derive would ask the same of `R`.
impl<R> Clone for Patches<R> {
    fn clone(&self) -> Self {
        Self {
            target: self.target.clone(),
            patch: self.patch.clone(),
            before: self.before.clone(),
            checks: self.checks,
            allowed: self.allowed.clone(),
        }
    }
}
