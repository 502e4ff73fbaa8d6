//! The territory of a district as it stands at a moment: areas, the index from a place to its grid, posts and holders.
//! Immutable and shared; a change makes a new one.

use super::{
    Area, AreaId, AreaLevel, Drawn, Edition, HeldPost, Holding, Organisation, Post, PostKind, Roster, draw,
    naming, parent_path,
};
use geo::{AreaIndex, Boundary, Point};
use parking_lot::Mutex;
use platform::{AccountId, DistrictId, OrganisationId, PostId, Scope, Time};
use std::collections::HashMap;
use std::sync::Arc;

/// A district's territory at a moment.
#[derive(Clone, Debug)]
pub struct Snapshot {
    pub district: DistrictId,
    pub edition: Edition,
    /// The moment it was made for; areas and open posts are those in force then.
    pub at: Time,
    pub land: Arc<Land>,
    pub seats: Arc<Seats>,
}

/// The areas in force, in the order of their paths.
#[derive(Debug, Default)]
pub struct Land {
    areas: Vec<Area>,
    by_id: HashMap<AreaId, usize>,
    by_code: HashMap<String, usize>,
    /// Over the areas that are not divided further.
    index: Option<AreaIndex<u32>>,
    drawn: Mutex<HashMap<(String, AreaLevel), Arc<Drawn>>>,
}

/// Organisations, posts and who holds them, past and to come.
#[derive(Debug, Default)]
pub struct Seats {
    posts: HashMap<PostId, Post>,
    /// Posts open at the snapshot's moment, by area path.
    open: HashMap<String, Vec<PostId>>,
    holdings: HashMap<PostId, Vec<Holding>>,
    held: HashMap<AccountId, Vec<PostId>>,
    organisations: HashMap<OrganisationId, Organisation>,
    by_key: HashMap<String, OrganisationId>,
}

/// The area nearest to a place outside of all.
#[derive(Clone, Copy, Debug)]
pub struct Near<'a> {
    pub area: &'a Area,
    pub metres: f64,
}

impl Land {
    /// From the areas in force, for lists only: no place is found in it.
    pub fn listed(areas: Vec<Area>) -> Self {
        Self::sorted(areas)
    }

    /// From the areas in force.
    pub fn new(areas: Vec<Area>) -> Self {
        let mut land = Self::sorted(areas);
        let areas = &land.areas;
        let leaves: Vec<(u32, &Boundary)> = areas
            .iter()
            .enumerate()
            .filter(|(n, area)| !has_bounded_child(areas, *n, area))
            .filter_map(|(n, area)| Some((n as u32, &**area.boundary.as_ref()?)))
            .collect();
        land.index = (!leaves.is_empty()).then(|| AreaIndex::new(leaves));
        land
    }

    fn sorted(mut areas: Vec<Area>) -> Self {
        areas.sort_by(|a, b| a.path.cmp(&b.path));
        let by_id = areas.iter().enumerate().map(|(n, a)| (a.id, n)).collect();
        let by_code = areas.iter().enumerate().map(|(n, a)| (a.code.clone(), n)).collect();
        Self { areas, by_id, by_code, index: None, drawn: Mutex::default() }
    }
}

/// A child with a boundary: then points are looked for among the children. Children follow their parent in the order.
fn has_bounded_child(areas: &[Area], n: usize, parent: &Area) -> bool {
    areas[n + 1..]
        .iter()
        .take_while(|area| Scope::covers_path(&parent.path, &area.path))
        .any(|area| area.boundary.is_some())
}

impl Seats {
    pub fn new(posts: Vec<Post>, holdings: Vec<Holding>, organisations: Vec<Organisation>, at: Time) -> Self {
        let mut seats = Self::default();
        for post in posts {
            if post.is_open_at(at) {
                seats.open.entry(post.area_path.clone()).or_default().push(post.id);
            }
            seats.posts.insert(post.id, post);
        }
        for holding in holdings {
            let held = seats.held.entry(holding.account).or_default();
            if !held.contains(&holding.post) {
                held.push(holding.post);
            }
            seats.holdings.entry(holding.post).or_default().push(holding);
        }
        for organisation in organisations {
            seats.by_key.insert(organisation.key.clone(), organisation.id);
            seats.organisations.insert(organisation.id, organisation);
        }
        seats
    }
}

