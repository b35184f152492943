//! Creating a resource.

use http::Method;

use super::{
    base_url::Below,
    handle::Resources,
    me::Me,
    mode::Complete,
    operation::OperationBuilder,
    settle::Target,
    whole::{Creates, WholeResource, WholeVerb},
    write::WriteVerb,
};
use crate::{Stored, internal::encode, resource::AnyResource};

/// Creates a resource; see [`Resources::create`].
pub type Create<T, M = Complete> = OperationBuilder<WholeVerb<Creates, T, M>>;

impl<R: AnyResource> Resources<R> {
    /// Creates a resource (POST, RFC 7644 §3.3). Gives it as the service provider stored it.
    pub fn create(&self, resource: &R) -> Create<Stored<R>> {
        let target = Target::new(self.kind(), self.endpoint(), None);
        self.begin_create(self.collection_path(), target, resource)
    }

    fn begin_create(&self, path: Below, target: Target, resource: &R) -> Create<Stored<R>> {
        let mut create = self.begin(
            Method::POST,
            path,
            WriteVerb::new(WholeResource::new(target, None)),
        );
        let schema = self.kind().schema();
        create.call.body(encode::for_create(schema, resource));
        if let Err(error) = self.checks().whole(resource) {
            create.call.fail_with(error);
        }
        create
    }
}

impl<R: AnyResource> Me<R> {
    /// Creates the subject's own resource.
    pub fn create(&self, resource: &R) -> Create<Stored<R>> {
        let handle = self.handle();
        let target = Target::new(handle.kind(), handle.endpoint(), None);
        handle.begin_create(self.path(), target, resource)
    }
}
