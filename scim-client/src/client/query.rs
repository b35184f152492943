//! Asking for resources.

use std::{borrow::Cow, future::IntoFuture, marker::PhantomData};

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};

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
    message::{ListResponse, Outcome, ReadItem, ScimType, SearchRequest, SortOrder},
    resource::Root,
    typed::{FilterClosure, IntoCondition, MayRead, Path, PathClosure, Projection, Sortable},
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
    reading: Reading,
    marker: PhantomData<fn() -> T>,
}

/// How the pages of a query are read.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Reading {
    pub(super) max_pages: Option<u64>,
    pub(super) max_resources: Option<u64>,
    pub(super) until_short_page: bool,
    /// The page size is this client's own choice.
    own_count: bool,
}

/// What an error that has nothing to do with the page size is about.
const ELSEWHERE: [&str; 6] = [
    ScimType::INVALID_FILTER,
    ScimType::INVALID_PATH,
    ScimType::TOO_MANY,
    ScimType::SENSITIVE,
    ScimType::INVALID_CURSOR,
    ScimType::EXPIRED_CURSOR,
];

/// How many pages [`Query::all`] reads at most, unless set otherwise.
const ALL_PAGES: u64 = 100_000;

/// How many resources [`Query::all`] reads at most, unless set otherwise.
const ALL_RESOURCES: u64 = 1_000_000;

impl<T> Clone for Query<T> {
    fn clone(&self) -> Self {
        Self {
            call: self.call.clone(),
            request: self.request.clone(),
            post: self.post,
            reading: self.reading,
            marker: PhantomData,
        }
    }
}

impl<T> Query<T> {
    pub(super) fn over(call: Call) -> Self {
        let profile = &call.client().inner.profile;
        let mut request = SearchRequest::default();
        request.count = profile.page_size;
        let reading = Reading {
            until_short_page: profile.total_is_of_page,
            ..Reading::default()
        };
        Self {
            call,
            request,
            post: false,
            reading,
            marker: PhantomData,
        }
    }
}

impl<R: Resource> Query<Stored<R>> {
    pub(super) fn new(handle: &Resources<R>) -> Self {
        let path = handle.collection_path();
        let call = Call::new(handle.client().clone(), Method::GET, path);
        Self::over(call.about::<R>())
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
            reading: self.reading,
            marker: PhantomData,
        }
    }
}

impl<T: Readable> Query<T> {
    /// Only resources that meet a condition (RFC 7644 §3.4.2.2).
    pub fn filter<C: IntoCondition<T::Of>>(
        self,
        condition: impl FilterClosure<T::Of, Made = C>,
    ) -> Self {
        self.filter_by(condition(T::Of::PATHS).into_condition())
    }

    /// Sorted by an attribute (RFC 7644 §3.4.2.3), smallest first.
    pub fn sort_by<P>(mut self, path: impl PathClosure<T::Of, Choice = P>) -> Self
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
    /// the number of results only. Without a `start_index` or a cursor the request also says
    /// `startIndex=1`, which is the default of RFC 7644 §3.4.2.4: some service providers list
    /// nothing for one without the other.
    ///
    /// Where neither this nor the profile says it, [`stream`](Self::stream) and its like ask for
    /// 100, and if the service provider refuses the first page with 400 or 500, once more without a
    /// `count`.
    pub fn count(mut self, count: u64) -> Self {
        self.request.count = Some(count);
        self.reading.own_count = false;
        self
    }

    /// Reads at most so many pages, those that brought nothing new included; a page more is an
    /// error ([`ErrorKind::Paging`]). Unless set, [`all`](Self::all) reads at most 100,000, and a
    /// stream has no limit.
    pub fn max_pages(mut self, pages: u64) -> Self {
        self.reading.max_pages = Some(pages);
        self
    }

    /// Reads at most so many resources; one more is an error ([`ErrorKind::Paging`]). Unless set,
    /// [`all`](Self::all) reads at most 1,000,000, and a stream has no limit.
    pub fn max_resources(mut self, resources: u64) -> Self {
        self.reading.max_resources = Some(resources);
        self
    }

