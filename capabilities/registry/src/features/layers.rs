//! The layers: grids from the territory, buildings and things from the register.

use super::crs::Crs;
use super::query::ItemsQuery;
use crate::error::RegistryError;
use crate::model::{Kind, RecordId};
use crate::queries::features::{self as rows, Box4};
use crate::store::{self, RecordRow};
use ::store::Conn;
use edge::Edge;
use platform::{DistrictId, Fault, Words};
use serde_json::{Map, Value, json};
use territory::Area;

/// A layer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Layer {
    Grids,
    Buildings,
    Things,
}

/// A page of features and where the next begins.
pub(super) struct ItemsPage {
    pub features: Vec<Value>,
    pub next: Option<String>,
}

impl Layer {
    pub(super) const ALL: [Self; 3] = [Self::Grids, Self::Buildings, Self::Things];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Grids => "grids",
            Self::Buildings => "buildings",
            Self::Things => "things",
        }
    }

    pub(super) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|layer| layer.name() == name)
    }

    pub(super) const fn words(self) -> Words {
        match self {
            Self::Grids => Words::of("网格", "Grids with their boundaries in force"),
            Self::Buildings => Words::of("楼栋和院落", "Estates and buildings, by their points"),
            Self::Things => Words::of("部件", "Things of the city, by their points"),
        }
    }

    /// Whether it is for everybody.
    pub(super) const fn is_public(self) -> bool {
        matches!(self, Self::Grids)
    }

    /// Values a page may be narrowed by.
    pub(super) const fn filters(self) -> &'static [&'static str] {
        match self {
            Self::Grids => &["code", "name"],
            Self::Buildings => &["level", "name", "code"],
            Self::Things => &["component", "state", "maintainer", "name"],
        }
    }

    const fn kind(self) -> Kind {
        match self {
            Self::Things => Kind::Thing,
            Self::Grids | Self::Buildings => Kind::Place,
        }
    }
}

/// A page of a layer.
pub(super) async fn items(
    edge: &Edge,
    district: DistrictId,
    layer: Layer,
    query: &ItemsQuery,
) -> Result<ItemsPage, RegistryError> {
    if layer == Layer::Grids {
        return Ok(grids(edge, district, query));
    }
    let limit = query.limit as usize;
    let mut after: RecordId = match &query.after {
        None => RecordId(uuid::Uuid::nil()),
        Some(text) => text.parse().map_err(|_| {
            RegistryError::invalid(
                "after",
                "registry.bad_cursor",
                "页码不对。",
                "This is no place to go on from.",
            )
        })?,
    };
    let mut features = Vec::new();
    // A filter may leave out most of a page: as many pages are read as one answer may cost.
    for _ in 0..PAGES_PER_ANSWER_MAX {
        let (kind, bbox, rows_max) = (layer.kind(), query.bbox.map(Box4::from), i64::from(query.limit) + 1);
        let read =
            async move |conn: &mut Conn| rows::on_map(conn, district, kind, bbox, after, rows_max).await;
        let found: Vec<RecordRow> =
            edge.db.read(read).await.map_err(|fault: Fault| RegistryError::from(fault))?;
        let is_last = found.len() <= limit;
        for row in found.into_iter().take(limit) {
            after = row.id;
            if belongs(layer, &row) && fits(&row, &query.filters) {
                features.push(feature(edge, district, &row, query.crs));
            }
            if features.len() == limit {
                return Ok(ItemsPage { features, next: (!is_last).then(|| after.to_string()) });
            }
        }
        if is_last {
            return Ok(ItemsPage { features, next: None });
        }
    }
    Ok(ItemsPage { features, next: Some(after.to_string()) })
}

/// Pages of the table that one answer may read.
const PAGES_PER_ANSWER_MAX: usize = 20;

