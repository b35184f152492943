//! Resources in requests, checked: the first layer of a service provider, without storage.
//!
//! ```
//! use scim_models::{Meta, Stored, User};
//! use scim_provider::accept::Accept;
//!
//! let accept = Accept::new();
//! let new = accept.create::<User>(r#"{"userName": "bjensen", "groups": [{"value": "1"}]}"#)?;
//! let stored = Stored::from_parts("2819", Meta::default(), new.into_value());
//!
//! let refusal = accept.replace(&stored, r#"{"userName": "", "active": "maybe"}"#).unwrap_err();
//! let wrong: Vec<_> = refusal.findings().iter().map(|finding| finding.path()).collect();
//! assert_eq!(wrong, ["active", "userName"]);
//! # Ok::<(), scim_provider::Refusal>(())
//! ```

mod carry;
pub(crate) mod read;
mod rules;

use std::collections::HashSet;

use scim_models::{
    Resource, Stored,
    evaluate::FilterRule,
    filter::FilterOptions,
    internal::Names,
    message::ScimType,
    patch::{ApplyOptions, PatchOp, Unknown},
};

use crate::{
    record::{Record, ServedType},
    refusal::{Refusal, Result},
    selection::Written,
};

/// How requests that write a resource are read and checked, by what they do (RFC 7644 §3.3, §3.5.1,
/// §3.5.2). A plain value; see the [module](self).
///
/// All that is wrong is found at once and told with its path ([`Refusal::findings`]).
#[derive(Debug, Clone, PartialEq)]
pub struct Accept {
    strict: bool,
    filters: Option<FilterOptions>,
    patch: ApplyOptions,
}

/// What a request writes.
#[derive(Debug, Clone)]
pub struct Accepted<T> {
    value: T,
    written: Written,
}

impl<T> Accepted<T> {
    pub(crate) fn new(value: T, written: Written) -> Self {
        Self { value, written }
    }

    /// The resource.
    pub fn value(&self) -> &T {
        &self.value
    }

    /// The resource, taken out.
    pub fn into_value(self) -> T {
        self.value
    }

    /// Which attributes the request writes: those that are `returned` on request come back in its
    /// response (RFC 7643 §7). For [`Projection::with_written`](crate::Projection::with_written).
    pub fn written(&self) -> &Written {
        &self.written
    }

    pub(crate) fn into_parts(self) -> (T, Written) {
        (self.value, self.written)
    }
}

impl Default for Accept {
    fn default() -> Self {
        Self::new()
    }
}

impl Accept {
    /// As generous as the RFCs allow: values of another JSON type that can only mean one thing are
    /// taken, `schemas` may be missing, attributes that no schema has are kept.
    #[must_use]
    pub fn new() -> Self {
        Self {
            strict: false,
            filters: None,
            patch: ApplyOptions::default(),
        }
    }

    /// Refuses what a strict reading of RFC 7643 and RFC 7644 refuses: values of another JSON type,
    /// such as `"true"` for a boolean; dateTimes, base64 and URIs that are none; two primary values,
    /// also by PATCH; `schemas` that is missing, names what is not served here, names a schema
    /// twice, or lacks an extension that has data; attributes that no schema has; members that come
    /// twice, in any letter case; messages with a missing or wrong URN, members of another type, `Add` for
    /// `add`.
    #[must_use]
    pub fn strict() -> Self {
        Self {
            strict: true,
            ..Self::new()
        }
    }

    /// With other rules for what the RFC leaves open in a PATCH.
    #[must_use]
    pub fn with_patch_options(mut self, options: ApplyOptions) -> Self {
        self.patch = options;
        self
    }

    /// With other rules for filters and PATCH paths than those that go with the strictness.
    #[must_use]
    pub fn with_filter_options(mut self, options: FilterOptions) -> Self {
        self.filters = Some(options);
        self
    }

    /// How filters and PATCH paths are read. Filters and `sortBy` on attributes that are never
    /// returned are refused, unless told otherwise.
    #[must_use]
    pub fn filter_options(&self) -> FilterOptions {
        self.filters.unwrap_or_else(|| {
            let usual = if self.strict {
                FilterOptions::strict()
            } else {
                FilterOptions::default()
            };
            usual.with_refuse_never_returned(true)
        })
    }

    pub(crate) fn is_strict(&self) -> bool {
        self.strict
    }

    /// The body of a POST: a new resource. What only the service provider sets is left out.
    ///
    /// # Errors
    /// The body is no such resource: all that is wrong (400).
    pub fn create<R: Resource>(&self, body: &str) -> Result<Accepted<R>> {
        let (record, written) = self
            .create_record(&ServedType::of::<R>(), body)?
            .into_parts();
        Ok(Accepted::new(typed::<R>(&record)?.into_resource(), written))
    }

