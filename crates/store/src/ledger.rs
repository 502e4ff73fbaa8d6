//! The rows of the sealed log of facts: batches, checkpoints, and the facts that came late. What is hashed, and how, is `seal`'s.

use crate::{Conn, FactRow, Tx, row, sql, text_enum};
use platform::{DistrictId, FactId, Fault, Time};
use std::ops::ControlFlow;
use std::time::Duration;

/// Facts older than this when their write commits are noted as late. Less than the age at which facts are sealed by so much that a
/// commit in between ends in time.
const LATE_AFTER: Duration = Duration::from_secs(60);

text_enum! {
    /// How the facts of a batch follow those before it.
    pub BatchKind {
        /// Their ids are all greater than those of the batches in order before.
        InOrder = "in_order",
        /// They were recorded under an earlier moment than that of their write: imports of the past, writes that took long.
        Late = "late",
    }
}

row! {
    /// Where the log stands.
    #[derive(Clone, Debug)]
    pub struct LedgerHead {
        pub batch: i64,
        pub size_before: i64,
        pub count: i64,
        /// The hashes of the full subtrees, 32 bytes each, the widest first.
        pub subtrees: Vec<u8>,
    }
}

row! {
    /// A batch of the log.
    #[derive(Clone, Debug)]
    pub struct LedgerRow {
        /// From 1 on.
        pub batch: i64,
        pub kind: BatchKind,
        pub first_fact: FactId,
        pub last_fact: FactId,
        pub size_before: i64,
        pub count: i64,
        /// For each fact its id (16 bytes) and its leaf hash (32 bytes).
        pub leaves: Vec<u8>,
        /// The root of the log with this batch.
        pub root: Vec<u8>,
        pub subtrees: Vec<u8>,
    }
}

row! {
    /// A signed head of the log.
    #[derive(Clone, Debug)]
    pub struct CheckpointRow {
        pub size: i64,
        pub note: String,
        pub at: Time,
    }
}

sql! {
    HEAD: (DistrictId,) -> LedgerHead =
        "select batch, size_before, count, subtrees from platform_ledger where district = $1 order by batch desc limit 1";
    LAST_IN_ORDER: (DistrictId, BatchKind) -> (FactId,) =
        "select last_fact from platform_ledger where district = $1 and kind = $2 order by batch desc limit 1 /* whole district */";
    BATCHES: (DistrictId,) -> LedgerRow =
        "select batch, kind, first_fact, last_fact, size_before, count, leaves, root, subtrees
         from platform_ledger where district = $1 order by batch /* whole district */";
    ADD_BATCH: (DistrictId, i64, BatchKind, FactId, FactId, i64, i64, Vec<u8>, Vec<u8>, Vec<u8>) =
        "insert into platform_ledger (district, batch, kind, first_fact, last_fact, size_before, count, leaves, root,
             subtrees)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         on conflict (district, batch) do nothing";
    ADD_CHECKPOINT: (DistrictId, i64, String, Time) =
        "insert into platform_checkpoint (district, size, note, at) values ($1, $2, $3, $4)
         on conflict (district, size) do nothing";
    CHECKPOINTS: (DistrictId,) -> CheckpointRow =
        "select size, note, at from platform_checkpoint where district = $1 order by size /* whole district */";
    LAST_CHECKPOINT: (DistrictId,) -> CheckpointRow =
        "select size, note, at from platform_checkpoint where district = $1 order by size desc limit 1";
    EACH_FACT: (DistrictId,) -> FactRow =
        "select district, id, name, at, actor_kind, actor_id, actor_name, via, subject_kind, subject_id, area_path, unit_id,
             data
         from platform_fact where district = $1 order by id /* whole district */";
    FACTS_BETWEEN: (DistrictId, FactId, FactId, i64) -> FactRow =
        "select district, id, name, at, actor_kind, actor_id, actor_name, via, subject_kind, subject_id, area_path, unit_id,
             data
         from platform_fact where district = $1 and id > $2 and id < $3 order by id limit $4";
    LATE_FACTS: (DistrictId, FactId, i64) -> FactRow =
        "select f.district, f.id, f.name, f.at, f.actor_kind, f.actor_id, f.actor_name, f.via, f.subject_kind,
             f.subject_id, f.area_path, f.unit_id, f.data
         from platform_late_fact l join platform_fact f on f.district = l.district and f.id = l.fact_id
         where l.district = $1 and l.fact_id <= $2 order by l.fact_id limit $3";
    LATE_IDS: (DistrictId,) -> (FactId,) =
        "select fact_id from platform_late_fact where district = $1 order by fact_id /* whole district */";
    NOTE_LATE: (DistrictId, FactId) =
        "insert into platform_late_fact (district, fact_id) values ($1, $2) on conflict (district, fact_id) do nothing";
    FORGET_LATE: (DistrictId, FactId, FactId) =
        "delete from platform_late_fact where district = $1 and fact_id >= $2 and fact_id <= $3";
}

