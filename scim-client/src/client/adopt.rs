//! Creating what may be there already.

use std::future::IntoFuture;

use super::{Create, OperationFuture, Query, Resources};
use crate::{
    Resource, Stored,
    attribute_path::AttributePath,
    error::Error,
    filter::{Comparand, Filter, Operator},
    model::{Reflect, ValueRef},
    resource::Root,
    typed::{Index, MayRead, Path},
};

/// Creates a resource or finds it; see [`Resources::create_or_get`].
#[derive(Debug)]
#[must_use = "nothing is sent until it is awaited"]
pub struct CreateOrGet<R> {
    create: Create<Stored<R>>,
    find: Result<(Query<Stored<R>>, Filter), Error>,
}

/// How many resources that the service provider gives are looked at: one that takes no notice of
/// the filter gives everything.
const LOOKED_AT: u64 = 10;

/// What [`Resources::create_or_get`] gives.
#[derive(Debug, Clone, PartialEq)]
pub enum CreatedOrFound<R> {
    /// It was not there, and is now.
    Created(Stored<R>),
    /// It was there. It may differ from what was to be created.
    Found(Stored<R>),
}

impl<R> CreatedOrFound<R> {
    /// The resource, either way.
    pub fn into_stored(self) -> Stored<R> {
        match self {
            Self::Created(stored) | Self::Found(stored) => stored,
        }
    }

    /// Whether it was created.
    pub fn is_created(&self) -> bool {
        matches!(self, Self::Created(_))
    }
}

impl<R: Resource> CreateOrGet<R> {
    pub(super) fn new<P>(
        handle: &Resources<R>,
        resource: &R,
        path: impl FnOnce(<R as Root>::Paths) -> P,
    ) -> Self
    where
        P: Path<Root = R>,
        P::Mutability: MayRead<P::Name>,
    {
        let index = path(R::PATHS).index();
        let name = index.name(R::DESCRIPTOR);
        let find = match comparand(resource, index) {
            Some(value) => {
                let filter = Filter::compare(name, Operator::Eq, value);
                Ok((handle.query().filter_by(filter.clone()), filter))
            }
            None => Err(no_value(&name)),
        };
        Self {
            create: handle.create(resource),
            find,
        }
    }
}

fn no_value(name: &AttributePath) -> Error {
    Error::invalid_request(format!("`{name}` has no value to look for"))
}

/// The value at `index`, if it is a simple one.
fn comparand(root: &dyn Reflect, index: Index) -> Option<Comparand> {
    let mut value = ValueRef::Object(root);
    for step in index.steps().into_iter().flatten() {
        let ValueRef::Object(object) = value else {
            return None;
        };
        value = object.get(usize::from(step));
    }
    match value {
        ValueRef::Boolean(value) => Some(value.into()),
        ValueRef::Integer(value) => Some(value.into()),
        value => value.text().map(Comparand::from),
    }
}

impl<R> CreateOrGet<R> {
    /// Adds a query parameter that SCIM does not define (RFC 7644 §3.4.2).
    pub fn parameter(self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        let (name, value) = (name.as_ref(), value.as_ref());
        Self {
            create: self.create.parameter(name, value),
            find: self
                .find
                .map(|(query, f)| (query.parameter(name, value), f)),
        }
    }

    /// Sets a header of the requests.
    pub fn header(self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        let (name, value) = (name.as_ref(), value.as_ref());
        Self {
            create: self.create.header(name, value),
            find: self.find.map(|(query, f)| (query.header(name, value), f)),
        }
    }
}

/// The resource that has the value.
async fn find<R: Resource>(
    query: Query<Stored<R>>,
    filter: &Filter,
) -> Result<Option<Stored<R>>, Error> {
    let mut results = query.count(LOOKED_AT).stream();
    for _ in 0..LOOKED_AT {
        match results.next().await.transpose()? {
            Some(stored) if filter.matches(&stored) => return Ok(Some(stored)),
            Some(_) => {}
            None => break,
        }
    }
    Ok(None)
}

impl<R: Resource> IntoFuture for CreateOrGet<R> {
    type Output = Result<CreatedOrFound<R>, Error>;
    type IntoFuture = OperationFuture<CreatedOrFound<R>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let (query, filter) = self.find?;
            let error = match self.create.await {
                Ok(stored) => return Ok(CreatedOrFound::Created(stored)),
                Err(error) => error,
            };
            // After a lost answer it may be there, too.
            let found = match error.is_uniqueness() || error.is_outcome_unknown() {
                true => find(query, &filter).await.ok().flatten(),
                false => None,
            };
            // Found under another attribute's value, or not to be seen: the error stands, as it
            // says more than why the look-up failed.
            found.map(CreatedOrFound::Found).ok_or(error)
        })
    }
}
