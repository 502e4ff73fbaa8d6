//! Loads and saves helping steps and calls to the spot.

use crate::error::CaseError;
use crate::joint::{Call, CallId, CallState, CalledUnit, Help, HelpId, HelpState};
use crate::model::CaseId;
use ::store::{Conn, List, Tx, sql, value};
use platform::{DistrictId, Fault, PostId, Time};
use uuid::Uuid;

value!(HelpId as Uuid, |v| v.0, HelpId);
value!(CallId as Uuid, |v| v.0, CallId);

/// Helping steps and calls of one case.
pub(crate) const OF_CASE_MAX: i64 = 100;

type HelpColumns = (
    DistrictId,
    HelpId,
    CaseId,
    Option<CallId>,
    PostId,
    Option<PostId>,
    String,
    String,
    HelpState,
    bool,
    Time,
    Time,
    Option<Time>,
    Option<Time>,
    Option<String>,
    i64,
);
type CallColumns = (
    DistrictId,
    CallId,
    CaseId,
    String,
    PostId,
    String,
    String,
    String,
    CallState,
    Time,
    Time,
    Option<Time>,
    Option<String>,
    i64,
);
type UnitColumns = (
    DistrictId,
    CallId,
    PostId,
    Option<bool>,
    Option<String>,
    Option<Time>,
    Option<Time>,
    Option<String>,
    Option<Time>,
    Option<HelpId>,
    Option<bool>,
    Option<String>,
    Option<bool>,
    Option<String>,
);

sql! {
    ADD_HELP: HelpColumns =
        "insert into cases_help (district, id, case_id, call_id, post_id, asked_by, area_path, words, state, open, at, due_at,
             accepted_at, ended_at, outcome, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
    SAVE_HELP: (DistrictId, HelpId, i64, HelpState, bool, Option<Time>, Option<Time>, Option<String>) =
        "update cases_help set version = $3, state = $4, open = $5, accepted_at = $6, ended_at = $7, outcome = $8
         where district = $1 and id = $2 and version + 1 = $3";
    FIND_HELP: (DistrictId, HelpId) -> Help =
        "select id, case_id, call_id, post_id, asked_by, area_path, words, state, at, due_at, accepted_at, ended_at, outcome, version
         from cases_help where district = $1 and id = $2";
    HELPS_OF_CASE: (DistrictId, CaseId, i64) -> Help =
        "select id, case_id, call_id, post_id, asked_by, area_path, words, state, at, due_at, accepted_at, ended_at, outcome, version
         from cases_help where district = $1 and case_id = $2 order by id limit $3";
    HELPS_OF_POSTS: (DistrictId, List<PostId>, i64) -> Help =
        "select id, case_id, call_id, post_id, asked_by, area_path, words, state, at, due_at, accepted_at, ended_at, outcome, version
         from cases_help {by:cases_help_of_post} where district = $1 and open and post_id {in:$2:uuid}
         order by due_at, id limit $3";
    LATE_HELPS: (DistrictId, Time, i64) -> Help =
        "select id, case_id, call_id, post_id, asked_by, area_path, words, state, at, due_at, accepted_at, ended_at, outcome, version
         from cases_help {by:cases_help_due} where district = $1 and open and due_at < $2 order by due_at, id limit $3";
    ADD_CALL: CallColumns =
        "insert into cases_call (district, id, case_id, kind, caller_post, area_path, place, matter, state, at, by_at, ended_at,
             outcome, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    SAVE_CALL: (DistrictId, CallId, i64, CallState, Option<Time>, Option<String>) =
        "update cases_call set version = $3, state = $4, ended_at = $5, outcome = $6
         where district = $1 and id = $2 and version + 1 = $3";
    FIND_CALL: (DistrictId, CallId) -> Call =
        "select id, case_id, kind, caller_post, area_path, place, matter, state, at, by_at, ended_at, outcome, version
         from cases_call where district = $1 and id = $2";
    CALLS_OF_CASE: (DistrictId, CaseId, i64) -> Call =
        "select id, case_id, kind, caller_post, area_path, place, matter, state, at, by_at, ended_at, outcome, version
         from cases_call where district = $1 and case_id = $2 order by id desc limit $3";
    CALLS_SINCE: (DistrictId, Time, i64) -> Call =
        "select id, case_id, kind, caller_post, area_path, place, matter, state, at, by_at, ended_at, outcome, version
         from cases_call {by:cases_call_at} where district = $1 and at >= $2 order by at desc, id desc limit $3";
    ADD_UNIT: UnitColumns =
        "insert into cases_call_unit (district, call_id, post_id, coming, reason, answered_at, arrived_at, office, confirmed_at,
             help_id, useful, useful_words, justified, justified_words)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
         on conflict (district, call_id, post_id) do update set coming = excluded.coming, reason = excluded.reason,
             answered_at = excluded.answered_at, arrived_at = excluded.arrived_at, office = excluded.office,
             confirmed_at = excluded.confirmed_at, help_id = excluded.help_id, useful = excluded.useful,
             useful_words = excluded.useful_words, justified = excluded.justified, justified_words = excluded.justified_words";
    UNITS: (DistrictId, CallId, i64) -> CalledUnit =
        "select call_id, post_id, coming, reason, answered_at, arrived_at, office, confirmed_at, help_id, useful, useful_words,
             justified, justified_words
         from cases_call_unit where district = $1 and call_id = $2 order by post_id limit $3";
    CALLS_OF_POSTS: (DistrictId, List<PostId>, i64) -> Call =
        "select c.id, c.case_id, c.kind, c.caller_post, c.area_path, c.place, c.matter, c.state, c.at, c.by_at, c.ended_at,
             c.outcome, c.version
         from cases_call_unit u {by:cases_call_unit_of_post} join cases_call c on c.district = u.district and c.id = u.call_id
         where u.district = $1 and u.post_id {in:$2:uuid} order by u.call_id desc limit $3";
    UNITS_SINCE: (DistrictId, Time, i64) -> CalledUnit =
        "select u.call_id, u.post_id, u.coming, u.reason, u.answered_at, u.arrived_at, u.office, u.confirmed_at, u.help_id, u.useful,
             u.useful_words, u.justified, u.justified_words
         from cases_call c {by:cases_call_at} join cases_call_unit u on u.district = c.district and u.call_id = c.id
         where c.district = $1 and c.at >= $2 order by c.at desc, c.id desc limit $3";
    LAST_NOTE: (DistrictId, CaseId, String) -> (Option<String>,) =
        "select note from cases_entry where district = $1 and case_id = $2 and action = $3 order by id desc limit 1";
    LOCK_CALL: (DistrictId, CallId, i64) =
        "update cases_call set version = version + 1 where district = $1 and id = $2 and version = $3";
}

