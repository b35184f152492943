//! Asking for resources.

mod exchange;

use std::marker::PhantomData;

use http::{Method, StatusCode};

pub(super) use self::exchange::{moved, no_list};
use super::{
    checks::Checks,
    handle::Resources,
    operation::{OperationBuilder, sealed::Sealed},
    projection::{Projection, Projects},
    response::Readable,
    settings::Settings,
};
use crate::{
    Partial, Stored,
    attribute_path::AttributePath,
    error::Error,
    filter::Filter,
    message::{ScimType, SearchRequest, SortOrder},
    resource::{AnyResource, Listed, Resource, Root},
    typed::{FilterClosure, IntoCondition, MayRead, Path, PathClosure, Sortable},
};

/// A query for resources; see [`Resources::query`].
///
/// | to get | end with | result |
/// |---|---|---|
/// | one after the other, from all pages | [`stream`](OperationBuilder::stream) | [`Results`](super::Results): `.next().await` |
/// | page by page | [`pages`](OperationBuilder::pages) | [`Pages`](super::Pages): `.next().await` |
/// | all of them | [`all`](OperationBuilder::all) | `Vec<Stored<R>>`, at most 1,000,000 |
/// | the first | [`first`](OperationBuilder::first) | `Option<Stored<R>>` |
/// | how many | [`total`](OperationBuilder::total) | `u64` |
/// | one page as it comes | `.await` | [`ListResponse`](crate::message::ListResponse) of `Result`s: one malformed resource is one `Err` |
///
/// ```
/// # use scim_client::{Client, User, testing::ServiceProvider};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let provider = ServiceProvider::new();
/// # let scim = Client::builder("https://scim.example/v2").service(provider.clone()).build()?;
/// # let users = scim.resource::<User>();
/// for name in ["anna", "babs", "bert"] {
///     users.create(&User::new(name).with_active(true)).await?;
/// }
/// let active = users.query().filter(|u| u.user_name.sw("b") & u.active.eq(true));
/// let b = active.sort_by(|u| u.user_name);
/// assert_eq!(b.clone().total().await?, 2);
/// assert_eq!(b.clone().first().await?.map(|user| user.user_name.clone()).as_deref(), Some("babs"));
/// assert_eq!(b.clone().descending().all().await?[0].user_name, "bert");
///
/// let mut found = users.query().count(2).max_pages(10).stream();       // pages of two
/// while let Some(user) = found.next().await {
///     println!("{}", user?.user_name);
/// }
///
/// // One page, by position; the filter in no URL; and what is asked for.
/// let page = users.query().start_index(2).count(1).via_post().await?;
/// assert_eq!((page.total_results, page.resources.len()), (Some(3), 1));
/// assert_eq!(users.query().count(1).search_request().count, Some(1));
/// # Ok(())
/// # }
/// ```
///
/// Filters and paths can also be text, for example from a configuration file:
///
/// ```
/// # use scim_client::{Client, User, testing::ServiceProvider, filter::Filter};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let provider = ServiceProvider::new();
/// # let scim = Client::builder("https://scim.example/v2").service(provider.clone()).build()?;
/// # let users = scim.resource::<User>();
/// let filter: Filter = r#"userName sw "b""#.parse()?;
/// let found = users
///     .query()
///     .filter_by(filter)
///     .sort_by_path("name.familyName".parse()?)
///     .max_resources(500)             // a 501st is an error
///     .until_short_page()             // for servers whose totals are wrong
///     .all()
///     .await?;
/// assert!(found.is_empty());
/// let first = users.query().cursor("").count(10).await?;              // pages by cursor
/// assert!(first.next_cursor.is_none());
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest), and nothing is sent, if the capabilities or the
/// [`Profile`](crate::Profile) say that the service provider does not support filters, this kind of filter, sorting
/// or `/.search`, and the query uses it.
///
/// [`ErrorKind::Status`](crate::ErrorKind::Status), with the [`scim_type`](Error::scim_type) `invalidFilter`,
/// `tooMany` or `expiredCursor` if the service provider sends one of these.
///
/// [`ErrorKind::Paging`](crate::ErrorKind::Paging) if pages repeat, if there are more than were allowed, or if a
/// page is empty twice although `totalResults` is larger than the number of resources so far.
///
/// [`ErrorKind::Decode`](crate::ErrorKind::Decode) if the response is not a list.
///
/// In addition, [the errors of every operation](OperationBuilder#errors-of-every-operation).
pub type Query<T> = OperationBuilder<QueryVerb<T>>;

