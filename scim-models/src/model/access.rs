//! Wrappers of attributes that a client cannot write, or cannot read.

use std::{fmt, ops::Deref};

/// An attribute that only a service provider sets (`mutability` `readOnly`, RFC 7643 §7): a client
/// cannot assign it.
///
/// `user.groups = vec![..]` does not compile ("expected `ReadOnly<..>`"), because the value would
/// never be sent. Change the data that the attribute is derived from: for `groups` of a user, that
/// is the members of the groups. The wrapper dereferences to its value. Decoding makes it, or
/// [`ReadOnly::assigned`] in a service provider.
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct ReadOnly<T>(pub(super) T);

impl<T> ReadOnly<T> {
    /// Wraps a value that a service provider assigns. A client does not need this, since it never sends
    /// the value.
    pub const fn assigned(value: T) -> Self {
        Self(value)
    }

    /// Takes the value out.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> Deref for ReadOnly<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: fmt::Debug> fmt::Debug for ReadOnly<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An attribute that is written and never read back (`mutability` `writeOnly` or `returned`
/// `never`), such as a password.
///
/// It is assigned with `.into()`: `user.password = "t1meMa$heen".into()`, or `None.into()`. `Debug`
/// shows `<redacted>`, and there is no `Display`.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct WriteOnly<T>(pub(super) T);

impl<T> WriteOnly<T> {
    /// Wraps a value to be written.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value, for a service provider that has to check or store it.
    pub const fn expose(&self) -> &T {
        &self.0
    }
}

impl<T> fmt::Debug for WriteOnly<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<redacted>")
    }
}

impl<T> From<T> for WriteOnly<Option<T>> {
    fn from(value: T) -> Self {
        Self(Some(value))
    }
}

impl From<&str> for WriteOnly<Option<String>> {
    fn from(value: &str) -> Self {
        Self(Some(value.to_owned()))
    }
}

impl From<&str> for WriteOnly<String> {
    fn from(value: &str) -> Self {
        Self(value.to_owned())
    }
}

impl<T> From<T> for WriteOnly<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}
