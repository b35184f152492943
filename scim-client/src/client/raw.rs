//! Requests that no typed operation makes, through the same pipeline.

use std::future::IntoFuture;

use http::Method;

use super::{
    Answer, Client, OperationFuture, answer::success, call::Call, operation::call_options,
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
            let answer = success(&self.call, self.call.send().await?)?;
            let (text, answer) = answer.split();
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
        })
    }
}

impl IntoFuture for RawRequest {
    type Output = Result<Option<Json>, Error>;
    type IntoFuture = OperationFuture<Option<Json>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.send().await.map(Answer::into_value) })
    }
}