impl Snapshot {
    /// A district of which nothing is known.
    pub fn empty(district: DistrictId) -> Self {
        Self {
            district,
            edition: Edition::default(),
            at: Time::from_micros(0),
            land: Arc::default(),
            seats: Arc::default(),
        }
    }

    // ---- areas ----------------------------------------------------------------------------------------------------

    /// All areas in force, a parent before its children.
    pub fn areas(&self) -> &[Area] {
        &self.land.areas
    }

    /// The whole.
    pub fn root(&self) -> Option<&Area> {
        self.land.areas.first().filter(|area| area.level == AreaLevel::District)
    }

    pub fn area(&self, id: AreaId) -> Option<&Area> {
        self.land.by_id.get(&id).map(|n| &self.land.areas[*n])
    }

    pub fn by_code(&self, code: &str) -> Option<&Area> {
        self.land.by_code.get(code).map(|n| &self.land.areas[*n])
    }

    pub fn by_path(&self, path: &str) -> Option<&Area> {
        let areas = &self.land.areas;
        areas.binary_search_by(|area| area.path.as_str().cmp(path)).ok().map(|n| &areas[n])
    }

    /// Everything at and below a path, a parent before its children.
    pub fn subtree<'a>(&'a self, path: &'a str) -> impl Iterator<Item = &'a Area> {
        let start = self.land.areas.partition_point(|area| area.path.as_str() < path);
        self.land.areas[start..].iter().take_while(move |area| Scope::covers_path(path, &area.path))
    }

    /// The areas directly below a path.
    pub fn children<'a>(&'a self, path: &'a str) -> impl Iterator<Item = &'a Area> {
        self.subtree(path).filter(move |area| parent_path(&area.path) == Some(path))
    }

    /// All grids.
    pub fn grids(&self) -> impl Iterator<Item = &Area> {
        self.land.areas.iter().filter(|area| area.level == AreaLevel::Grid)
    }

    /// The areas that hold this path, from the district down to itself.
    pub fn ancestors<'a>(&'a self, path: &'a str) -> impl Iterator<Item = &'a Area> {
        let ends = path.match_indices('/').map(|(at, _)| at).chain(std::iter::once(path.len()));
        ends.filter_map(|end| self.by_path(&path[..end]))
    }

    // ---- places ---------------------------------------------------------------------------------------------------

    /// The grid that holds a place; on a border, the first by path.
    pub fn locate(&self, point: Point) -> Option<&Area> {
        self.deepest(point).filter(|area| area.level == AreaLevel::Grid)
    }

    /// The smallest area that holds a place: a grid, or where grids are not drawn yet, what is.
    pub fn deepest(&self, point: Point) -> Option<&Area> {
        let found = self.land.index.as_ref()?.find(point)?;
        self.land.areas.get(found as usize)
    }

    /// The smallest area below the district that an address names in full, or that holds all it names.
    pub fn named_in(&self, address: &str) -> Option<&Area> {
        naming::named_in(self.land.areas.iter(), address).and_then(|path| self.by_path(path))
    }

