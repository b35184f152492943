//! Lists that would not end, and lists that would end too early.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use scim_client::{
    Client, Error, ErrorKind, Profile, User,
    client::Results,
    testing::{Misbehaviour, ServiceProvider},
};

use super::{
    common::scripted::{Scripted, json},
    page,
};

scim_client::one_of! {
    pub(crate) enum Anything { User(User) }
}

/// A server that takes no notice of what it is asked for, and gives the pages of a script.
fn deaf(script: impl Fn(usize) -> String + Send + Sync + 'static) -> Scripted {
    let number = AtomicUsize::new(0);
    Scripted::new(move |_| json(200, script(number.fetch_add(1, Ordering::SeqCst))))
}

/// A, B, C, B, C and so on.
fn circle(number: usize) -> &'static [u64] {
    match number {
        0 => &[1, 2],
        n if n % 2 == 1 => &[3, 4],
        _ => &[5, 6],
    }
}

async fn read<T: scim_client::client::Listed>(mut results: Results<T>) -> (usize, Option<Error>)
where
    scim_client::message::Outcome<T>: scim_client::message::ReadItemOf<Kind = T::Kind>,
{
    let mut came = 0;
    while let Some(result) = results.next().await {
        match result {
            Ok(_) => came += 1,
            Err(error) => return (came, Some(error)),
        }
        assert!(came < 100_000, "it does not end");
    }
    (came, None)
}

type Rest = fn(usize) -> String;