/// A helping step that is new.
pub(crate) async fn add_help(tx: &mut Tx, help: &Help) -> Result<(), Fault> {
    let (district, h) = (tx.district(), help.clone());
    let row = (
        district,
        h.id,
        h.case_id,
        h.call_id,
        h.post_id,
        h.asked_by,
        h.area_path,
        h.words,
        h.state,
        h.state.is_open(),
        h.at,
        h.due_at,
        h.accepted_at,
        h.ended_at,
        h.outcome,
        h.version,
    );
    tx.execute(&ADD_HELP, row).await.map(drop)
}

/// Saves a helping step, if nobody was quicker.
pub(crate) async fn save_help(tx: &mut Tx, help: &Help) -> Result<(), CaseError> {
    let (district, h) = (tx.district(), help.clone());
    let row = (district, h.id, h.version, h.state, h.state.is_open(), h.accepted_at, h.ended_at, h.outcome);
    if tx.execute(&SAVE_HELP, row).await? == 1 { Ok(()) } else { Err(stale()) }
}

fn stale() -> CaseError {
    CaseError::conflict(
        "cases.joint_stale",
        "别人刚刚办过，请看过再办。",
        "Somebody was quicker: look again.",
    )
}

pub(crate) async fn find_help(
    conn: &mut Conn,
    district: DistrictId,
    id: HelpId,
) -> Result<Option<Help>, Fault> {
    conn.optional(&FIND_HELP, (district, id)).await
}

pub(crate) async fn helps_of_case(
    conn: &mut Conn,
    district: DistrictId,
    id: CaseId,
) -> Result<Vec<Help>, Fault> {
    conn.all(&HELPS_OF_CASE, (district, id, OF_CASE_MAX)).await
}

/// Open steps of some posts, the most pressing first.
pub(crate) async fn helps_of_posts(
    conn: &mut Conn,
    district: DistrictId,
    posts: Vec<PostId>,
    rows: i64,
) -> Result<Vec<Help>, Fault> {
    conn.all(&HELPS_OF_POSTS, (district, List(posts), rows)).await
}

