//! How the areas of a checked file differ from those in force, as a picture and as figures, before anything takes effect.

use crate::TerritoryError;
use crate::commands::ImportReport;
use crate::model::{Area, AreaDraft, AreaLevel, FileOptions, PictureFrame, Snapshot, read_file};
use geo::{Bbox, Boundary, Frame, Point, svg_path};
use platform::Fault;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Changed areas drawn; a file with more shows these and says how many it has.
const CELLS_MAX: usize = 600;
/// Areas around them that stay as they are.
const AROUND_MAX: usize = 600;
const WIDTH: f64 = 1000.0;
const MARGIN: f64 = 24.0;

/// The changes in one frame; paths are SVG path data, to be filled with `fill-rule="evenodd"`.
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
pub struct ChangesDrawn {
    /// Where a finding lies on the picture.
    #[serde(flatten)]
    pub frame: PictureFrame,
    /// Where the ground differs: left, top, width and height on the picture. A moved corner of a large area would else hardly be seen.
    pub focus: [f64; 4],
    /// New, renewed and ended areas.
    pub cells: Vec<ChangeDrawn>,
    /// Areas beside them that stay as they are.
    pub around: Vec<AroundDrawn>,
    /// Changes left out of the picture: too many, or without a boundary.
    pub left_out: usize,
}

/// One area that would change.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ChangeDrawn {
    pub code: String,
    /// `added`, `renewed`, `ended`
    pub change: String,
    pub level: AreaLevel,
    pub old_name: Option<String>,
    pub new_name: Option<String>,
    pub old_path: Option<String>,
    pub new_path: Option<String>,
    pub old_square_metres: Option<f64>,
    pub new_square_metres: Option<f64>,
    pub old_households: Option<u32>,
    pub new_households: Option<u32>,
    /// Where its label stands.
    pub x: f64,
    pub y: f64,
}

/// An area that stays.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct AroundDrawn {
    pub code: String,
    pub name: String,
    pub path: String,
}

/// An area before and after.
struct Pair<'a> {
    code: &'a str,
    change: &'static str,
    old: Option<&'a Area>,
    new: Option<&'a AreaDraft>,
}

impl<'a> Pair<'a> {
    fn old_ground(&self) -> Option<&'a Boundary> {
        self.old?.boundary.as_deref()
    }

    /// A draft without a boundary keeps the one there is; what ends has none.
    fn new_ground(&self) -> Option<&'a Boundary> {
        self.new?.boundary.as_deref().or_else(|| self.old_ground())
    }

    fn level(&self) -> AreaLevel {
        self.new.map(|n| n.level).or_else(|| self.old.map(|o| o.level)).unwrap_or(AreaLevel::Grid)
    }
}

/// Reads the file again and draws what the report says would change, on a thread of its own.
pub(super) async fn draw(
    bytes: Vec<u8>,
    file: FileOptions,
    standing: Arc<Snapshot>,
    report: &ImportReport,
) -> Result<ChangesDrawn, TerritoryError> {
    let report = report.clone();
    let work = move || {
        let drafts = read_file(&bytes, file)?.areas;
        Ok(draw_changes(&standing, &drafts, &report))
    };
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|e| Fault::broken("drawing changes broke off").because(e))?
}

fn draw_changes(standing: &Snapshot, drafts: &[AreaDraft], report: &ImportReport) -> ChangesDrawn {
    let drafted: BTreeMap<&str, &AreaDraft> = drafts.iter().map(|d| (d.code.as_str(), d)).collect();
    let kinds = [("added", &report.added), ("renewed", &report.renewed), ("ended", &report.ended)];
    let pairs: Vec<Pair> = kinds
        .into_iter()
        .flat_map(|(change, codes)| codes.iter().map(move |code| (change, code.as_str())))
        .map(|(change, code)| Pair {
            code,
            change,
            old: standing.by_code(code),
            new: drafted.get(code).copied().filter(|_| change != "ended"),
        })
        .collect();
    let grounds = |pair: &Pair| {
        [pair.old_ground(), pair.new_ground()].into_iter().flatten().map(Boundary::bbox).collect::<Vec<_>>()
    };
    let Some(bbox) = pairs.iter().flat_map(grounds).reduce(Bbox::join) else {
        return ChangesDrawn { left_out: pairs.len(), ..ChangesDrawn::default() };
    };
    let frame = Frame::fit(bbox, WIDTH, MARGIN);
    let bounded: Vec<&Pair> =
        pairs.iter().filter(|p| p.old_ground().or(p.new_ground()).is_some()).take(CELLS_MAX).collect();
    let Some(picture) = PictureFrame::of(&frame) else {
        return ChangesDrawn { left_out: pairs.len(), ..ChangesDrawn::default() };
    };
    ChangesDrawn {
        frame: picture,
        focus: focus_of(&bounded, &frame),
        cells: bounded.iter().map(|pair| draw_pair(pair, &frame)).collect(),
        around: draw_around(standing, &bounded, bbox, &frame),
        left_out: pairs.len() - bounded.len(),
    }
}

