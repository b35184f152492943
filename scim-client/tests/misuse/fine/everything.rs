//! What is right compiles: the counterpart of every misuse.

use scim_client::{
    Client, DateTime, Group, Partial, Resource as _, Resources, Stored, User,
    group::Member,
    user::{Email, EmailType},
};

#[allow(unused)]
async fn fine(
    scim: Client,
    users: Resources<User>,
    mut stored: Stored<User>,
    partial: Partial<User>,
) -> Result<(), Box<dyn std::error::Error>> {
    users
        .patch(&stored)
        .replace(|u| u.name.family_name, "Jensen")
        .replace(|u| u.password, "t1meMa$heen")
        .replace(|u| u.active, true)
        .replace(|u| u.emails, vec![Email::new("a@example.com")])
        .replace(|u| u.emails.filter(|e| e.type_.eq("work")).at(|e| e.value), "b@example.com")
        .replace(|u| u.enterprise_user.manager.value, "26118915")
        .add(|u| u.emails, Email::new("babs@home.example"))
        .remove(|u| u.emails.filter(|e| e.type_.eq(EmailType::Home)))
        .remove(|u| u.title)
        .await?;
    users.patch("2819c223").replace(|u| u.active, false).no_refetch().await?;
    let groups = scim.resource::<Group>();
    groups
        .patch("e9e30dba")
        .add(|g| g.members, Member::new(stored.id()))
        .add(|g| g.members, [Member::new("902c246b"), Member::new("7ae3f1b0")])
        .remove(|g| g.members.filter(|m| m.value.eq("2819c223")))
        .await?;
    let mut found = users
        .query()
        .filter(|u| u.user_name.sw("bjensen") & u.emails.any(|e| e.type_.eq("work") & e.value.ew("@example.com")))
        .filter(|u| u.password.pr() & !u.active.eq(false) & u.meta.last_modified.gt(&DateTime::now()))
        .filter(|u| u.emails.value.co("@") | u.enterprise_user.department.eq("Sales") | u.schemas.eq(User::SCHEMA))
        .sort_by(|u| u.meta.last_modified)
        .descending()
        .stream();
    while let Some(user) = found.next().await {
        println!("{}", user?.user_name);
    }
    let name: Option<&str> = partial.get(|u| u.user_name);
    let active: Option<bool> = partial.get(|u| u.active);
    for email in partial.get(|u| u.emails).iter().flat_map(|emails| emails.iter()) {
        let value: Option<&str> = email.get(|e| e.value);
    }
    stored.display_name = Some("Babs Jensen".into());
    stored.password = "t1meMa$heen".into();
    stored.password = Some("t1meMa$heen".into()).into();
    stored.password = None.into();
    users.replace(&stored).await?;
    users.replace_at("2819c223", &User::new("x")).clear(|u| (u.nick_name, u.roles)).await?;
    let stored = users.update(&stored, |u| u.title = Some("CTO".into())).await?;
    for user in users.query().stream().wait_each() {
        println!("{}", user?.user_name);
    }
    users.query().attributes(|u| (u.user_name, u.emails, u.name.family_name)).all().await?;
    users.delete(&stored).await?;
    users.delete("2819c223").await?;
    Ok(())
}

mod globs {
    use scim_client::{group::*, user::*, *};

    fn both(user: &User, group: &Group, email: &Email, member: &Member) -> Option<UserGroup> {
        let _: (&User, &Group, &Email, &Member) = (user, group, email, member);
        user.groups.first().cloned()
    }
}

fn main() {}
