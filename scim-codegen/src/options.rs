//! What a caller may decide.

/// The schemas of the discovery endpoints (RFC 7644 §4).
const DISCOVERY: [&str; 3] = [
    "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig",
    "urn:ietf:params:scim:schemas:core:2.0:ResourceType",
    "urn:ietf:params:scim:schemas:core:2.0:Schema",
];

/// The root module, unless a caller decides otherwise.
pub(crate) const MODULE: &str = "generated";

/// How documents are read and what the generated code looks like.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Options {
    /// Skip, with a warning, what stands between the attributes of a schema and is no attribute.
    /// Without this it is an error.
    pub lenient: bool,
    /// The URN for a document that is a schema but has no `id`, or is only a list of attributes.
    pub schema_id: Option<String>,
    /// The name for such a schema.
    pub schema_name: Option<String>,
    /// The schemas whose attributes are all optional in Rust, whatever the document requires: those
    /// of the discovery endpoints, because service providers leave much out of their answers.
    pub plain: Vec<String>,
    /// The path of the runtime crate in the generated code: `crate` for the models that live inside
    /// it, `::scim_client` for everybody else.
    pub runtime: String,
    /// The name of the generated root module, and so of its file and folder.
    pub module: String,
    /// The command that the header of a generated file tells its reader to run.
    pub command: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            lenient: false,
            schema_id: None,
            schema_name: None,
            plain: DISCOVERY.map(str::to_owned).to_vec(),
            module: MODULE.to_owned(),
            runtime: "::scim_client".to_owned(),
            command: "scim-codegen".to_owned(),
        }
    }
}
