//! Visit rules, and what they ask of whom before anything is planned.

use super::staff;
use super::visits::RuleView;
use crate::access::{PLAN, require, widest};
use crate::catalogue::VisitBook;
use crate::commands::{minutes_of, weigh_grid};
use crate::error::FieldworkError;
use crate::model::PlanLoad;
use crate::model::{Worker, worker_of};
use ::store::Conn;
use axum::Json;
use axum::extract::State;
use edge::{Body, Edge, Who};
use platform::{AccountId, Actor, Fault, Problem};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use territory::Snapshot;
use utoipa::ToSchema;

/// Minutes a week one may try out; a week has no more.
const WEEK_MINUTES_MAX: i64 = 7 * 24 * 60;

/// The rules in force.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VisitRulesView {
    /// Where the rules are from.
    pub source: String,
    pub version: String,
    /// What one worker has for visits in a week, and where that number is from.
    pub minutes_per_week: i64,
    pub hours_source: String,
    /// The first are planned first where hours are short.
    pub rules: Vec<RuleView>,
}

/// 走访规则：走访谁、多久一次、依据什么。Visit rules: whom, how often, by what right.
#[utoipa::path(get, path = "/api/fieldwork/visit-rules", tag = "fieldwork", operation_id = "list_visit_rules",
    responses((status = 200, body = VisitRulesView), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn list_visit_rules(State(edge): State<Edge>, who: Who) -> Result<Json<VisitRulesView>, Problem> {
    staff(&who, &[&PLAN])?;
    let book = edge.fixture::<VisitBook>();
    Ok(Json(VisitRulesView {
        source: book.source.clone(),
        version: book.version.clone(),
        minutes_per_week: book.minutes_per_week,
        hours_source: book.hours_source.clone(),
        rules: book.rules.iter().map(RuleView::from).collect(),
    }))
}

/// What is to be tried out.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TryPlanBody {
    /// A path; none: the widest area where one may see the plan.
    pub area: Option<String>,
    /// With so many minutes a week for each worker; none: those of the catalogue.
    pub minutes_per_week: Option<i64>,
}

/// What one rule asks of one grid.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RuleLoadView {
    pub key: String,
    /// Whom it concerns and who did not refuse.
    pub visits: i64,
    /// In an average week.
    pub minutes: i64,
    /// It is planned; false: it goes beyond the hours and is not.
    pub fits: bool,
}

/// What all rules ask of one grid.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GridLoadView {
    pub path: String,
    pub name: String,
    /// Who serves it; none: the post is vacant.
    pub worker: Option<AccountId>,
    pub rules: Vec<RuleLoadView>,
    /// Minutes in an average week: of all of it, of what is planned, and what there is.
    pub asked: i64,
    pub planned: i64,
    pub minutes: i64,
    pub over: bool,
}

/// What all rules ask of one worker.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WorkerLoadView {
    pub account: AccountId,
    /// Published with the post.
    pub name: String,
    pub grids: Vec<String>,
    pub visits: i64,
    pub asked: i64,
    pub planned: i64,
    pub minutes: i64,
    pub over: bool,
}

/// What the rules ask, grid by grid and worker by worker.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlanTrialView {
    pub area: String,
    pub minutes_per_week: i64,
    pub grids: Vec<GridLoadView>,
    pub workers: Vec<WorkerLoadView>,
    /// Names of workers of whom more is asked than there are hours.
    pub over: Vec<String>,
}

