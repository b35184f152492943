//! Compares the resource in a response with the requested changes, to find out whether the service
//! provider made them.

mod alike;
mod compare;
mod elements;
mod number;

use std::{any::Any, sync::Arc, time::Duration};

use self::compare::{Before, Comparison, Three};
use super::call::Call;
use crate::{
    Json, Stored,
    attribute_path::AttributePath,
    error::{Error, NotApplied, Unapplied},
    internal::{percent::query_decoded, read_resource},
    message::BulkMethod,
    model::{Reflect, ValueRef},
    patch::{ApplyOptions, Op, Operation, PatchOp, RemovedValues, Unknown, apply_to},
    profile::Profile,
    resource::{AnyResource, ResourceKind},
};

/// How long to wait before a resource is read once more that seems not to be changed: a copy that
/// lags behind may have answered.
pub(super) const SETTLE: Duration = Duration::from_millis(300);

/// What a write is to lead to. Cheap to clone.
#[derive(Clone)]
pub(super) struct Expected {
    kind: Kind,
    /// The resource before the write, as far as it was read.
    before: Option<Arc<dyn Reflect>>,
    wanted: Wanted,
    /// What may be said to somebody whose write had no effect.
    advice: &'static str,
}

/// What is to be there afterwards.
#[derive(Clone)]
enum Wanted {
    /// This.
    Resource(Arc<dyn Reflect>),
    /// What these make of what there was.
    Changes(Arc<[Operation]>),
}

/// What must be known of a type. Everything else is not generic.
#[derive(Clone, Copy)]
struct Kind {
    kind: ResourceKind,
    empty: fn(ResourceKind) -> Box<dyn Reflect>,
    copy: fn(&dyn Reflect) -> Option<Box<dyn Reflect>>,
}

impl Kind {
    fn of<R: AnyResource>(kind: ResourceKind) -> Self {
        Self {
            kind,
            empty: |kind| Box::new(R::empty_of(kind)),
            copy: |object| {
                let own: Option<&R> = (object as &dyn Any).downcast_ref();
                own.map(|own| Box::new(own.clone()) as Box<dyn Reflect>)
            },
        }
    }

    fn empty(self) -> Box<dyn Reflect> {
        (self.empty)(self.kind)
    }
}

const OF_PATCH: &str = "if it takes no paths in PATCH, its profile can say so \
                        (`\"patch\": {\"noPaths\": true}`), or that it has no PATCH \
                        (`\"capabilities\": {\"patch\": false}`), so that `update` sends a PUT; \
                        and which attributes it never returns (`\"neverReturned\"`); if it only \
                        has a form of its own for the value, `check_applied(false)`";
const OF_PUT: &str = "if it has no PUT, its profile can say so \
                      (`\"capabilities\": {\"put\": false}`), and which attributes it never \
                      returns (`\"neverReturned\"`); if it only has a form of its own for the \
                      value, `check_applied(false)`";

impl Expected {
    /// What a PUT is to lead to. Without the resource as it was, only what the service provider
    /// must have is looked at.
    pub(super) fn replaced<R: AnyResource>(
        kind: ResourceKind,
        before: Option<&R>,
        after: &R,
    ) -> Self {
        Self {
            kind: Kind::of::<R>(kind),
            before: before.map(|before| Arc::new(before.clone()) as Arc<dyn Reflect>),
            wanted: Wanted::Resource(Arc::new(after.clone())),
            advice: OF_PUT,
        }
    }

    /// What a PATCH is to lead to.
    pub(super) fn patched<R: AnyResource>(
        kind: ResourceKind,
        before: Option<&Arc<dyn Reflect>>,
        changes: &[Operation],
    ) -> Self {
        Self {
            kind: Kind::of::<R>(kind),
            before: before.cloned(),
            wanted: Wanted::Changes(changes.into()),
            advice: OF_PATCH,
        }
    }

    /// Returns whether a resource can be compared with what it was before.
    pub(super) fn knows_before(&self) -> bool {
        self.before.is_some()
    }

    /// Looks whether a resource still shows what it had before.
    ///
    /// # Errors
    /// It does.
    pub(super) fn check(&self, call: &Call, found: &dyn Reflect, text: &str) -> Result<(), Error> {
        match self.judge(call, found, text) {
            Some(error) => Err(call.blame(error)),
            None => Ok(()),
        }
    }

    /// The error, if the resource still shows what it had before.
    fn judge(&self, call: &Call, found: &dyn Reflect, text: &str) -> Option<Error> {
        let shown = Shown::of(call.query());
        let found = self.compare(found, &shown, &call.settings().profile);
        let (told, count, only_lacks) = found?;
        let what = NotApplied::new(told, count, only_lacks, text);
        Some(Error::of_not_applied(what).with_advice(self.advice))
    }

    /// What of it a resource does not show that came as JSON; a text that cannot be read tells nothing.
    pub(super) fn missing_in(&self, text: &str, profile: &Profile) -> Option<NotApplied> {
        let mut found = self.kind.empty();
        read_resource(text, &mut *found).ok()?;
        let (told, count, only_lacks) = self.compare(&*found, &Shown::default(), profile)?;
        Some(NotApplied::new(told, count, only_lacks, text))
    }

