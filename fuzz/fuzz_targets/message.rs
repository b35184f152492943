//! What reads as a search or as a bulk message writes, and reads back. Profiles are read.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scim_client::{
    Profile,
    message::{BulkRequest, BulkResponse, SearchRequest},
};

fuzz_target!(|text: &str| {
    if let Ok(search) = SearchRequest::from_json(text) {
        assert!(SearchRequest::from_json(&search.to_json()).is_ok());
    }
    let _ = SearchRequest::from_query(text);
    if let Ok(bulk) = BulkRequest::from_json(text) {
        let _ = bulk.check();
        assert!(BulkRequest::from_json(&bulk.to_json()).is_ok());
    }
    if let Ok(bulk) = BulkResponse::from_json(text) {
        assert!(BulkResponse::from_json(&bulk.to_json()).is_ok());
    }
    let _ = Profile::from_json(text);
});
