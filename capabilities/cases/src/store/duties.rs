//! Loads and saves versions of duty lists, and what units said of them.

use crate::access::{DRAFT_DUTIES, PUBLISH_DUTIES};
use crate::duties::{
    Content, DutyItem, DutyVersion, DutyVersionId, Objection, ObjectionId, Terms, VersionState,
};
use crate::error::CaseError;
use ::store::{Conn, Json, Tx, sql, value};
use platform::{DistrictId, Fault, Permission, PostId, Time};
use uuid::Uuid;

value!(DutyVersionId as Uuid, |v| v.0, DutyVersionId);
value!(ObjectionId as Uuid, |v| v.0, ObjectionId);

/// Versions of one list that are shown, and of all lists that are obeyed.
pub(crate) const VERSIONS_MAX: i64 = 200;
/// Objections to one version.
pub(crate) const OBJECTIONS_MAX: i64 = 500;

type Columns = (
    DistrictId,
    DutyVersionId,
    String,
    String,
    VersionState,
    i64,
    Json<Content>,
    Option<Json<Terms>>,
    Option<Time>,
    Option<Time>,
    Time,
);

sql! {
    INSERT: Columns =
        "insert into cases_duty_version (district, id, list_key, label, state, version, content, terms, objections_until,
             published_at, changed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    /// Only from the version before; a version stays in its list, under its label.
    UPDATE: Columns =
        "update cases_duty_version set state = $5, version = $6, content = $7, terms = $8, objections_until = $9,
             published_at = $10, changed_at = $11
         where district = $1 and id = $2 and version + 1 = $6 and list_key = $3 and label = $4";
    FIND: (DistrictId, DutyVersionId) -> DutyVersion =
        "select id, list_key, label, state, version, content, terms, objections_until, published_at, changed_at
         from cases_duty_version where district = $1 and id = $2";
    FIND_BY_LABEL: (DistrictId, String, String) -> DutyVersion =
        "select id, list_key, label, state, version, content, terms, objections_until, published_at, changed_at
         from cases_duty_version where district = $1 and list_key = $2 and label = $3";
    OF_LIST: (DistrictId, String, i64) -> DutyVersion =
        "select id, list_key, label, state, version, content, terms, objections_until, published_at, changed_at
         from cases_duty_version where district = $1 and list_key = $2
         order by id desc limit $3";
    COUNT_PUBLISHED: (i64,) -> (DistrictId, i64) =
        "select district, count(*) from cases_duty_version /* every district */ where published_at is not null
         group by district order by district limit $1";
    PUBLISHED: (DistrictId, i64) -> DutyVersion =
        "select id, list_key, label, state, version, content, terms, objections_until, published_at, changed_at
         from cases_duty_version /* whole district */ where district = $1 and published_at is not null order by id desc limit $2";
    OBJECT: (DistrictId, DutyVersionId, ObjectionId, String, Json<DutyItem>, PostId, String, Time, Option<Time>) =
        "insert into cases_duty_objection (district, version_id, id, number, item, post_id, reason, at, due_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing";
    RULE: (DistrictId, DutyVersionId, ObjectionId, bool, String, Time) =
        "update cases_duty_objection set sustained = $4, ruling = $5, ruled_at = $6
         where district = $1 and version_id = $2 and id = $3 and ruled_at is null";
    OBJECTIONS: (DistrictId, DutyVersionId, i64) -> Objection =
        "select version_id, id, number, item, post_id, reason, at, due_at, sustained, ruling, ruled_at
         from cases_duty_objection where district = $1 and version_id = $2 order by id limit $3";
}

fn columns(district: DistrictId, one: &DutyVersion) -> Columns {
    let one = one.clone();
    (
        district,
        one.id,
        one.list_key,
        one.label,
        one.state,
        one.version,
        one.content,
        one.terms,
        one.objections_until,
        one.published_at,
        one.changed_at,
    )
}

/// A version that is new.
pub(crate) async fn insert(tx: &mut Tx, one: &DutyVersion) -> Result<(), Fault> {
    let district = tx.district();
    tx.execute(&INSERT, columns(district, one)).await.map(drop)
}

