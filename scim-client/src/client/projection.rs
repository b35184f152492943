//! Projections: which attributes a response shows (RFC 7644 §3.9), for every operation that returns a
//! resource.

use super::{
    call::Call,
    operation::{OperationBuilder, Verb},
};
use crate::{
    attribute_path::AttributePath,
    resource::{AnyResource, Resource, Root},
    typed::{self, PathClosure},
};

/// An operation whose result can be limited to some attributes.
pub trait Projects: Verb {
    /// The resource type of the attributes.
    type Of: AnyResource;
    /// The same operation, whose result is a [`Partial`](crate::Partial).
    type Projected: Verb;

    #[doc(hidden)]
    fn projected(
        operation: OperationBuilder<Self>,
        projection: Projection,
    ) -> OperationBuilder<Self::Projected>;
}

/// The parameter that names attributes, and their names.
#[doc(hidden)]
#[derive(Debug)]
pub struct Projection {
    pub(super) excludes: bool,
    pub(super) names: Vec<AttributePath>,
}

impl Projection {
    /// Adds it to the query of a request.
    pub(super) fn add_to(self, call: &mut Call) {
        let names = match call.checks().attributes(self.names) {
            Ok(names) => names,
            Err(error) => return call.fail_with(error),
        };
        let names: Vec<_> = names.iter().map(AttributePath::to_string).collect();
        let parameter = match self.excludes {
            true => "excludedAttributes",
            false => "attributes",
        };
        call.parameter(parameter, &names.join(","));
    }
}

impl<V: Projects> OperationBuilder<V> {
    /// Requests only these attributes (RFC 7644 §3.9): `.attributes(|u| (u.user_name, u.emails))`.
    #[doc(alias = "select")]
    #[doc(alias = "projection")]
    #[doc(alias = "fields")]
    pub fn attributes<P: typed::Projection<V::Of>>(
        self,
        paths: impl PathClosure<V::Of, Choice = P>,
    ) -> OperationBuilder<V::Projected>
    where
        V::Of: Resource,
    {
        self.project(false, paths(<V::Of as Root>::PATHS))
    }

    /// Requests all attributes that are returned by default, except these (RFC 7644 §3.9).
    #[doc(alias = "omit")]
    pub fn excluded_attributes<P: typed::Projection<V::Of>>(
        self,
        paths: impl PathClosure<V::Of, Choice = P>,
    ) -> OperationBuilder<V::Projected>
    where
        V::Of: Resource,
    {
        self.project(true, paths(<V::Of as Root>::PATHS))
    }

    /// Like [`attributes`](Self::attributes), with attributes that are named at run time.
    pub fn attributes_by(
        self,
        names: impl IntoIterator<Item = AttributePath>,
    ) -> OperationBuilder<V::Projected> {
        self.project_by(false, names.into_iter().collect())
    }

    /// Like [`excluded_attributes`](Self::excluded_attributes), with attributes that are named at
    /// run time.
    pub fn excluded_attributes_by(
        self,
        names: impl IntoIterator<Item = AttributePath>,
    ) -> OperationBuilder<V::Projected> {
        self.project_by(true, names.into_iter().collect())
    }

    fn project<P: typed::Projection<V::Of>>(
        self,
        excludes: bool,
        projection: P,
    ) -> OperationBuilder<V::Projected> {
        let mut names = Vec::new();
        projection.names(&mut names);
        self.project_by(excludes, names)
    }

    fn project_by(
        self,
        excludes: bool,
        names: Vec<AttributePath>,
    ) -> OperationBuilder<V::Projected> {
        V::projected(self, Projection { excludes, names })
    }
}
