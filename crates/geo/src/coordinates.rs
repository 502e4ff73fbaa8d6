//! Points on the ground and the coordinate systems a Chinese file may use, converted both ways.
//!
//! WGS-84 and CGCS2000 differ by less than a metre and are treated as one. GCJ-02 shifts a point by up to some 700 m
//! (−348 m north, +574 m east at Shifeng) and BD-09 shifts it again: confusing them puts a point into the wrong area.
//! The constants are those of the public algorithm (Krasovsky 1940 ellipsoid), the same as in eviltransform and gcoord.

use std::f64::consts::PI;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::GeoError;

/// A place in WGS-84 degrees. Always finite, on Earth, and not obviously swapped.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "RawPoint")]
pub struct Point {
    lon: f64,
    lat: f64,
}

#[derive(Deserialize)]
struct RawPoint {
    lon: f64,
    lat: f64,
}

impl TryFrom<RawPoint> for Point {
    type Error = GeoError;
    fn try_from(raw: RawPoint) -> Result<Self, GeoError> {
        Self::new(raw.lon, raw.lat)
    }
}

impl Point {
    /// Longitude and latitude in degrees. Refuses what is not a number, not on Earth, or swapped: a "longitude" that is
    /// a latitude of China with a "latitude" that is a longitude of China. Nobody lives at the places this excludes
    /// (the Arctic Ocean north of Norway).
    pub fn new(lon: f64, lat: f64) -> Result<Self, GeoError> {
        if !lon.is_finite() || !lat.is_finite() {
            return Err(GeoError::NotFinite);
        }
        if (3.0..=54.0).contains(&lon) && (73.0..=136.0).contains(&lat) {
            return Err(GeoError::LooksSwapped { lon, lat });
        }
        if !(-180.0..=180.0).contains(&lon) || !(-90.0..=90.0).contains(&lat) {
            return Err(GeoError::OutOfRange { lon, lat });
        }
        Ok(Self { lon, lat })
    }

    /// A point computed from valid points, which cannot leave the valid range.
    pub(crate) const fn raw(lon: f64, lat: f64) -> Self {
        Self { lon, lat }
    }

    /// Longitude in degrees, east positive.
    pub const fn lon(self) -> f64 {
        self.lon
    }

    /// Latitude in degrees, north positive.
    pub const fn lat(self) -> f64 {
        self.lat
    }

    /// The same place with so many decimals: five keep a metre, seven a centimetre.
    pub fn round(self, decimals: u32) -> Self {
        let factor = 10f64.powi(decimals as i32);
        Self { lon: (self.lon * factor).round() / factor, lat: (self.lat * factor).round() / factor }
    }
}

/// Longitude, latitude with six decimals, as written in files and logs.
impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.6},{:.6}", self.lon, self.lat)
    }
}

/// Mean radius of the Earth (IUGG), for great-circle distances.
const EARTH_RADIUS_METRES: f64 = 6_371_008.8;

/// Distance over ground in metres (haversine, error below 0.6 %).
pub fn distance_metres(a: Point, b: Point) -> f64 {
    let (lat_a, lat_b) = (a.lat.to_radians(), b.lat.to_radians());
    let half_lat = ((lat_b - lat_a) / 2.0).sin();
    let half_lon = ((b.lon - a.lon).to_radians() / 2.0).sin();
    let chord = half_lat * half_lat + lat_a.cos() * lat_b.cos() * half_lon * half_lon;
    2.0 * EARTH_RADIUS_METRES * chord.sqrt().min(1.0).asin()
}

/// The coordinate system a file or a caller declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum CoordinateSystem {
    /// GPS; what everything inside is in.
    #[serde(rename = "WGS-84")]
    Wgs84,
    /// The national system of China (GB 22021); equal to WGS-84 here (difference below a metre).
    #[serde(rename = "CGCS2000")]
    Cgcs2000,
    /// The shifted system of Chinese web maps (高德, 腾讯).
    #[serde(rename = "GCJ-02")]
    Gcj02,
    /// Baidu's, GCJ-02 shifted again.
    #[serde(rename = "BD-09")]
    Bd09,
}

impl CoordinateSystem {
    /// All systems, in the order they are offered.
    pub const ALL: [Self; 4] = [Self::Wgs84, Self::Cgcs2000, Self::Gcj02, Self::Bd09];

