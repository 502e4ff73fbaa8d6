//! Checks a plan against the areas as they stand: codes, parents, dates, and how the boundaries fit together.

use super::{
    Area, AreaDraft, AreaId, AreaLevel, CODE_CHARS_MAX, CheckedPlan, Edition, Finding, NAME_CHARS_MAX, Plan,
    Post, Review, Severity, level_of_code, parent_code_of, root_path,
};
use geo::{Boundary, FindingKind};
use platform::{DistrictId, Scope};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// Households of a grid: below or above is worth a look (product.md: about 400 each).
pub const HOUSEHOLDS_MIN: u32 = 100;
pub const HOUSEHOLDS_MAX: u32 = 800;
/// Areas deep at most, so that a circle of parents ends.
const DEPTH_MAX: usize = 12;
/// Findings of one review.
const FINDINGS_MAX: usize = 500;

/// Checks a plan against the newest version of each area (`standing`) and the posts that are open.
pub fn check_plan(
    district: DistrictId,
    plan: Plan,
    standing: &[Area],
    edition: Edition,
    posts: &[&Post],
) -> Review {
    let mut check = Check::new(district, &plan, standing);
    check.drafts();
    check.merge();
    check.root();
    check.place_all();
    check.dates();
    check.fit();
    check.households();
    check.left_posts(posts);
    check.review(&plan, edition)
}

/// An area as it would be with the plan in force.
struct Placed<'a> {
    draft: Option<&'a AreaDraft>,
    standing: Option<&'a Area>,
    parent: Option<String>,
    path: String,
}

impl Placed<'_> {
    fn level(&self) -> AreaLevel {
        match (self.draft, self.standing) {
            (Some(draft), _) => draft.level,
            (None, Some(area)) => area.level,
            (None, None) => AreaLevel::Grid,
        }
    }

    fn boundary(&self) -> Option<&Arc<Boundary>> {
        let drafted = self.draft.and_then(|draft| draft.boundary.as_ref());
        drafted.or_else(|| self.standing.and_then(|area| area.boundary.as_ref()))
    }

    fn households(&self) -> Option<u32> {
        let drafted = self.draft.and_then(|draft| draft.households);
        drafted.or_else(|| self.standing.and_then(|area| area.households))
    }

    /// Whether the plan makes it another than it is.
    fn is_changed(&self) -> bool {
        let Some(old) = self.standing else { return true };
        self.path != old.path || self.draft.is_some_and(|draft| !is_same(draft, old))
    }

    fn has_new_ground(&self) -> bool {
        let old = self.standing.and_then(|area| area.boundary.as_ref());
        let new = self.boundary();
        new != old || self.standing.is_none_or(|area| area.path != self.path)
    }
}

/// Fields left out of a draft keep their value, so they do not differ.
fn is_same(draft: &AreaDraft, old: &Area) -> bool {
    draft.level == old.level
        && draft.kind == old.kind
        && draft.name == old.name
        && (draft.name_en.is_none() || draft.name_en == old.name_en)
        && (draft.households.is_none() || draft.households == old.households)
        && (draft.boundary.is_none() || draft.boundary == old.boundary)
}

struct Check<'a> {
    district: String,
    plan: &'a Plan,
    standing: BTreeMap<&'a str, &'a Area>,
    drafts: BTreeMap<&'a str, &'a AreaDraft>,
    placed: BTreeMap<String, Placed<'a>>,
    ended: Vec<&'a Area>,
    findings: Vec<Finding>,
}

impl<'a> Check<'a> {
    fn new(district: DistrictId, plan: &'a Plan, standing: &'a [Area]) -> Self {
        Self {
            district: root_path(district),
            plan,
            standing: standing.iter().map(|area| (area.code.as_str(), area)).collect(),
            drafts: BTreeMap::new(),
            placed: BTreeMap::new(),
            ended: Vec::new(),
            findings: Vec::new(),
        }
    }

