//! Correcting a record: some of its values, seen at a version.

use super::enter::{check, fill_from_document, find_upper, label_of, put_values, require_values};
use super::{Given, refuse_restricted, today};
use crate::access::EDIT;
use crate::catalogue::Catalogue;
use crate::error::RegistryError;
use crate::facts::{AMENDED, RegistryFact};
use crate::model::{ActId, Record, RecordId, changes_between};
use crate::{queries, store};
use ::store::Tx;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Other values for a record.
#[derive(Clone, Debug)]
pub struct Amend {
    pub id: RecordId,
    /// The version the person saw.
    pub version: i64,
    /// Null takes a value out.
    pub values: BTreeMap<String, Value>,
    pub given: Given,
}

/// Corrects a record. Where somebody else changed it since, nothing is saved and the fields that clash are named.
///
/// # Errors
/// `registry.stale` with the fields changed since; a value that does not hold; `registry.restricted`.
pub async fn amend(tx: &mut Tx, order: Amend) -> Result<Record, RegistryError> {
    let record = store::load_for(tx, order.id, &EDIT).await?;
    refuse_restricted(tx, &record).await?;
    change(tx, record, order).await
}

/// Corrects a record as its person asked, also where it is only stored otherwise.
///
/// # Errors
/// As [`amend`].
pub(crate) async fn amend_as_asked(tx: &mut Tx, order: Amend) -> Result<Record, RegistryError> {
    let record = store::load_for(tx, order.id, &EDIT).await?;
    change(tx, record, order).await
}

/// Changes a record that was loaded to be changed.
pub(super) async fn change(tx: &mut Tx, record: Record, order: Amend) -> Result<Record, RegistryError> {
    if !record.is_live() {
        return Err(RegistryError::Over);
    }
    refuse_stale(tx, &record, order.version).await?;
    let catalogue = tx.fixture::<Catalogue>();
    let (book, origin, today) = (catalogue.kind(record.kind), order.given.origin(tx)?, today(tx));
    let mut content = record.content.clone();
    put_values(&catalogue, book, &mut content, order.values, &origin, today)?;
    require_values(book, &content)?;
    fill_from_document(&mut content, record.kind, &origin, today);
    check(&catalogue, record.kind, &content, today)?;
    let upper = find_upper(tx, record.kind, &content.links).await?;
    content.label = label_of(record.kind, &content, upper.as_ref());
    let changed: Vec<_> = changes_between(&record.content, &content).into_iter().map(|c| c.key).collect();
    let act = ActId::new(tx.now());
    let after = record.next(content, act, tx.now());
    store::save(tx, &record, &after).await?;
    if after.content.label != record.content.label {
        queries::relabel_below(tx, &after).await?;
    }
    let data = json!({ "kind": after.kind, "act": act, "version": after.version, "fields": changed });
    tx.record(&RegistryFact::of(AMENDED, &after, data)).await?;
    Ok(after)
}

/// Refuses where the record is no longer as the person saw it, naming the fields that were changed since.
pub(super) async fn refuse_stale(tx: &mut Tx, record: &Record, seen: i64) -> Result<(), RegistryError> {
    if record.version == seen {
        return Ok(());
    }
    let (district, keys) = (tx.district(), store::keys(tx)?);
    let history = store::changes(tx, &keys, district, record.id).await?;
    let then = history.into_iter().find(|(change, _)| change.version == seen + 1).map(|(_, content)| content);
    let changed = then.map(|then| changes_between(&then, &record.content)).unwrap_or_default();
    Err(RegistryError::Stale {
        seen,
        present: record.version,
        changed: changed.into_iter().map(|change| change.key).collect(),
    })
}
