//! Loads and saves how far a table is that is brought in, and how sheets of a layout are read.

use super::unseal;
use crate::import::{Batch, BatchId, BatchState, Mapping, Report, Table};
use crate::model::{ActId, RecordId};
use ::store::{Json, Tx, row, sql, value};
use platform::{AccountId, DistrictId, Fault, Time};
use seal::{Context, Keyring};
use uuid::Uuid;

value!(BatchId as Uuid, |v| v.0, BatchId);

pub(super) const REPORT: &str = "registry_batch.report";

row! {
    /// A batch as it is stored: its report sealed.
    #[derive(Clone, Debug)]
    pub(crate) struct BatchRow {
        pub id: BatchId,
        pub kind: Table,
        pub state: BatchState,
        pub account_id: Option<AccountId>,
        pub by_name: String,
        pub scopes: Json<Vec<String>>,
        pub file_name: String,
        pub sheet: i64,
        pub mapping: Option<Json<Mapping>>,
        pub takes_conflicts: bool,
        pub act: ActId,
        pub undo_act: ActId,
        pub rows: i64,
        pub rows_done: i64,
        pub undone_to: Option<RecordId>,
        pub report: Option<Vec<u8>>,
        pub created_at: Time,
        pub changed_at: Time,
    }
}

type InsertColumns = (
    DistrictId,
    BatchId,
    Table,
    BatchState,
    Option<AccountId>,
    String,
    Json<Vec<String>>,
    String,
    i64,
    ActId,
    ActId,
    Time,
);

type SaveColumns = (
    DistrictId,
    BatchId,
    BatchState,
    i64,
    Option<Json<Mapping>>,
    bool,
    i64,
    i64,
    Option<RecordId>,
    Option<Vec<u8>>,
    Time,
    BatchState,
    i64,
);

sql! {
    INSERT: InsertColumns =
        "insert into registry_batch (district, id, kind, state, account_id, by_name, scopes, file_name, sheet, takes_conflicts, act,
             undo_act, rows, rows_done, created_at, changed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, false, $10, $11, 0, 0, $12, $12)";
    /// Only from the state and the row it was seen at: two servers never work at the same table.
    SAVE: SaveColumns =
        "update registry_batch set state = $3, sheet = $4, mapping = $5, takes_conflicts = $6, rows = $7, rows_done = $8,
             undone_to = $9, report = $10, changed_at = $11
         where district = $1 and id = $2 and state = $12 and rows_done = $13";
    SAVE_LAYOUT: (DistrictId, Table, Vec<u8>, Json<Mapping>, Time) =
        "insert into registry_layout (district, kind, heads, mapping, changed_at) values ($1, $2, $3, $4, $5)
         on conflict (district, kind, heads) do update set mapping = excluded.mapping, changed_at = excluded.changed_at";
}

impl BatchRow {
    pub(crate) fn open(self, keys: &Keyring, district: DistrictId) -> Result<Batch, Fault> {
        let report = match &self.report {
            None => Report::default(),
            Some(sealed) => unseal(keys, district, REPORT, RecordId(self.id.0), sealed)?,
        };
        Ok(Batch {
            id: self.id,
            table: self.kind,
            state: self.state,
            account: self.account_id,
            by_name: self.by_name,
            scopes: self.scopes.0,
            file_name: self.file_name,
            sheet: usize::try_from(self.sheet).unwrap_or(0),
            mapping: self.mapping.map(|mapping| mapping.0),
            takes_conflicts: self.takes_conflicts,
            act: self.act,
            undo_act: self.undo_act,
            rows: self.rows,
            rows_done: self.rows_done,
            undone_to: self.undone_to,
            report,
            created_at: self.created_at,
            changed_at: self.changed_at,
        })
    }
}

/// Saves a table that was sent.
pub(crate) async fn insert(tx: &mut Tx, batch: &Batch) -> Result<(), Fault> {
    let row = (
        tx.district(),
        batch.id,
        batch.table,
        batch.state,
        batch.account,
        batch.by_name.clone(),
        Json(batch.scopes.clone()),
        batch.file_name.clone(),
        batch.sheet as i64,
        batch.act,
        batch.undo_act,
        batch.created_at,
    );
    tx.execute(&INSERT, row).await.map(drop)
}

/// Saves how far a batch is; false where it has gone on since.
pub(crate) async fn save(tx: &mut Tx, before: &Batch, after: &Batch) -> Result<bool, Fault> {
    let (district, keys) = (tx.district(), super::keys(tx)?);
    let plain =
        serde_json::to_vec(&after.report).map_err(|e| Fault::broken("a report is no JSON").because(e))?;
    let report = keys.seal(&Context { district, column: REPORT, row: after.id.0 }, &plain)?;
    let row = (
        district,
        after.id,
        after.state,
        after.sheet as i64,
        after.mapping.clone().map(Json),
        after.takes_conflicts,
        after.rows,
        after.rows_done,
        after.undone_to,
        Some(report),
        tx.now(),
        before.state,
        before.rows_done,
    );
    Ok(tx.execute(&SAVE, row).await? == 1)
}

/// Remembers how a sheet with these heads is read.
pub(crate) async fn save_layout(
    tx: &mut Tx,
    table: Table,
    heads: Vec<u8>,
    mapping: Mapping,
) -> Result<(), Fault> {
    let params = (tx.district(), table, heads, Json(mapping), tx.now());
    tx.execute(&SAVE_LAYOUT, params).await.map(drop)
}
