//! The second layer over a store that can do next to nothing, as an author begins with one.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests may panic")]

mod common;

use std::{
    collections::BTreeMap,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use common::{ask, send};
use scim_provider::{
    Context, Found, Query, Record, Refusal, Result, ServedType, ServiceProvider, Store,
    bearer_token, scim_models::User,
};
use serde_json::json;

/// Users of several tenants, as JSON by tenant and id. It lists, and no more.
#[derive(Default)]
struct Shelf {
    users: Mutex<BTreeMap<(String, String), (String, String)>>,
    /// How many updates come too late, because another came first.
    late: AtomicUsize,
    updates: AtomicUsize,
    /// Whether there is `/Me`, and how often a resource was read.
    has_me: bool,
    reads: AtomicUsize,
}

impl Shelf {
    fn key(context: &Context<String>, id: &str) -> (String, String) {
        (context.caller().clone(), id.to_owned())
    }
}

impl Store for Shelf {
    type Caller = String;

    async fn get(
        &self,
        context: &Context<String>,
        kind: &ServedType,
        id: &str,
    ) -> Result<Option<Record>> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        let users = self.users.lock().unwrap();
        let json = users.get(&Self::key(context, id));
        Ok(json.map(|(_, json)| kind.read_stored(json)).transpose()?)
    }

    async fn insert(
        &self,
        context: &Context<String>,
        _: &ServedType,
        mut record: Record,
    ) -> Result<Record> {
        let key = Self::key(context, record.ensure_id());
        let version = record.version().unwrap_or_default().to_owned();
        let mut users = self.users.lock().unwrap();
        users.insert(key, (version, record.to_stored_json()));
        Ok(record)
    }

    async fn update(
        &self,
        context: &Context<String>,
        _: &ServedType,
        record: Record,
        expected: Option<&str>,
    ) -> Result<Record> {
        self.updates.fetch_add(1, Ordering::Relaxed);
        let late = |left: usize| left.checked_sub(1);
        if self
            .late
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, late)
            .is_ok()
        {
            return Err(Refusal::version_conflict());
        }
        let mut users = self.users.lock().unwrap();
        let stored = users.get_mut(&Self::key(context, record.id()));
        let stored = stored.ok_or_else(|| Refusal::not_found("the user"))?;
        if expected != Some(&stored.0) {
            return Err(Refusal::version_conflict());
        }
        *stored = (
            record.version().unwrap().to_owned(),
            record.to_stored_json(),
        );
        Ok(record)
    }

    async fn delete(
        &self,
        context: &Context<String>,
        _: &ServedType,
        id: &str,
        _: Option<&str>,
    ) -> Result<()> {
        let gone = self.users.lock().unwrap().remove(&Self::key(context, id));
        gone.map(drop).ok_or_else(|| Refusal::not_found("the user"))
    }

    async fn me(&self, context: &Context<String>) -> Result<Option<String>> {
        if !self.has_me {
            return Err(Refusal::not_offered("/Me"));
        }
        let users = self.users.lock().unwrap();
        let mut own = users
            .keys()
            .filter(|(tenant, _)| tenant == context.caller());
        Ok(own.next().map(|(_, id)| id.clone()))
    }

    async fn set_me(&self, _: &Context<String>, _: &str) -> Result<()> {
        Err(Refusal::internal())
    }

    async fn find(&self, context: &Context<String>, query: &Query) -> Result<Found> {
        let (kind, _) = query.parts().next().ok_or_else(Refusal::internal)?;
        let users = self.users.lock().unwrap();
        let own = users
            .iter()
            .filter(|((tenant, _), _)| tenant == context.caller());
        let read = |(_, (_, json)): (_, &(String, String))| kind.read_stored(json);
        query.select(
            kind,
            own.map(read).collect::<std::result::Result<Vec<_>, _>>()?,
        )
    }
}

/// The token is the tenant.
fn provider(shelf: Shelf) -> ServiceProvider<Shelf> {
    let provider = ServiceProvider::authenticated(shelf, |parts| {
        let tenant = bearer_token(parts).map(str::to_owned);
        async move { tenant }
    });
    provider.resource::<User>().page_size(2).build()
}

/// The response's status, headers and JSON.
async fn of(
    provider: &ServiceProvider<Shelf>,
    tenant: &str,
    method: &str,
    target: &str,
    body: &str,
) -> (u16, serde_json::Value) {
    let token = format!("Bearer {tenant}");
    let response = send(provider, method, target, body, &[("authorization", &token)]).await;
    let json = serde_json::from_slice(response.body()).unwrap_or_default();
    (response.status().as_u16(), json)
}

fn named(name: &str) -> String {
    json!({"userName": name, "password": "t1me"}).to_string()
}

