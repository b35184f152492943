//! Types that stand for an attribute's characteristics in the type of its path.

/// `mutability` `readWrite`.
#[doc(hidden)]
#[derive(Debug)]
pub enum ReadWrite {}
/// `mutability` `readOnly`.
#[doc(hidden)]
#[derive(Debug)]
pub enum ReadOnlyAttribute {}
/// `mutability` `writeOnly`, or `returned` `never`.
#[doc(hidden)]
#[derive(Debug)]
pub enum WriteOnlyAttribute {}
/// `mutability` `immutable`.
#[doc(hidden)]
#[derive(Debug)]
pub enum ImmutableAttribute {}

/// `required` `true`.
#[doc(hidden)]
#[derive(Debug)]
pub enum Required {}
/// `required` `false`.
#[doc(hidden)]
#[derive(Debug)]
pub enum Optional {}

/// The path leads to one place.
#[doc(hidden)]
#[derive(Debug)]
pub enum OneOf {}
/// The path leads through every element of a multi-valued attribute.
#[doc(hidden)]
#[derive(Debug)]
pub enum ManyOf {}
