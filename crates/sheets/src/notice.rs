//! What a person should be told about a file that is read all the same.

use crate::place::Range;
use crate::text::TextEncoding;
use platform::Words;

/// Something about the file that its sender may not expect to matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// A hidden sheet; it is not read unless asked for.
    HiddenSheet { sheet: String },
    /// Merged cells: the value belongs to the first cell, the others are empty.
    Merged { sheet: String, count: u32, first: Range },
    /// Formulas: what the program last computed is taken, nothing is computed here.
    Formulas { sheet: String, count: u32, first_row: u32 },
    /// The workbook refers to other files; they are not looked at.
    ExternalLinks,
    /// Text in an encoding other than UTF-8.
    Encoded { encoding: TextEncoding },
    /// Rows with more or fewer cells than the first one.
    Ragged { count: u32, first_row: u32 },
}

impl Notice {
    /// Stable; the sentences may be improved.
    pub fn code(&self) -> &'static str {
        match self {
            Self::HiddenSheet { .. } => "sheet.hidden",
            Self::Merged { .. } => "sheet.merged",
            Self::Formulas { .. } => "sheet.formulas",
            Self::ExternalLinks => "sheet.external_links",
            Self::Encoded { .. } => "sheet.encoded",
            Self::Ragged { .. } => "sheet.ragged",
        }
    }

    /// The sentence.
    pub fn words(&self) -> Words {
        match self {
            Self::HiddenSheet { sheet } => Words::new(
                format!("工作表“{sheet}”是隐藏的，没有读取。"),
                format!("Sheet “{sheet}” is hidden and was not read."),
            ),
            Self::Merged { sheet, count, first } => Words::new(
                format!(
                    "工作表“{sheet}”有 {count} 处合并单元格（如 {first}），只有左上角一格有值，其余按空白读取。"
                ),
                format!(
                    "Sheet “{sheet}” has {count} merged ranges ({first} first); only the first cell of each has the value."
                ),
            ),
            Self::Formulas { sheet, count, first_row } => Words::new(
                format!("工作表“{sheet}”有 {count} 个公式（第 {first_row} 行起），读取的是上次计算的结果。"),
                format!(
                    "Sheet “{sheet}” has {count} formulas (from row {first_row}); their last results were read."
                ),
            ),
            Self::ExternalLinks => Words::of(
                "文件引用了其他文件，没有去读取它们。",
                "The file refers to other files; they were not read.",
            ),
            Self::Encoded { encoding } => Words::new(
                format!("文字编码是 {encoding}，已按此读取。"),
                format!("The text is in {encoding} and was read so."),
            ),
            Self::Ragged { count, first_row } => Words::new(
                format!("有 {count} 行的列数与第一行不同（第 {first_row} 行起），请检查逗号和引号。"),
                format!(
                    "{count} rows have another number of columns than the first (from row {first_row}); check commas and quotes."
                ),
            ),
        }
    }
}