#[tokio::test]
async fn five_functions_are_a_service_provider() {
    let provider = provider(Shelf::default());
    let (status, created) = of(&provider, "acme", "POST", "/Users", &named("a")).await;
    assert_eq!(status, 201);
    let id = created["id"].as_str().unwrap().to_owned();
    let url = format!("https://h.example/v2/Users/{id}");
    assert_eq!(created["meta"]["location"], url);
    assert_eq!(created["meta"]["version"], "W/\"1\"");
    assert!(created.get("password").is_none());
    for name in ["c", "b"] {
        of(&provider, "acme", "POST", "/Users", &named(name)).await;
    }
    let target = "/Users?sortBy=userName&startIndex=2&attributes=userName";
    let (_, page) = of(&provider, "acme", "GET", target, "").await;
    let names: Vec<_> = page["Resources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|u| &u["userName"])
        .collect();
    assert_eq!(names, ["b", "c"]);
    assert_eq!(page["totalResults"], 3);

    let target = format!("/Users/{id}");
    let change = r#"{"Operations": [{"op": "add", "path": "title", "value": "Guide"}]}"#;
    let (_, changed) = of(&provider, "acme", "PATCH", &target, change).await;
    assert_eq!(
        (&changed["title"], &changed["meta"]["version"]),
        (&json!("Guide"), &json!("W/\"2\""))
    );
    // The same once more writes nothing.
    let before = provider.store().updates.load(Ordering::Relaxed);
    let (_, same) = of(&provider, "acme", "PATCH", &target, change).await;
    assert_eq!(same["meta"]["version"], "W/\"2\"");
    assert_eq!(provider.store().updates.load(Ordering::Relaxed), before);
    // A secret that a PUT does not repeat stays.
    of(&provider, "acme", "PUT", &target, r#"{"userName": "a"}"#).await;
    let users = provider.store().users.lock().unwrap().clone();
    assert!(
        users
            .values()
            .any(|(_, json)| json.contains("W/\\\"3\\\"") && json.contains("t1me"))
    );
    assert_eq!(of(&provider, "acme", "DELETE", &target, "").await.0, 204);
    assert_eq!(of(&provider, "acme", "GET", &target, "").await.0, 404);
    assert_eq!(of(&provider, "acme", "GET", "/Me", "").await.0, 501);
}

#[tokio::test]
async fn nobody_sees_what_is_anothers() {
    let provider = provider(Shelf::default());
    let mut ids = Vec::new();
    for name in ["a", "b", "c"] {
        let (_, created) = of(&provider, "acme", "POST", "/Users", &named(name)).await;
        ids.push(created["id"].as_str().unwrap().to_owned());
    }
    let target = format!("/Users/{}", ids[0]);
    for method in ["GET", "DELETE"] {
        assert_eq!(
            of(&provider, "globex", method, &target, "").await.0,
            404,
            "{method}"
        );
    }
    assert_eq!(
        of(&provider, "globex", "GET", "/Users", "").await.1["totalResults"],
        0
    );
    // A cursor is of no use to another.
    let (_, first) = of(&provider, "acme", "GET", "/Users?cursor&count=2", "").await;
    let target = format!(
        "/Users?count=2&cursor={}",
        first["nextCursor"].as_str().unwrap()
    );
    let (status, refused) = of(&provider, "globex", "GET", &target, "").await;
    assert_eq!(
        (status, &refused["scimType"]),
        (400, &json!("invalidCursor"))
    );
    let (_, second) = of(&provider, "acme", "GET", &target, "").await;
    assert_eq!(second["Resources"].as_array().unwrap().len(), 1);
    assert_eq!(ask(&provider, "GET", "/Users", "").await.0, 401);
}

#[tokio::test]
async fn who_does_not_ask_for_a_version_need_not_try_again() {
    let provider = provider(Shelf::default());
    let (_, created) = of(&provider, "acme", "POST", "/Users", &named("a")).await;
    let target = format!("/Users/{}", created["id"].as_str().unwrap());
    let change = r#"{"Operations": [{"op": "add", "path": "title", "value": "Guide"}]}"#;
    provider.store().late.store(3, Ordering::Relaxed);
    assert_eq!(of(&provider, "acme", "PATCH", &target, change).await.0, 200);
    assert_eq!(provider.store().updates.load(Ordering::Relaxed), 4);
    // Who asks for one is told.
    provider.store().late.store(1, Ordering::Relaxed);
    let headers = [("authorization", "Bearer acme"), ("if-match", "W/\"2\"")];
    let change = change.replace("Guide", "Cook");
    let refused = send(&provider, "PATCH", &target, &change, &headers).await;
    assert_eq!(refused.status().as_u16(), 412);
    // It does not go on for ever.
    provider.store().late.store(usize::MAX, Ordering::Relaxed);
    let (status, _) = of(&provider, "acme", "PATCH", &target, &change).await;
    assert_eq!(status, 503);
}

#[tokio::test]
async fn whose_resource_cannot_be_noted_has_none() {
    let provider = provider(Shelf {
        has_me: true,
        ..Shelf::default()
    });
    assert_eq!(
        of(&provider, "acme", "POST", "/Me", &named("a")).await.0,
        500
    );
    assert!(provider.store().users.lock().unwrap().is_empty());
    let (_, created) = of(&provider, "acme", "POST", "/Users", &named("a")).await;
    let before = provider.store().reads.load(Ordering::Relaxed);
    let (status, me) = of(&provider, "acme", "GET", "/Me", "").await;
    assert_eq!((status, &me["id"]), (200, &created["id"]));
    // It is read once.
    assert_eq!(provider.store().reads.load(Ordering::Relaxed), before + 1);
}
