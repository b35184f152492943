//! Nothing hangs: paging ends, what holds a place moves, one request for a token serves all, limits
//! are kept, and no runtime makes it panic.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::duplicate_mod,
    reason = "a panic is how a test fails; a module is tested over each transport"
)]
#![cfg(all(feature = "testing", feature = "blocking"))]

#[path = "flow/cancelled.rs"]
mod cancelled;
mod common;
#[path = "flow/first_page.rs"]
mod first_page;
#[path = "flow/lazily.rs"]
mod lazily;
#[path = "flow/limits.rs"]
mod limits;
#[path = "common/network.rs"]
mod network;
#[path = "flow/paging.rs"]
mod paging;
#[path = "flow/tokens.rs"]
mod tokens;
#[path = "common/transports.rs"]
mod transports;
#[path = "flow/unpolled.rs"]
mod unpolled;

// The same tests over each transport.
#[cfg(feature = "reqwest")]
#[path = "flow"]
mod over_reqwest {
    use super::{BABS, block_on, common, network, transports::by_reqwest as transport, unpolled};

    mod runtimes;
}

#[cfg(feature = "hyper")]
#[path = "flow"]
mod over_hyper {
    use super::{BABS, block_on, common, network, transports::by_hyper as transport, unpolled};

    mod runtimes;
}

use std::{
    future::Future,
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    time::Duration,
};

use scim_client::{Client, client::ClientBuilder};

use self::network::Network;

pub(crate) const BABS: &str = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"2819","userName":"bjensen"}"#;

pub(crate) fn builder(network: &Network) -> ClientBuilder {
    Client::builder("https://scim.example/v2").transport(network.clone())
}

/// A page with these users.
pub(crate) fn page(ids: &[u64], rest: &str) -> String {
    let users: Vec<_> = ids
        .iter()
        .map(|id| format!(r#"{{"id":"{id}","userName":"user-{id}"}}"#))
        .collect();
    format!(r#"{{{rest}"Resources":[{}]}}"#, users.join(","))
}

/// Runs a future on this thread, without any runtime.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    struct Thread(std::thread::Thread);
    impl Wake for Thread {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Thread(std::thread::current())));
    let mut future = pin!(future);
    let started = std::time::Instant::now();
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return output,
            Poll::Pending => std::thread::park_timeout(Duration::from_secs(1)),
        }
        assert!(started.elapsed() < Duration::from_secs(20), "it hangs");
    }
}
