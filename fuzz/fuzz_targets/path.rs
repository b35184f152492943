//! What reads as a path prints and reads back as the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scim_client::{attribute_path::AttributePath, filter::PatchPath};

fuzz_target!(|text: &str| {
    if let Ok(path) = text.parse::<AttributePath>() {
        assert_eq!(path.to_string().parse().as_ref(), Ok(&path));
    }
    if let Ok(path) = text.parse::<PatchPath>() {
        assert_eq!(path.to_string().parse().as_ref(), Ok(&path));
        assert_eq!(path.to_request_string().parse().as_ref(), Ok(&path));
    }
});
