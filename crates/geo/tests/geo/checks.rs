//! What is wrong between boundaries is found, with its place and size; what is right gives no finding.

use std::time::Instant;

use geo::{Boundary, CoordinateSystem, Finding, FindingKind::*, Severity, check_boundary, check_partition};
use proptest::prelude::*;
use serde_json::json;

use crate::partition::{demo_outline, demo_share};
use crate::{point, rectangle};

fn shape(coordinates: serde_json::Value) -> Boundary {
    let geometry = json!({"type": "Polygon", "coordinates": coordinates});
    Boundary::from_geojson(&geometry, CoordinateSystem::Wgs84).expect("a polygon")
}

fn summary(findings: &[Finding]) -> Vec<(geo::FindingKind, Severity, String)> {
    findings.iter().map(|f| (f.kind, f.severity, f.areas.join("+"))).collect()
}

#[test]
fn a_sound_partition_has_no_findings() {
    let (west, east) = (rectangle(113.0, 28.0, 113.05, 28.1), rectangle(113.05, 28.0, 113.1, 28.1));
    let parent = rectangle(113.0, 28.0, 113.1, 28.1);
    assert_eq!(check_partition(Some(&parent), &[("west", &west), ("east", &east)]), []);
    assert_eq!(check_partition(None, &[("west", &west), ("east", &east)]), []);
    assert_eq!(check_partition(Some(&parent), &[]), []);
}

#[test]
fn a_bow_tie_is_found_where_it_crosses() {
    let bow_tie = shape(json!([[[113.0, 28.0], [113.1, 28.1], [113.1, 28.0], [113.0, 28.1], [113.0, 28.0]]]));
    let findings = check_boundary("J001", &bow_tie);
    assert_eq!(summary(&findings), [(SelfIntersection, Severity::Error, "J001".into())]);
    assert!(geo::distance_metres(findings[0].place, point(113.05, 28.05)) < 1.0, "{:?}", findings[0].place);
    let spike = shape(json!([[
        [113.0, 28.0],
        [113.1, 28.0],
        [113.2, 28.0],
        [113.1, 28.0],
        [113.1, 28.1],
        [113.0, 28.0]
    ]]));
    assert_eq!(summary(&check_boundary("a", &spike)), [(SelfIntersection, Severity::Error, "a".into())]);
    let touching = shape(json!([[
        [113.0, 28.0],
        [113.1, 28.0],
        [113.05, 28.05],
        [113.1, 28.1],
        [113.0, 28.1],
        [113.05, 28.05],
        [113.0, 28.0]
    ]]));
    assert_eq!(summary(&check_boundary("a", &touching)), [(SelfIntersection, Severity::Warning, "a".into())]);
    assert_eq!(check_boundary("a", &rectangle(113.0, 28.0, 113.1, 28.1)), []);
}

#[test]
fn overlap_gap_and_outside_are_measured() {
    let parent = rectangle(113.0, 28.0, 113.1, 28.1);
    let west = rectangle(113.0, 28.0, 113.05, 28.1);
    let middle = rectangle(113.049, 28.0, 113.08, 28.1);
    let east = rectangle(113.09, 28.0, 113.101, 28.1);
    let findings = check_partition(Some(&parent), &[("west", &west), ("middle", &middle), ("east", &east)]);
    assert_eq!(
        summary(&findings),
        [
            (Overlap, Severity::Error, "middle+west".into()),
            (Gap, Severity::Error, "east+middle".into()),
            (Outside, Severity::Error, "east".into()),
        ]
    );
    // A thousandth of a degree is 98.3 m wide here, a tenth 11,083 m tall.
    let near = |m2: f64, expected: f64| (m2 / expected - 1.0).abs() < 0.005;
    assert!(near(findings[0].square_metres, 98.3 * 11_083.0), "{}", findings[0].square_metres);
    assert!(near(findings[1].square_metres, 983.0 * 11_083.0), "{}", findings[1].square_metres);
    assert!(near(findings[2].square_metres, 98.3 * 11_083.0), "{}", findings[2].square_metres);
    assert!(findings.iter().all(|f| f.place.lat() > 28.0 && f.place.lat() < 28.1));
    assert!(findings[0].en().starts_with("middle and west overlap by 10"), "{}", findings[0].en());
    assert!(findings[1].zh().contains("不属于任何区域"), "{}", findings[1].zh());
    assert_eq!(findings[2].code(), "geo.outside");
}

