//! Boundaries as bytes for storage: OGC well-known binary (little-endian, MultiPolygon), which PostGIS, QGIS and every
//! other tool of the trade can read.

use geo_types::{Coord, LineString, MultiPolygon, Polygon};

use crate::boundary::rings_of;
use crate::{Boundary, GeoError};

const LITTLE_ENDIAN: u8 = 1;
const POLYGON: u32 = 3;
const MULTI_POLYGON: u32 = 6;

impl Boundary {
    /// The boundary as WKB, 16 bytes a point.
    pub fn to_wkb(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(64 + self.vertices().count() * 16);
        write_head(&mut out, MULTI_POLYGON, self.shape().0.len());
        for polygon in self.shape() {
            write_head(&mut out, POLYGON, 1 + polygon.interiors().len());
            for ring in rings_of(polygon) {
                write_count(&mut out, ring.0.len());
                for corner in ring.coords() {
                    out.extend_from_slice(&corner.x.to_le_bytes());
                    out.extend_from_slice(&corner.y.to_le_bytes());
                }
            }
        }
        out
    }

    /// Reads what `to_wkb` wrote. Any other bytes are refused, whatever they say about their length.
    pub fn from_wkb(bytes: &[u8]) -> Result<Self, GeoError> {
        let mut reader = Reader { bytes };
        let polygons = reader.head(MULTI_POLYGON)?;
        let shape = (0..polygons).map(|_| reader.polygon()).collect::<Result<_, _>>()?;
        if !reader.bytes.is_empty() {
            return Err(GeoError::BadWkb { detail: "bytes follow the end" });
        }
        Self::new(MultiPolygon(shape))
    }
}

fn write_head(out: &mut Vec<u8>, kind: u32, count: usize) {
    out.push(LITTLE_ENDIAN);
    out.extend_from_slice(&kind.to_le_bytes());
    write_count(out, count);
}

/// A boundary has at most `VERTICES_MAX` points, so a count always fits.
fn write_count(out: &mut Vec<u8>, count: usize) {
    out.extend_from_slice(&(count as u32).to_le_bytes());
}

struct Reader<'a> {
    bytes: &'a [u8],
}

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], GeoError> {
        let (head, rest) =
            self.bytes.split_first_chunk::<N>().ok_or(GeoError::BadWkb { detail: "it ends early" })?;
        self.bytes = rest;
        Ok(*head)
    }

    fn count(&mut self) -> Result<u32, GeoError> {
        Ok(u32::from_le_bytes(self.take()?))
    }

    fn number(&mut self) -> Result<f64, GeoError> {
        Ok(f64::from_le_bytes(self.take()?))
    }

    fn head(&mut self, kind: u32) -> Result<u32, GeoError> {
        if self.take()? != [LITTLE_ENDIAN] {
            return Err(GeoError::BadWkb { detail: "only little-endian is written here" });
        }
        if self.count()? != kind {
            return Err(GeoError::BadWkb { detail: "it is not a MultiPolygon" });
        }
        self.count()
    }

    fn polygon(&mut self) -> Result<Polygon<f64>, GeoError> {
        let rings = self.head(POLYGON)?;
        let mut lines = (0..rings).map(|_| self.ring()).collect::<Result<Vec<_>, _>>()?.into_iter();
        let outer = lines.next().ok_or(GeoError::BadWkb { detail: "a polygon has no ring" })?;
        Ok(Polygon::new(outer, lines.collect()))
    }

    fn ring(&mut self) -> Result<LineString<f64>, GeoError> {
        let corners = self.count()?;
        (0..corners).map(|_| Ok(Coord { x: self.number()?, y: self.number()? })).collect()
    }
}
