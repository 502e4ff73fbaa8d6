//! Progress of long work: a bar where a person looks on, plain lines where a file or a script does.

use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::time::{Duration, Instant};

/// Between two plain lines.
const LINE_INTERVAL: Duration = Duration::from_secs(5);

/// Work that is counted.
#[derive(Debug)]
pub struct Progress {
    what: String,
    total: u64,
    done: u64,
    started: Instant,
    said: Instant,
    bar: Option<ProgressBar>,
}

impl Progress {
    /// `total` 0: unknown.
    pub fn new(what: &str, total: u64) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| bar(what, total));
        let now = Instant::now();
        Self { what: what.to_owned(), total, done: 0, started: now, said: now, bar }
    }

    /// Says how much is done by now.
    pub fn set(&mut self, done: u64) {
        self.done = done;
        if let Some(bar) = &self.bar {
            bar.set_position(done);
        } else if self.said.elapsed() >= LINE_INTERVAL {
            self.said = Instant::now();
            match self.total {
                0 => eprintln!("{}: {done}", self.what),
                total => eprintln!("{}: {done} of {total} ({} %)", self.what, done * 100 / total),
            }
        }
    }

    /// The last line: what was done, in how long.
    pub fn finish(self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        eprintln!("{}: {} in {:.1} s", self.what, self.done, self.started.elapsed().as_secs_f64());
    }
}

fn bar(what: &str, total: u64) -> ProgressBar {
    let (bar, shape) = match total {
        0 => (ProgressBar::new_spinner(), "{msg} {spinner} {human_pos} {elapsed}"),
        _ => (ProgressBar::new(total), "{msg} {wide_bar} {human_pos}/{human_len} {eta}"),
    };
    bar.set_style(ProgressStyle::with_template(shape).unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.set_message(what.to_owned());
    bar
}
