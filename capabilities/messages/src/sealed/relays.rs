//! What of a number in between is kept sealed until it has ended: the caller's own telephone, and a called one that was typed in.

use super::{ROWS_MAX, again, tell_end};
use crate::model::{Relay, RelayId};
use crate::store::relays as rows;
use ::store::{Conn, Db, Tx};
use platform::{Actor, DistrictId, Fault};
use seal::{Context, Vault};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

const RELAY: &str = "messages_relay.sealed";

/// The telephones of one relay.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(crate) struct Ends {
    /// Where calls come from, for a gateway that asks.
    pub caller: Option<String>,
    /// Who is called, where no address book knows it.
    pub called: Option<String>,
}

fn of_relay(district: DistrictId, id: RelayId) -> Context<'static> {
    Context { district, column: RELAY, row: id.0 }
}

pub(crate) fn seal(tx: &Tx, id: RelayId, ends: &Ends) -> Result<Option<Vec<u8>>, Fault> {
    if ends.caller.is_none() && ends.called.is_none() {
        return Ok(None);
    }
    let text = serde_json::to_vec(ends).map_err(|e| Fault::broken("a telephone is no JSON").because(e))?;
    tx.fixture::<Vault>().of(tx.district())?.seal(&of_relay(tx.district(), id), &text).map(Some)
}

pub(crate) fn open(vault: &Vault, district: DistrictId, relay: &Relay) -> Result<Ends, Fault> {
    let Some(sealed) = &relay.sealed else { return Ok(Ends::default()) };
    let plain = vault.of(district)?.open(&of_relay(district, relay.id), sealed)?;
    serde_json::from_slice(&plain).map_err(|e| Fault::broken("a sealed telephone is no JSON").because(e))
}

pub(super) async fn renew(db: &Db, district: DistrictId, tell: &(dyn Fn(u64) + Sync)) -> Result<u64, Fault> {
    let (actor, mut after, mut done) = (Actor::system(district, "keys"), RelayId(Uuid::nil()), 0);
    loop {
        let read = async move |conn: &mut Conn| rows::sealed(conn, district, after, ROWS_MAX).await;
        let page = db.read::<_, Fault, _>(read).await?;
        let Some((last, _)) = page.last() else { break };
        after = *last;
        let keys = db.fixtures().get::<Vault>().of(district)?;
        let mut renewed = Vec::new();
        for (id, sealed) in page {
            let Some(before) = sealed else { continue };
            renewed
                .extend(again(&keys, &of_relay(district, id), &before)?.map(|sealed| (id, sealed, before)));
        }
        done += renewed.len() as u64;
        let write = async move |tx: &mut Tx| {
            for (id, sealed, before) in renewed.clone() {
                rows::seal(tx, id, sealed, before).await?;
            }
            Ok::<_, Fault>(())
        };
        db.write(&actor, write).await?;
        tell(done);
    }
    tell_end(db, &actor, "messages_relay", done).await
}
