//! `mulin import people|homes|organisations|things`: a table checked, its faults told, its right rows saved as one deed.

use crate::commands::import::district_of;
use crate::failure::{Failure, Outcome};
use crate::house::{self, Alone};
use crate::progress::Progress;
use crate::settings::Settings;
use clap::Args;
use edge::Edge;
use platform::{Actor, DistrictId, Problem};
use registry::commands::import::{self as tables, Sent};
use registry::import::{self, Batch, BatchId, Report, Table, Tally};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// Rows at fault that are printed; the workbook has all of them.
const ROWS_SHOWN_MAX: usize = 20;

#[derive(Debug, Args)]
pub(crate) struct TableWords {
    /// An XLSX or CSV file (UTF-8 or GBK)
    file: PathBuf,
    /// The district, by its division code; not needed where there is only one
    #[arg(long, value_name = "CODE")]
    district: Option<String>,
    /// Only check; nothing is saved
    #[arg(long)]
    dry_run: bool,
    /// The table is right where the register says something else
    #[arg(long)]
    take_conflicts: bool,
    /// Write the rows at fault there, each fault in a comment
    #[arg(long, value_name = "FILE.xlsx")]
    errors: Option<PathBuf>,
}

pub(crate) async fn run(settings: &Settings, table: Table, words: TableWords) -> Outcome {
    let edge = house::open(settings, Alone::No).await?;
    let district = district_of(&edge, words.district.as_deref())?;
    let actor = Actor::system(district, "command line");
    let batch = send(&edge, &actor, table, &words.file).await?;
    let mapping = batch.mapping.clone().ok_or_else(|| Failure::failed("the columns were not understood"))?;
    for (head, key) in mapping.heads.iter().zip(&mapping.columns) {
        println!("{head} → {}", key.as_deref().unwrap_or("-"));
    }
    tables::check_table(&edge, &actor, batch.id, batch.sheet, mapping).await.map_err(Problem::from)?;
    let checked = check(&edge, district, &batch).await?;
    print_report(&checked.report);
    keep_errors(&edge, &actor, batch.id, words.errors.as_deref()).await?;
    if words.dry_run {
        tables::drop_table(&edge, &actor, batch.id).await.map_err(Problem::from)?;
        return Ok(());
    }
    tables::save_table(&edge, &actor, batch.id, words.take_conflicts).await.map_err(Problem::from)?;
    let mut bar = Progress::new("Saving (rows)", checked.rows.unsigned_abs());
    let mut tell = |rows: i64| {
        bar.set(rows.unsigned_abs());
        ControlFlow::Continue(())
    };
    let saved = import::save_batch(&edge, district, batch.id, &mut tell).await.map_err(Problem::from)?;
    bar.finish();
    print_tally("Saved", &saved.report.saved);
    println!("{} records, deed {}", saved.report.records, saved.act);
    Ok(())
}

async fn send(edge: &Edge, actor: &Actor, table: Table, file: &Path) -> Outcome<Batch> {
    let bytes = std::fs::read(file)
        .map_err(|e| Failure::because(format_args!("{} cannot be read", file.display()), &e))?;
    let file_name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let sent = tables::send_table(edge, actor, Sent { table, file_name, bytes }).await;
    Ok(sent.map_err(Problem::from)?)
}

async fn check(edge: &Edge, district: DistrictId, batch: &Batch) -> Outcome<Batch> {
    let mut bar = Progress::new("Checking (rows)", batch.rows.unsigned_abs());
    let mut tell = |rows: i64| bar.set(rows.unsigned_abs());
    let checked = import::check_batch(edge, district, batch.id, &mut tell).await.map_err(Problem::from)?;
    bar.finish();
    Ok(checked)
}

async fn keep_errors(edge: &Edge, actor: &Actor, id: BatchId, file: Option<&Path>) -> Outcome {
    let Some(file) = file else { return Ok(()) };
    let Ok(bytes) = tables::errors_of(edge, actor, id).await else { return Ok(()) };
    std::fs::write(file, bytes)
        .map_err(|e| Failure::because(format_args!("{} cannot be written", file.display()), &e))?;
    println!("The rows at fault are in {}", file.display());
    Ok(())
}

fn print_report(report: &Report) {
    for notice in &report.notices {
        println!("{} / {}", notice.words.zh, notice.words.en);
    }
    print_tally("Checked", &report.checked);
    for trouble in &report.troubles {
        println!("  {:6} × {}", trouble.rows, trouble.code);
    }
    for row in report.first.iter().take(ROWS_SHOWN_MAX) {
        println!("  row {} {}: {}", row.row, row.column.as_deref().unwrap_or(""), row.words.zh);
    }
}

fn print_tally(what: &str, tally: &Tally) {
    let Tally { rows, new, changed, unchanged, conflicts, wrong } = tally;
    println!(
        "{what} {rows} rows: {new} new, {changed} changed, {unchanged} unchanged, {conflicts} in conflict, {wrong} wrong"
    );
}
