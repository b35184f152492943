//! Requests that a server must refuse, and what the client makes of it.

use scim_client::{
    Json, Resource as _, User,
    http::{Method, StatusCode},
    message::ScimType,
    patch::Patch,
};
use serde_json::{Value, json};

use crate::{
    outcome::{Cause, Step, ensure, failed, ours, refused, same},
    scenario::{Scenario, scenarios},
    site::Site,
};

pub(super) const SCENARIOS: &[Scenario] = scenarios! {
    "a filter that is none" => bad_filter, needs Filter, compiled only;
    "a user without userName" => no_user_name, compiled only;
    "a body that is not JSON's idea of a user" => wrong_type, compiled only;
    "a PATCH of what is readOnly" => read_only, needs Patch, compiled only;
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

/// What the server says to a user that is as it should be, but for one thing.
async fn post(site: &Site, spoil: impl FnOnce(&mut Value)) -> Step<scim_client::Error> {
    let user = site.complete(&User::new(site.user_name("wrong")))?;
    let mut document = Json::parse(&user.to_json()).map_err(ours)?.to_value();
    spoil(&mut document);
    let json = Json::parse(&document.to_string()).map_err(ours)?;
    match site.client.request(Method::POST, "/Users").body(json).await {
        Err(error) => refused("it", Err::<(), _>(error)),
        Ok(made) => {
            let made = made.map(|json| json.to_value()).unwrap_or_default();
            match made.get("id") {
                Some(id) if id.is_string() => {
                    site.keep_id::<User>(id.as_str().unwrap_or_default());
                }
                Some(id) => site.keep_id::<User>(&id.to_string()),
                None => {}
            }
            Err(failed("it was accepted", Cause::Accepted))
        }
    }
}

async fn no_user_name(site: &Site) -> Step {
    let error = post(site, |user| {
        if let Some(members) = user.as_object_mut() {
            members.remove("userName");
        }
    });
    same(
        "status",
        error.await?.status(),
        Some(StatusCode::BAD_REQUEST),
    )
}

async fn wrong_type(site: &Site) -> Step {
    let error = post(site, |user| {
        if let Some(members) = user.as_object_mut() {
            members.insert("active".to_owned(), json!({"a": "b"}));
        }
    });
    same(
        "status",
        error.await?.status(),
        Some(StatusCode::BAD_REQUEST),
    )
}

/// The typed patch cannot say it, so that a raw request must.
async fn read_only(site: &Site) -> Step {
    let babs = site.babs().await?;
    let json = Json::parse(
        r#"{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [{"op": "replace", "path": "id", "value": "mine"}]}"#,
    )
    .map_err(ours)?;
    let path = format!("/Users/{}", babs.id());
    let request = site.client.request(Method::PATCH, path).body(json);
    let error = refused("a new id", request.await)?;
    same("status", error.status(), Some(StatusCode::BAD_REQUEST))
}

/// The client refuses it by itself.
async fn empty_patch(site: &Site) -> Step {
    let error = refused(
        "a patch without operations",
        site.users().patch_id("1", Patch::new()).await,
    )?;
    ensure!(error.status().is_none(), "it was sent: {error}");
    Ok(())
}
