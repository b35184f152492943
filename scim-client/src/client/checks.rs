//! What a type that is known at run time does not allow, found before anything is sent. What the
//! compiler says of a compiled type, these checks say of such a one.

#[cfg(feature = "dynamic")]
use std::{any::Any, sync::Arc};

#[cfg(feature = "dynamic")]
use crate::dynamic::{AttributeError, DynamicResource, ResourceType};
use crate::{
    attribute_path::AttributePath, error::Error, filter::Filter, message::SearchRequest,
    patch::PatchOp, resource::AnyResource,
};

/// The checks of the type that an operation is about; none for a compiled type.
#[derive(Clone, Default)]
pub(super) struct Checks {
    #[cfg(feature = "dynamic")]
    resource_type: Option<Arc<ResourceType>>,
    /// Nothing is checked.
    #[cfg(feature = "dynamic")]
    off: bool,
}

#[cfg(feature = "dynamic")]
impl Checks {
    pub(super) fn of(resource_type: ResourceType) -> Self {
        Self {
            resource_type: Some(Arc::new(resource_type)),
            off: false,
        }
    }

    /// The same type, and no checks.
    pub(super) fn off(self) -> Self {
        Self { off: true, ..self }
    }

    /// The type, where there is one that is known at run time.
    pub(super) fn resource_type(&self) -> Option<&ResourceType> {
        self.resource_type.as_deref()
    }

    /// The type, if anything is checked by it.
    fn known(&self) -> Option<&ResourceType> {
        self.resource_type().filter(|_| !self.off)
    }

    /// Returns whether what is sent may be other than what was given.
    pub(super) fn resolve_anything(&self) -> bool {
        self.known().is_some()
    }

    /// Something as it is to be sent: with the URNs of extensions that it may lack.
    fn resolved<T>(
        &self,
        given: T,
        resolve: impl FnOnce(&ResourceType, T) -> Result<T, AttributeError>,
    ) -> Result<T, Error> {
        match self.known() {
            Some(resource_type) => resolve(resource_type, given).map_err(Error::from),
            None => Ok(given),
        }
    }

    /// # Errors
    /// The schema gives the filter no meaning.
    pub(super) fn filter(&self, filter: Filter) -> Result<Filter, Error> {
        self.resolved(filter, ResourceType::resolve_filter)
    }

    /// # Errors
    /// There is no such attribute.
    pub(super) fn attributes(
        &self,
        names: Vec<AttributePath>,
    ) -> Result<Vec<AttributePath>, Error> {
        self.resolved(names, all_of)
    }

    /// What is asked for, if it is not to be asked for as it is.
    ///
    /// # Errors
    /// The schema gives the filter or an attribute no meaning.
    pub(super) fn search(&self, request: &SearchRequest) -> Result<Option<SearchRequest>, Error> {
        if !self.resolve_anything() {
            return Ok(None);
        }
        let resolved = self.resolved(request.clone(), |known, mut request| {
            if let Some(filter) = request.filter.take() {
                request.filter = Some(known.resolve_filter(filter)?);
            }
            for names in [&mut request.attributes, &mut request.excluded_attributes] {
                *names = all_of(known, std::mem::take(names))?;
            }
            if let Some(name) = request.sort_by.take() {
                request.sort_by = all_of(known, vec![name])?.pop();
            }
            Ok(request)
        });
        resolved.map(Some)
    }

    /// # Errors
    /// The schema does not allow an operation.
    pub(super) fn patch(&self, message: PatchOp) -> Result<PatchOp, Error> {
        self.resolved(message, ResourceType::resolve_patch)
    }

    /// # Errors
    /// An attribute is missing that is required.
    pub(super) fn whole<R: AnyResource>(&self, resource: &R) -> Result<(), Error> {
        let resource: &dyn Any = resource;
        match resource.downcast_ref::<DynamicResource>() {
            Some(resource) => self.resolved((), |known, ()| known.check_create(resource)),
            None => Ok(()),
        }
    }
}

#[cfg(feature = "dynamic")]
fn all_of(
    known: &ResourceType,
    names: Vec<AttributePath>,
) -> Result<Vec<AttributePath>, AttributeError> {
    known.attribute_list(names.iter().map(ToString::to_string))
}

/// Without types that are known at run time there is nothing to check.
#[cfg(not(feature = "dynamic"))]
#[allow(
    clippy::unused_self,
    clippy::unnecessary_wraps,
    reason = "the same methods with the feature"
)]
impl Checks {
    pub(super) fn resolve_anything(&self) -> bool {
        false
    }

    pub(super) fn filter(&self, filter: Filter) -> Result<Filter, Error> {
        Ok(filter)
    }

    pub(super) fn attributes(
        &self,
        names: Vec<AttributePath>,
    ) -> Result<Vec<AttributePath>, Error> {
        Ok(names)
    }

    pub(super) fn search(&self, _: &SearchRequest) -> Result<Option<SearchRequest>, Error> {
        Ok(None)
    }

    pub(super) fn patch(&self, message: PatchOp) -> Result<PatchOp, Error> {
        Ok(message)
    }

    pub(super) fn whole<R: AnyResource>(&self, _: &R) -> Result<(), Error> {
        Ok(())
    }
}
