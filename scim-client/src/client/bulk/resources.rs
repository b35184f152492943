//! The operations of a bulk on the resources at one endpoint.

use std::sync::Arc;

use super::{Bulk, BulkHandle, BulkReference};
use crate::{
    Json, Stored,
    client::{
        applied::{Subject, as_read},
        call::{Condition, UNQUOTED, UNSENDABLE},
        checks::Checks,
        denied,
        handle::Replaceable,
        identified::BulkTarget,
        settings::Settings,
        update::ChangeResult,
    },
    error::Error,
    internal::{encode, references},
    message::BulkOperation,
    model::Reflect,
    patch::{Patch, PatchOp},
    resource::{AnyResource, ResourceKind},
};

/// Adds operations on the resources at one endpoint to a [`Bulk`]; see [`Bulk::on`].
///
/// ```
/// # use scim_client::{Client, Error, Stored, User};
/// # fn example(scim: &Client, babs: &Stored<User>) {
/// let contractors = scim.resource_at::<User>("/Contractors");
/// let mut bulk = scim.bulk();
/// let mut on = bulk.on(&contractors);
/// on.create(&User::new("anna"));
/// on.replace(babs);
/// on.replace_at("2819", &User::new("bert"));
/// on.patch("2820", |patch| patch.replace(|u| u.active, false));
/// on.update(babs, |u| u.title = Some("CTO".into()));
/// on.delete("2821");
/// # }
/// ```
pub struct BulkResources<'b, R> {
    pub(super) bulk: &'b mut Bulk,
    pub(super) kind: ResourceKind,
    /// Below the base URL.
    pub(super) endpoint: String,
    pub(super) checks: Checks,
    pub(super) marker: std::marker::PhantomData<fn() -> R>,
}

impl<R> std::fmt::Debug for BulkResources<'_, R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BulkResources")
            .field("bulk", &self.bulk)
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}

