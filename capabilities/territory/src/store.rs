//! Loads and saves areas, organisations, posts and holdings; with `queries.rs` the only SQL.

use crate::TerritoryError;
use crate::access::require;
use crate::model::{
    Area, AreaId, AreaKind, AreaLevel, Away, Edition, Holding, HoldingId, HoldingRole, Organisation,
    OrganisationKind, Post, PostKind,
};
use geo::Boundary;
use platform::{AccountId, DistrictId, Fault, FaultKind, OrganisationId, Permission, PostId, Time};
use std::sync::Arc;
use store::{Cell, Conn, Kind, Tx, Value, row, sql, value};
use uuid::Uuid;

value!(AreaId as Uuid, |v| v.0, AreaId);
value!(HoldingId as Uuid, |v| v.0, HoldingId);

/// Enums of the model are stored by their stable word.
macro_rules! stored_by_word {
    ($($type:ty),+) => { $(
        impl Value for $type {
            const KIND: Kind = Kind::Text;
            fn into_cell(self) -> Cell {
                Cell::Text(self.as_str().to_owned())
            }
            fn from_cell(cell: Cell) -> Result<Self, Fault> {
                let text = String::from_cell(cell)?;
                let unknown = || format!("'{text}' is no {}", stringify!($type));
                Self::parse(&text).ok_or_else(|| Fault::new(FaultKind::Corrupt, unknown()))
            }
        }
    )+ };
}
stored_by_word!(AreaLevel, AreaKind, PostKind, HoldingRole, OrganisationKind);

row! {
    pub(crate) struct AreaRow {
        pub id: AreaId,
        pub code: String,
        pub version: i64,
        pub level: AreaLevel,
        pub kind: AreaKind,
        pub name: String,
        pub name_en: Option<String>,
        pub path: String,
        pub parent: Option<String>,
        pub households: Option<i64>,
        pub boundary: Option<Vec<u8>>,
        pub valid_from: Time,
        pub valid_to: Option<Time>,
    }
}

row! {
    pub(crate) struct PostRow {
        pub id: PostId,
        pub kind: PostKind,
        pub name: String,
        pub name_en: Option<String>,
        pub area_path: String,
        pub organisation_id: Option<OrganisationId>,
        pub phone: Option<String>,
        pub open_from: Time,
        pub open_to: Option<Time>,
    }
}

row! {
    pub(crate) struct HoldingRow {
        pub id: HoldingId,
        pub post_id: PostId,
        pub account_id: AccountId,
        pub role: HoldingRole,
        pub name: String,
        pub phone: Option<String>,
        pub held_from: Time,
        pub held_to: Option<Time>,
        pub away_from: Option<Time>,
        pub away_until: Option<Time>,
    }
}

row! {
    pub(crate) struct OrganisationRow {
        pub id: OrganisationId,
        pub key: String,
        pub name: String,
        pub name_en: Option<String>,
        pub kind: OrganisationKind,
        pub phone: Option<String>,
    }
}

type NewArea = (
    DistrictId,
    AreaId,
    String,
    i64,
    AreaLevel,
    AreaKind,
    String,
    Option<String>,
    String,
    Option<String>,
    Option<i64>,
    Option<Vec<u8>>,
    Time,
);
type NewPost = (
    DistrictId,
    PostId,
    PostKind,
    String,
    Option<String>,
    String,
    Option<OrganisationId>,
    Option<String>,
    Time,
    Option<Time>,
);
type NewHolding =
    (DistrictId, HoldingId, PostId, AccountId, HoldingRole, String, Option<String>, Time, Option<Time>);
type NewOrganisation =
    (DistrictId, OrganisationId, String, String, Option<String>, OrganisationKind, Option<String>);

