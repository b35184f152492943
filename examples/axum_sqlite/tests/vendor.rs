//! A vendor's manner around the service provider with SQLite: a layer over any service.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests may panic")]

use std::sync::Arc;

use scim_axum_sqlite_example::{open, router};
use scim_client::{
    Client, Group, Json, Profile, User,
    client::RetryPolicy,
    group::Member,
    http::Method,
    testing::{Faults, Misbehaviour},
};
use serde_json::{Value, json};

/// A client without profile of a new service provider of one tenant, in this manner.
fn client(manner: Misbehaviour) -> Client {
    client_with(manner, "secret")
}

fn client_with(manner: Misbehaviour, token: &str) -> Client {
    let tenants = vec![("acme".to_owned(), "secret".to_owned())];
    let faults = Faults::new();
    faults.add(manner);
    Client::builder("https://scim.example/scim/v2")
        .bearer_token(token)
        .retry(RetryPolicy::never())
        .service(faults.around(router(open(":memory:").unwrap(), tenants)))
        .build()
        .unwrap()
}

fn vendor(name: &str) -> Misbehaviour {
    Misbehaviour::respond_as(name).unwrap()
}

async fn ask(scim: &Client, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let mut request = scim.request(method, path);
    for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
        request = request.parameter(name, value);
    }
    if let Some(body) = body {
        request = request.body(Json::parse(&body.to_string()).unwrap());
    }
    match request.send().await {
        Ok(answer) => {
            let json = answer.value().as_ref().map(Json::to_value);
            (answer.status().as_u16(), json.unwrap_or_default())
        }
        Err(error) => {
            let body = error.body().unwrap_or_default();
            let body = serde_json::from_str(body).unwrap_or_default();
            (error.status().unwrap().as_u16(), body)
        }
    }
}

#[tokio::test]
async fn as_entra_answers() {
    let scim = client(vendor("entra"));
    for at in 0..130 {
        let user = json!({"userName": format!("u{at}"),
            "emails": [{"value": format!("{at}@a"), "type": "work"}]});
        assert_eq!(ask(&scim, Method::POST, "/Users", Some(user)).await.0, 201);
    }
    // Documents are elsewhere, and say what is left out.
    let (status, config) = ask(&scim, Method::GET, "/serviceproviderconfig", None).await;
    assert_eq!((status, &config["bulk"]["supported"]), (200, &json!(false)));
    assert_eq!(config["pagination"]["index"], false);
    assert_eq!(config["pagination"]["defaultPaginationMethod"], "cursor");

    // Lists have cursors, asked for or not; resource types are in lower case, locations relative.
    let (_, page) = ask(&scim, Method::GET, "/Users?startIndex=5", None).await;
    assert!(page["nextCursor"].is_string() && page["startIndex"].is_null());
    let babs = &page["Resources"][0];
    let id = babs["id"].as_str().unwrap();
    assert_eq!(babs["meta"]["resourceType"], "user");
    assert_eq!(babs["meta"]["location"], format!("/Users/{id}"));
    let users = scim.resource::<User>();
    assert_eq!(users.query().all().await.unwrap().len(), 130);

    // What Entra ID's provisioning asks for is understood.
    for filter in [
        r#"emails[type eq "work"].value eq "7@a""#,
        r#"userName EQ "U7""#,
    ] {
        let path = format!("/Users?filter={filter}");
        let (status, list) = ask(&scim, Method::GET, &path, None).await;
        assert_eq!(
            (status, &list["totalResults"]),
            (200, &json!(1)),
            "{filter}"
        );
    }

    // PATCH has no body, PUT and bulk are not there, members do not come back.
    let title = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "Add", "path": "title", "value": "T"}]});
    let path = format!("/Users/{id}");
    let patched = ask(&scim, Method::PATCH, &path, Some(title)).await;
    assert_eq!(patched, (204, Value::Null));
    assert_eq!(ask(&scim, Method::GET, &path, None).await.1["title"], "T");
    let put = json!({"userName": "x"});
    assert_eq!(
        ask(&scim, Method::PUT, &path, Some(put.clone())).await.0,
        501
    );
    assert_eq!(ask(&scim, Method::POST, "/Bulk", Some(put)).await.0, 501);
    let groups = scim.resource::<Group>();
    let group = Group::new("g").with_members([Member::new(id)]);
    let group = groups.create(&group).await.unwrap();
    assert!(group.members.is_empty());
    let path = format!(r#"/Groups?filter=members eq "{id}""#);
    let found = ask(&scim, Method::GET, &path, None).await;
    assert_eq!(found.1["totalResults"], 1);
    // Too much at once is refused, but what is not there is said first.
    let many: Vec<_> = (0..21).map(|at| Member::new(at.to_string())).collect();
    let refused = groups.patch(&group).add(|g| g.members, many.clone()).await;
    let refused = refused.unwrap_err();
    assert_eq!(refused.status().unwrap(), 400);
    let nowhere = groups.patch("nobody").add(|g| g.members, many).await;
    assert!(nowhere.unwrap_err().is_not_found());
}