/// Reading the log.
impl LedgerHead {
    pub async fn find(conn: &mut Conn, district: DistrictId) -> Result<Option<LedgerHead>, Fault> {
        conn.optional(&HEAD, (district,)).await
    }

    /// The greatest fact that was sealed in order; all before it that came in time are sealed too.
    pub async fn last_in_order(conn: &mut Conn, district: DistrictId) -> Result<Option<FactId>, Fault> {
        let found = conn.optional(&LAST_IN_ORDER, (district, BatchKind::InOrder)).await?;
        Ok(found.map(|(last,)| last))
    }
}

impl LedgerRow {
    /// Hands every batch to `take`, the first one first.
    pub async fn each(
        conn: &mut Conn,
        district: DistrictId,
        take: impl FnMut(LedgerRow) -> ControlFlow<()>,
    ) -> Result<(), Fault> {
        conn.each(&BATCHES, (district,), take).await
    }
}

impl CheckpointRow {
    /// Every checkpoint, the smallest first.
    pub async fn all(conn: &mut Conn, district: DistrictId) -> Result<Vec<CheckpointRow>, Fault> {
        conn.all(&CHECKPOINTS, (district,)).await
    }

    pub async fn newest(conn: &mut Conn, district: DistrictId) -> Result<Option<CheckpointRow>, Fault> {
        conn.optional(&LAST_CHECKPOINT, (district,)).await
    }
}

/// The facts as the log takes them.
impl FactRow {
    /// Hands every fact of the district to `take`, by id: run it as a long read.
    pub async fn each(
        conn: &mut Conn,
        district: DistrictId,
        take: impl FnMut(FactRow) -> ControlFlow<()>,
    ) -> Result<(), Fault> {
        conn.each(&EACH_FACT, (district,), take).await
    }

    /// Facts behind `after` and before `end`, by id.
    pub async fn between(
        conn: &mut Conn,
        district: DistrictId,
        after: FactId,
        end: FactId,
        rows: i64,
    ) -> Result<Vec<FactRow>, Fault> {
        conn.all(&FACTS_BETWEEN, (district, after, end, rows)).await
    }

    /// Facts up to `last` that came late and are not sealed, by id.
    pub async fn late(
        conn: &mut Conn,
        district: DistrictId,
        last: FactId,
        rows: i64,
    ) -> Result<Vec<FactRow>, Fault> {
        conn.all(&LATE_FACTS, (district, last, rows)).await
    }

    /// The ids of all facts that came late and are not sealed.
    pub async fn late_ids(conn: &mut Conn, district: DistrictId) -> Result<Vec<FactId>, Fault> {
        Ok(conn.all(&LATE_IDS, (district,)).await?.into_iter().map(|(id,)| id).collect())
    }
}

impl Tx {
    /// Appends a batch to the log of this write's district; false where another server has just done so.
    pub async fn add_batch(&mut self, row: LedgerRow) -> Result<bool, Fault> {
        let district = self.district();
        let LedgerRow { batch, kind, first_fact, last_fact, size_before, count, leaves, root, subtrees } =
            row;
        let params =
            (district, batch, kind, first_fact, last_fact, size_before, count, leaves, root, subtrees);
        if self.execute(&ADD_BATCH, params).await? == 0 {
            return Ok(false);
        }
        self.execute(&FORGET_LATE, (district, first_fact, last_fact)).await?;
        Ok(true)
    }

    pub async fn add_checkpoint(&mut self, size: i64, note: String) -> Result<(), Fault> {
        let (district, now) = (self.district(), self.now());
        self.execute(&ADD_CHECKPOINT, (district, size, note, now)).await.map(drop)
    }

    /// Notes those facts of this write that were recorded under an earlier moment than the present: others with greater ids may be
    /// sealed already.
    pub(crate) async fn note_late_facts(&mut self, present: Time) -> Result<(), Fault> {
        let since = FactId::least_at(present.before(LATE_AFTER));
        let late = |fact: &&FactRow| fact.id < since;
        let late: Vec<_> = self.facts().iter().filter(late).map(|fact| (fact.district, fact.id)).collect();
        if !late.is_empty() {
            self.execute_many(&NOTE_LATE, late).await?;
        }
        Ok(())
    }
}
