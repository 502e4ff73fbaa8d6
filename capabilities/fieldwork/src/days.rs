//! What was done on days, read from what was done: tasks, forms and the register from the facts of an account, cases from cases.
//! Nobody fills in a report, and nothing here is kept.

use crate::facts::{SUBMITTED, TASK_ENDED, TASK_TRIED};
use crate::model::{
    About, DEVICE_LATE_MAX, DayLine, Deed, FormId, Outcome, SubmissionId, TaskId, TaskKind, done_at,
};
use crate::queries::days::{Rows, facts_of, rows_of};
use ::store::{Conn, FactRow};
use cases::day::DEEDS_OF_DAY_MAX;
use edge::Edge;
use jiff::civil::Date;
use platform::{AccountId, Actor, DAY, Fault, Scope, Time, Words};
use registry::{Catalogue, Kind, RecordId};
use seal::Vault;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;
use territory::{Map, Snapshot};

/// Days of the calendar, both included.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Span {
    pub first: Date,
    pub last: Date,
}

impl Span {
    /// The month a day lies in.
    pub(crate) fn month_of(day: Date) -> Self {
        Self { first: day.first_of_month(), last: day.last_of_month() }
    }

    /// From the first moment in China up to, not including, the last.
    pub(crate) fn moments(self) -> (Time, Time) {
        (Time::start_of(self.first), Time::start_of(self.last).after(DAY))
    }

    fn holds(self, day: Date) -> bool {
        (self.first..=self.last).contains(&day)
    }

    fn days(self) -> i64 {
        i64::from((self.last - self.first).get_days()) + 1
    }
}

/// What an account did on these days, of it what lies within an area where one is named. Who may ask, the caller has decided.
///
/// # Errors
/// The database.
pub(crate) async fn deeds_of(
    edge: &Edge,
    reader: &Actor,
    account: AccountId,
    span: Span,
    within: Option<&str>,
) -> Result<Vec<Deed>, Fault> {
    let (from, to) = span.moments();
    let (facts, rows) = read(edge, reader, account, (from, to.after(DEVICE_LATE_MAX))).await?;
    let teller = Teller {
        places: edge.fixture::<Map>().of(reader.district),
        catalogue: edge.fixture::<Catalogue>(),
        rows,
    };
    let mut deeds: Vec<Deed> = facts.iter().filter_map(|fact| teller.deed_of(fact)).collect();
    let steps =
        cases::day::deeds_of(edge, reader, account, (from, to), DEEDS_OF_DAY_MAX * span.days()).await?;
    deeds.extend(steps.into_iter().map(deed_of_case));
    deeds.retain(|deed| {
        span.holds(deed.day) && within.is_none_or(|area| Scope::covers_path(area, &deed.area_path))
    });
    Ok(deeds)
}

async fn read(
    edge: &Edge,
    reader: &Actor,
    account: AccountId,
    moments: (Time, Time),
) -> Result<(Vec<FactRow>, Rows), Fault> {
    let district = reader.district;
    let keys = edge.fixture::<Vault>().of(district)?;
    let read = async move |conn: &mut Conn| {
        let facts = facts_of(conn, district, account, moments, is_told).await?;
        let tasks = facts.iter().filter(|fact| fact.subject_kind == TaskId::NOUN);
        let tasks = tasks.map(|fact| TaskId(fact.subject_id)).collect();
        let forms = facts.iter().filter_map(form_of).collect();
        let rows = rows_of(conn, &keys, district, tasks, forms).await?;
        Ok((facts, rows))
    };
    edge.db.read_long(read).await
}

/// Names of facts a day tells of; which sentence, [`Teller::deed_of`] decides.
fn is_told(name: &str) -> bool {
    matches!(name, TASK_ENDED | TASK_TRIED | SUBMITTED) || line_of_record(name).is_some()
}

fn line_of_record(name: &str) -> Option<DayLine> {
    use registry::facts::{AMENDED, CONFIRMED, ENDED, ENTERED, MERGED, MOVED};
    Some(match name {
        ENTERED => DayLine::RegisterEntered,
        AMENDED | MOVED | MERGED => DayLine::RegisterChanged,
        CONFIRMED => DayLine::RegisterConfirmed,
        ENDED => DayLine::RegisterEnded,
        _ => return None,
    })
}

fn form_of(fact: &FactRow) -> Option<FormId> {
    (fact.name == SUBMITTED).then(|| value_of(&fact.data.0, "form")).flatten()
}

