//! Reading one resource.

use bytes::Bytes;
use http::{Method, Request, StatusCode};

use super::{
    arguments::ResourceId,
    base_url::Below,
    handle::Resources,
    me::Me,
    operation::{Operation, OperationBuilder, OperationFuture, Verb, sealed::Sealed},
    projection::{Projection, Projects},
    response::{Readable, Response, resource, success},
    settle::{is_located, look_at_id},
};
use crate::{
    Partial, Stored,
    error::{Error, ErrorKind},
    resource::{AnyResource, ResourceKind},
};

/// Reads one resource; see [`Resources::get`].
pub type Get<T> = OperationBuilder<GetVerb<T>>;

/// The verb of [`Get`].
#[derive(Clone)]
pub struct GetVerb<T> {
    kind: ResourceKind,
    id: Option<String>,
    /// Where the resource is by its `id`, for one that is read elsewhere.
    endpoint: Option<String>,
    /// What is given if the server says that nothing has changed.
    unchanged: Option<Box<T>>,
}

impl<R: AnyResource> Resources<R> {
    /// Reads the resource with this `id` (GET, RFC 7644 §3.4.1).
    ///
    /// ```
    /// # use scim_client::{Client, User, testing::ServiceProvider};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let provider = ServiceProvider::new();
    /// # let scim = Client::builder("https://scim.example/v2").service(provider.clone()).build()?;
    /// # let users = scim.resource::<User>();
    /// let id = users.create(&User::new("bjensen")).await?.id().to_owned();
    /// let babs = users.get(&id).await?;
    /// assert_eq!(babs.user_name, "bjensen");
    ///
    /// let names = users.get(&id).attributes(|u| (u.user_name, u.name)).await?;
    /// assert_eq!(names.get(|u| u.user_name), Some("bjensen"));
    ///
    /// let gone = users.get("no-such-id").optional().await?;   // `None` in place of an error
    /// assert!(gone.is_none());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Some service providers also read a resource by other names, such as its `userName`. The result then has
    /// its own [`id`](Stored::id), by which later writes change it. A different `id` than the requested one is
    /// logged as a warning. With a [`strict`](crate::client::ClientBuilder::strict) client, it is an error.
    ///
    /// # Errors
    /// `.await` returns an error for which this may be true:
    /// - [`is_not_found`](Error::is_not_found): there is no such resource. [`optional`](Get::optional)
    ///   makes this the result `None`.
    ///
    /// If the resource does not fit the type `R`, [`decode_error`](Error::decode_error) says where.
    /// In addition,
    /// [the errors of every operation](super::OperationBuilder#errors-of-every-operation).
    #[doc(alias = "read")]
    #[doc(alias = "find_by_id")]
    #[doc(alias = "fetch")]
    pub fn get(&self, id: impl ResourceId) -> Get<Stored<R>> {
        let id = id.as_str();
        self.begin_get(self.resource_path(id), Some(id))
    }

    /// Reads a resource again if it has changed since it was read (`If-None-Match`, RFC 7644
    /// §3.14). With a projection, it is always read.
    ///
    /// ```
    /// # use scim_client::{Client, User, testing::ServiceProvider};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let provider = ServiceProvider::new();
    /// # let scim = Client::builder("https://scim.example/v2").service(provider.clone()).build()?;
    /// # let users = scim.resource::<User>();
    /// let babs = users.create(&User::new("bjensen")).await?;
    /// let babs = users.refresh(&babs).await?;                 // 304: nothing came over the network
    /// assert_eq!(babs.user_name, "bjensen");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The same as for [`get`](Self::get).
    #[doc(alias = "reload")]
    #[doc(alias = "if_none_match")]
    pub fn refresh(&self, stored: &Stored<R>) -> Get<Stored<R>> {
        let mut get = self.get(stored.id());
        get.call.if_none_match(stored.meta().version.as_deref());
        get.verb.unchanged = Some(Box::new(stored.clone()));
        get
    }

    fn begin_get(&self, path: Below, id: Option<&str>) -> Get<Stored<R>> {
        let kind = self.kind();
        // Where the type is at its own endpoint, that goes without saying.
        let own = self.endpoint() == kind.endpoint();
        let verb = GetVerb {
            kind,
            id: id.map(str::to_owned),
            endpoint: (!own).then(|| self.endpoint().to_owned()),
            unchanged: None,
        };
        self.begin(Method::GET, path, verb)
    }
}

impl<R: AnyResource> Me<R> {
    /// Reads the subject's own resource. Its `id` and location are those of the resource itself, if
    /// the service provider returns them.
    ///
    /// # Errors
    /// The same as for [`Resources::get`]. In addition, [`ErrorKind::InvalidRequest`] if the service provider is
    /// known not to support `/Me`, and an error with the status 501 if it says so in its response.
    pub fn get(&self) -> Get<Stored<R>> {
        self.handle().begin_get(self.path(), None)
    }
}

