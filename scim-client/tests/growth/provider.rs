//! The embedded service provider: pages, order, replacements.

use std::cell::Cell;

use scim_client::{
    Client, Group, Stored, User,
    evaluate::{Subject, sort_by},
    group::Member,
    http::Method,
    message::{ListResponse, Outcome, SortOrder},
    testing::ServiceProvider,
};

use crate::{ask, linear, now};

fn users(n: usize) -> ServiceProvider {
    let provider = ServiceProvider::builder().page_size(10_000).build();
    for at in 0..n {
        // So that the order asked for is not that of creation.
        let name = format!("u{:08}", (at * 7919) % n.max(1) * 10 + at % 10);
        provider.seed(User::new(name)).unwrap();
    }
    provider
}

fn get(provider: &ServiceProvider, target: &str) -> (u16, String) {
    ask(provider, Method::GET, target, "")
}

fn page(provider: &ServiceProvider, query: &str) -> ListResponse<Outcome<Stored<User>>> {
    let (status, body) = get(provider, &format!("/Users?{query}"));
    assert_eq!(status, 200, "{body}");
    ListResponse::from_json(&body).unwrap()
}

fn names(page: &ListResponse<Outcome<Stored<User>>>) -> Vec<String> {
    let users = page.resources.iter();
    users
        .map(|user| user.as_ref().unwrap().user_name.clone())
        .collect()
}

/// All pages of 10, as text, so that reading them does not count.
fn all_pages(provider: &ServiceProvider, query: &str, total: usize) {
    for start in (1..=total).step_by(10) {
        let (status, _) = get(
            provider,
            &format!("/Users?count=10&startIndex={start}&{query}"),
        );
        assert_eq!(status, 200);
    }
}

#[test]
fn a_page_costs_a_page() {
    let prepared = |n| (users(n), n);
    linear("sorted pages", 300, prepared, |(provider, n)| {
        all_pages(provider, "sortBy=userName", *n);
    });
    linear("filtered pages", 300, prepared, |(provider, n)| {
        all_pages(provider, "filter=userName%20pr", *n);
    });
    linear("pages", 300, prepared, |(provider, n)| {
        all_pages(provider, "", *n);
    });
    linear("pages by cursor", 300, prepared, |(provider, n)| {
        let mut cursor = String::new();
        let mut seen = 0;
        loop {
            let (_, body) = get(
                provider,
                &format!("/Users?count=10&sortBy=userName&cursor={cursor}"),
            );
            let list = ListResponse::<scim_client::Json>::from_json(&body).unwrap();
            seen += list.resources.len();
            match list.next_cursor {
                Some(next) => cursor = next,
                None => break,
            }
        }
        assert_eq!(seen, *n);
    });
}

#[test]
fn what_was_found_is_forgotten_with_every_write() {
    let provider = users(30);
    let sorted = "sortBy=userName&count=5";
    let first = names(&page(&provider, sorted));
    assert_eq!(first, names(&page(&provider, sorted)));
    assert_eq!(page(&provider, sorted).total_results, Some(30));
    let descending = names(&page(&provider, &format!("{sorted}&sortOrder=descending")));
    assert_ne!(descending, first);
    assert_eq!(
        page(&provider, "filter=userName%20eq%20%22nobody%22").total_results,
        Some(0)
    );

    let client = Client::builder("https://scim.example/v2").service(provider.clone());
    let users = client.build().unwrap().resource::<User>();
    let created = now(users.create(&User::new("a0")).into_future()).unwrap();
    assert_eq!(names(&page(&provider, sorted))[0], "a0");
    assert_eq!(page(&provider, sorted).total_results, Some(31));
    now(users
        .update(&created, |u| u.user_name = "z".into())
        .into_future())
    .unwrap();
    assert_eq!(names(&page(&provider, sorted)), first);
    let last = names(&page(&provider, &format!("{sorted}&sortOrder=descending")));
    assert_eq!(last[0], "z");
    now(users.delete(created.id()).into_future()).unwrap();
    assert_eq!(page(&provider, sorted).total_results, Some(30));
    provider.seed(User::new("a1")).unwrap();
    assert_eq!(names(&page(&provider, sorted))[0], "a1");
    provider.clear();
    assert_eq!(page(&provider, sorted).total_results, Some(0));
}