    /// The undivided area nearest to a place, and how far it is; for words like "200 m outside of …".
    pub fn nearest(&self, point: Point) -> Option<Near<'_>> {
        let bounded = self.land.areas.iter().filter_map(|area| Some((area, area.boundary.as_ref()?)));
        let deepest = bounded.clone().map(|(area, _)| area.level).max()?;
        bounded
            .filter(|(area, _)| area.level == deepest)
            .map(|(area, boundary)| Near { area, metres: metres_to(boundary, point) })
            .min_by(|a, b| a.metres.total_cmp(&b.metres))
    }

    /// Grids that now lie where an area of the past lay, the largest share first: where its people ask today.
    pub fn successors(&self, past: &Boundary) -> Vec<&Area> {
        let mut shares: HashMap<u32, usize> = HashMap::new();
        let samples = samples_in(past);
        let Some(index) = &self.land.index else { return Vec::new() };
        for found in samples.iter().filter_map(|point| index.find(*point)) {
            *shares.entry(found).or_default() += 1;
        }
        let mut found: Vec<_> =
            shares.into_iter().filter(|(_, share)| share * SUCCESSOR_SHARE_MIN >= samples.len()).collect();
        found.sort_by_key(|(n, share)| (std::cmp::Reverse(*share), *n));
        found.into_iter().filter_map(|(n, _)| self.land.areas.get(n as usize)).collect()
    }

    /// The outline of the areas of one level within an area, drawn once.
    pub fn drawn(&self, path: &str, level: AreaLevel) -> Arc<Drawn> {
        let key = (path.to_owned(), level);
        if let Some(known) = self.land.drawn.lock().get(&key) {
            return known.clone();
        }
        let areas: Vec<&Area> = self.subtree(path).filter(|area| area.level.rank() == level.rank()).collect();
        let drawn = Arc::new(draw::draw_areas(&areas));
        self.land.drawn.lock().insert(key, drawn.clone());
        drawn
    }

    // ---- posts ----------------------------------------------------------------------------------------------------

    /// A post, open or closed.
    pub fn post(&self, id: PostId) -> Option<&Post> {
        self.seats.posts.get(&id)
    }

    /// All posts, open or closed, in the order of their paths and names.
    pub fn posts(&self) -> Vec<&Post> {
        let mut posts: Vec<&Post> = self.seats.posts.values().collect();
        posts.sort_by(|a, b| {
            (&a.area_path, a.kind, &a.name, a.id).cmp(&(&b.area_path, b.kind, &b.name, b.id))
        });
        posts
    }

    fn open_at(&self, path: &str, fits: impl Fn(&Post) -> bool) -> Option<&Post> {
        let ids = self.seats.open.get(path)?;
        ids.iter().filter_map(|id| self.post(*id)).filter(|post| fits(post)).min_by_key(|post| post.id)
    }

    /// The open post of the worker of a grid.
    pub fn worker_post(&self, grid_path: &str) -> Option<&Post> {
        self.open_at(grid_path, |post| post.kind == PostKind::GridWorker)
    }

    /// The open post of the grid leader for an area: its own, or the nearest above.
    pub fn leader_post(&self, path: &str) -> Option<&Post> {
        self.nearest_above(path, PostKind::GridLeader)
    }

    /// The open desk of the subdistrict that an area lies in.
    pub fn desk_post(&self, path: &str) -> Option<&Post> {
        self.nearest_above(path, PostKind::SubdistrictDesk)
    }

    /// The open desk of an organisation, by the word duty lists call it.
    pub fn unit_post(&self, key: &str) -> Option<&Post> {
        let organisation = self.organisation(key)?.id;
        let root = self.root()?;
        let units = |post: &Post| post.kind == PostKind::Unit && post.organisation == Some(organisation);
        self.open_at(&root.path, units).or_else(|| {
            let mut found: Vec<_> =
                self.seats.posts.values().filter(|p| units(p) && p.is_open_at(self.at)).collect();
            found.sort_by_key(|post| post.id);
            found.first().copied()
        })
    }

    /// The open post of the district's grid centre.
    pub fn dispatcher_post(&self) -> Option<&Post> {
        self.open_at(&self.root()?.path, |post| post.kind == PostKind::Dispatcher)
    }

    fn nearest_above(&self, path: &str, kind: PostKind) -> Option<&Post> {
        let mut at = Some(path);
        while let Some(here) = at {
            if let Some(post) = self.open_at(here, |post| post.kind == kind) {
                return Some(post);
            }
            at = parent_path(here);
        }
        None
    }

    /// The organisation duty lists call by this word.
    pub fn organisation(&self, key: &str) -> Option<&Organisation> {
        self.organisation_by_id(*self.seats.by_key.get(key)?)
    }

    pub fn organisation_by_id(&self, id: OrganisationId) -> Option<&Organisation> {
        self.seats.organisations.get(&id)
    }

    /// All organisations, by key.
    pub fn organisations(&self) -> Vec<&Organisation> {
        let mut all: Vec<&Organisation> = self.seats.organisations.values().collect();
        all.sort_by(|a, b| a.key.cmp(&b.key));
        all
    }

    /// The open posts an account holds at a moment, with its role on each.
    pub fn posts_held(&self, account: AccountId, at: Time) -> Vec<HeldPost<'_>> {
        let posts = self.seats.held.get(&account).into_iter().flatten().filter_map(|id| self.post(*id));
        posts
            .filter(|post| post.is_open_at(at))
            .filter_map(|post| {
                let roster = self.roster(post.id);
                let held = roster.0.iter().find(|h| h.account == account && h.is_held_at(at))?;
                let serves = !post.kind.is_single() || roster.serves_at(at).is_some_and(|s| s.id == held.id);
                Some(HeldPost { post, role: held.role, serves: serves && held.is_present_at(at) })
            })
            .collect()
    }

    /// Everybody who ever held a post.
    pub fn roster(&self, post: PostId) -> Roster<'_> {
        Roster(self.seats.holdings.get(&post).map_or(&[], Vec::as_slice))
    }

    /// Who holds a post at a moment, the main holder first.
    pub fn holders(&self, post: PostId, at: Time) -> Vec<&Holding> {
        let mut holders: Vec<&Holding> = self.roster(post).0.iter().filter(|h| h.is_held_at(at)).collect();
        holders.sort_by_key(|h| (h.role, h.from, h.id));
        holders
    }

    /// Who serves a post at a moment: the main holder, the stand-in while that one is away, or nobody.
    pub fn who_serves(&self, post: PostId, at: Time) -> Option<&Holding> {
        self.roster(post).serves_at(at)
    }
}

