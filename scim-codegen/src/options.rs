//! Options of the generator.

use scim_schema::Reading;

/// Options of reading documents and of the generated code.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Options {
    /// How documents are read, and the name of the generated root module, and so of its file and
    /// folder.
    pub reading: Reading,
    /// The path of the runtime crate in the generated code: `crate` for models inside of that
    /// crate, `::scim_client` for all others.
    pub runtime: String,
    /// The name of the crate from which users import the types, such as `scim_acme`. If it is set, the
    /// documentation of resource types has examples, which are tests of that crate.
    pub examples: Option<String>,
    /// The command to run, which the header of generated files shows.
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
