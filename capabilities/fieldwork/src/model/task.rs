//! Tasks: one thing a worker is to do at a place, what may become of it, and who had done it first.

use super::{CampaignId, FormId, SubmissionId, TaskId};
use crate::error::FieldworkError;
use jiff::civil::Date;
use platform::{AccountId, Personal, Purpose, Time, Words};
use registry::RecordId;
use serde::{Deserialize, Serialize};

/// Words of a task are opened to be added to and sealed again; nobody sees them by that.
pub const TASK_KEEPING: Purpose = Purpose("keeping the words of a task");
/// Words of one note.
pub const NOTE_CHARS_MAX: usize = 500;
/// Notes of one task: who adds more than these works on another matter.
pub const NOTES_MAX: usize = 20;

store::text_enum! {
    /// What kind of thing is to be done.
    pub TaskKind {
        /// A visit that a rule asks for.
        Visit = "visit",
        /// A door of a campaign.
        Campaign = "campaign",
        /// A stop of a patrol.
        Patrol = "patrol",
        /// Something to deliver.
        Notice = "notice",
    }
}

store::text_enum! {
    /// Where a task stands.
    pub TaskState {
        Open = "open",
        /// Somebody did it.
        Done = "done",
        /// Nobody is to do it any more: the resident refused, or its reason is gone.
        Closed = "closed",
    }
}

store::text_enum! {
    /// What became of going there.
    pub Outcome {
        /// All as the register says.
        Unchanged = "unchanged",
        /// The register was corrected.
        Changed = "changed",
        /// A place or thing is in order.
        Fine = "fine",
        /// Something is wrong; what it is is a case or a form.
        Trouble = "trouble",
        Delivered = "delivered",
        /// Nobody was at home: the task stays.
        Absent = "absent",
        /// The resident does not want it. Nobody asks again before the next period.
        Refused = "refused",
    }
}

store::text_enum! {
    /// What the resident said of a visit.
    pub Said {
        Visited = "visited",
        /// Nobody came.
        Nobody = "nobody",
    }
}

impl TaskKind {
    /// What is to be done, where its cause says no more.
    pub const fn words(self) -> Words {
        match self {
            Self::Visit => Words::of("走访", "Visit"),
            Self::Campaign => Words::of("专项任务", "Campaign"),
            Self::Patrol => Words::of("巡查", "Patrol"),
            Self::Notice => Words::of("送达", "To deliver"),
        }
    }

    /// What can become of a task of this kind; first what is said with one tap where nothing is wrong.
    pub const fn outcomes(self) -> &'static [Outcome] {
        use Outcome::{Absent, Changed, Delivered, Fine, Refused, Trouble, Unchanged};
        match self {
            Self::Visit => &[Unchanged, Changed, Trouble, Absent, Refused],
            Self::Campaign => &[Unchanged, Changed, Fine, Trouble, Absent, Refused],
            Self::Patrol => &[Fine, Trouble],
            Self::Notice => &[Delivered, Absent, Refused],
        }
    }
}

/// Metres within which something is near: five minutes on foot.
const NEAR_M: f64 = 300.0;

/// The order of a list of tasks: overdue, due on the day, near, later; within these what may be done now before what is quiet, then by day,
/// of what is near by distance.
pub fn rank(due_on: &str, day: &str, metres: Option<f64>, is_quiet: bool) -> (u8, bool, u64, String) {
    let near = metres.filter(|metres| *metres <= NEAR_M);
    let (band, metres) = match (due_on.cmp(day), near) {
        (std::cmp::Ordering::Less, _) => (0, 0.0),
        (std::cmp::Ordering::Equal, _) => (1, metres.unwrap_or(0.0)),
        (std::cmp::Ordering::Greater, Some(metres)) => (2, metres),
        (std::cmp::Ordering::Greater, None) => (3, 0.0),
    };
    (band, is_quiet, metres as u64, due_on.to_owned())
}

