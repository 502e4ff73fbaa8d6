//! What a person or a program asks before and after reporting: types, suggestions, cases nearby, the way in by number and code.

use super::Answer;
use crate::catalogue::CaseType;
use crate::codes;
use crate::error::CaseError;
use crate::intake;
use crate::model::{CaseId, parse_number};
use crate::queries;
use crate::rules::Rules;
use crate::store;
use crate::suggest::Suggestion;
use crate::view::state_words;
use ::store::Conn;
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use edge::{Body, Edge, QueryOf, Who};
use platform::{DAY, Lang, Problem, Words};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SuggestTypes {
    /// What the person wrote so far.
    words: String,
}

/// A type the words speak of, and why.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TypeSuggestion {
    pub code: String,
    pub name: String,
    /// 因为您写到了“水管”“爆”
    pub because: String,
}

/// 按描述推荐类型，并说明原因。 · Suggests types from the words, with the reason.
#[utoipa::path(get, path = "/api/cases/suggest", tag = "cases", operation_id = "suggest_types", params(SuggestTypes),
    responses((status = 200, body = Vec<TypeSuggestion>)))]
pub async fn suggest_types(
    State(edge): State<Edge>,
    Who(actor): Who,
    QueryOf(query): QueryOf<SuggestTypes>,
) -> Json<Vec<TypeSuggestion>> {
    let rules = edge.fixture::<Rules>();
    Json(rules.suggester.suggest(&query.words).into_iter().map(|s| suggestion(&s, actor.lang)).collect())
}

pub(crate) fn suggestion(s: &Suggestion, lang: Lang) -> TypeSuggestion {
    TypeSuggestion { code: s.code.clone(), name: s.name.get(lang).to_owned(), because: s.sentence(lang) }
}

/// What the words speak of that is not handled here, and where it belongs.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ElsewhereNotice {
    pub key: String,
    pub notice: Words,
}

/// 不在这里办理的事项应找谁（信访、诉讼等）。 · Says what of the words belongs elsewhere: petitions, courts, discipline.
#[utoipa::path(get, path = "/api/cases/elsewhere", tag = "cases", operation_id = "list_elsewhere", params(SuggestTypes),
    responses((status = 200, body = Vec<ElsewhereNotice>)))]
pub async fn list_elsewhere(
    State(edge): State<Edge>,
    QueryOf(query): QueryOf<SuggestTypes>,
) -> Json<Vec<ElsewhereNotice>> {
    let rules = edge.fixture::<Rules>();
    let found = rules.suggester.belongs_elsewhere(&query.words);
    Json(
        found.into_iter().map(|e| ElsewhereNotice { key: e.key.clone(), notice: e.notice.clone() }).collect(),
    )
}

/// A type as a form offers it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TypeView {
    pub code: String,
    pub class: String,
    pub name: Words,
    pub hint: Option<Words>,
    pub common: bool,
    /// Whether neighbours may see such a case.
    pub public: bool,
    /// Whether one may report without a phone number.
    pub anonymous: bool,
    /// "5 个工作日" as the reporter is told.
    pub within: Words,
    #[schema(value_type = Vec<Object>)]
    pub questions: serde_json::Value,
}

fn type_view(t: &CaseType) -> TypeView {
    TypeView {
        code: t.code.clone(),
        class: t.class.clone(),
        name: t.short.clone(),
        hint: t.hint.clone(),
        common: t.common,
        public: t.public,
        anonymous: t.anonymous,
        within: crate::view::words(&t.final_measure().within.words()),
        questions: serde_json::to_value(&t.questions).unwrap_or_default(),
    }
}

/// 事项类型。 · Lists the types residents are offered.
#[utoipa::path(get, path = "/api/cases/types", tag = "cases", operation_id = "list_types",
    responses((status = 200, body = Vec<TypeView>)))]
pub async fn list_types(State(edge): State<Edge>) -> Json<Vec<TypeView>> {
    let rules = edge.fixture::<Rules>();
    Json(rules.catalogue.types().filter(|t| t.offered).map(type_view).collect())
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListNearby {
    lon: f64,
    lat: f64,
    #[serde(rename = "type")]
    #[param(rename = "type")]
    type_code: String,
}

/// An open case of the same kind nearby.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NearbyCase {
    pub number: String,
    pub type_name: String,
    pub distance_m: u32,
    pub state_words: String,
    pub since_words: String,
    pub followers: i64,
}

/// 附近同类在办事件（“我也遇到”）。 · Lists open cases of the same kind nearby.
#[utoipa::path(get, path = "/api/cases/nearby", tag = "cases", operation_id = "list_nearby", params(ListNearby),
    responses((status = 200, body = Vec<NearbyCase>), (status = 422, body = Problem)))]
pub async fn list_nearby(
    State(edge): State<Edge>,
    Who(actor): Who,
    QueryOf(query): QueryOf<ListNearby>,
) -> Answer<Vec<NearbyCase>> {
    let point = geo::Point::new(query.lon, query.lat)
        .map_err(|e| Problem::invalid("cases.bad_place", "lon", Words::new(e.zh(), e.to_string())))?;
    Ok(Json(nearby(&edge, &actor, &query.type_code, point).await?))
}

