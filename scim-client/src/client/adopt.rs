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
    find: Result<Query<Stored<R>>, Error>,
}

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
                Ok(handle.query().filter_by(filter))
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

impl<R: Resource> IntoFuture for CreateOrGet<R> {
    type Output = Result<CreatedOrFound<R>, Error>;
    type IntoFuture = OperationFuture<CreatedOrFound<R>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let find = self.find?;
            let conflict = match self.create.await {
                Ok(stored) => return Ok(CreatedOrFound::Created(stored)),
                Err(error) if error.is_uniqueness() => error,
                Err(error) => return Err(error),
            };
            // Found under another attribute's value, or not to be seen: the conflict stands.
            match find.first().await? {
                Some(stored) => Ok(CreatedOrFound::Found(stored)),
                None => Err(conflict),
            }
        })
    }
}
