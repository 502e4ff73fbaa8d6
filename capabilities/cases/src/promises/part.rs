//! What one unit did in one case, and what of it counts as what. No IO, no clock.

use crate::queries::promises::Line;
use ::store::text_enum;
use platform::{PostId, Time};

text_enum!(
    /// What is counted of a unit's cases. A case may count as several.
    pub Measure {
        /// It was given to the unit.
        Given = "given",
        /// The unit took it before the time to take was over.
        TakenInTime = "taken_in_time",
        /// The unit said that the work is done, or answered.
        Done = "done",
        /// It took it in time, and said so before the promised time was over; pauses and extensions count as they were granted.
        InTime = "in_time",
        /// It took it, or said so, afterwards.
        Late = "late",
        /// The unit has it, and the promised time is not over.
        UnderWay = "under_way",
        /// The unit has it, and the promised time is over.
        Overdue = "overdue",
        /// It ended otherwise while the unit had it: withdrawn by the reporter, joined with another, kept as information.
        EndedOtherwise = "ended_otherwise",
        /// The unit gave it back, or said that it is not its task.
        Returned = "returned",
        /// The time was extended once.
        Extended = "extended",
        /// Whoever looked at the place, or the reporter, said that it is not done.
        Reopened = "reopened",
        /// The reporter said that it is solved.
        Confirmed = "confirmed",
        /// The reporter did not answer, and it was closed.
        Unanswered = "unanswered"
    }
);

/// One unit's part in one case, from the first time it was given it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Part {
    pub given_at: Time,
    pub taken_at: Option<Time>,
    taken_in_time: bool,
    /// When the unit last said that it is done.
    pub done_at: Option<Time>,
    /// The promised time: of the work that was done, else of what is under way.
    pub due_at: Option<Time>,
    pub returned_at: Option<Time>,
    extended: bool,
    reopened: bool,
    confirmed: bool,
    unanswered: bool,
    /// Whether the case ended as done.
    pub is_done: bool,
    /// 1 to 5, where the reporter gave one.
    pub rating: Option<i64>,
    /// Whether the next step is the unit's.
    has_it: bool,
    ended_otherwise: bool,
}

/// How a case stands now, as far as a part needs it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Present {
    pub open: bool,
    pub due_at: Option<Time>,
    pub is_done: bool,
    pub rating: Option<i64>,
}

impl Part {
    /// Reads a history; `None` where none of the posts was given the case.
    pub(crate) fn read(history: &[Line], posts: &[PostId], present: Present) -> Option<Self> {
        let first = history.iter().position(|line| gives(line, posts) == Some(true))?;
        let mut part = Self::given(history[first].at, present);
        let mut due = None;
        for line in &history[first..] {
            part.go_on(line, posts, due);
            due = line.due_at;
        }
        if part.has_it {
            part.due_at = present.due_at;
            (part.has_it, part.ended_otherwise) = (present.open, !present.open);
        }
        Some(part)
    }

    fn given(at: Time, present: Present) -> Self {
        Self {
            given_at: at,
            taken_at: None,
            taken_in_time: false,
            done_at: None,
            due_at: None,
            returned_at: None,
            extended: false,
            reopened: false,
            confirmed: false,
            unanswered: false,
            is_done: present.is_done,
            rating: present.rating,
            has_it: false,
            ended_otherwise: false,
        }
    }

    /// One line further. `due`: until when this step had to be taken.
    fn go_on(&mut self, line: &Line, posts: &[PostId], due: Option<Time>) {
        let in_time = due.is_none_or(|due| line.at <= due);
        match line.action.as_str() {
            "take" if self.has_it && self.taken_at.is_none() => {
                self.taken_at = Some(line.at);
                self.taken_in_time = in_time;
            }
            "finish" | "answer" if self.has_it => {
                (self.done_at, self.due_at, self.has_it) = (Some(line.at), due, false);
            }
            "return" | "object" | "pass_up" if self.has_it => self.returned_at = Some(line.at),
            "extend" if self.has_it => self.extended = true,
            "reopen" | "verify_failed" if self.done_at.is_some() => self.reopened = true,
            "confirm" if self.done_at.is_some() => self.confirmed = true,
            "close_by_silence" if self.done_at.is_some() => self.unanswered = true,
            _ => {}
        }
        if let Some(given) = gives(line, posts) {
            self.has_it = given;
        }
    }

    /// Whether it counts as a measure at a moment.
    pub fn counts_as(&self, measure: Measure, now: Time) -> bool {
        let is_over = self.due_at.is_some_and(|due| due < now);
        match measure {
            Measure::Given => true,
            Measure::TakenInTime => self.taken_in_time,
            Measure::Done => self.said_done(),
            Measure::InTime => self.said_done() && self.kept(),
            Measure::Late => self.said_done() && !self.kept(),
            Measure::UnderWay => self.has_it && !is_over,
            Measure::Overdue => self.has_it && is_over,
            Measure::EndedOtherwise => self.ended_otherwise,
            Measure::Returned => self.returned_at.is_some(),
            Measure::Extended => self.extended,
            Measure::Reopened => self.reopened,
            Measure::Confirmed => self.confirmed,
            Measure::Unanswered => self.unanswered,
        }
    }

