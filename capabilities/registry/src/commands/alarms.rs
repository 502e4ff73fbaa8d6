//! Alarms for the security administrator: raised in the write that gives cause, acknowledged with a note.

use crate::access::SEE_ALARMS;
use crate::error::RegistryError;
use crate::facts::{ACKNOWLEDGED, RightsFact};
use crate::model::{AlarmId, AlarmKind, Record};
use crate::store::alarms::{self, NewAlarm};
use ::store::{FactRow, Tx};
use platform::{AccountId, Fault};
use serde_json::{Value, json};

/// Characters of a note.
const NOTE_CHARS_MAX: usize = 500;

/// What gives cause, in this write, by its actor.
#[derive(Debug)]
pub(crate) struct Alarm<'a> {
    pub kind: AlarmKind,
    pub record: Option<&'a Record>,
    /// As it was stated; kept sealed.
    pub reason: Option<&'a str>,
    /// Codes and counts.
    pub data: Value,
}

impl Alarm<'_> {
    pub fn of(kind: AlarmKind) -> Self {
        Self { kind, record: None, reason: None, data: json!({}) }
    }
}

/// Raises an alarm.
pub(crate) async fn raise(tx: &mut Tx, alarm: Alarm<'_>) -> Result<(), Fault> {
    let new = NewAlarm {
        id: AlarmId::new(tx.now()),
        kind: alarm.kind,
        account: tx.actor().account,
        by_name: tx.actor().name.to_string(),
        record: alarm.record.map(|record| record.id),
        area_path: alarm.record.map(|record| record.content.area_path.clone()),
        data: alarm.data,
        reason: alarm.reason.map(str::to_owned),
    };
    alarms::add(tx, new).await
}

/// Raises the alarm a fact tells of: bulk reading, a refused export. The fact's own id is the alarm's, so that it is raised once.
pub(crate) async fn raise_for(tx: &mut Tx, fact: &FactRow) -> Result<(), Fault> {
    let what = fact.data.0["what"].as_str().unwrap_or_default();
    let new = NewAlarm {
        id: AlarmId(fact.id.0),
        kind: AlarmKind::of(what),
        account: fact.actor_id.map(AccountId),
        by_name: fact.actor_name.clone(),
        record: None,
        area_path: fact.area_path.clone(),
        data: fact.data.0.clone(),
        reason: None,
    };
    alarms::add(tx, new).await
}

/// Notes what was found.
///
/// # Errors
/// A note that is none; an alarm that is not there or was looked into already.
pub async fn acknowledge_alarm(tx: &mut Tx, id: AlarmId, note: &str) -> Result<(), RegistryError> {
    if !tx.actor().holds_everywhere(&SEE_ALARMS) {
        return Err(RegistryError::Forbidden(&SEE_ALARMS));
    }
    let note = note.trim();
    if !(1..=NOTE_CHARS_MAX).contains(&note.chars().count()) {
        return Err(RegistryError::invalid(
            "note",
            "registry.bad_note",
            "请用 1 到 500 个字写明查实的情况。",
            "Say in 1 to 500 characters what was found.",
        ));
    }
    if !alarms::acknowledge(tx, id, note).await? {
        return Err(RegistryError::NotFound);
    }
    let subject = (AlarmId::NOUN, id.0);
    tx.record(&RightsFact { name: ACKNOWLEDGED, subject, area_path: None, data: json!({}) }).await?;
    Ok(())
}
