//! Length and area of places. ODK XForms specification, "Geographic functions": on a sphere, without altitude.

/// Metres; the radius JavaRosa takes (WGS-84, equator).
const EARTH_RADIUS: f64 = 6_378_100.0;

/// Latitude and longitude in degrees.
pub(crate) type Point = (f64, f64);

/// The points of a geopoint, geotrace or geoshape; `None` where one of them is none.
pub(crate) fn parse_points(text: &str) -> Option<Vec<Point>> {
    let points = text.split(';').map(str::trim).filter(|point| !point.is_empty());
    points.map(parse_point).collect()
}

/// Latitude, longitude, and as they may: altitude and accuracy.
fn parse_point(text: &str) -> Option<Point> {
    let parts: Vec<f64> = text.split_ascii_whitespace().map(parse_part).collect::<Option<_>>()?;
    let &[latitude, longitude, ..] = parts.as_slice() else { return None };
    let on_earth = latitude.abs() <= 90.0 && longitude.abs() <= 180.0 && parts.len() <= 4;
    on_earth.then_some((latitude, longitude))
}

fn parse_part(text: &str) -> Option<f64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'));
    plain.then(|| text.parse().ok()).flatten()
}

/// Metres along the points.
pub(super) fn length(points: &[Point]) -> f64 {
    points.windows(2).map(|pair| between(pair[0], pair[1])).sum()
}

/// The haversine formula.
fn between((latitude, longitude): Point, (other_latitude, other_longitude): Point) -> f64 {
    let (from, to) = (latitude.to_radians(), other_latitude.to_radians());
    let half_north = ((to - from) / 2.0).sin();
    let half_east = ((other_longitude - longitude).to_radians() / 2.0).sin();
    let h = half_north * half_north + from.cos() * to.cos() * half_east * half_east;
    2.0 * EARTH_RADIUS * h.sqrt().min(1.0).asin()
}

/// Square metres within the points; the last is joined with the first.
pub(super) fn area(points: &[Point]) -> f64 {
    if points.len() < 3 {
        return 0.0;
    }
    let mut total = 0.0;
    for (index, (latitude, longitude)) in points.iter().enumerate() {
        let (other_latitude, other_longitude) = points[(index + 1) % points.len()];
        let east = (other_longitude - longitude).to_radians();
        total += east * (2.0 + latitude.to_radians().sin() + other_latitude.to_radians().sin());
    }
    (total * EARTH_RADIUS * EARTH_RADIUS / 2.0).abs()
}
