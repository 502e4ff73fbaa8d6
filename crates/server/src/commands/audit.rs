//! `mulin audit`: is the audit trail what was sealed, and a checkpoint of it to keep elsewhere.

use super::import::district_of;
use crate::failure::{Failure, Outcome};
use crate::house::{self, Alone};
use crate::progress::Progress;
use crate::settings::Settings;
use clap::Subcommand;
use parking_lot::Mutex;
use platform::DistrictId;
use seal::Vault;
use seal::ledger::{self, Verdict};
use seal::log::PublicKey;
use std::io::Write;
use std::path::{Path, PathBuf};
use store::Db;

#[derive(Debug, Subcommand)]
pub(crate) enum Words {
    /// Hold every fact of the audit trail against the sealed log; exit code 1 names the first that was changed
    #[command(
        after_help = "Examples:\n  mulin audit verify\n  mulin audit verify --checkpoint /usb/2026-03.checkpoint --key /usb/log.pub\n\nOnly a checkpoint and a key that were kept elsewhere tell that the whole log was not written anew. With --key no key file is needed: a restored copy of the database will do."
    )]
    Verify {
        /// An earlier checkpoint, as `mulin audit checkpoint` printed it
        #[arg(long, value_name = "FILE")]
        checkpoint: Option<PathBuf>,
        /// The log's public key, as `mulin audit checkpoint --key` printed it (default: this server's)
        #[arg(long, value_name = "FILE")]
        key: Option<PathBuf>,
        /// The district, by its division code; not needed where there is only one
        #[arg(long, value_name = "CODE")]
        district: Option<String>,
    },
    /// Seal what is old enough, and print the newest signed checkpoint, to be kept where nobody of this house can change it
    #[command(
        after_help = "Examples:\n  mulin audit checkpoint > /usb/$(date +%F).checkpoint\n  mulin audit checkpoint --key > /usb/log.pub"
    )]
    Checkpoint {
        /// Print the public key that checks checkpoints instead
        #[arg(long)]
        key: bool,
        /// The district, by its division code; not needed where there is only one
        #[arg(long, value_name = "CODE")]
        district: Option<String>,
    },
}

pub(crate) async fn run(settings: &Settings, words: Words) -> Outcome {
    match words {
        Words::Verify { checkpoint, key, district } => {
            let (db, district, key) = match key {
                Some(file) => with_key(settings, &file).await?,
                None => with_own_key(settings, district.as_deref()).await?,
            };
            verify(&db, district, key, checkpoint.as_deref()).await
        }
        Words::Checkpoint { key, district } => {
            let (db, district, public) = with_own_key(settings, district.as_deref()).await?;
            print_checkpoint(&db, district, &public, key).await
        }
    }
}

/// Everything from this server.
async fn with_own_key(settings: &Settings, code: Option<&str>) -> Outcome<(Db, DistrictId, PublicKey)> {
    let edge = house::open(settings, Alone::No).await?;
    let district = district_of(&edge, code)?;
    let key = edge.fixture::<Vault>().of(district)?.log().public().clone();
    Ok((edge.db.clone(), district, key))
}

/// The database alone; the key, and with it the district, is the auditor's.
async fn with_key(settings: &Settings, file: &Path) -> Outcome<(Db, DistrictId, PublicKey)> {
    let no_key = |why: String| Failure::failed(format!("{} holds no log's key: {why}", file.display()));
    let key: PublicKey = read(file)?.parse().map_err(|e: seal::log::NoteFault| no_key(e.to_string()))?;
    let district =
        key.district().ok_or_else(|| no_key(format!("{} is no log of a district", key.origin())))?;
    Ok((house::open_db(settings, Alone::No).await?, district, key))
}

async fn verify(db: &Db, district: DistrictId, key: PublicKey, checkpoint: Option<&Path>) -> Outcome {
    let kept = checkpoint.map(|file| {
        let not_ours = |e| Failure::because(format_args!("{} does not hold", file.display()), &e);
        key.open(&read(file)?).map_err(not_ours)
    });
    let kept = kept.transpose()?;
    let kept_size = kept.as_ref().map(|kept| kept.size);
    let progress = std::sync::Arc::new(Mutex::new(Progress::new("Facts examined", 0)));
    let told = progress.clone();
    let verdict = ledger::verify(db, district, key, kept, move |seen| told.lock().set(seen)).await?;
    print_verdict(&verdict, kept_size)?;
    match verdict.finding {
        None => Ok(()),
        Some(finding) => Err(Failure::failed(format!("the audit trail is NOT intact: {finding}"))),
    }
}

fn print_verdict(verdict: &Verdict, kept_size: Option<u64>) -> Outcome {
    let mut out = std::io::stdout().lock();
    if verdict.finding.is_none() {
        writeln!(out, "intact: {} sealed facts are as they were sealed", verdict.size)?;
        if let Some(size) = kept_size {
            writeln!(out, "the first {size} are those of the given checkpoint")?;
        }
        if verdict.late > 0 {
            writeln!(
                out,
                "{} of them came late: recorded under an earlier moment than they were written",
                verdict.late
            )?;
        }
    }
    if let Some(seen) = verdict.checkpoint {
        writeln!(out, "newest checkpoint: {} facts, {}", seen.size, seen.at.local().strftime("%F %T"))?;
    }
    if verdict.unsealed > 0 {
        let since =
            verdict.unsealed_since.map(|at| format!(", the oldest of {}", at.local().strftime("%F %T")));
        writeln!(out, "not sealed yet: {} facts{}", verdict.unsealed, since.unwrap_or_default())?;
    }
    Ok(out.flush()?)
}

async fn print_checkpoint(db: &Db, district: DistrictId, public: &PublicKey, is_key: bool) -> Outcome {
    if is_key {
        println!("{public}");
        return Ok(());
    }
    while ledger::seal_facts(db, district).await? > 0 {}
    match ledger::newest_checkpoint(db, district).await? {
        Some(row) => print!("{}", row.note),
        None => return Err(Failure::failed("no fact is old enough to be sealed; try again in five minutes")),
    }
    Ok(())
}

fn read(file: &Path) -> Outcome<String> {
    std::fs::read_to_string(file)
        .map_err(|e| Failure::because(format_args!("{} cannot be read", file.display()), &e))
}
