//! Conversions against published vectors, by round trip, and the detection of a wrong declaration.

use geo::{CoordinateSystem, CoordinateSystem::*, Point, distance_metres, likely_system};
use proptest::prelude::*;

use crate::{point, rectangle, sample};

fn degrees_apart(a: Point, b: Point) -> f64 {
    (a.lon() - b.lon()).abs().max((a.lat() - b.lat()).abs())
}

fn convert(from: CoordinateSystem, to: CoordinateSystem, at: Point) -> Point {
    to.from_wgs84(from.to_wgs84(at))
}

/// From the tests of eviltransform (Go), coordtransform and chncrs (npm), all MIT.
#[test]
fn published_vectors() {
    let check = |from, to, at: (f64, f64), expected: (f64, f64), tolerance: f64| {
        let got = convert(from, to, point(at.0, at.1));
        let apart = degrees_apart(got, point(expected.0, expected.1));
        assert!(apart <= tolerance, "{from} {at:?} became {to} {got:?}, {apart} degrees from {expected:?}");
    };
    check(Wgs84, Gcj02, (121.5272106, 31.1774276), (121.531541859215, 31.17530398364597), 1e-5);
    check(Gcj02, Wgs84, (121.531541859215, 31.17530398364597), (121.5272106, 31.1774276), 5e-6);
    check(Wgs84, Gcj02, (116.404, 39.915), (116.41024449916938, 39.91640428150164), 1e-9);
    check(Gcj02, Bd09, (116.404, 39.915), (116.41036949371029, 39.92133699351021), 1e-9);
    check(
        Gcj02,
        Bd09,
        (114.68837663801743, 33.63312016454496),
        (114.69490414027017, 33.639096507711685),
        1e-5,
    );
    check(Wgs84, Gcj02, (113.141998, 27.928496), (113.14782373375675, 27.92532651707769), 1e-9);
    check(Wgs84, Bd09, (113.141998, 27.928496), (113.15423757569101, 27.931594629877548), 1e-8);
    // Outside China nothing is shifted.
    check(Wgs84, Gcj02, (-71.06, 42.36), (-71.06, 42.36), 0.0);
    check(Wgs84, Cgcs2000, (113.141998, 27.928496), (113.141998, 27.928496), 0.0);
}

#[test]
fn all_sample_vectors() {
    let Some(text) = sample("coordinates/conversion_vectors.json") else { return };
    let file: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let pair = |value: &serde_json::Value| {
        point(value[0].as_f64().expect("a number"), value[1].as_f64().expect("a number"))
    };
    for vector in file["vectors"].as_array().expect("vectors") {
        let system = |key: &str| vector[key].as_str().expect("a name").parse().expect("a system");
        let got = convert(system("from"), system("to"), pair(&vector["input_lonlat"]));
        let number = |key: &str| vector[key].as_f64().unwrap_or(0.0);
        // Inverses published as one step of the iteration are off by what the file says, and BD-09's by a few metres.
        let one_step =
            if vector["from"] == "BD09" { 2e-5 } else { number("error_of_iterative_reference_deg") };
        let apart = degrees_apart(got, pair(&vector["expected_lonlat"]));
        assert!(apart <= number("tolerance_deg") + 1.01 * one_step, "{apart} degrees off: {vector}");
    }
    for place in file["shifeng"]["points"].as_array().expect("points") {
        let (wgs, gcj, bd) = (pair(&place["wgs84"]), pair(&place["gcj02"]), pair(&place["bd09"]));
        assert!(degrees_apart(Gcj02.from_wgs84(wgs), gcj) < 1e-9, "{place}");
        assert!(degrees_apart(Bd09.from_wgs84(wgs), bd) < 1e-8, "{place}");
        assert!(degrees_apart(Gcj02.to_wgs84(gcj), wgs) < 1e-9, "{place}");
    }
}

