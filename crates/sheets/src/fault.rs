//! Why a file is not read as a spreadsheet: a stable code, a sentence in both languages, and the place where it is known.

use crate::place::{Place, column_name};
use http::StatusCode;
use platform::limits::MIB;
use platform::{Fault, Problem, Refusal, Words};
use std::io;

/// A file, or a place in it, that is refused. Only [`SheetFault::Disk`] is the house's own trouble; the rest is the file's.
#[derive(Debug, thiserror::Error)]
pub enum SheetFault {
    /// Neither a workbook nor a table in text.
    #[error("not a spreadsheet")]
    NotASheet,
    /// The file is larger than `Limits::file_bytes_max` or `text_bytes_max`.
    #[error("the file has {bytes} bytes, the limit is {bytes_max}")]
    TooLarge { bytes: u64, bytes_max: u64 },
    /// The parts unpack to more than `Limits::unpacked_bytes_max`, or than a program may hold of them.
    #[error("the file unpacks to more than {bytes_max} bytes")]
    UnpacksTooLarge { bytes_max: u64 },
    /// A binary workbook of before Excel 97.
    #[error("a workbook of before Excel 97")]
    OldXls,
    /// A binary workbook of 1997 to 2003 that is not what the format says.
    #[error("the workbook is broken: {why}")]
    BrokenXls { why: String },
    /// Protected with a password.
    #[error("the workbook is encrypted")]
    Encrypted,
    /// A workbook with macros.
    #[error("the workbook has macros")]
    HasMacros,
    /// More rows that hold something than `Limits::rows_max`.
    #[error("more than {rows_max} rows")]
    TooManyRows { place: Place, rows_max: u32 },
    /// A column that holds something beyond `Limits::columns_max`.
    #[error("more than {columns_max} columns")]
    TooManyColumns { place: Place, columns_max: u16 },
    /// A cell with more characters than `Limits::cell_chars_max`.
    #[error("a cell with more than {chars_max} characters")]
    CellTooLong { place: Place, chars_max: usize },
    /// A part that is not what the format says: `part` is its path within the file, `byte` where reading stopped.
    #[error("{part} is broken at byte {byte}: {why}")]
    BrokenXml { part: String, byte: u64, why: String },
    /// A part with a document type: entities could be declared in it, and no spreadsheet program writes one.
    #[error("{part} declares a document type")]
    ForbiddenXml { part: String },
    /// The container cannot be unpacked.
    #[error("the container is broken: {why}")]
    BrokenZip { why: String },
    /// Text that is neither UTF-8, UTF-16 with a mark, nor GB18030; or a NUL byte in it.
    #[error("the text is in no known encoding")]
    Encoding,
    /// There is no such sheet, or none at all.
    #[error("there is no sheet {index}")]
    NoSuchSheet { index: usize },
    /// The disk, not the file.
    #[error("reading the file failed")]
    Disk(#[from] io::Error),
}

impl SheetFault {
    /// Stable; the sentences may be improved.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotASheet => "sheet.not_a_sheet",
            Self::TooLarge { .. } => "sheet.too_large",
            Self::UnpacksTooLarge { .. } => "sheet.unpacks_too_large",
            Self::OldXls => "sheet.old_xls",
            Self::Encrypted => "sheet.encrypted",
            Self::HasMacros => "sheet.has_macros",
            Self::TooManyRows { .. } => "sheet.too_many_rows",
            Self::TooManyColumns { .. } => "sheet.too_many_columns",
            Self::CellTooLong { .. } => "sheet.cell_too_long",
            Self::BrokenXml { .. } => "sheet.broken_xml",
            Self::ForbiddenXml { .. } => "sheet.forbidden_xml",
            Self::BrokenZip { .. } => "sheet.broken_zip",
            Self::BrokenXls { .. } => "sheet.broken_xls",
            Self::Encoding => "sheet.encoding",
            Self::NoSuchSheet { .. } => "sheet.no_such_sheet",
            Self::Disk(_) => "sheet.disk",
        }
    }

    /// The place it concerns, as far as it is known.
    pub fn place(&self) -> Option<&Place> {
        match self {
            Self::TooManyRows { place, .. }
            | Self::TooManyColumns { place, .. }
            | Self::CellTooLong { place, .. } => Some(place),
            _ => None,
        }
    }

    /// What is wrong and what to do now.
    pub fn words(&self) -> Words {
        self.words_of_kind().or_else(|| self.words_of_limit()).unwrap_or_else(|| self.words_of_damage())
    }

    fn words_of_kind(&self) -> Option<Words> {
        Some(match self {
            Self::NotASheet => Words::of(
                "这不是电子表格。请用 Excel 或 WPS 另存为 .xlsx 或 .csv 后再上传。",
                "This is not a spreadsheet. Save it as .xlsx or .csv in Excel or WPS, then send it again.",
            ),
            Self::OldXls => Words::of(
                "这是 1997 年以前的旧格式。请打开后另存为 .xlsx 再上传。",
                "This is a file of before 1997. Open it, save it as .xlsx, then send it again.",
            ),
            Self::Encrypted => Words::of(
                "文件设有密码。请在 Excel 或 WPS 中取消密码后再上传。",
                "The file has a password. Remove it in Excel or WPS, then send it again.",
            ),
            Self::HasMacros => Words::of(
                "文件带有宏，不能上传。请另存为不带宏的 .xlsx。",
                "The file has macros and is not accepted. Save it as an .xlsx without macros.",
            ),
            Self::Encoding => Words::of(
                "文字编码无法识别。请另存为“CSV UTF-8”或 .xlsx 后再上传。",
                "The encoding of the text is not known. Save it as “CSV UTF-8” or .xlsx, then send it again.",
            ),
            Self::NoSuchSheet { .. } => {
                Words::of("文件里没有这张工作表。", "There is no such sheet in the file.")
            }
            _ => return None,
        })
    }

    fn words_of_limit(&self) -> Option<Words> {
        Some(match self {
            Self::TooLarge { bytes_max, .. } => Words::new(
                format!("文件太大，最多 {} MB。请分成几个文件上传。", bytes_max / MIB),
                format!(
                    "The file is too large; at most {} MB. Split it into several files.",
                    bytes_max / MIB
                ),
            ),
            Self::UnpacksTooLarge { bytes_max } => Words::new(
                format!("文件解压后超过 {} MB，不再读取。请只保留需要的工作表和行。", bytes_max / MIB),
                format!(
                    "The file unpacks to more than {} MB. Keep only the sheets and rows needed.",
                    bytes_max / MIB
                ),
            ),
            Self::TooManyRows { place, rows_max } => Words::new(
                format!("{}行数太多，最多 {rows_max} 行。请分成几个文件上传。", said_zh(place)),
                format!("{}Too many rows; at most {rows_max}. Split it into several files.", said_en(place)),
            ),
            Self::TooManyColumns { place, columns_max } => Words::new(
                format!("{}列数太多，最多 {columns_max} 列。请删去不需要的列。", said_zh(place)),
                format!(
                    "{}Too many columns; at most {columns_max}. Remove those not needed.",
                    said_en(place)
                ),
            ),
            Self::CellTooLong { place, chars_max } => Words::new(
                format!("{}单元格内容太长，最多 {chars_max} 个字。", said_zh(place)),
                format!("{}The cell is too long; at most {chars_max} characters.", said_en(place)),
            ),
            _ => return None,
        })
    }

    fn words_of_damage(&self) -> Words {
        match self {
            Self::ForbiddenXml { .. } => Words::of(
                "文件内部含有不允许的定义，不是正常保存的电子表格，不能上传。",
                "The file holds declarations that no spreadsheet program writes. It is not accepted.",
            ),
            Self::Disk(_) => Words::of(
                "读取文件时系统出错，请稍后再试。",
                "The system failed while reading the file. Please try again shortly.",
            ),
            _ => Words::of(
                "文件已损坏，无法读完。请用 Excel 或 WPS 打开、另存一份后再上传。",
                "The file is damaged. Open it in Excel or WPS, save a new copy, then send it again.",
            ),
        }
    }
}

