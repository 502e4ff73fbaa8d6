//! The tests of `geo` in one binary: a file per subject. What needs the large samples in `shared/data` is skipped with a
//! message where they are absent.

mod boundaries;
mod checks;
mod coordinates;
mod index;
mod partition;

use std::path::PathBuf;

/// The text of a sample file, or none with a message.
fn sample(path: &str) -> Option<String> {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(path);
    let text = std::fs::read_to_string(&file).ok();
    if text.is_none() {
        println!("skipped: sample data {path} is not here");
    }
    text
}

/// A rectangle from corner to corner, in degrees.
fn rectangle(west: f64, south: f64, east: f64, north: f64) -> geo::Boundary {
    let corner = |lon, lat| geo::Point::new(lon, lat).expect("a valid corner");
    geo::Boundary::from_ring(&[
        corner(west, south),
        corner(east, south),
        corner(east, north),
        corner(west, north),
    ])
    .expect("a valid rectangle")
}

fn point(lon: f64, lat: f64) -> geo::Point {
    geo::Point::new(lon, lat).expect("a valid point")
}
