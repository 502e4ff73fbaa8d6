//! Letting messages leave: what is due is judged some at a time, looked up, and handed to the courier by one of two lanes.

use super::gateways;
use crate::books::Books;
use crate::catalogue::TemplateBook;
use crate::facts::{JUDGED, MessageFact};
use crate::model::{
    Case, Channel, Choice, Class, DIRECT, Limits, Message, MessageId, MessageState, Verdict, Why, judge,
    start_of_day,
};
use crate::store::{self, ChoiceRow, Departure, GatewayRow, LanesRow};
use ::store::Tx;
use courier::{EndpointId, Order};
use platform::{AccountId, Fault, Time};
use serde_json::json;
use std::collections::{HashMap, HashSet};
use std::time::Duration;
use uuid::Uuid;

/// The clock by which messages leave; one for a district.
pub(crate) const LEAVE: &str = "messages.leave";
/// What the courier carries.
pub(crate) const DELIVERY: &str = "message";
/// Judged in one write: between two others may write.
const AT_ONCE: i64 = 200;
/// After which a message without a gateway looks for one again.
const GATEWAY_WAIT: Duration = Duration::from_secs(15 * 60);

/// Whatever waits is looked at soon.
pub(crate) async fn soon(tx: &mut Tx) -> Result<(), Fault> {
    let now = tx.now();
    wind(tx, now).await
}

async fn wind(tx: &mut Tx, at: Time) -> Result<(), Fault> {
    let subject = Uuid::from_u128(tx.district().0 as u128);
    tx.set_timer(LEAVE, subject, at, json!({})).await
}

/// A step of the clock.
pub(crate) async fn step(tx: &mut Tx) -> Result<(), Fault> {
    let due = store::due(tx, AT_ONCE).await?;
    if !due.is_empty() {
        let counts = judge_all(tx, due).await?;
        let (district, data) = (tx.district(), json!(counts));
        tx.record(&MessageFact::of_district(JUDGED, district, data)).await?;
    }
    let now = tx.now();
    match store::next_due(tx).await? {
        Some(at) => wind(tx, at.max(now)).await,
        None => Ok(()),
    }
}

/// One that was just made does not wait for the clock.
pub(crate) async fn at_once(tx: &mut Tx, id: MessageId) -> Result<(), Fault> {
    let district = tx.district();
    let Some(message) = store::find(tx, district, id).await? else { return Ok(()) };
    judge_all(tx, vec![message]).await?;
    match store::find(tx, district, id).await? {
        Some(message) if message.state == MessageState::Waiting => soon(tx).await,
        _ => Ok(()),
    }
}

/// What is known of those that are judged together.
struct Known {
    accounts: HashMap<Uuid, AccountId>,
    choices: HashMap<Uuid, ChoiceRow>,
    left: HashMap<Uuid, i64>,
    gateways: Vec<GatewayRow>,
    /// The lanes of whoever has a device that takes notices.
    devices: HashMap<AccountId, LanesRow>,
    limits: Limits,
}

/// A message that may leave.
struct Ready {
    message: Message,
    account: Option<AccountId>,
    channel: Channel,
    endpoint: EndpointId,
    /// Why not by the way that was chosen.
    why: Option<Why>,
}

async fn judge_all(tx: &mut Tx, messages: Vec<Message>) -> Result<HashMap<&'static str, usize>, Fault> {
    let book = tx.fixture::<TemplateBook>();
    let mut known = gather(tx, &messages, book.limits).await?;
    let (mut ready, mut waiting, mut dropped) = (Vec::new(), Vec::new(), Vec::new());
    for message in messages {
        let is_urgent = book.find(&message.template).is_some_and(|template| template.is_urgent);
        let id = message.id;
        match verdict(&mut known, &message, is_urgent, tx.now()) {
            Verdict::Waits(at, why) => waiting.push((id, at, why)),
            Verdict::Dropped(why) => dropped.push((id, MessageState::Dropped, Some(why))),
            Verdict::Leaves => match way(&known, message, is_urgent) {
                Some(one) => ready.push(one),
                None => waiting.push((id, tx.now().after(GATEWAY_WAIT), Why::NoGateway)),
            },
        }
    }
    let without = without_address(tx, &ready).await?;
    let (ready, unreachable): (Vec<Ready>, Vec<Ready>) =
        ready.into_iter().partition(|one| !without.contains(&one.message.id));
    dropped
        .extend(unreachable.iter().map(|one| (one.message.id, MessageState::Dropped, Some(Why::NoAddress))));
    let counts = HashMap::from([("left", ready.len()), ("waits", waiting.len()), ("dropped", dropped.len())]);
    store::wait(tx, waiting).await?;
    store::settle(tx, dropped).await?;
    hand_over(tx, ready).await?;
    Ok(counts)
}

async fn gather(tx: &mut Tx, messages: &[Message], limits: Limits) -> Result<Known, Fault> {
    let (district, now) = (tx.district(), tx.now());
    let mut accounts = HashMap::new();
    for (kind, ids) in by_kind(messages.iter()) {
        accounts.extend(tx.fixture::<Books>().of(kind)?.accounts(tx, (district, now), &ids).await?);
    }
    let recipients: Vec<Uuid> = messages.iter().map(|message| message.recipient_id).collect();
    let asked = recipients.iter().copied().chain(accounts.values().map(|account| account.0)).collect();
    let choices = store::choices(tx, district, asked).await?;
    let since = start_of_day(now);
    let left = store::left_since(tx, recipients, since).await?;
    let gateways = gateways::in_force(tx).await?;
    let devices = store::push_lanes(tx, accounts.values().copied().collect()).await?;
    Ok(Known { accounts, choices, left, gateways, devices, limits })
}

