//! The operations on single resources (RFC 7644 §3.3 to §3.6).

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header::ETAG};

use crate::{
    config::Config,
    precondition::Preconditions,
    projection::Projection,
    record::{Record, ServedType},
    refusal::{Refusal, Result},
    response,
    selection::Written,
    store::{Context, Store},
};

/// How often a write is tried that others come before, if the client does not ask for a version.
const TRIES: usize = 100;

/// One request, as far as it concerns a resource.
pub(super) struct Work<'a, S: Store> {
    pub(super) store: &'a S,
    pub(super) config: &'a Config,
    pub(super) context: &'a Context<S::Caller>,
    pub(super) preconditions: Preconditions,
    /// `attributes` or `excludedAttributes`.
    pub(super) projection: Projection,
    pub(super) body: &'a str,
    /// The id of what is created, if one was reserved.
    pub(super) id: Option<String>,
    /// The resource, if it was read already.
    pub(super) known: Option<Record>,
}

/// The resource with exactly this id (RFC 7643 §3.1), however the storage compares.
pub(super) async fn get<S: Store>(
    store: &S,
    context: &Context<S::Caller>,
    kind: &ServedType,
    id: &str,
) -> Result<Option<Record>> {
    let found = store.get(context, kind, id).await?;
    Ok(found.filter(|record| record.id() == id))
}

/// A resource as a store gives it after it has written it: a response must not be about another
/// one, or about none.
fn checked(stored: Record, id: Option<&str>) -> Result<Record> {
    let is_right = match id {
        Some(id) => stored.id() == id,
        None => !stored.id().is_empty(),
    };
    is_right.then_some(stored).ok_or_else(|| {
        let detail = "the store gave a resource without an id, or with another one";
        Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, detail)
    })
}

