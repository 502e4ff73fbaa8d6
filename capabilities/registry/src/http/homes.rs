//! A home with who lives in it, and a building with its homes, floor by floor.

use super::records::LookQuery;
use super::{require_area, staff, viewer};
use crate::access::VIEW;
use crate::error::RegistryError;
use crate::looks;
use crate::model::{Kind, Record, RecordId};
use crate::queries::{self, homes::BuildingHome};
use crate::store;
use crate::view::{RecordView, Viewer};
use ::store::{Conn, Tx};
use axum::Json;
use axum::extract::State;
use edge::{Edge, PathOf, QueryOf, Who};
use platform::Problem;
use serde::Serialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// A home and its people.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HomeView {
    pub dwelling: RecordView,
    /// The building it is in; a house of its own is one itself.
    pub building: Option<RecordId>,
    pub households: Vec<RecordView>,
    /// Who lives there now, heads first.
    pub members: Vec<MemberView>,
    /// How many more live there whose data is only stored, as they asked.
    pub restricted: usize,
    /// Who owns it.
    pub shares: Vec<RecordView>,
}

/// Somebody who lives in a home.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MemberView {
    pub residence: RecordView,
    pub person: RecordView,
}

/// 一户一屋：房屋、户、住的人。A home with who lives in it; a look at each of them.
#[utoipa::path(get, path = "/api/registry/dwellings/{id}/home", tag = "registry", params(("id" = RecordId, Path), LookQuery),
    responses((status = 200, body = HomeView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)))]
pub async fn show_home(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<RecordId>,
    QueryOf(query): QueryOf<LookQuery>,
) -> Result<Json<HomeView>, Problem> {
    let actor = staff(&who, &VIEW)?;
    looks::slow_down(&edge, actor).await?;
    let (wish, viewer) = (query.wish(id)?, viewer(&edge, actor));
    let look = async move |tx: &mut Tx| look_at(tx, &wish, &viewer).await;
    Ok(Json(edge.db.write(actor, look).await?))
}

/// A home with who lives in it for a purpose of the catalogue, sealed values masked: a look at the home and at each of them. For whoever
/// goes there.
///
/// # Errors
/// Not there, not theirs, no such purpose.
pub async fn look_at_home(
    tx: &mut Tx,
    home: RecordId,
    purpose: &str,
    viewer: &Viewer,
) -> Result<HomeView, RegistryError> {
    let (purpose, parts) = (purpose.to_owned(), BTreeSet::new());
    look_at(tx, &looks::Wish { id: home, purpose, parts, emergency: None }, viewer).await
}

async fn look_at(tx: &mut Tx, wish: &looks::Wish, viewer: &Viewer) -> Result<HomeView, RegistryError> {
    let (dwelling, _) = looks::look(tx, wish).await?;
    if dwelling.kind != Kind::Dwelling {
        return Err(RegistryError::NotFound);
    }
    let below = queries::below(tx, &dwelling).await?;
    let of_kind = |kind: Kind| below.iter().filter(move |record| record.kind == kind);
    let (members, restricted) = members_of(tx, wish, viewer, of_kind(Kind::Residence)).await?;
    let district = tx.district();
    let owners = of_kind(Kind::Share).filter_map(Record::person);
    let stored_only = store::rights::restricted_among(tx, district, owners).await?;
    let shares = of_kind(Kind::Share).filter(|s| s.person().is_none_or(|id| !stored_only.contains(&id)));
    Ok(HomeView {
        building: building_of(tx, dwelling.content.links.place).await?,
        dwelling: viewer.record(&dwelling, None),
        households: of_kind(Kind::Household).map(|record| viewer.record(record, None)).collect(),
        members,
        restricted,
        shares: shares.map(|record| viewer.record(record, None)).collect(),
    })
}

