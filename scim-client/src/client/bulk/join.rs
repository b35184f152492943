//! Some futures at once, without a runtime.

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    task::{Context, Poll},
};

type Task<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Futures that are polled together. Each wake polls all of them: they are as few as requests
/// under way.
pub(super) struct JoinSet<T> {
    tasks: Vec<Task<T>>,
}

impl<T> JoinSet<T> {
    pub(super) fn new() -> Self {
        Self { tasks: Vec::new() }
    }

    pub(super) fn len(&self) -> usize {
        self.tasks.len()
    }

    pub(super) fn push(&mut self, task: impl Future<Output = T> + Send + 'static) {
        self.tasks.push(Box::pin(task));
    }

    /// What the next future to finish gives; `None` if there is none.
    pub(super) async fn next(&mut self) -> Option<T> {
        poll_fn(|context| self.poll(context)).await
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<T>> {
        for index in 0..self.tasks.len() {
            let Some(task) = self.tasks.get_mut(index) else {
                break;
            };
            if let Poll::Ready(output) = task.as_mut().poll(context) {
                drop(self.tasks.remove(index));
                return Poll::Ready(Some(output));
            }
        }
        if self.tasks.is_empty() {
            Poll::Ready(None)
        } else {
            Poll::Pending
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, task::Wake};

    use super::*;

    struct Nobody;

    impl Wake for Nobody {
        fn wake(self: Arc<Self>) {}
    }

    #[test]
    fn gives_what_is_ready() {
        let waker = Arc::new(Nobody).into();
        let mut context = Context::from_waker(&waker);
        let mut set = JoinSet::new();
        assert_eq!(set.poll(&mut context), Poll::Ready(None));
        set.push(std::future::pending());
        set.push(async { 2 });
        set.push(async { 3 });
        assert_eq!(set.poll(&mut context), Poll::Ready(Some(2)));
        assert_eq!(set.poll(&mut context), Poll::Ready(Some(3)));
        assert_eq!(set.poll(&mut context), Poll::Pending);
        assert_eq!(set.len(), 1);
    }
}
