//! Marker types for the characteristics of an attribute, which are part of the type of its path.

/// `mutability` `readWrite`.
#[derive(Debug)]
pub enum ReadWrite {}
/// `mutability` `readOnly`.
#[derive(Debug)]
pub enum ReadOnlyAttribute {}
/// `mutability` `writeOnly`, or `returned` `never`.
#[derive(Debug)]
pub enum WriteOnlyAttribute {}
/// `mutability` `immutable`.
#[derive(Debug)]
pub enum ImmutableAttribute {}

/// `required` `true`.
#[derive(Debug)]
pub enum Required {}
/// `required` `false`.
#[derive(Debug)]
pub enum Optional {}

/// The path leads to one place.
#[derive(Debug)]
pub enum OnePlace {}
/// The path leads through every element of a multi-valued attribute.
#[derive(Debug)]
pub enum ManyPlaces {}

/// The types of this module and of [`class`](super::class), for which alone the compiler's questions
/// have answers: a trait that asks one can get another without breaking anybody.
pub(crate) mod sealed {
    use crate::model::class;

    pub trait Sealed {}

    macro_rules! sealed {
        ($([$($generics:tt)*] $type:ty),*) => { $(
            impl<$($generics)*> Sealed for $type {}
        )* };
    }

    sealed!(
        [] super::ReadWrite,
        [] super::ReadOnlyAttribute,
        [] super::WriteOnlyAttribute,
        [] super::ImmutableAttribute,
        [] super::Required,
        [] super::Optional,
        [] super::OnePlace,
        [] super::ManyPlaces,
        [] class::Text,
        [T] class::Canonical<T>,
        [] class::Boolean,
        [] class::Number,
        [] class::Timestamp,
        [] class::Binary,
        [] class::Reference,
        [] class::Complex,
        [] class::Extension,
        [] class::Any
    );
}
