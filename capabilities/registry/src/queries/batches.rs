//! What a table that is brought in is compared with: places, people by their documents and homes, organisations, things; and how far
//! each table is.

use crate::import::{Batch, BatchId, BatchState, Mapping, Table};
use crate::model::{ActId, Fields, Kind, Record, RecordId, State};
use crate::store::RecordRow;
use crate::store::batches::BatchRow;
use ::store::{Conn, Json, List, row, sql};
use platform::{AccountId, DistrictId, Fault, Time};
use seal::{Blind, Keyring};
use uuid::Uuid;

/// Rows of one page of places, and of subjects.
const PAGE_ROWS: i64 = 10_000;
/// What belongs to the people or homes of one part of a table.
const BELONGING_ROWS_MAX: i64 = 50_000;
/// Places that are asked about with one statement.
const PLACES_AT_ONCE: usize = 500;
/// Batches one account is shown.
const SHOWN_MAX: i64 = 50;

row! {
    /// A place, dwelling or household as an address leads to it.
    #[derive(Clone, Debug)]
    pub(crate) struct PlaceRow {
        pub id: RecordId,
        pub kind: Kind,
        pub state: State,
        pub place_id: Option<RecordId>,
        pub dwelling_id: Option<RecordId>,
        pub area_path: String,
        pub label: String,
        pub fields: Json<Fields>,
        pub changed_at: Time,
    }
}

row! {
    /// An organisation or thing, by what tells it apart.
    #[derive(Clone, Debug)]
    pub(crate) struct SubjectRow {
        pub id: RecordId,
        pub place_id: Option<RecordId>,
        pub area_path: String,
        pub lon: Option<f64>,
        pub lat: Option<f64>,
        pub fields: Json<Fields>,
    }
}

sql! {
    PLACES: (DistrictId, Time, RecordId, i64) -> PlaceRow =
        "select id, kind, state, place_id, dwelling_id, area_path, label, fields, changed_at from registry_record
         where district = $1 and (changed_at, id) > ($2, $3) and kind in ('place', 'dwelling', 'household')
         order by changed_at, id limit $4";
    /// Places that stand below no other: roads, estates, houses of their own.
    ROOTS: (DistrictId, i64) -> PlaceRow =
        "select id, kind, state, place_id, dwelling_id, area_path, label, fields, changed_at
         from registry_record {by:registry_record_roots}
         where district = $1 and kind = 'place' and place_id is null and state = 'live' limit $2 /* whole district */";
    AT_PLACES: (DistrictId, List<RecordId>, i64) -> PlaceRow =
        "select id, kind, state, place_id, dwelling_id, area_path, label, fields, changed_at from registry_record
         where district = $1 and place_id {in:$2:uuid} and kind in ('place', 'dwelling') and state = 'live' limit $3";
    HOUSEHOLDS: (DistrictId, List<RecordId>, i64) -> PlaceRow =
        "select id, kind, state, place_id, dwelling_id, area_path, label, fields, changed_at from registry_record
         where district = $1 and dwelling_id {in:$2:uuid} and kind = 'household' and state = 'live' limit $3";
    SUBJECTS: (DistrictId, Kind, RecordId, i64) -> SubjectRow =
        "select id, place_id, area_path, lon, lat, fields from registry_record
         where district = $1 and kind = $2 and state = 'live' and id > $3 order by id limit $4";
    /// The keyed hashes come as UUIDs: both are sixteen bytes, and lists know only these.
    BY_BLIND: (DistrictId, List<Uuid>, i64) -> (Blind, RecordId) =
        sqlite "select blind, record_id from registry_lookup where district = $1 and blind {in:$2:uuid} limit $3"
        postgres "select l.blind, l.record_id from unnest($2::uuid[]) as asked
                  join registry_lookup l on l.district = $1 and l.blind = uuid_send(asked) limit $3";
    FIND_MANY: (DistrictId, List<RecordId>, i64) -> RecordRow =
        "select id, kind, version, act, state, area_path, place_id, person_id, dwelling_id, household_id, organisation_id,
             from_on, to_on, lon, lat, merged_into, label, fields, sealed, changed_at
         from registry_record where district = $1 and id {in:$2:uuid} limit $3";
    OF_DWELLINGS: (DistrictId, List<RecordId>, i64) -> RecordRow =
        "select id, kind, version, act, state, area_path, place_id, person_id, dwelling_id, household_id, organisation_id,
             from_on, to_on, lon, lat, merged_into, label, fields, sealed, changed_at
         from registry_record where district = $1 and dwelling_id {in:$2:uuid} and kind = 'residence' and state = 'live' limit $3";
    OF_PEOPLE: (DistrictId, List<RecordId>, i64) -> RecordRow =
        "select id, kind, version, act, state, area_path, place_id, person_id, dwelling_id, household_id, organisation_id,
             from_on, to_on, lon, lat, merged_into, label, fields, sealed, changed_at
         from registry_record where district = $1 and person_id {in:$2:uuid} and state = 'live' limit $3";
    BATCH: (DistrictId, BatchId) -> BatchRow =
        "select id, kind, state, account_id, by_name, scopes, file_name, sheet, mapping, takes_conflicts, act, undo_act, rows,
             rows_done, undone_to, report, created_at, changed_at
         from registry_batch where district = $1 and id = $2";
    BATCHES_OF: (DistrictId, AccountId, i64) -> BatchRow =
        "select id, kind, state, account_id, by_name, scopes, file_name, sheet, mapping, takes_conflicts, act, undo_act, rows,
             rows_done, undone_to, report, created_at, changed_at
         from registry_batch where district = $1 and account_id = $2 order by id desc limit $3";
    AT_WORK: (DistrictId, i64) -> (BatchId, BatchState) =
        "select id, state from registry_batch {by:registry_batch_at_work}
         where district = $1 and state in ('checking', 'saving', 'undoing') order by id limit $2";
    /// Records a deed entered that are no longer as it left them, and those it changed.
    ENTERED_CHANGED: (DistrictId, ActId, i64) -> (RecordId,) =
        "select id from registry_record where district = $1 and entered_by = $2 and version <> 1 limit $3";
    CHANGED_SINCE: (DistrictId, ActId, i64) -> (RecordId,) =
        "select c.record_id from registry_change c join registry_record r on r.district = c.district and r.id = c.record_id
         where c.district = $1 and c.act = $2 and r.version <> c.version limit $3";
    LAYOUT: (DistrictId, Table, Vec<u8>) -> (Json<Mapping>,) =
        "select mapping from registry_layout where district = $1 and kind = $2 and heads = $3";
}

