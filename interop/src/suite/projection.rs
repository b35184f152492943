//! `attributes` and `excludedAttributes` (RFC 7644 §3.9).

use scim_client::EnterpriseUser;

use super::{Scenario, scenarios};
use crate::{
    outcome::{Step, Stop, ensure, same},
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

async fn get_attributes(site: &Site) -> Step {
    let babs = site.babs().await?;
    let partial = site
        .users()
        .get(babs.id())
        .attributes(|u| (u.title, u.name.family_name, u.emails))
        .await?;
    same("id", partial.id(), babs.id())?;
    same("title", partial.get(|u| u.title), Some("Tour Guide"))?;
    same(
        "name.familyName",
        partial.get(|u| u.name.family_name),
        Some("Jensen"),
    )?;
    same(
        "emails",
        partial.get(|u| u.emails).map(|e| e.len()),
        Some(2),
    )?;
    same(
        "nickName, which was not asked for",
        partial.get(|u| u.nick_name),
        None,
    )
}

async fn get_excluded(site: &Site) -> Step {
    let babs = site.babs().await?;
    let partial = site
        .users()
        .get(babs.id())
        .excluded_attributes(|u| (u.title, u.emails))
        .await?;
    same("title, which was excluded", partial.get(|u| u.title), None)?;
    let emails = partial.get(|u| u.emails).map_or(0, |emails| emails.len());
    same("emails, which were excluded", emails, 0)?;
    same("nickName", partial.get(|u| u.nick_name), Some("Babsie"))
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
    let get = site.users().get(user.id());
    let partial = get.attributes(|u| u.enterprise_user.department).await?;
    same(
        "department",
        partial.get(|u| u.enterprise_user.department),
        Some("Tours"),
    )?;
    same(
        "title, which was not asked for",
        partial.get(|u| u.title),
        None,
    )
}

async fn query_attributes(site: &Site) -> Step {
    let babs = site.babs().await?;
    let query = site
        .users()
        .query()
        .filter(|u| u.user_name.eq(&babs.user_name));
    let found = query.attributes(|u| u.title).all().await?;
    let [only] = found.as_slice() else {
        return Err(Stop::Failed(format!("{} users of that name", found.len())));
    };
    same("id", only.id(), babs.id())?;
    same("title", only.get(|u| u.title), Some("Tour Guide"))?;
    same(
        "nickName, which was not asked for",
        only.get(|u| u.nick_name),
        None,
    )
}

async fn query_excluded(site: &Site) -> Step {
    let babs = site.babs().await?;
    let query = site
        .users()
        .query()
        .filter(|u| u.user_name.eq(&babs.user_name));
    let found = query.excluded_attributes(|u| u.title).all().await?;
    let [only] = found.as_slice() else {
        return Err(Stop::Failed(format!("{} users of that name", found.len())));
    };
    same("title, which was excluded", only.get(|u| u.title), None)?;
    same("nickName", only.get(|u| u.nick_name), Some("Babsie"))
}

async fn patch_attributes(site: &Site) -> Step {
    let babs = site.babs().await?;
    let patch = site.users().patch(&babs).replace(|u| u.title, "CTO");
    let partial = patch.attributes(|u| u.title).await?;
    same("title", partial.get(|u| u.title), Some("CTO"))?;
    same(
        "nickName, which was not asked for",
        partial.get(|u| u.nick_name),
        None,
    )
}

async fn replace_attributes(site: &Site) -> Step {
    let mut babs = site.babs().await?;
    babs.title = Some("CTO".into());
    let partial = site.users().replace(&babs).attributes(|u| u.title).await?;
    same("title", partial.get(|u| u.title), Some("CTO"))?;
    same(
        "nickName, which was not asked for",
        partial.get(|u| u.nick_name),
        None,
    )?;
    let read = site.users().get(babs.id()).await?;
    ensure!(
        read.nick_name.is_some(),
        "the projection erased what it did not show"
    );
    Ok(())
}
