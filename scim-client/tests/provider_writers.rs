//! Many writers at the embedded service provider at once, over HTTP and several threads.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use scim_client::{Client, Error, User, client::RetryPolicy, testing::ServiceProvider};

const WRITERS: usize = 8;
const TURNS: usize = 20;

/// Reads, adds one to what it read, and writes with `If-Match` until nobody came between.
async fn count_up(client: Client, id: String) -> Result<usize, Error> {
    let users = client.resource::<User>();
    let mut conflicts = 0;
    for _ in 0..TURNS {
        loop {
            let mut user = users.get(&id).await?;
            let count: usize = user.title.as_deref().unwrap_or("0").parse().unwrap();
            user.title = Some((count + 1).to_string());
            match users.replace(&user).await {
                Ok(_) => break,
                Err(error) if error.is_version_mismatch() => conflicts += 1,
                Err(error) => return Err(error),
            }
        }
    }
    Ok(conflicts)
}

/// Creates users whose names all writers want.
async fn claim(client: Client) -> Result<usize, Error> {
    let users = client.resource::<User>();
    let mut claimed = 0;
    for turn in 0..TURNS {
        // Letter case makes no difference to whether a userName is taken.
        let name = if claimed % 2 == 0 { "Name" } else { "NAME" };
        match users.create(&User::new(format!("{name}-{turn}"))).await {
            Ok(_) => claimed += 1,
            Err(error) if error.is_uniqueness() => {}
            Err(error) => return Err(error),
        }
    }
    Ok(claimed)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_update_is_lost_and_no_name_is_given_twice() {
    let provider = ServiceProvider::new();
    let shared = provider.seed(User::new("shared")).unwrap();
    let server = provider.serve().await.unwrap();
    let mut counting = tokio::task::JoinSet::new();
    let mut claiming = tokio::task::JoinSet::new();
    for _ in 0..WRITERS {
        // Each has connections of its own.
        let client = Client::builder(server.url())
            .retry(RetryPolicy::never())
            .build()
            .unwrap();
        counting.spawn(count_up(client.clone(), shared.id().to_owned()));
        claiming.spawn(claim(client));
    }
    let mut conflicts = 0;
    for outcome in counting.join_all().await {
        conflicts += outcome.unwrap();
    }
    let mut claimed = 0;
    for outcome in claiming.join_all().await {
        claimed += outcome.unwrap();
    }
    println!("{conflicts} writes had to be repeated");
    let after = provider.get::<User>(shared.id()).unwrap();
    assert_eq!(
        after.title.as_deref(),
        Some(&*(WRITERS * TURNS).to_string())
    );
    assert_eq!(claimed, TURNS);
    assert_eq!(provider.all::<User>().len(), TURNS + 1);
}