    fn said_done(&self) -> bool {
        self.done_at.is_some() && !self.has_it
    }

    /// Whoever takes it too late has not kept the promise by being quick afterwards.
    fn kept(&self) -> bool {
        let taken_late = self.taken_at.is_some() && !self.taken_in_time;
        !taken_late && self.done_at.zip(self.due_at).is_none_or(|(done, due)| done <= due)
    }
}

/// Whether a line gives the case to one of the posts, or to somebody else; `None` where it moves nothing.
fn gives(line: &Line, posts: &[PostId]) -> Option<bool> {
    if line.action == "raise" {
        return None;
    }
    line.to_post.map(|post| posts.contains(&post))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::CaseId;
    use uuid::Uuid;

    const OURS: PostId = PostId(Uuid::from_u128(1));
    const DESK: PostId = PostId(Uuid::from_u128(2));
    const OPEN: Present = Present { open: true, due_at: Some(at(90)), is_done: false, rating: None };
    const ENDED: Present = Present { open: false, due_at: None, is_done: false, rating: None };

    const fn at(hour: i64) -> Time {
        Time::from_micros(hour * 3_600_000_000)
    }

    fn line(hour: i64, action: &str, to_post: Option<PostId>, due: i64) -> Line {
        Line {
            case_id: CaseId(Uuid::nil()),
            at: at(hour),
            action: action.into(),
            to_post,
            due_at: Some(at(due)),
        }
    }

    fn measures(history: &[Line], present: Present, now: i64) -> Vec<Measure> {
        let part = Part::read(history, &[OURS], present).expect("a part");
        Measure::ALL.iter().copied().filter(|m| part.counts_as(*m, at(now))).collect()
    }

    #[test]
    fn work_is_in_time_by_the_time_that_ran_when_it_was_done() {
        use Measure::*;
        let begin =
            [line(0, "report", Some(DESK), 4), line(1, "route", Some(OURS), 5), line(2, "take", None, 26)];
        let done = |hour| {
            [&begin[..], &[line(hour, "finish", None, 200), line(hour + 1, "confirm", None, 0)]].concat()
        };
        assert_eq!(measures(&done(26), ENDED, 300), [Given, TakenInTime, Done, InTime, Confirmed]);
        assert_eq!(measures(&done(27), ENDED, 300), [Given, TakenInTime, Done, Late, Confirmed]);
        let extended = [&begin[..], &[line(20, "extend", None, 50), line(40, "answer", None, 200)]].concat();
        assert_eq!(measures(&extended, ENDED, 300), [Given, TakenInTime, Done, InTime, Extended]);
        assert_eq!(measures(&begin, OPEN, 89), [Given, TakenInTime, UnderWay]);
        assert_eq!(measures(&begin, OPEN, 91), [Given, TakenInTime, Overdue]);
        assert_eq!(measures(&begin, ENDED, 91), [Given, TakenInTime, EndedOtherwise]);
    }

    #[test]
    fn the_clock_that_raises_a_level_gives_nothing_to_anybody() {
        let history = [line(1, "raise", Some(OURS), 5)];
        assert_eq!(Part::read(&history, &[OURS], OPEN), None);
    }

    #[test]
    fn what_was_given_back_is_with_somebody_else() {
        use Measure::*;
        let back = [line(1, "dispatch", Some(OURS), 5), line(9, "return", Some(DESK), 12)];
        assert_eq!(measures(&back, OPEN, 300), [Given, Returned]);
        let again = [&back[..], &[line(10, "rule", Some(OURS), 20), line(30, "take", None, 80)]].concat();
        assert_eq!(measures(&again, OPEN, 60), [Given, UnderWay, Returned], "taken too late");
    }

    #[test]
    fn what_is_not_done_after_all_is_under_way_again() {
        use Measure::*;
        let history = [
            line(1, "route", Some(OURS), 5),
            line(2, "take", None, 26),
            line(9, "finish", Some(DESK), 40),
            line(11, "verify_failed", Some(OURS), 60),
        ];
        assert_eq!(measures(&history, OPEN, 60), [Given, TakenInTime, UnderWay, Reopened]);
        let done =
            [&history[..], &[line(70, "finish", Some(DESK), 99), line(80, "close_by_silence", None, 0)]]
                .concat();
        assert_eq!(measures(&done, ENDED, 300), [Given, TakenInTime, Done, Late, Reopened, Unanswered]);
    }
}
