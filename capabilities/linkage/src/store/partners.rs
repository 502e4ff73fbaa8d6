//! Loads and saves partners, the cases that are with them, and what they said.

use crate::model::partner::{LinkedRequest, Partner, PartnerSettings, Question, QuestionId, Rung, Why};
use ::store::{Conn, Json, Tx, sql, value};
use cases::{CaseId, EntryId};
use courier::EndpointId;
use platform::{DistrictId, Fault, OrganisationId, Time};
use uuid::Uuid;

value!(QuestionId as Uuid, |v| v.0, QuestionId);

/// Partners of a district read at once.
const PARTNERS_MAX: i64 = 500;
/// Cases that are open with one partner and asked for in one round.
pub(crate) const REQUESTS_MAX: i64 = 50;

type PartnerColumns = (
    DistrictId,
    OrganisationId,
    Rung,
    Option<EndpointId>,
    String,
    Json<PartnerSettings>,
    Option<Vec<u8>>,
    Option<Vec<u8>>,
    Option<Time>,
    Time,
);
type RequestChange = (
    DistrictId,
    OrganisationId,
    CaseId,
    i64,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<EntryId>,
    bool,
    Option<Time>,
);

sql! {
    PARTNERS: (DistrictId, i64) -> Partner =
        "select organisation_id, rung, endpoint_id, states, settings, secret, former_secret, former_until, changed_at, version, links_turn
         from linkage_partner where district = $1 order by organisation_id limit $2";
    PARTNER: (DistrictId, OrganisationId) -> Partner =
        "select organisation_id, rung, endpoint_id, states, settings, secret, former_secret, former_until, changed_at, version, links_turn
         from linkage_partner where district = $1 and organisation_id = $2";
    PARTNER_OF_ENDPOINT: (DistrictId, EndpointId) -> Partner =
        "select organisation_id, rung, endpoint_id, states, settings, secret, former_secret, former_until, changed_at, version, links_turn
         from linkage_partner {by:linkage_partner_of_endpoint} where district = $1 and endpoint_id = $2";
    ADD_PARTNER: PartnerColumns =
        "insert into linkage_partner (district, organisation_id, rung, endpoint_id, states, settings, secret, former_secret,
             former_until, changed_at, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1) on conflict do nothing";
    SAVE_PARTNER: (DistrictId, OrganisationId, i64, Rung, Option<EndpointId>, String, Json<PartnerSettings>, Option<Vec<u8>>, Option<Vec<u8>>, Option<Time>, Time, i64) =
        "update linkage_partner set rung = $4, endpoint_id = $5, states = $6, settings = $7, secret = $8, former_secret = $9,
             former_until = $10, changed_at = $11, links_turn = $12, version = version + 1
         where district = $1 and organisation_id = $2 and version = $3";
    RESEAL_PARTNER: (DistrictId, OrganisationId, i64, Option<Vec<u8>>, Option<Vec<u8>>) =
        "update linkage_partner set secret = $4, former_secret = $5 where district = $1 and organisation_id = $2 and version = $3";
    REQUEST: (DistrictId, OrganisationId, CaseId) -> LinkedRequest =
        "select organisation_id, case_id, foreign_id, token, foreign_state, foreign_note, told_entry, open, opened_at, ended_at, version
         from linkage_request where district = $1 and organisation_id = $2 and case_id = $3";
    REQUESTS_OF_CASE: (DistrictId, CaseId, i64) -> LinkedRequest =
        "select organisation_id, case_id, foreign_id, token, foreign_state, foreign_note, told_entry, open, opened_at, ended_at, version
         from linkage_request {by:linkage_request_of_case} where district = $1 and case_id = $2 order by organisation_id limit $3";
    OPEN_REQUESTS: (DistrictId, OrganisationId, CaseId, i64) -> LinkedRequest =
        "select organisation_id, case_id, foreign_id, token, foreign_state, foreign_note, told_entry, open, opened_at, ended_at, version
         from linkage_request where district = $1 and organisation_id = $2 and open and case_id > $3 order by case_id limit $4";
    ADD_REQUEST: (DistrictId, OrganisationId, CaseId, Time) =
        "insert into linkage_request (district, organisation_id, case_id, open, opened_at, version)
         values ($1, $2, $3, true, $4, 1) on conflict do nothing";
    SAVE_REQUEST: RequestChange =
        "update linkage_request set foreign_id = $5, token = $6, foreign_state = $7, foreign_note = $8, told_entry = $9, open = $10, ended_at = $11,
             version = version + 1
         where district = $1 and organisation_id = $2 and case_id = $3 and version = $4";
    ADD_MESSAGE: (DistrictId, OrganisationId, String, Time) =
        "insert into linkage_message (district, organisation_id, message_id, at) values ($1, $2, $3, $4) on conflict do nothing";
    FORGET_MESSAGES: (DistrictId, Time) = "delete from linkage_message where district = $1 and at < $2";
    ADD_QUESTION: (DistrictId, QuestionId, OrganisationId, CaseId, Option<String>, Option<String>, Why, Time) =
        "insert into linkage_question (district, id, organisation_id, case_id, foreign_state, note, why, at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)";
    QUESTIONS: (DistrictId, OrganisationId, QuestionId, i64) -> Question =
        "select id, organisation_id, case_id, foreign_state, note, why, at, settled_at
         from linkage_question where district = $1 and organisation_id = $2 and settled_at is null and id > $3 order by id limit $4";
    QUESTION: (DistrictId, QuestionId) -> Question =
        "select id, organisation_id, case_id, foreign_state, note, why, at, settled_at
         from linkage_question where district = $1 and id = $2";
    SETTLE_QUESTION: (DistrictId, QuestionId, Time) =
        "update linkage_question set settled_at = $3 where district = $1 and id = $2 and settled_at is null";
}

