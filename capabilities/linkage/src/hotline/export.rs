//! Work orders of a period as a table to take away: numbers, states, results; nobody's name, no phone, not what was said.

use super::view::{WorkOrderView, view_all};
use crate::error::LinkageError;
use crate::queries::hotline::EXPORT_ROWS_MAX;
use crate::store::hotline::WorkOrderRow;
use edge::Edge;
use jiff::civil::Date;
use jiff::tz::{TimeZone, offset};
use platform::{Actor, Fault, Time};
use sheets::{BookWriter, Cell, Column, ColumnKind, RowWriter, Watermark};

/// Days of one table.
const PERIOD_DAYS_MAX: i32 = 92;
/// Work orders put into words at once.
const PIECE_ROWS: usize = 500;
/// China has kept one offset since 1991.
const CHINA_HOURS: i8 = 8;

/// From the beginning of the first day to the end of the last, in China.
pub(super) fn moments(first: Date, last: Date) -> Result<(Time, Time), LinkageError> {
    let days = (last - first).get_days();
    let end = last.tomorrow().ok().filter(|_| last >= first && days < PERIOD_DAYS_MAX);
    let beginning = |day: Date| {
        day.to_zoned(TimeZone::fixed(offset(CHINA_HOURS))).ok().map(|zoned| Time::from(zoned.timestamp()))
    };
    end.and_then(|end| Some((beginning(first)?, beginning(end)?))).ok_or_else(|| {
        LinkageError::invalid(
            "to",
            "linkage.bad_period",
            format!("起止日期不对：先起后止，最多 {PERIOD_DAYS_MAX} 天。"),
            format!("A period begins before it ends, and has {PERIOD_DAYS_MAX} days at most."),
        )
    })
}

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

#[cfg(test)]
mod tests {
    //! Periods as offices name them.
    use super::{PERIOD_DAYS_MAX, moments};
    use jiff::civil::date;

    #[test]
    fn a_period_includes_its_last_day_and_has_an_end() {
        let (from, to) = moments(date(2026, 3, 1), date(2026, 3, 31)).expect("a month");
        assert_eq!(
            (from.to_string(), to.to_string()),
            ("2026-02-28T16:00:00Z".into(), "2026-03-31T16:00:00Z".into())
        );
        let last = |days: i64| date(2026, 1, 1).checked_add(jiff::Span::new().days(days)).expect("a day");
        let days = i64::from(PERIOD_DAYS_MAX);
        assert!(moments(date(2026, 1, 1), last(days - 1)).is_ok());
        assert!(moments(date(2026, 1, 1), last(days)).is_err(), "a day too many");
        assert!(moments(date(2026, 3, 2), date(2026, 3, 1)).is_err(), "it ends before it begins");
    }
}
