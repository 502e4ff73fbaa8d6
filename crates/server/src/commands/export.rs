//! `mulin export areas`: the district's areas as a file.

use super::import::district_of;
use crate::failure::{Failure, Outcome};
use crate::house::{self, Alone};
use crate::settings::Settings;
use clap::Subcommand;
use platform::{Actor, Problem, Time};
use std::path::PathBuf;
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
}

pub(crate) async fn run(settings: &Settings, words: Words) -> Outcome {
    let Words::Areas { file, district, crs, at } = words;
    let name = file.to_string_lossy();
    let format = FileFormat::parse(&name)
        .ok_or_else(|| Failure::usage(format!("{name}: the name must end in .geojson or .csv")))?;
    let system = super::import::system_of(&crs)?;
    let edge = house::open(settings, Alone::No).await?;
    let district = district_of(&edge, district.as_deref())?;
    let actor = Actor::system(district, "command line");
    let count = territory::export_file(&edge.db, &actor, &file, ExportOptions { format, system, at })
        .await
        .map_err(Problem::from)?;
    println!("{name}: {count} areas");
    Ok(())
}
