//! What happens to a case goes to the partner whose work it is: told anew after each step, from the history itself, in its order.

use super::facts::{PartnerFact, REQUEST_ENDED, REQUEST_OPENED};
use super::said;
use super::shown::{self, Showable};
use super::states::StateTables;
use crate::model::partner::{HOPS_MAX, LinkedRequest, Partner, Rung, Why, hops_of, is_at_work};
use crate::model::shown_photo::{is_told_alone, photos_at_once};
use crate::store::partners as rows;
use ::store::{FactRow, LocalFuture, Tx};
use cases::{Case, CaseId, EntryRow, Rules};
use courier::Order;
use platform::{Fault, OrganisationId};
use serde_json::{Value, json};
use territory::Snapshot;

/// A case is theirs from now on.
pub(crate) const ASSIGNED: &str = "case.assigned";
/// Something happened to a case of theirs.
pub(crate) const UPDATED: &str = "case.updated";
/// The workflow's action by which a reporter says that it is not solved.
const REOPEN: &str = "reopen";
/// What an update calls photos that came without a step.
pub(crate) const SHOWN: &str = "photos";
/// A case is theirs no more.
pub(crate) const WITHDRAWN: &str = "case.withdrawn";

/// The reaction to every step of a case.
pub(crate) fn forward<'a>(tx: &'a mut Tx, fact: &'a FactRow) -> LocalFuture<'a, Result<(), Fault>> {
    Box::pin(async move { bring_up_to_date(tx, CaseId(fact.subject_id), Some(fact)).await })
}

/// Tells each partner concerned what it has not been told. May run twice, and in any order: it goes by what was told last.
pub(crate) async fn bring_up_to_date(tx: &mut Tx, id: CaseId, fact: Option<&FactRow>) -> Result<(), Fault> {
    let district = tx.district();
    let Some(case) = cases::linked::find(tx, district, id).await? else { return Ok(()) };
    let theirs = partner_of(tx, &case).await?;
    for request in rows::requests_of_case(tx, district, id).await? {
        if request.open && theirs.as_ref().is_none_or(|p| p.organisation_id != request.organisation_id) {
            end(tx, &case, request, fact).await?;
        }
    }
    match theirs {
        Some(partner) => tell(tx, &case, &partner, fact).await,
        None => Ok(()),
    }
}

/// The partner whose system has the case: that of the organisation that handles it, once it was given to it and until it is over.
async fn partner_of(tx: &mut Tx, case: &Case) -> Result<Option<Partner>, Fault> {
    let district = tx.district();
    let places = tx.fixture::<territory::Map>().of(district);
    let Some(organisation) = organisation_of(&places, case) else { return Ok(None) };
    let found = rows::partner(tx, district, organisation).await?;
    let Some(partner) = found.filter(|partner| partner.endpoint_id.is_some()) else { return Ok(None) };
    let theirs = partner.settings.0.account;
    if theirs.is_some() && cases::linked::reported_by(tx, district, case.id).await? == theirs {
        // It came from them.
        return Ok(None);
    }
    if is_at_work(&case.state) {
        return Ok(Some(partner));
    }
    // What they have finished stays theirs while it is looked at: they hear how it ends.
    let known = rows::request(tx, district, organisation, case.id).await?;
    Ok(known.filter(|request| request.open).map(|_| partner))
}

/// The organisation that handles a case.
pub(crate) fn organisation_of(places: &Snapshot, case: &Case) -> Option<OrganisationId> {
    places.post(case.host_post?)?.organisation
}

async fn tell(tx: &mut Tx, case: &Case, partner: &Partner, fact: Option<&FactRow>) -> Result<(), Fault> {
    let (district, organisation) = (tx.district(), partner.organisation_id);
    let mut request = rows::open_request(tx, organisation, case.id).await?;
    let history = cases::linked::entries_after(tx, district, case.id, request.told_entry).await?;
    let photos = if goes_round(case) { Vec::new() } else { shown::of_case(tx, case, partner).await? };
    if history.is_empty() && !photos.iter().any(Showable::is_new) {
        return Ok(());
    }
    if goes_round(case) {
        if request.told_entry.is_none() {
            said::ask_why(tx, organisation, case.id, Why::GoesRound).await?;
        }
    } else if request.told_entry.is_none() || !request.open {
        let message = Message { kind: ASSIGNED, body: whole(tx, case), fact };
        order_with(tx, partner, case, message, &photos).await?;
        let data = json!({ "number": case.number });
        tx.record(&PartnerFact::of_case(REQUEST_OPENED, organisation, case.id, data)).await?;
    } else {
        request = tell_steps(tx, (case, partner), request, (&history, photos), fact).await?;
    }
    request.told_entry = history.last().map(|entry| entry.id).or(request.told_entry);
    request.open = case.open;
    request.ended_at = (!case.open).then(|| tx.now());
    rows::save_request(tx, &request).await
}

