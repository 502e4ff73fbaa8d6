//! `mulin import areas`: a file of areas checked and brought into force. `mulin import requests`: another system's reports.
//! Tables of the register stand in tables.rs.

use crate::commands::tables::{self, TableWords};
use crate::failure::{Failure, Outcome};
use crate::house::{self, Alone};
use crate::progress::Progress;
use crate::settings::Settings;
use clap::Subcommand;
use edge::{Districts, Edge};
use platform::{Actor, DistrictId, Problem, Time};
use registry::import::Table;
use std::path::{Path, PathBuf};
use territory::{FileFormat, FileOptions, ImportOptions, ImportReport, ImportStep, Severity};

/// Findings printed; the rest is counted.
const FINDINGS_SHOWN_MAX: usize = 50;

#[derive(Debug, Subcommand)]
pub(crate) enum Words {
    /// Areas with their boundaries, from GeoJSON or CSV
    #[command(
        after_help = "Examples:\n  mulin import areas areas.geojson --crs wgs84 --dry-run\n  mulin import areas new_grids.geojson --crs gcj02 --within 430204001008 --from 2026-07-01T00:00:00+08:00\n\nA re-gridding is a new version from its date on: old cases keep the grid they had."
    )]
    Areas {
        /// A GeoJSON FeatureCollection or a CSV file
        file: PathBuf,
        /// The coordinates' system, always declared: wgs84, cgcs2000, gcj02, bd09
        #[arg(long)]
        crs: String,
        /// The district, by its division code; not needed where there is only one
        #[arg(long, value_name = "CODE")]
        district: Option<String>,
        /// In force from then on (default: now)
        #[arg(long)]
        from: Option<Time>,
        /// The area that is divided anew: what is below it now and not in the file ends
        #[arg(long, value_name = "CODE")]
        within: Option<String>,
        /// Only look; nothing is changed
        #[arg(long)]
        dry_run: bool,
    },
    /// Service requests of another system, from CSV (may be gzipped), by a mapping
    #[command(
        after_help = "Example:\n  mulin import requests boston.csv.gz --mapping catalog/imports/boston_311.toml --district 990001\n\nEvery row is kept, known from before, or refused with its number and reason. Doing it again changes nothing."
    )]
    Requests {
        /// A CSV file
        file: PathBuf,
        /// What its columns, states and types mean (TOML; see catalog/imports)
        #[arg(long, value_name = "FILE")]
        mapping: PathBuf,
        /// The district they belong to; founded where the mapping names it
        #[arg(long, value_name = "CODE")]
        district: String,
        /// Print the whole report as JSON
        #[arg(long)]
        json: bool,
    },
    /// People with the homes they live in, into the register
    #[command(
        after_help = "Example:\n  mulin import people list.xlsx --dry-run --errors faults.xlsx\n\nEvery row is checked before one is saved. Rows that are right go in, as one deed that can be undone. Doing it again changes nothing."
    )]
    People(TableWords),
    /// Homes, and with a grid's code or a position their buildings, into the register
    Homes(TableWords),
    /// Organisations, into the register
    Organisations(TableWords),
    /// Things of the street, by their component codes, into the register
    Things(TableWords),
}

pub(crate) async fn run(settings: &Settings, words: Words) -> Outcome {
    match words {
        Words::People(words) => tables::run(settings, Table::People, words).await,
        Words::Homes(words) => tables::run(settings, Table::Homes, words).await,
        Words::Organisations(words) => tables::run(settings, Table::Organisations, words).await,
        Words::Things(words) => tables::run(settings, Table::Things, words).await,
        Words::Areas { file, crs, district, from, within, dry_run } => {
            let system = system_of(&crs)?;
            let format = FileFormat::parse(&file.to_string_lossy());
            let options = ImportOptions { file: FileOptions { format, system }, from, within, dry_run };
            let edge = house::open(settings, Alone::No).await?;
            let district = district_of(&edge, district.as_deref())?;
            import_areas(&edge, district, &file, options).await
        }
        Words::Requests { file, mapping, district, json } => {
            let edge = house::open(settings, Alone::No).await?;
            import_requests(&edge, &file, &mapping, &district, json).await
        }
    }
}

