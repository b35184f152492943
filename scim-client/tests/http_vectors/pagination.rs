//! Sequences of pages.

use scim_client::{ErrorKind, User, message::ScimType};
use serde_json::Value;

use crate::{
    client,
    common::{self, scripted::Scripted},
    id, number, rows,
};

#[tokio::test]
async fn pagination() {
    let mut judged = 0;
    for row in &rows("pagination") {
        let id = id(row);
        let pages = row["pages"].as_array().unwrap().clone();
        let Some(first) = pages.first() else {
            continue;
        };
        let served = pages.clone();
        let count = std::sync::atomic::AtomicUsize::new(0);
        let server = Scripted::new(move |_| {
            let at = count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            match served.get(at) {
                Some(page) => {
                    let answer = &page["response"];
                    let status = number(&answer["status"]).and_then(|s| u16::try_from(s).ok());
                    let body = answer.get("body").unwrap_or(answer);
                    common::scripted::json(status.unwrap_or(200), body.to_string())
                }
                None => common::scripted::json(500, ""),
            }
        });
        let query = client(&server)
            .resource::<User>()
            .query()
            .attributes(|u| u.user_name);
        let wanted = |name: &str| match &first["request"] {
            Value::String(text) => text.split('&').find_map(|part| {
                let (key, value) = part.split_once('=')?;
                (key == name).then(|| value.to_owned())
            }),
            json => json
                .get(name)
                .map(|v| v.as_str().map_or(v.to_string(), str::to_owned)),
        };
        let post = first["request"].is_object();
        let mut query = if post { query.via_post() } else { query };
        if let Some(count) = wanted("count").and_then(|count| count.parse().ok()) {
            query = query.count(count);
        }
        if let Some(start) = wanted("startIndex").and_then(|start| start.parse().ok()) {
            query = query.start_index(start);
        }
        if let Some(cursor) = wanted("cursor") {
            query = query.cursor(cursor);
        }
        let mut results = query.stream();
        let (mut ids, mut error) = (Vec::new(), None);
        while let Some(result) = results.next().await {
            match result {
                Ok(user) => ids.push(user.id().to_owned()),
                Err(failed) => error = Some(failed),
            }
        }
        let seen = server.seen();
        let ids_of = |page: &Value| -> Vec<String> {
            let users = page["response"]["Resources"]
                .as_array()
                .into_iter()
                .flatten();
            users
                .map(|user| user["id"].as_str().unwrap().to_owned())
                .collect()
        };
        let last = &pages.last().unwrap()["response"];
        let cursor_of = |page: &Value| {
            let cursor = page["response"]["nextCursor"].as_str();
            cursor
                .filter(|cursor| !cursor.is_empty())
                .map(str::to_owned)
        };
        let goes_on = last["nextCursor"]
            .as_str()
            .is_some_and(|cursor| !cursor.is_empty());
        let two = pages.len() > 1;
        let before_last = &pages[pages.len().saturating_sub(2)];
        let same_cursor = two
            && goes_on
            && pages[..pages.len() - 1]
                .iter()
                .any(|p| cursor_of(p) == cursor_of(pages.last().unwrap()));
        let same_page = two
            && !ids_of(before_last).is_empty()
            && ids_of(before_last) == ids_of(pages.last().unwrap());
        // What the server counts has not come, although it was asked for again.
        let is_early = two
            && !goes_on
            && ids_of(before_last).is_empty()
            && ids_of(pages.last().unwrap()).is_empty();
        let fails = number(&last["status"]).filter(|status| *status >= 400);
        let delivered = if same_page {
            &pages[..pages.len() - 1]
        } else {
            &pages[..]
        };
        let expected: Vec<String> = delivered.iter().flat_map(ids_of).collect();
        assert_eq!(ids, expected, "{id}");
        if let Some(status) = fails {
            // As it was said, and not begun anew.
            let error = error.unwrap();
            assert_eq!(error.status().unwrap().as_u16(), status as u16, "{id}");
            let body = last.get("body").unwrap_or(last);
            assert_eq!(
                error.scim_type().map(ScimType::as_str),
                body["scimType"].as_str(),
                "{id}"
            );
        } else if same_page && last["totalResults"].is_null() && !goes_on {
            assert!(error.is_none(), "{id}: a server without pages: {error:?}");
        } else if same_page || same_cursor || is_early {
            assert_eq!(error.unwrap().kind(), ErrorKind::Paging, "{id}");
        } else if goes_on {
            // The vector shows the beginning only; the script ends with a 500.
            assert_eq!(error.unwrap().status().unwrap(), 500, "{id}");
        } else {
            assert!(error.is_none(), "{id}: {error:?}");
        }
        if !goes_on || same_cursor {
            assert_eq!(seen.len(), pages.len(), "{id}: requests");
        }
        for (page, (request, body)) in pages.iter().zip(&seen) {
            match &page["request"] {
                Value::String(expected) => {
                    let query = request.split_once('?').unwrap().1;
                    for part in expected.split('&') {
                        assert!(query.split('&').any(|found| found == part), "{id}: {query}");
                    }
                    let both = query.contains("cursor=") && query.contains("startIndex=");
                    assert!(!both, "{id}: never both");
                }
                json => {
                    let sent: Value = serde_json::from_str(body).unwrap();
                    for (name, value) in json.as_object().unwrap() {
                        assert_eq!(&sent[name], value, "{id}");
                    }
                }
            }
        }
        assert!(seen.iter().all(|(request, _)| request.starts_with(if post {
            "POST"
        } else {
            "GET"
        })));
        judged += 1;
    }
    println!("pagination: {judged} passed");
    assert!(judged > 0);
}
