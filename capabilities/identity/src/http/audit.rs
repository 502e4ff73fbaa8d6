//! Reading the audit record, which records that it was read.

use crate::access::{READ_AUDIT, require};
use crate::commands;
use crate::error::IdentityError;
use crate::queries::{self, Audit, EXPORT_ROWS_MAX};
use crate::store::KEEPING;
use ::store::{Conn, FactFilter, FactRow, Tx};
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use edge::{Edge, QueryOf, Who};
use platform::{AccountId, Cursor, FactId, Fault, Page, Problem, Time, Words, limits};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Letters of the beginning of a fact's name.
const NAME_CHARS_MAX: usize = 64;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AuditQuery {
    /// 谁做的 · The account that acted.
    actor: Option<Uuid>,
    /// 事项名的开头，如 `identity.` · The beginning of the fact's name.
    name: Option<String>,
    /// 对哪个事物 · The thing it happened to.
    subject: Option<Uuid>,
    /// 从几时起（含）· From this moment on.
    #[param(value_type = Option<Time>)]
    from: Option<Time>,
    /// 到几时止（不含）· Before this moment.
    #[param(value_type = Option<Time>)]
    to: Option<Time>,
    /// 上一页的 `next` · The last page's `next`.
    after: Option<String>,
    rows: Option<u32>,
}

impl AuditQuery {
    fn filter(&self) -> Result<FactFilter, IdentityError> {
        let before = match &self.after {
            Some(text) => {
                Some(Cursor(text.clone()).key().ok_or(IdentityError::BadFilter { field: "after" })?)
            }
            None => None,
        };
        let fits = |name: &String| {
            (1..=NAME_CHARS_MAX).contains(&name.len())
                && name
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'_'))
        };
        if self.name.as_ref().is_some_and(|name| !fits(name)) {
            return Err(IdentityError::BadFilter { field: "name" });
        }
        let (from, to) = (self.from, self.to);
        Ok(FactFilter { actor: self.actor, name: self.name.clone(), subject: self.subject, from, to, before })
    }

    /// What the audit keeps of the question.
    fn trace(&self) -> Value {
        json!({ "actor": self.actor, "name": self.name, "subject": self.subject, "from": self.from, "to": self.to })
    }
}

/// 一条审计记录 · A line of the audit record.
#[derive(Serialize, ToSchema)]
pub(crate) struct AuditLine {
    id: FactId,
    at: Time,
    /// `capability.noun_verbed`
    name: String,
    actor_kind: String,
    actor: Option<Uuid>,
    /// 当时的岗位或角色 · The post or role that acted.
    actor_name: String,
    /// 账号上的姓名 · The person's name as the account has it now.
    person: Option<String>,
    /// `page`, `api`, `open311`, `command_line` or `clock`
    via: String,
    subject_kind: String,
    subject: Uuid,
    area_path: Option<String>,
    unit: Option<Uuid>,
    #[schema(value_type = Object)]
    data: Value,
}

fn line(
    fact: FactRow,
    names: &std::collections::HashMap<AccountId, platform::Personal<String>>,
) -> AuditLine {
    let person =
        fact.actor_id.and_then(|id| names.get(&AccountId(id))).map(|name| name.open(KEEPING).clone());
    AuditLine {
        id: fact.id,
        at: fact.at,
        name: fact.name,
        actor_kind: fact.actor_kind,
        actor: fact.actor_id,
        actor_name: fact.actor_name,
        person: person.filter(|name| !name.is_empty()),
        via: fact.via,
        subject_kind: fact.subject_kind,
        subject: fact.subject_id,
        area_path: fact.area_path,
        unit: fact.unit_id,
        data: fact.data.0,
    }
}

