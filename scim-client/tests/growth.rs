//! What comes from outside costs what it is large: four times as much of it takes about four times
//! as long, and what is kept of an error has a limit.
#![cfg(feature = "testing")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is how a test fails"
)]

#[path = "growth/applied.rs"]
mod applied;
#[path = "growth/bulk.rs"]
mod bulk;
mod common;
#[path = "common/cpu.rs"]
mod cpu;
#[path = "growth/diff.rs"]
mod diff;
#[path = "growth/errors.rs"]
mod errors;
#[path = "growth/provider.rs"]
mod provider;
#[path = "growth/schemas.rs"]
mod schemas;
#[path = "growth/unknown.rs"]
mod unknown;

use std::{future::Future, hint::black_box, pin::pin, task, time::Duration};

use http_body_util::{BodyExt as _, Full};
use scim_client::{
    bytes::Bytes,
    http::{Method, Request},
    testing::ServiceProvider,
};
use tower_service::Service as _;

/// Linear is 4, sorting a little more, quadratic 16.
const MOST: f64 = 8.0;

/// Fails if `work` on `4 * n` takes much more than four times as long as on `n`. What `prepare`
/// makes is not measured.
fn linear<T, R>(what: &str, n: usize, prepare: impl Fn(usize) -> T, work: impl Fn(&mut T) -> R) {
    let batch = |n: usize, count: u32| {
        let mut batch: Vec<T> = (0..count).map(|_| prepare(n)).collect();
        let start = cpu::cpu();
        for data in &mut batch {
            black_box(work(data));
        }
        (cpu::cpu() - start) / count
    };
    // The system counts in steps of some milliseconds.
    let mut count = 4;
    while batch(n, count) * count < Duration::from_millis(20) && count < 1024 {
        count *= 2;
    }
    // Time on a busy machine is no exact measure: once is enough.
    let mut told = Vec::new();
    for _ in 0..4 {
        let (one, four) = (batch(n, count), batch(4 * n, count / 4));
        let ratio = four.as_secs_f64() / one.as_secs_f64();
        if ratio < MOST {
            return;
        }
        told.push(format!("{one:?} and {four:?}"));
    }
    panic!("{what}: n and 4n take {}", told.join("; "));
}

/// Asks the embedded service provider.
fn ask(provider: &ServiceProvider, method: Method, target: &str, body: &str) -> (u16, String) {
    let request = Request::builder()
        .method(method)
        .uri(format!("https://scim.example/v2{target}"))
        .body(Full::new(Bytes::copy_from_slice(body.as_bytes())));
    let response = now(provider.clone().call(request.unwrap())).unwrap();
    let status = response.status().as_u16();
    let body = now(response.into_body().collect()).unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

/// What a future gives that never has to wait.
fn now<F: Future>(future: F) -> F::Output {
    let mut context = task::Context::from_waker(task::Waker::noop());
    match pin!(future).poll(&mut context) {
        task::Poll::Ready(output) => output,
        task::Poll::Pending => panic!("it waits"),
    }
}
