//! `serve`: a service provider in memory.

use std::time::Duration;

use clap::{ArgMatches, Command};
use http::StatusCode;
use scim_client::Profile;
use scim_client::dynamic::ResourceTypes;
use scim_client::testing::{Misbehaviour, ServiceProvider};

use super::proxy::{front, interrupted, port, record};
use super::{duration, flag, many, option, text, texts};
use crate::config::Context;
use crate::discovery;
use crate::documents::{Form, rows};
use crate::failure::{Failure, of_file};
use crate::globals::Globals;
use crate::secret::Reference;
use crate::session::Session;
use crate::terminal::{self, say};
use crate::types::Types;
use crate::value::Value;

const FAULTS: &str = "latency:200ms throttle:3 fail:2:503 cut:1 lose:1 truncate:1 page-cap:10 no-patch no-put no-bulk \
                      no-filter no-sort no-versions no-discovery html-errors ignore-start-index malformed";

pub(super) fn commands() -> Vec<Command> {
    let fault = || many("fault", "FAULT", FAULTS).value_delimiter(',');
    vec![
        Command::new("serve")
            .about("Run a server with users and groups, or other types, in memory on the loopback interface, for tests")
            .after_help("The server prints its base URL, and runs until you stop it. With --token REF, requests need that token.\n\nExamples:\n  scim serve --port 8080 --seed users.jsonl\n  scim serve --as aws --fault throttle:3,latency:200ms\n  scim schema fetch --out acme && scim serve --schemas acme")
            .arg(port())
            .arg(option("as", "PROFILE", "Behave like the server of this vendor, such as aws, entra, okta"))
            .arg(option("schemas", "DIR|FILE", "Serve the types of these schema documents, as `scim schema fetch` writes them").alias("schema").value_hint(clap::ValueHint::AnyPath))
            .arg(option("seed", "FILE|DIR", "A file or folder of resources that exist from the start").value_hint(clap::ValueHint::AnyPath))
            .arg(option("page-size", "N", "How many resources a page may have").value_parser(clap::value_parser!(u64).range(1..)))
            .arg(flag("strict", "Refuse requests that do not follow the RFCs strictly"))
            .arg(flag("counted-ids", "Use 1, 2, 3 as ids"))
            .arg(fault())
            .arg(record()),
    ]
}

fn fault(text: &str) -> Result<Misbehaviour, Failure> {
    let mut parts = text.split(':');
    let name = parts.next().unwrap_or_default();
    let (first, second) = (parts.next(), parts.next());
    let known = match name {
        "throttle" | "fail" => 2,
        "latency" | "cut" | "lose" | "truncate" | "page-cap" => 1,
        _ => 0,
    };
    let wrong = || Failure::usage(format!("`{text}` is not a fault")).hint(FAULTS);
    let requests = || -> Result<u32, Failure> { first.unwrap_or("1").parse().map_err(|_| wrong()) };
    if text.split(':').count() > known + 1 {
        return Err(wrong());
    }
    Ok(match name {
        "latency" => Misbehaviour::Latency(duration(first.ok_or_else(wrong)?)?),
        "throttle" => Misbehaviour::Throttle {
            requests: requests()?,
            retry_after: Duration::from_secs(
                second.map_or(Ok(1), str::parse).map_err(|_| wrong())?,
            ),
        },
        "fail" => Misbehaviour::Fail {
            requests: requests()?,
            status: second
                .map_or(Ok(StatusCode::SERVICE_UNAVAILABLE), str::parse)
                .map_err(|_| wrong())?,
        },
        "cut" => Misbehaviour::CutConnection {
            requests: requests()?,
        },
        "lose" => Misbehaviour::LoseResponse {
            requests: requests()?,
        },
        "truncate" => Misbehaviour::Truncate {
            requests: requests()?,
        },
        "page-cap" => Misbehaviour::PageCap(first.and_then(|n| n.parse().ok()).ok_or_else(wrong)?),
        "no-patch" => Misbehaviour::NoPatch,
        "no-put" => Misbehaviour::NoPut,
        "no-bulk" => Misbehaviour::NoBulk,
        "no-filter" => Misbehaviour::NoFilter,
        "no-sort" => Misbehaviour::NoSort,
        "no-versions" => Misbehaviour::NoVersions,
        "no-discovery" => Misbehaviour::NoDiscovery,
        "html-errors" => Misbehaviour::HtmlErrors,
        "ignore-start-index" => Misbehaviour::IgnoreStartIndex,
        "malformed" => Misbehaviour::MalformedElement,
        _ => return Err(wrong()),
    })
}

