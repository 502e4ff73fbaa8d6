//! Numbers in between: somebody is called by one while it is good, and their own telephone is told to nobody but the gateway.

use super::gateways;
use crate::books::Books;
use crate::catalogue::{Bound, RelayBook};
use crate::facts::{MessageFact, RELAY_ASKED, RELAY_BOUND, RELAY_ENDED, RELAY_REFUSED};
use crate::model::{Channel, DIRECT, Recipient, Relay, RelayId, RelayState, Why};
use crate::sealed::relays::{self, Ends};
use crate::store;
use crate::store::relays::{self as rows, NewRow};
use ::store::{Conn, Tx};
use courier::Order;
use platform::{DistrictId, FactId, Fault, Phone, Time};
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

/// The clock by which a number ends.
pub(crate) const RELAY_DUE: &str = "messages.relay_due";
/// Nobody waits longer for a number, by whatever time it was to be good.
const WAITED_MAX: Duration = Duration::from_hours(24);
/// More than all desks of a district ask for in a day.
const WAITING_MAX: i64 = 10_000;
/// What the courier carries.
pub(crate) const BIND: &str = "relay_bind";
pub(crate) const END: &str = "relay_end";

/// A number in between that somebody asks for.
#[derive(Clone, Debug)]
pub struct RelayAsked {
    /// Of whoever asks; asked twice with the same it is one.
    pub id: RelayId,
    pub to: Recipient,
    /// Where the call will come from, for a gateway that wants it.
    pub caller: Option<Phone>,
    /// How long the number is good.
    pub seconds: u32,
    pub fact: Option<FactId>,
}

/// What asking came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RelayAnswer {
    /// The gateway is asked; the number comes later.
    Asked,
    /// The district has no gateway of relayed calls.
    NoGateway,
    /// Nobody knows a telephone of theirs.
    NoAddress,
}

/// By which gateway calls are relayed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RelayWay {
    /// It puts through calls of one telephone only.
    pub needs_caller: bool,
}

/// A number in between as it stands.
#[derive(Clone, Debug)]
pub struct RelayNow {
    pub state: RelayState,
    /// What is dialled, while it is good.
    pub number: Option<String>,
    pub extension: Option<String>,
    pub until: Time,
    /// Whether there is somebody to be called at all.
    pub has_address: bool,
}

impl From<Relay> for RelayNow {
    fn from(relay: Relay) -> Self {
        Self {
            state: relay.state,
            has_address: relay.why != Some(Why::NoAddress),
            number: relay.number,
            extension: relay.extension,
            until: relay.until_at,
        }
    }
}

/// The way there is, where the district has one that is not paused.
///
/// # Errors
/// The store.
pub async fn relay_way(
    conn: &mut Conn,
    district: DistrictId,
    book: &RelayBook,
) -> Result<Option<RelayWay>, Fault> {
    let Some(row) =
        store::gateways(conn, district).await?.into_iter().find(|row| row.channel == Channel::Relay)
    else {
        return Ok(None);
    };
    let endpoint = courier::queries::find_endpoint(conn, district, row.fast_endpoint_id).await?;
    let Some(endpoint) = endpoint.filter(|endpoint| !endpoint.paused) else { return Ok(None) };
    let found = endpoint.settings.0["gateway"].as_str().and_then(|key| book.find(key));
    Ok(found.map(|relayer| RelayWay { needs_caller: relayer.needs_caller() }))
}

/// Asks for a number by which somebody is reached. The look at their telephone is written down here; it is opened when it leaves.
///
/// # Errors
/// The store.
pub async fn ask_relay(tx: &mut Tx, asked: RelayAsked) -> Result<RelayAnswer, Fault> {
    let (district, book) = (tx.district(), tx.fixture::<RelayBook>());
    if relay_way(tx, district, &book).await?.is_none() {
        return Ok(RelayAnswer::NoGateway);
    }
    let known = tx.fixture::<Books>().of(asked.to.kind)?.look(tx, &[asked.to.id]).await?;
    if !known.contains(&asked.to.id) {
        return Ok(RelayAnswer::NoAddress);
    }
    let caller = asked.caller.map(|phone| phone.as_str().to_owned());
    let ends = Ends { caller, called: None };
    begin(tx, asked.id, (asked.to.kind, asked.to.id), &ends, (asked.seconds, asked.fact)).await?;
    Ok(RelayAnswer::Asked)
}

/// Asks for a number by which an administrator reaches a telephone of their own.
pub(crate) async fn try_relay(tx: &mut Tx, to: String, fact: FactId) -> Result<RelayId, Fault> {
    const TRIAL_SECONDS: u32 = 120;
    let id = RelayId::new(tx.now());
    // Where the gateway wants to know who calls, it is told the same one: nobody else is there.
    let ends = Ends { caller: Some(to.clone()), called: Some(to) };
    begin(tx, id, (DIRECT, id.0), &ends, (TRIAL_SECONDS, Some(fact))).await?;
    Ok(id)
}

