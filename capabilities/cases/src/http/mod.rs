//! JSON routes of cases, thin: parse, call, answer.

mod actions;
mod book;
mod day;
mod forms;
pub(crate) mod lists;
mod live;
pub(crate) mod lookups;
mod map;
pub(crate) mod report;

use crate::error::CaseError;
use crate::model::{CaseId, FollowerId};
use crate::rules::Rules;
use crate::view::Viewer;
use crate::{codes, intake, store};
use axum::http::HeaderMap;
use edge::Edge;
use platform::{Actor, Problem};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The header by which somebody without an account proves that they follow a case.
pub const FOLLOW_HEADER: &str = "mulin-follow";

pub fn routes() -> OpenApiRouter<Edge> {
    OpenApiRouter::new()
        .routes(routes!(report::create_case, lists::list_cases))
        .merge(OpenApiRouter::new().routes(routes!(report::keep_photos)).layer(intake::form_limit()))
        .routes(routes!(lookups::suggest_types))
        .routes(routes!(lookups::list_elsewhere))
        .routes(routes!(lookups::list_types))
        .routes(routes!(lookups::list_nearby))
        .routes(routes!(lookups::lookup_case))
        .routes(routes!(lookups::show_workflow))
        .routes(routes!(lookups::list_duties))
        .routes(routes!(book::list_types_whole))
        .routes(routes!(book::show_routing))
        .routes(routes!(book::show_working_days))
        .routes(routes!(forms::show_forms))
        .routes(routes!(book::count_workload))
        .routes(routes!(lists::count_cases))
        .routes(routes!(lists::search_cases))
        .routes(routes!(map::show_map))
        .routes(routes!(map::list_exceptions))
        .routes(routes!(map::list_behind))
        .routes(routes!(day::show_day))
        .routes(routes!(lists::find_case))
        .routes(routes!(crate::similar::list_similar_cases))
        .routes(routes!(actions::act_on_case))
        .routes(routes!(actions::act_on_many))
        .routes(routes!(actions::follow_case))
        .routes(routes!(actions::open_reporter))
        .routes(routes!(actions::try_rules))
        .merge(crate::duties::routes())
        .merge(crate::joint::routes())
        .merge(crate::reach::routes())
        .routes(routes!(live::follow_live))
}

/// Puts cases into words for this actor.
pub(crate) fn viewer(edge: &Edge, actor: &Actor) -> Viewer {
    Viewer {
        actor: actor.clone(),
        rules: edge.fixture::<Rules>(),
        places: edge.fixture::<territory::Map>().of(actor.district),
        now: edge.now(),
    }
}

/// The follower a request proves by a signed mark, from the header.
pub(crate) async fn mark_of(
    edge: &Edge,
    actor: &Actor,
    case: CaseId,
    headers: &HeaderMap,
) -> Result<Option<FollowerId>, CaseError> {
    let Some(text) = headers.get(FOLLOW_HEADER).and_then(|v| v.to_str().ok()) else { return Ok(None) };
    read_mark(edge, actor, case, text).await
}

pub(crate) async fn read_mark(
    edge: &Edge,
    actor: &Actor,
    case: CaseId,
    text: &str,
) -> Result<Option<FollowerId>, CaseError> {
    let (rules, district) = (edge.fixture::<Rules>(), actor.district);
    let secret = edge
        .db
        .read(async move |conn: &mut ::store::Conn| codes::find_secret(conn, &rules, district).await)
        .await?;
    Ok(secret.and_then(|s| codes::read_mark(&s, case, text)))
}

/// The case an address names: by id, or by the number people use.
pub(crate) async fn case_id(edge: &Edge, actor: &Actor, text: &str) -> Result<CaseId, CaseError> {
    if let Ok(id) = text.parse::<CaseId>() {
        return Ok(id);
    }
    let number = crate::model::parse_number(text).ok_or(CaseError::NotFound)?;
    let district = actor.district;
    let found = edge
        .db
        .read(async move |conn: &mut ::store::Conn| store::find_by_number(conn, district, &number).await)
        .await?;
    found.ok_or(CaseError::NotFound)
}

/// Words of a request's faults in its own way.
pub(crate) type Answer<T> = Result<axum::Json<T>, Problem>;
