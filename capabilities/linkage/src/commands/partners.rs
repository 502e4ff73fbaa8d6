//! Writes about partners: how each is reached, its secret, its lane, and a person's word about what cannot go by itself.

use crate::error::LinkageError;
use crate::model::partner::{LinkedRequest, Partner, PartnerSettings, QuestionId, Rung};
use crate::model::shown_photo::ShownPhoto;
use crate::partners::facts::{self, PartnerFact};
use crate::partners::states::StateTables;
use crate::partners::{forward, mail, open311, secrets, trial};
use crate::store::partners as rows;
use ::store::{Json, Tx};
use cases::CaseId;
use courier::{Courier, DeliveryId, DeliveryState, EndpointId, NewEndpoint, Word};
use platform::{Fault, OrganisationId};
use seal::Zeroizing;
use serde_json::json;
use std::time::Duration;
use uuid::Uuid;

/// How often the states of a partner's server are fetched.
pub(crate) const FETCH_INTERVAL: Duration = Duration::from_secs(60);
/// The timer's kind; its subject is the partner.
pub(crate) const FETCH_TIMER: &str = "linkage.fetch";
/// The timer that tells a partner, a moment after it was set, what servers left out that did not know of it yet.
pub(crate) const CATCH_UP_TIMER: &str = "linkage.catch_up";
const CATCH_UP_AFTER: Duration = Duration::from_secs(30);
const ADDRESS_CHARS_MAX: usize = 500;
const KEY_CHARS_MAX: usize = 500;
const SERVICES_MAX: usize = 1_000;
/// Cases read at once when a partner is told of all its work.
const CASES_AT_ONCE: i64 = 200;

/// How a partner is to be reached, as somebody gives it.
#[derive(Clone, Debug)]
pub(crate) struct SetPartner {
    pub organisation: OrganisationId,
    pub rung: Rung,
    pub address: Option<String>,
    /// Their key (Open311), or their secret that checks our signature (webhook). Absent: as before.
    pub key: Option<Zeroizing<String>>,
    pub states: String,
    pub settings: PartnerSettings,
    /// The version that was seen; absent for a new partner.
    pub version: Option<i64>,
}

/// Sets how a partner is reached. What waits goes to the new address; cases that its former system had are told to the new one anew.
pub(crate) async fn set(tx: &mut Tx, order: SetPartner) -> Result<Partner, LinkageError> {
    let district = tx.district();
    check(tx, &order)?;
    let known = rows::partner(tx, district, order.organisation).await?;
    let present = known.as_ref().map_or(0, |p| p.version);
    if present != order.version.unwrap_or(0) {
        return Err(LinkageError::Stale { present });
    }
    let ends_links = is_exchanged(tx, known.as_ref(), &order).await?;
    let endpoint_id = endpoint_for(tx, known.as_ref(), &order).await?;
    let mut partner = Partner {
        organisation_id: order.organisation,
        rung: order.rung,
        endpoint_id,
        states: order.states,
        settings: Json(order.settings),
        secret: known.as_ref().and_then(|p| p.secret.clone()),
        former_secret: known.as_ref().and_then(|p| p.former_secret.clone()),
        former_until: known.as_ref().and_then(|p| p.former_until),
        changed_at: tx.now(),
        version: order.version.unwrap_or(0),
        links_turn: known.as_ref().map_or(0, |p| p.links_turn) + i64::from(ends_links),
    };
    save(tx, &partner, known.is_some()).await?;
    partner.version += 1;
    let data = json!({ "rung": partner.rung, "states": partner.states });
    tx.record(&PartnerFact::of(facts::PARTNER_SET, partner.organisation_id, data)).await?;
    move_over(tx, known.as_ref(), &partner).await?;
    Ok(partner)
}

async fn save(tx: &mut Tx, partner: &Partner, is_known: bool) -> Result<(), LinkageError> {
    let saved = if is_known {
        rows::save_partner(tx, partner).await?
    } else {
        rows::add_partner(tx, partner).await?
    };
    if saved { Ok(()) } else { Err(LinkageError::Stale { present: partner.version + 1 }) }
}