/// The verb of [`Query`]: its parameters and limits.
pub struct QueryVerb<T: Listed> {
    kind: T::Kind,
    request: SearchRequest,
    post: bool,
    reading: Reading,
    checks: Checks,
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

impl<T: Listed> QueryVerb<T> {
    pub(super) fn new(kind: T::Kind, settings: &Settings) -> Self {
        let profile = &settings.profile;
        let mut request = SearchRequest::default();
        request.count = profile.page_size;
        let reading = Reading {
            until_short_page: profile.total_is_of_page,
            ..Reading::default()
        };
        Self {
            kind,
            request,
            post: false,
            reading,
            checks: Checks::default(),
            marker: PhantomData,
        }
    }
}

impl<R: AnyResource> Resources<R> {
    /// Queries the resources of this endpoint (GET, RFC 7644 §3.4.2).
    ///
    /// ```
    /// # use scim_client::{Client, User, testing::ServiceProvider};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let provider = ServiceProvider::new();
    /// # let scim = Client::builder("https://scim.example/v2").service(provider.clone()).build()?;
    /// # let users = scim.resource::<User>();
    /// # users.create(&User::new("bjensen").with_active(true)).await?;
    /// let mut found = users.query().filter(|u| u.user_name.sw("b") & u.active.eq(true)).stream();
    /// while let Some(user) = found.next().await {
    ///     println!("{}", user?.user_name);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [Those of `Query`](Query#errors), when the query is sent.
    #[doc(alias = "search")]
    #[doc(alias = "list")]
    #[doc(alias = "find")]
    #[doc(alias = "pagination")]
    pub fn query(&self) -> Query<Stored<R>> {
        let mut verb = QueryVerb::new(self.kind(), self.settings());
        verb.checks = self.checks().clone();
        self.begin(Method::GET, self.collection_path(), verb)
    }
}

impl<R: AnyResource> Projects for QueryVerb<Stored<R>> {
    type Of = R;
    type Projected = QueryVerb<Partial<R>>;

    fn projected(
        operation: OperationBuilder<Self>,
        projection: Projection,
    ) -> OperationBuilder<Self::Projected> {
        operation.map(|mut verb| {
            let names = match projection.excludes {
                true => &mut verb.request.excluded_attributes,
                false => &mut verb.request.attributes,
            };
            names.extend(projection.names);
            QueryVerb {
                kind: verb.kind,
                request: verb.request,
                post: verb.post,
                reading: verb.reading,
                checks: verb.checks,
                marker: PhantomData,
            }
        })
    }
}

impl<T: Listed + Readable> Query<T>
where
    T::Of: Resource,
{
    /// Selects the resources that meet a condition (RFC 7644 §3.4.2.2).
    ///
    /// `u` has the paths of the resource; [`typed`](crate::typed#the-operators) has a table of the operators. `&`,
    /// `|` and `!` join conditions. `any` selects resources with one element that meets a whole condition.
    ///
    /// ```
    /// # use scim_client::{Client, User};
    /// # fn example(scim: &Client) {
    /// let guides = scim.resource::<User>().query().filter(|u| {
    ///     u.enterprise_user.department.eq("Tour Operations")
    ///         & u.emails.any(|e| e.type_.eq("work") & e.value.ew("@example.com"))
    /// });
    /// # let _ = guides;
    /// # }
    /// ```
    #[doc(alias = "where")]
    #[doc(alias = "condition")]
    pub fn filter<C: IntoCondition<T::Of>>(
        self,
        condition: impl FilterClosure<T::Of, Made = C>,
    ) -> Self {
        self.filter_by(condition(<T::Of as Root>::PATHS).into_condition().into())
    }

    /// Sorts by an attribute (RFC 7644 §3.4.2.3), smallest value first.
    #[doc(alias = "order_by")]
    pub fn sort_by<P>(mut self, path: impl PathClosure<T::Of, Choice = P>) -> Self
    where
        P: Path<Root = T::Of>,
        P::Value: crate::typed::ElementClass<Class: Sortable<P::Name>>,
        P::Mutability: MayRead<P::Name>,
    {
        let (paths, table) = (<T::Of as Root>::PATHS, <T::Of as Root>::DESCRIPTOR);
        self.verb.request.sort_by = Some(path(paths).index().name(table));
        self
    }
}

impl<T: Listed> Query<T> {
    /// Selects the resources that meet a filter made elsewhere, such as a parsed one. If a filter
    /// was set before, both must be met.
    pub fn filter_by(mut self, filter: Filter) -> Self {
        self.verb.request.filter = Some(match self.verb.request.filter.take() {
            Some(before) => before & filter,
            None => filter,
        });
        self
    }

    /// Sorts by an attribute that is named at run time.
    pub fn sort_by_path(mut self, path: AttributePath) -> Self {
        self.verb.request.sort_by = Some(path);
        self
    }

    /// Sorts in descending order.
    pub fn descending(mut self) -> Self {
        self.verb.request.sort_order = Some(SortOrder::Descending);
        self
    }

    /// Sets the page size (`count`): at most this many resources on a page. The service provider
    /// may return fewer. With zero, it returns only the number of results.
    ///
    /// If there is neither a `start_index` nor a cursor, the request also has `startIndex=1`, which
    /// is the default of RFC 7644 §3.4.2.4. Some service providers return an empty list for a
    /// `count` without it.
    ///
    /// If neither this method nor the profile sets a page size, [`stream`](Self::stream),
    /// [`pages`](Self::pages) and [`all`](Self::all) request 100. If the service provider refuses
    /// the first page with 400 or 500, they request it once more without a `count`.
    #[doc(alias = "limit")]
    #[doc(alias = "page_size")]
    pub fn count(mut self, count: u64) -> Self {
        self.verb.request.count = Some(count);
        self.verb.reading.own_count = false;
        self
    }