impl<T: Readable + Clone> Get<T> {
    /// Reads the resource if it exists. Returns `None` for a 404, if it
    /// [comes from a SCIM endpoint](Error::is_not_found).
    ///
    /// # Errors
    /// The same as for `.await`, except for such a 404.
    ///
    /// ```
    /// # use scim_client::{Client, User, testing::ServiceProvider};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let provider = ServiceProvider::new();
    /// # let scim = Client::builder("https://scim.example/v2").service(provider.clone()).build()?;
    /// # let users = scim.resource::<User>();
    /// assert!(users.get("2819").optional().await?.is_none());
    /// # Ok(())
    /// # }
    /// ```
    pub fn optional(self) -> OperationFuture<Option<T>> {
        Box::pin(async move {
            match GetVerb::output(self).await {
                Ok(read) => Ok(Some(read)),
                Err(error) if error.is_not_found() => Ok(None),
                Err(error) => Err(error),
            }
        })
    }
}

impl<T: Readable + Clone> Verb for GetVerb<T> {
    type Output = T;
    type Sent = Response<T>;

    async fn send(operation: OperationBuilder<Self>) -> Result<Response<T>, Error> {
        let response = operation.sender.send(&operation.call).await?;
        let mut answer = operation.decode(response)?;
        if !is_located(&operation.call, answer.value_mut()) {
            return Ok(answer);
        }
        Box::pin(looked_at(operation, answer)).await
    }

    // Not by `send`, whose future would be copied into this one. Every read waits in this one: what it
    // holds while it does is the operation, once, and no room for the resource.
    #[expect(
        clippy::manual_async_fn,
        reason = "an `async fn` has room for its arguments twice"
    )]
    fn output(
        operation: OperationBuilder<Self>,
    ) -> impl Future<Output = Result<T, Error>> + Send + 'static {
        async move {
            let response = operation.sender.send(&operation.call).await?;
            let looks = match operation.came(response)? {
                Ok(read) => return Ok(read),
                Err(looks) => looks,
            };
            looks.await.map(Response::into_value)
        }
    }
}

impl<T: Readable + Clone> Get<T> {
    /// What came; or what looks first whether it is the right one.
    fn came(
        self,
        response: http::Response<Bytes>,
    ) -> Result<Result<T, OperationFuture<Response<T>>>, Error> {
        let answer = success(&self.call, response)?;
        let mut read = self.read(&answer)?;
        if !is_located(&self.call, &mut read) {
            return Ok(Ok(read));
        }
        let answer = answer.map(|_| read);
        Ok(Err(Box::pin(looked_at(self, answer))))
    }

    /// The resource that came, or that which has not changed.
    fn read(&self, answer: &Response<Option<String>>) -> Result<T, Error> {
        let Self { call, verb, .. } = self;
        if answer.status() == StatusCode::NOT_MODIFIED
            && let Some(unchanged) = &verb.unchanged
        {
            return Ok(T::clone(unchanged));
        }
        match answer.value() {
            Some(text) => resource(call, verb.kind, answer, text, verb.id.as_deref()),
            None => {
                let error = Error::new(ErrorKind::Decode, "expected a resource, found no body");
                let (status, headers) = (answer.status(), answer.headers().clone());
                Err(call.blame(error.with_answer(status, headers)))
            }
        }
    }
}

/// Looks at an `id` that is the end of a location. Rare, so its room is not in the future of every
/// read.
async fn looked_at<T: Readable + Clone>(
    operation: OperationBuilder<GetVerb<T>>,
    answer: Response<T>,
) -> Result<Response<T>, Error> {
    let OperationBuilder { sender, call, verb } = operation;
    let (kind, endpoint) = (verb.kind, verb.endpoint);
    look_at_id(&sender, &call, kind, endpoint.as_deref(), answer).await
}

impl<T: Readable + Clone> Operation for Get<T> {
    type Output = T;

    fn request(&self) -> Result<Request<Bytes>, Error> {
        self.call.request()
    }

    fn decode(&self, response: http::Response<Bytes>) -> Result<Response<T>, Error> {
        let answer = success(&self.call, response)?;
        let read = self.read(&answer)?;
        Ok(answer.map(|_| read))
    }
}

impl<R: AnyResource> Projects for GetVerb<Stored<R>> {
    type Of = R;
    type Projected = GetVerb<Partial<R>>;

    fn projected(
        mut operation: OperationBuilder<Self>,
        projection: Projection,
    ) -> OperationBuilder<Self::Projected> {
        projection.add_to(&mut operation.call);
        // What was read before is no such projection, and cannot be given in its place.
        operation.call.if_none_match(None);
        operation.map(|verb| GetVerb {
            kind: verb.kind,
            id: verb.id,
            endpoint: verb.endpoint,
            unchanged: None,
        })
    }
}

impl<T> Sealed for GetVerb<T> {}
