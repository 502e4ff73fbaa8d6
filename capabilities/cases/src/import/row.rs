//! One row of a foreign file becomes a case with its history, or a reason why not. Pure.

use super::mapping::Plan;
use crate::commands::{ADDRESS_CHARS_MAX, WORDS_CHARS_MAX};
use crate::model::{Case, CaseId, Clocks, Entry, EntryId, Progress, Source, number_of};
use crate::rules::{Rules, seats};
use ::store::Json;
use csv::StringRecord;
use jiff::civil::DateTime;
use platform::{DistrictId, PostId, Time};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap};
use territory::Snapshot;

/// Another system's id of a case.
const EXTERNAL_ID_CHARS_MAX: usize = 200;

/// Why a row was not taken.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case", tag = "reason")]
pub enum Reason {
    #[error("it has {found} fields, the header has {expected}")]
    FieldCount { found: usize, expected: usize },
    #[error("it has no id in column {column}, or a longer one than 200 characters")]
    NoId { column: String },
    #[error("the id {id} stands in an earlier row")]
    IdTwice { id: String },
    #[error("'{text}' in column {column} is no date of the format {format} between 1900 and 2200")]
    BadDate { column: String, text: String, format: String },
    #[error("the mapping does not know the status '{status}'")]
    UnknownStatus { status: String },
    #[error("the mapping knows no type for '{held}'")]
    UnknownType { held: String },
}

/// What a reader should know of a row that was taken.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Remark {
    /// Still open in the source; kept open here, without a running clock.
    Open,
    /// Without coordinates and address.
    WithoutPlace,
    /// Its coordinates are no place on Earth; kept without them.
    ImpossiblePlace,
    /// Its place lies in no area of the district.
    OutsideAreas,
    /// The source says it was closed before it was reported; both dates are kept.
    ClosedBeforeReported,
    ClosedWithoutDate,
    /// Open in the source and with a date of closing all the same, which is left out.
    OpenWithCloseDate,
    /// Characters that could not be read in the file's encoding.
    BrokenCharacters,
    /// Words or address were longer than ours may be.
    Shortened,
}

/// A row that can be kept.
#[derive(Clone, Debug)]
pub struct Draft {
    /// As a spreadsheet counts: the header is row 1.
    pub row: u64,
    pub case: Case,
    pub entries: Vec<Entry>,
    /// By which it is found.
    pub tokens: String,
    pub remarks: Vec<Remark>,
    /// The source's own word.
    pub status: String,
}

/// Everything rows are read with.
#[derive(Debug)]
pub struct RowReader<'a> {
    pub plan: &'a Plan,
    pub rules: &'a Rules,
    pub places: &'a Snapshot,
    pub district: DistrictId,
    /// Column name → its position.
    pub columns: HashMap<String, usize>,
}

