//! `fetch`: the discovery documents of a live server, as files.

use std::collections::BTreeMap;
use std::path::Path;

use scim_client::json::DecodeError;
use scim_client::{Client, Profile, Provider};
use scim_codegen::{Reading, Source, canonical, cli};

/// Fetches, as these arguments say: the URL, `--out` and options.
///
/// # Errors
///
/// What went wrong, for people.
pub fn run(arguments: &[&str]) -> Result<(), String> {
    let mut url = None;
    let mut out = None;
    let mut builder_options = (None, None);
    let mut lenient = false;
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
            "--lenient" => lenient = true,
            option if option.starts_with("--") => return Err(format!("unknown option {option}")),
            _ if url.is_none() => url = Some(*argument),
            other => return Err(format!("there is more than one URL: {other}")),
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
    let client = builder
        .build()
        .map_err(|error| crate::failure::in_our_words(&error.to_string()))?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| crate::failure::in_our_words(&error.to_string()))?;
    runtime.block_on(fetch(&client, Path::new(out), lenient))
}

/// Asks a server for what it publishes, and writes it to a folder.
pub(crate) async fn fetch(client: &Client, out: &Path, lenient: bool) -> Result<(), String> {
    let provider = client
        .discover()
        .await
        .map_err(|error| crate::failure::in_our_words(&error.to_string()))?;
    for problem in &provider.problems {
        let problem = crate::terminal::visible(&problem.to_string());
        cli::complain(format_args!("warning: {problem}"));
    }
    let before = cli::read_folder(out, "json")?;
    let files = files(&provider, lenient)?;
    if files.is_empty() {
        return Err("the server publishes nothing that could be read".to_owned());
    }
    for (name, text) in &files {
        let word = match before.get(name) {
            None => "new",
            Some(old) if old == text => "unchanged",
            Some(_) => "changed",
        };
        cli::say(format_args!("{word:<10} {name}\n"));
        if word != "unchanged" {
            cli::write_file(&out.join(name), text)?;
        }
    }
    // What the server no longer publishes is for a human to remove: it may only be ill today.
    let ours = |name: &&String| !matches!(name.as_str(), "overlay.json" | "profile.json");
    for name in before.keys().filter(ours) {
        if !files.contains_key(name) {
            let word = "left";
            cli::say(format_args!(
                "{word:<10} {name}: the server does not publish it\n"
            ));
        }
    }
    Ok(())
}

/// The documents by file name. Their `meta` is left out: it changes when nothing else does, and
/// tells where the tenant is. What could not be read is there too, as it came: whoever generates from
/// the folder is told what is wrong with it, and where.
fn files(provider: &Provider, lenient: bool) -> Result<BTreeMap<String, String>, String> {
    let mut files = BTreeMap::new();
    if let Some(config) = &provider.config {
        let text = document(&config.to_json(), lenient);
        files.insert("service_provider_config.json".to_owned(), text);
    }
    for resource_type in &provider.resource_types {
        let name = resource_type.name.as_deref();
        let name = name.unwrap_or_else(|| resource_type.id());
        let text = document(&resource_type.to_json(), lenient);
        add(&mut files, "resource_types/", name, text);
    }
    for schema in &provider.schemas {
        let text = document(&schema.to_json(), lenient);
        add(&mut files, "schemas/", short(schema.id()), text);
    }
    for problem in &provider.problems {
        let Some(raw) = problem.decode_error().map(DecodeError::raw) else {
            continue;
        };
        // Its name, where it can be found.
        let id = scim_schema::json::parse(raw).ok().and_then(|json| {
            let id = json.member("id").or_else(|| json.member("name"))?;
            Some(id.value.as_str()?.to_owned())
        });
        let name = id.as_deref().map_or("unread", short);
        add(&mut files, "schemas/", name, document(raw, lenient));
    }
    Ok(files)
}

