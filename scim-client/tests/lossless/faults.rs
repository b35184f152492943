//! One element that is not JSON, or no text, is one `Err`; the others arrive.

use std::task::{Context, Poll};

use scim_client::{
    Client, Group, Json, Partial, Resource, Stored, User, bytes, http,
    json::{DecodeError, ProblemKind},
    message::{BulkResponse, ErrorMessage, ListResponse, Outcome, ScimType},
};

use crate::{
    scripted::{Scripted, json as answer},
    user,
};

type Page = ListResponse<Outcome<Stored<User>>>;

/// A page of three users, of which the second is `fault`.
fn page(fault: &str) -> String {
    format!(
        r#"{{"totalResults":3,"Resources":[{{"id":"1","userName":"a"}}, {fault} ,{{"id":"3","userName":"c"}}],"itemsPerPage":3}}"#
    )
}

/// Whether 1 and 3 arrive and 2 is an error that keeps the text.
fn costs_only_itself(fault: &str) {
    let text = page(fault);
    let list: Page = ListResponse::from_json(&text).unwrap_or_else(|e| panic!("{fault:.80}: {e}"));
    assert_eq!(list.items_per_page, Some(3));
    let ids: Vec<_> = list
        .resources
        .iter()
        .map(|user| user.as_ref().map(Stored::id).map_err(DecodeError::raw))
        .collect();
    assert_eq!(ids, [Ok("1"), Err(fault), Ok("3")]);
    let error = list.resources[1].as_ref().unwrap_err();
    assert!(error.to_string().contains("Resources[1]"), "{error}");
    assert!(!error.is_truncated());

    let list: ListResponse<Outcome<Partial<User>>> = ListResponse::from_json(&text).unwrap();
    assert!(list.resources[0].is_ok() && list.resources[1].is_err() && list.resources[2].is_ok());
}

