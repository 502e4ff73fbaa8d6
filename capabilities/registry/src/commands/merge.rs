//! Merging two records of the same subject, field by field. Undone as one deed.

use super::Given;
use super::enter::{check, label_of};
use super::tell_apart::refuse_apart;
use super::{refuse_restricted, today};
use crate::access::{MERGE, require};
use crate::catalogue::{Catalogue, FieldBook};
use crate::error::RegistryError;
use crate::facts::{MERGED, RegistryFact};
use crate::model::{ActId, Content, Fields, Kind, Links, Record, RecordId, Shape, State};
use crate::{queries, store};
use ::store::Tx;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Which record goes on, which goes into it, and whose values are taken.
#[derive(Clone, Debug)]
pub struct Merge {
    pub keep: RecordId,
    pub keep_version: i64,
    pub gone: RecordId,
    pub gone_version: i64,
    /// Fields whose value is that of the record that goes; lists are joined in any case.
    pub take: BTreeSet<String>,
    pub given: Given,
}

/// Merges two records. What belonged to the one that goes belongs to the other from now on.
///
/// # Errors
/// `registry.other_kind` for records of two kinds, `registry.itself` for a record with itself.
pub async fn merge(tx: &mut Tx, order: Merge) -> Result<Record, RegistryError> {
    let keep = store::load_for(tx, order.keep, &MERGE).await?;
    let gone = store::load(tx, order.gone).await?.ok_or(RegistryError::NotFound)?;
    require(tx.actor(), &MERGE, &gone.content.area_path)?;
    refuse_pair("gone", &keep, &gone)?;
    refuse_apart(tx, keep.id, gone.id).await?;
    for (record, seen) in [(&keep, order.keep_version), (&gone, order.gone_version)] {
        refuse_restricted(tx, record).await?;
        super::amend::refuse_stale(tx, record, seen).await?;
    }
    let catalogue = tx.fixture::<Catalogue>();
    let mut content = keep.content.clone();
    for field in &catalogue.kind(keep.kind).fields {
        join_field(field, &mut content, &gone.content, order.take.contains(&field.key));
    }
    content.label = match keep.kind {
        Kind::Person | Kind::Organisation | Kind::Thing => label_of(keep.kind, &content, None),
        _ => content.label,
    };
    check(&catalogue, keep.kind, &content, today(tx))?;
    // Who merged, and on what ground, stands in the fact; values keep the origins they had.
    let ground = order.given.origin(tx)?.evidence.is_some();
    let act = ActId::new(tx.now());
    let after = keep.next(content, act, tx.now());
    store::save(tx, &keep, &after).await?;
    retire(tx, &gone, keep.id, act).await?;
    let moved = take_over(tx, &gone, keep.id, act).await?;
    let data = json!({ "act": act, "gone": gone.id, "kind": keep.kind, "moved": moved, "ground": ground });
    tx.record(&RegistryFact::of(MERGED, &after, data)).await?;
    Ok(after)
}

/// Refuses two records that cannot be of one subject; `field` is the second of them.
pub(super) fn refuse_pair(field: &'static str, keep: &Record, gone: &Record) -> Result<(), RegistryError> {
    if keep.id == gone.id {
        return Err(RegistryError::invalid(
            field,
            "registry.itself",
            "两条是同一条记录，请选另一条。",
            "These are one and the same record; choose another.",
        ));
    }
    if keep.kind != gone.kind {
        return Err(RegistryError::invalid(
            field,
            "registry.other_kind",
            "两条记录不是同一类。",
            "The two records are of different kinds.",
        ));
    }
    if keep.is_live() && gone.is_live() { Ok(()) } else { Err(RegistryError::Over) }
}

/// One field of the record that goes on: its own value, the other's where it has none or is asked for, or both for a list.
fn join_field(field: &FieldBook, content: &mut Content, gone: &Content, take: bool) {
    let theirs: &Fields = gone.fields(field.sealed);
    let (Some(value), Some(origin)) = (theirs.get(&field.key), theirs.origin(&field.key)) else { return };
    let own = content.fields(field.sealed).get(&field.key).cloned();
    let is_list = matches!(field.shape, Shape::Names | Shape::Choices | Shape::Documents | Shape::Phones);
    let joined = match own {
        None => value.clone(),
        Some(own) if is_list => joined_lists(own, value),
        Some(_) if take => value.clone(),
        Some(_) => return,
    };
    content.set(field.sealed, &field.key, Some(joined), origin);
}

fn joined_lists(own: Value, theirs: &Value) -> Value {
    let mut all = match own {
        Value::Array(all) => all,
        other => vec![other],
    };
    for entry in theirs.as_array().into_iter().flatten() {
        if !all.contains(entry) {
            all.push(entry.clone());
        }
    }
    Value::Array(all)
}

async fn retire(tx: &mut Tx, gone: &Record, keep: RecordId, act: ActId) -> Result<(), RegistryError> {
    let mut content = gone.content.clone();
    content.state = State::Merged;
    content.merged_into = Some(keep);
    let after = gone.next(content, act, tx.now());
    store::save(tx, gone, &after).await
}

/// Everything that belonged to the one that goes; answers how many records moved.
async fn take_over(tx: &mut Tx, gone: &Record, keep: RecordId, act: ActId) -> Result<usize, RegistryError> {
    let below = queries::below(tx, gone).await?;
    for record in &below {
        let mut content = record.content.clone();
        content.links = relinked(content.links, gone.id, keep);
        let after = record.next(content, act, tx.now());
        store::save(tx, record, &after).await?;
    }
    Ok(below.len())
}

fn relinked(links: Links, from: RecordId, to: RecordId) -> Links {
    let new = |link: Option<RecordId>| link.map(|id| if id == from { to } else { id });
    Links {
        place: new(links.place),
        person: new(links.person),
        dwelling: new(links.dwelling),
        household: new(links.household),
        organisation: new(links.organisation),
    }
}
