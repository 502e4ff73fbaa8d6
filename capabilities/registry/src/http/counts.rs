//! Numbers of the register: by area, what is to be confirmed, which homes something concerns.

use super::{require_area, staff, viewer};
use crate::access::{OPEN_FACTS, VIEW, facts_told};
use crate::error::RegistryError;
use crate::facts::{CONCERNED, RegistryFact};
use crate::model::{Kind, RecordId};
use crate::queries::counts::{self, BUILDINGS_MAX, Concerned, Extent, HELP_FACTS, Pipe, StaleRow, Totals};
use crate::view::{AreaName, Viewer, listed_label};
use ::store::{Conn, Tx};
use axum::Json;
use axum::extract::State;
use edge::{Body, Edge, QueryOf, Who};
use platform::{Actor, Cursor, Page, Permission, Problem, Scope, Time, Words, limits};
use seal::Vault;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use territory::{Snapshot, root_path};
use utoipa::{IntoParams, ToSchema};

/// Of which area.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AreaQuery {
    /// A path; none: the whole district.
    pub area: Option<String>,
}

/// How much of everything an area has, with all below it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AreaCountsView {
    pub area: AreaName,
    pub level: territory::AreaLevel,
    pub households: i64,
    pub people: i64,
    pub homes: i64,
    pub organisations: i64,
    pub things: i64,
    /// Records with a value that is to be confirmed.
    pub stale: i64,
}

/// 各区域登记了多少。How much is registered in each area, from the one asked for down to its grids.
#[utoipa::path(get, path = "/api/registry/counts", tag = "registry", params(AreaQuery),
    responses((status = 200, body = Vec<AreaCountsView>), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn count_records(
    State(edge): State<Edge>,
    who: Who,
    QueryOf(query): QueryOf<AreaQuery>,
) -> Result<Json<Vec<AreaCountsView>>, Problem> {
    let actor = staff(&who, &VIEW)?;
    let viewer = viewer(&edge, actor);
    let path = area_asked(actor, &VIEW, &viewer.places, query.area)?;
    let (district, now, within) = (actor.district, edge.now(), path.clone());
    let read = async move |conn: &mut Conn| counts::count(conn, district, &within, now).await;
    let totals = edge.db.read_long(read).await.map_err(RegistryError::Fault)?;
    let areas = viewer.places.subtree(&path);
    Ok(Json(areas.map(|area| counted(&viewer, area, &totals)).collect()))
}

fn counted(viewer: &Viewer, area: &territory::Area, totals: &BTreeMap<String, Totals>) -> AreaCountsView {
    let below = totals.range(area.path.clone()..).take_while(|(path, _)| path.starts_with(&area.path));
    let below: Vec<&Totals> =
        below.filter(|(path, _)| Scope::covers_path(&area.path, path)).map(|(_, totals)| totals).collect();
    let sum = |kind: Kind| below.iter().filter_map(|totals| totals.by_kind.get(&kind)).sum();
    AreaCountsView {
        area: viewer.area(&area.path),
        level: area.level,
        households: sum(Kind::Household),
        people: sum(Kind::Person),
        homes: sum(Kind::Dwelling),
        organisations: sum(Kind::Organisation),
        things: sum(Kind::Thing),
        stale: below.iter().map(|totals| totals.stale).sum(),
    }
}

/// The area asked for, or the widest in which the actor holds the permission.
pub(super) fn area_asked(
    actor: &Actor,
    permission: &'static Permission,
    places: &Snapshot,
    asked: Option<String>,
) -> Result<String, Problem> {
    let whole = || places.root().map_or_else(|| root_path(actor.district), |root| root.path.clone());
    let own = || {
        actor.scopes(permission).find_map(|scope| match scope {
            Scope::Area { path } => Some(path.clone()),
            _ => None,
        })
    };
    let path = match asked {
        Some(path) => path,
        None if actor.holds_everywhere(permission) => whole(),
        None => own().unwrap_or_else(whole),
    };
    require_area(actor, permission, &path)?;
    Ok(path)
}

/// A page of what is to be confirmed.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct StaleQuery {
    /// A path; none: the widest area one may look in.
    pub area: Option<String>,
    pub after: Option<String>,
    pub limit: Option<u32>,
}

/// A record with a value that is older than it may be.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StaleView {
    pub id: RecordId,
    pub kind: Kind,
    pub kind_words: Words,
    /// Masked; of a residence or a service fact nothing, since its person says it.
    pub label: String,
    pub area: AreaName,
    pub person: Option<RecordId>,
    pub dwelling: Option<RecordId>,
    pub stale_at: Option<Time>,
}

/// 待确认的登记。What is to be confirmed, the oldest first.
#[utoipa::path(get, path = "/api/registry/stale", tag = "registry", params(StaleQuery),
    responses((status = 200, body = Page<StaleView>), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn list_stale(
    State(edge): State<Edge>,
    who: Who,
    QueryOf(query): QueryOf<StaleQuery>,
) -> Result<Json<Page<StaleView>>, Problem> {
    let actor = staff(&who, &VIEW)?;
    let viewer = viewer(&edge, actor);
    let path = area_asked(actor, &VIEW, &viewer.places, query.area)?;
    let rows = query.limit.unwrap_or(limits::PAGE_ROWS_MAX).clamp(1, limits::PAGE_ROWS_MAX) as usize;
    let (district, now, after) = (actor.district, edge.now(), query.after.map(Cursor));
    let keys = edge.fixture::<Vault>().of(district).map_err(RegistryError::Fault)?;
    let told = facts_told(actor, &viewer.catalogue, &viewer.places);
    let read = async move |conn: &mut Conn| {
        let mut page = counts::list_stale(conn, district, &path, now, after.as_ref(), rows).await?;
        counts::drop_untold(conn, &keys, district, &told, &mut page.items).await?;
        Ok::<_, platform::Fault>(page)
    };
    let page = edge.db.read(read).await.map_err(RegistryError::Fault)?;
    let items = page.items.into_iter().map(|row| StaleView::of(row, &viewer)).collect();
    Ok(Json(Page { items, next: page.next }))
}

impl StaleView {
    fn of(row: StaleRow, viewer: &Viewer) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            kind_words: viewer.catalogue.kind(row.kind).words.clone(),
            label: listed_label(row.kind, &row.label),
            area: viewer.area(&row.area_path),
            person: row.person_id,
            dwelling: row.dwelling_id,
            stale_at: row.stale_at,
        }
    }
}

