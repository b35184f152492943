//! Writes that the service provider does not have, or that would erase what it does not show.

use super::settings::Settings;
use crate::{model::Reflect, resource::AnyResource};

/// # Errors
/// There is no PUT; in words.
pub(super) fn put(settings: &Settings) -> Result<(), String> {
    match settings.capabilities().put {
        Some(false) => Err("the service provider has no PUT: use `update` or `patch`".to_owned()),
        _ => Ok(()),
    }
}

/// # Errors
/// There is no PATCH; in words.
pub(super) fn patch(settings: &Settings) -> Result<(), String> {
    match settings.capabilities().patch {
        Some(false) => {
            Err("the service provider has no PATCH: use `update` or `replace`".to_owned())
        }
        _ => Ok(()),
    }
}

/// # Errors
/// What was read lacks an attribute that the service provider has and does not return, so that a
/// PUT would erase it; in words.
pub(super) fn write_back<R: AnyResource>(settings: &Settings, resource: &R) -> Result<(), String> {
    let resource: &dyn Reflect = resource;
    let table = resource.descriptor();
    let mut known = settings.profile.hidden(table.urn().unwrap_or_default());
    let hidden = known.find(|path| {
        let index = table.position(path.name());
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
