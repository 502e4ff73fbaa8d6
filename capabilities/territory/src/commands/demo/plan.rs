//! Works the demo's territory out: divides the outline, names the posts, invents the people.

use super::sources::{AreaLine, Names, read_areas, read_outline, read_units};
use super::{DemoPerson, DemoPlan, DemoScale, PlannedHolding, PlannedPost};
use crate::TerritoryError;
use crate::model::{AreaDraft, AreaKind, AreaLevel, HoldingRole, PostKind};
use geo::{Part, Share, partition_hierarchy};
use platform::Fault;
use std::sync::Arc;

/// The small demo: communities of one subdistrict with so many grids each.
const SMALL_COMMUNITIES: usize = 3;
const SMALL_GRIDS: usize = 5;
/// The division code of the demo in catalog/demo/areas.csv: all others there begin with it.
const DEMO_CODE: &str = "430204";
/// The subdistrict of the small demo: 田心街道.
const SMALL_SUBDISTRICT: &str = "430204001";

/// A telephone number of Zhuzhou that cannot exist: none begins with 0.
pub fn fixed_line(number: usize) -> String {
    format!("0733{number:08}")
}

/// A mobile number of the range 142, which nobody was given [general knowledge, unverified].
fn mobile(number: usize) -> String {
    format!("1420733{number:04}")
}

/// Households of grid number `n`: 360 to 440, 92,800 in all 232 (catalog/demo/README.md).
fn households(n: usize) -> u32 {
    360 + ((37 * n + 19) % 81) as u32
}

/// Works the demo out for a district of this division code. It takes a moment (the outline is divided), so do it outside of a write.
pub fn plan_demo(code: &str, scale: DemoScale) -> Result<DemoPlan, TerritoryError> {
    let mut lines = lines_of(scale)?;
    for line in &mut lines {
        line.code.replace_range(..DEMO_CODE.len(), code);
    }
    let root = Branch::tree(&lines)?;
    let part = partition_hierarchy(&read_outline()?, &root.share())?;
    let mut planner = Planner {
        names: Names::read()?,
        plan: DemoPlan {
            people: Vec::new(),
            areas: Vec::new(),
            organisations: read_units()?,
            posts: Vec::new(),
            holdings: Vec::new(),
        },
    };
    planner.areas(&root, &part, None);
    planner.posts(&root);
    Ok(planner.plan)
}

/// The rows of the district, and of its subdistricts with their communities.
fn lines_of(scale: DemoScale) -> Result<Vec<AreaLine>, TerritoryError> {
    let mut lines = read_areas()?;
    if scale == DemoScale::Small {
        let mut left = SMALL_COMMUNITIES;
        lines.retain(|line| match line.kind {
            AreaLevel::District => true,
            AreaLevel::Subdistrict => line.code == SMALL_SUBDISTRICT,
            _ if !line.code.starts_with(SMALL_SUBDISTRICT) || left == 0 => false,
            _ => {
                left -= 1;
                true
            }
        });
        for line in lines.iter_mut().filter(|line| line.grids.is_some()) {
            line.grids = Some(SMALL_GRIDS);
        }
    }
    Ok(lines)
}

/// A place with what lies below it.
struct Branch {
    code: String,
    level: AreaLevel,
    name: String,
    path: String,
    households: u32,
    below: Vec<Branch>,
}

impl Branch {
    fn tree(lines: &[AreaLine]) -> Result<Self, TerritoryError> {
        let first = lines.first().ok_or_else(|| Fault::broken("areas.csv of the demo is empty"))?;
        let mut grids = 0;
        let mut root = Self::new(first, None);
        for line in &lines[1..] {
            if line.kind == AreaLevel::Subdistrict {
                let branch = Self::new(line, Some(&root.path));
                root.below.push(branch);
                continue;
            }
            let above =
                root.below.last_mut().ok_or_else(|| Fault::broken("a community stands before its street"))?;
            let mut community = Self::new(line, Some(&above.path));
            for serial in 1..=line.grids.unwrap_or(0) {
                community.below.push(community.grid(serial, households(grids)));
                grids += 1;
            }
            above.below.push(community);
        }
        root.count();
        Ok(root)
    }

    fn new(line: &AreaLine, above: Option<&str>) -> Self {
        let path = above.map_or_else(|| line.code.clone(), |above| format!("{above}/{}", line.code));
        let (code, name) = (line.code.clone(), line.name.clone());
        Self { code, level: line.kind, name, path, households: 0, below: Vec::new() }
    }