    fn compare(
        &self,
        found: &dyn Reflect,
        shown: &Shown,
        profile: &Profile,
    ) -> Option<(Vec<Unapplied>, usize, bool)> {
        let mut before = self.before.as_deref();
        let made;
        let wanted: &dyn Reflect = match &self.wanted {
            Wanted::Resource(wanted) => &**wanted,
            Wanted::Changes(changes) => {
                let after = before.and_then(|before| self.apply(changes, before));
                // What is done already changes nothing when it is done again.
                let after = match after {
                    Some(after) => Some(after),
                    None => {
                        before = None;
                        self.apply(changes, found)
                    }
                };
                made = after?;
                &*made
            }
        };
        let whole = matches!(self.wanted, Wanted::Resource(_));
        let mut comparison = Comparison {
            schema: self.kind.kind.schema(),
            shown,
            hidden: &profile.never_returned,
            only_required: whole && before.is_none(),
            removes_subs: match &self.wanted {
                Wanted::Resource(_) => false,
                Wanted::Changes(changes) => changes.iter().any(removes_sub),
            },
            told: Vec::new(),
            count: 0,
            only_lacks: true,
        };
        let three = Three {
            before: match before {
                Some(before) => Before::Known(ValueRef::Object(before)),
                None => Before::Unknown,
            },
            wanted: ValueRef::Object(wanted),
            found: ValueRef::Object(found),
        };
        comparison.resource(wanted.descriptor(), three);
        (comparison.count > 0).then_some((comparison.told, comparison.count, comparison.only_lacks))
    }

    /// The resource after the changes; `None` where they cannot be made of it.
    fn apply(&self, changes: &[Operation], resource: &dyn Reflect) -> Option<Box<dyn Reflect>> {
        let options = ApplyOptions::default()
            .with_unknown(Unknown::Keep)
            .with_removed_values(RemovedValues::RemoveListed);
        let mut after = (self.kind.copy)(resource)?;
        apply_to(&mut *after, changes, &options).ok()?;
        Some(after)
    }
}

/// What an operation of a bulk is about. What it is to lead to, its encoded body tells.
#[derive(Clone)]
pub(super) struct Subject {
    kind: Kind,
    before: Option<Arc<dyn Reflect>>,
}

impl Subject {
    pub(super) fn of<R: AnyResource>(kind: ResourceKind, before: Option<Arc<dyn Reflect>>) -> Self {
        let kind = Kind::of::<R>(kind);
        Self { kind, before }
    }

    /// Returns whether the resource was read before it is changed.
    pub(super) fn knows_before(&self) -> bool {
        self.before.is_some()
    }

    /// The error, if the resource in a result still shows what it had before these bodies were
    /// sent. What cannot be read tells nothing.
    pub(super) fn judge(
        &self,
        call: &Call,
        method: BulkMethod,
        bodies: &[Json],
        response: &str,
    ) -> Option<Error> {
        let read = |text: &str| {
            let mut object = self.kind.empty();
            read_resource(text, &mut *object).ok().map(|()| object)
        };
        let (wanted, advice) = match (method, bodies) {
            (BulkMethod::Put, [body]) => {
                let wanted: Arc<dyn Reflect> = read(body.as_str())?.into();
                (Wanted::Resource(wanted), OF_PUT)
            }
            (BulkMethod::Patch, bodies) => {
                let mut changes = Vec::new();
                for body in bodies {
                    let message =
                        PatchOp::from_json(body.as_str(), &[self.kind.kind.schema()]).ok()?;
                    changes.extend(message.operations);
                }
                (Wanted::Changes(changes.into()), OF_PATCH)
            }
            _ => return None,
        };
        let expected = Expected {
            kind: self.kind,
            before: self.before.clone(),
            wanted,
            advice,
        };
        expected.judge(call, &*read(response)?, response)
    }
}

/// Returns whether the operation takes a sub-attribute away.
fn removes_sub(operation: &Operation) -> bool {
    let path = operation.path.as_ref();
    let is_sub = path.is_some_and(|path| {
        let in_attribute = path.attribute().and_then(AttributePath::sub);
        path.sub_attribute().or(in_attribute).is_some()
    });
    operation.op == Op::Remove && is_sub
}

impl std::fmt::Debug for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Subject")
    }
}

impl std::fmt::Debug for Expected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Expected")
    }
}

/// What a resource was before it was changed in place, or is where it was not.
pub(super) fn as_read<R: AnyResource>(stored: &Stored<R>) -> Arc<dyn Reflect> {
    Arc::new(stored.as_read().unwrap_or(stored.resource()).clone())
}

/// Which attributes a response shows, by the parameters of RFC 7644 §3.9.
#[derive(Debug, Clone, Default)]
pub(super) struct Shown {
    /// Only these; empty for all.
    only: Vec<String>,
    /// All but these.
    without: Vec<String>,
}

impl Shown {
    fn of(query: &str) -> Self {
        let mut shown = Self::default();
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = query_decoded(name);
            let list = if name.eq_ignore_ascii_case("attributes") {
                &mut shown.only
            } else if name.eq_ignore_ascii_case("excludedAttributes") {
                &mut shown.without
            } else {
                continue;
            };
            let value = query_decoded(value);
            let names = value.split(',').map(|name| name.trim().to_lowercase());
            list.extend(names.filter(|name| !name.is_empty()));
        }
        shown
    }

    fn shows(&self, path: &AttributePath) -> bool {
        (self.only.is_empty() && self.without.is_empty()) || self.shows_named(&path.to_string())
    }

    fn shows_named(&self, path: &str) -> bool {
        let path = path.to_lowercase();
        let within = |name: &String| {
            let rest = path.strip_prefix(name.as_str());
            // With the URN of the core schema, which paths do not have, or without.
            let own = name.rsplit(':').next().unwrap_or_default();
            let bare = path.strip_prefix(own);
            [rest, bare]
                .into_iter()
                .flatten()
                .any(|rest| rest.is_empty() || rest.starts_with(['.', ':']))
        };
        (self.only.is_empty() || self.only.iter().any(within)) && !self.without.iter().any(within)
    }
}
