//! The records of a binary workbook ([MS-XLS] 2.4): its sheets, their cells, the shared texts and the formats of numbers. What it does not
//! know it passes over.

use super::broken;
use super::strings::Parts;
use crate::fault::SheetFault;
use std::collections::BTreeMap;

/// Rows and columns of a sheet of this format ([MS-XLS] 2.5.51): what lies beyond is damage.
const COLUMNS: u16 = 256;
/// The version of records this is: that of Excel 97 to 2003.
const BIFF8: u16 = 0x0600;
/// Days between the two beginnings of time of workbooks.
const DAYS_OF_1904: f64 = 1_462.0;

/// Types of records.
mod is {
    pub(super) const FORMULA: u16 = 0x0006;
    pub(super) const EOF: u16 = 0x000a;
    pub(super) const DATE_MODE: u16 = 0x0022;
    pub(super) const FILE_PASS: u16 = 0x002f;
    pub(super) const CONTINUE: u16 = 0x003c;
    pub(super) const BOUND_SHEET: u16 = 0x0085;
    pub(super) const MUL_RK: u16 = 0x00bd;
    pub(super) const XF: u16 = 0x00e0;
    pub(super) const MERGE_CELLS: u16 = 0x00e5;
    pub(super) const SST: u16 = 0x00fc;
    pub(super) const LABEL_SST: u16 = 0x00fd;
    pub(super) const NUMBER: u16 = 0x0203;
    pub(super) const LABEL: u16 = 0x0204;
    pub(super) const BOOL_ERR: u16 = 0x0205;
    pub(super) const STRING: u16 = 0x0207;
    pub(super) const RK: u16 = 0x027e;
    pub(super) const FORMAT: u16 = 0x041e;
    pub(super) const BOF: u16 = 0x0809;
}

/// A workbook as far as a table needs it.
#[derive(Debug, Default)]
pub(super) struct OldBook {
    pub sheets: Vec<OldSheet>,
    texts: Vec<String>,
    /// Formats of numbers by their number, where they are not built in.
    formats: BTreeMap<u16, String>,
    /// The number's format of each cell format.
    of_cells: Vec<u16>,
    is_1904: bool,
}

/// One sheet.
#[derive(Debug, Default)]
pub(super) struct OldSheet {
    pub name: String,
    pub hidden: bool,
    at: usize,
    pub cells: BTreeMap<(u16, u16), Value>,
    /// First and last row, first and last column.
    pub merged: Vec<[u16; 4]>,
}

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Text(String),
    Truth(bool),
    /// A number, and how it is shown.
    Number(f64, Shown),
    /// What a formula could not make, as Excel names it.
    Fault(&'static str),
}

/// How a number is shown.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Shown {
    BuiltIn(u8),
    As(String),
}

/// Reads a workbook's stream.
///
/// # Errors
/// [`SheetFault::OldXls`], [`SheetFault::Encrypted`], [`SheetFault::BrokenXls`].
pub(super) fn read(stream: &[u8]) -> Result<OldBook, SheetFault> {
    let mut book = OldBook::default();
    for record in Records::from(stream, 0) {
        let record = record?;
        match record.kind {
            is::BOF if record.u16(0)? != BIFF8 => return Err(SheetFault::OldXls),
            is::FILE_PASS => return Err(SheetFault::Encrypted),
            is::EOF => break,
            _ => book.note(&record)?,
        }
    }
    let mut sheets = std::mem::take(&mut book.sheets);
    for sheet in &mut sheets {
        book.fill(sheet, stream)?;
    }
    book.sheets = sheets;
    Ok(book)
}

