//! Types that are known at run time, under the client.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests may panic"
)]
#![cfg(all(feature = "dynamic", feature = "testing"))]

#[path = "run_time/names.rs"]
mod names;

use std::time::Duration;

use scim_client::{
    Client, Error, ErrorKind, Provider, Stored, User,
    client::{Deferred, Written},
    dynamic::{AttributeError, AttributeErrorKind, DynamicResource, ResourceTypes},
    http::Method,
    resource::Resource as _,
    testing::ServiceProvider,
};

fn scim(provider: &ServiceProvider) -> Client {
    Client::builder("https://scim.example/v2")
        .service(provider.clone())
        .build()
        .unwrap()
}

async fn types(scim: &Client) -> ResourceTypes {
    scim.provider().await.unwrap().types().unwrap()
}

fn text(resource: &DynamicResource, path: &str) -> Option<String> {
    let value = resource.get(path).unwrap();
    value.map(|value| value.to_text().into_owned())
}

/// Every operation of issue "Types known at run time", by the builders that exist.
#[tokio::test]
async fn every_operation() {
    let provider = ServiceProvider::new();
    let scim = scim(&provider);
    let types = types(&scim).await;
    assert!(!types.is_compiled());
    let user = types.find("User").unwrap();
    let users = scim.resource_of(user);
    assert_eq!((users.endpoint(), users.kind().name()), ("/Users", "User"));

    let babs = users.new_resource().with("userName", "bjensen").unwrap();
    let babs = babs.with("name.familyName", "Jensen").unwrap();
    let babs = babs.with("department", "Tours").unwrap();
    let babs: Stored<DynamicResource> = users.create(&babs).await.unwrap();
    assert_eq!(text(&babs, "department").as_deref(), Some("Tours"));
    assert!(babs.meta().version.is_some());

    let read = users.get(babs.id()).await.unwrap();
    assert_eq!(read, babs);
    assert_eq!(users.refresh(&read).await.unwrap(), babs);
    assert_eq!(users.get("nobody").optional().await.unwrap(), None);

    let names = user.attribute_list(["userName"]).unwrap();
    let partial = users
        .get(babs.id())
        .attributes_by(names.clone())
        .await
        .unwrap();
    assert_eq!(partial.id(), babs.id());
    assert_eq!(
        text(partial.resource(), "userName").as_deref(),
        Some("bjensen")
    );
    assert_eq!(text(partial.resource(), "name.familyName"), None);

    for index in 0..7 {
        let name = format!("other-{index}");
        let other = users.new_resource().with("userName", &name).unwrap();
        users.create(&other).await.unwrap();
    }
    let filter = user
        .filter(r#"userName sw "other" and not (title pr)"#)
        .unwrap();
    let query = users
        .query()
        .filter_by(filter)
        .sort_by_path(names[0].clone());
    let found = query.clone().count(2).all().await.unwrap();
    assert_eq!(found.len(), 7);
    assert_eq!(text(&found[6], "userName").as_deref(), Some("other-6"));
    assert_eq!(query.clone().via_post().total().await.unwrap(), 7);
    let first = query.attributes_by(names).first().await.unwrap().unwrap();
    assert_eq!(
        text(first.resource(), "userName").as_deref(),
        Some("other-0")
    );

    let patch = user.patch().replace("title", "Guide").unwrap().build();
    let babs = users.patch(&babs).then(patch).await.unwrap();
    assert_eq!(text(&babs, "title").as_deref(), Some("Guide"));
    let babs = users
        .update(&babs, |u| u.set("title", "CTO"))
        .await
        .unwrap();
    assert_eq!(text(&babs, "title").as_deref(), Some("CTO"));
    let update = users.update(&babs, |u| u.set("displayName", "Babs"));
    assert_eq!(update.patch().unwrap().operations().len(), 1);
    let Written::Resource(mut babs) = update.no_refetch().await.unwrap() else {
        panic!("the embedded service provider answers with the resource");
    };
    babs.remove("title").unwrap();
    let babs = users.replace(&babs).await.unwrap();
    assert_eq!(text(&babs, "title"), None);
    let twin = users.new_resource().with("userName", "bjensen").unwrap();
    let name = user.attribute_list(["userName"]).unwrap().remove(0);
    let adopted = users.create_or_get_by(&twin, name).await.unwrap();
    assert!(!adopted.is_created());
    assert_eq!(adopted.into_stored().id(), babs.id());

    let deferred = users
        .update(&babs, |_| ())
        .respond_async(None)
        .await
        .unwrap();
    assert!(matches!(deferred, Deferred::Done(Written::Resource(_))));
    assert!(users.delete(&babs).if_exists().await.unwrap());
    assert!(!users.delete(babs.id()).if_exists().await.unwrap());
}

#[tokio::test]
async fn a_bulk_mixes_both_kinds_of_types() {
    let provider = ServiceProvider::new();
    let scim = scim(&provider);
    let types = types(&scim).await;
    let (user, group) = (types.find("User").unwrap(), types.find("Group").unwrap());
    let (users, groups) = (scim.resource_of(user), scim.resource_of(group));
    let mut bulk = scim.bulk();
    let typed = bulk.create(&User::new("typed"));
    let alice = users.new_resource().with("userName", "alice").unwrap();
    let alice = bulk.on(&users).create(&alice);
    let members = serde_json::json!([{"value": alice.reference()}, {"value": typed.reference()}]);
    let guides = groups.new_resource().with("displayName", "Guides").unwrap();
    let guides = bulk
        .on(&groups)
        .create(&guides.with("members", members).unwrap());
    let title = user.patch().replace("title", "CTO").unwrap().build();
    let patched = bulk.on(&users).patch(alice, |patch| patch.then(title));
    let results = bulk.await.unwrap();
    assert!(results.all_done(), "{results:?}");
    let alice = results.get(alice).into_result().unwrap();
    let alice = users.get(alice.id().unwrap()).await.unwrap();
    assert_eq!(text(&alice, "title").as_deref(), Some("CTO"));
    let guides = results.get(guides).into_result().unwrap();
    let guides = groups.get(guides.id().unwrap()).await.unwrap();
    assert_eq!(guides.get_all("members.value").unwrap().len(), 2);
    if let Some(read) = results
        .get(patched)
        .into_result()
        .unwrap()
        .resource()
        .unwrap()
    {
        assert_eq!(text(&read, "title").as_deref(), Some("CTO"));
    }
}

/// What is wrong is told before anything is sent, with the nearest name.
#[tokio::test]
async fn what_the_schema_does_not_allow_is_not_sent() {
    let provider = ServiceProvider::new();
    let scim = scim(&provider);
    let types = types(&scim).await;
    let user = types.find("User").unwrap();
    let users = scim.resource_of(user);
    let asked = provider.requests().len();
    let reason = |error: Error| {
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{error}");
        let reason = error.reason().unwrap().downcast_ref::<AttributeError>();
        reason.unwrap().clone()
    };
    let filters = [r#"usrName eq "x""#, "active gt true", r#"userName eq 7"#];
    for filter in filters {
        let query = users
            .query()
            .filter_by(filter.parse::<scim_client::filter::Filter>().unwrap());
        reason(query.await.unwrap_err());
    }
    let query = users
        .query()
        .filter_by(filters[0].parse::<scim_client::filter::Filter>().unwrap());
    assert_eq!(
        reason(query.all().await.unwrap_err()).nearest(),
        Some("userName")
    );
    let wrong = "usrName"
        .parse::<scim_client::attribute_path::AttributePath>()
        .unwrap();
    let sorted = users.query().sort_by_path(wrong);
    assert_eq!(
        reason(sorted.await.unwrap_err()).nearest(),
        Some("userName")
    );
    let error = users.create(&users.new_resource()).await.unwrap_err();
    let error = reason(error);
    assert_eq!(*error.kind(), AttributeErrorKind::Required);
    assert_eq!(error.path(), "userName");
    let id = scim_client::patch::PatchOp::from_json(
        r#"{"Operations":[{"op":"replace","path":"meta.version","value":"x"}]}"#,
        &[],
    )
    .unwrap();
    let patch = scim_client::patch::Patch::from_operations(id.operations);
    reason(users.patch("1").then(patch.clone()).await.unwrap_err());
    let update = users.update(&Stored::clone(&stored(user)), |u| u.set("tittle", "CTO"));
    assert_eq!(reason(update.await.unwrap_err()).nearest(), Some("title"));
    let mut bulk = scim.bulk();
    bulk.on(&users).create(&users.new_resource());
    let error = bulk.await.unwrap_err();
    assert!(
        error.to_string().contains("operation 0") && error.to_string().contains("userName"),
        "{error}"
    );
    assert_eq!(provider.requests().len(), asked, "nothing was sent");
    // Who wants to see what the server says may.
    let unchecked = users.without_checks();
    let error = unchecked
        .create(&unchecked.new_resource())
        .await
        .unwrap_err();
    assert_eq!(error.status().unwrap(), 400);
}

fn stored(user: &scim_client::dynamic::ResourceType) -> Stored<DynamicResource> {
    let json =
        r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"1","userName":"b"}"#;
    user.stored_from_json(json).unwrap()
}

/// A compiled type and one of run time see the same resource.
#[tokio::test]
async fn both_kinds_of_handles_see_the_same() {
    let provider = ServiceProvider::new();
    let scim = scim(&provider);
    let types = types(&scim).await;
    let users = scim.resource_of(types.find("User").unwrap());
    let typed = scim.resource::<User>();
    let babs = typed
        .create(&User::new("bjensen").with_title("CTO"))
        .await
        .unwrap();
    let same = users.get(babs.id()).await.unwrap();
    let back: Stored<User> = same.to_typed().unwrap();
    assert_eq!(back, babs);
    assert_eq!(same.to_json(), babs.to_json());
    assert_eq!(users.me().kind().name(), User::NAME);
}

#[tokio::test]
async fn what_was_discovered_can_be_kept() {
    let provider = ServiceProvider::new();
    let discovered = scim(&provider).discover().await.unwrap();
    assert!(discovered.age() < Duration::from_secs(60));
    let kept = discovered.to_json();
    let again = Provider::from_json(&kept).unwrap();
    assert_eq!(again.to_json(), kept);
    assert_eq!(again.fetched(), discovered.fetched());
    assert_eq!(again.config, discovered.config);
    assert_eq!(again.schemas, discovered.schemas);
    let types = again.types().unwrap();
    let fresh = discovered.types().unwrap();
    let table =
        |types: &ResourceTypes| std::ptr::from_ref(types.find("User").unwrap().descriptor());
    assert_eq!(table(&types), table(&fresh), "one table for one content");

    let asked = provider.requests().len();
    let later = scim(&provider);
    later.set_provider(again);
    assert_eq!(later.provider().await.unwrap().to_json(), kept);
    assert_eq!(later.capabilities().patch, Some(true));
    assert_eq!(provider.requests().len(), asked, "nothing was asked");
    let users = later.resource_of(types.find("/Users").unwrap());
    users.query().await.unwrap();
    let last = provider.requests().pop().unwrap();
    assert_eq!(last.method(), Method::GET);

    let old = kept.replacen(&discovered.fetched().to_string(), "2020-01-01T00:00:00Z", 1);
    assert!(Provider::from_json(&old).unwrap().age() > Duration::from_secs(86_400));
    let undated = kept.replacen("fetched", "fetshed", 1);
    for other in ["", "[]", "{}", "nonsense", undated.as_str()] {
        let error = Provider::from_json(other).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{other}");
    }
}
