//! A service provider made with axum from this SDK's parts. `cargo run --example axum_in_process`
//! drives it by the client in the same process.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Router,
    extract::{Path, RawQuery, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use scim_client::{
    DateTime, Meta, Resource as _, Stored, User,
    evaluate::sort_by,
    message::{ErrorMessage, ListResponse, ScimType, SearchRequest},
    patch::{ApplyOptions, PatchOp},
    resource::Root as _,
};

/// How many users a page has at most.
const PAGE: usize = 50;

/// The users by `id`.
type Directory = Arc<Mutex<BTreeMap<u64, Stored<User>>>>;

/// The service provider: whatever router the application has.
pub fn router() -> Router {
    let scim = Router::new()
        .route("/Users", get(list).post(create))
        .route("/Users/{id}", get(read).patch(change).delete(remove))
        .fallback(async || Failure::new(404, "no such endpoint"))
        .method_not_allowed_fallback(async || Failure::new(501, "not offered"))
        .with_state(Directory::default());
    Router::new().nest("/scim/v2", scim)
}

async fn list(
    State(users): State<Directory>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let query = SearchRequest::from_query(&query.unwrap_or_default())
        .map_err(|error| Failure::bad(ScimType::INVALID_VALUE, error))?;
    if let Some(filter) = &query.filter {
        filter
            .check(User::DESCRIPTOR)
            .map_err(|error| Failure::bad(ScimType::INVALID_FILTER, error))?;
    }
    let matches = |user: &&Stored<User>| query.filter.as_ref().is_none_or(|f| f.matches(*user));
    let mut found: Vec<_> = lock(&users).values().filter(matches).cloned().collect();
    if let Some(path) = &query.sort_by {
        sort_by(&mut found, path, query.sort_order.unwrap_or_default());
    }
    let total = found.len() as u64;
    let start = query.start_index.unwrap_or(1);
    let skipped = usize::try_from(start - 1).unwrap_or(usize::MAX);
    let count = query.count.and_then(|count| usize::try_from(count).ok());
    let page = found
        .into_iter()
        .skip(skipped)
        .take(count.unwrap_or(PAGE).min(PAGE));
    let mut list = ListResponse::new(total, page.collect());
    list.start_index = Some(start);
    list.items_per_page = Some(list.resources.len() as u64);
    Ok(scim(StatusCode::OK, list.to_json()))
}

async fn create(State(users): State<Directory>, body: String) -> Result<Response, Failure> {
    let user = User::from_json(&body).map_err(|e| Failure::bad(ScimType::INVALID_VALUE, e))?;
    let mut users = lock(&users);
    let mut names = users.values().map(|known| &known.user_name);
    if names.any(|known| known.eq_ignore_ascii_case(&user.user_name)) {
        let taken = Failure::new(409, "the user name is taken");
        return Err(taken.of_type(ScimType::UNIQUENESS));
    }
    let id = users.keys().next_back().map_or(1, |last| last + 1);
    let mut meta = Meta::default();
    meta.resource_type = Some(User::NAME.to_owned());
    meta.created = Some(DateTime::now());
    meta.last_modified.clone_from(&meta.created);
    let location = format!("/scim/v2/Users/{id}");
    meta.location = Some(location.as_str().into());
    let stored = Stored::from_parts(id.to_string(), meta, user);
    let created = scim(StatusCode::CREATED, stored.to_json());
    users.insert(id, stored);
    Ok(([(header::LOCATION, location)], created).into_response())
}

async fn read(State(users): State<Directory>, Path(id): Path<u64>) -> Result<Response, Failure> {
    let users = lock(&users);
    let user = users.get(&id).ok_or_else(Failure::not_found)?;
    Ok(scim(StatusCode::OK, user.to_json()))
}

async fn change(
    State(users): State<Directory>,
    Path(id): Path<u64>,
    body: String,
) -> Result<Response, Failure> {
    let mut users = lock(&users);
    let user = users.get_mut(&id).ok_or_else(Failure::not_found)?;
    let changed = PatchOp::from_json(&body, &[])
        .and_then(|patch| patch.apply(user, &ApplyOptions::default()))
        .map_err(|error| Failure::bad(error.scim_type(), error))?;
    if changed {
        user.meta_mut().last_modified = Some(DateTime::now());
    }
    Ok(scim(StatusCode::OK, user.to_json()))
}

async fn remove(State(users): State<Directory>, Path(id): Path<u64>) -> Result<Response, Failure> {
    lock(&users).remove(&id).ok_or_else(Failure::not_found)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn lock(users: &Directory) -> std::sync::MutexGuard<'_, BTreeMap<u64, Stored<User>>> {
    users.lock().unwrap_or_else(PoisonError::into_inner)
}

fn scim(status: StatusCode, body: String) -> Response {
    let media_type = [(header::CONTENT_TYPE, "application/scim+json")];
    (status, media_type, body).into_response()
}

/// An error as SCIM says it (RFC 7644 §3.12).
struct Failure(u16, ErrorMessage);

impl Failure {
    fn new(status: u16, detail: impl ToString) -> Self {
        Self(
            status,
            ErrorMessage::new(status).with_detail(detail.to_string()),
        )
    }

    fn bad(scim_type: &str, detail: impl ToString) -> Self {
        Self::new(400, detail).of_type(scim_type)
    }

    fn not_found() -> Self {
        Self::new(404, "no such user")
    }

    fn of_type(self, scim_type: &str) -> Self {
        Self(self.0, self.1.with_scim_type(scim_type))
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        scim(status, self.1.to_json())
    }
}
