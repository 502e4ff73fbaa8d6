//! The rule book as staff read it: types whole, the routing rules as written, working days; and how much work lies on a post.

use super::Answer;
use crate::access;
use crate::catalogue::{CaseType, Catalogue, Proof, Urgency};
use crate::error::CaseError;
use crate::queries::workload;
use crate::rules::Rules;
use crate::view;
use ::store::Conn;
use axum::Json;
use axum::extract::State;
use edge::{Edge, QueryOf, Who};
use platform::{Actor, PostId, Problem, Words};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A tree of types with its classes.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BookTree {
    pub key: String,
    pub name: Words,
    pub source: String,
    pub classes: Vec<BookClass>,
}

/// A branch of a tree, with its types.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BookClass {
    pub code: String,
    pub name: Words,
    pub types: Vec<BookType>,
}

/// A type whole: what it asks, by when, with what proof, and whose it is by the lists.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BookType {
    pub code: String,
    pub name: Words,
    /// What residents read.
    pub short: Words,
    pub hint: Option<Words>,
    /// `normal`, `urgent`, `emergency`
    pub urgency: String,
    /// `none`, `photo_after`, `photos_before_after`, `document`
    pub proof: String,
    /// Treatments in their order; the last one ends the matter.
    pub measures: Vec<BookMeasure>,
    /// Items of the duty lists: list and number, and who answers by it.
    pub answers: Vec<BookAnswer>,
    pub questions: Vec<BookQuestion>,
    pub public: bool,
    pub anonymous: bool,
    pub offered: bool,
    pub hazard: bool,
    pub duplicates_radius_m: u32,
    pub duplicates_days: u32,
    /// Words by which it is suggested.
    pub words: Vec<String>,
    pub source: String,
}

/// A treatment with its limit.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BookMeasure {
    pub words: Words,
    /// "5 个工作日"
    pub within: Words,
    pub source: String,
}

/// Who answers by which list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BookAnswer {
    pub list: String,
    pub list_name: Words,
    pub number: String,
    pub who: Words,
}

/// A question to the reporter.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BookQuestion {
    pub code: String,
    pub words: Words,
    pub required: bool,
    /// What may be chosen; nothing where it is written freely.
    pub choices: Vec<Words>,
}

/// 事项类型全表：时限、问题、依据、归谁办。 · All types whole: limits, questions, sources, who answers.
#[utoipa::path(get, path = "/api/cases/book/types", tag = "cases", operation_id = "list_types_whole",
    responses((status = 200, body = Vec<BookTree>)))]
pub async fn list_types_whole(State(edge): State<Edge>, Who(actor): Who) -> Json<Vec<BookTree>> {
    let rules = edge.fixture::<Rules>();
    let in_force = rules.in_force(actor.district, edge.now().local().date());
    let catalogue = &*in_force.catalogue;
    let whole = |code: &String| catalogue.find_type(code).map(|t| book_type(t, catalogue));
    let trees = catalogue.trees().iter().map(|tree| BookTree {
        key: tree.key.clone(),
        name: tree.name.clone(),
        source: tree.source.clone(),
        classes: tree
            .classes
            .iter()
            .map(|class| BookClass {
                code: class.code.clone(),
                name: class.name.clone(),
                types: class.types.iter().filter_map(whole).collect(),
            })
            .collect(),
    });
    Json(trees.collect())
}

fn book_type(t: &CaseType, catalogue: &Catalogue) -> BookType {
    let measure = |m: &crate::catalogue::Measure| BookMeasure {
        words: m.words.clone(),
        within: view::words(&m.within.words()),
        source: m.source.clone(),
    };
    BookType {
        code: t.code.clone(),
        name: t.name.clone(),
        short: t.short.clone(),
        hint: t.hint.clone(),
        urgency: t.urgency.name().to_owned(),
        proof: proof_name(t.proof).to_owned(),
        measures: t.measures.iter().map(measure).collect(),
        answers: answers(t, catalogue),
        questions: t.questions.iter().map(question).collect(),
        public: t.public,
        anonymous: t.anonymous,
        offered: t.offered,
        hazard: t.hazard || t.urgency == Urgency::Emergency,
        duplicates_radius_m: t.duplicates.radius_m,
        duplicates_days: t.duplicates.days,
        words: t.words.clone(),
        source: t.source.clone(),
    }
}

fn answers(t: &CaseType, catalogue: &Catalogue) -> Vec<BookAnswer> {
    let found = t.answers.iter().filter_map(|key| Some((key, catalogue.find_item(key)?)));
    found
        .map(|(key, (list, item))| BookAnswer {
            list: key.list.clone(),
            list_name: list.name.clone(),
            number: key.number.clone(),
            who: catalogue.selector_words(&item.who),
        })
        .collect()
}

fn question(q: &crate::catalogue::Question) -> BookQuestion {
    BookQuestion {
        code: q.code.clone(),
        words: q.words(),
        required: q.required,
        choices: q.values.iter().map(|choice| choice.words()).collect(),
    }
}

