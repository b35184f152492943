//! What is wrong with a profile.

use std::fmt;

use crate::shown::Visible;

/// The error of a text that is not a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileError {
    pub(super) pointer: String,
    pub(super) message: String,
}

impl ProfileError {
    pub(super) fn new(pointer: &str, message: impl Into<String>) -> Self {
        Self {
            pointer: pointer.to_owned(),
            message: message.into(),
        }
    }

    /// The JSON pointer (RFC 6901) of the value that is wrong; empty for the whole text.
    #[must_use]
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// What is wrong, in one sentence.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for ProfileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.pointer.as_str() {
            "" => write!(f, "the profile: {}", Visible(&self.message)),
            pointer => {
                let (pointer, message) = (Visible(pointer), Visible(&self.message));
                write!(f, "the profile at {pointer}: {message}")
            }
        }
    }
}

impl std::error::Error for ProfileError {}