/// Where reading the places goes on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PlaceCursor(Time, RecordId);

impl Default for PlaceCursor {
    fn default() -> Self {
        Self(Time::from_micros(0), RecordId(Uuid::nil()))
    }
}

/// A page of the places, dwellings and households changed since, and where the next begins; none after the last.
pub(crate) async fn places_since(
    conn: &mut Conn,
    district: DistrictId,
    from: PlaceCursor,
) -> Result<(Vec<PlaceRow>, PlaceCursor, bool), Fault> {
    let rows = conn.all(&PLACES, (district, from.0, from.1, PAGE_ROWS)).await?;
    let next = rows.last().map_or(from, |row| PlaceCursor(row.changed_at, row.id));
    let is_last = (rows.len() as i64) < PAGE_ROWS;
    Ok((rows, next, is_last))
}

/// The district's places down to its buildings: what an address is looked for in before it is known which building it means.
pub(crate) async fn outline(conn: &mut Conn, district: DistrictId) -> Result<Vec<PlaceRow>, Fault> {
    let mut all = conn.all(&ROOTS, (district, BELONGING_ROWS_MAX)).await?;
    let mut open = above_buildings(&all);
    while !open.is_empty() {
        let below = below(conn, district, &open).await?;
        open = above_buildings(&below);
        all.extend(below);
    }
    Ok(all)
}

fn above_buildings(rows: &[PlaceRow]) -> Vec<RecordId> {
    let is_above = |row: &&PlaceRow| matches!(row.fields.0.text("level"), "road" | "estate" | "group");
    rows.iter().filter(is_above).map(|row| row.id).collect()
}

/// What stands in buildings: units, rooms, homes and their households.
pub(crate) async fn inside(
    conn: &mut Conn,
    district: DistrictId,
    buildings: Vec<RecordId>,
) -> Result<Vec<PlaceRow>, Fault> {
    let (mut all, mut open): (Vec<PlaceRow>, _) = (Vec::new(), buildings);
    while !open.is_empty() {
        let below = below(conn, district, &open).await?;
        open = below.iter().filter(|row| row.kind == Kind::Place).map(|row| row.id).collect();
        all.extend(below);
    }
    let dwellings: Vec<RecordId> =
        all.iter().filter(|row| row.kind == Kind::Dwelling).map(|row| row.id).collect();
    for some in dwellings.chunks(PLACES_AT_ONCE) {
        all.extend(conn.all(&HOUSEHOLDS, (district, List(some.to_vec()), BELONGING_ROWS_MAX)).await?);
    }
    Ok(all)
}

async fn below(conn: &mut Conn, district: DistrictId, places: &[RecordId]) -> Result<Vec<PlaceRow>, Fault> {
    let mut found = Vec::new();
    for some in places.chunks(PLACES_AT_ONCE) {
        found.extend(conn.all(&AT_PLACES, (district, List(some.to_vec()), BELONGING_ROWS_MAX)).await?);
    }
    Ok(found)
}