impl OldBook {
    /// Takes what concerns the whole workbook.
    fn note(&mut self, record: &Record<'_>) -> Result<(), SheetFault> {
        match record.kind {
            is::DATE_MODE => self.is_1904 = record.u16(0)? == 1,
            is::FORMAT => {
                let text = Parts::of(vec![record.after(2)?]).text()?;
                self.formats.insert(record.u16(0)?, text);
            }
            is::XF => self.of_cells.push(record.u16(2)?),
            is::BOUND_SHEET => {
                let (state, kind) = (record.byte(4)?, record.byte(5)?);
                let name = Parts::of(vec![record.after(6)?]).short_text()?;
                // Charts and macro sheets hold no table.
                if kind == 0 {
                    let at = record.u32(0)? as usize;
                    self.sheets.push(OldSheet { name, hidden: state & 3 != 0, at, ..OldSheet::default() });
                }
            }
            is::SST => {
                let mut parts = Parts::of(record.parts.clone());
                let (_, count) = (parts.u32()?, parts.u32()?);
                for _ in 0..count {
                    self.texts.push(parts.text()?);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Takes the cells of a sheet; what lies within a chart of it is passed over.
    fn fill(&self, sheet: &mut OldSheet, stream: &[u8]) -> Result<(), SheetFault> {
        let (mut depth, mut awaits) = (0, None);
        for record in Records::from(stream, sheet.at) {
            let record = record?;
            match record.kind {
                is::BOF => depth += 1,
                is::EOF if depth <= 1 => return Ok(()),
                is::EOF => depth -= 1,
                _ if depth == 1 => awaits = self.take(sheet, &record, awaits)?,
                _ => {}
            }
        }
        Err(broken(format!("the sheet {} has no end", sheet.name)))
    }

    /// Takes one record of a sheet; answers the cell whose text is to follow.
    fn take(
        &self,
        sheet: &mut OldSheet,
        record: &Record<'_>,
        awaits: Option<(u16, u16)>,
    ) -> Result<Option<(u16, u16)>, SheetFault> {
        let mut put = |at: (u16, u16), value: Value| {
            if at.1 >= COLUMNS {
                return Err(broken(format!("a cell in column {} of {COLUMNS}", at.1)));
            }
            sheet.cells.insert(at, value);
            Ok(())
        };
        match record.kind {
            is::LABEL_SST => {
                let index = record.u32(6)? as usize;
                let text =
                    self.texts.get(index).ok_or_else(|| broken(format!("there is no text {index}")))?;
                put(record.cell()?, Value::Text(text.clone()))?;
            }
            is::LABEL => put(record.cell()?, Value::Text(Parts::of(vec![record.after(6)?]).text()?))?,
            is::NUMBER => put(record.cell()?, self.number(record.f64(6)?, record.u16(4)?))?,
            is::RK => put(record.cell()?, self.number(rk(record.u32(6)?), record.u16(4)?))?,
            is::MUL_RK => {
                let (row, first) = record.cell()?;
                let count = record.parts.first().map_or(0, |part| part.len().saturating_sub(6) / 6);
                for number in 0..count {
                    let (format, value) = (record.u16(4 + number * 6)?, record.u32(6 + number * 6)?);
                    put((row, first.saturating_add(number as u16)), self.number(rk(value), format))?;
                }
            }
            is::BOOL_ERR => put(record.cell()?, truth_or_fault(record.byte(6)?, record.byte(7)?))?,
            is::FORMULA => match formula(record)? {
                Made::TextFollows => return Ok(Some(record.cell()?)),
                Made::Nothing => {}
                Made::Value(value) => put(record.cell()?, value)?,
                Made::Number(number) => put(record.cell()?, self.number(number, record.u16(4)?))?,
            },
            is::STRING => {
                if let Some(at) = awaits {
                    put(at, Value::Text(Parts::of(record.parts.clone()).text()?))?;
                }
            }
            is::MERGE_CELLS => {
                for number in 0..usize::from(record.u16(0)?) {
                    let at = |corner: usize| record.u16(2 + number * 8 + corner * 2);
                    sheet.merged.push([at(0)?, at(1)?, at(2)?, at(3)?]);
                }
            }
            // Between a formula and its text stand records of arrays and shared formulas.
            _ => return Ok(awaits),
        }
        Ok(None)
    }

    fn number(&self, value: f64, cell_format: u16) -> Value {
        let number = self.of_cells.get(usize::from(cell_format)).copied().unwrap_or_default();
        let shown = match self.formats.get(&number) {
            Some(text) => Shown::As(text.clone()),
            None => Shown::BuiltIn(u8::try_from(number).unwrap_or_default()),
        };
        let moved = self.is_1904 && shown.is_date();
        Value::Number(if moved { value + DAYS_OF_1904 } else { value }, shown)
    }
}

impl Shown {
    /// Whether a number stands for a day or a time.
    fn is_date(&self) -> bool {
        match self {
            Self::BuiltIn(number) => matches!(number, 14..=22 | 27..=36 | 45..=47 | 50..=58),
            Self::As(text) => {
                let outside = text.split('"').step_by(2).collect::<String>().to_ascii_lowercase();
                !outside.contains("general") && outside.contains(['y', 'd', 'h', 's', '年', '月', '日'])
            }
        }
    }
}

/// What a formula made.
enum Made {
    Value(Value),
    Number(f64),
    TextFollows,
    Nothing,
}

fn formula(record: &Record<'_>) -> Result<Made, SheetFault> {
    if record.u16(12)? != 0xffff {
        return Ok(Made::Number(record.f64(6)?));
    }
    Ok(match record.byte(6)? {
        0 => Made::TextFollows,
        1 => Made::Value(truth_or_fault(record.byte(8)?, 0)),
        2 => Made::Value(truth_or_fault(record.byte(8)?, 1)),
        _ => Made::Nothing,
    })
}

/// [MS-XLS] 2.5.10.
fn truth_or_fault(value: u8, is_fault: u8) -> Value {
    if is_fault == 0 {
        return Value::Truth(value != 0);
    }
    Value::Fault(match value {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x0f => "#VALUE!",
        0x17 => "#REF!",
        0x1d => "#NAME?",
        0x24 => "#NUM!",
        _ => "#N/A",
    })
}

/// A number in four bytes ([MS-XLS] 2.5.122): thirty bits of a whole or of a broken number, perhaps a hundred times too large.
fn rk(bits: u32) -> f64 {
    let value = match bits & 2 {
        0 => f64::from_bits(u64::from(bits & !3) << 32),
        _ => f64::from(bits as i32 >> 2),
    };
    if bits & 1 == 0 { value } else { value / 100.0 }
}

/// One record with those that continue it.
struct Record<'b> {
    kind: u16,
    parts: Vec<&'b [u8]>,
}

impl<'b> Record<'b> {
    fn after(&self, at: usize) -> Result<&'b [u8], SheetFault> {
        let part = self.parts.first().copied().unwrap_or_default();
        part.get(at..).ok_or_else(|| broken(format!("the record {:#06x} is too short", self.kind)))
    }

    fn array<const N: usize>(&self, at: usize) -> Result<[u8; N], SheetFault> {
        let short = || broken(format!("the record {:#06x} is too short", self.kind));
        self.after(at)?.first_chunk().copied().ok_or_else(short)
    }

    fn byte(&self, at: usize) -> Result<u8, SheetFault> {
        self.array::<1>(at).map(|[byte]| byte)
    }

    fn u16(&self, at: usize) -> Result<u16, SheetFault> {
        self.array(at).map(u16::from_le_bytes)
    }

    fn u32(&self, at: usize) -> Result<u32, SheetFault> {
        self.array(at).map(u32::from_le_bytes)
    }

    fn f64(&self, at: usize) -> Result<f64, SheetFault> {
        self.array(at).map(f64::from_le_bytes)
    }

    /// Row and column, with which every record of a cell begins.
    fn cell(&self) -> Result<(u16, u16), SheetFault> {
        Ok((self.u16(0)?, self.u16(2)?))
    }
}

/// The records from a place on.
struct Records<'b> {
    stream: &'b [u8],
    at: usize,
}

impl<'b> Records<'b> {
    fn from(stream: &'b [u8], at: usize) -> Self {
        Self { stream, at }
    }

