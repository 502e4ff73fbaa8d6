//! Work orders as hotlines and desks see them: what became of each, and nobody's name.

use super::book::HotlineBook;
use crate::error::LinkageError;
use crate::model::work_order::{DemandKind, TypeBy, WorkOrderId, WorkOrderOutcome};
use crate::store::hotline::WorkOrderRow;
use ::store::Conn;
use cases::outcome::{Outcome, outcomes};
use cases::{CaseId, Rules};
use edge::Edge;
use platform::{Actor, Time, Words};
use serde::Serialize;
use std::collections::HashMap;
use std::sync::Arc;
use territory::Map;
use utoipa::ToSchema;

/// A work order and what became of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct WorkOrderView {
    pub id: WorkOrderId,
    /// The key of the hotline.
    pub source: String,
    pub source_words: Words,
    /// The hotline's own number.
    pub number: String,
    pub kind: DemandKind,
    pub kind_words: Words,
    pub classification: Option<String>,
    pub received_at: Time,
    /// Until when the hotline promised an answer.
    pub promised_at: Option<Time>,
    pub handed_at: Time,
    pub outcome: WorkOrderOutcome,
    pub type_by: TypeBy,
    /// Why it became a case of that type, or why an earlier case answers it.
    pub why: Words,
    /// The case; of a merged one the case in which it goes on.
    pub case_id: CaseId,
    pub case_number: String,
    #[serde(rename = "type")]
    pub type_code: String,
    pub type_words: Words,
    pub state: String,
    pub state_words: Words,
    pub open: bool,
    /// The organisation or post that handles it.
    pub unit: Option<String>,
    pub due_at: Option<Time>,
    pub state_since: Time,
    pub closed_at: Option<Time>,
    /// What was said when the work was done, or the reason why it was not.
    pub result: Option<String>,
    pub result_at: Option<Time>,
    /// The caller's word on the result, 1 to 5.
    pub satisfaction: Option<i64>,
}

/// Work orders in words, in the order they were given.
///
/// # Errors
/// A fault of the database; a case that is gone, which cannot be.
pub(crate) async fn view_all(
    edge: &Edge,
    actor: &Actor,
    rows: Vec<WorkOrderRow>,
) -> Result<Vec<WorkOrderView>, LinkageError> {
    let told = told(edge, actor, rows.iter().map(|row| row.case_id).collect()).await?;
    let book = edge.fixture::<HotlineBook>();
    let views = rows.into_iter().filter_map(|row| {
        let outcome = told.get(&row.case_id)?;
        Some(view(row, outcome, &book))
    });
    Ok(views.collect())
}

async fn told(
    edge: &Edge,
    actor: &Actor,
    mut ids: Vec<CaseId>,
) -> Result<HashMap<CaseId, Outcome>, LinkageError> {
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let district = actor.district;
    let (rules, places): (Arc<Rules>, _) = (edge.fixture(), edge.fixture::<Map>().of(district));
    let read = async move |conn: &mut Conn| outcomes(conn, &rules, &places, district, ids.clone()).await;
    Ok(edge.db.read(read).await?)
}

fn view(row: WorkOrderRow, told: &Outcome, book: &HotlineBook) -> WorkOrderView {
    WorkOrderView {
        id: row.id,
        source_words: book.hotline(&row.source).cloned().unwrap_or_default(),
        source: row.source,
        number: row.number,
        kind: row.kind,
        kind_words: row.kind.words(),
        classification: row.classification,
        received_at: row.received_at,
        promised_at: row.promised_at,
        handed_at: row.handed_at,
        outcome: row.outcome,
        type_by: row.type_by,
        why: row.why.0,
        case_id: told.id,
        case_number: told.number.clone(),
        type_code: told.type_code.clone(),
        type_words: told.type_words.clone(),
        state: told.state.clone(),
        state_words: told.state_words.clone(),
        open: told.open,
        unit: told.unit.clone(),
        due_at: told.due_at,
        state_since: told.state_since,
        closed_at: told.closed_at,
        result: told.result.clone(),
        result_at: told.result_at,
        satisfaction: told.rating,
    }
}
