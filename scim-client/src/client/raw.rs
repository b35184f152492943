//! Requests that no typed operation makes, through the same pipeline.

use bytes::Bytes;
use http::{Method, Request, Response};

use super::{
    Client,
    answer::{Answer, success, unfit},
    operation::{Operation, OperationBuilder, Verb, sealed::Sealed},
};
use crate::{Json, error::Error, json::DecodeError};

/// A request below the base URL; see [`Client::request`]. It gives the JSON of the response; `None`
/// if that has no body.
pub type RawRequest = OperationBuilder<RawVerb>;

/// What is particular to [`RawRequest`].
#[derive(Clone)]
pub struct RawVerb(());

impl Client {
    /// Begins a request of one's own: `path` is below the base URL. Credentials, headers,
    /// redirects and errors are those of every other request.
    pub fn request(&self, method: Method, path: impl AsRef<str>) -> RawRequest {
        let path = self.settings().base.endpoint(path.as_ref());
        OperationBuilder::new(self.sender(), method, path, RawVerb(()))
    }
}

impl RawRequest {
    /// Sets the body.
    pub fn body(mut self, json: Json) -> Self {
        self.call.body(json.as_str().to_owned());
        self
    }
}

impl Verb for RawVerb {
    type Output = Option<Json>;
    type Sent = Answer<Option<Json>>;

    async fn send(operation: RawRequest) -> Result<Self::Sent, Error> {
        let response = operation.sender.send(&operation.call).await?;
        operation.decode(response)
    }

    async fn output(operation: RawRequest) -> Result<Self::Output, Error> {
        Self::send(operation).await.map(Answer::into_value)
    }
}

impl Operation for RawRequest {
    type Output = Option<Json>;

    fn request(&self) -> Result<Request<Bytes>, Error> {
        self.call.request()
    }

    fn decode(&self, response: Response<Bytes>) -> Result<Answer<Option<Json>>, Error> {
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