#[test]
fn half_of_a_surrogate_pair() {
    costs_only_itself(r#"{"id":"2","userName":"b","displayName":"x\ud83d"}"#);
    costs_only_itself(r#"{"id":"2","userName":"b","emails":[{"value":"\uDE00","type":"\n"}]}"#);
    costs_only_itself(r#"{"id":"2","userName":"b","ext\ud83d":1}"#);
    costs_only_itself(r#"{"id":"\ud83d","userName":"b"}"#);
    costs_only_itself(r#"{"id":"2","userName":"b","active":"\ud83d"}"#);
    costs_only_itself(r#"{"id":"2","userName":"b","name":"\ud83d"}"#);

    let case: serde_json::Value =
        serde_json::from_str(include_str!("../cases/04-lone-surrogate.json")).unwrap();
    let list: Page = ListResponse::from_json(case["body_text"].as_str().unwrap()).unwrap();
    let error = list.resources[1].as_ref().unwrap_err();
    assert_eq!(error.places()[0].path(), "Resources[1].displayName");
    assert_eq!(error.places()[0].kind(), &ProblemKind::NotUnicode);
}

#[test]
fn half_of_a_surrogate_pair_is_kept_where_nobody_reads_it() {
    const TEXT: &str =
        r#"{"id":"2","userName":"b\ud83d\ude00","note":"x\ud83d","deep":{"a\udead":["\ud83d"]}}"#;
    let read = user(TEXT);
    assert_eq!(read.user_name, "b😀");
    assert_eq!(read.extra.get("note").unwrap().as_str(), r#""x\ud83d""#);
    assert_eq!(read.extra.get("note").unwrap().to_value(), "x\u{fffd}");
    let written = read.to_json();
    assert!(
        written.contains(r#""note":"x\ud83d","deep":{"a\udead":["\ud83d"]}"#),
        "{written}"
    );
    assert_eq!(user(&written), read);
    assert_eq!(serde_json::to_string(&read).unwrap(), written);
    assert_eq!(
        serde_json::from_str::<Stored<User>>(&written).unwrap(),
        read
    );
    let mut other = read.clone();
    other
        .extra
        .insert("note", Json::parse(r#""x\ud83e""#).unwrap());
    assert_ne!(other, read);
    assert_eq!(
        scim_client::patch::diff(&read, &other)
            .unwrap()
            .operations()
            .len(),
        1
    );
    assert!(Stored::<User>::from_json_strict(TEXT).is_err());
    // No other format can hold it.
    assert!(serde_json::to_value(&read).is_err());
}

#[test]
fn what_is_no_json() {
    for fault in [
        r#"{"id":"2","userName":"b","x":NaN}"#,
        r#"{"id":"2","userName":"b","active":True,"x":[1,}]}"#
            .replace("}]}", "]}")
            .as_str(),
        r#"{"id":"2","userName":"b\q"}"#,
        r#"{"id":"2","userName":"b\u00"}"#,
        "{\"id\":\"2\",\"userName\":\"b\tc\nd\u{0}\"}",
        "{\"id\":\"2\",\"userName\":\"b\",\"unknown\":\"\u{1}]}\\\"\"}",
        r#"{"id":"2","userName":"b","x":01}"#,
        r#"{"id":"2","userName":"b",}"#,
        r#"{"id":"2" "userName":"b"}"#,
        r#"{id:"2","userName":"b"}"#,
        "NaN",
        "undefined",
        "\"\\q\"",
    ] {
        costs_only_itself(fault);
    }
    let deep = format!(
        r#"{{"id":"2","userName":"b","x":{}1{}}}"#,
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    costs_only_itself(&deep);
    let list: Page = ListResponse::from_json(&page("{\"id\":\"2\",\n\"x\":NaN}")).unwrap();
    let error = list.resources[1]
        .as_ref()
        .unwrap_err()
        .syntax_error()
        .unwrap()
        .clone();
    assert_eq!((error.line(), error.column(), error.offset()), (2, 5, 15));
}

#[test]
fn where_no_end_is_found_it_is_the_page() {
    for fault in [
        r#"{"id":"2","userName":"b"#,
        r#"{"id":"2","x":[1}"#,
        r#"{"id":"2"}}"#,
        r#"{"id":"2"} x"#,
    ] {
        let text = page(fault);
        let read: Result<Page, _> = ListResponse::from_json(&text);
        assert!(read.is_err(), "{fault}");
    }
    let cut = page(r#"{"id":"2"}"#);
    let cut = &cut[..cut.find("userName\":\"c").unwrap()];
    let error = Page::from_json(cut).unwrap_err();
    assert!(error.syntax_error().unwrap().is_eof());
    // As it was, when strict.
    assert!(Page::from_json_strict(&page(r#"{"x":NaN}"#)).is_err());
}

/// Identifiers, or the text that is in place of an element; and what else the page says.
fn read(text: &str) -> (Vec<String>, Page) {
    let list: Page = ListResponse::from_json(text).unwrap_or_else(|e| panic!("{text}: {e}"));
    let one = |user: &Outcome<Stored<User>>| match user {
        Ok(user) => user.id().to_owned(),
        Err(error) => format!("<{}>", error.raw()),
    };
    (list.resources.iter().map(one).collect(), list)
}

#[test]
fn commas_too_many_or_too_few() {
    const A: &str = r#"{"id":"1","userName":"a"}"#;
    const B: &str = r#"{"id":"2","userName":"b"}"#;
    for (elements, ids) in [
        (format!("{A},{B},"), &["1", "2"][..]),
        (format!("{A},{B} ,\n"), &["1", "2"]),
        (format!("{A} {B}"), &["1", "2"]),
        (format!("{A},,{B}"), &["1", "2"]),
        (format!(",{A}, ,{B},,"), &["1", "2"]),
        (format!("{A}{B},NaN,"), &["1", "2", "<NaN>"]),
        (",".to_owned(), &[]),
    ] {
        for text in [
            format!("[{elements}]"),
            format!(r#"{{"totalResults":2,"Resources":[{elements}],"itemsPerPage":2}}"#),
        ] {
            let (found, list) = read(&text);
            assert_eq!(found, ids, "{text}");
            assert_eq!(list.items_per_page, text.starts_with('{').then_some(2));
            assert!(Page::from_json_strict(&text).is_err(), "{text}");
        }
    }
    let (found, _) = read(&format!("[{A}{}{B}]", ", ".repeat(100_000)));
    assert_eq!(found, ["1", "2"]);
    let text = format!(r#"{{,"totalResults":2,,"Resources":[{A},{B}] "startIndex":1 ,}}"#);
    let (found, list) = read(&text);
    assert_eq!(found, ["1", "2"]);
    assert_eq!((list.total_results, list.start_index), (Some(2), Some(1)));
    assert!(Page::from_json_strict(&text).is_err());
    for text in [
        "[1 2]",
        "[1,]]",
        r#"{"Resources":[1,}"#,
        r#"{"a":1,"#,
        r#"{"a":1,,"#,
    ] {
        assert!(Page::from_json(text).is_err(), "{text}");
    }
}

#[test]
fn members_of_the_page_that_are_no_json() {
    const USERS: &str = r#"[{"id":"1","userName":"a"}]"#;
    for fault in ["NaN", "undefined", r#""\q""#, "", "+1", "{a:1}"] {
        for name in [
            "totalResults",
            "startIndex",
            "itemsPerPage",
            "schemas",
            "other",
        ] {
            for text in [
                format!(r#"{{"{name}":{fault},"Resources":{USERS},"nextCursor":"c"}}"#),
                format!(r#"{{"nextCursor":"c","Resources":{USERS},"{name}": {fault} }}"#),
            ] {
                let (found, list) = read(&text);
                assert_eq!(found, ["1"], "{text}");
                assert_eq!(list.next_cursor.as_deref(), Some("c"), "{text}");
                assert_eq!(list.total_results, None);
                let kept = list.extra.get(name).map(Json::to_value);
                assert_eq!(kept, Some(fault.into()), "{text}");
                assert!(Page::from_json_strict(&text).is_err(), "{text}");
            }
        }
    }
    // No list ends because its cursor cannot be read.
    for (fault, cursor) in [
        ("abc", "abc"),
        (r#""a\q""#, r"a\q"),
        (r#""\ud83d""#, r"\ud83d"),
    ] {
        let text = format!(r#"{{"nextCursor":{fault},"Resources":{USERS}}}"#);
        let (found, list) = read(&text);
        assert_eq!(found, ["1"]);
        assert_eq!(list.next_cursor.as_deref(), Some(cursor), "{text}");
    }
}

#[tokio::test]
async fn the_stream_goes_on_over_commas_and_members() {
    for (body, faults) in [
        (
            r#"{"totalResults":NaN,,"Resources":[{"id":"1","userName":"a"},,{"id":"3","userName":"c"},],}"#,
            0,
        ),
        (
            r#"[,{"id":"1","userName":"a"}{"id":"3","userName":"c"},]"#,
            0,
        ),
        (
            r#"{"Resources":[{"id":"1","userName":"a"},NaN,,{"id":"3","userName":"c"}],"startIndex":NaN,"totalResults":3}"#,
            1,
        ),
    ] {
        let server = Scripted::new(move |_| answer(200, body));
        let mut stream = server.client().resource::<User>().query().stream();
        let (mut ids, mut found) = (Vec::new(), 0);
        while let Some(user) = stream.next().await {
            match user {
                Ok(user) => ids.push(user.id().to_owned()),
                Err(_) => found += 1,
            }
        }
        assert_eq!(
            (ids, found),
            (vec!["1".to_owned(), "3".to_owned()], faults),
            "{body}"
        );
        let all = server.client().resource::<User>().query().all().await;
        assert!(all.is_ok() == (faults == 0), "{body}");
    }
    // A comma too many is no resource: the next page begins where the last one ended.
    let server = Scripted::new(|request| {
        let rest = match request.uri().to_string().contains("startIndex=3") {
            true => r#"{"id":"3","userName":"c"}"#,
            false => r#"{"id":"1","userName":"a"},,{"id":"2","userName":"b"},"#,
        };
        answer(
            200,
            format!(r#"{{"totalResults":3,"Resources":[{rest}]}}"#).leak(),
        )
    });
    let all = server
        .client()
        .resource::<User>()
        .query()
        .all()
        .await
        .unwrap();
    assert_eq!(all.len(), 3);
}

#[test]
fn in_bulk_responses() {
    let read = |text: &str| {
        let bulk = BulkResponse::from_json(text).unwrap_or_else(|e| panic!("{text}: {e}"));
        let one = |result: &scim_client::message::BulkResult| {
            (result.bulk_id.clone().unwrap_or_default(), result.status)
        };
        bulk.operations.iter().map(one).collect::<Vec<_>>()
    };
    const A: &str = r#"{"bulkId":"1","status":"201"}"#;
    let two = [("1".to_owned(), Some(201)), ("2".to_owned(), Some(204))];
    let nothing = (String::new(), None);
    let three = [two[0].clone(), nothing.clone(), two[1].clone()];
    let unknown = [two[0].clone(), ("2".to_owned(), None)];
    for (rest, wanted) in [
        (r#","#, &two[..1]),
        (r#",{"bulkId":"2","status":"204"},"#, &two),
        (r#"{"bulkId":"2","status":"204",}"#, &two),
        (r#",{,"bulkId":"2",,"status":{"code":204,}}"#, &two),
        (
            r#",{"location":NaN,"bulkId":"2","status":"204","version":"\q"}"#,
            &two,
        ),
        (
            r#",{"location":"\ud83d","bulkId":"2","status":"204"}"#,
            &two,
        ),
        (r#",,{"bulkId":"2","status":"204"}"#, &three),
        (r#",{"a" 1},{"bulkId":"2","status":"204"}"#, &three),
        (r#",NaN,{"bulkId":"2","status":"204"}"#, &three),
        (r#",{"bulkId":"2","status":NaN}"#, &unknown),
        (r#",{"bulkId":"2","status":}"#, &unknown),
    ] {
        let text = format!(r#"{{"schemas":NaN,,"Operations":[{A}{rest}],"x":NaN}}"#);
        assert_eq!(read(&text), wanted, "{text}");
    }
    let bad = BulkResponse::from_json(r#"{"Operations":[{"a" 1}]}"#).unwrap();
    let text = bad.operations[0].response.as_ref().unwrap().to_value();
    assert_eq!(text, r#"{"a" 1}"#);
    for text in [
        r#"{"Operations":[{"a":[1}]}"#,
        r#"{"Operations":[1"#,
        r#"{"Operations":[1,]]}"#,
    ] {
        assert!(BulkResponse::from_json(text).is_err(), "{text}");
    }
}

#[test]
fn many_faults_cost_what_they_are() {
    let fault = r#"{"id":"2","userName":"\ud83d"},{"id":"2","x":NaN}"#;
    let faults = vec![fault; 20_000].join(",");
    let text = page(&faults);
    let start = std::time::Instant::now();
    let list: Page = ListResponse::from_json(&text).unwrap();
    assert_eq!(list.resources.len(), 40_002);
    assert_eq!(list.resources.iter().filter(|user| user.is_ok()).count(), 2);
    assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
}

#[tokio::test]
async fn the_stream_goes_on() {
    let body: &'static str = page(r#"{"id":"2","userName":"b\ud83d","x":nan}"#).leak();
    let server = Scripted::new(move |_| answer(200, body));
    let mut stream = server.client().resource::<User>().query().stream();
    let mut seen = Vec::new();
    while let Some(user) = stream.next().await {
        seen.push(
            user.map(|user| user.id().to_owned())
                .map_err(|error| error.to_string()),
        );
    }
    assert_eq!(seen.len(), 3, "{seen:?}");
    assert!(seen[1].is_err() && seen[2].is_ok(), "{seen:?}");
}

#[tokio::test]
async fn of_several_types() {
    scim_client::one_of! {
        /// A user or a group.
        enum Either { User(User), Group(Group) }
    }
    let body: &'static str = r#"{"totalResults":2,"Resources":[
        {"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"1","userName":"a","x":NaN},
        {"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"2","userName":"b"}]}"#;
    let server = Scripted::new(move |_| answer(200, body));
    let mut stream = server.client().search::<Either>().stream();
    assert!(stream.next().await.unwrap().is_err());
    assert!(stream.next().await.unwrap().is_ok());
}

#[test]
fn in_messages() {
    let bulk = BulkResponse::from_json(
        r#"{"Operations":[{"bulkId":"1","status":"201","response":{"a":NaN},"location":"/Users/1"},
            {"bulkId":"2","status":"400","response":{"detail":"\ud83d"}}],"x\ud83d":"\ud83d"}"#,
    )
    .unwrap();
    let first = &bulk.operations[0];
    assert_eq!(
        (first.status, first.location.as_deref()),
        (Some(201), Some("/Users/1"))
    );
    assert_eq!(first.response.as_ref().unwrap().to_value(), r#"{"a":NaN}"#);
    let second = bulk.operations[1].response.as_ref().unwrap();
    assert_eq!(
        ErrorMessage::from_value(second.to_value())
            .detail
            .as_deref(),
        Some("\u{fffd}")
    );
}

#[tokio::test]
async fn in_what_a_bulk_sends() {
    let server = Scripted::new(|_| answer(200, r#"{"Operations":[]}"#));
    let client = server.client();
    let user = User::from_json(r#"{"userName":"u","note":"\ud83d"}"#).unwrap();
    let mut bulk = client.bulk();
    bulk.create(&user);
    let _outcome = bulk.await;
    let (_, body) = server.seen().pop().unwrap();
    assert!(body.contains(r#""note":"\ud83d""#), "{body}");
}

#[test]
fn around_the_elements() {
    let list: Page = ListResponse::from_json(
        r#"{"warnings":[NaN],"Resources":[{"id":"1","userName":"a"}],"note\ud83d":"\ud83d"}"#,
    )
    .unwrap();
    assert_eq!(list.resources.len(), 1);
    assert_eq!(list.extra.get("warnings").unwrap().to_value(), "[NaN]");
    assert_eq!(
        list.extra.get("note\u{fffd}").unwrap().as_str(),
        r#""\ud83d""#
    );
}

#[tokio::test]
async fn bytes_that_are_not_utf_8() {
    #[derive(Clone)]
    struct Latin1(&'static [u8]);
    impl tower_service::Service<http::Request<scim_client::transport::RequestBody>> for Latin1 {
        type Response = http::Response<http_body_util::Full<bytes::Bytes>>;
        type Error = std::convert::Infallible;
        type Future = std::future::Ready<Result<Self::Response, Self::Error>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
            Poll::Ready(Ok(()))
        }

        fn call(&mut self, _: http::Request<scim_client::transport::RequestBody>) -> Self::Future {
            let body = http_body_util::Full::new(bytes::Bytes::from_static(self.0));
            std::future::ready(Ok(http::Response::new(body)))
        }
    }
    let users = |body: &'static [u8]| {
        let client = Client::builder("https://scim.example/v2").service(Latin1(body));
        client.build().unwrap().resource::<User>()
    };
    let mut stream = users(
        b"{\"Resources\":[{\"id\":\"1\",\"userName\":\"a\"},{\"id\":\"2\",\"userName\":\"J\xF6rg\"},
            {\"id\":\"3\",\"userName\":\"c\xEF\xBF\xBD\"}]}",
    )
    .query()
    .stream();
    assert_eq!(stream.next().await.unwrap().unwrap().id(), "1");
    let error = stream.next().await.unwrap().unwrap_err();
    assert!(error.to_string().contains("not UTF-8"), "{error}");
    assert_eq!(stream.next().await.unwrap().unwrap().user_name, "c\u{fffd}");
    let error = users(b"{\"id\":\"1\",\"userName\":\"J\xF6rg\"}")
        .get("1")
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("the body is not UTF-8 text"),
        "{error}"
    );
}

#[tokio::test]
async fn in_errors() {
    let server = Scripted::answers(
        400,
        "application/scim+json",
        r#"{"status":"400","scimType":"tooMany","detail":"cut \ud83d","n":1e400}"#,
    );
    let error = server
        .client()
        .resource::<User>()
        .get("1")
        .await
        .unwrap_err();
    assert_eq!(error.detail(), Some("cut \u{fffd}"));
    assert_eq!(error.scim_type().map(ScimType::as_str), Some("tooMany"));
    for body in [
        r#"{"status":"400","n":NaN,"scimType":"tooMany","detail":"no"}"#,
        r#"{"status":"400",,"scimType":"tooMany","detail":"no",}"#,
        r#"{"n":,"status":"400","scimType":"tooMany","detail":"no","x":[NaN,{"a":undefined}]}"#,
    ] {
        let server = Scripted::answers(400, "application/scim+json", body);
        let error = server.client().resource::<User>().get("1").await;
        let error = error.unwrap_err();
        assert_eq!(error.detail(), Some("no"), "{body}");
        assert_eq!(error.scim_type().map(ScimType::as_str), Some("tooMany"));
        // Under a status of success it is an error too.
        let server = Scripted::answers(200, "application/scim+json", body);
        let error = server.client().resource::<User>().get("1").await;
        assert!(error.unwrap_err().to_string().contains("no"), "{body}");
    }
}

#[test]
fn one_resource_says_where() {
    let error = User::from_json(r#"{"userName":"a","name":{"familyName":"\ud83d"}}"#).unwrap_err();
    assert_eq!(
        error.to_string(),
        "name.familyName: half of a surrogate pair in the text"
    );
}