    fn find(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Each area of the plan by itself: its code, its name, once only.
    fn drafts(&mut self) {
        if self.plan.areas.is_empty() {
            self.find(Finding::error(
                "territory.no_areas",
                "",
                "文件里没有区域。".into(),
                "The file holds no area.".into(),
            ));
        }
        for draft in &self.plan.areas {
            if self.drafts.insert(&draft.code, draft).is_some() {
                let code = &draft.code;
                self.find(Finding::error(
                    "territory.duplicate_code",
                    code,
                    format!("编码 {code} 出现了不止一次。"),
                    format!("Code {code} comes more than once."),
                ));
            }
            self.draft(draft);
        }
    }

    fn draft(&mut self, draft: &AreaDraft) {
        let code = draft.code.as_str();
        let shape = level_of_code(code);
        let fits =
            shape.is_some_and(|(level, kind)| level.rank() == draft.level.rank() && kind == draft.kind);
        if !fits || code.len() > CODE_CHARS_MAX {
            let shown: String = code.chars().take(40).collect();
            self.find(Finding::error(
                "territory.bad_code",
                code,
                format!(
                    "“{shown}”不是{}的编码：区 6 位、街道 9 位、社区（村）12 位数字，网格是社区编码加 J（基本）或 Z（专属）加 3 位数字。",
                    draft.level.words().zh
                ),
                format!(
                    "\"{shown}\" is no code of a {}: 6, 9 or 12 digits; a grid adds J (basic) or Z (special) and 3 digits.",
                    draft.level.as_str()
                ),
            ));
        }
        let name = draft.name.trim();
        if name.is_empty() || name.chars().count() > NAME_CHARS_MAX || name.chars().any(char::is_control) {
            self.find(Finding::error(
                "territory.bad_name",
                code,
                format!("{code} 的名称要有 1 到 {NAME_CHARS_MAX} 个字。"),
                format!("The name of {code} must have 1 to {NAME_CHARS_MAX} characters."),
            ));
        }
    }

    /// The areas as they would be: those that stand, less those that end, with those of the plan.
    fn merge(&mut self) {
        let within = self.plan.within.as_deref();
        let redivided = within.and_then(|code| self.standing.get(code)).map(|area| area.path.as_str());
        if let (Some(code), None) = (within, redivided)
            && !self.drafts.contains_key(code)
        {
            self.find(Finding::error(
                "territory.unknown_within",
                code,
                format!("要重新划分的 {code} 不存在。"),
                format!("{code}, which is to be redivided, does not exist."),
            ));
        }
        for (code, area) in &self.standing {
            let draft = self.drafts.get(code).copied();
            let is_below =
                redivided.is_some_and(|path| area.path != path && Scope::covers_path(path, &area.path));
            if draft.is_none() && is_below {
                self.ended.push(area);
                continue;
            }
            let parent = match draft {
                Some(draft) => draft.parent.clone().or_else(|| area.parent.clone()),
                None => area.parent.clone(),
            };
            self.placed.insert(
                (*code).to_owned(),
                Placed { draft, standing: Some(area), parent, path: String::new() },
            );
        }
        for (code, draft) in &self.drafts {
            if !self.standing.contains_key(code) {
                let placed = Placed {
                    draft: Some(draft),
                    standing: None,
                    parent: draft.parent.clone(),
                    path: String::new(),
                };
                self.placed.insert((*code).to_owned(), placed);
            }
        }
        self.guess_parents();
    }

    /// A parent that no column names is the one the code names; where that one does not exist, the next above.
    fn guess_parents(&mut self) {
        let known: BTreeSet<String> = self.placed.keys().cloned().collect();
        for (code, placed) in &mut self.placed {
            if placed.parent.is_some() || placed.level() == AreaLevel::District {
                continue;
            }
            let mut above = parent_code_of(code);
            while let Some(parent) = above {
                if known.contains(parent) {
                    break;
                }
                above = parent_code_of(parent);
            }
            placed.parent = above.or_else(|| parent_code_of(code)).map(str::to_owned);
        }
    }

    /// There is one district, and it is this one.
    fn root(&mut self) {
        let roots: Vec<String> = self
            .placed
            .iter()
            .filter(|(_, placed)| placed.level() == AreaLevel::District)
            .map(|(code, _)| code.clone())
            .collect();
        if roots != [self.district.clone()] {
            let district = &self.district;
            let finding = Finding::error(
                "territory.wrong_district",
                roots.iter().find(|code| *code != district).map_or("", String::as_str),
                format!("区域必须都属于本区，最上一级是 {district}。"),
                format!("All areas must belong to this district, and {district} must be on top."),
            );
            self.find(finding);
        }
    }

    /// Gives each area its path, and finds parents that do not exist or are no parents.
    fn place_all(&mut self) {
        let codes: Vec<String> = self.placed.keys().cloned().collect();
        for code in codes {
            match self.path_of(&code, 0) {
                Some(path) => {
                    if let Some(placed) = self.placed.get_mut(&code) {
                        placed.path = path;
                    }
                }
                None => self.explain_parent(&code),
            }
        }
    }

    fn path_of(&self, code: &str, depth: usize) -> Option<String> {
        let placed = self.placed.get(code)?;
        if depth > DEPTH_MAX {
            return None;
        }
        if placed.level() == AreaLevel::District {
            return Some(code.to_owned());
        }
        let parent = placed.parent.as_deref()?;
        let above = self.placed.get(parent)?;
        if !placed.level().may_lie_in(above.level()) {
            return None;
        }
        Some(format!("{}/{code}", self.path_of(parent, depth + 1)?))
    }

    fn explain_parent(&mut self, code: &str) {
        let Some(placed) = self.placed.get(code) else { return };
        let parent = placed.parent.clone().unwrap_or_default();
        let finding = match self.placed.get(&parent) {
            Some(above) if placed.level().may_lie_in(above.level()) => return,
            Some(above) => Finding::error(
                "territory.wrong_parent",
                code,
                format!(
                    "{code} 是{}，不能放在{} {parent} 之下。",
                    placed.level().words().zh,
                    above.level().words().zh
                ),
                format!(
                    "{code} is a {} and cannot lie in {parent}, a {}.",
                    placed.level().as_str(),
                    above.level().as_str()
                ),
            ),
            None => Finding::error(
                "territory.unknown_parent",
                code,
                format!("{code} 的上级“{parent}”不存在。"),
                format!("The parent \"{parent}\" of {code} does not exist."),
            ),
        };
        self.find(finding);
    }

    /// A version may only follow the one in force.
    fn dates(&mut self) {
        let from = self.plan.from;
        let changed =
            self.placed.values().filter(|placed| placed.is_changed()).filter_map(|placed| placed.standing);
        let late: Vec<&Area> =
            changed.chain(self.ended.iter().copied()).filter(|area| area.valid_from >= from).collect();
        if let Some(first) = late.first() {
            let since = first.valid_from.local().date();
            let (code, count) = (first.code.clone(), late.len());
            self.find(Finding::error(
                "territory.from_too_early",
                &code,
                format!("{code} 等 {count} 个区域现行版本从 {since} 起生效，新方案必须晚于那时。"),
                format!("{code} ({count} in all) is in force since {since}; a new plan must begin later."),
            ));
        }
    }

    /// How boundaries fit together, wherever the plan moves one.
    fn fit(&mut self) {
        if self.findings.iter().any(|f| f.severity == Severity::Error) {
            return;
        }
        let mut families: HashMap<&str, Vec<&str>> = HashMap::new();
        for (code, placed) in &self.placed {
            families.entry(placed.parent.as_deref().unwrap_or_default()).or_default().push(code);
        }
        let touched = self.families_touched();
        let mut findings = Vec::new();
        for parent in touched {
            let codes = families.get(parent.as_str()).map(Vec::as_slice).unwrap_or_default();
            findings.extend(self.fit_family(&parent, codes));
        }
        self.findings.extend(findings);
    }

    /// Codes of parents whose children must be looked at again ("" stands above the district).
    fn families_touched(&self) -> BTreeSet<String> {
        let mut touched = BTreeSet::new();
        for (code, placed) in &self.placed {
            if placed.has_new_ground() {
                touched.insert(placed.parent.clone().unwrap_or_default());
                touched.insert(code.clone());
                let old = placed.standing.and_then(|area| area.parent.clone());
                touched.extend(old);
            }
        }
        touched.extend(self.ended.iter().filter_map(|area| area.parent.clone()));
        touched
    }

    fn fit_family(&self, parent: &str, codes: &[&str]) -> Vec<Finding> {
        let around = self.placed.get(parent).and_then(Placed::boundary);
        let children: Vec<(&str, &Boundary)> =
            codes.iter().filter_map(|code| Some((*code, &**self.placed.get(*code)?.boundary()?))).collect();
        let is_whole = children.len() == codes.len();
        let mut findings = Vec::new();
        for code in codes.iter().filter(|_| !is_whole && !children.is_empty()) {
            if self.placed.get(*code).is_some_and(|placed| placed.boundary().is_none()) {
                findings.push(Finding::warning(
                    "territory.no_boundary",
                    code,
                    format!("{code} 还没有边界，地图和定位都找不到它。"),
                    format!("{code} has no boundary yet: neither map nor place can find it."),
                ));
            }
        }
        let found = geo::check_partition(around.map(|b| &**b), &children);
        findings.extend(found.into_iter().map(|finding| from_geo(&finding, is_whole)));
        findings
    }

    fn households(&mut self) {
        let odd: Vec<(String, u32)> = self
            .placed
            .iter()
            .filter(|(_, placed)| placed.level() == AreaLevel::Grid && placed.is_changed())
            .filter_map(|(code, placed)| Some((code.clone(), placed.households()?)))
            .filter(|(_, households)| !(HOUSEHOLDS_MIN..=HOUSEHOLDS_MAX).contains(households))
            .collect();
        for (code, households) in odd {
            self.find(Finding::warning(
                "territory.households",
                &code,
                format!("网格 {code} 有 {households} 户，一般是 {HOUSEHOLDS_MIN} 到 {HOUSEHOLDS_MAX} 户。"),
                format!(
                    "Grid {code} has {households} households; {HOUSEHOLDS_MIN} to {HOUSEHOLDS_MAX} is usual."
                ),
            ));
        }
    }

    /// Posts whose area ends keep their work; somebody must close or move them.
    fn left_posts(&mut self, posts: &[&Post]) {
        let paths: BTreeSet<&str> = self.placed.values().map(|placed| placed.path.as_str()).collect();
        let left: Vec<&&Post> =
            posts.iter().filter(|post| !paths.contains(post.area_path.as_str())).collect();
        if self.findings.iter().any(|f| f.severity == Severity::Error) {
            return;
        }
        for post in left {
            let code = super::code_of_path(&post.area_path).to_owned();
            self.find(Finding::warning(
                "territory.post_left",
                &code,
                format!("岗位“{}”所在的 {code} 将不再有效，请关闭或另设岗位。", post.name),
                format!("The post \"{}\" is at {code}, which ends: close it, or open another.", post.name),
            ));
        }
    }

    fn review(mut self, plan: &Plan, edition: Edition) -> Review {
        self.findings.sort_by_key(|finding| finding.severity);
        self.findings.truncate(FINDINGS_MAX);
        let mut review = Review {
            findings: std::mem::take(&mut self.findings),
            added: Vec::new(),
            renewed: Vec::new(),
            ended: self.ended.iter().map(|area| area.code.clone()).collect(),
            unchanged: 0,
            plan: CheckedPlan {
                from: plan.from,
                edition,
                coming: Vec::new(),
                going: self.ended.iter().map(|area| area.id).collect(),
                within: plan.within.clone(),
                touched: self.ended.iter().map(|area| area.path.clone()).collect(),
                added: 0,
                renewed: 0,
                ended: self.ended.len(),
            },
        };
        for (code, placed) in &self.placed {
            if !placed.is_changed() {
                review.unchanged += usize::from(placed.draft.is_some());
                continue;
            }
            match placed.standing {
                Some(old) => {
                    review.renewed.push(code.clone());
                    review.plan.going.push(old.id);
                    review.plan.touched.push(old.path.clone());
                }
                None => review.added.push(code.clone()),
            }
            review.plan.touched.push(placed.path.clone());
            review.plan.coming.push(coming(code, placed, plan));
        }
        review.plan.coming.sort_by(|a, b| a.path.cmp(&b.path));
        review.plan.added = review.added.len();
        review.plan.renewed = review.renewed.len();
        review.plan.touched = tops_of(std::mem::take(&mut review.plan.touched));
        review
    }
}

/// Paths that no other of them covers: the right to edit there is the right to edit below.
fn tops_of(mut paths: Vec<String>) -> Vec<String> {
    paths.sort();
    let mut tops: Vec<String> = Vec::new();
    for path in paths {
        if !tops.last().is_some_and(|top| Scope::covers_path(top, &path)) {
            tops.push(path);
        }
    }
    tops
}

/// The new version; its id and number are given when it is saved.
fn coming(code: &str, placed: &Placed<'_>, plan: &Plan) -> Area {
    let old = placed.standing;
    let name_en = placed.draft.and_then(|draft| draft.name_en.clone());
    Area {
        id: AreaId(uuid::Uuid::nil()),
        level: placed.level(),
        kind: placed.draft.map(|d| d.kind).or(old.map(|a| a.kind)).unwrap_or(super::AreaKind::Basic),
        code: code.to_owned(),
        name: placed
            .draft
            .map(|d| d.name.trim().to_owned())
            .or(old.map(|a| a.name.clone()))
            .unwrap_or_default(),
        name_en: name_en.or_else(|| old.and_then(|area| area.name_en.clone())),
        path: placed.path.clone(),
        parent: if placed.level() == AreaLevel::District { None } else { placed.parent.clone() },
        households: placed.households(),
        boundary: placed.boundary().cloned(),
        valid_from: plan.from,
        valid_to: None,
        version: 0,
    }
}

/// A finding of `geo` in this capability's words. A gap is no error while some areas have no boundary yet.
fn from_geo(found: &geo::Finding, is_whole: bool) -> Finding {
    let is_gap = found.kind == FindingKind::Gap && !is_whole;
    let severity = match found.severity {
        geo::Severity::Error if !is_gap => Severity::Error,
        geo::Severity::Error | geo::Severity::Warning => Severity::Warning,
    };
    let mut finding = Finding::new(found.code(), severity, "", platform::Words::new(found.zh(), found.en()))
        .at(found.place);
    finding.areas.clone_from(&found.areas);
    finding.square_metres = (found.square_metres > 0.0).then(|| found.square_metres.round());
    finding
}
