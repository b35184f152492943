//! The `binary` type (RFC 7643 section 2.3.6).

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use base64::{DecodeError, alphabet};
use serde::de::{Deserialize, Deserializer};

use super::{is_string, keeps_text};

/// Bits that do not make up a whole byte are ignored, as writers in the wild leave them set.
const FORGIVING: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(base64::engine::DecodePaddingMode::RequireNone),
);

/// Bytes, kept as the base64 text they were read from.
///
/// ```
/// use scim_client::value::Binary;
///
/// assert_eq!(Binary::from_bytes(&[1, 2, 3, 4]).as_str(), "AQIDBA==");
/// assert_eq!(Binary::from("AQIDBA").decode().unwrap(), [1, 2, 3, 4]);
///
/// let with_line_break = Binary::new("AQID\nBA==");
/// assert!(!with_line_break.is_valid());
/// assert_eq!(with_line_break.decode_lenient().unwrap(), [1, 2, 3, 4]);
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Binary(String);

keeps_text!(Binary);
is_string!(Binary);

impl Binary {
    /// Makes a value of any text, without checking it.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Encodes bytes as base64 with the standard alphabet and padding (RFC 4648 section 4).
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self(STANDARD.encode(bytes))
    }

    /// Returns whether [`decode`](Self::decode) succeeds.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.decode().is_ok()
    }

    /// The bytes. The padding may be missing, and the alphabet may be the URL-safe one (RFC 4648
    /// section 5).
    ///
    /// # Errors
    /// The text has another character (also a line break), mixes both alphabets, has padding of a
    /// wrong length, or has a length that base64 cannot have.
    pub fn decode(&self) -> Result<Vec<u8>, BinaryError> {
        let text = self.0.as_str();
        let url_safe = text.contains(['-', '_']);
        // Padding may be left out, but if it is there it must be whole.
        let engine = match (url_safe, text.ends_with('=')) {
            (false, true) => &STANDARD,
            (false, false) => &STANDARD_NO_PAD,
            (true, true) => &URL_SAFE,
            (true, false) => &URL_SAFE_NO_PAD,
        };
        engine
            .decode(text)
            .map_err(|error| BinaryError::new(&error))
    }

    /// Decodes the text generously. White space, line breaks, padding of any length and a mixture
    /// of the two alphabets are accepted as well.
    ///
    /// # Errors
    /// The text has another character, or a length that base64 cannot have. The offset counts in
    /// the text without white space.
    pub fn decode_lenient(&self) -> Result<Vec<u8>, BinaryError> {
        let symbols: String = self
            .0
            .chars()
            .filter(|symbol| !symbol.is_ascii_whitespace())
            .map(|symbol| match symbol {
                '-' => '+',
                '_' => '/',
                other => other,
            })
            .collect();
        FORGIVING
            .decode(symbols.trim_end_matches('='))
            .map_err(|error| BinaryError::new(&error))
    }
}

impl<'de> Deserialize<'de> for Binary {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self)
    }
}

/// Why a text is not base64.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BinaryError {
    problem: Problem,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Problem {
    Character(usize),
    LastCharacter(usize),
    Length,
    Padding,
}

impl BinaryError {
    fn new(error: &DecodeError) -> Self {
        let problem = match *error {
            DecodeError::InvalidByte(offset, _) => Problem::Character(offset),
            DecodeError::InvalidLastSymbol { offset, .. } => Problem::LastCharacter(offset),
            DecodeError::InvalidLength(_) => Problem::Length,
            DecodeError::InvalidPadding => Problem::Padding,
        };
        Self { problem }
    }

    /// The offset in bytes of the wrong character, if the error is about one.
    #[must_use]
    pub fn offset(&self) -> Option<usize> {
        match self.problem {
            Problem::Character(offset) | Problem::LastCharacter(offset) => Some(offset),
            Problem::Length | Problem::Padding => None,
        }
    }
}

impl fmt::Display for BinaryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.problem {
            Problem::Character(offset) => {
                write!(
                    f,
                    "the character at byte {offset} does not belong in base64 text"
                )
            }
            Problem::LastCharacter(offset) => {
                write!(
                    f,
                    "the last base64 character, at byte {offset}, has bits that are not used"
                )
            }
            Problem::Length => f.write_str("the length of the text is not that of base64"),
            Problem::Padding => f.write_str("the base64 text has the wrong padding"),
        }
    }
}

impl std::error::Error for BinaryError {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lenient_reads_folded_and_badly_padded_text() {
        for text in [
            "AQID\nBA==",
            " AQID BA ",
            "AQIDBA=",
            "AQIDBA=====",
            "AQIDBB",
        ] {
            assert_eq!(
                Binary::from(text).decode_lenient().unwrap(),
                [1, 2, 3, 4],
                "{text:?}"
            );
        }
        assert_eq!(
            Binary::from("+_+_").decode_lenient().unwrap(),
            [0xfb, 0xff, 0xbf]
        );
        assert!(Binary::from("A").decode_lenient().is_err());
        assert!(Binary::from("AQ=IDBA=").decode_lenient().is_err());
    }

    #[test]
    fn says_what_is_wrong() {
        let error = |text: &str| Binary::from(text).decode().unwrap_err();
        assert_eq!(error("AQ*D").offset(), Some(2));
        assert!(error("AQ*D").to_string().contains("byte 2"));
        assert_eq!(
            error("A").to_string(),
            "the length of the text is not that of base64"
        );
        assert_eq!(
            error("AQIDBA=").to_string(),
            "the base64 text has the wrong padding"
        );
        assert!(error("AR==").to_string().contains("bits that are not used"));
        assert!(error("+-+-").offset().is_some(), "both alphabets at once");
    }

    #[test]
    fn goes_through_json_unchanged() {
        let value: Binary = serde_json::from_str("\"AQ\"").unwrap();
        assert_eq!(serde_json::to_string(&value).unwrap(), "\"AQ\"");
        assert_eq!(format!("{value} {value:?}"), "AQ Binary(\"AQ\")");
    }

    proptest! {
        #[test]
        fn bytes_come_back(bytes: Vec<u8>) {
            let value = Binary::from_bytes(&bytes);
            prop_assert_eq!(value.decode().unwrap(), &bytes[..]);
            prop_assert_eq!(value.decode_lenient().unwrap(), bytes);
        }

        #[test]
        fn no_text_panics(text: String) {
            let value = Binary::new(text);
            if let Ok(bytes) = value.decode() {
                prop_assert_eq!(value.decode_lenient().unwrap(), bytes);
            }
        }
    }
}
