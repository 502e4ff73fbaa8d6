//! Sealing partners' secrets anew after a rotation of the district's keys.

use super::facts::{PartnerFact, SECRETS_RESEALED};
use super::secrets::context;
use crate::model::partner::Partner;
use crate::store::partners as rows;
use ::store::{Conn, Db, Tx};
use platform::{Actor, DistrictId, Fault};
use seal::{Keyring, Reseal, Vault};
use serde_json::json;

/// The secrets of partners.
pub(crate) const RESEAL: Reseal =
    Reseal { table: "linkage_partner", run: |db, district, tell| Box::pin(renew(db, district, tell)) };

async fn renew(db: &Db, district: DistrictId, tell: &(dyn Fn(u64) + Sync)) -> Result<u64, Fault> {
    let all =
        db.read::<_, Fault, _>(async move |conn: &mut Conn| rows::partners(conn, district).await).await?;
    let keys = db.fixtures().get::<Vault>().of(district)?;
    let mut renewed = Vec::new();
    for partner in all {
        renewed.extend(renewed_of(&keys, district, partner)?);
    }
    let done = renewed.len() as u64;
    let write = async move |tx: &mut Tx| {
        for partner in &renewed {
            rows::reseal_partner(tx, partner).await?;
            tx.record(&PartnerFact::of(SECRETS_RESEALED, partner.organisation_id, json!({}))).await?;
        }
        Ok::<_, Fault>(())
    };
    db.write(&Actor::system(district, "keys"), write).await?;
    tell(done);
    Ok(done)
}

/// The partner with its secrets under the present key; none where they are.
fn renewed_of(keys: &Keyring, district: DistrictId, partner: Partner) -> Result<Option<Partner>, Fault> {
    let is_old = |sealed: &&Vec<u8>| !keys.is_current(sealed);
    if partner.secret.iter().chain(&partner.former_secret).filter(is_old).count() == 0 {
        return Ok(None);
    }
    let context = context(district, partner.organisation_id);
    let again = |sealed: Option<Vec<u8>>| {
        sealed.map(|sealed| keys.seal(&context, &keys.open(&context, &sealed)?)).transpose()
    };
    Ok(Some(Partner {
        secret: again(partner.secret.clone())?,
        former_secret: again(partner.former_secret.clone())?,
        ..partner
    }))
}
