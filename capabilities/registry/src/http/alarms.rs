//! What the security administrator has to look at: looks beyond one's area, bulk reading, refused exports, answers that are late.

use super::staff;
use crate::access::SEE_ALARMS;
use crate::commands::alarms;
use crate::error::RegistryError;
use crate::model::{AlarmId, AlarmKind, RecordId};
use crate::queries::{self, oversight::Wanted};
use crate::store::alarms::AlarmRow;
use ::store::{Conn, Tx};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use edge::{Body, Edge, PathOf, QueryOf, Who};
use platform::{AccountId, Cursor, DistrictId, Fault, Page, Problem, Time, Words, limits};
use seal::{Keyring, Vault};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// An alarm.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AlarmView {
    pub id: AlarmId,
    pub kind: AlarmKind,
    pub kind_words: Words,
    pub at: Time,
    pub account: Option<AccountId>,
    /// The post, unit or system.
    pub by: String,
    /// The record that was looked at; it is not shown here.
    pub record: Option<RecordId>,
    pub area_path: Option<String>,
    /// Codes and counts.
    #[schema(value_type = Object)]
    pub data: Value,
    /// The emergency as it was stated.
    pub reason: Option<String>,
    pub acknowledged_at: Option<Time>,
    pub acknowledged_by: Option<String>,
    /// What was found.
    pub note: Option<String>,
}

/// Which alarms.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AlarmsQuery {
    /// Also those that were looked into.
    #[serde(default)]
    pub all: bool,
    /// Only those of this kind.
    #[param(inline)]
    pub kind: Option<AlarmKind>,
    /// A piece of the name of the post, unit or system they are about.
    pub q: Option<String>,
    #[param(value_type = Option<String>)]
    pub after: Option<Cursor>,
}

/// 告警：越权查看、批量查看、导出被拒、异议成立、答复逾期。Alarms, the newest first.
#[utoipa::path(get, path = "/api/registry/alarms", tag = "registry", params(AlarmsQuery),
    responses((status = 200, body = Page<AlarmView>), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn list_alarms(
    State(edge): State<Edge>,
    who: Who,
    QueryOf(query): QueryOf<AlarmsQuery>,
) -> Result<Json<Page<AlarmView>>, Problem> {
    let actor = staff(&who, &SEE_ALARMS)?;
    let (district, rows_max) = (actor.district, limits::PAGE_ROWS_DEFAULT);
    let before = query.after.as_ref().map_or(Some(AlarmId(Uuid::max())), Cursor::key);
    let before = before.ok_or_else(Problem::not_found)?;
    let keys = edge.fixture::<Vault>().of(district).map_err(RegistryError::Fault)?;
    let by = query.q.as_deref().map(str::trim).unwrap_or_default().to_owned();
    let wanted = Wanted { only_open: !query.all, kind: query.kind, by };
    let read = async move |conn: &mut Conn| {
        queries::oversight::alarms(conn, district, &wanted, before, rows_max as usize + 1).await
    };
    let rows = edge.db.read(read).await.map_err(RegistryError::Fault)?;
    let page = Page::cut(rows, rows_max as usize, |row| Cursor::of(&row.id));
    let items: Result<Vec<_>, Fault> =
        page.items.into_iter().map(|row| AlarmView::of(row, &keys, district)).collect();
    Ok(Json(Page { items: items.map_err(RegistryError::Fault)?, next: page.next }))
}

impl AlarmView {
    fn of(row: AlarmRow, keys: &Keyring, district: DistrictId) -> Result<Self, Fault> {
        Ok(Self {
            reason: row.reason(keys, district)?,
            note: row.note(keys, district)?,
            id: row.id,
            kind: row.kind,
            kind_words: words_of(row.kind),
            at: row.at,
            account: row.account_id,
            by: row.by_name,
            record: row.record_id,
            area_path: row.area_path,
            data: row.data.0,
            acknowledged_at: row.acknowledged_at,
            acknowledged_by: row.acknowledged_by,
        })
    }
}

fn words_of(kind: AlarmKind) -> Words {
    match kind {
        AlarmKind::GlassBroken => {
            Words::of("紧急情况下越权查看", "A look beyond one's area, in an emergency")
        }
        AlarmKind::BulkReading => Words::of("短时间内大量查看", "Reading in bulk"),
        AlarmKind::ExportRefused => Words::of("越权导出被拒绝", "An export that was refused"),
        AlarmKind::ObjectionUpheld => Words::of("本人异议成立", "A person's objection was upheld"),
        AlarmKind::AnswerOverdue => {
            Words::of("本人请求逾期未答复", "A person's request was not answered in time")
        }
    }
}

/// What was found.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoteBody {
    pub note: String,
}

/// 核实告警并写明情况。Note what was found when an alarm was looked into.
#[utoipa::path(post, path = "/api/registry/alarms/{id}/acknowledge", tag = "registry", params(("id" = AlarmId, Path)),
    request_body = NoteBody, responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn acknowledge_alarm(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<AlarmId>,
    Body(body): Body<NoteBody>,
) -> Result<StatusCode, Problem> {
    let actor = staff(&who, &SEE_ALARMS)?;
    let note = body.note;
    edge.db.write(actor, async move |tx: &mut Tx| alarms::acknowledge_alarm(tx, id, &note).await).await?;
    Ok(StatusCode::NO_CONTENT)
}
