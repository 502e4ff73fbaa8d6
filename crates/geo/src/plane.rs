//! A local plane in metres around a place, so that areas and lengths of a city can be computed with plain geometry.
//! Over 50 km the error of a length stays below 0.5 %, and areas are compared only with areas of the same plane.

use geo_types::{Coord, MultiPolygon};

use geo_algorithms::MapCoords;

use crate::{Boundary, Point};

/// Axis-parallel plane: `x` metres east, `y` metres north of the origin.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plane {
    origin: Coord<f64>,
    metres_per_lon: f64,
    metres_per_lat: f64,
}

/// WGS-84 ellipsoid.
const AXIS_METRES: f64 = 6_378_137.0;
const ECCENTRICITY2: f64 = 0.006_694_379_990_141_3;

impl Plane {
    /// The plane that touches the ellipsoid at `origin`.
    pub fn at(origin: Point) -> Self {
        let lat = origin.lat().to_radians();
        let magic = 1.0 - ECCENTRICITY2 * lat.sin().powi(2);
        let meridian = AXIS_METRES * (1.0 - ECCENTRICITY2) / (magic * magic.sqrt());
        let parallel = AXIS_METRES / magic.sqrt() * lat.cos();
        Self {
            origin: Coord { x: origin.lon(), y: origin.lat() },
            // At a pole a degree of longitude has no length; a millimetre keeps the inverse finite.
            metres_per_lon: parallel.to_radians().max(0.001),
            metres_per_lat: meridian.to_radians(),
        }
    }

    /// The plane in the middle of a boundary.
    pub fn of(boundary: &Boundary) -> Self {
        Self::at(boundary.bbox().centre())
    }

    pub fn metres(&self, degrees: Coord<f64>) -> Coord<f64> {
        Coord {
            x: (degrees.x - self.origin.x) * self.metres_per_lon,
            y: (degrees.y - self.origin.y) * self.metres_per_lat,
        }
    }

    pub fn degrees(&self, metres: Coord<f64>) -> Coord<f64> {
        Coord {
            x: self.origin.x + metres.x / self.metres_per_lon,
            y: self.origin.y + metres.y / self.metres_per_lat,
        }
    }

    pub fn point(&self, metres: Coord<f64>) -> Point {
        let Coord { x, y } = self.degrees(metres);
        Point::raw(x, y)
    }

    pub fn shape_metres(&self, boundary: &Boundary) -> MultiPolygon<f64> {
        boundary.shape().map_coords(|c| self.metres(c))
    }
}
