//! Whether boundaries are sound and fit together: each without self-intersection, children neither overlapping nor
//! leaving gaps nor reaching outside of their parent. Every finding has a place and a size, so that a person can go and
//! look.

use geo_algorithms::line_intersection::{LineIntersection, line_intersection};
use geo_algorithms::{Area, BooleanOps, BoundingRect, InteriorPoint, Intersects, unary_union};
use geo_types::{Coord, Line, LineString, MultiPolygon, Polygon, Rect};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{RTree, RTreeObject};
use serde::Serialize;

use crate::boundary::rings_of;
use crate::fit::segment_distance;
use crate::plane::Plane;
use crate::{Boundary, Point};

/// Overlaps, gaps and holes below this many square metres are drawing noise and not reported.
pub const NOTICED_M2_MIN: f64 = 10.0;

/// From this many square metres on they are errors, below they are warnings: a sliver a metre wide along a grid of 850 m.
pub const ERROR_M2_MIN: f64 = 1_000.0;

/// Findings of one call; what is wrong in more places is wrong as a whole.
pub const FINDINGS_MAX: usize = 200;

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// A border crosses or touches itself.
    SelfIntersection,
    /// Two areas claim the same ground.
    Overlap,
    /// Ground of the parent that no child claims.
    Gap,
    /// An area has a hole: a warning if another area lies in it, otherwise an error.
    Hole,
    /// An area reaches outside of its parent.
    Outside,
}

/// Errors make lookups wrong; warnings are worth a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    Error,
    Warning,
}

/// One thing wrong at one place.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    pub kind: FindingKind,
    pub severity: Severity,
    /// Keys of the areas concerned, as given; of a gap those around it.
    pub areas: Vec<String>,
    /// Where to look.
    pub place: Point,
    /// How much ground; zero for a self-intersection.
    pub square_metres: f64,
}

impl Finding {
    /// The stable code, e.g. `geo.overlap`.
    pub fn code(&self) -> &'static str {
        match self.kind {
            FindingKind::SelfIntersection => "geo.self_intersection",
            FindingKind::Overlap => "geo.overlap",
            FindingKind::Gap => "geo.gap",
            FindingKind::Hole => "geo.hole",
            FindingKind::Outside => "geo.outside",
        }
    }

    /// The Chinese sentence.
    pub fn zh(&self) -> String {
        let (areas, m2) = (self.areas.join("、"), self.square_metres.round());
        let what = match self.kind {
            FindingKind::SelfIntersection => format!("{areas} 的边界自相交"),
            FindingKind::Overlap => format!("{areas} 重叠 {m2} 平方米"),
            FindingKind::Gap if areas.is_empty() => format!("有 {m2} 平方米不属于任何区域"),
            FindingKind::Gap => format!("{areas} 旁有 {m2} 平方米不属于任何区域"),
            FindingKind::Hole => format!("{areas} 中间有 {m2} 平方米的空洞"),
            FindingKind::Outside => format!("{areas} 有 {m2} 平方米在上级区域之外"),
        };
        format!("{what}（{:.5}, {:.5} 附近）。", self.place.lon(), self.place.lat())
    }

    /// The English sentence.
    pub fn en(&self) -> String {
        let (areas, m2) = (self.areas.join(" and "), self.square_metres.round());
        let what = match self.kind {
            FindingKind::SelfIntersection => format!("The border of {areas} crosses itself"),
            FindingKind::Overlap => format!("{areas} overlap by {m2} m²"),
            FindingKind::Gap if areas.is_empty() => format!("{m2} m² belong to no area"),
            FindingKind::Gap => format!("{m2} m² beside {areas} belong to no area"),
            FindingKind::Hole => format!("{areas} has a hole of {m2} m²"),
            FindingKind::Outside => format!("{m2} m² of {areas} lie outside of its parent"),
        };
        format!("{what} (near {:.5}, {:.5}).", self.place.lon(), self.place.lat())
    }
}

/// Checks one boundary for places where its rings cross or touch themselves or each other.
pub fn check_boundary(key: &str, boundary: &Boundary) -> Vec<Finding> {
    let mut findings = Vec::new();
    let finding = |severity, at: Coord<f64>| Finding {
        kind: FindingKind::SelfIntersection,
        severity,
        areas: vec![key.to_owned()],
        place: Point::raw(at.x, at.y),
        square_metres: 0.0,
    };
    findings.extend(crossings(boundary.shape()).into_iter().map(|at| finding(Severity::Error, at)));
    if findings.is_empty() {
        findings
            .extend(repeated_corners(boundary.shape()).into_iter().map(|at| finding(Severity::Warning, at)));
    }
    findings
}

