//! What a write asked for, for those who send requests by means of their own.

use std::fmt;

use super::applied::Expected;
use crate::{
    error::NotApplied, patch::PatchOp, profile::Profile, resource::AnyResource,
    resource::ResourceKind,
};

/// What a write asked for, to be compared with the resource in a response. The operations of a
/// [`Client`](crate::Client) compare PUT and PATCH by themselves; this is for requests that were sent by
/// other means, and for what is created.
///
/// Only what a resource still shows as it was before counts: a value that the service provider gave a
/// form of its own was applied, and what it never returns (RFC 7643 §7, or by the profile) tells
/// nothing.
///
/// ```
/// use scim_client::{Profile, User, client::Asked, resource::ResourceKind};
///
/// let babs = User::new("babs").with_title("CTO");
/// let asked = Asked::created(ResourceKind::of::<User>(), &babs);
/// let profile = Profile::default();
/// let answer = r#"{"id": "1", "userName": "babs"}"#;
/// let lost = asked.compare(answer, &profile).expect("there is no title");
/// assert_eq!((lost.path(), lost.only_lacks()), ("title", true));
/// let answer = r#"{"id": "1", "userName": "babs", "title": "cto"}"#;
/// assert!(asked.compare(answer, &profile).is_none());
/// ```
#[derive(Clone)]
pub struct Asked(Expected);

impl Asked {
    /// A POST of this resource (RFC 7644 §3.3).
    #[must_use]
    pub fn created<R: AnyResource>(kind: ResourceKind, resource: &R) -> Self {
        Self(Expected::replaced(kind, Some(&R::empty_of(kind)), resource))
    }

    /// A PUT of this resource (RFC 7644 §3.5.1) in place of what was there. Without that, only what a
    /// resource must have is compared.
    #[must_use]
    pub fn replaced<R: AnyResource>(kind: ResourceKind, before: Option<&R>, resource: &R) -> Self {
        Self(Expected::replaced(kind, before, resource))
    }

    /// A PATCH (RFC 7644 §3.5.2) of what was there, as far as that is known.
    #[must_use]
    pub fn patched<R: AnyResource>(
        kind: ResourceKind,
        before: Option<&R>,
        message: &PatchOp,
    ) -> Self {
        let before = before.map(|before| std::sync::Arc::new(before.clone()) as _);
        Self(Expected::patched::<R>(
            kind,
            before.as_ref(),
            &message.operations,
        ))
    }

    /// What of it a resource does not show, which came as JSON. `None` where it shows all of it, and
    /// where the text is no resource of the type: then it tells nothing.
    #[must_use]
    pub fn compare(&self, resource: &str, profile: &Profile) -> Option<NotApplied> {
        self.0.missing_in(resource, profile)
    }
}

/// Without values: they may be personal data.
impl fmt::Debug for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Asked")
    }
}
