//! Comparing what a write asked for with the response, for programs that send requests by their own
//! means.

use std::fmt;

use super::applied::Expected;
use crate::{
    error::NotApplied, patch::PatchOp, profile::Profile, resource::AnyResource,
    resource::ResourceKind,
};

/// What a write asked for. It can be compared with the resource in a response. The operations of a
/// [`Client`](crate::Client) do so for PUT and PATCH by themselves. This type is for requests that were
/// sent by other means, and for creations.
///
/// An attribute counts as not applied only if the resource still shows its old value. If the service
/// provider wrote the new value in another form, it counts as applied. An attribute that is never
/// returned (RFC 7643 §7, or by the profile) is not compared.
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

    /// A PUT of this resource (RFC 7644 §3.5.1) in place of the resource `before`. Without `before`,
    /// only required attributes are compared.
    #[must_use]
    pub fn replaced<R: AnyResource>(kind: ResourceKind, before: Option<&R>, resource: &R) -> Self {
        Self(Expected::replaced(kind, before, resource))
    }

    /// A PATCH (RFC 7644 §3.5.2) of the resource `before`, if that is known.
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

    /// Compares this with a resource in JSON, and returns what was not applied. Returns `None` if
    /// everything was applied. Also returns `None` if the text is not a resource of the type, since
    /// nothing can be compared then.
    #[must_use]
    pub fn compare(&self, resource: &str, profile: &Profile) -> Option<NotApplied> {
        self.0.missing_in(resource, profile)
    }
}

/// Shows no values, because they may be personal data.
impl fmt::Debug for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Asked")
    }
}
