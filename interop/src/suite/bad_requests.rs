//! Requests that a server must refuse, and what the client makes of it.

use scim_client::{
    Json, User,
    http::{Method, StatusCode},
    message::ScimType,
};

use super::{Scenario, scenarios};
use crate::{
    outcome::{Step, Stop, ensure, refused, same},
    site::Site,
};

pub(super) const SCENARIOS: &[Scenario] = scenarios! {
    "a filter that is none" => bad_filter, needs Filter;
    "a user without userName" => no_user_name;
    "a body that is not JSON's idea of a user" => wrong_type;
    "a PATCH of what is readOnly" => read_only, needs Patch;
    "a PATCH without operations" => empty_patch;
};

async fn bad_filter(site: &Site) -> Step {
    let request = site.client.request(Method::GET, "/Users");
    let error = refused(
        "a filter that is none",
        request.parameter("filter", "userName zz \"").await,
    )?;
    same("status", error.status(), Some(StatusCode::BAD_REQUEST))?;
    // A service provider may leave it out (RFC 7644 §3.12).
    match error.scim_type().map(ScimType::as_str) {
        None => Ok(()),
        said => same("scimType", said, Some(ScimType::INVALID_FILTER)),
    }
}

async fn post(site: &Site, json: &str) -> Step<scim_client::Error> {
    let json = Json::parse(json).map_err(|error| Stop::Failed(error.to_string()))?;
    match site.client.request(Method::POST, "/Users").body(json).await {
        Err(error) => Ok(error),
        Ok(made) => {
            let made = made.map(|json| json.to_value()).unwrap_or_default();
            match made.get("id") {
                Some(id) if id.is_string() => {
                    site.keep_id::<User>(id.as_str().unwrap_or_default());
                }
                Some(id) => site.keep_id::<User>(&id.to_string()),
                None => {}
            }
            Err(Stop::Failed("it was accepted".to_owned()))
        }
    }
}

async fn no_user_name(site: &Site) -> Step {
    let schema = <User as scim_client::Resource>::SCHEMA;
    let error = post(
        site,
        &format!(r#"{{"schemas": ["{schema}"], "title": "x"}}"#),
    )
    .await?;
    same("status", error.status(), Some(StatusCode::BAD_REQUEST))
}

async fn wrong_type(site: &Site) -> Step {
    let schema = <User as scim_client::Resource>::SCHEMA;
    let name = site.name("wrong");
    let json =
        format!(r#"{{"schemas": ["{schema}"], "userName": "{name}", "active": {{"a": "b"}}}}"#);
    let error = post(site, &json).await?;
    same("status", error.status(), Some(StatusCode::BAD_REQUEST))
}

/// The typed patch cannot say it, so that a raw request must.
async fn read_only(site: &Site) -> Step {
    let babs = site.babs().await?;
    let json = Json::parse(
        r#"{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [{"op": "replace", "path": "id", "value": "mine"}]}"#,
    )
    .map_err(|error| Stop::Failed(error.to_string()))?;
    let path = format!("/Users/{}", babs.id());
    let request = site.client.request(Method::PATCH, path).body(json);
    let error = refused("a new id", request.await)?;
    same("status", error.status(), Some(StatusCode::BAD_REQUEST))
}

/// The client refuses it by itself.
async fn empty_patch(site: &Site) -> Step {
    let error = refused("a patch without operations", site.users().patch("1").await)?;
    ensure!(error.status().is_none(), "it was sent: {error}");
    Ok(())
}
