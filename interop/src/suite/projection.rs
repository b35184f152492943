//! `attributes` and `excludedAttributes` (RFC 7644 §3.9).

use scim_client::{EnterpriseUser, Stored, User, patch::Patch};

use crate::{
    asked::Asked,
    outcome::{Step, ensure, same, wrong},
    scenario::{Scenario, scenarios},
    shown::Shown,
    site::Site,
};

pub(super) const SCENARIOS: &[Scenario] = scenarios! {
    "get: attributes" => get_attributes;
    "get: excludedAttributes" => get_excluded;
    "get: attributes of an extension" => get_extension;
    "query: attributes" => query_attributes, needs Filter;
    "query: excludedAttributes" => query_excluded, needs Filter;
    "patch: attributes" => patch_attributes, needs Patch;
    "replace: attributes" => replace_attributes;
};

fn title(shown: &Shown<User>) -> Step<Option<String>> {
    Ok(shown.text("title", |shown| shown.get(|u| u.title))?)
}

fn nick_name(shown: &Shown<User>) -> Step<Option<String>> {
    Ok(shown.text("nickName", |shown| shown.get(|u| u.nick_name))?)
}

fn emails(shown: &Shown<User>) -> Step<usize> {
    Ok(shown.count("emails", |shown| {
        shown.get(|u| u.emails).map_or(0, |emails| emails.len())
    })?)
}

/// Expects this title, and nothing that was not asked for.
fn only_title(shown: &Shown<User>, wanted: &str) -> Step {
    same("title", title(shown)?.as_deref(), Some(wanted))?;
    same("nickName, which was not asked for", nick_name(shown)?, None)
}

async fn get_attributes(site: &Site) -> Step {
    let babs = site.babs().await?;
    let users = site.users();
    let shown = users.get_showing(babs.id(), |u| (u.title, u.name.family_name, u.emails));
    let shown = shown.await?;
    same("id", shown.id(), babs.id())?;
    same("title", title(&shown)?.as_deref(), Some("Tour Guide"))?;
    let family = shown.text("name.familyName", |s| s.get(|u| u.name.family_name))?;
    same("name.familyName", family.as_deref(), Some("Jensen"))?;
    same("emails", emails(&shown)?, 2)?;
    same(
        "nickName, which was not asked for",
        nick_name(&shown)?,
        None,
    )
}

async fn get_excluded(site: &Site) -> Step {
    let babs = site.babs().await?;
    let users = site.users();
    let shown = users.get_hiding(babs.id(), |u| (u.title, u.emails));
    let shown = shown.await?;
    same("title, which was excluded", title(&shown)?, None)?;
    same("emails, which were excluded", emails(&shown)?, 0)?;
    same("nickName", nick_name(&shown)?.as_deref(), Some("Babsie"))
}

async fn get_extension(site: &Site) -> Step {
    let user = site
        .user("extension", |mut user| {
            user.enterprise_user = Some(
                EnterpriseUser::new()
                    .with_department("Tours")
                    .with_division("Parks"),
            );
            user.with_title("Guide")
        })
        .await?;
    let users = site.users();
    let shown = users.get_showing(user.id(), |u| u.enterprise_user.department);
    let shown = shown.await?;
    let name = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department";
    let department = shown.text(name, |s| s.get(|u| u.enterprise_user.department))?;
    same("department", department.as_deref(), Some("Tours"))?;
    same("title, which was not asked for", title(&shown)?, None)
}

/// The query that finds one user alone.
fn named(site: &Site, user: &Stored<User>) -> Asked<User> {
    let query = site.users().query();
    query.filter(|u| u.user_name.eq(&user.user_name))
}

fn only<'a>(found: &'a [Shown<User>], user: &Stored<User>) -> Step<&'a Shown<User>> {
    let [only] = found else {
        return Err(wrong(format!("{} users of that name", found.len())));
    };
    same("id", only.id(), user.id())?;
    Ok(only)
}

async fn query_attributes(site: &Site) -> Step {
    let babs = site.babs().await?;
    let found = named(site, &babs).all_showing(|u| u.title).await?;
    only_title(only(&found, &babs)?, "Tour Guide")
}

async fn query_excluded(site: &Site) -> Step {
    let babs = site.babs().await?;
    let found = named(site, &babs).all_hiding(|u| u.title).await?;
    let only = only(&found, &babs)?;
    same("title, which was excluded", title(only)?, None)?;
    same("nickName", nick_name(only)?.as_deref(), Some("Babsie"))
}

async fn patch_attributes(site: &Site) -> Step {
    let babs = site.babs().await?;
    let patch = Patch::<User>::new().replace(|u| u.title, "CTO");
    let shown = site
        .users()
        .patch_showing(&babs, patch, |u| u.title)
        .await?;
    only_title(&shown, "CTO")
}

async fn replace_attributes(site: &Site) -> Step {
    let babs = site.babs().await?;
    let cto = |user: &mut User| user.title = Some("CTO".into());
    let shown = site
        .users()
        .replace_showing(&babs, cto, |u| u.title)
        .await?;
    only_title(&shown, "CTO")?;
    let read = site.users().get(babs.id()).await?;
    ensure!(
        read.nick_name.is_some(),
        "the projection erased what it did not show"
    );
    Ok(())
}
