//! What the register knows of a form's subject: shown as known instead of asked. Reading it is a look, on record before the answer.

use super::write_back::records_about;
use crate::access::{FILL, require};
use crate::error::FieldworkError;
use crate::model::{Tied, answer_of, tied_questions};
use crate::plans::Ready;
use ::store::Tx;
use forms::{Answers, Known, NotAsked, Scene};
use platform::{Fault, Time};
use registry::looks::{self, Look, Wish};
use registry::{Catalogue, Kind, Record, RecordId};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Hours of a day: the age of a value is counted in whole days.
const DAY_SECONDS: u64 = 24 * 3600;

/// What is known, for a subject and a version of a form.
#[derive(Clone, Debug)]
pub(crate) struct Prefill {
    /// The records that were looked at, as they are now.
    pub records: Vec<(RecordId, Kind, i64)>,
    pub answers: Vec<KnownAnswer>,
    pub counts: NotAsked,
}

/// A question whose answer is known.
#[derive(Clone, Debug)]
pub(crate) struct KnownAnswer {
    pub path: String,
    pub field: String,
    /// As an answer is written.
    pub text: String,
    pub confirmed_at: Time,
    pub age_days: u32,
    /// Shown as known, and not asked.
    pub is_fresh: bool,
}

/// Looks up what is known of a subject for a form: of the record itself and of those it belongs to, as far as the form names them.
///
/// # Errors
/// No such record, no right to it, no purpose.
pub(crate) async fn prefill(
    tx: &mut Tx,
    ready: &Ready,
    subject: RecordId,
    purpose: &str,
) -> Result<Prefill, FieldworkError> {
    let catalogue = tx.fixture::<Catalogue>();
    let tied: Vec<Tied<'_>> = tied_questions(&ready.plan, &catalogue);
    let tied: Vec<Tied<'_>> = tied.into_iter().filter(|tied| tied.is_prefilled).collect();
    let about = records_about(tx, subject).await?;
    let subject = about.values().find(|record| record.id == subject).ok_or(FieldworkError::NotFound)?;
    require(tx.actor(), &FILL, &subject.content.area_path)?;
    let mut seen = BTreeMap::new();
    for record in about.values() {
        let fields: Vec<&Tied<'_>> =
            tied.iter().filter(|one| one.field.kind == record.kind.as_str()).collect();
        // The subject itself is looked at even where the form asks nothing of it: who may not see it learns nothing.
        if !fields.is_empty() || record.id == subject.id {
            seen.insert(record.kind, look(tx, record.id, &fields, purpose).await?);
        }
    }
    let now = tx.now();
    let known: Vec<KnownAnswer> = tied.iter().filter_map(|tied| known(ready, tied, &seen, now)).collect();
    let counts = count(ready, &known, now)?;
    let records = seen.values().map(|(record, _)| (record.id, record.kind, record.version)).collect();
    Ok(Prefill { records, answers: known, counts })
}

/// Looks at a record, with the sealed fields the form names and the purpose opens.
async fn look(
    tx: &mut Tx,
    id: RecordId,
    fields: &[&Tied<'_>],
    purpose: &str,
) -> Result<(Record, Look), FieldworkError> {
    let catalogue = tx.fixture::<Catalogue>();
    let opens = &catalogue.purpose(purpose).ok_or(FieldworkError::NoPurpose)?.opens;
    let sealed = fields.iter().filter(|tied| tied.book.sealed).map(|tied| tied.book.key.clone());
    let may_open = tx.actor().holds(&registry::access::OPEN);
    let parts: BTreeSet<String> = sealed.filter(|key| may_open && opens.contains(key)).collect();
    let wish = Wish { id, purpose: purpose.to_owned(), parts, emergency: None };
    Ok(looks::look(tx, &wish).await?)
}

/// What the register says to a question, where the look opens it and the question can hold it.
fn known(
    ready: &Ready,
    tied: &Tied<'_>,
    seen: &BTreeMap<Kind, (Record, Look)>,
    now: Time,
) -> Option<KnownAnswer> {
    let (record, look) = seen.get(&Kind::parse(&tied.field.kind)?)?;
    if tied.book.sealed && look.opens(record.id, &tied.book.key).is_none() {
        return None;
    }
    let fields = record.content.fields(tied.book.sealed);
    let (value, origin): (&Value, _) = (fields.get(&tied.book.key)?, fields.origin(&tied.book.key)?);
    let text = answer_of(&ready.plan, tied.item, tied.book.shape, value)?;
    let age_days = u32::try_from(now.since(origin.at).as_secs() / DAY_SECONDS).unwrap_or(u32::MAX);
    let is_fresh = match tied.fresh_days {
        Some(days) => age_days <= days,
        None => tied.book.stale_at(origin.at).is_none_or(|stale| stale > now),
    };
    Some(KnownAnswer {
        path: ready.plan.path(tied.item),
        field: String::from(tied.field.clone()),
        text,
        confirmed_at: origin.at,
        age_days,
        is_fresh,
    })
}

/// How much of the form is not asked, as it begins with what is known.
fn count(ready: &Ready, known: &[KnownAnswer], now: Time) -> Result<NotAsked, FieldworkError> {
    let moment = now.local().strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string();
    let scene = Scene::at(&moment, ready.plan.form().first_language(), 0)
        .ok_or_else(|| Fault::broken("a moment is not written as forms read it"))?;
    let by_field: BTreeMap<&str, &KnownAnswer> = known.iter().map(|one| (one.field.as_str(), one)).collect();
    // A form that cannot begin by its own rules is still shown what is known; nothing of it is counted.
    let Ok(mut answers) = Answers::begin(&Arc::clone(&ready.plan), &scene) else {
        return Ok(NotAsked::default());
    };
    let look = |field: &forms::FieldRef| {
        let known = by_field.get(String::from(field.clone()).as_str())?;
        Some(Known { text: known.text.clone(), age_days: known.age_days, is_fresh: known.is_fresh })
    };
    Ok(answers.fill_known(&scene, look).unwrap_or_default())
}