impl Outcome {
    /// As people say it.
    pub const fn words(self) -> Words {
        match self {
            Self::Unchanged => Words::of("无变化", "unchanged"),
            Self::Changed => Words::of("有变化", "changed"),
            Self::Fine => Words::of("正常", "in order"),
            Self::Trouble => Words::of("有问题", "trouble found"),
            Self::Delivered => Words::of("已送达", "delivered"),
            Self::Absent => Words::of("无人在家", "nobody at home"),
            Self::Refused => Words::of("不愿接受", "not wanted"),
        }
    }
}

/// A task that is planned.
#[derive(Clone, PartialEq, Debug)]
pub struct NewTask {
    pub kind: TaskKind,
    /// As [`Task::cause`].
    pub cause: String,
    pub campaign: Option<CampaignId>,
    pub form: Option<FormId>,
    /// Of the grid where it is to be done.
    pub area_path: String,
    pub subject: RecordId,
    pub place: Option<RecordId>,
    pub from_on: Date,
    pub due_on: Date,
    pub errand: Option<Errand>,
}

/// What is to be done and why, where no rule, campaign or route says it: another capability asked for it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Errand {
    pub title: Words,
    pub why: Words,
    /// Where it is, where that is nothing of the register.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<ErrandPlace>,
}

/// A place that is nothing of the register: where a sensor stands, say.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ErrandPlace {
    pub label: String,
    pub lon: f64,
    pub lat: f64,
}

/// What the causes of a visit rule begin with.
const RULE: &str = "rule:";
/// What the causes of errands begin with.
const ERRAND: &str = "errand:";

/// The cause of an errand, after whatever asked for it: `outage:<id>`.
pub fn errand_cause(key: &str) -> String {
    format!("{ERRAND}{key}")
}

/// Whether a cause is an errand: it may stand for a service fact, as a visit rule may.
pub fn is_errand(cause: &str) -> bool {
    cause.starts_with(ERRAND)
}

/// The cause of the visits of a rule.
pub fn rule_cause(key: &str) -> String {
    format!("{RULE}{key}")
}

/// Whether a cause is a visit rule.
pub fn is_rule(cause: &str) -> bool {
    cause.starts_with(RULE)
}

/// The key of the visit rule that is a cause.
pub fn rule_of(cause: &str) -> Option<&str> {
    cause.strip_prefix(RULE)
}

/// Letters of the code a resident may scan, out of chance written in hexadecimal digits: nobody guesses one of 2^60.
pub fn code_of(chance: &str) -> String {
    const CODE_DIGITS: usize = 15;
    chance.chars().take(CODE_DIGITS).collect()
}

/// One thing to be done.
#[derive(Clone, Debug)]
pub struct Task {
    pub id: TaskId,
    pub kind: TaskKind,
    /// Why it is there: `rule:lives_alone_80`, `campaign:<id>`, `route:<id>`, `errand:outage:<id>`.
    pub cause: String,
    pub errand: Option<Errand>,
    pub campaign: Option<CampaignId>,
    /// A form to fill at it.
    pub form: Option<FormId>,
    pub area_path: String,
    /// The record it is about: a person, a home, a thing, a place.
    pub subject: RecordId,
    /// The home or place to go to.
    pub place: Option<RecordId>,
    /// Days of the calendar, 2026-03-02: from when it may be done, and until when it is to be.
    pub from_on: String,
    pub due_on: String,
    pub state: TaskState,
    pub outcome: Option<Outcome>,
    /// How often nobody was at home.
    pub tries: i64,
    /// When last, by the clock of the device.
    pub tried_at: Option<Time>,
    /// By the clock of the device, which may be wrong, and by ours.
    pub done_at: Option<Time>,
    pub done_on_arrival: Option<Time>,
    pub done_by: Option<AccountId>,
    pub done_by_name: Option<String>,
    pub submission: Option<SubmissionId>,
    pub notes: Personal<Vec<TaskNote>>,
    /// What the code a resident may scan opens.
    pub code: String,
    pub said: Option<Said>,
    pub said_at: Option<Time>,
    pub changed_at: Time,
}

/// What somebody said of a task, with or without words.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TaskNote {
    pub at: Time,
    pub by: Option<AccountId>,
    pub by_name: String,
    pub outcome: Outcome,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
}

/// What a worker says became of a task.
#[derive(Clone, Debug)]
pub struct Told {
    pub outcome: Outcome,
    pub words: Option<String>,
    /// By the clock of the device.
    pub at: Time,
    pub by: Option<AccountId>,
    pub by_name: String,
    pub submission: Option<SubmissionId>,
}

