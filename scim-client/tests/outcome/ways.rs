//! A server that answers every write with success and did nothing of it, or something else: what each way of
//! writing makes of each of its answers.

use scim_client::{
    Error, ErrorKind, Json, Resource, Stored, User,
    client::{BulkOutcome, BulkResults, CreatedOrFound, Deferred, Written},
    http::{Method, Response},
    message::BulkOperation,
    patch::Patch,
};

use super::{
    USER, builder, methods,
    scripted::{Scripted, json},
    user,
};

/// The letter of a result: `O` for done, `W` for done as far as one exchange shows, `A` for accepted, `N` for
/// not applied, `n` for the same after reading it, `?` for an unknown outcome, `E` for any other error.
fn letter<T>(result: Result<T, Error>) -> char {
    match result {
        Ok(_) => 'O',
        Err(error) if error.kind() == ErrorKind::NotApplied => match error.is_outcome_unknown() {
            true => 'n',
            false => 'N',
        },
        Err(error) if error.is_outcome_unknown() => '?',
        Err(_) => 'E',
    }
}

fn once<T>(result: Result<Written<T>, Error>) -> char {
    match result {
        Ok(Written::NoBody(_)) => 'W',
        other => letter(other),
    }
}

fn later<T>(result: Result<Deferred<Written<T>>, Error>) -> char {
    match result {
        Ok(Deferred::Accepted(_)) => 'A',
        Ok(Deferred::Done(Written::NoBody(_))) => 'W',
        other => letter(other),
    }
}

fn change(user: &mut User) {
    user.title = Some("CTO".into());
    user.active = Some(false);
}

/// In this order: create, `create_or_get`; replace, `replace_at`, of `/Me`; patch of what was read, by `id`, of
/// `/Me`; update; one exchange; maybe later; delete, `if_exists`.
async fn letters(server: &Scripted) -> String {
    let scim = builder(server).build().unwrap();
    let (users, me) = (scim.resource::<User>(), scim.me::<User>());
    let new = User::new("babs").with_title("Guide");
    let mut changed = user();
    change(&mut changed);
    let patch = users.update(&user(), change).patch().unwrap();
    let found = users.create_or_get(&new, |u| u.user_name).await;
    let letters = [
        letter(users.create(&new).await),
        match found {
            Ok(CreatedOrFound::Found(_)) => 'F',
            other => letter(other),
        },
        ' ',
        letter(users.replace(&changed).await),
        letter(users.replace_at("1", &changed).await),
        letter(me.replace(&changed).await),
        ' ',
        letter(users.patch(&user()).then(patch.clone()).await),
        letter(users.patch("1").then(patch.clone()).await),
        letter(me.patch_stored(&user()).then(patch.clone()).await),
        letter(users.update(&user(), change).await),
        ' ',
        once(users.create(&new).no_refetch().await),
        once(users.replace(&changed).no_refetch().await),
        once(users.patch(&user()).then(patch.clone()).no_refetch().await),
        ' ',
        later(users.create(&new).respond_async(None).await),
        later(
            users
                .patch(&user())
                .then(patch.clone())
                .respond_async(None)
                .await,
        ),
        ' ',
        letter(users.delete("1").await),
        letter(users.delete("1").if_exists().await),
    ];
    letters.into_iter().collect()
}

const ANOTHER: &str = r#"{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "2",
    "userName": "mallory", "title": "CTO", "active": false, "meta": {"location": "/v2/Users/2"}}"#;
const LIST: &str = r#"{"schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], "totalResults": 0, "Resources": []}"#;
const LIST_OF_ONE: &str = r#"{"schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], "totalResults": 1, "Resources": [{"id": "1", "userName": "bjensen"}]}"#;
const ERROR: &str =
    r#"{"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": "500"}"#;

