//! Saves who took a copy, and whom it concerned.

use crate::export::{ExportId, Noted};
use crate::model::{Kind, RecordId};
use ::store::{Json, Tx, sql, value};
use platform::{AccountId, DistrictId, Fault, Time};
use seal::Context;
use uuid::Uuid;

value!(ExportId as Uuid, |v| v.0, ExportId);

pub(super) const REASON: &str = "registry_export.reason";

type Columns = (
    DistrictId,
    ExportId,
    Time,
    Option<AccountId>,
    String,
    Kind,
    String,
    String,
    Json<Vec<String>>,
    Vec<u8>,
    i64,
    Option<String>,
);

sql! {
    INSERT: Columns =
        "insert into registry_export (district, id, at, account_id, by_name, kind, area_path, purpose, opened, reason, rows, device)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         on conflict (district, id) do update set at = excluded.at, rows = excluded.rows";
    ADD_PERSON: (DistrictId, RecordId, ExportId) =
        "insert into registry_exported (district, record_id, export_id) values ($1, $2, $3) on conflict do nothing";
}

pub(crate) async fn insert(tx: &mut Tx, noted: &Noted, people: &[RecordId]) -> Result<(), Fault> {
    let (district, keys) = (tx.district(), super::keys(tx)?);
    let context = Context { district, column: REASON, row: noted.id.0 };
    let reason = keys.seal(&context, noted.reason.as_bytes())?;
    let row = (
        district,
        noted.id,
        tx.now(),
        tx.actor().account,
        tx.actor().name.to_string(),
        noted.kind,
        noted.area_path.clone(),
        noted.purpose.clone(),
        Json(noted.opened.clone()),
        reason,
        noted.rows,
        noted.device.clone(),
    );
    tx.execute(&INSERT, row).await?;
    tx.execute_many(&ADD_PERSON, people.iter().map(|person| (district, *person, noted.id))).await.map(drop)
}
