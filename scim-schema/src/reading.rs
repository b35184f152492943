//! What a caller may decide about reading.

/// The schemas of the discovery endpoints (RFC 7644 §4).
const DISCOVERY: [&str; 3] = [
    "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig",
    "urn:ietf:params:scim:schemas:core:2.0:ResourceType",
    "urn:ietf:params:scim:schemas:core:2.0:Schema",
];

/// How documents are read.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Reading {
    /// Skip, with a warning, what stands between the attributes of a schema and is no attribute.
    /// Without this it is an error, and so is a line break inside a string.
    pub lenient: bool,
    /// The URN for a document that is a schema but has no `id`, or is only a list of attributes.
    pub schema_id: Option<String>,
    /// The name for such a schema.
    pub schema_name: Option<String>,
    /// The schemas whose attributes are all optional in Rust, whatever the document requires: those
    /// of the discovery endpoints, because service providers leave much out of their answers.
    pub plain: Vec<String>,
    /// No attribute is required in Rust, because the service provider's own responses lack what its
    /// documents require. `overlay.json` can say the same of one schema or attribute.
    pub nothing_required: bool,
    /// How many Schema and ResourceType documents there may be together: the time that it takes to
    /// tell what extends what grows with the square of it. For documents from anywhere, such as those
    /// that a program reads while it runs.
    pub max_documents: usize,
    /// No code is generated, as where a program reads documents while it runs: what is only about
    /// names in Rust, and about types that are generated once for several, is not found.
    pub at_run_time: bool,
    /// The name of the module around the modules of the schemas, so that none of these gets it.
    pub module: String,
}

impl Default for Reading {
    fn default() -> Self {
        Self {
            lenient: false,
            schema_id: None,
            schema_name: None,
            plain: DISCOVERY.map(str::to_owned).to_vec(),
            nothing_required: false,
            max_documents: usize::MAX,
            at_run_time: false,
            module: "generated".to_owned(),
        }
    }
}
