//! A closed loop: N connections, each sending its next request when the last is answered.

use crate::http::Connection;
use hdrhistogram::Histogram;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// What a load measured.
#[derive(Debug)]
pub struct Outcome {
    pub done: u64,
    pub failed: u64,
    pub elapsed: Duration,
    /// Microseconds of each round.
    pub times: Histogram<u64>,
    /// The first failure, in words.
    pub first_failure: Option<String>,
}

impl Outcome {
    pub fn rate(&self) -> f64 {
        self.done as f64 / self.elapsed.as_secs_f64()
    }

    pub fn ms(&self, quantile: f64) -> f64 {
        self.times.value_at_quantile(quantile) as f64 / 1000.0
    }
}

struct Tally {
    outcome: Outcome,
}

/// Runs `round` on `connections` connections for `time`. A round answers whether all of it succeeded.
pub async fn run<F, R>(address: &str, connections: usize, time: Duration, round: F) -> Outcome
where
    F: Fn(Connection, u64) -> R + Send + Sync + Clone + 'static,
    R: Future<Output = (Connection, Result<(), String>)> + Send,
{
    let empty = Histogram::new_with_bounds(1, 600_000_000, 3).expect("bounds that hold");
    let outcome = Outcome { done: 0, failed: 0, elapsed: time, times: empty, first_failure: None };
    let tally = Arc::new(Mutex::new(Tally { outcome }));
    let started = Instant::now();
    let tasks: Vec<_> = (0..connections)
        .map(|number| {
            let (address, round, tally) = (address.to_owned(), round.clone(), tally.clone());
            tokio::spawn(async move { one(&address, number as u64, started, time, round, &tally).await })
        })
        .collect();
    for task in tasks {
        let _ = task.await;
    }
    let mut outcome = Arc::into_inner(tally).expect("all tasks ended").into_inner().outcome;
    outcome.elapsed = started.elapsed();
    outcome
}

async fn one<F, R>(
    address: &str,
    number: u64,
    started: Instant,
    time: Duration,
    round: F,
    tally: &Mutex<Tally>,
) where
    F: Fn(Connection, u64) -> R,
    R: Future<Output = (Connection, Result<(), String>)>,
{
    let mut times = Vec::new();
    let mut failures = Vec::new();
    let mut connection = Connection::open(address).await.ok();
    while started.elapsed() < time {
        let Some(open) = connection.take() else {
            failures.push("no connection".to_owned());
            tokio::time::sleep(Duration::from_millis(20)).await;
            connection = Connection::open(address).await.ok();
            continue;
        };
        let begun = Instant::now();
        let (kept, ended) = round(open, number).await;
        match ended {
            Ok(()) => {
                times.push(begun.elapsed().as_micros() as u64);
                connection = Some(kept);
            }
            Err(sentence) => {
                failures.push(sentence);
                connection = Connection::open(address).await.ok();
            }
        }
    }
    let mut tally = tally.lock().await;
    tally.outcome.done += times.len() as u64;
    tally.outcome.failed += failures.len() as u64;
    for micros in times {
        let _ = tally.outcome.times.record(micros.max(1));
    }
    if tally.outcome.first_failure.is_none() {
        tally.outcome.first_failure = failures.into_iter().next();
    }
}
