//! The numbers of `catalog/identity.toml`, held within bounds below which an account would not be safe.

use serde::Deserialize;
use std::time::Duration;

/// How accounts are kept safe, in force for every district of this server.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    pub source: String,
    pub version: String,
    pub lockout: Lockout,
    pub password: Password,
    pub staff_session: StaffSession,
    pub resident_session: ResidentSession,
    pub code: CodeLimits,
}

/// Failures in a row after which nobody comes in by that login for a while.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lockout {
    pub source: String,
    pub failures_max: u32,
    pub minutes: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Password {
    pub source: String,
    pub chars_min: usize,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StaffSession {
    pub source: String,
    pub idle_minutes: u32,
    pub hours_max: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResidentSession {
    pub source: String,
    pub idle_days: u32,
    pub days_max: u32,
}

/// The code sent to a resident's phone.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeLimits {
    pub source: String,
    pub minutes: u32,
    pub tries_max: u32,
}

/// A number outside of what is safe, or of what can work.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{name} is {found}; it must be {least} to {most}")]
pub struct LimitsFault {
    pub name: &'static str,
    pub found: u64,
    pub least: u64,
    pub most: u64,
}

impl Limits {
    pub fn check(&self) -> Result<(), LimitsFault> {
        let rows: [(&'static str, u64, u64, u64); 9] = [
            ("lockout.failures_max", self.lockout.failures_max.into(), 3, 10),
            ("lockout.minutes", self.lockout.minutes.into(), 5, 24 * 60),
            ("password.chars_min", self.password.chars_min as u64, 8, 64),
            ("staff_session.idle_minutes", self.staff_session.idle_minutes.into(), 5, 12 * 60),
            ("staff_session.hours_max", self.staff_session.hours_max.into(), 1, 24),
            ("resident_session.idle_days", self.resident_session.idle_days.into(), 1, 180),
            ("resident_session.days_max", self.resident_session.days_max.into(), 1, 400),
            ("code.minutes", self.code.minutes.into(), 2, 30),
            ("code.tries_max", self.code.tries_max.into(), 3, 10),
        ];
        match rows.into_iter().find(|(_, found, least, most)| !(least..=most).contains(&found)) {
            Some((name, found, least, most)) => Err(LimitsFault { name, found, least, most }),
            None => Ok(()),
        }
    }

    pub fn lock_time(&self) -> Duration {
        minutes(self.lockout.minutes)
    }

    pub fn code_time(&self) -> Duration {
        minutes(self.code.minutes)
    }

    pub fn staff_idle(&self) -> Duration {
        minutes(self.staff_session.idle_minutes)
    }

    pub fn staff_whole(&self) -> Duration {
        minutes(self.staff_session.hours_max * 60)
    }

    pub fn resident_idle(&self) -> Duration {
        days(self.resident_session.idle_days)
    }

    pub fn resident_whole(&self) -> Duration {
        days(self.resident_session.days_max)
    }
}

fn minutes(count: u32) -> Duration {
    Duration::from_secs(u64::from(count) * 60)
}

fn days(count: u32) -> Duration {
    minutes(count * 24 * 60)
}
