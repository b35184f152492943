//! Many operations at once (RFC 7644 §3.7).

mod book;
mod graph;
mod handle;
mod join;
mod matching;
mod outcome;
mod plan;
mod resources;
mod results;
mod run;
mod send;
mod single;
mod told;

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicU32, Ordering},
};

use http::Method;

pub use self::{
    handle::{BulkHandle, BulkReference},
    outcome::{BulkOutcome, BulkSuccess, NotProcessed},
    plan::{PlanError, PlanErrorKind},
    resources::BulkResources,
    results::BulkResults,
};
use super::{
    Client,
    applied::Subject,
    base_url::Below,
    checks::Checks,
    handle::{Replaceable, Resources},
    identified::BulkTarget,
    operation::{Defers, OperationBuilder, Verb, sealed::Sealed},
    update::ChangeResult,
};
use crate::{
    Json, Resource, Stored,
    error::Error,
    internal::references,
    message::{BulkMethod, BulkOperation, BulkRequest},
    patch::Patch,
    resource::{AnyResource, ResourceKind},
};

/// How many single requests are under way at once, unless set otherwise.
const CONCURRENCY: usize = 4;

/// Tells bulks from one another.
static BULKS: AtomicU32 = AtomicU32::new(1);

/// A bulk that is being built: many operations that are not yet sent; see [`Client::bulk`].
///
/// Each method that adds an operation returns a handle, by which the result is found later. The
/// handle of a creation is also a reference to the new resource. Other operations of the bulk may
/// use it, whether they come before or after.
///
/// ```no_run
/// # async fn example(scim: scim_client::Client) -> Result<(), scim_client::Error> {
/// use scim_client::{Group, User, group::Member};
///
/// let mut bulk = scim.bulk();
/// let alice = bulk.create(&User::new("alice"));
/// let guides = bulk.create(
///     &Group::new("Tour Guides").with_members([Member::new(alice.reference())]),
/// );
/// let results = bulk.fail_on_errors(1).await?;
/// let alice = results.get(alice).into_result()?;
/// println!("{:?} {:?}", alice.id(), alice.version());
/// # Ok(())
/// # }
/// ```
///
/// ```
/// # use scim_client::{Client, User, testing::ServiceProvider};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let provider = ServiceProvider::new();
/// # let scim = Client::builder("https://scim.example/v2").service(provider.clone()).build()?;
/// # let users = scim.resource::<User>();
/// use scim_client::{Json, message::BulkOperation};
///
/// # for name in ["a", "b", "c", "d", "e"] { provider.seed_with_id(name, User::new(name))?; }
/// # let (mut a, b) = (users.get("a").await?, users.get("b").await?);
/// let mut bulk = scim.bulk();
/// assert!(bulk.is_empty());
/// a.title = Some("CTO".into());
/// bulk.replace(&a);                                               // if nobody changed it since
/// bulk.update(&b, |u| u.title = Some("CEO".into()));              // the smallest PATCH
/// bulk.patch::<User>("c", |patch| patch.replace(|u| u.active, false));
/// bulk.replace_at("d", &User::new("d"));
/// bulk.delete::<User>("e");
/// bulk.on(&scim.resource_at::<User>("/Users")).create(&User::new("f"));
/// bulk.operation(BulkOperation::post("/Users", "own", Json::parse(r#"{"userName":"g"}"#)?));
/// assert_eq!((bulk.len(), bulk.plan()?.len()), (7, 1));           // in one request
///
/// let results = bulk
///     .max_operations(1000)
///     .max_payload_size(1_000_000)
///     .references_in_paths()
///     .check_applied(true)
///     .fall_back_to_single_requests()                             // where there is no bulk
///     .concurrently(4)
///     .await?;
/// assert!(results.all_done());
/// # Ok(())
/// # }
/// ```
///
/// `.await` sends as many requests as the service provider's `maxOperations` and `maxPayloadSize`
/// make necessary, one after the other. An operation is sent after the operations that it refers
/// to. If a resource that it refers to was created by an earlier request, the reference is replaced
/// by the `id`. Only operations that refer to one another in a cycle must fit into one request.
///
/// The client's capabilities and [`Profile`](crate::Profile) apply here as they do to single
/// requests. Only operations that are added by [`operation`](Self::operation) are sent unchanged.
///
/// # Errors
/// `.await` fails in three cases:
///
/// - An operation cannot be sent ([`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest)). Then
///   nothing was sent. If the operation is too large, the [`reason`](Error::reason) is a [`PlanError`].
/// - The service provider does not support bulk.
/// - The first request failed as a whole. If its response was lost or cannot be read, its operations may
///   have been processed; then [`is_outcome_unknown`](crate::Error::is_outcome_unknown) is true.
///
/// All later failures are in the results.
pub type Bulk = OperationBuilder<BulkVerb>;

