//! The coordinate reference systems of the layers: one set of numbers, two orders of its axes.

/// A system a client may ask for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum Crs {
    /// WGS-84, longitude first: the standard's own.
    #[default]
    Crs84,
    /// CGCS2000, latitude first.
    Epsg4490,
    /// WGS-84, latitude first.
    Epsg4326,
}

impl Crs {
    pub(super) const ALL: [Self; 3] = [Self::Crs84, Self::Epsg4490, Self::Epsg4326];

    pub(super) const fn uri(self) -> &'static str {
        match self {
            Self::Crs84 => "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
            Self::Epsg4490 => "http://www.opengis.net/def/crs/EPSG/0/4490",
            Self::Epsg4326 => "http://www.opengis.net/def/crs/EPSG/0/4326",
        }
    }

    pub(super) fn parse(uri: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|crs| crs.uri() == uri)
    }

    /// Longitude and latitude in the order of the system's axes.
    pub(super) fn position(self, lon: f64, lat: f64) -> [f64; 2] {
        if self == Self::Crs84 { [lon, lat] } else { [lat, lon] }
    }

    /// The corners of a box (two positions) as west, south, east, north.
    pub(super) fn bbox(self, [a, b, c, d]: [f64; 4]) -> [f64; 4] {
        if self == Self::Crs84 { [a, b, c, d] } else { [b, a, d, c] }
    }
}