/// Checks areas which should divide their parent among them; without a parent, only gaps enclosed by areas are found.
/// Findings are in the order of their severity, kind and size, at most `FINDINGS_MAX`.
pub fn check_partition(parent: Option<&Boundary>, children: &[(&str, &Boundary)]) -> Vec<Finding> {
    let mut findings: Vec<Finding> =
        children.iter().flat_map(|(key, boundary)| check_boundary(key, boundary)).collect();
    if let Some((_, first)) = children.first() {
        let plane = Plane::of(parent.unwrap_or(first));
        let sheet = Sheet::new(plane, parent, children);
        sheet.find_overlaps(&mut findings);
        sheet.find_outside(&mut findings);
        sheet.find_gaps_and_holes(&mut findings);
    }
    let rank = |finding: &Finding| (finding.severity, finding.kind);
    findings.sort_by(|a, b| rank(a).cmp(&rank(b)).then(b.square_metres.total_cmp(&a.square_metres)));
    findings.truncate(FINDINGS_MAX);
    findings
}

type Segment = GeomWithData<Rectangle<[f64; 2]>, (usize, usize, Line<f64>)>;

/// Crossings shown of one boundary: the first ones tell where to begin.
const CROSSINGS_MAX: usize = 10;

/// Places where edges cross, or lie on each other.
fn crossings(shape: &MultiPolygon<f64>) -> Vec<Coord<f64>> {
    let segment = |ring: usize, n: usize, line: Line<f64>| {
        let corners = ([line.start.x, line.start.y], [line.end.x, line.end.y]);
        GeomWithData::new(Rectangle::from_corners(corners.0, corners.1), (ring, n, line))
    };
    let rings = shape.iter().flat_map(rings_of).enumerate();
    let segments: Vec<Segment> = rings
        .flat_map(|(ring, lines)| lines.lines().enumerate().map(move |(n, line)| segment(ring, n, line)))
        .collect();
    let tree = RTree::bulk_load(segments);
    let mut found = Vec::new();
    for one in tree.iter() {
        for other in tree.locate_in_envelope_intersecting(one.envelope()) {
            if (one.data.0, one.data.1) < (other.data.0, other.data.1) {
                found.extend(crossing(one.data.2, other.data.2));
            }
        }
        if found.len() >= CROSSINGS_MAX {
            break;
        }
    }
    found.sort_by(|a, b| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)));
    found.dedup();
    found.truncate(CROSSINGS_MAX);
    found
}

fn crossing(one: Line<f64>, other: Line<f64>) -> Option<Coord<f64>> {
    match line_intersection(one, other)? {
        LineIntersection::SinglePoint { intersection, is_proper } => is_proper.then_some(intersection),
        LineIntersection::Collinear { intersection } => {
            (intersection.start != intersection.end).then_some(intersection.start)
        }
    }
}

/// Corners that a ring passes twice.
fn repeated_corners(shape: &MultiPolygon<f64>) -> Vec<Coord<f64>> {
    let mut found = Vec::new();
    for ring in shape.iter().flat_map(rings_of) {
        let mut corners = ring.0[1..].to_vec();
        corners.sort_by(|a, b| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)));
        found.extend(corners.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]));
    }
    found.truncate(CROSSINGS_MAX);
    found
}

/// All areas on one plane in metres.
struct Sheet<'a> {
    plane: Plane,
    parent: Option<MultiPolygon<f64>>,
    areas: Vec<SheetArea<'a>>,
    union: MultiPolygon<f64>,
}

struct SheetArea<'a> {
    key: &'a str,
    shape: MultiPolygon<f64>,
    frame: Rect<f64>,
}

