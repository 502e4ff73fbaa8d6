//! What an import did with every row.

use super::row::{Draft, Reason, Remark};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;

/// Rows of a kind that the short report names.
const ROWS_NAMED_MAX: usize = 10;

/// Every row of the file is in exactly one of `kept`, `known` and `refused`; remarks tell more of the first two.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ImportReport {
    pub rows: u64,
    /// New cases.
    pub kept: u64,
    /// Rows whose case was there already; nothing of it changed.
    pub known: u64,
    pub refused: Vec<Refused>,
    /// Row numbers by what is worth knowing of them.
    pub remarks: BTreeMap<Remark, Vec<u64>>,
    /// Rows by the source's word for their status, and by our type.
    pub by_status: BTreeMap<String, u64>,
    pub by_type: BTreeMap<String, u64>,
    /// The file's encoding.
    pub encoding: &'static str,
}

/// A row that was not taken.
#[derive(Clone, Debug, Serialize)]
pub struct Refused {
    /// As a spreadsheet counts: the header is row 1.
    pub row: u64,
    #[serde(flatten)]
    pub reason: Reason,
}

impl ImportReport {
    pub(super) fn note(&mut self, draft: &Draft) {
        *self.by_status.entry(draft.status.clone()).or_default() += 1;
        *self.by_type.entry(draft.case.type_code.clone()).or_default() += 1;
        for remark in &draft.remarks {
            self.remarks.entry(*remark).or_default().push(draft.row);
        }
    }

    /// How many rows carry a remark.
    pub fn count(&self, remark: Remark) -> usize {
        self.remarks.get(&remark).map_or(0, Vec::len)
    }
}

impl Remark {
    fn sentence(self) -> &'static str {
        match self {
            Self::Open => "still open in the source, kept open without a clock",
            Self::WithoutPlace => "without a place",
            Self::ImpossiblePlace => "with coordinates that are no place on Earth, kept without them",
            Self::OutsideAreas => "at a place in no area of the district",
            Self::ClosedBeforeReported => "closed before they were reported, kept with the source's dates",
            Self::ClosedWithoutDate => "closed without a date",
            Self::OpenWithCloseDate => "open and with a date of closing, which is left out",
            Self::BrokenCharacters => "with characters that could not be read",
            Self::Shortened => "with longer words or address than may be kept, shortened",
        }
    }
}

/// The report as the command line prints it.
impl fmt::Display for ImportReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let refused = self.refused.len();
        writeln!(
            f,
            "{} rows ({}): {} new cases, {} known, {refused} refused",
            self.rows, self.encoding, self.kept, self.known
        )?;
        let counts = |counts: &BTreeMap<String, u64>| {
            counts.iter().map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>().join(", ")
        };
        writeln!(f, "by status: {}", counts(&self.by_status))?;
        writeln!(f, "by type: {}", counts(&self.by_type))?;
        for (remark, rows) in &self.remarks {
            let first: Vec<String> = rows.iter().take(ROWS_NAMED_MAX).map(u64::to_string).collect();
            let more = if rows.len() > ROWS_NAMED_MAX { ", …" } else { "" };
            writeln!(f, "{} {}: rows {}{more}", rows.len(), remark.sentence(), first.join(", "))?;
        }
        for refused in &self.refused {
            writeln!(f, "row {} refused: {}", refused.row, refused.reason)?;
        }
        Ok(())
    }
}