/// What the pages say of themselves.
const ENDLESS: [(&str, Rest); 3] = [
    ("fresh cursors", |n| format!(r#""nextCursor":"c{n}","#)),
    ("no total", |_| String::new()),
    ("a total that grows", |n| {
        format!(r#""totalResults":{},"#, 2 * n + 9)
    }),
];

#[tokio::test]
async fn pages_that_bring_nothing_new_end_with_an_error() {
    for (name, rest) in ENDLESS {
        let server = || deaf(move |n| page(circle(n), &rest(n)));
        for variant in 0..5 {
            let server = server();
            let scim = server.client();
            let query = scim.resource::<User>().query().count(2);
            let (came, error) = match variant {
                0 => read(query.stream()).await,
                1 => read(query.stream().without_duplicates()).await,
                2 => read(query.stream().prefetch(3)).await,
                3 => read(scim.query::<Anything>().count(2).stream()).await,
                _ => {
                    read(
                        scim.search::<Anything>()
                            .count(2)
                            .stream()
                            .without_duplicates(),
                    )
                    .await
                }
            };
            assert_eq!(came, 6, "{name}, {variant}");
            assert_eq!(error.unwrap().kind(), ErrorKind::Paging, "{name}");
            assert!(server.seen().len() < 25, "{name}: {}", server.seen().len());
        }
        let users = server().client().resource::<User>();
        let error = users.query().count(2).all().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Paging);
        let users = server().client().resource::<User>();
        let mut pages = users.query().count(2).pages();
        let mut last = None;
        while let Some(page) = pages.next().await {
            last = Some(page);
        }
        assert_eq!(last.unwrap().unwrap_err().kind(), ErrorKind::Paging);
    }
}

#[tokio::test]
async fn large_circles_end_too() {
    for length in [1_000_u64, 40_000] {
        let ids = move |n: usize| -> Vec<u64> {
            let first = n as u64 * 700;
            (first..first + 700).map(|id| id % length).collect()
        };
        let server = deaf(move |n| page(&ids(n), &format!(r#""nextCursor":"c{n}","#)));
        let query = server.client().resource::<User>().query();
        let (came, error) = read(query.stream().without_duplicates()).await;
        assert_eq!(came as u64, length);
        assert_eq!(error.unwrap().kind(), ErrorKind::Paging);
        let asked = server.seen().len() as u64;
        assert!(asked < 2 * length / 700 + 15, "{length}: {asked}");
    }
}

#[tokio::test]
async fn an_order_that_varies_is_no_other_page() {
    // It ignores startIndex, tells no total, and shuffles.
    let orders: [&[u64]; 3] = [&[1, 2, 3], &[3, 1, 2], &[2, 3, 1]];
    let server = deaf(move |n| page(orders[n % 3], ""));
    let (came, error) = read(server.client().resource::<User>().query().stream()).await;
    assert_eq!((came, error.is_none()), (3, true));
    assert!(server.seen().len() <= 3);
}

#[tokio::test]
async fn a_resource_that_moves_to_the_next_page_is_no_error() {
    let pages: [&[u64]; 4] = [&[1, 2], &[1, 2], &[2], &[3, 4]];
    let server = deaf(move |n| match n {
        0 => page(pages[0], r#""totalResults":5,"#),
        n => page(pages[(n + 1).min(3)], r#""totalResults":5,"#),
    });
    let (came, error) = read(server.client().resource::<User>().query().count(2).stream()).await;
    assert!(error.is_none(), "{error:?}");
    assert_eq!(came, 4);
}

/// A list that has no end and is always ready: the executor has its turn nevertheless.
#[tokio::test]
async fn time_outs_fire_over_a_transport_that_is_always_ready() {
    let endless = || {
        deaf(|n| {
            let first = n as u64 * 2;
            page(&[first, first + 1], &format!(r#""nextCursor":"c{n}","#))
        })
    };
    let short = Duration::from_millis(50);
    let scim = endless().client();
    let users = scim.resource::<User>();
    let all = users.query().all();
    assert!(tokio::time::timeout(short, all).await.is_err());
    let mut stream = users.query().stream();
    let work = async { while let Some(Ok(_)) = stream.next().await {} };
    assert!(tokio::time::timeout(short, work).await.is_err());
    let mut pages = users.query().pages();
    let work = async { while let Some(Ok(_)) = pages.next().await {} };
    assert!(tokio::time::timeout(short, work).await.is_err());
    // Pages that are not given to anybody.
    let nothing = deaf(|n| page(&[], &format!(r#""nextCursor":"c{n}","#)));
    let turns = Arc::new(AtomicUsize::new(0));
    let (own, done) = (turns.clone(), tokio::sync::oneshot::channel::<()>());
    let other = tokio::spawn(async move {
        let (_keep, mut stop) = done;
        while stop.try_recv().is_err() && own.fetch_add(1, Ordering::SeqCst) < 10_000 {
            tokio::task::yield_now().await;
        }
    });
    let error = nothing.client().resource::<User>().query().all().await;
    assert_eq!(error.unwrap_err().kind(), ErrorKind::Paging);
    assert!(turns.load(Ordering::SeqCst) > 100);
    other.abort();
    // And single requests, one after the other.
    let one = Scripted::answers(200, "application/json", super::BABS).client();
    let work = async {
        loop {
            one.resource::<User>().get("2819").await.unwrap();
        }
    };
    assert!(tokio::time::timeout(short, work).await.is_err());
}

#[tokio::test]
async fn limits_of_pages_and_resources() {
    let server = super::common::scripted::many(250);
    let users = server.client().resource::<User>();
    let query = || users.query().count(100);
    for (limited, fits) in [
        (query().max_resources(250), true),
        (query().max_resources(249), false),
        (query().max_pages(3), true),
        (query().max_pages(2), false),
    ] {
        match limited.clone().all().await {
            Ok(all) => assert!(fits && all.len() == 250),
            Err(error) => {
                assert!(!fits);
                assert_eq!(error.kind(), ErrorKind::Paging);
                assert!(error.to_string().contains("more than 2"), "{error}");
            }
        }
        // A stream gives what it may, and then says why it gives no more.
        let (came, error) = read(limited.stream()).await;
        assert_eq!(error.is_none(), fits, "{error:?}");
        assert!(fits && came == 250 || [249, 200].contains(&came), "{came}");
    }
}

#[test]
fn iterators_that_wait_end_too() {
    let server = deaf(|n| page(circle(n), &format!(r#""nextCursor":"c{n}","#)));
    let scim = server.client();
    let results: Vec<_> = scim
        .resource::<User>()
        .query()
        .stream()
        .wait_each()
        .collect();
    assert_eq!(results.len(), 7);
    assert!(results[6].is_err());
    let pages = scim.resource::<User>().query().max_pages(1).pages();
    assert!(pages.wait_each().last().unwrap().is_err());
}

/// `totalResults` is the number of resources on the page.
#[tokio::test]
async fn a_total_that_is_of_the_page() {
    let profile = Profile::from_json(r#"{"totalIsOfPage": true}"#).unwrap();
    assert!(profile.total_is_of_page);
    for (total, count) in [(0, 2), (1, 2), (5, 2), (6, 2), (150, 100), (200, 100)] {
        let provider = ServiceProvider::new();
        for number in 0..total {
            provider.seed(User::new(format!("user-{number}"))).unwrap();
        }
        provider.misbehave(Misbehaviour::RespondAs(profile.clone().into()));
        let builder = || Client::builder("https://scim.example").service(provider.clone());
        let plain = builder().build().unwrap();
        let users = plain.resource::<User>();
        // Without being told it ends early: nobody can know.
        let early = users.query().count(count).all().await.unwrap();
        assert_eq!(early.len() as u64, count.min(total));
        let query = users.query().count(count).until_short_page();
        assert_eq!(query.all().await.unwrap().len() as u64, total);
        let told = builder().profile(profile.clone()).build().unwrap();
        let users = told.resource::<User>();
        assert_eq!(
            users.query().count(count).all().await.unwrap().len() as u64,
            total
        );
        let (came, error) = read(users.query().count(count).stream().prefetch(2)).await;
        assert_eq!((came as u64, error.is_none()), (total, true));
        let everything = told.query::<Anything>().count(count).all().await.unwrap();
        assert_eq!(everything.len() as u64, total);
    }
}

#[tokio::test]
async fn as_far_ahead_as_anybody_can_say() {
    for ahead in [250, usize::MAX] {
        let users = super::common::scripted::many(250).client();
        let users = users.resource::<User>();
        let mut stream = users.query().stream().prefetch(ahead);
        for number in 1..=250 {
            let user = stream.next().await.unwrap().unwrap();
            assert_eq!(user.id(), number.to_string());
        }
        assert!(stream.next().await.is_none());
    }
}

/// Has so many resources, and says that it has more.
fn boasting(there: u64, total: u64) -> Scripted {
    Scripted::new(move |request| {
        let query = request.uri().query().unwrap_or_default();
        let number = |name: &str| {
            let found = query.split('&').find_map(|one| one.strip_prefix(name));
            found.and_then(|number| number.parse::<u64>().ok())
        };
        let start = number("startIndex=").unwrap_or(1);
        let ids: Vec<_> = (start..=there)
            .take(number("count=").map_or(9, |n| n as usize))
            .collect();
        json(200, page(&ids, &format!(r#""totalResults":{total},"#)))
    })
}

/// No list is taken for a whole one.
#[tokio::test]
async fn what_a_server_counts_and_does_not_give_is_not_lost_without_a_word() {
    for (there, total) in [(0, 100), (2, 3), (3, 4)] {
        let server = boasting(there, total);
        let users = server.client().resource::<User>();
        let query = || users.query().count(2);
        for results in [
            query().stream(),
            query().stream().prefetch(2),
            query().stream().without_duplicates(),
        ] {
            let (came, error) = read(results).await;
            let error = error.expect("an error");
            assert_eq!((came as u64, error.kind()), (there, ErrorKind::Paging));
            let told = format!("there are {total} resources");
            assert!(error.to_string().contains(&told), "{error}");
            assert!(error.to_string().contains("until_short_page"), "{error}");
        }
        assert_eq!(query().all().await.unwrap_err().kind(), ErrorKind::Paging);
        assert_eq!(query().first().await.is_err(), there == 0);
        let mut pages = query().pages();
        let (mut came, mut last) = (0, None);
        while let Some(page) = pages.next().await {
            match page {
                Ok(page) => came += page.resources.len() as u64,
                Err(error) => last = Some(error.kind()),
            }
        }
        assert_eq!((came, last), (there, Some(ErrorKind::Paging)));
        // Those who know that server can live with it.
        assert_eq!(
            query().until_short_page().all().await.unwrap().len() as u64,
            there
        );
        // What is behind the end is nobody's loss.
        assert!(
            query()
                .start_index(total + 1)
                .all()
                .await
                .unwrap()
                .is_empty()
        );
    }
}
