//! Percent-encoding (RFC 3986 §2.1).

use scim_client::internal::percent;

/// Percent-encoded but for what is unreserved (RFC 3986 §2.3).
pub(crate) use percent::encode as encoded;

/// The text that a percent-encoded segment stands for.
pub(crate) fn percent_decoded(text: &str) -> String {
    percent::percent_decoded(text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::{encoded, percent_decoded};

    #[test]
    fn encoding_goes_there_and_back() {
        for text in ["a b", "ä/%2F", "100%", "%zz", ""] {
            assert_eq!(percent_decoded(&encoded(text)), text);
        }
        assert_eq!(percent_decoded("a%2Fb%"), "a/b%");
        // No digits: a sign is none.
        assert_eq!(percent_decoded("%+f"), "%+f");
    }
}
