//! Resources that are read from their page when they are asked for: the same as from pages that are
//! read as a whole, which they are where pages are asked for ahead.

use std::sync::atomic::{AtomicUsize, Ordering};

use scim_client::{ErrorKind, Stored, User, client::Results};

use super::{
    common::scripted::{Scripted, json},
    page,
};

/// Page after page, whatever it is asked for; the last one for ever.
fn pages(pages: Vec<String>) -> Scripted {
    let next = AtomicUsize::new(0);
    Scripted::new(move |_| {
        let number = next.fetch_add(1, Ordering::SeqCst);
        json(200, &pages[number.min(pages.len() - 1)])
    })
}

/// Everything that comes: identifiers, and errors in words.
async fn read(mut results: Results<Stored<User>>) -> Vec<String> {
    let mut came = Vec::new();
    while let Some(result) = results.next().await {
        came.push(match result {
            Ok(user) => user.id().to_owned(),
            Err(error) => error.to_string(),
        });
        assert!(came.len() < 200_000, "it does not end");
    }
    came
}

fn range(from: u64, to: u64) -> Vec<u64> {
    (from..=to).collect()
}

#[tokio::test]
async fn it_makes_no_difference_when_a_page_is_read() {
    let total = r#""totalResults":6,"#;
    let many = range(1, 20_000);
    let mut turned = many.clone();
    turned.reverse();
    let no_ids = r#"{"Resources":[{"userName":"a"},{"userName":"b"}]}"#.to_owned();
    let cases = [
        vec![page(&[1, 2, 3], total), page(&[4, 5, 6], total)],
        // Some moved to the next page.
        vec![
            page(&[1, 2, 3], total),
            page(&[3, 2, 4], total),
            page(&[5, 6], total),
        ],
        // It knows no pages: the same again, in another order, and longer than what is remembered.
        vec![page(&[1, 2, 3], "")],
        vec![page(&[1, 2, 3], total)],
        vec![page(&[1, 2, 3], ""), page(&[3, 1, 2], "")],
        vec![page(&many, ""), page(&turned, "")],
        vec![page(&many, r#""totalResults":20000,"#)],
        vec![
            page(&many, ""),
            page(&range(20_001, 20_010), ""),
            page(&[1, 2], ""),
            page(&[], ""),
        ],
        // Without identifiers.
        vec![no_ids.clone()],
        vec![page(&[1, 2], ""), no_ids, page(&[3], ""), page(&[], "")],
        // Elements that cannot be read have their places in the whole list.
        vec![
            page(&[1, 2], r#""totalResults":5,"#),
            r#"{"totalResults":5,"Resources":[{"id":"3","userName":"c"},{"id":"4"},{"id":}]}"#
                .to_owned(),
        ],
        vec![
            r#"{"nextCursor":"x","Resources":[{"id":"1"},{"id":"2","userName":"b"}]}"#.to_owned(),
            r#"{"Resources":[{"id":"3"},{"id":"4","userName":"d"}]}"#.to_owned(),
        ],
        // One alone, and what is no list.
        vec![r#"{"totalResults":1,"Resources":{"id":"1","userName":"a"}}"#.to_owned()],
        vec![page(&[1, 2], total), r#"{"detail":"gone"}"#.to_owned()],
        vec![page(&[1, 2], total), "[]".to_owned()],
        vec![r#"{"totalResults":"many","Resources":[{"id":"1","userName":"a"}]}"#.to_owned()],
        vec![r#"{"Resources":[],"totalResults":0}"#.to_owned()],
    ];
    for case in cases {
        for most in [None, Some(2), Some(3)] {
            let query = || {
                let query = pages(case.clone())
                    .client()
                    .resource::<User>()
                    .query()
                    .count(3);
                match most {
                    Some(most) => query.max_resources(most).max_pages(most),
                    None => query,
                }
            };
            let (lazily, whole) = (read(query().stream()), read(query().stream().prefetch(1)));
            let (lazily, whole) = (lazily.await, whole.await);
            let start: String = case[0].chars().take(200).collect();
            let last = |came: &[String]| came.last().cloned();
            let ends = (last(&lazily), last(&whole));
            assert!(lazily == whole, "{most:?} {start}: {ends:?}");
        }
    }
}

#[tokio::test]
async fn what_stands_before_a_fault_is_given() {
    let broken = r#"{"totalResults":9,"Resources":[{"id":"1","userName":"a"},{"id":"2","userName":"b"}],"x":"#;
    let server = pages(vec![broken.to_owned()]);
    let users = server.client().resource::<User>();
    let mut results = users.query().stream();
    for id in ["1", "2"] {
        assert_eq!(results.next().await.unwrap().unwrap().id(), id);
    }
    let error = results.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(error.status().map(|status| status.as_u16()), Some(200));
    assert!(results.next().await.is_none());
    assert_eq!(server.seen().len(), 1);
    // A page that is read as a whole is one error.
    assert!(users.query().pages().next().await.unwrap().is_err());
}

#[tokio::test]
async fn the_total_is_known_with_the_first_resource() {
    for text in [
        r#"{"totalResults":2,"Resources":[{"id":"1","userName":"a"},{"id":"2","userName":"b"}]}"#,
        r#"{"Resources":[{"id":"1","userName":"a"},{"id":"2","userName":"b"}],"totalResults":2}"#,
    ] {
        let server = pages(vec![text.to_owned()]);
        let mut results = server.client().resource::<User>().query().stream();
        assert_eq!(results.total_results(), None);
        results.next().await.unwrap().unwrap();
        assert_eq!(results.total_results(), Some(2), "{text}");
        results.next().await.unwrap().unwrap();
        assert!(results.next().await.is_none());
        assert_eq!(results.total_results(), Some(2), "{text}");
    }
}
