//! `Cargo.toml` and `src/lib.rs`.

use super::{Crate, MODULE};
use crate::emit::docs;
use scim_schema::json;
use scim_schema::model::{Attribute, Kind};

/// The runtime's version; both are released together.
const VERSION: &str = env!("CARGO_PKG_VERSION");

pub(super) fn manifest(sdk: &Crate<'_>) -> String {
    let mut runtime = format!("version = \"{VERSION}\"");
    if let Some(path) = &sdk.options.runtime_path {
        runtime.push_str(", path = ");
        json::string(path, &mut runtime);
    }
    let mut description = String::new();
    json::string(
        &format!("A typed SCIM 2.0 client for {}", sdk.title),
        &mut description,
    );
    format!(
        r#"# Written once; change it as you like. Everything else here is generated.
[package]
name = "{name}"
version = "0.1.0"
edition = "2024"
rust-version = "1.88"
description = {description}
publish = false

[features]
# The client over HTTP with TLS by rustls.
default = ["reqwest", "rustls"]
reqwest = ["scim-client/reqwest"]
rustls = ["scim-client/rustls"]
native-tls = ["scim-client/native-tls"]

[dependencies]
scim-client = {{ {runtime}, default-features = false, features = ["client"] }}

[lints.rust]
unsafe_code = "forbid"
missing_docs = "deny"
"#,
        name = sdk.options.crate_name,
    )
}

/// The compiler warns of names in other scripts that look like others, and only the root of a crate
/// can say that they are meant: they are the service provider's.
const LOOK_ALIKE: &str = "\n#![allow(confusable_idents, mixed_script_confusables)]\n";

/// Returns whether anything is called by letters beyond ASCII.
fn foreign(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let of_type = match &attribute.kind {
            Kind::Complex(complex) => foreign(&complex.attributes),
            Kind::String(Some(values)) => values.variants.iter().any(|v| !v.name.is_ascii()),
            _ => false,
        };
        of_type || !attribute.field.is_ascii()
    })
}

pub(super) fn library(sdk: &Crate<'_>) -> String {
    let Crate { client, title, .. } = sdk;
    let title = docs::prose(title);
    let mut text = docs::header(&sdk.options.documents.command, &sdk.sources);
    if sdk.model.schemas().iter().any(|s| foreign(&s.attributes)) {
        text.push_str(LOOK_ALIKE);
    }
    text.push_str(&format!(
        r#"
#![doc = include_str!("../README.md")]

#[rustfmt::skip]
mod {MODULE};

pub use ::scim_client;

pub use self::{MODULE}::*;

/// How the service provider departs from the RFCs on the wire.
const PROFILE: &str = include_str!("profile.json");

{doc}
#[derive(Debug, Clone)]
pub struct {client} {{
    client: scim_client::Client,
}}

impl {client} {{
    /// Sets the profile and builds the client. It sends nothing.
    ///
    /// # Errors
    /// The base URL, a credential or a header cannot be used, or there is no transport.
    pub fn new(builder: scim_client::client::ClientBuilder) -> Result<Self, scim_client::Error> {{
        let client = builder.profile(Self::profile()?).build()?;
        Ok(Self {{ client }})
    }}

    /// The profile of the service provider: how it departs from the RFCs on the wire. To change it,
    /// pass the changed profile to `ClientBuilder::profile`, and convert the client with `From`.
    ///
    /// # Errors
    /// Never, unless this crate was edited by hand.
    pub fn profile() -> Result<scim_client::Profile, scim_client::Error> {{
        Ok(scim_client::Profile::from_json(PROFILE)?)
    }}

    /// Reads the discovery endpoints of the service provider (RFC 7644 §4).
    pub fn discover(&self) -> scim_client::client::Discover {{
        self.client.discover()
    }}

    /// The general client that this one wraps.
    pub fn client(&self) -> &scim_client::Client {{
        &self.client
    }}
"#,
        doc = comment(
            &[
                format!("A client for {title}, with a method for each resource type."),
                "Cheap to clone. Clones share connections and the results of discovery.".to_owned(),
            ],
            0
        ),
    ));
    for handle in &sdk.handles {
        let about = docs::prose(&handle.description);
        let first = format!(
            "[`{}`] at {}.",
            handle.type_name,
            docs::code(&handle.endpoint)
        );
        let mut call = match handle.own {
            true => "self.client.resource()".to_owned(),
            false => {
                let mut call = "self.client.resource_at(".to_owned();
                json::string(&handle.endpoint, &mut call);
                call + ")"
            }
        };
        if call.len() + 8 > 100 {
            call = call.replace(".resource", "\n            .resource");
        }
        let (method, type_name) = (&handle.method, &handle.type_name);
        let mut head =
            format!("    pub fn {method}(&self) -> scim_client::Resources<{type_name}> {{");
        if head.len() > 100 {
            head = format!(
                "    pub fn {method}(\n        &self,\n    ) -> scim_client::Resources<{type_name}> {{"
            );
        }
        text.push_str(&format!(
            "\n{}\n{head}\n        {call}\n    }}\n",
            comment(&[first, about], 4)
        ));
    }
    text.push_str(&format!(
        r"}}

impl From<scim_client::Client> for {client} {{
    /// Wraps a client. Its profile stays as it is.
    fn from(client: scim_client::Client) -> Self {{
        Self {{ client }}
    }}
}}
"
    ));
    text
}

/// Paragraphs as doc comments, without a line break at the end.
fn comment(paragraphs: &[String], indent: usize) -> String {
    let lines = docs::text(paragraphs, indent);
    let margin = " ".repeat(indent);
    let lines: Vec<String> = lines
        .iter()
        .map(|line| format!("{margin}///{line}"))
        .collect();
    lines.join("\n")
}
