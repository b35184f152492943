//! Seen on several servers, whatever their make.

use scim_client::{
    ErrorKind, Group, Json, User,
    client::{CreatedOrFound, Operation as _},
    filter::Filter,
};

use crate::{
    once,
    scripted::{Scripted, json},
    users,
};

#[tokio::test]
async fn a_created_resource_without_id_and_location() {
    let server = Scripted::answers(201, "application/json", r#"{"userName":"a"}"#);
    let error = once(&server)
        .resource::<User>()
        .create(&User::new("a"))
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.status().unwrap().as_u16()),
        (ErrorKind::Decode, 201)
    );
    assert_eq!(error.body(), Some(r#"{"userName":"a"}"#));
}

#[tokio::test]
async fn a_location_that_ends_in_something_else() {
    let server = Scripted::new(|_| {
        let mut response = json(201, r#"{"id":"17","userName":"a"}"#);
        let location = "https://scim.example/v2/Users/bjensen".parse().unwrap();
        response.headers_mut().insert("location", location);
        response
    });
    let created = server
        .client()
        .resource::<User>()
        .create(&User::new("a"))
        .await
        .unwrap();
    assert_eq!(created.id(), "17");
}

#[tokio::test]
async fn count_zero_gives_everything() {
    let everything =
        r#"{"totalResults":2,"Resources":[{"id":"1","userName":"a"},{"id":"2","userName":"b"}]}"#;
    assert_eq!(users(everything).query().total().await.unwrap(), 2);
}

#[tokio::test]
async fn the_first_page_again_past_the_end() {
    let server = Scripted::new(|request| {
        let query = request.uri().query().unwrap_or_default();
        let second = query.contains("startIndex=3");
        let page = if second {
            r#"{"totalResults":3,"Resources":[{"id":"3","userName":"c"}]}"#
        } else {
            r#"{"totalResults":3,"Resources":[{"id":"1","userName":"a"},{"id":"2","userName":"b"}]}"#
        };
        json(200, page)
    });
    let users = server.client().resource::<User>();
    let all = users.query().count(2).all().await.unwrap();
    assert_eq!((all.len(), server.seen().len()), (3, 2));
}

#[test]
fn filters_are_sent_as_plain_text() {
    let filter = |value: &str| {
        let query = users("{}").query();
        let request = query
            .filter(|u| u.display_name.eq(value))
            .request()
            .unwrap();
        request.uri().query().unwrap().to_owned()
    };
    assert_eq!(filter("Jörg"), "filter=displayName%20eq%20%22J%C3%B6rg%22");
    assert_eq!(filter("a\"b"), "filter=displayName%20eq%20%22a%5C%22b%22");
}

#[tokio::test]
async fn a_filter_that_is_dropped_finds_everybody() {
    let server = Scripted::new(|request| match request.method().as_str() {
        "POST" => json(409, r#"{"status":"409","scimType":"uniqueness"}"#),
        _ => json(
            200,
            r#"{"totalResults":2,"Resources":[{"id":"1","userName":"alice"},{"id":"2","userName":"bob"}]}"#,
        ),
    });
    let users = server.client().resource::<User>();
    // Not Alice, who comes first.
    let found = users
        .create_or_get(&User::new("Bob"), |u| u.user_name)
        .await
        .unwrap();
    let CreatedOrFound::Found(found) = found else {
        panic!("created")
    };
    assert_eq!(found.id(), "2");
    let error = users
        .create_or_get(&User::new("eve"), |u| u.user_name)
        .await
        .unwrap_err();
    assert!(error.is_uniqueness());
}

#[tokio::test]
async fn a_patch_that_answers_200_without_any_change() {
    let server = Scripted::answers(200, "application/json", r#"{"id":"1","userName":"a"}"#);
    let users = server.client().resource::<User>();
    let patch = || users.patch("1").replace(|u| u.title, "t");
    let error = patch().await.unwrap_err();
    assert_eq!(error.not_applied().unwrap().path(), "title");
    // What the server says, not what was asked for.
    let changed = patch().check_applied(false).await.unwrap();
    assert_eq!(changed.title, None);
}

#[tokio::test]
async fn a_patch_that_fails_halfway_says_so() {
    let server = Scripted::answers(
        400,
        "application/json",
        r#"{"scimType":"noTarget","status":400}"#,
    );
    let users = once(&server).resource::<User>();
    let error = users
        .patch("1")
        .replace(|u| u.title, "t")
        .await
        .unwrap_err();
    assert_eq!(error.scim_type().unwrap().as_str(), "noTarget");
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_version_that_stays_after_a_change() {
    let server = Scripted::new(|_| {
        let mut response = json(200, r#"{"id":"1","userName":"a","title":"t"}"#);
        response
            .headers_mut()
            .insert("etag", "W/\"same\"".parse().unwrap());
        response
    });
    let users = server.client().resource::<User>();
    let mut babs = users.get("1").await.unwrap();
    for _ in 0..2 {
        babs = users.patch(&babs).replace(|u| u.title, "t").await.unwrap();
        assert_eq!(babs.meta().version.as_deref(), Some("W/\"same\""));
    }
    // `If-Match: *` is never made up.
    users.delete("1").await.unwrap();
    assert!(server.headers(3).get("if-match").is_none());
    assert_eq!(server.headers(2)["if-match"], "W/\"same\"");
}

#[tokio::test]
async fn both_statuses_of_a_version_mismatch() {
    for (status, body) in [
        (412, ""),
        (412, "<html>"),
        (409, r#"{"status":"409","detail":"version"}"#),
    ] {
        let server = Scripted::answers(status, "application/json", body);
        let users = once(&server).resource::<User>();
        let error = users
            .patch("1")
            .replace(|u| u.title, "t")
            .await
            .unwrap_err();
        assert!(error.is_version_mismatch(), "{status} {body}");
    }
}

#[tokio::test]
async fn bulk_results_reordered_and_with_another_status() {
    let server = Scripted::answers(
        412,
        "application/json",
        r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkResponse"],"Operations":[
            {"method":"DELETE","location":"https://scim.example/v2/Users/2","status":{"code":"204"}},
            {"method":"DELETE","location":"https://scim.example/v2/Users/1","status":412}]}"#,
    );
    let mut bulk = server.client().bulk();
    let first = bulk.delete::<User>("1");
    let second = bulk.delete::<User>("2");
    let results = bulk.await.unwrap();
    assert!(results.get(first).error().unwrap().is_version_mismatch());
    assert!(results.get(second).is_done());
}

#[tokio::test]
async fn too_many_operations_by_400() {
    for complaint in [
        r#"{"status":"400","scimType":"tooMany"}"#,
        r#"{"status":"400","detail":"Too many operations"}"#,
        r#"{"status":"400","detail":"exceeds maxOperations (2)"}"#,
    ] {
        let server = Scripted::new(move |request| {
            let body: serde_json::Value = serde_json::from_str(request.body()).unwrap();
            let operations = body["Operations"].as_array().unwrap();
            if operations.len() > 2 {
                return json(400, complaint);
            }
            let results: Vec<_> = operations
                .iter()
                .map(|o| serde_json::json!({"method": "DELETE", "location": o["path"], "status": "204"}))
                .collect();
            let schemas = ["urn:ietf:params:scim:api:messages:2.0:BulkResponse"];
            json(
                200,
                serde_json::json!({"schemas": schemas, "Operations": results}).to_string(),
            )
        });
        let mut bulk = once(&server).bulk();
        for id in 0..7 {
            bulk.delete::<User>(id.to_string());
        }
        let results = bulk.await.unwrap();
        assert!(results.all_done(), "{complaint}");
    }
    // Any other 400 is one.
    let server = Scripted::answers(400, "application/json", r#"{"status":"400","detail":"no"}"#);
    let mut bulk = once(&server).bulk();
    bulk.delete::<User>("1");
    bulk.delete::<User>("2");
    assert_eq!(bulk.await.unwrap_err().detail(), Some("no"));
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn deletions_of_all_kinds() {
    for (status, body) in [
        (200, r#"{"id":"1","userName":"a","active":false}"#),
        (200, "deleted"),
        (202, ""),
        (204, ""),
    ] {
        let server = Scripted::answers(status, "text/html", body);
        once(&server).resource::<User>().delete("1").await.unwrap();
    }
    let server = Scripted::answers(404, "application/scim+json", "");
    let users = once(&server).resource::<User>();
    assert!(!users.delete("1").if_exists().await.unwrap());
    let server = Scripted::answers(404, "text/html", "");
    let users = once(&server).resource::<User>();
    users.delete("1").if_exists().await.unwrap_err();
    let server = Scripted::answers(500, "text/html", "");
    let error = once(&server)
        .resource::<User>()
        .delete("1")
        .await
        .unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 500);
}

#[tokio::test(start_paused = true)]
async fn a_minute_to_wait_is_for_the_application_to_decide() {
    let server = Scripted::new(|_| {
        let mut response = json(429, "");
        response
            .headers_mut()
            .insert("retry-after", "60".parse().unwrap());
        response
    });
    let error = server
        .client()
        .resource::<User>()
        .get("1")
        .await
        .unwrap_err();
    assert_eq!(
        error.retry_after(),
        Some(std::time::Duration::from_secs(60))
    );
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn an_unknown_type_among_the_answers() {
    scim_client::one_of! {
        enum Principal { User(User), Group(Group) }
    }
    let page = r#"{"totalResults":9,"Resources":[{"id":"x","meta":{"resourceType":"Robot"}},{"id":"y","meta":{"resourceType":"Robot"}}]}"#;
    let server = Scripted::answers(200, "application/json", page);
    // The same page for ever: told by the ids of what nobody knows.
    let mut found = server.client().query::<Principal>().count(2).stream();
    let mut unknown: Vec<Json> = Vec::new();
    let error = loop {
        match found.next().await.unwrap() {
            Ok(scim_client::client::AnyOf(Principal::Unknown(json))) => unknown.push(json),
            Ok(other) => panic!("{other:?}"),
            Err(error) => break error,
        }
    };
    assert_eq!((unknown.len(), error.kind()), (2, ErrorKind::Paging));
    assert_eq!(server.seen()[0].0, "GET /v2?startIndex=1&count=2");
}

#[tokio::test]
async fn filters_of_extensions_have_their_urn() {
    let server = Scripted::answers(200, "application/json", r#"{"totalResults":0}"#);
    let users = server.client().resource::<User>();
    let urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber";
    users
        .query()
        .filter(|u| u.enterprise_user.employee_number.eq("1"))
        .await
        .unwrap();
    let filter: Filter = format!("{urn} eq \"1\"").parse().unwrap();
    let request = users.query().filter_by(filter).request().unwrap();
    assert_eq!(
        format!("GET {}", request.uri().path_and_query().unwrap()),
        server.seen()[0].0
    );
}
