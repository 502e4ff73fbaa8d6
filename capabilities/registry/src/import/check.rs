//! The check of a whole table before anything is saved: what would become of each row, and a workbook of those at fault.

use super::deciding::Part;
use super::files;
use super::reading::Rows;
use super::report::{FileNotice, Report};
use super::work::{Work, actor_of, refused};
use super::{Batch, BatchId, BatchState};
use crate::error::RegistryError;
use crate::export::{Noted, note_seen};
use crate::facts::{BatchFact, CHECKED};
use crate::model::RecordId;
use crate::store;
use ::store::Tx;
use edge::Edge;
use platform::{DistrictId, Fault};
use sheets::ErrorBook;
use std::collections::{BTreeSet, HashSet};
use tempfile::TempDir;

/// The workbook of faults while it is made; only where there are faults.
struct Errors {
    folder: TempDir,
    book: ErrorBook,
}

/// Checks a batch that is in the state `checking`. `tell` hears how many rows are done.
///
/// # Errors
/// The file is gone or cannot be read; the batch is not to be checked.
pub async fn check_batch(
    edge: &Edge,
    district: DistrictId,
    id: BatchId,
    tell: &mut (dyn FnMut(i64) + Send),
) -> Result<Batch, RegistryError> {
    let (mut work, book) = Work::open(edge, district, id).await?;
    if work.batch.state != BatchState::Checking {
        return Err(RegistryError::NotFound);
    }
    let mut report = Report {
        notices: book
            .notices()
            .iter()
            .map(|n| FileNotice { code: n.code().into(), words: n.words() })
            .collect(),
        ..Report::default()
    };
    let (mut rows, reading) = work.read(book);
    let (mut errors, mut compared) = (None, BTreeSet::new());
    while let Some(Rows { before, drafts }) = rows.recv().await {
        let part = work.decide(&drafts, false, HashSet::new()).await?;
        for (draft, decision) in drafts.iter().zip(&part.decisions) {
            report.note(&work.columns.mapping, draft, decision);
        }
        compared.extend(part.decisions.iter().filter_map(|decision| decision.compared));
        add_errors(&work, &drafts, &part, &mut errors)?;
        tell(before + drafts.len() as i64);
    }
    reading.await.map_err(|e| Fault::broken("reading a table broke off").because(e))?.map_err(refused)?;
    report.sort();
    keep_errors(&work, errors)?;
    save(&work, report, compared).await
}

fn add_errors(
    work: &Work,
    drafts: &[super::draft::Draft],
    part: &Part,
    errors: &mut Option<Errors>,
) -> Result<(), Fault> {
    for (draft, decision) in
        drafts.iter().zip(&part.decisions).filter(|(_, decision)| !decision.troubles.is_empty())
    {
        let errors = match errors {
            Some(errors) => errors,
            None => {
                let folder = work.files.scratch()?;
                let book =
                    ErrorBook::create(&folder.path().join("errors.xlsx"), &work.columns.mapping.heads)?;
                errors.insert(Errors { folder, book })
            }
        };
        let faults: Vec<_> =
            decision.troubles.iter().map(|trouble| trouble.row_fault(&draft.cells)).collect();
        errors.book.add_row(draft.row, &draft.cells, &faults)?;
    }
    Ok(())
}

fn keep_errors(work: &Work, errors: Option<Errors>) -> Result<(), Fault> {
    let Some(Errors { folder, book }) = errors else {
        work.files.remove(work.batch.id, &[files::Part::Errors]);
        return Ok(());
    };
    book.finish()?;
    let bytes = zeroize::Zeroizing::new(std::fs::read(folder.path().join("errors.xlsx"))?);
    work.files.keep(&work.keys, work.batch.id, files::Part::Errors, &bytes)
}

async fn save(work: &Work, report: Report, compared: BTreeSet<RecordId>) -> Result<Batch, RegistryError> {
    let before = work.batch.clone();
    let rows = report.checked.rows;
    let after = Batch { state: BatchState::Checked, rows, rows_done: 0, report, ..before.clone() };
    let (actor, answer) = (actor_of(work.district, &before), after.clone());
    work.edge
        .db
        .write(&actor, async move |tx: &mut Tx| {
            if !store::batches::save(tx, &before, &after).await? {
                return Err(RegistryError::NotFound);
            }
            // The sender is shown what the register says of those who differ: a look at each of them.
            let people: Vec<RecordId> = compared.iter().copied().collect();
            note_seen(tx, Noted::of_check(&after), &people).await?;
            tx.record(&BatchFact::of(CHECKED, &after)).await?;
            Ok(())
        })
        .await?;
    Ok(answer)
}
