//! The boundary of an area: one or more polygons in WGS-84, with its box, size, label place and GeoJSON form.

use geo_algorithms::{Area, GeodesicArea, InteriorPoint, Intersects, MapCoords, Orient, SimplifyVwPreserve};
use geo_types::{Coord, LineString, MultiPolygon, Polygon};
use geojson::{Geometry, GeometryValue, Position};
use serde::{Deserialize, Serialize};

use crate::plane::Plane;
use crate::{CoordinateSystem, GeoError, Point};

/// Points in one boundary or one file, all rings together. The most detailed boundary of a Chinese district has a few
/// thousand; what has more is a mistake of an export and would only slow every check.
pub const VERTICES_MAX: usize = 200_000;

/// Decimals of degrees kept in GeoJSON: a centimetre.
const GEOJSON_DECIMALS: u32 = 7;

/// A box in WGS-84 degrees, edges included.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bbox {
    pub west: f64,
    pub south: f64,
    pub east: f64,
    pub north: f64,
}

impl Bbox {
    /// The smallest box around all points, or none without points.
    pub fn of(points: impl IntoIterator<Item = Point>) -> Option<Self> {
        points.into_iter().map(Self::single).reduce(Self::join)
    }

    fn single(point: Point) -> Self {
        Self { west: point.lon(), south: point.lat(), east: point.lon(), north: point.lat() }
    }

    /// A box that holds every place within `metres` of `centre`: the first, indexable part of a search near by. What is
    /// in its corners is farther away; `distance_metres` decides.
    pub fn around(centre: Point, metres: f64) -> Self {
        // The shortest degree of a meridian (110 574 m, at the equator) makes the box too large rather than too small.
        const METRES_PER_DEGREE_MIN: f64 = 110_574.0;
        let tall = metres.max(0.0) / METRES_PER_DEGREE_MIN;
        let widest_lat = (centre.lat().abs() + tall).min(89.9);
        let wide = tall / widest_lat.to_radians().cos();
        Self {
            west: (centre.lon() - wide).max(-180.0),
            south: (centre.lat() - tall).max(-90.0),
            east: (centre.lon() + wide).min(180.0),
            north: (centre.lat() + tall).min(90.0),
        }
    }

    /// The smallest box around both.
    pub fn join(self, other: Self) -> Self {
        Self {
            west: self.west.min(other.west),
            south: self.south.min(other.south),
            east: self.east.max(other.east),
            north: self.north.max(other.north),
        }
    }

    pub fn contains(&self, point: Point) -> bool {
        (self.west..=self.east).contains(&point.lon()) && (self.south..=self.north).contains(&point.lat())
    }

    pub fn intersects(&self, other: &Self) -> bool {
        self.west <= other.east
            && other.west <= self.east
            && self.south <= other.north
            && other.south <= self.north
    }

    pub fn centre(&self) -> Point {
        Point::raw((self.west + self.east) / 2.0, (self.south + self.north) / 2.0)
    }
}

/// The boundary of an area. Rings are closed, outer rings counter-clockwise, holes clockwise (RFC 7946); every point is
/// a valid `Point`. Whether rings cross themselves or each other is asked of `check_boundary`, not promised here, so
/// that a bad file can be explained with a place instead of refused with a word.
#[derive(Debug, Clone, PartialEq)]
pub struct Boundary {
    shape: MultiPolygon<f64>,
    bbox: Bbox,
}

impl Boundary {
    /// From WGS-84 polygons. Refuses impossible points, rings without area of their own, and too many vertices.
    pub fn new(shape: MultiPolygon<f64>) -> Result<Self, GeoError> {
        let found = vertices(&shape).count();
        if found > VERTICES_MAX {
            return Err(GeoError::TooManyVertices { found, max: VERTICES_MAX });
        }
        let polygons: Vec<_> = shape.into_iter().map(tidy_polygon).collect::<Result<_, _>>()?;
        let shape = MultiPolygon(polygons).orient(geo_algorithms::orient::Direction::Default);
        let bbox = Bbox::of(vertices(&shape)).ok_or(GeoError::NoAreas)?;
        Ok(Self { shape, bbox })
    }

    /// One polygon without holes from its corners, in either direction, closed or not.
    pub fn from_ring(corners: &[Point]) -> Result<Self, GeoError> {
        let ring: LineString<f64> = corners.iter().map(|p| Coord { x: p.lon(), y: p.lat() }).collect();
        Self::new(MultiPolygon(vec![Polygon::new(ring, vec![])]))
    }

    /// From a GeoJSON geometry (Polygon or MultiPolygon) whose numbers are in `system`.
    pub fn from_geojson(geometry: &serde_json::Value, system: CoordinateSystem) -> Result<Self, GeoError> {
        let geometry = Geometry::deserialize(geometry)
            .map_err(|error| GeoError::NotGeoJson { detail: error.to_string() })?;
        Self::from_geometry(&geometry, system)
    }

    pub(crate) fn from_geometry(geometry: &Geometry, system: CoordinateSystem) -> Result<Self, GeoError> {
        let polygons = match &geometry.value {
            GeometryValue::Polygon { coordinates } => std::slice::from_ref(coordinates),
            GeometryValue::MultiPolygon { coordinates } => coordinates.as_slice(),
            other => return Err(GeoError::NotAnArea { found: other.type_name().into() }),
        };
        let shape = polygons.iter().map(|rings| read_polygon(rings, system)).collect::<Result<_, _>>()?;
        Self::new(MultiPolygon(shape))
    }