/// Saves a version, if nobody else was quicker.
pub(crate) async fn save(tx: &mut Tx, one: &DutyVersion) -> Result<(), CaseError> {
    let district = tx.district();
    if tx.execute(&UPDATE, columns(district, one)).await? == 1 { Ok(()) } else { Err(stale(one.version - 1)) }
}

fn stale(present: i64) -> CaseError {
    CaseError::conflict(
        "cases.duty_stale",
        "别人已经改过这一版，请看过新的再改。",
        format!("Somebody changed this version since; it is {present} now."),
    )
}

/// The version somebody works on: who drafts lists, or publishes them, or rules on them.
pub(crate) async fn load_for(
    tx: &mut Tx,
    id: DutyVersionId,
    permission: &'static Permission,
    seen: Option<i64>,
) -> Result<DutyVersion, CaseError> {
    let district = tx.district();
    if !tx.actor().holds_everywhere(permission) {
        return Err(CaseError::Forbidden(permission));
    }
    let found = find(tx, district, id).await?.ok_or(CaseError::NotFound)?;
    match seen.filter(|seen| *seen != found.version) {
        Some(_) => Err(stale(found.version)),
        None => Ok(found),
    }
}

/// The version somebody reads: everybody what is public, the office all of it.
pub(crate) async fn load_to_read(
    conn: &mut Conn,
    actor: &platform::Actor,
    id: DutyVersionId,
) -> Result<DutyVersion, CaseError> {
    let found = find(conn, actor.district, id).await?.ok_or(CaseError::NotFound)?;
    if found.is_public() || sees_drafts(actor) { Ok(found) } else { Err(CaseError::NotFound) }
}

pub(crate) fn sees_drafts(actor: &platform::Actor) -> bool {
    [&DRAFT_DUTIES, &PUBLISH_DUTIES].into_iter().any(|permission| actor.holds_everywhere(permission))
}

pub(crate) async fn find(
    conn: &mut Conn,
    district: DistrictId,
    id: DutyVersionId,
) -> Result<Option<DutyVersion>, Fault> {
    conn.optional(&FIND, (district, id)).await
}

pub(crate) async fn find_by_label(
    conn: &mut Conn,
    district: DistrictId,
    list: &str,
    label: &str,
) -> Result<Option<DutyVersion>, Fault> {
    conn.optional(&FIND_BY_LABEL, (district, list.to_owned(), label.to_owned())).await
}

/// The versions of a list, the newest first.
pub(crate) async fn of_list(
    conn: &mut Conn,
    district: DistrictId,
    list: &str,
) -> Result<Vec<DutyVersion>, Fault> {
    conn.all(&OF_LIST, (district, list.to_owned(), VERSIONS_MAX)).await
}

/// How many versions each district has published.
pub(crate) async fn count_published(conn: &mut Conn) -> Result<Vec<(DistrictId, i64)>, Fault> {
    conn.all(&COUNT_PUBLISHED, (VERSIONS_MAX,)).await
}

pub(crate) async fn published(conn: &mut Conn, district: DistrictId) -> Result<Vec<DutyVersion>, Fault> {
    conn.all(&PUBLISHED, (district, VERSIONS_MAX)).await
}

/// Keeps an objection; `false` where this post has objected to this item before.
pub(crate) async fn object(tx: &mut Tx, one: &Objection) -> Result<bool, Fault> {
    let one = one.clone();
    let (district, item) = (tx.district(), one.item);
    let row =
        (district, one.version_id, one.id, one.number, item, one.post_id, one.reason, one.at, one.due_at);
    Ok(tx.execute(&OBJECT, row).await? == 1)
}

/// Keeps a ruling; `false` where there is one.
pub(crate) async fn rule(
    tx: &mut Tx,
    one: &Objection,
    (sustained, words): (bool, &str),
) -> Result<bool, Fault> {
    let row = (tx.district(), one.version_id, one.id, sustained, words.to_owned(), tx.now());
    Ok(tx.execute(&RULE, row).await? == 1)
}

/// What was said against a version, in the order of time.
pub(crate) async fn objections(
    conn: &mut Conn,
    district: DistrictId,
    id: DutyVersionId,
) -> Result<Vec<Objection>, Fault> {
    conn.all(&OBJECTIONS, (district, id, OBJECTIONS_MAX)).await
}