/// Open cases of a type around a point, as neighbours may see them.
pub(crate) async fn nearby(
    edge: &Edge,
    actor: &platform::Actor,
    type_code: &str,
    point: geo::Point,
) -> Result<Vec<NearbyCase>, CaseError> {
    let rules = edge.fixture::<Rules>();
    let case_type = rules.case_type(type_code)?;
    let radius = f64::from(case_type.duplicates.radius_m);
    let since = edge.now().before(DAY * case_type.duplicates.days);
    let (district, code) = (actor.district, type_code.to_owned());
    let near = edge
        .db
        .read(async move |conn: &mut Conn| queries::near(conn, district, &code, point, radius, since).await)
        .await?;
    let name = case_type.name.get(actor.lang).to_owned();
    let view = |(line, metres): (queries::Line, f64)| NearbyCase {
        number: line.number,
        type_name: name.clone(),
        distance_m: metres.round() as u32,
        state_words: state_words(rules.workflow(), &line.state).get(actor.lang).to_owned(),
        since_words: crate::view::moment(line.reported_at).get(actor.lang).to_owned(),
        followers: line.followers,
    };
    Ok(near.into_iter().take(5).map(view).collect())
}

/// Number and code, as a follower has them.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LookupCase {
    pub number: String,
    pub code: String,
}

/// The way in.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Lookup {
    pub id: CaseId,
    pub number: String,
    /// Sent back as `Mulin-Follow` with every request about this case.
    pub follow: String,
}

/// 凭编号和查询码查看。 · Opens a case by number and code.
#[utoipa::path(post, path = "/api/cases/lookup", tag = "cases", operation_id = "lookup_case", request_body = LookupCase,
    responses((status = 200, body = Lookup), (status = 403, body = Problem), (status = 429, body = Problem)))]
pub async fn lookup_case(
    State(edge): State<Edge>,
    Who(actor): Who,
    Body(body): Body<LookupCase>,
) -> Answer<Lookup> {
    Ok(Json(lookup(&edge, &actor, &body.number, &body.code).await?))
}

/// Checks number and code. A wrong number and a wrong code are refused alike, and guesses are counted.
pub(crate) async fn lookup(
    edge: &Edge,
    actor: &platform::Actor,
    number: &str,
    code: &str,
) -> Result<Lookup, Problem> {
    let number = parse_number(number).ok_or(CaseError::WrongCode)?;
    intake::watch_code(edge, actor, &number)?;
    let code: String = code.chars().filter(char::is_ascii_digit).take(7).collect();
    let (rules, district, wanted) = (edge.fixture::<Rules>(), actor.district, number.clone());
    let found = edge
        .db
        .read(async move |conn: &mut Conn| {
            let Some(secret) = codes::find_secret(conn, &rules, district).await? else { return Ok(None) };
            let Some(id) = store::find_by_number(conn, district, &wanted).await? else { return Ok(None) };
            let followers = store::followers(conn, district, id).await?;
            let Some(right) = followers.iter().find(|f| codes::code(&secret, id, f.id) == code) else {
                return Ok(None);
            };
            // A merged report is followed where it went on: the reporter keeps the number and code they have.
            let (id, number) = queries::find_common(conn, district, id).await?;
            let follow = codes::mark(&secret, id, right.id);
            Ok::<_, CaseError>(Some(Lookup { id, number, follow }))
        })
        .await?;
    Ok(found.ok_or(CaseError::WrongCode)?)
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ShowWorkflow {
    /// `json` (default), `mermaid`, `text`
    format: Option<String>,
}

/// 办理流程。 · The workflow of cases, as data, as a diagram or as text.
#[utoipa::path(get, path = "/api/cases/workflow", tag = "cases", operation_id = "show_workflow", params(ShowWorkflow),
    responses((status = 200, body = Object)))]
pub async fn show_workflow(
    State(edge): State<Edge>,
    Who(actor): Who,
    QueryOf(query): QueryOf<ShowWorkflow>,
) -> Result<Response, Problem> {
    let rules = edge.fixture::<Rules>();
    let workflow = rules.workflow();
    let lang = if actor.lang == Lang::En { flow::Lang::En } else { flow::Lang::Zh };
    let plain = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    match query.format.as_deref() {
        None | Some("json") => {
            Ok(Json(serde_json::to_value(&**workflow).unwrap_or_default()).into_response())
        }
        Some("mermaid") => Ok((StatusCode::OK, plain, workflow.to_mermaid(lang)).into_response()),
        Some("text") => Ok((StatusCode::OK, plain, workflow.to_text(lang)).into_response()),
        Some(_) => Err(Problem::invalid(
            "cases.unknown_format",
            "format",
            Words::of("只有 json、mermaid、text。", "One of json, mermaid, text."),
        )),
    }
}

/// 三张清单（公开）。 · The published duty lists.
#[utoipa::path(get, path = "/api/cases/duty-lists", tag = "cases", operation_id = "list_duties",
    responses((status = 200, body = Vec<Object>)))]
pub async fn list_duties(State(edge): State<Edge>, Who(actor): Who) -> Json<serde_json::Value> {
    let rules = edge.fixture::<Rules>();
    let in_force = rules.in_force(actor.district, edge.now().local().date());
    Json(in_force.catalogue.lists().map(|l| serde_json::to_value(l).unwrap_or_default()).collect())
}
