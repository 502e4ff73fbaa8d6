//! JSON routes of reaching a reporter, thin: parse, call, answer.

use super::view::{Found, Reaches, reaches_view};
use super::{Reach, ReachBook, ReachId, ReachWay};
use crate::access::{REACH_REPORTER, may_see};
use crate::commands::reach::{self as commands, ReachOrder, judge};
use crate::error::CaseError;
use crate::http::{Answer, case_id, viewer};
use crate::model::CaseId;
use crate::store;
use crate::store::reach as rows;
use ::store::{Conn, Tx};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use edge::{Body, Edge, PathOf, Who, idempotent};
use messages::{Books, RelayBook, RelayId};
use platform::{Actor, Problem};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> OpenApiRouter<Edge> {
    OpenApiRouter::new().routes(routes!(list_reaches, reach_reporter)).routes(routes!(end_reach))
}

#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReachReporter {
    #[schema(inline)]
    pub way: ReachWay,
    /// Of the office: where to call back, or where the call comes from.
    #[schema(example = "0731-28680000")]
    pub phone: Option<String>,
    /// When to call back.
    #[schema(example = "09:00")]
    pub from: Option<String>,
    #[schema(example = "17:30")]
    pub to: Option<String>,
}

/// 怎样联系报告人，联系过几次、结果如何（没有姓名和号码）。 · How the reporter of a case can be reached, and how it went; no name, no number of theirs.
#[utoipa::path(get, path = "/api/cases/{id}/reaches", tag = "cases", operation_id = "list_reaches",
    params(("id" = String, Path, description = "id or number")),
    responses((status = 200, body = Reaches), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn list_reaches(State(edge): State<Edge>, who: Who, PathOf(id): PathOf<String>) -> Answer<Reaches> {
    let actor = who.signed_in()?;
    let id = case_id(&edge, actor, &id).await?;
    shown(&edge, actor, id).await
}

/// 联系报告人：取中间号，或请对方回电。 · Asks for a number in between, or asks the reporter to call back.
#[utoipa::path(post, path = "/api/cases/{id}/reaches", tag = "cases", operation_id = "reach_reporter",
    params(("id" = String, Path, description = "id or number")), request_body = ReachReporter,
    responses((status = 200, body = Reaches), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn reach_reporter(
    State(edge): State<Edge>,
    who: Who,
    headers: HeaderMap,
    PathOf(id): PathOf<String>,
    Body(body): Body<ReachReporter>,
) -> Answer<Reaches> {
    let actor = who.signed_in()?;
    let id = case_id(&edge, actor, &id).await?;
    let request = serde_json::to_vec(&(id, &body)).unwrap_or_default();
    let order = ReachOrder { way: body.way, phone: body.phone, from: body.from, to: body.to };
    let write = async move |tx: &mut Tx| {
        let done = async |tx: &mut Tx| commands::reach_reporter(tx, id, order.clone()).await;
        idempotent(tx, &headers, &request, done).await
    };
    edge.db.write::<_, CaseError, _>(actor, write).await?;
    shown(&edge, actor, id).await
}

/// 结束自己要的中间号。 · Ends a number in between that one asked for oneself.
#[utoipa::path(post, path = "/api/cases/{id}/reaches/{reach}/end", tag = "cases", operation_id = "end_reach",
    params(("id" = String, Path, description = "id or number"), ("reach" = ReachId, Path)),
    responses((status = 200, body = Reaches), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub async fn end_reach(
    State(edge): State<Edge>,
    who: Who,
    PathOf((id, of)): PathOf<(String, ReachId)>,
) -> Answer<Reaches> {
    let actor = who.signed_in()?;
    let id = case_id(&edge, actor, &id).await?;
    edge.db
        .write::<_, CaseError, _>(actor, async move |tx: &mut Tx| commands::end_reach(tx, id, of).await)
        .await?;
    shown(&edge, actor, id).await
}

async fn shown(edge: &Edge, actor: &Actor, id: CaseId) -> Answer<Reaches> {
    if !actor.holds(&REACH_REPORTER) {
        return Err(CaseError::Forbidden(&REACH_REPORTER).into());
    }
    let (book, relays) = (edge.fixture::<ReachBook>(), edge.db.fixtures().find::<RelayBook>());
    let has_messages = edge.db.fixtures().find::<Books>().is_some();
    let (asking, now, per_day) = (actor.clone(), edge.now(), book.per_case_day);
    let read = async move |conn: &mut Conn| {
        let district = asking.district;
        let case = store::find(conn, district, id).await?;
        let case = case.filter(|case| may_see(&asking, case, None)).ok_or(CaseError::NotFound)?;
        let reaches = rows::of_case(conn, district, id).await?;
        let asks = judge(conn, &case, (&asking, now), per_day).await?;
        let mut found = Found {
            case,
            asks,
            relay: None,
            has_messages,
            reaches,
            relays: HashMap::new(),
            messages: HashMap::new(),
        };
        if let Some(relays) = &relays {
            found.relay = messages::relay_way(conn, district, relays).await?;
            add_how_it_went(conn, &mut found).await?;
        }
        Ok::<_, CaseError>(found)
    };
    let found = edge.db.read(read).await?;
    Ok(Json(reaches_view(&viewer(edge, actor), &book, &found)))
}

/// How each attempt went, from those who carry it: they know it by the same id.
async fn add_how_it_went(conn: &mut Conn, found: &mut Found) -> Result<(), CaseError> {
    let district = found.case.district;
    let of =
        |way: ReachWay| found.reaches.iter().filter(move |one: &&Reach| one.way == way).map(|one| one.id.0);
    let (numbers, threads) = (of(ReachWay::Relay).map(RelayId).collect(), of(ReachWay::Message).collect());
    let relays = messages::relays(conn, district, numbers).await?;
    let went = messages::how_it_went(conn, district, threads).await?;
    found.relays = relays.into_iter().map(|(id, relay)| (id.0, relay)).collect();
    found.messages = went.into_iter().map(|one| (one.thread, one)).collect();
    Ok(())
}
