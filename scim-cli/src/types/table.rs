//! The library's types known at run time, made of the same documents. They are made when they are
//! first needed: most commands need none.

use std::sync::OnceLock;

use scim_client::dynamic::{self, ResourceTypes};

use super::ResourceType;
use crate::value::Value;

/// The documents, and what the library makes of them.
#[derive(Default)]
pub(crate) struct Tables {
    documents: Vec<(String, String)>,
    made: OnceLock<Option<ResourceTypes>>,
}

impl Tables {
    pub(super) fn new<'d>(documents: impl Iterator<Item = &'d Value>) -> Self {
        let documents = documents.map(|document| {
            let mut document = document.clone();
            document.remove("meta");
            let name = document
                .str("id")
                .or(document.str("name"))
                .unwrap_or("document");
            (name.to_owned(), document.to_string())
        });
        Self {
            documents: documents.collect(),
            made: OnceLock::new(),
        }
    }
}

impl ResourceType {
    /// The library's type; `None` if it cannot read the server's documents.
    pub(crate) fn table(&self) -> Option<&dynamic::ResourceType> {
        let types = self.tables.made.get_or_init(|| {
            let documents = self.tables.documents.iter().cloned();
            let made = ResourceTypes::from_documents(documents);
            made.ok().map(|(types, _)| types)
        });
        types.as_ref()?.get(&self.name)
    }
}