/// Recipients by their address book; a direct one brings its address along.
fn by_kind<'a>(messages: impl Iterator<Item = &'a Message>) -> HashMap<&'a str, Vec<Uuid>> {
    let mut kinds: HashMap<&str, Vec<Uuid>> = HashMap::new();
    for message in messages.filter(|message| message.recipient_kind != DIRECT) {
        kinds.entry(&message.recipient_kind).or_default().push(message.recipient_id);
    }
    kinds
}

/// A choice of the recipient, and of the person behind it: whoever of the two left, has left.
pub(crate) fn choice_of(
    choices: &HashMap<Uuid, ChoiceRow>,
    recipient: Uuid,
    account: Option<AccountId>,
) -> (Choice, Option<&ChoiceRow>) {
    let (of_recipient, of_account) =
        (choices.get(&recipient), account.and_then(|account| choices.get(&account.0)));
    let mut choice = of_account.or(of_recipient).map(|row| row.settings.0.clone()).unwrap_or_default();
    choice.left.extend(of_recipient.into_iter().flat_map(|row| row.settings.0.left.iter().copied()));
    (choice, of_account.or(of_recipient))
}

fn verdict(known: &mut Known, message: &Message, is_urgent: bool, now: Time) -> Verdict {
    let account = known.accounts.get(&message.recipient_id).copied();
    let (choice, _) = choice_of(&known.choices, message.recipient_id, account);
    let left = known.left.entry(message.recipient_id).or_default();
    let case = Case { class: message.class, is_urgent, until_at: message.until_at, left_today: *left };
    let verdict = judge(case, &choice, known.limits, now);
    if verdict == Verdict::Leaves && message.class == Class::Service {
        *left += 1;
    }
    verdict
}

/// By which channel and lane: the one chosen where it can be used, else the next after it.
fn way(known: &Known, message: Message, is_urgent: bool) -> Option<Ready> {
    let account = known.accounts.get(&message.recipient_id).copied();
    let (choice, row) = choice_of(&known.choices, message.recipient_id, account);
    let has_mail = row.is_some_and(|row| row.mail.is_some() && row.mail_confirmed);
    let is_fast = message.class == Class::Must || is_urgent;
    let endpoint = |channel: Channel| match channel {
        Channel::Push => {
            let lanes = known.devices.get(&account?)?;
            Some(if is_fast { lanes.fast_endpoint_id } else { lanes.bulk_endpoint_id })
        }
        Channel::Relay => None,
        Channel::Mail if message.channel.is_none() && !has_mail => None,
        Channel::Mail | Channel::Sms => {
            let gateway = known.gateways.iter().find(|gateway| gateway.channel == channel)?;
            Some(if is_fast { gateway.fast_endpoint_id } else { gateway.bulk_endpoint_id })
        }
    };
    let chosen = match message.class {
        Class::Must => Channel::Sms,
        Class::Service => choice.channel.unwrap_or(Channel::Sms),
    };
    // A code's phone, a trial's address: there is no other way to them.
    let ways = message.channel.as_ref().map_or(chosen.and_next(), std::slice::from_ref);
    let (channel, endpoint) = ways.iter().find_map(|way| Some((*way, endpoint(*way)?)))?;
    let why = (chosen == Channel::Push && channel != chosen).then_some(Why::NoDevice);
    Some(Ready { message, account, channel, endpoint, why })
}

/// Those nobody can be reached for. Each that is found is looked at, on record, since it is about to be used.
async fn without_address(tx: &mut Tx, ready: &[Ready]) -> Result<HashSet<MessageId>, Fault> {
    let unknown = |one: &&Ready| one.account.is_none() && one.message.recipient_kind != DIRECT;
    let asked: Vec<&Ready> = ready.iter().filter(unknown).collect();
    let mut found = HashSet::new();
    for (kind, ids) in by_kind(asked.iter().map(|one| &one.message)) {
        found.extend(tx.fixture::<Books>().of(kind)?.look(tx, &ids).await?);
    }
    let missing = asked.iter().filter(|one| !found.contains(&one.message.recipient_id));
    Ok(missing.map(|one| one.message.id).collect())
}

async fn hand_over(tx: &mut Tx, ready: Vec<Ready>) -> Result<(), Fault> {
    // A subject of its own for each: a message that cannot arrive keeps no other waiting.
    let order = |one: &Ready| Order {
        endpoint: one.endpoint,
        subject: one.message.id.0,
        kind: DELIVERY,
        body: json!({ "message": one.message.id }),
        fact: one.message.fact_id,
    };
    if ready.is_empty() {
        return Ok(());
    }
    let deliveries = courier::order_many(tx, ready.iter().map(order).collect()).await?;
    let departures = ready.iter().zip(deliveries).map(|(one, delivery)| Departure {
        id: one.message.id,
        account: one.account,
        channel: one.channel,
        delivery,
        why: one.why,
    });
    store::leave(tx, departures.collect()).await
}