impl RowReader<'_> {
    pub fn read(&self, row: u64, record: &StringRecord) -> Result<Draft, Reason> {
        if record.len() != self.columns.len() {
            return Err(Reason::FieldCount { found: record.len(), expected: self.columns.len() });
        }
        let columns = &self.plan.mapping.columns;
        let mut remarks = Vec::new();
        let external_id = self.text(record, &columns.external_id).to_owned();
        if external_id.is_empty() || external_id.chars().count() > EXTERNAL_ID_CHARS_MAX {
            return Err(Reason::NoId { column: columns.external_id.clone() });
        }
        let reported_at = self.need_date(record, &columns.reported_at)?;
        let due_at = self.date(record, columns.due_at.as_deref())?;
        let closed_at = self.date(record, columns.closed_at.as_deref())?;
        let (status, state) = self.state(record)?;
        let type_code = self.type_code(record)?;
        let end = self.end(state, reported_at, closed_at, &mut remarks);
        let place = self.place(record, &mut remarks);
        let words = self.words(record, &type_code, &mut remarks);
        if record.iter().any(|field| field.contains('\u{fffd}')) {
            remarks.push(Remark::BrokenCharacters);
        }
        let case = self.case(external_id, reported_at, due_at, state, &type_code, place, words, end);
        let entries = history(&case, self.note(record));
        let tokens = self.tokens(&case);
        remarks.sort_unstable();
        Ok(Draft { row, case, entries, tokens, remarks, status })
    }

    /// The field of a column, without white space at its ends. The header was checked to have all columns.
    fn text<'r>(&self, record: &'r StringRecord, column: &str) -> &'r str {
        self.columns.get(column).and_then(|i| record.get(*i)).unwrap_or_default().trim()
    }

    fn joined(&self, record: &StringRecord, columns: &[String]) -> String {
        let fields: Vec<&str> =
            columns.iter().map(|c| self.text(record, c)).filter(|f| !f.is_empty()).collect();
        fields.join(" · ")
    }

    fn date(&self, record: &StringRecord, column: Option<&str>) -> Result<Option<Time>, Reason> {
        let Some(column) = column else { return Ok(None) };
        match self.text(record, column) {
            "" => Ok(None),
            _ => self.need_date(record, column).map(Some),
        }
    }

    fn need_date(&self, record: &StringRecord, column: &str) -> Result<Time, Reason> {
        let (text, format) = (self.text(record, column), &self.plan.mapping.date_format);
        let civil = DateTime::strptime(format, text).ok();
        let moment = civil.and_then(|civil| civil.to_zoned(self.plan.zone.clone()).ok());
        let moment = moment.map(|zoned| Time::from(zoned.timestamp()));
        moment.filter(|t| (Time::ENTERED_MIN..=Time::ENTERED_MAX).contains(t)).ok_or_else(|| {
            Reason::BadDate { column: column.to_owned(), text: text.to_owned(), format: format.clone() }
        })
    }

    fn state(&self, record: &StringRecord) -> Result<(String, &str), Reason> {
        let status = self.text(record, &self.plan.mapping.columns.status);
        match self.plan.mapping.status.get(status) {
            Some(state) => Ok((status.to_owned(), state)),
            None => Err(Reason::UnknownStatus { status: status.to_owned() }),
        }
    }

    fn type_code(&self, record: &StringRecord) -> Result<String, Reason> {
        let columns = &self.plan.mapping.columns.kind;
        let held: Vec<String> = columns.iter().map(|c| self.text(record, c).to_owned()).collect();
        let found = self.plan.type_of(&held).map(str::to_owned);
        found.ok_or_else(|| Reason::UnknownType { held: held.join(" / ") })
    }

    /// When the present state began, and when it was closed, if it is.
    fn end(&self, state: &str, reported: Time, closed: Option<Time>, remarks: &mut Vec<Remark>) -> End {
        let is_final = self.rules.workflow().state(state).is_some_and(|s| s.is_final);
        match (is_final, closed) {
            (true, Some(at)) => {
                if at < reported {
                    remarks.push(Remark::ClosedBeforeReported);
                }
                End { open: false, since: at, closed_at: Some(at) }
            }
            (true, None) => {
                remarks.push(Remark::ClosedWithoutDate);
                End { open: false, since: reported, closed_at: None }
            }
            (false, closed) => {
                remarks.push(Remark::Open);
                if closed.is_some() {
                    remarks.push(Remark::OpenWithCloseDate);
                }
                End { open: true, since: reported, closed_at: None }
            }
        }
    }

    fn place(&self, record: &StringRecord, remarks: &mut Vec<Remark>) -> Place {
        let mapping = &self.plan.mapping;
        let address = self.joined(record, &mapping.columns.address);
        let address = Some(cut(&address, ADDRESS_CHARS_MAX, remarks)).filter(|a| !a.is_empty());
        let degrees = |column: &Option<String>| {
            column.as_deref().map(|c| self.text(record, c)).filter(|t| !t.is_empty()).map(str::parse::<f64>)
        };
        let point = match (degrees(&mapping.columns.longitude), degrees(&mapping.columns.latitude)) {
            (None, None) => None,
            (Some(Ok(lon)), Some(Ok(lat))) => geo::Point::new(lon, lat).ok().or_else(|| {
                remarks.push(Remark::ImpossiblePlace);
                None
            }),
            _ => {
                remarks.push(Remark::ImpossiblePlace);
                None
            }
        };
        let point = point.map(|p| mapping.coordinates.to_wgs84(p));
        if point.is_none() && address.is_none() {
            remarks.push(Remark::WithoutPlace);
        }
        let grid = point.and_then(|p| self.places.locate(p));
        if point.is_some() && grid.is_none() && self.places.grids().next().is_some() {
            remarks.push(Remark::OutsideAreas);
        }
        let path = grid.map_or_else(|| territory::root_path(self.district), |g| g.path.clone());
        Place { point, address, grid: grid.map(|g| g.id), path }
    }

    fn words(&self, record: &StringRecord, type_code: &str, remarks: &mut Vec<Remark>) -> String {
        let words = cut(&self.joined(record, &self.plan.mapping.columns.words), WORDS_CHARS_MAX, remarks);
        if words.is_empty() { type_code.to_owned() } else { words }
    }

    fn note(&self, record: &StringRecord) -> Option<String> {
        let column = self.plan.mapping.columns.outcome.as_deref()?;
        let note: String =
            self.text(record, column).chars().filter(|c| !c.is_control()).take(WORDS_CHARS_MAX).collect();
        Some(note).filter(|n| !n.is_empty())
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one row")]
    fn case(
        &self,
        external_id: String,
        reported_at: Time,
        due_at: Option<Time>,
        state: &str,
        type_code: &str,
        place: Place,
        words: String,
        end: End,
    ) -> Case {
        let workflow = self.rules.workflow();
        let id = CaseId::new(reported_at);
        let public = self.rules.find_type(self.district, type_code).is_some_and(|t| t.public);
        let content_hash = Sha256::digest(format!("{external_id}\n{words}").as_bytes())[..16].to_vec();
        let mut case = Case {
            district: self.district,
            id,
            number: number_of(id, reported_at, 0),
            workflow_version: i64::from(workflow.version),
            state: state.to_owned(),
            open: end.open,
            type_code: type_code.to_owned(),
            words,
            lon: place.point.map(|p| p.lon()),
            lat: place.point.map(|p| p.lat()),
            address: place.address,
            grid_id: place.grid,
            area_path: place.path,
            source: Source::Import,
            public,
            hidden: false,
            owner_role: workflow.state(state).map_or_else(String::new, |s| s.owner.clone()),
            owner_post: None,
            host_post: None,
            unit_id: None,
            cohosts: Json(Vec::new()),
            clocks: Json(Clocks::default()),
            due_at,
            level: 0,
            progress: Json(Progress::default()),
            explanation: Json(serde_json::Value::Null),
            answers: Json(BTreeMap::new()),
            reported_at,
            state_since: end.since,
            closed_at: end.closed_at,
            rating: None,
            merged_into: None,
            external_id: Some(external_id),
            followers: 0,
            content_hash,
            version: 1,
        };
        if case.open {
            case.owner_post = self.owner(&case);
        }
        case
    }

    /// Whoever would own it had it been reported here.
    fn owner(&self, case: &Case) -> Option<PostId> {
        let (desk, dispatcher) = seats(case, self.places);
        if case.owner_role == "dispatcher" { dispatcher } else { desk.or(dispatcher) }
    }

    fn tokens(&self, case: &Case) -> String {
        let (number, id) = (case.number.replace('-', ""), case.external_id.as_deref().unwrap_or_default());
        let name = self.rules.find_type(self.district, &case.type_code).map_or("", |t| &t.name.zh);
        let address = case.address.as_deref().unwrap_or_default();
        crate::search::tokens(&format!("d{} {number} {id} {} {name} {address}", case.district, case.words))
    }
}

