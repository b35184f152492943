//! Replacing a resource.

use http::Method;

use super::{
    applied::Expected,
    base_url::Below,
    denied,
    handle::{Replaceable, Resources},
    me::Me,
    mode::Complete,
    operation::OperationBuilder,
    settle::Target,
    whole::{Replaces, WholeResource, WholeVerb},
    write::WriteVerb,
};
use crate::{Stored, internal::encode, resource::AnyResource};

/// Replaces a resource; see [`Resources::replace`].
///
/// ```
/// # use scim_client::{Client, Error, Stored, User};
/// # async fn example(scim: &Client, babs: &Stored<User>) -> Result<(), Error> {
/// let users = scim.resource::<User>();
/// users.replace(babs).check_applied(false).await?;        // for one request
/// # Ok(())
/// # }
/// ```
pub type Replace<T, M = Complete> = OperationBuilder<WholeVerb<Replaces, T, M>>;

/// What a replacement replaces.
pub(super) struct Replaced<'a, R> {
    pub(super) id: &'a str,
    pub(super) version: Option<&'a str>,
    /// As it was read, if it was.
    pub(super) before: Option<&'a R>,
}

impl<R: AnyResource> Resources<R> {
    /// Replaces a resource by the current values of `stored` (PUT, RFC 7644 §3.5.1), if nobody has
    /// changed the resource since it was read. Attributes that `R` does not know are sent back as
    /// they came.
    ///
    /// The client refuses this if the [`Profile`](crate::Profile) names an attribute that the
    /// service provider has but did not return, since a PUT would erase it.
    ///
    /// ```
    /// # use scim_client::{Client, User, testing::ServiceProvider};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let provider = ServiceProvider::new();
    /// # let scim = Client::builder("https://scim.example/v2").service(provider.clone()).build()?;
    /// # let users = scim.resource::<User>();
    /// let mut babs = users.create(&User::new("bjensen")).await?;
    /// babs.title = Some("CTO".into());
    /// let babs = users.replace(&babs).await?;
    ///
    /// let id = babs.id().to_owned();
    /// users.replace_at(&id, &User::new("bjensen")).await?;    // whatever it has now
    /// assert!(users.replace(&babs).await.is_err_and(|error| error.is_version_mismatch()));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `.await` returns an error for which one of these may be true:
    /// - [`is_version_mismatch`](crate::Error::is_version_mismatch): somebody has changed it since; nothing was
    ///   written. Read it again, or use [`update`](Self::update) with `.retry_on_conflict()`;
    /// - [`is_not_found`](crate::Error::is_not_found): it was deleted;
    /// - [`is_uniqueness`](crate::Error::is_uniqueness): the new value of a unique attribute is taken;
    /// - [`is_outcome_unknown`](crate::Error::is_outcome_unknown): it may be written; read it again.
    ///
    /// If the response reports success but shows an old value, [`not_applied`](crate::Error::not_applied) has the
    /// attribute and both values; see [`ClientBuilder::check_applied`](super::ClientBuilder::check_applied).
    ///
    /// The kind is [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) if the client refused the PUT as
    /// described above; then nothing was sent.
    ///
    /// In addition, [the errors of every operation](super::OperationBuilder#errors-of-every-operation).
    #[doc(alias = "put")]
    #[doc(alias = "overwrite")]
    #[doc(alias = "save")]
    #[doc(alias = "if_match")]
    pub fn replace(&self, stored: &(impl Replaceable<R> + ?Sized)) -> Replace<Stored<R>> {
        let stored = stored.stored();
        let replaced = Replaced {
            id: stored.id(),
            version: stored.meta().version.as_deref(),
            before: stored.as_read(),
        };
        self.replace_read(replaced, stored.resource())
    }

    /// Replaces the resource with this `id` by `resource` unconditionally. Attributes that
    /// `resource` lacks are removed, and versions are not compared.
    ///
    /// ```
    /// # use scim_client::{Client, Error, Stored, User};
    /// # async fn example(scim: &Client) -> Result<Stored<User>, Error> {
    /// scim.resource::<User>().replace_at("2819c223", &User::new("bjensen")).await
    /// # }
    /// ```
    ///
    /// # Errors
    /// The same as for [`replace`](Self::replace), except for `is_version_mismatch`.
    #[doc(alias = "put")]
    #[doc(alias = "upsert")]
    pub fn replace_at(&self, id: impl AsRef<str>, resource: &R) -> Replace<Stored<R>> {
        let id = id.as_ref();
        let replaced = Replaced {
            id,
            version: None,
            before: None,
        };
        let target = Target::new(self.kind(), self.endpoint(), Some(id));
        self.begin_replace(self.resource_path(id), target, replaced, resource)
    }

    /// Replaces what was read, if that lacks nothing that the service provider has.
    pub(super) fn replace_read(
        &self,
        replaced: Replaced<'_, R>,
        resource: &R,
    ) -> Replace<Stored<R>> {
        let target = Target::new(self.kind(), self.endpoint(), Some(replaced.id));
        let path = self.resource_path(replaced.id);
        self.begin_replace(path, target, replaced, resource)
            .of_read(resource)
    }

    fn begin_replace(
        &self,
        path: Below,
        target: Target,
        replaced: Replaced<'_, R>,
        resource: &R,
    ) -> Replace<Stored<R>> {
        let settings = self.settings();
        let expected = settings
            .check_applied
            .then(|| Expected::replaced(self.kind(), replaced.before, resource));
        let mut replace = self.begin(
            Method::PUT,
            path,
            WriteVerb::new(WholeResource::new(target, expected)),
        );
        if let Err(problem) = denied::put(self.settings()) {
            replace.call.fail(problem);
        }
        let body = encode::for_replace(replaced.id, resource);
        replace.call.body(body);
        replace.call.if_match(replaced.version);
        if let Err(error) = self.checks().whole(resource) {
            replace.call.fail_with(error);
        }
        replace
    }
}

impl<R: AnyResource> Me<R> {
    /// Replaces the subject's own resource, if nobody has changed it since it was read. The client
    /// refuses a PUT that would erase attributes, as [`Resources::replace`] does.
    ///
    /// # Errors
    /// The same as for [`Resources::replace`].
    pub fn replace(&self, stored: &Stored<R>) -> Replace<Stored<R>> {
        let handle = self.handle();
        let replaced = Replaced {
            id: stored.id(),
            version: stored.meta().version.as_deref(),
            before: stored.as_read(),
        };
        let target = Target::here(handle.kind(), Some(stored.id()));
        handle
            .begin_replace(self.path(), target, replaced, stored.resource())
            .of_read(stored.resource())
    }
}

impl<T, M> Replace<T, M> {
    /// Sets whether the response is compared with the requested values; see
    /// [`check_applied`](super::ClientBuilder::check_applied). The default is the client's setting.
    /// If that is off, it cannot be switched on for a single request.
    pub fn check_applied(mut self, check: bool) -> Self {
        self.verb.write.expected = self.verb.write.expected.filter(|_| check);
        self
    }

    /// Replaces what was read: refuses to write it back without an attribute that the service provider has.
    fn of_read<R: AnyResource>(mut self, resource: &R) -> Self {
        self.call.set_by_own_id(true);
        let settings = self.call.settings();
        if let Err(problem) = denied::write_back(settings, resource) {
            self.call.fail(problem);
        }
        self
    }
}
