//! Parts fill their parent exactly, are connected and balanced, whatever the outline's shape.

use std::collections::HashMap;
use std::path::PathBuf;
use std::time::Instant;

use geo::{
    Boundary, CoordinateSystem, Frame, PARTITION_BALANCE_MAX, Part, Share, partition, partition_hierarchy,
};
use proptest::prelude::*;

use crate::{point, rectangle};

type Corner = (i64, i64);

/// Corners of the only ring in 1e-7 degrees.
fn corners(boundary: &Boundary) -> Vec<Corner> {
    assert_eq!(boundary.shape().0.len(), 1, "one polygon");
    assert!(boundary.shape().0[0].interiors().is_empty(), "no hole");
    let whole = |degrees: f64| (degrees * 1e7).round() as i64;
    boundary.vertices().map(|p| (whole(p.lon()), whole(p.lat()))).collect()
}

/// Twice the area in exact integers; positive as rings are counter-clockwise.
fn exact_area(corners: &[Corner]) -> i128 {
    let cross = |pair: &[Corner]| {
        i128::from(pair[0].0) * i128::from(pair[1].1) - i128::from(pair[1].0) * i128::from(pair[0].1)
    };
    corners.windows(2).map(cross).sum()
}

/// Every edge of a part is either the reverse of one neighbour's edge or an edge of the parent, and areas add up: so
/// there is neither gap nor overlap, in exact arithmetic.
fn assert_fills(parent: &Boundary, parts: &[Boundary]) {
    let mut open: HashMap<(Corner, Corner), i32> = HashMap::new();
    let mut area = 0;
    for part in parts {
        let ring = corners(part);
        area += exact_area(&ring);
        for pair in ring.windows(2) {
            *open.entry((pair[0], pair[1])).or_default() += 1;
        }
    }
    for pair in corners(parent).windows(2) {
        *open.entry((pair[1], pair[0])).or_default() += 1;
    }
    for ((from, to), count) in &open {
        assert_eq!(*count, 1, "edge {from:?} {to:?}");
        assert_eq!(open.get(&(*to, *from)), Some(&1), "edge {from:?} {to:?} has no other side");
    }
    assert_eq!(area, exact_area(&corners(parent)));
}

fn assert_balanced(outline: &Boundary, parts: &[Boundary], weights: &[f64]) {
    let (area, weight) = (outline.area_square_metres(), weights.iter().sum::<f64>());
    for (part, own) in parts.iter().zip(weights) {
        let off = part.area_square_metres() / area / (own / weight) - 1.0;
        assert!(off.abs() < PARTITION_BALANCE_MAX, "{off} off its share");
    }
}

fn assert_divides(outline: &Boundary, weights: &[f64]) {
    let parts = partition(outline, weights).expect("parts");
    assert_eq!(parts.len(), weights.len());
    let tree = partition_hierarchy(outline, &Share::Split(weights.iter().map(|w| Share::Leaf(*w)).collect()));
    assert_fills(&tree.expect("the same").boundary, &parts);
    assert_balanced(outline, &parts, weights);
}

/// A file of the demo district, in the repository.
fn demo_file(name: &str) -> String {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../catalog/demo").join(name);
    std::fs::read_to_string(file).expect("a file of the demo")
}

/// The schematic outline that the demo divides.
pub fn demo_outline() -> Boundary {
    let text = demo_file("outline.geojson");
    geo::read_features(text.as_bytes(), CoordinateSystem::Wgs84).expect("an outline").remove(0).boundary
}

/// The three levels of the demo: a nine-digit code opens a part, a twelve-digit code below it says in how many it is
/// divided.
pub fn demo_share() -> Share {
    let mut tops: Vec<Vec<Share>> = Vec::new();
    for line in demo_file("areas.csv").lines() {
        let fields: Vec<&str> = line.split(',').collect();
        match fields[0].len() {
            9 => tops.push(Vec::new()),
            12 => {
                let leaves = fields[4].parse().expect("a count");
                tops.last_mut().expect("a part above").push(Share::Split(vec![Share::Leaf(400.0); leaves]));
            }
            _ => {}
        }
    }
    Share::Split(tops.into_iter().map(Share::Split).collect())
}

fn boundaries(parts: &[Part]) -> Vec<Boundary> {
    parts.iter().map(|part| part.boundary.clone()).collect()
}

#[test]
fn three_levels_fill_each_other_exactly() {
    let start = Instant::now();
    let tree = partition_hierarchy(&demo_outline(), &demo_share()).expect("a partition");
    println!("232 parts took {:?}", start.elapsed());
    assert!(start.elapsed().as_secs() < 10);
    assert_fills(&tree.boundary, &boundaries(&tree.parts));
    let mut leaves = Vec::new();
    for top in &tree.parts {
        assert_fills(&top.boundary, &boundaries(&top.parts));
        for middle in &top.parts {
            assert_fills(&middle.boundary, &boundaries(&middle.parts));
            leaves.extend(boundaries(&middle.parts));
        }
    }
    assert_eq!(leaves.len(), 232);
    assert_fills(&tree.boundary, &leaves);
    assert_balanced(&tree.boundary, &leaves, &vec![1.0; 232]);
    assert_eq!(partition_hierarchy(&demo_outline(), &demo_share()), Ok(tree), "the same again");
    if let Some(file) = option_env!("GEO_PICTURE") {
        std::fs::write(file, picture(&leaves)).expect("a picture");
    }
}

