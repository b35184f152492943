//! What a service provider says of itself, kept for a day.

use std::path::PathBuf;

use crate::failure::{Failure, in_our_words};
use crate::files;
use crate::session::Session;
use crate::terminal;
use crate::token::now;
use crate::types::Types;
use crate::value::Value;
use crate::wire::Mask;

/// How long it is kept, in seconds: a day.
const LIFETIME: u64 = 24 * 60 * 60;

/// What a service provider publishes, as JSON.
#[derive(Clone, Default)]
pub(crate) struct Documents {
    /// When it was fetched, in seconds since 1970.
    pub(crate) fetched: u64,
    pub(crate) config: Value,
    pub(crate) types: Vec<Value>,
    pub(crate) schemas: Vec<Value>,
    /// What could not be asked for or read.
    pub(crate) problems: Vec<String>,
}

impl Documents {
    /// The types in it.
    pub(crate) fn to_types(&self) -> Types {
        Types::read(&self.types, &self.schemas, self.config.clone())
    }

    fn to_value(&self, url: &str) -> Value {
        Value::object([
            ("url", Value::text(url)),
            ("fetched", Value::from(self.fetched)),
            ("config", self.config.clone()),
            ("resourceTypes", Value::List(self.types.clone())),
            ("schemas", Value::List(self.schemas.clone())),
            (
                "problems",
                Value::texts(self.problems.iter().map(String::as_str)),
            ),
        ])
    }

    fn from_value(mut value: Value, url: &str) -> Option<Self> {
        let list = |value: Option<Value>| match value {
            Some(Value::List(elements)) => elements,
            _ => Vec::new(),
        };
        if value.str("url") != Some(url) {
            return None;
        }
        let problems = list(value.remove("problems"));
        Some(Self {
            fetched: value.get("fetched").and_then(Value::as_u64)?,
            config: value.remove("config").unwrap_or_default(),
            types: list(value.remove("resourceTypes")),
            schemas: list(value.remove("schemas")),
            problems: problems.iter().map(Value::plain).collect(),
        })
    }
}

/// The file that it is kept in.
pub(crate) fn cache_file(context: &str, url: &str) -> Option<PathBuf> {
    let name = format!("{}.json", files::digest(&format!("{context}\n{url}")));
    Some(files::cache_folder()?.join(name))
}

/// What is kept, if it is not too old.
pub(crate) fn kept(context: &str, url: &str) -> Option<Documents> {
    let text = std::fs::read_to_string(cache_file(context, url)?).ok()?;
    let documents = Documents::from_value(Value::parse(&text).ok()?, url)?;
    let age = now().checked_sub(documents.fetched)?;
    (age < LIFETIME).then_some(documents)
}

/// The documents of a service provider: kept ones, or else those that it is asked for.
pub(crate) async fn documents(session: &Session) -> Result<Documents, Failure> {
    let (name, url) = (&session.context.name, &session.context.url);
    if !session.globals.refresh
        && let Some(documents) = kept(name, url)
    {
        return Ok(documents);
    }
    fetch(session).await
}

/// Asks a service provider, and keeps what it says.
pub(crate) async fn fetch(session: &Session) -> Result<Documents, Failure> {
    let (name, url) = (&session.context.name, &session.context.url);
    if session.globals.curl {
        // Nothing is sent; what is built in has to do.
        return Ok(Documents::default());
    }
    let provider = session.client().discover().await?;
    // A refused credential is no fact about the server.
    if let Some(error) = provider
        .problems
        .iter()
        .find(|error| error.is_unauthorized())
        && provider.resource_types.is_empty()
        && provider.schemas.is_empty()
    {
        let text = in_our_words(&error.to_string());
        return Err(Failure::new(crate::failure::Code::Auth, text).hint(
            "is there a token, and is it still valid? --token env:NAME gives one, `scim login` \
             stores where it comes from",
        ));
    }
    let parse = |json: &str| Value::parse(json).ok();
    let config = provider
        .config
        .as_ref()
        .and_then(|config| parse(&config.to_json()));
    let types = provider
        .resource_types
        .iter()
        .filter_map(|one| parse(&one.to_json()));
    let schemas = provider
        .schemas
        .iter()
        .filter_map(|one| parse(&one.to_json()));
    let (mut types, mut schemas): (Vec<Value>, Vec<Value>) = (types.collect(), schemas.collect());
    // What the library refuses for a part of it is read as far as it goes.
    let raw = provider.problems.iter().filter_map(|problem| {
        let raw = problem
            .decode_error()
            .map(scim_client::json::DecodeError::raw)?;
        parse(raw)
    });
    for document in raw {
        let list = match document.get("Resources") {
            Some(list) => list.each().to_vec(),
            None => vec![document],
        };
        for one in list {
            let (all, name) = match (one.get("attributes"), one.str("schema")) {
                (Some(_), _) => (&mut schemas, "id"),
                (None, Some(_)) => (&mut types, "name"),
                (None, None) => continue,
            };
            let is_known = all.iter().any(|known| known.str(name) == one.str(name));
            if one.str(name).is_some() && !is_known {
                all.push(one);
            }
        }
    }
    let documents = Documents {
        fetched: now(),
        config: config.unwrap_or_default(),
        types,
        schemas,
        problems: provider
            .problems
            .iter()
            .map(|problem| in_our_words(&problem.to_string()))
            .collect(),
    };
    let text = documents.to_value(url).to_string();
    if let Some(file) = cache_file(name, url)
        && let Err(failure) = files::write_private(&file, &text)
    {
        terminal::say(format_args!(
            "note: the schemas cannot be stored: {}",
            failure.message()
        ));
    }
    Ok(documents)
}

/// The types of a service provider. Says so where they are not its own.
pub(crate) async fn types(session: &Session) -> Result<Types, Failure> {
    let documents = documents(session).await?;
    let types = documents.to_types();
    mask_secrets(&types, &session.mask);
    if types.is_bundled && !session.globals.curl {
        terminal::say(match documents.problems.first() {
            Some(problem) => format!(
                "note: the server's schemas cannot be read, so those of RFC 7643 are used: {}",
                terminal::visible(problem)
            ),
            None => "note: the server publishes no schemas: those of RFC 7643 are used".to_owned(),
        });
    }
    Ok(types)
}

/// From now on, what the types call secret is not shown.
pub(crate) fn mask_secrets(types: &Types, mask: &Mask) {
    for resource_type in &types.list {
        for name in resource_type.secrets() {
            mask.add_attribute(name);
        }
    }
}
