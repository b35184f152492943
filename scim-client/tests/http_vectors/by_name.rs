//! Rules for rows whose expectation is in words.

use scim_client::{
    Client, ErrorKind, User,
    client::Operation as _,
    http::{HeaderMap, Request},
};
use serde_json::Value;

use crate::{
    common::{self, scripted::Scripted},
    id, response_of, served,
};

/// Rows whose expectation is in words. False if there is no rule for it here.
pub(crate) async fn by_name(row: &Value) -> bool {
    let id = id(row);
    let one = || Scripted::answers(200, "application/json", r#"{"id":"1","userName":"server"}"#);
    match id.as_str() {
        "HX-001" | "HX-002" => {
            let server = one();
            let users = server.client().resource::<User>();
            users.get("1").await.unwrap();
            users.create(&User::new("x")).await.unwrap();
            let (get, post): (HeaderMap, HeaderMap) = (server.headers(0), server.headers(1));
            assert!(
                get["accept"]
                    .to_str()
                    .unwrap()
                    .starts_with("application/scim+json")
            );
            assert!(get.get("content-type").is_none() && server.seen()[0].1.is_empty());
            assert_eq!(post["content-type"], "application/scim+json");
        }
        "HX-008" => {
            let created = one()
                .client()
                .resource::<User>()
                .create(&User::new("mine"))
                .await;
            assert_eq!(created.unwrap().user_name, "server");
        }
        "HX-030" => {
            let server = one();
            let users = server.client().resource::<User>();
            users
                .patch("1")
                .replace(|u| u.title, "t")
                .check_applied(false)
                .attributes(|u| u.user_name)
                .await
                .unwrap();
            users
                .create(&User::new("x"))
                .attributes(|u| u.user_name)
                .await
                .unwrap();
            users
                .replace_at("1", &User::new("x"))
                .check_applied(false)
                .excluded_attributes(|u| u.title)
                .await
                .unwrap();
            let requests: Vec<_> = server
                .seen()
                .into_iter()
                .map(|(request, _)| request)
                .collect();
            assert_eq!(
                requests,
                [
                    "PATCH /v2/Users/1?attributes=userName",
                    "POST /v2/Users?attributes=userName",
                    "PUT /v2/Users/1?excludedAttributes=title",
                ]
            );
        }
        "HX-032" => {
            let users = one().client().resource::<User>();
            let sorted = users
                .query()
                .sort_by(|u| u.name.given_name)
                .descending()
                .request()
                .unwrap();
            assert_eq!(
                sorted.uri().query(),
                Some("sortBy=name.givenName&sortOrder=descending")
            );
            assert_eq!(
                users.query().descending().request().unwrap().uri().query(),
                None
            );
        }
        "HX-081" => {
            let server = one();
            server.client().resource::<User>().get("1").await.unwrap();
            assert_eq!(server.headers(0)["authorization"], "Bearer t0p-secret");
            assert!(!server.seen()[0].0.contains("t0p-secret"));
            assert!(
                Client::builder("https://x")
                    .bearer_token("a\r\nb")
                    .build()
                    .is_err()
            );
        }
        "HX-082" => {
            let build = |url: &str| {
                Client::builder(url)
                    .basic_auth("u", "p")
                    .service(one())
                    .build()
                    .map(drop)
            };
            assert!(build("http://example.com").is_err());
            assert!(build("https://example.com").is_ok());
        }
        "HX-085" => {
            let users = one().client().resource::<User>();
            let hostile = "x\" or userName pr or userName eq \"";
            let request = users
                .query()
                .filter(|u| u.user_name.eq(hostile))
                .request()
                .unwrap();
            let expected = "filter=userName%20eq%20%22x%5C%22%20or%20userName%20pr%20or%20userName%20eq%20%5C%22%22";
            assert_eq!(request.uri().query(), Some(expected));
        }
        "HX-086" => {
            let server = one();
            let scim = Client::builder("https://t1.example.com/tenants/t1/v2")
                .header("X-Tenant", "t1")
                .service(server.clone())
                .build()
                .unwrap();
            scim.resource::<User>().get("1").await.unwrap();
            assert_eq!(server.headers(0)["x-tenant"], "t1");
            assert_eq!(server.seen()[0].0, "GET /tenants/t1/v2/Users/1");
        }
        "HX-088" => {
            let users = one().client().resource::<User>();
            let request: Request<_> = users
                .query()
                .parameter("attributeSets", "all")
                .request()
                .unwrap();
            assert_eq!(request.uri().query(), Some("attributeSets=all"));
        }
        "HX-089" => {
            let request = one()
                .client()
                .resource::<User>()
                .get("a.scim")
                .request()
                .unwrap();
            assert_eq!(request.uri().path(), "/v2/Users/a.scim");
        }
        "HX-091" => {
            let bom = "\u{feff}{\"id\":\"1\",\"userName\":\"b\"}";
            let server = Scripted::answers(200, "application/scim+json", bom);
            assert_eq!(
                server
                    .client()
                    .resource::<User>()
                    .get("1")
                    .await
                    .unwrap()
                    .user_name,
                "b"
            );
        }
        // "429/503 before processing": a 503 does not say that it came before, with Retry-After or
        // without (RFC 9110 §15.6.4), so it is taken for one that may have come after.
        "HX-079" => {
            for (method, sent) in [
                ("GET", 3),
                ("PUT", 3),
                ("DELETE", 3),
                ("POST", 1),
                ("PATCH", 1),
            ] {
                let server = Scripted::answers(502, "text/html", "");
                let users = server.client().resource::<User>();
                let failed = match method {
                    "GET" => users.get("1").await.map(drop),
                    "PUT" => users.replace_at("1", &User::new("x")).await.map(drop),
                    "DELETE" => users.delete("1").await,
                    "POST" => users.create(&User::new("x")).await.map(drop),
                    _ => users.patch("1").replace(|u| u.title, "t").await.map(drop),
                };
                failed.unwrap_err();
                assert_eq!(server.seen().len(), sent, "{method}");
            }
        }
        "HX-034" => {
            let resource_types = discover(row, "/ResourceTypes").await.resource_types;
            assert_eq!(resource_types[0].name.as_deref(), Some("User"));
        }
        "HX-037" | "HX-038" | "HX-039" => {
            let config = discover(row, "/ServiceProviderConfig")
                .await
                .config
                .unwrap();
            if id == "HX-039" {
                assert_eq!(config.patch.as_ref().unwrap().supported, Some(true));
            }
            if id == "HX-037" {
                assert!(config.extra.get("securityEvents").is_some());
                assert_eq!(config.pagination.as_ref().unwrap().cursor, Some(true));
            }
        }
        "HX-040" => {
            let server = served(row);
            let scim = server.client();
            scim.discover().await.unwrap();
            assert_eq!(scim.capabilities().patch, None);
        }
        "HX-042" | "HX-044" => {
            let redirect = row.clone();
            let server = Scripted::new(move |request| {
                if request.uri().path().ends_with("/Me") {
                    return response_of(&redirect);
                }
                common::scripted::json(200, r#"{"id":"1","userName":"me"}"#)
            });
            let scim = Client::builder("https://example.com/v2")
                .bearer_token("t")
                .service(server.clone())
                .build()
                .unwrap();
            let me = scim.me::<User>();
            me.patch()
                .replace(|u| u.title, "t")
                .check_applied(false)
                .await
                .unwrap();
            let seen = server.seen();
            assert_eq!(seen[0].0, "PATCH /v2/Me");
            assert_eq!(seen[1].0, "PATCH /v2/Users/1");
            assert_eq!(seen[0].1, seen[1].1);
            assert_eq!(server.headers(1)["authorization"], "Bearer t");
        }
        "HX-045" | "HX-046" => {
            let server = served(row);
            let error = server
                .client()
                .resource::<User>()
                .get("1")
                .await
                .unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Redirect);
            assert_eq!(server.seen().len(), 1);
        }
        "HX-043" => {
            let answer =
                Scripted::answers(200, "application/json", r#"{"id":"1","userName":"me"}"#);
            drop(answer);
            let row = row.clone();
            let server = Scripted::new(move |_| {
                response_of(&row).map(|_| r#"{"id":"1","userName":"me"}"#.to_owned())
            });
            let me = server.client().me::<User>().get().send().await.unwrap();
            assert_eq!(me.location(), Some("https://example.com/v2/Users/1"));
        }
        _ => return false,
    }
    true
}

async fn discover(row: &Value, endpoint: &'static str) -> scim_client::Provider {
    let row = row.clone();
    let server = Scripted::new(move |request| {
        if request.uri().path().ends_with(endpoint) {
            return response_of(&row);
        }
        common::scripted::json(404, "")
    });
    server.client().discover().await.unwrap()
}
