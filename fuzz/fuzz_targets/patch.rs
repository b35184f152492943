//! What reads as a PATCH message writes, reads back, and applies to all of a user or to nothing.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scim_client::{
    Resource, User,
    patch::{ApplyOptions, PatchOp, Unknown, diff},
};

const BEFORE: &str = r#"{"userName":"bjensen","name":{"familyName":"Jensen"},"nick":[1],
    "emails":[{"value":"b@example.com","type":"work","primary":true},{"value":"b@home.example"}],
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"D"},
    "urn:other:2.0:Thing":{"q":{"r":1}}}"#;

fuzz_target!(|text: &str| {
    let Ok(message) = PatchOp::from_json(text, &[]) else {
        return;
    };
    assert!(PatchOp::from_json(&message.to_json(), &[]).is_ok());
    let before = User::from_json(BEFORE).expect("it is a user");
    let keeping = ApplyOptions::default().with_unknown(Unknown::Keep);
    for options in [ApplyOptions::default(), ApplyOptions::entra(), keeping] {
        let mut after = before.clone();
        if message.apply(&mut after, &options).is_err() {
            assert!(after == before);
        } else {
            let _ = diff(&before, &after);
        }
    }
});