/// Positions of 664 cities from map services, which agree with the public algorithm to about 1e-4 degrees.
#[test]
fn cities_of_china() {
    let Some(text) = sample("coordinates/gcoord_china_cities.json") else { return };
    let file: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let cities = file["cities"].as_array().expect("cities");
    let mut agreeing = 0;
    for city in cities {
        let at = |key: &str| {
            let pair = &city["coords"][key];
            point(pair[0].as_f64().expect("a number"), pair[1].as_f64().expect("a number"))
        };
        assert!(degrees_apart(convert(Gcj02, Bd09, at("GCJ02")), at("BD09")) < 1e-5, "{city}");
        agreeing += usize::from(degrees_apart(Gcj02.from_wgs84(at("WGS84")), at("GCJ02")) < 1e-4);
    }
    assert!(agreeing * 100 >= cities.len() * 99, "only {agreeing} of {} agree", cities.len());
}

proptest! {
    #[test]
    fn round_trips_are_exact(lon in 73.1..135.9f64, lat in 3.1..53.9f64) {
        let at = point(lon, lat);
        for system in CoordinateSystem::ALL {
            let back = system.to_wgs84(system.from_wgs84(at));
            prop_assert!(degrees_apart(back, at) < 1e-7, "{system}: {at} came back as {back}");
        }
    }

    #[test]
    fn any_two_numbers_are_a_point_or_a_refusal(lon in any::<f64>(), lat in any::<f64>()) {
        if let Ok(at) = Point::new(lon, lat) {
            prop_assert!(at.lon().abs() <= 180.0 && at.lat().abs() <= 90.0);
        }
    }
}

#[test]
fn the_shift_at_shifeng_is_what_the_plan_says() {
    let at = point(113.142, 27.9285);
    let shifted = Gcj02.from_wgs84(at);
    let metres = distance_metres(at, shifted);
    assert!((600.0..750.0).contains(&metres), "{metres} m");
}

#[test]
fn distances_in_metres() {
    let check = |a: (f64, f64), b: (f64, f64), expected: f64| {
        let got = distance_metres(point(a.0, a.1), point(b.0, b.1));
        assert!((got - expected).abs() <= expected * 0.006 + 1e-9, "{got} instead of {expected}");
    };
    check((113.0, 27.9), (113.0, 27.9), 0.0);
    check((113.0, 27.0), (113.0, 28.0), 110_800.0);
    check((116.4074, 39.9042), (121.4737, 31.2304), 1_067_000.0);
    check((0.0, 0.0), (180.0, 0.0), 20_015_000.0);
}

#[test]
fn a_wrong_declaration_is_noticed() {
    let outline = rectangle(113.10, 27.90, 113.20, 28.00);
    let mut along_border: Vec<Point> =
        (0..=100).map(|n| point(113.10 + 0.001 * f64::from(n), 27.90)).collect();
    along_border.extend([point(113.2, 27.95), point(113.1, 27.99)]);
    let check = |meant: CoordinateSystem, declared| {
        let file: Vec<Point> = along_border.iter().map(|p| meant.from_wgs84(*p)).collect();
        likely_system(&file, declared, &outline)
    };
    assert_eq!(check(Wgs84, Wgs84), None);
    assert_eq!(check(Gcj02, Gcj02), None);
    assert_eq!(check(Gcj02, Wgs84), Some(Gcj02));
    assert_eq!(check(Wgs84, Gcj02), Some(Wgs84));
    assert_eq!(check(Wgs84, Cgcs2000), None);
    assert_eq!(check(Bd09, Gcj02), Some(Bd09));
    let inside: Vec<Point> = vec![point(113.15, 27.95)];
    assert_eq!(likely_system(&inside, Gcj02, &outline), None, "a point well inside says nothing");
    let abroad = vec![point(-71.06, 42.36)];
    assert_eq!(likely_system(&abroad, Gcj02, &outline), None, "no system brings Boston here");
}

#[test]
fn the_real_boundary_in_the_wrong_system_is_noticed() {
    let (Some(wgs84), Some(gcj02)) =
        (sample("territory/shifeng_430204.wgs84.geojson"), sample("territory/shifeng_430204.gcj02.geojson"))
    else {
        return;
    };
    let outline = geo::read_features(wgs84.as_bytes(), Wgs84).expect("the outline").remove(0).boundary;
    let raw = geo::read_features(gcj02.as_bytes(), Wgs84).expect("numbers as they are").remove(0).boundary;
    let points: Vec<Point> = raw.vertices().collect();
    assert_eq!(likely_system(&points, Wgs84, &outline), Some(Gcj02));
    assert_eq!(likely_system(&points, Gcj02, &outline), None);
}
