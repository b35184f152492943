//! Ctrl-C in the middle of work that writes: what is on its way is finished, and then no more is begun.

use std::future::{Future, pending};
use std::pin::Pin;

use crate::failure::{Code, Failure};
use crate::terminal::{self, say};

/// Waits for Ctrl-C beside a command's work. From then on the command alone decides what that means.
pub(crate) struct Interrupt {
    waiting: Pin<Box<dyn Future<Output = ()>>>,
    came: bool,
    is_listening: bool,
}

impl Interrupt {
    pub(crate) fn listen() -> Self {
        let waiting = Box::pin(async {
            if terminal::interrupted().await.is_err() {
                pending::<()>().await;
            }
        });
        Self {
            waiting,
            came: false,
            is_listening: false,
        }
    }

    /// Waits for it; once it came, without end.
    pub(crate) async fn wait(&mut self) {
        if self.came {
            pending::<()>().await;
        }
        self.is_listening = true;
        self.waiting.as_mut().await;
        self.came = true;
    }

    /// Does work to its end, whatever comes.
    pub(crate) async fn finish<T>(&mut self, work: impl Future<Output = T>) -> T {
        tokio::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return done,
                () = self.wait() => say(FINISHING),
            }
        }
    }

    /// Does work that may be left, as reading may.
    ///
    /// # Errors
    /// It was interrupted, or the work fails.
    pub(crate) async fn unless<T>(
        &mut self,
        work: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        tokio::select! {
            done = work => done,
            () = self.wait() => Err(Failure::new(Code::Interrupted, "interrupted")),
        }
    }

    /// Says how to go on if it came.
    pub(crate) fn check(&self, how: &str) -> Result<(), Failure> {
        match self.came {
            true => Err(Failure::new(Code::Interrupted, "interrupted").hint(how)),
            false => Ok(()),
        }
    }
}

/// What follows the work may be left at any time again.
impl Drop for Interrupt {
    fn drop(&mut self) {
        let runtime = tokio::runtime::Handle::try_current();
        if let (true, false, Ok(runtime)) = (self.is_listening, self.came, runtime) {
            runtime.spawn(async {
                if terminal::told_to_end().await.is_ok() {
                    std::process::exit(Code::Interrupted as i32);
                }
            });
        }
    }
}

/// What is said when it comes.
pub(crate) const FINISHING: &str =
    "interrupted: requests that were sent are finished first; Ctrl-C again ends at once";
