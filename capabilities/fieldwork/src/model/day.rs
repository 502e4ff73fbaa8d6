//! A day report: deeds put into sentences, by group and in the order they were done. Counts what was done, and measures nobody.

use jiff::civil::Date;
use platform::{Personal, Purpose, Time, Words};
use std::collections::BTreeSet;
use std::time::Duration;
use uuid::Uuid;

/// How long before its arrival a deed may have been done by the clock of its device: as long as a device may stay away.
pub const DEVICE_LATE_MAX: Duration = Duration::from_secs(7 * 24 * 3600);
/// How far a device's clock may run ahead and still be believed.
const DEVICE_AHEAD_MAX: Duration = Duration::from_secs(10 * 60);
/// Characters of the words a worker adds to a day.
pub const DAY_WORDS_CHARS_MAX: usize = 4_000;

store::text_enum! {
    /// A sentence a day report may have; catalog/fieldwork/day.toml has its words and its group.
    pub DayLine {
        VisitsDone = "visits_done",
        VisitsAbsent = "visits_absent",
        NoticesDone = "notices_done",
        PatrolsDone = "patrols_done",
        CasesReported = "cases_reported",
        CasesHandled = "cases_handled",
        RegisterEntered = "register_entered",
        RegisterChanged = "register_changed",
        RegisterConfirmed = "register_confirmed",
        RegisterEnded = "register_ended",
        FormsFilled = "forms_filled",
        CampaignsDone = "campaigns_done",
        CampaignsAbsent = "campaigns_absent",
    }
}

platform::id!(
    /// What one account added to one day.
    DayId, "day"
);

/// Words of a day are opened for whoever wrote them, and for whoever they are shown to.
pub const KEEPING_DAYS: Purpose = Purpose("keeping the words of a day");

/// Words a worker adds to a day. Nobody has to.
#[derive(Clone, Debug)]
pub struct DayWords {
    pub id: DayId,
    pub day: Date,
    pub version: i64,
    /// People are named in them.
    pub words: Personal<String>,
    /// Whether who leads the grid reads them.
    pub shown: bool,
    pub changed_at: Time,
}

/// What a deed was done to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct About {
    /// `task`, `case`, `record`, `submission`
    pub kind: &'static str,
    pub id: Uuid,
}

/// One thing that was done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Deed {
    pub line: DayLine,
    pub day: Date,
    /// The order within the day.
    pub at: Time,
    pub about: About,
    pub area_path: String,
    /// What it came to, or what it was of: "无变化", "人员", the title of a form.
    pub part: Words,
    /// The row a screen shows for it.
    pub words: Words,
}

/// A sentence, and the rows behind its number.
#[derive(Clone, Debug)]
pub struct Told {
    pub line: DayLine,
    /// How many different things it was done to.
    pub count: usize,
    /// How many of them came to what, in the order of the first.
    pub parts: Vec<(Words, usize)>,
    /// As they were done.
    pub deeds: Vec<Deed>,
}

/// When a deed was done: by the clock of its device where that can be, else when it came.
pub fn done_at(arrived: Time, by_device: Option<Time>) -> Time {
    let believed = by_device
        .filter(|at| *at >= arrived.before(DEVICE_LATE_MAX) && *at <= arrived.after(DEVICE_AHEAD_MAX));
    believed.unwrap_or(arrived)
}

/// The sentences of deeds, in the order of [`DayLine::ALL`]; a sentence nothing was done for is left out.
pub fn tell(mut deeds: Vec<Deed>) -> Vec<Told> {
    deeds.sort_by_key(|deed| (deed.line, deed.at, deed.about));
    let lines = deeds.chunk_by(|a, b| a.line == b.line);
    lines.map(told).collect()
}

fn told(deeds: &[Deed]) -> Told {
    let things: BTreeSet<About> = deeds.iter().map(|deed| deed.about).collect();
    let mut parts: Vec<(Words, BTreeSet<About>)> = Vec::new();
    for deed in deeds {
        match parts.iter_mut().find(|(words, _)| *words == deed.part) {
            Some((_, things)) => drop(things.insert(deed.about)),
            None => parts.push((deed.part.clone(), [deed.about].into())),
        }
    }
    Told {
        line: deeds[0].line,
        count: things.len(),
        parts: parts.into_iter().map(|(words, things)| (words, things.len())).collect(),
        deeds: deeds.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    //! Which day, and which sentences.
    use super::{About, DayLine, Deed, done_at, tell};
    use platform::{Time, Words};
    use uuid::Uuid;

    fn at(text: &str) -> Time {
        text.parse().expect("a moment")
    }

    #[test]
    fn a_deed_belongs_to_the_day_of_its_device_where_that_can_be() {
        let arrived = at("2026-03-04T09:00:00+08:00");
        // By the device; the day.
        let rows = [
            (None, "2026-03-04"),
            (Some("2026-03-02T17:00:00+08:00"), "2026-03-02"),
            (Some("2026-03-01T23:59:59+08:00"), "2026-03-01"),
            (Some("2026-03-04T09:05:00+08:00"), "2026-03-04"),
            (Some("2026-02-20T09:00:00+08:00"), "2026-03-04"),
            (Some("2031-01-01T00:00:00+08:00"), "2026-03-04"),
        ];
        for (device, day) in rows {
            assert_eq!(done_at(arrived, device.map(at)).local().date().to_string(), day, "{device:?}");
        }
    }

    fn deed(line: DayLine, id: u128, minute: i64, part: &'static str) -> Deed {
        Deed {
            line,
            day: "2026-03-02".parse().expect("a day"),
            at: Time::from_micros(minute),
            about: About { kind: "case", id: Uuid::from_u128(id) },
            area_path: "1/2".to_owned(),
            part: Words::of(part, part),
            words: Words::of("", ""),
        }
    }

    #[test]
    fn things_are_counted_once_however_often_somebody_worked_on_them() {
        let told = tell(vec![
            deed(DayLine::FormsFilled, 9, 9, "体检"),
            deed(DayLine::CasesHandled, 1, 3, "处理完成"),
            deed(DayLine::CasesHandled, 1, 1, "签收"),
            deed(DayLine::CasesHandled, 2, 2, "签收"),
            deed(DayLine::CasesHandled, 1, 4, "签收"),
        ]);
        assert_eq!(
            told.iter().map(|one| one.line).collect::<Vec<_>>(),
            [DayLine::CasesHandled, DayLine::FormsFilled]
        );
        let cases = &told[0];
        assert_eq!((cases.count, cases.deeds.len()), (2, 4));
        assert_eq!(cases.parts, [(Words::of("签收", "签收"), 2), (Words::of("处理完成", "处理完成"), 1)]);
        assert!(cases.deeds.is_sorted_by_key(|deed| deed.at), "in the order they were done");
        assert!(tell(Vec::new()).is_empty());
    }
}