/// What it did to the task.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effect {
    /// It is over.
    Ended,
    /// Nobody was at home; it stays.
    Tried,
    /// It was over before: what was said now stands beside it.
    Added,
    /// It had been said before: nothing is new.
    Again,
}

impl Task {
    /// Whether somebody did it, or the resident refused. One whose reason went away is not over for somebody who had done it by then.
    pub fn is_over(&self) -> bool {
        self.state == TaskState::Done || self.outcome == Some(Outcome::Refused)
    }

    /// What becomes of the task by what a worker says. The first who ended it did; whoever says something later adds to it.
    ///
    /// # Errors
    /// `fieldwork.wrong_outcome`, `fieldwork.bad_note`.
    pub fn tell(mut self, told: Told, now: Time) -> Result<(Self, Effect), FieldworkError> {
        if !self.kind.outcomes().contains(&told.outcome) {
            return Err(FieldworkError::WrongOutcome { kind: self.kind, outcome: told.outcome });
        }
        let words = told.words.as_deref().map(str::trim).filter(|words| !words.is_empty()).map(str::to_owned);
        if words.as_ref().is_some_and(|words| words.chars().count() > NOTE_CHARS_MAX) {
            return Err(FieldworkError::invalid(
                "note",
                "fieldwork.bad_note",
                "备注最多 500 个字。",
                "A note has at most 500 characters.",
            ));
        }
        let told = Told { words, ..told };
        if self.was_told(&told) {
            return Ok((self, Effect::Again));
        }
        let effect = self.effect_of(told.outcome);
        self.write_down(&told);
        match effect {
            Effect::Tried => {
                self.tries += 1;
                self.tried_at = Some(told.at);
            }
            Effect::Ended => self.end(&told, now),
            Effect::Added | Effect::Again => {}
        }
        Ok((self, effect))
    }

    fn effect_of(&self, outcome: Outcome) -> Effect {
        if self.is_over() {
            return Effect::Added;
        }
        if outcome == Outcome::Absent { Effect::Tried } else { Effect::Ended }
    }

    fn end(&mut self, told: &Told, now: Time) {
        self.state = if told.outcome == Outcome::Refused { TaskState::Closed } else { TaskState::Done };
        self.outcome = Some(told.outcome);
        self.done_at = Some(told.at);
        self.done_on_arrival = Some(now);
        self.done_by = told.by;
        self.done_by_name = Some(told.by_name.clone());
        self.submission = told.submission;
    }

    /// The same said by the same account at the same moment of its device; or the same end, with nothing to add.
    fn was_told(&self, told: &Told) -> bool {
        let is_noted = |note: &TaskNote| {
            (note.at, note.by, note.outcome, &note.words) == (told.at, told.by, told.outcome, &told.words)
        };
        let is_the_end = self.is_over() && self.outcome == Some(told.outcome) && told.words.is_none();
        is_the_end || self.notes.open(TASK_KEEPING).iter().any(is_noted)
    }

    /// Beyond [`NOTES_MAX`] the oldest but the first goes.
    fn write_down(&mut self, told: &Told) {
        let mut notes = self.notes.open(TASK_KEEPING).clone();
        if notes.len() >= NOTES_MAX {
            notes.remove(1);
        }
        let Told { outcome, words, at, by, by_name, .. } = told.clone();
        notes.push(TaskNote { at, by, by_name, outcome, words });
        self.notes = Personal::new(notes);
    }

    /// Takes an open task back: its reason is gone. Whether anything changed.
    pub fn withdraw(&mut self) -> bool {
        let is_open = self.state == TaskState::Open;
        if is_open {
            self.state = TaskState::Closed;
        }
        is_open
    }

    /// Takes in what the resident said; a later word goes before an earlier one.
    pub fn hear(&mut self, said: Said, now: Time) {
        self.said = Some(said);
        self.said_at = Some(now);
    }
}

