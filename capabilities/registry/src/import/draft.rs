//! A row as it will be decided on: its values, where it is, what is wrong with it by itself. Needs no database.

use super::book::{Table, Target};
use super::columns::{Beside, Columns, Values};
use super::trouble::Trouble;
use crate::commands::fill_from_document;
use crate::model::address::{self, Parts};
use crate::model::rules::check_record;
use crate::model::{Content, Kind, Origin};
use geo::Point;
use jiff::civil::Date;
use platform::Words;
use serde_json::Value;
use sheets::Cell;

/// A row of a table.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    /// Its number in the sheet, from 1.
    pub row: u32,
    /// As it came, for the error workbook.
    pub cells: Vec<Cell>,
    pub values: Values,
    /// Where it is, taken apart; nothing where no address is written.
    pub address: Option<Parts>,
    pub household: String,
    pub from_on: Option<Date>,
    /// The code of a grid or community.
    pub area: String,
    pub point: Option<Point>,
    pub troubles: Vec<Trouble>,
}

impl Draft {
    /// Reads a row and checks all that needs no other row and no register.
    pub fn read(columns: &Columns, row: u32, cells: &[Cell], origin: &Origin) -> Self {
        let (values, beside, mut troubles) = columns.read(cells);
        let mut values = values;
        check_kinds(columns, &mut values, origin, &mut troubles);
        let point = point_of(columns, &beside, &mut troubles);
        let address = address_of(columns, &beside, &mut troubles);
        Self {
            row,
            cells: cells.to_vec(),
            values,
            address,
            household: beside.household,
            from_on: beside.from_on,
            area: beside.area,
            point,
            troubles,
        }
    }

    /// A value of the row.
    pub fn value(&self, kind: Kind, key: &str) -> Option<&Value> {
        self.values.get(&kind)?.get(key)
    }

    pub fn text(&self, kind: Kind, key: &str) -> &str {
        self.value(kind, key).and_then(Value::as_str).unwrap_or_default()
    }

    /// The numbers of the person's documents.
    pub fn documents(&self) -> impl Iterator<Item = &str> {
        let entries = self.value(Kind::Person, "documents").and_then(Value::as_array);
        entries.into_iter().flatten().filter_map(|entry| entry["number"].as_str())
    }

    pub fn is_clean(&self) -> bool {
        self.troubles.is_empty()
    }
}

/// The rules within one record; what a document says of birth and sex is taken where the table does not.
fn check_kinds(columns: &Columns, values: &mut Values, origin: &Origin, troubles: &mut Vec<Trouble>) {
    for (kind, fields) in values.iter_mut() {
        let book = columns.catalogue.kind(*kind);
        let mut content = Content::new(String::new());
        for (key, value) in fields.iter() {
            let is_sealed = book.field(key).is_some_and(|field| field.sealed);
            content.set(is_sealed, key, Some(value.clone()), origin);
        }
        if *kind == Kind::Person {
            fill_from_document(&mut content, *kind, origin, columns.today);
            for key in ["birth_on", "sex"] {
                if let Some(value) = content.open.get(key) {
                    fields.insert(key.to_owned(), value.clone());
                }
            }
        }
        if let Err((field, fault)) = check_record(&columns.catalogue, *kind, &content, columns.today) {
            troubles.push(Trouble::new(fault.code, columns.of_field(*kind, field), fault.words));
        }
    }
}

fn point_of(columns: &Columns, beside: &Beside, troubles: &mut Vec<Trouble>) -> Option<Point> {
    let (lon, lat) = match (beside.lon, beside.lat) {
        (Some(lon), Some(lat)) => (lon, lat),
        (None, None) => return None,
        _ => (f64::NAN, f64::NAN),
    };
    let point = Point::new(lon, lat).ok();
    if point.is_none() {
        let words =
            Words::of("经纬度不对，两列都要填。", "These are no coordinates; both columns are needed.");
        troubles.push(Trouble::new("registry.bad_point", columns.of_target(&Target::Lon), words));
    }
    point
}

fn address_of(columns: &Columns, beside: &Beside, troubles: &mut Vec<Trouble>) -> Option<Parts> {
    let whole = address::parse(&beside.address);
    let text = match whole.building.is_some() || whole.number.is_some() {
        true => beside.address.clone(),
        false => [&beside.address, &beside.estate, &beside.building, &beside.unit, &beside.room]
            .map(String::as_str)
            .concat(),
    };
    let parts = address::parse(&text);
    let needs_home = matches!(columns.table, Table::People | Table::Homes);
    let (code, words) = match (text.trim().is_empty(), parts.is_empty()) {
        (true, _) if needs_home => {
            ("registry.no_address", Words::of("没有地址，不知道住在哪里。", "There is no address."))
        }
        (false, true) => (
            "registry.bad_address",
            Words::of("地址看不懂，写成“小区+栋+单元+室”。", "This address cannot be read."),
        ),
        (true, _) => return None,
        (false, false) => return Some(parts),
    };
    troubles.push(Trouble::new(code, columns.of_address(), words));
    None
}
