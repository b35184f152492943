//! `/Me`: the resource of whoever is authenticated (RFC 7644 §3.11).

use super::{
    Client,
    base_url::{Below, InvalidPath},
    handle::Resources,
};
use crate::resource::{Resource, ResourceKind};

/// The resource of the authenticated subject; see [`Client::me`]. Its methods are those of
/// [`Resources`].
#[derive(Debug, Clone)]
pub struct Me<R> {
    handle: Resources<R>,
}

impl Client {
    /// The resource of whoever is authenticated (RFC 7644 §3.11), which is of type `R`.
    pub fn me<R: Resource>(&self) -> Me<R> {
        Me {
            handle: self.resource::<R>(),
        }
    }
}

impl<R> Resources<R> {
    /// The resource of whoever is authenticated (RFC 7644 §3.11), which is of this type.
    pub fn me(&self) -> Me<R> {
        Me {
            handle: self.clone(),
        }
    }
}

impl<R> Me<R> {
    /// The resource type as a value.
    pub fn kind(&self) -> ResourceKind {
        self.handle.kind()
    }

    /// The resources that this one is of.
    pub(super) fn handle(&self) -> &Resources<R> {
        &self.handle
    }

    pub(super) fn path(&self) -> Below {
        let settings = self.handle.settings();
        if settings.capabilities().me == Some(false) {
            let problem = "the service provider has no `/Me`".to_owned();
            return Err(InvalidPath(problem));
        }
        settings.base.endpoint("/Me")
    }
}
