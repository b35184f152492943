//! Runtimes that lack something, and code that may wait.

use std::time::Duration;

use scim_client::{
    Client, Error, ErrorKind, User,
    blocking::Wait as _,
    client::{ClientCredentials, RateLimit, RetryPolicy},
    testing::{Misbehaviour, ServiceProvider},
};
use tokio::runtime::{Builder, Runtime};

use super::{
    BABS, block_on,
    common::scripted::{Scripted, json},
    network, transport,
};

fn server() -> network::Loopback {
    network::Loopback::new(|_, _, stream| network::write_answer(stream, "200 OK", "", BABS))
}

fn is_about_the_runtime(error: &Error) {
    assert_eq!(error.kind(), ErrorKind::Configuration, "{error}");
    assert!(error.to_string().contains("runtime"), "{error}");
    assert!(!error.is_outcome_unknown(), "{error}");
}

/// Clients, which do different things first.
fn clients(url: &str) -> Vec<Client> {
    let retry = RetryPolicy::default().with_max_tries(2);
    let builder = || transport::plain(Client::builder(url)).retry(retry.clone());
    let oauth = ClientCredentials::new(format!("{url}/token"), "id", "s3cr3t-t0p");
    vec![
        builder().build().unwrap(),
        builder().max_concurrent_requests(1).build().unwrap(),
        builder()
            .rate_limit(RateLimit::new(9_000, Duration::from_secs(1)))
            .build()
            .unwrap(),
        builder().oauth2(oauth).build().unwrap(),
    ]
}

async fn some_errors(client: &Client) -> Vec<Error> {
    let users = client.resource::<User>();
    vec![
        users.get("1").await.unwrap_err(),
        users.create(&User::new("x")).await.unwrap_err(),
        users
            .query()
            .stream()
            .prefetch(2)
            .next()
            .await
            .unwrap()
            .unwrap_err(),
    ]
}

#[test]
fn without_a_runtime_it_is_an_error() {
    let server = server();
    let clients = clients(&server.url());
    for (kind, client) in clients.iter().enumerate() {
        for error in block_on(some_errors(client)) {
            if kind == 3 {
                assert_eq!(error.kind(), ErrorKind::Credentials);
                assert!(error.to_string().contains("runtime"), "{error}");
            } else {
                is_about_the_runtime(&error);
            }
        }
    }
    assert!(server.seen().is_empty());
    // Where there is one later, the same clients work.
    for client in &clients[..3] {
        client.resource::<User>().get("1").wait().unwrap();
    }
}

