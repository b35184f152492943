//! The `reference` type (RFC 7643 section 2.3.7).

use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};

mod uri;

use self::uri::Uri;

/// The target type of a [`Reference`] that may refer to anything: a resource of any type, or a URI
/// outside of SCIM.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Any {}

/// A URI, kept as the text it was read from. `T` is the type of the resource that it refers to.
///
/// The URI may be relative. It is then relative to the base URI of the service provider, and not to
/// the resource that has it; see [`resolve`](Self::resolve). `==` compares the text; use
/// [`same_resource`](Self::same_resource) to compare the resources that are referred to.
///
/// ```
/// use scim_client::value::Reference;
///
/// let manager: Reference = "../Users/26118915".into();
/// assert_eq!(manager.id().as_deref(), Some("26118915"));
/// assert_eq!(
///     manager.resolve("https://example.com/v2/").as_deref(),
///     Some("https://example.com/v2/Users/26118915"),
/// );
///
/// // What is referred to is compared by name, and says which type it is.
/// let absolute = Reference::<scim_client::User>::new("https://example.com/v2/Users/26118915");
/// assert!(manager.is_valid() && manager != absolute.as_str() && manager.same_resource(&absolute));
/// let typed: Reference<scim_client::User> = manager.cast();
/// assert_eq!(typed.into_string(), "../Users/26118915");
/// ```
pub struct Reference<T: ?Sized = Any> {
    text: String,
    target: PhantomData<fn() -> T>,
}

impl<T: ?Sized> Reference<T> {
    /// Makes a value of any text, without checking it.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            target: PhantomData,
        }
    }

    /// A placeholder that a decoder fills.
    #[doc(hidden)]
    #[must_use]
    pub fn empty() -> Self {
        Self::new(String::new())
    }

    /// The text, exactly as it was read or written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Takes the text out.
    #[must_use]
    pub fn into_string(self) -> String {
        self.text
    }

    /// The same URI, as a reference to another type of resource.
    #[must_use]
    pub fn cast<U: ?Sized>(self) -> Reference<U> {
        Reference::new(self.text)
    }

    /// Returns whether the text is a URI or a relative reference (RFC 3986).
    #[must_use]
    pub fn is_valid(&self) -> bool {
        Uri::of(&self.text).is_some()
    }

    /// Returns the absolute URI. `base` is the base URI of the service provider with its version,
    /// such as `https://example.com/scim/v2`, with or without a slash at the end.
    ///
    /// An absolute URI is returned as it is. Otherwise, with that base:
    ///
    /// | text | URI |
    /// |---|---|
    /// | `Users/1` | `https://example.com/scim/v2/Users/1` |
    /// | `/Users/1` | `https://example.com/scim/v2/Users/1` |
    /// | `/scim/v2/Users/1` | `https://example.com/scim/v2/Users/1` |
    /// | `../Users/1` | `https://example.com/scim/v2/Users/1` |
    ///
    /// The last form is in an example of the RFC. By RFC 3986, it would lead outside of the base;
    /// here, `..` never does.
    ///
    /// Returns `None` if the text or the base is not a URI, or if the text is empty.
    ///
    /// The result may point to another host, because the service provider chose it. Check that
    /// before sending credentials there.
    #[must_use]
    pub fn resolve(&self, base: &str) -> Option<String> {
        uri::resolve(&Uri::of(&self.text)?, &Uri::of(base)?)
    }

    /// The id of the resource: the last segment of the path, percent-decoded.
    ///
    /// Returns `None` if there is no path, if the URI has no segments (a URN, for example), or if
    /// the segment is not UTF-8.
    #[must_use]
    pub fn id(&self) -> Option<Cow<'_, str>> {
        let uri = Uri::split(&self.text);
        if uri.scheme.is_some() && uri.authority.is_none() {
            return None;
        }
        let id = uri::percent_decode(uri.segments().next_back()?)?;
        // Dot segments are a way through a path and no id, in whatever encoding.
        (id != "." && id != "..").then_some(id)
    }

    /// Returns whether both refer to the same resource (RFC 7643 section 2.4), as far as the text tells.
    ///
    /// The API version in front of the endpoint is ignored: `https://example.com/Users/1` is the
    /// same resource as `https://example.com/v2/Users/1`. A default port, a trailing slash, a
    /// fragment, the letter case of the host and the form of percent-encoding are ignored too. A
    /// relative reference equals an absolute one that ends with the same endpoint and id.
    #[must_use]
    pub fn same_resource<U: ?Sized>(&self, other: &Reference<U>) -> bool {
        self.text == other.text || uri::same_resource(&self.text, &other.text)
    }
}

// Written by hand, because a derive would ask the same of `T`.
impl<T: ?Sized> Clone for Reference<T> {
    fn clone(&self) -> Self {
        Self::new(self.text.clone())
    }
}

impl<T: ?Sized> PartialEq for Reference<T> {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl<T: ?Sized> Eq for Reference<T> {}

impl<T: ?Sized> Hash for Reference<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl<T: ?Sized> fmt::Debug for Reference<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Reference").field(&self.text).finish()
    }
}

impl<T: ?Sized> fmt::Display for Reference<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl<T: ?Sized> AsRef<str> for Reference<T> {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

impl<T: ?Sized> PartialEq<str> for Reference<T> {
    fn eq(&self, other: &str) -> bool {
        self.text == other
    }
}

impl<T: ?Sized> PartialEq<&str> for Reference<T> {
    fn eq(&self, other: &&str) -> bool {
        self.text == *other
    }
}

impl<T: ?Sized> From<&str> for Reference<T> {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl<T: ?Sized> From<String> for Reference<T> {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl<T: ?Sized> From<Reference<T>> for String {
    fn from(value: Reference<T>) -> Self {
        value.text
    }
}

impl<T: ?Sized> Serialize for Reference<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de, T: ?Sized> Deserialize<'de> for Reference<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

#[cfg(test)]
mod tests;
