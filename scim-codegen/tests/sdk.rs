//! A crate for a vendor: what is in it, and that it compiles with nothing but the runtime.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use std::path::Path;
use std::process::Command;

use scim_codegen::{SdkOptions, Source, sdk};

/// Names that are hard on templates: a type called as the client would be, one as the runtime's,
/// two resource types of one schema, an endpoint with folders.
const SCHEMAS: &str = r#"[
  {"id": "urn:acme:Acme", "name": "Acme", "attributes": [
    {"name": "client", "type": "string", "multiValued": false, "required": true}]},
  {"id": "urn:acme:Client", "name": "Client", "description": "A `client` | of [Acme].",
    "attributes": [{"name": "error", "type": "dateTime", "multiValued": false}]},
  {"id": "urn:acme:extension:Profile", "name": "Profile", "attributes": [
    {"name": "resources", "type": "integer", "multiValued": true},
    {"name": "рост", "type": "string", "multiValued": false, "canonicalValues": ["о", "o"]},
    {"name": "aı", "type": "string", "multiValued": false},
    {"name": "ai", "type": "string", "multiValued": false}]}]"#;
const TYPES: &str = r#"[
  {"name": "Acme", "endpoint": "/Acmes", "schema": "urn:acme:Acme",
    "schemaExtensions": [{"schema": "urn:acme:extension:Profile", "required": true}]},
  {"name": "Client", "endpoint": "/very/Client", "schema": "urn:acme:Client"},
  {"name": "OldClient", "endpoint": "/Old-Clients", "schema": "urn:acme:Client"}]"#;
const CONFIG: &str = r#"{
  "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
  "patch": {"supported": false}, "bulk": {"supported": false, "maxOperations": 0},
  "filter": {"supported": true, "maxResults": 25}, "sort": {"supported": true}}"#;
const PROFILE: &str = r#"{"name": "Acme \"Cloud\"", "pageSize": 10,
  "facts": [{"says": "Pages are short.", "source": "Acme's manual", "sets": ["/pageSize"]}]}"#;

fn sources() -> Vec<Source> {
    vec![
        Source::new("schemas.json", SCHEMAS),
        Source::new("types.json", TYPES),
        Source::new("config.json", CONFIG),
        Source::new("profile.json", PROFILE),
    ]
}

#[test]
fn the_client_has_the_resources_by_name() {
    let generated = sdk(&sources(), &SdkOptions::new("scim-acme")).unwrap();
    let library = &generated.files["src/lib.rs"];
    for part in [
        "pub struct AcmeClient {",
        "pub fn acmes(&self) -> scim_client::Resources<Acme> {",
        "pub fn very_client(&self) -> scim_client::Resources<Client> {",
        "pub fn old_clients(&self) -> scim_client::Resources<Client> {",
        "self.client.resource_at(\"/Old-Clients\")",
    ] {
        assert!(library.contains(part), "{part} is not in\n{library}");
    }
    assert!(!library.contains("bulk"));
    let profile = &generated.files["src/profile.json"];
    assert!(
        profile.contains("\"documented\": {\n    \"bulk\": false,"),
        "{profile}"
    );
    let readme = &generated.files["README.md"];
    assert!(
        readme.contains("Pages are short. (Acme's manual)"),
        "{readme}"
    );
    assert_eq!(
        generated.files,
        sdk(&sources(), &SdkOptions::new("scim-acme"))
            .unwrap()
            .files
    );
}

#[test]
fn says_why_there_is_no_crate() {
    let error = |sources: &[Source], name: &str| {
        let found = sdk(sources, &SdkOptions::new(name)).unwrap_err();
        found.iter().next().unwrap().code()
    };
    for name in [
        "Scim Acme",
        "",
        "1a",
        "fn",
        "core",
        "std",
        "scim-client",
        "proc-macro",
    ] {
        assert_eq!(error(&sources(), name), "crate-name", "{name}");
    }
    let extension = r#"{"id": "urn:x:extension:Y", "name": "Y", "attributes": []}"#;
    let extension = Source::new("extension.json", extension);
    assert_eq!(error(&[extension], "scim-acme"), "no-resource");
    assert_eq!(error(&[], "scim-acme"), "no-schema");
}

#[test]
fn the_crate_compiles_with_nothing_but_the_runtime() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("scim-acme");
    let mut options = SdkOptions::new("scim-acme");
    let runtime = root.join("scim-client").canonicalize().unwrap();
    options.runtime_path = Some(runtime.display().to_string());
    let mut generated = sdk(&sources(), &options).unwrap();
    // The folder may be inside this workspace, of which it is no member.
    let manifest = generated.files.get_mut("Cargo.toml").unwrap();
    manifest.push_str("\n[workspace]\n");
    for (path, text) in &generated.files {
        let path = out.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    std::fs::copy(root.join("Cargo.lock"), out.join("Cargo.lock")).unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["check", "--offline", "--no-default-features"])
        .env("CARGO_TARGET_DIR", out.join("target"))
        .env("RUSTFLAGS", "-D warnings")
        .current_dir(&out)
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
}
