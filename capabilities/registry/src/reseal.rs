//! Sealing anew after a rotation of the district's keys: a thousand rows a write, beside the running server.

use crate::facts::{RESEALED, RegistryFact};
use crate::model::RecordId;
use crate::store::reseal::{self as rows, Place};
use ::store::{Conn, Db, Tx};
use platform::{Actor, DistrictId, Fault};
use seal::{Reseal, Resealing, Vault};
use serde_json::json;
use uuid::Uuid;

/// The tables of the register that hold sealed values.
pub const RESEALS: &[Reseal] = &[
    Reseal { table: "registry_record", run: records },
    Reseal { table: "registry_change", run: changes },
    Reseal { table: "registry_claim", run: claims },
    Reseal { table: "registry_request", run: requests },
    Reseal { table: "registry_alarm", run: alarms },
    Reseal { table: "registry_batch", run: batches },
    Reseal { table: "registry_export", run: exports },
    Reseal { table: "registry_told_apart", run: told_apart },
];

/// Rows of one write: a tenth of a second of the one writer.
const ROWS_MAX: i64 = 1_000;
/// A row written meanwhile by a server that has not yet taken up the new key is found by the next pass.
const PASSES_MAX: u32 = 3;

fn records<'a>(db: &'a Db, district: DistrictId, tell: &'a (dyn Fn(u64) + Sync)) -> Resealing<'a> {
    Box::pin(all(db, district, Place::Record, tell))
}

fn changes<'a>(db: &'a Db, district: DistrictId, tell: &'a (dyn Fn(u64) + Sync)) -> Resealing<'a> {
    Box::pin(all(db, district, Place::Change, tell))
}

fn claims<'a>(db: &'a Db, district: DistrictId, tell: &'a (dyn Fn(u64) + Sync)) -> Resealing<'a> {
    Box::pin(all(db, district, Place::ClaimEvidence, tell))
}

fn requests<'a>(db: &'a Db, district: DistrictId, tell: &'a (dyn Fn(u64) + Sync)) -> Resealing<'a> {
    Box::pin(async move {
        let asked = all(db, district, Place::RequestAsked, tell).await?;
        Ok(asked + all(db, district, Place::RequestAnswer, tell).await?)
    })
}

fn alarms<'a>(db: &'a Db, district: DistrictId, tell: &'a (dyn Fn(u64) + Sync)) -> Resealing<'a> {
    Box::pin(async move {
        let reasons = all(db, district, Place::AlarmReason, tell).await?;
        Ok(reasons + all(db, district, Place::AlarmNote, tell).await?)
    })
}

fn batches<'a>(db: &'a Db, district: DistrictId, tell: &'a (dyn Fn(u64) + Sync)) -> Resealing<'a> {
    Box::pin(all(db, district, Place::Batch, tell))
}

fn exports<'a>(db: &'a Db, district: DistrictId, tell: &'a (dyn Fn(u64) + Sync)) -> Resealing<'a> {
    Box::pin(all(db, district, Place::Export, tell))
}

fn told_apart<'a>(db: &'a Db, district: DistrictId, tell: &'a (dyn Fn(u64) + Sync)) -> Resealing<'a> {
    Box::pin(all(db, district, Place::ApartReason, tell))
}

async fn all(db: &Db, district: DistrictId, place: Place, tell: &(dyn Fn(u64) + Sync)) -> Result<u64, Fault> {
    let mut done = 0;
    for _ in 0..PASSES_MAX {
        let before = done;
        let mut after = (RecordId(Uuid::nil()), 0);
        while let Some(last) = step(db, district, place, after, &mut done).await? {
            after = last;
            tell(done);
        }
        if done == before {
            break;
        }
    }
    if done > 0 {
        let table = place.table();
        let record = async move |tx: &mut Tx| {
            let data = json!({ "table": table, "rows": done });
            let fact = RegistryFact { name: RESEALED, subject: RecordId(Uuid::nil()), area_path: None, data };
            tx.record(&fact).await.map(drop)
        };
        db.write::<_, Fault, _>(&Actor::system(district, "keys"), record).await?;
    }
    Ok(done)
}

/// One write; answers where it came to, or nothing where no row was left.
async fn step(
    db: &Db,
    district: DistrictId,
    place: Place,
    after: (RecordId, i64),
    done: &mut u64,
) -> Result<Option<(RecordId, i64)>, Fault> {
    let read = async move |conn: &mut Conn| rows::sealed_after(conn, district, place, after, ROWS_MAX).await;
    let page = db.read(read).await?;
    let Some(last) = page.last().map(|row| (row.id, row.version)) else { return Ok(None) };
    let keys = db.fixtures().get::<Vault>().of(district)?;
    let mut renewed = Vec::new();
    for row in page.iter().filter(|row| !keys.is_current(&row.sealed)) {
        renewed.push(row.renewed(&keys, district, place)?);
    }
    *done += renewed.len() as u64;
    if !renewed.is_empty() {
        let write = async move |tx: &mut Tx| rows::renew(tx, place, renewed.clone()).await;
        db.write::<_, Fault, _>(&Actor::system(district, "keys"), write).await?;
    }
    Ok(Some(last))
}