#[cfg(test)]
mod tests {
    //! In whatever order phones say what they did, a task ends once and nothing said is lost.
    use super::{Effect, Outcome, Said, TASK_KEEPING, Task, TaskKind, TaskState, Told};
    use crate::model::TaskId;
    use platform::{AccountId, Personal, Time};
    use registry::RecordId;
    use uuid::Uuid;

    fn task(kind: TaskKind) -> Task {
        Task {
            id: TaskId(Uuid::from_u128(1)),
            kind,
            cause: "rule:lives_alone_80".to_owned(),
            errand: None,
            campaign: None,
            form: None,
            area_path: "430204".to_owned(),
            subject: RecordId(Uuid::from_u128(2)),
            place: None,
            from_on: "2026-03-02".to_owned(),
            due_on: "2026-03-08".to_owned(),
            state: TaskState::Open,
            outcome: None,
            tries: 0,
            tried_at: None,
            done_at: None,
            done_on_arrival: None,
            done_by: None,
            done_by_name: None,
            submission: None,
            notes: Personal::new(Vec::new()),
            code: "0123456789abcde".to_owned(),
            said: None,
            said_at: None,
            changed_at: Time::from_micros(0),
        }
    }

    fn told(outcome: Outcome, by: u128, at: i64, words: Option<&str>) -> Told {
        Told {
            outcome,
            words: words.map(str::to_owned),
            at: Time::from_micros(at),
            by: Some(AccountId(Uuid::from_u128(by))),
            by_name: format!("worker{by}"),
            submission: None,
        }
    }

    #[test]
    fn what_is_said_has_its_effect() {
        use Effect::{Added, Again, Ended, Tried};
        use Outcome::{Absent, Refused, Unchanged};
        // Said in turn: outcome, by whom, at which moment of the device, words; then the effect, the state, and how often nobody was there.
        type Row = ((Outcome, u128, i64, Option<&'static str>), Effect, TaskState, i64);
        let rows: [Row; 7] = [
            ((Absent, 1, 10, None), Tried, TaskState::Open, 1),
            ((Absent, 1, 10, None), Again, TaskState::Open, 1),
            ((Absent, 1, 20, Some("傍晚再来")), Tried, TaskState::Open, 2),
            ((Unchanged, 1, 30, None), Ended, TaskState::Done, 2),
            ((Unchanged, 2, 40, None), Again, TaskState::Done, 2),
            ((Unchanged, 2, 40, Some("换了新电话")), Added, TaskState::Done, 2),
            ((Refused, 2, 50, None), Added, TaskState::Done, 2),
        ];
        let mut one = task(TaskKind::Visit);
        for ((outcome, by, at, words), effect, state, tries) in rows {
            let (next, found) =
                one.tell(told(outcome, by, at, words), Time::from_micros(99)).expect("it may be said");
            assert_eq!(
                (found, next.state, next.tries),
                (effect, state, tries),
                "{outcome:?} by {by} at {at}"
            );
            one = next;
        }
        assert_eq!((one.outcome, one.done_by), (Some(Unchanged), Some(AccountId(Uuid::from_u128(1)))));
        assert_eq!(one.notes.open(TASK_KEEPING).len(), 5, "each that was new");
    }

    #[test]
    fn a_refusal_closes_without_a_further_try() {
        let (refused, effect) = task(TaskKind::Notice)
            .tell(told(Outcome::Refused, 1, 10, None), Time::from_micros(11))
            .expect("it may be said");
        assert_eq!((effect, refused.state, refused.tries), (Effect::Ended, TaskState::Closed, 0));
        let (still, effect) =
            refused.tell(told(Outcome::Absent, 2, 20, None), Time::from_micros(21)).expect("it may be said");
        assert_eq!((effect, still.state, still.tries), (Effect::Added, TaskState::Closed, 0));
    }

    #[test]
    fn a_withdrawn_task_that_was_done_all_the_same_counts_as_done() {
        let mut one = task(TaskKind::Visit);
        assert!(one.withdraw() && !one.withdraw());
        let (done, effect) =
            one.tell(told(Outcome::Changed, 1, 10, None), Time::from_micros(11)).expect("it may be said");
        assert_eq!((effect, done.state), (Effect::Ended, TaskState::Done));
    }

    #[test]
    fn what_a_task_of_its_kind_cannot_come_to_is_refused() {
        for kind in TaskKind::ALL {
            for outcome in Outcome::ALL {
                let may = task(*kind).tell(told(*outcome, 1, 10, None), Time::from_micros(11)).is_ok();
                assert_eq!(may, kind.outcomes().contains(outcome), "{kind:?} {outcome:?}");
            }
        }
        let long = "字".repeat(501);
        assert!(
            task(TaskKind::Visit)
                .tell(told(Outcome::Absent, 1, 1, Some(&long)), Time::from_micros(2))
                .is_err()
        );
    }

    #[test]
    fn a_list_has_its_order() {
        use super::rank;
        // Due on, metres away, quiet now; in the order of a list of the 5th.
        let mut rows = [
            ("2026-03-09", None, false),
            ("2026-03-12", Some(290.0), false),
            ("2026-03-05", None, true),
            ("2026-03-05", Some(400.0), false),
            ("2026-03-08", Some(900.0), false),
            ("2026-03-04", Some(9_000.0), false),
            ("2026-03-20", Some(20.0), false),
            ("2026-03-01", None, false),
        ];
        rows.sort_by_key(|(due_on, metres, is_quiet)| rank(due_on, "2026-03-05", *metres, *is_quiet));
        let order = rows.map(|(due_on, metres, _)| (&due_on[8..], metres.map(|metres| metres as i64)));
        let near = [("20", Some(20)), ("12", Some(290))];
        let later = [("08", Some(900)), ("09", None)];
        let first = [("01", None), ("04", Some(9_000)), ("05", Some(400)), ("05", None)];
        assert_eq!(order.to_vec(), [&first[..], &near, &later].concat());
    }

    #[test]
    fn the_resident_may_say_otherwise_later() {
        let mut one = task(TaskKind::Visit);
        one.hear(Said::Nobody, Time::from_micros(1));
        one.hear(Said::Visited, Time::from_micros(2));
        assert_eq!((one.said, one.said_at), (Some(Said::Visited), Some(Time::from_micros(2))));
        assert_eq!(one.state, TaskState::Open, "what residents say decides nothing");
    }

    /// Chance that is the same each time: a linear congruence.
    struct Chance(u64);

    impl Chance {
        fn below(&mut self, bound: u64) -> u64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) % bound
        }
    }

