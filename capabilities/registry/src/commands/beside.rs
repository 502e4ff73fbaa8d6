//! Deeds of somebody who could not see what others did meanwhile: field by field, so that nothing is lost and only a value that two
//! changed otherwise is left to people.

use super::amend::change;
use super::{Amend, Confirm, Enter, Given, confirm, enter, refuse_restricted, today};
use crate::access::EDIT;
use crate::catalogue::{Catalogue, FieldBook};
use crate::error::RegistryError;
use crate::model::{self, Content, Record, RecordId, Side, changes_between, side};
use crate::store::{self, ChangeRow};
use ::store::Tx;
use platform::{Time, Words};
use serde_json::Value;
use std::collections::BTreeMap;

/// Other values for a record, as it was seen some time ago.
#[derive(Clone, Debug)]
pub struct AmendBeside {
    pub id: RecordId,
    /// The version that was seen.
    pub base_version: i64,
    /// What was seen, by field; of a field that is not named, what that version said.
    pub base: BTreeMap<String, Value>,
    /// Null takes a value out.
    pub values: BTreeMap<String, Value>,
    pub given: Given,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Beside {
    /// The record as it is now.
    pub record: Record,
    /// Others had changed it since it was seen.
    pub moved: bool,
    /// The values left to people; all others are saved, or stood there already.
    pub crossed: Vec<Crossed>,
}

/// A value that two changed otherwise.
#[derive(Clone, PartialEq, Debug)]
pub struct Crossed {
    pub field: String,
    pub words: Words,
    pub mine: Option<Value>,
    pub theirs: Option<Value>,
    pub before: Option<Value>,
    /// It is kept encrypted: whoever is told of this may not be told theirs.
    pub sealed: bool,
    /// Whose hand brought theirs, and when.
    pub by: Option<String>,
    pub at: Option<Time>,
}

/// Corrects a record beside what others have changed since it was seen.
///
/// # Errors
/// As [`super::amend`], but never `registry.stale`.
pub async fn amend_beside(tx: &mut Tx, order: AmendBeside) -> Result<Beside, RegistryError> {
    let record = store::load_for(tx, order.id, &EDIT).await?;
    refuse_restricted(tx, &record).await?;
    if !record.is_live() {
        return Err(RegistryError::Over);
    }
    let history = History::of(tx, &record, order.base_version).await?;
    let (mut taken, mut crossed) = (BTreeMap::new(), Vec::new());
    for (key, value) in &order.values {
        let one = compare(tx, &record, &history, &order, key, value)?;
        match side(one.before.as_ref(), one.theirs.as_ref(), one.mine.as_ref()) {
            Side::Stands => {}
            Side::Mine => {
                taken.insert(key.clone(), value.clone());
            }
            Side::Clash => crossed.push(one),
        }
    }
    let moved = record.version != order.base_version;
    let record = match taken.is_empty() {
        true => record,
        false => {
            let amend = Amend { id: record.id, version: record.version, values: taken, given: order.given };
            change(tx, record, amend).await?
        }
    };
    Ok(Beside { record, moved, crossed })
}

/// One field with all that is said of it.
fn compare(
    tx: &Tx,
    record: &Record,
    history: &History,
    order: &AmendBeside,
    key: &str,
    value: &Value,
) -> Result<Crossed, RegistryError> {
    let catalogue = tx.fixture::<Catalogue>();
    let field = catalogue.kind(record.kind).field(key);
    let field =
        field.ok_or_else(|| RegistryError::NoSuchField { kind: record.kind, field: key.to_owned() })?;
    let value_of = |content: &Content| content.fields(field.sealed).get(key).cloned();
    let mine = checked(tx, &catalogue, field, value)?;
    let theirs = value_of(&record.content);
    let seen = order.base.get(key).filter(|_| !field.sealed);
    let before = match seen {
        Some(seen) => checked(tx, &catalogue, field, seen).unwrap_or_else(|_| Some(seen.clone())),
        None => history.then.as_ref().and_then(value_of),
    };
    let change = history.change_to(&theirs, value_of);
    Ok(Crossed {
        field: key.to_owned(),
        words: field.words.clone(),
        mine,
        theirs,
        before,
        sealed: field.sealed,
        by: change.map(|change| change.by_name.clone()),
        at: change.map(|change| change.at),
    })
}

/// A value as it would be kept, so that two ways to write it are one; nothing for nothing.
fn checked(
    tx: &Tx,
    catalogue: &Catalogue,
    field: &FieldBook,
    value: &Value,
) -> Result<Option<Value>, RegistryError> {
    if value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty()) {
        return Ok(None);
    }
    match model::check(catalogue, field, value, today(tx)) {
        Ok(kept) => Ok(Some(kept.0)),
        Err(fault) => Err(RegistryError::Value { field: field.key.clone(), fault }),
    }
}

