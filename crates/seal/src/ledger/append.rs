//! Sealing facts: those old enough that none before them can still come are hashed into the log, batch by batch.

use super::Leaf;
use super::leaf::entry_of;
use crate::keyring::Keyring;
use crate::log::{Hash, Range, leaf_hash};
use crate::vault::Vault;
use platform::{Actor, DistrictId, FactId, Fault, FaultKind};
use std::sync::Arc;
use std::time::Duration;
use store::{BatchKind, CheckpointRow, Conn, Db, FactRow, LedgerHead, LedgerRow, Tx};
use uuid::Uuid;

/// A fact is sealed when it is this old. A write notes its facts as late where they are older than a minute at its end, and a
/// commit is given up after another: nothing comes before a sealed fact without that note.
pub const SEALED_AFTER: Duration = Duration::from_secs(300);
/// Facts of a batch: on SQLite a few hundredths of a second in which other writes wait.
const BATCH_FACTS_MAX: i64 = 4096;
/// Batches of one round; what is left is the next round's.
const ROUND_BATCHES_MAX: usize = 16;

/// Seals what is old enough, at most a round of it; answers how many facts that were. Any server may do it at any time.
pub async fn seal_facts(db: &Db, district: DistrictId) -> Result<u64, Fault> {
    let keys = db.fixtures().get::<Vault>().of(district)?;
    let horizon = FactId::least_at(db.clock().now().before(SEALED_AFTER));
    let actor = Actor::system(district, "ledger");
    let mut sealed = 0;
    for _ in 0..ROUND_BATCHES_MAX {
        let keys = keys.clone();
        match db.write(&actor, async move |tx: &mut Tx| seal_batch(tx, &keys, horizon).await).await? {
            0 => break,
            count => sealed += count,
        }
    }
    Ok(sealed)
}

/// The newest checkpoint, for others to keep; none where nothing is sealed yet.
pub async fn newest_checkpoint(db: &Db, district: DistrictId) -> Result<Option<CheckpointRow>, Fault> {
    db.read(async move |conn: &mut Conn| CheckpointRow::newest(conn, district).await).await
}

async fn seal_batch(tx: &mut Tx, keys: &Arc<Keyring>, horizon: FactId) -> Result<u64, Fault> {
    let district = tx.district();
    let head = LedgerHead::find(tx, district).await?;
    let Some((kind, facts)) = next_facts(tx, district, horizon).await? else { return Ok(0) };
    let (first_fact, last_fact) = (facts[0].id, facts[facts.len() - 1].id);
    let mut range = head.as_ref().map_or_else(|| Ok(Range::default()), kept_range)?;
    let size_before = range.size() as i64;
    let leaves = append(&mut range, &facts);
    let row = LedgerRow {
        batch: head.map_or(1, |head| head.batch + 1),
        kind,
        first_fact,
        last_fact,
        size_before,
        count: facts.len() as i64,
        leaves,
        root: range.root().to_vec(),
        subtrees: range.subtrees().concat(),
    };
    // Another server may have sealed the same: then there is nothing to add here.
    if tx.add_batch(row).await? {
        tx.add_checkpoint(range.size() as i64, keys.log().sign(range.size(), range.root())).await?;
    }
    Ok(facts.len() as u64)
}

/// The next facts in order, or else such as came late.
async fn next_facts(
    tx: &mut Tx,
    district: DistrictId,
    horizon: FactId,
) -> Result<Option<(BatchKind, Vec<FactRow>)>, Fault> {
    let last = LedgerHead::last_in_order(tx, district).await?.unwrap_or(FactId(Uuid::nil()));
    let facts = FactRow::between(tx, district, last, horizon, BATCH_FACTS_MAX).await?;
    if !facts.is_empty() {
        return Ok(Some((BatchKind::InOrder, facts)));
    }
    let facts = FactRow::late(tx, district, last, BATCH_FACTS_MAX).await?;
    Ok((!facts.is_empty()).then_some((BatchKind::Late, facts)))
}

fn append(range: &mut Range, facts: &[FactRow]) -> Vec<u8> {
    let (mut leaves, mut entry) = (Vec::with_capacity(facts.len() * super::LEAF_BYTES), Vec::new());
    for fact in facts {
        entry_of(fact, &mut entry);
        let leaf = Leaf { fact: fact.id, hash: leaf_hash(&entry) };
        leaf.write(&mut leaves);
        range.append(leaf.hash);
    }
    leaves
}

fn kept_range(head: &LedgerHead) -> Result<Range, Fault> {
    let (subtrees, rest) = head.subtrees.as_chunks::<{ size_of::<Hash>() }>();
    let size = u64::try_from(head.size_before + head.count).unwrap_or(0);
    let range = Range::kept(size, subtrees.to_vec()).filter(|_| rest.is_empty());
    range.ok_or_else(|| {
        let what = format!("batch {} of the sealed log was changed; run: mulin audit verify", head.batch);
        Fault::new(FaultKind::Corrupt, what)
    })
}