fn check(tx: &Tx, order: &SetPartner) -> Result<(), LinkageError> {
    let places = tx.fixture::<territory::Map>().of(tx.district());
    if places.organisation_by_id(order.organisation).is_none() {
        return Err(LinkageError::NotFound);
    }
    if tx.fixture::<StateTables>().table(&order.states).is_none() {
        return Err(LinkageError::invalid(
            "states",
            "linkage.unknown_states",
            "没有这张状态对照表。",
            "There is no such table of states.",
        ));
    }
    if order.settings.services.len() > SERVICES_MAX {
        return Err(LinkageError::invalid(
            "settings.services",
            "linkage.too_many_services",
            format!("最多 {SERVICES_MAX} 项。"),
            format!("At most {SERVICES_MAX}."),
        ));
    }
    if order.key.as_ref().is_some_and(|key| key.is_empty() || key.len() > KEY_CHARS_MAX) {
        return Err(LinkageError::invalid(
            "key",
            "linkage.bad_key",
            format!("密钥须为 1 到 {KEY_CHARS_MAX} 个字符。"),
            format!("A key has 1 to {KEY_CHARS_MAX} characters."),
        ));
    }
    if order.rung == Rung::Webhook
        && order.key.as_ref().is_some_and(|key| courier::signature::Secret::parse(key).is_none())
    {
        return Err(LinkageError::invalid(
            "key",
            "linkage.bad_secret",
            "签名密钥须为 whsec_ 开头的 Standard Webhooks 密钥。",
            "It must be a secret of Standard Webhooks, beginning with whsec_.",
        ));
    }
    match (order.rung, &order.address) {
        (Rung::Console, _) => Ok(()),
        (Rung::Mail, address) => {
            mail::check_table(&tx.fixture::<StateTables>(), &order.states)?;
            check_mail(address.as_deref().unwrap_or_default())
        }
        (_, Some(address)) if address.len() <= ADDRESS_CHARS_MAX => {
            let courier = tx.fixture::<Courier>();
            courier.outside.check(address).map(drop).map_err(|e| LinkageError::Invalid {
                field: "address",
                code: "linkage.bad_address",
                words: e.words(),
            })
        }
        _ => Err(LinkageError::invalid(
            "address",
            "linkage.no_address",
            format!("须填写对方地址（不超过 {ADDRESS_CHARS_MAX} 个字符）。"),
            format!("Their address is needed, of at most {ADDRESS_CHARS_MAX} characters."),
        )),
    }
}

fn check_mail(address: &str) -> Result<(), LinkageError> {
    if address.len() <= ADDRESS_CHARS_MAX && messages::mail_room::is_mail_address(address) {
        return Ok(());
    }
    Err(LinkageError::invalid(
        "address",
        "linkage.bad_mail",
        "邮箱写得不对，例如 office@water.example.cn。",
        "This is no mail address, such as office@water.example.cn.",
    ))
}

/// Whether the same way leads to another address, or by another key: whoever had the former one opens none of its links to photos any more.
async fn is_exchanged(
    tx: &mut Tx,
    known: Option<&Partner>,
    order: &SetPartner,
) -> Result<bool, LinkageError> {
    let Some(endpoint) = known.and_then(|p| p.endpoint_id) else { return Ok(false) };
    let district = tx.district();
    let before = courier::queries::find_endpoint(tx, district, endpoint).await?;
    let address = order.address.as_deref().map(str::trim).unwrap_or_default();
    Ok(order.key.is_some() || before.is_some_and(|before| before.address != address))
}

/// The endpoint of a partner as it will be: the one it has while the rung stays, a new one where it changes, none at the console.
async fn endpoint_for(
    tx: &mut Tx,
    known: Option<&Partner>,
    order: &SetPartner,
) -> Result<Option<EndpointId>, LinkageError> {
    let kind = match order.rung {
        Rung::Console => return Ok(None),
        Rung::Open311 => open311::OPEN311,
        Rung::Webhook => courier::WEBHOOK,
        Rung::Mail => mail::PARTNER_MAIL,
    };
    let new = NewEndpoint {
        kind,
        address: order.address.as_deref().unwrap_or_default().trim().to_owned(),
        secret: order.key.clone(),
        settings: json!(order.settings),
    };
    let same = known.filter(|p| p.rung == order.rung).and_then(|p| p.endpoint_id);
    let district = tx.district();
    let before = match same {
        Some(id) => courier::queries::find_endpoint(tx, district, id).await?,
        None => None,
    };
    // Whoever had the former mailbox has its links: to another everything goes anew, and they hold no more.
    match before.filter(|before| order.rung != Rung::Mail || before.address == new.address) {
        Some(before) if courier::change_endpoint(tx, &before, new.clone()).await? => Ok(Some(before.id)),
        Some(_) => {
            Err(Fault::new(platform::FaultKind::Contention, "an endpoint changed under a write").into())
        }
        None => Ok(Some(courier::make_endpoint(tx, new).await?)),
    }
}

