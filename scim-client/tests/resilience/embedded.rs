//! A service provider that does what it is asked and loses its answer.

use scim_client::{
    Client, Json, User,
    client::{CreatedOrFound, RetryPolicy},
    http::Method,
    testing::{Misbehaviour, ServiceProvider},
};

use super::exact;

fn provider() -> ServiceProvider {
    ServiceProvider::builder().resource::<User>().build()
}

fn client(provider: &ServiceProvider) -> Client {
    Client::builder("https://scim.example/v2")
        .service(provider.clone())
        .retry(exact())
        .build()
        .unwrap()
}

async fn count(client: &Client) -> usize {
    client.resource::<User>().query().all().await.unwrap().len()
}

const LOSE_ONE: Misbehaviour = Misbehaviour::LoseResponse { requests: 1 };

#[tokio::test(start_paused = true)]
async fn a_create_whose_answer_is_lost_creates_one_user() {
    let provider = provider();
    let scim = client(&provider);
    let users = scim.resource::<User>();
    provider.misbehave(LOSE_ONE);
    let error = users.create(&User::new("bjensen")).await.unwrap_err();
    assert!(error.is_outcome_unknown());
    assert_eq!(count(&scim).await, 1);
    // The way on: create it, or find it.
    let found = users
        .create_or_get(&User::new("bjensen"), |u| u.user_name)
        .await;
    assert!(matches!(found.unwrap(), CreatedOrFound::Found(_)));
    assert_eq!(count(&scim).await, 1);
}

#[tokio::test(start_paused = true)]
async fn a_bulk_request_whose_answer_is_lost_is_sent_once() {
    let provider = provider();
    let scim = client(&provider);
    provider.misbehave(LOSE_ONE);
    let body = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[
        {"method":"POST","path":"/Users","bulkId":"a","data":{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"a"}},
        {"method":"POST","path":"/Users","bulkId":"b","data":{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"b"}}]}"#;
    let bulk = scim
        .request(Method::POST, "/Bulk")
        .body(Json::parse(body).unwrap());
    let error = bulk.await.unwrap_err();
    assert!(error.is_outcome_unknown(), "{error:?}");
    assert_eq!(count(&scim).await, 2);
}

#[tokio::test(start_paused = true)]
async fn what_may_be_repeated_comes_right() {
    let provider = provider();
    let scim = client(&provider);
    let users = scim.resource::<User>();
    let babs = users.create(&User::new("bjensen")).await.unwrap();

    provider.misbehave(LOSE_ONE);
    assert_eq!(users.get(babs.id()).await.unwrap(), babs);

    provider.misbehave(LOSE_ONE);
    let renamed = User::new("babs");
    users.replace_at(babs.id(), &renamed).await.unwrap();

    // The lost try has changed the version: the error says that it may have been this client.
    let babs = users.get(babs.id()).await.unwrap();
    provider.misbehave(LOSE_ONE);
    let error = users
        .patch(&babs)
        .replace(|u| u.title, "CTO")
        .await
        .unwrap_err();
    assert!(
        error.is_version_mismatch() && error.is_outcome_unknown(),
        "{error:?}"
    );
    let babs = users.get(babs.id()).await.unwrap();
    assert_eq!(babs.title.as_deref(), Some("CTO"));

    provider.misbehave(LOSE_ONE);
    users.delete(&babs).await.unwrap();
    assert_eq!(count(&scim).await, 0);
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_throttles_is_waited_for() {
    let provider = provider();
    let scim = client(&provider);
    let retry_after = std::time::Duration::from_secs(9);
    provider.misbehave(Misbehaviour::Throttle {
        requests: 2,
        retry_after,
    });
    let start = tokio::time::Instant::now();
    scim.resource::<User>()
        .create(&User::new("bjensen"))
        .await
        .unwrap();
    assert_eq!(start.elapsed(), 2 * retry_after);
    assert_eq!(count(&scim).await, 1);
}

/// The same with the answer lost on a real connection.
#[tokio::test]
async fn over_http_too() {
    let provider = provider();
    let server = provider.serve().await.unwrap();
    let quick = RetryPolicy::default().with_first_backoff(std::time::Duration::from_millis(1));
    let scim = Client::builder(server.url()).retry(quick).build().unwrap();
    let users = scim.resource::<User>();
    // A connection that is in use already: the pool must not send the request again either.
    users.query().await.unwrap();
    provider.misbehave(LOSE_ONE);
    let error = users.create(&User::new("bjensen")).await.unwrap_err();
    assert!(error.is_outcome_unknown());
    assert_eq!(count(&scim).await, 1);
    let babs = users.query().first().await.unwrap().unwrap();
    provider.misbehave(LOSE_ONE);
    users.delete(&babs).await.unwrap();
    assert_eq!(count(&scim).await, 0);
}
