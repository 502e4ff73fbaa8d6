//! What is kept sealed: an address that was typed in, with what only it may read; a mail address somebody chose; what reaches a device; the
//! telephones of a relayed call.

pub(crate) mod push;
pub(crate) mod relays;

use crate::facts::{MessageFact, RESEALED};
use crate::model::{Message, MessageId};
use crate::store::{self, ChoiceRow};
use ::store::{Conn, Db, Tx};
use platform::{Actor, DistrictId, Fault};
use seal::{Context, Keyring, Reseal, Vault};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use uuid::Uuid;

const MESSAGE: &str = "messages_message.sealed";
const MAIL: &str = "messages_choice.mail";
const ROWS_MAX: i64 = 500;

/// What belongs to one message alone.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Sealed {
    /// A telephone or a mail address.
    pub to: String,
    /// Values that are nobody else's to read: a code.
    #[serde(default)]
    pub values: Map<String, Value>,
    pub lang: platform::Lang,
}

impl Sealed {
    /// The content with the values that are sealed.
    pub fn whole(&self, content: &Value) -> Value {
        let mut whole = content.as_object().cloned().unwrap_or_default();
        whole.extend(self.values.clone());
        Value::Object(whole)
    }
}

pub(crate) fn seal(tx: &Tx, id: MessageId, what: &Sealed) -> Result<Vec<u8>, Fault> {
    let keys = tx.fixture::<Vault>().of(tx.district())?;
    let text = serde_json::to_vec(what).map_err(|e| Fault::broken("a sealed value is no JSON").because(e))?;
    keys.seal(&Context { district: tx.district(), column: MESSAGE, row: id.0 }, &text)
}

pub(crate) fn open(vault: &Vault, message: &Message) -> Result<Option<Sealed>, Fault> {
    let Some(sealed) = &message.sealed else { return Ok(None) };
    let context = Context { district: message.district, column: MESSAGE, row: message.id.0 };
    let plain = vault.of(message.district)?.open(&context, sealed)?;
    serde_json::from_slice(&plain)
        .map(Some)
        .map_err(|e| Fault::broken("a sealed value is no JSON").because(e))
}

pub(crate) fn seal_mail(
    vault: &Vault,
    district: DistrictId,
    recipient: Uuid,
    mail: &str,
) -> Result<Vec<u8>, Fault> {
    vault.of(district)?.seal(&Context { district, column: MAIL, row: recipient }, mail.as_bytes())
}

pub(crate) fn open_mail(
    vault: &Vault,
    district: DistrictId,
    choice: &ChoiceRow,
) -> Result<Option<String>, Fault> {
    let Some(sealed) = &choice.mail else { return Ok(None) };
    let plain =
        vault.of(district)?.open(&Context { district, column: MAIL, row: choice.recipient_id }, sealed)?;
    let text =
        std::str::from_utf8(&plain).map_err(|e| Fault::broken("a mail address is no text").because(e))?;
    Ok(Some(text.to_owned()))
}

/// The tables of messages that hold sealed values.
pub const RESEALS: &[Reseal] = &[
    Reseal {
        table: "messages_choice",
        run: |db, district, tell| Box::pin(renew_choices(db, district, tell)),
    },
    Reseal {
        table: "messages_message",
        run: |db, district, tell| Box::pin(renew_messages(db, district, tell)),
    },
    Reseal {
        table: "messages_device",
        run: |db, district, tell| Box::pin(push::renew_devices(db, district, tell)),
    },
    Reseal { table: "messages_relay", run: |db, district, tell| Box::pin(relays::renew(db, district, tell)) },
    Reseal {
        table: "messages_push_key",
        run: |db, district, tell| Box::pin(push::renew_key(db, district, tell)),
    },
];

fn again(keys: &Keyring, context: &Context<'_>, sealed: &[u8]) -> Result<Option<Vec<u8>>, Fault> {
    if keys.is_current(sealed) {
        return Ok(None);
    }
    keys.seal(context, &keys.open(context, sealed)?).map(Some)
}

async fn renew_choices(db: &Db, district: DistrictId, tell: &(dyn Fn(u64) + Sync)) -> Result<u64, Fault> {
    let (actor, mut after, mut done) = (Actor::system(district, "keys"), Uuid::nil(), 0);
    loop {
        let read = async move |conn: &mut Conn| store::sealed_choices(conn, district, after, ROWS_MAX).await;
        let page = db.read::<_, Fault, _>(read).await?;
        let Some(last) = page.last() else { break };
        after = last.recipient_id;
        let keys = db.fixtures().get::<Vault>().of(district)?;
        let mut renewed = Vec::new();
        for row in page {
            let context = Context { district, column: MAIL, row: row.recipient_id };
            let Some(before) = row.mail else { continue };
            renewed.extend(again(&keys, &context, &before)?.map(|mail| (row.recipient_id, mail, before)));
        }
        done += renewed.len() as u64;
        let write = async move |tx: &mut Tx| {
            for (id, mail, before) in renewed.clone() {
                store::seal_choice(tx, id, mail, before).await?;
            }
            Ok::<_, Fault>(())
        };
        db.write(&actor, write).await?;
        tell(done);
    }
    tell_end(db, &actor, "messages_choice", done).await
}

async fn renew_messages(db: &Db, district: DistrictId, tell: &(dyn Fn(u64) + Sync)) -> Result<u64, Fault> {
    let (actor, mut after, mut done) = (Actor::system(district, "keys"), MessageId(Uuid::nil()), 0);
    loop {
        let read = async move |conn: &mut Conn| store::sealed_messages(conn, district, after, ROWS_MAX).await;
        let page = db.read::<_, Fault, _>(read).await?;
        let Some((last, _)) = page.last() else { break };
        after = *last;
        let keys = db.fixtures().get::<Vault>().of(district)?;
        let mut renewed = Vec::new();
        for (id, sealed) in page {
            let context = Context { district, column: MESSAGE, row: id.0 };
            let Some(before) = sealed else { continue };
            renewed.extend(again(&keys, &context, &before)?.map(|sealed| (id, sealed, before)));
        }
        done += renewed.len() as u64;
        let write = async move |tx: &mut Tx| {
            for (id, sealed, before) in renewed.clone() {
                store::seal_message(tx, id, sealed, before).await?;
            }
            Ok::<_, Fault>(())
        };
        db.write(&actor, write).await?;
        tell(done);
    }
    tell_end(db, &actor, "messages_message", done).await
}

async fn tell_end(db: &Db, actor: &Actor, table: &'static str, done: u64) -> Result<u64, Fault> {
    if done > 0 {
        let district = actor.district;
        let record = async move |tx: &mut Tx| {
            let data = json!({ "table": table, "rows": done });
            tx.record(&MessageFact::of_district(RESEALED, district, data)).await.map(drop)
        };
        db.write::<_, Fault, _>(actor, record).await?;
    }
    Ok(done)
}