/// For looking at: `GEO_PICTURE=/tmp/parts.svg cargo nextest run … three_levels`.
fn picture(parts: &[Boundary]) -> String {
    let bbox = parts.iter().map(Boundary::bbox).reduce(geo::Bbox::join).expect("parts");
    let frame = Frame::fit(bbox, 1000.0, 5.0);
    let paths: String =
        parts.iter().map(|part| format!("<path d='{}'/>", geo::svg_path(part, &frame, 0))).collect();
    println!("{} bytes of paths", paths.len());
    format!(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='{}' fill='#eee' stroke='#333'>{paths}</svg>",
        frame.view_box()
    )
}

#[test]
fn weights_are_kept() {
    let square = rectangle(113.0, 28.0, 113.1, 28.1);
    assert_divides(&square, &[1.0]);
    assert_divides(&square, &[1.0, 1.0]);
    assert_divides(&square, &[1.0, 20.0, 3.0, 5.0]);
    assert_divides(&square, &[360.0, 440.0, 401.0, 399.0, 420.0, 380.0, 400.0]);
    assert_divides(&square, &vec![1.0; 64]);
}

#[test]
fn awkward_outlines_are_divided() {
    let shape = |corners: &[(f64, f64)]| {
        let corners: Vec<_> =
            corners.iter().map(|(x, y)| point(113.0 + x / 100.0, 28.0 + y / 100.0)).collect();
        Boundary::from_ring(&corners).expect("a ring")
    };
    let horseshoe =
        shape(&[(0., 0.), (9., 0.), (9., 10.), (6., 10.), (6., 3.), (3., 3.), (3., 10.), (0., 10.)]);
    let cross = shape(&[
        (3., 0.),
        (4., 0.),
        (4., 3.),
        (7., 3.),
        (7., 4.),
        (4., 4.),
        (4., 7.),
        (3., 7.),
        (3., 4.),
        (0., 4.),
        (0., 3.),
        (3., 3.),
    ]);
    let comb = shape(&[
        (0., 0.),
        (10., 0.),
        (10., 5.),
        (9., 5.),
        (9., 1.),
        (7., 1.),
        (7., 5.),
        (6., 5.),
        (6., 1.),
        (4., 1.),
        (4., 5.),
        (3., 5.),
        (3., 1.),
        (1., 1.),
        (1., 5.),
        (0., 5.),
    ]);
    let triangle = shape(&[(0., 0.), (10., 0.), (0., 1.)]);
    for (name, outline) in
        [("horseshoe", horseshoe), ("cross", cross), ("comb", comb), ("triangle", triangle)]
    {
        for count in [2, 3, 5, 7, 12, 40] {
            println!("{name} in {count}");
            assert_divides(&outline, &vec![1.0; count]);
        }
    }
}

#[test]
fn what_cannot_be_divided_is_refused() {
    let square = rectangle(113.0, 28.0, 113.1, 28.1);
    let refused =
        |outline: &Boundary, weights: &[f64]| partition(outline, weights).expect_err("a refusal").code();
    assert_eq!(refused(&square, &[]), "geo.cannot_divide");
    assert_eq!(refused(&square, &[1.0, 0.0]), "geo.cannot_divide");
    assert_eq!(refused(&square, &[1.0, f64::NAN]), "geo.cannot_divide");
    assert_eq!(refused(&square, &vec![1.0; 30_000]), "geo.cannot_divide");
    let two = serde_json::json!({"type": "MultiPolygon", "coordinates": [
        [[[113.0, 28.0], [113.1, 28.0], [113.0, 28.1], [113.0, 28.0]]],
        [[[113.2, 28.0], [113.3, 28.0], [113.2, 28.1], [113.2, 28.0]]]]});
    let two = Boundary::from_geojson(&two, CoordinateSystem::Wgs84).expect("two triangles");
    assert_eq!(refused(&two, &[1.0, 1.0]), "geo.cannot_divide");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Star-shaped outlines with deep bays.
    #[test]
    fn any_star_is_divided(
        radii in prop::collection::vec(2.0..10.0f64, 5..24),
        weights in prop::collection::vec(1.0..5.0f64, 1..14),
    ) {
        let count = radii.len() as f64;
        let corner = |(n, radius): (usize, &f64)| {
            let angle = std::f64::consts::TAU * n as f64 / count;
            point(113.0 + radius / 100.0 * angle.cos(), 28.0 + radius / 100.0 * angle.sin())
        };
        let outline = Boundary::from_ring(&radii.iter().enumerate().map(corner).collect::<Vec<_>>()).expect("a ring");
        assert_divides(&outline, &weights);
    }
}