/// What the server answers to a write, and the letters.
const ANSWERS: [(u16, &str, &str); 36] = [
    (200, ANOTHER, "OO ?N? ?O?? O?? O? OO"),
    (201, ANOTHER, "OO ?N? ?O?? O?? O? OO"),
    (202, ANOTHER, "?? ??? ???? ??? AA OO"),
    (200, USER, "OO NON NNNN ONN ON OO"),
    (201, USER, "OO NON NNNN ONN ON OO"),
    (202, USER, "?? ??? ???? ??? AA OO"),
    (203, USER, "OO NON NNNN ONN ON OO"),
    (206, USER, "OO NON NNNN ONN ON OO"),
    (200, ERROR, "?? ??? ???? ??? ?? ??"),
    (
        200,
        r#"{"status": 500, "detail": "no"}"#,
        "?? ??? ???? ??? ?? ??",
    ),
    (200, r#"{"error": "no"}"#, "?? ??? ???? ??? ?? ??"),
    (
        200,
        r#"{"Errors": [{"code": "400", "description": "no"}]}"#,
        "?? ??? ???? ??? ?? ??",
    ),
    (
        202,
        r#"{"Errors": [{"code": "400", "description": "no"}]}"#,
        "?? ??? ???? ??? ?? ??",
    ),
    (
        200,
        r#"{"success": false, "error": null}"#,
        "?? ??? ???? ??? ?? ??",
    ),
    (
        200,
        r#"{"success": true, "errors": []}"#,
        "?? ??? ???? ??? ?? OO",
    ),
    (
        202,
        r#"{"jobId": "9", "success": false, "state": "queued"}"#,
        "?? ??? ???? ??? AA OO",
    ),
    (200, LIST, "?? ??? ???? ??? ?? OO"),
    (200, LIST_OF_ONE, "?? ??? ???? ??? ?? OO"),
    (200, "[]", "?? ??? ???? ??? ?? OO"),
    (
        200,
        r#"[{"id": "1", "userName": "bjensen"}]"#,
        "?? ??? ???? ??? ?? OO",
    ),
    (200, "{}", "?? ??? ???? ??? ?? OO"),
    (201, "{}", "?? ??? ???? ??? ?? OO"),
    (200, "null", "?? ??? ???? ??? ?? OO"),
    (200, "true", "?? ??? ???? ??? ?? OO"),
    (200, r#"{"id": "1"}"#, "?? ??? ???? ??? ?? OO"),
    (200, r#"{"userName": "bjensen"}"#, "?? NON NNNN ?NN ?N OO"),
    (200, "<html><body>Sign in", "?? ??? ???? ??? ?? ??"),
    (200, "\u{feff}<html><body>Sign in", "?? ??? ???? ??? ?? ??"),
    (202, "<html><body>Sign in", "?? ??? ???? ??? ?? ??"),
    (200, "OK", "?? ??? ???? ??? ?? OO"),
    (200, "", "?? nOn nnnn WWW WW OO"),
    (201, "", "?? nOn nnnn WWW WW OO"),
    (202, "", "?? ??? ???? ??? AA OO"),
    (204, "", "?? nOn nnnn WWW WW OO"),
    (207, "", "?? nOn nnnn WWW WW OO"),
    (304, "", "EE EEE EEEE EEE EE EE"),
];

/// GET gives what was there before, a search nothing.
#[tokio::test(start_paused = true)]
async fn each_answer_to_each_way_of_writing() {
    for (status, body, expected) in ANSWERS {
        let server =
            Scripted::new(move |request| reading(request, USER).unwrap_or(json(status, body)));
        assert_eq!(letters(&server).await, expected, "{status} {body}");
    }
    // The request itself, which has an `id` where it replaces: nobody can tell that from an answer.
    let echo = Scripted::new(|request| {
        reading(request, USER).unwrap_or(json(200, request.body().clone()))
    });
    assert_eq!(letters(&echo).await, "?? OOO ???? ?O? ?? OO");
}

/// Ways of saying that there is no error, and resources that have something of that name.
#[tokio::test]
async fn what_contradicts_nothing() {
    for (body, is_none) in [
        (r#"{"error": "none"}"#, true),
        (r#"{"error": "OK", "errorCode": 0}"#, true),
        (r#"{"errors": [{"code": "0", "message": "OK"}]}"#, true),
        (r#"{"error": {"code": 0}}"#, true),
        (r#"{"error": {"message": ""}}"#, true),
        (r#"{"errors": "0"}"#, true),
        (r#"{"errors": [null, " "]}"#, true),
        (
            r#"{"userName": "babs", "errors": ["warning: title is cut"]}"#,
            true,
        ),
        (r#"{"schemas": ["urn:x:Device"], "error": "E7"}"#, true),
        (
            r#"{"schemas": ["urn:x:api:messages:1.0:Failed"], "error": "E7"}"#,
            false,
        ),
        (r#"{"error": {"code": 7, "message": "OK"}}"#, false),
        (r#"{"error": {"message": "no"}}"#, false),
        (r#"{"errors": ["", "no"]}"#, false),
        (r#"{"error": true}"#, false),
        (r#"{"success": false, "error": "none"}"#, false),
    ] {
        let server = Scripted::new(move |_| json(200, body));
        let scim = builder(&server).build().unwrap();
        let expected = if is_none { 'O' } else { '?' };
        let deleted = scim.resource::<User>().delete("1").await;
        assert_eq!(letter(deleted), expected, "{body}");
        let accepted = Scripted::new(move |_| json(202, body));
        let scim_of_later = builder(&accepted).build().unwrap();
        let deleted = scim_of_later.resource::<User>().delete("1").await;
        assert_eq!(letter(deleted), 'O', "202 {body}");
    }
}

fn reading(
    request: &scim_client::http::Request<String>,
    user: &'static str,
) -> Option<Response<String>> {
    let is_search = request.uri().query().is_some();
    let read = if is_search { LIST } else { user };
    (request.method() == Method::GET).then(|| json(200, read))
}

/// What is read after a write that shows nothing is another resource.
#[tokio::test(start_paused = true)]
async fn another_resource_is_read_afterwards() {
    let server = Scripted::new(|request| reading(request, ANOTHER).unwrap_or(json(204, "")));
    assert_eq!(letters(&server).await, "?? ?n? ?O?? WWW WW OO");
    // After a conflict, nothing is written to that.
    let server = Scripted::new(|request| reading(request, ANOTHER).unwrap_or(json(412, "")));
    let users = builder(&server).build().unwrap().resource::<User>();
    let error = users
        .update(&user(), change)
        .retry_on_conflict()
        .await
        .unwrap_err();
    assert!(error.to_string().contains("another `id`"), "{error}");
    assert!(!error.is_outcome_unknown(), "nothing was written: {error}");
    assert_eq!(methods(&server), ["PATCH", "GET"]);
}

/// An `id` that changes with what it is made of, and other names of the resource.
#[tokio::test]
async fn a_resource_by_another_name() {
    let renamed = r#"{"id": "babs", "userName": "babs"}"#;
    let server = Scripted::new(move |_| json(200, renamed));
    let scim = builder(&server).build().unwrap();
    let users = scim.resource::<User>();
    let old = Stored::from_json(r#"{"id": "bjensen", "userName": "bjensen"}"#).unwrap();
    let now = users
        .update(&old, |u: &mut User| u.user_name = "babs".into())
        .await
        .unwrap();
    assert_eq!(now.id(), "babs");
    // A part of it is.
    let renamed = r#"{"id": "CN=babs,OU=People,DC=corp", "userName": "babs"}"#;
    let server = Scripted::new(move |_| json(200, renamed));
    let users = builder(&server).strict().build().unwrap();
    let users = users.resource::<User>();
    let old = r#"{"id": "CN=bjensen,OU=People,DC=corp", "userName": "bjensen"}"#;
    let old: Stored<User> = Stored::from_json(old).unwrap();
    let rename = |user: &mut User| user.user_name = "babs".into();
    let mut changed = old.clone();
    rename(&mut changed);
    for now in [
        users.update(&old, rename).await,
        users.replace(&changed).await,
        users.patch(&old).replace(|u| u.user_name, "babs").await,
        users.replace_at(old.id(), &changed).await,
    ] {
        assert_eq!(now.unwrap().id(), "CN=babs,OU=People,DC=corp");
    }
    let seven = r#"{"id": "7", "userName": "bjensen", "title": "CTO"}"#;
    let server = Scripted::new(move |_| json(200, seven));
    let users = builder(&server).build().unwrap().resource::<User>();
    let now = users
        .patch("bjensen")
        .replace(|u| u.title, "CTO")
        .await
        .unwrap();
    assert_eq!(now.id(), "7");
}

/// Also where the RFCs are read strictly: what is read by another name than its `id` is an error there, what is
/// written is not.
#[tokio::test(start_paused = true)]
async fn a_resource_that_is_written_by_any_name() {
    let seven = r#"{"id": "7", "userName": "bjensen", "title": "CTO"}"#;
    for status in [200, 204] {
        let server = Scripted::new(move |request| {
            let body = if status == 204 { "" } else { seven };
            reading(request, seven).unwrap_or(json(status, body))
        });
        let users = builder(&server).strict().build().unwrap();
        let users = users.resource::<User>();
        let new = User::new("bjensen").with_title("CTO");
        for name in ["me", "ext-1", "bjensen"] {
            let now = users.patch(name).replace(|u| u.title, "CTO").await;
            assert_eq!(now.unwrap().id(), "7", "{status} {name}");
            let now = users.replace_at(name, &new).await;
            assert_eq!(now.unwrap().id(), "7", "{status} {name}");
            assert!(users.get(name).await.is_err());
        }
    }
}

/// The same in the results of a bulk: created, replaced, changed, deleted.
#[tokio::test]
async fn each_result_of_a_bulk() {
    for (response, expected) in [
        (ANOTHER, "O???"),
        (ERROR, "????"),
        (r#"{"status": 500, "detail": "no"}"#, "????"),
        (r#"{"Errors": [{"code": "400"}]}"#, "????"),
        (r#"{"error": "no"}"#, "????"),
        (USER, "ONNO"),
        ("[]", "OOOO"),
        ("{}", "OOOO"),
        (r#"{"id": "1"}"#, "OOOO"),
        (
            r#"{"displayName": "B", "errors": ["warning: title is cut"]}"#,
            "OOOO",
        ),
    ] {
        let server = Scripted::new(move |request| {
            let sent: serde_json::Value = serde_json::from_str(request.body()).unwrap();
            let results: Vec<_> = sent["Operations"].as_array().unwrap().iter().map(|operation| {
                let response: serde_json::Value = serde_json::from_str(response).unwrap();
                serde_json::json!({
                    "method": operation["method"], "bulkId": operation["bulkId"], "status": "200",
                    "location": "https://scim.example/v2/Users/1", "response": response,
                })
            }).collect();
            json(200, serde_json::json!({"Operations": results}).to_string())
        });
        let scim = builder(&server).build().unwrap();
        let mut changed = user();
        change(&mut changed);
        let mut bulk = scim.bulk();
        bulk.create(&User::new("babs"));
        bulk.replace(&changed);
        bulk.patch(&user(), |patch| patch.replace(|u| u.title, "CTO"));
        bulk.delete::<User>("1");
        let results = bulk.await.unwrap();
        let letters: String = results
            .iter()
            .map(|outcome| letter(outcome.into_result()))
            .collect();
        assert_eq!(letters, expected, "{response}");
    }
}

/// Results that are matched by more than their location: of a request for each operation, and of operations
/// whose `bulkId` the server returns.
#[tokio::test]
async fn another_resource_in_a_bulk() {
    let told = |results: &BulkResults| -> String {
        let letter = |outcome: BulkOutcome<Json>| {
            if let Some(error) = outcome.error() {
                assert!(error.to_string().contains("another `id`"), "{error}");
            }
            letter(outcome.into_result())
        };
        results.iter().map(letter).collect()
    };
    let server = Scripted::new(|request| match request.uri().path().ends_with("/Bulk") {
        true => json(404, ""),
        false => json(200, ANOTHER),
    });
    let scim = builder(&server).build().unwrap();
    let mut changed = user();
    change(&mut changed);
    let mut bulk = scim.bulk();
    bulk.create(&User::new("babs"));
    bulk.replace(&changed);
    bulk.patch(&user(), |patch| patch.replace(|u| u.title, "CTO"));
    bulk.patch("1", |patch: Patch<User>| patch.replace(|u| u.title, "CTO"));
    bulk.delete::<User>("1");
    let results = bulk.fall_back_to_single_requests().await.unwrap();
    assert_eq!(told(&results), "O??OO");

    let server =
        Scripted::new(|request| {
            let sent: serde_json::Value = serde_json::from_str(request.body()).unwrap();
            let results: Vec<_> = sent["Operations"].as_array().unwrap().iter().map(|operation| {
            let response: serde_json::Value = serde_json::from_str(ANOTHER).unwrap();
            serde_json::json!({
                "method": operation["method"], "bulkId": operation["bulkId"], "status": "200",
                "location": "https://scim.example/v2/Users/2", "response": response,
            })
        }).collect();
            json(200, serde_json::json!({"Operations": results}).to_string())
        });
    let scim = builder(&server).build().unwrap();
    let whole = |name: &str| Json::parse(&User::new(name).to_json()).unwrap();
    let patch = Patch::<User>::new()
        .replace(|u| u.title, "CTO")
        .to_message();
    let mut bulk = scim.bulk();
    bulk.operation(BulkOperation::put("/Users/1", whole("babs")).with_bulk_id("a"));
    // By another of its names, as far as it shows; and by what may be any name.
    bulk.operation(BulkOperation::put("/Users/3", whole("mallory")).with_bulk_id("b"));
    bulk.operation(BulkOperation::patch("/Users/4", &patch).with_bulk_id("c"));
    assert_eq!(told(&bulk.await.unwrap()), "?OO");
}
