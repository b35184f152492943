//! Creating what may be there already.

use super::{
    handle::Resources,
    operation::{OperationBuilder, Verb, sealed::Sealed},
    query::Query,
    whole::{Creates, WholeVerb},
};
use crate::{
    Stored,
    attribute_path::AttributePath,
    error::Error,
    filter::{Comparand, Filter, Operator},
    internal::named,
    model::{Reflect, ValueRef},
    resource::{AnyResource, Resource},
    typed::{MayRead, Path, PathClosure},
};

/// Creates a resource, or finds the existing one; see [`Resources::create_or_get`]. The options
/// apply to both requests.
pub type CreateOrGet<R> = OperationBuilder<CreateOrGetVerb<R>>;

/// The verb of [`CreateOrGet`].
pub struct CreateOrGetVerb<R> {
    handle: Resources<R>,
    create: WholeVerb<Creates, Stored<R>>,
    /// `None` where the resource has no value to look for, which is a problem of the call.
    filter: Option<Filter>,
}

/// How many resources that the service provider gives are looked at: one that takes no notice of
/// the filter gives everything.
const LOOKED_AT: u64 = 10;

/// The result of [`Resources::create_or_get`].
///
/// ```
/// # use scim_client::{Client, Error, User, client::CreatedOrFound};
/// # async fn example(scim: &Client) -> Result<(), Error> {
/// let users = scim.resource::<User>();
/// let wanted = User::new("bjensen").with_title("CTO");
/// match users.create_or_get(&wanted, |u| u.user_name).await? {
///     CreatedOrFound::Created(babs) => println!("new: {}", babs.id()),
///     CreatedOrFound::Found(babs) => {
///         users.update(&babs, |u| u.title = wanted.title.clone()).await?;
///     }
/// }
/// // Or, where it does not matter:
/// let either = users.create_or_get(&wanted, |u| u.user_name).await?;
/// println!("{}: {}", either.is_created(), either.into_stored().id());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub enum CreatedOrFound<R> {
    /// The resource did not exist and was created.
    Created(Stored<R>),
    /// The resource existed already. It may differ from the resource that was to be created.
    Found(Stored<R>),
}

impl<R> CreatedOrFound<R> {
    /// The resource, whether it was created or found.
    pub fn into_stored(self) -> Stored<R> {
        match self {
            Self::Created(stored) | Self::Found(stored) => stored,
        }
    }

    /// Returns whether it was created.
    pub fn is_created(&self) -> bool {
        matches!(self, Self::Created(_))
    }
}

impl<R: Resource> Resources<R> {
    /// Creates a resource, or gets the existing resource that has the same value of a unique
    /// attribute: `users.create_or_get(&babs, |u| u.user_name)`.
    ///
    /// The client first sends the creation. If that ends with a conflict, or if its response was
    /// lost, the client searches for the resource by a filter. It only accepts a resource that has
    /// the value, because some service providers ignore filters and return everything. If no such
    /// resource is found, or if it cannot be searched for, the error is that of the creation.
    ///
    /// ```
    /// # use scim_client::{Client, User, testing::ServiceProvider};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let provider = ServiceProvider::new();
    /// # let scim = Client::builder("https://scim.example/v2").service(provider.clone()).build()?;
    /// # let users = scim.resource::<User>();
    /// let first = users.create_or_get(&User::new("bjensen"), |u| u.user_name).await?;
    /// assert!(first.is_created());
    /// let again = users.create_or_get_by(&User::new("bjensen"), "userName".parse()?).await?;
    /// assert!(!again.is_created());
    /// assert_eq!(again.into_stored().id(), first.into_stored().id());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// SCIM has no request that creates a resource or else changes it. To give an existing resource the
    /// values of `resource`, call [`update`](Self::update) with it afterwards.
    ///
    /// # Errors
    /// The same as for [`create`](Self::create). Here `is_uniqueness` means that a value is taken and that no
    /// resource was found: either the value of another attribute is taken, or this client may not see the resource.
    /// The kind is [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) if `resource` has no value of the
    /// attribute.
    #[doc(alias = "upsert")]
    #[doc(alias = "get_or_create")]
    #[doc(alias = "find_or_create")]
    pub fn create_or_get<P>(
        &self,
        resource: &R,
        path: impl PathClosure<R, Choice = P>,
    ) -> CreateOrGet<R>
    where
        P: Path<Root = R>,
        P::Mutability: MayRead<P::Name>,
    {
        let index = path(R::PATHS).index();
        let steps = index.steps().into_iter().flatten().map(usize::from);
        let value = comparand(resource, steps);
        self.begin_create_or_get(resource, looked_for(index.name(R::DESCRIPTOR), value))
    }
}