#[test]
fn small_differences_are_warnings_or_nothing() {
    let parent = rectangle(113.0, 28.0, 113.1, 28.1);
    let check = |east_of: f64| {
        let west = rectangle(113.0, 28.0, 113.05, 28.1);
        let east = rectangle(113.05 + east_of, 28.0, 113.1, 28.1);
        summary(&check_partition(Some(&parent), &[("w", &west), ("e", &east)]))
    };
    assert_eq!(check(1e-9), []);
    assert_eq!(check(5e-7), [(Gap, Severity::Warning, "e+w".into())], "5 cm along 11 km");
    assert_eq!(check(-5e-7), [(Overlap, Severity::Warning, "e+w".into())]);
    assert_eq!(check(2e-6), [(Gap, Severity::Error, "e+w".into())]);
}

#[test]
fn holes_are_told_from_enclaves() {
    let outer = json!([[113.0, 28.0], [113.1, 28.0], [113.1, 28.1], [113.0, 28.1], [113.0, 28.0]]);
    let hole = json!([[113.04, 28.04], [113.04, 28.06], [113.06, 28.06], [113.06, 28.04], [113.04, 28.04]]);
    let donut = shape(json!([outer, hole]));
    let middle = rectangle(113.04, 28.04, 113.06, 28.06);
    let parent = rectangle(113.0, 28.0, 113.1, 28.1);
    for parent in [Some(&parent), None] {
        let open = check_partition(parent, &[("donut", &donut)]);
        assert_eq!(summary(&open), [(Hole, Severity::Error, "donut".into())]);
        let filled = check_partition(parent, &[("donut", &donut), ("middle", &middle)]);
        assert_eq!(summary(&filled), [(Hole, Severity::Warning, "donut".into())]);
    }
}

#[test]
fn an_area_given_twice_and_an_empty_parent_are_found() {
    let square = rectangle(113.0, 28.0, 113.1, 28.1);
    assert_eq!(
        summary(&check_partition(Some(&square), &[("a", &square), ("b", &square)])),
        [(Overlap, Severity::Error, "a+b".into())]
    );
    let elsewhere = rectangle(114.0, 28.0, 114.1, 28.1);
    assert_eq!(
        summary(&check_partition(Some(&elsewhere), &[("a", &square)])),
        [(Gap, Severity::Error, String::new()), (Outside, Severity::Error, "a".into())]
    );
}

#[test]
fn the_whole_demo_partition_is_sound_and_checked_quickly() {
    let tree = geo::partition_hierarchy(&demo_outline(), &demo_share()).expect("a partition");
    let mut leaves = Vec::new();
    for middle in tree.parts.iter().flat_map(|top| &top.parts) {
        leaves.extend(middle.parts.iter().map(|leaf| &leaf.boundary));
    }
    let keys: Vec<String> = (0..leaves.len()).map(|n| format!("J{n:03}")).collect();
    let mut named: Vec<(&str, &Boundary)> =
        keys.iter().map(String::as_str).zip(leaves.iter().copied()).collect();
    let start = Instant::now();
    assert_eq!(check_partition(Some(&tree.boundary), &named), []);
    println!("232 areas checked in {:?}", start.elapsed());
    assert!(start.elapsed().as_secs() < 10);
    let missing = named.remove(100);
    let findings = check_partition(Some(&tree.boundary), &named);
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].kind, Gap);
    assert!((findings[0].square_metres / missing.1.area_square_metres() - 1.0).abs() < 0.005);
    assert!(missing.1.contains(findings[0].place) && findings[0].areas.len() >= 3, "{:?}", findings[0]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Scribbles of any kind, overlapping as they like: always an answer, with places on the ground concerned.
    #[test]
    fn scribbles_are_judged_not_crashed_on(
        corners in prop::collection::vec([0..20u8, 0..20u8], 6..40),
        ring in 3usize..9,
    ) {
        let at = |c: &[u8; 2]| point(113.0 + f64::from(c[0]) / 200.0, 28.0 + f64::from(c[1]) / 200.0);
        let rings = corners.chunks(ring).map(|chunk| Boundary::from_ring(&chunk.iter().map(at).collect::<Vec<_>>()));
        let areas: Vec<Boundary> = rings.filter_map(Result::ok).collect();
        let keys: Vec<String> = (0..areas.len()).map(|n| n.to_string()).collect();
        let named: Vec<(&str, &Boundary)> = keys.iter().map(String::as_str).zip(&areas).collect();
        let parent = rectangle(113.0, 28.0, 113.1, 28.1);
        for finding in check_partition(Some(&parent), &named) {
            prop_assert!(finding.square_metres >= 0.0);
            prop_assert!((112.999..113.101).contains(&finding.place.lon()), "{:?}", finding);
            prop_assert!(!finding.zh().is_empty() && !finding.en().is_empty());
        }
    }
}
