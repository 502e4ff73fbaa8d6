//! The index finds what an exact test of every area finds, and one answer on every border.

use std::time::Instant;

use geo::{AreaIndex, Boundary};
use proptest::prelude::*;
use serde_json::json;

use crate::partition::{demo_outline, demo_share};
use crate::{point, rectangle};

/// Columns by rows of equal rectangles over one degree; key = row * columns + column.
fn chessboard(columns: usize, rows: usize) -> Vec<(usize, Boundary)> {
    let x = |n: usize| 113.0 + n as f64 / columns as f64;
    let y = |n: usize| 27.0 + n as f64 / rows as f64;
    (0..rows * columns)
        .map(|key| {
            let (row, column) = (key / columns, key % columns);
            (key, rectangle(x(column), y(row), x(column + 1), y(row + 1)))
        })
        .collect()
}

fn index(areas: &[(usize, Boundary)]) -> AreaIndex<usize> {
    AreaIndex::new(areas.iter().map(|(key, boundary)| (*key, boundary)))
}

/// The definition: of all areas that hold the point, the lowest key.
fn lowest(areas: &[(usize, Boundary)], at: geo::Point) -> Option<usize> {
    areas.iter().filter(|(_, boundary)| boundary.contains(at)).map(|(key, _)| *key).min()
}

#[test]
fn borders_and_corners_belong_to_the_lowest_key() {
    let areas = chessboard(3, 2);
    let found = index(&areas);
    let (third, half) = (113.0 + 1.0 / 3.0, 27.5);
    assert_eq!(found.find(point(third, 27.2)), Some(0));
    assert_eq!(found.find(point(third, half)), Some(0));
    assert_eq!(found.find(point(third + 1e-6, half)), Some(1));
    assert_eq!(found.find(point(113.9, half)), Some(2));
    assert_eq!(found.find(point(114.0, 28.0)), Some(5), "the outer corner belongs too");
    assert_eq!(found.find(point(114.0 + 1e-6, 28.0)), None);
    assert_eq!(found.find(point(-71.0, 42.0)), None);
    let mut reversed = areas.clone();
    reversed.reverse();
    assert_eq!(index(&reversed).find(point(third, half)), Some(0), "the order given does not matter");
    assert_eq!(AreaIndex::<u8>::new([]).find(point(113.0, 28.0)), None);
    assert!(AreaIndex::<u8>::new([]).is_empty() && found.len() == 6);
}

#[test]
fn holes_parts_and_overlaps() {
    let donut = json!({"type": "MultiPolygon", "coordinates": [
        [[[113.0, 27.0], [113.2, 27.0], [113.2, 27.2], [113.0, 27.2], [113.0, 27.0]],
         [[113.05, 27.05], [113.15, 27.05], [113.15, 27.15], [113.05, 27.15], [113.05, 27.05]]],
        [[[113.3, 27.0], [113.4, 27.0], [113.4, 27.1], [113.3, 27.0]]],
    ]});
    let donut = Boundary::from_geojson(&donut, geo::CoordinateSystem::Wgs84).expect("a donut");
    let hole = rectangle(113.05, 27.05, 113.15, 27.15);
    let wide = rectangle(113.18, 27.0, 113.35, 27.1);
    let found = AreaIndex::new([(2, &donut), (1, &hole), (3, &wide)]);
    assert_eq!(found.find(point(113.02, 27.02)), Some(2));
    assert_eq!(found.find(point(113.1, 27.1)), Some(1));
    assert_eq!(found.find(point(113.05, 27.1)), Some(1), "on the rim of the hole");
    assert_eq!(found.find(point(113.39, 27.05)), Some(2), "in the second part");
    assert_eq!(found.find(point(113.19, 27.05)), Some(2), "an overlap has the lowest key");
    assert_eq!(found.find(point(113.25, 27.05)), Some(3));
    assert_eq!(found.find(point(113.25, 27.15)), None);
}

#[test]
fn areas_far_apart_and_tiny_ones_are_found() {
    let tiny = rectangle(113.0, 27.0, 113.000_000_1, 27.000_000_1);
    let far = rectangle(-71.1, 42.3, -71.0, 42.4);
    let found = AreaIndex::new([("tiny", &tiny), ("far", &far)]);
    assert_eq!(found.find(point(113.000_000_05, 27.000_000_05)), Some("tiny"));
    assert_eq!(found.find(point(-71.05, 42.35)), Some("far"));
    assert_eq!(found.find(point(0.0, 30.0)), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Triangles anywhere, overlapping as they like.
    #[test]
    fn the_index_agrees_with_the_definition(
        corners in prop::collection::vec([113.0..113.2f64, 27.0..27.2f64], 3..30),
        asked in prop::collection::vec([112.99..113.21f64, 26.99..27.21f64], 50),
    ) {
        let areas: Vec<(usize, Boundary)> = corners
            .windows(3)
            .filter_map(|c| {
                Boundary::from_ring(&[point(c[0][0], c[0][1]), point(c[1][0], c[1][1]), point(c[2][0], c[2][1])]).ok()
            })
            .enumerate()
            .collect();
        let found = index(&areas);
        for at in asked.iter().map(|a| point(a[0], a[1])) {
            prop_assert_eq!(found.find(at), lowest(&areas, at), "{}", at);
        }
        for (key, boundary) in &areas {
            for at in boundary.vertices() {
                prop_assert!(found.find(at).is_some_and(|k| k <= *key), "corner {} of {}", at, key);
            }
        }
    }
}

/// Every corner and the middle of every edge of the demo's 232 areas has exactly one answer, the lowest key that touches
/// it, and every area is found where its name would stand.
#[test]
fn no_border_of_the_demo_is_without_an_answer() {
    let tree = geo::partition_hierarchy(&demo_outline(), &demo_share()).expect("a partition");
    let middles = tree.parts.into_iter().flat_map(|top| top.parts);
    let areas: Vec<(usize, Boundary)> =
        middles.flat_map(|middle| middle.parts).map(|leaf| leaf.boundary).enumerate().collect();
    let start = Instant::now();
    let found = index(&areas);
    println!("index of {} areas built in {:?}", found.len(), start.elapsed());
    for (key, boundary) in &areas {
        assert_eq!(found.find(boundary.label_point()), Some(*key));
        let corners: Vec<_> = boundary.vertices().collect();
        for pair in corners.windows(2) {
            let middle = point((pair[0].lon() + pair[1].lon()) / 2.0, (pair[0].lat() + pair[1].lat()) / 2.0);
            assert!(found.find(pair[0]).is_some_and(|k| k <= *key), "corner {} of {key}", pair[0]);
            assert!(found.find(middle).is_some_and(|k| k <= *key), "border {middle} of {key}");
        }
    }
}

/// Not a bench, only a guard against a slip into testing every area: 232 areas, 200,000 lookups, unoptimised.
#[test]
fn lookups_do_not_test_every_area() {
    let areas = chessboard(29, 8);
    let found = index(&areas);
    let start = Instant::now();
    let mut hits = 0;
    for n in 0..200_000u32 {
        let at = point(112.99 + f64::from(n % 1009) / 990.0, 26.99 + f64::from(n % 883) / 865.0);
        hits += usize::from(found.find(at).is_some());
    }
    println!("200,000 lookups took {:?}", start.elapsed());
    assert!(hits > 150_000, "{hits}");
    assert!(start.elapsed().as_secs() < 5, "{:?}", start.elapsed());
}
