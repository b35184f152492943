//! Asking for resources.

use std::{future::IntoFuture, marker::PhantomData};

use bytes::Bytes;
use http::{Method, Request, Response};

use super::{
    Answer, Listed, Operation, OperationFuture, Pages, Readable, Resources, Results,
    answer::{success, unfit},
    call::Call,
    operation::call_options,
};
use crate::{
    Partial, Resource, Stored,
    attribute_path::AttributePath,
    error::{Error, ErrorKind},
    filter::Filter,
    message::{ListResponse, Outcome, ReadItem, SearchRequest, SortOrder},
    resource::Root,
    typed::{Condition, MayRead, Path, Projection, Sortable},
};

/// Asks for resources; see [`Resources::query`].
///
/// `.await` gives one page. [`stream`](Self::stream) gives every resource of every page,
/// [`all`](Self::all) collects them.
#[derive(Debug)]
#[must_use = "nothing is sent until it is awaited"]
pub struct Query<T> {
    call: Call,
    request: SearchRequest,
    post: bool,
    marker: PhantomData<fn() -> T>,
}

impl<T> Clone for Query<T> {
    fn clone(&self) -> Self {
        Self {
            call: self.call.clone(),
            request: self.request.clone(),
            post: self.post,
            marker: PhantomData,
        }
    }
}

impl<T> Query<T> {
    pub(super) fn over(call: Call) -> Self {
        Self {
            call,
            request: SearchRequest::default(),
            post: false,
            marker: PhantomData,
        }
    }
}

impl<R: Resource> Query<Stored<R>> {
    pub(super) fn new(handle: &Resources<R>) -> Self {
        let path = handle.collection_path();
        let call = Call::new(handle.client().clone(), Method::GET, path);
        let mut query = Self::over(call.about::<R>());
        query.request.count = handle.client().inner.profile.page_size;
        query
    }

    /// Asks for these attributes only (RFC 7644 §3.9).
    pub fn attributes<P: Projection<R>>(
        mut self,
        paths: impl FnOnce(<R as Root>::Paths) -> P,
    ) -> Query<Partial<R>> {
        paths(R::PATHS).names(&mut self.request.attributes);
        self.partial()
    }

    /// Asks for all attributes that are returned by default but these (RFC 7644 §3.9).
    pub fn excluded_attributes<P: Projection<R>>(
        mut self,
        paths: impl FnOnce(<R as Root>::Paths) -> P,
    ) -> Query<Partial<R>> {
        paths(R::PATHS).names(&mut self.request.excluded_attributes);
        self.partial()
    }

    fn partial(self) -> Query<Partial<R>> {
        Query {
            call: self.call,
            request: self.request,
            post: self.post,
            marker: PhantomData,
        }
    }
}

impl<T: Readable> Query<T> {
    /// Only resources that meet a condition (RFC 7644 §3.4.2.2).
    pub fn filter(
        self,
        condition: impl FnOnce(<T::Of as Root>::Paths) -> Condition<T::Of>,
    ) -> Self {
        self.filter_by(condition(T::Of::PATHS))
    }

    /// Sorted by an attribute (RFC 7644 §3.4.2.3), smallest first.
    pub fn sort_by<P>(mut self, path: impl FnOnce(<T::Of as Root>::Paths) -> P) -> Self
    where
        P: Path<Root = T::Of>,
        P::Value: crate::typed::ElementClass<Class: Sortable<P::Name>>,
        P::Mutability: MayRead<P::Name>,
    {
        self.request.sort_by = Some(path(T::Of::PATHS).index().name(T::Of::DESCRIPTOR));
        self
    }
}

impl<T> Query<T> {
    /// Only resources that meet a filter made elsewhere, such as a parsed one. With another
    /// filter before, both must be met.
    pub fn filter_by(mut self, filter: impl Into<Filter>) -> Self {
        let filter = filter.into();
        self.request.filter = Some(match self.request.filter.take() {
            Some(before) => before & filter,
            None => filter,
        });
        self
    }

    /// Sorted by an attribute named at run time.
    pub fn sort_by_path(mut self, path: AttributePath) -> Self {
        self.request.sort_by = Some(path);
        self
    }

    /// In descending order.
    pub fn descending(mut self) -> Self {
        self.request.sort_order = Some(SortOrder::Descending);
        self
    }

    /// At most so many resources on a page. The service provider may give fewer. Zero asks for
    /// the number of results only.
    pub fn count(mut self, count: u64) -> Self {
        self.request.count = Some(count);
        self
    }

    /// From this position on; the first resource is 1.
    pub fn start_index(mut self, position: u64) -> Self {
        self.request.start_index = Some(position.max(1));
        self
    }

    /// From this cursor on (RFC 9865); the empty one begins.
    pub fn cursor(mut self, cursor: impl Into<String>) -> Self {
        self.request.cursor = Some(cursor.into());
        self
    }

    /// Asks by POST to `/.search` (RFC 7644 §3.4.3), so that the filter stands in no URL and no
    /// log.
    pub fn via_post(mut self) -> Self {
        self.post = true;
        self
    }

    call_options!();

    /// The parameters as they stand.
    pub fn search_request(&self) -> &SearchRequest {
        &self.request
    }

