//! The operations on single resources (RFC 7644 §3.3 to §3.6).

use std::collections::HashSet;

use bytes::Bytes;
use http::{Response, StatusCode, header::ETAG};

use super::{
    answer,
    failure::{Failure, Outcome},
    input,
    manner::Manner,
    output,
    precondition::Preconditions,
    projection::{Choice, Projection, Written},
    provider::Config,
    record::ResourceKind,
    store::{Entry, Store},
    strict,
};
use scim_models::{
    evaluate::FilterRule,
    filter::FilterOptions,
    message::ScimType,
    patch::{PatchOp, Unknown},
    value::Timestamp,
};

/// One request, as far as it concerns a resource.
pub(super) struct Work<'a> {
    pub(super) config: &'a Config,
    pub(super) store: &'a mut Store,
    pub(super) manner: &'a Manner,
    pub(super) now: Timestamp,
    pub(super) preconditions: Preconditions,
    /// `attributes` or `excludedAttributes`.
    pub(super) choice: Choice,
}

impl Work<'_> {
    /// POST to the endpoint of a resource type. The new resource may have an id already.
    pub(super) fn create(
        self,
        kind: usize,
        body: &str,
        id: Option<String>,
    ) -> Outcome<Response<Bytes>> {
        let Some(of) = self.store.kinds.get(kind).copied() else {
            return Err(Failure::not_found("the endpoint"));
        };
        let mut record = input::read(&of, body, self.config.strict)?;
        let written = Written::of(record.own());
        record.set_id(id.unwrap_or_default());
        let number = self.store.insert(kind, record, self.now)?;
        self.document(number, StatusCode::CREATED, written)
    }

    /// GET of a resource.
    pub(super) fn read(self, number: u64) -> Outcome<Response<Bytes>> {
        let (entry, _) = self.entry(number)?;
        let version = entry.record.meta().version.clone();
        self.preconditions.permit_read(version.as_deref())?;
        if let Some(version) = version.filter(|version| self.preconditions.has_already(version)) {
            let mut response = answer::empty(StatusCode::NOT_MODIFIED);
            if let Ok(version) = http::HeaderValue::from_str(&version) {
                response.headers_mut().insert(ETAG, version);
            }
            return Ok(response);
        }
        self.document(number, StatusCode::OK, Written::default())
    }

    /// PUT: a new state in place of the old one.
    pub(super) fn replace(self, number: u64, body: &str) -> Outcome<Response<Bytes>> {
        let (entry, kind) = self.entry(number)?;
        self.preconditions
            .permit_change(entry.record.meta().version.as_deref())?;
        let mut record = input::read(kind, body, self.config.strict)?;
        let written = Written::of(record.own());
        input::carry_over(entry.record.own(), record.own_mut())?;
        self.store.update(number, record, self.now)?;
        self.document(number, StatusCode::OK, written)
    }

    /// PATCH: some changes, all or none.
    pub(super) fn patch(self, number: u64, body: &str) -> Outcome<Response<Bytes>> {
        let (entry, kind) = self.entry(number)?;
        self.preconditions
            .permit_change(entry.record.meta().version.as_deref())?;
        let strict = self.config.strict;
        let options = self.manner.filter_options(self.config);
        let mut patch = if strict {
            PatchOp::from_json_strict(body, &kind.schemas())?
        } else {
            PatchOp::from_json_with(body, &kind.schemas(), &options)?
        };
        self.manner.permit_patch(&patch, body)?;
        read_paths(&mut patch, kind, &options)?;
        let mut record = entry.record.boxed_clone();
        let mut options = self.manner.patch_options(&self.config.patch_options);
        if strict && options.unknown == Unknown::LeaveOut {
            options.to_mut().unknown = Unknown::Refuse;
        }
        let before = strict.then(|| {
            strict::problems(record.own())
                .into_iter()
                .collect::<HashSet<_>>()
        });
        record.patch(&patch, &options)?;
        input::check_identifying(record.own())?;
        if let Some(before) = before {
            // What was seeded may have been wrong before.
            let mut after = strict::problems(record.own());
            after.retain(|problem| !before.contains(problem));
            strict::refuse(after, Failure::invalid_value)?;
        }
        self.store.update(number, record, self.now)?;
        let no_body = self.config.patch_without_body && matches!(self.choice, Choice::Default);
        if no_body || self.manner.patch_without_body() {
            let (entry, _) = self.entry(number)?;
            let response = answer::empty(StatusCode::NO_CONTENT);
            return Ok(answer::describe(response, entry.record.meta()));
        }
        self.document(number, StatusCode::OK, Written::by(&patch))
    }

    /// DELETE.
    pub(super) fn delete(self, number: u64) -> Outcome<Response<Bytes>> {
        let (entry, _) = self.entry(number)?;
        self.preconditions
            .permit_change(entry.record.meta().version.as_deref())?;
        self.store.remove(number, self.now)?;
        Ok(answer::empty(StatusCode::NO_CONTENT))
    }

    fn entry(&self, number: u64) -> Outcome<(&Entry, &ResourceKind)> {
        let entry = self.store.entry(number);
        entry
            .and_then(|entry| Some((entry, self.store.kind(entry)?)))
            .ok_or_else(|| Failure::not_found("the resource"))
    }

    fn document(
        self,
        number: u64,
        status: StatusCode,
        written: Written,
    ) -> Outcome<Response<Bytes>> {
        let projection = Projection {
            choice: self.choice,
            written,
        };
        let entry = self.store.entry(number);
        let found = entry.and_then(|entry| Some((entry, self.store.kind(entry)?)));
        let Some((entry, kind)) = found else {
            return Err(Failure::not_found("the resource"));
        };
        let body = output::resource(kind, &*entry.record, &projection);
        let response = answer::with_body(status, answer::SCIM_JSON, body);
        Ok(answer::describe(response, entry.record.meta()))
    }
}

/// Puts standard filters in place of those in paths that are only understood generously, and
/// refuses what may not be asked for.
fn read_paths(patch: &mut PatchOp, kind: &ResourceKind, options: &FilterOptions) -> Outcome<()> {
    // What to do about unknown attributes is said by the patch options.
    let options = options.with_refuse_unknown(false);
    for operation in &mut patch.operations {
        let Some(path) = &mut operation.path else {
            continue;
        };
        let read = match path.check_with(kind.descriptor, &options) {
            Ok(read) => read.into_owned(),
            Err(error) if error.rule() == FilterRule::NeverReturned => {
                return Err(Failure::bad(ScimType::INVALID_FILTER, error.to_string()));
            }
            // What else is wrong is said when the patch is applied.
            Err(_) => continue,
        };
        *path = read;
    }
    Ok(())
}