/// Who lives there, heads first, each looked at; and how many more there are whose data is only stored.
async fn members_of<'a>(
    tx: &mut Tx,
    wish: &looks::Wish,
    viewer: &Viewer,
    residences: impl Iterator<Item = &'a Record>,
) -> Result<(Vec<MemberView>, usize), RegistryError> {
    let (mut members, mut restricted) = (Vec::new(), 0);
    for residence in residences {
        let Some(person) = residence.content.links.person else { continue };
        match looks::look(tx, &looks::Wish { id: person, ..wish.clone() }).await {
            Ok((person, look)) => members.push(MemberView {
                residence: viewer.record(residence, None),
                person: viewer.record(&person, Some(&look)),
            }),
            Err(RegistryError::Restricted) => restricted += 1,
            Err(other) => return Err(other),
        }
    }
    let is_head = |member: &MemberView| {
        let relation = member.residence.fields.iter().find(|field| field.key == "relation");
        relation.is_some_and(|field| field.value.as_ref().is_some_and(|told| told.0 == "head"))
    };
    members.sort_by_key(|member| !is_head(member));
    Ok((members, restricted))
}

/// The place of the level of a building at or above a place.
async fn building_of(tx: &mut Tx, mut place: Option<RecordId>) -> Result<Option<RecordId>, RegistryError> {
    while let Some(id) = place {
        let Some(record) = store::load(tx, id).await? else { break };
        if record.content.open.text("level") == "building" {
            return Ok(Some(id));
        }
        place = record.content.links.place;
    }
    Ok(None)
}

/// A building: its homes with how they are used, and how many live in each; nothing about who.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BuildingView {
    pub id: RecordId,
    /// The address in full.
    pub label: String,
    pub area: crate::view::AreaName,
    /// Units in the order of their names; `无` where the building has none.
    pub units: Vec<UnitView>,
    pub homes: usize,
    pub vacant: usize,
    pub residents: i64,
}

/// A unit: its floors from the top down.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UnitView {
    pub name: String,
    pub floors: Vec<FloorView>,
}

/// A floor and its rooms.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FloorView {
    pub name: String,
    pub rooms: Vec<RoomView>,
}

/// A room of the drawing.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RoomView {
    pub place: RecordId,
    /// None: an address without a registered home.
    pub dwelling: Option<RecordId>,
    pub name: String,
    /// `own`, `rent`, `vacant`, `other`; none where nobody knows.
    pub occupancy: Option<String>,
    pub r#use: Option<String>,
    pub residents: i64,
    /// One of its values is to be confirmed.
    pub stale: bool,
}

/// 楼栋图。A building, floor by floor.
#[utoipa::path(get, path = "/api/registry/places/{id}/building", tag = "registry", params(("id" = RecordId, Path)),
    responses((status = 200, body = BuildingView), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn show_building(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<RecordId>,
) -> Result<Json<BuildingView>, Problem> {
    let actor = staff(&who, &VIEW)?;
    let (district, now) = (actor.district, edge.now());
    let read = async move |conn: &mut Conn| queries::homes::building(conn, district, id, now).await;
    let building = edge.db.read(read).await.map_err(RegistryError::Fault)?.ok_or(RegistryError::NotFound)?;
    require_area(actor, &VIEW, &building.area_path)?;
    let area = viewer(&edge, actor).area(&building.area_path);
    let homes = building.homes.iter().filter(|home| home.dwelling.is_some());
    Ok(Json(BuildingView {
        id,
        label: building.label,
        area,
        homes: homes.clone().count(),
        vacant: homes.filter(|home| home.occupancy.as_deref() == Some("vacant")).count(),
        residents: building.homes.iter().map(|home| home.residents).sum(),
        units: units(building.homes),
    }))
}

/// Homes by unit and floor: units from the first, floors from the top, rooms from the left.
fn units(mut homes: Vec<BuildingHome>) -> Vec<UnitView> {
    homes.sort_by(|a, b| {
        (a.unit_order(), b.floor, a.room_order()).cmp(&(b.unit_order(), a.floor, b.room_order()))
    });
    let mut units: Vec<UnitView> = Vec::new();
    for home in homes {
        if units.last().is_none_or(|unit| unit.name != home.unit) {
            units.push(UnitView { name: home.unit.clone(), floors: Vec::new() });
        }
        let Some(unit) = units.last_mut() else { continue };
        let floor = home.floor_name();
        if unit.floors.last().is_none_or(|last| last.name != floor) {
            unit.floors.push(FloorView { name: floor, rooms: Vec::new() });
        }
        if let Some(floor) = unit.floors.last_mut() {
            floor.rooms.push(RoomView {
                place: home.place,
                dwelling: home.dwelling,
                name: home.room,
                occupancy: home.occupancy,
                r#use: home.use_code,
                residents: home.residents,
                stale: home.stale,
            });
        }
    }
    units
}
