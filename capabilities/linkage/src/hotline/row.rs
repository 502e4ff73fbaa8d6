//! One row of a hotline's table becomes a work order, or the faults of its cells. Pure.

use super::book::HotlineBook;
use super::http::{WorkOrderPlace, phone, place};
use crate::error::LinkageError;
use crate::model::work_order::{DemandKind, WorkOrder};
use jiff::civil::{DateTime, Time as TimeOfDay};
use jiff::tz::{TimeZone, offset};
use platform::{Refusal, Time, Words};
use serde::Serialize;
use sheets::{Cell, column_name, parse_date};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// China has kept one offset since 1991.
const CHINA_HOURS: i8 = 8;
/// How people say that there is something new.
const YES: [&str; 6] = ["是", "有", "1", "true", "yes", "y"];

/// A cell that does not hold, or a row that was refused as a whole.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub(crate) struct TableFault {
    /// As the spreadsheet program counts.
    pub row: u32,
    /// `A`, `B`, …; absent where it concerns the whole row, or a column that is not there.
    pub column: Option<String>,
    /// The heading of the column.
    pub heading: String,
    /// The field of a work order.
    pub field: String,
    pub code: String,
    pub words: Words,
}

/// Which column holds which field: the field, the column from 0, and its heading in this table.
#[derive(Clone, Debug, Default)]
pub(super) struct Columns(pub BTreeMap<&'static str, (u16, String)>);

impl Columns {
    /// By the headings of a row; of two that mean the same the first counts.
    pub fn read(names: &[String], book: &HotlineBook) -> Self {
        let mut found = BTreeMap::new();
        for (at, name) in names.iter().enumerate() {
            if let (Some(field), Ok(at)) = (book.column(name), u16::try_from(at)) {
                found.entry(field).or_insert_with(|| (at, name.clone()));
            }
        }
        Self(found)
    }

    /// Fields without which no row is a work order, that no column holds.
    pub fn missing(&self) -> Vec<&'static str> {
        let needed =
            ["number", "received_at", "words"].into_iter().filter(|field| !self.0.contains_key(field));
        let mut missing: Vec<_> = needed.collect();
        let has_point = self.0.contains_key("lon") && self.0.contains_key("lat");
        if !has_point && !self.0.contains_key("address") {
            missing.push("address");
        }
        missing
    }

    fn cell<'a>(&self, field: &str, cells: &'a [Cell]) -> &'a Cell {
        const EMPTY: &Cell = &Cell::Empty;
        self.0.get(field).and_then(|(at, _)| cells.get(usize::from(*at))).unwrap_or(EMPTY)
    }

    /// What a refusal says of a row, with the column it concerns.
    pub fn fault(&self, row: u32, refused: &LinkageError, book: &HotlineBook) -> TableFault {
        let problem = refused.problem();
        let named = problem.field.clone().unwrap_or_default();
        let field = field_of(&named);
        let column = self.0.get(field.as_str());
        TableFault {
            row,
            column: column.map(|(at, _)| column_name(*at)),
            heading: column.map_or_else(|| book.heading(&field).to_owned(), |(_, heading)| heading.clone()),
            field,
            code: problem.code.to_string(),
            words: Words::new(problem.title, problem.title_en),
        }
    }
}

/// The field of a work order that a refusal of cases means.
fn field_of(named: &str) -> String {
    match named {
        "place" | "grid" => "address",
        "reporter_phone" => "caller_phone",
        "reporter_name" => "caller_name",
        "seen_at" => "received_at",
        "" => "number",
        other => other,
    }
    .to_owned()
}

/// Reads a row; every cell that does not hold is told.
pub(super) fn read(
    row: u32,
    cells: &[Cell],
    columns: &Columns,
    source: &str,
    book: &HotlineBook,
) -> Result<WorkOrder, Vec<TableFault>> {
    let mut reader = Reader { row, cells, columns, book, faults: Vec::new() };
    let number = reader.text("number");
    let received_at = reader.keep(|r| r.moment("received_at")).flatten();
    let kind = reader.keep(Reader::kind);
    let promised_at = reader.keep(|r| r.moment("promised_at")).flatten();
    let caller_phone = reader.keep(|r| phone(&r.text("caller_phone"))).flatten();
    let place = reader.keep(|r| place(r.place()?));
    if received_at.is_none() && reader.faults.iter().all(|fault| fault.field != "received_at") {
        reader.refuse(&missing("received_at"));
    }
    match (received_at, kind, place) {
        (Some(received_at), Some(kind), Some(place)) if reader.faults.is_empty() => Ok(WorkOrder {
            source: source.to_owned(),
            number,
            received_at,
            kind,
            words: reader.text("words"),
            place,
            caller_name: Some(reader.text("caller_name")).filter(|name| !name.is_empty()),
            caller_phone,
            promised_at,
            classification: Some(reader.text("classification")).filter(|text| !text.is_empty()),
            new_facts: YES.contains(&reader.text("new_facts").to_lowercase().as_str()),
        }),
        _ => Err(reader.faults),
    }
}