    /// Goes on until a page is short, that is shorter than one before it, or empty: for service
    /// providers whose `totalResults` is the number of resources on the page, which would end
    /// every list with its first page. A profile can say it
    /// ([`Profile::total_is_of_page`](crate::profile::Profile::total_is_of_page)). It has no
    /// effect on pages by cursor.
    pub fn until_short_page(mut self) -> Self {
        self.reading.until_short_page = true;
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
            reading: self.reading,
            marker: PhantomData,
        }
    }

    pub(super) fn reading(&self) -> &Reading {
        &self.reading
    }

    /// Asks for a page of this size of the client's own accord, unless the service provider is
    /// known to take none.
    fn with_own_count(mut self, count: u64) -> Self {
        let none = self.client().inner.profile.no_page_size;
        self.request.count = (!none).then_some(count);
        self.reading.own_count = true;
        self
    }

    /// With a page size, if nobody has said one.
    pub(super) fn with_page_size(self, count: u64) -> Self {
        match self.request.count {
            Some(_) => self,
            None => self.with_own_count(count),
        }
    }

    /// Whether the same without `count` may do, after this error.
    pub(super) fn may_do_without_count(&self, error: &Error) -> bool {
        let refused = [StatusCode::BAD_REQUEST, StatusCode::INTERNAL_SERVER_ERROR];
        self.reading.own_count
            && error
                .status()
                .is_some_and(|status| refused.contains(&status))
            && error
                .scim_type()
                .is_none_or(|about| ELSEWHERE.iter().all(|known| about != known))
    }

    /// Whether there are pages by cursor only.
    pub(super) fn only_cursors(&self) -> bool {
        let capabilities = self.client().capabilities();
        capabilities.cursor_paging == Some(true) && capabilities.index_paging != Some(true)
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
        let mut request = Cow::Borrowed(&self.request);
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

    /// All resources of all pages, at most 1,000,000 on at most 100,000 pages; see
    /// [`max_resources`](Self::max_resources) and [`max_pages`](Self::max_pages).
    ///
    /// # Errors
    /// The first resource or page that cannot be read; [`ErrorKind::Paging`] for more than that.
    pub fn all(mut self) -> OperationFuture<Vec<T>> {
        Box::pin(async move {
            self.reading.max_pages.get_or_insert(ALL_PAGES);
            self.reading.max_resources.get_or_insert(ALL_RESOURCES);
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
        Box::pin(async move { self.with_own_count(1).stream().next().await.transpose() })
    }

    /// How many resources match, without reading any.
    ///
    /// # Errors
    /// The answer cannot be read, or does not say how many there are.
    pub fn total(self) -> OperationFuture<u64> {
        Box::pin(async move {
            let mut query = self.with_own_count(0);
            let mut answer = query.clone().send().await;
            if let Err(error) = &answer
                && query.may_do_without_count(error)
            {
                query.request.count = None;
                answer = query.clone().send().await.or(answer);
            }
            let page = answer?.into_value();
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
        let mut page = read.map_err(|error| unfit(&call, &answer, error))?;
        if let (Some(start), None) = (self.request.start_index, &self.request.cursor) {
            moved(&mut page, start.saturating_sub(1));
        }
        if !page.is_list() {
            let error = Error::new(ErrorKind::Decode, "expected a list, found another object");
            let (status, headers) = (answer.status(), answer.headers().clone());
            let error = error.with_body(text).with_answer(status, headers);
            return Err(call.blame(error));
        }
        Ok(answer.map(|_| page))
    }
}

/// Says of the elements that could not be read where they are in the whole list.
pub(super) fn moved<T>(page: &mut ListResponse<Outcome<T>>, before: u64) {
    for error in page
        .resources
        .iter_mut()
        .filter_map(|read| read.as_mut().err())
    {
        error.moved(before);
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
