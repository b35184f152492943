//! How anything here ends.

/// Whatever goes wrong is told to the person at the keyboard.
pub type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;
