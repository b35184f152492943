//! What all writes have in common: that their result can be cut down, put off, or done without.

use std::marker::PhantomData;

use super::{
    mode::{Complete, NoRefetch, RespondAsync},
    operation::{Defers, OperationBuilder, Refetches, Verb, sealed::Sealed},
    projection::{Projection, Projects},
};
use crate::{Partial, Stored, resource::AnyResource};

/// The verb of a write. `W` is the data to write, `T` is the type in which the resource is read
/// afterwards, and `M` says what the write returns.
pub struct WriteVerb<W, T, M = Complete> {
    pub(super) write: W,
    marker: PhantomData<fn() -> (T, M)>,
}

impl<W, T, M> WriteVerb<W, T, M> {
    pub(super) fn new(write: W) -> Self {
        let marker = PhantomData;
        Self { write, marker }
    }

    /// The same write with another result.
    pub(super) fn into<U, N>(self) -> WriteVerb<W, U, N> {
        WriteVerb::new(self.write)
    }
}

impl<W, R: AnyResource, M> Projects for WriteVerb<W, Stored<R>, M>
where
    Self: Verb,
    WriteVerb<W, Partial<R>, M>: Verb,
{
    type Of = R;
    type Projected = WriteVerb<W, Partial<R>, M>;

    fn projected(
        mut operation: OperationBuilder<Self>,
        projection: Projection,
    ) -> OperationBuilder<Self::Projected> {
        projection.add_to(&mut operation.call);
        operation.map(WriteVerb::into)
    }
}

impl<W, T, M> Defers for WriteVerb<W, T, M>
where
    Self: Verb,
    WriteVerb<W, T, RespondAsync>: Verb,
{
    type Deferred = WriteVerb<W, T, RespondAsync>;

    fn deferred(operation: OperationBuilder<Self>) -> OperationBuilder<Self::Deferred> {
        operation.map(WriteVerb::into)
    }
}

impl<W, T> Refetches for WriteVerb<W, T>
where
    Self: Verb,
    WriteVerb<W, T, NoRefetch>: Verb,
{
    type Once = WriteVerb<W, T, NoRefetch>;

    fn once(operation: OperationBuilder<Self>) -> OperationBuilder<Self::Once> {
        operation.map(WriteVerb::into)
    }
}

impl<W, T, M> Sealed for WriteVerb<W, T, M> {}

// Written by hand, because a derive would ask the same of `T`.
impl<W: Clone, T, M> Clone for WriteVerb<W, T, M> {
    fn clone(&self) -> Self {
        Self::new(self.write.clone())
    }
}
