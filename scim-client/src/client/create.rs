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
    /// Creates a resource (POST, RFC 7644 §3.3), and returns it as the service provider stored it.
    ///
    /// ```
    /// # use scim_client::{Client, User, testing::ServiceProvider};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let provider = ServiceProvider::new();
    /// # let scim = Client::builder("https://scim.example/v2").service(provider.clone()).build()?;
    /// # let users = scim.resource::<User>();
    /// let babs = users.create(&User::new("bjensen").with_title("CTO")).await?;
    /// println!("{} {:?}", babs.id(), babs.meta().created);
    ///
    /// let taken = users.create(&User::new("bjensen")).await.unwrap_err();
    /// assert!(taken.is_uniqueness());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `.await` returns an error for which one of these may be true:
    /// - [`is_uniqueness`](crate::Error::is_uniqueness): a value such as `userName` is taken.
    ///   [`create_or_get`](Self::create_or_get) takes the resource that has it;
    /// - [`is_outcome_unknown`](crate::Error::is_outcome_unknown): it may have been created; look for it before
    ///   creating it again.
    ///
    /// In addition, [the errors of every operation](super::OperationBuilder#errors-of-every-operation).
    #[doc(alias = "insert")]
    #[doc(alias = "add")]
    #[doc(alias = "post")]
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
    ///
    /// # Errors
    /// The same as for [`Resources::create`].
    pub fn create(&self, resource: &R) -> Create<Stored<R>> {
        let handle = self.handle();
        let target = Target::new(handle.kind(), handle.endpoint(), None);
        handle.begin_create(self.path(), target, resource)
    }
}
