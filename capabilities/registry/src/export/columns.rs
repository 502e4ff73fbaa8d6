//! What a copy may hold of each kind of record: the catalogue's fields, and where it is.

use crate::catalogue::{Catalogue, FieldBook};
use crate::error::RegistryError;
use crate::model::{Kind, Record, Shape};
use crate::view::{Viewer, masked};
use platform::{Problem, Words};
use serde::{Deserialize, Serialize};
use sheets::{Cell, Column, ColumnKind};
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// The kinds of record a copy may be of. Who lives where stands with the people.
pub(crate) const KINDS: &[Kind] =
    &[Kind::Person, Kind::Dwelling, Kind::Place, Kind::Organisation, Kind::Thing];

/// How a copy is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Format {
    Xlsx,
    /// UTF-8 with a mark, as spreadsheet programs want it.
    Csv,
    /// One JSON object a line.
    Jsonl,
}

impl Format {
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Jsonl => "application/x-ndjson",
        }
    }

    pub const fn ending(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Csv => "csv",
            Self::Jsonl => "jsonl",
        }
    }
}

/// A column of a copy.
#[derive(Clone, Debug)]
pub(crate) enum Taken {
    Field(FieldBook),
    AreaCode,
    AreaName,
    Address,
    ResidenceKind(FieldBook),
    Relation(FieldBook),
    Lon,
    Lat,
}

/// A record with what else its line tells.
pub(crate) struct Line<'a> {
    pub record: &'a Record,
    pub address: &'a str,
    pub residence: Option<&'a Record>,
}

impl Taken {
    fn key(&self) -> &str {
        match self {
            Self::Field(field) => &field.key,
            Self::AreaCode => "area_code",
            Self::AreaName => "area_name",
            Self::Address => "address",
            Self::ResidenceKind(_) => "residence_kind",
            Self::Relation(_) => "relation",
            Self::Lon => "lon",
            Self::Lat => "lat",
        }
    }

    fn column(&self) -> Column {
        let title = match self {
            Self::Field(field) | Self::ResidenceKind(field) | Self::Relation(field) => {
                field.words.zh.to_string()
            }
            Self::AreaCode => "网格编码".to_owned(),
            Self::AreaName => "网格".to_owned(),
            Self::Address => "地址".to_owned(),
            Self::Lon => "经度".to_owned(),
            Self::Lat => "纬度".to_owned(),
        };
        let kind = match self {
            Self::Lon | Self::Lat => ColumnKind::Number,
            Self::Field(field) if field.shape == Shape::Whole => ColumnKind::Number,
            _ => ColumnKind::Text,
        };
        Column::text(self.key(), title).of_kind(kind)
    }

    /// The cell of a record; what is sealed and not opened is masked.
    fn cell(&self, viewer: &Viewer, line: &Line<'_>, opened: &BTreeSet<String>) -> Cell {
        let content = &line.record.content;
        let number = |value: Option<f64>| value.map_or(Cell::Empty, Cell::Number);
        match self {
            Self::AreaCode => Cell::from_text(viewer.area(&content.area_path).code),
            Self::AreaName => Cell::from_text(viewer.area(&content.area_path).name),
            Self::Address => Cell::from_text(line.address),
            Self::Lon => number(content.point.map(|point| point.0)),
            Self::Lat => number(content.point.map(|point| point.1)),
            Self::ResidenceKind(field) | Self::Relation(field) => {
                let value = line.residence.and_then(|residence| residence.content.open.get(&field.key));
                value.map_or(Cell::Empty, |value| Cell::from_text(viewer.shown(field, value).zh))
            }
            Self::Field(field) => {
                let Some(value) = content.fields(field.sealed).get(&field.key) else { return Cell::Empty };
                match (field.sealed && !opened.contains(&field.key), value.as_f64()) {
                    (true, _) => Cell::from_text(masked(field, value, viewer.now).zh),
                    (false, Some(whole)) if field.shape == Shape::Whole => Cell::Number(whole),
                    (false, _) => Cell::from_text(viewer.shown(field, value).zh),
                }
            }
        }
    }
}

/// All columns of a kind, in the order of a copy.
fn all_of(catalogue: &Catalogue, kind: Kind) -> Vec<Taken> {
    let mut columns = vec![Taken::AreaCode, Taken::AreaName];
    columns.extend(catalogue.kind(kind).fields.iter().cloned().map(Taken::Field));
    columns.push(Taken::Address);
    let residence = |key: &str| catalogue.kind(Kind::Residence).field(key).cloned();
    if kind == Kind::Person {
        columns.extend(residence("kind").map(Taken::ResidenceKind));
        columns.extend(residence("relation").map(Taken::Relation));
    }
    if matches!(kind, Kind::Place | Kind::Thing) {
        columns.extend([Taken::Lon, Taken::Lat]);
    }
    columns
}

/// The columns asked for, all where none is named.
///
/// # Errors
/// `registry.no_such_column` for one the kind does not have.
pub(crate) fn chosen(
    catalogue: &Catalogue,
    kind: Kind,
    keys: &[String],
) -> Result<Vec<Taken>, RegistryError> {
    let all = all_of(catalogue, kind);
    if keys.is_empty() {
        return Ok(all);
    }
    let find = |key: &String| {
        let found = all.iter().find(|column| column.key() == key).cloned();
        found.ok_or_else(|| {
            let words = Words::new(format!("没有“{key}”这一列。"), format!("There is no column {key}."));
            RegistryError::from(Problem::invalid("registry.no_such_column", "columns", words))
        })
    };
    keys.iter().map(find).collect()
}

/// The heads of a file.
pub(crate) fn heads(columns: &[Taken]) -> Vec<Column> {
    columns.iter().map(Taken::column).collect()
}

/// The cells of a line.
pub(crate) fn cells(
    columns: &[Taken],
    viewer: &Viewer,
    line: &Line<'_>,
    opened: &BTreeSet<String>,
) -> Vec<Cell> {
    columns.iter().map(|column| column.cell(viewer, line, opened)).collect()
}
