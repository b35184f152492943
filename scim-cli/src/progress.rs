//! How far long work is: a bar on a terminal, a line every few seconds elsewhere, and on terminals that
//! cannot redraw one.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::terminal::{self, say};

/// How often a line is said where there is no terminal.
const EVERY: Duration = Duration::from_secs(5);

/// How far something is.
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    what: String,
    total: Option<u64>,
    done: u64,
    failed: u64,
    begun: Instant,
    said: Instant,
}

impl Progress {
    pub(crate) fn new(what: &str, total: Option<u64>) -> Self {
        let bar = terminal::can_redraw().then(|| {
            let bar = match total {
                Some(total) => ProgressBar::new(total),
                None => ProgressBar::no_length(),
            };
            bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(10));
            let template = "{prefix} [{bar:30}] {human_pos}/{human_len} {per_sec} {eta} {msg}";
            if let Ok(style) = ProgressStyle::with_template(template) {
                bar.set_style(style);
            }
            bar.set_prefix(what.to_owned());
            bar
        });
        Self {
            bar,
            what: what.to_owned(),
            total,
            done: 0,
            failed: 0,
            begun: Instant::now(),
            said: Instant::now(),
        }
    }

    /// How many there are, once that is known.
    pub(crate) fn total(&mut self, total: Option<u64>) {
        if total != self.total {
            self.total = total;
            if let (Some(bar), Some(total)) = (&self.bar, total) {
                bar.set_length(total);
            }
        }
    }

    /// So many more are done.
    pub(crate) fn add(&mut self, done: u64, failed: u64) {
        self.done = self.done.saturating_add(done).saturating_add(failed);
        self.failed = self.failed.saturating_add(failed);
        if let Some(bar) = &self.bar {
            bar.set_position(self.done);
            if self.failed > 0 {
                bar.set_message(format!("{} failed", self.failed));
            }
            return;
        }
        if self.said.elapsed() >= EVERY {
            self.said = Instant::now();
            say(self.line());
        }
    }

    fn line(&self) -> String {
        let of = self
            .total
            .map_or(String::new(), |total| format!(" of {total}"));
        let seconds = self.begun.elapsed().as_secs_f64().max(0.001);
        let rate = self.done as f64 / seconds;
        let failed = match self.failed {
            0 => String::new(),
            failed => format!(", {failed} failed"),
        };
        format!("{}: {}{of}{failed}, {rate:.0}/s", self.what, self.done)
    }

    /// Says a line without disturbing the bar.
    pub(crate) fn say(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| say(text)),
            None => say(text),
        }
    }

    /// The end.
    pub(crate) fn finish(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}