/// A URN without what all of them begin with.
fn short(urn: &str) -> &str {
    const START: &str = "urn:ietf:params:scim:schemas:";
    let start = urn.get(..START.len());
    match start.is_some_and(|start| start.eq_ignore_ascii_case(START)) {
        true => urn.get(START.len()..).unwrap_or(urn),
        false => urn,
    }
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

/// The one form of a document; as it came, if it is no JSON.
fn document(json: &str, lenient: bool) -> String {
    let source = Source::new("the response", json);
    let mut reading = Reading::default();
    reading.lenient = lenient;
    canonical(&source, &["meta"], &reading).unwrap_or_else(|_| json.to_owned())
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
            fetch(&client, &folder, false).await.unwrap();
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
            fetch(&client, &folder, false).await.unwrap();
            assert_eq!(first, cli::read_folder(&folder, "json").unwrap());
            assert_eq!(
                cli::diff(&folder, &folder, &scim_codegen::Options::default()).unwrap(),
                ("nothing changed\n".to_owned(), false)
            );

            let sources: Vec<_> = first.iter().map(|(n, t)| Source::new(n, t)).collect();
            let sdk = scim_codegen::SdkOptions::new("scim-fetched");
            let generated = scim_codegen::sdk(&sources, &sdk).unwrap();
            let library = &generated.files["src/lib.rs"];
            assert!(library.contains("pub fn users(&self)"), "{library}");
            std::fs::remove_dir_all(&folder).unwrap();
        });
    }

    /// A server that answers so, by the end of the path.
    fn serve(answers: &'static [(&'static str, &'static str)]) -> String {
        use std::io::{Read as _, Write as _};

        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut request = [0; 4096];
                let length = stream.read(&mut request).unwrap();
                let request = String::from_utf8_lossy(&request[..length]).into_owned();
                let path = request.split(' ').nth(1).unwrap_or_default();
                let path = path.split('?').next().unwrap_or_default();
                let found = answers.iter().find(|(end, _)| path.ends_with(end));
                let (status, body) =
                    found.map_or(("404 Not Found", "{}"), |(_, body)| ("200 OK", body));
                let answer = format!(
                    "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
                     connection: close\r\n\r\n{body}",
                    body.len()
                );
                stream.write_all(answer.as_bytes()).unwrap();
            }
        });
        url
    }

    #[test]
    fn a_schema_that_cannot_be_read_is_kept_as_it_came() {
        let url = serve(&[(
            "/Schemas",
            r#"{"totalResults": 2, "Resources": [
            {"id": "urn:x:Good", "name": "Good", "attributes": [
                {"name": "a", "type": "string", "multiValued": false}]},
            {"id": "urn:ietf:params:scim:schemas:x:Bad", "name": "Bad", "attributes": [
                {"name": "a", "type": "string", "multiValued": {"no": "flag"}}]}]}"#,
        )]);
        block_on(async {
            let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
                .join("../target/tmp/xtask-fetch-bad")
                .join(std::process::id().to_string());
            let client = Client::builder(&url).build().unwrap();
            fetch(&client, &folder, false).await.unwrap();
            let found = cli::read_folder(&folder, "json").unwrap();
            let names: Vec<&str> = found.keys().map(String::as_str).collect();
            assert_eq!(names, ["schemas/urn_x_good.json", "schemas/x_bad.json"]);
            assert!(
                found["schemas/x_bad.json"].contains("\"no\": \"flag\""),
                "{found:?}"
            );
            // The generator says what is wrong with it, and where.
            let sources: Vec<_> = found.iter().map(|(n, t)| Source::new(n, t)).collect();
            let refused = scim_codegen::read(&sources, &scim_codegen::Options::default());
            let refused = refused.unwrap_err();
            let error = refused.errors().next().unwrap();
            assert_eq!(error.pointer(), "/attributes/0/multiValued");
            std::fs::remove_dir_all(&folder).unwrap();
        });
    }

    #[test]
    fn a_line_break_in_a_string_is_mended_leniently() {
        let text = "{\"id\": \"urn:x:A\", \"description\": \"a\nb\"}";
        assert_eq!(document(text, false), text);
        assert!(document(text, true).contains(r"a\nb"));
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
