use std::{sync::atomic::AtomicUsize, task::Wake, time::Duration};

use super::*;

/// Blocks this thread; there is no runtime.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    struct Thread(std::thread::Thread);
    impl Wake for Thread {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Thread(std::thread::current())));
    let mut future = std::pin::pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return output,
            Poll::Pending => std::thread::park_timeout(Duration::from_secs(5)),
        }
    }
}

/// Gives others a turn so many times.
async fn steps(count: usize) -> usize {
    for _ in 0..count {
        let mut begun = false;
        poll_fn(|context| {
            if std::mem::replace(&mut begun, true) {
                return Poll::Ready(());
            }
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }
    count
}

fn with<T>(landed: Landed<T>) -> T {
    match landed {
        Landed::With(output) => output,
        Landed::Taken => panic!("taken"),
        Landed::Lost => panic!("lost"),
    }
}

#[test]
fn whoever_waits_moves_all_of_them() {
    let crew = Crew::default();
    let gate = Arc::new(crate::client::gate::Gate::new(1));
    // Holds the place, and its own caller never polls it.
    let held = gate.clone();
    let neglected = crew.launch(async move {
        let _place = held.enter().await;
        steps(5).await
    });
    let own = gate.clone();
    let flight = crew.launch(async move {
        let _place = own.enter().await;
        steps(3).await
    });
    block_on(flight.wait());
    assert_eq!(with(flight.take()), 3);
    assert!(matches!(flight.take(), Landed::Taken));
    assert!(neglected.has_ended());
    assert_eq!((with(neglected.get()), with(neglected.get())), (5, 5));
}

#[test]
fn a_job_may_wait_for_another_one() {
    let crew = Crew::default();
    let own = crew.clone();
    let outer = crew.launch(async move {
        let inner = own.launch(steps(4));
        inner.wait().await;
        with(inner.take()) + steps(2).await
    });
    block_on(outer.wait());
    assert_eq!(with(outer.take()), 6);
}

#[test]
fn many_threads_and_many_jobs() {
    let crew = Crew::default();
    let gate = Arc::new(crate::client::gate::Gate::new(2));
    let threads: Vec<_> = (0..8)
        .map(|_| {
            let (crew, gate) = (crew.clone(), gate.clone());
            std::thread::spawn(move || {
                for _ in 0..50 {
                    let gate = gate.clone();
                    let flight = crew.launch(async move {
                        let _place = gate.enter().await;
                        steps(3).await
                    });
                    block_on(flight.wait());
                    assert_eq!(with(flight.take()), 3);
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
}

/// Counts how often it is dropped.
struct Dropped(Arc<AtomicUsize>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn it_is_given_up_with_the_last_who_wants_it() {
    let (crew, dropped) = (Crew::default(), Arc::new(AtomicUsize::new(0)));
    let held = Dropped(dropped.clone());
    let flight = crew.launch(async move {
        let _held = held;
        std::future::pending::<()>().await;
    });
    let weak = flight.downgrade();
    let other = weak.upgrade().unwrap();
    drop(flight);
    assert_eq!(dropped.load(Ordering::SeqCst), 0);
    drop(other);
    assert_eq!(dropped.load(Ordering::SeqCst), 1);
    assert!(weak.upgrade().is_none());
}

#[cfg(feature = "tokio")]
#[test]
fn a_runtime_that_stands_still_keeps_nothing() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let (crew, dropped) = (Crew::default(), Arc::new(AtomicUsize::new(0)));
    let launch = |crew: &Crew| {
        let held = Dropped(dropped.clone());
        crew.launch(async move {
            let _held = held;
            std::future::pending::<()>().await;
        })
    };
    let flight = runtime.block_on(async { launch(&crew) });
    assert!(flight.is_elsewhere());
    drop(flight);
    assert_eq!(dropped.load(Ordering::SeqCst), 1);
    // And one that ends says so.
    let flight = runtime.block_on(async { launch(&crew) });
    drop(runtime);
    block_on(flight.wait());
    assert!(matches!(flight.take(), Landed::Lost));
    assert_eq!(dropped.load(Ordering::SeqCst), 2);
}

#[test]
fn a_panic_is_the_callers() {
    let crew = Crew::default();
    let flight = crew.launch(async { panic!("of the transport") });
    let other = crew.launch(steps(2));
    // Not that of whoever happened to poll it.
    block_on(other.wait());
    assert_eq!(with(other.take()), 2);
    assert!(flight.has_ended());
    let why = catch_unwind(AssertUnwindSafe(|| flight.take()))
        .err()
        .unwrap();
    let why = why.downcast_ref::<&str>();
    assert_eq!(why, Some(&"of the transport"));
}

/// The waker of one poll.
struct Once;

impl Wake for Once {
    fn wake(self: Arc<Self>) {}
}

#[test]
fn one_waker_is_kept_of_who_waits() {
    let crew = Crew::default();
    let flight = crew.launch(std::future::pending::<()>());
    let mut first = Box::pin(flight.wait());
    let mut second = Box::pin(flight.wait());
    let mut kept = Vec::new();
    for _ in 0..10_000 {
        let once = Arc::new(Once);
        kept.push(Arc::downgrade(&once));
        let waker = Waker::from(once);
        for waiting in [first.as_mut(), second.as_mut()] {
            assert!(waiting.poll(&mut Context::from_waker(&waker)).is_pending());
        }
    }
    let left = || kept.iter().filter(|waker| waker.strong_count() > 0).count();
    assert_eq!(left(), 1);
    assert!(kept.last().unwrap().strong_count() > 0);
    // And none of who waits no more.
    drop((first, second));
    assert_eq!(left(), 0);
    assert!(!flight.has_ended());
}

/// What goes with a waker may itself have waited.
#[test]
fn a_waker_that_goes_takes_others_with_it() {
    type Waiting = Pin<Box<dyn Future<Output = ()> + Send>>;
    struct Task {
        _waits: Mutex<Waiting>,
    }
    impl Wake for Task {
        fn wake(self: Arc<Self>) {}
    }
    let crew = Crew::default();
    let flight = crew.launch(std::future::pending::<()>());
    let waits = || -> Waiting {
        let own = flight.clone();
        let mut waiting: Waiting = Box::pin(async move { own.wait().await });
        let mut context = Context::from_waker(Waker::noop());
        assert!(waiting.as_mut().poll(&mut context).is_pending());
        waiting
    };
    let mut waiting = waits();
    for is_last in [false, true] {
        let task = Task {
            _waits: Mutex::new(waits()),
        };
        let waker = Waker::from(Arc::new(task));
        let mut context = Context::from_waker(&waker);
        assert!(waiting.as_mut().poll(&mut context).is_pending());
        drop(waker);
        if !is_last {
            let mut context = Context::from_waker(Waker::noop());
            assert!(waiting.as_mut().poll(&mut context).is_pending());
        }
    }
    drop(waiting);
    assert!(!flight.has_ended());
}
