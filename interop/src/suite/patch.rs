//! Every kind of PATCH operation (RFC 7644 §3.5.2).

use scim_client::{
    EnterpriseUser, Stored, User,
    enterprise_user::Manager,
    http::StatusCode,
    message::ScimType,
    patch::Patch,
    user::{Email, EmailType, Name},
};

use crate::{
    outcome::{Step, ensure, refused, same, wrong},
    scenario::{Scenario, scenarios},
    site::Site,
};

pub(super) const SCENARIOS: &[Scenario] = scenarios! {
    "patch: replace a simple attribute" => replace_simple, needs Patch;
    "patch: add a simple attribute" => add_simple, needs Patch;
    "patch: remove a simple attribute" => remove_simple, needs Patch;
    "patch: replace a boolean" => replace_boolean, needs Patch;
    "patch: replace a sub-attribute" => replace_sub, needs Patch;
    "patch: add a sub-attribute" => add_sub, needs Patch;
    "patch: remove a sub-attribute" => remove_sub, needs Patch;
    "patch: add a complex attribute" => add_complex, needs Patch;
    "patch: replace a complex attribute" => replace_complex, needs Patch;
    "patch: remove a complex attribute" => remove_complex, needs Patch;
    "patch: add an element" => add_element, needs Patch;
    "patch: add an element that is there" => add_again, needs Patch;
    "patch: replace all elements" => replace_all, needs Patch;
    "patch: remove all elements" => remove_all, needs Patch;
    "patch: replace a sub-attribute by value path" => value_path_sub, needs Patch;
    "patch: add a sub-attribute by value path" => value_path_add, needs Patch;
    "patch: remove an element by value path" => value_path_remove, needs Patch;
    "patch: replace an element by value path" => value_path_replace, needs Patch;
    "patch: remove a sub-attribute by value path" => value_path_remove_sub, needs Patch;
    "patch: a value path with and" => value_path_and, needs Patch;
    "patch: a value path that matches nothing" => no_target, needs Patch;
    "patch: add an extension attribute" => add_extension, needs Patch;
    "patch: replace an extension attribute" => replace_extension, needs Patch;
    "patch: remove an extension attribute" => remove_extension, needs Patch;
    "patch: a sub-attribute of an extension" => extension_sub, needs Patch;
    "patch: several operations" => several, needs Patch;
    "patch: all or nothing" => atomic, needs Patch;
    "patch by id" => by_id, needs Patch;
    "patch what is not there" => missing, needs Patch;
};

/// Patches a user; gives what the client says of it and what is read, which must be the same.
async fn patched(
    site: &Site,
    before: &Stored<User>,
    change: impl FnOnce(Patch<User>) -> Patch<User>,
) -> Step<Stored<User>> {
    let after = site.users().patch(before, change(Patch::new())).await?;
    let read = site.users().get(before.id()).await?;
    ensure!(
        after.resource() == read.resource(),
        "the answer is not what is read: {:?} and {:?}",
        after.resource(),
        read.resource()
    );
    Ok(read)
}

/// The value of the e-mail address of a type.
fn email<'a>(user: &'a User, kind: &str) -> Option<&'a str> {
    let kind = EmailType::from(kind);
    let found = user
        .emails
        .iter()
        .find(|email| email.type_.as_ref() == Some(&kind));
    found.and_then(|email| email.value.as_deref())
}

async fn replace_simple(site: &Site) -> Step {
    let babs = site.babs().await?;
    let after = patched(site, &babs, |p| p.replace(|u| u.title, "CTO")).await?;
    same("title", after.title.as_deref(), Some("CTO"))?;
    same("nickName", after.nick_name.as_deref(), Some("Babsie"))
}

async fn add_simple(site: &Site) -> Step {
    let babs = site.babs().await?;
    let after = patched(site, &babs, |p| p.add(|u| u.user_type, "Employee")).await?;
    same("userType", after.user_type.as_deref(), Some("Employee"))
}

async fn remove_simple(site: &Site) -> Step {
    let babs = site.babs().await?;
    let after = patched(site, &babs, |p| p.remove(|u| u.title)).await?;
    same("title", after.title.as_deref(), None)
}

async fn replace_boolean(site: &Site) -> Step {
    let babs = site.babs().await?;
    let after = patched(site, &babs, |p| p.replace(|u| u.active, false)).await?;
    same("active", after.active, Some(false))
}

fn given_and_family(user: &User) -> (Option<&str>, Option<&str>) {
    let name = user.name.as_ref();
    (
        name.and_then(|name| name.given_name.as_deref()),
        name.and_then(|name| name.family_name.as_deref()),
    )
}

async fn replace_sub(site: &Site) -> Step {
    let babs = site.babs().await?;
    let after = patched(site, &babs, |p| p.replace(|u| u.name.family_name, "Smith")).await?;
    same(
        "name",
        given_and_family(&after),
        (Some("Barbara"), Some("Smith")),
    )
}