    /// Two phones say things in any order, some of them twice.
    #[test]
    fn in_any_order_a_task_ends_once() {
        const OUTCOMES: &[Outcome] = TaskKind::Visit.outcomes();
        for seed in 0..2_000 {
            let mut chance = Chance(seed);
            let (mut one, mut said) = (task(TaskKind::Visit), Vec::new());
            for at in 0..12 {
                let is_again = !said.is_empty() && chance.below(3) == 0;
                let next: Told = match is_again {
                    true => Told::clone(&said[chance.below(said.len() as u64) as usize]),
                    false => {
                        let outcome = OUTCOMES[chance.below(OUTCOMES.len() as u64) as usize];
                        let words = (chance.below(2) == 0).then_some("在家");
                        told(outcome, 1 + u128::from(chance.below(2)), at, words)
                    }
                };
                let before = one.clone();
                let (after, effect) = one.tell(next.clone(), Time::from_micros(at)).expect("it may be said");
                assert!(!is_again || effect == Effect::Again, "{seed}: said before");
                assert!(
                    !before.is_over()
                        || (before.state, before.outcome, before.done_by, before.tries)
                            == (after.state, after.outcome, after.done_by, after.tries),
                    "{seed}: what is over stays as it is"
                );
                assert_eq!(after.tries - before.tries, i64::from(effect == Effect::Tried), "{seed}");
                assert_eq!(
                    effect == Effect::Ended,
                    !before.is_over() && after.is_over(),
                    "{seed}: it ends once"
                );
                let (old, new) = (before.notes.open(TASK_KEEPING), after.notes.open(TASK_KEEPING));
                assert!(new.starts_with(old), "{seed}: nothing said is lost");
                assert!(
                    next.words.is_none()
                        || new.iter().any(|note| note.words == next.words && note.at == next.at),
                    "{seed}"
                );
                (one, said) = (after, [said, vec![next]].concat());
            }
        }
    }
}
