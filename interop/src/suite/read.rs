//! Reading one resource.

use scim_client::http::StatusCode;

use crate::{
    outcome::{Step, ensure, refused, same},
    scenario::{Scenario, scenarios},
    site::{Site, kept},
};

pub(super) const SCENARIOS: &[Scenario] = scenarios! {
    "get" => get;
    "get what is not there" => missing;
    "get what may not be there" => maybe;
    "ids with /, ?, #, +, % and blanks" => odd_ids;
    "/Me" => me;
};

async fn get(site: &Site) -> Step {
    let babs = site.babs().await?;
    let read = site.users().get(babs.id()).await?;
    same("id", read.id(), babs.id())?;
    kept(read.resource(), babs.resource())
}

async fn missing(site: &Site) -> Step {
    let error = refused("an unknown id", site.users().get("999999999").await)?;
    ensure!(error.is_not_found(), "{error}");
    Ok(())
}

async fn maybe(site: &Site) -> Step {
    let babs = site.babs().await?;
    ensure!(
        site.users().get_optional(babs.id()).await?.is_some(),
        "it is there"
    );
    let none = site.users().get_optional("999999999").await?;
    ensure!(none.is_none(), "it is not there");
    Ok(())
}

/// An id is one segment of the path, whatever is in it.
async fn odd_ids(site: &Site) -> Step {
    let babs = site.babs().await?;
    for id in [
        format!("{}?x=y", babs.id()),
        format!("{}#x", babs.id()),
        format!("{}/x", babs.id()),
        format!("../Users/{}", babs.id()),
        "a+b c%20d".to_owned(),
        "zoë".to_owned(),
    ] {
        let error = refused(&format!("the id {id}"), site.users().get(&id).await)?;
        // A server's router may not take it for a resource, and then says so in its own words.
        let is_missing = error.status() == Some(StatusCode::NOT_FOUND);
        ensure!(is_missing, "the id {id}: {error}");
    }
    Ok(())
}

async fn me(site: &Site) -> Step {
    // One server takes the first user for whoever asks.
    let _babs = site.babs().await?;
    let me = site.users().me().await?;
    ensure!(!me.id().is_empty(), "/Me has no id");
    let same_user = site.users().get(me.id()).await?;
    same("userName", &me.user_name, &same_user.user_name)
}
