//! Elements of a list that cannot be read: which, and where in the whole list.

use scim_client::User;

use super::{
    client,
    network::{Network, says},
};

/// 7 users, of which the fifth cannot be read, two a page.
fn page(from: u64, cursor: Option<u64>) -> String {
    let users: Vec<_> = (from..from + 2)
        .filter(|number| *number <= 7)
        .map(|number| match number {
            5 => r#"{"displayName":"no user name","id":"u-5"}"#.to_owned(),
            7 => r#"{"displayName":"no id either","active":{"a":1}}"#.to_owned(),
            _ => format!(r#"{{"id":"u-{number}","userName":"user-{number}"}}"#),
        })
        .collect();
    let next = cursor
        .map(|next| format!(r#","nextCursor":"{next}""#))
        .unwrap_or_default();
    let total = if cursor.is_some() {
        ""
    } else {
        r#","totalResults":7"#
    };
    format!(r#"{{"Resources":[{}]{next}{total}}}"#, users.join(","))
}

fn parameter(query: &str, name: &str) -> Option<u64> {
    query
        .split('&')
        .find_map(|part| part.strip_prefix(name)?.strip_prefix('=')?.parse().ok())
}

#[tokio::test]
async fn the_message_has_the_id_and_the_place_in_the_whole_list() {
    let by_position = Network::new(|_, request| {
        let query = request.uri().query().unwrap_or_default();
        says(200, page(parameter(query, "startIndex").unwrap_or(1), None))
    });
    let by_cursor = Network::new(|_, request| {
        let query = request.uri().query().unwrap_or_default();
        let from = parameter(query, "cursor").unwrap_or(1);
        let next = if from < 7 { Some(from + 2) } else { None };
        says(200, page(from, next))
    });
    for network in [by_position, by_cursor] {
        for ahead in [0, 2] {
            let users = client(&network).resource::<User>();
            let mut found = users.query().count(2).stream().prefetch(ahead);
            let mut errors = Vec::new();
            while let Some(user) = found.next().await {
                errors.extend(user.err());
            }
            let [first, last] = errors.as_slice() else {
                panic!("{errors:?}")
            };
            assert_eq!(
                first.to_string(),
                "unusable response: the resource with id `u-5`: Resources[4].userName: required \
                 attribute is missing (if the service provider never returns it, say \
                 `\"required\": false` in overlay.json, or `Option` in a type of your own) [GET /v2/Users]"
            );
            let last = last.to_string();
            assert!(
                last.starts_with("unusable response: Resources[6]."),
                "{last}"
            );
            let place = first.decode_error().unwrap().places()[0].path();
            assert_eq!(place, "Resources[4].userName");
        }
    }
}

#[tokio::test]
async fn a_page_that_was_asked_for_alone_knows_where_it_begins() {
    let network = Network::new(|_, _| says(200, page(5, None)));
    let users = client(&network).resource::<User>();
    let page = users.query().start_index(5).await.unwrap();
    let error = page.resources[0].as_ref().unwrap_err();
    assert_eq!(error.places()[0].path(), "Resources[4].userName");
}

/// An element that is not JSON has its place in the whole list, too.
#[tokio::test]
async fn so_has_that_of_an_element_that_is_not_json() {
    let network = Network::new(|_, request| {
        let query = request.uri().query().unwrap_or_default();
        let body = match parameter(query, "startIndex").unwrap_or(1) {
            1 => {
                r#"{"totalResults":4,"Resources":[{"id":"1","userName":"a"},{"id":"2","userName":"b"}]}"#
            }
            _ => {
                r#"{"totalResults":4,"Resources":[{"id":"3","userName":"c"},{"id":"4","userName":NaN}]}"#
            }
        };
        says(200, body)
    });
    let users = client(&network).resource::<User>();
    let mut found = users.query().count(2).stream();
    let mut errors = Vec::new();
    while let Some(user) = found.next().await {
        errors.extend(user.err());
    }
    let [error] = errors.as_slice() else {
        panic!("{errors:?}")
    };
    assert!(error.to_string().contains("Resources[3]"), "{error}");
}
