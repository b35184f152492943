//! Files as text, as the programs of people write them.

use std::path::Path;

use crate::failure::{Failure, of_file};

/// The text of a file.
pub(crate) fn of(path: &Path) -> Result<String, Failure> {
    let bytes = std::fs::read(path).map_err(of_file(path))?;
    decoded(bytes).map_err(|failure| failure.at(&path.display().to_string()))
}

/// Bytes as text: UTF-8, or UTF-16 with a mark that says so, as spreadsheets save "Unicode text".
pub(crate) fn decoded(bytes: Vec<u8>) -> Result<String, Failure> {
    match bytes.as_slice() {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [b'P', b'K', 3, 4, ..] | [0xd0, 0xcf, 0x11, 0xe0, ..] => Err(Failure::usage(
            "this is not text, but the file of a spreadsheet, or an archive",
        )
        .hint("save it as CSV (UTF-8), and give that file")),
        _ => String::from_utf8(bytes).map_err(|error| {
            let good = error.utf8_error().valid_up_to();
            let bytes = error.as_bytes();
            let before = bytes.get(..good).unwrap_or_default();
            let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
            Failure::usage(format!("line {line}: this is not text in UTF-8")).hint(
                "save it as CSV UTF-8, or: iconv -f WINDOWS-1252 -t UTF-8 FILE > NEW (is that its encoding?)",
            )
        }),
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, Failure> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let units: Vec<u16> = pairs.iter().map(|pair| unit(*pair)).collect();
    match (String::from_utf16(&units), rest) {
        (Ok(text), []) => Ok(text),
        _ => Err(
            Failure::usage("this is not text in UTF-16, although it begins like that")
                .hint("is the file cut off? Save it as CSV UTF-8"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_spreadsheets_write_is_read() {
        let text = "a;ü\r\n";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let read = |front: &[u8], rest: &[u8]| decoded([front, rest].concat());
        assert_eq!(read(&[0xff, 0xfe], &little).unwrap(), text);
        assert_eq!(read(&[0xfe, 0xff], &big).unwrap(), text);
        assert_eq!(
            read(b"\xef\xbb\xbf", text.as_bytes()).unwrap(),
            format!("\u{feff}{text}")
        );
        for (bytes, words) in [
            (&b"a\nb\xfc\n"[..], "line 2"),
            (b"PK\x03\x04", "spreadsheet"),
            (b"\xff\xfea", "UTF-16"),
        ] {
            let failure = decoded(bytes.to_vec()).unwrap_err();
            assert!(failure.message().contains(words), "{}", failure.message());
        }
    }
}
