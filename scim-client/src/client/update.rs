//! Changing a resource by a closure that edits a copy of it.

use std::sync::Arc;

use http::{Method, StatusCode};

use super::{
    handle::{Replaceable, Resources},
    mode::{Complete, Mode},
    operation::{OperationBuilder, Verb, sealed::Sealed},
    patch::PatchVerb,
    replace::Replaced,
    response::{Readable, Response},
    whole::{Replaces, WholeVerb},
    write::WriteVerb,
};
use crate::{
    Stored,
    error::Error,
    model::Reflect,
    patch::{ApplyOptions, Patch, Unknown},
    resource::AnyResource,
};

/// Changes a resource; see [`Resources::update`].
///
/// If the closure changes nothing, no request is sent. Then the result has all attributes, even if
/// a projection was requested, and [`send`](OperationBuilder::send) returns `None`.
///
/// ```
/// # use scim_client::{Client, Error, Stored, User};
/// # async fn example(scim: &Client, babs: &Stored<User>) -> Result<(), Error> {
/// let change = scim.resource::<User>().update(babs, |u| u.title = Some("CTO".into()));
/// println!("{:?}", change.patch()?.operations());         // what will be sent
/// change.retry_on_conflict().check_applied(false).await?;
/// # Ok(())
/// # }
/// ```
pub type Update<R, T = Stored<R>, M = Complete> = OperationBuilder<UpdateVerb<R, T, M>>;

/// The verb of [`Update`].
pub type UpdateVerb<R, T = Stored<R>, M = Complete> = WriteVerb<Updates<R>, T, M>;

/// The change of an [`Update`], and its settings.
#[derive(Clone)]
pub struct Updates<R> {
    handle: Resources<R>,
    before: Stored<R>,
    after: R,
    again: bool,
    checks: bool,
}

/// The return value of a closure that changes a resource: `()`, or a `Result` whose error ends the
/// operation.
#[diagnostic::on_unimplemented(
    message = "the closure of `update` returns `{Self}`: it should return nothing, or a `Result<(), _>`",
    label = "expected a closure that changes the resource and ends with `;`",
    note = "it changes a copy in memory, before anything is sent, so it is not asynchronous: `.await` \
            what it needs before, and `.await` the update itself"
)]
pub trait ChangeResult: Sealed {
    /// # Errors
    /// The change could not be made.
    #[doc(hidden)]
    fn into_result(self) -> Result<(), Box<dyn std::error::Error + Send + Sync>>;
}

impl Sealed for () {}
impl<T: ChangeResult, E> Sealed for Result<T, E> {}

impl ChangeResult for () {
    fn into_result(self) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        Ok(())
    }
}

impl<T: ChangeResult, E: Into<Box<dyn std::error::Error + Send + Sync>>> ChangeResult
    for Result<T, E>
{
    fn into_result(self) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        self.map_err(Into::into)?.into_result()
    }
}

impl<R: AnyResource> Resources<R> {
    /// Changes a resource by a closure that edits a copy. Sends the smallest PATCH that leads from
    /// the resource as it was read to the edited copy. Sends a PUT if the service provider has no
    /// PATCH: its capabilities say so, or it responds with 405 or 501. Sends nothing if the closure
    /// changes nothing.
    ///
    /// The closure runs before anything is sent, and it is not asynchronous. It may return a `Result`.
    /// If it returns an error, the operation fails with it, and nothing is sent.
    ///
    /// ```
    /// # use scim_client::{Client, User, testing::ServiceProvider};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let provider = ServiceProvider::new();
    /// # let scim = Client::builder("https://scim.example/v2").service(provider.clone()).build()?;
    /// # let users = scim.resource::<User>();
    /// let babs = users.create(&User::new("bjensen").with_title("CTO")).await?;
    /// let change = users.update(&babs, |u| {
    ///     u.title = None;
    ///     u.nick_name = Some("Babs".into());
    /// });
    /// assert_eq!(change.patch()?.operations().len(), 2);      // what will be sent
    /// let babs = change.retry_on_conflict().await?;           // if somebody else was faster: once more
    /// assert_eq!((babs.title.as_deref(), babs.nick_name.as_deref()), (None, Some("Babs")));
    ///
    /// // A closure that may fail; nothing is sent then.
    /// let refused = users.update(&babs, |_| Err::<(), _>("not on a Friday")).check_applied(true).await;
    /// assert!(refused.unwrap_err().to_string().contains("not on a Friday"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The same as for [`patch`](Self::patch): `is_version_mismatch` (with
    /// [`retry_on_conflict`](Update::retry_on_conflict) only if it happens twice), `is_not_found`, `is_uniqueness`,
    /// `is_outcome_unknown`, [`not_applied`](Error::not_applied).
    ///
    /// The kind is [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) if the closure returned an error,
    /// which is then the [`reason`](Error::reason), or if it changed an attribute that only the service provider may
    /// set.
    #[doc(alias = "upsert")]
    #[doc(alias = "modify")]
    #[doc(alias = "save")]
    #[doc(alias = "diff")]
    pub fn update<C: ChangeResult>(
        &self,
        stored: &(impl Replaceable<R> + ?Sized),
        change: impl FnOnce(&mut R) -> C,
    ) -> Update<R> {
        let stored = stored.stored();
        let mut after = stored.resource().clone();
        let changed = change(&mut after).into_result();
        let verb = WriteVerb::new(Updates {
            handle: self.clone(),
            before: stored.clone(),
            after,
            again: false,
            checks: self.settings().check_applied,
        });
        let mut update = self.begin(Method::PATCH, self.resource_path(stored.id()), verb);
        if let Err(error) = changed {
            let message = error.to_string();
            update
                .call
                .fail_with(Error::invalid_request(message).with_reason(error));
        }
        update
    }
}