/// From one rung to another: nothing that waits is lost, and no case.
async fn move_over(tx: &mut Tx, before: Option<&Partner>, after: &Partner) -> Result<(), LinkageError> {
    let subject = after.organisation_id.0;
    match after.rung {
        Rung::Open311 => {
            tx.set_timer(FETCH_TIMER, subject, tx.now().after(FETCH_INTERVAL), json!({})).await?
        }
        Rung::Console | Rung::Webhook | Rung::Mail => tx.cancel_timer(FETCH_TIMER, subject).await?,
    }
    let former = before.filter(|p| p.endpoint_id != after.endpoint_id);
    if let Some(endpoint) = former.and_then(|p| p.endpoint_id) {
        // What its former system was to hear is told anew from the cases themselves, or read at the console.
        courier::drop_waiting(tx, endpoint).await?;
    }
    if former.is_some() || before.is_none() {
        tx.set_timer(CATCH_UP_TIMER, subject, tx.now().after(CATCH_UP_AFTER), json!({})).await?;
        forget_told(tx, after).await?;
        tell_all(tx, after).await?;
    } else if before.is_some_and(|p| p.links_turn != after.links_turn) {
        // The photos of its cases by new links.
        tell_all(tx, after).await?;
    }
    Ok(())
}

/// Tells a partner of all its work once more: what it knows already adds nothing.
pub(crate) async fn catch_up(tx: &mut Tx, id: OrganisationId) -> Result<(), Fault> {
    let district = tx.district();
    match rows::partner(tx, district, id).await? {
        Some(partner) => tell_all(tx, &partner).await,
        None => Ok(()),
    }
}

/// Its present system knows none of the cases that its former one had.
async fn forget_told(tx: &mut Tx, partner: &Partner) -> Result<(), LinkageError> {
    let (district, mut after) = (tx.district(), CaseId(Uuid::nil()));
    loop {
        let page = rows::open_requests(tx, district, partner.organisation_id, after).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.case_id;
        for request in page {
            let unknown = LinkedRequest {
                foreign_id: None,
                token: None,
                foreign_state: None,
                foreign_note: None,
                told_entry: None,
                ..request
            };
            rows::save_request(tx, &unknown).await?;
        }
    }
}

/// Tells it of every case that is its work now.
async fn tell_all(tx: &mut Tx, partner: &Partner) -> Result<(), Fault> {
    let (district, unit) = (tx.district(), partner.organisation_id);
    let mut after = CaseId(Uuid::nil());
    loop {
        let page = cases::linked::open_of_unit(tx, district, unit, after, CASES_AT_ONCE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = *last;
        for case in page {
            forward::bring_up_to_date(tx, case, None).await?;
        }
    }
}

/// Gives a partner a new secret for what it sends us; answers its text. Its links to photos may be where the former secret is: they end, and
/// open cases are told with new ones.
pub(crate) async fn exchange_secret(tx: &mut Tx, id: OrganisationId) -> Result<String, LinkageError> {
    let mut partner = load(tx, id).await?;
    let text = secrets::exchange(tx, &mut partner)?;
    partner.links_turn += 1;
    save(tx, &partner, true).await?;
    tell_all(tx, &partner).await?;
    tx.record(&PartnerFact::of(facts::SECRET_MADE, id, json!({}))).await?;
    Ok(text)
}

async fn load(tx: &mut Tx, id: OrganisationId) -> Result<Partner, LinkageError> {
    let district = tx.district();
    rows::partner(tx, district, id).await?.ok_or(LinkageError::NotFound)
}

fn no_lane() -> LinkageError {
    LinkageError::conflict(
        "linkage.no_lane",
        "这个单位在本平台办理，没有对外投递。",
        "This partner works at the console: nothing leaves for it.",
    )
}

async fn load_lane(tx: &mut Tx, id: OrganisationId) -> Result<EndpointId, LinkageError> {
    load(tx, id).await?.endpoint_id.ok_or_else(no_lane)
}

/// What a person does to a partner's lane.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum LaneDeed {
    Pause,
    Resume,
    /// Now, whatever it waits for.
    Try,
}

pub(crate) async fn do_to_lane(tx: &mut Tx, id: OrganisationId, deed: LaneDeed) -> Result<(), LinkageError> {
    let (district, endpoint) = (tx.district(), load_lane(tx, id).await?);
    let name = match deed {
        LaneDeed::Pause => {
            courier::pause(tx, endpoint).await?;
            facts::PARTNER_PAUSED
        }
        LaneDeed::Resume => {
            courier::resume(tx, endpoint).await?;
            facts::PARTNER_RESUMED
        }
        LaneDeed::Try => {
            ask_states(tx, id).await?;
            let found = courier::queries::find_endpoint(tx, district, endpoint).await?;
            courier::try_now(tx, &found.ok_or(LinkageError::NotFound)?).await?;
            facts::PARTNER_TRIED
        }
    };
    tx.record(&PartnerFact::of(name, id, json!({}))).await?;
    Ok(())
}