    /// The body of a PUT: what is to stand in place of `stored`, with the `readOnly` attributes and
    /// the secrets of `stored` that the client cannot send or did not repeat.
    ///
    /// # Errors
    /// The body is no such resource, or changes what is immutable: all that is wrong (400).
    pub fn replace<R: Resource>(&self, stored: &Stored<R>, body: &str) -> Result<Accepted<R>> {
        let old = Record::new(stored.clone());
        let replaced = self.replace_record(&ServedType::of::<R>(), &old, body)?;
        let (record, written) = replaced.into_parts();
        Ok(Accepted::new(typed::<R>(&record)?.into_resource(), written))
    }

    /// The body of a PATCH: `stored` as it is after all operations. `stored` itself stays.
    ///
    /// # Errors
    /// An operation cannot be done, or what comes of it is not what the schema says (400).
    pub fn patch<R: Resource>(
        &self,
        stored: &Stored<R>,
        body: &str,
    ) -> Result<Accepted<Stored<R>>> {
        let old = Record::new(stored.clone());
        let kind = ServedType::of::<R>();
        let message = self.read_patch(&kind, body)?;
        let (record, written) = self.patch_record(&old, &message)?.into_parts();
        Ok(Accepted::new(typed(&record)?, written))
    }

    /// As [`create`](Self::create), of a type known at run time only. The record has no id yet.
    ///
    /// # Errors
    /// Those of [`create`](Self::create).
    pub fn create_record(&self, kind: &ServedType, body: &str) -> Result<Accepted<Record>> {
        let (record, findings) = read::read(kind, body, self.strict)?;
        Refusal::unless_empty(findings)?;
        let written = Written::of(record.resource());
        Ok(Accepted::new(record, written))
    }

    /// As [`replace`](Self::replace), of a type known at run time only; `id` and `meta` are those
    /// of `old`.
    ///
    /// # Errors
    /// Those of [`replace`](Self::replace).
    pub fn replace_record(
        &self,
        kind: &ServedType,
        old: &Record,
        body: &str,
    ) -> Result<Accepted<Record>> {
        let (mut record, mut findings) = read::read(kind, body, self.strict)?;
        let written = Written::of(record.resource());
        carry::over(old.resource(), record.resource_mut(), "", &mut findings);
        Refusal::unless_empty(findings)?;
        record.set_id(old.id());
        record.meta_mut().clone_from(old.meta());
        Ok(Accepted::new(record, written))
    }

    /// Reads the message of a PATCH for a resource of this type. Paths that are only understood
    /// generously come out as the standard ones that they stand for.
    ///
    /// # Errors
    /// The text is no such message, or asks for what is never returned.
    pub fn read_patch(&self, kind: &ServedType, body: &str) -> Result<PatchOp> {
        let options = self.filter_options();
        let mut patch = if self.strict {
            // A value of a value: `{"Operations": [{"value": {"emails": [{}]}}]}`.
            read::once(body, Names::Message(3))?;
            PatchOp::from_json_strict(body, &kind.schemas())?
        } else {
            PatchOp::from_json_with(body, &kind.schemas(), &options)?
        };
        // What to do about unknown attributes is said by the patch options.
        let options = options.with_refuse_unknown(false);
        for operation in &mut patch.operations {
            let Some(path) = &mut operation.path else {
                continue;
            };
            let read = match path.check_with(kind.descriptor(), &options) {
                Ok(read) => read.into_owned(),
                Err(error) if error.rule() == FilterRule::NeverReturned => {
                    return Err(Refusal::bad(ScimType::INVALID_FILTER, error.to_string()));
                }
                // What else is wrong is said when the patch is applied.
                Err(_) => continue,
            };
            *path = read;
        }
        Ok(patch)
    }

    /// As [`patch`](Self::patch), of a type known at run time only, with a message that was
    /// [read](Self::read_patch).
    ///
    /// # Errors
    /// Those of [`patch`](Self::patch).
    pub fn patch_record(&self, old: &Record, patch: &PatchOp) -> Result<Accepted<Record>> {
        let written = Written::by(patch);
        let mut record = old.clone();
        let mut options = std::borrow::Cow::Borrowed(&self.patch);
        if self.strict && options.unknown == Unknown::LeaveOut {
            options.to_mut().unknown = Unknown::Refuse;
        }
        record.patch(patch, &options)?;
        let mut findings = rules::not_empty(record.resource(), self.strict);
        findings.extend(rules::external_id(record.resource_mut()));
        let after = rules::of_values(record.resource(), self.strict);
        if !after.is_empty() {
            // What was stored may have been wrong before.
            let before: HashSet<_> = rules::of_values(old.resource(), self.strict)
                .into_iter()
                .map(|finding| finding.to_string())
                .collect();
            let after = after.into_iter();
            findings.extend(after.filter(|finding| !before.contains(&finding.to_string())));
        }
        Refusal::unless_empty(findings)?;
        Ok(Accepted::new(record, written))
    }
}

fn typed<R: Resource>(record: &Record) -> Result<Stored<R>> {
    record.stored().cloned().ok_or_else(Refusal::internal)
}
