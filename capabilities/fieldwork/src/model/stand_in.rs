//! Standing in: somebody else serves a post for a time, and hands it back with what was done meanwhile.

use crate::error::FieldworkError;
use platform::{AccountId, Personal, PostId, Purpose, Time, Words};
use std::time::Duration;

platform::id!(
    /// A time in which somebody serves the post of somebody else.
    StandInId, "stand_in"
);

/// A reason is opened for those it is told to: who is away, who arranged it, who serves.
pub const KEEPING_REASONS: Purpose = Purpose("keeping why somebody is away");
/// Characters of a reason.
pub const REASON_CHARS_MAX: usize = 200;
/// How long somebody stands in who took over by themselves: it was not arranged, so it is for the day.
pub const BY_ONESELF_MAX: Duration = Duration::from_secs(24 * 3600);

/// Somebody by account and by the name the district publishes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Holder {
    pub account: AccountId,
    pub name: String,
}

/// A post that somebody else serves for a time.
#[derive(Clone, Debug)]
pub struct StandIn {
    pub id: StandInId,
    pub post: PostId,
    pub area_path: String,
    /// Who is away.
    pub main: Holder,
    /// Who serves.
    pub by: Holder,
    pub from: Time,
    pub until: Time,
    pub asked_by: Option<AccountId>,
    pub asked_at: Time,
    /// May be empty: nobody has to say why.
    pub reason: Personal<String>,
    pub ended_at: Option<Time>,
}

impl StandIn {
    /// Whether an account is part of it: then it is theirs to see.
    pub fn concerns(&self, account: AccountId) -> bool {
        self.main.account == account || self.by.account == account || self.asked_by == Some(account)
    }

    /// The moments it lasted, or was to last.
    pub fn moments(&self) -> (Time, Time) {
        (self.from, self.ended_at.unwrap_or(self.until).min(self.until))
    }
}

/// Refuses moments that are over, words that are too long, and whoever takes over by themselves for longer than a day.
///
/// # Errors
/// `fieldwork.bad_until`, `fieldwork.too_long`, `fieldwork.too_long_alone`.
pub fn check_stand_in(
    (from, until): (Time, Time),
    reason: &str,
    is_by_oneself: bool,
    now: Time,
) -> Result<(), FieldworkError> {
    if until <= now {
        return Err(FieldworkError::invalid(
            "until",
            "fieldwork.bad_until",
            "结束时间已经过了。",
            "This end has passed.",
        ));
    }
    if reason.chars().count() > REASON_CHARS_MAX {
        let words = Words::new(
            format!("最多 {REASON_CHARS_MAX} 个字。"),
            format!("At most {REASON_CHARS_MAX} characters."),
        );
        return Err(FieldworkError::Invalid { field: "reason", code: "fieldwork.too_long", words });
    }
    if is_by_oneself && until > from.max(now).after(BY_ONESELF_MAX) {
        return Err(FieldworkError::invalid(
            "until",
            "fieldwork.too_long_alone",
            "自己接手最多一天；更久请网格长安排。",
            "One takes over by oneself for a day at most; for longer the grid leader arranges it.",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    //! What may be arranged.
    use super::check_stand_in;
    use platform::Time;

    #[test]
    fn moments_and_words_have_their_bounds() {
        const HOUR: i64 = 3_600_000_000;
        let now = Time::from_micros(100 * HOUR);
        let at = |hours: i64| Time::from_micros(hours * HOUR);
        // From, until, characters of the reason, by oneself; whether it holds.
        let rows = [
            (100, 108, 0, false, true),
            (100, 1_000, 200, false, true),
            (90, 100, 0, false, false),
            (100, 108, 201, false, false),
            (100, 124, 0, true, true),
            (100, 125, 0, true, false),
            (0, 124, 0, true, true),
            (300, 324, 0, true, true),
        ];
        for (from, until, characters, alone, holds) in rows {
            let found = check_stand_in((at(from), at(until)), &"字".repeat(characters), alone, now);
            assert_eq!(found.is_ok(), holds, "{from}..{until} {characters} {alone}");
        }
    }
}
