//! Types that are known at run time only.
#![cfg(feature = "dynamic")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may panic"
)]

#[path = "common/cases.rs"]
mod cases;
mod common;

#[path = "dynamic/access.rs"]
mod access;
#[path = "dynamic/agree.rs"]
mod agree;
#[path = "dynamic/breaker.rs"]
mod breaker;
#[path = "dynamic/checks.rs"]
mod checks;
#[path = "dynamic/corpus.rs"]
mod corpus;
#[path = "dynamic/documents.rs"]
mod documents;
#[path = "dynamic/drift.rs"]
mod drift;
#[path = "dynamic/hidden.rs"]
mod hidden;
#[path = "dynamic/hostile.rs"]
mod hostile;
#[path = "dynamic/numbers.rs"]
mod numbers;
#[path = "dynamic/patches.rs"]
mod patches;
#[path = "dynamic/same.rs"]
mod same;
#[path = "language/support.rs"]
#[allow(dead_code, reason = "shared")]
mod support;
#[path = "dynamic/vectors.rs"]
mod vectors;
#[path = "dynamic/writing.rs"]
mod writing;

use scim_client::{
    Resource,
    dynamic::{ResourceType, ResourceTypes},
};

/// A compiled type, as what a service provider publishes of it says.
pub(crate) fn published<R: Resource>(extensions: &[scim_client::Json]) -> ResourceType {
    let mut documents = vec![
        ("resource type", R::resource_type().as_str().to_owned()),
        ("schema", R::schema().as_str().to_owned()),
    ];
    let extensions = extensions.iter();
    documents.extend(extensions.map(|one| ("extension", one.as_str().to_owned())));
    let (types, _) = ResourceTypes::from_documents(documents).unwrap();
    types.find(R::NAME).unwrap().clone()
}
