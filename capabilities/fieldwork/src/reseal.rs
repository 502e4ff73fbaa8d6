//! Sealing anew after a rotation of the district's keys: a thousand rows a write, beside the running server.

use crate::facts::{FieldworkFact, RESEALED};
use crate::store::files as file_rows;
use crate::store::reseal::{DAYS, STAND_INS, SUBMISSIONS, SealedTable, TASKS, WISHES};
use ::store::{Conn, Db, Tx};
use edge::Settings;
use platform::{Actor, DistrictId, Fault};
use seal::{Reseal, Resealing, Vault};
use serde_json::json;
use uuid::Uuid;

/// The tables of fieldwork that hold sealed values.
pub const RESEALS: &[Reseal] = &[
    Reseal {
        table: "fieldwork_submission",
        run: |db, district, tell| Box::pin(renew(db, district, &SUBMISSIONS, tell)),
    },
    Reseal { table: "fieldwork_task", run: |db, district, tell| Box::pin(renew(db, district, &TASKS, tell)) },
    Reseal {
        table: "fieldwork_wishes",
        run: |db, district, tell| Box::pin(renew(db, district, &WISHES, tell)),
    },
    Reseal { table: "fieldwork_day", run: |db, district, tell| Box::pin(renew(db, district, &DAYS, tell)) },
    Reseal {
        table: "fieldwork_stand_in",
        run: |db, district, tell| Box::pin(renew(db, district, &STAND_INS, tell)),
    },
    Reseal { table: "fieldwork_file", run: files },
];

/// Rows of one write: a tenth of a second of the one writer.
const ROWS_MAX: i64 = 1_000;
/// A row written meanwhile by a server that has not yet taken up the new key is found by the next pass.
const PASSES_MAX: u32 = 3;

async fn renew(
    db: &Db,
    district: DistrictId,
    table: &'static SealedTable,
    tell: &(dyn Fn(u64) + Sync),
) -> Result<u64, Fault> {
    let mut done = 0;
    for _ in 0..PASSES_MAX {
        let before = done;
        let mut after = Uuid::nil();
        while let Some(last) = step(db, district, table, after, &mut done).await? {
            after = last;
            tell(done);
        }
        if done == before {
            break;
        }
    }
    if done > 0 {
        let record = async move |tx: &mut Tx| {
            let data = json!({ "table": table.name, "rows": done });
            tx.record(&FieldworkFact::of_district(RESEALED, data)).await.map(drop)
        };
        db.write::<_, Fault, _>(&Actor::system(district, "keys"), record).await?;
    }
    Ok(done)
}

/// One write; answers where it came to, or nothing where no row was left.
async fn step(
    db: &Db,
    district: DistrictId,
    table: &'static SealedTable,
    after: Uuid,
    done: &mut u64,
) -> Result<Option<Uuid>, Fault> {
    let read = async move |conn: &mut Conn| table.after(conn, district, after, ROWS_MAX).await;
    let page = db.read(read).await?;
    let Some(last) = page.last().map(|row| row.id) else { return Ok(None) };
    let keys = db.fixtures().get::<Vault>().of(district)?;
    let mut renewed = Vec::new();
    for row in page.into_iter().filter(|row| !keys.is_current(&row.content)) {
        renewed.push(table.renewed(row, &keys, district)?);
    }
    *done += renewed.len() as u64;
    if !renewed.is_empty() {
        let write = async move |tx: &mut Tx| table.renew(tx, renewed.clone()).await;
        db.write::<_, Fault, _>(&Actor::system(district, "keys"), write).await?;
    }
    Ok(Some(last))
}

/// Files lie on the disk: each is written anew in its place, and no row changes.
fn files<'a>(db: &'a Db, district: DistrictId, tell: &'a (dyn Fn(u64) + Sync)) -> Resealing<'a> {
    Box::pin(async move {
        let (mut after, mut done) = (Uuid::nil(), 0);
        loop {
            let from = after;
            let read = async move |conn: &mut Conn| file_rows::after(conn, district, from, ROWS_MAX).await;
            let ids: Vec<Uuid> = db.read::<_, Fault, _>(read).await?;
            let Some(last) = ids.last().copied() else { break };
            done += renew_files(db, district, ids).await?;
            after = last;
            tell(done);
        }
        if done > 0 {
            let record = async move |tx: &mut Tx| {
                let data = json!({ "table": "fieldwork_file", "rows": done });
                tx.record(&FieldworkFact::of_district(RESEALED, data)).await.map(drop)
            };
            db.write::<_, Fault, _>(&Actor::system(district, "keys"), record).await?;
        }
        Ok(done)
    })
}

async fn renew_files(db: &Db, district: DistrictId, ids: Vec<Uuid>) -> Result<u64, Fault> {
    let keys = db.fixtures().get::<Vault>().of(district)?;
    let data = db.fixtures().get::<Settings>().data.clone();
    let work = tokio::task::spawn_blocking(move || {
        let mut renewed = 0;
        for id in ids {
            renewed += u64::from(crate::files::renew(&data, &keys, district, id)?);
        }
        Ok(renewed)
    });
    work.await.map_err(|e| Fault::broken("files were not sealed anew").because(e))?
}
