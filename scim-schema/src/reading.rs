//! Options of reading documents.

/// The schemas of the discovery endpoints (RFC 7644 §4).
const DISCOVERY: [&str; 3] = [
    "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig",
    "urn:ietf:params:scim:schemas:core:2.0:ResourceType",
    "urn:ietf:params:scim:schemas:core:2.0:Schema",
];

/// Options of reading documents.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Reading {
    /// Whether invalid items among the attributes of a schema are skipped with a warning, and line
    /// breaks inside of strings are accepted. Otherwise, both are errors.
    pub lenient: bool,
    /// The URN of a schema document without an `id`, or of a document that is only a list of attributes.
    pub schema_id: Option<String>,
    /// The name of such a schema.
    pub schema_name: Option<String>,
    /// The schemas whose attributes are all optional in Rust, even if the document requires them.
    /// This is for the schemas of the discovery endpoints, because service providers leave out many
    /// required attributes there.
    pub plain: Vec<String>,
    /// No attribute is required in Rust, because the service provider's own responses lack what its
    /// documents require. `overlay.json` can say the same of one schema or attribute.
    pub nothing_required: bool,
    /// How many Schema and ResourceType documents there may be together. The time to find out which
    /// schema extends which grows with the square of this number. So set a limit for documents that you
    /// do not control, such as those that a program reads while it runs.
    pub max_documents: usize,
    /// No code is generated, because a program reads the documents while it runs. Then there are no
    /// diagnostics about names in Rust, and about a type that is generated once for several resource
    /// types.
    pub at_run_time: bool,
    /// The name of the module that contains the modules of the schemas. None of these gets the same
    /// name.
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