    /// The GeoJSON geometry, always a MultiPolygon in WGS-84 with seven decimals.
    pub fn to_geojson(&self) -> serde_json::Value {
        self.to_geojson_in(CoordinateSystem::Wgs84)
    }

    /// The GeoJSON geometry with numbers in `system`, for an export that asks for it.
    pub fn to_geojson_in(&self, system: CoordinateSystem) -> serde_json::Value {
        let position = |c: Coord<f64>| {
            let point = system.from_wgs84(Point::raw(c.x, c.y)).round(GEOJSON_DECIMALS);
            [point.lon(), point.lat()]
        };
        let ring = |line: &LineString<f64>| line.coords().map(|c| position(*c)).collect::<Vec<_>>();
        let rings = |polygon: &Polygon<f64>| {
            std::iter::once(polygon.exterior()).chain(polygon.interiors()).map(ring).collect::<Vec<_>>()
        };
        let coordinates: Vec<_> = self.shape.iter().map(rings).collect();
        serde_json::json!({ "type": "MultiPolygon", "coordinates": coordinates })
    }

    /// The polygons in WGS-84 degrees.
    pub fn shape(&self) -> &MultiPolygon<f64> {
        &self.shape
    }

    /// The box around it.
    pub fn bbox(&self) -> Bbox {
        self.bbox
    }

    /// All corners of all rings; the first of each ring comes again as its last.
    pub fn vertices(&self) -> impl Iterator<Item = Point> + '_ {
        vertices(&self.shape)
    }

    /// Whether the point is inside or on the border. For many questions use `AreaIndex`.
    pub fn contains(&self, point: Point) -> bool {
        self.bbox.contains(point) && self.shape.intersects(&Coord { x: point.lon(), y: point.lat() })
    }

    /// The size on the WGS-84 ellipsoid in square metres (Karney's geodesic area).
    pub fn area_square_metres(&self) -> f64 {
        self.shape.iter().map(GeodesicArea::geodesic_area_unsigned).sum()
    }

    /// A place for the name, always inside, in the middle of the largest polygon where its shape allows.
    pub fn label_point(&self) -> Point {
        let largest = self.shape.iter().max_by(|a, b| a.unsigned_area().total_cmp(&b.unsigned_area()));
        match largest.and_then(InteriorPoint::interior_point) {
            Some(inside) => Point::raw(inside.x(), inside.y()),
            None => self.bbox.centre(),
        }
    }

    /// Fewer points for a small picture: drops corners that change the shape by less than a triangle of `metres` by
    /// `metres` (Visvalingam-Whyatt) and never makes a ring cross itself. Neighbours are simplified each by itself, so
    /// shared borders may part by about `metres`: for pictures only, never to be stored.
    pub fn simplify(&self, metres: f64) -> Self {
        let plane = Plane::of(self);
        let flat = plane.shape_metres(self).simplify_vw_preserve(metres * metres / 2.0);
        Self::new(flat.map_coords(|c| plane.degrees(c))).unwrap_or_else(|_| self.clone())
    }
}

fn vertices(shape: &MultiPolygon<f64>) -> impl Iterator<Item = Point> + '_ {
    shape.iter().flat_map(rings_of).flat_map(|ring| ring.coords()).map(|c| Point::raw(c.x, c.y))
}

/// The outer ring and then the holes.
pub(crate) fn rings_of(polygon: &Polygon<f64>) -> impl Iterator<Item = &LineString<f64>> {
    std::iter::once(polygon.exterior()).chain(polygon.interiors())
}

fn read_polygon(rings: &[Vec<Position>], system: CoordinateSystem) -> Result<Polygon<f64>, GeoError> {
    let mut lines =
        rings.iter().map(|ring| read_ring(ring, system)).collect::<Result<Vec<_>, _>>()?.into_iter();
    let outer = lines.next().ok_or(GeoError::RingTooShort)?;
    Ok(Polygon::new(outer, lines.collect()))
}

/// Heights (a third number) are allowed by GeoJSON and ignored.
fn read_ring(ring: &[Position], system: CoordinateSystem) -> Result<LineString<f64>, GeoError> {
    let read = |position: &Position| match position.as_slice() {
        [lon, lat, ..] => {
            let point = system.to_wgs84(Point::new(*lon, *lat)?);
            Ok(Coord { x: point.lon(), y: point.lat() })
        }
        _ => Err(GeoError::NotGeoJson { detail: "a position needs two numbers".into() }),
    };
    ring.iter().map(read).collect()
}

/// Drops repeated points and refuses rings of fewer than three corners.
fn tidy_polygon(polygon: Polygon<f64>) -> Result<Polygon<f64>, GeoError> {
    let (outer, holes) = polygon.into_inner();
    let holes = holes.into_iter().map(tidy_ring).collect::<Result<_, _>>()?;
    Ok(Polygon::new(tidy_ring(outer)?, holes))
}

fn tidy_ring(ring: LineString<f64>) -> Result<LineString<f64>, GeoError> {
    let mut corners = ring.into_inner();
    for corner in &corners {
        Point::new(corner.x, corner.y)?;
    }
    corners.dedup();
    if corners.len() > 1 && corners.first() == corners.last() {
        corners.pop();
    }
    if corners.len() < 3 {
        return Err(GeoError::RingTooShort);
    }
    Ok(LineString(corners))
}