sql! {
    /// Counts a change of areas; the row it locks also keeps two changes of one district apart.
    BUMP_LAND: (DistrictId,) -> (i64, i64) =
        "insert into territory_edition (district, land, seats) values ($1, 1, 0)
         on conflict (district) do update set land = territory_edition.land + 1 returning land, seats";
    BUMP_SEATS: (DistrictId,) -> (i64, i64) =
        "insert into territory_edition (district, land, seats) values ($1, 0, 1)
         on conflict (district) do update set seats = territory_edition.seats + 1 returning land, seats";
    END_AREA: (DistrictId, AreaId, Time) =
        "update territory_area set valid_to = $3 where district = $1 and id = $2";
    LAST_VERSIONS: (DistrictId,) -> (String, i64) =
        "select code, cast(max(version) as bigint) as version from territory_area where district = $1 group by code /* whole district */";
    INSERT_AREA: NewArea =
        "insert into territory_area (district, id, code, version, level, kind, name, name_en, path, parent, households,
             boundary, valid_from)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    HAS_AREA: (DistrictId, String) -> (AreaLevel,) =
        "select level from territory_area where district = $1 and path = $2 and valid_to is null";
    INSERT_ORGANISATION: NewOrganisation =
        "insert into territory_organisation (district, id, key, name, name_en, kind, phone)
         values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing";
    UPDATE_ORGANISATION: (DistrictId, OrganisationId, String, Option<String>, Option<String>) =
        "update territory_organisation set name = $3, name_en = $4, phone = $5 where district = $1 and id = $2";
    HAS_ORGANISATION: (DistrictId, OrganisationId) -> (String,) =
        "select key from territory_organisation where district = $1 and id = $2";
    INSERT_POST: NewPost =
        "insert into territory_post (district, id, kind, name, name_en, area_path, organisation_id, phone, open_from,
             open_to)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing";
    CLOSE_POST: (DistrictId, PostId, Time) =
        "update territory_post set open_to = $3 where district = $1 and id = $2";
    FIND_POST: (DistrictId, PostId) -> PostRow =
        "select id, kind, name, name_en, area_path, organisation_id, phone, open_from, open_to
         from territory_post where district = $1 and id = $2";
    INSERT_HOLDING: NewHolding =
        "insert into territory_holding (district, id, post_id, account_id, role, name, phone, held_from, held_to)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    END_HOLDING: (DistrictId, HoldingId, Time) =
        "update territory_holding set held_to = $3 where district = $1 and id = $2";
    RETURN_HOLDING: (DistrictId, HoldingId, Option<Time>) =
        "update territory_holding set held_to = $3 where district = $1 and id = $2";
    /// A holding that had not begun when it was taken back never was.
    DROP_HOLDING: (DistrictId, HoldingId) =
        "delete from territory_holding where district = $1 and id = $2";
    NOTE_ABSENCE: (DistrictId, HoldingId, Option<Time>, Option<Time>) =
        "update territory_holding set away_from = $3, away_until = $4 where district = $1 and id = $2";
    FIND_HOLDING: (DistrictId, HoldingId) -> HoldingRow =
        "select id, post_id, account_id, role, name, phone, held_from, held_to, away_from, away_until
         from territory_holding where district = $1 and id = $2";
    HOLDINGS_OF_POST: (DistrictId, PostId, Time) -> HoldingRow =
        "select id, post_id, account_id, role, name, phone, held_from, held_to, away_from, away_until
         from territory_holding where district = $1 and post_id = $2 and (held_to is null or held_to > $3)
         order by held_from, id";
    HOLDINGS_OF_ACCOUNT: (DistrictId, AccountId, Time) -> HoldingRow =
        "select id, post_id, account_id, role, name, phone, held_from, held_to, away_from, away_until
         from territory_holding where district = $1 and account_id = $2 and (held_to is null or held_to > $3)
         order by held_from, id";
}

// ---- rows into values ---------------------------------------------------------------------------------------------------

impl TryFrom<AreaRow> for Area {
    type Error = Fault;
    fn try_from(row: AreaRow) -> Result<Self, Fault> {
        let boundary = row.boundary.map(|bytes| Boundary::from_wkb(&bytes)).transpose().map_err(|e| {
            Fault::new(FaultKind::Corrupt, format!("the boundary of {} cannot be read", row.code)).because(e)
        })?;
        Ok(Self {
            id: row.id,
            level: row.level,
            kind: row.kind,
            code: row.code,
            name: row.name,
            name_en: row.name_en,
            path: row.path,
            parent: row.parent,
            households: row.households.and_then(|n| u32::try_from(n).ok()),
            boundary: boundary.map(Arc::new),
            valid_from: row.valid_from,
            valid_to: row.valid_to,
            version: row.version,
        })
    }
}

impl From<PostRow> for Post {
    fn from(row: PostRow) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            name: row.name,
            name_en: row.name_en,
            area_path: row.area_path,
            organisation: row.organisation_id,
            phone: row.phone,
            open_from: row.open_from,
            open_to: row.open_to,
        }
    }
}