/// Where something happens: a ring of points; or an estate, a building or one of its units, the whole of it or what hangs on one riser.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AffectedQuery {
    /// WGS-84 longitude and latitude of the corners, the first repeated at the end.
    pub ring: Option<Vec<(f64, f64)>>,
    pub place: Option<RecordId>,
    /// The riser's name, as the homes on it tell it.
    pub riser: Option<String>,
    /// The rooms above one another that share a riser nobody has named: 1 for 101, 201, 301.
    pub column: Option<i64>,
}

/// A building with homes that are concerned.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AffectedView {
    pub place: RecordId,
    pub label: String,
    pub area: AreaName,
    pub homes: i64,
    pub residents: i64,
    /// How many live by a powered device, need oxygen, or cannot leave without help; for those who may see these facts.
    pub help: BTreeMap<String, i64>,
}

/// 停水停电影响到谁。Which homes something concerns, and how many live there; nothing about who.
#[utoipa::path(post, path = "/api/registry/affected", tag = "registry", request_body = AffectedQuery,
    responses((status = 200, body = Vec<AffectedView>), (status = 401, body = Problem), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub async fn count_affected(
    State(edge): State<Edge>,
    who: Who,
    Body(query): Body<AffectedQuery>,
) -> Result<Json<Vec<AffectedView>>, Problem> {
    let actor = staff(&who, &VIEW)?;
    let viewer = viewer(&edge, actor);
    let extent = extent_of(query, &viewer.places)?;
    let (district, now) = (actor.district, edge.now());
    let keys = edge.fixture::<Vault>().of(district).map_err(RegistryError::Fault)?;
    let told = match actor.holds(&OPEN_FACTS) {
        true => facts_told(actor, &viewer.catalogue, &viewer.places),
        false => BTreeSet::new(),
    };
    let read =
        async move |conn: &mut Conn| counts::affected(conn, &keys, district, &extent, &told, now).await;
    let mut found = edge.db.read_long(read).await.map_err(RegistryError::Fault)?;
    found.retain(|building| actor.holds_at(&VIEW, &building.area_path));
    for building in found.iter_mut().filter(|b| !actor.holds_at(&OPEN_FACTS, &b.area_path)) {
        building.help.clear();
    }
    note(&edge, actor, &found).await?;
    Ok(Json(found.into_iter().map(|building| AffectedView::of(building, &viewer)).collect()))
}

impl AffectedView {
    fn of(building: Concerned, viewer: &Viewer) -> Self {
        let help = building.help.into_iter().map(|(fact, count)| (fact.to_owned(), count));
        Self {
            place: building.place,
            label: building.label,
            area: viewer.area(&building.area_path),
            homes: building.homes,
            residents: building.residents,
            help: help.collect(),
        }
    }
}

fn extent_of(query: AffectedQuery, places: &Snapshot) -> Result<Extent, RegistryError> {
    if let Some(place) = query.place {
        return Ok(Extent::Place { place, pipe: Pipe { riser: query.riser, column: query.column } });
    }
    let bad = || {
        RegistryError::invalid(
            "ring",
            "registry.bad_ring",
            "请给出楼栋，或一圈首尾相接的点。",
            "Name a place, or a closed ring of points.",
        )
    };
    let ring = query.ring.ok_or_else(bad)?;
    let points: Option<Vec<_>> = ring.into_iter().map(|(lon, lat)| geo::Point::new(lon, lat).ok()).collect();
    let boundary = geo::Boundary::from_ring(&points.ok_or_else(bad)?).map_err(|_| bad())?;
    let b = boundary.bbox();
    let touches = |area: &&territory::Area| {
        area.boundary.as_ref().is_some_and(|ground| {
            let g = ground.bbox();
            g.west <= b.east && b.west <= g.east && g.south <= b.north && b.south <= g.north
        })
    };
    let grids = places.grids().filter(touches).map(|area| area.path.clone()).collect();
    Ok(Extent::Ring { boundary, grids })
}

async fn note(edge: &Edge, actor: &Actor, found: &[Concerned]) -> Result<(), RegistryError> {
    let account = actor.account.map_or(uuid::Uuid::nil(), |account| account.0);
    let data = json!({
        "buildings": found.len().min(BUILDINGS_MAX),
        "homes": found.iter().map(|building| building.homes).sum::<i64>(),
        "facts": if actor.holds(&OPEN_FACTS) { &HELP_FACTS[..] } else { &[] },
    });
    edge.db
        .write(actor, async move |tx: &mut Tx| {
            let subject = RecordId(account);
            let fact = RegistryFact { name: CONCERNED, subject, area_path: None, data: data.clone() };
            tx.record(&fact).await.map(drop)
        })
        .await
        .map_err(RegistryError::Fault)
}
