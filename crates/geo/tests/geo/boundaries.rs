//! Boundaries: reading, limits, sizes, storage and pictures.

use std::time::Instant;

use geo::{Bbox, Boundary, CoordinateSystem::*, FILE_BYTES_MAX, Frame, read_features, svg_path};
use proptest::prelude::*;
use serde_json::json;

use crate::{point, rectangle, sample};

fn refusal(text: &str) -> &'static str {
    read_features(text.as_bytes(), Wgs84).expect_err("a refusal").code()
}

#[test]
fn what_bad_files_get() {
    let feature = |geometry: &str| format!(r#"{{"type":"Feature","properties":{{}},"geometry":{geometry}}}"#);
    let polygon = |ring: &str| feature(&format!(r#"{{"type":"Polygon","coordinates":[{ring}]}}"#));
    assert_eq!(refusal(""), "geo.not_geojson");
    assert_eq!(refusal("code,name\n430204,石峰区"), "geo.not_geojson");
    assert_eq!(refusal(r#"{"type":"FeatureCollection","features":[]}"#), "geo.no_areas");
    assert_eq!(refusal(&feature("null")), "geo.not_an_area");
    assert_eq!(refusal(&feature(r#"{"type":"Point","coordinates":[113,28]}"#)), "geo.not_an_area");
    assert_eq!(refusal(&polygon("[[113,28],[114,28],[113,28]]")), "geo.ring_too_short");
    assert_eq!(refusal(&polygon("[[28,113],[28,114],[29,114],[28,113]]")), "geo.looks_swapped");
    assert_eq!(refusal(&polygon("[[113,28],[1140,28],[114,29],[113,28]]")), "geo.out_of_range");
    assert_eq!(refusal(&polygon("[[1e999,28],[114,28],[114,29],[113,28]]")), "geo.not_geojson");
    assert_eq!(refusal(&polygon(r#"[["113",28],[114,28],[114,29],[113,28]]"#)), "geo.not_geojson");
    assert_eq!(refusal(&polygon("[]")), "geo.ring_too_short");
    assert_eq!(refusal(&"[".repeat(100_000)), "geo.not_geojson");
    let broken = [b"{\"type\":\"".as_slice(), &[0xff, 0xfe], b"\"}"].concat();
    assert_eq!(read_features(&broken, Wgs84).expect_err("broken UTF-8").code(), "geo.not_geojson");
}

#[test]
fn a_refusal_names_the_area_in_both_languages() {
    let text = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"田心社区"},
        "geometry":{"type":"Polygon","coordinates":[[[28,113],[28,114],[29,114],[28,113]]]}}]}"#;
    let refusal = read_features(text.as_bytes(), Wgs84).expect_err("swapped");
    assert!(
        refusal.to_string().starts_with("Area 田心社区: Longitude 28, latitude 113 looks swapped"),
        "{refusal}"
    );
    assert!(refusal.zh().contains("田心社区") && refusal.zh().contains("写反"), "{}", refusal.zh());
}

#[test]
fn a_file_with_a_million_points_is_refused_quickly() {
    let ring: Vec<String> = (0..1_000_000).map(|n| format!("[113.{:06},27.{:06}]", n, n % 1000)).collect();
    let text = format!(r#"{{"type":"Polygon","coordinates":[[{}]]}}"#, ring.join(","));
    let start = Instant::now();
    let refusal = read_features(text.as_bytes(), Wgs84).expect_err("too many");
    assert!(start.elapsed().as_secs() < 5, "took {:?}", start.elapsed());
    assert!(matches!(refusal.code(), "geo.too_many_vertices"), "{refusal}");
    let blank = vec![b' '; FILE_BYTES_MAX + 1];
    assert_eq!(read_features(&blank, Wgs84).expect_err("too large").code(), "geo.file_too_large");
}

#[test]
fn a_file_names_its_system() {
    let file = |crs: &str| {
        json!({"type": "FeatureCollection", "crs": {"type": "name", "properties": {"name": crs}}, "features": [
            {"type": "Feature", "id": 7, "properties": {"name": "a"}, "geometry": rectangle(113.0, 27.0, 113.1, 27.1).to_geojson()},
        ]})
        .to_string()
    };
    let check = |crs: &str, declared| read_features(file(crs).as_bytes(), declared).map(|f| f[0].id.clone());
    assert_eq!(check("urn:ogc:def:crs:OGC:1.3:CRS84", Wgs84), Ok(Some("7".into())));
    assert_eq!(check("EPSG:4490", Wgs84), Ok(Some("7".into())));
    assert_eq!(check("EPSG:4326", Gcj02), Ok(Some("7".into())), "GIS programs label GCJ-02 files so");
    assert_eq!(check("GCJ-02", Wgs84).expect_err("conflict").code(), "geo.system_conflict");
    assert_eq!(check("EPSG:4547", Wgs84).expect_err("projected").code(), "geo.system_conflict");
}

#[test]
fn a_boundary_survives_geojson_wkb_and_conversion() {
    let donut = json!({"type": "MultiPolygon", "coordinates": [
        [[[113.0, 27.0], [113.2, 27.0], [113.2, 27.2], [113.0, 27.2], [113.0, 27.0]],
         [[113.05, 27.05], [113.1, 27.05], [113.1, 27.1], [113.05, 27.05]]],
        [[[113.3, 27.0], [113.4, 27.0, 55.0], [113.4, 27.1], [113.3, 27.0]]],
    ]});
    let boundary = Boundary::from_geojson(&donut, Wgs84).expect("a donut and a triangle");
    assert_eq!(Boundary::from_geojson(&boundary.to_geojson(), Wgs84), Ok(boundary.clone()));
    assert_eq!(Boundary::from_wkb(&boundary.to_wkb()), Ok(boundary.clone()));
    let in_gcj02 = boundary.to_geojson_in(Gcj02);
    let back = Boundary::from_geojson(&in_gcj02, Gcj02).expect("converted back");
    for (a, b) in back.vertices().zip(boundary.vertices()) {
        assert!((a.lon() - b.lon()).abs() < 1e-6 && (a.lat() - b.lat()).abs() < 1e-6, "{a} {b}");
    }
    assert!(boundary.contains(point(113.01, 27.01)) && boundary.contains(point(113.0, 27.0)));
    assert!(!boundary.contains(point(113.08, 27.06)), "in the hole");
    assert!(boundary.contains(boundary.label_point()));
}

proptest! {
    #[test]
    fn broken_bytes_never_make_a_boundary_or_a_panic(cut in 0usize..200, at in 0usize..200, value: u8) {
        let mut bytes = rectangle(113.0, 27.0, 113.1, 27.1).to_wkb();
        let at = at % bytes.len();
        bytes[at] = value;
        bytes.truncate(cut);
        let _ = Boundary::from_wkb(&bytes);
    }

    #[test]
    fn a_tap_comes_back_to_its_place(x in 0.0..1000.0f64, share in 0.0..1.0f64) {
        let frame = Frame::fit(Bbox { west: 113.03, south: 27.85, east: 113.25, north: 28.03 }, 1000.0, 10.0);
        let y = share * frame.height;
        let (again_x, again_y) = frame.to_view(frame.to_point(x, y).expect("on the map"));
        prop_assert!((again_x - x).abs() < 1e-6 && (again_y - y).abs() < 1e-6);
    }
}

#[test]
fn sizes_are_right() {
    // One hundredth of a degree each way at 28° north: 983 m by 1,108 m.
    let square = rectangle(113.0, 28.0, 113.01, 28.01);
    let area = square.area_square_metres();
    assert!((1_085_000.0..1_095_000.0).contains(&area), "{area} m²");
    assert_eq!(square.vertices().count(), 5);
    let clockwise = Boundary::from_ring(&[
        point(113.0, 28.0),
        point(113.0, 28.01),
        point(113.01, 28.01),
        point(113.01, 28.0),
    ]);
    assert_eq!(clockwise.expect("a square").area_square_metres(), area);
}

#[test]
fn the_real_outline_is_read() {
    let Some(text) = sample("territory/shifeng_430204.wgs84.geojson") else { return };
    let boundary = read_features(text.as_bytes(), Wgs84).expect("the outline").remove(0).boundary;
    let km2 = boundary.area_square_metres() / 1e6;
    assert!((150.0..300.0).contains(&km2), "{km2} km²");
    let simple = boundary.simplify(400.0);
    let change = (simple.area_square_metres() / boundary.area_square_metres() - 1.0).abs();
    assert!(
        simple.vertices().count() < 120 && change < 0.05,
        "{} points, {change}",
        simple.vertices().count()
    );
}

#[test]
fn pictures_are_short_and_right() {
    let square = rectangle(113.0, 28.0, 113.01, 28.01);
    let frame = Frame::fit(square.bbox(), 100.0, 0.0);
    assert_eq!(frame.view_box(), "0 0 100 113");
    assert_eq!(svg_path(&square, &frame, 0), "M0 113l100 0 0-113-100 0z");
    assert_eq!(svg_path(&square, &Frame::fit(rectangle(110.0, 25.0, 115.0, 30.0).bbox(), 100.0, 0.0), 0), "");
    assert_eq!(frame.to_point(101.0, 5.0).expect_err("beside").code(), "geo.not_on_map");
    assert_eq!(frame.to_point(f64::NAN, 5.0).expect_err("no number").code(), "geo.not_on_map");
}

#[test]
fn a_box_around_holds_all_places_near() {
    let centre = point(113.14, 27.93);
    let near = Bbox::around(centre, 500.0);
    assert!(near.contains(centre));
    for bearing in 0..360 {
        let angle = f64::from(bearing).to_radians();
        let at = point(113.14 + 499.0 / 98_300.0 * angle.cos(), 27.93 + 499.0 / 110_800.0 * angle.sin());
        assert!(near.contains(at), "{at}");
    }
    assert!(!near.contains(point(113.15, 27.93)));
}