async fn add_sub(site: &Site) -> Step {
    let babs = site.babs().await?;
    let after = patched(site, &babs, |p| p.add(|u| u.name.middle_name, "Jane")).await?;
    let middle = after
        .name
        .as_ref()
        .and_then(|name| name.middle_name.as_deref());
    same("name.middleName", middle, Some("Jane"))?;
    same(
        "name",
        given_and_family(&after),
        (Some("Barbara"), Some("Jensen")),
    )
}

async fn remove_sub(site: &Site) -> Step {
    let babs = site.babs().await?;
    let after = patched(site, &babs, |p| p.remove(|u| u.name.given_name)).await?;
    same("name", given_and_family(&after), (None, Some("Jensen")))
}

async fn add_complex(site: &Site) -> Step {
    let user = site.user("nameless", |user| user).await?;
    let name = Name::new()
        .with_family_name("Jensen")
        .with_given_name("Babs");
    let after = patched(site, &user, |p| p.add(|u| u.name, name)).await?;
    same(
        "name",
        given_and_family(&after),
        (Some("Babs"), Some("Jensen")),
    )
}

/// Sub-attributes that are not mentioned stay (RFC 7644 §3.5.2.3).
async fn replace_complex(site: &Site) -> Step {
    let babs = site.babs().await?;
    let name = Name::new().with_family_name("Smith");
    let after = patched(site, &babs, |p| p.replace(|u| u.name, name)).await?;
    same(
        "name",
        given_and_family(&after),
        (Some("Barbara"), Some("Smith")),
    )
}

async fn remove_complex(site: &Site) -> Step {
    let babs = site.babs().await?;
    let after = patched(site, &babs, |p| p.remove(|u| u.name)).await?;
    same("name", given_and_family(&after), (None, None))
}

async fn add_element(site: &Site) -> Step {
    let babs = site.babs().await?;
    let address = site.mail("other");
    let other = Email::new(&address).with_type("other");
    let after = patched(site, &babs, |p| p.add(|u| u.emails, other)).await?;
    same("emails", after.emails.len(), 3)?;
    same(
        "the new one",
        email(&after, "other"),
        Some(address.as_str()),
    )?;
    same("an old one", email(&after, "home"), email(&babs, "home"))
}

async fn add_again(site: &Site) -> Step {
    let babs = site.babs().await?;
    let home = Email::new(email(&babs, "home").unwrap_or_default()).with_type("home");
    let after = patched(site, &babs, |p| p.add(|u| u.emails, home)).await?;
    same("emails", after.emails.len(), 2)
}

async fn replace_all(site: &Site) -> Step {
    let babs = site.babs().await?;
    let address = site.mail("new");
    let only = vec![Email::new(&address).with_type("work")];
    let after = patched(site, &babs, |p| p.replace(|u| u.emails, only)).await?;
    same("emails", after.emails.len(), 1)?;
    same("the new one", email(&after, "work"), Some(address.as_str()))
}

async fn remove_all(site: &Site) -> Step {
    let babs = site.babs().await?;
    let after = patched(site, &babs, |p| p.remove(|u| u.emails)).await?;
    same("emails", after.emails.len(), 0)
}

async fn value_path_sub(site: &Site) -> Step {
    let babs = site.babs().await?;
    let address = site.mail("changed");
    let after = patched(site, &babs, |p| {
        p.replace(
            |u| u.emails.filter(|e| e.type_.eq("work")).at(|e| e.value),
            address.as_str(),
        )
    })
    .await?;
    same("work", email(&after, "work"), Some(address.as_str()))?;
    same("home", email(&after, "home"), email(&babs, "home"))
}

async fn value_path_add(site: &Site) -> Step {
    let babs = site.babs().await?;
    let after = patched(site, &babs, |p| {
        p.add(
            |u| u.emails.filter(|e| e.type_.eq("home")).at(|e| e.display),
            "At home",
        )
    })
    .await?;
    let displays: Vec<_> = after
        .emails
        .iter()
        .filter_map(|e| e.display.as_deref())
        .collect();
    same("display of the e-mail addresses", displays, ["At home"])
}

async fn value_path_remove(site: &Site) -> Step {
    let babs = site.babs().await?;
    let after = patched(site, &babs, |p| {
        p.remove(|u| u.emails.filter(|e| e.type_.eq("home")))
    })
    .await?;
    same("emails", after.emails.len(), 1)?;
    same("home", email(&after, "home"), None)
}

async fn value_path_replace(site: &Site) -> Step {
    let babs = site.babs().await?;
    let address = site.mail("new");
    let other = Email::new(&address).with_type("home");
    let after = patched(site, &babs, |p| {
        p.replace(|u| u.emails.filter(|e| e.type_.eq("home")), other)
    })
    .await?;
    same("emails", after.emails.len(), 2)?;
    same("home", email(&after, "home"), Some(address.as_str()))?;
    same("work", email(&after, "work"), email(&babs, "work"))
}

async fn value_path_remove_sub(site: &Site) -> Step {
    let babs = site.babs().await?;
    let after = patched(site, &babs, |p| {
        p.remove(|u| u.emails.filter(|e| e.type_.eq("work")).at(|e| e.primary))
    })
    .await?;
    let primary = after
        .emails
        .iter()
        .filter(|e| e.primary == Some(true))
        .count();
    same("primary e-mail addresses", primary, 0)?;
    same("emails", after.emails.len(), 2)
}

