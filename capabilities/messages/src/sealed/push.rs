//! What of push is kept sealed: by which address and keys a device is reached, and the key of the district.

use super::{ROWS_MAX, again, tell_end};
use crate::model::PushDeviceId;
use crate::push::device::Subscription;
use crate::push::vapid::PushKey;
use crate::store::{self, DeviceRow};
use ::store::{Conn, Db, Tx};
use platform::{Actor, DistrictId, Fault};
use seal::{Context, Vault};
use uuid::Uuid;

const DEVICE: &str = "messages_device.sealed";
const KEY: &str = "messages_push_key.sealed";

fn of_device(district: DistrictId, id: PushDeviceId) -> Context<'static> {
    Context { district, column: DEVICE, row: id.0 }
}

/// There is one of a district.
fn of_key(district: DistrictId) -> Context<'static> {
    Context { district, column: KEY, row: Uuid::nil() }
}

pub(crate) fn seal_device(tx: &Tx, id: PushDeviceId, one: &Subscription) -> Result<Vec<u8>, Fault> {
    let text = serde_json::to_vec(one).map_err(|e| Fault::broken("a subscription is no JSON").because(e))?;
    tx.fixture::<Vault>().of(tx.district())?.seal(&of_device(tx.district(), id), &text)
}

pub(crate) fn open_device(
    vault: &Vault,
    district: DistrictId,
    row: &DeviceRow,
) -> Result<Subscription, Fault> {
    let plain = vault.of(district)?.open(&of_device(district, row.id), &row.sealed)?;
    serde_json::from_slice(&plain).map_err(|e| Fault::broken("a subscription is no JSON").because(e))
}

pub(crate) fn seal_key(tx: &Tx, key: &PushKey) -> Result<Vec<u8>, Fault> {
    tx.fixture::<Vault>().of(tx.district())?.seal(&of_key(tx.district()), key.secret().as_bytes())
}

pub(crate) fn open_key(vault: &Vault, district: DistrictId, sealed: &[u8]) -> Result<PushKey, Fault> {
    let plain = vault.of(district)?.open(&of_key(district), sealed)?;
    let text = std::str::from_utf8(&plain).map_err(|e| Fault::broken("a key is no text").because(e))?;
    PushKey::read(text)
}

pub(super) async fn renew_devices(
    db: &Db,
    district: DistrictId,
    tell: &(dyn Fn(u64) + Sync),
) -> Result<u64, Fault> {
    let (actor, mut after, mut done) = (Actor::system(district, "keys"), PushDeviceId(Uuid::nil()), 0);
    loop {
        let read = async move |conn: &mut Conn| store::sealed_devices(conn, district, after, ROWS_MAX).await;
        let page = db.read::<_, Fault, _>(read).await?;
        let Some((last, _)) = page.last() else { break };
        after = *last;
        let keys = db.fixtures().get::<Vault>().of(district)?;
        let mut renewed = Vec::new();
        for (id, before) in page {
            renewed
                .extend(again(&keys, &of_device(district, id), &before)?.map(|sealed| (id, sealed, before)));
        }
        done += renewed.len() as u64;
        let write = async move |tx: &mut Tx| {
            for (id, sealed, before) in renewed.clone() {
                store::seal_device(tx, id, sealed, before).await?;
            }
            Ok::<_, Fault>(())
        };
        db.write(&actor, write).await?;
        tell(done);
    }
    tell_end(db, &actor, "messages_device", done).await
}

pub(super) async fn renew_key(
    db: &Db,
    district: DistrictId,
    tell: &(dyn Fn(u64) + Sync),
) -> Result<u64, Fault> {
    let actor = Actor::system(district, "keys");
    let read = async move |conn: &mut Conn| store::push_key(conn, district).await;
    let Some(before) = db.read::<_, Fault, _>(read).await? else { return Ok(0) };
    let keys = db.fixtures().get::<Vault>().of(district)?;
    let Some(sealed) = again(&keys, &of_key(district), &before)? else { return Ok(0) };
    let write = async move |tx: &mut Tx| store::seal_push_key(tx, sealed.clone(), before.clone()).await;
    db.write(&actor, write).await?;
    tell(1);
    tell_end(db, &actor, "messages_push_key", 1).await
}
