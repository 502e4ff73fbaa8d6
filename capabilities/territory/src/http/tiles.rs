//! The ground as vector tiles, for maps that are moved and zoomed. Public, as the outline is.

use super::current;
use super::places::cached;
use crate::model::{Area, AreaLevel, Land, Snapshot};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use edge::{Edge, PathOf, Who};
use geo::{Tile, TileId, TileValue};
use parking_lot::Mutex;
use platform::{DistrictId, Problem};
use std::collections::HashMap;
use std::sync::Arc;

/// Kind of the answer, as registered with IANA.
const MVT: &str = "application/vnd.mapbox-vector-tile";
/// Below this zoom a community is a few pixels wide, and below the next a grid.
const COMMUNITIES_FROM_ZOOM: u8 = 10;
const GRIDS_FROM_ZOOM: u8 = 12;
/// Tiles kept of one district: some 2 MB; a district at all zooms that are looked at has fewer.
const TILES_KEPT_MAX: usize = 2000;

/// Tiles as they were made, until the areas change.
#[derive(Debug, Default)]
pub(crate) struct TileShelf(Mutex<HashMap<DistrictId, Kept>>);

/// Tiles of a district's areas as they were when these were in force.
#[derive(Debug, Default)]
struct Kept {
    land: Arc<Land>,
    tiles: HashMap<TileId, Bytes>,
}

impl TileShelf {
    /// The tile of this snapshot, made where it was not asked for before.
    fn tile(&self, snapshot: &Snapshot, id: TileId) -> Bytes {
        {
            let shelf = self.0.lock();
            let known = shelf.get(&snapshot.district).filter(|kept| Arc::ptr_eq(&kept.land, &snapshot.land));
            if let Some(tile) = known.and_then(|kept| kept.tiles.get(&id)) {
                return tile.clone();
            }
        }
        let tile = Bytes::from(make_tile(snapshot, id));
        let mut shelf = self.0.lock();
        let kept = shelf.entry(snapshot.district).or_default();
        if !Arc::ptr_eq(&kept.land, &snapshot.land) || kept.tiles.len() >= TILES_KEPT_MAX {
            *kept = Kept { land: snapshot.land.clone(), tiles: HashMap::new() };
        }
        kept.tiles.insert(id, tile.clone());
        tile
    }
}

/// 区域矢量瓦片（MVT 2.1）：图层 `areas`，属性 `code`、`name`、`name_en`、`level`、`path`。The areas as vector tiles; cached by `ETag`.
#[utoipa::path(get, path = "/api/territory/tiles/{z}/{x}/{y}", tag = "territory", operation_id = "show_tile",
    params(("z" = u32, Path, description = "zoom, 0 to 22"), ("x" = u32, Path), ("y" = u32, Path)),
    responses((status = 200, content_type = "application/vnd.mapbox-vector-tile", body = Vec<u8>),
        (status = 204, description = "nothing of the district lies there"),
        (status = 304, description = "as the caller has it"), (status = 404, body = Problem, description = "no such tile")))]
pub async fn show_tile(
    State(edge): State<Edge>,
    who: Who,
    headers: HeaderMap,
    PathOf((z, x, y)): PathOf<(u32, u32, u32)>,
) -> Result<Response, Problem> {
    let id = TileId::new(z, x, y).ok_or_else(Problem::not_found)?;
    let snapshot = current(&edge, who.0.district).await?;
    let tile = edge.fixture::<TileShelf>().tile(&snapshot, id);
    if tile.is_empty() {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    Ok(cached(&headers, MVT, tile.to_vec()))
}

/// One layer, the widest areas first: a map draws their borders over those of what lies in them by the tag `level`.
fn make_tile(snapshot: &Snapshot, id: TileId) -> Vec<u8> {
    let mut tile = Tile::new(id);
    tile.layer("areas");
    for area in snapshot.areas().iter().filter(|area| is_shown(area.level, id.zoom())) {
        let Some(boundary) = &area.boundary else { continue };
        tile.add_area(boundary, &tags(area));
    }
    tile.into_bytes()
}

fn tags(area: &Area) -> [(&str, TileValue<'_>); 5] {
    let name_en = area.name_en.as_deref().unwrap_or(&area.name);
    [
        ("code", TileValue::Text(&area.code)),
        ("name", TileValue::Text(&area.name)),
        ("name_en", TileValue::Text(name_en)),
        ("level", TileValue::Text(area.level.as_str())),
        ("path", TileValue::Text(&area.path)),
    ]
}

fn is_shown(level: AreaLevel, zoom: u8) -> bool {
    match level {
        AreaLevel::District | AreaLevel::Subdistrict => true,
        AreaLevel::Community | AreaLevel::Village => zoom >= COMMUNITIES_FROM_ZOOM,
        AreaLevel::Grid => zoom >= GRIDS_FROM_ZOOM,
    }
}

#[cfg(test)]
mod tests {
    //! New areas drop the tiles of the old ones; the same areas keep them, whoever sits where.
    use super::*;

    #[test]
    fn tiles_last_as_long_as_the_areas() {
        let shelf = TileShelf::default();
        let district = "430204".parse().expect("a district");
        let before = Snapshot::empty(district);
        let (one, other) = (TileId::new(1, 0, 0).expect("a tile"), TileId::new(1, 1, 0).expect("a tile"));
        shelf.tile(&before, one);
        shelf.tile(&Snapshot { seats: Arc::default(), ..before.clone() }, other);
        assert_eq!(shelf.0.lock()[&district].tiles.len(), 2);
        shelf.tile(&Snapshot::empty(district), other);
        assert!(!shelf.0.lock()[&district].tiles.contains_key(&one));
    }
}
