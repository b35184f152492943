//! Writes that the service provider does not have, or that would erase what it does not show.

use super::Client;
use crate::{Resource, model::Reflect};

/// # Errors
/// There is no PUT; in words.
pub(super) fn put(client: &Client) -> Result<(), String> {
    match client.capabilities().put {
        Some(false) => Err("the service provider has no PUT: use `update` or `patch`".to_owned()),
        _ => Ok(()),
    }
}

/// # Errors
/// There is no PATCH; in words.
pub(super) fn patch(client: &Client) -> Result<(), String> {
    match client.capabilities().patch {
        Some(false) => {
            Err("the service provider has no PATCH: use `update` or `replace`".to_owned())
        }
        _ => Ok(()),
    }
}

/// # Errors
/// What was read lacks an attribute that the service provider has and does not return, so that a
/// PUT would erase it; in words.
pub(super) fn write_back<R: Resource>(client: &Client, resource: &R) -> Result<(), String> {
    let (attributes, resource): (_, &dyn Reflect) = (R::DESCRIPTOR.attributes(), resource);
    let hidden = client.inner.profile.hidden(R::SCHEMA).find(|path| {
        let index = attributes
            .iter()
            .position(|attribute| attribute.name.eq_ignore_ascii_case(path.name()));
        index.is_some_and(|index| resource.get(index).is_absent())
    });
    match hidden {
        Some(path) => Err(format!(
            "the service provider does not return `{}`, so replacing what was read would erase \
             it: use `patch`, or `replace_at` to do it all the same",
            path.name()
        )),
        None => Ok(()),
    }
}
