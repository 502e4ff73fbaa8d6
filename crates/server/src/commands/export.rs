//! `mulin export areas`: the district's areas as a file. `mulin export cases`: its cases, without anything about a person.

use super::import::district_of;
use crate::failure::{Failure, Outcome};
use crate::house::{self, Alone};
use crate::progress::Progress;
use crate::settings::Settings;
use cases::export::{COLUMNS, Format};
use cases::queries::reported::Span;
use clap::Subcommand;
use edge::Edge;
use jiff::civil::Date;
use parking_lot::Mutex;
use platform::{Actor, DistrictId, Problem, Time};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use territory::{ExportOptions, FileFormat};

#[derive(Debug, Subcommand)]
pub(crate) enum Words {
    /// The areas of a district, with their boundaries
    #[command(
        after_help = "Examples:\n  mulin export areas areas.geojson\n  mulin export areas areas.csv --at 2026-01-01T00:00:00Z\n  mulin export areas for_a_map.geojson --crs gcj02"
    )]
    Areas {
        /// Where to write; .geojson with boundaries, .csv without
        file: PathBuf,
        /// The district, by its division code; not needed where there is only one
        #[arg(long, value_name = "CODE")]
        district: Option<String>,
        /// The coordinates' system: wgs84, cgcs2000, gcj02, bd09
        #[arg(long, default_value = "wgs84")]
        crs: String,
        /// As they were at that moment, for example 2026-01-01T00:00:00Z
        #[arg(long)]
        at: Option<Time>,
    },
    /// The cases of a district, one a line: what was reported and what became of it, no name and no phone
    #[command(after_help = cases_help())]
    Cases {
        /// Where to write: .csv, or .jsonl for a JSON object a line
        file: PathBuf,
        /// The district, by its division code; not needed where there is only one
        #[arg(long, value_name = "CODE")]
        district: Option<String>,
        /// Reported on this day or later, for example 2026-10-01
        #[arg(long, value_name = "DAY")]
        from: Option<Date>,
        /// Reported on this day or earlier
        #[arg(long, value_name = "DAY")]
        to: Option<Date>,
        /// Begin a .csv with a byte order mark, for spreadsheets that read Chinese only with it
        #[arg(long)]
        bom: bool,
    },
}

/// Examples, and every column with its meaning.
fn cases_help() -> String {
    let widest = COLUMNS.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let lines: Vec<String> = COLUMNS
        .iter()
        .map(|(name, meaning)| format!("  {name:widest$}  {meaning}").trim_end().to_owned())
        .collect();
    format!(
        "Examples:\n  mulin export cases october.csv --from 2026-10-01 --to 2026-10-31 --bom\n  mulin export cases all.jsonl\n\nColumns:\n{}\n\nReporters and followers are not in it. Words and place are there where everybody may read them; text that a\nspreadsheet would take for a formula begins with an apostrophe in a .csv.",
        lines.join("\n")
    )
}

pub(crate) async fn run(settings: &Settings, words: Words) -> Outcome {
    match words {
        Words::Areas { file, district, crs, at } => {
            export_areas(settings, file, district.as_deref(), &crs, at).await
        }
        Words::Cases { file, district, from, to, bom } => {
            let format = cases_format(&file, bom)?;
            if from.zip(to).is_some_and(|(from, to)| to < from) {
                return Err(Failure::usage("--to lies before --from"));
            }
            let edge = house::open(settings, Alone::No).await?;
            let district = district_of(&edge, district.as_deref())?;
            export_cases(&edge, district, &file, format, Span::of_days(from, to)).await
        }
    }
}

async fn export_areas(
    settings: &Settings,
    file: PathBuf,
    district: Option<&str>,
    crs: &str,
    at: Option<Time>,
) -> Outcome {
    let name = file.to_string_lossy();
    let format = FileFormat::parse(&name)
        .ok_or_else(|| Failure::usage(format!("{name}: the name must end in .geojson or .csv")))?;
    let system = super::import::system_of(crs)?;
    let edge = house::open(settings, Alone::No).await?;
    let district = district_of(&edge, district)?;
    let actor = Actor::system(district, "command line");
    let count = territory::export_file(&edge.db, &actor, &file, ExportOptions { format, system, at })
        .await
        .map_err(Problem::from)?;
    println!("{name}: {count} areas");
    Ok(())
}

fn cases_format(file: &Path, byte_order_mark: bool) -> Outcome<Format> {
    match file.extension().and_then(|e| e.to_str()) {
        Some("csv") => Ok(Format::Csv { byte_order_mark }),
        Some("jsonl") if byte_order_mark => Err(Failure::usage("--bom is for .csv: JSON has no such mark")),
        Some("jsonl") => Ok(Format::JsonLines),
        _ => Err(Failure::usage(format!("{}: the name must end in .csv or .jsonl", file.display()))),
    }
}

async fn export_cases(edge: &Edge, district: DistrictId, file: &Path, format: Format, span: Span) -> Outcome {
    let bar = Arc::new(Mutex::new(Some(Progress::new("Writing (cases)", 0))));
    let told = bar.clone();
    let tell = move |count| {
        if let Some(bar) = told.lock().as_mut() {
            bar.set(count);
        }
    };
    let written = cases::export::write_file(edge, district, file, format, span, tell).await;
    if let Some(bar) = bar.lock().take() {
        bar.finish();
    }
    let count = written?;
    println!("{}: {count} cases", file.display());
    Ok(())
}
