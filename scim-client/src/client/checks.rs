//! What a type that is known at run time does not allow, found before anything is sent. What the
//! compiler says of a compiled type, these checks say of such a one.

#[cfg(feature = "dynamic")]
use std::any::Any;

#[cfg(feature = "dynamic")]
use crate::dynamic::{AttributeError, DynamicResource, ResourceType};
use crate::{
    error::Error, filter::Filter, message::SearchRequest, patch::PatchOp, resource::AnyResource,
};

/// The checks of the type that an operation is about; none for a compiled type.
#[derive(Clone, Default)]
pub(super) struct Checks {
    #[cfg(feature = "dynamic")]
    resource_type: Option<ResourceType>,
}

#[cfg(feature = "dynamic")]
impl Checks {
    pub(super) fn of(resource_type: ResourceType) -> Self {
        Self {
            resource_type: Some(resource_type),
        }
    }

    fn check(
        &self,
        check: impl FnOnce(&ResourceType) -> Result<(), AttributeError>,
    ) -> Result<(), Error> {
        match &self.resource_type {
            Some(resource_type) => check(resource_type).map_err(Error::from),
            None => Ok(()),
        }
    }

    /// # Errors
    /// The schema gives the filter no meaning.
    pub(super) fn filter(&self, filter: &Filter) -> Result<(), Error> {
        self.check(|known| known.check_filter(filter))
    }

    /// # Errors
    /// The schema gives the filter or an attribute no meaning.
    pub(super) fn search(&self, request: &SearchRequest) -> Result<(), Error> {
        self.check(|known| {
            if let Some(filter) = &request.filter {
                known.check_filter(filter)?;
            }
            let lists = [&request.attributes, &request.excluded_attributes];
            let names = lists.into_iter().flatten().chain(&request.sort_by);
            known.attribute_list(names.map(ToString::to_string))?;
            Ok(())
        })
    }

    /// # Errors
    /// The schema does not allow an operation.
    pub(super) fn patch(&self, message: &PatchOp) -> Result<(), Error> {
        self.check(|known| known.check_patch(message))
    }

    /// # Errors
    /// An attribute is missing that is required.
    pub(super) fn whole<R: AnyResource>(&self, resource: &R) -> Result<(), Error> {
        let resource: &dyn Any = resource;
        match resource.downcast_ref::<DynamicResource>() {
            Some(resource) => self.check(|known| known.check_create(resource)),
            None => Ok(()),
        }
    }
}

/// Without types that are known at run time there is nothing to check.
#[cfg(not(feature = "dynamic"))]
#[allow(
    clippy::unused_self,
    clippy::unnecessary_wraps,
    reason = "the same methods with the feature"
)]
impl Checks {
    pub(super) fn filter(&self, _: &Filter) -> Result<(), Error> {
        Ok(())
    }

    pub(super) fn search(&self, _: &SearchRequest) -> Result<(), Error> {
        Ok(())
    }

    pub(super) fn patch(&self, _: &PatchOp) -> Result<(), Error> {
        Ok(())
    }

    pub(super) fn whole<R: AnyResource>(&self, _: &R) -> Result<(), Error> {
        Ok(())
    }
}