/// Open steps whose time is over, in the whole district.
pub(crate) async fn late_helps(
    conn: &mut Conn,
    district: DistrictId,
    now: Time,
    rows: i64,
) -> Result<Vec<Help>, Fault> {
    conn.all(&LATE_HELPS, (district, now, rows)).await
}

/// A call that is new, with those it calls.
pub(crate) async fn add_call(tx: &mut Tx, call: &Call, units: &[CalledUnit]) -> Result<(), Fault> {
    let (district, c) = (tx.district(), call.clone());
    let row = (
        district,
        c.id,
        c.case_id,
        c.kind,
        c.caller_post,
        c.area_path,
        c.place,
        c.matter,
        c.state,
        c.at,
        c.by_at,
        c.ended_at,
        c.outcome,
        c.version,
    );
    tx.execute(&ADD_CALL, row).await?;
    for unit in units {
        put_unit(tx, unit).await?;
    }
    Ok(())
}

/// Saves a call that ended.
pub(crate) async fn save_call(tx: &mut Tx, call: &Call) -> Result<(), CaseError> {
    let (district, c) = (tx.district(), call.clone());
    let row = (district, c.id, c.version, c.state, c.ended_at, c.outcome);
    if tx.execute(&SAVE_CALL, row).await? == 1 { Ok(()) } else { Err(stale()) }
}

/// Saves what one of the called said or did; two at once wait for each other at the call.
pub(crate) async fn save_unit(tx: &mut Tx, call: &Call, unit: &CalledUnit) -> Result<(), CaseError> {
    let district = tx.district();
    if tx.execute(&LOCK_CALL, (district, call.id, call.version)).await? != 1 {
        return Err(stale());
    }
    Ok(put_unit(tx, unit).await?)
}

/// As [`save_unit`], within a write that saves the call itself.
pub(crate) async fn put_unit(tx: &mut Tx, unit: &CalledUnit) -> Result<(), Fault> {
    let (district, u) = (tx.district(), unit.clone());
    let row = (
        district,
        u.call_id,
        u.post_id,
        u.coming,
        u.reason,
        u.answered_at,
        u.arrived_at,
        u.office,
        u.confirmed_at,
        u.help_id,
        u.useful,
        u.useful_words,
        u.justified,
        u.justified_words,
    );
    tx.execute(&ADD_UNIT, row).await.map(drop)
}

pub(crate) async fn find_call(
    conn: &mut Conn,
    district: DistrictId,
    id: CallId,
) -> Result<Option<Call>, Fault> {
    conn.optional(&FIND_CALL, (district, id)).await
}

pub(crate) async fn calls_of_case(
    conn: &mut Conn,
    district: DistrictId,
    id: CaseId,
) -> Result<Vec<Call>, Fault> {
    conn.all(&CALLS_OF_CASE, (district, id, OF_CASE_MAX)).await
}

/// Calls since a moment, the newest first.
pub(crate) async fn calls_since(
    conn: &mut Conn,
    district: DistrictId,
    since: Time,
    rows: i64,
) -> Result<Vec<Call>, Fault> {
    conn.all(&CALLS_SINCE, (district, since, rows)).await
}

/// Those a call calls.
pub(crate) async fn units(
    conn: &mut Conn,
    district: DistrictId,
    id: CallId,
) -> Result<Vec<CalledUnit>, Fault> {
    conn.all(&UNITS, (district, id, OF_CASE_MAX)).await
}

/// Calls that called one of some posts, the newest first.
pub(crate) async fn calls_of_posts(
    conn: &mut Conn,
    district: DistrictId,
    posts: Vec<PostId>,
    rows: i64,
) -> Result<Vec<Call>, Fault> {
    conn.all(&CALLS_OF_POSTS, (district, List(posts), rows)).await
}

/// Those called since a moment.
pub(crate) async fn units_since(
    conn: &mut Conn,
    district: DistrictId,
    since: Time,
    rows: i64,
) -> Result<Vec<CalledUnit>, Fault> {
    conn.all(&UNITS_SINCE, (district, since, rows)).await
}

/// What was written with the last action of a name.
pub(crate) async fn last_note(
    conn: &mut Conn,
    district: DistrictId,
    id: CaseId,
    action: &str,
) -> Result<Option<String>, Fault> {
    Ok(conn.optional(&LAST_NOTE, (district, id, action.to_owned())).await?.and_then(|(note,)| note))
}
