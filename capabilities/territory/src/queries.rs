//! Every read of the territory from its tables, and the map made of them.

mod map;

pub use map::Map;

use crate::model::{Area, AreaId, Edition, Holding, Organisation, Post};
use crate::store::{AreaRow, HoldingRow, OrganisationRow, PostRow};
use platform::{AccountId, DistrictId, Fault, Time};
use store::{Conn, sql};

/// Areas, posts and holdings one district may have; more is a mistake of an import.
const ROWS_MAX: i64 = 500_000;

sql! {
    EDITION: (DistrictId,) -> (i64, i64) =
        "select land, seats from territory_edition where district = $1";
    EDITIONS: () -> (DistrictId, i64, i64) =
        "select /* every district */ district, land, seats from territory_edition order by district";
    /// In force at a moment or later.
    AREAS_FROM: (DistrictId, Time, i64) -> AreaRow =
        "select id, code, version, level, kind, name, name_en, path, parent, households, boundary, valid_from, valid_to
         from territory_area where district = $1 and (valid_to is null or valid_to > $2) order by path, version limit $3 /* whole district */";
    AREAS_NEWEST: (DistrictId, i64) -> AreaRow =
        "select id, code, version, level, kind, name, name_en, path, parent, households, boundary, valid_from, valid_to
         from territory_area where district = $1 and valid_to is null order by path limit $2 /* whole district */";
    AREAS_AT: (DistrictId, Time, String, i64) -> AreaRow =
        "select id, code, version, level, kind, name, name_en, path, parent, households, boundary, valid_from, valid_to
         from territory_area
         where district = $1 and valid_from <= $2 and (valid_to is null or valid_to > $2) and path > $3
         order by path limit $4";
    VERSIONS: (DistrictId, String, i64) -> AreaRow =
        "select id, code, version, level, kind, name, name_en, path, parent, households, boundary, valid_from, valid_to
         from territory_area where district = $1 and code = $2 order by version desc limit $3";
    FIND_AREA: (DistrictId, AreaId) -> AreaRow =
        "select id, code, version, level, kind, name, name_en, path, parent, households, boundary, valid_from, valid_to
         from territory_area where district = $1 and id = $2";
    POSTS: (DistrictId, i64) -> PostRow =
        "select id, kind, name, name_en, area_path, organisation_id, phone, open_from, open_to
         from territory_post where district = $1 order by area_path, id limit $2 /* whole district */";
    HOLDINGS: (DistrictId, i64) -> HoldingRow =
        "select id, post_id, account_id, role, name, phone, held_from, held_to, away_from, away_until
         from territory_holding where district = $1 order by post_id, held_from, id limit $2 /* whole district */";
    HOLDINGS_EVER: (DistrictId, AccountId, i64) -> HoldingRow =
        "select id, post_id, account_id, role, name, phone, held_from, held_to, away_from, away_until
         from territory_holding where district = $1 and account_id = $2 order by held_from, id limit $3";
    ORGANISATIONS: (DistrictId, i64) -> OrganisationRow =
        "select id, key, name, name_en, kind, phone from territory_organisation where district = $1 order by key limit $2";
}

/// What a plan is checked against.
pub(crate) struct Standing {
    pub areas: Vec<Area>,
    pub posts: Vec<Post>,
    pub edition: Edition,
}

/// How often the territory has changed.
pub(crate) async fn load_edition(conn: &mut Conn, district: DistrictId) -> Result<Edition, Fault> {
    let row = conn.optional(&EDITION, (district,)).await?;
    Ok(row.map_or_else(Edition::default, |(land, seats)| Edition { land, seats }))
}

/// How often each district's territory has changed.
pub(crate) async fn load_editions(conn: &mut Conn) -> Result<Vec<(DistrictId, Edition)>, Fault> {
    let rows = conn.all(&EDITIONS, ()).await?;
    Ok(rows.into_iter().map(|(district, land, seats)| (district, Edition { land, seats })).collect())
}

/// The newest version of each area, and the posts that are open.
pub(crate) async fn load_standing(conn: &mut Conn, district: DistrictId) -> Result<Standing, Fault> {
    let edition = load_edition(conn, district).await?;
    let areas = areas_of(conn.all(&AREAS_NEWEST, (district, ROWS_MAX)).await?)?;
    let mut posts = load_posts(conn, district).await?;
    posts.retain(|post| post.open_to.is_none());
    Ok(Standing { areas, posts, edition })
}

/// Areas in force at a moment or later.
pub(crate) async fn load_areas_from(
    conn: &mut Conn,
    district: DistrictId,
    at: Time,
) -> Result<Vec<Area>, Fault> {
    areas_of(conn.all(&AREAS_FROM, (district, at, ROWS_MAX)).await?)
}

/// Areas in force at a moment, after a path, in the order of their paths.
pub async fn list_areas_at(
    conn: &mut Conn,
    district: DistrictId,
    at: Time,
    after: &str,
    rows: i64,
) -> Result<Vec<Area>, Fault> {
    areas_of(conn.all(&AREAS_AT, (district, at, after.to_owned(), rows)).await?)
}

/// All areas in force at a moment, a parent before its children.
pub(crate) async fn load_areas_at(
    conn: &mut Conn,
    district: DistrictId,
    at: Time,
) -> Result<Vec<Area>, Fault> {
    list_areas_at(conn, district, at, "", ROWS_MAX).await
}

/// All versions of an area by its code, the newest first.
pub async fn list_versions(conn: &mut Conn, district: DistrictId, code: &str) -> Result<Vec<Area>, Fault> {
    const VERSIONS_MAX: i64 = 1_000;
    areas_of(conn.all(&VERSIONS, (district, code.to_owned(), VERSIONS_MAX)).await?)
}

/// One version of an area, in force or not: what an old case points at.
pub async fn find_area(conn: &mut Conn, district: DistrictId, id: AreaId) -> Result<Option<Area>, Fault> {
    conn.optional(&FIND_AREA, (district, id)).await?.map(Area::try_from).transpose()
}

/// Everything an account ever held, the oldest first.
pub async fn list_holdings(
    conn: &mut Conn,
    district: DistrictId,
    account: AccountId,
) -> Result<Vec<Holding>, Fault> {
    const HOLDINGS_MAX: i64 = 1_000;
    let rows = conn.all(&HOLDINGS_EVER, (district, account, HOLDINGS_MAX)).await?;
    Ok(rows.into_iter().map(Holding::from).collect())
}

pub(crate) async fn load_posts(conn: &mut Conn, district: DistrictId) -> Result<Vec<Post>, Fault> {
    let rows = conn.all(&POSTS, (district, ROWS_MAX)).await?;
    Ok(rows.into_iter().map(Post::from).collect())
}

pub(crate) async fn load_holdings(conn: &mut Conn, district: DistrictId) -> Result<Vec<Holding>, Fault> {
    let rows = conn.all(&HOLDINGS, (district, ROWS_MAX)).await?;
    Ok(rows.into_iter().map(Holding::from).collect())
}

pub(crate) async fn load_organisations(
    conn: &mut Conn,
    district: DistrictId,
) -> Result<Vec<Organisation>, Fault> {
    let rows = conn.all(&ORGANISATIONS, (district, ROWS_MAX)).await?;
    Ok(rows.into_iter().map(Organisation::from).collect())
}

fn areas_of(rows: Vec<AreaRow>) -> Result<Vec<Area>, Fault> {
    rows.into_iter().map(Area::try_from).collect()
}