impl<R: AnyResource, T, M> Update<R, T, M> {
    /// If somebody else has changed the resource in the meantime, reads it again and applies the
    /// same change once more. Changes that the resource has by now are not repeated: they may come
    /// from this very request, if its response was lost. If nothing is left to change, the result
    /// is the resource that was read, with all attributes.
    pub fn retry_on_conflict(mut self) -> Self {
        self.verb.write.again = true;
        self
    }

    /// Sets whether the response is compared with the change; see
    /// [`check_applied`](super::ClientBuilder::check_applied). The default is the client's setting.
    pub fn check_applied(mut self, check: bool) -> Self {
        self.verb.write.checks = check;
        self
    }

    /// The patch that will be sent; empty if nothing has changed.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest): the closure changed an
    /// attribute that a client may not change, or returned an error.
    pub fn patch(&self) -> Result<Patch<R>, Error> {
        self.call.check()?;
        self.between(self.verb.write.before.resource(), &self.verb.write.after)
    }

    /// The patch from one state to another.
    fn between(&self, before: &R, after: &R) -> Result<Patch<R>, Error> {
        let patch = self.call.settings().profile.diff(before, after);
        patch.map_err(|error| Error::invalid_request(error.to_string()).with_reason(error))
    }
}

impl<R: AnyResource, T: Readable<Of = R>, M: Mode<T>> Update<R, T, M> {
    async fn run(&self) -> Result<Option<Response<M::Output>>, Error> {
        let verb = &self.verb.write;
        let patch = self.patch()?;
        if patch.is_empty() {
            return Ok(None);
        }
        let handle = verb.handle.through(&self.sender);
        let kept = verb.again.then(|| patch.clone());
        let sent = self
            .exchange(&handle, &verb.before, &verb.after, patch)
            .await;
        let (error, patch) = match (sent, kept) {
            (Err(error), Some(patch)) if error.is_version_mismatch() => (error, patch),
            (sent, _) => return sent.map(Some),
        };
        // What the request may have done, it may have done whatever comes now.
        let unknown = error.is_outcome_unknown();
        let again = self.again(&handle, patch).await;
        again
            .map(Some)
            .map_err(|error| error.with_outcome_unknown(unknown))
    }

    /// Makes the same change to what the resource is now.
    async fn again(
        &self,
        handle: &Resources<R>,
        patch: Patch<R>,
    ) -> Result<Response<M::Output>, Error> {
        let mut get = handle.get(self.verb.write.before.id());
        get.call.set_by_own_id(true);
        get.call
            .set_options(self.call.options.for_another_request_without_query());
        get.call.follows(patch.clone().into_message().to_json());
        let (now, answer) = get.send().await?.split();
        let mut after = now.resource().clone();
        let options = ApplyOptions::default().with_unknown(Unknown::Keep);
        patch
            .into_message()
            .apply(&mut after, &options)
            .map_err(|error| Error::invalid_request(error.to_string()).with_reason(error))?;
        let left = self.between(now.resource(), &after)?;
        if left.is_empty() {
            let read = T::unsent(handle.kind(), &now).map_err(Error::decode)?;
            return Ok(answer.map(|()| M::unsent(read)));
        }
        self.exchange(handle, &now, &after, left).await
    }

    async fn exchange(
        &self,
        handle: &Resources<R>,
        before: &Stored<R>,
        after: &R,
        patch: Patch<R>,
    ) -> Result<Response<M::Output>, Error> {
        let (id, version) = (before.id(), before.meta().version.as_deref());
        let (checks, options) = (self.verb.write.checks, &self.call.options);
        let known = self.call.settings().capabilities();
        if known.patch != Some(false) {
            let read = checks.then(|| Arc::new(before.resource().clone()) as Arc<dyn Reflect>);
            let request = handle.patch_by_id(id, version, read);
            let mut request = request.then(patch).check_applied(checks);
            request.call.set_options(options.clone());
            request.call.set_by_own_id(true);
            match PatchVerb::<R, T, M>::send(request.map(WriteVerb::into::<T, M>)).await {
                Err(error) if known.put != Some(false) && is_no_patch(&error) => {}
                sent => return sent,
            }
        }
        let replaced = Replaced {
            id,
            version,
            before: Some(before.resource()),
        };
        let mut request = handle.replace_read(replaced, after).check_applied(checks);
        request.call.set_options(options.clone());
        WholeVerb::<Replaces, T, M>::send(request.map(WriteVerb::into::<T, M>)).await
    }
}

/// Returns whether the response means that there is no PATCH for this resource, so that nothing was done.
fn is_no_patch(error: &Error) -> bool {
    matches!(
        error.status(),
        Some(StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_IMPLEMENTED)
    ) && !error.is_outcome_unknown()
}

impl<R: AnyResource, T: Readable<Of = R>, M: Mode<T>> Verb for UpdateVerb<R, T, M> {
    type Output = M::Output;
    /// `None` if nothing has changed, so that nothing was sent.
    type Sent = Option<Response<M::Output>>;

    async fn send(operation: OperationBuilder<Self>) -> Result<Self::Sent, Error> {
        operation.run().await
    }

    async fn output(operation: OperationBuilder<Self>) -> Result<M::Output, Error> {
        match operation.run().await? {
            Some(answer) => Ok(answer.into_value()),
            None => {
                let (kind, before) = (
                    operation.verb.write.handle.kind(),
                    &operation.verb.write.before,
                );
                T::unsent(kind, before)
                    .map(M::unsent)
                    .map_err(Error::decode)
            }
        }
    }
}
