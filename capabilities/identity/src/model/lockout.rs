//! Failures in a row close a login for a while, whether an account has that login or not.

use super::Limits;
use platform::{DistrictId, Time};
use sha2::{Digest, Sha256};

/// What is remembered of failed attempts at one login.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Attempts {
    pub failures: i64,
    pub last_at: Option<Time>,
    pub locked_until: Option<Time>,
}

impl Attempts {
    /// Until when the login is closed, if it is.
    pub fn locked(&self, now: Time) -> Option<Time> {
        self.locked_until.filter(|until| *until > now)
    }

    /// After one more failure at `now`. Failures are forgotten after as long as a lock would last.
    #[must_use]
    pub fn failed(self, now: Time, limits: &Limits) -> Self {
        let wait = limits.lock_time();
        let fresh = self.locked_until.is_some() || self.last_at.is_none_or(|at| at.after(wait) <= now);
        let failures = if fresh { 1 } else { self.failures + 1 };
        let locks = failures >= i64::from(limits.lockout.failures_max);
        Self { failures, last_at: Some(now), locked_until: locks.then(|| now.after(wait)) }
    }
}

/// Finds the attempts at a login. A hash: what is typed there by mistake may be a password.
pub fn login_hash(district: DistrictId, login: &str) -> Vec<u8> {
    let text = format!("{district}:{}", login.trim().to_lowercase());
    Sha256::digest(text.as_bytes()).to_vec()
}

#[cfg(test)]
mod tests {
    //! Five in a row lock; a quiet quarter of an hour forgets.
    use super::{Attempts, login_hash};
    use crate::catalogue::built_in;
    use platform::{DistrictId, Time};
    use std::time::Duration;

    #[test]
    fn failures_are_counted_and_forgotten() {
        let (_, limits) = built_in();
        let start = Time::from_micros(1_772_416_800_000_000);
        let at = |minute: u64| start.after(Duration::from_secs(minute * 60));
        for (minutes, locked) in [
            (vec![0, 1, 2, 3], false),
            (vec![0, 1, 2, 3, 4], true),
            (vec![0, 14, 28, 42, 56], true),
            (vec![0, 1, 2, 3, 18], false),
            (vec![0, 1, 2, 3, 4, 19], false),
        ] {
            let last = minutes.last().copied().unwrap_or(0);
            let attempts = minutes.iter().fold(Attempts::default(), |a, m| a.failed(at(*m), &limits));
            assert_eq!(attempts.locked(at(last)).is_some(), locked, "{minutes:?}");
        }
        let locked = (0..5).fold(Attempts::default(), |a, m| a.failed(at(m), &limits));
        assert_eq!(locked.locked(at(18)), Some(at(19)));
        assert_eq!(locked.locked(at(19)), None);
    }

    #[test]
    fn a_login_counts_as_it_is_kept_and_apart_by_district() {
        let here = DistrictId(430_204);
        assert_eq!(login_hash(here, " Li.Si "), login_hash(here, "li.si"));
        assert_ne!(login_hash(here, "li.si"), login_hash(DistrictId(430_203), "li.si"));
    }
}
