//! The best chord of a simple polygon that cuts off a given fraction of its area.

use geo_types::Coord;

use crate::fit::segment_distance;

/// A chord. Each end is the number of the corner before it and how far along the edge it lies, 0 for the corner itself.
/// The border from `from` onward to `to`, closed by the chord, has the fraction asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Chord {
    pub from: (usize, f64),
    pub to: (usize, f64),
}

/// Places tried as starts, besides the corners, spread evenly along the border.
const STARTS: f64 = 48.0;

/// Ends nearer to a corner than this are moved onto it.
const SNAP_METRES: f64 = 1.0;

/// Chords pass other corners at this distance at least, relative to the square root of the smaller part's area, so that
/// no part gets a neck.
const CLEARANCE_SHARE: f64 = 0.03;

/// A chord with what it takes to judge it.
struct Candidate {
    chord: Chord,
    ends: (Coord<f64>, Coord<f64>),
    /// Lower is rounder.
    score: f64,
}

/// Tries chords from many places of the border of a counter-clockwise ring (open, in metres) and returns the one with
/// the roundest two sides, preferring that the first side lies to the north-west; none if no chord cuts off this
/// fraction.
pub(crate) fn find_chord(ring: &[Coord<f64>], fraction: f64) -> Option<Chord> {
    let border = Border::new(ring);
    let mut candidates = Vec::new();
    for (edge, share) in border.starts() {
        border.collect_from(edge, share, fraction, &mut candidates);
    }
    candidates.sort_by(|a, b| a.score.total_cmp(&b.score));
    let clearance = CLEARANCE_SHARE * (border.area * fraction.min(1.0 - fraction)).sqrt();
    // A tight outline may leave only chords that pass near a corner.
    let valid = |clearance: f64| candidates.iter().find(|c| border.is_inside(c, clearance)).map(|c| c.chord);
    valid(clearance).or_else(|| valid(clearance / 10.0)).or_else(|| valid(SNAP_METRES / 10.0))
}

struct Border<'a> {
    ring: &'a [Coord<f64>],
    area: f64,
    /// Length of the border from the first corner to each corner; one more for the whole.
    lengths: Vec<f64>,
}

impl<'a> Border<'a> {
    fn new(ring: &'a [Coord<f64>]) -> Self {
        let mut lengths = vec![0.0];
        let mut area = 0.0;
        for (n, corner) in ring.iter().enumerate() {
            let next = ring[(n + 1) % ring.len()];
            lengths.push(lengths[n] + distance(*corner, next));
            area += cross(*corner - ring[0], next - ring[0]) / 2.0;
        }
        Self { ring, area, lengths }
    }

    fn corner(&self, n: usize) -> Coord<f64> {
        self.ring[n % self.ring.len()]
    }

    fn place(&self, edge: usize, share: f64) -> Coord<f64> {
        let (a, b) = (self.corner(edge), self.corner(edge + 1));
        if share == 0.0 { a } else { a + (b - a) * share }
    }

    fn perimeter(&self) -> f64 {
        self.lengths[self.ring.len()]
    }

    /// Length of the border from the first corner to a place.
    fn length_to(&self, edge: usize, share: f64) -> f64 {
        self.lengths[edge] + share * (self.lengths[edge + 1] - self.lengths[edge])
    }

    /// Every corner, and places between them.
    fn starts(&self) -> Vec<(usize, f64)> {
        let spacing = self.perimeter() / STARTS;
        let places = |edge: usize| {
            let pieces = ((self.lengths[edge + 1] - self.lengths[edge]) / spacing).ceil().max(1.0) as usize;
            (0..pieces).map(move |n| (edge, n as f64 / pieces as f64))
        };
        (0..self.ring.len()).flat_map(places).collect()
    }

    /// Walks the border from a start and notes each place at which the part walked around has exactly the fraction. Its
    /// area grows linearly along an edge (and shrinks where the border turns back), so the place is computed, not sought.
    fn collect_from(&self, edge: usize, share: f64, fraction: f64, found: &mut Vec<Candidate>) {
        let start = self.place(edge, share);
        let target = self.area * fraction;
        let mut walked = 0.0;
        for n in edge + 1..edge + self.ring.len() {
            let (a, b) = (self.corner(n), self.corner(n + 1));
            let step = cross(a - start, b - start) / 2.0;
            let along = (target - walked) / step;
            walked += step;
            if (0.0..1.0).contains(&along)
                && let Some(candidate) = self.candidate((edge, share), self.snap(n, along), fraction)
            {
                found.push(candidate);
            }
        }
    }

    /// Moves a place onto a corner that is very near.
    fn snap(&self, n: usize, along: f64) -> (usize, f64) {
        let count = self.ring.len();
        let length = distance(self.corner(n), self.corner(n + 1));
        if along * length < SNAP_METRES {
            (n % count, 0.0)
        } else if (1.0 - along) * length < SNAP_METRES {
            ((n + 1) % count, 0.0)
        } else {
            (n % count, along)
        }
    }