async fn begin(
    tx: &mut Tx,
    id: RelayId,
    recipient: (&'static str, Uuid),
    ends: &Ends,
    (seconds, fact): (u32, Option<FactId>),
) -> Result<(), Fault> {
    let until_at = tx.now().after(Duration::from_secs(seconds.into()));
    let sealed = relays::seal(tx, id, ends)?;
    let row = NewRow { id, recipient, sealed, seconds: seconds.into(), until_at };
    if !rows::add(tx, row).await? {
        return Ok(());
    }
    tx.record(&MessageFact::of_relay(RELAY_ASKED, id, json!({ "seconds": seconds }))).await?;
    tx.set_timer(RELAY_DUE, id.0, until_at, Value::Null).await?;
    carry(tx, id, BIND, fact).await
}

/// A number is asked for by the lane in which somebody waits, and released by the other: an end keeps no call waiting.
async fn carry(tx: &mut Tx, id: RelayId, kind: &'static str, fact: Option<FactId>) -> Result<(), Fault> {
    let district = tx.district();
    let lanes = gateways::lanes(tx, district, Channel::Relay).await?;
    let (Some(fast), Some(bulk)) = (lanes.first(), lanes.last()) else { return Ok(()) };
    let endpoint = if kind == BIND { *fast } else { *bulk };
    courier::order(tx, Order { endpoint, subject: id.0, kind, body: json!({ "relay": id }), fact })
        .await
        .map(drop)
}

/// Ends a number, by hand or by the clock: it is forgotten here and released there.
///
/// # Errors
/// The store.
pub async fn end_relay(tx: &mut Tx, id: RelayId) -> Result<(), Fault> {
    let district = tx.district();
    let Some(relay) = rows::find(tx, district, id).await? else { return Ok(()) };
    if !rows::end(tx, id).await? {
        return Ok(());
    }
    tx.cancel_timer(RELAY_DUE, id.0).await?;
    let by_time = relay.until_at <= tx.now();
    tx.record(&MessageFact::of_relay(RELAY_ENDED, id, json!({ "by_time": by_time }))).await?;
    match relay.binding {
        Some(_) => carry(tx, id, END, None).await,
        None => Ok(()),
    }
}

/// The gateway gave a number. Whoever asked for it may have ended it meanwhile: then it is released at once.
pub(crate) async fn note_bound(tx: &mut Tx, id: RelayId, bound: Bound) -> Result<(), Fault> {
    let (district, now) = (tx.district(), tx.now());
    let Some(relay) = rows::find(tx, district, id).await? else { return Ok(()) };
    let until = now.after(Duration::from_secs(u64::try_from(relay.seconds).unwrap_or(0)));
    let binding = bound.binding.clone();
    if rows::bind(tx, id, (bound.number, bound.extension, bound.binding), until).await? {
        tx.set_timer(RELAY_DUE, id.0, until, Value::Null).await?;
        return tx.record(&MessageFact::of_relay(RELAY_BOUND, id, json!({}))).await.map(drop);
    }
    rows::bind_late(tx, id, binding).await?;
    carry(tx, id, END, None).await
}

/// There is no number: nobody to be called, or the gateway said no.
pub(crate) async fn note_refused(tx: &mut Tx, id: RelayId, why: Option<Why>) -> Result<(), Fault> {
    rows::set_state(tx, id, RelayState::Refused, why).await?;
    let why = why.map(Why::as_str);
    tx.record(&MessageFact::of_relay(RELAY_REFUSED, id, json!({ "why": why }))).await.map(drop)
}

/// The gateway was taken off: whoever waits for a number hears that there is none.
pub(crate) async fn refuse_asked(tx: &mut Tx) -> Result<(), Fault> {
    let since = tx.now().before(WAITED_MAX);
    for id in rows::asked(tx, since, WAITING_MAX).await? {
        note_refused(tx, id, None).await?;
    }
    Ok(())
}

/// A person has the gateway asked again.
pub(crate) async fn note_asked_again(tx: &mut Tx, id: RelayId) -> Result<(), Fault> {
    rows::set_state(tx, id, RelayState::Asked, None).await
}

/// How some numbers stand, by their ids.
///
/// # Errors
/// The store.
pub async fn relays(
    conn: &mut Conn,
    district: DistrictId,
    ids: Vec<RelayId>,
) -> Result<Vec<(RelayId, RelayNow)>, Fault> {
    let found = rows::among(conn, district, ids).await?;
    Ok(found.into_iter().map(|relay| (relay.id, RelayNow::from(relay))).collect())
}
