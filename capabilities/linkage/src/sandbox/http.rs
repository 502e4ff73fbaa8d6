//! Routes of the sandbox: what went in and out, and the other side of a case. In a real district none of them is there.

use super::sensors::{self, SandboxSensors};
use super::view::{self, ExchangeView, Exchanges, ExchangesQuery, SandboxView};
use crate::access::unit_of_sandbox;
use crate::commands::sandbox::{self as commands, OtherSide};
use crate::error::LinkageError;
use crate::model::exchange::ExchangeId;
use ::store::Tx;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use cases::demo::invented_photo;
use edge::{Edge, InSandbox, PathOf, QueryOf, Who};
use platform::Problem;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> OpenApiRouter<Edge> {
    OpenApiRouter::new()
        .routes(routes!(find_sandbox))
        .routes(routes!(list_sandbox_sensors))
        .routes(routes!(list_exchanges))
        .routes(routes!(find_exchange))
        .routes(routes!(send_again))
        .routes(routes!(let_case_come))
        .routes(routes!(play_other_side))
}

/// A case of the sandbox as it is after the other side did something.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SandboxCaseState {
    pub number: String,
    pub state: String,
}

/// 沙箱：单位、推送地址、在办事件。The sandbox: one's unit, where its messages go, its open cases.
#[utoipa::path(get, path = "/api/linkage/sandbox", tag = "linkage", operation_id = "find_sandbox",
    responses((status = 200, body = SandboxView), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn find_sandbox(
    State(edge): State<Edge>,
    who: Who,
    InSandbox(sandbox): InSandbox,
) -> Result<Json<SandboxView>, Problem> {
    Ok(Json(view::sandbox(&edge, who.signed_in()?, sandbox).await?))
}

/// 沙箱里的感知设备：状态、报警、成为的事件、没有收下的。Sensors of the sandbox: how each stands and why, its alarms and their cases, what was not taken.
#[utoipa::path(get, path = "/api/linkage/sandbox/sensors", tag = "linkage", operation_id = "list_sandbox_sensors",
    responses((status = 200, body = SandboxSensors), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn list_sandbox_sensors(
    State(edge): State<Edge>,
    who: Who,
    InSandbox(sandbox): InSandbox,
) -> Result<Json<SandboxSensors>, Problem> {
    Ok(Json(sensors::view(&edge, who.signed_in()?, sandbox).await?))
}

/// 往来记录：从新到旧，每页50条，保留7天、最多2000条。What went in and out, the newest first; kept for 7 days, 2,000 at most.
#[utoipa::path(get, path = "/api/linkage/sandbox/exchanges", tag = "linkage", operation_id = "list_exchanges", params(ExchangesQuery),
    responses((status = 200, body = Exchanges), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn list_exchanges(
    State(edge): State<Edge>,
    who: Who,
    InSandbox(sandbox): InSandbox,
    QueryOf(query): QueryOf<ExchangesQuery>,
) -> Result<Json<Exchanges>, Problem> {
    Ok(Json(view::list(&edge, who.signed_in()?, sandbox, &query).await?))
}

/// 一次往来的全部内容。An exchange, whole: headers, bodies, the command that repeats it, what its signature is over.
#[utoipa::path(get, path = "/api/linkage/sandbox/exchanges/{exchange}", tag = "linkage", operation_id = "find_exchange",
    params(("exchange" = ExchangeId, Path)),
    responses((status = 200, body = ExchangeView), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn find_exchange(
    State(edge): State<Edge>,
    who: Who,
    InSandbox(sandbox): InSandbox,
    PathOf(exchange): PathOf<ExchangeId>,
) -> Result<Json<ExchangeView>, Problem> {
    Ok(Json(view::find(&edge, who.signed_in()?, sandbox, exchange).await?))
}

/// 再推送一次（编号不变）。Send a message that went out once more, under the same id.
#[utoipa::path(post, path = "/api/linkage/sandbox/exchanges/{exchange}/again", tag = "linkage", operation_id = "send_exchange_again",
    params(("exchange" = ExchangeId, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn send_again(
    State(edge): State<Edge>,
    who: Who,
    InSandbox(sandbox): InSandbox,
    PathOf(exchange): PathOf<ExchangeId>,
) -> Result<StatusCode, Problem> {
    let actor = who.signed_in()?;
    unit_of_sandbox(actor)?;
    edge.db.write(actor, async move |tx: &mut Tx| commands::send_again(tx, sandbox, exchange).await).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// 让一件事派给我。Let a case come: an invented report, with a photo, that is given to one's unit by the rules.
#[utoipa::path(post, path = "/api/linkage/sandbox/cases", tag = "linkage", operation_id = "let_case_come",
    responses((status = 200, body = SandboxCaseState), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn let_case_come(
    State(edge): State<Edge>,
    who: Who,
    InSandbox(sandbox): InSandbox,
) -> Result<Json<SandboxCaseState>, Problem> {
    let actor = who.signed_in()?;
    let unit = unit_of_sandbox(actor)?;
    let photo = invented_photo(edge.settings().data.clone(), sandbox.district()).await;
    let photo = photo.map_err(LinkageError::from)?;
    let come = async move |tx: &mut Tx| commands::let_come(tx, sandbox, unit, photo.clone()).await;
    Ok(Json(state_of(edge.db.write(actor, come).await?)))
}

/// 扮演另一方：收回、确认办好、说没办好。Play the other side of a case of one's unit.
#[utoipa::path(post, path = "/api/linkage/sandbox/cases/{number}/{verb}", tag = "linkage", operation_id = "play_other_side",
    params(("number" = String, Path), ("verb" = inline(OtherSide), Path)),
    responses((status = 200, body = SandboxCaseState), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn play_other_side(
    State(edge): State<Edge>,
    who: Who,
    InSandbox(sandbox): InSandbox,
    PathOf((number, verb)): PathOf<(String, OtherSide)>,
) -> Result<Json<SandboxCaseState>, Problem> {
    let actor = who.signed_in()?;
    let unit = unit_of_sandbox(actor)?;
    let play = async move |tx: &mut Tx| commands::play(tx, sandbox, unit, &number, verb).await;
    Ok(Json(state_of(edge.db.write(actor, play).await?)))
}

fn state_of(case: cases::Case) -> SandboxCaseState {
    SandboxCaseState { number: case.number, state: case.state }
}
