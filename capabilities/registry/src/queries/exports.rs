//! Records of a kind in an area, page by page, with where people live; and who took copies a person was in.

use crate::model::{Kind, Record, RecordId};
use crate::queries::batches;
use crate::queries::counts::end_of;
use crate::store::RecordRow;
use ::store::{Conn, Json, List, row, sql};
use platform::{DistrictId, Fault, Time};
use seal::Keyring;
use std::collections::HashMap;
use uuid::Uuid;

const PAGE_ROWS: i64 = 500;
/// Copies told of one record.
const COPIES_MAX: i64 = 200;

row! {
    /// A copy a record was in.
    #[derive(Clone, Debug)]
    pub(crate) struct CopyRow {
        pub at: Time,
        pub by_name: String,
        pub purpose: String,
        pub opened: Json<Vec<String>>,
        /// The phone it lies on; none for a file.
        pub device: Option<String>,
    }
}

sql! {
    IN_AREA: (DistrictId, Kind, String, String, RecordId, i64) -> RecordRow =
        "select id, kind, version, act, state, area_path, place_id, person_id, dwelling_id, household_id, organisation_id,
             from_on, to_on, lon, lat, merged_into, label, fields, sealed, changed_at
         from registry_record
         where district = $1 and kind = $2 and state = 'live' and area_path < $3 and (area_path, id) > ($4, $5)
         order by area_path, id limit $6";
    COUNT_IN_AREA: (DistrictId, Kind, String, String, i64) -> (i64,) =
        "select count(*) as n from (
             select 1 as one from registry_record
             where district = $1 and kind = $2 and state = 'live' and area_path >= $3 and area_path < $4
             limit $5) as counted";
    LABELS: (DistrictId, List<RecordId>) -> (RecordId, String) =
        "select id, label from registry_record where district = $1 and id {in:$2:uuid}";
    COPIES_OF: (DistrictId, RecordId, i64) -> CopyRow =
        "select e.at, e.by_name, e.purpose, e.opened, e.device
         from registry_exported x join registry_export e on e.district = x.district and e.id = x.export_id
         where x.district = $1 and x.record_id = $2 order by e.at desc limit $3";
}

/// Where reading an area goes on.
#[derive(Clone, Debug)]
pub(crate) struct Cursor(String, RecordId);

impl Cursor {
    /// Before the first record of an area.
    pub(crate) fn before(area: &str) -> Self {
        Self(area.to_owned(), RecordId(Uuid::nil()))
    }
}

/// How many live records of a kind an area has, counted up to a limit.
pub(crate) async fn count(
    conn: &mut Conn,
    district: DistrictId,
    kind: Kind,
    area: &str,
    rows_max: i64,
) -> Result<i64, Fault> {
    let params = (district, kind, area.to_owned(), end_of(area), rows_max);
    Ok(conn.one(&COUNT_IN_AREA, params).await?.0)
}

/// A page of the live records of a kind in an area, and where the next begins; none after the last.
pub(crate) async fn page(
    conn: &mut Conn,
    keys: &Keyring,
    district: DistrictId,
    kind: Kind,
    area: &str,
    from: Cursor,
) -> Result<(Vec<Record>, Option<Cursor>), Fault> {
    let params = (district, kind, end_of(area), from.0, from.1, PAGE_ROWS);
    let rows = conn.all(&IN_AREA, params).await?;
    let is_full = rows.len() as i64 >= PAGE_ROWS;
    let next = rows.last().filter(|_| is_full).map(|row| Cursor(row.area_path.clone(), row.id));
    let records = rows.into_iter().map(|row| row.open(keys, district)).collect::<Result<_, _>>()?;
    Ok((records, next))
}

/// Where each of these people lives: the residence, and the address.
pub(crate) async fn homes_of(
    conn: &mut Conn,
    keys: &Keyring,
    district: DistrictId,
    people: &[Record],
) -> Result<HashMap<RecordId, (Record, String)>, Fault> {
    let ids = people.iter().map(|person| person.id).collect();
    let belongings = batches::of_people(conn, keys, district, ids).await?;
    let residences: Vec<Record> =
        belongings.into_iter().filter(|record| record.kind == Kind::Residence).collect();
    let dwellings = residences.iter().filter_map(|residence| residence.content.links.dwelling).collect();
    let labels: HashMap<_, _> = conn.all(&LABELS, (district, List(dwellings))).await?.into_iter().collect();
    let of = |residence: Record| {
        let (person, dwelling) = (residence.content.links.person?, residence.content.links.dwelling?);
        Some((person, (residence, labels.get(&dwelling).cloned().unwrap_or_default())))
    };
    Ok(residences.into_iter().filter_map(of).collect())
}

/// The copies a record was in, the latest first.
pub(crate) async fn copies_of(
    conn: &mut Conn,
    district: DistrictId,
    record: RecordId,
) -> Result<Vec<CopyRow>, Fault> {
    conn.all(&COPIES_OF, (district, record, COPIES_MAX)).await
}
