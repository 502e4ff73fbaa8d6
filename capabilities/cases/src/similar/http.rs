//! The route of similar cases, thin.

use super::{Asked, SimilarCase, Spot, list_similar};
use crate::access;
use crate::error::CaseError;
use crate::http::{Answer, case_id};
use crate::store;
use ::store::Conn;
use axum::Json;
use axum::extract::State;
use edge::{Edge, PathOf, Who};
use platform::Problem;

/// 相似的以往事件及理由（90 天内，最多 5 件）。 · Lists earlier cases of what seems the same matter, with the reasons.
#[utoipa::path(get, path = "/api/cases/{id}/similar", tag = "cases", operation_id = "list_similar_cases",
    params(("id" = String, Path, description = "id or number")),
    responses((status = 200, body = Vec<SimilarCase>), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn list_similar_cases(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<String>,
) -> Answer<Vec<SimilarCase>> {
    let actor = who.signed_in()?.clone();
    if !actor.holds(&access::VIEW) {
        return Err(CaseError::Forbidden(&access::VIEW).into());
    }
    let (id, district) = (case_id(&edge, &actor, &id).await?, actor.district);
    let read = async move |conn: &mut Conn| store::find(conn, district, id).await;
    let case = edge.db.read(read).await.map_err(CaseError::from)?;
    let case = case.filter(|case| access::may_see(&actor, case, None)).ok_or(CaseError::NotFound)?;
    let asked = Asked {
        spot: Spot::new(case.point(), case.address.as_deref(), &case.area_path),
        words: case.words,
        type_code: Some(case.type_code),
        at: case.reported_at,
        but: Some(case.id),
    };
    Ok(Json(list_similar(&edge, &actor, &asked).await?))
}