struct End {
    open: bool,
    since: Time,
    closed_at: Option<Time>,
}

struct Place {
    point: Option<geo::Point>,
    address: Option<String>,
    grid: Option<territory::AreaId>,
    path: String,
}

/// Reported, and where it ended: ended as the source noted it.
fn history(case: &Case, note: Option<String>) -> Vec<Entry> {
    let reported = Entry {
        id: EntryId::new(case.reported_at),
        at: case.reported_at,
        action: "report".to_owned(),
        from_state: None,
        to_state: if case.open { case.state.clone() } else { "reported".to_owned() },
        to_post: case.owner_post,
        reason: None,
        note: note.clone().filter(|_| case.open),
        level: 0,
        due_at: case.due_at,
    };
    if case.open {
        return vec![reported];
    }
    let ended = Entry {
        // Told after the report, even where the source's dates say otherwise.
        id: EntryId::new(case.state_since.max(case.reported_at)),
        at: case.state_since,
        action: "import".to_owned(),
        from_state: Some("reported".to_owned()),
        to_state: case.state.clone(),
        to_post: None,
        reason: None,
        note,
        level: 0,
        due_at: None,
    };
    vec![reported, ended]
}

/// Without control characters, and no longer than allowed.
fn cut(text: &str, chars_max: usize, remarks: &mut Vec<Remark>) -> String {
    let clean: String = text.chars().filter(|c| !c.is_control() || *c == '\n').collect();
    match clean.char_indices().nth(chars_max) {
        None => clean,
        Some((at, _)) => {
            remarks.push(Remark::Shortened);
            clean[..at].to_owned()
        }
    }
}