pub(crate) async fn partners(conn: &mut Conn, district: DistrictId) -> Result<Vec<Partner>, Fault> {
    conn.all(&PARTNERS, (district, PARTNERS_MAX)).await
}

pub(crate) async fn partner(
    conn: &mut Conn,
    district: DistrictId,
    id: OrganisationId,
) -> Result<Option<Partner>, Fault> {
    conn.optional(&PARTNER, (district, id)).await
}

pub(crate) async fn partner_of_endpoint(
    conn: &mut Conn,
    district: DistrictId,
    endpoint: EndpointId,
) -> Result<Option<Partner>, Fault> {
    conn.optional(&PARTNER_OF_ENDPOINT, (district, endpoint)).await
}

/// Adds a partner; `false` where somebody else did meanwhile.
pub(crate) async fn add_partner(tx: &mut Tx, p: &Partner) -> Result<bool, Fault> {
    let p = p.clone();
    let columns = (
        tx.district(),
        p.organisation_id,
        p.rung,
        p.endpoint_id,
        p.states,
        p.settings,
        p.secret,
        p.former_secret,
        p.former_until,
        p.changed_at,
    );
    Ok(tx.execute(&ADD_PARTNER, columns).await? == 1)
}

/// Saves a partner as it was changed since its version; `false` where somebody else did meanwhile.
pub(crate) async fn save_partner(tx: &mut Tx, p: &Partner) -> Result<bool, Fault> {
    let p = p.clone();
    let columns = (
        tx.district(),
        p.organisation_id,
        p.version,
        p.rung,
        p.endpoint_id,
        p.states,
        p.settings,
        p.secret,
        p.former_secret,
        p.former_until,
        p.changed_at,
        p.links_turn,
    );
    Ok(tx.execute(&SAVE_PARTNER, columns).await? == 1)
}

pub(crate) async fn reseal_partner(tx: &mut Tx, p: &Partner) -> Result<(), Fault> {
    let columns = (tx.district(), p.organisation_id, p.version, p.secret.clone(), p.former_secret.clone());
    tx.execute(&RESEAL_PARTNER, columns).await.map(drop)
}

