//! Limits per source: guessing codes, flooding and spam are slowed without a captcha.

use parking_lot::Mutex;
use platform::{Problem, Time, Words};
use std::collections::HashMap;
use std::time::Duration;

/// Sources remembered per quota; past that the quietest are forgotten.
const SOURCES_MAX: usize = 100_000;

/// How much a source may do: `burst` at once, then one each `every`.
#[derive(Clone, Copy, Debug)]
pub struct Quota {
    /// `capability.what`
    pub name: &'static str,
    pub burst: u32,
    pub every: Duration,
}

/// The buckets of all sources (the generic cell rate algorithm: one moment per source).
#[derive(Debug)]
pub struct Rates {
    unlimited: bool,
    arrivals: Mutex<HashMap<&'static str, HashMap<String, Time>>>,
}

impl Rates {
    pub(crate) fn new(unlimited: bool) -> Self {
        Self { unlimited, arrivals: Mutex::default() }
    }

    /// Takes one from the source's bucket, or says how long to wait.
    pub fn take(&self, quota: Quota, source: &str, now: Time) -> Result<(), Duration> {
        if self.unlimited {
            return Ok(());
        }
        let mut all = self.arrivals.lock();
        let sources = all.entry(quota.name).or_default();
        if sources.len() >= SOURCES_MAX {
            sources.retain(|_, arrival| *arrival > now);
        }
        let arrival = sources.entry(source.to_owned()).or_insert(now);
        let earliest = (*arrival).max(now);
        let allowance = quota.every.saturating_mul(quota.burst.saturating_sub(1));
        let ahead = earliest.since(now);
        if ahead > allowance {
            return Err(ahead - allowance);
        }
        *arrival = earliest.after(quota.every);
        Ok(())
    }

    /// As [`Rates::take`], refused with 429 and the seconds to wait.
    pub fn check(&self, quota: Quota, source: &str, now: Time) -> Result<(), Problem> {
        self.take(quota, source, now).map_err(|wait| {
            let seconds = wait.as_secs() + 1;
            Problem::new(
                axum::http::StatusCode::TOO_MANY_REQUESTS,
                "too_often",
                Words::new(
                    format!("操作太频繁，请 {seconds} 秒后再试。着急请打电话。"),
                    format!("Too often: please wait {seconds} seconds, or call us if it is urgent."),
                ),
            )
            .with("retry_after_s", seconds)
            .with("limit", quota.name)
        })
    }
}

#[cfg(test)]
mod tests {
    //! A burst, then one at a time.
    use super::{Quota, Rates};
    use platform::Time;
    use std::time::Duration;

    #[test]
    fn a_source_has_a_burst_and_then_waits() {
        let rates = Rates::new(false);
        let quota = Quota { name: "test", burst: 3, every: Duration::from_secs(10) };
        let start = Time::from_micros(1_000_000);
        for _ in 0..3 {
            assert!(rates.take(quota, "a", start).is_ok());
        }
        assert_eq!(rates.take(quota, "a", start), Err(Duration::from_secs(10)));
        assert!(rates.take(quota, "b", start).is_ok(), "another source has its own bucket");
        assert!(rates.take(quota, "a", start.after(Duration::from_secs(10))).is_ok());
    }
}
