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
