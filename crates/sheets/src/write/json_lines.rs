//! A table as lines of JSON, one object a row, its fields in the order of the columns.

use super::{Column, RowWriter, check_width};
use crate::cell::Cell;
use platform::Fault;
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

/// Whole numbers below are exact, and written without a point.
const WHOLE_BELOW: f64 = 9_007_199_254_740_992.0;

/// Writes lines of JSON row by row.
pub struct JsonLinesWriter {
    file: BufWriter<File>,
    columns: Vec<Column>,
}

impl JsonLinesWriter {
    /// Begins a file.
    ///
    /// # Errors
    /// The disk.
    pub fn create(path: &Path, columns: &[Column]) -> Result<Self, Fault> {
        Ok(Self { file: BufWriter::new(File::create(path)?), columns: columns.to_vec() })
    }
}

impl RowWriter for JsonLinesWriter {
    fn add_row(&mut self, cells: &[Cell]) -> Result<(), Fault> {
        check_width(cells, self.columns.len())?;
        serde_json::to_writer(&mut self.file, &Line { columns: &self.columns, cells })
            .map_err(std::io::Error::from)?;
        Ok(self.file.write_all(b"\n")?)
    }

    fn finish(mut self: Box<Self>) -> Result<(), Fault> {
        Ok(self.file.flush()?)
    }
}

struct Line<'a> {
    columns: &'a [Column],
    cells: &'a [Cell],
}

impl Serialize for Line<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut line = serializer.serialize_map(Some(self.columns.len()))?;
        for (index, column) in self.columns.iter().enumerate() {
            line.serialize_entry(&column.key, &Value(self.cells.get(index).unwrap_or(&Cell::Empty)))?;
        }
        line.end()
    }
}

/// A cell as a value: dates as ISO 8601 text, nothing as null.
struct Value<'a>(&'a Cell);

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.value() {
            Cell::Empty | Cell::Formula(_) => serializer.serialize_none(),
            Cell::Bool(value) => serializer.serialize_bool(*value),
            Cell::Number(number) if number.fract() == 0.0 && number.abs() < WHOLE_BELOW => {
                serializer.serialize_i64(*number as i64)
            }
            Cell::Number(number) => serializer.serialize_f64(*number),
            Cell::DateTime(moment) => serializer.collect_str(moment),
            other => serializer.serialize_str(&other.text_ref()),
        }
    }
}