    fn candidate(&self, from: (usize, f64), to: (usize, f64), fraction: f64) -> Option<Candidate> {
        let ends = (self.place(from.0, from.1), self.place(to.0, to.1));
        let chord = distance(ends.0, ends.1);
        if chord < SNAP_METRES {
            return None;
        }
        let mut one = self.length_to(to.0, to.1) - self.length_to(from.0, from.1);
        if one < 0.0 {
            one += self.perimeter();
        }
        let other = self.perimeter() - one;
        let roundness = |border: f64, area: f64| (border + chord).powi(2) / area;
        let score = roundness(one, self.area * fraction) + roundness(other, self.area * (1.0 - fraction));
        // The first side lies to the left of the way back along the chord.
        let back = ends.0 - ends.1;
        let north_west = (0.8 * back.y + 0.6 * back.x) / chord;
        Some(Candidate { chord: Chord { from, to }, ends, score: score * (1.2 - 0.2 * north_west) })
    }

    /// Whether the chord runs inside, and passes every corner but its own ends at a distance.
    fn is_inside(&self, candidate: &Candidate, clearance: f64) -> bool {
        let (from, to) = candidate.ends;
        let chord = candidate.chord;
        let is_beside = |n: usize| {
            let corner = self.corner(n);
            // The ends of an edge a chord starts on may be near: only a chord along the edge is refused.
            let is_own = [chord.from, chord.to]
                .iter()
                .any(|(edge, share)| *share > 0.0 && (n == *edge || n == (*edge + 1) % self.ring.len()));
            let least = if is_own { clearance.min(SNAP_METRES / 2.0) } else { clearance };
            corner == from || corner == to || segment_distance(corner, from, to) >= least
        };
        let is_free = |n: usize| {
            let (a, b) = (self.corner(n), self.corner(n + 1));
            let is_own = [chord.from, chord.to].iter().any(|(edge, _)| *edge == n);
            is_own || [a, b].contains(&from) || [a, b].contains(&to) || !crosses(from, to, a, b)
        };
        (0..self.ring.len()).all(|n| is_beside(n) && is_free(n)) && self.holds((from + to) / 2.0)
    }

    fn holds(&self, at: Coord<f64>) -> bool {
        let crosses_east = |n: usize| {
            let (a, b) = (self.corner(n), self.corner(n + 1));
            (a.y > at.y) != (b.y > at.y) && at.x < a.x + (at.y - a.y) / (b.y - a.y) * (b.x - a.x)
        };
        (0..self.ring.len()).filter(|n| crosses_east(*n)).count() % 2 == 1
    }
}

fn cross(a: Coord<f64>, b: Coord<f64>) -> f64 {
    a.x * b.y - a.y * b.x
}

fn distance(a: Coord<f64>, b: Coord<f64>) -> f64 {
    (b.x - a.x).hypot(b.y - a.y)
}

/// Whether two segments cross or touch.
fn crosses(a: Coord<f64>, b: Coord<f64>, c: Coord<f64>, d: Coord<f64>) -> bool {
    let side = |p: Coord<f64>, q: Coord<f64>, r: Coord<f64>| cross(q - p, r - p);
    side(a, b, c) * side(a, b, d) <= 0.0 && side(c, d, a) * side(c, d, b) <= 0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(corners: &[(f64, f64)]) -> Vec<Coord<f64>> {
        corners.iter().map(|(x, y)| Coord { x: *x, y: *y }).collect()
    }

    #[test]
    fn a_long_rectangle_is_cut_across() {
        let ring = ring(&[(0.0, 0.0), (1000.0, 0.0), (1000.0, 400.0), (0.0, 400.0)]);
        let chord = find_chord(&ring, 0.25).expect("a chord");
        let border = Border::new(&ring);
        let (from, to) = (border.place(chord.from.0, chord.from.1), border.place(chord.to.0, chord.to.1));
        assert!(((from.x + to.x) / 2.0 - 250.0).abs() < 1.0, "the western quarter: {from:?} {to:?}");
        assert!(distance(from, to) < 410.0, "across, not along: {from:?} {to:?}");
    }

    #[test]
    fn no_chord_leaves_the_polygon() {
        // A horseshoe: half of it is one arm and half of the bow, and the straight way between the arms is outside.
        let ring = ring(&[
            (0.0, 0.0),
            (900.0, 0.0),
            (900.0, 1000.0),
            (600.0, 1000.0),
            (600.0, 300.0),
            (300.0, 300.0),
            (300.0, 1000.0),
            (0.0, 1000.0),
        ]);
        for fraction in [0.1, 0.3, 0.5, 0.7, 0.9] {
            let chord = find_chord(&ring, fraction).expect("a chord");
            let border = Border::new(&ring);
            let (from, to) = (border.place(chord.from.0, chord.from.1), border.place(chord.to.0, chord.to.1));
            assert!(distance(from, to) < 600.0, "{fraction}: {from:?} {to:?}");
            assert!(border.holds((from + to) / 2.0));
        }
    }
}
