//! `mulin keys`: which keys seal fields, and a new one in the place of the old.

use super::import::district_of;
use crate::capabilities::RESEALS;
use crate::failure::Outcome;
use crate::house::{self, Alone};
use crate::progress::Progress;
use crate::settings::Settings;
use clap::Subcommand;
use edge::Edge;
use parking_lot::Mutex;
use platform::DistrictId;
use seal::Vault;
use std::io::Write;
use store::{Conn, DataKeyRow};

#[derive(Debug, Subcommand)]
pub(crate) enum Words {
    /// Print each key's purpose, number, algorithms and age, and which master key wraps them; never a key
    #[command(after_help = "Example:\n  mulin keys list --data /srv/mulin")]
    List,
    /// Make a new key that seals from now on, and seal anew what older ones have sealed
    #[command(
        after_help = "Example:\n  mulin keys rotate --data /srv/mulin\n\nMay run beside the server. Broken off, it goes on where it was when called with --reseal-only. Older keys are kept: backups may need them."
    )]
    Rotate {
        /// The district, by its division code; not needed where there is only one
        #[arg(long, value_name = "CODE")]
        district: Option<String>,
        /// Make no new key: only seal anew what older ones have sealed
        #[arg(long)]
        reseal_only: bool,
    },
}

pub(crate) async fn run(settings: &Settings, words: Words) -> Outcome {
    let edge = house::open(settings, Alone::No).await?;
    match words {
        Words::List => list(&edge).await,
        Words::Rotate { district, reseal_only } => {
            let district = district_of(&edge, district.as_deref())?;
            if !reseal_only {
                let number = seal::rotate(&edge.db, district).await?;
                println!("district {district}: key {number} seals from now on");
            }
            reseal(&edge, district).await
        }
    }
}

async fn list(edge: &Edge) -> Outcome {
    let vault = edge.fixture::<Vault>();
    let rows = edge.db.read(async |conn: &mut Conn| DataKeyRow::all(conn).await).await?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "master key {} in {}", vault.holder().fingerprint(), vault.holder().name())?;
    writeln!(
        out,
        "{:<9} {:<8} {:>6}  {:<14} {:<20} retired",
        "district", "purpose", "number", "suite", "made"
    )?;
    for row in &rows {
        let day = |at: platform::Time| at.local().strftime("%F %T").to_string();
        writeln!(
            out,
            "{:<9} {:<8} {:>6}  {:<14} {:<20} {}",
            row.district.0,
            row.purpose.as_str(),
            row.number,
            row.suite,
            day(row.made_at),
            row.retired_at.map_or_else(|| "-".to_owned(), day)
        )?;
    }
    Ok(out.flush()?)
}

async fn reseal(edge: &Edge, district: DistrictId) -> Outcome {
    for table in RESEALS.iter().copied().flatten() {
        let progress = Mutex::new(Progress::new(&format!("Sealing anew ({})", table.table), 0));
        let rows = (table.run)(&edge.db, district, &|done| progress.lock().set(done)).await?;
        progress.into_inner().finish();
        println!("{}: {rows} rows sealed anew", table.table);
    }
    Ok(())
}