    fn grid(&self, serial: usize, households: u32) -> Self {
        let code = format!("{}J{serial:03}", self.code);
        let path = format!("{}/{code}", self.path);
        let name = format!("{}第{serial}网格", self.name);
        Self { code, level: AreaLevel::Grid, name, path, households, below: Vec::new() }
    }

    /// Adds the households up.
    fn count(&mut self) -> u32 {
        if !self.below.is_empty() {
            self.households = self.below.iter_mut().map(Self::count).sum();
        }
        self.households
    }

    fn share(&self) -> Share {
        if self.below.is_empty() {
            return Share::Leaf(f64::from(self.households));
        }
        Share::Split(self.below.iter().map(Self::share).collect())
    }
}

struct Planner {
    names: Names,
    plan: DemoPlan,
}

impl Planner {
    fn areas(&mut self, branch: &Branch, part: &Part, above: Option<&str>) {
        self.plan.areas.push(AreaDraft {
            code: branch.code.clone(),
            level: branch.level,
            kind: AreaKind::Basic,
            name: branch.name.clone(),
            name_en: None,
            parent: above.map(str::to_owned),
            households: Some(branch.households),
            boundary: Some(Arc::new(part.boundary.clone())),
        });
        for (below, part) in branch.below.iter().zip(&part.parts) {
            self.areas(below, part, Some(&branch.code));
        }
    }

    fn posts(&mut self, root: &Branch) {
        let dispatcher =
            self.post(root, PostKind::Dispatcher, "区网格中心", "District grid centre", Some(fixed_line(1)));
        self.person(dispatcher);
        for n in 0..self.plan.organisations.len() {
            self.unit(root, n);
        }
        for (n, street) in root.below.iter().enumerate() {
            let name = format!("{}窗口", street.name);
            let desk = self.post(
                street,
                PostKind::SubdistrictDesk,
                &name,
                "Subdistrict desk",
                Some(fixed_line(10 + n)),
            );
            self.person(desk);
            for community in &street.below {
                self.community(community);
            }
        }
    }

    fn unit(&mut self, root: &Branch, n: usize) {
        let unit = self.plan.organisations[n].clone();
        let name_en = unit.name_en.clone().unwrap_or_default();
        let post = self.post(root, PostKind::Unit, &unit.name, &name_en, unit.phone);
        self.plan.posts[post].organisation = Some(unit.key);
        self.person(post);
    }

    /// A leader, and for each grid a worker who stands in for the neighbour (AB 岗).
    fn community(&mut self, community: &Branch) {
        let leader = self.post(
            community,
            PostKind::GridLeader,
            &format!("{}网格长", community.name),
            "Grid leader",
            None,
        );
        self.person(leader);
        let mut workers = Vec::new();
        for grid in &community.below {
            let post =
                self.post(grid, PostKind::GridWorker, &format!("{}网格员", grid.name), "Grid worker", None);
            workers.push((post, self.person(post)));
        }
        for (n, (post, _)) in workers.iter().enumerate() {
            let (_, person) = workers[(n + 1) % workers.len()];
            self.plan.holdings.push(PlannedHolding { person, post: *post, role: HoldingRole::StandIn });
        }
    }

    fn post(
        &mut self,
        at: &Branch,
        kind: PostKind,
        name: &str,
        name_en: &str,
        phone: Option<String>,
    ) -> usize {
        self.plan.posts.push(PlannedPost {
            kind,
            name: name.to_owned(),
            name_en: match at.level {
                AreaLevel::District => name_en.to_owned(),
                _ => format!("{name_en}, {}", at.name),
            },
            area_path: at.path.clone(),
            organisation: None,
            phone,
        });
        self.plan.posts.len() - 1
    }

    /// Invents the main holder of a post.
    fn person(&mut self, post: usize) -> usize {
        let number = self.plan.people.len();
        let planned = &self.plan.posts[post];
        self.plan.people.push(DemoPerson {
            name: self.names.pick(number as u64),
            phone: mobile(number + 1),
            kind: planned.kind,
            area_path: planned.area_path.clone(),
            organisation: planned.organisation.clone(),
            post_name: planned.name.clone(),
        });
        self.plan.holdings.push(PlannedHolding { person: number, post, role: HoldingRole::Main });
        number
    }
}
