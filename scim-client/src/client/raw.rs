//! Requests that have no typed operation.

use bytes::Bytes;
use http::{Method, Request};

use super::{
    Client,
    operation::{Operation, OperationBuilder, Verb, sealed::Sealed},
    response::{Response, success, unfit},
};
use crate::{Json, error::Error, json::DecodeError};

/// A request of your own below the base URL; see [`Client::request`]. Its result is the JSON of the
/// response, or `None` if the response has no body.
pub type RawRequest = OperationBuilder<RawVerb>;

/// The verb of [`RawRequest`].
#[derive(Clone)]
pub struct RawVerb(());

impl Client {
    /// Begins a request of your own. `path` is below the base URL. Credentials, headers, retries,
    /// redirects and errors work as for every other operation.
    ///
    /// ```
    /// # use scim_client::{Client, User, testing::ServiceProvider};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let provider = ServiceProvider::new();
    /// # let scim = Client::builder("https://scim.example/v2").service(provider.clone()).build()?;
    /// # let users = scim.resource::<User>();
    /// use scim_client::{Json, http::Method};
    ///
    /// let body = Json::parse(
    ///     r#"{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "babs"}"#,
    /// )?;
    /// let created = scim.request(Method::POST, "/Users").body(body).await?;
    /// assert!(created.is_some_and(|json| json.as_str().contains("babs")));
    /// # let _ = users;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [The errors of every operation](OperationBuilder#errors-of-every-operation). In addition,
    /// [`ErrorKind::Decode`](crate::ErrorKind::Decode) if the body of the response is not JSON, and
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) if `path` leads outside of the base URL.
    #[doc(alias = "raw")]
    #[doc(alias = "custom")]
    pub fn request(&self, method: Method, path: impl AsRef<str>) -> RawRequest {
        let path = self.settings().base.endpoint(path.as_ref());
        OperationBuilder::new(self.sender(), method, path, RawVerb(()))
    }
}

impl RawRequest {
    /// Sets the body.
    ///
    /// ```
    /// # use scim_client::{Client, Json, http::Method};
    /// # fn example(scim: &Client, json: Json) {
    /// let rotate = scim.request(Method::POST, "/Keys/rotate").body(json);
    /// # let _ = rotate;
    /// # }
    /// ```
    pub fn body(mut self, json: Json) -> Self {
        self.call.body(json.as_str().to_owned());
        self
    }
}

impl Verb for RawVerb {
    type Output = Option<Json>;
    type Sent = Response<Option<Json>>;

    async fn send(operation: RawRequest) -> Result<Self::Sent, Error> {
        let response = operation.sender.send(&operation.call).await?;
        operation.decode(response)
    }

    async fn output(operation: RawRequest) -> Result<Self::Output, Error> {
        Self::send(operation).await.map(Response::into_value)
    }
}

impl Operation for RawRequest {
    type Output = Option<Json>;

    fn request(&self) -> Result<Request<Bytes>, Error> {
        self.call.request()
    }

    fn decode(&self, response: http::Response<Bytes>) -> Result<Response<Option<Json>>, Error> {
        let (text, answer) = success(&self.call, response)?.split();
        let json = match text {
            Some(text) => match Json::parse(&text) {
                Ok(json) => Some(json),
                Err(error) => {
                    let error = DecodeError::syntax(error, &text);
                    return Err(unfit(&self.call, &answer, error));
                }
            },
            None => None,
        };
        Ok(answer.map(|()| json))
    }
}

impl Sealed for RawVerb {}