    pub(super) fn with_request(&self, request: SearchRequest) -> Self {
        Self {
            call: self.call.clone(),
            request,
            post: self.post,
            marker: PhantomData,
        }
    }

    pub(super) fn client(&self) -> &super::Client {
        self.call.client()
    }

    pub(super) fn blame(&self, error: Error) -> Error {
        self.described().blame(error)
    }

    /// The call without its parameters: what errors name.
    fn described(&self) -> Call {
        let mut call = self.call.clone();
        if self.post {
            call.search(String::new());
        }
        call
    }

    pub(super) fn request_mut(&mut self) -> &mut SearchRequest {
        &mut self.request
    }

    fn prepared(&self) -> Call {
        let mut call = self.call.clone();
        let rules = &self.client().inner.profile.filter;
        if let Err(problem) = rules.allow(self.request.filter.as_ref()) {
            call.fail(problem);
        }
        let capabilities = self.client().capabilities();
        if capabilities.filter == Some(false) && self.request.filter.is_some() {
            call.fail("the service provider has no filters: it might give everything");
        }
        if capabilities.sort == Some(false) && self.request.sort_by.is_some() {
            call.fail("the service provider does not sort");
        }
        let mut limited;
        let request = match (self.request.count, capabilities.max_results) {
            (Some(count), Some(max)) if count > max => {
                limited = self.request.clone();
                limited.count = Some(max);
                &limited
            }
            _ => &self.request,
        };
        if self.post {
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

impl<T: Listed> Query<T>
where
    Outcome<T>: ReadItem,
{
    /// Asks for one page, and gives the status and headers too.
    ///
    /// # Errors
    /// As for `.await`.
    pub fn send(self) -> OperationFuture<Answer<ListResponse<Outcome<T>>>> {
        Box::pin(async move {
            let response = self.prepared().send().await?;
            self.decode(response)
        })
    }

    /// Every resource of every page, as they come. Pages are read by position or by cursor,
    /// whichever the service provider offers.
    ///
    /// A resource that cannot be read is one `Err`, and the next one follows.
    pub fn stream(self) -> Results<T> {
        Results::new(self)
    }

    /// Every page, as the service provider sent it, with its totals and cursors: for those who
    /// process or keep a position page by page. Pages are found as by [`stream`](Self::stream).
    ///
    /// ```no_run
    /// # async fn example(scim: scim_client::Client) -> Result<(), scim_client::Error> {
    /// let mut pages = scim.resource::<scim_client::User>().query().count(500).pages();
    /// while let Some(page) = pages.next().await {
    ///     let page = page?;
    ///     println!("{} of {:?}", page.resources.len(), page.total_results);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn pages(self) -> Pages<T> {
        Pages::new(self)
    }

    /// All resources of all pages.
    ///
    /// # Errors
    /// The first resource or page that cannot be read.
    pub fn all(self) -> OperationFuture<Vec<T>> {
        Box::pin(async move {
            let mut results = self.stream();
            let mut all = Vec::new();
            while let Some(result) = results.next().await {
                all.push(result?);
            }
            Ok(all)
        })
    }

    /// The first resource that matches, if any; one page of one resource is asked for.
    ///
    /// # Errors
    /// The resource or the page cannot be read.
    pub fn first(self) -> OperationFuture<Option<T>> {
        Box::pin(async move { self.count(1).stream().next().await.transpose() })
    }

    /// How many resources match, without reading any.
    ///
    /// # Errors
    /// The answer cannot be read, or does not say how many there are.
    pub fn total(self) -> OperationFuture<u64> {
        Box::pin(async move {
            let query = self.count(0);
            let page = query.clone().send().await?.into_value();
            page.total_results.ok_or_else(|| {
                query.blame(Error::new(
                    ErrorKind::Decode,
                    "the answer has no totalResults",
                ))
            })
        })
    }
}

impl<T: Listed> Operation for Query<T>
where
    Outcome<T>: ReadItem,
{
    type Output = ListResponse<Outcome<T>>;

    fn request(&self) -> Result<Request<Bytes>, Error> {
        self.prepared().request()
    }

    fn decode(&self, response: Response<Bytes>) -> Result<Answer<Self::Output>, Error> {
        let call = self.described();
        let answer = success(&call, response)?;
        let Some(text) = answer.value() else {
            let error = Error::new(ErrorKind::Decode, "expected a list, found no body");
            let (status, headers) = (answer.status(), answer.headers().clone());
            return Err(call.blame(error.with_answer(status, headers)));
        };
        let read = if self.client().inner.strict {
            ListResponse::from_json_strict(text)
        } else {
            ListResponse::from_json(text)
        };
        let page = read.map_err(|error| unfit(&call, &answer, error))?;
        if !page.is_list() {
            let error = Error::new(ErrorKind::Decode, "expected a list, found another object");
            let (status, headers) = (answer.status(), answer.headers().clone());
            let error = error.with_body(text).with_answer(status, headers);
            return Err(call.blame(error));
        }
        Ok(answer.map(|_| page))
    }
}

impl<T: Listed> IntoFuture for Query<T>
where
    Outcome<T>: ReadItem,
{
    type Output = Result<ListResponse<Outcome<T>>, Error>;
    type IntoFuture = OperationFuture<ListResponse<Outcome<T>>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.send().await.map(Answer::into_value) })
    }
}
