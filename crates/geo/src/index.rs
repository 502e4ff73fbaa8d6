//! Which area holds a point, a million times a second: an immutable index over many boundaries.
//!
//! A raster of cells lies over all areas. Most cells are wholly inside one area and answer at once; a cell that a border
//! touches keeps the few areas concerned, and each of those is tested exactly, but only with its edges that reach into
//! the cell's row. Building costs a pass over all edges; memory is about four bytes a cell.
//!
//! Borders: a point within `BORDER_TOLERANCE_DEGREES` of a border belongs to each area of that border, and of all areas a
//! point belongs to the one with the lowest key is found. So a point on a shared border always has exactly one answer,
//! whatever the order in which areas were given, and rounding in a file opens no gap between neighbours.

use geo_types::Coord;

use crate::boundary::rings_of;
use crate::fit::segment_distance;
use crate::{Bbox, Boundary, Point};

/// A tenth of a millimetre: a point so near a border is on it.
pub const BORDER_TOLERANCE_DEGREES: f64 = 1e-9;

/// Cells are widened by this much when borders are marked, so that rounding never hides a border from its cell.
const MARGIN_DEGREES: f64 = 1e-8;

/// Cells of the raster per area, and their bounds: 232 areas get 475,000 cells of some 30 m, 2 MB.
const CELLS_PER_AREA: usize = 2_048;
const CELLS_MIN: usize = 4_096;
const CELLS_MAX: usize = 1 << 20;

/// An immutable index from a place to the key of the area that holds it.
#[derive(Debug, Clone)]
pub struct AreaIndex<K> {
    raster: Raster,
    areas: Vec<IndexedArea<K>>,
    /// Of each cell: where its candidates start in `candidates`; one more at the end. Equal neighbours share nothing:
    /// a cell without candidates is outside of all areas.
    starts: Vec<u32>,
    candidates: Vec<Candidate>,
}

/// An area that may hold points of a cell. Candidates of a cell are in the order of their keys.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    area: u32,
    /// The area covers the whole cell: no test needed, and later candidates were left out.
    is_whole: bool,
}

#[derive(Debug, Clone)]
struct IndexedArea<K> {
    key: K,
    /// First row of the raster that the area reaches.
    row_first: usize,
    /// Of each row from there: where its edges start in `edges`; one more at the end.
    row_starts: Vec<u32>,
    edges: Vec<(Coord<f64>, Coord<f64>)>,
}

impl<K: Copy + Ord> AreaIndex<K> {
    /// Builds the index. Areas may overlap (the lowest key is found) and leave gaps (nothing is found).
    pub fn new<'a>(areas: impl IntoIterator<Item = (K, &'a Boundary)>) -> Self {
        let mut sources: Vec<(K, &Boundary)> = areas.into_iter().collect();
        sources.sort_by_key(|(key, _)| *key);
        let bbox = sources.iter().map(|(_, boundary)| boundary.bbox()).reduce(Bbox::join);
        let raster = Raster::over(bbox, sources.len());
        let mut areas = Vec::with_capacity(sources.len());
        let mut marks = Vec::new();
        for (number, (key, boundary)) in sources.iter().enumerate() {
            let area = IndexedArea::new(*key, boundary, &raster);
            area.mark_cells(number as u32, boundary.bbox(), &raster, &mut marks);
            areas.push(area);
        }
        let (starts, candidates) = collect_candidates(marks, raster.columns * raster.rows);
        Self { raster, areas, starts, candidates }
    }

    /// The area that holds the point, or none. On a border: the lowest key.
    pub fn find(&self, point: Point) -> Option<K> {
        let (column, row) = self.raster.cell(point)?;
        let cell = row * self.raster.columns + column;
        let found = &self.candidates[self.starts[cell] as usize..self.starts[cell + 1] as usize];
        let at = Coord { x: point.lon(), y: point.lat() };
        found
            .iter()
            .map(|candidate| (candidate.is_whole, &self.areas[candidate.area as usize]))
            .find(|(is_whole, area)| *is_whole || area.holds(at, row))
            .map(|(_, area)| area.key)
    }

    /// Number of areas.
    pub fn len(&self) -> usize {
        self.areas.len()
    }

    pub fn is_empty(&self) -> bool {
        self.areas.is_empty()
    }
}

