//! The cells of one row, read by the mapping: values in the catalogue's shapes, the parts of an address, what is wrong with each.

use super::book::{ColumnBook, ImportBook, Table, TableBook, Target};
use super::mapping::Mapping;
use super::trouble::Trouble;
use crate::catalogue::Catalogue;
use crate::model::{self, Kind, Shape, ShapeFault, parse_day};
use jiff::civil::Date;
use platform::Words;
use serde_json::{Map, Value, json};
use sheets::{Cell, DateSystem};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How the rows of one sheet are read.
#[derive(Clone, Debug)]
pub(crate) struct Columns {
    pub catalogue: Arc<Catalogue>,
    pub book: Arc<ImportBook>,
    pub table: Table,
    pub mapping: Mapping,
    pub dates: DateSystem,
    /// The day of the check, in China.
    pub today: Date,
}

/// The values of a row by kind and field, as they will be kept.
pub(crate) type Values = BTreeMap<Kind, BTreeMap<String, Value>>;

/// The rest of a row: what is no field.
#[derive(Clone, Debug, Default)]
pub(crate) struct Beside {
    pub address: String,
    pub estate: String,
    pub building: String,
    pub unit: String,
    pub room: String,
    pub household: String,
    pub from_on: Option<Date>,
    pub area: String,
    pub lon: Option<f64>,
    pub lat: Option<f64>,
    document_kind: String,
    document_number: String,
    contact: Map<String, Value>,
}

impl Columns {
    pub fn table(&self) -> &TableBook {
        self.book.table(self.table)
    }

    /// The column of a record's field, for a fault that concerns it.
    pub fn of_field(&self, kind: Kind, key: &str) -> Option<u16> {
        self.mapping.column_of_field(self.table(), kind, key)
    }

    pub fn of_address(&self) -> Option<u16> {
        self.mapping.column_of_address(self.table())
    }

    pub fn of_target(&self, target: &Target) -> Option<u16> {
        self.mapping.column_of(self.table(), target)
    }

    /// Reads the cells of a row.
    pub fn read(&self, cells: &[Cell]) -> (Values, Beside, Vec<Trouble>) {
        let (mut values, mut beside, mut troubles) = (Values::new(), Beside::default(), Vec::new());
        for (index, key) in (0u16..).zip(&self.mapping.columns) {
            let Some(column) = key.as_ref().and_then(|key| self.table().column(key)) else { continue };
            let cell = cells.get(usize::from(index)).unwrap_or(&Cell::Empty);
            if let Some(fault) = cell.fault() {
                troubles.push(Trouble::new(fault.code(), Some(index), fault.words()));
            } else if cell.is_empty() {
                troubles.extend(missing(column, index));
            } else if let Err(trouble) = self.put(column, index, cell, &mut values, &mut beside) {
                troubles.push(trouble);
            }
        }
        self.put_composed(&mut values, &mut beside, &mut troubles);
        (values, beside, troubles)
    }

    fn put(
        &self,
        column: &ColumnBook,
        index: u16,
        cell: &Cell,
        values: &mut Values,
        beside: &mut Beside,
    ) -> Result<(), Trouble> {
        let wrong = |code, zh, en| Trouble::new(code, Some(index), Words::of(zh, en));
        match &column.target {
            Target::Field(kind, key) => {
                let kept = self.field(*kind, key, column, cell);
                let kept = kept.map_err(|fault| Trouble::new(fault.code, Some(index), fault.words))?;
                values.entry(*kind).or_default().insert(key.clone(), kept);
            }
            Target::DocumentKind => beside.document_kind = cell.text(),
            Target::DocumentNumber => beside.document_number = cell.text_narrow(),
            Target::ContactName => drop(beside.contact.insert("name".into(), json!(cell.text()))),
            Target::ContactPhone => drop(beside.contact.insert("phone".into(), json!(cell.text_narrow()))),
            Target::Address => beside.address = cell.text(),
            Target::Estate => beside.estate = cell.text(),
            Target::Building => beside.building = counted(&cell.text_narrow(), "栋"),
            Target::Unit => beside.unit = counted(&cell.text_narrow(), "单元"),
            Target::Room => beside.room = counted(&cell.text_narrow(), "室"),
            Target::HouseholdNumber => beside.household = cell.text_narrow(),
            Target::Area => beside.area = cell.text_narrow(),
            Target::FromOn => {
                let day = cell.date_in(self.dates).or_else(|| parse_day(&cell.text()));
                let bad = || {
                    wrong(
                        "registry.bad_date",
                        "日期不对，写成 1990-01-02 这样。",
                        "This is no date; write it as 1990-01-02.",
                    )
                };
                let day = day.ok_or_else(bad)?;
                if day > self.today {
                    return Err(wrong(
                        "registry.from_tomorrow",
                        "入住日期在今天之后。",
                        "The day is after today.",
                    ));
                }
                beside.from_on = Some(day);
            }
            Target::Lon | Target::Lat => {
                let bad = || {
                    wrong("registry.bad_point", "经纬度不对，要填度数，如 113.16。", "These are no degrees.")
                };
                let degrees = Some(cell.text_narrow().parse::<f64>().map_err(|_| bad())?);
                match column.target {
                    Target::Lon => beside.lon = degrees,
                    _ => beside.lat = degrees,
                }
            }
        }
        Ok(())
    }

