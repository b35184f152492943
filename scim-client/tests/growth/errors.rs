//! What is kept and shown of a document that does not fit.

use scim_client::{
    Client, Partial, Resource as _, Stored, User,
    json::DecodeError,
    message::{BulkRequest, ListResponse, Outcome},
};

use crate::{
    common::scripted::{Scripted, json},
    linear,
};

fn wrong(count: usize) -> String {
    let emails = vec![r#"{"primary":"x"}"#; count].join(",");
    format!(r#"{{"id":"1","userName":"u","emails":[{emails}]}}"#)
}

#[test]
fn the_places_of_a_decode_error_have_a_limit() {
    let text = wrong(20_000);
    let error = Stored::<User>::from_json(&text).unwrap_err();
    assert_eq!(error.places().len(), DecodeError::MAX_PLACES);
    assert_eq!(error.places()[99].path(), "emails[99].primary");
    assert_eq!(error.omitted_places(), 20_000 - 100);
    assert_eq!(error.raw(), text);
    let (debug, display) = (format!("{error:?}"), error.to_string());
    assert!(debug.len() < 4096, "{} bytes", debug.len());
    assert!(debug.contains("more_problems: 19984"), "{debug}");
    assert!(display.ends_with("; and 19996 more"), "{display}");

    // A few are told in full.
    let error = User::from_json(&wrong(5)).unwrap_err();
    assert_eq!((error.places().len(), error.omitted_places()), (5, 0));
    assert!(error.to_string().ends_with("; and 1 more"), "{error}");
    assert!(format!("{error:?}").contains("more_problems: 0"));
}

#[test]
fn so_have_those_of_lists_and_messages() {
    let page = format!(r#"{{"Resources":[{}]}}"#, wrong(1_000));
    let page = ListResponse::<Outcome<Stored<User>>>::from_json(&page).unwrap();
    let error = page.resources[0].as_ref().unwrap_err();
    assert_eq!(error.places()[3].path(), "Resources[0].emails[3].primary");
    assert_eq!((error.places().len(), error.omitted_places()), (100, 900));
    let partial = Partial::<User>::from_json(&wrong(1_000)).unwrap_err();
    assert_eq!(partial.omitted_places(), 900);
    let operations = vec!["{}"; 1_000].join(",");
    let error = BulkRequest::from_json(&format!(r#"{{"Operations":[{operations}]}}"#)).unwrap_err();
    assert_eq!((error.places().len(), error.omitted_places()), (100, 1_900));
    let totals = vec![r#""totalResults":"x""#; 1_000].join(",");
    let error = ListResponse::<Outcome<Stored<User>>>::from_json(&format!("{{{totals}}}"));
    assert_eq!(error.unwrap_err().omitted_places(), 900);
}

#[test]
fn problems_are_noted_in_linear_time() {
    let read = |text: &mut String| Stored::<User>::from_json(text).unwrap_err();
    linear("problems", 4_000, wrong, read);
}

#[test]
fn what_did_not_come_is_found_at_once() {
    use crate::schemas::Box_;
    let partial = |n: usize| {
        let parts: Vec<_> = (0..n).map(|n| format!(r#"{{"size":{n}}}"#)).collect();
        let text = format!(r#"{{"id":"1","parts":[{}]}}"#, parts.join(","));
        Partial::<Box_>::from_json(&text).unwrap()
    };
    linear("missing", 1_000, partial, |partial| {
        let parts = partial.get(|b| b.parts).unwrap();
        assert!(parts.iter().all(|part| part.get(|p| p.label).is_none()));
        assert!(parts.iter().all(|part| part.get(|p| p.size).is_some()));
    });
}

/// A server repeats a message with many passwords that begin alike.
#[test]
fn secrets_that_begin_alike() {
    let repeats = Scripted::new(|request| {
        let detail = serde_json::Value::from(request.body().as_str());
        json(400, format!(r#"{{"status":"400","detail":{detail}}}"#))
    });
    let client = Client::builder("https://scim.example/v2")
        .max_error_size(1 << 30)
        .service(repeats)
        .build()
        .unwrap();
    let bulk = |n| {
        let mut bulk = client.bulk();
        for number in 0..n {
            bulk.create(&User::new("x").with_password(format!("Passw0rd-{number:09}")));
        }
        Some(bulk.into_future())
    };
    linear("secrets", 4_000, bulk, |bulk| {
        let error = crate::now(bulk.take().unwrap()).unwrap_err();
        assert!(!error.body().unwrap().contains("Passw0rd"));
    });
}
