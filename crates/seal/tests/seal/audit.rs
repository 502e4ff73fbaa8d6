//! The sealed audit: what somebody changes behind the program's back is found and named.

use crate::town::{keys, prepare, ring, ring_late};
use platform::{DistrictId, FactId, Fault};
use seal::Suite;
use seal::ledger::{self, Change, Finding, SEALED_AFTER, Verdict, newest_checkpoint, seal_facts};
use seal::log::{Checkpoint, LogKey};
use std::time::Duration;
use store::{Conn, FactRow, Query, Tx, sql};
use testkit::{DISTRICT, Town, each_engine};
use uuid::Uuid;

/// What somebody with the database's password could do.
mod tamper {
    use super::*;
    sql! {
        pub RENAME: (DistrictId, FactId) =
            "update platform_fact set actor_name = '他人' where district = $1 and id = $2";
        pub REMOVE: (DistrictId, FactId) = "delete from platform_fact where district = $1 and id = $2";
        pub COPY: (DistrictId, FactId, FactId) =
            "insert into platform_fact (district, id, name, at, actor_kind, actor_id, actor_name, via, subject_kind, subject_id,
                 area_path, unit_id, data)
             select $1, $3, name, at, actor_kind, actor_id, actor_name, via, subject_kind, subject_id, area_path, unit_id, data
             from platform_fact where district = $1 and id = $2";
        pub REMOVE_BATCH: (DistrictId, i64) = "delete from platform_ledger where district = $1 and batch = $2";
        pub REMOVE_BATCHES: (DistrictId, i64) = "delete from platform_ledger where district = $1 and batch >= $2";
        pub CHANGE_BATCH: (DistrictId, i64, Vec<u8>) =
            "update platform_ledger set leaves = $3 where district = $1 and batch = $2";
        pub LEAVES: (DistrictId, i64) -> (Vec<u8>,) =
            "select leaves from platform_ledger where district = $1 and batch = $2";
        pub REMOVE_CHECKPOINTS: (DistrictId, i64) =
            "delete from platform_checkpoint where district = $1 and size >= $2";
        pub CHANGE_CHECKPOINT: (DistrictId, i64, String) =
            "update platform_checkpoint set note = $3 where district = $1 and size = $2";
    }
}

async fn seals(town: &Town) -> u64 {
    town.clock.set(town.clock.now().after(SEALED_AFTER + Duration::from_secs(1)));
    seal_facts(town.db(), DISTRICT).await.expect("sealed")
}

/// A town whose facts were sealed in three batches.
async fn with_history(town: &Town) {
    prepare(town, Suite::Sm).await;
    for _ in 0..3 {
        ring(town, 5).await;
        seals(town).await;
    }
}

async fn examined(town: &Town, kept: Option<Checkpoint>) -> Verdict {
    let key = keys(town.db()).log().public().clone();
    ledger::verify(town.db(), DISTRICT, key, kept, |_| {}).await.expect("examined")
}

async fn facts(town: &Town) -> Vec<FactRow> {
    let read = async |conn: &mut Conn| FactRow::after(conn, DISTRICT, FactId(Uuid::nil()), 1000).await;
    town.db().read(read).await.expect("facts")
}

