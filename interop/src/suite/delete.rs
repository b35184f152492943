//! Deleting.

use crate::{
    outcome::{Step, ensure, refused},
    scenario::{Scenario, scenarios},
    site::Site,
};

pub(super) const SCENARIOS: &[Scenario] = scenarios! {
    "delete" => delete;
    "delete what is deleted" => again;
    "delete a group" => group;
};

async fn delete(site: &Site) -> Step {
    let babs = site.babs().await?;
    site.users().delete(&babs).await?;
    let error = refused("a deleted user", site.users().get(babs.id()).await)?;
    ensure!(error.is_not_found(), "{error}");
    Ok(())
}

async fn again(site: &Site) -> Step {
    let babs = site.babs().await?;
    ensure!(
        site.users().delete_if_exists(babs.id()).await?,
        "it was there"
    );
    ensure!(
        !site.users().delete_if_exists(babs.id()).await?,
        "it was there twice"
    );
    let error = refused("a second deletion", site.users().delete_id(babs.id()).await)?;
    ensure!(error.is_not_found(), "{error}");
    Ok(())
}

async fn group(site: &Site) -> Step {
    let user = site.user("member", |user| user).await?;
    let group = site.group("guides", [&user]).await?;
    site.groups().delete(&group).await?;
    ensure!(
        site.groups().get_optional(group.id()).await?.is_none(),
        "it is still there"
    );
    let read = site.users().get(user.id()).await?;
    ensure!(read.groups.is_empty(), "the user is still in the group");
    Ok(())
}
