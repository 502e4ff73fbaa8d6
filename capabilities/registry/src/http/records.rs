//! One record, and how it came to be so. Reading one is a look: for a purpose, and on record before the answer.

use super::{staff, viewer};
use crate::access::VIEW;
use crate::error::RegistryError;
use crate::looks::{self, Wish};
use crate::model::{RecordId, changes_between};
use crate::store;
use crate::view::{RecordView, Told, masked};
use ::store::Tx;
use axum::Json;
use axum::extract::State;
use edge::{Edge, PathOf, QueryOf, Who};
use platform::{Problem, Time, Words};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

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

/// A change of a record.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChangeView {
    /// The version it became.
    pub version: i64,
    pub at: Time,
    /// The deed: all records it changed can be undone together.
    pub act: crate::model::ActId,
    /// The post or kind of person who did it.
    pub by: String,
    pub fields: Vec<FieldChangeView>,
    /// The record moved to another grid, home or subject, began, ended or was merged.
    pub moved: bool,
}

/// A value before and after.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FieldChangeView {
    pub key: String,
    pub words: Words,
    #[schema(value_type = Option<Told>)]
    pub before: Option<Words>,
    #[schema(value_type = Option<Told>)]
    pub after: Option<Words>,
    pub origin: Option<crate::view::OriginView>,
}

/// 一条登记的来历：每一项怎么变的、谁改的、凭什么。How each value of a record came to be so.
#[utoipa::path(get, path = "/api/registry/records/{id}/history", tag = "registry", params(("id" = RecordId, Path), LookQuery),
    responses((status = 200, body = Vec<ChangeView>), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)))]
pub async fn show_history(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<RecordId>,
    QueryOf(query): QueryOf<LookQuery>,
) -> Result<Json<Vec<ChangeView>>, Problem> {
    let actor = staff(&who, &VIEW)?;
    looks::slow_down(&edge, actor).await?;
    let (wish, viewer) = (query.wish(id)?, viewer(&edge, actor));
    let history = edge.db.write(actor, async move |tx: &mut Tx| {
        let (record, look) = looks::look(tx, &wish).await?;
        let (district, keys) = (tx.district(), store::keys(tx)?);
        let changes = store::changes(tx, &keys, district, id).await?;
        let book = viewer.catalogue.kind(record.kind);
        let mut after = record.content.clone();
        let mut views = Vec::with_capacity(changes.len());
        for (change, before) in changes {
            let shown = |key: &str, sealed: bool, value: &serde_json::Value| {
                let field = book.field(key)?;
                let is_open = !sealed || look.opens(id, key).is_some();
                Some(if is_open { viewer.shown(field, value) } else { masked(field, value, viewer.now) })
            };
            let fields = changes_between(&before, &after).into_iter().map(|c| FieldChangeView {
                words: book.field(&c.key).map_or(Words::of("", ""), |field| field.words.clone()),
                before: c.before.as_ref().and_then(|value| shown(&c.key, c.is_sealed, value)),
                after: c.after.as_ref().and_then(|value| shown(&c.key, c.is_sealed, value)),
                origin: c.origin.as_ref().map(crate::view::OriginView::from),
                key: c.key,
            });
            views.push(ChangeView {
                version: change.version,
                at: change.at,
                act: change.act,
                by: change.by_name,
                fields: fields.collect(),
                moved: has_moved(&before, &after),
            });
            after = before;
        }
        Ok::<_, RegistryError>(views)
    });
    Ok(Json(history.await?))
}

fn has_moved(before: &crate::model::Content, after: &crate::model::Content) -> bool {
    before.area_path != after.area_path
        || before.links != after.links
        || before.state != after.state
        || (before.from_on, before.to_on) != (after.from_on, after.to_on)
}
