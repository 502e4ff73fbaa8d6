//! Loads and saves clashes: what each side says is sealed, and stays when it is settled.

use super::keys;
use crate::error::FieldworkError;
use crate::model::{CLASH_KEEPING, Choice, Clash, ClashContent, CommandId};
use ::store::{Conn, Json, Tx, row, sql};
use platform::{AccountId, DistrictId, Fault, FaultKind, Personal, Time};
use registry::RecordId;
use seal::{Context, Keyring};
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// The column what both sides say is bound to.
pub(super) const CONTENT: &str = "fieldwork_clash.content";
/// Clashes of one account that are told at once.
const OPEN_ROWS_MAX: i64 = 200;

row! {
    pub(crate) struct ClashRow {
        pub id: CommandId,
        pub account_id: AccountId,
        pub record_id: RecordId,
        pub area_path: String,
        pub at: Time,
        pub content: Vec<u8>,
        pub settled_at: Option<Time>,
    }
}

type Choices = BTreeMap<String, Choice>;

sql! {
    INSERT: (DistrictId, CommandId, AccountId, RecordId, String, Time, Vec<u8>) =
        "insert into fieldwork_clash (district, id, account_id, record_id, area_path, at, content)
         values ($1, $2, $3, $4, $5, $6, $7)";
    FIND: (DistrictId, CommandId) -> ClashRow =
        "select id, account_id, record_id, area_path, at, content, settled_at
         from fieldwork_clash where district = $1 and id = $2";
    OPEN: (DistrictId, AccountId, i64) -> ClashRow =
        "select id, account_id, record_id, area_path, at, content, settled_at
         from fieldwork_clash {by:fieldwork_clash_open}
         where district = $1 and account_id = $2 and settled_at is null order by id limit $3";
    SETTLE: (DistrictId, CommandId, Time, String, Json<Choices>) =
        "update fieldwork_clash set settled_at = $3, settled_by_name = $4, choices = $5
         where district = $1 and id = $2 and settled_at is null";
}

impl ClashRow {
    fn open(self, keys: &Keyring, district: DistrictId) -> Result<Clash, Fault> {
        let plain = keys.open(&Context { district, column: CONTENT, row: self.id.0 }, &self.content)?;
        let content: ClashContent = serde_json::from_slice(&plain).map_err(|e| {
            Fault::new(FaultKind::Corrupt, format!("{CONTENT} of {} cannot be read", self.id)).because(e)
        })?;
        Ok(Clash {
            id: self.id,
            account: self.account_id,
            record: self.record_id,
            area_path: self.area_path,
            at: self.at,
            content: Personal::new(content),
            settled_at: self.settled_at,
        })
    }
}

pub(crate) async fn insert(tx: &mut Tx, clash: &Clash) -> Result<(), Fault> {
    let district = tx.district();
    let plain = serde_json::to_vec(clash.content.open(CLASH_KEEPING));
    let plain = Zeroizing::new(plain.map_err(|e| Fault::broken("a clash is no JSON").because(e))?);
    let sealed = keys(tx)?.seal(&Context { district, column: CONTENT, row: clash.id.0 }, &plain)?;
    let row = (district, clash.id, clash.account, clash.record, clash.area_path.clone(), clash.at, sealed);
    tx.execute(&INSERT, row).await.map(drop)
}

/// The actor's own clash, to be settled.
///
/// # Errors
/// Not found where there is none, or it is another's.
pub(crate) async fn load_own(tx: &mut Tx, id: CommandId) -> Result<Clash, FieldworkError> {
    let (district, account, keys) = (tx.district(), tx.actor().account, keys(tx)?);
    let row = tx.optional(&FIND, (district, id)).await?;
    let row = row.filter(|row| Some(row.account_id) == account).ok_or(FieldworkError::NotFound)?;
    Ok(row.open(&keys, district)?)
}

/// An account's open clashes, the oldest first.
pub(crate) async fn open_of(
    conn: &mut Conn,
    keys: &Keyring,
    district: DistrictId,
    account: AccountId,
) -> Result<Vec<Clash>, Fault> {
    let rows = conn.all(&OPEN, (district, account, OPEN_ROWS_MAX)).await?;
    rows.into_iter().map(|row| row.open(keys, district)).collect()
}

/// Notes who settled a clash and how; `false` where it was settled already.
pub(crate) async fn settle(tx: &mut Tx, id: CommandId, choices: Choices) -> Result<bool, Fault> {
    let (district, now, name) = (tx.district(), tx.now(), tx.actor().name.to_string());
    Ok(tx.execute(&SETTLE, (district, id, now, name, Json(choices))).await? == 1)
}