fn lacking() -> [(&'static str, Runtime); 4] {
    let single = Builder::new_current_thread;
    let multi = Builder::new_multi_thread().worker_threads(1).build();
    [
        ("nothing", single().build().unwrap()),
        ("no time", single().enable_io().build().unwrap()),
        ("no I/O", single().enable_time().build().unwrap()),
        ("nothing, threads", multi.unwrap()),
    ]
}

#[test]
fn a_runtime_without_io_or_time_is_an_error() {
    let server = server();
    for client in clients(&server.url()) {
        for (name, runtime) in lacking() {
            let errors = runtime.block_on(some_errors(&client));
            for error in errors {
                assert!(error.to_string().contains("runtime"), "{name}: {error}");
            }
        }
    }
}

/// What needs no I/O does without.
#[test]
fn a_service_needs_no_runtime() {
    let provider = ServiceProvider::new();
    provider.seed(User::new("bjensen")).unwrap();
    let scim = Client::builder("https://scim.example")
        .service(provider)
        .max_concurrent_requests(1)
        .build()
        .unwrap();
    let all = || scim.resource::<User>().query().all();
    assert_eq!(block_on(all()).unwrap().len(), 1);
    for (name, runtime) in lacking() {
        assert_eq!(runtime.block_on(all()).unwrap().len(), 1, "{name}");
    }
    // One that has to wait, too.
    let slow = super::unpolled::steps(|_| (3, BABS.to_owned()));
    let scim = Client::builder("https://scim.example")
        .transport(slow)
        .build()
        .unwrap();
    for (name, runtime) in lacking() {
        let got = runtime.block_on(scim.resource::<User>().get("1").into_future());
        assert!(got.is_ok(), "{name}: {got:?}");
    }
}

/// After a 204 the resource is read again, and once more after a wait: without a timer, at once.
#[test]
fn a_stale_read_needs_no_timer() {
    let asked = || async {
        let scripted = Scripted::new(|request| match request.method().as_str() {
            "GET" => json(200, BABS),
            _ => json(204, ""),
        });
        let users = scripted.client().resource::<User>();
        let babs = users.get("2819").await.unwrap();
        let update = users.update(&babs, |user| user.title = Some("Guide".into()));
        let error = update.await.unwrap_err();
        assert!(error.not_applied().is_some(), "{error}");
        assert_eq!(scripted.seen().len(), 4);
    };
    block_on(asked());
    for (_, runtime) in lacking() {
        runtime.block_on(asked());
    }
}

/// Neither does the embedded service provider panic.
#[test]
fn the_embedded_service_provider_says_what_it_needs() {
    let provider = ServiceProvider::new();
    provider.seed(User::new("bjensen")).unwrap();
    provider.misbehave(Misbehaviour::Latency(Duration::from_millis(5)));
    let scim = Client::builder("https://scim.example")
        .service(provider.clone())
        .build()
        .unwrap();
    let all = || scim.resource::<User>().query().all();
    assert_eq!(block_on(all()).unwrap().len(), 1);
    assert!(block_on(provider.serve()).is_err());
    for (name, runtime) in lacking() {
        assert_eq!(runtime.block_on(all()).unwrap().len(), 1, "{name}");
        let served = runtime.block_on(provider.serve());
        assert_eq!(served.is_ok(), name == "no time", "{name}");
    }
}

/// A request that was begun in a runtime that has ended is an error in the next one.
#[test]
fn a_request_of_a_runtime_that_has_ended() {
    let silent = network::Loopback::new(|_, _, _| std::thread::sleep(Duration::from_secs(5)));
    for client in clients(&silent.url()) {
        let runtime = || Builder::new_current_thread().enable_all().build().unwrap();
        let mut get = client.resource::<User>().get("1").into_future();
        let first = runtime();
        first.block_on(async {
            let _not_yet = tokio::time::timeout(Duration::from_millis(50), &mut get).await;
        });
        drop(first);
        let waited = async { tokio::time::timeout(Duration::from_secs(3), get).await };
        let error = runtime().block_on(waited).expect("it hangs").unwrap_err();
        assert_ne!(error.kind(), ErrorKind::Status, "{error}");
    }
}

/// What was sent before its runtime ended may have been processed, and is not sent again.
#[test]
fn a_create_of_a_runtime_that_has_ended() {
    let silent = network::Loopback::new(|_, _, _| std::thread::sleep(Duration::from_secs(5)));
    let runtime = || Builder::new_current_thread().enable_all().build().unwrap();
    // With each the only limit: that of the try, and that of all of them.
    for (timeout, try_timeout) in [(120, 60), (60, 120)] {
        let client = transport::plain(Client::builder(silent.url()))
            .timeout(Duration::from_secs(timeout))
            .try_timeout(Duration::from_secs(try_timeout))
            .build()
            .unwrap();
        let before = silent.seen().len();
        let users = client.resource::<User>();
        let mut create = users.create(&User::new("bjensen")).into_future();
        let first = runtime();
        first.block_on(async {
            let _not_yet = tokio::time::timeout(Duration::from_millis(200), &mut create).await;
        });
        drop(first);
        let waited = async { tokio::time::timeout(Duration::from_secs(3), create).await };
        let error = runtime().block_on(waited).expect("it hangs").unwrap_err();
        assert!(error.is_outcome_unknown(), "{error}");
        assert_eq!(silent.seen().len(), before + 1);
        if try_timeout < timeout {
            assert!(error.to_string().contains("runtime"), "{error}");
        }
    }
}

fn scripted() -> Client {
    Scripted::answers(200, "application/json", BABS).client()
}

fn waits() -> Result<String, Error> {
    let users = scripted().resource::<User>();
    let pages = ServiceProvider::new();
    pages.seed(User::new("bjensen")).unwrap();
    let listed = Client::builder("https://scim.example")
        .service(pages)
        .build()?;
    for user in listed.resource::<User>().query().stream().wait_each() {
        user?;
    }
    for page in listed.resource::<User>().query().pages().wait_each() {
        page?;
    }
    Ok(users.get("1").wait()?.id().to_owned())
}

#[test]
fn waiting_where_waiting_is_allowed() {
    assert_eq!(waits().unwrap(), "2819");
    let threads = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let single = Builder::new_current_thread().enable_all().build().unwrap();
    for runtime in [&threads, &single] {
        let done = runtime.block_on(async { tokio::task::spawn_blocking(waits).await.unwrap() });
        assert_eq!(done.unwrap(), "2819");
        let _entered = runtime.enter();
        assert_eq!(waits().unwrap(), "2819", "entered, and nothing is polled");
    }
    let done = threads.block_on(async { tokio::task::block_in_place(waits) });
    assert_eq!(done.unwrap(), "2819");
    let task = async { tokio::task::block_in_place(waits) };
    let done = threads.block_on(async { tokio::spawn(task).await.unwrap() });
    assert_eq!(done.unwrap(), "2819");
}

#[test]
fn waiting_in_asynchronous_code_is_an_error() {
    let threads = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let single = Builder::new_current_thread().enable_all().build().unwrap();
    for runtime in [&threads, &single] {
        let here = runtime.block_on(async { waits() });
        assert_eq!(here.unwrap_err().kind(), ErrorKind::Configuration);
        let task = runtime.block_on(async { tokio::spawn(async { waits() }).await.unwrap() });
        assert_eq!(task.unwrap_err().kind(), ErrorKind::Configuration);
        let free = runtime.block_on(tokio::task::unconstrained(async { waits() }));
        assert_eq!(free.unwrap_err().kind(), ErrorKind::Configuration);
        let local = async {
            tokio::task::LocalSet::new()
                .run_until(async { waits() })
                .await
        };
        assert_eq!(
            runtime.block_on(local).unwrap_err().kind(),
            ErrorKind::Configuration
        );
        // The task goes on.
        runtime.block_on(async {
            assert!(waits().is_err());
            tokio::time::sleep(Duration::from_millis(1)).await;
            scripted().resource::<User>().get("1").await.unwrap();
        });
    }
}
