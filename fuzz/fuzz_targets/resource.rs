//! What reads as a user, or as a list of users, writes, and reads back as the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scim_client::{Partial, Resource as _, Stored, User, message::ListResponse};

fn reads_back(stored: &Stored<User>) {
    let back = Stored::from_json(&stored.to_json()).expect("it was written as it was read");
    assert!(back == *stored);
}

fuzz_target!(|text: &str| {
    if let Ok(user) = User::from_json(text) {
        let back = User::from_json(&user.to_json()).expect("it was written as it was read");
        assert!(back == user);
    }
    if let Ok(stored) = Stored::<User>::from_json(text) {
        reads_back(&stored);
    }
    let _ = Stored::<User>::from_json_strict(text);
    let _ = Partial::<User>::from_json(text);
    if let Ok(list) = ListResponse::<Result<Stored<User>, _>>::from_json(text) {
        list.resources.iter().flatten().for_each(reads_back);
    }
});
