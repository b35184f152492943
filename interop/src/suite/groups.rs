//! Groups and their members.

use scim_client::{Group, Stored, User, group::Member, patch::Patch};

use crate::{
    outcome::{Step, ensure, same, wrong},
    scenario::{Scenario, scenarios},
    site::Site,
};

pub(super) const SCENARIOS: &[Scenario] = scenarios! {
    "a group with members" => members;
    "a user's groups" => user_groups;
    "add a member" => add, needs Patch;
    "remove one member" => remove, needs Patch;
    "replace all members" => replace, needs Patch;
    "rename a group" => rename, needs Patch;
    "update a group's members" => update, needs Patch;
    "replace a group" => put;
    "groups of a member" => by_member, needs Filter;
    "a group within a group" => nested;
    "a group of 300" => large, compiled only;
    "a member that is deleted" => deleted_member;
};

fn ids(group: &Group) -> Vec<&str> {
    let mut ids: Vec<_> = group
        .members
        .iter()
        .filter_map(|m| m.value.as_deref())
        .collect();
    ids.sort_unstable();
    ids
}

/// Expects a group to have exactly these members when it is read.
async fn expect(site: &Site, group: &Stored<Group>, members: &[&Stored<User>]) -> Step {
    let read = site.groups().get(group.id()).await?;
    let mut wanted: Vec<_> = members.iter().map(|user| user.id()).collect();
    wanted.sort_unstable();
    same("members", ids(&read), wanted)
}

async fn two(site: &Site) -> Step<(Stored<User>, Stored<User>)> {
    let one = site.user("one", |user| user).await?;
    Ok((one, site.user("two", |user| user).await?))
}

async fn members(site: &Site) -> Step {
    let (one, two) = two(site).await?;
    let group = site.group("guides", [&one, &two]).await?;
    same("members in the answer", group.members.len(), 2)?;
    expect(site, &group, &[&one, &two]).await
}

async fn user_groups(site: &Site) -> Step {
    let (one, _) = two(site).await?;
    let group = site.group("guides", [&one]).await?;
    let read = site.users().get(one.id()).await?;
    let values: Vec<_> = read
        .groups
        .iter()
        .filter_map(|g| g.value.as_deref())
        .collect();
    same("groups", values, [group.id()])
}

async fn add(site: &Site) -> Step {
    let (one, two) = two(site).await?;
    let group = site.group("guides", [&one]).await?;
    let member = Member::new(two.id());
    let patch = Patch::<Group>::new().add(|g| g.members, member);
    site.groups().patch(&group, patch).await?;
    expect(site, &group, &[&one, &two]).await
}

async fn remove(site: &Site) -> Step {
    let (one, two) = two(site).await?;
    let group = site.group("guides", [&one, &two]).await?;
    let patch = Patch::<Group>::new().remove(|g| g.members.filter(|m| m.value.eq(one.id())));
    site.groups().patch(&group, patch).await?;
    expect(site, &group, &[&two]).await
}

async fn replace(site: &Site) -> Step {
    let (one, two) = two(site).await?;
    let group = site.group("guides", [&one]).await?;
    let members = vec![Member::new(two.id())];
    let patch = Patch::<Group>::new().replace(|g| g.members, members);
    site.groups().patch(&group, patch).await?;
    expect(site, &group, &[&two]).await
}

async fn rename(site: &Site) -> Step {
    let (one, _) = two(site).await?;
    let group = site.group("guides", [&one]).await?;
    let name = site.name("renamed");
    let patch = Patch::<Group>::new().replace(|g| g.display_name, &*name);
    let after = site.groups().patch(&group, patch).await?;
    same("displayName", &after.display_name, &name)?;
    expect(site, &group, &[&one]).await
}

async fn update(site: &Site) -> Step {
    let (one, two) = two(site).await?;
    let group = site.group("guides", [&one]).await?;
    let change = |group: &mut Group| {
        group
            .members
            .retain(|member| member.value.as_deref() != Some(one.id()));
        group.members.push(Member::new(two.id()));
    };
    site.groups().update(&group, change).await?;
    expect(site, &group, &[&two]).await
}

async fn put(site: &Site) -> Step {
    let (one, two) = two(site).await?;
    let group = site.group("guides", [&one]).await?;
    let change = |group: &mut Group| group.members = vec![Member::new(two.id())];
    site.groups().replace(&group, change).await?;
    expect(site, &group, &[&two]).await
}

async fn by_member(site: &Site) -> Step {
    let (one, two) = two(site).await?;
    let group = site.group("guides", [&one]).await?;
    let _other = site.group("others", [&two]).await?;
    let query = site
        .groups()
        .query()
        .filter(|g| g.members.value.eq(one.id()));
    let found = query.all().await?;
    let found: Vec<_> = found.iter().map(Stored::id).collect();
    same("groups", found, [group.id()])
}

async fn nested(site: &Site) -> Step {
    let inner = site.group("inner", []).await?;
    let outer = Group::new(site.name("outer")).with_members([Member::new(inner.id())]);
    let outer = site.create(&outer).await?;
    let read = site.groups().get(outer.id()).await?;
    same("members", ids(&read), [inner.id()])
}

const MANY: usize = 300;

async fn large(site: &Site) -> Step {
    let user = site.user("member", |user| user).await?;
    let mut all = vec![user];
    // Members need not exist everywhere; where they must, they do.
    for number in 1..MANY {
        all.push(site.user(&format!("member-{number}"), |user| user).await?);
    }
    let group = site.group("crowd", &all).await?;
    let read = site.groups().get(group.id()).await?;
    same("members", read.members.len(), MANY)?;
    let Some(last) = all.last() else {
        return Err(wrong("nobody"));
    };
    let change = |group: &mut Group| {
        group
            .members
            .retain(|member| member.value.as_deref() != Some(last.id()));
    };
    let message = site.groups().update_message(&read, change)?;
    let operations = message.operations.len();
    same("operations that remove one member", operations, 1)?;
    site.groups().update(&read, change).await?;
    let read = site.groups().get(group.id()).await?;
    same("members", read.members.len(), MANY - 1)
}

async fn deleted_member(site: &Site) -> Step {
    let (one, two) = two(site).await?;
    let group = site.group("guides", [&one, &two]).await?;
    site.users().delete_id(one.id()).await?;
    let read = site.groups().get(group.id()).await?;
    ensure!(
        !ids(&read).contains(&one.id()),
        "the deleted user is still a member"
    );
    Ok(())
}
