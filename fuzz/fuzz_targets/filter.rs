//! What reads as a filter prints, reads back as the same, and can be asked about a user.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scim_client::{User, evaluate::Subject, filter::Filter};

fuzz_target!(|text: &str| {
    let Ok(filter) = Filter::parse(text) else {
        return;
    };
    assert_eq!(Filter::parse(&filter.to_string()).as_ref(), Ok(&filter));
    assert_eq!(
        Filter::parse(&filter.to_request_string()).as_ref(),
        Ok(&filter)
    );
    let _ = filter.matches(Subject::resource(&User::new("bjensen")));
});
