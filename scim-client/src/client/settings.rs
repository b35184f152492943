//! The values that all requests to one service provider share: those that are needed to build a call and
//! to read its response, but not to send it.

use std::sync::{Arc, PoisonError, RwLock};

use bytes::Bytes;
use http::{HeaderMap, Request};

use super::{base_url::BaseUrl, credentials::Credentials};
use crate::{Capabilities, profile::Profile};

/// A hook that signs requests.
pub(super) type Signer = Box<
    dyn Fn(&mut Request<Bytes>) -> Result<(), Box<dyn std::error::Error + Send + Sync>>
        + Send
        + Sync,
>;

/// How requests to a service provider are built, and their responses read.
pub(super) struct Settings {
    pub(super) base: BaseUrl,
    pub(super) credentials: Option<Credentials>,
    pub(super) headers: HeaderMap,
    pub(super) signer: Option<Signer>,
    pub(super) strict: bool,
    /// Where it is less than the reader's own limit.
    pub(super) max_nesting: Option<usize>,
    /// Whether the responses to writes are compared with what was to be written.
    pub(super) check_applied: bool,
    /// Whether a resource is looked for under an `id` that is the end of a location.
    pub(super) check_located_ids: bool,
    /// Whether a version that is no entity-tag makes a write an error.
    pub(super) refuse_unquoted: bool,
    pub(super) profile: Arc<Profile>,
    pub(super) abilities: Abilities,
}

impl Settings {
    /// What is known of the service provider's abilities.
    pub(super) fn capabilities(&self) -> Arc<Capabilities> {
        self.abilities.known()
    }
}

/// What is known of the service provider's abilities.
pub(super) struct Abilities(RwLock<Known>);

struct Known {
    /// What the application and the profile say.
    own: Capabilities,
    /// The same, completed by what the service provider says.
    all: Arc<Capabilities>,
}

impl Known {
    fn new(own: Capabilities) -> Self {
        let all = Arc::new(own.clone());
        Self { own, all }
    }
}

impl Abilities {
    pub(super) fn new(own: Capabilities) -> Self {
        Self(RwLock::new(Known::new(own)))
    }

    pub(super) fn known(&self) -> Arc<Capabilities> {
        let known = self.0.read();
        known.unwrap_or_else(PoisonError::into_inner).all.clone()
    }

    /// Says what they are, in place of all that was said before.
    pub(super) fn set(&self, own: Capabilities) {
        let known = self.0.write();
        *known.unwrap_or_else(PoisonError::into_inner) = Known::new(own);
    }

    /// Takes note of what the service provider says, in place of what it said before.
    pub(super) fn learn(&self, said: Capabilities) {
        let known = self.0.write();
        let mut known = known.unwrap_or_else(PoisonError::into_inner);
        known.all = Arc::new(known.own.clone().or(said));
    }
}