/// What a record went through since it was seen.
struct History {
    /// As it was then; none where that is not known any more.
    then: Option<Content>,
    changes: Vec<(ChangeRow, Content)>,
}

impl History {
    async fn of(tx: &mut Tx, record: &Record, seen: i64) -> Result<Self, RegistryError> {
        if record.version == seen {
            return Ok(Self { then: Some(record.content.clone()), changes: Vec::new() });
        }
        let (district, keys) = (tx.district(), store::keys(tx)?);
        let changes = store::changes(tx, &keys, district, record.id).await?;
        let then = changes.iter().find(|(change, _)| change.version == seen + 1);
        Ok(Self { then: then.map(|(_, content)| content.clone()), changes })
    }

    /// The change that brought a value: the newest before which it was another.
    fn change_to(
        &self,
        present: &Option<Value>,
        value_of: impl Fn(&Content) -> Option<Value>,
    ) -> Option<&ChangeRow> {
        let mut changes = self.changes.iter();
        changes.find(|(_, before)| value_of(before) != *present).map(|(change, _)| change)
    }
}

/// Confirms the values that still are as they were seen; answers the record, and the fields that others changed since.
///
/// # Errors
/// As [`confirm`], but never `registry.stale`.
pub async fn confirm_seen(
    tx: &mut Tx,
    id: RecordId,
    seen: Option<i64>,
    fields: Vec<String>,
    given: Given,
) -> Result<(Record, Vec<String>), RegistryError> {
    let record = store::load_for(tx, id, &EDIT).await?;
    refuse_restricted(tx, &record).await?;
    let history = History::of(tx, &record, seen.unwrap_or(record.version)).await?;
    let changed: Vec<String> = match &history.then {
        Some(then) => changes_between(then, &record.content).into_iter().map(|c| c.key).collect(),
        None => Vec::new(),
    };
    let catalogue = tx.fixture::<Catalogue>();
    let book = catalogue.kind(record.kind);
    let held = || book.fields.iter().filter(|f| record.content.fields(f.sealed).get(&f.key).is_some());
    let wanted = match fields.is_empty() {
        true => held().map(|field| field.key.clone()).collect(),
        false => fields,
    };
    let (passed, fields): (Vec<_>, Vec<_>) = wanted.into_iter().partition(|key| changed.contains(key));
    if fields.is_empty() {
        return Ok((record, passed));
    }
    let order = Confirm { id, version: record.version, fields, given };
    Ok((confirm(tx, order).await?, passed))
}

/// Enters a record under the id its sender made.
///
/// # Errors
/// As [`enter`]; `registry.id_taken` where there is a record of that id.
pub async fn enter_once(tx: &mut Tx, id: RecordId, new: Enter) -> Result<Record, RegistryError> {
    if store::load(tx, id).await?.is_some() {
        return Err(RegistryError::taken(
            "registry.id_taken",
            "这个编号已用于另一条登记。",
            "This id was used for another record.",
            id,
        ));
    }
    enter(tx, Enter { id: Some(id), ..new }).await
}