    /// Reads at most this many pages, including those that brought nothing new. If there are more, that is an error
    /// ([`ErrorKind::Paging`](crate::ErrorKind::Paging)). The default is 100,000 for [`all`](Self::all), and no limit
    /// for streams.
    pub fn max_pages(mut self, pages: u64) -> Self {
        self.verb.reading.max_pages = Some(pages);
        self
    }

    /// Reads at most this many resources. If there are more, that is an error
    /// ([`ErrorKind::Paging`](crate::ErrorKind::Paging)). The default is 1,000,000 for [`all`](Self::all), and no
    /// limit for streams.
    pub fn max_resources(mut self, resources: u64) -> Self {
        self.verb.reading.max_resources = Some(resources);
        self
    }

    /// Ignores `totalResults`, and reads pages until one is empty or shorter than an earlier one.
    /// Some service providers return the number of resources on the page as `totalResults`, so that
    /// every list would end with its first page. Others count resources that they do not return,
    /// which is an error otherwise. A profile can say the same
    /// ([`Profile::total_is_of_page`](crate::profile::Profile::total_is_of_page)). It has no effect
    /// on pages by cursor.
    pub fn until_short_page(mut self) -> Self {
        self.verb.reading.until_short_page = true;
        self
    }

    /// Begins at this position (`startIndex`). The first resource has position 1.
    #[doc(alias = "offset")]
    #[doc(alias = "skip")]
    pub fn start_index(mut self, position: u64) -> Self {
        self.verb.request.start_index = Some(position.max(1));
        self
    }

    /// Begins at this cursor (RFC 9865). The empty cursor requests the first page.
    pub fn cursor(mut self, cursor: impl Into<String>) -> Self {
        self.verb.request.cursor = Some(cursor.into());
        self
    }

    /// Sends the query by POST to `/.search` (RFC 7644 §3.4.3), so that the filter is not part of
    /// the URL and does not appear in logs of URLs.
    #[doc(alias = "post")]
    #[doc(alias = "search")]
    pub fn via_post(mut self) -> Self {
        self.verb.post = true;
        self
    }

    /// The parameters that are set so far.
    pub fn search_request(&self) -> &SearchRequest {
        &self.verb.request
    }

    pub(super) fn with_request(&self, request: SearchRequest) -> Self {
        let mut other = self.clone();
        other.verb.request = request;
        other
    }

    pub(super) fn forget_count(&mut self) {
        self.verb.request.count = None;
    }

    /// Sets limits where there are none.
    pub(super) fn cap(&mut self, pages: u64, resources: u64) {
        let reading = &mut self.verb.reading;
        reading.max_pages.get_or_insert(pages);
        reading.max_resources.get_or_insert(resources);
    }

    pub(super) fn reading(&self) -> &Reading {
        &self.verb.reading
    }

    /// Asks for a page of this size of the client's own accord, unless the service provider is
    /// known to take none.
    pub(super) fn with_own_count(mut self, count: u64) -> Self {
        let none = self.settings().profile.no_page_size;
        self.verb.request.count = (!none).then_some(count);
        self.verb.reading.own_count = true;
        self
    }

    /// With a page size, if nobody has said one.
    pub(super) fn with_page_size(self, count: u64) -> Self {
        match self.verb.request.count {
            Some(_) => self,
            None => self.with_own_count(count),
        }
    }

    /// Returns whether the same without `count` may do, after this error.
    pub(super) fn may_do_without_count(&self, error: &Error) -> bool {
        let refused = [StatusCode::BAD_REQUEST, StatusCode::INTERNAL_SERVER_ERROR];
        self.verb.reading.own_count
            && error
                .status()
                .is_some_and(|status| refused.contains(&status))
            && error
                .scim_type()
                .is_none_or(|about| ELSEWHERE.iter().all(|known| about != known))
    }

    /// Returns whether there are pages by cursor only.
    pub(super) fn only_cursors(&self) -> bool {
        let capabilities = self.settings().capabilities();
        capabilities.cursor_paging == Some(true) && capabilities.index_paging != Some(true)
    }

    pub(super) fn settings(&self) -> &Settings {
        self.call.settings()
    }

    pub(super) fn request_mut(&mut self) -> &mut SearchRequest {
        &mut self.verb.request
    }
}

impl<T: Listed> Sealed for QueryVerb<T> {}

// Nothing in it is pinned.
impl<T: Listed> Unpin for QueryVerb<T> {}

// Written by hand, because a derive would ask the same of `T`.
impl<T: Listed> Clone for QueryVerb<T> {
    fn clone(&self) -> Self {
        Self {
            kind: self.kind,
            request: self.request.clone(),
            post: self.post,
            reading: self.reading,
            checks: self.checks.clone(),
            marker: PhantomData,
        }
    }
}
