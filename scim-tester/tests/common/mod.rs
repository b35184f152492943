//! What whole runs of the tests have in common.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "each test uses some of it, and helpers of tests may panic as tests do"
)]

pub mod forms;
pub mod server;

use scim_client::{Client, User, testing::ServiceProvider};
use scim_tester::Suite;

pub const TOKEN: &str = "s3cret-token";

/// A right server.
pub fn provider() -> ServiceProvider {
    ServiceProvider::builder()
        .strict()
        .bearer_token(TOKEN)
        .build()
}

pub fn suite() -> Suite {
    Suite::rfc().bearer_token(TOKEN).seed(1)
}

/// Users that are not the run's.
pub async fn add_users(provider: &ServiceProvider, count: usize) {
    let scim = Client::builder("https://scim.example/v2")
        .service(provider.clone())
        .bearer_token(TOKEN)
        .build()
        .unwrap();
    for at in 0..count {
        scim.resource::<User>()
            .create(&User::new(format!("foreign-{at}@example.org")))
            .await
            .unwrap();
    }
}
