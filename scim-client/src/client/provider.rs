//! Discovery: what a service provider says of itself (RFC 7644 §4).

mod cache;
mod published;
#[cfg(feature = "dynamic")]
mod types;

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use http::{Method, StatusCode};

use super::{
    call::Call,
    flight::WeakFlight,
    operation::{OperationBuilder, Verb, sealed::Sealed},
    response::{Response, success, unfit},
};
use crate::{
    Capabilities, Json, Resource, ResourceType, Schema, ServiceProviderConfig, Stored,
    drift::DriftReport,
    error::{Error, ErrorKind, refusal},
    internal,
    json::DecodeError,
    message::ListResponse,
    resource::ResourceKind,
    value::DateTime,
};

/// What may help where none of the documents can be read.
const NOBODY: &str = "there is neither a discovery document nor a SCIM error message: is the \
                      base URL right? (`\"plainNotFound\": true` in the profile, if the service \
                      provider has no such documents)";

/// How many pages of a discovery list are read at most.
const MAX_PAGES: usize = 100;

/// Reads the discovery endpoints; see [`Client::discover`](crate::Client::discover). The options apply to each of its
/// requests.
pub type Discover = OperationBuilder<DiscoverVerb>;

/// The verb of [`Discover`].
#[derive(Clone)]
pub struct DiscoverVerb(pub(super) ());

impl Verb for DiscoverVerb {
    type Output = Provider;
    type Sent = Provider;

    async fn send(operation: Discover) -> Result<Provider, Error> {
        discover(&operation).await
    }

    async fn output(operation: Discover) -> Result<Provider, Error> {
        Self::send(operation).await
    }
}

impl Sealed for DiscoverVerb {}

/// What a service provider publishes about itself: its configuration, resource types and schemas, as far
/// as they can be read.
///
/// ```
/// # use scim_client::{Client, User, testing::ServiceProvider};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let provider = ServiceProvider::new();
/// # let scim = Client::builder("https://scim.example/v2").service(provider.clone()).build()?;
/// # let users = scim.resource::<User>();
/// use scim_client::client::Provider;
///
/// # let _ = users;
/// let found = scim.discover().await?;
/// assert!(found.schema("urn:ietf:params:scim:schemas:core:2.0:User").is_some());
/// let of_users = found.resource_type("urn:ietf:params:scim:schemas:core:2.0:User");
/// assert_eq!(of_users.and_then(|it| it.name.as_deref()), Some("User"));
/// assert!(found.verify::<User>().into_result().is_ok());          // as it was compiled
///
/// // Kept, for another process; and for how long it may be.
/// let kept = Provider::from_json(&found.to_json())?;
/// assert!(kept.age().as_secs() < 3600, "it was fetched at {}", kept.fetched());
/// scim.set_provider(kept);
///
/// // What only the service provider knows; the feature `dynamic`.
/// let types = found.types()?;
/// let printers = scim.resource_of_at(types.find("User")?, "/Printers");
/// assert_eq!(printers.endpoint(), "/Printers");
/// let (_, findings) = found.types_with_findings()?;
/// println!("{findings:?}");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Provider {
    /// Its ServiceProviderConfig; `None` if it publishes none that can be read.
    pub config: Option<Stored<ServiceProviderConfig>>,
    /// Its resource types; empty if it publishes none.
    pub resource_types: Vec<Stored<ResourceType>>,
    /// Its schemas, whose `id` is their URN; empty if it publishes none.
    pub schemas: Vec<Stored<Schema>>,
    /// The errors of the documents that could not be requested or read.
    pub problems: Vec<Error>,
    fetched: DateTime,
}

impl Provider {
    /// The schema with this URN, in any letter case.
    pub fn schema(&self, urn: &str) -> Option<&Stored<Schema>> {
        self.schemas
            .iter()
            .find(|schema| schema.id().eq_ignore_ascii_case(urn))
    }

    /// The resource type whose schema is this URN, in any letter case.
    pub fn resource_type(&self, schema: &str) -> Option<&Stored<ResourceType>> {
        self.resource_types.iter().find(|resource_type| {
            let own = resource_type.schema.as_ref();
            own.is_some_and(|own| own.as_str().eq_ignore_ascii_case(schema))
        })
    }

    /// Compares the type `R` with what the service provider publishes for it.
    pub fn verify<R: Resource>(&self) -> DriftReport {
        internal::drift::verify(ResourceKind::of::<R>(), self)
    }
}

