//! Reads of outages: an operator's list, what residents are told of, what the feeds carry, which answers a report.

use crate::model::outage::{Outage, OutageId, Service, ended_unsaid};
use crate::store::outages::{BuildingRow, OutageRow, VersionRow};
use ::store::{Conn, List, sql};
use platform::{DistrictId, Fault, OrganisationId, Time};
use registry::{RecordId, SERVED_BUILDINGS_MAX};

/// Notices of one page or feed: a district has some tens at a time.
pub(crate) const NOTICES_MAX: i64 = 500;
/// Versions of one announcement.
pub(crate) const VERSIONS_MAX: i64 = 200;

sql! {
    LIST: (DistrictId, OutageId, i64) -> OutageRow =
        "select id, version, state, unit_id, area_path, content, buildings, homes, published_at, over_at, changed_at
         from linkage_outage where district = $1 and id < $2 order by id desc limit $3";
    LIST_OF_UNITS: (DistrictId, List<OrganisationId>, OutageId, i64) -> OutageRow =
        "select id, version, state, unit_id, area_path, content, buildings, homes, published_at, over_at, changed_at
         from linkage_outage where district = $1 and unit_id {in:$2:uuid} and id < $3 order by id desc limit $4";
    OPEN: (DistrictId, Time, i64) -> OutageRow =
        "select id, version, state, unit_id, area_path, content, buildings, homes, published_at, over_at, changed_at
         from linkage_outage {by:linkage_outage_open_at} where district = $1 and to_at >= $2 and open order by to_at, id limit $3";
    OPEN_OF_SERVICE: (DistrictId, Service, Time, i64) -> OutageRow =
        "select id, version, state, unit_id, area_path, content, buildings, homes, published_at, over_at, changed_at
         from linkage_outage where district = $1 and service = $2 and to_at >= $3 and open order by to_at, id limit $4";
    OVER_SINCE: (DistrictId, Time, i64) -> OutageRow =
        "select id, version, state, unit_id, area_path, content, buildings, homes, published_at, over_at, changed_at
         from linkage_outage {by:linkage_outage_over}
         where district = $1 and over_at >= $2 and over_at is not null and published_at is not null order by over_at desc, id desc limit $3";
    VERSIONS: (DistrictId, OutageId, i64) -> VersionRow =
        "select version, at, state, content, buildings, homes from linkage_outage_version
         where district = $1 and outage_id = $2 order by version desc limit $3";
    BUILDINGS: (DistrictId, OutageId, i64, i64) -> BuildingRow =
        "select rank, place_id, label, area_path, lon, lat, homes from linkage_outage_building
         where district = $1 and outage_id = $2 and rank > $3 order by rank limit $4";
    BUILDINGS_IN_BOX: (DistrictId, OutageId, f64, f64, f64, f64, i64) -> BuildingRow =
        "select rank, place_id, label, area_path, lon, lat, homes from linkage_outage_building
         where district = $1 and outage_id = $2 and lon >= $3 and lat >= $4 and lon <= $5 and lat <= $6 order by rank limit $7";
    GRIDS_AFTER: (DistrictId, OutageId, String, i64) -> (String,) =
        "select distinct area_path from linkage_outage_building
         where district = $1 and outage_id = $2 and area_path > $3 order by area_path limit $4";
    PLACES_OF_GRID: (DistrictId, OutageId, String, i64) -> (RecordId,) =
        "select place_id from linkage_outage_building
         where district = $1 and outage_id = $2 and area_path = $3 order by rank limit $4";
    COUNT_CASES: (DistrictId, OutageId) -> (i64,) =
        "select count(*) as cases from linkage_outage_case where district = $1 and outage_id = $2";
}

/// Outages before one, the newest first: of some units, or of all.
pub(crate) async fn list(
    conn: &mut Conn,
    district: DistrictId,
    units: Option<Vec<OrganisationId>>,
    before: OutageId,
    rows: i64,
) -> Result<Vec<Outage>, Fault> {
    let rows = match units {
        Some(units) => conn.all(&LIST_OF_UNITS, (district, List(units), before, rows)).await?,
        None => conn.all(&LIST, (district, before, rows)).await?,
    };
    Ok(rows.into_iter().map(Outage::from).collect())
}