/// The verb of [`Bulk`]: its operations and settings.
#[derive(Clone)]
pub struct BulkVerb {
    number: u32,
    operations: Vec<BulkOperation>,
    problem: Option<String>,
    /// The messages of a PATCH that the profile wants in several requests, by its operation.
    parts: BTreeMap<usize, Vec<Json>>,
    notes: BTreeMap<usize, Note>,
    options: Options,
}

/// What is known of an operation besides the operation.
#[derive(Debug, Clone, Default)]
struct Note {
    /// The resource type.
    kind: Option<ResourceKind>,
    /// The resource, to compare it with the one in the result.
    subject: Option<Subject>,
    /// Whether it should have been for one version of the resource, and is for any.
    unconditional: bool,
}

/// How a bulk is to be done.
#[derive(Debug, Clone)]
struct Options {
    fail_on_errors: Option<u64>,
    fall_back: bool,
    concurrency: usize,
    max_operations: Option<u64>,
    max_payload_size: Option<u64>,
    references_in_paths: bool,
    checks: bool,
}

impl Client {
    /// Begins a bulk: many operations in as few requests as the service provider allows
    /// (RFC 7644 §3.7).
    ///
    /// ```
    /// # use scim_client::{Client, Error, User};
    /// # async fn example(scim: &Client) -> Result<(), Error> {
    /// let mut bulk = scim.bulk();
    /// let babs = bulk.create(&User::new("bjensen"));
    /// let results = bulk.await?;
    /// println!("{:?}", results.get(babs).into_result()?.id());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [Those of `Bulk`](Bulk#errors), when it is awaited. The error of a single operation is in its
    /// [result](BulkResults::get).
    #[doc(alias = "batch")]
    #[doc(alias = "transaction")]
    pub fn bulk(&self) -> Bulk {
        let settings = self.settings();
        let verb = BulkVerb {
            number: BULKS.fetch_add(1, Ordering::Relaxed),
            operations: Vec::new(),
            problem: None,
            parts: BTreeMap::new(),
            notes: BTreeMap::new(),
            options: Options {
                fail_on_errors: None,
                fall_back: false,
                concurrency: CONCURRENCY,
                max_operations: None,
                max_payload_size: None,
                references_in_paths: false,
                checks: settings.check_applied,
            },
        };
        let path = settings.base.endpoint("/Bulk");
        OperationBuilder::new(self.sender(), Method::POST, path, verb)
    }
}

impl Bulk {
    /// Creates a resource. Returns a reference to it, which other operations of this bulk can use.
    ///
    /// # Errors
    /// None here. The error of the operation is in its [result](BulkResults::get). If the operation cannot be
    /// sent, the bulk fails [when it is awaited](Bulk#errors).
    pub fn create<R: Resource>(&mut self, resource: &R) -> BulkReference<R> {
        self.of::<R>().create(resource)
    }

    /// Replaces a resource by the current values of `stored`, if nobody has changed the resource since
    /// it was read.
    ///
    /// # Errors
    /// None here. The error of the operation is in its [result](BulkResults::get). If the operation cannot be
    /// sent, the bulk fails [when it is awaited](Bulk#errors).
    pub fn replace<R: Resource>(
        &mut self,
        stored: &(impl Replaceable<R> + ?Sized),
    ) -> BulkHandle<R> {
        self.of::<R>().replace(stored)
    }

    /// Replaces a resource unconditionally; see [`Resources::replace_at`].
    ///
    /// # Errors
    /// None here. The error of the operation is in its [result](BulkResults::get). If the operation cannot be
    /// sent, the bulk fails [when it is awaited](Bulk#errors).
    pub fn replace_at<R: Resource>(
        &mut self,
        target: impl BulkTarget<R>,
        resource: &R,
    ) -> BulkHandle<R> {
        self.of::<R>().replace_at(target, resource)
    }