/// A new grid counts as successor from one part in so many of the old one's ground.
const SUCCESSOR_SHARE_MIN: usize = 10;
/// Sample points along each side of the old area's box.
const SAMPLES_PER_SIDE: usize = 16;

fn samples_in(boundary: &Boundary) -> Vec<Point> {
    let bbox = boundary.bbox();
    let step = |from: f64, to: f64, n: usize| from + (to - from) * (n as f64 + 0.5) / SAMPLES_PER_SIDE as f64;
    let places = (0..SAMPLES_PER_SIDE).flat_map(|x| (0..SAMPLES_PER_SIDE).map(move |y| (x, y)));
    let mut samples: Vec<Point> = places
        .filter_map(|(x, y)| Point::new(step(bbox.west, bbox.east, x), step(bbox.south, bbox.north, y)).ok())
        .filter(|point| boundary.contains(*point))
        .collect();
    if samples.is_empty() {
        samples.push(boundary.label_point());
    }
    samples
}

/// How far a place is from a boundary; zero inside. On a flat sheet around the place, which is exact enough for a
/// district and its surroundings.
fn metres_to(boundary: &Boundary, point: Point) -> f64 {
    const METRES_PER_DEGREE: f64 = 111_195.0;
    if boundary.contains(point) {
        return 0.0;
    }
    let wide = point.lat().to_radians().cos();
    let flat = |lon: f64, lat: f64| ((lon - point.lon()) * wide, lat - point.lat());
    let rings = boundary.shape().iter().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()));
    let lines = rings.flat_map(|ring| ring.lines());
    let degrees = lines
        .map(|line| origin_distance(flat(line.start.x, line.start.y), flat(line.end.x, line.end.y)))
        .fold(f64::INFINITY, f64::min);
    degrees * METRES_PER_DEGREE
}

/// Distance of a segment from (0, 0).
fn origin_distance(a: (f64, f64), b: (f64, f64)) -> f64 {
    let (x, y) = (b.0 - a.0, b.1 - a.1);
    let length2 = x * x + y * y;
    let share = if length2 == 0.0 { 0.0 } else { (-(a.0 * x + a.1 * y) / length2).clamp(0.0, 1.0) };
    (a.0 + x * share).hypot(a.1 + y * share)
}