/// A page of the live organisations or things.
pub(crate) async fn subjects_after(
    conn: &mut Conn,
    district: DistrictId,
    kind: Kind,
    after: RecordId,
) -> Result<(Vec<SubjectRow>, bool), Fault> {
    let rows = conn.all(&SUBJECTS, (district, kind, after, PAGE_ROWS)).await?;
    let is_last = (rows.len() as i64) < PAGE_ROWS;
    Ok((rows, is_last))
}

/// Who has these documents.
pub(crate) async fn by_blinds(
    conn: &mut Conn,
    district: DistrictId,
    blinds: &[Blind],
) -> Result<Vec<(Blind, RecordId)>, Fault> {
    let asked = blinds.iter().map(|blind| Uuid::from_bytes(blind.0)).collect();
    conn.all(&BY_BLIND, (district, List(asked), BELONGING_ROWS_MAX)).await
}

/// Records by their ids, with their secrets, for the register's own comparison.
pub(crate) async fn records(
    conn: &mut Conn,
    keys: &Keyring,
    district: DistrictId,
    ids: Vec<RecordId>,
) -> Result<Vec<Record>, Fault> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = conn.all(&FIND_MANY, (district, List(ids), BELONGING_ROWS_MAX)).await?;
    rows.into_iter().map(|row| row.open(keys, district)).collect()
}

/// Who lives in these dwellings.
pub(crate) async fn residences_in(
    conn: &mut Conn,
    keys: &Keyring,
    district: DistrictId,
    dwellings: Vec<RecordId>,
) -> Result<Vec<Record>, Fault> {
    if dwellings.is_empty() {
        return Ok(Vec::new());
    }
    let rows = conn.all(&OF_DWELLINGS, (district, List(dwellings), BELONGING_ROWS_MAX)).await?;
    rows.into_iter().map(|row| row.open(keys, district)).collect()
}

/// Residences and facts of these people.
pub(crate) async fn of_people(
    conn: &mut Conn,
    keys: &Keyring,
    district: DistrictId,
    people: Vec<RecordId>,
) -> Result<Vec<Record>, Fault> {
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let rows = conn.all(&OF_PEOPLE, (district, List(people), BELONGING_ROWS_MAX)).await?;
    rows.into_iter().map(|row| row.open(keys, district)).collect()
}

/// A batch.
pub(crate) async fn batch(
    conn: &mut Conn,
    keys: &Keyring,
    district: DistrictId,
    id: BatchId,
) -> Result<Option<Batch>, Fault> {
    let row = conn.optional(&BATCH, (district, id)).await?;
    row.map(|row| row.open(keys, district)).transpose()
}

/// The batches of an account, the newest first.
pub(crate) async fn batches_of(
    conn: &mut Conn,
    keys: &Keyring,
    district: DistrictId,
    account: AccountId,
) -> Result<Vec<Batch>, Fault> {
    let rows = conn.all(&BATCHES_OF, (district, account, SHOWN_MAX)).await?;
    rows.into_iter().map(|row| row.open(keys, district)).collect()
}

/// The batches that were under way when the server stopped.
pub(crate) async fn at_work(
    conn: &mut Conn,
    district: DistrictId,
) -> Result<Vec<(BatchId, BatchState)>, Fault> {
    conn.all(&AT_WORK, (district, SHOWN_MAX)).await
}

/// Some of the records of a deed that were changed after it.
pub(crate) async fn changed_since(
    conn: &mut Conn,
    district: DistrictId,
    act: ActId,
) -> Result<Vec<RecordId>, Fault> {
    const NAMED_MAX: i64 = 20;
    let mut ids = conn.all(&ENTERED_CHANGED, (district, act, NAMED_MAX)).await?;
    ids.extend(conn.all(&CHANGED_SINCE, (district, act, NAMED_MAX)).await?);
    Ok(ids.into_iter().map(|(id,)| id).collect())
}

/// How a sheet with these heads was read the last time.
pub(crate) async fn layout(
    conn: &mut Conn,
    district: DistrictId,
    table: Table,
    heads: Vec<u8>,
) -> Result<Option<Mapping>, Fault> {
    let found = conn.optional(&LAYOUT, (district, table, heads)).await?;
    Ok(found.map(|(mapping,)| mapping.0))
}

/// Keyed hashes of the documents of a record.
pub(crate) fn document_blinds<'a>(keys: &Keyring, numbers: impl Iterator<Item = &'a str>) -> Vec<Blind> {
    numbers.map(|number| keys.blind(crate::search::DOCUMENT, number)).collect()
}
