//! A query as a request, and its response as a page.

use std::borrow::Cow;

use bytes::Bytes;
use http::Request;

use super::{Query, QueryVerb};
use crate::{
    client::{
        call::Call,
        operation::{Operation, OperationBuilder, Verb},
        response::{Response, success, unfit},
    },
    error::{Error, ErrorKind},
    internal::Elements,
    message::{ListResponse, Outcome, ReadItemOf, SearchRequest},
    resource::Listed,
};

impl<T: Listed> Query<T> {
    pub(in crate::client) fn blame(&self, error: Error) -> Error {
        self.described().blame(error)
    }

    /// The call without its parameters: what errors name.
    fn described(&self) -> Call {
        let mut call = self.call.clone();
        // It may compare with what must not be shown.
        let filter = self.verb.request.filter.as_ref();
        if self.verb.post {
            let asked = filter.map(|filter| {
                let mut asked = SearchRequest::default();
                asked.filter = Some(filter.clone());
                asked.to_json()
            });
            call.search(asked.unwrap_or_default());
        } else if let Some(filter) = filter {
            call.parameter("filter", &filter.to_request_string());
        }
        call
    }

    fn prepared(&self) -> Call {
        let mut call = self.call.clone();
        let rules = &self.settings().profile.filter;
        if let Err(problem) = rules.allow(self.verb.request.filter.as_ref()) {
            call.fail(problem);
        }
        let mut request = Cow::Borrowed(&self.verb.request);
        match self.verb.checks.search(&self.verb.request) {
            Ok(Some(resolved)) => request = Cow::Owned(resolved),
            Ok(None) => {}
            Err(error) => call.fail_with(error),
        }
        let capabilities = self.settings().capabilities();
        if capabilities.filter == Some(false) && self.verb.request.filter.is_some() {
            call.fail("the service provider has no filters: it might return everything");
        }
        if capabilities.sort == Some(false) && self.verb.request.sort_by.is_some() {
            call.fail("the service provider does not sort");
        }
        if let (Some(count), Some(max)) = (request.count, capabilities.max_results)
            && count > max
        {
            request.to_mut().count = Some(max);
        }
        // Some service providers list nothing for one without the other.
        let by_index = request.cursor.is_none() && !self.only_cursors();
        if request.count.is_some() && request.start_index.is_none() && by_index {
            request.to_mut().start_index = Some(1);
        }
        if self.verb.post {
            if capabilities.search == Some(false) {
                call.fail("the service provider has no `/.search`");
            }
            call.search(request.to_json());
            return call;
        }
        for (name, value) in request.parameters() {
            call.parameter(name, &value);
        }
        call
    }
}

impl<T: Listed> Verb for QueryVerb<T>
where
    Outcome<T>: ReadItemOf<Kind = T::Kind>,
{
    type Output = ListResponse<Outcome<T>>;
    type Sent = Response<ListResponse<Outcome<T>>>;

    async fn send(operation: OperationBuilder<Self>) -> Result<Self::Sent, Error> {
        let response = operation.sender.send(&operation.prepared()).await?;
        operation.decode(response)
    }

    async fn output(operation: OperationBuilder<Self>) -> Result<Self::Output, Error> {
        Self::send(operation).await.map(Response::into_value)
    }
}

impl<T: Listed> Operation for Query<T>
where
    Outcome<T>: ReadItemOf<Kind = T::Kind>,
{
    type Output = ListResponse<Outcome<T>>;

    fn request(&self) -> Result<Request<Bytes>, Error> {
        self.prepared().request()
    }

    fn decode(&self, response: http::Response<Bytes>) -> Result<Response<Self::Output>, Error> {
        let (call, text, answer) = self.opened(response)?;
        let kind = self.verb.kind;
        let read = match self.settings().strict {
            true => ListResponse::from_json_strict_of(kind, &text),
            false => ListResponse::from_json_of(kind, &text),
        };
        let mut page: ListResponse<Outcome<T>> =
            read.map_err(|error| unfit(&call, &answer, error))?;
        let faults = page.resources.iter_mut();
        call.clean(faults.filter_map(|read| read.as_mut().err()));
        if let Some(before) = self.before() {
            moved(&mut page, before);
        }
        if !page.is_list() {
            return Err(no_list(&call, &answer, &text));
        }
        Ok(answer.map(|()| page))
    }
}

impl<T: Listed> Query<T> {
    /// The text of the response, and what came with it.
    fn opened(
        &self,
        response: http::Response<Bytes>,
    ) -> Result<(Call, String, Response<()>), Error> {
        let call = self.described();
        let (text, answer) = success(&call, response)?.split();
        match text {
            Some(text) => Ok((call, text, answer)),
            None => {
                let error = Error::new(ErrorKind::Decode, "expected a list, found no body");
                let (status, headers) = (answer.status(), answer.headers().clone());
                Err(call.blame(error.with_answer(status, headers)))
            }
        }
    }

    /// How many resources stand before the page, if the request says it.
    pub(in crate::client) fn before(&self) -> Option<u64> {
        match (self.verb.request.start_index, &self.verb.request.cursor) {
            (Some(start), None) => Some(start.saturating_sub(1)),
            _ => None,
        }
    }
}

impl<T: Listed> Query<T>
where
    Outcome<T>: ReadItemOf<Kind = T::Kind>,
{
    /// The page, of which nothing is read yet, and what its faults are told with.
    pub(in crate::client) async fn unread(
        self,
    ) -> Result<(Elements<Outcome<T>>, Call, Response<()>), Error> {
        let response = self.sender.send(&self.prepared()).await?;
        let (call, text, answer) = self.opened(response)?;
        let elements = Elements::new(self.verb.kind, text, self.settings().strict);
        Ok((elements, call, answer))
    }
}

/// An object that nothing says is a list.
pub(in crate::client) fn no_list(call: &Call, answer: &Response<()>, text: &str) -> Error {
    let error = Error::new(ErrorKind::Decode, "expected a list, found another object");
    let (status, headers) = (answer.status(), answer.headers().clone());
    call.blame(error.with_body(text).with_answer(status, headers))
}

/// Says of the elements that could not be read where they are in the whole list.
pub(in crate::client) fn moved<T>(page: &mut ListResponse<Outcome<T>>, before: u64) {
    for error in page
        .resources
        .iter_mut()
        .filter_map(|read| read.as_mut().err())
    {
        error.moved(before);
    }
}
