//! Each check as a test of its own, over the embedded service provider.

use scim_client::testing::ServiceProvider;
use scim_tester::{Profile, Suite};

fn server() -> ServiceProvider {
    ServiceProvider::builder().strict().bearer_token("s3cret-token").build()
}

scim_tester::libtest!(server(), Suite::rfc().with(Profile::Okta).bearer_token("s3cret-token"));