impl<K> IndexedArea<K> {
    fn new(key: K, boundary: &Boundary, raster: &Raster) -> Self {
        let lines = || boundary.shape().iter().flat_map(rings_of).flat_map(|ring| ring.lines());
        let bbox = boundary.bbox();
        let row_first = raster.row(bbox.south - MARGIN_DEGREES);
        let rows = raster.row(bbox.north + MARGIN_DEGREES) - row_first + 1;
        let mut buckets: Vec<Vec<(Coord<f64>, Coord<f64>)>> = vec![Vec::new(); rows];
        for line in lines() {
            let (south, north) = (line.start.y.min(line.end.y), line.start.y.max(line.end.y));
            let (first, last) = (raster.row(south - MARGIN_DEGREES), raster.row(north + MARGIN_DEGREES));
            for bucket in &mut buckets[first - row_first..=last - row_first] {
                bucket.push((line.start, line.end));
            }
        }
        let mut row_starts = vec![0u32];
        let mut edges = Vec::new();
        for bucket in buckets {
            edges.extend(bucket);
            row_starts.push(edges.len() as u32);
        }
        Self { key, row_first, row_starts, edges }
    }

    fn edges_of_row(&self, row: usize) -> &[(Coord<f64>, Coord<f64>)] {
        let Some(bucket) = row.checked_sub(self.row_first) else { return &[] };
        match (self.row_starts.get(bucket), self.row_starts.get(bucket + 1)) {
            (Some(start), Some(end)) => &self.edges[*start as usize..*end as usize],
            _ => &[],
        }
    }

    /// Inside by the even-odd rule (so holes are outside), or on the border. All edges at the height of the point are
    /// among those of its row.
    fn holds(&self, at: Coord<f64>, row: usize) -> bool {
        let mut is_inside = false;
        for (a, b) in self.edges_of_row(row) {
            if is_on(at, *a, *b) {
                return true;
            }
            is_inside ^= crosses_east(at, *a, *b);
        }
        is_inside
    }

    /// Marks each cell this area touches: cells on its border, and the whole cells between.
    fn mark_cells(&self, number: u32, bbox: Bbox, raster: &Raster, marks: &mut Vec<(u32, Candidate)>) {
        let mut on_border = vec![false; raster.columns];
        let columns = raster.column(bbox.west - MARGIN_DEGREES)..=raster.column(bbox.east + MARGIN_DEGREES);
        let rows = self.row_starts.len() - 1;
        for row in self.row_first..self.row_first + rows {
            on_border.fill(false);
            for (a, b) in self.edges_of_row(row) {
                if let Some((first, last)) = raster.columns_touched(*a, *b, row) {
                    on_border[first..=last].fill(true);
                }
            }
            let crossings = self.crossings(row, raster);
            for column in columns.clone() {
                let middle = raster.middle(column, row);
                // Without an edge in the cell, its middle speaks for all of it.
                if on_border[column] || crossings.iter().filter(|x| **x > middle.x).count() % 2 == 1 {
                    let cell = (row * raster.columns + column) as u32;
                    marks.push((cell, Candidate { area: number, is_whole: !on_border[column] }));
                }
            }
        }
    }

    /// Longitudes at which the border crosses the middle of the row.
    fn crossings(&self, row: usize, raster: &Raster) -> Vec<f64> {
        let y = raster.middle(0, row).y;
        let crossing = |(a, b): &(Coord<f64>, Coord<f64>)| {
            ((a.y > y) != (b.y > y)).then(|| a.x + (y - a.y) / (b.y - a.y) * (b.x - a.x))
        };
        self.edges_of_row(row).iter().filter_map(crossing).collect()
    }
}

/// Sorts marks into the list of each cell. Marks come in the order of keys, and a stable sort keeps it; after an area
/// that covers the whole cell nothing can be found.
fn collect_candidates(mut marks: Vec<(u32, Candidate)>, cells: usize) -> (Vec<u32>, Vec<Candidate>) {
    marks.sort_by_key(|(cell, _)| *cell);
    let mut starts = Vec::with_capacity(cells + 1);
    let mut candidates = Vec::with_capacity(marks.len());
    let mut marks = marks.into_iter().peekable();
    for cell in 0..cells as u32 {
        starts.push(candidates.len() as u32);
        let mut is_covered = false;
        while let Some((_, candidate)) = marks.next_if(|(at, _)| *at == cell) {
            if !is_covered {
                candidates.push(candidate);
            }
            is_covered |= candidate.is_whole;
        }
    }
    starts.push(candidates.len() as u32);
    (starts, candidates)
}

