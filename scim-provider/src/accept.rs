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

/// Reads and checks the bodies of requests that write a resource (RFC 7644 §3.3, §3.5.1, §3.5.2).
/// It is a plain value with options; see the [module](self).
///
/// An error lists everything that is wrong, each with its path ([`Refusal::findings`]).
#[derive(Debug, Clone, PartialEq)]
pub struct Accept {
    strict: bool,
    filters: Option<FilterOptions>,
    patch: ApplyOptions,
}

/// A resource that a request writes, after all checks.
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

    /// Takes the resource out.
    pub fn into_value(self) -> T {
        self.value
    }

    /// Which attributes the request writes. If `returned` of an attribute is `request`, the
    /// response to the request that wrote it has it too (RFC 7643 §7). Pass this to
    /// [`Projection::with_written`](crate::Projection::with_written).
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
    /// Reads as generously as the RFCs allow. A value of another JSON type is accepted if it can
    /// only mean one thing. `schemas` may be missing. Attributes that no schema has are kept.
    #[must_use]
    pub fn new() -> Self {
        Self {
            strict: false,
            filters: None,
            patch: ApplyOptions::default(),
        }
    }

    /// Reads strictly by RFC 7643 and RFC 7644. It refuses values of another JSON type, such as
    /// `"true"` for a boolean; invalid dateTimes, base64 and URIs; two primary values, also by
    /// PATCH; attributes that no schema has; members that come twice, in any letter case; messages with a missing or wrong URN, members of
    /// another type, or `Add` for `add`. It also refuses a `schemas` that is missing, names an
    /// unknown schema, names a schema twice, or lacks an extension that has data.
    #[must_use]
    pub fn strict() -> Self {
        Self {
            strict: true,
            ..Self::new()
        }
    }

    /// Sets how a PATCH is applied if the RFC leaves it open.
    #[must_use]
    pub fn with_patch_options(mut self, options: ApplyOptions) -> Self {
        self.patch = options;
        self
    }

    /// Sets how filters and PATCH paths are read, in place of the default for the strictness.
    #[must_use]
    pub fn with_filter_options(mut self, options: FilterOptions) -> Self {
        self.filters = Some(options);
        self
    }

    /// The options by which filters and PATCH paths are read. By default, filters and `sortBy` on
    /// attributes that are never returned are refused.
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

    /// Reads the body of a POST: a new resource. Its `readOnly` attributes are ignored.
    ///
    /// # Errors
    /// The body is not a valid resource (400). The error lists everything that is wrong.
    pub fn create<R: Resource>(&self, body: &str) -> Result<Accepted<R>> {
        let (record, written) = self
            .create_record(&ServedType::of::<R>(), body)?
            .into_parts();
        Ok(Accepted::new(typed::<R>(&record)?.into_resource(), written))
    }

    /// Reads the body of a PUT, and returns the resource that replaces `stored`. It keeps the
    /// `readOnly` attributes of `stored`, which a client cannot send, and its secrets, if the
    /// client did not send them.
    ///
    /// # Errors
    /// The body is not a valid resource, or changes an immutable attribute (400). The error lists
    /// everything that is wrong.
    pub fn replace<R: Resource>(&self, stored: &Stored<R>, body: &str) -> Result<Accepted<R>> {
        let old = Record::new(stored.clone());
        let replaced = self.replace_record(&ServedType::of::<R>(), &old, body)?;
        let (record, written) = replaced.into_parts();
        Ok(Accepted::new(typed::<R>(&record)?.into_resource(), written))
    }

    /// Reads the body of a PATCH, and returns `stored` after all operations. `stored` itself is not
    /// changed.
    ///
    /// # Errors
    /// An operation cannot be applied, or its result breaks the schema (400).
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

    /// Like [`create`](Self::create), for a type that is only known at run time. The record has no id
    /// yet.
    ///
    /// # Errors
    /// The errors of [`create`](Self::create).
    pub fn create_record(&self, kind: &ServedType, body: &str) -> Result<Accepted<Record>> {
        let (record, findings) = read::read(kind, body, self.strict)?;
        Refusal::unless_empty(findings)?;
        let written = Written::of(record.resource());
        Ok(Accepted::new(record, written))
    }

    /// Like [`replace`](Self::replace), for a type that is only known at run time. `id` and `meta`
    /// are those of `old`.
    ///
    /// # Errors
    /// The errors of [`replace`](Self::replace).
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

    /// Reads the message of a PATCH for a resource of this type. Paths in a form that is not
    /// standard become the standard paths that they stand for.
    ///
    /// # Errors
    /// The text is not a PATCH message, or has a filter on an attribute that is never returned.
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

    /// Like [`patch`](Self::patch), for a type that is only known at run time, with a message that
    /// was read by [`read_patch`](Self::read_patch).
    ///
    /// # Errors
    /// The errors of [`patch`](Self::patch).
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
