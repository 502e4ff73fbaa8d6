//! The outline of some areas as a small picture: SVG paths in a frame, for the pages and for programs.

use super::{Area, AreaLevel};
use geo::{Bbox, Boundary, Frame, Point, distance_metres, svg_path};
use serde::Serialize;

/// The picture's width in its own units. Whole numbers of these are as exact as a phone's screen.
const WIDTH: f64 = 1000.0;
const MARGIN: f64 = 8.0;
/// Corners that change the picture by less than this many of its units are left out.
const THINNED_UNITS: f64 = 1.0;

/// Where a picture lies on the ground: `x = (lon - west) * per_lon`, `y = (north - lat) * per_lat`.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize, utoipa::ToSchema)]
pub struct PictureFrame {
    pub width: f64,
    pub height: f64,
    /// Longitude of x = 0 and latitude of y = 0.
    pub west: f64,
    pub north: f64,
    /// Units per degree.
    pub per_lon: f64,
    pub per_lat: f64,
}

impl PictureFrame {
    /// None where the frame reaches beyond the ground.
    pub fn of(frame: &Frame) -> Option<Self> {
        let (first, last) = (frame.to_point(0.0, 0.0).ok()?, frame.to_point(frame.width, frame.height).ok()?);
        Some(Self {
            width: frame.width,
            height: frame.height,
            west: first.lon(),
            north: first.lat(),
            per_lon: frame.width / (last.lon() - first.lon()),
            per_lat: frame.height / (first.lat() - last.lat()),
        })
    }
}

/// Areas in a frame.
#[derive(Clone, PartialEq, Debug, Default, Serialize, utoipa::ToSchema)]
pub struct Drawn {
    #[serde(flatten)]
    pub frame: PictureFrame,
    pub cells: Vec<DrawnCell>,
}

/// One area of the picture.
#[derive(Clone, PartialEq, Debug, Serialize, utoipa::ToSchema)]
pub struct DrawnCell {
    pub code: String,
    pub name: String,
    pub level: AreaLevel,
    /// SVG path data; fill with `fill-rule="evenodd"`.
    pub path: String,
    /// Where its label stands.
    pub x: f64,
    pub y: f64,
}

/// Draws the areas that have a boundary.
pub fn draw_areas(areas: &[&Area]) -> Drawn {
    let bounded: Vec<(&Area, &Boundary)> =
        areas.iter().filter_map(|area| Some((*area, &**area.boundary.as_ref()?))).collect();
    let Some(bbox) = bounded.iter().map(|(_, boundary)| boundary.bbox()).reduce(Bbox::join) else {
        return Drawn::default();
    };
    let frame = Frame::fit(bbox, WIDTH, MARGIN);
    let Some(picture) = PictureFrame::of(&frame) else { return Drawn::default() };
    let unit_metres = metres_across(bbox) / WIDTH;
    let cells =
        bounded.iter().map(|(area, boundary)| draw_cell(area, boundary, &frame, unit_metres)).collect();
    Drawn { frame: picture, cells }
}

fn metres_across(bbox: Bbox) -> f64 {
    let middle = bbox.centre().lat();
    match (Point::new(bbox.west, middle), Point::new(bbox.east, middle)) {
        (Ok(west), Ok(east)) => distance_metres(west, east),
        _ => 0.0,
    }
}

fn draw_cell(area: &Area, boundary: &Boundary, frame: &Frame, unit_metres: f64) -> DrawnCell {
    let path = svg_path(&boundary.simplify(THINNED_UNITS * unit_metres), frame, 0);
    let (x, y) = frame.to_view(boundary.label_point());
    DrawnCell {
        code: area.code.clone(),
        name: area.name.clone(),
        level: area.level,
        path,
        x: x.round(),
        y: y.round(),
    }
}