async fn import_requests(edge: &Edge, file: &Path, mapping: &Path, district: &str, json: bool) -> Outcome {
    let bytes = std::fs::metadata(file).map_or(0, |m| m.len());
    let mut bar = Progress::new("Reading (bytes)", bytes);
    let report = cases::import::requests(edge, file, mapping, district, &mut |p| bar.set(p.bytes_read))
        .await
        .map_err(|e| Failure::failed(crate::failure::chain(&e)))?;
    bar.finish();
    if json {
        let text = serde_json::to_string_pretty(&report)
            .map_err(|e| Failure::because("the report cannot be written", &e))?;
        println!("{text}");
    } else {
        println!("{report}");
    }
    Ok(())
}

async fn import_areas(edge: &Edge, district: DistrictId, file: &Path, options: ImportOptions) -> Outcome {
    let actor = Actor::system(district, "command line");
    let looks_only = options.dry_run;
    let mut tell = |step: ImportStep| match step {
        ImportStep::Reading { bytes } => eprintln!("Reading {} KiB", bytes >> 10),
        ImportStep::Checking { areas } => eprintln!("Checking {areas} areas"),
        ImportStep::Saving { areas } => eprintln!("Saving {areas} areas"),
        ImportStep::Done => {}
    };
    let report = match territory::import_file(&edge.db, &actor, file, options, &mut tell).await {
        Ok(report) => report,
        Err(territory::TerritoryError::PlanRefused { review }) => {
            print_findings(&review.findings);
            return Err(Failure::failed(format!("{} has errors; nothing was imported", file.display())));
        }
        Err(e) => return Err(Problem::from(e).into()),
    };
    print_findings(&report.findings);
    print_report(&report, looks_only);
    if report.blocked {
        Err(Failure::failed("the file has errors and would not be imported"))
    } else {
        Ok(())
    }
}

fn print_findings(findings: &[territory::Finding]) {
    for finding in findings.iter().take(FINDINGS_SHOWN_MAX) {
        let how = if finding.severity == Severity::Error { "error" } else { "warning" };
        let place = finding.place.map(|[lon, lat]| format!(" at {lon:.5}, {lat:.5}")).unwrap_or_default();
        println!(
            "{how} {} {}: {} / {}{place}",
            finding.code,
            finding.areas.join(" "),
            finding.words.zh,
            finding.words.en
        );
    }
    if findings.len() > FINDINGS_SHOWN_MAX {
        println!("… and {} more", findings.len() - FINDINGS_SHOWN_MAX);
    }
}

fn print_report(report: &ImportReport, looks_only: bool) {
    let verb = if looks_only { "would be" } else { "were" };
    println!(
        "From {}: {} areas {verb} added, {} renewed, {} ended; {} unchanged",
        report.from.local().strftime("%F %T"),
        report.added.len(),
        report.renewed.len(),
        report.ended.len(),
        report.unchanged
    );
}

/// The coordinate system by the name people write.
pub(crate) fn system_of(text: &str) -> Outcome<geo::CoordinateSystem> {
    text.parse().map_err(|e: geo::GeoError| Failure::usage(e.to_string()))
}

/// The district meant: named by code, or the only one.
pub(crate) fn district_of(edge: &Edge, code: Option<&str>) -> Outcome<DistrictId> {
    let districts = edge.fixture::<Districts>();
    match (code, districts.all()) {
        (Some(code), _) => districts
            .by_code(code)
            .map(|d| d.district)
            .ok_or_else(|| Failure::failed(format!("there is no district {code} here"))),
        (None, [one]) => Ok(one.district),
        (None, []) => Err(Failure::failed("there is no district here yet")),
        (None, _) => Err(Failure::usage("there are several districts here: name one by --district CODE")),
    }
}