/// What residents are told of at a moment, by its end.
pub(crate) async fn open(conn: &mut Conn, district: DistrictId, now: Time) -> Result<Vec<Outage>, Fault> {
    let rows = conn.all(&OPEN, (district, ended_unsaid(now), NOTICES_MAX)).await?;
    Ok(rows.into_iter().map(Outage::from).collect())
}

/// Outages of a service that are told of and not over at a moment.
pub(crate) async fn open_of_service(
    conn: &mut Conn,
    district: DistrictId,
    service: Service,
    at: Time,
) -> Result<Vec<Outage>, Fault> {
    let rows = conn.all(&OPEN_OF_SERVICE, (district, service, at, NOTICES_MAX)).await?;
    Ok(rows.into_iter().map(Outage::from).collect())
}

/// What ended or was withdrawn since a moment, after it had been told of; the latest first.
pub(crate) async fn over_since(
    conn: &mut Conn,
    district: DistrictId,
    since: Time,
) -> Result<Vec<Outage>, Fault> {
    let rows = conn.all(&OVER_SINCE, (district, since, NOTICES_MAX)).await?;
    Ok(rows.into_iter().map(Outage::from).collect())
}

/// What was announced, the latest first.
pub(crate) async fn versions(
    conn: &mut Conn,
    district: DistrictId,
    id: OutageId,
) -> Result<Vec<VersionRow>, Fault> {
    conn.all(&VERSIONS, (district, id, VERSIONS_MAX)).await
}

/// Buildings it concerns behind a rank, by name.
pub(crate) async fn buildings(
    conn: &mut Conn,
    district: DistrictId,
    id: OutageId,
    behind: i64,
    rows: i64,
) -> Result<Vec<BuildingRow>, Fault> {
    conn.all(&BUILDINGS, (district, id, behind, rows)).await
}

/// Whether a building it concerns stands within some metres of a point.
pub(crate) async fn has_building_near(
    conn: &mut Conn,
    district: DistrictId,
    id: OutageId,
    (point, metres): (geo::Point, f64),
) -> Result<bool, Fault> {
    let b = geo::Bbox::around(point, metres);
    let rows =
        conn.all(&BUILDINGS_IN_BOX, (district, id, b.west, b.south, b.east, b.north, NOTICES_MAX)).await?;
    let is_near = |row: &BuildingRow| {
        let at = row.lon.zip(row.lat).and_then(|(lon, lat)| geo::Point::new(lon, lat).ok());
        at.is_some_and(|at| geo::distance_metres(at, point) <= metres)
    };
    Ok(rows.iter().any(is_near))
}

/// Areas with buildings it concerns, behind one.
pub(crate) async fn grids_after(
    conn: &mut Conn,
    district: DistrictId,
    id: OutageId,
    behind: String,
    rows: i64,
) -> Result<Vec<String>, Fault> {
    let found = conn.all(&GRIDS_AFTER, (district, id, behind, rows)).await?;
    Ok(found.into_iter().map(|(grid,)| grid).collect())
}

/// The places of one area that it concerns.
pub(crate) async fn places_of_grid(
    conn: &mut Conn,
    district: DistrictId,
    id: OutageId,
    grid: &str,
) -> Result<Vec<RecordId>, Fault> {
    let params = (district, id, grid.to_owned(), SERVED_BUILDINGS_MAX as i64);
    Ok(conn.all(&PLACES_OF_GRID, params).await?.into_iter().map(|(place,)| place).collect())
}

/// How many reports it answered.
pub(crate) async fn count_cases(conn: &mut Conn, district: DistrictId, id: OutageId) -> Result<i64, Fault> {
    Ok(conn.optional(&COUNT_CASES, (district, id)).await?.map_or(0, |(count,)| count))
}
