//! Sealing anew after a rotation of the district's keys: a thousand rows a write, beside the running server.

use crate::facts::{FieldworkFact, RESEALED};
use crate::model::SubmissionId;
use crate::store::reseal as rows;
use ::store::{Conn, Db, Tx};
use platform::{Actor, DistrictId, Fault};
use seal::{Reseal, Resealing, Vault};
use serde_json::json;
use uuid::Uuid;

/// The tables of fieldwork that hold sealed values.
pub const RESEALS: &[Reseal] = &[Reseal { table: "fieldwork_submission", run: submissions }];

/// Rows of one write: a tenth of a second of the one writer.
const ROWS_MAX: i64 = 1_000;
/// A row written meanwhile by a server that has not yet taken up the new key is found by the next pass.
const PASSES_MAX: u32 = 3;

fn submissions<'a>(db: &'a Db, district: DistrictId, tell: &'a (dyn Fn(u64) + Sync)) -> Resealing<'a> {
    Box::pin(async move {
        let mut done = 0;
        for _ in 0..PASSES_MAX {
            let before = done;
            let mut after = SubmissionId(Uuid::nil());
            while let Some(last) = step(db, district, after, &mut done).await? {
                after = last;
                tell(done);
            }
            if done == before {
                break;
            }
        }
        if done > 0 {
            let record = async move |tx: &mut Tx| {
                let data = json!({ "table": "fieldwork_submission", "rows": done });
                tx.record(&FieldworkFact::of_district(RESEALED, data)).await.map(drop)
            };
            db.write::<_, Fault, _>(&Actor::system(district, "keys"), record).await?;
        }
        Ok(done)
    })
}

/// One write; answers where it came to, or nothing where no row was left.
async fn step(
    db: &Db,
    district: DistrictId,
    after: SubmissionId,
    done: &mut u64,
) -> Result<Option<SubmissionId>, Fault> {
    let read = async move |conn: &mut Conn| rows::sealed_after(conn, district, after, ROWS_MAX).await;
    let page = db.read(read).await?;
    let Some(last) = page.last().map(|row| row.id) else { return Ok(None) };
    let keys = db.fixtures().get::<Vault>().of(district)?;
    let mut renewed = Vec::new();
    for row in page.iter().filter(|row| !keys.is_current(&row.content)) {
        renewed.push(row.renewed(&keys, district)?);
    }
    *done += renewed.len() as u64;
    if !renewed.is_empty() {
        let write = async move |tx: &mut Tx| rows::renew(tx, renewed.clone()).await;
        db.write::<_, Fault, _>(&Actor::system(district, "keys"), write).await?;
    }
    Ok(Some(last))
}
