//! Loads and saves patrol routes.

use crate::access::require;
use crate::error::FieldworkError;
use crate::model::{Route, RouteContent, RouteId, RouteState};
use ::store::{Conn, Json, Tx, row, sql, value};
use jiff::civil::Date;
use platform::{DistrictId, Fault, Permission, Time};
use uuid::Uuid;

value!(RouteId as Uuid, |v| v.0, RouteId);

row! {
    #[derive(Clone, Debug)]
    pub(crate) struct RouteRow {
        pub id: RouteId,
        pub state: RouteState,
        pub version: i64,
        pub area_path: String,
        pub content: Json<RouteContent>,
        pub next_on: Option<String>,
        pub round_on: Option<String>,
        pub changed_at: Time,
    }
}

type Columns =
    (DistrictId, RouteId, RouteState, i64, String, Json<RouteContent>, Option<String>, Option<String>, Time);

sql! {
    INSERT: Columns =
        "insert into fieldwork_route (district, id, state, version, area_path, content, next_on, round_on, changed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    /// Only from the version before. A route stays in its grid.
    UPDATE: Columns =
        "update fieldwork_route set state = $3, version = $4, content = $6, next_on = $7, round_on = $8, changed_at = $9
         where district = $1 and id = $2 and version + 1 = $4 and area_path = $5";
    FIND: (DistrictId, RouteId) -> RouteRow =
        "select id, state, version, area_path, content, next_on, round_on, changed_at from fieldwork_route
         where district = $1 and id = $2";
}

impl From<RouteRow> for Route {
    fn from(row: RouteRow) -> Self {
        let day = |text: Option<String>| text.and_then(|text| text.parse().ok());
        Self {
            id: row.id,
            area_path: row.area_path,
            state: row.state,
            version: row.version,
            content: row.content.0,
            next_on: day(row.next_on),
            round_on: day(row.round_on),
            changed_at: row.changed_at,
        }
    }
}

fn columns(tx: &Tx, one: &Route, version: i64) -> Columns {
    let day = |day: Option<Date>| day.map(|day| day.to_string());
    let content = Json(one.content.clone());
    let (next_on, round_on) = (day(one.next_on), day(one.round_on));
    (tx.district(), one.id, one.state, version, one.area_path.clone(), content, next_on, round_on, tx.now())
}

/// A route that is new.
pub(crate) async fn insert(tx: &mut Tx, one: &Route) -> Result<(), Fault> {
    let row = columns(tx, one, one.version);
    tx.execute(&INSERT, row).await.map(drop)
}

/// Saves a route as its next version; whether it was the version that was seen.
pub(crate) async fn save(tx: &mut Tx, one: &Route) -> Result<bool, Fault> {
    let row = columns(tx, one, one.version + 1);
    Ok(tx.execute(&UPDATE, row).await? == 1)
}

/// A route as it is.
pub(crate) async fn find(conn: &mut Conn, district: DistrictId, id: RouteId) -> Result<Option<Route>, Fault> {
    Ok(conn.optional(&FIND, (district, id)).await?.map(Route::from))
}

/// The route to change, found and allowed, or refused.
pub(crate) async fn load_for(
    tx: &mut Tx,
    id: RouteId,
    permission: &'static Permission,
) -> Result<Route, FieldworkError> {
    let district = tx.district();
    let found = find(tx, district, id).await?.ok_or(FieldworkError::NotFound)?;
    require(tx.actor(), permission, &found.area_path)?;
    Ok(found)
}
