//! Futures that run at the same time.

use std::{future::Future, pin::Pin, task::Poll};

/// Waits for all of them, which run together. What they gave is in their order.
pub(crate) async fn together<T>(
    mut running: Vec<Pin<Box<dyn Future<Output = T> + Send + '_>>>,
) -> Vec<T> {
    let mut done: Vec<Option<T>> = running.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        let mut pending = false;
        for (future, place) in running.iter_mut().zip(&mut done) {
            if place.is_none() {
                match future.as_mut().poll(context) {
                    Poll::Ready(value) => *place = Some(value),
                    Poll::Pending => pending = true,
                }
            }
        }
        match pending {
            true => Poll::Pending,
            false => Poll::Ready(()),
        }
    })
    .await;
    done.into_iter().flatten().collect()
}
