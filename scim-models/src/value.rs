//! Values that keep the text they were read from (RFC 7643 section 2.3).
//!
//! Service providers write dates, numbers, base64 and URIs in more ways than the RFC allows. A
//! client that reads a resource and writes it back must not change values that it did not touch. So
//! each type here holds the text as it came, and parses it only when an accessor is called.
//! Construction never fails; the accessors return an `Option` or a `Result`. `==` and hashing
//! compare the text. Each type has a separate method that compares the meaning.

mod binary;
mod date_time;
mod decimal;
mod reference;
mod timestamp;

pub use self::{
    binary::BinaryError, date_time::DateTimeError, decimal::DecimalError, reference::Any,
    timestamp::Timestamp,
};
// Their pages are at the root of the crate.
#[doc(no_inline)]
pub use self::{binary::Binary, date_time::DateTime, decimal::Decimal, reference::Reference};

/// What all text-keeping values share: access to the text, and printing it.
macro_rules! keeps_text {
    ($value:ident) => {
        impl $value {
            /// The text, exactly as it was read or written.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Takes the text out.
            #[must_use]
            pub fn into_string(self) -> String {
                self.0
            }

            /// A placeholder that a decoder fills.
            #[doc(hidden)]
            #[must_use]
            pub fn empty() -> Self {
                Self(String::new())
            }
        }

        impl std::fmt::Display for $value {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::fmt::Debug for $value {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_tuple(stringify!($value)).field(&self.0).finish()
            }
        }

        impl AsRef<str> for $value {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl PartialEq<str> for $value {
            fn eq(&self, other: &str) -> bool {
                self.0 == other
            }
        }

        impl PartialEq<&str> for $value {
            fn eq(&self, other: &&str) -> bool {
                self.0 == *other
            }
        }

        impl From<$value> for String {
            fn from(value: $value) -> Self {
                value.0
            }
        }
    };
}

/// Made from any text, without a check, and serialized as a JSON string.
macro_rules! is_string {
    ($value:ident) => {
        impl From<&str> for $value {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl From<String> for $value {
            fn from(text: String) -> Self {
                Self(text)
            }
        }

        impl serde::Serialize for $value {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }
    };
}

use {is_string, keeps_text};
