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
pub type Replace<T, M = Complete> = OperationBuilder<WholeVerb<Replaces, T, M>>;

/// What a replacement replaces.
pub(super) struct Replaced<'a, R> {
    pub(super) id: &'a str,
    pub(super) version: Option<&'a str>,
    /// As it was read, if it was.
    pub(super) before: Option<&'a R>,
}

impl<R: AnyResource> Resources<R> {
    /// Replaces a resource by what `stored` has now (PUT, RFC 7644 §3.5.1), if nobody has changed
    /// it since it was read. Attributes that `R` does not know are sent back as they came.
    ///
    /// Refused where the [`Profile`](crate::Profile) knows an attribute that was not returned: this
    /// would erase it.
    pub fn replace(&self, stored: &impl Replaceable<R>) -> Replace<Stored<R>> {
        let stored = stored.stored();
        let replaced = Replaced {
            id: stored.id(),
            version: stored.meta().version.as_deref(),
            before: stored.as_read(),
        };
        self.replace_read(replaced, stored.resource())
    }

    /// Replaces the resource with this `id` by `resource`, whatever it has now: attributes that
    /// `resource` lacks are removed, and versions are not compared.
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
    /// Replaces it, if nobody has changed it since it was read. Refused where it was read without
    /// what this would erase, as by [`Resources::replace`].
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
    /// Whether the response is compared with what was to be written, as the client is set up unless
    /// set; see [`check_applied`](super::ClientBuilder::check_applied). It cannot be switched on
    /// for one request where the client does without.
    pub fn check_applied(mut self, check: bool) -> Self {
        self.verb.write.expected = self.verb.write.expected.filter(|_| check);
        self
    }

    /// Refuses to write back what was read without an attribute that the service provider has.
    fn of_read<R: AnyResource>(mut self, resource: &R) -> Self {
        let settings = self.call.settings();
        if let Err(problem) = denied::write_back(settings, resource) {
            self.call.fail(problem);
        }
        self
    }
}
