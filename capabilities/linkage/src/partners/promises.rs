//! How a unit keeps its promises: figures by type of case, what each means, and the cases behind each. A unit sees its own before anybody
//! else is told of them.

use crate::access::may_see_partner;
use crate::error::LinkageError;
use crate::model::period::moments;
use ::store::Conn;
use axum::Json;
use axum::extract::State;
use cases::promises::{self, KeptPart, Measure, Parts};
use cases::{CaseId, Rules};
use edge::{Edge, PathOf, QueryOf, Who};
use jiff::civil::Date;
use platform::{Actor, OrganisationId, PostId, Problem, Time, Words};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use territory::Map;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Cases of one page.
const ROWS_MAX: usize = 100;

pub(super) fn routes() -> OpenApiRouter<Edge> {
    OpenApiRouter::new().routes(routes!(show_promises)).routes(routes!(list_promise_cases))
}

/// A period, in days of China.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PromisesQuery {
    #[param(value_type = String)]
    pub from: Date,
    /// The last day, included; 92 days at most.
    #[param(value_type = String)]
    pub to: Date,
}

/// Which figure of which type is opened.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PromiseCasesQuery {
    #[param(value_type = String)]
    pub from: Date,
    #[param(value_type = String)]
    pub to: Date,
    #[param(inline)]
    pub measure: Measure,
    /// The code of a type of case; absent: all.
    #[serde(rename = "type")]
    pub case_type: Option<String>,
    /// The last case of the page before.
    pub after: Option<CaseId>,
}

/// One figure.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub struct PromiseFigure {
    #[schema(inline)]
    pub measure: Measure,
    pub count: usize,
}

/// What a measure means.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MeasureView {
    #[schema(inline)]
    pub measure: Measure,
    pub words: Words,
    pub definition: Words,
}

/// The figures of one type of case.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TypePromises {
    pub type_code: String,
    pub type_words: Words,
    /// The time promised, in words.
    pub promised: Option<Words>,
    pub figures: Vec<PromiseFigure>,
    /// The mean of the reporters' ratings, 1 to 5, and how many there are.
    pub rating: Option<f64>,
    pub ratings: usize,
}

/// How a unit kept its promises.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Promises {
    pub name: Words,
    pub figures: Vec<PromiseFigure>,
    pub rating: Option<f64>,
    pub ratings: usize,
    /// By type, the most frequent first.
    pub types: Vec<TypePromises>,
    pub measures: Vec<MeasureView>,
    /// Open cases count as they stand at this moment.
    pub at: Time,
}

/// A case behind a figure.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PromiseCase {
    pub id: CaseId,
    pub number: String,
    pub type_words: Words,
    pub state_words: Words,
    pub given_at: Time,
    pub taken_at: Option<Time>,
    /// Until when it was to be done; absent where it was given back before anybody took it.
    pub due_at: Option<Time>,
    pub done_at: Option<Time>,
    /// As what it counts besides.
    #[schema(inline)]
    pub measures: Vec<Measure>,
    pub rating: Option<i64>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PromiseCases {
    pub items: Vec<PromiseCase>,
    /// `after` of the next page; absent on the last.
    pub next: Option<CaseId>,
}