impl<'a> Sheet<'a> {
    fn new(plane: Plane, parent: Option<&Boundary>, children: &[(&'a str, &Boundary)]) -> Self {
        let area = |(key, boundary): &(&'a str, &Boundary)| {
            let shape = plane.shape_metres(boundary);
            let frame = shape.bounding_rect()?;
            Some(SheetArea { key, shape, frame })
        };
        let mut areas: Vec<_> = children.iter().filter_map(area).collect();
        // From west to east, so that a pass over neighbours can stop early.
        areas.sort_by(|a, b| a.frame.min().x.total_cmp(&b.frame.min().x).then(a.key.cmp(b.key)));
        let union = unary_union(areas.iter().map(|area| &area.shape));
        Self { plane, parent: parent.map(|parent| plane.shape_metres(parent)), areas, union }
    }

    fn finding(&self, kind: FindingKind, areas: Vec<String>, shape: &MultiPolygon<f64>) -> Option<Finding> {
        let square_metres = shape.unsigned_area();
        if square_metres < NOTICED_M2_MIN {
            return None;
        }
        let largest = shape.iter().max_by(|a, b| a.unsigned_area().total_cmp(&b.unsigned_area()))?;
        let place =
            largest.interior_point().map(Coord::from).or_else(|| largest.exterior().0.first().copied())?;
        let severity = if square_metres < ERROR_M2_MIN { Severity::Warning } else { Severity::Error };
        Some(Finding { kind, severity, areas, place: self.plane.point(place), square_metres })
    }

    fn find_overlaps(&self, findings: &mut Vec<Finding>) {
        for (n, one) in self.areas.iter().enumerate() {
            let neighbours = self.areas[n + 1..].iter();
            for other in neighbours.take_while(|other| other.frame.min().x < one.frame.max().x) {
                if findings.len() >= FINDINGS_MAX {
                    return;
                }
                if one.frame.intersects(&other.frame) {
                    let shared = one.shape.intersection(&other.shape);
                    let mut keys = vec![one.key.to_owned(), other.key.to_owned()];
                    keys.sort();
                    findings.extend(self.finding(FindingKind::Overlap, keys, &shared));
                }
            }
        }
    }

    fn find_outside(&self, findings: &mut Vec<Finding>) {
        let Some(parent) = &self.parent else { return };
        // One question for all answers the common case: nothing is outside.
        if self.union.difference(parent).unsigned_area() < NOTICED_M2_MIN {
            return;
        }
        for area in &self.areas {
            let outside = area.shape.difference(parent);
            findings.extend(self.finding(FindingKind::Outside, vec![area.key.to_owned()], &outside));
        }
    }

    fn find_gaps_and_holes(&self, findings: &mut Vec<Finding>) {
        let mut gaps: Vec<Polygon<f64>> = self.gaps();
        for area in &self.areas {
            for hole in area.shape.iter().flat_map(Polygon::interiors).map(filled) {
                let before = gaps.len();
                gaps.retain(|gap| !gap.interior_point().is_some_and(|inside| hole.intersects(&inside)));
                let is_filled = gaps.len() == before;
                let finding =
                    self.finding(FindingKind::Hole, vec![area.key.to_owned()], &MultiPolygon(vec![hole]));
                let severity = if is_filled { Severity::Warning } else { Severity::Error };
                findings.extend(finding.map(|finding| Finding { severity, ..finding }));
            }
        }
        for gap in gaps {
            let around = self.areas_around(&gap);
            findings.extend(self.finding(FindingKind::Gap, around, &MultiPolygon(vec![gap])));
        }
    }

    /// Pieces of the parent that no area covers; without a parent, what the areas enclose and leave free.
    fn gaps(&self) -> Vec<Polygon<f64>> {
        let pieces = match &self.parent {
            Some(parent) => parent.difference(&self.union).0,
            None => self.union.iter().flat_map(Polygon::interiors).map(filled).collect(),
        };
        pieces
            .into_iter()
            .filter(|piece| piece.unsigned_area() >= NOTICED_M2_MIN)
            .take(FINDINGS_MAX)
            .collect()
    }

    fn areas_around(&self, gap: &Polygon<f64>) -> Vec<String> {
        let Some(frame) = gap.bounding_rect() else { return Vec::new() };
        let near = Coord { x: NEAR_METRES, y: NEAR_METRES };
        let frame = Rect::new(frame.min() - near, frame.max() + near);
        let is_around = |area: &&SheetArea| area.frame.intersects(&frame) && touches(&area.shape, gap);
        let mut keys: Vec<String> =
            self.areas.iter().filter(is_around).map(|area| area.key.to_owned()).collect();
        keys.sort();
        keys
    }
}

fn filled(ring: &LineString<f64>) -> Polygon<f64> {
    Polygon::new(ring.clone(), vec![])
}

/// An area this near a gap is beside it.
const NEAR_METRES: f64 = 1.0;

/// Whether a corner of one lies near the border of the other.
fn touches(area: &MultiPolygon<f64>, gap: &Polygon<f64>) -> bool {
    let near = |corner: &Coord<f64>, ring: &LineString<f64>| {
        ring.lines().any(|line| segment_distance(*corner, line.start, line.end) <= NEAR_METRES)
    };
    area.iter().flat_map(rings_of).any(|ring| {
        gap.exterior().coords().any(|corner| near(corner, ring))
            || ring.coords().any(|corner| near(corner, gap.exterior()))
    })
}
