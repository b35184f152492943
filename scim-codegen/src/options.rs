//! What a caller may decide.

use scim_schema::Reading;

/// How documents are read and what the generated code looks like.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Options {
    /// How documents are read, and the name of the generated root module, and so of its file and
    /// folder.
    pub reading: Reading,
    /// The path of the runtime crate in the generated code: `crate` for the models that live inside
    /// it, `::scim_client` for everybody else.
    pub runtime: String,
    /// The name by which users import the types, such as `scim_acme`: the documentation of resource
    /// types gets examples then, which are run as tests of that crate. Without it there are none, since
    /// nothing could be imported.
    pub examples: Option<String>,
    /// The command that the header of a generated file tells its reader to run.
    pub command: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            reading: Reading::default(),
            runtime: "::scim_client".to_owned(),
            examples: None,
            command: "scim-codegen".to_owned(),
        }
    }
}
