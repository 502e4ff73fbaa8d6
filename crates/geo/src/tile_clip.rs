//! Cutting a ring to the square of a tile, in whole units.

/// A corner in units of a tile.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Corner {
    pub x: i64,
    pub y: i64,
}

/// The part of a ring (closed or not) within `min..=max` on both axes, open; empty where nothing is left. (Sutherland and
/// Hodgman: pieces of one ring may be joined along the square's edge, which lies in the buffer and is not seen.)
pub(crate) fn clip_ring(ring: Vec<Corner>, min: i64, max: i64) -> Vec<Corner> {
    let cut = clip_side(ring, |c| c.x >= min, |a, b| at_x(a, b, min));
    let cut = clip_side(cut, |c| c.x <= max, |a, b| at_x(a, b, max));
    let cut = clip_side(cut, |c| c.y >= min, |a, b| at_y(a, b, min));
    let mut cut = clip_side(cut, |c| c.y <= max, |a, b| at_y(a, b, max));
    cut.dedup();
    while cut.len() > 1 && cut.first() == cut.last() {
        cut.pop();
    }
    cut
}

fn clip_side(
    ring: Vec<Corner>,
    is_kept: impl Fn(Corner) -> bool,
    crossing: impl Fn(Corner, Corner) -> Corner,
) -> Vec<Corner> {
    if ring.iter().all(|c| is_kept(*c)) {
        return ring;
    }
    let mut kept = Vec::with_capacity(ring.len() + 4);
    let mut before = ring.last().copied();
    for corner in ring {
        let from = before.replace(corner).unwrap_or(corner);
        if is_kept(from) != is_kept(corner) {
            kept.push(crossing(from, corner));
        }
        if is_kept(corner) {
            kept.push(corner);
        }
    }
    kept
}

/// Where a line crosses an `x`. Neighbours walk the same line in opposite directions, so it is always computed from the
/// lesser end: both get the same corner.
fn at_x(a: Corner, b: Corner, x: i64) -> Corner {
    let (a, b) = (a.min(b), a.max(b));
    Corner { x, y: between(a.y, b.y, x - a.x, b.x - a.x) }
}

fn at_y(a: Corner, b: Corner, y: i64) -> Corner {
    let (a, b) = (a.min(b), a.max(b));
    Corner { x: between(a.x, b.x, y - a.y, b.y - a.y), y }
}

/// `from` and a share of the way to `to`, rounded.
fn between(from: i64, to: i64, part: i64, whole: i64) -> i64 {
    from + ((to - from) as f64 * part as f64 / whole as f64).round() as i64
}

/// Twice the ring's area; positive where it runs clockwise on a screen (`y` to the south).
pub(crate) fn ring_area2(ring: &[Corner]) -> i64 {
    let next = ring.iter().cycle().skip(1);
    ring.iter().zip(next).map(|(a, b)| a.x * b.y - b.x * a.y).sum()
}