impl<R: AnyResource> BulkResources<'_, R> {
    /// Creates a resource; see [`Bulk::create`].
    pub fn create(&mut self, resource: &R) -> BulkReference<R> {
        self.allow(self.checks.whole(resource));
        let data = Json::trusted(&encode::for_create(self.kind.schema(), resource));
        let name = self.bulk.next_name();
        let operation = BulkOperation::post(self.endpoint.clone(), name, data);
        let handle = self.bulk.push(operation);
        self.is_of_type(handle);
        BulkReference::new(handle)
    }

    /// Replaces a resource that was read; see [`Bulk::replace`].
    pub fn replace(&mut self, stored: &(impl Replaceable<R> + ?Sized)) -> BulkHandle<R> {
        let stored = stored.stored();
        self.refuse(denied::write_back(self.settings(), stored.resource()));
        let before = stored.as_read().map(|_| as_read(stored));
        self.put(stored, stored.resource(), before)
    }

    fn put(
        &mut self,
        target: impl BulkTarget<R>,
        resource: &R,
        before: Option<Arc<dyn Reflect>>,
    ) -> BulkHandle<R> {
        self.refuse(denied::put(self.settings()));
        self.allow(self.checks.whole(resource));
        let data = encode::for_replace(target.id(), resource);
        let handle = self.write(target, |path| {
            BulkOperation::put(path, Json::trusted(&data))
        });
        self.is_about(handle, before);
        handle
    }

    fn is_about(&mut self, handle: BulkHandle<R>, before: Option<Arc<dyn Reflect>>) {
        let note = self.bulk.verb.notes.entry(handle.index()).or_default();
        note.subject = Some(Subject::of::<R>(self.kind, before));
        note.kind = Some(self.kind);
    }

    fn is_of_type(&mut self, handle: BulkHandle<R>) {
        let note = self.bulk.verb.notes.entry(handle.index()).or_default();
        note.kind = Some(self.kind);
    }

    /// Replaces a resource unconditionally; see [`Bulk::replace_at`].
    pub fn replace_at(&mut self, target: impl BulkTarget<R>, resource: &R) -> BulkHandle<R> {
        // Without its version.
        self.put(target.id(), resource, None)
    }

    /// Changes a resource; see [`Bulk::patch`].
    pub fn patch(
        &mut self,
        target: impl BulkTarget<R>,
        change: impl FnOnce(Patch<R>) -> Patch<R>,
    ) -> BulkHandle<R> {
        let patch = change(Patch::new());
        if patch.is_empty() {
            self.bulk.fail(|| "a patch without operations".to_owned());
        }
        self.refuse(denied::patch(self.settings()));
        let mut message = self.resolved(patch.into_message());
        let mut plan = self.settings().profile.plan(message.clone());
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
            self.bulk.verb.parts.insert(handle.index(), parts.collect());
        }
        handle
    }

    /// Changes a resource by a closure; see [`Bulk::update`].
    pub fn update<C: ChangeResult>(
        &mut self,
        stored: &Stored<R>,
        change: impl FnOnce(&mut R) -> C,
    ) -> Option<BulkHandle<R>> {
        let mut after = stored.resource().clone();
        if let Err(error) = change(&mut after).into_result() {
            self.bulk.fail(|| error.to_string());
            return None;
        }
        let patch = match self.settings().profile.diff(stored.resource(), &after) {
            Ok(patch) => patch,
            Err(error) => {
                self.bulk.fail(|| error.to_string());
                return None;
            }
        };
        if patch.is_empty() {
            return None;
        }
        if self.settings().capabilities().patch == Some(false) {
            self.refuse(denied::write_back(self.settings(), &after));
            let before = Arc::new(stored.resource().clone());
            return Some(self.put(stored, &after, Some(before)));
        }
        Some(self.patch(stored, |_| patch))
    }

    /// Deletes a resource; see [`Bulk::delete`].
    pub fn delete(&mut self, target: impl BulkTarget<R>) -> BulkHandle<R> {
        let handle = self.write(target, BulkOperation::delete);
        self.is_of_type(handle);
        handle
    }

    fn settings(&self) -> &Settings {
        self.bulk.call.settings()
    }

    /// A patch as it is sent.
    fn resolved(&mut self, message: PatchOp) -> PatchOp {
        let resolved = self.checks.patch(message);
        resolved.unwrap_or_else(|error| {
            self.bulk.fail(|| error.words().to_owned());
            PatchOp::new(Vec::new())
        })
    }

    fn allow(&mut self, checked: Result<(), Error>) {
        if let Err(error) = checked {
            self.bulk.fail(|| error.words().to_owned());
        }
    }

    fn refuse(&mut self, checked: Result<(), String>) {
        if let Err(problem) = checked {
            self.bulk.fail(|| problem);
        }
    }

    fn write(
        &mut self,
        target: impl BulkTarget<R>,
        operation: impl FnOnce(String) -> BulkOperation,
    ) -> BulkHandle<R> {
        let settings = self.bulk.call.settings().clone();
        let id = target.id();
        let path = if id.starts_with(references::PREFIX) {
            // A reference stands for one segment, and is no identifier to encode.
            format!("{}/{id}", self.endpoint)
        } else {
            let path = settings.base.resource(&self.endpoint, id);
            self.bulk.usable(path)
        };
        let mut operation = operation(path);
        let condition = Condition::of(&settings, target.version());
        let mut unconditional = false;
        match condition {
            Condition::Nothing => {}
            Condition::Is(tag) => operation.version = Some(tag.into()),
            Condition::Bare if settings.refuse_unquoted => {
                self.bulk.fail(|| UNQUOTED.to_owned());
            }
            Condition::Bare => unconditional = true,
            Condition::Unsendable => self.bulk.fail(|| UNSENDABLE.to_owned()),
        }
        let handle = self.bulk.push(operation);
        if unconditional {
            #[cfg(feature = "tracing")]
            crate::client::trace::unconditional();
            let note = self.bulk.verb.notes.entry(handle.index()).or_default();
            note.unconditional = true;
        }
        handle
    }
}