/// The frame around every corner that only one of the two outlines has, with some ground around it; the whole picture
/// where nothing moved.
fn focus_of(changed: &[&Pair], frame: &Frame) -> [f64; 4] {
    const AROUND: f64 = 0.5;
    const LEAST: f64 = 60.0;
    let mut ends: Option<[f64; 4]> = None;
    for (x, y) in changed.iter().flat_map(|pair| moved_corners(pair)).map(|point| frame.to_view(point)) {
        let [west, north, east, south] = ends.unwrap_or([x, y, x, y]);
        ends = Some([west.min(x), north.min(y), east.max(x), south.max(y)]);
    }
    let Some([west, north, east, south]) = ends else { return [0.0, 0.0, frame.width, frame.height] };
    let (wide, tall) = (east - west, south - north);
    let more = (wide.max(tall) * AROUND).max(LEAST);
    let (left, top) = ((west - more).max(0.0), (north - more).max(0.0));
    let (right, bottom) = ((east + more).min(frame.width), (south + more).min(frame.height));
    [left.round(), top.round(), (right - left).round(), (bottom - top).round()]
}

fn moved_corners(pair: &Pair) -> Vec<Point> {
    let corners =
        |ground: Option<&Boundary>| ground.map(|g| g.vertices().collect::<Vec<_>>()).unwrap_or_default();
    let (old, new) = (corners(pair.old_ground()), corners(pair.new_ground()));
    let key = |point: &Point| (point.lon().to_bits(), point.lat().to_bits());
    let keys = |points: &[Point]| points.iter().map(key).collect::<BTreeSet<_>>();
    let (in_old, in_new) = (keys(&old), keys(&new));
    let left = old.into_iter().filter(|point| !in_new.contains(&key(point)));
    left.chain(new.into_iter().filter(|point| !in_old.contains(&key(point)))).collect()
}

fn draw_pair(pair: &Pair, frame: &Frame) -> ChangeDrawn {
    let path = |ground: &Boundary| svg_path(ground, frame, 1);
    let size = |ground: &Boundary| ground.area_square_metres().round();
    let middle = pair.new_ground().or(pair.old_ground()).map(Boundary::label_point);
    let (x, y) = middle.map_or((0.0, 0.0), |point| frame.to_view(point));
    ChangeDrawn {
        code: pair.code.to_owned(),
        change: pair.change.to_owned(),
        level: pair.level(),
        old_name: pair.old.map(|old| old.name.clone()),
        new_name: pair.new.map(|new| new.name.clone()),
        old_path: pair.old_ground().map(path),
        new_path: pair.new_ground().map(path),
        old_square_metres: pair.old_ground().map(size),
        new_square_metres: pair.new_ground().map(size),
        old_households: pair.old.and_then(|old| old.households),
        new_households: pair.new.and_then(|new| new.households.or(pair.old.and_then(|old| old.households))),
        x: x.round(),
        y: y.round(),
    }
}

/// What lies beside the changes on the same levels, so that a reader knows where on the ground this is.
fn draw_around(standing: &Snapshot, changed: &[&Pair], bbox: Bbox, frame: &Frame) -> Vec<AroundDrawn> {
    let codes: BTreeSet<&str> = changed.iter().map(|pair| pair.code).collect();
    let ranks: BTreeSet<u8> = changed.iter().map(|pair| pair.level().rank()).collect();
    let meets = |other: Bbox| {
        other.west <= bbox.east
            && bbox.west <= other.east
            && other.south <= bbox.north
            && bbox.south <= other.north
    };
    let beside = standing
        .areas()
        .iter()
        .filter(|a| ranks.contains(&a.level.rank()) && !codes.contains(a.code.as_str()));
    beside
        .filter_map(|area| Some((area, area.boundary.as_deref()?)))
        .filter(|(_, ground)| meets(ground.bbox()))
        .take(AROUND_MAX)
        .map(|(area, ground)| AroundDrawn {
            code: area.code.clone(),
            name: area.name.clone(),
            path: svg_path(ground, frame, 1),
        })
        .collect()
}