/// 查阅审计记录 · Read the audit record
///
/// 每次查阅本身也会留痕。 Each reading is recorded too.
#[utoipa::path(get, path = "/api/identity/audit", operation_id = "read_audit", tag = "identity", params(AuditQuery),
    responses((status = 200, body = Page<AuditLine>), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn read_audit(
    who: Who,
    State(edge): State<Edge>,
    QueryOf(query): QueryOf<AuditQuery>,
) -> Result<Json<Page<AuditLine>>, Problem> {
    let actor = who.signed_in()?;
    require(actor, &READ_AUDIT)?;
    let (filter, trace) = (query.filter()?, query.trace());
    let rows = query.rows.unwrap_or(limits::PAGE_ROWS_DEFAULT).clamp(1, limits::PAGE_ROWS_MAX) as usize;
    edge.db.write(actor, async move |tx: &mut Tx| commands::note_audit_read(tx, trace.clone()).await).await?;
    let audit = load(&edge, actor.district, filter, rows + 1).await?;
    let lines = audit.facts.into_iter().map(|fact| line(fact, &audit.names)).collect();
    Ok(Json(Page::cut(lines, rows, |line| Cursor::of(&line.id))))
}

async fn load(
    edge: &Edge,
    district: platform::DistrictId,
    filter: FactFilter,
    rows: usize,
) -> Result<Audit, IdentityError> {
    edge.db
        .read_long(async move |conn: &mut Conn| queries::read_audit(conn, district, &filter, rows).await)
        .await
}

/// 导出审计记录 · Export the audit record as CSV
#[utoipa::path(get, path = "/api/identity/audit.csv", operation_id = "export_audit", tag = "identity", params(AuditQuery),
    responses((status = 200, content_type = "text/csv", body = String), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn export_audit(
    who: Who,
    State(edge): State<Edge>,
    QueryOf(query): QueryOf<AuditQuery>,
) -> Result<Response, Problem> {
    let actor = who.signed_in()?;
    require(actor, &READ_AUDIT)?;
    let (filter, trace) = (query.filter()?, query.trace());
    edge.db
        .write(actor, async move |tx: &mut Tx| commands::note_audit_export(tx, trace.clone()).await)
        .await?;
    let audit = load(&edge, actor.district, filter, EXPORT_ROWS_MAX + 1).await?;
    if audit.facts.len() > EXPORT_ROWS_MAX {
        return Err(too_many());
    }
    let text = write_csv(audit).map_err(IdentityError::Fault)?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"audit.csv\""),
    ];
    Ok((headers, text).into_response())
}

fn too_many() -> Problem {
    Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "identity.export_too_large",
        Words::new(
            format!("记录超过 {EXPORT_ROWS_MAX} 条，请缩短时间再导出。"),
            format!("There are more than {EXPORT_ROWS_MAX} lines. Please shorten the time and export again."),
        ),
    )
    .with("rows_max", EXPORT_ROWS_MAX)
}

/// UTF-8 with a mark at its beginning, by which spreadsheets read hanzi as such.
fn write_csv(audit: Audit) -> Result<Vec<u8>, Fault> {
    let broken = |e: csv::Error| Fault::broken("the audit could not be written as CSV").because(e);
    let mut csv = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    let head = [
        "at",
        "name",
        "actor_kind",
        "actor",
        "actor_name",
        "person",
        "via",
        "subject_kind",
        "subject",
        "area_path",
        "unit",
        "data",
        "id",
    ];
    csv.write_record(head).map_err(broken)?;
    for fact in audit.facts {
        let l = line(fact, &audit.names);
        let id = |id: Option<Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
        let row = [
            l.at.to_string(),
            l.name,
            l.actor_kind,
            id(l.actor),
            plain(l.actor_name),
            plain(l.person.unwrap_or_default()),
            l.via,
            l.subject_kind,
            l.subject.to_string(),
            l.area_path.unwrap_or_default(),
            id(l.unit),
            l.data.to_string(),
            l.id.to_string(),
        ];
        csv.write_record(row).map_err(broken)?;
    }
    csv.into_inner()
        .map_err(|e| Fault::broken("the audit could not be written as CSV").because(e.into_error()))
}

/// A text that a spreadsheet would run as a formula becomes text again.
fn plain(text: String) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text }
}
