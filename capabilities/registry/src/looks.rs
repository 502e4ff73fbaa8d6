//! Looking at a record: for a purpose, on record before the answer, within what the purpose opens. Only a [`Look`] shows a record.

use crate::access::{self, require};
use crate::catalogue::{Catalogue, FACTS_PART};
use crate::error::RegistryError;
use crate::facts::{ALARM, GLASS_BROKEN, OPENED, RegistryFact};
use crate::model::{Record, RecordId};
use crate::store;
use ::store::Tx;
use edge::{Quota, Rates};
use platform::Purpose;
use serde_json::json;
use std::collections::BTreeSet;
use std::time::Duration;

/// Records one account may look at: a morning's visits at once, then one each ten seconds. Beyond it looks are refused and the
/// security administrator is told.
const LOOKS: Quota = Quota { name: "registry.looks", burst: 120, every: Duration::from_secs(10) };
/// How often one account's flood is told of.
const ALARMS: Quota = Quota { name: "registry.alarms", burst: 1, every: Duration::from_secs(600) };

/// Proof that a look at a record was allowed and written down.
#[derive(Clone, Debug)]
pub struct Look {
    record: RecordId,
    opens: BTreeSet<String>,
    shows_facts: bool,
}

/// What somebody wants to see, and why.
#[derive(Clone, Debug)]
pub struct Wish {
    pub id: RecordId,
    /// A key of the catalogue's purposes.
    pub purpose: String,
    /// Sealed fields to open; `facts` for service facts. Empty: all stays masked.
    pub parts: BTreeSet<String>,
    /// Words why, for a record beyond one's area in an emergency.
    pub emergency: Option<String>,
}

impl Look {
    /// Whether a sealed field of the record is open in this look.
    pub fn opens(&self, id: RecordId, field: &str) -> Option<Purpose> {
        (self.record == id && self.opens.contains(field)).then_some(Purpose("a recorded look"))
    }

    pub fn shows_facts(&self) -> bool {
        self.shows_facts
    }
}

/// Looks at a record. The look is part of this write: there is no answer without its line in the record of looks.
///
/// # Errors
/// No purpose, a purpose that does not open what is asked for, no right to it, too many looks.
pub async fn look(tx: &mut Tx, wish: &Wish) -> Result<(Record, Look), RegistryError> {
    let catalogue = tx.fixture::<Catalogue>();
    let purpose = catalogue.purpose(&wish.purpose).ok_or(RegistryError::NoPurpose)?;
    if wish.parts.iter().any(|part| !purpose.opens.contains(part)) {
        return Err(RegistryError::NoPurpose);
    }
    let record = store::load(tx, wish.id).await?.ok_or(RegistryError::NotFound)?;
    let path = record.content.area_path.clone();
    match emergency_reason(tx, wish, &path)? {
        Some(reason) => {
            let data = json!({ "purpose": purpose.key, "parts": wish.parts, "reason_chars": reason.chars().count() });
            tx.record(&RegistryFact::of(GLASS_BROKEN, &record, data)).await?;
        }
        None => require_parts(tx, wish, &path)?,
    }
    let data = json!({ "purpose": purpose.key, "parts": wish.parts });
    tx.record(&RegistryFact::of(OPENED, &record, data)).await?;
    let shows_facts = wish.parts.contains(FACTS_PART);
    Ok((record, Look { record: wish.id, opens: wish.parts.clone(), shows_facts }))
}

fn require_parts(tx: &Tx, wish: &Wish, path: &str) -> Result<(), RegistryError> {
    require(tx.actor(), &access::VIEW, path)?;
    if wish.parts.iter().any(|part| part != FACTS_PART) {
        require(tx.actor(), &access::OPEN, path)?;
    }
    if wish.parts.contains(FACTS_PART) {
        require(tx.actor(), &access::OPEN_FACTS, path)?;
    }
    Ok(())
}

/// The stated reason, where the record lies beyond the actor's area and the actor may break the glass anywhere at all.
fn emergency_reason<'a>(tx: &Tx, wish: &'a Wish, path: &str) -> Result<Option<&'a str>, RegistryError> {
    const REASON_CHARS_MIN: usize = 10;
    const REASON_CHARS_MAX: usize = 500;
    let Some(reason) = wish.emergency.as_deref().map(str::trim) else { return Ok(None) };
    if tx.actor().holds_at(&access::OPEN, path) {
        return Ok(None);
    }
    if !tx.actor().holds(&access::BREAK_GLASS) {
        return Err(RegistryError::NotFound);
    }
    if !(REASON_CHARS_MIN..=REASON_CHARS_MAX).contains(&reason.chars().count()) {
        return Err(RegistryError::invalid(
            "emergency",
            "registry.bad_reason",
            "请用 10 到 500 个字写明紧急情况。",
            "State the emergency in 10 to 500 characters.",
        ));
    }
    Ok(Some(reason))
}

/// Slows down who reads in bulk. Asked before the look, outside of its write.
///
/// # Errors
/// `registry.too_much`, with the seconds to wait.
pub async fn slow_down(edge: &edge::Edge, actor: &platform::Actor) -> Result<(), RegistryError> {
    let Some(account) = actor.account else { return Ok(()) };
    let (rates, now, key) = (edge.fixture::<Rates>(), edge.now(), account.to_string());
    let Err(wait) = rates.take(LOOKS, &key, now) else { return Ok(()) };
    if rates.take(ALARMS, &key, now).is_ok() {
        edge.db
            .write(actor, async move |tx: &mut Tx| {
                let data = json!({ "what": LOOKS.name, "burst": LOOKS.burst });
                let fact = RegistryFact { name: ALARM, subject: RecordId(account.0), area_path: None, data };
                tx.record(&fact).await.map(drop)
            })
            .await
            .map_err(RegistryError::Fault)?;
    }
    Err(RegistryError::TooMuch { retry_after_s: wait.as_secs() + 1 })
}
