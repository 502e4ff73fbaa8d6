//! How fast on this machine: sealing and opening fields, blind indexes, and examining the sealed audit of a million facts.
//!
//! `cargo run --release -p seal --example seal_speed [FACTS]`; with `MULIN_TEST_POSTGRES` (a database that may be filled) on PostgreSQL too.

use platform::{Actor, Clock, DistrictId, Fault};
use seal::{Context, KEY_FILE_NAME, Keyring, SealSettings, Suite, Vault, ledger};
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};
use store::{Db, Fact, Options, Target, Tx};
use uuid::Uuid;

const DISTRICT: DistrictId = DistrictId(430_204);
const VALUE: [u8; 100] = [7; 100];
const ROUNDS: u32 = 200_000;
/// Facts of one write while the trail is filled.
const WRITE_FACTS: u64 = 5_000;
const FACTS: u64 = 1_000_000;

struct CaseTaken(u128);

impl Fact for CaseTaken {
    fn name(&self) -> &'static str {
        "cases.case_taken"
    }
    fn subject(&self) -> (&'static str, Uuid) {
        ("case", Uuid::from_u128(self.0))
    }
    fn area_path(&self) -> Option<&str> {
        Some("430204/430204001/430204001005/07")
    }
    fn data(&self) -> serde_json::Value {
        serde_json::json!({ "number": "2026030200012345", "state": "taken", "post": Uuid::from_u128(self.0), "minutes": 12 })
    }
}

#[tokio::main]
async fn main() -> Result<(), Fault> {
    let facts = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(FACTS);
    let folder = tempfile::tempdir()?;
    for suite in [Suite::Sm, Suite::International] {
        let path = folder.path().join(suite.as_str());
        std::fs::create_dir(&path)?;
        let db = open(Target::Sqlite(path.join("mulin.sqlite")), &path, suite).await?;
        let keys = db.fixtures().get::<Vault>().of(DISTRICT)?;
        fields(suite, &keys)?;
        if suite == Suite::Sm {
            audit(&db, facts).await?;
        }
    }
    if let Ok(url) = std::env::var("MULIN_TEST_POSTGRES") {
        audit(&open(Target::Postgres(url), folder.path(), Suite::Sm).await?, facts).await?;
    }
    Ok(())
}

async fn open(target: Target, folder: &Path, suite: Suite) -> Result<Db, Fault> {
    let start = Clock::System.now().before(Duration::from_secs(86_400));
    let db = Db::open(Options { clock: Clock::manual(start), ..Options::new(target) }).await?;
    db.migrate(&[store::MIGRATIONS]).await?;
    seal::prepare(&db, &SealSettings { key_file: folder.join(KEY_FILE_NAME), suite }).await?;
    db.fixtures().get::<Vault>().refresh(&db, DISTRICT).await?;
    Ok(db)
}

fn fields(suite: Suite, keys: &Keyring) -> Result<(), Fault> {
    let context = Context { district: DISTRICT, column: "registry_record.sealed", row: Uuid::from_u128(7) };
    let sealed = keys.seal(&context, &VALUE)?;
    tell(suite, "sealed", || drop(black_box(keys.seal(&context, black_box(&VALUE)))));
    tell(suite, "opened", || drop(black_box(keys.open(&context, black_box(&sealed)))));
    tell(suite, "blind", || {
        black_box(keys.blind("document", black_box("430204199001011234")));
    });
    Ok(())
}

fn tell(suite: Suite, what: &str, work: impl Fn()) {
    let begun = cpu_seconds();
    (0..ROUNDS).for_each(|_| work());
    let rate = f64::from(ROUNDS) / (cpu_seconds() - begun);
    println!("{suite:<14} {what:<8} {rate:>10.0} /s on one core");
}

/// Seconds this thread has been computing: others on the machine do not count. The kernel says them in nanoseconds.
fn cpu_seconds() -> f64 {
    let said = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = said.split(' ').next().and_then(|first| first.parse::<f64>().ok());
    nanos.expect("a kernel that counts") / 1e9
}

async fn audit(db: &Db, facts: u64) -> Result<(), Fault> {
    let actor = Actor::system(DISTRICT, "bench");
    for write in 0..facts / WRITE_FACTS {
        db.clock().set(db.clock().now().after(Duration::from_millis(50)));
        db.write::<_, Fault, _>(&actor, async move |tx: &mut Tx| {
            for n in 0..WRITE_FACTS {
                tx.record(&CaseTaken(u128::from(write * WRITE_FACTS + n))).await?;
            }
            Ok(())
        })
        .await?;
    }
    db.clock().set(db.clock().now().after(ledger::SEALED_AFTER * 2));
    let (begun, mut sealed) = (Instant::now(), 0);
    loop {
        match ledger::seal_facts(db, DISTRICT).await? {
            0 => break,
            count => sealed += count,
        }
    }
    println!("{:<14} sealed {sealed} facts in {:.2} s", db.engine_name(), begun.elapsed().as_secs_f64());
    let key = db.fixtures().get::<Vault>().of(DISTRICT)?.log().public().clone();
    let begun = Instant::now();
    let verdict = ledger::verify(db, DISTRICT, key, None, |_| {}).await?;
    let seconds = begun.elapsed().as_secs_f64();
    let found = verdict.finding.map_or("intact".to_owned(), |finding| finding.to_string());
    println!("{:<14} examined {} facts in {seconds:.2} s: {found}", db.engine_name(), verdict.size);
    Ok(())
}
