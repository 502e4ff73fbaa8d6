//! Sealing the broker's password anew after a rotation of the district's keys.

use super::broker::resealed;
use super::facts::{PASSWORD_RESEALED, SensorFact};
use crate::store::broker as brokers;
use ::store::{Conn, Db, Tx};
use platform::{Actor, DistrictId, Fault};
use seal::{Reseal, Vault};
use serde_json::json;

/// The password of the broker.
pub(crate) const RESEAL: Reseal =
    Reseal { table: "linkage_sensor_broker", run: |db, district, tell| Box::pin(renew(db, district, tell)) };

async fn renew(db: &Db, district: DistrictId, tell: &(dyn Fn(u64) + Sync)) -> Result<u64, Fault> {
    let read = async move |conn: &mut Conn| brokers::find(conn, district).await;
    let Some(row) = db.read::<_, Fault, _>(read).await? else { return Ok(0) };
    let keys = db.fixtures().get::<Vault>().of(district)?;
    let again = row.password.as_deref().map(|sealed| resealed(&keys, district, sealed)).transpose()?;
    let Some(password) = again.flatten() else { return Ok(0) };
    let write = async move |tx: &mut Tx| {
        brokers::reseal(tx, row.version, password.clone()).await?;
        tx.record(&SensorFact::of_all(PASSWORD_RESEALED, json!({}))).await.map(drop)
    };
    db.write(&Actor::system(district, "keys"), write).await?;
    tell(1);
    Ok(1)
}
