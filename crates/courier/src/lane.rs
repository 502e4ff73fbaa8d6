//! How an endpoint is treated that does not answer: when it is tried again, and how fast once it is back. No IO, no clock.

use platform::Time;
use std::time::Duration;

/// Troubles in a row after which the circuit opens: from then on one delivery at a time tries whether the endpoint is back.
pub const TROUBLES_MAX: i64 = 5;
/// The most that is under way to one endpoint at once.
pub const PACE_MAX: i64 = 16;
/// A delivery that the endpoint took offence at, though it took others meanwhile, is tried so often before a person is asked.
pub const ATTEMPTS_MAX: i64 = 12;

const RETRY_WAIT_MIN: Duration = Duration::from_secs(2);
const RETRY_WAIT_MAX: Duration = Duration::from_secs(600);
/// A wait that the other side asks for is kept up to here.
const ASKED_WAIT_MAX: Duration = Duration::from_secs(3600);

/// How an endpoint has answered lately.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Health {
    /// In a row, with no success between.
    pub troubles: i64,
    /// Nothing leaves before.
    pub retry_at: Option<Time>,
    /// How many may be under way at once.
    pub pace: i64,
}

impl Default for Health {
    fn default() -> Self {
        Self { troubles: 0, retry_at: None, pace: PACE_MAX }
    }
}

impl Health {
    /// Whether something may leave now.
    pub fn is_open(&self, now: Time) -> bool {
        self.retry_at.is_none_or(|at| at <= now)
    }

    /// Whether it has been in trouble for so long that only a trial leaves at a time.
    pub fn is_broken(&self) -> bool {
        self.troubles >= TROUBLES_MAX
    }

    /// After a trouble: slower, and once the circuit is open not before a while. `chance` from 0 to 1 spreads the waits.
    #[must_use]
    pub fn after_trouble(self, now: Time, asked: Option<Duration>, chance: f64) -> Self {
        let troubles = self.troubles + 1;
        let broken = (troubles >= TROUBLES_MAX).then(|| wait_after(troubles - TROUBLES_MAX + 1, chance));
        let wait = broken.max(asked.map(|wait| wait.min(ASKED_WAIT_MAX)));
        Self { troubles, retry_at: wait.map(|wait| now.after(wait)), pace: 1 }
    }

    /// After a success: the circuit is closed, and the endpoint gets a little more than before, so that one which was away is not flooded.
    #[must_use]
    pub fn after_success(self) -> Self {
        Self { troubles: 0, retry_at: None, pace: (self.pace * 2).clamp(1, PACE_MAX) }
    }
}

/// How long a delivery waits after its so-many-eth attempt in vain: doubled each time, and between half and all of it by chance.
pub fn wait_after(attempts: i64, chance: f64) -> Duration {
    let doublings = u32::try_from(attempts - 1).unwrap_or(0).min(16);
    let whole = RETRY_WAIT_MIN.saturating_mul(1 << doublings).min(RETRY_WAIT_MAX);
    whole.mul_f64(0.5 + chance.clamp(0.0, 1.0) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn opens_after_five_troubles_and_comes_back_slowly() {
        let now = Time::from_micros(0);
        let mut health = Health::default();
        for _ in 1..TROUBLES_MAX {
            health = health.after_trouble(now, None, 1.0);
            assert!(health.is_open(now) && !health.is_broken());
        }
        health = health.after_trouble(now, None, 1.0);
        assert!(health.is_broken() && !health.is_open(now));
        assert_eq!(health.retry_at, Some(now.after(RETRY_WAIT_MIN)));
        assert_eq!(health.pace, 1);
        let paces: Vec<i64> = std::iter::successors(Some(health), |h| Some(h.after_success()))
            .take(6)
            .map(|h| h.pace)
            .collect();
        assert_eq!(paces, [1, 2, 4, 8, 16, 16]);
    }

    #[test]
    fn keeps_the_wait_the_other_side_asks_for() {
        let now = Time::from_micros(0);
        let asked = Health::default().after_trouble(now, Some(Duration::from_secs(90)), 0.0);
        assert_eq!(asked.retry_at, Some(now.after(Duration::from_secs(90))));
        let absurd = Health::default().after_trouble(now, Some(Duration::from_secs(1 << 40)), 0.0);
        assert_eq!(absurd.retry_at, Some(now.after(ASKED_WAIT_MAX)));
    }

    proptest! {
        #[test]
        fn a_wait_is_bounded_and_never_nothing(attempts in 0i64..10_000, chance in 0.0f64..1.0) {
            let wait = wait_after(attempts, chance);
            prop_assert!(wait >= RETRY_WAIT_MIN / 2 && wait <= RETRY_WAIT_MAX);
        }
    }
}
