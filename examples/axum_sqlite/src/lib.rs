//! A service provider with its users and groups in SQLite, behind axum. Each tenant has a token and
//! sees its own resources only.

mod store;

use axum::Router;
use scim_provider::{
    Refusal, ServedType, ServiceProvider, bearer_token, is_same_secret,
    scim_models::{Group, User},
};

pub use store::{Sqlite, SqliteStore, SqliteTransaction, open};

/// The resource types that are served.
pub fn types() -> [ServedType; 2] {
    [ServedType::of::<User>(), ServedType::of::<Group>()]
}

/// The service provider at `/scim/v2`. Each of the tenants has a name and a token.
pub fn router(store: SqliteStore, tenants: Vec<(String, String)>) -> Router {
    let provider = ServiceProvider::authenticated(store, move |request| {
        let tenant = bearer_token(request).and_then(|given| {
            let mut tenants = tenants.iter();
            let known = tenants.find(|(_, token)| is_same_secret(token, given));
            let known = known.map(|(name, _)| name.clone());
            known.ok_or_else(|| Refusal::unauthorized(true))
        });
        async move { tenant }
    });
    let provider = provider.resource_types(types()).build();
    Router::new()
        .route_service("/scim/v2", provider.clone())
        .route_service("/scim/v2/", provider.clone())
        .route_service("/scim/v2/{*rest}", provider)
}