fn said_zh(place: &Place) -> String {
    let mut said = String::new();
    if let Some(sheet) = &place.sheet {
        said += &format!("工作表“{sheet}”");
    }
    if let Some(row) = place.row {
        said += &format!("第 {row} 行");
    }
    if let Some(column) = place.column {
        said += &format!(" {} 列", column_name(column));
    }
    if said.is_empty() { said } else { said + "：" }
}

fn said_en(place: &Place) -> String {
    let sheet = place.sheet.as_ref().map(|sheet| format!("sheet “{sheet}”"));
    let row = place.row.map(|row| format!("row {row}"));
    let column = place.column.map(|column| format!("column {}", column_name(column)));
    let said: Vec<String> = [sheet, row, column].into_iter().flatten().collect();
    if said.is_empty() { String::new() } else { format!("In {}: ", said.join(", ")) }
}

impl Refusal for SheetFault {
    fn problem(&self) -> Problem {
        let status = match self {
            Self::Disk(error) => return Problem::from(&Fault::from(io::Error::from(error.kind()))),
            Self::TooLarge { .. } | Self::UnpacksTooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::NotASheet | Self::OldXls | Self::Encrypted | Self::HasMacros => {
                StatusCode::UNSUPPORTED_MEDIA_TYPE
            }
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        };
        let problem = Problem::new(status, self.code(), self.words()).field("file");
        match self.place() {
            Some(place) => problem.with("place", place),
            None => problem,
        }
    }
}

#[cfg(test)]
mod tests {
    //! What a clerk reads.
    use super::SheetFault;
    use crate::place::Place;
    use platform::Refusal;

    #[test]
    fn a_limit_names_its_place() {
        let fault = SheetFault::CellTooLong { place: Place::cell("人员", 12, 27), chars_max: 2_000 };
        let words = fault.words();
        assert_eq!(words.zh, "工作表“人员”第 12 行 AB 列：单元格内容太长，最多 2000 个字。");
        assert_eq!(
            words.en,
            "In sheet “人员”, row 12, column AB: The cell is too long; at most 2000 characters."
        );
        assert_eq!(fault.problem().extra["place"]["row"], 12);
    }

    #[test]
    fn the_disk_is_not_the_files_fault() {
        let fault = SheetFault::Disk(std::io::Error::from(std::io::ErrorKind::StorageFull));
        assert_eq!(fault.problem().status, 507);
        assert_eq!(SheetFault::OldXls.problem().status, 415);
    }
}