pub(super) async fn discover(operation: &Discover) -> Result<Provider, Error> {
    let mut provider = Provider {
        config: None,
        resource_types: Vec::new(),
        schemas: Vec::new(),
        problems: Vec::new(),
        fetched: DateTime::now(),
    };
    // Whether anything that answered speaks SCIM.
    let mut answered = false;
    match config(operation).await {
        Ok(config) => {
            answered = true;
            provider.config = Some(config);
        }
        Err(error) => provider.problem(error)?,
    }
    let settings = &operation.sender.settings;
    let endpoints = &settings.profile.endpoints;
    let at = endpoints.resource_types.as_deref();
    match list::<ResourceType>(operation, at, &mut provider.problems).await {
        Ok((resource_types, is_list)) => {
            answered |= is_list;
            provider.resource_types = resource_types;
        }
        Err(error) => provider.problem(error)?,
    }
    let at = endpoints.schemas.as_deref();
    match list::<Schema>(operation, at, &mut provider.problems).await {
        Ok((schemas, is_list)) => {
            answered |= is_list;
            provider.schemas = schemas;
        }
        Err(error) => provider.problem(error)?,
    }
    // Who says nothing but that there is nothing may be a service provider without documents.
    let is_bare = |error: &Error| error.kind() == ErrorKind::Status && error.body().is_none();
    let may_be = |error: &Error| error.speaks_scim() || is_bare(error);
    if !answered && !provider.problems.iter().any(may_be) {
        let first = provider.problems.into_iter().next();
        let error = first.unwrap_or_else(|| Error::new(ErrorKind::Decode, "there was no response"));
        return Err(error.with_advice(NOBODY));
    }
    if let Some(config) = &provider.config {
        settings.abilities.learn(Capabilities::from_config(config));
    }
    Ok(provider)
}

/// What was discovered, kept for all clones of a client.
#[derive(Default)]
pub(super) struct Known {
    provider: RwLock<Option<Arc<Provider>>>,
    /// Who comes while the first one asks waits for it too.
    pub(super) flight: Mutex<WeakFlight<Result<(), Error>>>,
}

