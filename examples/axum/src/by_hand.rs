//! The same by hand, for a server that has its own ways: handlers of axum, and of the SDK only the
//! functions that stand alone. Users can be created, read and changed.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Router,
    extract::{Path, RawQuery, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use scim_provider::{
    Preconditions, Projection, Refusal, Written,
    accept::Accept,
    scim_models::{DateTime, Meta, Resource as _, Stored, User},
};

/// The users by `id`.
type Directory = Arc<Mutex<BTreeMap<u64, Stored<User>>>>;

/// A router of users.
pub fn router() -> Router {
    let scim = Router::new()
        .route("/Users", post(create))
        .route("/Users/{id}", get(read).patch(change))
        .fallback(async || Failure(Refusal::not_found("the endpoint")))
        .with_state(Directory::default());
    Router::new().nest("/scim/v2", scim)
}

async fn create(
    State(users): State<Directory>,
    RawQuery(query): RawQuery,
    body: String,
) -> Result<Response, Failure> {
    let projection = Projection::of_query(&query.unwrap_or_default())?;
    // All that is wrong with the body is told at once; what only the server sets is left out.
    let new = Accept::new().create::<User>(&body)?;
    let written = new.written().clone();
    let mut users = lock(&users);
    let mut names = users.values().map(|known| &known.user_name);
    if names.any(|known| known.eq_ignore_ascii_case(&new.value().user_name)) {
        return Err(Refusal::taken("userName").into());
    }
    let id = users.keys().next_back().map_or(1, |last| last + 1);
    let mut meta = Meta::default();
    meta.resource_type = Some(User::NAME.to_owned());
    meta.created = Some(DateTime::now());
    meta.location = Some(format!("/scim/v2/Users/{id}").into());
    meta.version = Some("W/\"1\"".to_owned());
    let stored = Stored::from_parts(id.to_string(), meta, new.into_value());
    let created = answer(StatusCode::CREATED, &stored, &projection, &written);
    users.insert(id, stored);
    Ok(created)
}

async fn read(
    State(users): State<Directory>,
    Path(id): Path<u64>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let projection = Projection::of_query(&query.unwrap_or_default())?;
    let users = lock(&users);
    let user = users
        .get(&id)
        .ok_or_else(|| Refusal::not_found("the user"))?;
    Ok(answer(
        StatusCode::OK,
        user,
        &projection,
        &Written::default(),
    ))
}

async fn change(
    State(users): State<Directory>,
    Path(id): Path<u64>,
    headers: HeaderMap,
    body: String,
) -> Result<Response, Failure> {
    let mut users = lock(&users);
    let user = users
        .get_mut(&id)
        .ok_or_else(|| Refusal::not_found("the user"))?;
    Preconditions::of(&headers).permit_change(user.meta().version.as_deref())?;
    let changed = Accept::new().patch(user, &body)?;
    let written = changed.written().clone();
    *user = changed.into_value();
    let number = user.meta().version.as_deref().unwrap_or_default();
    let number = number.trim_matches(|c: char| !c.is_ascii_digit());
    let number = number.parse::<u64>().map_or(1, |number| number + 1);
    user.meta_mut().version = Some(format!("W/\"{number}\""));
    Ok(answer(
        StatusCode::OK,
        user,
        &Projection::default(),
        &written,
    ))
}

fn answer(
    status: StatusCode,
    user: &Stored<User>,
    projection: &Projection,
    written: &Written,
) -> Response {
    let body = projection.clone().with_written(written).to_json(user);
    let headers = [
        (header::CONTENT_TYPE, "application/scim+json".to_owned()),
        (
            header::ETAG,
            user.meta().version.clone().unwrap_or_default(),
        ),
    ];
    (status, headers, body).into_response()
}

fn lock(users: &Directory) -> MutexGuard<'_, BTreeMap<u64, Stored<User>>> {
    users.lock().unwrap_or_else(PoisonError::into_inner)
}

/// axum answers with a [`Refusal`].
struct Failure(Refusal);

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self(refusal)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        self.0.into_response().map(Into::into)
    }
}
