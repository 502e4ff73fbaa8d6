//! The demo's register: homes, households and invented people in every grid, the same every time, entered by the rules of any other
//! record and written grid by grid.

mod families;
mod grid;
mod ground;
mod scribe;
mod sources;
mod specimen;

use crate::catalogue::Catalogue;
use crate::commands::Drafting;
use crate::error::RegistryError;
use crate::facts::{DEMO_ENTERED, RegistryFact};
use crate::model::{ActId, Record, RecordId};
use crate::store::{self, Rows};
use ::store::{Db, Tx};
use platform::{Actor, DistrictId, Fault, Time};
use rand::SeedableRng;
use rand::rngs::StdRng;
use scribe::Scribe;
use seal::Vault;
use serde_json::json;
use sources::Sources;
use specimen::Specimens;
use std::collections::BTreeMap;
use std::sync::Arc;
use territory::{Map, Snapshot};
use tokio::sync::mpsc;

/// Grids the small demo fills: about one in a hundred homes of the whole.
pub const GRIDS_SMALL: usize = 3;
/// Grids that are ready and wait for their write; each holds some thousand records.
const GRIDS_WAITING_MAX: usize = 4;
/// Writes on their way: while one waits for its commit the next is sent.
const WRITES_AT_ONCE: usize = 2;

/// What was made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Made {
    pub records: usize,
    pub by_kind: BTreeMap<&'static str, usize>,
}

/// Fills the district's register, or its first `grids_max` grids. `progress` is told how many records are written.
///
/// Deterministic: the same district and moment give the same records, ids too. Grids must be there before.
///
/// # Errors
/// A fault of the database, or a demo that breaks the register's own rules.
pub async fn fill(
    db: &Db,
    district: DistrictId,
    grids_max: Option<usize>,
    progress: &mut (dyn FnMut(usize) + Send),
) -> Result<Made, Fault> {
    let maker = Maker {
        sources: Sources::read()?,
        catalogue: db.fixtures().get::<Catalogue>(),
        map: db.fixtures().get::<Map>().of(district),
        now: db.clock().now(),
        grids_max: grids_max.unwrap_or(usize::MAX),
    };
    let keys = db.fixtures().get::<Vault>().of(district)?;
    let (ready, mut batches) = mpsc::channel(GRIDS_WAITING_MAX);
    // Made and sealed on a thread of its own, so that the writes only write.
    let making = tokio::task::spawn_blocking(move || {
        maker.make(&mut |records| {
            let rows = Rows::of(&maker.catalogue, &keys, district, &records)?;
            ready
                .blocking_send(Batch::of(&records, rows))
                .map_err(|_| Fault::broken("the demo was broken off"))
        })
    });
    let actor = Actor::system(district, "demo");
    let mut made = Made::default();
    let mut writing = tokio::task::JoinSet::new();
    loop {
        let next = if writing.len() < WRITES_AT_ONCE { batches.recv().await } else { None };
        let is_last = next.is_none() && writing.len() < WRITES_AT_ONCE;
        if let Some(batch) = next {
            made.add(&batch);
            let (db, actor) = (db.clone(), actor.clone());
            writing.spawn(async move { write(&db, &actor, batch).await });
            continue;
        }
        match writing.join_next().await {
            Some(written) => {
                written.map_err(|e| Fault::broken("a write of the demo broke off").because(e))??;
                progress(made.records);
            }
            None if is_last => break,
            None => {}
        }
    }
    making.await.map_err(|e| Fault::broken("the demo's register broke off").because(e))??;
    db.learn(&store::LOADED).await?;
    Ok(made)
}

/// The records of one grid, ready to be written.
struct Batch {
    act: ActId,
    area_path: String,
    by_kind: BTreeMap<&'static str, usize>,
    rows: Arc<Rows>,
}

impl Batch {
    fn of(records: &[Record], rows: Rows) -> Self {
        let mut by_kind = BTreeMap::new();
        for record in records {
            *by_kind.entry(record.kind.as_str()).or_default() += 1;
        }
        let first = records.first();
        Self {
            act: first.map_or(ActId(uuid::Uuid::nil()), |record| record.act),
            area_path: first.map(|record| record.content.area_path.clone()).unwrap_or_default(),
            by_kind,
            rows: Arc::new(rows),
        }
    }
}

impl Made {
    /// Records of a kind, by its code.
    pub fn count(&self, kind: &str) -> usize {
        self.by_kind.get(kind).copied().unwrap_or(0)
    }

    fn add(&mut self, batch: &Batch) {
        for (kind, count) in &batch.by_kind {
            *self.by_kind.entry(kind).or_default() += count;
            self.records += count;
        }
    }
}

async fn write(db: &Db, actor: &Actor, batch: Batch) -> Result<(), Fault> {
    db.write(actor, async move |tx: &mut Tx| {
        store::insert_rows(tx, &batch.rows).await?;
        let data = json!({ "act": batch.act, "records": batch.by_kind });
        let subject = RecordId(batch.act.0);
        let fact = RegistryFact { name: DEMO_ENTERED, subject, area_path: Some(&batch.area_path), data };
        tx.record(&fact).await.map(drop)
    })
    .await
}

/// What the records are made from.
struct Maker {
    sources: Sources,
    catalogue: Arc<Catalogue>,
    map: Arc<Snapshot>,
    now: Time,
    grids_max: usize,
}

impl Maker {
    /// Hands over the records of the ground that grids share, then those of each grid.
    fn make(&self, done: &mut dyn FnMut(Vec<Record>) -> Result<(), Fault>) -> Result<(), Fault> {
        let mut scribe = self.scribe(0);
        let shared = ground::lay_shared(&mut scribe, &self.sources, &self.map).map_err(refused)?;
        done(scribe.records)?;
        let mut specimens = Specimens::default();
        for (n, grid) in self.map.grids().enumerate().take(self.grids_max) {
            let mut scribe = self.scribe(n + 1);
            let mut random = StdRng::seed_from_u64(n as u64);
            grid::settle(&mut scribe, &self.sources, &shared, &mut specimens, (n, grid), &mut random)
                .map_err(refused)?;
            done(scribe.records)?;
        }
        Ok(())
    }

    fn scribe(&self, serial: usize) -> Scribe<'_> {
        let today = self.now.local().date();
        let rules = Drafting { catalogue: &self.catalogue, map: &self.map, today, now: self.now };
        Scribe::new(rules, serial)
    }
}

/// The demo keeps to the rules; where it does not, it names the one it breaks.
fn refused(e: RegistryError) -> Fault {
    match e {
        RegistryError::Fault(fault) => fault,
        other => Fault::broken(format!("the demo's register breaks a rule: {other}")),
    }
}
