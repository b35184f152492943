//! One query over several resource types (RFC 7644 §3.4.2.1).

use http::Method;

use super::{
    Client,
    operation::OperationBuilder,
    query::{Query, QueryVerb},
};
use crate::{
    Resource,
    resource::{AnyOf, OneOf},
    typed::{PathClosure, Projection},
};

impl Client {
    /// Asks for resources of several types at once: POST to `/.search` of the service provider
    /// (RFC 7644 §3.4.3). `U` is declared with [`one_of!`](crate::one_of).
    pub fn search<U: OneOf>(&self) -> Query<AnyOf<U>> {
        self.query().via_post()
    }

    /// Asks for resources of several types at once: GET of the base URL (RFC 7644 §3.4.2.1).
    /// `U` is declared with [`one_of!`](crate::one_of).
    pub fn query<U: OneOf>(&self) -> Query<AnyOf<U>> {
        let path = self.settings().base.endpoint("");
        let verb = QueryVerb::new((), self.settings());
        OperationBuilder::new(self.sender(), Method::GET, path, verb)
    }
}

impl<U: OneOf> Query<AnyOf<U>> {
    /// Asks for these attributes of an `R`, one of the types, only (RFC 7644 §3.9). Called for
    /// several types, it asks for all of theirs. A service provider leaves out what was not asked
    /// for, so the variants of `U` should hold a [`Partial`](crate::Partial).
    pub fn attributes_of<R: Resource, P: Projection<R>>(
        mut self,
        paths: impl PathClosure<R, Choice = P>,
    ) -> Self {
        paths(R::PATHS).names(&mut self.request_mut().attributes);
        self
    }

    /// Asks for all attributes that are returned by default but these of an `R` (RFC 7644 §3.9).
    pub fn excluded_attributes_of<R: Resource, P: Projection<R>>(
        mut self,
        paths: impl PathClosure<R, Choice = P>,
    ) -> Self {
        paths(R::PATHS).names(&mut self.request_mut().excluded_attributes);
        self
    }
}