    /// Changes a resource. `target` is an `id`, a resource that this bulk creates, or a [`Stored`]; a
    /// `Stored` is only changed if nobody has changed it since it was read.
    ///
    /// ```no_run
    /// # fn example(bulk: &mut scim_client::client::Bulk, guides: &scim_client::Stored<scim_client::Group>) {
    /// use scim_client::{User, group::Member};
    ///
    /// let bob = bulk.create(&User::new("bob"));
    /// bulk.patch(guides, |patch| patch.add(|g| g.members, Member::new(bob.reference())));
    /// # }
    /// ```
    ///
    /// # Errors
    /// None here. The error of the operation is in its [result](BulkResults::get). If the operation cannot be
    /// sent, the bulk fails [when it is awaited](Bulk#errors).
    pub fn patch<R: Resource>(
        &mut self,
        target: impl BulkTarget<R>,
        change: impl FnOnce(Patch<R>) -> Patch<R>,
    ) -> BulkHandle<R> {
        self.of::<R>().patch(target, change)
    }

    /// Changes a resource by a closure that edits a copy. Adds the smallest PATCH that leads to the
    /// edited state, or a PUT if the service provider has no PATCH. Returns `None` if the closure
    /// changes nothing.
    ///
    /// # Errors
    /// None here. The error of the operation is in its [result](BulkResults::get). If the operation cannot be
    /// sent, the bulk fails [when it is awaited](Bulk#errors).
    pub fn update<R: Resource, C: ChangeResult>(
        &mut self,
        stored: &Stored<R>,
        change: impl FnOnce(&mut R) -> C,
    ) -> Option<BulkHandle<R>> {
        self.of::<R>().update(stored, change)
    }

    /// Deletes a resource. `target` is an `id` or a [`Stored`]; a `Stored` is only deleted if nobody has
    /// changed it since it was read.
    ///
    /// # Errors
    /// None here. The error of the operation is in its [result](BulkResults::get). If the operation cannot be
    /// sent, the bulk fails [when it is awaited](Bulk#errors).
    pub fn delete<R: Resource>(&mut self, target: impl BulkTarget<R>) -> BulkHandle<R> {
        self.of::<R>().delete(target)
    }