async fn tampers<P>(town: &Town, query: &'static Query<P, ()>, params: P)
where
    P: store::Params + Clone + Send + Sync + 'static,
{
    let work = async move |tx: &mut Tx| tx.execute(query, params.clone()).await;
    assert!(
        town.db().write::<_, Fault, _>(&town.system(), work).await.expect("done") > 0,
        "something was changed"
    );
}

async fn signed(town: &Town) -> (String, Checkpoint) {
    let note = newest_checkpoint(town.db(), DISTRICT).await.expect("read").expect("a checkpoint").note;
    let checkpoint = keys(town.db()).log().public().open(&note).expect("ours");
    (note, checkpoint)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_untouched_trail_is_intact() {
    each_engine(&[], async |town: Town| {
        prepare(&town, Suite::Sm).await;
        let empty = examined(&town, None).await;
        assert!(empty.size == 0 && empty.checkpoint.is_none() && empty.finding.is_none());
        ring(&town, 7).await;
        assert_eq!(seal_facts(town.db(), DISTRICT).await.expect("sealed"), 0, "too young");
        let young = facts(&town).await.len() as u64;
        assert_eq!(examined(&town, None).await.unsealed, young);
        assert_eq!(seals(&town).await, young);
        assert_eq!(seals(&town).await, 0, "nothing is sealed twice");
        ring(&town, 2).await;
        let verdict = examined(&town, None).await;
        assert_eq!((verdict.size, verdict.unsealed, &verdict.finding), (young, 2, &None));
        let (_, checkpoint) = signed(&town).await;
        assert_eq!((checkpoint.size, checkpoint.root), (verdict.size, verdict.root));
        assert_eq!(verdict.checkpoint.map(|seen| seen.size), Some(young as i64));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_late_is_sealed_behind() {
    each_engine(&[], async |town: Town| {
        with_history(&town).await;
        let before = examined(&town, None).await;
        ring_late(&town, Duration::from_secs(600)).await;
        ring(&town, 1).await;
        let waiting = examined(&town, None).await;
        assert_eq!((waiting.unsealed, &waiting.finding), (2, &None), "the late one is noted");
        assert_eq!(seals(&town).await, 2);
        let after = examined(&town, Some(signed(&town).await.1)).await;
        assert_eq!((after.size, after.late, after.unsealed), (before.size + 2, 1, 0));
        assert_eq!(after.finding, None);
        // One that came late and is older than everything, while others wait in order.
        ring_late(&town, Duration::from_secs(86_400)).await;
        ring_late(&town, Duration::from_secs(90)).await;
        assert_eq!(seals(&town).await, 2);
        let after = examined(&town, None).await;
        assert_eq!(
            (after.late, after.finding),
            (2, None),
            "ninety seconds were early enough to stand in order"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_that_seal_at_once_seal_once() {
    each_engine(&[], async |town: Town| {
        prepare(&town, Suite::Sm).await;
        ring(&town, 20).await;
        town.clock.set(town.clock.now().after(SEALED_AFTER * 2));
        let at_once = (0..4).map(|_| seal_facts(town.db(), DISTRICT));
        for sealed in futures_util::future::join_all(at_once).await {
            sealed.expect("sealed");
        }
        let verdict = examined(&town, None).await;
        assert_eq!((verdict.size, verdict.finding), (facts(&town).await.len() as u64, None));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fact_that_was_changed_removed_or_put_in_is_named() {
    each_engine(&[], async |town: Town| {
        with_history(&town).await;
        let facts = facts(&town).await;
        let found = async |fact, change| {
            assert_eq!(examined(&town, None).await.finding, Some(Finding::Fact { fact, change }));
        };
        let put_in = FactId(Uuid::from_u128(facts[9].id.0.as_u128() + 1));
        tampers(&town, &tamper::COPY, (DISTRICT, facts[9].id, put_in)).await;
        found(put_in, Change::PutInBetween).await;
        tampers(&town, &tamper::RENAME, (DISTRICT, facts[7].id)).await;
        found(facts[7].id, Change::Changed).await;
        tampers(&town, &tamper::REMOVE, (DISTRICT, facts[4].id)).await;
        found(facts[4].id, Change::Removed).await;
        tampers(&town, &tamper::REMOVE, (DISTRICT, facts[0].id)).await;
        found(facts[0].id, Change::Removed).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newest_fact_cannot_be_removed_unseen() {
    each_engine(&[], async |town: Town| {
        with_history(&town).await;
        let last = facts(&town).await.last().expect("facts").id;
        tampers(&town, &tamper::REMOVE, (DISTRICT, last)).await;
        let finding = examined(&town, None).await.finding;
        assert_eq!(finding, Some(Finding::Fact { fact: last, change: Change::Removed }));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_was_mended_to_fit_is_named() {
    each_engine(&[], async |town: Town| {
        with_history(&town).await;
        let (note, checkpoint) = signed(&town).await;
        let size = checkpoint.size as i64;
        let find = async || examined(&town, None).await.finding.expect("found").to_string();

        // A checkpoint signed with a key of somebody's own.
        let forger = LogKey::new(DISTRICT, &[9; 32]).expect("a key");
        let forged = forger.sign(checkpoint.size, checkpoint.root);
        tampers(&town, &tamper::CHANGE_CHECKPOINT, (DISTRICT, size, forged)).await;
        assert!(find().await.contains("forged"), "{}", find().await);
        tampers(&town, &tamper::CHANGE_CHECKPOINT, (DISTRICT, size, note)).await;
        assert_eq!(examined(&town, None).await.finding, None);

        // A leaf that fits a changed fact.
        let read = async |conn: &mut Conn| conn.one(&tamper::LEAVES, (DISTRICT, 2)).await;
        let (mut leaves,): (Vec<u8>,) = town.db().read(read).await.expect("leaves");
        leaves[20] ^= 1;
        tampers(&town, &tamper::CHANGE_BATCH, (DISTRICT, 2, leaves.clone())).await;
        assert!(find().await.starts_with("batch 2 of the log was changed"), "{}", find().await);
        leaves[20] ^= 1;
        tampers(&town, &tamper::CHANGE_BATCH, (DISTRICT, 2, leaves)).await;
        assert_eq!(examined(&town, None).await.finding, None);

        tampers(&town, &tamper::REMOVE_BATCHES, (DISTRICT, 3)).await;
        let shortened = examined(&town, None).await.finding;
        assert!(
            matches!(shortened, Some(Finding::Shortened { signed, .. }) if signed == size),
            "{shortened:?}"
        );
        tampers(&town, &tamper::REMOVE_BATCH, (DISTRICT, 1)).await;
        assert_eq!(examined(&town, None).await.finding, Some(Finding::MissingBatch { batch: 1 }));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_cut_off_whole_is_told_by_a_checkpoint_kept_elsewhere() {
    each_engine(&[], async |town: Town| {
        with_history(&town).await;
        let (_, kept) = signed(&town).await;
        let last_batch = facts(&town).await.split_off(10);
        tampers(&town, &tamper::REMOVE_CHECKPOINTS, (DISTRICT, kept.size as i64)).await;
        let without = examined(&town, None).await.finding;
        assert_eq!(without, Some(Finding::MissingCheckpoint { size: kept.size }));
        tampers(&town, &tamper::REMOVE_BATCHES, (DISTRICT, 3)).await;
        let size = examined(&town, None).await.size;
        for fact in last_batch.iter().rev().take(usize::try_from(kept.size - size).expect("a count")) {
            tampers(&town, &tamper::REMOVE, (DISTRICT, fact.id)).await;
        }
        assert_eq!(examined(&town, None).await.finding, None, "nothing in the database tells");
        let rewritten = Some(Finding::Rewritten { size: kept.size });
        assert_eq!(examined(&town, Some(kept.clone())).await.finding, rewritten);
        // Nor does it help to go on: the log grows past that size, and is another.
        ring(&town, 9).await;
        seals(&town).await;
        assert_eq!(examined(&town, None).await.finding, None);
        assert_eq!(examined(&town, Some(kept)).await.finding, rewritten);
    })
    .await;
}