    fn field(&self, kind: Kind, key: &str, column: &ColumnBook, cell: &Cell) -> Result<Value, ShapeFault> {
        let Some(field) = self.catalogue.kind(kind).field(key) else { return Ok(Value::Null) };
        let text = cell.text_ref();
        let value = match field.shape {
            Shape::Date => match cell.date_in(self.dates) {
                Some(day) => json!(day.to_string()),
                None => json!(text),
            },
            Shape::Phones | Shape::Names | Shape::Choices => {
                let entries = text.split(['、', ',', '，', ';', '；', '/', '\n']).map(str::trim);
                json!(entries.filter(|entry| !entry.is_empty()).collect::<Vec<_>>())
            }
            Shape::Choice => match column.values.get(text.as_ref()) {
                Some(code) => json!(code),
                None => json!(text),
            },
            Shape::OrganisationCode | Shape::Code | Shape::Whole | Shape::Area => json!(cell.text_narrow()),
            _ => json!(text),
        };
        Ok(model::check(&self.catalogue, field, &value, self.today)?.0)
    }

    /// Values that stand in several columns: a document with its kind, a contact with its telephone.
    fn put_composed(&self, values: &mut Values, beside: &mut Beside, troubles: &mut Vec<Trouble>) {
        let (kind, number) =
            (std::mem::take(&mut beside.document_kind), std::mem::take(&mut beside.document_number));
        if !number.is_empty() {
            let document =
                if kind.is_empty() { json!(number) } else { json!({ "kind": kind, "number": number }) };
            self.put_whole(Kind::Person, "documents", &document, values, troubles);
        }
        if !beside.contact.is_empty() {
            let contact = Value::Object(std::mem::take(&mut beside.contact));
            let (kind, key) = match self.table {
                Table::Organisations => (Kind::Organisation, "contact"),
                _ => (Kind::Person, "emergency_contact"),
            };
            self.put_whole(kind, key, &contact, values, troubles);
        }
    }

    fn put_whole(
        &self,
        kind: Kind,
        key: &str,
        value: &Value,
        values: &mut Values,
        troubles: &mut Vec<Trouble>,
    ) {
        let Some(field) = self.catalogue.kind(kind).field(key) else { return };
        match model::check(&self.catalogue, field, value, self.today) {
            Ok(kept) => drop(values.entry(kind).or_default().insert(key.to_owned(), kept.0)),
            Err(fault) => troubles.push(Trouble::new(fault.code, self.of_field(kind, key), fault.words)),
        }
    }
}

fn missing(column: &ColumnBook, index: u16) -> Option<Trouble> {
    let words =
        Words::new(format!("要填“{}”。", column.words.zh), format!("{} is missing.", column.words.en));
    column.required.then(|| Trouble::new("registry.missing", Some(index), words))
}

/// A bare number with the word of what it counts: 5 → 5栋.
fn counted(text: &str, word: &str) -> String {
    let is_bare = !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if is_bare { format!("{text}{word}") } else { text.to_owned() }
}
