//! Versions (RFC 7644 §3.14).

use scim_client::{Stored, User, http::StatusCode, patch::Patch};

use crate::{
    outcome::{Step, Stop, ensure, refused, same, set_up},
    scenario::{Scenario, scenarios},
    site::Site,
};

pub(super) const SCENARIOS: &[Scenario] = scenarios! {
    "a resource has a version" => has_version, needs Versions;
    "the version moves on" => moves_on, needs Versions;
    "replace what has changed since" => replace, needs Versions;
    "patch what has changed since" => patch, needs Versions;
    "delete what has changed since" => delete, needs Versions;
    "read again what has not changed" => refresh_same, needs Versions;
    "read again what has changed" => refresh_changed, needs Versions;
};

/// A user with a version; whether there are versions is up to the server.
async fn versioned(site: &Site) -> Step<Stored<User>> {
    let babs = site.babs().await?;
    if babs.meta().version.is_none() {
        return Err(Stop::Unsupported("a new user has no version".to_owned()));
    }
    Ok(babs)
}

/// A user as it was before somebody else changed it.
async fn outdated(site: &Site) -> Step<Stored<User>> {
    let babs = versioned(site).await?;
    let patch = Patch::<User>::new().replace(|u| u.title, "CTO");
    let patched = site.users().patch_id(babs.id(), patch).await;
    set_up(patched.map_err(Stop::from))?;
    Ok(babs)
}

async fn has_version(site: &Site) -> Step {
    let babs = versioned(site).await?;
    let read = site.users().get(babs.id()).await?;
    same("version", &read.meta().version, &babs.meta().version)
}

async fn moves_on(site: &Site) -> Step {
    let babs = versioned(site).await?;
    let after = site
        .users()
        .update(&babs, |user| user.title = Some("CTO".into()))
        .await?;
    ensure!(
        after.meta().version != babs.meta().version,
        "a change, and the same version"
    );
    // The version that came with the answer is good for the next change.
    site.users()
        .update(&after, |user| user.title = Some("CEO".into()))
        .await?;
    Ok(())
}

async fn replace(site: &Site) -> Step {
    let babs = outdated(site).await?;
    let change = |user: &mut User| user.nick_name = Some("B".into());
    let error = refused(
        "a replacement of an old version",
        site.users().replace(&babs, change).await,
    )?;
    ensure!(error.is_version_mismatch(), "{error}");
    Ok(())
}

async fn patch(site: &Site) -> Step {
    let babs = outdated(site).await?;
    let patch = Patch::<User>::new().replace(|u| u.nick_name, "B");
    let patch = site.users().patch(&babs, patch).await;
    let error = refused("a patch of an old version", patch)?;
    ensure!(error.is_version_mismatch(), "{error}");
    Ok(())
}

async fn delete(site: &Site) -> Step {
    let babs = outdated(site).await?;
    let error = refused(
        "the deletion of an old version",
        site.users().delete(&babs).await,
    )?;
    ensure!(error.is_version_mismatch(), "{error}");
    Ok(())
}

async fn refresh_same(site: &Site) -> Step {
    let babs = versioned(site).await?;
    let (status, read) = site.users().refresh(&babs).await?;
    ensure!(
        status == StatusCode::NOT_MODIFIED,
        "expected 304, found {status}"
    );
    same("title", read.title.as_deref(), Some("Tour Guide"))
}

async fn refresh_changed(site: &Site) -> Step {
    let babs = outdated(site).await?;
    let (_, read) = site.users().refresh(&babs).await?;
    same("title", read.title.as_deref(), Some("CTO"))
}
