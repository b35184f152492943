//! Types that stand for an attribute's characteristics in the type of its path.

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
pub enum OneOf {}
/// The path leads through every element of a multi-valued attribute.
#[derive(Debug)]
pub enum ManyOf {}
