//! Answers that belong to the register go there with their submission, in the same transaction: written, confirmed, or kept aside.

use super::submit::Sent;
use crate::error::FieldworkError;
use crate::model::{Meeting, Seen, WriteBack, WriteState, decide, tied_questions, value_of};
use crate::plans::Ready;
use ::store::Tx;
use forms::{Answers, FieldRef};
use platform::{Fault, Refusal, Words};
use registry::commands::{Amend, Confirm, Given, amend, confirm};
use registry::{Catalogue, Content, FieldBook, Kind, Record, RecordId, RegistryError, Source};
use serde_json::Value;
use std::collections::BTreeMap;

/// What of a submission goes to the register.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    subject: RecordId,
    seen: BTreeMap<RecordId, i64>,
    items: Vec<Item>,
    /// What proves the values, in words.
    evidence: String,
}

/// One answer.
#[derive(Clone, Debug)]
struct Item {
    path: String,
    field: FieldRef,
    text: String,
    is_written: bool,
    is_asked: bool,
}

impl Order {
    /// None where nothing is about a record, or no answer belongs to a field. An empty answer takes nothing out of the register.
    pub(crate) fn of(ready: &Ready, answers: &Answers, sent: &Sent, catalogue: &Catalogue) -> Option<Self> {
        let subject = sent.subject?;
        let plan = &ready.plan;
        let item = |tied: crate::model::Tied<'_>| {
            let path = plan.path(tied.item);
            let text = answers.text(&path).filter(|text| !text.is_empty())?.to_owned();
            let is_asked = !sent.known.contains(&path);
            let is_relevant = answers.is_relevant(&path) == Some(true);
            is_relevant.then_some(Item {
                path,
                field: tied.field,
                text,
                is_written: tied.is_written,
                is_asked,
            })
        };
        let items: Vec<Item> = tied_questions(plan, catalogue).into_iter().filter_map(item).collect();
        let evidence = format!("表单 {} 第 {} 版", ready.form_key, sent.number);
        (!items.is_empty()).then(|| Self { subject, seen: sent.seen.clone(), items, evidence })
    }
}

/// Writes what may be written, confirms what still holds, and says what became of each.
///
/// # Errors
/// Only a fault: what the register refuses is told, and the submission keeps it.
pub(crate) async fn write_back(tx: &mut Tx, order: &Order) -> Result<Vec<WriteBack>, FieldworkError> {
    let records = records_about(tx, order.subject).await?;
    let mut by_kind: BTreeMap<&str, Vec<&Item>> = BTreeMap::new();
    for item in &order.items {
        by_kind.entry(&item.field.kind).or_default().push(item);
    }
    let mut told = Vec::new();
    for (kind, items) in by_kind {
        let record = Kind::parse(kind).and_then(|kind| records.get(&kind));
        match record {
            Some(record) => told.extend(meet(tx, order, record.clone(), &items).await?),
            None => told.extend(items.iter().filter(|item| item.is_written).map(|item| nowhere(item))),
        }
    }
    Ok(told)
}

/// The record a submission is about, and those it belongs to, one of each kind.
///
/// # Errors
/// A fault of the database.
pub(crate) async fn records_about(tx: &mut Tx, subject: RecordId) -> Result<BTreeMap<Kind, Record>, Fault> {
    let Some(record) = registry::record_in(tx, subject).await? else { return Ok(BTreeMap::new()) };
    let links = record.content.links;
    let mut found = BTreeMap::from([(record.kind, record)]);
    for id in [links.person, links.dwelling, links.household, links.place, links.organisation] {
        let Some(id) = id else { continue };
        if let Some(linked) = registry::record_in(tx, id).await? {
            found.entry(linked.kind).or_insert(linked);
        }
    }
    Ok(found)
}

fn nowhere(item: &Item) -> WriteBack {
    let words = Words::of("填写对象没有这类登记。", "Its subject has no record of this kind.");
    told(item, None, WriteState::Refused, Some(words))
}

fn told(item: &Item, record: Option<&Record>, state: WriteState, words: Option<Words>) -> WriteBack {
    WriteBack {
        path: item.path.clone(),
        field: String::from(item.field.clone()),
        record: record.map(|record| record.id),
        state,
        words,
    }
}

