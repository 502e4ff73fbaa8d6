//! `mulin registry`: what the register says of itself. Numbers only: who somebody is, nobody reads on a command line.

use super::import::district_of;
use crate::failure::Outcome;
use crate::house::{self, Alone};
use crate::settings::Settings;
use clap::Subcommand;
use std::io::Write;
use territory::Map;

#[derive(Debug, Subcommand)]
pub(crate) enum Words {
    /// How many records have a value that is to be confirmed, area by area
    #[command(after_help = "Example:\n  mulin registry stale | sort -n -r | head")]
    Stale {
        /// The district, by its division code; not needed where there is only one
        #[arg(long, value_name = "CODE")]
        district: Option<String>,
    },
}

pub(crate) async fn run(settings: &Settings, words: Words) -> Outcome {
    let Words::Stale { district } = words;
    let edge = house::open(settings, Alone::No).await?;
    let district = district_of(&edge, district.as_deref())?;
    let counts = registry::count_stale(&edge.db, district).await?;
    let places = edge.fixture::<Map>().of(district);
    let mut out = std::io::stdout().lock();
    for (path, records) in &counts {
        let name = places.by_path(path).map_or(path.as_str(), |area| &area.name);
        writeln!(out, "{records:>8}  {name}")?;
    }
    let all: i64 = counts.iter().map(|(_, records)| records).sum();
    eprintln!("{all} records are to be confirmed");
    Ok(())
}
