//! Service providers made with axum. `cargo run -p scim-axum-example --example axum_in_process` drives the
//! first by the client in the same process.

mod by_hand;

use axum::Router;
use scim_provider::{MemoryStore, ServiceProvider};

pub use by_hand::router as router_by_hand;

/// A whole service provider, of users and groups in memory, as a route of a router.
pub fn router() -> Router {
    let provider = ServiceProvider::builder(MemoryStore::with_counted_ids())
        .page_size(50)
        .build();
    Router::new()
        .route_service("/scim/v2", provider.clone())
        .route_service("/scim/v2/", provider.clone())
        .route_service("/scim/v2/{*rest}", provider)
}
