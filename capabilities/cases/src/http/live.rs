//! What happens to cases, as it happens, to staff screens within their scope.

use crate::access;
use crate::error::CaseError;
use crate::facts::{CASE_FOLLOWED, CASE_REPORTED, CASE_STEPPED};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use edge::{Edge, Live, Who, follow};
use platform::{Actor, Problem, Scope};
use serde_json::{Value, json};
use std::sync::Arc;
use store::FactRow;

/// One viewer of the stream.
struct Screen {
    actor: Actor,
}

impl Live for Screen {
    fn show(&self, fact: &FactRow) -> Option<Value> {
        if !matches!(fact.name.as_str(), CASE_REPORTED | CASE_STEPPED | CASE_FOLLOWED) || !self.may_see(fact)
        {
            return None;
        }
        Some(
            json!({ "case": fact.subject_id, "at": fact.at, "area_path": fact.area_path, "what": fact.data.0 }),
        )
    }
}

impl Screen {
    fn may_see(&self, fact: &FactRow) -> bool {
        let path = fact.area_path.as_deref().unwrap_or_default();
        self.actor.scopes(&access::VIEW).any(|scope| match scope {
            Scope::District => true,
            Scope::Area { path: scope } => Scope::covers_path(scope, path),
            Scope::Unit { organisation } => fact.unit_id == Some(organisation.0),
            Scope::Own => false,
        })
    }
}

/// 实时事件流（SSE）。 · Live events of cases within one's scope, as server-sent events.
#[utoipa::path(get, path = "/api/cases/live", tag = "cases", operation_id = "follow_live",
    responses((status = 200, content_type = "text/event-stream", body = String), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn follow_live(
    State(edge): State<Edge>,
    who: Who,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let actor = who.signed_in()?.clone();
    if !actor.holds(&access::VIEW) {
        return Err(CaseError::Forbidden(&access::VIEW).into());
    }
    let district = actor.district;
    let stream =
        follow(&edge, district, &headers, Arc::new(Screen { actor })).await.map_err(CaseError::from)?;
    Ok(stream.into_response())
}
