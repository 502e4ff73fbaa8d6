//! The outline of areas as links in a page.

use crate::model::{AreaLevel, Snapshot};
use edge::Page;

/// Labels on the picture; with more cells they would cover each other.
const LABELS_MAX: usize = 16;
const LABEL_SIZE: f64 = 60.0;

/// As `templates/outline.html` expects it.
pub struct Outline {
    pub width: f64,
    pub height: f64,
    pub west: f64,
    pub north: f64,
    pub per_lon: f64,
    pub per_lat: f64,
    pub label_size: f64,
    pub label: String,
    pub cells: Vec<OutlineCell>,
}

pub struct OutlineCell {
    pub code: String,
    pub name: String,
    pub href: String,
    pub path: String,
    pub x: f64,
    pub y: f64,
    pub chosen: bool,
    pub short: String,
    pub tint: usize,
}

/// The quiet colours a group of areas may have.
const TINTS: usize = 5;

/// The colour of the group number `n`.
pub fn tint_of(n: usize) -> usize {
    n % TINTS
}

/// The areas of a level within a path, each leading to its page; none without boundaries.
pub fn outline_of(
    page: &Page,
    snapshot: &Snapshot,
    path: &str,
    level: AreaLevel,
    chosen: Option<&str>,
) -> Option<Outline> {
    let drawn = snapshot.drawn(path, level);
    if drawn.cells.is_empty() {
        return None;
    }
    // Areas of one subdistrict share a colour where several subdistricts are on the picture.
    let groups: Vec<&str> = snapshot.children(path).map(|area| area.code.as_str()).collect();
    let tint = |code: &str| {
        let parent = snapshot.by_code(code).and_then(|area| area.parent.as_deref());
        groups.iter().position(|group| parent == Some(*group)).map_or(0, tint_of)
    };
    let is_labelled = drawn.cells.len() <= LABELS_MAX;
    let cell = |cell: &crate::model::DrawnCell| OutlineCell {
        code: cell.code.clone(),
        name: cell.name.clone(),
        href: href_of(level, &cell.code),
        path: cell.path.clone(),
        x: cell.x,
        y: cell.y,
        chosen: chosen == Some(cell.code.as_str()),
        tint: tint(&cell.code),
        short: if is_labelled { short(level, &cell.code, &cell.name) } else { String::new() },
    };
    Some(Outline {
        width: drawn.frame.width,
        height: drawn.frame.height,
        west: round(drawn.frame.west, 7),
        north: round(drawn.frame.north, 7),
        per_lon: round(drawn.frame.per_lon, 4),
        per_lat: round(drawn.frame.per_lat, 4),
        label_size: LABEL_SIZE,
        label: page.tr("轮廓图", "Outline").to_owned(),
        cells: drawn.cells.iter().map(cell).collect(),
    })
}

/// Where an area's page is.
pub fn href_of(level: AreaLevel, code: &str) -> String {
    match level {
        AreaLevel::Grid => format!("/grids/{code}"),
        _ => format!("/grids?area={code}"),
    }
}

/// A grid by its number, a place by the first characters of its name.
fn short(level: AreaLevel, code: &str, name: &str) -> String {
    const CHARS_MAX: usize = 4;
    match level {
        AreaLevel::Grid => {
            let serial = code.get(13..).unwrap_or(code).trim_start_matches('0');
            if code.as_bytes().get(12) == Some(&b'Z') { format!("Z{serial}") } else { serial.to_owned() }
        }
        _ => name.trim_end_matches(['社', '区', '村']).chars().take(CHARS_MAX).collect(),
    }
}

fn round(value: f64, decimals: i32) -> f64 {
    let factor = 10f64.powi(decimals);
    (value * factor).round() / factor
}