pub(crate) async fn request(
    conn: &mut Conn,
    district: DistrictId,
    partner: OrganisationId,
    case: CaseId,
) -> Result<Option<LinkedRequest>, Fault> {
    conn.optional(&REQUEST, (district, partner, case)).await
}

/// Every partner that has, or had, the case.
pub(crate) async fn requests_of_case(
    conn: &mut Conn,
    district: DistrictId,
    case: CaseId,
) -> Result<Vec<LinkedRequest>, Fault> {
    conn.all(&REQUESTS_OF_CASE, (district, case, PARTNERS_MAX)).await
}

/// Cases that are open with a partner, after one.
pub(crate) async fn open_requests(
    conn: &mut Conn,
    district: DistrictId,
    partner: OrganisationId,
    after: CaseId,
) -> Result<Vec<LinkedRequest>, Fault> {
    conn.all(&OPEN_REQUESTS, (district, partner, after, REQUESTS_MAX)).await
}

/// The row of a case with a partner, made where there is none.
pub(crate) async fn open_request(
    tx: &mut Tx,
    partner: OrganisationId,
    case: CaseId,
) -> Result<LinkedRequest, Fault> {
    let (district, now) = (tx.district(), tx.now());
    tx.execute(&ADD_REQUEST, (district, partner, case, now)).await?;
    tx.one(&REQUEST, (district, partner, case)).await
}

/// Saves a request as it was changed since its version.
///
/// # Errors
/// Contention where another write changed it: the store runs this one again.
pub(crate) async fn save_request(tx: &mut Tx, r: &LinkedRequest) -> Result<(), Fault> {
    let r = r.clone();
    let columns = (
        tx.district(),
        r.organisation_id,
        r.case_id,
        r.version,
        r.foreign_id,
        r.token,
        r.foreign_state,
        r.foreign_note,
        r.told_entry,
        r.open,
        r.ended_at,
    );
    match tx.execute(&SAVE_REQUEST, columns).await? {
        1 => Ok(()),
        _ => Err(Fault::new(platform::FaultKind::Contention, "a linked case changed under a write")),
    }
}

/// Remembers a message; `false` where it was known.
pub(crate) async fn add_message(tx: &mut Tx, partner: OrganisationId, message: &str) -> Result<bool, Fault> {
    let (district, now) = (tx.district(), tx.now());
    Ok(tx.execute(&ADD_MESSAGE, (district, partner, message.to_owned(), now)).await? == 1)
}

/// Forgets messages before a moment; what is so old is not believed any more anyway.
pub(crate) async fn forget_messages(tx: &mut Tx, before: Time) -> Result<u64, Fault> {
    let district = tx.district();
    tx.execute(&FORGET_MESSAGES, (district, before)).await
}

pub(crate) async fn add_question(tx: &mut Tx, q: &Question) -> Result<(), Fault> {
    let q = q.clone();
    let columns = (tx.district(), q.id, q.organisation_id, q.case_id, q.foreign_state, q.note, q.why, q.at);
    tx.execute(&ADD_QUESTION, columns).await.map(drop)
}

pub(crate) async fn questions(
    conn: &mut Conn,
    district: DistrictId,
    partner: OrganisationId,
    after: QuestionId,
    limit: i64,
) -> Result<Vec<Question>, Fault> {
    conn.all(&QUESTIONS, (district, partner, after, limit)).await
}

pub(crate) async fn question(
    conn: &mut Conn,
    district: DistrictId,
    id: QuestionId,
) -> Result<Option<Question>, Fault> {
    conn.optional(&QUESTION, (district, id)).await
}

/// `false` where it was settled before.
pub(crate) async fn settle_question(tx: &mut Tx, id: QuestionId) -> Result<bool, Fault> {
    let (district, now) = (tx.district(), tx.now());
    Ok(tx.execute(&SETTLE_QUESTION, (district, id, now)).await? == 1)
}
