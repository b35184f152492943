//! Secrets of a request in what is not the answer to it alone: in what is read after a write, in the
//! elements of a list, and where a message shows a part of what came.

use scim_client::{
    ErrorKind, Json, NotApplied, Resource, Stored, User,
    client::{Client, RetryPolicy},
    filter::Filter,
    http::Method,
    message::BulkOperation,
    patch::Patch,
};
use serde_json::json;

use super::{
    everything,
    network::{Does, Network},
};

const PASSWORD: &str = "t1meMa/$\"h\u{e4}& een";

fn client(network: &Network) -> Client {
    Client::builder("https://scim.example/v2")
        .bearer_token("t0p-secret-of-babs")
        .retry(RetryPolicy::never())
        .transport(network.clone())
        .build()
        .unwrap()
}

fn hidden(error: &scim_client::Error, what: &str) {
    let text = everything(error);
    assert!(text.contains("<redacted>"), "{what}: {text}");
    assert!(
        !text.contains("t1meMa") && !text.contains("een"),
        "{what}: {text}"
    );
}

fn says(status: u16, body: String) -> Does {
    Does::Answers(status, Vec::new(), body)
}

/// The password in a string of JSON.
fn quoted() -> String {
    json!(PASSWORD)
        .to_string()
        .trim_matches('"')
        .replace("\\\"", "\\u0022")
}