/// Sends a partner something that asks for nothing. One that could not arrive is given up for it.
pub(crate) async fn send_trial(tx: &mut Tx, id: OrganisationId) -> Result<(), LinkageError> {
    let partner = load(tx, id).await?;
    let (district, endpoint) = (tx.district(), partner.endpoint_id.ok_or_else(no_lane)?);
    if partner.rung == Rung::Open311 {
        return Err(LinkageError::conflict(
            "linkage.no_trial",
            "Open311 没有试发的办法：对方会当成真的件。",
            "Open311 knows no trial: they would take it for a real request.",
        ));
    }
    if let Some(last) = trial::latest(tx, district, endpoint).await? {
        if last.state == DeliveryState::Waiting || last.made_at.after(trial::TRIAL_INTERVAL) > tx.now() {
            return Err(LinkageError::conflict(
                "linkage.trial_too_soon",
                "上一次试发刚过不久，或者还没有送出去，请先看它的结果。",
                "The last trial was a moment ago, or has not left yet: look at what became of it first.",
            ));
        }
        if last.state == DeliveryState::Dead {
            courier::skip(tx, endpoint, last.id).await?;
        }
    }
    trial::order(tx, endpoint).await?;
    tx.record(&PartnerFact::of(facts::TRIAL_SENT, id, json!({}))).await?;
    Ok(())
}

/// A person's word about a dead delivery: sent again, or given up.
pub(crate) async fn decide_delivery(
    tx: &mut Tx,
    id: OrganisationId,
    delivery: DeliveryId,
    again: bool,
) -> Result<(), LinkageError> {
    let endpoint = load_lane(tx, id).await?;
    let word = if again {
        courier::retry(tx, endpoint, delivery).await?
    } else {
        courier::skip(tx, endpoint, delivery).await?
    };
    if word == Word::NotDead {
        return Err(LinkageError::NotFound);
    }
    let data = json!({ "delivery": delivery, "again": again });
    tx.record(&PartnerFact::of(facts::DELIVERY_DECIDED, id, data)).await?;
    Ok(())
}

/// A partner looks at a photo: the first time is on record.
pub(crate) async fn note_look(tx: &mut Tx, shown: &ShownPhoto) -> Result<(), Fault> {
    if crate::store::shown_photos::look(tx, shown.id).await? {
        let data = json!({ "photo": shown.photo_id, "shown": shown.id });
        let fact = PartnerFact::of_case(facts::PHOTO_LOOKED_AT, shown.organisation_id, shown.case_id, data);
        tx.record(&fact).await?;
    }
    Ok(())
}

/// A person has dealt with what a partner said.
pub(crate) async fn settle_question(tx: &mut Tx, id: QuestionId) -> Result<(), LinkageError> {
    let district = tx.district();
    let question = rows::question(tx, district, id).await?.ok_or(LinkageError::NotFound)?;
    if !rows::settle_question(tx, id).await? {
        return Err(LinkageError::NotFound);
    }
    let data = json!({ "question": id });
    tx.record(&PartnerFact::of_case(
        facts::QUESTION_SETTLED,
        question.organisation_id,
        question.case_id,
        data,
    ))
    .await?;
    Ok(())
}

/// The timer of a partner with a server: a round of fetching, and the next one in a minute.
pub(crate) async fn fetch(tx: &mut Tx, id: OrganisationId) -> Result<(), Fault> {
    if !ask_states(tx, id).await? {
        return Ok(());
    }
    let next = tx.now().after(FETCH_INTERVAL);
    tx.set_timer(FETCH_TIMER, id.0, next, json!({})).await
}

/// Orders a round of fetching, unless the last one is still under way; `false` where there is no server to ask.
async fn ask_states(tx: &mut Tx, id: OrganisationId) -> Result<bool, Fault> {
    let district = tx.district();
    let found = rows::partner(tx, district, id).await?.filter(|p| p.rung == Rung::Open311);
    let Some((partner, endpoint)) = found.and_then(|p| p.endpoint_id.map(|endpoint| (p, endpoint))) else {
        return Ok(false);
    };
    let has_open = !rows::open_requests(tx, district, id, CaseId(Uuid::nil())).await?.is_empty();
    if has_open && !courier::queries::is_waiting(tx, district, endpoint, id.0).await? {
        open311::fetch_after(tx, &partner, None).await?;
    }
    Ok(true)
}
