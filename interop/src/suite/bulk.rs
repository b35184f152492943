//! Many operations at once (RFC 7644 §3.7).

use scim_client::{Group, User, group::Member};

use super::{Scenario, scenarios};
use crate::{
    outcome::{Step, Stop, ensure, optional, same},
    site::Site,
};

pub(super) const SCENARIOS: &[Scenario] = scenarios! {
    "bulk: create, with a reference" => references, needs Bulk;
    "bulk: patch and delete" => patch_and_delete, needs Bulk;
    "bulk: one of three fails" => one_fails, needs Bulk;
    "bulk: more than fit into one request" => split, needs Bulk;
    "bulk: single requests where there is no bulk" => single;
};

fn id_of(id: Option<&str>) -> Step<String> {
    let none = || Stop::Failed("the bulk does not say which id a new resource has".to_owned());
    id.map(str::to_owned).ok_or_else(none)
}

async fn references(site: &Site) -> Step {
    let mut bulk = site.client.bulk();
    let user = bulk.create(&User::new(site.name("bulk")));
    let member = Member::new(user.reference());
    let group = bulk.create(&Group::new(site.name("bulk")).with_members([member]));
    let results = optional(bulk.await)?;
    let user = id_of(results.get(user).into_result()?.id())?;
    site.keep_id::<User>(&user);
    let group = id_of(results.get(group).into_result()?.id())?;
    site.keep_id::<Group>(&group);
    let read = site.groups().get(&group).await?;
    let members: Vec<_> = read
        .members
        .iter()
        .filter_map(|m| m.value.as_deref())
        .collect();
    same("members", members, [user.as_str()])
}

async fn patch_and_delete(site: &Site) -> Step {
    let babs = site.babs().await?;
    let gone = site.user("gone", |user| user).await?;
    let mut bulk = site.client.bulk();
    let patched = bulk.patch::<User>(babs.id(), |patch| patch.replace(|u| u.title, "CTO"));
    let deleted = bulk.delete::<User>(gone.id());
    let results = optional(bulk.await)?;
    results.get(patched).into_result()?;
    results.get(deleted).into_result()?;
    let read = site.users().get(babs.id()).await?;
    same("title", read.title.as_deref(), Some("CTO"))?;
    let gone = site.users().get(gone.id()).optional().await?;
    ensure!(gone.is_none(), "the user is still there");
    Ok(())
}

async fn one_fails(site: &Site) -> Step {
    let babs = site.babs().await?;
    let mut bulk = site.client.bulk();
    let first = bulk.create(&User::new(site.name("first")));
    let twice = bulk.create(&User::new(&babs.user_name));
    let last = bulk.create(&User::new(site.name("last")));
    let results = optional(bulk.await)?;
    for handle in [first, last] {
        site.keep_id::<User>(&id_of(results.get(handle).into_result()?.id())?);
    }
    let outcome = results.get(twice);
    let Some(error) = outcome.error() else {
        return Err(Stop::Failed(format!(
            "one userName, two users: {outcome:?}"
        )));
    };
    ensure!(error.is_uniqueness(), "{error}");
    Ok(())
}

async fn split(site: &Site) -> Step {
    let mut bulk = site.client.bulk().max_operations(2);
    let handles: Vec<_> = (0..5)
        .map(|_| bulk.create(&User::new(site.name("split"))))
        .collect();
    let results = optional(bulk.await)?;
    same("requests", results.requests(), 3)?;
    for handle in handles {
        site.keep_id::<User>(&id_of(results.get(handle).into_result()?.id())?);
    }
    Ok(())
}

async fn single(site: &Site) -> Step {
    let known = site.client.capabilities();
    let mut without = (*known).clone();
    without.bulk = Some(false);
    let mut bulk = site.client.bulk().fall_back_to_single_requests();
    let one = bulk.create(&User::new(site.name("single")));
    let two = bulk.create(&User::new(site.name("single")));
    site.client.set_capabilities(without);
    let results = bulk.await;
    site.client.set_capabilities((*known).clone());
    let results = results?;
    for handle in [one, two] {
        site.keep_id::<User>(&id_of(results.get(handle).into_result()?.id())?);
    }
    Ok(())
}
