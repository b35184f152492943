//! Many operations at once (RFC 7644 §3.7).

mod graph;
mod handle;
mod join;
mod matching;
mod plan;
mod results;
mod run;
mod send;
mod single;

use std::{
    collections::BTreeMap,
    future::IntoFuture,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use http::Method;

pub use self::{
    handle::{BulkHandle, BulkReference},
    plan::{PlanError, PlanErrorKind},
    results::{BulkOutcome, BulkResults, BulkSuccess, NotProcessed},
};
use super::{
    Client, Identified, OperationFuture, Replaceable, Resources,
    applied::{Subject, as_read},
    call::{Call, Condition, UNQUOTED, UNSENDABLE},
    deferred::prefer,
    denied,
    operation::call_options,
};
use crate::{
    Json, Resource, Stored,
    error::Error,
    internal::encode,
    internal::references,
    message::{BulkMethod, BulkOperation, BulkRequest},
    model::Reflect,
    patch::Patch,
};

/// How many single requests are under way at once, unless set otherwise.
const CONCURRENCY: usize = 4;

/// Tells bulks from one another.
static BULKS: AtomicU32 = AtomicU32::new(1);

/// Many operations, collected and not yet sent; see [`Client::bulk`].
///
/// Each operation gives a handle, and the handle gives its result. The handle of a creation is a
/// reference, too, that later and earlier operations may use.
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
/// `.await` sends as many requests as the service provider's `maxOperations` and `maxPayloadSize`
/// make necessary, one after the other. An operation follows what it refers to, and where that was
/// in an earlier request, the `id` that came of it takes the place of the reference. Only
/// operations that refer to one another in a cycle must fit into one request.
///
/// The client's capabilities and [`Profile`](crate::Profile) hold here as for single requests; only
/// what [`operation`](Self::operation) adds is sent as it is.
///
/// # Errors
/// `.await` fails if nothing was sent, since an operation cannot be
/// ([`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest); its source is a [`PlanError`]
/// if the operation is too large); if the service provider has no bulk; or if the first request
/// failed as a whole. The operations of that request may have been processed where the error says
/// so ([`is_outcome_unknown`](crate::Error::is_outcome_unknown)): its answer was lost, or cannot be
/// read. Everything after that is in the results.
#[derive(Debug, Clone)]
#[must_use = "nothing is sent until it is awaited"]
pub struct Bulk {
    call: Call,
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

impl Bulk {
    pub(super) fn new(client: Client) -> Self {
        let path = client.inner.base.endpoint("/Bulk");
        let checks = client.inner.check_applied;
        Self {
            call: Call::new(client, Method::POST, path),
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
                checks,
            },
        }
    }

    /// Creates a resource. The handle is a reference to it, for other operations of this bulk.
    pub fn create<R: Resource>(&mut self, resource: &R) -> BulkReference<R> {
        self.at(R::ENDPOINT).create(resource)
    }

    /// Replaces a resource by what `stored` has now, if nobody has changed it since it was read.
    pub fn replace<R: Resource>(&mut self, stored: &impl Replaceable<R>) -> BulkHandle<R> {
        self.at(R::ENDPOINT).replace(stored)
    }

    /// Replaces a resource, whatever it has now; see [`Resources::replace_at`].
    pub fn replace_at<R: Resource>(
        &mut self,
        target: impl Identified<R>,
        resource: &R,
    ) -> BulkHandle<R> {
        self.at(R::ENDPOINT).replace_at(target, resource)
    }

    /// Changes a resource: a [`Stored`], if nobody has changed it since it was
    /// read, an `id`, or one that this bulk creates.
    ///
    /// ```no_run
    /// # fn example(bulk: &mut scim_client::client::Bulk, guides: &scim_client::Stored<scim_client::Group>) {
    /// use scim_client::{User, group::Member};
    ///
    /// let bob = bulk.create(&User::new("bob"));
    /// bulk.patch(guides, |patch| patch.add(|g| g.members, Member::new(bob.reference())));
    /// # }
    /// ```
    pub fn patch<R: Resource>(
        &mut self,
        target: impl Identified<R>,
        change: impl FnOnce(Patch<R>) -> Patch<R>,
    ) -> BulkHandle<R> {
        self.at(R::ENDPOINT).patch(target, change)
    }

    /// Changes a resource by saying what it should be: the smallest PATCH that leads there, or a
    /// PUT where the service provider has no PATCH. `None` if nothing changes.
    pub fn update<R: Resource>(
        &mut self,
        stored: &Stored<R>,
        change: impl FnOnce(&mut R),
    ) -> Option<BulkHandle<R>> {
        self.at(R::ENDPOINT).update(stored, change)
    }

    /// Deletes a resource: a [`Stored`], if nobody has changed it since it was read, or an `id`.
    pub fn delete<R: Resource>(&mut self, target: impl Identified<R>) -> BulkHandle<R> {
        self.at(R::ENDPOINT).delete(target)
    }

    /// Adds operations on resources at another endpoint than the type's own.
    pub fn on<R: Resource>(&mut self, resources: &Resources<R>) -> BulkResources<'_, R> {
        self.at(resources.endpoint())
    }

    fn at<R: Resource>(&mut self, endpoint: &str) -> BulkResources<'_, R> {
        self.call.with_values_of(R::DESCRIPTOR);
        BulkResources {
            bulk: self,
            endpoint: endpoint.to_owned(),
            marker: std::marker::PhantomData,
        }
    }

    /// Adds an operation as it is, such as one of a message that was read. A POST without a
    /// `bulkId` gets one; a `bulkId` that another operation has is refused when it is awaited.
    pub fn operation(&mut self, mut operation: BulkOperation) -> BulkHandle<Json> {
        if operation.method == BulkMethod::Post && operation.bulk_id.is_none() {
            operation.bulk_id = Some(self.next_name());
        }
        self.push(operation)
    }

    /// After how many errors the service provider stops (`failOnErrors`), at least 1; it goes on
    /// in spite of errors if this is not set. It counts over all requests together.
    pub fn fail_on_errors(mut self, errors: u64) -> Self {
        self.options.fail_on_errors = Some(errors.max(1));
        self
    }

    /// Sends a request for each operation where the service provider has no bulk: its capabilities
    /// say so, or the first request is answered with 404, 405 or 501. References become the `id`
    /// of what was created; operations in a cycle of references are refused. They are sent, too,
    /// where the [`Profile`](crate::Profile) wants a PATCH of this bulk in several requests; if one
    /// of these fails, those before it are done, and the operation's
    /// [outcome is unknown](crate::Error::is_outcome_unknown).
    pub fn fall_back_to_single_requests(mut self) -> Self {
        self.options.fall_back = true;
        self
    }

    /// How many single requests are under way at once, at least 1; 4 unless set. Only operations
    /// that refer to one another, or are about the same resource, are sent one after the other.
    pub fn concurrently(mut self, requests: usize) -> Self {
        self.options.concurrency = requests.max(1);
        self
    }

    /// How many operations a request may have, in place of what is known of the service provider.
    pub fn max_operations(mut self, operations: u64) -> Self {
        self.options.max_operations = Some(operations);
        self
    }

    /// How many bytes a request may have, in place of what is known of the service provider.
    pub fn max_payload_size(mut self, bytes: u64) -> Self {
        self.options.max_payload_size = Some(bytes);
        self
    }

    /// Lets the path of an operation refer to a resource that the same request creates:
    /// `/Groups/bulkId:1`. The RFC does not say that this works. Without it, such an operation
    /// waits for the next request, which can have the `id`.
    pub fn references_in_paths(mut self) -> Self {
        self.options.references_in_paths = true;
        self
    }

    /// Whether the resources in results are compared with what was to be changed, as the client is
    /// set up unless set; see [`check_applied`](super::ClientBuilder::check_applied). An operation
    /// that answers with success and the old values then
    /// [failed](crate::ErrorKind::NotApplied). Most service providers show no resources in results,
    /// and these are not read.
    pub fn check_applied(mut self, check: bool) -> Self {
        self.options.checks = check;
        self
    }

    /// Lets the service provider process the operations later, if they would take long, or longer
    /// than `wait` (`Prefer: respond-async`, RFC 9967 §2.5.1).
    pub fn respond_async(mut self, wait: Option<Duration>) -> Self {
        prefer(&mut self.call, wait);
        self
    }

    call_options!();

    /// How many operations there are by now.
    #[must_use]
    pub fn len(&self) -> usize {
        self.operations.len()
    }

    /// Whether there are no operations yet. Such a bulk cannot be sent.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.operations.is_empty()
    }

    /// The requests that would be sent, were every operation successful. In those after the first,
    /// references stand where identifiers will be.
    ///
    /// # Errors
    /// An operation cannot be sent.
    pub fn plan(&self) -> Result<Vec<BulkRequest>, Error> {
        run::Run::new(self.clone())?.preview()
    }

    fn next_name(&self) -> String {
        handle::name(self.number, self.next_index())
    }

    fn next_index(&self) -> u32 {
        u32::try_from(self.operations.len()).unwrap_or(u32::MAX)
    }

    fn push<R>(&mut self, operation: BulkOperation) -> BulkHandle<R> {
        let handle = BulkHandle::new(self.number, self.next_index());
        self.operations.push(operation);
        handle
    }

    fn fail(&mut self, problem: impl FnOnce() -> String) {
        if self.problem.is_none() {
            self.problem = Some(format!(
                "operation {}: {}",
                self.operations.len(),
                problem()
            ));
        }
    }

    /// A path below the base URL, without the base URL's own.
    fn relative(&mut self, path: Result<String, Error>) -> String {
        let base = &self.call.client().inner.base;
        match path {
            Ok(path) => {
                let url = base.to_url();
                let own = url.get(base.origin().len()..).unwrap_or_default();
                path.strip_prefix(own).unwrap_or(&path).to_owned()
            }
            Err(error) => {
                self.fail(|| error.words().to_owned());
                String::from("/")
            }
        }
    }
}

