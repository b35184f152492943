//! Filters, orders, pages, cursors and projections.

use scim_client::{
    Group, Partial, Stored, User,
    message::{ListResponse, Outcome},
    user::Email,
};

use super::{client, member, provider, status};

#[tokio::test]
async fn filters_sorts_and_pages() {
    let provider = provider();
    let users = client(&provider).resource::<User>();
    for (name, title) in [("d", "x"), ("b", "y"), ("a", "x"), ("c", "x")] {
        provider.seed(User::new(name).with_title(title)).unwrap();
    }
    let found = users
        .query()
        .filter(|u| u.title.eq("X"))
        .sort_by(|u| u.user_name)
        .descending()
        .count(2)
        .all()
        .await
        .unwrap();
    let names: Vec<_> = found.iter().map(|user| user.user_name.as_str()).collect();
    assert_eq!(names, ["d", "c", "a"]);

    let by_cursor = users
        .query()
        .sort_by(|u| u.user_name)
        .count(3)
        .cursor("")
        .all()
        .await
        .unwrap();
    let names: Vec<_> = by_cursor
        .iter()
        .map(|user| user.user_name.as_str())
        .collect();
    assert_eq!(names, ["a", "b", "c", "d"]);

    assert_eq!(users.query().count(0).total().await.unwrap(), 4);
    let page: ListResponse<Outcome<Stored<User>>> = users
        .query()
        .start_index(3)
        .count(10)
        .send()
        .await
        .unwrap()
        .into_value();
    assert_eq!((page.total_results, page.start_index), (Some(4), Some(3)));
    assert_eq!(page.items_per_page, Some(2));
    let posted = users
        .query()
        .filter(|u| u.user_name.eq("A"))
        .via_post()
        .all()
        .await
        .unwrap();
    assert_eq!(posted.len(), 1);
    assert_eq!(
        provider.requests().last().unwrap().path(),
        "/v2/Users/.search"
    );
}

#[tokio::test]
async fn cursors_expire_and_belong_to_one_query() {
    let provider = provider();
    let users = client(&provider).resource::<User>();
    for number in 0..5 {
        provider.seed(User::new(format!("u{number}"))).unwrap();
    }
    let first = users
        .query()
        .count(2)
        .cursor("")
        .send()
        .await
        .unwrap()
        .into_value();
    assert_eq!(first.previous_cursor, None);
    let next = first.next_cursor.unwrap();
    let second = users
        .query()
        .count(2)
        .cursor(&*next)
        .send()
        .await
        .unwrap()
        .into_value();
    assert!(second.previous_cursor.is_some());
    let other = users
        .query()
        .filter(|u| u.user_name.pr())
        .count(2)
        .cursor(&*next)
        .send()
        .await;
    assert_eq!(status(other), (400, "invalidCursor".into()));
    let other = users.query().count(3).cursor(&*next).send().await;
    assert_eq!(status(other), (400, "invalidCount".into()));
    let unknown = users.query().count(2).cursor("nonsense").send().await;
    assert_eq!(status(unknown), (400, "invalidCursor".into()));
    provider.expire_cursors();
    let late = users.query().count(2).cursor(&*next).send().await;
    assert_eq!(status(late), (400, "expiredCursor".into()));
}

#[tokio::test]
async fn projections_have_what_was_asked_for() {
    let provider = provider();
    let users = client(&provider).resource::<User>();
    let mut new = User::new("bjensen").with_title("Guide");
    new.emails
        .push(Email::new("babs@work.example").with_type("work"));
    let created = users.create(&new).await.unwrap();
    let some: Partial<User> = users
        .get(created.id())
        .attributes(|u| u.user_name)
        .await
        .unwrap();
    assert_eq!(some.get(|u| u.user_name), Some("bjensen"));
    assert_eq!(some.get(|u| u.title), None);
    assert_eq!(some.id(), created.id());
    let rest = users
        .get(created.id())
        .excluded_attributes(|u| u.title)
        .await
        .unwrap();
    assert_eq!(rest.get(|u| u.title), None);
    assert_eq!(rest.get(|u| u.emails).unwrap().len(), 1);
}

#[tokio::test]
async fn thousands_are_no_burden() {
    let provider = provider();
    let mut group = Group::new("All");
    for number in 0..3000 {
        let user = provider.seed(User::new(format!("user{number}"))).unwrap();
        group.members.push(member(user.id()));
    }
    let begin = std::time::Instant::now();
    let scim = client(&provider);
    let group = scim.resource::<Group>().create(&group).await.unwrap();
    let users = scim.resource::<User>();
    let found = users
        .query()
        .filter(|u| u.groups.any(|g| g.display.eq("all")))
        .all()
        .await;
    assert_eq!(found.unwrap().len(), 3000);
    for id in 1..10 {
        users.delete(id.to_string()).await.unwrap();
    }
    let left = scim.resource::<Group>().get(group.id()).await.unwrap();
    assert_eq!(left.members.len(), 2991);
    assert!(begin.elapsed().as_secs() < 20, "{:?}", begin.elapsed());
    println!("{:?}", begin.elapsed());
}
