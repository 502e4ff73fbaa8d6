//! What a table's check and its saving say: counts, faults by kind, the first rows at fault.

use super::deciding::{Decision, Outcome};
use super::draft::Draft;
use super::mapping::Mapping;
use platform::Words;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use utoipa::ToSchema;

/// Rows at fault that are listed; the error workbook has all of them.
const ROWS_LISTED_MAX: usize = 100;

/// What became of the rows.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct Tally {
    pub rows: i64,
    pub new: i64,
    pub changed: i64,
    /// The register says the same already.
    pub unchanged: i64,
    /// The register says something else.
    pub conflicts: i64,
    pub wrong: i64,
}

/// A kind of fault, and how many rows have it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
pub struct TroubleCount {
    #[schema(value_type = String)]
    pub code: Cow<'static, str>,
    pub rows: i64,
}

/// A row at fault.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
pub struct TroubleRow {
    /// Its number in the sheet, from 1.
    pub row: u32,
    /// The head of the column it concerns.
    pub column: Option<String>,
    #[schema(value_type = String)]
    pub code: Cow<'static, str>,
    pub words: Words,
}

/// What is told of a file that is read all the same: hidden sheets, formulas, merged cells.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
pub struct FileNotice {
    #[schema(value_type = String)]
    pub code: Cow<'static, str>,
    pub words: Words,
}

/// All of it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct Report {
    pub notices: Vec<FileNotice>,
    pub checked: Tally,
    pub saved: Tally,
    /// Records entered and changed.
    pub records: i64,
    /// The most frequent first.
    pub troubles: Vec<TroubleCount>,
    pub first: Vec<TroubleRow>,
    /// Why it could not go on.
    pub stopped: Option<Words>,
}

impl Tally {
    pub(crate) fn add(&mut self, outcome: Outcome) {
        self.rows += 1;
        *match outcome {
            Outcome::New => &mut self.new,
            Outcome::Changed => &mut self.changed,
            Outcome::Unchanged => &mut self.unchanged,
            Outcome::Conflict => &mut self.conflicts,
            Outcome::Wrong => &mut self.wrong,
        } += 1;
    }
}

impl Report {
    /// Counts a row of the check.
    pub(crate) fn note(&mut self, mapping: &Mapping, draft: &Draft, decision: &Decision) {
        self.checked.add(decision.outcome);
        for trouble in &decision.troubles {
            match self.troubles.iter_mut().find(|count| count.code == trouble.code) {
                Some(count) => count.rows += 1,
                None => self.troubles.push(TroubleCount { code: trouble.code.into(), rows: 1 }),
            }
            if self.first.len() < ROWS_LISTED_MAX {
                let column = trouble.column.and_then(|column| mapping.heads.get(usize::from(column)));
                let (code, words) = (trouble.code.into(), trouble.words.clone());
                self.first.push(TroubleRow { row: draft.row, column: column.cloned(), code, words });
            }
        }
    }

    pub(crate) fn sort(&mut self) {
        self.troubles.sort_by(|a, b| (b.rows, &a.code).cmp(&(a.rows, &b.code)));
    }
}
