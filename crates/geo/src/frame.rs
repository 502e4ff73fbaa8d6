//! Outline maps as SVG: a frame that turns longitude and latitude into picture coordinates and a tap back into a place,
//! and boundaries as short `path` data.

use std::fmt::Write;

use serde::{Deserialize, Serialize};

use crate::boundary::rings_of;
use crate::{Bbox, Boundary, GeoError, Point};

/// A picture of a box of the ground: `viewBox="0 0 width height"`, x to the east, y to the south, equal scale in both.
/// Small enough to travel in a page, so that the browser and the server turn a tap into the same place.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Frame {
    pub width: f64,
    pub height: f64,
    /// Longitude of x = 0.
    west: f64,
    /// Latitude of y = 0.
    north: f64,
    units_per_lon: f64,
    units_per_lat: f64,
}

impl Frame {
    /// The frame of `bbox` at the given width in picture units with `margin` units on each side; the height follows.
    pub fn fit(bbox: Bbox, width: f64, margin: f64) -> Self {
        const DEGREES_MIN: f64 = 1e-6;
        let wide = (bbox.east - bbox.west).max(DEGREES_MIN);
        let tall = (bbox.north - bbox.south).max(DEGREES_MIN);
        let units_per_lon = (width - 2.0 * margin).max(1.0) / wide;
        let units_per_lat = units_per_lon / bbox.centre().lat().to_radians().cos().max(0.01);
        Self {
            width,
            height: (tall * units_per_lat + 2.0 * margin).round(),
            west: bbox.west - margin / units_per_lon,
            north: bbox.north + margin / units_per_lat,
            units_per_lon,
            units_per_lat,
        }
    }

    /// Where a place is in the picture; outside of 0..width, 0..height if it is not shown.
    pub fn to_view(&self, point: Point) -> (f64, f64) {
        ((point.lon() - self.west) * self.units_per_lon, (self.north - point.lat()) * self.units_per_lat)
    }

    /// The place under a tap at picture coordinates. Refuses what is not on the picture.
    pub fn to_point(&self, x: f64, y: f64) -> Result<Point, GeoError> {
        if !(0.0..=self.width).contains(&x) || !(0.0..=self.height).contains(&y) {
            return Err(GeoError::NotOnMap { x, y });
        }
        Point::new(self.west + x / self.units_per_lon, self.north - y / self.units_per_lat)
    }

    /// The `viewBox` attribute.
    pub fn view_box(&self) -> String {
        format!("0 0 {} {}", self.width, self.height)
    }
}

/// The boundary as SVG path data (`d`), relative moves, `decimals` digits after the point (0 with a frame a thousand
/// units wide is as exact as a phone's screen). Corners that fall together are dropped, so the text stays short. Holes
/// are rings of their own: fill with `fill-rule="evenodd"`.
pub fn svg_path(boundary: &Boundary, frame: &Frame, decimals: u32) -> String {
    let mut path = String::new();
    let factor = 10f64.powi(decimals as i32);
    for ring in boundary.shape().iter().flat_map(rings_of) {
        let mut corners: Vec<(i64, i64)> = Vec::with_capacity(ring.0.len());
        for corner in ring.coords() {
            let (x, y) = frame.to_view(Point::raw(corner.x, corner.y));
            corners.push(((x * factor).round() as i64, (y * factor).round() as i64));
        }
        corners.dedup();
        // `z` closes the ring; what shrinks below a triangle is not drawn.
        corners.pop();
        if corners.len() >= 3 {
            write_ring(&mut path, &corners, factor);
        }
    }
    path
}

fn write_ring(path: &mut String, corners: &[(i64, i64)], factor: f64) {
    let (x, y) = corners[0];
    // A move after `z` is relative to the last start; an absolute one is as short and reads alone.
    write_pair(path, 'M', x, y, factor);
    for (n, pair) in corners.windows(2).enumerate() {
        let (x, y) = (pair[1].0 - pair[0].0, pair[1].1 - pair[0].1);
        write_pair(path, if n == 0 { 'l' } else { ' ' }, x, y, factor);
    }
    path.push('z');
}

/// `-` separates as well as a space does.
fn write_pair(path: &mut String, lead: char, x: i64, y: i64, factor: f64) {
    if lead != ' ' || x >= 0 {
        path.push(lead);
    }
    let (x, y) = (x as f64 / factor, y as f64 / factor);
    let between = if y < 0.0 { "" } else { " " };
    let _ = write!(path, "{x}{between}{y}");
}
