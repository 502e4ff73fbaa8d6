//! Divides an outline into nested parts of given weights: each part one connected polygon without holes, parts share
//! their borders corner by corner, and children fill their parent exactly.
//!
//! Method: a simple polygon cut along a chord (a segment between two places of its border that runs inside it) falls
//! into exactly two simple polygons. So a list of shares is halved, the chord is found that cuts off exactly the weight
//! of the first half, and both sides are divided again; then each part is divided among its own children. Of all chords
//! tried the one with the roundest sides wins. A chord's ends become corners of every polygon on that border, at every
//! level, so there is never a T-junction that rounding could open. All corners are kept to seven decimals, and the same
//! input gives the same parts on every machine.

use geo_types::Coord;

use crate::cut::find_chord;
use crate::plane::Plane;
use crate::{Boundary, GeoError, Point};

/// The area of a part differs from its share of the outline by less than this (relative), for outlines up to 100 km.
pub const PARTITION_BALANCE_MAX: f64 = 0.01;

/// Parts in one call, all levels together.
const PARTS_MAX: usize = 20_000;

/// How an outline is to be divided: a weight, or a list of shares whose weights add up.
#[derive(Debug, Clone, PartialEq)]
pub enum Share {
    /// The weight of an undivided part, above zero, in any unit.
    Leaf(f64),
    /// Parts in rough order from the north-west to the south-east.
    Split(Vec<Share>),
}

impl Share {
    fn weight(&self) -> f64 {
        match self {
            Self::Leaf(weight) => *weight,
            Self::Split(shares) => shares.iter().map(Self::weight).sum(),
        }
    }

    fn count(&self) -> usize {
        match self {
            Self::Leaf(_) => 1,
            Self::Split(shares) => 1 + shares.iter().map(Self::count).sum::<usize>(),
        }
    }

    fn is_valid(&self) -> bool {
        match self {
            Self::Leaf(weight) => weight.is_finite() && *weight > 0.0,
            Self::Split(shares) => !shares.is_empty() && shares.iter().all(Self::is_valid),
        }
    }
}

/// A divided area. Its parts are in the order of the shares and fill it exactly.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    pub boundary: Boundary,
    pub parts: Vec<Part>,
}

/// Divides an outline (one polygon without holes) into one part per weight; each part's area is its weight's share.
pub fn partition(outline: &Boundary, weights: &[f64]) -> Result<Vec<Boundary>, GeoError> {
    let share = Share::Split(weights.iter().map(|weight| Share::Leaf(*weight)).collect());
    Ok(partition_hierarchy(outline, &share)?.parts.into_iter().map(|part| part.boundary).collect())
}

/// Divides an outline into nested parts. The root of the answer is the outline itself, with the corners added at which
/// parts meet its border: store that one, so that it matches its parts corner by corner.
pub fn partition_hierarchy(outline: &Boundary, share: &Share) -> Result<Part, GeoError> {
    if !share.is_valid() {
        return Err(GeoError::CannotDivide { detail: "every weight must be above zero" });
    }
    if share.count() > PARTS_MAX {
        return Err(GeoError::CannotDivide { detail: "too many parts" });
    }
    let mut mesh = Mesh::new(outline)?;
    let tree = mesh.divide(0, share)?;
    mesh.part(&tree)
}

/// A ring of the mesh with the rings it was divided into.
struct Node {
    ring: usize,
    nodes: Vec<Node>,
}

/// Polygons that share corners by number. Rings of all levels are kept, counter-clockwise, so that a corner added to a
/// border is added to each of them.
struct Mesh {
    plane: Plane,
    places: Vec<Point>,
    corners: Vec<Coord<f64>>,
    rings: Vec<Vec<usize>>,
}

impl Mesh {
    fn new(outline: &Boundary) -> Result<Self, GeoError> {
        let [polygon] = outline.shape().0.as_slice() else {
            return Err(GeoError::CannotDivide { detail: "it must be one polygon" });
        };
        if !polygon.interiors().is_empty() {
            return Err(GeoError::CannotDivide { detail: "it must have no hole" });
        }
        let mut mesh =
            Self { plane: Plane::of(outline), places: Vec::new(), corners: Vec::new(), rings: Vec::new() };
        let open = &polygon.exterior().0[1..];
        let mut ring: Vec<usize> = open.iter().map(|c| mesh.add_corner(Point::raw(c.x, c.y))).collect();
        ring.dedup_by(|a, b| mesh.places[*a] == mesh.places[*b]);
        mesh.rings.push(ring);
        Ok(mesh)
    }

