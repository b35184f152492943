//! Many operations at once (RFC 7644 §3.7).

use scim_client::{
    Group, Resource, User,
    client::{Bulk, BulkHandle, BulkResults},
    dynamic::DynamicResource,
    group::Member,
    patch::Patch,
};

use crate::{
    handle::AtRunTime,
    outcome::{Cause, Step, ensure, failed, same, wrong},
    scenario::{Scenario, scenarios},
    shown::Done,
    site::Site,
};

pub(super) const SCENARIOS: &[Scenario] = scenarios! {
    "bulk: create, with a reference" => references, needs Bulk;
    "bulk: patch and delete" => patch_and_delete, needs Bulk;
    "bulk: one of three fails" => one_fails, needs Bulk;
    "bulk: more than fit into one request" => split, needs Bulk;
    "bulk: single requests where there is no bulk" => single;
};

/// An operation of a bulk, by the compiled type or by one that is known at run time.
enum One<R> {
    Compiled(BulkHandle<R>),
    AtRunTime(BulkHandle<DynamicResource>),
}

impl<R: Resource> One<R> {
    /// The `id` of the resource that it was about.
    fn id(&self, results: &BulkResults) -> Step<String> {
        let id = match self {
            Self::Compiled(handle) => {
                let done = results.get(*handle).into_result()?;
                done.id().map(str::to_owned)
            }
            Self::AtRunTime(handle) => {
                let done = results.get(*handle).into_result()?;
                done.id().map(str::to_owned)
            }
        };
        id.ok_or_else(|| wrong("the bulk does not say which id a new resource has"))
    }

    fn expect_done(&self, results: &BulkResults) -> Step {
        match self {
            Self::Compiled(handle) => drop(results.get(*handle).into_result()?),
            Self::AtRunTime(handle) => drop(results.get(*handle).into_result()?),
        }
        Ok(())
    }
}

/// Adds the creation of a user, and gives what refers to it within this bulk.
fn create(site: &Site, bulk: &mut Bulk, user: &User) -> Done<(One<User>, Member)> {
    let (users, whole) = (site.users(), site.complete(user)?);
    Ok(match &users.at_run_time {
        None => {
            let made = bulk.create(&whole);
            (One::Compiled(made.into()), Member::new(made.reference()))
        }
        Some(AtRunTime { kind, handle }) => {
            let whole = kind.from_typed(&whole)?;
            let made = bulk.on(handle).create(&whole);
            (One::AtRunTime(made.into()), Member::new(made.reference()))
        }
    })
}

async fn references(site: &Site) -> Step {
    let mut bulk = site.client.bulk();
    let user = User::new(site.user_name("bulk"));
    let (user, member) = create(site, &mut bulk, &user)?;
    let group = Group::new(site.name("bulk")).with_members([member]);
    let (groups, group) = (site.groups(), site.complete(&group)?);
    let group: One<Group> = match &groups.at_run_time {
        None => One::Compiled(bulk.create(&group).into()),
        Some(other) => {
            let group = other.made(&group)?;
            One::AtRunTime(bulk.on(&other.handle).create(&group).into())
        }
    };
    let results = bulk.await?;
    let user = user.id(&results)?;
    site.keep_id::<User>(&user);
    let group = group.id(&results)?;
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
    let patch = Patch::<User>::new().replace(|u| u.title, "CTO");
    let users = site.users();
    let both: [One<User>; 2] = match &users.at_run_time {
        None => [
            One::Compiled(bulk.patch::<User>(babs.id(), |_| patch)),
            One::Compiled(bulk.delete::<User>(gone.id())),
        ],
        Some(other) => {
            let patch = other.patch(patch)?;
            let patched = bulk.on(&other.handle).patch(babs.id(), |_| patch);
            let deleted = bulk.on(&other.handle).delete(gone.id());
            [One::AtRunTime(patched), One::AtRunTime(deleted)]
        }
    };
    let results = bulk.await?;
    for one in both {
        one.expect_done(&results)?;
    }
    let read = site.users().get(babs.id()).await?;
    same("title", read.title.as_deref(), Some("CTO"))?;
    let gone = site.users().get_optional(gone.id()).await?;
    ensure!(gone.is_none(), "the user is still there");
    Ok(())
}

async fn one_fails(site: &Site) -> Step {
    let babs = site.babs().await?;
    let mut bulk = site.client.bulk();
    let mut add = |user: User| create(site, &mut bulk, &user).map(|(one, _)| one);
    let first = add(User::new(site.user_name("first")))?;
    let twice = add(User::new(&babs.user_name))?;
    let last = add(User::new(site.user_name("last")))?;
    let results = bulk.await?;
    for one in [first, last] {
        site.keep_id::<User>(&one.id(&results)?);
    }
    let error = match &twice {
        One::Compiled(handle) => results.get(*handle).error().cloned(),
        One::AtRunTime(handle) => results.get(*handle).error().cloned(),
    };
    let Some(error) = error else {
        return Err(failed("one userName, two users", Cause::Accepted));
    };
    ensure!(error.is_uniqueness(), "{error}");
    Ok(())
}

async fn split(site: &Site) -> Step {
    let mut bulk = site.client.bulk().max_operations(2);
    let mut all = Vec::new();
    for _ in 0..5 {
        let user = User::new(site.user_name("split"));
        all.push(create(site, &mut bulk, &user)?.0);
    }
    let results = bulk.await?;
    same("requests", results.requests(), 3)?;
    for one in all {
        site.keep_id::<User>(&one.id(&results)?);
    }
    Ok(())
}

async fn single(site: &Site) -> Step {
    let known = site.client.capabilities();
    let mut without = (*known).clone();
    without.bulk = Some(false);
    let mut bulk = site.client.bulk().fall_back_to_single_requests();
    let mut both = Vec::new();
    for _ in 0..2 {
        let user = User::new(site.user_name("single"));
        both.push(create(site, &mut bulk, &user)?.0);
    }
    site.client.set_capabilities(without);
    let results = bulk.await;
    site.client.set_capabilities((*known).clone());
    let results = results?;
    for one in both {
        site.keep_id::<User>(&one.id(&results)?);
    }
    Ok(())
}
