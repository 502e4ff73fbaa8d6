//! Taking values away for good: the record without them, no earlier state of it, nothing it is found by; and the nightly reports.

use super::{Columns, RecordRow, UPDATE, columns, keys, stamp};
use crate::catalogue::Catalogue;
use crate::error::RegistryError;
use crate::model::{Record, RecordId, State, SweepId};
use crate::search;
use ::store::{Json, Tx, sql};
use platform::{DistrictId, Fault, Time};
use serde_json::Value;

/// Records looked at in one write.
pub(crate) const STEP_ROWS_MAX: i64 = 500;

sql! {
    /// The condition is the index's own, word by word.
    OVER: (DistrictId, RecordId, i64) -> RecordRow =
        "select id, kind, version, act, state, area_path, place_id, person_id, dwelling_id, household_id, organisation_id,
             from_on, to_on, lon, lat, merged_into, label, fields, sealed, changed_at
         from registry_record
         where district = $1 and id > $2 and state in ('ended', 'merged', 'withdrawn') order by id limit $3";
    DROP_CHANGES: (DistrictId, RecordId) = "delete from registry_change where district = $1 and record_id = $2";
    ADD_SWEEP: (DistrictId, SweepId, Time, Json<Value>) =
        "insert into registry_sweep (district, id, at, report) values ($1, $2, $3, $4)";
    DROP_REQUESTS: (DistrictId, Time) =
        "delete from registry_request
         where district = $1 and state <> 'open' and decided_at < $2 /* whole district */";
    DROP_ALARMS: (DistrictId, Time) =
        "delete from registry_alarm where district = $1 and acknowledged_at < $2 /* whole district */";
    DROP_CLAIMS: (DistrictId, Time) =
        "delete from registry_claim where district = $1 and ends_at < $2 /* whole district */";
}

/// Records that have ended and may have run out, from one on.
pub(crate) async fn over(tx: &mut Tx, after: RecordId) -> Result<Vec<Record>, Fault> {
    let (district, keys) = (tx.district(), keys(tx)?);
    let rows = tx.all(&OVER, (district, after, STEP_ROWS_MAX)).await?;
    rows.into_iter().map(|row| row.open(&keys, district)).collect()
}

/// Saves a record that has lost values for good. Every earlier state goes too, since any may hold them: history begins anew with what is
/// left, and what was done before cannot be undone. Answers how many earlier states there were.
pub(crate) async fn erase(tx: &mut Tx, before: &Record, after: &Record) -> Result<u64, RegistryError> {
    let (district, keys, catalogue) = (tx.district(), keys(tx)?, tx.fixture::<Catalogue>());
    let mut row: Columns = columns(&catalogue, &keys, district, after)?;
    stamp(tx, &mut row);
    if tx.execute(&UPDATE, row).await? == 0 {
        return Err(RegistryError::Stale {
            seen: before.version,
            present: before.version + 1,
            changed: Vec::new(),
        });
    }
    let images = tx.execute(&DROP_CHANGES, (district, before.id)).await?;
    super::put_lookups(tx, after).await?;
    if after.content.state == State::Erased {
        super::apart::forget(tx, after.id).await?;
    }
    if search::tokens_of(district, before) != search::tokens_of(district, after) {
        super::index_words(tx, after).await?;
    }
    Ok(images)
}

/// What people asked, what was looked into, what was proven: kept until `before`, then gone. Answers how many of each.
pub(crate) async fn drop_old(tx: &mut Tx, before: Time) -> Result<[u64; 3], Fault> {
    let (district, now) = (tx.district(), tx.now());
    Ok([
        tx.execute(&DROP_REQUESTS, (district, before)).await?,
        tx.execute(&DROP_ALARMS, (district, before)).await?,
        tx.execute(&DROP_CLAIMS, (district, now)).await?,
    ])
}

pub(crate) async fn add_sweep(tx: &mut Tx, id: SweepId, report: Value) -> Result<(), Fault> {
    let (district, now) = (tx.district(), tx.now());
    tx.execute(&ADD_SWEEP, (district, id, now, Json(report))).await.map(drop)
}
