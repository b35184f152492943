//! A service provider of users made of the functions that stand alone, without [`ServiceProvider`].
//!
//! [`ServiceProvider`]: scim_provider::ServiceProvider

use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use http::{HeaderValue, Method, Response, StatusCode, header, request::Parts};
use scim_provider::{
    Context, Preconditions, Projection, Query, Record, Refusal, Result, ServedType,
    accept::Accept,
    bearer_token,
    discovery::{self, Abilities},
    is_same_secret, query,
    scim_models::{Reference, User, value::Timestamp},
};

/// It has users, discovery and nothing else.
pub(crate) struct ByHand {
    kind: ServedType,
    accept: Accept,
    context: Context<()>,
    users: Mutex<Vec<Record>>,
}

impl ByHand {
    pub(crate) fn new(accept: Accept) -> Self {
        Self {
            kind: ServedType::of::<User>(),
            accept,
            context: Context::new((), "https://h.example/v2", Timestamp::now()),
            users: Mutex::default(),
        }
    }

    /// Answers a request, of those who present the token.
    pub(crate) fn respond(&self, token: &str, parts: &Parts, body: &str) -> Response<Bytes> {
        let known = bearer_token(parts).and_then(|given| match is_same_secret(given, token) {
            true => Ok(()),
            false => Err(Refusal::unauthorized(true)),
        });
        let answered = known.and_then(|()| self.answer(parts, body));
        answered.unwrap_or_else(Refusal::into_response)
    }

    fn answer(&self, parts: &Parts, body: &str) -> Result<Response<Bytes>> {
        let (base, types) = (self.context.base_url(), std::slice::from_ref(&self.kind));
        let parameters = parts.uri.query().unwrap_or_default();
        let path = parts.uri.path().strip_prefix("/v2").unwrap_or_default();
        let path: Vec<_> = path.split('/').skip(1).collect();
        let method = parts.method.as_str();
        match (method, &path[..]) {
            ("GET", ["ServiceProviderConfig"]) => {
                let mut abilities = Abilities::default();
                abilities.offers.bulk = Some(false);
                let config = discovery::service_provider_config(base, &abilities);
                Ok(json(StatusCode::OK, config.to_string()))
            }
            ("GET", ["Schemas"]) => {
                let all = discovery::list(discovery::schemas(base, types));
                Ok(json(StatusCode::OK, all))
            }
            ("POST", ["Users"]) => self.create(parameters, body),
            ("GET", ["Users"]) => {
                self.list(&query::from_url(parameters, &self.accept.filter_options())?)
            }
            ("POST", ["Users", ".search"]) => {
                self.list(&query::from_message(body, &self.accept.filter_options())?)
            }
            (_, ["Users"]) => Err(Refusal::method_not_allowed("GET, POST")),
            ("GET" | "PUT" | "PATCH" | "DELETE", ["Users", id]) => self.one(id, parts, body),
            (_, ["Users", _]) => Err(Refusal::method_not_allowed("GET, PUT, PATCH, DELETE")),
            _ => Err(Refusal::not_found("the endpoint")),
        }
    }

    fn create(&self, parameters: &str, body: &str) -> Result<Response<Bytes>> {
        let projection = Projection::of_query(parameters)?;
        let new = self.accept.create_record(&self.kind, body)?;
        let projection = projection.with_written(new.written());
        let mut users = self.users.lock().unwrap_or_else(PoisonError::into_inner);
        let mut record = new.into_value();
        self.check_name(&users, &record)?;
        record.set_id((users.len() + 1).to_string());
        let location = self.context.location(&self.kind, record.id());
        let meta = record.meta_mut();
        meta.resource_type = Some(self.kind.name().to_owned());
        meta.location = Some(location.into());
        meta.created = Some(self.context.date_time());
        meta.last_modified = Some(self.context.date_time());
        meta.version = Some("W/\"1\"".to_owned());
        users.push(record.clone());
        Ok(shown(StatusCode::CREATED, &record, &projection))
    }

    fn check_name(&self, users: &[Record], record: &Record) -> Result<()> {
        let mut others = users.iter().filter(|other| other.id() != record.id());
        let name = record.comparable("userName");
        match others.any(|other| other.comparable("userName") == name) {
            true => Err(Refusal::taken("userName")),
            false => Ok(()),
        }
    }

    fn list(
        &self,
        request: &scim_provider::scim_models::message::SearchRequest,
    ) -> Result<Response<Bytes>> {
        let (types, options) = ([self.kind.clone()], self.accept.filter_options());
        let query = Query::new(&types, request, request.count.unwrap_or(100), &options)?;
        let users = self.users.lock().unwrap_or_else(PoisonError::into_inner);
        let found = query.select(&self.kind, users.iter().cloned())?;
        let list = found.list_response(&query, &Projection::of(request)?);
        Ok(json(StatusCode::OK, list.to_json()))
    }

    fn one(&self, id: &str, parts: &Parts, body: &str) -> Result<Response<Bytes>> {
        let projection = Projection::of_query(parts.uri.query().unwrap_or_default())?;
        let preconditions = Preconditions::of(&parts.headers);
        let mut users = self.users.lock().unwrap_or_else(PoisonError::into_inner);
        let at = users.iter().position(|user| user.id() == id);
        let at = at.ok_or_else(|| Refusal::not_found("the user"))?;
        let old = users[at].clone();
        if parts.method == Method::GET {
            if preconditions.has_already(old.version().unwrap_or_default()) {
                let mut response = Response::new(Bytes::new());
                *response.status_mut() = StatusCode::NOT_MODIFIED;
                return Ok(response);
            }
            return Ok(shown(StatusCode::OK, &old, &projection));
        }
        preconditions.permit_change(old.version())?;
        let accepted = match parts.method {
            Method::PUT => self.accept.replace_record(&self.kind, &old, body)?,
            Method::PATCH => {
                let patch = self.accept.read_patch(&self.kind, body)?;
                self.accept.patch_record(&old, &patch)?
            }
            _ => {
                users.remove(at);
                let mut response = Response::new(Bytes::new());
                *response.status_mut() = StatusCode::NO_CONTENT;
                return Ok(response);
            }
        };
        let projection = projection.with_written(accepted.written());
        let mut record = accepted.into_value();
        self.check_name(&users, &record)?;
        self.context.touch(&mut record);
        users[at] = record.clone();
        Ok(shown(StatusCode::OK, &record, &projection))
    }
}

fn shown(status: StatusCode, record: &Record, projection: &Projection) -> Response<Bytes> {
    let mut response = json(status, projection.record_to_json(record));
    let location = record.meta().location.as_ref();
    for (name, value) in [
        (header::ETAG, record.version()),
        (header::LOCATION, location.map(Reference::as_str)),
    ] {
        let value = value.and_then(|value| HeaderValue::from_str(value).ok());
        if let Some(value) = value {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

fn json(status: StatusCode, body: String) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/scim+json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}
