//! Work orders of a period as a table to take away: numbers, states, results; nobody's name, no phone, not what was said.

use super::view::{WorkOrderView, view_all};
use crate::error::LinkageError;
use crate::queries::hotline::EXPORT_ROWS_MAX;
use crate::store::hotline::WorkOrderRow;
use edge::Edge;
use platform::{Actor, Fault, Time};
use sheets::{BookWriter, Cell, Column, ColumnKind, RowWriter, Watermark};

/// Work orders put into words at once.
const PIECE_ROWS: usize = 500;

/// Half a table would be taken for a whole one.
pub(super) fn check_rows(rows: usize) -> Result<(), LinkageError> {
    if (rows as i64) < EXPORT_ROWS_MAX {
        return Ok(());
    }
    Err(LinkageError::invalid(
        "to",
        "linkage.too_many_rows",
        format!("这段时间的工单超过 {EXPORT_ROWS_MAX} 张，请分段导出。"),
        format!("More than {EXPORT_ROWS_MAX} work orders in this period: take it in parts."),
    ))
}

/// All of them in words, piece by piece.
pub(super) async fn view_many(
    edge: &Edge,
    actor: &Actor,
    rows: Vec<WorkOrderRow>,
) -> Result<Vec<WorkOrderView>, LinkageError> {
    let mut views = Vec::with_capacity(rows.len());
    for piece in rows.chunks(PIECE_ROWS) {
        views.extend(view_all(edge, actor, piece.to_vec()).await?);
    }
    Ok(views)
}

/// Writes the table away from the request threads.
pub(super) async fn write(
    edge: &Edge,
    actor: &Actor,
    orders: Vec<WorkOrderView>,
) -> Result<Vec<u8>, LinkageError> {
    let mark = Watermark::of(&actor.name, &shown(edge.now()), "热线工单办理情况");
    let writing = tokio::task::spawn_blocking(move || write_book(&orders, &mark));
    let written = writing.await.map_err(|e| Fault::broken("a table was not written").because(e))?;
    Ok(written?)
}

fn write_book(orders: &[WorkOrderView], mark: &Watermark) -> Result<Vec<u8>, Fault> {
    let folder = tempfile::tempdir().map_err(Fault::from)?;
    let path = folder.path().join("work-orders.xlsx");
    let mut book: Box<dyn RowWriter> = Box::new(BookWriter::create_marked(&path, &columns(), mark)?);
    for order in orders {
        book.add_row(&row(order))?;
    }
    book.finish()?;
    std::fs::read(&path).map_err(Fault::from)
}

fn columns() -> Vec<Column> {
    let texts = [
        ("number", "工单编号"),
        ("source", "来源热线"),
        ("received_at", "受理时间"),
        ("kind", "诉求类型"),
        ("classification", "热线分类"),
        ("promised_at", "办理时限"),
        ("outcome", "处理方式"),
        ("case", "事件编号"),
        ("type", "事项类型"),
        ("state", "状态"),
        ("unit", "承办单位"),
        ("due_at", "本步到期"),
        ("closed_at", "办结时间"),
        ("result", "办理结果"),
    ];
    let mut all: Vec<Column> = texts.into_iter().map(|(key, title)| Column::text(key, title)).collect();
    all.push(Column::text("satisfaction", "满意度").of_kind(ColumnKind::Number));
    all
}

fn row(order: &WorkOrderView) -> Vec<Cell> {
    let moment = |at: Option<Time>| at.map(shown).unwrap_or_default();
    let outcome = match order.outcome {
        crate::model::work_order::WorkOrderOutcome::Filed => "立为事件",
        crate::model::work_order::WorkOrderOutcome::Repeated => "重复诉求，答复原结果",
    };
    let texts = [
        order.number.clone(),
        order.source_words.zh.clone().into_owned(),
        shown(order.received_at),
        order.kind_words.zh.clone().into_owned(),
        order.classification.clone().unwrap_or_default(),
        moment(order.promised_at),
        outcome.to_owned(),
        order.case_number.clone(),
        order.type_words.zh.clone().into_owned(),
        order.state_words.zh.clone().into_owned(),
        order.unit.clone().unwrap_or_default(),
        moment(order.due_at),
        moment(order.closed_at),
        order.result.clone().unwrap_or_default(),
    ];
    let mut cells: Vec<Cell> = texts.into_iter().map(Cell::from_text).collect();
    cells.push(order.satisfaction.map_or(Cell::Empty, |rating| Cell::Number(rating as f64)));
    cells
}

/// A moment as people in China read it.
fn shown(at: Time) -> String {
    at.local().strftime("%Y-%m-%d %H:%M").to_string()
}
