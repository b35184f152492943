//! Lists and their pages.

use scim_client::{ErrorKind, Group};

use crate::{
    in_turn, once,
    scripted::{Scripted, json},
    users,
};

/// The ids of all pages, and how many requests it took.
async fn ids(server: &Scripted) -> (Vec<String>, usize) {
    let users = server.client().resource::<scim_client::User>();
    let all = users.query().count(2).all().await.unwrap();
    let ids = all.iter().map(|user| user.id().to_owned()).collect();
    (ids, server.seen().len())
}

#[tokio::test]
async fn q01_resources_in_lower_case() {
    let page = users(r#"{"totalresults":1,"resources":[{"id":"1","userName":"a"}]}"#);
    assert_eq!(page.query().await.unwrap().resources.len(), 1);
}

#[tokio::test]
async fn q02_cursors_only() {
    let server = in_turn(&[
        r#"{"itemsPerPage":2,"nextCursor":"abc","resources":[{"id":"1","userName":"a"},{"id":"2","userName":"b"}]}"#,
        r#"{"itemsPerPage":1,"resources":[{"id":"3","userName":"c"}]}"#,
    ]);
    assert_eq!(
        ids(&server).await,
        (vec!["1".into(), "2".into(), "3".into()], 2)
    );
    // It says so in its configuration: then the first request has a cursor, too.
    let server = Scripted::new(|request| {
        if request.uri().path().ends_with("/ServiceProviderConfig") {
            return json(
                200,
                r#"{"pagination":{"cursor":true,"index":false,"maxPageSize":50}}"#,
            );
        }
        json(200, r#"{"Resources":[]}"#)
    });
    let scim = server.client();
    scim.discover().await.unwrap();
    scim.resource::<Group>()
        .query()
        .count(200)
        .all()
        .await
        .unwrap();
    assert_eq!(
        server.seen().last().unwrap().0,
        "GET /v2/Groups?count=50&cursor="
    );
}

#[tokio::test]
async fn q03_a_cursor_changes_the_shape() {
    let server = Scripted::new(|request| match request.uri().query().unwrap() {
        "count=2&cursor=" => json(
            200,
            r#"{"itemsPerPage":1,"nextCursor":"a+b/c=","Resources":[{"id":"1","userName":"a"}]}"#,
        ),
        "count=2&cursor=a%2Bb%2Fc%3D" => json(
            200,
            r#"{"itemsPerPage":1,"Resources":[{"id":"2","userName":"b"}]}"#,
        ),
        other => panic!("{other}"),
    });
    let users = server.client().resource::<scim_client::User>();
    let all = users.query().count(2).cursor("").all().await.unwrap();
    assert_eq!(all.len(), 2);
}

#[tokio::test]
async fn q04_no_pages_at_all() {
    let everything = r#"{"totalResults":3,"Resources":[{"id":"1","userName":"a"},{"id":"2","userName":"b"},{"id":"3","userName":"c"}]}"#;
    let server = Scripted::answers(200, "application/json", everything);
    assert_eq!(ids(&server).await.1, 1);
    // The same two for ever, of nine: nothing twice, and an error instead of a loop.
    let stuck =
        r#"{"totalResults":9,"Resources":[{"id":"1","userName":"a"},{"id":"2","userName":"b"}]}"#;
    let server = Scripted::answers(200, "application/json", stuck);
    let users = server.client().resource::<scim_client::User>();
    let mut results = users.query().count(2).stream();
    let mut came = 0;
    let error = loop {
        match results.next().await.unwrap() {
            Ok(_) => came += 1,
            Err(error) => break error,
        }
    };
    assert_eq!((came, error.kind()), (2, ErrorKind::Paging));
    assert!(results.next().await.is_none());
}

#[tokio::test]
async fn q06_without_count_nothing_comes() {
    let server = Scripted::new(|request| {
        let query = request.uri().query().unwrap_or_default();
        if query.contains("count=") {
            json(
                200,
                r#"{"totalResults":1,"Resources":[{"id":"1","userName":"a"}]}"#,
            )
        } else {
            json(200, r#"{"totalResults":1,"Resources":[]}"#)
        }
    });
    let users = server.client().resource::<scim_client::User>();
    assert_eq!(users.query().all().await.unwrap().len(), 1);
    assert!(users.query().first().await.unwrap().is_some());
}

#[tokio::test]
async fn q07_no_resources_where_there_are_none() {
    let none = users(r#"{"totalResults":0}"#);
    assert!(none.query().all().await.unwrap().is_empty());
    assert!(none.query().first().await.unwrap().is_none());
}

#[tokio::test]
async fn q08_no_total() {
    let server = in_turn(&[
        r#"{"Resources":[{"id":"1","userName":"a"},{"id":"2","userName":"b"}]}"#,
        r#"{"Resources":[{"id":"3","userName":"c"}]}"#,
        r#"{"Resources":[]}"#,
    ]);
    assert_eq!(ids(&server).await.0, ["1", "2", "3"]);
    let error = users(r#"{"Resources":[]}"#)
        .query()
        .total()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
}

#[tokio::test]
async fn q09_items_per_page_is_what_was_asked() {
    let server = in_turn(&[
        r#"{"totalResults":2,"itemsPerPage":2,"startIndex":1,"Resources":[{"id":"1","userName":"a"}]}"#,
        r#"{"totalResults":2,"itemsPerPage":2,"startIndex":2,"Resources":[{"id":"2","userName":"b"}]}"#,
    ]);
    assert_eq!(ids(&server).await, (vec!["1".into(), "2".into()], 2));
    assert!(server.seen()[1].0.ends_with("?startIndex=2&count=2"));
}

#[tokio::test]
async fn q10_counts_from_zero() {
    // startIndex=1 is the second resource there, and the page after three begins at the fourth...
    let server = in_turn(&[
        r#"{"totalResults":4,"startIndex":0,"Resources":[{"id":"1","userName":"a"},{"id":"2","userName":"b"}]}"#,
        r#"{"totalResults":4,"startIndex":-1,"Resources":[{"id":"2","userName":"b"},{"id":"3","userName":"c"}]}"#,
    ]);
    let users = server.client().resource::<scim_client::User>();
    let mut results = users.query().count(2).stream().without_duplicates();
    let mut ids = Vec::new();
    while let Some(user) = results.next().await {
        ids.push(user.unwrap().id().to_owned());
    }
    assert_eq!(ids, ["1", "2", "3"]);
}

#[tokio::test]
async fn q11_pages_that_shift() {
    let server = in_turn(&[
        r#"{"totalResults":5,"Resources":[{"id":"1","userName":"a"},{"id":"2","userName":"b"}]}"#,
        r#"{"totalResults":5,"Resources":[{"id":"2","userName":"b"},{"id":"3","userName":"c"}]}"#,
        r#"{"totalResults":5,"Resources":[{"id":"4","userName":"d"}]}"#,
    ]);
    let users = server.client().resource::<scim_client::User>();
    let mut results = users.query().count(2).stream().without_duplicates();
    let mut count = 0;
    while let Some(user) = results.next().await {
        user.unwrap();
        count += 1;
    }
    assert_eq!((count, results.total_results()), (4, Some(5)));
}

#[tokio::test]
async fn q12_numbers_as_strings() {
    let page = users(
        r#"{"totalResults":"3","startIndex":"1","itemsPerPage":"1","Resources":[{"id":"1","userName":"a"}]}"#,
    );
    let page = page.query().await.unwrap();
    assert_eq!((page.total_results, page.start_index), (Some(3), Some(1)));
    let page = users(r#"{"totalResults":1,"startIndex":null,"Resources":[]}"#);
    assert_eq!(page.query().await.unwrap().start_index, None);
}

#[tokio::test]
async fn q25_one_bad_resource_is_one_error() {
    let page = users(
        r#"{"totalResults":3,"Resources":[{"id":"1","userName":"a"},{"id":"2","userName":"b","active":"perhaps"},{"id":"3","userName":"c"}]}"#,
    );
    let mut results = page.query().stream();
    let mut seen = Vec::new();
    while let Some(result) = results.next().await {
        seen.push(match result {
            Ok(user) => user.id().to_owned(),
            Err(error) => {
                assert_eq!(
                    error.body(),
                    Some(r#"{"id":"2","userName":"b","active":"perhaps"}"#)
                );
                error.decode_error().unwrap().places()[0].path().to_owned()
            }
        });
    }
    assert_eq!(seen, ["1", "Resources[1].active", "3"]);
}

#[tokio::test]
async fn q54_an_error_where_a_page_belongs() {
    let server = Scripted::answers(404, "text/html", "<html>no</html>");
    let error = once(&server)
        .resource::<Group>()
        .query()
        .all()
        .await
        .unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 404);
    assert!(!error.is_not_found() && error.body() == Some("<html>no</html>"));
}