    fn head(&self) -> Option<(u16, usize)> {
        let head: [u8; 4] = *self.stream.get(self.at..)?.first_chunk()?;
        Some((u16::from_le_bytes([head[0], head[1]]), usize::from(u16::from_le_bytes([head[2], head[3]]))))
    }

    fn body(&mut self, bytes: usize) -> Result<&'b [u8], SheetFault> {
        let from = self.at + 4;
        let body =
            self.stream.get(from..from + bytes).ok_or_else(|| broken("the file ends within a record"))?;
        self.at = from + bytes;
        Ok(body)
    }
}

impl<'b> Iterator for Records<'b> {
    type Item = Result<Record<'b>, SheetFault>;

    fn next(&mut self) -> Option<Self::Item> {
        let (kind, bytes) = self.head()?;
        let mut parts = Vec::new();
        let mut next = Some(bytes);
        while let Some(bytes) = next {
            match self.body(bytes) {
                Ok(body) => parts.push(body),
                Err(fault) => {
                    self.at = self.stream.len();
                    return Some(Err(fault));
                }
            }
            next = self.head().filter(|(kind, _)| *kind == is::CONTINUE).map(|(_, bytes)| bytes);
        }
        Some(Ok(Record { kind, parts }))
    }
}

#[cfg(test)]
mod tests {
    //! Numbers as they are packed.
    use super::{Shown, rk};

    #[test]
    fn four_bytes_are_a_number() {
        let rows = [(0x4059_0000, 100.0), (0x0000_0192, 100.0), (0x0000_0193, 1.0), (0xffff_fffe, -1.0)];
        for (bits, number) in rows {
            assert_eq!(rk(bits), number, "{bits:#x}");
        }
    }

    #[test]
    fn a_format_says_whether_it_is_a_day() {
        let custom = |text: &str| Shown::As(text.to_owned());
        assert!(
            Shown::BuiltIn(14).is_date() && custom("yyyy\"年\"m\"月\"").is_date() && custom("h:mm").is_date()
        );
        assert!(
            !Shown::BuiltIn(2).is_date() && !custom("0.00\"day\"").is_date() && !custom("General").is_date()
        );
    }
}
