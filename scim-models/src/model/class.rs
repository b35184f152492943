//! Which comparisons an attribute has (RFC 7644 §3.4.2.2, Table 3).

use std::{convert::Infallible, marker::PhantomData};

/// Strings: all operators.
#[derive(Debug)]
pub enum Text {}
/// Strings with the canonical values of `T`: all operators, and no other canonical values.
#[derive(Debug)]
pub struct Canonical<T>(Infallible, PhantomData<fn() -> T>);
/// Booleans: `eq` and `ne`.
#[derive(Debug)]
pub enum Boolean {}
/// Integers and decimals: `eq`, `ne` and order.
#[derive(Debug)]
pub enum Number {}
/// Dates with times: `eq`, `ne` and chronological order.
#[derive(Debug)]
pub enum Timestamp {}
/// Base64 data: `eq` and `ne`.
#[derive(Debug)]
pub enum Binary {}
/// URIs: all operators.
#[derive(Debug)]
pub enum Reference {}
/// Sub-attributes: `pr` only; compare one of them.
#[derive(Debug)]
pub enum Complex {}
/// A schema extension (RFC 7643 §3.3): `pr` only; compare one of its attributes.
#[derive(Debug)]
pub enum Extension {}
/// Values of no known type: `pr` only.
#[derive(Debug)]
pub enum Any {}
