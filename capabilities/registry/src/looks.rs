//! Looking at a record: for a purpose, on record before the answer, within what the purpose opens. Only a [`Look`] shows a record.

use crate::access::{self, facts_told, require};
use crate::catalogue::{Catalogue, FACTS_PART};
use crate::commands::alarms::{self, Alarm};
use crate::error::RegistryError;
use crate::facts::{ALARM, GLASS_BROKEN, OPENED, RegistryFact};
use crate::model::{AlarmKind, Kind, Record, RecordId};
use crate::store;
use ::store::Tx;
use edge::{Quota, Rates};
use platform::{Fault, Purpose};
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
    /// Keys of the service facts it shows.
    facts: BTreeSet<String>,
    is_restricted: bool,
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

    /// Whether the person asked that the record is only stored.
    pub fn is_restricted(&self) -> bool {
        self.is_restricted
    }

    /// Whether a service fact is shown in this look, to whoever looks.
    pub fn shows_fact(&self, fact: &Record) -> bool {
        fact.kind == Kind::ServiceFact && self.facts.contains(fact.content.fields(true).text("fact"))
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
    let told = told_to(tx, &catalogue);
    if record.kind == Kind::ServiceFact && !told.contains(record.content.fields(true).text("fact")) {
        return Err(RegistryError::NotFound);
    }
    let path = record.content.area_path.clone();
    let is_closed_to_all = is_closed_to_all(tx, wish, &record).await?;
    let is_closed = is_closed_to_all || !tx.actor().holds_at(&access::OPEN, &path);
    let reason = if is_closed { emergency_reason(tx, wish, &path)? } else { None };
    match reason {
        Some(reason) => break_glass(tx, wish, &record, reason).await?,
        None => {
            require_parts(tx, wish, &path)?;
            if is_closed_to_all {
                return Err(RegistryError::Restricted);
            }
        }
    }
    let look = write_down(tx, &record, &purpose.key, wish.parts.clone(), told, reason.is_some()).await?;
    Ok((record, look))
}

/// The service facts whoever looks may be told of.
fn told_to(tx: &Tx, catalogue: &Catalogue) -> BTreeSet<String> {
    let places = tx.fixture::<territory::Map>().of(tx.district());
    facts_told(tx.actor(), catalogue, &places)
}

/// The purpose of people who look at their own data, and of the desk that answers them.
pub(crate) const RIGHTS: &str = "rights";

/// A look at a person's data for the person: by the person, somebody with a mandate, or the desk that answers them. The caller has
/// established which. Masked where nothing is opened.
pub(crate) async fn look_for_the_person(
    tx: &mut Tx,
    person: &Record,
    parts: BTreeSet<String>,
) -> Result<Look, Fault> {
    let all = tx.fixture::<Catalogue>().facts.iter().map(|fact| fact.key.clone()).collect();
    write_down(tx, person, RIGHTS, parts, all, false).await
}

/// A look for a message that is about to be sent: what is opened is used, and shown to nobody.
pub(crate) async fn look_for_a_message(
    tx: &mut Tx,
    person: &Record,
    purpose: &str,
    part: &str,
) -> Result<(), Fault> {
    let parts = BTreeSet::from([part.to_owned()]);
    write_down(tx, person, purpose, parts, BTreeSet::new(), false).await.map(drop)
}

/// How every look ends: its line in the record of looks, and the proof of it.
async fn write_down(
    tx: &mut Tx,
    record: &Record,
    purpose: &str,
    parts: BTreeSet<String>,
    told: BTreeSet<String>,
    is_emergency: bool,
) -> Result<Look, Fault> {
    let data = json!({
        "purpose": purpose, "parts": parts, "kind": record.kind, "role": role_of(tx), "emergency": is_emergency,
    });
    tx.record(&RegistryFact::of(OPENED, record, data)).await?;
    let facts = if parts.contains(FACTS_PART) { told } else { BTreeSet::new() };
    let is_restricted = is_restricted(tx, record).await?;
    Ok(Look { record: record.id, opens: parts, facts, is_restricted })
}

/// What kind of post or being looks: looks are counted by it, never by person.
fn role_of(tx: &Tx) -> &'static str {
    let actor = tx.actor();
    let places = tx.fixture::<territory::Map>().of(actor.district);
    let post = actor.posts.first().and_then(|post| places.post(*post));
    post.map_or(actor.kind.name(), |post| post.kind.as_str())
}

async fn break_glass(tx: &mut Tx, wish: &Wish, record: &Record, reason: &str) -> Result<(), Fault> {
    let data =
        json!({ "purpose": wish.purpose, "parts": wish.parts, "reason_chars": reason.chars().count() });
    tx.record(&RegistryFact::of(GLASS_BROKEN, record, data.clone())).await?;
    let alarm =
        Alarm { record: Some(record), reason: Some(reason), data, ..Alarm::of(AlarmKind::GlassBroken) };
    alarms::raise(tx, alarm).await
}

/// Whether the record is of a person whose data is only stored: then nobody sees it but the person, and the desk that answers them.
async fn is_closed_to_all(tx: &mut Tx, wish: &Wish, record: &Record) -> Result<bool, Fault> {
    let is_answer = wish.purpose == RIGHTS && tx.actor().holds_at(&access::DECIDE, &record.content.area_path);
    Ok(!is_answer && is_restricted(tx, record).await?)
}

async fn is_restricted(tx: &mut Tx, record: &Record) -> Result<bool, Fault> {
    let (district, Some(person)) = (tx.district(), record.person()) else { return Ok(false) };
    Ok(store::rights::restricted_since(tx, district, person).await?.is_some())
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

/// The stated reason for a record that is closed to the actor, who may break the glass anywhere at all.
fn emergency_reason<'a>(tx: &Tx, wish: &'a Wish, path: &str) -> Result<Option<&'a str>, RegistryError> {
    const REASON_CHARS_MIN: usize = 10;
    const REASON_CHARS_MAX: usize = 500;
    let Some(reason) = wish.emergency.as_deref().map(str::trim) else { return Ok(None) };
    if !tx.actor().holds(&access::BREAK_GLASS) {
        require(tx.actor(), &access::VIEW, path)?;
        return Err(RegistryError::Forbidden(&access::BREAK_GLASS));
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
