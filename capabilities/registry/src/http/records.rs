//! One record. Reading it is a look: for a purpose, and on record before the answer.

use super::{staff, viewer};
use crate::access::VIEW;
use crate::error::RegistryError;
use crate::looks::{self, Wish};
use crate::model::RecordId;
use crate::view::RecordView;
use ::store::Tx;
use axum::Json;
use axum::extract::State;
use edge::{Edge, PathOf, QueryOf, Who};
use platform::Problem;
use serde::Deserialize;
use utoipa::IntoParams;

/// Why somebody looks, and what is to be opened.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LookQuery {
    /// A key of the catalogue's purposes.
    pub purpose: Option<String>,
    /// Sealed values to open, separated by commas; `facts` for service facts.
    #[serde(default)]
    pub open: String,
    /// Words why, for a record beyond one's area in an emergency; the security administrator is told.
    pub emergency: Option<String>,
}

impl LookQuery {
    pub(super) fn wish(self, id: RecordId) -> Result<Wish, RegistryError> {
        let purpose = self.purpose.filter(|purpose| !purpose.is_empty()).ok_or(RegistryError::NoPurpose)?;
        let parts = self.open.split(',').map(str::trim).filter(|part| !part.is_empty());
        Ok(Wish { id, purpose, parts: parts.map(str::to_owned).collect(), emergency: self.emergency })
    }
}

/// 查看一条登记（按用途，留痕）。Look at a record, for a purpose, on record.
#[utoipa::path(get, path = "/api/registry/records/{id}", tag = "registry", params(("id" = RecordId, Path), LookQuery),
    responses((status = 200, body = RecordView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)))]
pub async fn show_record(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<RecordId>,
    QueryOf(query): QueryOf<LookQuery>,
) -> Result<Json<RecordView>, Problem> {
    let actor = staff(&who, &VIEW)?;
    looks::slow_down(&edge, actor).await?;
    let (wish, viewer) = (query.wish(id)?, viewer(&edge, actor));
    let view = edge.db.write(actor, async move |tx: &mut Tx| {
        let (record, look) = looks::look(tx, &wish).await?;
        Ok::<_, RegistryError>(viewer.record(&record, Some(&look)))
    });
    Ok(Json(view.await?))
}