/// 测算走访工作量（不保存）：每个网格、每个人每周几户、几分钟，超出工时的点名。What the rules ask of each grid and worker a week, and of whom too much; nothing is saved.
#[utoipa::path(post, path = "/api/fieldwork/tasks/plan/dry-run", tag = "fieldwork", operation_id = "try_visit_plan", request_body = TryPlanBody,
    responses((status = 200, body = PlanTrialView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn try_visit_plan(
    State(edge): State<Edge>,
    who: Who,
    Body(body): Body<TryPlanBody>,
) -> Result<Json<PlanTrialView>, Problem> {
    let actor = staff(&who, &[&PLAN])?;
    let places = edge.fixture::<territory::Map>().of(actor.district);
    let area = area_of(actor, &places, body.area)?;
    let book = edge.fixture::<VisitBook>();
    let minutes_per_week = body.minutes_per_week.unwrap_or(book.minutes_per_week);
    if !(0..=WEEK_MINUTES_MAX).contains(&minutes_per_week) {
        return Err(FieldworkError::invalid(
            "minutes_per_week",
            "fieldwork.bad_minutes",
            "一周没有这么多分钟。",
            "A week does not have so many minutes.",
        )
        .into());
    }
    let (district, now) = (actor.district, edge.now());
    let keys = edge.fixture::<seal::Vault>().of(district).map_err(FieldworkError::from)?;
    let grids: Vec<(String, i64)> = places
        .subtree(&area)
        .filter(|grid| grid.level == territory::AreaLevel::Grid)
        .map(|grid| (grid.path.clone(), minutes_of(&places, &grid.path, minutes_per_week, now)))
        .collect();
    let weigh = async move |conn: &mut Conn| {
        let mut loads = Vec::new();
        for (grid, minutes) in &grids {
            let today = now.local().date();
            let weighed = weigh_grid(conn, &keys, district, &book, (grid, *minutes), today).await?;
            loads.push((grid.clone(), weighed.load));
        }
        Ok::<_, Fault>(loads)
    };
    let loads = edge.db.read_long(weigh).await.map_err(FieldworkError::from)?;
    let mut trial = Trial::default();
    for (grid, load) in loads {
        let worker = worker_of(&places, &grid, now);
        trial.add(&places, grid, load, worker);
    }
    Ok(Json(trial.view(area, minutes_per_week)))
}

fn area_of(actor: &Actor, places: &Snapshot, asked: Option<String>) -> Result<String, FieldworkError> {
    let root = places.root().map_or_else(|| territory::root_path(actor.district), |root| root.path.clone());
    let area = asked.or_else(|| widest(actor, &PLAN, &root)).ok_or(FieldworkError::NotFound)?;
    require(actor, &PLAN, &area)?;
    places.by_path(&area).ok_or(FieldworkError::NotFound)?;
    Ok(area)
}

/// A trial while it is added up.
#[derive(Default)]
struct Trial {
    grids: Vec<GridLoadView>,
    workers: BTreeMap<AccountId, WorkerLoadView>,
}

impl Trial {
    fn add(&mut self, places: &Snapshot, path: String, load: PlanLoad, worker: Option<Worker>) {
        let rules = load.rules.iter().map(|rule| RuleLoadView {
            key: rule.key.clone(),
            visits: rule.visits,
            minutes: rule.minutes,
            fits: rule.fits,
        });
        let grid = GridLoadView {
            name: places.by_path(&path).map(|area| area.name.clone()).unwrap_or_default(),
            worker: worker.as_ref().map(|worker| worker.account),
            rules: rules.collect(),
            asked: load.asked,
            planned: load.planned,
            minutes: load.hours,
            over: load.is_over(),
            path,
        };
        if let Some(worker) = worker {
            self.count(worker, &grid);
        }
        self.grids.push(grid);
    }

    fn count(&mut self, worker: Worker, grid: &GridLoadView) {
        let one = self.workers.entry(worker.account).or_insert_with(|| WorkerLoadView {
            account: worker.account,
            name: worker.name,
            grids: Vec::new(),
            visits: 0,
            asked: 0,
            planned: 0,
            minutes: 0,
            over: false,
        });
        one.grids.push(grid.path.clone());
        one.visits += grid.rules.iter().map(|rule| rule.visits).sum::<i64>();
        one.asked += grid.asked;
        one.planned += grid.planned;
        one.minutes += grid.minutes;
        one.over |= grid.over;
    }

    fn view(self, area: String, minutes_per_week: i64) -> PlanTrialView {
        let workers: Vec<WorkerLoadView> = self.workers.into_values().collect();
        let over = workers.iter().filter(|worker| worker.over).map(|worker| worker.name.clone()).collect();
        PlanTrialView { area, minutes_per_week, grids: self.grids, workers, over }
    }
}
