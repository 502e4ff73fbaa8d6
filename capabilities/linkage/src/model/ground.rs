//! The ground an outage concerns: a shape within the district that can be told to people and to other systems.

use crate::error::LinkageError;
use geo::{Boundary, CoordinateSystem, FindingKind, GeoError, Severity};
use serde_json::Value;

/// Corners of all rings together: more is a mistake of a drawing program.
pub(crate) const CORNERS_MAX: usize = 500;
/// Parts of one announcement.
const PARTS_MAX: usize = 20;

/// Reads a shape and refuses by name what cannot be meant: no polygon, holes, too many corners or parts, crossing itself, reaching out
/// of the district.
///
/// # Errors
/// `linkage.ground_…`, with the place where it can be told.
pub(crate) fn read_ground(geometry: &Value, district: Option<&Boundary>) -> Result<Boundary, LinkageError> {
    let ground = Boundary::from_geojson(geometry, CoordinateSystem::Wgs84).map_err(|e| unreadable(&e))?;
    let corners = ground.shape().iter().map(|part| part.exterior().0.len().saturating_sub(1)).sum::<usize>();
    if corners > CORNERS_MAX {
        return Err(refuse(
            "linkage.ground_too_many_corners",
            format!("范围最多 {CORNERS_MAX} 个角点，现在有 {corners} 个，请画简单一些。"),
            format!("At most {CORNERS_MAX} corners; there are {corners}. Draw it more simply."),
        ));
    }
    let parts = ground.shape().0.len();
    if parts > PARTS_MAX || ground.shape().iter().any(|part| !part.interiors().is_empty()) {
        return Err(refuse(
            "linkage.ground_has_holes",
            format!("范围不能有空洞，最多 {PARTS_MAX} 块。"),
            format!("The ground has no holes, and at most {PARTS_MAX} parts."),
        ));
    }
    check_crossing(&ground)?;
    check_inside(&ground, district)?;
    Ok(ground)
}

fn check_crossing(ground: &Boundary) -> Result<(), LinkageError> {
    let crossing = geo::check_boundary("", ground).into_iter().find(|one| one.severity == Severity::Error);
    let Some(one) = crossing else { return Ok(()) };
    let (lon, lat) = (one.place.lon(), one.place.lat());
    Err(refuse(
        "linkage.ground_crosses_itself",
        format!("范围的边线自相交（{lon:.5}, {lat:.5} 附近），请重画。"),
        format!("The border crosses itself (near {lon:.5}, {lat:.5}): draw it again."),
    ))
}

fn check_inside(ground: &Boundary, district: Option<&Boundary>) -> Result<(), LinkageError> {
    let Some(district) = district else { return Ok(()) };
    let findings = geo::check_partition(Some(district), &[("", ground)]);
    let Some(one) = findings.into_iter().find(|one| one.kind == FindingKind::Outside) else { return Ok(()) };
    let (lon, lat) = (one.place.lon(), one.place.lat());
    Err(refuse(
        "linkage.ground_outside_district",
        format!("范围有一部分在本区之外（{lon:.5}, {lat:.5} 附近）。坐标要用 WGS-84，不是高德、百度的。"),
        format!("Part of it lies outside of the district (near {lon:.5}, {lat:.5}). Coordinates are WGS-84."),
    ))
}

fn unreadable(error: &GeoError) -> LinkageError {
    refuse(
        "linkage.ground_unreadable",
        format!("范围读不懂，要用 GeoJSON 的 Polygon 或 MultiPolygon：{error}"),
        format!("The ground must be a GeoJSON Polygon or MultiPolygon: {error}"),
    )
}

fn refuse(code: &'static str, zh: String, en: String) -> LinkageError {
    LinkageError::invalid("extent.ground", code, zh, en)
}

/// The rings of a shape, closed, as longitude and latitude.
pub(crate) fn rings(ground: &Boundary) -> Vec<Vec<(f64, f64)>> {
    ground.shape().iter().map(|part| part.exterior().coords().map(|c| (c.x, c.y)).collect()).collect()
}

#[cfg(test)]
mod tests {
    //! What ground is refused, and by which name.
    use super::{CORNERS_MAX, read_ground};
    use crate::error::LinkageError;
    use geo::{Boundary, Point};
    use serde_json::{Value, json};

    fn district() -> Boundary {
        let at = |lon, lat| Point::new(lon, lat).expect("a point");
        Boundary::from_ring(&[at(113.10, 27.86), at(113.14, 27.86), at(113.14, 27.90), at(113.10, 27.90)])
            .expect("a square")
    }

    fn polygon(ring: Value) -> Value {
        json!({ "type": "Polygon", "coordinates": [ring] })
    }

    fn square(west: f64, south: f64, size: f64) -> Value {
        let (east, north) = (west + size, south + size);
        json!([[west, south], [east, south], [east, north], [west, north], [west, south]])
    }

    #[test]
    fn ground_that_cannot_be_meant_is_refused_by_name() {
        let circle = |n: usize| -> Value {
            let at = |i: usize| {
                let angle = i as f64 / n as f64 * std::f64::consts::TAU;
                json!([113.12 + 0.01 * angle.cos(), 27.88 + 0.01 * angle.sin()])
            };
            (0..=n).map(|i| at(i % n)).collect()
        };
        let bow =
            json!([[113.11, 27.87], [113.13, 27.89], [113.13, 27.87], [113.11, 27.89], [113.11, 27.87]]);
        let holed = json!({ "type": "Polygon", "coordinates": [square(113.11, 27.87, 0.02), square(113.115, 27.875, 0.005)] });
        let rows = [
            (polygon(square(113.11, 27.87, 0.01)), None),
            // The whole district is within the district.
            (polygon(square(113.10, 27.86, 0.04)), None),
            (polygon(circle(CORNERS_MAX)), None),
            (polygon(circle(CORNERS_MAX + 1)), Some("linkage.ground_too_many_corners")),
            (polygon(bow), Some("linkage.ground_crosses_itself")),
            (holed, Some("linkage.ground_has_holes")),
            (polygon(square(113.13, 27.87, 0.02)), Some("linkage.ground_outside_district")),
            (polygon(square(120.0, 30.0, 0.02)), Some("linkage.ground_outside_district")),
            (polygon(json!([[113.11, 27.87], [113.12, 27.87]])), Some("linkage.ground_unreadable")),
            (
                polygon(json!([[413.11, 27.87], [113.12, 27.87], [113.12, 27.88]])),
                Some("linkage.ground_unreadable"),
            ),
            (json!({ "type": "Point", "coordinates": [113.11, 27.87] }), Some("linkage.ground_unreadable")),
            (json!("polygon"), Some("linkage.ground_unreadable")),
        ];
        for (geometry, expected) in rows {
            let found = read_ground(&geometry, Some(&district())).err();
            let code = found.map(|e| match e {
                LinkageError::Invalid { code, field, .. } => {
                    assert_eq!(field, "extent.ground");
                    code
                }
                other => panic!("{other}"),
            });
            assert_eq!(code, expected, "{geometry}");
        }
    }
}