impl<S: Store> Work<'_, S> {
    /// POST to the endpoint of a resource type.
    pub(super) async fn create(self, kind: &ServedType) -> Result<Response<Bytes>> {
        let accepted = self.config.accept.create_record(kind, self.body)?;
        let (mut record, written) = accepted.into_parts();
        let now = self.context.date_time();
        if let Some(id) = &self.id {
            let location = self.context.location(kind, id);
            record.set_id(id);
            record.meta_mut().location = Some(location.into());
        }
        let meta = record.meta_mut();
        meta.resource_type = Some(kind.name().to_owned());
        meta.created = Some(now.clone());
        meta.last_modified = Some(now);
        meta.version = Some(crate::store::version(1));
        let stored = self.store.insert(self.context, kind, record).await?;
        let stored = checked(stored, self.id.as_deref())?;
        self.document(kind, stored, StatusCode::CREATED, &written)
            .await
    }

    /// GET of a resource.
    pub(super) async fn read(mut self, kind: &ServedType, id: &str) -> Result<Response<Bytes>> {
        let mut record = self.stored(kind, id).await?;
        self.store
            .complete(self.context, std::slice::from_mut(&mut record))
            .await?;
        let same = |asked: &str, current: &str| self.store.is_same_version(asked, current);
        let version = record.version();
        self.preconditions.permit_read_by(version, same)?;
        if let Some(version) = version.filter(|version| self.preconditions.has_already(version)) {
            let mut response = response::empty(StatusCode::NOT_MODIFIED);
            if let Ok(version) = HeaderValue::from_str(version) {
                response.headers_mut().insert(ETAG, version);
            }
            return Ok(response);
        }
        Ok(self.written(kind, record, StatusCode::OK, &Written::default()))
    }

    /// PUT: a new state in place of the old one.
    pub(super) async fn replace(mut self, kind: &ServedType, id: &str) -> Result<Response<Bytes>> {
        let (accept, body) = (&self.config.accept, self.body);
        let (stored, written) = self
            .change(kind, id, &|old| {
                let accepted = accept.replace_record(kind, old, body)?;
                Ok(accepted.into_parts())
            })
            .await?;
        self.document(kind, stored, StatusCode::OK, &written).await
    }

    /// PATCH: some changes, all or none.
    pub(super) async fn patch(mut self, kind: &ServedType, id: &str) -> Result<Response<Bytes>> {
        let accept = &self.config.accept;
        let read = accept.read_patch(kind, self.body);
        let (stored, written) = self
            .change(kind, id, &|old| {
                // A message that cannot be read is refused after what has no such version.
                let patch = read.as_ref().map_err(Clone::clone)?;
                Ok(accept.patch_record(old, patch)?.into_parts())
            })
            .await?;
        if self.config.patch_without_body && self.projection.is_default() {
            let mut stored = stored;
            self.store
                .complete(self.context, std::slice::from_mut(&mut stored))
                .await?;
            present(self.config, self.context, kind, &mut stored);
            let response = response::empty(StatusCode::NO_CONTENT);
            return Ok(response::describe(response, stored.meta()));
        }
        self.document(kind, stored, StatusCode::OK, &written).await
    }

    /// DELETE.
    pub(super) async fn delete(mut self, kind: &ServedType, id: &str) -> Result<Response<Bytes>> {
        for _ in 0..TRIES {
            let mut expected = None;
            if !self.preconditions.is_empty() {
                let record = self.stored(kind, id).await?;
                self.permit_change(&record)?;
                expected = record.version().map(str::to_owned);
            }
            let deleted = self
                .store
                .delete(self.context, kind, id, expected.as_deref())
                .await;
            match deleted {
                Err(refusal) if self.may_try_again(&refusal) => {}
                other => return other.map(|()| response::empty(StatusCode::NO_CONTENT)),
            }
        }
        Err(Refusal::busy())
    }

    /// Makes a new state of the stored one and stores it; again, if another came first and the
    /// client does not mind.
    async fn change(
        &mut self,
        kind: &ServedType,
        id: &str,
        make: &(dyn Fn(&Record) -> Result<(Record, Written)> + Send + Sync),
    ) -> Result<(Record, Written)> {
        for _ in 0..TRIES {
            let old = self.stored(kind, id).await?;
            self.permit_change(&old)?;
            let (mut new, written) = make(&old)?;
            if new.is_same_as(&old) {
                return Ok((old, written));
            }
            self.context.touch(&mut new);
            let updated = self
                .store
                .update(self.context, kind, new, old.version())
                .await;
            match updated {
                Err(refusal) if self.may_try_again(&refusal) => {}
                other => return Ok((checked(other?, Some(id))?, written)),
            }
        }
        Err(Refusal::busy())
    }

    fn may_try_again(&self, refusal: &Refusal) -> bool {
        refusal.is_version_conflict() && !self.preconditions.ask_for_version()
    }

    fn permit_change(&self, record: &Record) -> Result<()> {
        let same = |asked: &str, current: &str| self.store.is_same_version(asked, current);
        self.preconditions.permit_change_by(record.version(), same)
    }

    /// The resource as it is now; the first time, as it was found before.
    async fn stored(&mut self, kind: &ServedType, id: &str) -> Result<Record> {
        if let Some(known) = self.known.take() {
            return Ok(known);
        }
        let found = get(self.store, self.context, kind, id).await?;
        found.ok_or_else(|| Refusal::not_found(&format!("the resource {id}")))
    }

    async fn document(
        &self,
        kind: &ServedType,
        mut record: Record,
        status: StatusCode,
        written: &Written,
    ) -> Result<Response<Bytes>> {
        self.store
            .complete(self.context, std::slice::from_mut(&mut record))
            .await?;
        Ok(self.written(kind, record, status, written))
    }

    fn written(
        &self,
        kind: &ServedType,
        mut record: Record,
        status: StatusCode,
        written: &Written,
    ) -> Response<Bytes> {
        present(self.config, self.context, kind, &mut record);
        let projection = self.projection.clone().with_written(written);
        let body = projection.record_to_json(&record);
        let response = response::with_body(status, response::SCIM_JSON, body);
        response::describe(response, record.meta())
    }
}

/// Gives a record the URL that it has at this base URL, and takes off its version where there are
/// none.
pub(super) fn present<C>(
    config: &Config,
    context: &Context<C>,
    kind: &ServedType,
    record: &mut Record,
) {
    let location = context.location(kind, record.id());
    let known = record.meta().location.as_ref();
    if known.is_none_or(|known| known.as_str() != location) {
        record.meta_mut().location = Some(location.into());
    }
    if config.offers.etag == Some(false) && record.version().is_some() {
        record.meta_mut().version = None;
    }
}
