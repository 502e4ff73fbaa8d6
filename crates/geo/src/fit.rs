//! Finds out that a file declares the wrong coordinate system, by comparing its points with an outline already known.

use geo_types::Coord;

use crate::boundary::rings_of;
use crate::plane::Plane;
use crate::{Boundary, CoordinateSystem, Point};

/// Points looked at; more would not change the answer.
const SAMPLE_POINTS_MAX: usize = 400;

/// How well points lie within an outline if they are read in one system.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fit {
    pub system: CoordinateSystem,
    /// Mean distance to the outline of all points, in metres, a point inside counting zero.
    pub outside_metres_mean: f64,
    /// Share of points outside by more than ten metres, 0 to 1.
    pub outside_share: f64,
}

/// The system that the points were more likely meant in, if reading them so fits the outline clearly better than as
/// declared: their mean distance outside falls below a quarter, and was at least ten metres. Points all well inside say
/// nothing, and none is returned. `points` are numbers as the file has them, not yet converted.
pub fn likely_system(
    points: &[Point],
    declared: CoordinateSystem,
    outline: &Boundary,
) -> Option<CoordinateSystem> {
    const MEAN_METRES_MIN: f64 = 10.0;
    const BETTER_SHARE_MAX: f64 = 0.25;
    let as_declared = measure_fit(points, declared, outline);
    if as_declared.outside_metres_mean < MEAN_METRES_MIN {
        return None;
    }
    let best = [CoordinateSystem::Wgs84, CoordinateSystem::Gcj02, CoordinateSystem::Bd09]
        .map(|system| measure_fit(points, system, outline))
        .into_iter()
        .min_by(|a, b| a.outside_metres_mean.total_cmp(&b.outside_metres_mean))?;
    let is_better = best.outside_metres_mean < as_declared.outside_metres_mean * BETTER_SHARE_MAX;
    (is_better && best.system != declared).then_some(best.system)
}

/// Reads the points in `system` and measures how far outside the outline they fall.
pub fn measure_fit(points: &[Point], system: CoordinateSystem, outline: &Boundary) -> Fit {
    const OUTSIDE_METRES_MIN: f64 = 10.0;
    let step = points.len().div_ceil(SAMPLE_POINTS_MAX).max(1);
    let plane = Plane::of(outline);
    let edges = edges_metres(outline, &plane);
    let (mut count, mut outside, mut metres_sum) = (0usize, 0usize, 0.0);
    for point in points.iter().step_by(step) {
        let place = system.to_wgs84(*point);
        count += 1;
        if outline.contains(place) {
            continue;
        }
        let at = plane.metres(Coord { x: place.lon(), y: place.lat() });
        let metres = edges.iter().map(|(a, b)| segment_distance(at, *a, *b)).fold(f64::INFINITY, f64::min);
        metres_sum += metres;
        outside += usize::from(metres > OUTSIDE_METRES_MIN);
    }
    let share = |sum: f64| if count == 0 { 0.0 } else { sum / count as f64 };
    Fit { system, outside_metres_mean: share(metres_sum), outside_share: share(outside as f64) }
}

type Edge = (Coord<f64>, Coord<f64>);

fn edges_metres(outline: &Boundary, plane: &Plane) -> Vec<Edge> {
    let lines = outline.shape().iter().flat_map(rings_of).flat_map(|ring| ring.lines());
    lines.map(|line| (plane.metres(line.start), plane.metres(line.end))).collect()
}

/// Distance of a point to a segment in the units of the plane.
pub(crate) fn segment_distance(p: Coord<f64>, a: Coord<f64>, b: Coord<f64>) -> f64 {
    let along = b - a;
    let length2 = along.x * along.x + along.y * along.y;
    let to = p - a;
    let share =
        if length2 == 0.0 { 0.0 } else { ((to.x * along.x + to.y * along.y) / length2).clamp(0.0, 1.0) };
    (to.x - along.x * share).hypot(to.y - along.y * share)
}
