//! Vector tiles of the ground (Mapbox Vector Tile 2.1) from boundaries and places: which tile, where in it, what of it. Pure
//! and deterministic: the same areas give the same bytes.
//!
//! A border is laid on a lattice of half a screen pixel that all tiles of a zoom share, and only then cut to the tile. Two
//! neighbours lay their common border on the same points, so that nothing gapes between them at any zoom.

use crate::boundary::rings_of;
use crate::tile_clip::{Corner, clip_ring, ring_area2};
use crate::tile_write::TileWriter;
use crate::{Bbox, Boundary, Point};
use geo_types::LineString;
use std::f64::consts::PI;

/// Units along the side of a tile.
pub const TILE_EXTENT: i64 = 4096;
/// Units beyond each side that are kept, so that a line on the edge is drawn whole.
const BUFFER: i64 = 128;
/// Corners are laid on every fourth unit: half a pixel where a tile is drawn 512 pixels wide.
const LATTICE: i64 = 4;
/// Beyond this zoom a tile is a few steps wide and shows nothing more of a district.
pub const TILE_ZOOM_MAX: u8 = 22;
/// Where the square of the Web Mercator map ends.
const LAT_MAX: f64 = 85.051_128;

/// One square of the world map at a zoom: `x` to the east, `y` to the south.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct TileId {
    z: u8,
    x: u32,
    y: u32,
}

/// What a tag of a feature says.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum TileValue<'a> {
    Text(&'a str),
    Number(i64),
    Flag(bool),
}

/// A tag: its key and what it says.
pub type TileTag<'a> = (&'a str, TileValue<'a>);

/// A tile under construction: layers of features.
#[derive(Debug)]
pub struct Tile {
    id: TileId,
    writer: TileWriter,
}

impl TileId {
    /// The tile, if the world map has it at this zoom.
    pub fn new(z: u32, x: u32, y: u32) -> Option<Self> {
        let z = u8::try_from(z).ok().filter(|z| *z <= TILE_ZOOM_MAX)?;
        let side = 1u32 << z;
        (x < side && y < side).then_some(Self { z, x, y })
    }

    /// The tile a place lies in; none beyond the edge of the map, near the poles.
    pub fn of(point: Point, z: u8) -> Option<Self> {
        let (x, y) = mercator(point)?;
        let side = f64::from(1u32 << z.min(TILE_ZOOM_MAX));
        let cell = |share: f64| (share * side).clamp(0.0, side - 1.0) as u32;
        Self::new(u32::from(z), cell(x), cell(y))
    }

    pub const fn zoom(self) -> u8 {
        self.z
    }

    /// The ground it covers, with the buffer around it: what lies outside is not in the tile.
    pub fn bbox(self) -> Bbox {
        let side = f64::from(1u32 << self.z);
        let buffer = BUFFER as f64 / TILE_EXTENT as f64;
        let lon = |x: f64| (x / side * 360.0 - 180.0).clamp(-180.0, 180.0);
        let lat = |y: f64| (PI * (1.0 - 2.0 * y / side)).sinh().atan().to_degrees();
        let (x, y) = (f64::from(self.x), f64::from(self.y));
        Bbox {
            west: lon(x - buffer),
            south: lat(y + 1.0 + buffer),
            east: lon(x + 1.0 + buffer),
            north: lat(y - buffer),
        }
    }

    /// A place in units of the whole map at this zoom.
    fn units(self, point: Point) -> Option<Corner> {
        let (x, y) = mercator(point)?;
        let wide = (TILE_EXTENT << self.z) as f64;
        Some(Corner { x: (x * wide).round() as i64, y: (y * wide).round() as i64 })
    }

    /// The same, seen from the tile's north-west corner.
    fn inside(self, at: Corner) -> Corner {
        Corner { x: at.x - i64::from(self.x) * TILE_EXTENT, y: at.y - i64::from(self.y) * TILE_EXTENT }
    }
}

/// A place on the square map of the world, each side from 0 to 1; none where the map has ended.
pub fn mercator(point: Point) -> Option<(f64, f64)> {
    if !(-LAT_MAX..=LAT_MAX).contains(&point.lat()) {
        return None;
    }
    let sin = point.lat().to_radians().sin();
    let y = 0.5 - ((1.0 + sin) / (1.0 - sin)).ln() / (4.0 * PI);
    Some((point.lon() / 360.0 + 0.5, y.clamp(0.0, 1.0)))
}

/// The place at a point of the square map: the way back of [`mercator`].
pub fn from_mercator(x: f64, y: f64) -> Point {
    let lat = (PI * (1.0 - 2.0 * y.clamp(0.0, 1.0))).sinh().atan().to_degrees();
    Point::raw(x.clamp(0.0, 1.0) * 360.0 - 180.0, lat)
}

impl Tile {
    pub fn new(id: TileId) -> Self {
        Self { id, writer: TileWriter::default() }
    }

    /// Begins a layer; features belong to the last one begun.
    pub fn layer(&mut self, name: &str) {
        self.writer.layer(name);
    }

    /// Adds an area. What lies outside, or is smaller than a pixel can show, leaves nothing.
    pub fn add_area(&mut self, boundary: &Boundary, tags: &[TileTag<'_>]) {
        if !self.id.bbox().intersects(&boundary.bbox()) {
            return;
        }
        let mut rings: Vec<Vec<Corner>> = Vec::new();
        for polygon in boundary.shape() {
            for (n, line) in rings_of(polygon).enumerate() {
                match self.ring(line, n == 0) {
                    Some(ring) => rings.push(ring),
                    // Without its outer ring a polygon has no holes either.
                    None if n == 0 => break,
                    None => {}
                }
            }
        }
        if !rings.is_empty() {
            self.writer.area(&rings, tags);
        }
    }

    /// Adds a place; one outside of the tile leaves nothing.
    pub fn add_point(&mut self, point: Point, tags: &[TileTag<'_>]) {
        let Some(at) = self.id.units(point).map(|at| self.id.inside(at)) else { return };
        let kept = -BUFFER..TILE_EXTENT + BUFFER;
        if kept.contains(&at.x) && kept.contains(&at.y) {
            self.writer.point(at, tags);
        }
    }

    /// The tile's bytes; none where there is nothing in it.
    pub fn into_bytes(self) -> Vec<u8> {
        self.writer.into_bytes()
    }

    /// A ring on the lattice, cut to the tile, turned as the format asks: outer rings clockwise on the screen, holes against.
    fn ring(&self, line: &LineString<f64>, is_outer: bool) -> Option<Vec<Corner>> {
        let laid = line.coords().filter_map(|c| self.id.units(Point::raw(c.x, c.y)));
        let mut corners: Vec<Corner> = laid.map(|at| self.id.inside(lay(at))).collect();
        corners.dedup();
        let mut ring = clip_ring(corners, -BUFFER, TILE_EXTENT + BUFFER);
        let area2 = ring_area2(&ring);
        if ring.len() < 3 || area2 == 0 {
            return None;
        }
        if (area2 > 0) != is_outer {
            ring.reverse();
        }
        Some(ring)
    }
}

/// The nearest point of the lattice all tiles of a zoom share.
fn lay(at: Corner) -> Corner {
    let near = |v: i64| (v + LATTICE / 2).div_euclid(LATTICE) * LATTICE;
    Corner { x: near(at.x), y: near(at.y) }
}

#[cfg(test)]
#[path = "tile_tests.rs"]
mod tests;
