//! Wrappers that say who may write and who may read an attribute.

use std::{fmt, ops::Deref};

/// An attribute that only a service provider sets (`mutability` `readOnly`, RFC 7643 §7): a client
/// cannot assign it.
///
/// `user.groups = vec![..]` gives "expected `ReadOnly<..>`", because the value would never be sent.
/// Change what the attribute follows from: `groups` of a user, for example, through the members of
/// the groups. It reads as what it holds. A decoder makes it or, in a server,
/// [`ReadOnly::assigned`].
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct ReadOnly<T>(pub(super) T);

impl<T> ReadOnly<T> {
    /// What a service provider assigns. A client has no use for it: the value is not sent.
    pub const fn assigned(value: T) -> Self {
        Self(value)
    }

    /// The value itself.
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
    /// A value to be written.
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