    fn add_corner(&mut self, place: Point) -> usize {
        const DECIMALS: u32 = 7;
        let place = place.round(DECIMALS);
        self.corners.push(self.plane.metres(Coord { x: place.lon(), y: place.lat() }));
        self.places.push(place);
        self.places.len() - 1
    }

    fn divide(&mut self, ring: usize, share: &Share) -> Result<Node, GeoError> {
        let Share::Split(shares) = share else { return Ok(Node { ring, nodes: Vec::new() }) };
        let rings = self.halve(ring, shares)?;
        let nodes = rings.into_iter().zip(shares).map(|(part, share)| self.divide(part, share));
        Ok(Node { ring, nodes: nodes.collect::<Result<_, _>>()? })
    }

    /// One ring per share, in their order.
    fn halve(&mut self, ring: usize, shares: &[Share]) -> Result<Vec<usize>, GeoError> {
        if shares.len() == 1 {
            // A copy of its own, as the levels of the tree are told apart by their rings.
            self.rings.push(self.rings[ring].clone());
            return Ok(vec![self.rings.len() - 1]);
        }
        for (first, fraction) in halvings(shares) {
            let corners: Vec<_> = self.rings[ring].iter().map(|corner| self.corners[*corner]).collect();
            let Some(chord) = find_chord(&corners, fraction) else { continue };
            let from = self.end_corner(ring, chord.from.0, chord.from.1, &corners);
            let to = self.end_corner(ring, chord.to.0, chord.to.1, &corners);
            let (one, other) = self.cut(ring, from, to);
            let mut parts = self.halve(one, &shares[..first])?;
            parts.extend(self.halve(other, &shares[first..])?);
            return Ok(parts);
        }
        Err(GeoError::CannotDivide { detail: "its shape allows no cut of the right size" })
    }

    /// The corner at an end of a chord: one that exists, or a new one on the edge after corner `edge`, added to every
    /// ring with this edge. Ring positions in `corners` are those before either end was added.
    fn end_corner(&mut self, ring: usize, edge: usize, share: f64, corners: &[Coord<f64>]) -> usize {
        let number = |at: Coord<f64>| {
            let same = |corner: &&usize| self.corners[**corner] == at;
            *self.rings[ring].iter().find(same).expect("a corner of the ring")
        };
        let (a, b) = (corners[edge], corners[(edge + 1) % corners.len()]);
        if share == 0.0 {
            return number(a);
        }
        let (from, to) = (number(a), number(b));
        let place = self.plane.degrees(a + (b - a) * share);
        let added = self.add_corner(Point::raw(place.x, place.y));
        for ring in &mut self.rings {
            let count = ring.len();
            let is_edge = |n: &usize| {
                let (one, next) = (ring[*n], ring[(*n + 1) % count]);
                (one, next) == (from, to) || (one, next) == (to, from)
            };
            if let Some(n) = (0..count).find(is_edge) {
                ring.insert(n + 1, added);
            }
        }
        added
    }

    /// Two rings: the border from `from` onward to `to`, and the rest.
    fn cut(&mut self, ring: usize, from: usize, to: usize) -> (usize, usize) {
        let mut turned = self.rings[ring].clone();
        let start = turned.iter().position(|corner| *corner == from).expect("the chord starts on the ring");
        turned.rotate_left(start);
        let end = turned.iter().position(|corner| *corner == to).expect("the chord ends on the ring");
        let mut rest = turned.split_off(end);
        turned.push(to);
        rest.push(from);
        self.rings.push(turned);
        self.rings.push(rest);
        (self.rings.len() - 2, self.rings.len() - 1)
    }

    fn part(&self, node: &Node) -> Result<Part, GeoError> {
        let corners: Vec<Point> = self.rings[node.ring].iter().map(|corner| self.places[*corner]).collect();
        let parts = node.nodes.iter().map(|node| self.part(node)).collect::<Result<_, _>>()?;
        Ok(Part { boundary: Boundary::from_ring(&corners)?, parts })
    }
}

/// Ways to split a list in two, the most even first: how many shares go to the first part, and their fraction of the
/// weight.
fn halvings(shares: &[Share]) -> Vec<(usize, f64)> {
    let total: f64 = shares.iter().map(Share::weight).sum();
    let mut sum = 0.0;
    let mut ways: Vec<(usize, f64)> = Vec::with_capacity(shares.len());
    for (n, share) in shares[..shares.len() - 1].iter().enumerate() {
        sum += share.weight();
        ways.push((n + 1, sum / total));
    }
    ways.sort_by(|a, b| (a.1 - 0.5).abs().total_cmp(&(b.1 - 0.5).abs()));
    ways
}
