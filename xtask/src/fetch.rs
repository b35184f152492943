//! `fetch`: the discovery documents of a live server, as files.

use std::collections::BTreeMap;
use std::path::Path;

use scim_client::{Client, Profile, Provider};
use scim_codegen::{Source, canonical, cli};

pub(crate) fn run(arguments: &[&str]) -> Result<(), String> {
    let mut url = None;
    let mut out = None;
    let mut builder_options = (None, None);
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let mut value = || {
            let value = rest.next().copied();
            value.ok_or_else(|| format!("{argument} needs a value"))
        };
        match *argument {
            "--out" => out = Some(value()?),
            "--token-env" => builder_options.0 = Some(value()?),
            "--profile" => builder_options.1 = Some(value()?),
            option if option.starts_with("--") => return Err(format!("unknown option {option}")),
            _ if url.is_none() => url = Some(*argument),
            other => return Err(format!("one URL is enough: what is {other}?")),
        }
    }
    let url = url.ok_or("which server? Give its base URL, such as https://example.com/scim/v2")?;
    let out = out.ok_or("where to? Add --out <folder>")?;
    let mut builder = Client::builder(url);
    if let Some(variable) = builder_options.0 {
        let token = std::env::var(variable);
        builder = builder.bearer_token(token.map_err(|_| format!("${variable} is not set"))?);
    }
    if let Some(name) = builder_options.1 {
        let profile = Profile::named(name);
        let known = Profile::NAMES.join(", ");
        builder = builder.profile(profile.ok_or(format!("the profiles are {known}"))?);
    }
    let client = builder.build().map_err(|error| error.to_string())?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    runtime.block_on(fetch(&client, Path::new(out)))
}

/// Asks a server for what it publishes, and writes it to a folder.
async fn fetch(client: &Client, out: &Path) -> Result<(), String> {
    let provider = client.discover().await.map_err(|error| error.to_string())?;
    for problem in &provider.problems {
        eprintln!("warning: {problem}");
    }
    let before = cli::read_folder(out, "json")?;
    let files = files(&provider)?;
    if files.is_empty() {
        return Err("the server publishes nothing that could be read".to_owned());
    }
    for (name, text) in &files {
        let word = match before.get(name) {
            None => "new",
            Some(old) if old == text => "unchanged",
            Some(_) => "changed",
        };
        println!("{word:<10} {name}");
        if word != "unchanged" {
            cli::write_file(&out.join(name), text)?;
        }
    }
    // What the server no longer publishes is for a human to remove: it may only be ill today.
    let ours = |name: &&String| !matches!(name.as_str(), "overlay.json" | "profile.json");
    for name in before.keys().filter(ours) {
        if !files.contains_key(name) {
            println!("{:<10} {name}: the server does not publish it", "left");
        }
    }
    Ok(())
}

/// The documents by file name. Their `meta` is left out: it changes when nothing else does, and
/// tells where the tenant is.
fn files(provider: &Provider) -> Result<BTreeMap<String, String>, String> {
    let mut files = BTreeMap::new();
    if let Some(config) = &provider.config {
        let text = document(&config.to_json())?;
        files.insert("service_provider_config.json".to_owned(), text);
    }
    for resource_type in &provider.resource_types {
        let name = resource_type.name.as_deref();
        let name = name.unwrap_or_else(|| resource_type.id());
        let text = document(&resource_type.to_json())?;
        add(&mut files, "resource_types/", name, text);
    }
    for schema in &provider.schemas {
        let urn = schema.id();
        let short = urn
            .get(..29)
            .filter(|start| start.eq_ignore_ascii_case("urn:ietf:params:scim:schemas:"));
        let name = short
            .and_then(|start| urn.get(start.len()..))
            .unwrap_or(urn);
        add(&mut files, "schemas/", name, document(&schema.to_json())?);
    }
    Ok(files)
}

/// Adds a file, under a name that no other has.
fn add(files: &mut BTreeMap<String, String>, folder: &str, name: &str, text: String) {
    let mut stem = String::new();
    for c in name.chars() {
        let plain = c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
        stem.push(if plain { c.to_ascii_lowercase() } else { '_' });
    }
    let mut path = format!("{folder}{stem}.json");
    let mut number = 2;
    while files.contains_key(&path) {
        path = format!("{folder}{stem}_{number}.json");
        number += 1;
    }
    files.insert(path, text);
}

fn document(json: &str) -> Result<String, String> {
    let source = Source::new("the answer", json);
    canonical(&source, &["meta"]).map_err(|findings| findings.to_string())
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use scim_client::testing::ServiceProvider;

    use super::*;

    fn block_on(future: impl Future<Output = ()>) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        runtime.unwrap().block_on(future);
    }

    #[test]
    fn what_is_fetched_generates_and_is_stable() {
        block_on(async {
            let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
                .join("../target/tmp/xtask-fetch")
                .join(std::process::id().to_string());
            let provider = ServiceProvider::builder().bearer_token("t").build();
            let server = provider.serve().await.unwrap();
            let client = Client::builder(server.url()).bearer_token("t").build();
            let client = client.unwrap();
            fetch(&client, &folder).await.unwrap();
            let first = cli::read_folder(&folder, "json").unwrap();
            assert_eq!(
                first.keys().map(String::as_str).collect::<Vec<_>>(),
                [
                    "resource_types/group.json",
                    "resource_types/user.json",
                    "schemas/core_2.0_group.json",
                    "schemas/core_2.0_resourcetype.json",
                    "schemas/core_2.0_schema.json",
                    "schemas/core_2.0_serviceproviderconfig.json",
                    "schemas/core_2.0_user.json",
                    "schemas/extension_enterprise_2.0_user.json",
                    "service_provider_config.json",
                ]
            );
            assert!(!first.values().any(|text| text.contains("\"meta\"")));
            fetch(&client, &folder).await.unwrap();
            assert_eq!(first, cli::read_folder(&folder, "json").unwrap());
            assert_eq!(cli::diff(&folder, &folder).unwrap(), "nothing changed\n");

            let sources: Vec<_> = first.iter().map(|(n, t)| Source::new(n, t)).collect();
            let sdk = scim_codegen::SdkOptions::new("scim-fetched");
            let generated = scim_codegen::sdk(&sources, &sdk).unwrap();
            let library = &generated.files["src/lib.rs"];
            assert!(library.contains("pub fn users(&self)"), "{library}");
            std::fs::remove_dir_all(&folder).unwrap();
        });
    }

    #[test]
    fn says_what_is_missing() {
        let message = |arguments: &[&str]| run(arguments).unwrap_err();
        assert!(message(&[]).starts_with("which server?"));
        assert!(message(&["https://x.example"]).starts_with("where to?"));
        let no_token = [
            "https://x.example",
            "--out",
            "x",
            "--token-env",
            "SCIM_NO_SUCH_VARIABLE",
        ];
        assert_eq!(message(&no_token), "$SCIM_NO_SUCH_VARIABLE is not set");
        assert_eq!(message(&["--frob"]), "unknown option --frob");
    }
}