    /// The name people write, e.g. `GCJ-02`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wgs84 => "WGS-84",
            Self::Cgcs2000 => "CGCS2000",
            Self::Gcj02 => "GCJ-02",
            Self::Bd09 => "BD-09",
        }
    }

    /// From this system to WGS-84. The inverse of GCJ-02 and BD-09 is iterated until it is exact to 1e-9 degrees.
    pub fn to_wgs84(self, point: Point) -> Point {
        match self {
            Self::Wgs84 | Self::Cgcs2000 => point,
            Self::Gcj02 => gcj02_to_wgs84(point),
            Self::Bd09 => gcj02_to_wgs84(bd09_to_gcj02(point)),
        }
    }

    /// From WGS-84 to this system.
    pub fn from_wgs84(self, point: Point) -> Point {
        match self {
            Self::Wgs84 | Self::Cgcs2000 => point,
            Self::Gcj02 => wgs84_to_gcj02(point),
            Self::Bd09 => gcj02_to_bd09(wgs84_to_gcj02(point)),
        }
    }
}

impl fmt::Display for CoordinateSystem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Accepts the names and numbers seen in files: `WGS84`, `EPSG:4326`, `CRS84`, `CGCS2000`, `EPSG:4490`, `GCJ-02`,
/// `火星坐标`, `BD09`, `百度坐标`…, whatever the case and punctuation.
impl FromStr for CoordinateSystem {
    type Err = GeoError;
    fn from_str(text: &str) -> Result<Self, GeoError> {
        let name: String =
            text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        match name.trim_start_matches("urnogcdefcrs") {
            "wgs84" | "epsg4326" | "4326" | "crs84" | "ogccrs84" | "ogc13crs84" | "gps" => Ok(Self::Wgs84),
            "cgcs2000" | "epsg4490" | "4490" | "国家2000" | "2000国家大地坐标系" => {
                Ok(Self::Cgcs2000)
            }
            "gcj02" | "gcj" | "火星坐标" | "火星坐标系" | "高德" | "腾讯" | "amap" => {
                Ok(Self::Gcj02)
            }
            "bd09" | "bd09ll" | "bd" | "百度" | "百度坐标" | "百度坐标系" | "baidu" => {
                Ok(Self::Bd09)
            }
            _ => Err(GeoError::UnknownSystem { name: text.chars().take(60).collect() }),
        }
    }
}

/// Outside this box the public algorithm leaves coordinates as they are.
fn is_shifted(point: Point) -> bool {
    (72.004..=137.8347).contains(&point.lon) && (0.8293..=55.8271).contains(&point.lat)
}

const KRASOVSKY_AXIS_METRES: f64 = 6_378_245.0;
const KRASOVSKY_ECCENTRICITY2: f64 = 0.006_693_421_622_965_943;

fn wgs84_to_gcj02(point: Point) -> Point {
    if !is_shifted(point) {
        return point;
    }
    let (x, y) = (point.lon - 105.0, point.lat - 35.0);
    let lat_rad = point.lat.to_radians();
    let magic = 1.0 - KRASOVSKY_ECCENTRICITY2 * lat_rad.sin().powi(2);
    let meridian = KRASOVSKY_AXIS_METRES * (1.0 - KRASOVSKY_ECCENTRICITY2) / (magic * magic.sqrt());
    let parallel = KRASOVSKY_AXIS_METRES / magic.sqrt() * lat_rad.cos();
    Point {
        lon: point.lon + (shift_east(x, y) / parallel).to_degrees(),
        lat: point.lat + (shift_north(x, y) / meridian).to_degrees(),
    }
}

/// The shift to the north in metres, `x` and `y` being degrees from 105°E 35°N.
fn shift_north(x: f64, y: f64) -> f64 {
    -100.0
        + 2.0 * x
        + 3.0 * y
        + 0.2 * y * y
        + 0.1 * x * y
        + 0.2 * x.abs().sqrt()
        + wave(x)
        + (20.0 * (y * PI).sin() + 40.0 * (y / 3.0 * PI).sin()) * 2.0 / 3.0
        + (160.0 * (y / 12.0 * PI).sin() + 320.0 * (y * PI / 30.0).sin()) * 2.0 / 3.0
}

/// The shift to the east in metres.
fn shift_east(x: f64, y: f64) -> f64 {
    300.0
        + x
        + 2.0 * y
        + 0.1 * x * x
        + 0.1 * x * y
        + 0.1 * x.abs().sqrt()
        + wave(x)
        + (20.0 * (x * PI).sin() + 40.0 * (x / 3.0 * PI).sin()) * 2.0 / 3.0
        + (150.0 * (x / 12.0 * PI).sin() + 300.0 * (x / 30.0 * PI).sin()) * 2.0 / 3.0
}