fn missing(field: &'static str) -> LinkageError {
    LinkageError::invalid(field, "linkage.cell_missing", "这一格没有填。", "This cell is empty.")
}

struct Reader<'a> {
    row: u32,
    cells: &'a [Cell],
    columns: &'a Columns,
    book: &'a HotlineBook,
    faults: Vec<TableFault>,
}

impl Reader<'_> {
    fn text(&self, field: &str) -> String {
        self.columns.cell(field, self.cells).text()
    }

    /// A value, or a fault that is noted.
    fn keep<T>(&mut self, read: impl FnOnce(&Self) -> Result<T, LinkageError>) -> Option<T> {
        match read(self) {
            Ok(value) => Some(value),
            Err(refused) => {
                self.refuse(&refused);
                None
            }
        }
    }

    fn refuse(&mut self, refused: &LinkageError) {
        self.faults.push(self.columns.fault(self.row, refused, self.book));
    }

    fn kind(&self) -> Result<DemandKind, LinkageError> {
        let text = self.text("kind");
        if text.is_empty() {
            // Most calls want something done.
            return Ok(DemandKind::Help);
        }
        DemandKind::read(&text).ok_or_else(|| {
            let known: Vec<_> = DemandKind::ALL.iter().map(|kind| kind.words()).collect();
            let zh: Vec<&str> = known.iter().map(|words| &*words.zh).collect();
            let en: Vec<&str> = known.iter().map(|words| &*words.en).collect();
            LinkageError::invalid(
                "kind",
                "linkage.bad_kind",
                format!("诉求类型应为：{}。", zh.join("、")),
                format!("The kind is one of: {}.", en.join(", ")),
            )
        })
    }

    fn moment(&self, field: &'static str) -> Result<Option<Time>, LinkageError> {
        let cell = self.columns.cell(field, self.cells);
        if cell.is_empty() {
            return Ok(None);
        }
        let refused = || {
            LinkageError::invalid(
                field,
                "linkage.bad_moment",
                "时间不对，请写成 2026-03-02 09:15。",
                "Not a moment: write it as 2026-03-02 09:15.",
            )
        };
        let there = match cell.value() {
            Cell::DateTime(moment) => Some(*moment),
            Cell::Text(_) => read_moment(&cell.text_narrow()),
            _ => cell.date().map(|day| day.to_datetime(TimeOfDay::midnight())),
        };
        let zoned = there.and_then(|moment| moment.to_zoned(TimeZone::fixed(offset(CHINA_HOURS))).ok());
        zoned.map(|zoned| Some(Time::from(zoned.timestamp()))).ok_or_else(refused)
    }

    fn place(&self) -> Result<WorkOrderPlace, LinkageError> {
        let degrees = |field: &'static str| -> Result<Option<f64>, LinkageError> {
            let text = self.columns.cell(field, self.cells).text_narrow();
            if text.is_empty() {
                return Ok(None);
            }
            text.parse().map(Some).map_err(|_| {
                let zh = "经纬度应为数字，如 113.11。";
                LinkageError::invalid(
                    field,
                    "linkage.bad_degrees",
                    zh,
                    "Degrees are a number such as 113.11.",
                )
            })
        };
        let address = Some(self.text("address")).filter(|text| !text.is_empty());
        Ok(WorkOrderPlace { lon: degrees("lon")?, lat: degrees("lat")?, crs: None, address })
    }
}

/// A day and perhaps a time of day, as people and systems write them.
fn read_moment(text: &str) -> Option<DateTime> {
    let (day, time) = text.split_once(['T', ' ']).unwrap_or((text, ""));
    let day = parse_date(day.trim())?;
    let time = time.trim();
    if time.is_empty() {
        return Some(day.to_datetime(TimeOfDay::midnight()));
    }
    let mut parts = time.split(':').map(|part| part.trim().parse::<i8>().ok());
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next().unwrap_or(Some(0))?);
    let time = TimeOfDay::new(hour, minute, second, 0).ok().filter(|_| parts.next().is_none())?;
    Some(day.to_datetime(time))
}

#[cfg(test)]
mod tests {
    //! Moments as they stand in cells.
    use super::read_moment;

    #[test]
    fn moments_are_read_as_they_are_written() {
        let rows = [
            ("2026-03-02 09:15", Some("2026-03-02T09:15:00")),
            ("2026/3/2 9:15:30", Some("2026-03-02T09:15:30")),
            ("2026-03-02T09:15:00", Some("2026-03-02T09:15:00")),
            ("2026-03-02", Some("2026-03-02T00:00:00")),
            ("2026-03-02 25:00", None),
            ("2026-03-02 9", None),
            ("2026-03-02 9:15:30:1", None),
            ("昨天", None),
        ];
        for (text, expected) in rows {
            assert_eq!(read_moment(text).map(|m| m.to_string()).as_deref(), expected, "{text}");
        }
    }
}
