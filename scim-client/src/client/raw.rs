//! Requests that no typed operation makes, through the same pipeline.

use std::future::IntoFuture;

use bytes::Bytes;
use http::{Method, Request, Response};

use super::{
    Answer, Client, Operation, OperationFuture, answer::success, call::Call,
    operation::call_options,
};
use crate::{Json, error::Error};

/// A request below the base URL; see [`Client::request`].
#[derive(Debug, Clone)]
#[must_use = "nothing is sent until it is awaited"]
pub struct RawRequest {
    call: Call,
}

impl Client {
    /// Begins a request of one's own: `path` is below the base URL. Credentials, headers,
    /// redirects and errors are those of every other request.
    pub fn request(&self, method: Method, path: impl AsRef<str>) -> RawRequest {
        let path = self.inner.base.endpoint(path.as_ref());
        RawRequest {
            call: Call::new(self.clone(), method, path),
        }
    }
}

impl RawRequest {
    call_options!();

    /// Sets the body.
    pub fn body(mut self, json: Json) -> Self {
        self.call.body(json.as_str().to_owned());
        self
    }

    /// Sends it, and gives the status and headers too. `None` is an answer without a body.
    ///
    /// # Errors
    /// As for `.await`.
    pub fn send(self) -> OperationFuture<Answer<Option<Json>>> {
        Box::pin(async move {
            let response = self.call.send().await?;
            self.decode(response)
        })
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
                    let error = crate::json::DecodeError::syntax(error, &text);
                    return Err(super::answer::unfit(&self.call, &answer, error));
                }
            },
            None => None,
        };
        Ok(answer.map(|()| json))
    }
}

impl IntoFuture for RawRequest {
    type Output = Result<Option<Json>, Error>;
    type IntoFuture = OperationFuture<Option<Json>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.send().await.map(Answer::into_value) })
    }
}