impl<R: AnyResource> Resources<R> {
    /// Like [`create_or_get`](Self::create_or_get), with an attribute that is named at run time.
    ///
    /// # Errors
    /// The same as for [`create_or_get`](Self::create_or_get).
    pub fn create_or_get_by(&self, resource: &R, name: AttributePath) -> CreateOrGet<R> {
        let resolved = self.checks().attributes(vec![name.clone()]);
        let filter = resolved.and_then(|mut names| {
            let name = names.pop().unwrap_or(name);
            let value = value_at(resource, &name);
            looked_for(name, value)
        });
        self.begin_create_or_get(resource, filter)
    }

    fn begin_create_or_get(&self, resource: &R, filter: Result<Filter, Error>) -> CreateOrGet<R> {
        let mut create = self.create(resource);
        let filter = filter.and_then(|filter| self.checks().filter(filter));
        let filter = filter.map_err(|error| create.call.fail_with(error)).ok();
        create.map(|create| CreateOrGetVerb {
            handle: self.clone(),
            create,
            filter,
        })
    }
}

/// Asks for the resource that has this value.
///
/// # Errors
/// There is none to ask for.
fn looked_for(name: AttributePath, value: Option<Comparand>) -> Result<Filter, Error> {
    match value {
        Some(value) => Ok(Filter::compare(name, Operator::Eq, value)),
        None => {
            let problem = format!("`{name}` has no value to look for");
            Err(Error::invalid_request(problem))
        }
    }
}

/// The value at these positions, one in the other, if it is a simple one.
fn comparand(root: &dyn Reflect, steps: impl Iterator<Item = usize>) -> Option<Comparand> {
    let mut value = ValueRef::Object(root);
    for step in steps {
        let ValueRef::Object(object) = value else {
            return None;
        };
        value = object.get(step);
    }
    match value {
        ValueRef::Boolean(value) => Some(value.into()),
        ValueRef::Integer(value) => Some(value.into()),
        value => value.text().map(Comparand::from),
    }
}

/// The value of an attribute that is named at run time, if it is a simple one.
fn value_at(root: &dyn Reflect, name: &AttributePath) -> Option<Comparand> {
    let steps: Vec<_> = named(root.descriptor(), name).steps()?.collect();
    let Some(sub) = name.sub() else {
        return comparand(root, steps.into_iter());
    };
    let mut table = root.descriptor();
    for step in &steps {
        table = table.attributes().get(*step)?.kind().descriptor()?;
    }
    comparand(root, steps.into_iter().chain([table.position(sub)?]))
}

/// The resource that has the value.
async fn find<R: AnyResource>(
    query: Query<Stored<R>>,
    filter: &Filter,
) -> Result<Option<Stored<R>>, Error> {
    let mut results = query.filter_by(filter.clone()).count(LOOKED_AT).stream();
    for _ in 0..LOOKED_AT {
        match results.next().await.transpose()? {
            Some(stored) if filter.matches(&stored) => return Ok(Some(stored)),
            Some(_) => {}
            None => break,
        }
    }
    Ok(None)
}

impl<R: AnyResource> Verb for CreateOrGetVerb<R> {
    type Output = CreatedOrFound<R>;
    type Sent = CreatedOrFound<R>;

    async fn send(operation: OperationBuilder<Self>) -> Result<CreatedOrFound<R>, Error> {
        let OperationBuilder { sender, call, verb } = operation;
        let mut query = verb.handle.through(&sender).query();
        query.call.set_options(call.options.for_another_request());
        let create = OperationBuilder {
            sender,
            call,
            verb: verb.create,
        };
        let error = match WholeVerb::output(create).await {
            Ok(stored) => return Ok(CreatedOrFound::Created(stored)),
            Err(error) => error,
        };
        // After a lost response it may be there, too.
        let found = match verb.filter {
            Some(filter) if error.is_uniqueness() || error.is_outcome_unknown() => {
                find(query, &filter).await.ok().flatten()
            }
            _ => None,
        };
        // Found under another attribute's value, or not to be seen: the error stands, as it says
        // more than why the look-up failed.
        found.map(CreatedOrFound::Found).ok_or(error)
    }

    async fn output(operation: OperationBuilder<Self>) -> Result<CreatedOrFound<R>, Error> {
        Self::send(operation).await
    }
}

impl<R> Sealed for CreateOrGetVerb<R> {}

impl<R> Clone for CreateOrGetVerb<R> {
    fn clone(&self) -> Self {
        Self {
            handle: self.handle.clone(),
            create: self.create.clone(),
            filter: self.filter.clone(),
        }
    }
}