pub(super) async fn serve(globals: &Globals, matches: &ArgMatches) -> Result<(), Failure> {
    let mut builder = ServiceProvider::builder();
    let mut secret = None;
    if let Some(reference) = &globals.token {
        let token = Reference::parse(reference)?.resolve_token()?;
        builder = builder.bearer_token(token.reveal());
        secret = Some(token);
    }
    if let Some(size) = matches.get_one::<u64>("page-size") {
        builder = builder.page_size(*size);
    }
    if matches.get_flag("strict") {
        builder = builder.strict();
    }
    if matches.get_flag("counted-ids") {
        builder = builder.counted_ids();
    }
    let types = match text(matches, "schemas") {
        None => Types::bundled(),
        Some(path) => {
            let own = documented(path)?;
            let types = types_of(&own);
            builder = builder.resource_types(&own);
            types
        }
    };
    let provider = builder.build();
    if let Some(path) = text(matches, "seed") {
        seed(&provider, path, &types)?;
    }
    if let Some(name) = text(matches, "as") {
        let names = Profile::NAMES.join(", ");
        let manner = Misbehaviour::respond_as(name).ok_or_else(|| {
            Failure::usage(format!("there is no profile `{name}`"))
                .hint(format!("there are {names}"))
        })?;
        provider.misbehave(manner);
    }
    for text in texts(matches, "fault") {
        provider.misbehave(fault(&text)?);
    }
    let port = matches.get_one::<u16>("port").copied().unwrap_or(0);
    let record = text(matches, "record");
    let failed = |error: std::io::Error| crate::server::cannot_listen(port, &error);
    if record.is_none() && globals.verbosity == 0 {
        let server = provider.serve_at(port).await.map_err(failed)?;
        terminal::out(&format!("{}\n", server.url()))?;
        interrupted().await;
        return Ok(());
    }
    // What is to be seen passes through a proxy of its own.
    let inner = provider.serve().await.map_err(failed)?;
    let session = recording(globals, Context::new("", &inner.url()), record).await?;
    if let Some(secret) = &secret {
        session.mask.add(secret);
    }
    discovery::mask_secrets(&types, &session.mask);
    front(session, port, true, Duration::ZERO).await
}

/// A session that records to a file.
async fn recording(
    globals: &Globals,
    context: Context,
    record: Option<&str>,
) -> Result<Session, Failure> {
    let mut globals = globals.clone();
    globals.token = None;
    globals.har = record.map(crate::files::expand).or(globals.har);
    Session::of(&globals, context).await
}

/// The types of a folder of documents.
fn documented(path: &str) -> Result<ResourceTypes, Failure> {
    const HINT: &str = "`scim lint` says more of each document; `scim schema fetch --out DIR` writes those of a server";
    let folder = crate::files::expand(path);
    let (types, _) = ResourceTypes::from_folder(&folder).map_err(|error| {
        let why = error.to_string();
        let why: Vec<String> = why.lines().map(terminal::visible).collect();
        Failure::usage(format!("{path}: {}", why.join("\n"))).hint(HINT)
    })?;
    match types.is_empty() {
        true => Err(Failure::usage(format!("{path} has no resource types")).hint(HINT)),
        false => Ok(types),
    }
}

/// The same types as the command reads them.
fn types_of(types: &ResourceTypes) -> Types {
    let parsed = |json: scim_client::Json| Value::parse(json.as_str()).ok();
    let documents = types
        .iter()
        .filter_map(|of| parsed(of.resource_type_document()));
    let mut schemas: Vec<Value> = Vec::new();
    for of in types {
        let extensions = of.extension_documents().map(|(_, document)| document);
        let own = std::iter::once(of.schema_document());
        schemas.extend(own.chain(extensions).filter_map(parsed));
    }
    Types::read(&documents.collect::<Vec<_>>(), &schemas, Value::Null)
}

fn seed(provider: &ServiceProvider, path: &str, types: &Types) -> Result<(), Failure> {
    let folder = crate::files::expand(path);
    let files = match folder.is_dir() {
        true => {
            let entries = std::fs::read_dir(&folder).map_err(of_file(&folder))?;
            let mut files: Vec<_> = entries
                .filter_map(|entry| Some(entry.ok()?.path()))
                .collect();
            // Groups refer to users.
            files.sort_by_key(|path| {
                (
                    path.to_string_lossy().to_lowercase().contains("group"),
                    path.clone(),
                )
            });
            files
        }
        false => vec![folder],
    };
    let mut count = 0;
    for path in files {
        let text = crate::text::of(&path)?;
        let shown = path.display().to_string();
        let named = path
            .file_stem()
            .and_then(|stem| types.find(&stem.to_string_lossy()).ok());
        let form = Form::of(None, &shown, &text)?;
        let any = named
            .or(types.list.first())
            .ok_or_else(|| Failure::usage("there are no types"))?;
        let (rows, _) = rows(&text, form, any).map_err(|failure| failure.at(&shown))?;
        for row in rows {
            let place = format!("{shown}:{}", row.line);
            let mut value = row.value.map_err(|failure| failure.at(&place))?;
            if value.get("schemas").is_none() {
                any.set_schemas(&mut value);
            }
            provider.seed_json(&value.to_string()).map_err(|error| {
                Failure::usage(format!("{place}: {}", error.detail.unwrap_or_default()))
            })?;
            count += 1;
        }
    }
    say(format_args!("{count} resources are there"));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_read() {
        assert_eq!(
            fault("latency:200ms").unwrap(),
            Misbehaviour::Latency(Duration::from_millis(200))
        );
        assert_eq!(
            fault("fail:2:500").unwrap(),
            Misbehaviour::Fail {
                requests: 2,
                status: StatusCode::INTERNAL_SERVER_ERROR
            }
        );
        for wrong in [
            "latency",
            "latency:2x",
            "latency:2s:3",
            "fail:a",
            "explode",
            "fail:1:99",
            "fail:1:500:x",
            "no-patch:3",
        ] {
            assert!(fault(wrong).is_err(), "{wrong}");
        }
    }
}
