//! The example, by the client.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests may panic")]

use std::{
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
};

use scim_axum_sqlite_example::{open, router};
use scim_client::{
    Client, Group, User, group::Member, message::SortOrder, testing::ServiceProvider, user::Email,
};

/// A database of one test, removed at its end.
struct File(PathBuf);

impl File {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("scim-sqlite-{}-{number}.db", std::process::id());
        Self(std::env::temp_dir().join(name))
    }

    /// A client for each of the tenants.
    fn tenants(&self) -> [Client; 2] {
        let tenants = [("acme", "one"), ("globex", "two")];
        let tokens = tenants.map(|(name, token)| (name.to_owned(), token.to_owned()));
        let router = router(open(&self.0).unwrap(), tokens.into());
        tenants.map(|(_, token)| {
            let client = Client::builder("https://scim.example/scim/v2").bearer_token(token);
            client.service(router.clone()).build().unwrap()
        })
    }
}

impl Drop for File {
    fn drop(&mut self) {
        for end in ["", "-wal", "-shm"] {
            let mut path = self.0.clone().into_os_string();
            path.push(end);
            let _there = std::fs::remove_file(path);
        }
    }
}

#[tokio::test]
async fn tenants_see_their_own() {
    let file = File::new();
    let [acme, globex] = file.tenants().map(|client| client.resource::<User>());
    let babs = acme.create(&User::new("bjensen")).await.unwrap();
    assert!(globex.get(babs.id()).optional().await.unwrap().is_none());
    assert_eq!(globex.query().total().await.unwrap(), 0);
    globex.create(&User::new("bjensen")).await.unwrap();
    assert!(
        acme.create(&User::new("BJensen"))
            .await
            .unwrap_err()
            .is_uniqueness()
    );
    assert!(globex.delete(&babs).await.unwrap_err().is_not_found());

    let nobody = Client::builder("https://scim.example/scim/v2")
        .bearer_token("three")
        .service(router(open(&file.0).unwrap(), Vec::new()))
        .build()
        .unwrap();
    let refused = nobody.resource::<User>().get(babs.id()).await.unwrap_err();
    assert_eq!(refused.status().map(|status| status.as_u16()), Some(401));
}

#[tokio::test]
async fn groups_follow_members_and_members_users() {
    let file = File::new();
    let [scim, _] = file.tenants();
    let (users, groups) = (scim.resource::<User>(), scim.resource::<Group>());
    let babs = users.create(&User::new("bjensen")).await.unwrap();
    let guides = Group::new("Guides").with_members([Member::new(babs.id())]);
    let guides = groups.create(&guides).await.unwrap();
    let staff = Group::new("Staff").with_members([Member::new(guides.id())]);
    let staff = groups.create(&staff).await.unwrap();

    let of_babs = users.get(babs.id()).await.unwrap();
    let shown: Vec<_> = of_babs
        .groups
        .iter()
        .map(|group| {
            (
                group.display.clone(),
                group.type_.clone().map(|t| t.to_string()),
            )
        })
        .collect();
    let expected = [("Guides", "direct"), ("Staff", "indirect")];
    let expected = expected.map(|(name, kind)| (Some(name.to_owned()), Some(kind.to_owned())));
    assert_eq!(shown, expected);
    let member = &guides.members[0];
    assert!(member.ref_.as_ref().unwrap().as_str().ends_with(babs.id()));

    let by_member = groups.query().filter(|g| g.members.value.eq(babs.id()));
    assert_eq!(by_member.all().await.unwrap().len(), 1);
    users.delete(&babs).await.unwrap();
    let after = groups.get(guides.id()).await.unwrap();
    assert!(after.members.is_empty());
    assert_ne!(after.meta().version, guides.meta().version);
    assert_eq!(groups.get(staff.id()).await.unwrap().members.len(), 1);
}

/// Whatever is translated finds what the evaluation in memory finds, in its order.
#[tokio::test]
async fn the_database_finds_what_the_filter_says() {
    let file = File::new();
    let [sqlite, _] = file.tenants();
    let memory = Client::builder("https://scim.example/scim/v2")
        .service(ServiceProvider::new())
        .build()
        .unwrap();
    let names = [
        "bjensen",
        "BJones",
        "Ümit",
        "ümit2",
        "a%b",
        "a_b!",
        "straße",
        "ΣΊΣΥΦΟΣ",
    ];
    for (at, name) in names.into_iter().enumerate() {
        let mut user = User::new(name);
        user.active = [None, Some(true), Some(false)][at % 3];
        user.display_name =
            [None, Some(format!("D{}", at / 2)), Some(String::new())][at % 3].clone();
        user.external_id = (at % 2 == 0).then(|| format!("X{at}"));
        user.emails.push(Email::new(format!("{at}@example.com")));
        for scim in [&sqlite, &memory] {
            scim.resource::<User>().create(&user).await.unwrap();
        }
    }
    let filters = [
        r#"userName eq "BJENSEN""#,
        r#"userName ne "bjones""#,
        r#"userName sw "bj" and active eq true"#,
        r#"userName co "%" or userName co "_""#,
        r#"userName ew "!""#,
        r#"userName eq "ÜMIT""#,
        r#"userName co "σ""#,
        r#"userName eq "STRASSE" or userName gt "b""#,
        r#"not (userName le "bjones")"#,
        r#"active ne true"#,
        r#"not (active eq true)"#,
        "active pr",
        "displayName pr",
        "not (displayName pr)",
        r#"displayName eq """#,
        r#"displayName ne "d1""#,
        "displayName eq null",
        r#"externalId eq "x0" or externalId co "X""#,
        r#"externalId ge "X2" and emails.value sw "4""#,
        r#"emails[value eq "1@example.com"] or active eq false"#,
        r#"not (emails.value sw "1" and active eq false)"#,
        r#"id pr and meta.resourceType eq "User""#,
        r#"urn:ietf:params:scim:schemas:core:2.0:User:userName sw "BJ""#,
    ];
    for filter in filters {
        for (sort, order) in [
            (None, SortOrder::Ascending),
            (Some("userName"), SortOrder::Ascending),
            (Some("displayName"), SortOrder::Descending),
            (Some("externalId"), SortOrder::Ascending),
            (Some("emails"), SortOrder::Descending),
        ] {
            let found = async |scim: &Client| {
                let filter: scim_client::filter::Filter = filter.parse().unwrap();
                let users = scim.resource::<User>();
                let mut query = users.query().filter_by(filter).count(3);
                if let Some(sort) = sort {
                    query = query.sort_by_path(sort.parse().unwrap());
                    if order == SortOrder::Descending {
                        query = query.descending();
                    }
                }
                let all = query.all().await.unwrap();
                all.iter()
                    .map(|user| user.user_name.clone())
                    .collect::<Vec<_>>()
            };
            assert_eq!(
                found(&sqlite).await,
                found(&memory).await,
                "{filter} by {sort:?}"
            );
        }
    }
}

