//! Sealing endpoints' secrets anew after a rotation of the district's keys.

use crate::commands::reseal_secret;
use crate::facts::{CourierFact, SECRETS_RESEALED};
use crate::model::EndpointId;
use crate::store;
use ::store::{Conn, Db, Tx};
use platform::{Actor, DistrictId, Fault};
use seal::{Reseal, Vault};
use serde_json::json;
use uuid::Uuid;

/// The tables of the courier that hold sealed values.
pub const RESEALS: &[Reseal] =
    &[Reseal { table: "courier_endpoint", run: |db, district, tell| Box::pin(renew(db, district, tell)) }];

/// A district has a few dozen partners.
const ROWS_MAX: i64 = 100;

async fn renew(db: &Db, district: DistrictId, tell: &(dyn Fn(u64) + Sync)) -> Result<u64, Fault> {
    let actor = Actor::system(district, "keys");
    let (mut after, mut done) = (EndpointId(Uuid::nil()), 0);
    loop {
        let read =
            async move |conn: &mut Conn| store::sealed_endpoints(conn, district, after, ROWS_MAX).await;
        let page = db.read::<_, Fault, _>(read).await?;
        let Some((last, _)) = page.last() else { break };
        after = *last;
        let keys = db.fixtures().get::<Vault>().of(district)?;
        let mut renewed = Vec::new();
        for (id, before) in page.into_iter().filter_map(|(id, secret)| Some((id, secret?))) {
            if let Some(sealed) = reseal_secret(&keys, district, id, &before)? {
                renewed.push((id, sealed, before));
            }
        }
        done += renewed.len() as u64;
        let write = async move |tx: &mut Tx| {
            for (id, sealed, before) in renewed.clone() {
                store::seal_endpoint(tx, id, sealed, before).await?;
            }
            Ok::<_, Fault>(())
        };
        db.write(&actor, write).await?;
        tell(done);
    }
    if done > 0 {
        let record = async move |tx: &mut Tx| {
            let data = json!({ "table": "courier_endpoint", "rows": done });
            tx.record(&CourierFact::of_district(SECRETS_RESEALED, district, data)).await.map(drop)
        };
        db.write::<_, Fault, _>(&actor, record).await?;
    }
    Ok(done)
}
