//! Telephone numbers, and what only looks like one.

use scim_client::{
    Error, Json, Stored, User,
    client::{BulkOutcome, Client},
    http::Method,
};
use serde_json::{Value, json as value};

use super::{
    builder,
    scripted::{Scripted, json},
    stored,
};

type Set = fn(&mut User, &str);

/// A user who has this text everywhere.
fn everywhere(text: &str, number: &str) -> String {
    value!({
        "id": "1", "userName": "bjensen", "title": text, "externalId": text, "shoeSize": text,
        "roles": [{"value": text, "type": "x"}], "phoneNumbers": [{"value": number, "type": "work"}],
        "addresses": [{"type": "work", "postalCode": text}],
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":
            {"employeeNumber": text, "shelf": text},
    })
    .to_string()
}

fn text(text: &str) -> Json {
    Json::parse(&Value::from(text).to_string()).unwrap()
}

const PLACES: [(&str, Set); 7] = [
    ("title", |u, to| u.title = Some(to.into())),
    ("externalId", |u, to| u.external_id = Some(to.into())),
    ("shoesize", |u, to| {
        u.extra.insert("shoeSize", text(to));
    }),
    ("roles", |u, to| u.roles[0].value = Some(to.into())),
    ("addresses.postalCode", |u, to| {
        u.addresses[0].postal_code = Some(to.into());
    }),
    ("employeeNumber", |u, to| {
        u.enterprise_user.as_mut().unwrap().employee_number = Some(to.into());
    }),
    ("shelf", |u, to| {
        let user = u.enterprise_user.as_mut().unwrap();
        user.extra.insert("shelf", text(to));
    }),
];

const NUMBER: Set = |u, to| u.phone_numbers[0].value = Some(to.into());

/// A server that shows this after every write, each by itself and in a bulk.
fn showing(now: &str) -> Client {
    let now: Value = serde_json::from_str(now).unwrap();
    let server = Scripted::new(move |request| {
        let is_bulk = request.method() == Method::POST;
        let result = value!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkResponse"],
            "Operations": [{"status": "200", "response": now}]
        });
        let body = if is_bulk { &result } else { &now };
        json(200, body.to_string())
    });
    builder(&server).build().unwrap()
}

/// What came of the change by every kind of write that knows the old values.
async fn written(
    client: &Client,
    before: &Stored<User>,
    set: Set,
    to: &str,
) -> Vec<(&'static str, Option<Error>)> {
    let users = client.resource::<User>();
    let change = |user: &mut User| set(user, to);
    let patch = users.update(before, change).patch().unwrap();
    let mut changed = before.clone();
    change(&mut changed);
    let mut bulk = client.bulk();
    let in_bulk = bulk.update(before, change).unwrap();
    let results = bulk.await.unwrap();
    let of_bulk = match results.get(in_bulk) {
        BulkOutcome::Done(_) => None,
        BulkOutcome::Failed(error) => Some(error.clone()),
        other => panic!("{other:?}"),
    };
    vec![
        ("update", users.update(before, change).await.err()),
        ("patch", users.patch(before).then(patch).await.err()),
        ("replace", users.replace(&changed).await.err()),
        ("bulk", of_bulk),
    ]
}

#[tokio::test]
async fn digits_with_punctuation_are_no_telephone_number() {
    for (before, wanted) in [
        ("192.168.1.12", "192.168.11.2"),
        ("2024-1-12", "2024-11-2"),
        ("12-345678", "1-2345678"),
        ("10-20-30", "40-10-20-30"),
        ("030 1234567", "+49 30 1234567"),
    ] {
        let body = everywhere(before, "+1-201-555-0123");
        let (client, now) = (showing(&body), stored::<User>(&body));
        for (place, set) in PLACES {
            for (write, error) in written(&client, &now, set, wanted).await {
                let error = error.unwrap_or_else(|| panic!("{write} of {place}: {wanted}"));
                let told = error.not_applied().unwrap();
                assert_eq!(told.count(), 1, "{write}: {told:?}");
                assert!(told.changes()[0].path().ends_with(place), "{told:?}");
            }
        }
    }
    // Nor where the old value is not known.
    let users = showing(&everywhere("12-345678", "1")).resource::<User>();
    for patch in [
        users.patch("1").replace(|u| u.title, "1-2345678"),
        users.patch("1").replace(|u| u.external_id, "1-2345678"),
    ] {
        assert!(patch.await.unwrap_err().not_applied().is_some());
    }
}

#[tokio::test]
async fn a_country_that_was_to_be_added() {
    for (before, wanted, found, is_applied) in [
        // Nothing was done.
        ("030 1234567", "+49 30 1234567", "030 1234567", false),
        (
            "tel:030-1234567",
            "tel:+49-30-1234567",
            "tel:030-1234567",
            false,
        ),
        ("555-0123", "+1-201-555-0123", "555-0123", false),
        ("+1-201-555-0123", "555-0123", "+1-201-555-0123", false),
        ("+49301234567", "030 1234568", "+49301234567", false),
        ("+49301234567", "+43301234567", "+49301234567", false),
        ("10-20-30", "40-10-20-30", "10-20-30", false),
        // Something was.
        ("030 1234567", "+49 30 1234567", "+49301234567", true),
        ("030 1234567", "+49 30 1234567", "(030) 1234567", true),
        // The service provider makes this of it, whatever was there before.
        ("+49301234567", "030 1234567", "+49301234567", true),
        (
            "tel:+49-30-1234567",
            "030 1234567",
            "tel:+49-30-1234567",
            true,
        ),
        // The same in another form.
        ("+49301234567", "0049 30 1234567", "+49301234567", true),
        ("030 1234567", "(030) 1234567", "030 1234567", true),
    ] {
        let before = stored::<User>(&everywhere("x", before));
        let client = showing(&everywhere("x", found));
        for (write, error) in written(&client, &before, NUMBER, wanted).await {
            let told = error.as_ref().map(|error| error.not_applied().unwrap());
            assert_eq!(
                told.is_none(),
                is_applied,
                "{write}: {wanted}, {found}: {told:?}"
            );
        }
    }
}

/// The same of a text that says of itself that it is one.
#[tokio::test]
async fn numbers_elsewhere() {
    for (before, wanted, found, is_applied) in [
        ("030 1234567", "+49 30 1234567", "030 1234567", false),
        ("030 1234567", "+49 30 1234567", "+49301234567", true),
        ("+49301234567", "030 1234567", "+49301234567", true),
        ("+49301234567", "+49 30 1234567", "+49301234567", true),
        ("+49301234567", "+49 30 1234568", "+49301234567", false),
    ] {
        let now = stored::<User>(&everywhere(before, "1"));
        let client = showing(&everywhere(found, "1"));
        for (place, set) in PLACES.into_iter().filter(|(place, _)| *place != "roles") {
            for (write, error) in written(&client, &now, set, wanted).await {
                assert_eq!(
                    error.is_none(),
                    is_applied,
                    "{write} of {place}: {wanted}, {found}"
                );
            }
        }
    }
}
