//! Saying that values still hold, and that a record no longer does.

use super::amend::refuse_stale;
use super::{Given, refuse_restricted, today};
use crate::access::EDIT;
use crate::catalogue::Catalogue;
use crate::error::RegistryError;
use crate::facts::{CONFIRMED, ENDED, RegistryFact};
use crate::model::{ActId, Kind, Record, RecordId, State};
use crate::{queries, store};
use ::store::Tx;
use jiff::civil::Date;
use platform::{Time, Words};
use serde_json::json;

/// Values that were looked at again and still hold.
#[derive(Clone, Debug)]
pub struct Confirm {
    pub id: RecordId,
    pub version: i64,
    /// Empty: all it has.
    pub fields: Vec<String>,
    pub given: Given,
}

/// Confirms values: they are of today again.
///
/// # Errors
/// A field the record has no value for.
pub async fn confirm(tx: &mut Tx, order: Confirm) -> Result<Record, RegistryError> {
    let record = store::load_for(tx, order.id, &EDIT).await?;
    refuse_restricted(tx, &record).await?;
    if !record.is_live() {
        return Err(RegistryError::Over);
    }
    refuse_stale(tx, &record, order.version).await?;
    let catalogue = tx.fixture::<Catalogue>();
    let (book, origin) = (catalogue.kind(record.kind), order.given.origin(tx)?);
    let mut content = record.content.clone();
    let all = || book.fields.iter().filter(|f| content.fields(f.sealed).get(&f.key).is_some());
    let wanted: Vec<String> = match order.fields.is_empty() {
        true => all().map(|field| field.key.clone()).collect(),
        false => order.fields,
    };
    for key in &wanted {
        let field = book.field(key).filter(|field| record.content.fields(field.sealed).get(key).is_some());
        let Some(field) = field else {
            return Err(RegistryError::NoSuchField { kind: record.kind, field: key.clone() });
        };
        let value = record.content.fields(field.sealed).get(key).cloned();
        content.set(field.sealed, key, value, &origin);
    }
    let act = ActId::new(tx.now());
    let after = record.next(content, act, tx.now());
    store::save(tx, &record, &after).await?;
    let data = json!({ "kind": after.kind, "act": act, "version": after.version, "fields": wanted });
    tx.record(&RegistryFact::of(CONFIRMED, &after, data)).await?;
    Ok(after)
}

/// Confirms what is known of a home as seen at the door: of the home, its households and who lives there, values that need no purpose to be
/// seen and are older than a moment. Whose data is only stored is passed over. Answers how many records were confirmed.
///
/// # Errors
/// A fault of the database; no right to edit there.
pub async fn confirm_home(
    tx: &mut Tx,
    home: RecordId,
    before: Time,
    given: &Given,
) -> Result<usize, RegistryError> {
    let Some(dwelling) = store::load(tx, home).await?.filter(|record| record.kind == Kind::Dwelling) else {
        return Ok(0);
    };
    let below = queries::below(tx, &dwelling).await?;
    let is_of_home = |record: &&Record| matches!(record.kind, Kind::Household | Kind::Residence);
    let mut records: Vec<Record> = below.iter().filter(is_of_home).cloned().collect();
    for person in below.iter().filter(|record| record.kind == Kind::Residence).filter_map(Record::person) {
        records.extend(store::load(tx, person).await?);
    }
    records.push(dwelling);
    let mut confirmed = 0;
    let may = |record: &Record| tx.actor().holds_at(&EDIT, &record.content.area_path);
    // Somebody with two homes may belong to the grid of the other.
    records.retain(|record| record.is_live() && may(record));
    for record in &records {
        let fields = older_than(record, before);
        if fields.is_empty() {
            continue;
        }
        let order = Confirm { id: record.id, version: record.version, fields, given: given.clone() };
        match confirm(tx, order).await {
            Ok(_) => confirmed += 1,
            Err(RegistryError::Restricted) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(confirmed)
}

/// The open values of a record that were said before a moment.
fn older_than(record: &Record, before: Time) -> Vec<String> {
    let open = &record.content.open;
    let older = open.iter().filter(|(_, _, origin)| origin.at < before);
    older.map(|(key, _, _)| key.to_owned()).collect()
}

/// The end of what a record is about.
#[derive(Clone, Debug)]
pub struct End {
    pub id: RecordId,
    pub version: i64,
    /// None: today.
    pub on: Option<Date>,
    pub given: Given,
}

/// Ends a record: a person who died or left the district, a house that was pulled down. What depends on it must have ended before.
///
/// # Errors
/// `registry.still_used` where somebody still lives there or belongs to it.
pub async fn end(tx: &mut Tx, order: End) -> Result<Record, RegistryError> {
    let record = store::load_for(tx, order.id, &EDIT).await?;
    if !record.is_live() {
        return Err(RegistryError::Over);
    }
    refuse_stale(tx, &record, order.version).await?;
    let on = order.on.unwrap_or(today(tx));
    if record.kind != Kind::Person
        && let Some(user) = queries::first_below(tx, &record).await?
    {
        return Err(RegistryError::taken(
            "registry.still_used",
            "还有人或物登记在这里，请先处理。",
            "Something is still registered here; end that first.",
            user,
        ));
    }
    let act = ActId::new(tx.now());
    if record.kind == Kind::Person {
        for below in queries::of_person(tx, record.id).await? {
            end_one(tx, &below, on, act).await?;
        }
    }
    let after = end_one(tx, &record, on, act).await?;
    tx.record(&RegistryFact::of(ENDED, &after, json!({ "kind": after.kind, "act": act }))).await?;
    Ok(after)
}

async fn end_one(tx: &mut Tx, record: &Record, on: Date, act: ActId) -> Result<Record, RegistryError> {
    if record.content.from_on.is_some_and(|from| on < from) {
        return Err(RegistryError::Invalid {
            field: "on",
            code: "registry.ends_before",
            words: Words::of("结束日期早于开始日期。", "It ends before it begins."),
        });
    }
    let mut content = record.content.clone();
    content.state = State::Ended;
    content.to_on = Some(on);
    let after = record.next(content, act, tx.now());
    store::save(tx, record, &after).await?;
    Ok(after)
}
