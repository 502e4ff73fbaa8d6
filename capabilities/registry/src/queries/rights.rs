//! What is known of one person, who read it, what was asked and answered.

use super::{BELOW_ROWS_MAX, open_all};
use crate::error::RegistryError;
use crate::facts::OPENED;
use crate::model::{Record, RecordId, RequestId};
use crate::store::RecordRow;
use crate::store::rights::RequestRow;
use ::store::{Conn, FactFilter, FactRow, Tx, row, sql};
use platform::{AccountId, Actor, DistrictId, FactId, Fault, Permission, Time};
use std::ops::ControlFlow;
use uuid::Uuid;

/// Requests of one person that are shown.
const REQUESTS_MAX: i64 = 200;
/// Accounts that may see one person's data.
const CLAIMS_MAX: i64 = 50;

row! {
    /// Somebody who may see a person's data.
    #[derive(Clone, Debug)]
    pub(crate) struct HolderRow {
        pub account_id: AccountId,
        pub standing: String,
        pub made_at: Time,
        pub ends_at: Option<Time>,
    }
}

sql! {
    OF_PERSON_LIVE: (DistrictId, RecordId, i64) -> RecordRow =
        "select id, kind, version, act, state, area_path, place_id, person_id, dwelling_id, household_id, organisation_id,
             from_on, to_on, lon, lat, merged_into, label, fields, sealed, changed_at
         from registry_record where district = $1 and person_id = $2 and state = 'live' order by id limit $3";
    OF_PERSON_ENDED: (DistrictId, RecordId, i64) -> RecordRow =
        "select id, kind, version, act, state, area_path, place_id, person_id, dwelling_id, household_id, organisation_id,
             from_on, to_on, lon, lat, merged_into, label, fields, sealed, changed_at
         from registry_record where district = $1 and person_id = $2 and state = 'ended' order by id limit $3";
    REQUESTS_OF_PERSON: (DistrictId, RecordId, i64) -> RequestRow =
        "select id, person_id, record_id, what, field, look_id, asked_by, standing, state, area_path, made_at, due_at, asked,
             decided_at, decided_by, ground, answer
         from registry_request where district = $1 and person_id = $2 order by id desc limit $3";
    /// The condition is the index's own.
    OPEN_REQUESTS: (DistrictId, Time, RequestId) -> RequestRow =
        "select id, person_id, record_id, what, field, look_id, asked_by, standing, state, area_path, made_at, due_at, asked,
             decided_at, decided_by, ground, answer
         from registry_request where district = $1 and state = 'open' and (due_at, id) > ($2, $3) order by due_at, id";
    HOLDERS: (DistrictId, RecordId, Time, i64) -> HolderRow =
        "select account_id, standing, made_at, ends_at from registry_claim
         where district = $1 and person_id = $2 and (ends_at is null or ends_at > $3) order by account_id limit $4";
}

/// The residences, shares and service facts of a person: those that hold, then those that have ended and are still kept.
pub(crate) async fn records_of(tx: &mut Tx, person: RecordId) -> Result<Vec<Record>, RegistryError> {
    let params = (tx.district(), person, BELOW_ROWS_MAX);
    let mut rows = tx.all(&OF_PERSON_LIVE, params).await?;
    rows.extend(tx.all(&OF_PERSON_ENDED, params).await?);
    open_all(tx, rows)
}

/// What was asked about a person's data, the newest first.
pub(crate) async fn requests_of(tx: &mut Tx, person: RecordId) -> Result<Vec<RequestRow>, Fault> {
    let district = tx.district();
    tx.all(&REQUESTS_OF_PERSON, (district, person, REQUESTS_MAX)).await
}

/// Open requests of the areas where the actor holds a permission, what is due first on top.
pub(crate) async fn open_requests(
    conn: &mut Conn,
    actor: &Actor,
    permission: &'static Permission,
    after: (Time, RequestId),
    rows_max: usize,
) -> Result<Vec<RequestRow>, Fault> {
    let mut found = Vec::new();
    let take = |row: RequestRow| {
        if actor.holds_at(permission, &row.area_path) {
            found.push(row);
        }
        if found.len() >= rows_max { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    conn.each(&OPEN_REQUESTS, (actor.district, after.0, after.1), take).await?;
    Ok(found)
}

/// Who may see a person's data besides those whose work it is.
pub(crate) async fn holders(
    conn: &mut Conn,
    district: DistrictId,
    person: RecordId,
    now: Time,
) -> Result<Vec<HolderRow>, Fault> {
    conn.all(&HOLDERS, (district, person, now, CLAIMS_MAX)).await
}

/// One look at a person's data.
#[derive(Clone, Debug)]
pub(crate) struct Reading {
    pub id: FactId,
    pub at: Time,
    /// The post or unit; never a person's name.
    pub by: String,
    pub account: Option<Uuid>,
    pub purpose: String,
    /// What was opened; empty: it was seen with everything sealed masked.
    pub parts: Vec<String>,
    pub is_emergency: bool,
}

impl Reading {
    fn of(fact: FactRow) -> Self {
        let data = &fact.data.0;
        let parts = data["parts"].as_array().into_iter().flatten().filter_map(|part| part.as_str());
        Self {
            id: fact.id,
            at: fact.at,
            purpose: data["purpose"].as_str().unwrap_or_default().to_owned(),
            parts: parts.map(str::to_owned).collect(),
            is_emergency: data["emergency"].as_bool().unwrap_or(false),
            by: fact.actor_name,
            account: fact.actor_id,
        }
    }
}

/// Who looked at any of these records, the newest first, before a look that was shown already.
pub(crate) async fn readings(
    conn: &mut Conn,
    district: DistrictId,
    records: &[RecordId],
    before: Option<FactId>,
    rows_max: usize,
) -> Result<Vec<Reading>, Fault> {
    let mut found = Vec::new();
    for record in records {
        let filter = FactFilter {
            subject: Some(record.0),
            name: Some(OPENED.to_owned()),
            before,
            ..FactFilter::default()
        };
        let take = |fact| {
            found.push(Reading::of(fact));
            ControlFlow::Continue(())
        };
        filter.each(conn, district, rows_max as i64, take).await?;
    }
    found.sort_by_key(|reading| std::cmp::Reverse(reading.id));
    found.truncate(rows_max);
    Ok(found)
}

/// One look at a person's data, to object to.
pub(crate) async fn find_reading(
    conn: &mut Conn,
    district: DistrictId,
    id: FactId,
) -> Result<Option<(RecordId, Reading)>, Fault> {
    let fact = FactRow::find(conn, district, id).await?.filter(|fact| fact.name == OPENED);
    Ok(fact.map(|fact| (RecordId(fact.subject_id), Reading::of(fact))))
}
