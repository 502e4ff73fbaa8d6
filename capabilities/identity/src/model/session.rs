//! A session: how long it lasts and what it opens.

use super::{AccountKind, Limits};
use platform::{AccountId, Time};
use std::time::Duration;

platform::id!(
    /// A session, as its owner's list names it. The token is another thing.
    SessionId, "session"
);

/// A session as it was found.
#[derive(Clone, Debug)]
pub struct Session {
    pub id: SessionId,
    pub account: AccountId,
    pub kind: AccountKind,
    /// It opens nothing but the setting up of password and second factor.
    pub limited: bool,
    pub made_at: Time,
    /// The last use that was written down.
    pub seen_at: Time,
    pub ends_at: Time,
}

/// How a session stands at a moment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    Good,
    /// Good, and its use is to be written down.
    Touch,
    Over,
}

impl Session {
    /// Uses are written down this often, so that reading costs no write.
    const TOUCH_EVERY: Duration = Duration::from_secs(60);

    pub fn standing(&self, now: Time, limits: &Limits) -> Standing {
        let idle_max = idle_time(self.kind, limits);
        if now >= self.ends_at || now.since(self.seen_at) >= idle_max {
            Standing::Over
        } else if now.since(self.seen_at) >= Self::TOUCH_EVERY {
            Standing::Touch
        } else {
            Standing::Good
        }
    }
}

/// How long a session may lie idle.
pub fn idle_time(kind: AccountKind, limits: &Limits) -> Duration {
    match kind {
        AccountKind::Resident => limits.resident_idle(),
        AccountKind::Staff | AccountKind::Service => limits.staff_idle(),
    }
}

/// When a session made now ends at the latest.
pub fn end_of(kind: AccountKind, now: Time, limits: &Limits) -> Time {
    match kind {
        AccountKind::Resident => now.after(limits.resident_whole()),
        AccountKind::Staff | AccountKind::Service => now.after(limits.staff_whole()),
    }
}