/// 一个单位的服务承诺兑现情况：每个数字都有口径，都能打开。How a unit kept its promises: each figure has a definition, and opens.
#[utoipa::path(get, path = "/api/linkage/partners/{organisation}/promises", tag = "linkage", operation_id = "show_promises",
    params(("organisation" = OrganisationId, Path), PromisesQuery),
    responses((status = 200, body = Promises), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn show_promises(
    State(edge): State<Edge>,
    Who(actor): Who,
    PathOf(organisation): PathOf<OrganisationId>,
    QueryOf(query): QueryOf<PromisesQuery>,
) -> Result<Json<Promises>, Problem> {
    let parts = parts(&edge, &actor, organisation, (query.from, query.to)).await?;
    let (now, rules) = (edge.now(), edge.fixture::<Rules>());
    let mut by_type: BTreeMap<&str, Vec<&KeptPart>> = BTreeMap::new();
    for one in &parts {
        by_type.entry(&one.type_code).or_default().push(one);
    }
    let mut types: Vec<TypePromises> = by_type
        .into_iter()
        .map(|(code, of_type)| TypePromises {
            promised: promises::promised(&rules, actor.district, code),
            ..of_type_view(&of_type, now)
        })
        .collect();
    types.sort_by_key(|one| std::cmp::Reverse(one.figures.first().map_or(0, |figure| figure.count)));
    let all: Vec<&KeptPart> = parts.iter().collect();
    let (rating, ratings) = mean(&all);
    let places = edge.fixture::<Map>().of(actor.district);
    let unit = places.organisation_by_id(organisation).ok_or(LinkageError::NotFound)?;
    let name = Words::new(unit.name.clone(), unit.name_en.clone().unwrap_or_else(|| unit.name.clone()));
    Ok(Json(Promises {
        name,
        figures: figures(&all, now),
        rating,
        ratings,
        types,
        measures: measures(),
        at: now,
    }))
}

/// 一个数字背后的件。The cases behind one figure.
#[utoipa::path(get, path = "/api/linkage/partners/{organisation}/promises/cases", tag = "linkage", operation_id = "list_promise_cases",
    params(("organisation" = OrganisationId, Path), PromiseCasesQuery),
    responses((status = 200, body = PromiseCases), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn list_promise_cases(
    State(edge): State<Edge>,
    Who(actor): Who,
    PathOf(organisation): PathOf<OrganisationId>,
    QueryOf(query): QueryOf<PromiseCasesQuery>,
) -> Result<Json<PromiseCases>, Problem> {
    let parts = parts(&edge, &actor, organisation, (query.from, query.to)).await?;
    let now = edge.now();
    let is_of_type = |one: &&KeptPart| query.case_type.as_ref().is_none_or(|code| *code == one.type_code);
    let counted = parts.iter().filter(is_of_type).filter(|one| one.part.counts_as(query.measure, now));
    let mut rows: Vec<&KeptPart> = match query.after {
        Some(after) => counted.skip_while(|one| one.case != after).skip(1).take(ROWS_MAX + 1).collect(),
        None => counted.take(ROWS_MAX + 1).collect(),
    };
    let is_more = rows.len() > ROWS_MAX;
    rows.truncate(ROWS_MAX);
    let next = rows.last().filter(|_| is_more).map(|one| one.case);
    Ok(Json(PromiseCases { items: rows.into_iter().map(|one| row(one, now)).collect(), next }))
}

async fn parts(
    edge: &Edge,
    actor: &Actor,
    organisation: OrganisationId,
    (first, last): (Date, Date),
) -> Result<Vec<KeptPart>, LinkageError> {
    may_see_partner(actor, organisation)?;
    let period = moments(first, last)?;
    let (district, rules) = (actor.district, edge.fixture::<Rules>());
    let posts = posts_of(&edge.fixture::<Map>().of(district), organisation);
    let read = async move |conn: &mut Conn| promises::parts_of(conn, &rules, district, &posts, period).await;
    match edge.db.read(read).await? {
        Parts::All(parts) => Ok(parts),
        Parts::TooMany => Err(LinkageError::invalid(
            "to",
            "linkage.too_many_cases",
            format!("这段时间派给的件超过 {} 件，请选短一些。", promises::PARTS_MAX),
            format!(
                "More than {} cases were given in this period: choose a shorter one.",
                promises::PARTS_MAX
            ),
        )),
    }
}

/// All posts of a unit, also those that are closed: what was given to them was given to it.
fn posts_of(places: &territory::Snapshot, organisation: OrganisationId) -> Vec<PostId> {
    let of_unit = |post: &&territory::Post| post.organisation == Some(organisation);
    places.posts().into_iter().filter(of_unit).map(|post| post.id).collect()
}

fn figures(parts: &[&KeptPart], now: Time) -> Vec<PromiseFigure> {
    let count = |measure| parts.iter().filter(|one| one.part.counts_as(measure, now)).count();
    Measure::ALL.iter().map(|measure| PromiseFigure { measure: *measure, count: count(*measure) }).collect()
}

fn mean(parts: &[&KeptPart]) -> (Option<f64>, usize) {
    let ratings: Vec<i64> = parts.iter().filter_map(|one| one.part.rating).collect();
    let sum: i64 = ratings.iter().sum();
    ((!ratings.is_empty()).then(|| sum as f64 / ratings.len() as f64), ratings.len())
}

fn of_type_view(parts: &[&KeptPart], now: Time) -> TypePromises {
    let (rating, ratings) = mean(parts);
    let first = parts.first().expect("a type is here because of its cases");
    TypePromises {
        type_code: first.type_code.clone(),
        type_words: first.type_words.clone(),
        promised: None,
        figures: figures(parts, now),
        rating,
        ratings,
    }
}

fn measures() -> Vec<MeasureView> {
    let view = |measure: &Measure| MeasureView {
        measure: *measure,
        words: measure.words(),
        definition: measure.definition(),
    };
    Measure::ALL.iter().map(view).collect()
}

fn row(one: &KeptPart, now: Time) -> PromiseCase {
    let part = &one.part;
    PromiseCase {
        id: one.case,
        number: one.number.clone(),
        type_words: one.type_words.clone(),
        state_words: one.state_words.clone(),
        given_at: part.given_at,
        taken_at: part.taken_at,
        due_at: part.due_at,
        done_at: part.done_at,
        measures: Measure::ALL.iter().copied().filter(|m| part.counts_as(*m, now)).collect(),
        rating: part.rating,
    }
}
