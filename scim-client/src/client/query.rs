//! Asking for resources.

mod exchange;

use std::marker::PhantomData;

use http::{Method, StatusCode};

pub(super) use self::exchange::{moved, no_list};
use super::{
    answer::Readable,
    checks::Checks,
    handle::Resources,
    operation::{OperationBuilder, sealed::Sealed},
    projection::{Projection, Projects},
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

/// Asks for resources; see [`Resources::query`].
///
/// | to have | end with | it gives |
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
/// Where it depends on a configuration what is asked for, filters and paths are text:
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
/// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest), and nothing is sent, if the service provider or its
/// [`Profile`](crate::Profile) says that it has no filter, order or `/.search` that is used here, or not
/// this kind of filter. [`ErrorKind::Status`](crate::ErrorKind::Status) with the
/// [`scim_type`](Error::scim_type) `invalidFilter`, `tooMany` or `expiredCursor` where it says so.
/// [`ErrorKind::Paging`](crate::ErrorKind::Paging) if its pages repeat, there are more than were allowed, or a page is
/// empty, twice, although by `totalResults` there is more. [`ErrorKind::Decode`](crate::ErrorKind::Decode) if
/// the answer is no list. Besides,
/// [those of every operation](OperationBuilder#errors-of-every-operation).
pub type Query<T> = OperationBuilder<QueryVerb<T>>;

/// What is particular to [`Query`].
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
    /// Asks for resources (GET, RFC 7644 §3.4.2).
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
    /// [Those of `Query`](Query#errors): `.await` and what it ends with give them.
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
    /// Only resources that meet a condition (RFC 7644 §3.4.2.2).
    ///
    /// `u` has the paths of the resource; [`typed`](crate::typed#the-operators) has a table of the operators. `&`, `|`
    /// and `!` join conditions; `any` asks for one element that meets all of them.
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
        self.filter_by(condition(<T::Of as Root>::PATHS).into_condition())
    }

    /// Sorted by an attribute (RFC 7644 §3.4.2.3), smallest first.
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
    /// Only resources that meet a filter made elsewhere, such as a parsed one. With another
    /// filter before, both must be met.
    pub fn filter_by(mut self, filter: impl Into<Filter>) -> Self {
        let filter = filter.into();
        self.verb.request.filter = Some(match self.verb.request.filter.take() {
            Some(before) => before & filter,
            None => filter,
        });
        self
    }

    /// Sorted by an attribute named at run time.
    pub fn sort_by_path(mut self, path: AttributePath) -> Self {
        self.verb.request.sort_by = Some(path);
        self
    }

    /// In descending order.
    pub fn descending(mut self) -> Self {
        self.verb.request.sort_order = Some(SortOrder::Descending);
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
    #[doc(alias = "limit")]
    #[doc(alias = "page_size")]
    pub fn count(mut self, count: u64) -> Self {
        self.verb.request.count = Some(count);
        self.verb.reading.own_count = false;
        self
    }

    /// Reads at most so many pages, those that brought nothing new included; a page more is an
    /// error ([`ErrorKind::Paging`](crate::ErrorKind::Paging)). Unless set, [`all`](Self::all) reads at most 100,000, and a
    /// stream has no limit.
    pub fn max_pages(mut self, pages: u64) -> Self {
        self.verb.reading.max_pages = Some(pages);
        self
    }

    /// Reads at most so many resources; one more is an error ([`ErrorKind::Paging`](crate::ErrorKind::Paging)). Unless set,
    /// [`all`](Self::all) reads at most 1,000,000, and a stream has no limit.
    pub fn max_resources(mut self, resources: u64) -> Self {
        self.verb.reading.max_resources = Some(resources);
        self
    }

    /// Goes on until a page is short, that is shorter than one before it, or empty: for service
    /// providers whose `totalResults` is the number of resources on the page, which would end
    /// every list with its first page, or counts what it does not give, which is an error otherwise. A
    /// profile can say it
    /// ([`Profile::total_is_of_page`](crate::profile::Profile::total_is_of_page)). It has no
    /// effect on pages by cursor.
    pub fn until_short_page(mut self) -> Self {
        self.verb.reading.until_short_page = true;
        self
    }

    /// From this position on; the first resource is 1.
    #[doc(alias = "offset")]
    #[doc(alias = "skip")]
    pub fn start_index(mut self, position: u64) -> Self {
        self.verb.request.start_index = Some(position.max(1));
        self
    }

    /// From this cursor on (RFC 9865); the empty one begins.
    pub fn cursor(mut self, cursor: impl Into<String>) -> Self {
        self.verb.request.cursor = Some(cursor.into());
        self
    }

    /// Asks by POST to `/.search` (RFC 7644 §3.4.3), so that the filter stands in no URL and no
    /// log.
    #[doc(alias = "post")]
    #[doc(alias = "search")]
    pub fn via_post(mut self) -> Self {
        self.verb.post = true;
        self
    }

    /// The parameters as they stand.
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

    /// Whether the same without `count` may do, after this error.
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

    /// Whether there are pages by cursor only.
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
