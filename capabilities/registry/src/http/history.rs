//! How a record came to be as it is, change by change, from who entered it on. Reading it is a look.

use super::records::LookQuery;
use super::{staff, viewer};
use crate::access::VIEW;
use crate::catalogue::FieldBook;
use crate::error::RegistryError;
use crate::looks::{self, Look};
use crate::model::{ActId, Content, FieldChange, Record, RecordId, changes_between};
use crate::queries::entered;
use crate::store::{self, ChangeRow};
use crate::view::{OriginView, Told, Viewer, is_open, masked, source_words};
use ::store::Tx;
use axum::Json;
use axum::extract::State;
use edge::{Edge, PathOf, QueryOf, Who};
use platform::{Problem, Time, Words};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// A change of a record.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChangeView {
    /// The version it became.
    pub version: i64,
    pub at: Time,
    /// The deed: all records it changed can be undone together.
    pub act: ActId,
    /// The post or kind of person who did it.
    pub by: String,
    pub fields: Vec<FieldChangeView>,
    /// The record moved to another grid, home or subject, began, ended or was merged.
    pub moved: bool,
    /// The record was entered: what it said at first, unless some of that was erased since.
    pub entered: bool,
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
    pub origin: Option<OriginView>,
}

/// 一条登记的来历：谁登记的，每一项怎么变的、谁改的、凭什么。How each value of a record came to be so, the newest change first.
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
        let teller = Teller { viewer: &viewer, record: &record, look: &look };
        let (district, keys) = (tx.district(), store::keys(tx)?);
        let mut after = record.content.clone();
        let (mut views, mut version) = (Vec::new(), record.version);
        for (change, before) in store::changes(tx, &keys, district, id).await? {
            version = change.version - 1;
            views.push(teller.change(change, &before, &after));
            after = before;
        }
        let entry = entered::entry_of(tx, district, &record).await?;
        views.push(teller.entry(entry, version, &after));
        Ok::<_, RegistryError>(views)
    });
    Ok(Json(history.await?))
}

/// Tells the states of one record, as far as the look opens them.
struct Teller<'a> {
    viewer: &'a Viewer,
    record: &'a Record,
    look: &'a Look,
}

impl Teller<'_> {
    fn change(&self, change: ChangeRow, before: &Content, after: &Content) -> ChangeView {
        ChangeView {
            version: change.version,
            at: change.at,
            act: change.act,
            by: change.by_name,
            fields: self.fields(before, after),
            moved: has_moved(before, after),
            entered: false,
        }
    }

    /// The first line. Of a record that lost values for good, what it said at first is not known any more.
    fn entry(&self, entry: entered::Entry, version: i64, first: &Content) -> ChangeView {
        let nothing = Content::new(String::new());
        let is_whole = version == 1;
        let origins = first.open.iter().chain(first.fields(true).iter()).map(|(_, _, origin)| origin);
        let oldest = origins.min_by_key(|origin| origin.at);
        let source = oldest.map(|origin| source_words(origin.source).zh.to_string());
        ChangeView {
            version,
            at: entry.at.or(oldest.map(|origin| origin.at)).unwrap_or(self.record.changed_at),
            act: entry.act,
            by: entry.by.or(source).unwrap_or_default(),
            fields: if is_whole { self.fields(&nothing, first) } else { Vec::new() },
            moved: false,
            entered: true,
        }
    }

    fn fields(&self, before: &Content, after: &Content) -> Vec<FieldChangeView> {
        let book = self.viewer.catalogue.kind(self.record.kind);
        let view = |change: FieldChange| {
            let field = book.field(&change.key);
            let shown = |value: &Option<Value>| {
                value.as_ref().zip(field).map(|(value, field)| self.shown(field, value))
            };
            FieldChangeView {
                words: field.map_or(Words::of("", ""), |field| field.words.clone()),
                before: shown(&change.before),
                after: shown(&change.after),
                origin: change.origin.as_ref().map(OriginView::from),
                key: change.key,
            }
        };
        changes_between(before, after).into_iter().map(view).collect()
    }

    fn shown(&self, field: &FieldBook, value: &Value) -> Words {
        match is_open(self.record, field, Some(self.look)) {
            true => self.viewer.shown(field, value),
            false => masked(field, value, self.viewer.now),
        }
    }
}

fn has_moved(before: &Content, after: &Content) -> bool {
    before.area_path != after.area_path
        || before.links != after.links
        || before.state != after.state
        || (before.from_on, before.to_on) != (after.from_on, after.to_on)
}
