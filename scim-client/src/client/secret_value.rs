//! A header's value that holds a credential.

use http::HeaderValue;

use crate::error::{Error, ErrorKind};

/// A header's value that is shown by no `Debug` and kept out of HTTP/2's tables.
pub(super) fn secret_value(text: &str) -> Result<HeaderValue, Error> {
    // The value itself stays out of the message.
    let mut value = HeaderValue::from_str(text).map_err(|_| {
        Error::new(
            ErrorKind::Configuration,
            "the credential has characters that a header cannot hold",
        )
    })?;
    value.set_sensitive(true);
    Ok(value)
}