impl From<HoldingRow> for Holding {
    fn from(row: HoldingRow) -> Self {
        let away = row.away_from.zip(row.away_until).map(|(from, until)| Away { from, until });
        Self {
            id: row.id,
            post: row.post_id,
            account: row.account_id,
            role: row.role,
            name: row.name,
            phone: row.phone,
            from: row.held_from,
            to: row.held_to,
            away,
        }
    }
}

impl From<OrganisationRow> for Organisation {
    fn from(row: OrganisationRow) -> Self {
        Self {
            id: row.id,
            key: row.key,
            name: row.name,
            name_en: row.name_en,
            kind: row.kind,
            phone: row.phone,
        }
    }
}

// ---- loading for a purpose ----------------------------------------------------------------------------------------------

/// A post, open or closed.
pub(crate) async fn find_post(
    conn: &mut Conn,
    district: DistrictId,
    id: PostId,
) -> Result<Option<Post>, Fault> {
    Ok(conn.optional(&FIND_POST, (district, id)).await?.map(Post::from))
}

/// The post, if the actor may do this to it.
pub(crate) async fn load_post(
    tx: &mut Tx,
    id: PostId,
    permission: &Permission,
) -> Result<Post, TerritoryError> {
    let district = tx.district();
    let post = find_post(tx, district, id).await?.ok_or(TerritoryError::NoSuchPost)?;
    require(tx.actor(), permission, &post.area_path)?;
    Ok(post)
}

/// The holding with its post, if the actor may do this to it.
pub(crate) async fn load_holding(
    tx: &mut Tx,
    id: HoldingId,
    permission: &Permission,
) -> Result<(Holding, Post), TerritoryError> {
    let district = tx.district();
    let row = tx.optional(&FIND_HOLDING, (district, id)).await?;
    let holding = Holding::from(row.ok_or(TerritoryError::NoSuchHolding)?);
    let post = load_post(tx, holding.post, permission).await?;
    Ok((holding, post))
}

/// Who holds a post from a moment on.
pub(crate) async fn holdings_of_post(
    conn: &mut Conn,
    district: DistrictId,
    post: PostId,
    from: Time,
) -> Result<Vec<Holding>, Fault> {
    let rows = conn.all(&HOLDINGS_OF_POST, (district, post, from)).await?;
    Ok(rows.into_iter().map(Holding::from).collect())
}

/// What an account holds from a moment on.
pub(crate) async fn holdings_of_account(
    conn: &mut Conn,
    district: DistrictId,
    account: AccountId,
    from: Time,
) -> Result<Vec<Holding>, Fault> {
    let rows = conn.all(&HOLDINGS_OF_ACCOUNT, (district, account, from)).await?;
    Ok(rows.into_iter().map(Holding::from).collect())
}

/// The level of the area that stands at a path.
pub(crate) async fn level_at(
    conn: &mut Conn,
    district: DistrictId,
    path: &str,
) -> Result<Option<AreaLevel>, Fault> {
    let row = conn.optional(&HAS_AREA, (district, path.to_owned())).await?;
    Ok(row.map(|(level,)| level))
}

/// The key of an organisation.
pub(crate) async fn organisation_key(
    conn: &mut Conn,
    district: DistrictId,
    id: OrganisationId,
) -> Result<Option<String>, Fault> {
    let row = conn.optional(&HAS_ORGANISATION, (district, id)).await?;
    Ok(row.map(|(key,)| key))
}

// ---- saving -------------------------------------------------------------------------------------------------------------

/// Counts a change of areas; the edition as it was before.
pub(crate) async fn bump_land(tx: &mut Tx) -> Result<Edition, Fault> {
    let district = tx.district();
    let (land, seats) = tx.one(&BUMP_LAND, (district,)).await?;
    Ok(Edition { land: land - 1, seats })
}

/// Counts a change of posts or who holds them. It comes first in a command: two commands of a district then wait for
/// each other, and what the second reads is true.
pub(crate) async fn bump_seats(tx: &mut Tx) -> Result<(), Fault> {
    let district = tx.district();
    tx.one(&BUMP_SEATS, (district,)).await.map(drop)
}