/// A condition on members stays with the group and its tenant, whatever is in it.
#[tokio::test]
async fn conditions_on_members_stay_with_their_group() {
    let file = File::new();
    let [acme, globex] = file.tenants();
    let memory = Client::builder("https://scim.example/scim/v2")
        .service(ServiceProvider::new())
        .build()
        .unwrap();
    let members = [&[][..], &["a"], &["b"], &["a", "b"], &["c"], &[""]];
    for (at, members) in members.into_iter().enumerate() {
        let group = Group::new(format!("group{at}")).with_members(
            members
                .iter()
                .map(|id| Member::new(*id))
                .collect::<Vec<_>>(),
        );
        for scim in [&acme, &memory] {
            scim.resource::<Group>().create(&group).await.unwrap();
        }
        let others = Group::new("another's").with_members([Member::new("a"), Member::new("z")]);
        globex.resource::<Group>().create(&others).await.unwrap();
    }
    for filter in [
        r#"members[value eq "a" or value eq "z"]"#,
        r#"members[value ne "a"]"#,
        r#"members[not (value eq "a")]"#,
        r#"not (members[value eq "a" or value eq "c"])"#,
        r#"not (members[not (value ne "a" or value eq "a")])"#,
        r#"members[value eq "z"] or displayName eq "group1""#,
        r#"members.value eq "a" or members.value eq "z""#,
        r#"members.value ne "a""#,
        "members.value eq null",
        "members.value pr",
        "members[value eq null]",
        r#"members.type eq "User""#,
        r#"not (members.$ref pr)"#,
    ] {
        let found = async |scim: &Client| {
            let filter: scim_client::filter::Filter = filter.parse().unwrap();
            let groups = scim.resource::<Group>();
            let all = groups.query().filter_by(filter).all().await.unwrap();
            all.iter()
                .map(|group| group.display_name.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(found(&acme).await, found(&memory).await, "{filter}");
    }
}

/// A copy with old groups is an old copy, and a new membership is in nobody's way.
#[tokio::test]
async fn versions_tell_of_groups() {
    let file = File::new();
    let [scim, _] = file.tenants();
    let (users, groups) = (scim.resource::<User>(), scim.resource::<Group>());
    let alone = users.create(&User::new("bjensen")).await.unwrap();
    let of = |user: &scim_client::Stored<User>| user.meta().version.clone().unwrap();
    assert_eq!(of(&alone), "W/\"1\"");
    let guides = Group::new("Guides").with_members([Member::new(alone.id())]);
    let guides = groups.create(&guides).await.unwrap();
    let member = users.get(alone.id()).await.unwrap();
    assert!(of(&member).starts_with("W/\"1."), "{}", of(&member));
    let listed = users.query().all().await.unwrap();
    assert_eq!(of(&listed[0]), of(&member));
    groups
        .patch(&guides)
        .replace(|g| g.display_name, "Cooks")
        .await
        .unwrap();
    let renamed = users.get(alone.id()).await.unwrap();
    assert_ne!(of(&renamed), of(&member));
    // Who read it before may change it, and who read it before that change may not.
    let changed = users.patch(&alone).replace(|u| u.title, "Guide");
    let changed = changed.await.unwrap();
    assert!(of(&changed).starts_with("W/\"2."), "{}", of(&changed));
    for old in [&alone, &member, &renamed] {
        let refused = users.patch(old).replace(|u| u.title, "Cook").await;
        assert!(refused.unwrap_err().is_version_mismatch());
        assert!(users.delete(old).await.unwrap_err().is_version_mismatch());
    }
    let again = users.patch(&changed).replace(|u| u.title, "Cook").await;
    assert!(of(&again.unwrap()).starts_with("W/\"3."));
    groups.delete(guides.id()).await.unwrap();
    let alone = users.get(alone.id()).await.unwrap();
    assert_eq!(of(&alone), "W/\"3\"");
    users.delete(&alone).await.unwrap();
}