#[tokio::test]
async fn what_is_read_after_a_write_is_about_the_write() {
    let babs: Stored<User> =
        Stored::from_json(r#"{"id":"1","userName":"u","meta":{"version":"W/\"1\""}}"#).unwrap();
    for (status, body) in [
        (
            200,
            format!(r#"{{"id":"1","userName":{{"a":"{}"}}}}"#, quoted()),
        ),
        (200, format!("<html><title>{PASSWORD}</title>")),
        (
            400,
            format!(r#"{{"status":"400","detail":"{}"}}"#, quoted()),
        ),
        (500, PASSWORD.to_owned()),
    ] {
        let network = Network::new(move |_, request| match *request.method() {
            Method::GET => says(status, body.clone()),
            Method::PUT | Method::PATCH | Method::POST => {
                let place = "https://scim.example/v2/Users/1".to_owned();
                Does::Answers(204, vec![("Location", place)], String::new())
            }
            _ => Does::Hangs,
        });
        let users = client(&network).resource::<User>();
        let user = User::new("u").with_password(PASSWORD);
        hidden(&users.create(&user).await.unwrap_err(), "create");
        hidden(&users.replace_at("1", &user).await.unwrap_err(), "replace");
        let patch = users.patch("1").replace(|u| u.password, PASSWORD);
        hidden(&patch.await.unwrap_err(), "patch");
        let update = users.update(&babs, |u| u.password = PASSWORD.into());
        hidden(&update.await.unwrap_err(), "update");
    }
    // What is read before the same is tried again.
    let network = Network::new(|_, request| match *request.method() {
        Method::GET => says(500, PASSWORD.to_owned()),
        _ => says(412, String::new()),
    });
    let users = client(&network).resource::<User>();
    let update = users.update(&babs, |u| u.password = PASSWORD.into());
    hidden(&update.retry_on_conflict().await.unwrap_err(), "conflict");
    // Where the place of what was created is looked at.
    let network = Network::new(|_, request| match *request.method() {
        Method::GET => says(404, format!("<title>no {PASSWORD}")),
        _ => {
            let place = "https://scim.example/v2/Users/1".to_owned();
            Does::Answers(
                201,
                vec![("Location", place)],
                r#"{"userName":"u"}"#.to_owned(),
            )
        }
    });
    let users = client(&network).resource::<User>();
    let user = User::new("u").with_password(PASSWORD);
    let text = everything(&users.create(&user).await.unwrap_err());
    assert!(
        text.contains("nothing at its location") && !text.contains("t1meMa"),
        "{text}"
    );
}

#[tokio::test]
async fn the_elements_of_a_list_keep_no_secret() {
    let body = format!(
        r#"{{"Resources":[{{"id":"1","userName":{{"a":"{} t0p-secret-of-babs"}}}},
            {{"id":"2","{}\ud83d":1}}]}}"#,
        quoted(),
        quoted(),
    );
    let filter: Filter = format!("password eq \"{}\"", quoted()).parse().unwrap();
    for post in [false, true] {
        let body = body.clone();
        let network = Network::new(move |_, _| says(200, body.clone()));
        let users = client(&network).resource::<User>();
        let query = || {
            let query = users.query().filter_by(filter.clone());
            if post { query.via_post() } else { query }
        };
        let mut raws = Vec::new();
        for read in query().await.unwrap().resources {
            let error = read.unwrap_err();
            raws.push(format!("{} {error} {error:?}", error.raw()));
        }
        let mut pages = query().pages();
        while let Some(page) = pages.next().await {
            for read in page.unwrap().resources {
                let error = read.unwrap_err();
                raws.push(format!("{} {error} {error:?}", error.raw()));
            }
        }
        assert_eq!(raws.len(), 4);
        for raw in raws {
            assert!(raw.contains("<redacted>"), "{raw}");
            assert!(
                !raw.contains("t1meMa") && !raw.contains("t0p-secret"),
                "{raw}"
            );
        }
        for ahead in [0, 2] {
            let mut stream = query().stream().prefetch(ahead);
            for _ in 0..2 {
                hidden(&stream.next().await.unwrap().unwrap_err(), "stream");
            }
        }
    }
    // And where there is no list.
    for (status, body) in [
        (200, format!(r#"{{"detail":"{}"}}"#, quoted())),
        (400, format!(r#"{{"detail":"{} is no filter"}}"#, quoted())),
    ] {
        let network = Network::new(move |_, _| says(status, body.clone()));
        let users = client(&network).resource::<User>();
        for query in [users.query(), users.query().via_post()] {
            hidden(
                &query.filter_by(filter.clone()).await.unwrap_err(),
                "no list",
            );
        }
    }
}

/// Of a secret that is cut, the rest could not be found.
#[tokio::test]
async fn what_a_message_cuts_is_cleaned_before() {
    let long = "x".repeat(190);
    let user = User::new("u").with_password(PASSWORD);
    for status in [200, 201, 502] {
        let page = format!("<html><title>{long} {PASSWORD} is wrong</title>");
        let network = Network::new(move |_, _| says(status, page.clone()));
        let users = client(&network).resource::<User>();
        hidden(&users.create(&user).await.unwrap_err(), "page");
    }
    let own = "Acme/Start?of#it;and the/rest";
    let user = User::new("u").with_password(own);
    for place in ["https://other.example/", "/"] {
        let network = Network::new(move |_, _| {
            Does::Answers(
                302,
                vec![("Location", format!("{place}{own}"))],
                String::new(),
            )
        });
        let users = client(&network).resource::<User>();
        let error = users.create(&user).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Redirect);
        let text = everything(&error);
        assert!(
            !text.contains("Acme") && text.contains("<redacted>"),
            "{text}"
        );
    }
    // Followed, to where something else answers.
    let own = "Acme/Start?of;and/rest";
    let user = User::new("u").with_password(own);
    let network = Network::new(move |number, _| match number {
        0 => Does::Answers(307, vec![("Location", format!("/v2/{own}"))], String::new()),
        _ => says(200, "<html>Sign in".to_owned()),
    });
    let users = client(&network).resource::<User>();
    let text = everything(&users.create(&user).await.unwrap_err());
    assert!(!text.contains("Acme") && text.contains("Sign"), "{text}");
}

#[tokio::test]
async fn results_that_are_nobodys_keep_no_secret() {
    let result = |name: &str| {
        json!({
            "method": "POST", "bulkId": name, "status": "400", "location": format!("/Users/{PASSWORD}"),
            "response": {"detail": PASSWORD}, "description": PASSWORD, "more": [PASSWORD],
        })
    };
    let body = json!({"Operations": [result("made up"), result("too")]}).to_string();
    let network = Network::new(move |_, _| says(200, body.clone()));
    let scim = client(&network);
    let mut bulk = scim.bulk();
    bulk.create(&User::new("u").with_password(PASSWORD));
    bulk.operation(BulkOperation::delete("/Users/1"));
    let results = bulk.await.unwrap();
    assert_eq!(results.unmatched().len(), 2);
    for result in results.unmatched() {
        let others: Vec<_> = result.extra.iter().map(|(_, json)| json.as_str()).collect();
        let response = result.response.as_ref().map(scim_client::Json::as_str);
        let told = format!(
            "{response:?} {:?} {:?} {others:?}",
            result.description, result.location
        );
        assert_eq!(told.matches("<redacted>").count(), 4, "{told}");
        assert!(!told.contains("t1meMa"), "{told}");
    }
}

/// What a result of success shows: another resource, or what was there before.
#[tokio::test]
async fn results_that_are_errors_keep_no_secret() {
    let stored: Stored<User> =
        Stored::from_json(r#"{"id":"1","userName":"u","title":"Guide"}"#).unwrap();
    let encoded = "t1meMa%2F%24%22h%C3%A4%26%20een";
    for (id, words) in [("7", "another `id`"), ("1", "title")] {
        let resource = json!({
            "id": id, "userName": "mallory", "title": "Guide", "password": encoded, "nickName": encoded,
        });
        // A request for each operation, and a bulk of one whose name the server returns.
        for is_bulk in [false, true] {
            let resource = resource.clone();
            let network = Network::new(move |_, request| {
                match (request.uri().path().ends_with("/Bulk"), is_bulk) {
                    (true, false) => says(404, String::new()),
                    (true, true) => {
                        let method = if id == "7" { "PUT" } else { "PATCH" };
                        let result = json!({
                            "method": method, "bulkId": "own", "status": "200",
                            "location": "https://scim.example/v2/Users/1", "response": resource,
                        });
                        says(200, json!({"Operations": [result]}).to_string())
                    }
                    _ => says(200, resource.to_string()),
                }
            });
            let patch = Patch::<User>::new()
                .replace(|u| u.title, "CTO")
                .replace(|u| u.password, PASSWORD);
            let mut bulk = client(&network).bulk();
            let error = if is_bulk && id == "7" {
                let data = Json::parse(&User::new("u").with_password(PASSWORD).to_json()).unwrap();
                let operation = BulkOperation::put("/Users/1", data).with_bulk_id("own");
                let one = bulk.operation(operation);
                bulk.await.unwrap().get(one).error().cloned()
            } else {
                let one = bulk.patch(&stored, |_| patch);
                let results = bulk.fall_back_to_single_requests().await.unwrap();
                results.get(one).error().cloned()
            };
            let error = error.unwrap();
            assert!(error.to_string().contains(words), "{is_bulk} {error}");
            let kept = error.not_applied().map(NotApplied::response);
            let kept = kept.or(error.body()).unwrap();
            assert_eq!(kept.matches("<redacted>").count(), 2, "{kept}");
            assert!(!everything(&error).contains("t1meMa") && !kept.contains("t1meMa"));
        }
    }
}