/// The answers that belong to one record.
async fn meet(
    tx: &mut Tx,
    order: &Order,
    mut record: Record,
    items: &[&Item],
) -> Result<Vec<WriteBack>, FieldworkError> {
    if !tx.actor().holds_at(&registry::access::EDIT, &record.content.area_path) {
        let words = RegistryError::NotFound.problem().words();
        let refused = |item: &&Item| told(item, None, WriteState::Refused, Some(words.clone()));
        return Ok(items.iter().filter(|item| item.is_written).map(refused).collect());
    }
    let seen = match order.seen.get(&record.id) {
        Some(version) => registry::content_in(tx, &record, *version).await?,
        None => None,
    };
    let catalogue = tx.fixture::<Catalogue>();
    let (mut all, mut values, mut confirmed) = (Vec::new(), BTreeMap::new(), Vec::new());
    for item in items {
        let Some(book) = catalogue.kind(record.kind).field(&item.field.field) else { continue };
        let today = tx.now().local().date();
        let mine = value_of(book.shape, &item.text);
        let mine = match registry::model::check(&catalogue, book, &mine, today) {
            Ok(checked) => checked.0,
            Err(_) if !item.is_written => continue,
            Err(fault) => {
                all.push(told(item, Some(&record), WriteState::Refused, Some(fault.words)));
                continue;
            }
        };
        let Some(state) = decide(&meeting(item, &mine, book, &record, seen.as_ref())) else { continue };
        match state {
            WriteState::Written => drop(values.insert(book.key.clone(), mine)),
            WriteState::Confirmed => confirmed.push(book.key.clone()),
            WriteState::Clash | WriteState::Refused => {}
        }
        all.push(told(item, Some(&record), state, None));
    }
    let not_confirmed = confirm_values(tx, order, &mut record, confirmed).await?;
    let not_written = write_values(tx, order, &record, values).await?;
    let end = |one: WriteBack| match one.state {
        WriteState::Written => refused(one, not_written.as_ref()),
        WriteState::Confirmed => refused(one, not_confirmed.as_ref()),
        WriteState::Clash | WriteState::Refused => one,
    };
    Ok(all.into_iter().map(end).collect())
}

fn meeting<'v>(
    item: &Item,
    mine: &'v Value,
    book: &FieldBook,
    record: &'v Record,
    seen: Option<&'v Content>,
) -> Meeting<'v> {
    let value = |content: &'v Content| content.fields(book.sealed).get(&book.key);
    Meeting {
        mine,
        present: value(&record.content),
        seen: seen.map_or(Seen::Unknown, |content| Seen::Value(value(content))),
        is_written: item.is_written,
        is_asked: item.is_asked,
    }
}

/// What was to be written or confirmed, and was not.
fn refused(one: WriteBack, words: Option<&Words>) -> WriteBack {
    match words {
        Some(words) => WriteBack { state: WriteState::Refused, words: Some(words.clone()), ..one },
        None => one,
    }
}

fn given(order: &Order) -> Given {
    Given { source: Source::Door, evidence: Some(order.evidence.clone()) }
}

/// Says that values still hold; answers in words why not.
async fn confirm_values(
    tx: &mut Tx,
    order: &Order,
    record: &mut Record,
    fields: Vec<String>,
) -> Result<Option<Words>, FieldworkError> {
    if fields.is_empty() {
        return Ok(None);
    }
    let wish = Confirm { id: record.id, version: record.version, fields, given: given(order) };
    match confirm(tx, wish).await {
        Ok(after) => *record = after,
        Err(refusal) => return why(refusal).map(Some),
    }
    Ok(None)
}

/// Writes other values; answers in words why not.
async fn write_values(
    tx: &mut Tx,
    order: &Order,
    record: &Record,
    values: BTreeMap<String, Value>,
) -> Result<Option<Words>, FieldworkError> {
    if values.is_empty() {
        return Ok(None);
    }
    let wish = Amend { id: record.id, version: record.version, values, given: given(order) };
    match amend(tx, wish).await {
        Ok(_) => Ok(None),
        Err(refusal) => why(refusal).map(Some),
    }
}

/// A refusal in words; a fault stays one.
fn why(refusal: RegistryError) -> Result<Words, FieldworkError> {
    match refusal {
        RegistryError::Fault(fault) => Err(fault.into()),
        refusal => Ok(refusal.problem().words()),
    }
}
