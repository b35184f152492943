//! Groups and their members.

use scim_client::{Group, User};

use super::{client, member, provider};

#[tokio::test]
async fn groups_show_in_their_members() {
    let provider = provider();
    let scim = client(&provider);
    let (users, groups) = (scim.resource::<User>(), scim.resource::<Group>());
    let babs = users.create(&User::new("bjensen")).await.unwrap();
    let mut guides = Group::new("Guides");
    guides.members.push(member(babs.id()));
    let guides = groups.create(&guides).await.unwrap();
    assert_eq!(guides.members[0].type_.as_ref().unwrap().as_str(), "User");
    let reference = guides.members[0].ref_.as_ref().unwrap();
    assert_eq!(reference.as_str(), "https://scim.example/v2/Users/1");
    let mut all = Group::new("All");
    all.members.push(member(guides.id()));
    let all = groups.create(&all).await.unwrap();

    let seen = users.get(babs.id()).await.unwrap();
    let shown: Vec<_> = seen
        .groups
        .iter()
        .map(|group| {
            let kind = group.type_.as_ref().map_or("", |kind| kind.as_str());
            (
                group.value.as_deref().unwrap_or(""),
                group.display.as_deref().unwrap_or(""),
                kind,
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            (guides.id(), "Guides", "direct"),
            (all.id(), "All", "indirect")
        ]
    );
    assert_ne!(seen.meta().version, babs.meta().version);
    let by_group = users
        .query()
        .filter(|u| u.groups.any(|g| g.display.eq("all")))
        .all()
        .await;
    assert_eq!(by_group.unwrap().len(), 1);

    // A membership is in nobody's way, and is not erased by a PUT.
    let mut babs = babs;
    babs.title = Some("Guide".into());
    let babs = users.replace(&babs).await.unwrap();
    assert_eq!(babs.groups.len(), 2);

    let mut renamed = guides.clone();
    renamed.display_name = "Tour Guides".into();
    groups.replace(&renamed).await.unwrap();
    let display = users.get(babs.id()).await.unwrap().groups[0]
        .display
        .clone();
    assert_eq!(display.as_deref(), Some("Tour Guides"));

    groups.delete(all.id()).await.unwrap();
    assert_eq!(users.get(babs.id()).await.unwrap().groups.len(), 1);
    users.delete(babs.id()).await.unwrap();
    assert!(groups.get(guides.id()).await.unwrap().members.is_empty());
}

#[tokio::test]
async fn circles_of_groups_end() {
    let provider = provider();
    let groups = client(&provider).resource::<Group>();
    let mut one = groups.create(&Group::new("One")).await.unwrap();
    let mut two = Group::new("Two");
    two.members.push(member(one.id()));
    two.members.push(member("nobody"));
    let two = groups.create(&two).await.unwrap();
    one.members.push(member(two.id()));
    groups.replace(&one).await.unwrap();
    groups.delete(two.id()).await.unwrap();
    assert!(groups.get(one.id()).await.unwrap().members.is_empty());
}