async fn value_path_and(site: &Site) -> Step {
    let babs = site.babs().await?;
    let after = patched(site, &babs, |p| {
        p.remove(|u| {
            u.emails
                .filter(|e| e.type_.eq("home") & e.value.ew("home.example"))
        })
    })
    .await?;
    same("emails", after.emails.len(), 1)
}

async fn no_target(site: &Site) -> Step {
    let babs = site.babs().await?;
    let patch = Patch::<User>::new().replace(
        |u| u.emails.filter(|e| e.type_.eq("other")).at(|e| e.value),
        site.mail("other"),
    );
    let patch = site.users().patch(&babs, patch).await;
    let error = refused("a value path that matches nothing", patch)?;
    same("status", error.status(), Some(StatusCode::BAD_REQUEST))?;
    same(
        "scimType",
        error.scim_type().map(ScimType::as_str),
        Some(ScimType::NO_TARGET),
    )
}

async fn with_extension(site: &Site) -> Step<Stored<User>> {
    site.user("extended", |mut user| {
        user.enterprise_user = Some(
            EnterpriseUser::new()
                .with_department("Tours")
                .with_division("Parks"),
        );
        user
    })
    .await
}

fn extension(user: &User) -> Step<&EnterpriseUser> {
    let none = || wrong("there is no extension");
    user.enterprise_user.as_ref().ok_or_else(none)
}

async fn add_extension(site: &Site) -> Step {
    let babs = site.babs().await?;
    let after = patched(site, &babs, |p| {
        p.add(|u| u.enterprise_user.department, "Tours")
    })
    .await?;
    same(
        "department",
        extension(&after)?.department.as_deref(),
        Some("Tours"),
    )
}

async fn replace_extension(site: &Site) -> Step {
    let user = with_extension(site).await?;
    let after = patched(site, &user, |p| {
        p.replace(|u| u.enterprise_user.department, "Sales")
    })
    .await?;
    same(
        "department",
        extension(&after)?.department.as_deref(),
        Some("Sales"),
    )?;
    same(
        "division",
        extension(&after)?.division.as_deref(),
        Some("Parks"),
    )
}

async fn remove_extension(site: &Site) -> Step {
    let user = with_extension(site).await?;
    let after = patched(site, &user, |p| p.remove(|u| u.enterprise_user.department)).await?;
    same("department", extension(&after)?.department.as_deref(), None)?;
    same(
        "division",
        extension(&after)?.division.as_deref(),
        Some("Parks"),
    )
}

async fn extension_sub(site: &Site) -> Step {
    let boss = site.user("boss", |user| user).await?;
    let user = with_extension(site).await?;
    let manager = Manager::new(boss.id());
    let after = patched(site, &user, |p| {
        p.add(|u| u.enterprise_user.manager, manager)
    })
    .await?;
    let found = extension(&after)?
        .manager
        .as_ref()
        .and_then(|m| m.value.as_deref());
    same("manager.value", found, Some(boss.id()))
}

async fn several(site: &Site) -> Step {
    let babs = site.babs().await?;
    let after = patched(site, &babs, |p| {
        p.replace(|u| u.title, "CTO")
            .remove(|u| u.nick_name)
            .add(|u| u.user_type, "Employee")
            .replace(|u| u.name.given_name, "Babs")
            .remove(|u| u.emails.filter(|e| e.type_.eq("home")))
    })
    .await?;
    same("title", after.title.as_deref(), Some("CTO"))?;
    same("nickName", after.nick_name.as_deref(), None)?;
    same("userType", after.user_type.as_deref(), Some("Employee"))?;
    same(
        "name",
        given_and_family(&after),
        (Some("Babs"), Some("Jensen")),
    )?;
    same("emails", after.emails.len(), 1)
}

async fn atomic(site: &Site) -> Step {
    let babs = site.babs().await?;
    let patch = Patch::<User>::new().replace(|u| u.title, "CTO").replace(
        |u| u.emails.filter(|e| e.type_.eq("other")).at(|e| e.value),
        site.mail("other"),
    );
    let patch = site.users().patch(&babs, patch).await;
    refused("an operation without a target", patch)?;
    let read = site.users().get(babs.id()).await?;
    same(
        "title after a patch that failed",
        read.title.as_deref(),
        Some("Tour Guide"),
    )
}

async fn by_id(site: &Site) -> Step {
    let babs = site.babs().await?;
    let patch = Patch::<User>::new().replace(|u| u.title, "CTO");
    let after = site.users().patch_id(babs.id(), patch).await?;
    same("id", after.id(), babs.id())?;
    same("title", after.title.as_deref(), Some("CTO"))
}

async fn missing(site: &Site) -> Step {
    let patch = Patch::<User>::new().replace(|u| u.title, "CTO");
    let patch = site.users().patch_id("999999999", patch).await;
    let error = refused("the patch of nothing", patch)?;
    ensure!(error.is_not_found(), "{error}");
    Ok(())
}