#[tokio::test]
async fn as_others_answer() {
    // Google has no pages; lists are whole, of more resources than a page has behind it.
    let google = client(vendor("google"));
    for at in 0..230 {
        let user = json!({"userName": format!("u{at}")});
        assert_eq!(
            ask(&google, Method::POST, "/Users", Some(user)).await.0,
            201
        );
    }
    let list = ask(&google, Method::GET, "/Users?count=5&startIndex=9", None);
    let (_, list) = list.await;
    assert_eq!(list["Resources"].as_array().unwrap().len(), 230);
    assert_eq!(list["Resources"][0]["meta"]["version"], Value::Null);
    let (_, config) = ask(&google, Method::GET, "/ServiceProviderConfig", None).await;
    assert_eq!(config["etag"]["supported"], false);

    let aws = client(vendor("aws"));
    let user = aws
        .resource::<User>()
        .create(&User::new("b"))
        .await
        .unwrap();
    let co = ask(&aws, Method::GET, r#"/Users?filter=userName co "b""#, None).await;
    assert_eq!((co.0, &co.1["scimType"]), (400, &json!("invalidFilter")));
    assert_eq!(ask(&aws, Method::GET, "/Me", None).await.0, 404);
    let search = aws.resource::<User>().query().via_post().await;
    assert!(search.unwrap_err().is_not_found());

    let salesforce = client(vendor("salesforce"));
    let config = |path| ask(&salesforce, Method::GET, path, None);
    assert_eq!(config("/ServiceProviderConfigs").await.0, 200);
    assert_eq!(config("/ServiceProviderConfig").await.0, 404);

    let sap = client(vendor("sap-ias"));
    let created = sap
        .resource::<User>()
        .create(&User::new("x"))
        .await
        .unwrap();
    assert_eq!(created.meta().version.as_deref(), Some("1"));

    // Whoever may not ask at all is told that.
    let stranger = client_with(vendor("entra"), "wrong");
    let path = format!("/Users/{}", user.id());
    let put = ask(
        &stranger,
        Method::PUT,
        &path,
        Some(json!({"userName": "x"})),
    );
    assert_eq!(put.await.0, 401);
}

#[tokio::test]
async fn a_bulk_request_has_the_manner_in_each_operation() {
    let profile = Profile::from_json(
        r#"{"capabilities": {"put": false}, "quoteVersions": true,
            "patch": {"capitalisedOps": true, "removal": "valueList"}}"#,
    );
    let scim = client(Misbehaviour::RespondAs(Arc::new(profile.unwrap())));
    let patch = |operation: Value| {
        json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [operation]})
    };
    let group = json!({"displayName": "g", "members": [{"value": "a"}, {"value": "b"}]});
    let created = ask(&scim, Method::POST, "/Groups", Some(group)).await.1;
    let path = format!("/Groups/{}", created["id"].as_str().unwrap());
    let operations = json!([
        {"method": "POST", "path": "/Users", "bulkId": "u", "data": {"userName": "u"}},
        {"method": "PUT", "path": path, "data": {"displayName": "other"}},
        {"method": "PATCH", "path": path, "bulkId": "p",
            "data": patch(json!({"op": "replace", "path": "displayName", "value": "h"}))},
        {"method": "PATCH", "path": path,
            "data": patch(json!({"op": "Remove", "path": "members", "value": [{"value": "a"}]}))},
    ]);
    let bulk = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": operations});
    let (status, answer) = ask(&scim, Method::POST, "/Bulk", Some(bulk.clone())).await;
    assert_eq!(status, 200);
    let results = answer["Operations"].as_array().unwrap();
    let said: Vec<_> = results
        .iter()
        .map(|one| [&one["method"], &one["bulkId"], &one["status"]].map(|v| v.as_str()))
        .collect();
    assert_eq!(
        said,
        [
            [Some("POST"), Some("u"), Some("201")],
            [Some("PUT"), None, Some("501")],
            [Some("PATCH"), Some("p"), Some("400")],
            [Some("PATCH"), None, Some("200")],
        ]
    );
    assert_eq!(results[0]["version"], "1");
    assert!(
        results[2]["response"]["detail"]
            .as_str()
            .unwrap()
            .contains("Replace")
    );
    let after = ask(&scim, Method::GET, &path, None).await.1;
    assert_eq!(after["displayName"], "g");
    assert_eq!(after["members"].as_array().unwrap().len(), 1);

    // As many errors as are allowed, and no more is tried.
    let mut bulk = bulk;
    bulk["failOnErrors"] = json!(1);
    bulk["Operations"][0]["data"]["userName"] = json!("v");
    let (_, answer) = ask(&scim, Method::POST, "/Bulk", Some(bulk)).await;
    assert_eq!(answer["Operations"].as_array().unwrap().len(), 2);
}
