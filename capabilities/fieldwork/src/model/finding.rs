//! What is found in a workbook and in answers, as it is answered and kept: a code, where, and a sentence in both languages.

use forms::{AnswerFault, At, Change, Difference, FormFault, Unsupported};
use platform::Words;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Something in a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FormFinding {
    /// Stable.
    pub code: String,
    /// Of the workbook, where it is known: the sheet, the row it shows, and the head of the column.
    pub sheet: Option<String>,
    pub row: Option<u32>,
    pub column: Option<String>,
    /// The question, or the list of choices, where the cell is not known.
    pub path: Option<String>,
    pub words: Words,
}

impl FormFinding {
    /// Of a file as a whole, or of a question by its path.
    pub fn new(code: &str, path: Option<String>, words: Words) -> Self {
        Self { code: code.to_owned(), sheet: None, row: None, column: None, path, words }
    }

    fn at(at: &At, code: &str, words: Words) -> Self {
        let found = Self::new(code, None, words);
        match at {
            At::Form => found,
            At::Node { path, .. } => Self { path: Some(path.clone()), ..found },
            At::List { list } => Self { path: Some(list.clone()), ..found },
            At::Cell { sheet, row, column } => {
                Self { sheet: Some(sheet.clone()), row: Some(*row), column: column.clone(), ..found }
            }
        }
    }
}

impl From<&FormFault> for FormFinding {
    fn from(fault: &FormFault) -> Self {
        Self::at(&fault.at, fault.code(), fault.words())
    }
}

impl From<&Unsupported> for FormFinding {
    fn from(told: &Unsupported) -> Self {
        Self::at(&told.at, told.what.code(), told.words())
    }
}

/// An answer that does not hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AnswerFinding {
    /// `/member[2]/age`
    pub address: String,
    /// Stable.
    pub code: String,
    /// What the form says of it; empty where it says nothing.
    pub message: String,
    pub words: Words,
}

impl From<AnswerFault> for AnswerFinding {
    fn from(fault: AnswerFault) -> Self {
        Self {
            code: fault.what.code().to_owned(),
            words: fault.what.words(),
            address: fault.address,
            message: fault.message,
        }
    }
}

/// A difference between two versions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ChangeFinding {
    /// The question in the newer version, of a removed one in the older; of a list its name.
    pub path: String,
    /// added, removed, moved, type, words, rules, choices
    pub what: String,
    pub words: Words,
}

impl From<&Difference> for ChangeFinding {
    fn from(difference: &Difference) -> Self {
        let (what, words) = match &difference.what {
            Change::Added => ("added", Words::of("新增", "added")),
            Change::Removed => ("removed", Words::of("删除", "removed")),
            Change::Moved { from } => {
                ("moved", Words::new(format!("从 {from} 移来"), format!("moved from {from}")))
            }
            Change::Type { from, to } => {
                ("type", Words::new(format!("题型由 {from} 改为 {to}"), format!("type {from} became {to}")))
            }
            Change::Words { .. } => ("words", Words::of("改了文字", "words changed")),
            Change::Rules { .. } => ("rules", Words::of("改了规则", "rules changed")),
            Change::Choices { added, removed, reworded } => (
                "choices",
                Words::new(
                    format!("选项：增 {}，减 {}，改字 {}", added.len(), removed.len(), reworded.len()),
                    format!(
                        "choices: {} added, {} removed, {} reworded",
                        added.len(),
                        removed.len(),
                        reworded.len()
                    ),
                ),
            ),
        };
        Self { path: difference.path.clone(), what: what.to_owned(), words }
    }
}