    /// Returns a builder of operations on the resources of a [`Resources`] handle. Use it for an
    /// endpoint that is not the type's own, or for a type that is only known at run time.
    pub fn on<R: AnyResource>(&mut self, resources: &Resources<R>) -> BulkResources<'_, R> {
        let checks = resources.checks().clone();
        self.at(resources.kind(), resources.endpoint(), checks)
    }

    /// Returns a builder of operations on resources of a compiled type, at its own endpoint.
    fn of<R: Resource>(&mut self) -> BulkResources<'_, R> {
        self.at(ResourceKind::of::<R>(), R::ENDPOINT, Checks::default())
    }

    fn at<R: AnyResource>(
        &mut self,
        kind: ResourceKind,
        endpoint: &str,
        checks: Checks,
    ) -> BulkResources<'_, R> {
        self.call.with_values_of(kind.descriptor());
        let path = self.call.settings().base.endpoint(endpoint);
        BulkResources {
            endpoint: self.usable(path),
            bulk: self,
            kind,
            checks,
            marker: std::marker::PhantomData,
        }
    }

    /// Adds an operation unchanged, for example one of a message that was read. A POST without a
    /// `bulkId` gets one. If another operation has the same `bulkId`, the bulk fails when it is
    /// awaited.
    ///
    /// # Errors
    /// None here. The error of the operation is in its [result](BulkResults::get). If the operation cannot be
    /// sent, the bulk fails [when it is awaited](Bulk#errors).
    pub fn operation(&mut self, mut operation: BulkOperation) -> BulkHandle<Json> {
        if operation.method == BulkMethod::Post && operation.bulk_id.is_none() {
            operation.bulk_id = Some(self.next_name());
        }
        self.push(operation)
    }

    /// Sets after how many errors the service provider stops (`failOnErrors`); at least 1. By
    /// default it does not stop. Errors are counted over all requests of the bulk.
    pub fn fail_on_errors(mut self, errors: u64) -> Self {
        self.verb.options.fail_on_errors = Some(errors.max(1));
        self
    }

    /// Allows the client to send a single request for each operation if the service provider has no
    /// bulk: its capabilities say so, or it responds to the first request with 404, 405 or 501.
    /// References are replaced by the `id` of the created resource. Operations in a cycle of
    /// references are refused.
    ///
    /// Single requests are also sent if the [`Profile`](crate::Profile) requires several requests
    /// for a PATCH of this bulk. If one of these fails, those before it are done, and the
    /// [outcome](crate::Error::is_outcome_unknown) of the operation is unknown.
    pub fn fall_back_to_single_requests(mut self) -> Self {
        self.verb.options.fall_back = true;
        self
    }

    /// Sets how many single requests are under way at once; at least 1. The default is 4.
    /// Operations that refer to one another, or that are about the same resource, are still sent
    /// one after the other.
    pub fn concurrently(mut self, requests: usize) -> Self {
        self.verb.options.concurrency = requests.max(1);
        self
    }

    /// Sets how many operations a request may have, in place of the service provider's `maxOperations`.
    pub fn max_operations(mut self, operations: u64) -> Self {
        self.verb.options.max_operations = Some(operations);
        self
    }

    /// Sets how many bytes a request may have, in place of the service provider's `maxPayloadSize`.
    pub fn max_payload_size(mut self, bytes: u64) -> Self {
        self.verb.options.max_payload_size = Some(bytes);
        self
    }

    /// Allows the path of an operation to refer to a resource that the same request creates:
    /// `/Groups/bulkId:1`. The RFC does not say that this works. By default, such an operation is
    /// sent with the next request, when the `id` is known.
    pub fn references_in_paths(mut self) -> Self {
        self.verb.options.references_in_paths = true;
        self
    }

    /// Sets whether the resources in results are compared with the requested changes; see
    /// [`check_applied`](super::ClientBuilder::check_applied). The default is the client's setting.
    /// An operation whose result has a status of success and the old values then counts as
    /// [failed](crate::ErrorKind::NotApplied). Most service providers send no resources in results;
    /// the client does not read them separately.
    pub fn check_applied(mut self, check: bool) -> Self {
        self.verb.options.checks = check;
        self
    }

    /// The number of operations so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.verb.operations.len()
    }

    /// Returns whether there are no operations yet. An empty bulk cannot be sent.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.verb.operations.is_empty()
    }

    /// The requests that would be sent if every operation succeeded. In requests after the first,
    /// references stand in place of identifiers that are not yet known.
    ///
    /// # Errors
    /// An operation cannot be sent.
    pub fn plan(&self) -> Result<Vec<BulkRequest>, Error> {
        run::Run::new(self.clone())?.preview()
    }

    fn next_name(&self) -> String {
        handle::name(self.verb.number, self.next_index())
    }

    fn next_index(&self) -> u32 {
        u32::try_from(self.verb.operations.len()).unwrap_or(u32::MAX)
    }

    fn push<R>(&mut self, operation: BulkOperation) -> BulkHandle<R> {
        let handle = BulkHandle::new(self.verb.number, self.next_index());
        self.verb.operations.push(operation);
        handle
    }

    fn fail(&mut self, problem: impl FnOnce() -> String) {
        if self.verb.problem.is_none() {
            self.verb.problem = Some(format!(
                "operation {}: {}",
                self.verb.operations.len(),
                problem()
            ));
        }
    }

    /// The path, unless it is none, which is noted.
    fn usable(&mut self, path: Below) -> String {
        path.unwrap_or_else(|invalid| {
            self.fail(|| invalid.0);
            String::from("/")
        })
    }
}

impl Verb for BulkVerb {
    type Output = BulkResults;
    type Sent = BulkResults;

    async fn send(operation: Bulk) -> Result<BulkResults, Error> {
        send::send(operation).await
    }

    async fn output(operation: Bulk) -> Result<BulkResults, Error> {
        send::send(operation).await
    }
}

/// The outcome of an operation that will be processed later is [`BulkOutcome::Accepted`].
impl Defers for BulkVerb {
    type Deferred = Self;

    fn deferred(operation: Bulk) -> Bulk {
        operation
    }
}

impl Sealed for BulkVerb {}