impl Known {
    pub(super) fn get(&self) -> Option<Arc<Provider>> {
        let known = self.provider.read();
        known.unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn set(&self, provider: Arc<Provider>) {
        let known = self.provider.write();
        *known.unwrap_or_else(PoisonError::into_inner) = Some(provider);
    }
}

impl Provider {
    /// Keeps a problem, unless it means that nothing else will work either.
    fn problem(&mut self, error: Error) -> Result<(), Error> {
        let hopeless = matches!(
            error.kind(),
            ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Transport | ErrorKind::Credentials
        ) || error.is_unauthorized();
        if hopeless {
            return Err(error);
        }
        self.problems.push(error);
        Ok(())
    }
}

async fn fetch(
    operation: &Discover,
    endpoint: &str,
    page: Option<&(&str, String)>,
) -> Result<(Call, Response<String>), Error> {
    let OperationBuilder { sender, call, .. } = operation;
    let path = sender.settings.base.endpoint(endpoint);
    let mut call = call.instead(Method::GET, path);
    if let Some((parameter, value)) = page {
        call.parameter(parameter, value);
    }
    let answer = success(&call, sender.send(&call).await?)?;
    let (text, answer) = answer.split();
    let Some(text) = text else {
        let error = Error::new(ErrorKind::Decode, "expected a document, found no body");
        let status: StatusCode = answer.status();
        return Err(call.blame(error.with_answer(status, answer.headers().clone())));
    };
    let answer = answer.map(|()| text);
    match refusal(answer.value()) {
        Some(why) => Err(other(&call, &answer, why).in_scim()),
        None => Ok((call, answer)),
    }
}

async fn config(operation: &Discover) -> Result<Stored<ServiceProviderConfig>, Error> {
    let endpoints = &operation.sender.settings.profile.endpoints;
    let own = endpoints.service_provider_config.as_deref();
    let endpoint = own.unwrap_or(ServiceProviderConfig::ENDPOINT);
    let (call, answer) = fetch(operation, endpoint, None).await?;
    let mut text = answer.value().clone();
    // Some servers wrap the one document in a list.
    if let Ok(list) = ListResponse::<Json>::from_json(&text)
        && let [only] = list.resources.as_slice()
    {
        text = only.as_str().to_owned();
    }
    let read = read(&text).map_err(|error| unfit(&call, &answer, error))?;
    match is_one::<ServiceProviderConfig>(&text) {
        true => Ok(read),
        false => Err(other(
            &call,
            &answer,
            "expected a ServiceProviderConfig, found another object",
        )),
    }
}

/// A document that is none of those that were asked for.
fn other(call: &Call, answer: &Response<String>, why: impl Into<String>) -> Error {
    let error = Error::new(ErrorKind::Decode, why).with_body(answer.value());
    call.blame(error.with_answer(answer.status(), answer.headers().clone()))
}

/// Returns whether a document shows that it is one of this type: by its `schemas`, or by an
/// attribute that others do not have. Whoever answers everything with `{}` or a page of their own
/// shows neither.
fn is_one<R: Resource>(text: &str) -> bool {
    let Some(serde_json::Value::Object(members)) = internal::message_to_value(text) else {
        return false;
    };
    members.iter().any(|(name, value)| {
        if name.eq_ignore_ascii_case("schemas") {
            let listed = value.to_string().to_ascii_lowercase();
            return listed.contains(&R::SCHEMA.to_ascii_lowercase());
        }
        let found = R::DESCRIPTOR.attribute(name);
        found.is_some_and(|known| !matches!(known.name(), "name" | "description" | "id"))
    })
}

/// Returns whether a text is a list message (RFC 7644 §3.4.2), of however few.
fn is_list(text: &str) -> bool {
    let Some(serde_json::Value::Object(members)) = internal::message_to_value(text) else {
        return false;
    };
    members.iter().any(|(name, value)| {
        let is_message = || value.to_string().contains("ListResponse");
        match name.to_ascii_lowercase().as_str() {
            "resources" | "totalresults" => true,
            "schemas" => is_message(),
            _ => false,
        }
    })
}

fn read<R: Resource>(text: &str) -> Result<Stored<R>, DecodeError> {
    Stored::read_document(ResourceKind::of::<R>(), text, false, false)
}

/// Reads all pages of a discovery list, and says whether there is one. A document that cannot be read is
/// a problem of its own.
async fn list<R: Resource>(
    operation: &Discover,
    endpoint: Option<&str>,
    problems: &mut Vec<Error>,
) -> Result<(Vec<Stored<R>>, bool), Error> {
    let mut is_there = false;
    let mut found: Vec<Stored<R>> = Vec::new();
    let mut known: HashSet<String> = HashSet::new();
    let (mut received, mut next) = (0, None);
    for _ in 0..MAX_PAGES {
        let fetched = fetch(operation, endpoint.unwrap_or(R::ENDPOINT), next.as_ref()).await;
        let (call, answer) = match fetched {
            Ok(fetched) => fetched,
            // What came before is not lost.
            Err(error) if next.is_some() => {
                problems.push(error);
                break;
            }
            Err(error) => return Err(error),
        };
        let text = answer.value();
        let page =
            ListResponse::<Json>::from_json(text).map_err(|error| unfit(&call, &answer, error))?;
        let documents = documents::<R>(&page, text);
        let mut all = documents.iter();
        let is_known = is_list(text) || all.any(|document| is_one::<R>(document.as_str()));
        if !is_known && text.trim_start().starts_with('{') {
            let why = "expected a list, found another object";
            return Err(other(&call, &answer, why));
        }
        is_there |= is_known;
        let before = found.len();
        for document in &documents {
            match read::<R>(document.as_str()) {
                Ok(read) => {
                    if known.insert(identity(&read)) {
                        found.push(read);
                    }
                }
                Err(error) => problems.push(unfit(&call, &answer, error)),
            }
        }
        received += documents.len() as u64;
        next = match page.next_cursor {
            Some(cursor) => Some(("cursor", cursor)),
            None if page.total_results.is_some_and(|total| received < total)
                || operation.sender.settings.profile.total_is_of_page && !documents.is_empty() =>
            {
                Some(("startIndex", (received + 1).to_string()))
            }
            None => None,
        };
        if next.is_none() || found.len() == before {
            break;
        }
    }
    Ok((found, is_there))
}

/// What a document is told apart by: its `id` in any letter case, or else all of it.
fn identity<R: Resource>(document: &Stored<R>) -> String {
    match document.id() {
        "" => document.to_json(),
        id => id.to_ascii_lowercase(),
    }
}

/// The documents of a page; also of one that hides them under another name, or is one document.
fn documents<R: Resource>(page: &ListResponse<Json>, text: &str) -> Vec<Json> {
    if !page.resources.is_empty() || page.extra.is_empty() {
        return page.resources.clone();
    }
    let mut lists = page
        .extra
        .iter()
        .filter(|(_, value)| value.as_str().starts_with('['));
    let mut hidden = match (lists.next(), lists.next(), page.extra.get("attributes")) {
        (Some((_, list)), None, None) => ListResponse::<Json>::from_json(list.as_str())
            .map(|page| page.resources)
            .unwrap_or_default(),
        _ if page.total_results.is_none() => Json::parse(text).map(|d| vec![d]).unwrap_or_default(),
        _ => Vec::new(),
    };
    hidden.retain(|document| is_one::<R>(document.as_str()));
    hidden
}