#[test]
fn groups_of_a_user_change_what_a_filter_finds() {
    let provider = users(3);
    let client = Client::builder("https://scim.example/v2").service(provider.clone());
    let groups = client.build().unwrap().resource::<Group>();
    assert_eq!(page(&provider, "filter=groups%20pr").total_results, Some(0));
    let id = provider.all::<User>()[0].id().to_owned();
    let group = Group::new("g").with_members([Member::new(id)]);
    now(groups.create(&group).into_future()).unwrap();
    assert_eq!(page(&provider, "filter=groups%20pr").total_results, Some(1));
}

/// A user that knows how often it was looked at.
struct Counted {
    user: Stored<User>,
    looks: Cell<usize>,
}

impl<'a> From<&'a Counted> for Subject<'a> {
    fn from(counted: &'a Counted) -> Self {
        counted.looks.set(counted.looks.get() + 1);
        (&counted.user).into()
    }
}

#[test]
fn sorting_makes_each_key_once() {
    let resources = |n: usize| -> Vec<Counted> {
        let user = |at: usize| {
            let name = format!("É{:08}", (at * 7919) % n);
            let text = format!(
                r#"{{"id":"{at}","userName":"{name}","emails":[{{"value":"x"}},{{"value":"{name}","primary":true}}]}}"#
            );
            Counted {
                user: Stored::from_json(&text).unwrap(),
                looks: Cell::new(0),
            }
        };
        (0..n).map(user).collect()
    };
    let path = "emails.value".parse().unwrap();
    let mut users = resources(500);
    sort_by(&mut users, &path, SortOrder::Descending);
    assert!(users.is_sorted_by(|a, b| a.user.user_name >= b.user.user_name));
    assert!(users.iter().all(|user| user.looks.get() == 1));
    // Resources that compare equal stay in their order.
    let mut users = resources(50);
    users.extend(resources(50));
    for (at, user) in users.iter_mut().enumerate() {
        user.user.title = Some(at.to_string());
    }
    sort_by(&mut users, &path, SortOrder::Ascending);
    for pair in users.chunks(2) {
        assert_eq!(pair[0].user.user_name, pair[1].user.user_name);
        let place = |user: &Counted| user.user.title.as_ref().unwrap().parse::<usize>().unwrap();
        assert!(place(&pair[0]) < place(&pair[1]));
    }
}

#[test]
fn many_attributes_are_asked_for() {
    let query = |n: usize| {
        let names: Vec<_> = (0..n).map(|n| format!("name.a{n}")).collect();
        let body = format!(r#"{{"attributes":"{}","count":{n}}}"#, names.join(","));
        (users(n), body)
    };
    // Twice as many names of twice as many users are no four times the work.
    linear("attributes", 150, query, |(provider, body)| {
        assert_eq!(ask(provider, Method::POST, "/Users/.search", body).0, 200);
    });
    let provider = users(1);
    for (query, expected) in [
        ("attributes=USERNAME", true),
        ("attributes=name.givenName", false),
        (
            "attributes=urn:ietf:params:scim:schemas:core:2.0:User:userName",
            true,
        ),
        (
            "attributes=urn:ietf:params:scim:schemas:core:2.0:User",
            true,
        ),
        ("attributes=urn:example:userName", false),
        ("excludedAttributes=userName", false),
        ("excludedAttributes=userName.x", true),
    ] {
        let (_, body) = get(&provider, &format!("/Users?{query}"));
        assert_eq!(body.contains("\"userName\""), expected, "{query}: {body}");
    }
}

#[test]
fn a_large_group_is_replaced() {
    let group = |n: usize| {
        let provider = ServiceProvider::new();
        let group = Group::new("g").with_members((0..n).map(|n| Member::new(n.to_string())));
        provider.seed(group).unwrap();
        let id = provider.all::<Group>()[0].id().to_owned();
        let members: Vec<_> = (0..n)
            .rev()
            .map(|n| format!(r#"{{"value":"{n}"}}"#))
            .collect();
        let body = format!(r#"{{"displayName":"h","members":[{}]}}"#, members.join(","));
        (provider, id, body)
    };
    linear("put", 1_000, group, |(provider, id, body)| {
        let target = format!("/Groups/{id}");
        assert_eq!(ask(provider, Method::PUT, &target, body).0, 200);
    });
}
