//! Loads and saves outages, their versions, the buildings they concern and the reports they answered.

use crate::access::{PLAN_OUTAGES, may_plan_for};
use crate::error::LinkageError;
use crate::model::outage::{Content, Outage, OutageId, OutageState, Service};
use ::store::{Conn, Json, Tx, row, sql, value};
use cases::CaseId;
use platform::{DistrictId, Fault, OrganisationId, Time};
use registry::RecordId;
use uuid::Uuid;

value!(OutageId as Uuid, |v| v.0, OutageId);

row! {
    /// An outage as it is stored.
    #[derive(Clone, Debug)]
    pub(crate) struct OutageRow {
        pub id: OutageId,
        pub version: i64,
        pub state: OutageState,
        pub unit_id: OrganisationId,
        pub area_path: String,
        pub content: Json<Content>,
        pub buildings: i64,
        pub homes: i64,
        pub published_at: Option<Time>,
        pub over_at: Option<Time>,
        pub changed_at: Time,
    }
}

row! {
    /// What was announced as one version.
    #[derive(Clone, Debug)]
    pub(crate) struct VersionRow {
        pub version: i64,
        pub at: Time,
        pub state: OutageState,
        pub content: Json<Content>,
        pub buildings: i64,
        pub homes: i64,
    }
}

row! {
    /// A building that is concerned.
    #[derive(Clone, PartialEq, Debug)]
    pub(crate) struct BuildingRow {
        pub rank: i64,
        pub place_id: RecordId,
        pub label: String,
        pub area_path: String,
        pub lon: Option<f64>,
        pub lat: Option<f64>,
        pub homes: i64,
    }
}

type Columns = (
    DistrictId,
    OutageId,
    i64,
    OutageState,
    bool,
    Service,
    OrganisationId,
    String,
    Json<Content>,
    Time,
    Time,
    i64,
    i64,
    Option<Time>,
    Option<Time>,
    Time,
);

type BuildingColumns = (DistrictId, OutageId, i64, RecordId, String, String, Option<f64>, Option<f64>, i64);

sql! {
    INSERT: Columns =
        "insert into linkage_outage (district, id, version, state, open, service, unit_id, area_path, content, from_at, to_at,
             buildings, homes, published_at, over_at, changed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
    /// Only from the version before. An outage stays with its unit.
    UPDATE: Columns =
        "update linkage_outage set version = $3, state = $4, open = $5, service = $6, area_path = $8, content = $9, from_at = $10,
             to_at = $11, buildings = $12, homes = $13, published_at = $14, over_at = $15, changed_at = $16
         where district = $1 and id = $2 and version + 1 = $3 and unit_id = $7";
    FIND: (DistrictId, OutageId) -> OutageRow =
        "select id, version, state, unit_id, area_path, content, buildings, homes, published_at, over_at, changed_at
         from linkage_outage where district = $1 and id = $2";
    ADD_VERSION: (DistrictId, OutageId, i64, Time, OutageState, Json<Content>, i64, i64) =
        "insert into linkage_outage_version (district, outage_id, version, at, state, content, buildings, homes)
         values ($1, $2, $3, $4, $5, $6, $7, $8)";
    CLEAR_BUILDINGS: (DistrictId, OutageId) =
        "delete from linkage_outage_building where district = $1 and outage_id = $2";
    ADD_BUILDING: BuildingColumns =
        "insert into linkage_outage_building (district, outage_id, rank, place_id, label, area_path, lon, lat, homes)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    /// A report is answered once.
    LINK_CASE: (DistrictId, OutageId, CaseId, Time) =
        "insert into linkage_outage_case (district, outage_id, case_id, at) values ($1, $2, $3, $4) on conflict do nothing";
}

impl From<OutageRow> for Outage {
    fn from(row: OutageRow) -> Self {
        Self {
            id: row.id,
            version: row.version,
            state: row.state,
            unit: row.unit_id,
            content: row.content.0,
            area_path: row.area_path,
            buildings: row.buildings,
            homes: row.homes,
            published_at: row.published_at,
            over_at: row.over_at,
            changed_at: row.changed_at,
        }
    }
}

fn columns(district: DistrictId, one: &Outage) -> Columns {
    (
        district,
        one.id,
        one.version,
        one.state,
        one.state.is_open(),
        one.content.service,
        one.unit,
        one.area_path.clone(),
        Json(one.content.clone()),
        one.content.from,
        one.content.to,
        one.buildings,
        one.homes,
        one.published_at,
        one.over_at,
        one.changed_at,
    )
}

/// A draft that is new.
pub(crate) async fn insert(tx: &mut Tx, one: &Outage) -> Result<(), Fault> {
    let district = tx.district();
    tx.execute(&INSERT, columns(district, one)).await.map(drop)
}

/// Saves an outage as its next version; what everybody is told of is kept as it was told.
///
/// # Errors
/// `linkage.stale` where somebody else was quicker.
pub(crate) async fn save(tx: &mut Tx, one: &Outage) -> Result<(), LinkageError> {
    let district = tx.district();
    if tx.execute(&UPDATE, columns(district, one)).await? != 1 {
        return Err(LinkageError::Stale { present: one.version });
    }
    if one.published_at.is_some() {
        let content = Json(one.content.clone());
        let row =
            (district, one.id, one.version, one.changed_at, one.state, content, one.buildings, one.homes);
        tx.execute(&ADD_VERSION, row).await?;
    }
    Ok(())
}

/// The buildings it concerns, in the place of those before.
pub(crate) async fn save_buildings(
    tx: &mut Tx,
    id: OutageId,
    buildings: Vec<BuildingRow>,
) -> Result<(), Fault> {
    let district = tx.district();
    tx.execute(&CLEAR_BUILDINGS, (district, id)).await?;
    let row = |b: BuildingRow| -> BuildingColumns {
        (district, id, b.rank, b.place_id, b.label, b.area_path, b.lon, b.lat, b.homes)
    };
    tx.execute_many(&ADD_BUILDING, buildings.into_iter().map(row).collect::<Vec<_>>()).await.map(drop)
}

/// An outage as it is.
pub(crate) async fn find(
    conn: &mut Conn,
    district: DistrictId,
    id: OutageId,
) -> Result<Option<Outage>, Fault> {
    Ok(conn.optional(&FIND, (district, id)).await?.map(Outage::from))
}

/// The outage to change, found and allowed: to who announces for its unit.
///
/// # Errors
/// Not there, or another's.
pub(crate) async fn load_for(tx: &mut Tx, id: OutageId) -> Result<Outage, LinkageError> {
    let district = tx.district();
    let found = find(tx, district, id).await?.ok_or(LinkageError::NotFound)?;
    if !tx.actor().holds(&PLAN_OUTAGES) {
        return Err(LinkageError::Forbidden(&PLAN_OUTAGES));
    }
    if may_plan_for(tx.actor(), found.unit) { Ok(found) } else { Err(LinkageError::NotFound) }
}

/// Notes that an outage answered a report; whether that is new.
pub(crate) async fn link_case(tx: &mut Tx, id: OutageId, case: CaseId) -> Result<bool, Fault> {
    let (district, now) = (tx.district(), tx.now());
    Ok(tx.execute(&LINK_CASE, (district, id, case, now)).await? == 1)
}