/// Tells what happened since, each step with its photos, then the photos that came without a step.
async fn tell_steps(
    tx: &mut Tx,
    (case, partner): (&Case, &Partner),
    mut request: LinkedRequest,
    (history, mut photos): (&[EntryRow], Vec<Showable>),
    fact: Option<&FactRow>,
) -> Result<LinkedRequest, Fault> {
    let name = organisation_name(tx, partner.organisation_id);
    for entry in history.iter().filter(|entry| !is_their_own(entry, &name)) {
        if entry.action == REOPEN && hears_no_updates(partner) {
            request = LinkedRequest {
                foreign_id: None,
                token: None,
                foreign_state: None,
                foreign_note: None,
                ..request
            };
            let message = Message { kind: ASSIGNED, body: again(tx, case, entry), fact };
            order_with(tx, partner, case, message, &photos).await?;
        } else {
            let (with, rest) = photos.into_iter().partition(|one| one.is_new() && one.is_of(entry.id));
            photos = rest;
            let message = Message { kind: UPDATED, body: update(tx, case, partner, entry), fact };
            order_with(tx, partner, case, message, &with).await?;
        }
    }
    photos.retain(Showable::is_new);
    tell_photos(tx, partner, case, &photos, fact).await?;
    Ok(request)
}

/// What is said of a case, before its photos are added.
struct Message<'a> {
    kind: &'static str,
    body: Value,
    fact: Option<&'a FactRow>,
}

/// Orders a message with the photos that go along; what it cannot name follows in messages of its own.
async fn order_with(
    tx: &mut Tx,
    partner: &Partner,
    case: &Case,
    mut message: Message<'_>,
    photos: &[Showable],
) -> Result<(), Fault> {
    let is_heard = message.kind == ASSIGNED || !hears_no_updates(partner);
    let photos = if is_heard { photos } else { &[] };
    let (with, rest) = photos.split_at(photos.len().min(photos_at_once(partner.rung)));
    message.body["photos"] = json!(shown::link(tx, case, partner, with).await?);
    order(tx, partner, case, message.kind, message.body, message.fact).await?;
    tell_photos(tx, partner, case, rest, message.fact).await
}

/// Photos that are told by themselves: they came without a step, or a message names one alone.
async fn tell_photos(
    tx: &mut Tx,
    partner: &Partner,
    case: &Case,
    photos: &[Showable],
    fact: Option<&FactRow>,
) -> Result<(), Fault> {
    if photos.is_empty() {
        return Ok(());
    }
    if partner.rung == Rung::Mail {
        // They are on the page behind every mail.
        return shown::link(tx, case, partner, photos).await.map(drop);
    }
    if !is_told_alone(partner) {
        return Ok(());
    }
    for piece in photos.chunks(photos_at_once(partner.rung)) {
        let links = shown::link(tx, case, partner, piece).await?;
        let body = json!({
            "number": case.number,
            "action": SHOWN,
            "at": tx.now(),
            "due_at": case.due_at,
            "photos": links,
        });
        order(tx, partner, case, UPDATED, body, fact).await?;
    }
    Ok(())
}

async fn end(tx: &mut Tx, case: &Case, request: LinkedRequest, fact: Option<&FactRow>) -> Result<(), Fault> {
    let (district, organisation) = (tx.district(), request.organisation_id);
    if let Some(partner) = rows::partner(tx, district, organisation).await? {
        order(tx, &partner, case, WITHDRAWN, json!({ "number": case.number }), fact).await?;
    }
    let data = json!({ "number": case.number });
    tx.record(&PartnerFact::of_case(REQUEST_ENDED, organisation, case.id, data)).await?;
    let ended_at = Some(tx.now());
    rows::save_request(tx, &LinkedRequest { open: false, ended_at, ..request }).await
}