/// Ends versions and begins new ones; each new one is numbered after the last of its code.
pub(crate) async fn save_areas(tx: &mut Tx, going: &[AreaId], coming: &[Area]) -> Result<(), Fault> {
    let (district, now) = (tx.district(), tx.now());
    let Some(from) = coming.first().map(|area| area.valid_from) else { return Ok(()) };
    end_areas(tx, going, from).await?;
    let last: std::collections::HashMap<String, i64> =
        tx.all(&LAST_VERSIONS, (district,)).await?.into_iter().collect();
    let rows: Vec<NewArea> = coming
        .iter()
        .map(|area| {
            let version = last.get(&area.code).copied().unwrap_or(0) + 1;
            new_area(district, AreaId::new(now), version, area)
        })
        .collect();
    tx.execute_many(&INSERT_AREA, rows).await.map(drop)
}

/// Ends versions from a moment on.
pub(crate) async fn end_areas(tx: &mut Tx, going: &[AreaId], from: Time) -> Result<(), Fault> {
    let district = tx.district();
    let ends: Vec<_> = going.iter().map(|id| (district, *id, from)).collect();
    tx.execute_many(&END_AREA, ends).await.map(drop)
}

fn new_area(district: DistrictId, id: AreaId, version: i64, area: &Area) -> NewArea {
    (
        district,
        id,
        area.code.clone(),
        version,
        area.level,
        area.kind,
        area.name.clone(),
        area.name_en.clone(),
        area.path.clone(),
        area.parent.clone(),
        area.households.map(i64::from),
        area.boundary.as_ref().map(|boundary| boundary.to_wkb()),
        area.valid_from,
    )
}

/// Saves an organisation; false where its key is taken.
pub(crate) async fn insert_organisation(tx: &mut Tx, o: Organisation) -> Result<bool, Fault> {
    let district = tx.district();
    let rows =
        tx.execute(&INSERT_ORGANISATION, (district, o.id, o.key, o.name, o.name_en, o.kind, o.phone)).await?;
    Ok(rows == 1)
}

pub(crate) async fn update_organisation(
    tx: &mut Tx,
    id: OrganisationId,
    name: String,
    name_en: Option<String>,
    phone: Option<String>,
) -> Result<(), Fault> {
    let district = tx.district();
    tx.execute(&UPDATE_ORGANISATION, (district, id, name, name_en, phone)).await.map(drop)
}

/// Saves a post; false where such a post is open already.
pub(crate) async fn insert_post(tx: &mut Tx, p: Post) -> Result<bool, Fault> {
    let district = tx.district();
    let row: NewPost = (
        district,
        p.id,
        p.kind,
        p.name,
        p.name_en,
        p.area_path,
        p.organisation,
        p.phone,
        p.open_from,
        p.open_to,
    );
    Ok(tx.execute(&INSERT_POST, row).await? == 1)
}

pub(crate) async fn close_post(tx: &mut Tx, id: PostId, at: Time) -> Result<(), Fault> {
    let district = tx.district();
    tx.execute(&CLOSE_POST, (district, id, at)).await.map(drop)
}

pub(crate) async fn insert_holding(tx: &mut Tx, h: &Holding) -> Result<(), Fault> {
    let district = tx.district();
    let row: NewHolding =
        (district, h.id, h.post, h.account, h.role, h.name.clone(), h.phone.clone(), h.from, h.to);
    tx.execute(&INSERT_HOLDING, row).await.map(drop)
}

/// Ends a holding; one that had not begun by then is taken back.
pub(crate) async fn end_holding(tx: &mut Tx, holding: &Holding, at: Time) -> Result<(), Fault> {
    let district = tx.district();
    if holding.from >= at {
        return tx.execute(&DROP_HOLDING, (district, holding.id)).await.map(drop);
    }
    tx.execute(&END_HOLDING, (district, holding.id, at)).await.map(drop)
}

/// Gives a holding the end it had before somebody ended it.
pub(crate) async fn return_holding(tx: &mut Tx, id: HoldingId, to: Option<Time>) -> Result<(), Fault> {
    let district = tx.district();
    tx.execute(&RETURN_HOLDING, (district, id, to)).await.map(drop)
}

/// Takes a holding back as if it never was.
pub(crate) async fn drop_holding(tx: &mut Tx, id: HoldingId) -> Result<(), Fault> {
    let district = tx.district();
    tx.execute(&DROP_HOLDING, (district, id)).await.map(drop)
}

pub(crate) async fn note_absence(tx: &mut Tx, id: HoldingId, away: Option<Away>) -> Result<(), Fault> {
    let district = tx.district();
    let row = (district, id, away.map(|a| a.from), away.map(|a| a.until));
    tx.execute(&NOTE_ABSENCE, row).await.map(drop)
}