fn value_of<T: serde::de::DeserializeOwned>(data: &Value, key: &str) -> Option<T> {
    serde_json::from_value(data.get(key)?.clone()).ok()
}

/// Puts facts into words.
struct Teller {
    places: Arc<Snapshot>,
    catalogue: Arc<Catalogue>,
    rows: Rows,
}

impl Teller {
    fn deed_of(&self, fact: &FactRow) -> Option<Deed> {
        match fact.name.as_str() {
            TASK_ENDED | TASK_TRIED => self.deed_of_task(fact),
            SUBMITTED => {
                let title = form_of(fact).and_then(|form| self.rows.forms.get(&form)).cloned()?;
                let filled_at = value_of(&fact.data.0, "filled_at");
                let words = joined(&title, &self.area_name(fact));
                Some(deed(fact, filled_at, DayLine::FormsFilled, SubmissionId::NOUN, title, words))
            }
            name => {
                let kind: Kind = value_of(&fact.data.0, "kind").unwrap_or(Kind::Person);
                let part = self.catalogue.kind(kind).words.clone();
                let words = joined(&part, &self.area_name(fact));
                Some(deed(fact, None, line_of_record(name)?, RecordId::NOUN, part, words))
            }
        }
    }

    fn deed_of_task(&self, fact: &FactRow) -> Option<Deed> {
        let kind: TaskKind = value_of(&fact.data.0, "kind")?;
        let outcome: Outcome = value_of(&fact.data.0, "outcome")?;
        let task = self.rows.tasks.get(&TaskId(fact.subject_id))?;
        let place = self.rows.places.get(&task.place.unwrap_or(task.subject));
        let address = place.map_or_else(|| self.area_name(fact), |place| place.label.clone());
        let at = value_of(&fact.data.0, "at");
        let words = joined(&kind.words(), &address);
        Some(deed(fact, at, line_of_task(kind, outcome), TaskId::NOUN, outcome.words(), words))
    }

    fn area_name(&self, fact: &FactRow) -> String {
        let area = fact.area_path.as_deref().and_then(|path| self.places.by_path(path));
        area.map(|area| area.name.clone()).unwrap_or_default()
    }
}

const fn line_of_task(kind: TaskKind, outcome: Outcome) -> DayLine {
    match (kind, outcome) {
        (TaskKind::Campaign, Outcome::Absent) => DayLine::CampaignsAbsent,
        (TaskKind::Campaign, _) => DayLine::CampaignsDone,
        (TaskKind::Patrol, _) => DayLine::PatrolsDone,
        (_, Outcome::Absent) => DayLine::VisitsAbsent,
        (TaskKind::Notice, _) => DayLine::NoticesDone,
        (TaskKind::Visit, _) => DayLine::VisitsDone,
    }
}

fn deed(
    fact: &FactRow,
    by_device: Option<Time>,
    line: DayLine,
    noun: &'static str,
    part: Words,
    words: Words,
) -> Deed {
    let at = done_at(fact.at, by_device);
    Deed {
        line,
        day: at.local().date(),
        at,
        about: About { kind: noun, id: fact.subject_id },
        area_path: fact.area_path.clone().unwrap_or_default(),
        part,
        words,
    }
}

fn deed_of_case(step: cases::day::Deed) -> Deed {
    let is_report = step.action == "report";
    Deed {
        line: if is_report { DayLine::CasesReported } else { DayLine::CasesHandled },
        day: step.at.local().date(),
        at: step.at,
        about: About { kind: cases::CaseId::NOUN, id: step.case.0 },
        area_path: step.area_path,
        words: Words::new(
            format!("{} {} · {}", step.number, step.type_words.zh, step.place),
            format!("{} {} · {}", step.number, step.type_words.en, step.place),
        ),
        part: if is_report { step.type_words } else { step.action_words },
    }
}

fn joined(what: &Words, at: &str) -> Words {
    let both = |what: &str| if at.is_empty() { what.to_owned() } else { format!("{what} · {at}") };
    Words::new(both(&what.zh), both(&what.en))
}

/// Accounts that served the worker's post of a grid at some moment of a time, main or stand-in: whose deeds are the grid's.
pub(crate) fn accounts_of(places: &Snapshot, grid: &str, (from, to): (Time, Time)) -> BTreeSet<AccountId> {
    let Some(post) = places.worker_post(grid) else { return BTreeSet::new() };
    let held = places.roster(post.id).0.iter();
    held.filter(|held| held.from < to && held.to.is_none_or(|end| end > from))
        .map(|held| held.account)
        .collect()
}
