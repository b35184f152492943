//! Schema documents: what reads is written in the canonical form, and reads as the same model.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scim_schema::{Reading, Source, canonical, read};

fuzz_target!(|text: &str| {
    let mut reading = Reading::default();
    reading.max_documents = 100;
    let source = Source::new("schemas.json", text);
    if let Ok((model, _)) = read(std::slice::from_ref(&source), &reading) {
        let written = canonical(&source, &[], &reading).expect("it was read");
        let (again, _) = read(&[Source::new("schemas.json", written)], &reading).expect("it was read");
        assert!(again == model);
    }
    reading.lenient = true;
    let _ = read(&[source], &reading);
    let _ = read(&[Source::new("overlay.json", text)], &reading);
});