/// On the segment, within the tolerance.
fn is_on(at: Coord<f64>, a: Coord<f64>, b: Coord<f64>) -> bool {
    let near = BORDER_TOLERANCE_DEGREES;
    let beside = at.x < a.x.min(b.x) - near || at.x > a.x.max(b.x) + near;
    let above = at.y < a.y.min(b.y) - near || at.y > a.y.max(b.y) + near;
    !beside && !above && segment_distance(at, a, b) <= near
}

/// Whether a ray to the east crosses the segment; the half-open rule counts a corner once.
fn crosses_east(at: Coord<f64>, a: Coord<f64>, b: Coord<f64>) -> bool {
    (a.y > at.y) != (b.y > at.y) && at.x < a.x + (at.y - a.y) / (b.y - a.y) * (b.x - a.x)
}

/// Equal cells over a box, numbered from its south-west corner.
#[derive(Debug, Clone)]
struct Raster {
    west: f64,
    south: f64,
    cell_lon: f64,
    cell_lat: f64,
    columns: usize,
    rows: usize,
}

impl Raster {
    fn over(bbox: Option<Bbox>, areas: usize) -> Self {
        let bbox = bbox.unwrap_or(Bbox { west: 0.0, south: 0.0, east: 0.0, north: 0.0 });
        let wide = bbox.east - bbox.west + 4.0 * MARGIN_DEGREES;
        let tall = bbox.north - bbox.south + 4.0 * MARGIN_DEGREES;
        let cells = (areas * CELLS_PER_AREA).clamp(CELLS_MIN, CELLS_MAX) as f64;
        let columns = (cells * wide / tall).sqrt().clamp(1.0, cells).ceil();
        let rows = (cells / columns).ceil();
        Self {
            west: bbox.west - 2.0 * MARGIN_DEGREES,
            south: bbox.south - 2.0 * MARGIN_DEGREES,
            cell_lon: wide / columns,
            cell_lat: tall / rows,
            columns: columns as usize,
            rows: rows as usize,
        }
    }

    fn cell(&self, point: Point) -> Option<(usize, usize)> {
        let column = (point.lon() - self.west) / self.cell_lon;
        let row = (point.lat() - self.south) / self.cell_lat;
        let is_within = column >= 0.0 && row >= 0.0 && column < self.columns as f64 && row < self.rows as f64;
        is_within.then_some((column as usize, row as usize))
    }

    /// The row of a latitude within the raster, held to its ends.
    fn row(&self, lat: f64) -> usize {
        (((lat - self.south) / self.cell_lat).max(0.0) as usize).min(self.rows - 1)
    }

    fn column(&self, lon: f64) -> usize {
        (((lon - self.west) / self.cell_lon).max(0.0) as usize).min(self.columns - 1)
    }

    fn middle(&self, column: usize, row: usize) -> Coord<f64> {
        Coord {
            x: self.west + (column as f64 + 0.5) * self.cell_lon,
            y: self.south + (row as f64 + 0.5) * self.cell_lat,
        }
    }

    /// First and last column that a segment touches within a row, widened by the margin.
    fn columns_touched(&self, a: Coord<f64>, b: Coord<f64>, row: usize) -> Option<(usize, usize)> {
        let south = self.south + row as f64 * self.cell_lat - MARGIN_DEGREES;
        let north = south + self.cell_lat + 2.0 * MARGIN_DEGREES;
        let (low, high) = if a.y <= b.y { (a, b) } else { (b, a) };
        if high.y < south || low.y > north {
            return None;
        }
        let at = |y: f64| {
            if high.y == low.y { low.x } else { low.x + (y - low.y) / (high.y - low.y) * (high.x - low.x) }
        };
        let (x0, x1) =
            if high.y == low.y { (low.x, high.x) } else { (at(south.max(low.y)), at(north.min(high.y))) };
        Some((self.column(x0.min(x1) - MARGIN_DEGREES), self.column(x0.max(x1) + MARGIN_DEGREES)))
    }
}