/// One feature of a layer.
pub(super) async fn item(
    edge: &Edge,
    district: DistrictId,
    layer: Layer,
    id: &str,
    crs: Crs,
) -> Result<Option<Value>, RegistryError> {
    if layer == Layer::Grids {
        let map = edge.fixture::<territory::Map>().of(district);
        let grid = map.by_code(id).filter(|area| area.level == territory::AreaLevel::Grid);
        return Ok(grid.map(|grid| grid_feature(grid, crs)));
    }
    let Ok(id) = id.parse::<RecordId>() else { return Ok(None) };
    let found = edge.db.read(async move |conn: &mut Conn| store::find(conn, district, id).await).await;
    let row: Option<RecordRow> = found.map_err(|fault: Fault| RegistryError::from(fault))?;
    let row = row.filter(|row| row.kind == layer.kind() && row.state == crate::model::State::Live);
    Ok(row.filter(|row| belongs(layer, row)).map(|row| feature(edge, district, &row, crs)))
}

/// Rooms and units are homes, not buildings; without a point nothing is on a map.
fn belongs(layer: Layer, row: &RecordRow) -> bool {
    let level = row.fields.0.text("level");
    row.lon.is_some() && (layer != Layer::Buildings || matches!(level, "building" | "estate"))
}

fn fits(row: &RecordRow, filters: &[(String, String)]) -> bool {
    filters.iter().all(|(key, value)| row.fields.0.text(key) == value)
}

fn feature(edge: &Edge, district: DistrictId, row: &RecordRow, crs: Crs) -> Value {
    let map = edge.fixture::<territory::Map>().of(district);
    let mut properties: Map<String, Value> =
        row.fields.0.iter().map(|(key, value, _)| (key.to_owned(), value.clone())).collect();
    properties.insert("label".into(), json!(row.label));
    let grid = map.by_path(&row.area_path);
    properties.insert("grid".into(), json!(grid.map(|grid| &grid.code)));
    properties.insert("changed_at".into(), json!(row.changed_at));
    let position = row.lon.zip(row.lat).map(|(lon, lat)| crs.position(lon, lat));
    json!({
        "type": "Feature",
        "id": row.id,
        "geometry": position.map(|at| json!({ "type": "Point", "coordinates": at })),
        "properties": properties,
    })
}

/// Grids stand in memory, in the order of their paths; the code of the last one is where a page goes on.
fn grids(edge: &Edge, district: DistrictId, query: &ItemsQuery) -> ItemsPage {
    let map = edge.fixture::<territory::Map>().of(district);
    let mut all: Vec<&Area> = map.grids().filter(|grid| grid_fits(grid, query)).collect();
    all.sort_by(|a, b| a.code.cmp(&b.code));
    let after = query.after.as_deref().unwrap_or_default();
    let rest = all.iter().filter(|grid| grid.code.as_str() > after);
    let page: Vec<&&Area> = rest.take(query.limit as usize + 1).collect();
    let has_more = page.len() > query.limit as usize;
    let page = &page[..page.len().min(query.limit as usize)];
    ItemsPage {
        features: page.iter().map(|grid| grid_feature(grid, query.crs)).collect(),
        next: page.last().filter(|_| has_more).map(|grid| grid.code.clone()),
    }
}

fn grid_fits(grid: &Area, query: &ItemsQuery) -> bool {
    let in_box = query.bbox.is_none_or(|[west, south, east, north]| {
        let Some(own) = grid.boundary.as_ref().map(|boundary| boundary.bbox()) else { return false };
        own.west <= east && own.east >= west && own.south <= north && own.north >= south
    });
    let value = |key: &str| if key == "code" { &grid.code } else { &grid.name };
    in_box && query.filters.iter().all(|(key, wanted)| value(key) == wanted)
}

fn grid_feature(grid: &Area, crs: Crs) -> Value {
    let mut geometry = grid.boundary.as_ref().map(|boundary| boundary.to_geojson()).unwrap_or(Value::Null);
    if crs != Crs::Crs84 {
        swap_positions(&mut geometry["coordinates"]);
    }
    json!({
        "type": "Feature",
        "id": grid.code,
        "geometry": geometry,
        "properties": { "code": grid.code, "name": grid.name, "name_en": grid.name_en, "households": grid.households,
            "valid_from": grid.valid_from },
    })
}

/// Latitude first, at any depth of nesting.
fn swap_positions(coordinates: &mut Value) {
    let Some(list) = coordinates.as_array_mut() else { return };
    if list.first().is_some_and(Value::is_number) {
        list.swap(0, 1);
    } else {
        list.iter_mut().for_each(swap_positions);
    }
}
