//! Alarms for the security administrator, with the reasons that were stated and the notes that were taken, sealed.

use super::rights::{open_words, seal_words};
use crate::model::{AlarmId, AlarmKind, RecordId};
use ::store::{Json, Tx, row, sql};
use platform::{AccountId, DistrictId, Fault, Time};
use seal::Keyring;
use serde_json::Value;

pub(super) const REASON: &str = "registry_alarm.reason";
pub(super) const NOTE: &str = "registry_alarm.note";

row! {
    /// An alarm, its reason and note still sealed.
    #[derive(Clone, Debug)]
    pub(crate) struct AlarmRow {
        pub id: AlarmId,
        pub kind: AlarmKind,
        pub at: Time,
        pub account_id: Option<AccountId>,
        pub by_name: String,
        pub record_id: Option<RecordId>,
        pub area_path: Option<String>,
        pub data: Json<Value>,
        pub reason: Option<Vec<u8>>,
        pub acknowledged_at: Option<Time>,
        pub acknowledged_by: Option<String>,
        pub note: Option<Vec<u8>>,
    }
}

/// What is told, and by whom it was done.
#[derive(Clone, Debug)]
pub(crate) struct NewAlarm {
    pub id: AlarmId,
    pub kind: AlarmKind,
    pub account: Option<AccountId>,
    pub by_name: String,
    pub record: Option<RecordId>,
    pub area_path: Option<String>,
    pub data: Value,
    pub reason: Option<String>,
}

type NewRow = (
    DistrictId,
    AlarmId,
    AlarmKind,
    Time,
    Option<AccountId>,
    String,
    Option<RecordId>,
    Option<String>,
    Json<Value>,
    Option<Vec<u8>>,
);

sql! {
    ADD: NewRow =
        "insert into registry_alarm (district, id, kind, at, account_id, by_name, record_id, area_path, data, reason)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (district, id) do nothing";
    ACKNOWLEDGE: (DistrictId, AlarmId, Time, String, Vec<u8>) =
        "update registry_alarm set acknowledged_at = $3, acknowledged_by = $4, note = $5
         where district = $1 and id = $2 and acknowledged_at is null";
}

/// Raises an alarm; one that is there already stays as it is.
pub(crate) async fn add(tx: &mut Tx, new: NewAlarm) -> Result<(), Fault> {
    let (district, now) = (tx.district(), tx.now());
    let reason = new.reason.map(|words| seal_words(tx, REASON, new.id.0, &words)).transpose()?;
    let NewAlarm { id, kind, account, by_name, record, area_path, data, .. } = new;
    let row = (district, id, kind, now, account, by_name, record, area_path, Json(data), reason);
    tx.execute(&ADD, row).await.map(drop)
}

/// Notes that somebody looked into an alarm; whether it was still open.
pub(crate) async fn acknowledge(tx: &mut Tx, id: AlarmId, note: &str) -> Result<bool, Fault> {
    let (district, now, by) = (tx.district(), tx.now(), tx.actor().name.to_string());
    let note = seal_words(tx, NOTE, id.0, &note)?;
    Ok(tx.execute(&ACKNOWLEDGE, (district, id, now, by, note)).await? > 0)
}

impl AlarmRow {
    /// The reason that was stated.
    pub(crate) fn reason(&self, keys: &Keyring, district: DistrictId) -> Result<Option<String>, Fault> {
        let open = |sealed: &Vec<u8>| open_words(keys, district, REASON, self.id.0, sealed);
        self.reason.as_ref().map(open).transpose()
    }

    /// What was found when somebody looked into it.
    pub(crate) fn note(&self, keys: &Keyring, district: DistrictId) -> Result<Option<String>, Fault> {
        let open = |sealed: &Vec<u8>| open_words(keys, district, NOTE, self.id.0, sealed);
        self.note.as_ref().map(open).transpose()
    }
}
