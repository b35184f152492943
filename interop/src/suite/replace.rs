//! PUT, and saying what a resource should be.

use scim_client::{EnterpriseUser, User};

use crate::{
    outcome::{Step, ensure, refused, same},
    scenario::{Scenario, scenarios},
    site::{Site, kept},
};

pub(super) const SCENARIOS: &[Scenario] = scenarios! {
    "replace" => replace;
    "replace: what has no value any more" => cleared;
    "replace at an id" => replace_at;
    "replace what is not there" => missing;
    "update: a simple attribute" => update_simple, needs Patch;
    "update: one element of many" => update_element, needs Patch;
    "update: an extension" => update_extension, needs Patch;
    "update: remove values" => update_removes, needs Patch;
    "update: nothing has changed" => update_nothing;
    "update where there is no PATCH" => update_by_put;
};

async fn replace(site: &Site) -> Step {
    let babs = site.babs().await?;
    let change = |user: &mut User| {
        user.display_name = Some("Babs Jensen".into());
        user.emails
            .retain(|email| email.type_ == Some("work".into()));
    };
    let mut wanted = babs.resource().clone();
    change(&mut wanted);
    let answer = site.users().replace(&babs, change).await?;
    kept(answer.resource(), &wanted)?;
    let read = site.users().get(babs.id()).await?;
    kept(read.resource(), &wanted)
}

async fn cleared(site: &Site) -> Step {
    let babs = site.babs().await?;
    let clear = |user: &mut User| {
        user.title = None;
        user.emails.clear();
    };
    let users = site.users();
    let replaced = users.replace_clearing(&babs, clear, |u| (u.title, u.emails));
    replaced.await?;
    let read = site.users().get(babs.id()).await?;
    same("title", read.title.as_deref(), None)?;
    same("emails", read.emails.len(), 0)
}

async fn replace_at(site: &Site) -> Step {
    let babs = site.babs().await?;
    let other = User::new(&babs.user_name).with_title("CEO");
    site.users().replace_at(babs.id(), &other).await?;
    let read = site.users().get(babs.id()).await?;
    same("title", read.title.as_deref(), Some("CEO"))
}

async fn missing(site: &Site) -> Step {
    let user = User::new(site.user_name("missing"));
    let replaced = site.users().replace_at("999999999", &user).await;
    let error = refused("the replacement of nothing", replaced)?;
    ensure!(error.is_not_found(), "{error}");
    Ok(())
}

/// Updates, and expects what was said when it is read again.
async fn update(
    site: &Site,
    before: scim_client::Stored<User>,
    change: impl Fn(&mut User),
) -> Step {
    let mut wanted = before.resource().clone();
    change(&mut wanted);
    let after = site.users().update(&before, change).await?;
    kept(after.resource(), &wanted)?;
    let read = site.users().get(before.id()).await?;
    kept(read.resource(), &wanted)
}

async fn update_simple(site: &Site) -> Step {
    let babs = site.babs().await?;
    update(site, babs, |user| {
        user.title = Some("CTO".into());
        user.active = Some(false);
        user.name.get_or_insert_default().family_name = Some("Jensen-Smith".into());
    })
    .await
}

async fn update_element(site: &Site) -> Step {
    let babs = site.babs().await?;
    update(site, babs, |user| {
        for email in &mut user.emails {
            if email.type_ == Some("home".into()) {
                email.display = Some("At home".into());
            }
        }
    })
    .await
}

async fn update_extension(site: &Site) -> Step {
    let babs = site.babs().await?;
    update(site, babs, |user| {
        let extension: &mut EnterpriseUser = user.enterprise_user.get_or_insert_default();
        extension.department = Some("Tours".into());
        extension.cost_center = Some("4130".into());
    })
    .await
}

async fn update_removes(site: &Site) -> Step {
    let babs = site.babs().await?;
    update(site, babs, |user| {
        user.nick_name = None;
        user.emails
            .retain(|email| email.type_ != Some("home".into()));
        if let Some(name) = &mut user.name {
            name.given_name = None;
        }
    })
    .await
}

async fn update_nothing(site: &Site) -> Step {
    let babs = site.babs().await?;
    let patch = site.users().update_message(&babs, |_| {})?;
    ensure!(
        patch.operations.is_empty(),
        "a patch of {} operations",
        patch.operations.len()
    );
    let after = site.users().update(&babs, |_| {}).await?;
    same("version", &after.meta().version, &babs.meta().version)
}

async fn update_by_put(site: &Site) -> Step {
    let babs = site.babs().await?;
    let known = site.client.capabilities();
    let mut without = (*known).clone();
    without.patch = Some(false);
    site.client.set_capabilities(without);
    let result = site
        .users()
        .update(&babs, |user| user.title = Some("CTO".into()))
        .await;
    site.client.set_capabilities((*known).clone());
    let after = result?;
    same("title", after.title.as_deref(), Some("CTO"))?;
    same("nickName", after.nick_name.as_deref(), Some("Babsie"))
}