impl IntoFuture for Bulk {
    type Output = Result<BulkResults, Error>;
    type IntoFuture = OperationFuture<BulkResults>;

    fn into_future(self) -> OperationFuture<BulkResults> {
        Box::pin(send::send(self))
    }
}

/// Adds operations on the resources at one endpoint to a [`Bulk`]; see [`Bulk::on`].
#[derive(Debug)]
pub struct BulkResources<'b, R> {
    bulk: &'b mut Bulk,
    endpoint: String,
    marker: std::marker::PhantomData<fn() -> R>,
}

impl<R: Resource> BulkResources<'_, R> {
    /// As [`Bulk::create`].
    pub fn create(&mut self, resource: &R) -> BulkReference<R> {
        let path = self.bulk.call.client().inner.base.endpoint(&self.endpoint);
        let path = self.bulk.relative(path);
        let data = Json::trusted(&encode::for_create(R::SCHEMA, resource));
        let name = self.bulk.next_name();
        BulkReference::new(self.bulk.push(BulkOperation::post(path, name, data)))
    }

    /// As [`Bulk::replace`].
    pub fn replace(&mut self, stored: &impl Replaceable<R>) -> BulkHandle<R> {
        let stored = stored.stored();
        self.refuse(denied::write_back(self.client(), stored.resource()));
        let before = stored.as_read().map(|_| as_read(stored));
        self.put(stored, stored.resource(), before)
    }

    fn put(
        &mut self,
        target: impl Identified<R>,
        resource: &R,
        before: Option<Arc<dyn Reflect>>,
    ) -> BulkHandle<R> {
        self.refuse(denied::put(self.client()));
        let data = encode::for_replace(target.id(), resource);
        let handle = self.write(target, |path| {
            BulkOperation::put(path, Json::trusted(&data))
        });
        self.is_about(handle, before);
        handle
    }

    fn is_about(&mut self, handle: BulkHandle<R>, before: Option<Arc<dyn Reflect>>) {
        let note = self.bulk.notes.entry(handle.index()).or_default();
        note.subject = Some(Subject::of::<R>(before));
    }

    /// As [`Bulk::replace_at`].
    pub fn replace_at(&mut self, target: impl Identified<R>, resource: &R) -> BulkHandle<R> {
        // Without its version.
        self.put(target.id(), resource, None)
    }

    /// As [`Bulk::patch`].
    pub fn patch(
        &mut self,
        target: impl Identified<R>,
        change: impl FnOnce(Patch<R>) -> Patch<R>,
    ) -> BulkHandle<R> {
        let patch = change(Patch::new());
        if patch.is_empty() {
            self.bulk.fail(|| "a patch without operations".to_owned());
        }
        self.refuse(denied::patch(self.client()));
        let mut message = patch.into_message();
        let mut plan = self.client().profile().plan(message.clone());
        if plan.len() == 1
            && let Some(only) = plan.pop()
        {
            message = only;
        }
        let before = target.read().map(as_read);
        let handle = self.write(target, |path| BulkOperation::patch(path, &message));
        self.is_about(handle, before);
        if !plan.is_empty() {
            let parts = plan.iter().map(|part| Json::trusted(&part.to_json()));
            self.bulk.parts.insert(handle.index(), parts.collect());
        }
        handle
    }

    /// As [`Bulk::update`].
    pub fn update(
        &mut self,
        stored: &Stored<R>,
        change: impl FnOnce(&mut R),
    ) -> Option<BulkHandle<R>> {
        let mut after = stored.resource().clone();
        change(&mut after);
        let patch = match self.client().profile().diff(stored.resource(), &after) {
            Ok(patch) => patch,
            Err(error) => {
                self.bulk.fail(|| error.to_string());
                return None;
            }
        };
        if patch.is_empty() {
            return None;
        }
        if self.client().capabilities().patch == Some(false) {
            self.refuse(denied::write_back(self.client(), &after));
            let before = Arc::new(stored.resource().clone());
            return Some(self.put(stored, &after, Some(before)));
        }
        Some(self.patch(stored, |_| patch))
    }

    /// As [`Bulk::delete`].
    pub fn delete(&mut self, target: impl Identified<R>) -> BulkHandle<R> {
        self.write(target, BulkOperation::delete)
    }

    fn client(&self) -> &Client {
        self.bulk.call.client()
    }

    fn refuse(&mut self, checked: Result<(), String>) {
        if let Err(problem) = checked {
            self.bulk.fail(|| problem);
        }
    }

    fn write(
        &mut self,
        target: impl Identified<R>,
        operation: impl FnOnce(String) -> BulkOperation,
    ) -> BulkHandle<R> {
        let client = self.bulk.call.client().clone();
        let id = target.id();
        let path = if id.starts_with(references::PREFIX) {
            // A reference stands for one segment, and is no identifier to encode.
            let endpoint = client.inner.base.endpoint(&self.endpoint);
            endpoint.map(|endpoint| format!("{endpoint}/{id}"))
        } else {
            client.inner.base.resource(&self.endpoint, id)
        };
        let mut operation = operation(self.bulk.relative(path));
        let condition = Condition::of(&client, target.version());
        let mut unconditional = false;
        match condition {
            Condition::Nothing => {}
            Condition::Is(tag) => operation.version = Some(tag.into()),
            Condition::Bare if client.inner.refuse_unquoted => {
                self.bulk.fail(|| UNQUOTED.to_owned());
            }
            Condition::Bare => unconditional = true,
            Condition::Unsendable => self.bulk.fail(|| UNSENDABLE.to_owned()),
        }
        let handle = self.bulk.push(operation);
        if unconditional {
            #[cfg(feature = "tracing")]
            super::trace::unconditional();
            let note = self.bulk.notes.entry(handle.index()).or_default();
            note.unconditional = true;
        }
        handle
    }
}
