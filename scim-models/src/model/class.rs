//! Marker types for the operators that apply to an attribute (RFC 7644 §3.4.2.2, Table 3).

use std::{convert::Infallible, marker::PhantomData};

/// Strings: all operators.
#[derive(Debug)]
pub enum Text {}
/// Strings with the canonical values of `T`: all operators. Values of other enums do not compile.
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
/// Complex attributes: `pr` only. Compare a sub-attribute instead.
#[derive(Debug)]
pub enum Complex {}
/// Schema extensions (RFC 7643 §3.3): `pr` only. Compare an attribute of the extension instead.
#[derive(Debug)]
pub enum Extension {}
/// Values of unknown type: `pr` only.
#[derive(Debug)]
pub enum Any {}