async fn order(
    tx: &mut Tx,
    partner: &Partner,
    case: &Case,
    kind: &'static str,
    body: Value,
    fact: Option<&FactRow>,
) -> Result<(), Fault> {
    // At the console nothing leaves: they read the case itself. What goes round was never told, and stays here.
    let Some(endpoint) = partner.endpoint_id.filter(|_| !goes_round(case)) else { return Ok(()) };
    let fact = fact.map(|fact| fact.id);
    courier::order(tx, Order { endpoint, subject: case.id.0, kind, body, fact }).await.map(drop)
}

/// Sent on, it might come back for ever: a person is asked once.
fn goes_round(case: &Case) -> bool {
    hops_of(&case.words) >= HOPS_MAX
}

/// What they said themselves is not told them again.
pub(crate) fn is_their_own(entry: &EntryRow, name: &str) -> bool {
    entry.actor_kind == platform::ActorKind::Service.name() && entry.actor_name == name
}

/// The name under which a partner stands in the history of a case.
pub(crate) fn organisation_name(tx: &Tx, organisation: OrganisationId) -> String {
    organisation_name_in(&tx.fixture::<territory::Map>().of(tx.district()), organisation)
}

pub(crate) fn organisation_name_in(places: &Snapshot, organisation: OrganisationId) -> String {
    places.organisation_by_id(organisation).map_or_else(String::new, |o| o.name.clone())
}

/// A case as a partner needs it to go there and work: what, where, until when. Never who reported it, nor of which household.
fn whole(tx: &Tx, case: &Case) -> Value {
    let rules = tx.fixture::<Rules>();
    let type_words = rules.find_type(case.district, &case.type_code).map(|t| t.short.clone());
    json!({
        "number": case.number,
        "type": case.type_code,
        "type_name": type_words,
        "words": case.words,
        "address": place_of(&tx.fixture::<territory::Map>().of(case.district), case),
        "longitude": case.lon,
        "latitude": case.lat,
        "reported_at": case.reported_at,
        "due_at": case.due_at,
    })
}

/// Where a case is: its address, or the grid where that is all there is.
pub(crate) fn place_of(places: &Snapshot, case: &Case) -> Option<String> {
    case.address.clone().or_else(|| area_name(places, case))
}

/// The same for people who go there: the grid and the address, for “3 栋” alone is nowhere.
pub(crate) fn whole_place_of(places: &Snapshot, case: &Case) -> Option<String> {
    match (area_name(places, case), &case.address) {
        (Some(area), Some(address)) => Some(format!("{area} {address}")),
        (area, address) => address.clone().or(area),
    }
}

fn area_name(places: &Snapshot, case: &Case) -> Option<String> {
    let own = places.by_path(&case.area_path)?;
    let street = territory::parent_path(&case.area_path).and_then(|path| places.by_path(path));
    Some(street.map_or_else(|| own.name.clone(), |street| format!("{} {}", street.name, own.name)))
}

/// A server that takes no updates would never hear that what it called done is not: it gets a new request.
fn hears_no_updates(partner: &Partner) -> bool {
    partner.rung == Rung::Open311 && !partner.settings.0.updates
}

/// A case that is to be handled once more, with what is still wrong.
fn again(tx: &Tx, case: &Case, entry: &EntryRow) -> Value {
    let mut body = whole(tx, case);
    let still = entry.note.as_deref().unwrap_or_default();
    body["words"] = json!(format!("{}\n重新办理：{still}", case.words));
    body
}

/// A step of a case in a partner's words.
fn update(tx: &Tx, case: &Case, partner: &Partner, entry: &EntryRow) -> Value {
    let tables = tx.fixture::<StateTables>();
    let state =
        tables.table(&partner.states).and_then(|table| table.theirs(&entry.to_state)).map(str::to_owned);
    json!({
        "number": case.number,
        "entry": entry.id,
        "action": entry.action,
        "state": state,
        "note": entry.note,
        "at": entry.at,
        "due_at": case.due_at,
    })
}