fn wave(x: f64) -> f64 {
    (20.0 * (6.0 * x * PI).sin() + 20.0 * (2.0 * x * PI).sin()) * 2.0 / 3.0
}

const BAIDU_WAVE: f64 = PI * 3000.0 / 180.0;

fn gcj02_to_bd09(point: Point) -> Point {
    let (x, y) = (point.lon, point.lat);
    let radius = x.hypot(y) + 0.000_02 * (y * BAIDU_WAVE).sin();
    let angle = y.atan2(x) + 0.000_003 * (x * BAIDU_WAVE).cos();
    Point { lon: radius * angle.cos() + 0.0065, lat: radius * angle.sin() + 0.006 }
}

fn gcj02_to_wgs84(point: Point) -> Point {
    if is_shifted(point) { invert(point, wgs84_to_gcj02) } else { point }
}

fn bd09_to_gcj02(point: Point) -> Point {
    invert(point, gcj02_to_bd09)
}

/// Finds what `forward` maps to `target`. The shifts change slowly, so subtracting the remaining error converges by
/// a factor of a hundred or more a step; the bound on steps only guards against numbers far outside.
fn invert(target: Point, forward: impl Fn(Point) -> Point) -> Point {
    const STEPS_MAX: usize = 20;
    const EXACT_DEGREES: f64 = 1e-10;
    let mut guess = target;
    for _ in 0..STEPS_MAX {
        let reached = forward(guess);
        let (east, north) = (target.lon - reached.lon, target.lat - reached.lat);
        guess = Point { lon: guess.lon + east, lat: guess.lat + north };
        if east.abs() < EXACT_DEGREES && north.abs() < EXACT_DEGREES {
            break;
        }
    }
    guess
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_checked_as_a_table() {
        let check = |lon: f64, lat: f64| Point::new(lon, lat).map_err(|e| e.code()).err();
        assert_eq!(check(113.14, 27.93), None);
        assert_eq!(check(-71.06, 42.36), None, "Boston is on Earth");
        assert_eq!(check(2.35, 48.85), None, "Paris is not swapped");
        assert_eq!(check(27.93, 113.14), Some("geo.looks_swapped"));
        assert_eq!(check(48.85, 75.0), Some("geo.looks_swapped"));
        assert_eq!(check(181.0, 10.0), Some("geo.out_of_range"));
        assert_eq!(check(113.0, -90.5), Some("geo.out_of_range"));
        assert_eq!(check(f64::NAN, 1.0), Some("geo.not_finite"));
        assert_eq!(check(113.0, f64::INFINITY), Some("geo.not_finite"));
    }

    #[test]
    fn names_of_systems_as_files_write_them() {
        let check = |text: &str| text.parse::<CoordinateSystem>().ok();
        for text in
            ["WGS-84", "wgs84", "EPSG:4326", "urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:EPSG::4326"]
        {
            assert_eq!(check(text), Some(CoordinateSystem::Wgs84), "{text}");
        }
        assert_eq!(check("CGCS2000"), Some(CoordinateSystem::Cgcs2000));
        assert_eq!(check("EPSG:4490"), Some(CoordinateSystem::Cgcs2000));
        assert_eq!(check("gcj-02"), Some(CoordinateSystem::Gcj02));
        assert_eq!(check("火星坐标系"), Some(CoordinateSystem::Gcj02));
        assert_eq!(check("BD_09"), Some(CoordinateSystem::Bd09));
        assert_eq!(check("EPSG:4547"), None);
        assert_eq!(check(""), None);
        for system in CoordinateSystem::ALL {
            assert_eq!(check(system.name()), Some(system));
        }
    }

    #[test]
    fn points_keep_their_rules_in_json() {
        let point: Point = serde_json::from_str(r#"{"lon":113.14,"lat":27.93}"#).expect("a valid point");
        assert_eq!(serde_json::to_string(&point).expect("JSON"), r#"{"lon":113.14,"lat":27.93}"#);
        let swapped = serde_json::from_str::<Point>(r#"{"lon":27.93,"lat":113.14}"#).expect_err("swapped");
        assert!(swapped.to_string().contains("looks swapped"), "{swapped}");
    }
}