const fn proof_name(proof: Proof) -> &'static str {
    match proof {
        Proof::None => "none",
        Proof::PhotoAfter => "photo_after",
        Proof::PhotosBeforeAfter => "photos_before_after",
        Proof::Document => "document",
    }
}

/// The routing rules as somebody wrote them.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RoutingText {
    /// The text of the `routing.toml` in force.
    pub text: String,
    /// Whether the district has its own; else it is the built-in one.
    pub own: bool,
}

/// 现行派单规则原文，供试算时修改。 · The routing rules in force as written, to be changed in a dry run.
#[utoipa::path(get, path = "/api/cases/book/routing", tag = "cases", operation_id = "show_routing",
    responses((status = 200, body = RoutingText), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn show_routing(State(edge): State<Edge>, who: Who) -> Answer<RoutingText> {
    let actor = who.signed_in()?;
    if !actor.holds(&access::DRY_RUN) {
        return Err(CaseError::Forbidden(&access::DRY_RUN).into());
    }
    let rules = edge.fixture::<Rules>();
    let own = rules.routing_text != crate::catalogue::EMBEDDED_ROUTING.1;
    Ok(Json(RoutingText { text: rules.routing_text.clone(), own }))
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ShowYear {
    /// 2000 to 2099; this year if absent.
    year: Option<i16>,
}

/// A day of the working calendar.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WorkDay {
    /// 2026-10-01
    pub date: String,
    pub is_worked: bool,
    /// Otherwise than its weekday says: a holiday in the week, a weekend that is worked.
    pub is_moved: bool,
    /// 国庆节
    pub name: Option<String>,
}

/// The working days of a year, and how sure they are.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WorkYear {
    pub year: i16,
    /// `official`: the State Council's notice is out; `weekend_only`: only weekends are known; `unknown`: outside the table.
    pub basis: String,
    /// What to say beside a year that is not sure.
    pub basis_words: Option<Words>,
    /// The last day an official notice covers.
    pub published_until: String,
    pub worked: usize,
    pub days: Vec<WorkDay>,
}

/// 一年的工作日历：放假、调休和依据。 · The working days of a year: holidays, days worked instead, and the basis.
#[utoipa::path(get, path = "/api/cases/book/working-days", tag = "cases", operation_id = "show_working_days", params(ShowYear),
    responses((status = 200, body = WorkYear), (status = 422, body = Problem)))]
pub async fn show_working_days(
    State(edge): State<Edge>,
    QueryOf(query): QueryOf<ShowYear>,
) -> Answer<WorkYear> {
    let rules = edge.fixture::<Rules>();
    let year = query.year.unwrap_or(edge.now().local().year());
    let days = rules.calendar.days_of(year);
    let Some(basis) = days.iter().map(|day| day.basis).max() else {
        let words = ("年份应在 2000 到 2099 之间。", "The year must be 2000 to 2099.");
        return Err(CaseError::invalid("year", "cases.bad_year", words.0, words.1).into());
    };
    let name = match basis {
        flow::Basis::Official => "official",
        flow::Basis::WeekendOnly => "weekend_only",
        flow::Basis::Unknown => "unknown",
    };
    let worked = days.iter().filter(|day| day.is_worked).count();
    let day = |day: flow::CalendarDay| WorkDay {
        date: day.date.to_string(),
        is_worked: day.is_worked,
        is_moved: day.is_moved,
        name: day.name,
    };
    Ok(Json(WorkYear {
        year,
        basis: name.to_owned(),
        basis_words: basis.words().as_ref().map(view::words),
        published_until: rules.calendar.published_until().to_string(),
        worked,
        days: days.into_iter().map(day).collect(),
    }))
}

/// Open cases that lie on a post: numbers only.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PostLoad {
    pub post: PostId,
    pub open: i64,
    pub overdue: i64,
}

/// Who moves posts must know how much lies on them, and nothing more.
fn may_count(actor: &Actor) -> bool {
    [&territory::MANAGE_POSTS, &territory::HAND_OVER].into_iter().any(|p| actor.holds(p))
}

/// 各岗位在办件数（只有数，没有内容），移交时用。 · How many open cases lie on each post: numbers only, for a hand-over.
#[utoipa::path(get, path = "/api/cases/workload", tag = "cases", operation_id = "count_workload",
    responses((status = 200, body = Vec<PostLoad>), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn count_workload(State(edge): State<Edge>, who: Who) -> Answer<Vec<PostLoad>> {
    let actor = who.signed_in()?;
    if !may_count(actor) {
        return Err(Problem::forbidden().with("permission", territory::HAND_OVER.name));
    }
    let (district, now) = (actor.district, edge.now());
    let counted = edge
        .db
        .read(async move |conn: &mut Conn| workload::count_by_post(conn, district, now).await)
        .await
        .map_err(CaseError::from)?;
    let load =
        |row: workload::PostCount| Some(PostLoad { post: row.post?, open: row.open, overdue: row.overdue });
    Ok(Json(counted.into_iter().filter_map(load).collect()))
}
