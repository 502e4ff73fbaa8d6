//! Reads of work orders: one by its number, all of a key or a period, and those something happened to.

use crate::model::work_order::WorkOrderId;
use crate::store::hotline::WorkOrderRow;
use ::store::{Conn, FactRow, List, sql};
use cases::CaseId;
use platform::{AccountId, DistrictId, FactId, Fault, Time};
use std::collections::BTreeSet;
use std::time::Duration;

/// Work orders of one table to take away.
pub(crate) const EXPORT_ROWS_MAX: i64 = 20_000;
/// Work orders of one number: as many as there are hotlines.
const NUMBER_ROWS_MAX: i64 = 10;
/// Facts read at once, and pieces of that many in one answer.
const FACTS_MAX: i64 = 1_000;
const FACT_PIECES_MAX: usize = 10;
/// Work orders of the cases of one piece.
const OF_CASES_ROWS_MAX: i64 = 20_000;
/// How much later than another a fact may be committed whose id is the smaller one: so far back the next look begins.
const LATE_COMMIT_MAX: Duration = Duration::from_secs(5);

sql! {
    LIST: (DistrictId, WorkOrderId, bool, String, i64) -> WorkOrderRow =
        "select id, source, number, content_hash, account_id, kind, classification, received_at, promised_at, handed_at, case_id,
             outcome, type_by, why
         from linkage_work_order where district = $1 and id < $2 and ($3 or source = $4) order by id desc limit $5";
    LIST_OF_ACCOUNT: (DistrictId, AccountId, WorkOrderId, bool, String, i64) -> WorkOrderRow =
        "select id, source, number, content_hash, account_id, kind, classification, received_at, promised_at, handed_at, case_id,
             outcome, type_by, why
         from linkage_work_order where district = $1 and account_id = $2 and id < $3 and ($4 or source = $5)
         order by id desc limit $6";
    OF_NUMBER: (DistrictId, List<String>, String, i64) -> WorkOrderRow =
        "select id, source, number, content_hash, account_id, kind, classification, received_at, promised_at, handed_at, case_id,
             outcome, type_by, why
         from linkage_work_order where district = $1 and source {in:$2:text} and number = $3 order by source limit $4";
    OF_CASES: (DistrictId, List<CaseId>, i64) -> WorkOrderRow =
        "select id, source, number, content_hash, account_id, kind, classification, received_at, promised_at, handed_at, case_id,
             outcome, type_by, why
         from linkage_work_order where district = $1 and case_id {in:$2:uuid} order by case_id, id limit $3";
    OF_PERIOD: (DistrictId, Time, Time, i64) -> WorkOrderRow =
        "select id, source, number, content_hash, account_id, kind, classification, received_at, promised_at, handed_at, case_id,
             outcome, type_by, why
         from linkage_work_order where district = $1 and received_at >= $2 and received_at < $3 order by received_at, id limit $4";
}

/// Work orders before one, the newest first; of one key or one hotline alone where they are named.
pub(crate) async fn list(
    conn: &mut Conn,
    district: DistrictId,
    of: Option<AccountId>,
    source: Option<&str>,
    before: WorkOrderId,
    rows: i64,
) -> Result<Vec<WorkOrderRow>, Fault> {
    let (any, source) = (source.is_none(), source.unwrap_or_default().to_owned());
    match of {
        Some(account) => conn.all(&LIST_OF_ACCOUNT, (district, account, before, any, source, rows)).await,
        None => conn.all(&LIST, (district, before, any, source, rows)).await,
    }
}

/// Work orders of that number, one a hotline.
pub(crate) async fn of_number(
    conn: &mut Conn,
    district: DistrictId,
    sources: Vec<String>,
    number: &str,
) -> Result<Vec<WorkOrderRow>, Fault> {
    conn.all(&OF_NUMBER, (district, List(sources), number.to_owned(), NUMBER_ROWS_MAX)).await
}

/// Work orders the hotlines received in that time, the first of them first.
pub(crate) async fn of_period(
    conn: &mut Conn,
    district: DistrictId,
    from: Time,
    to: Time,
) -> Result<Vec<WorkOrderRow>, Fault> {
    conn.all(&OF_PERIOD, (district, from, to, EXPORT_ROWS_MAX)).await
}

/// What happened after a mark: work orders in the order of their cases, and from where on to look the next time.
#[derive(Debug)]
pub(crate) struct Changes {
    pub orders: Vec<WorkOrderRow>,
    pub mark: FactId,
    /// More has happened than was looked at.
    pub more: bool,
}

/// Work orders whose case something happened to, until `rows` are found or enough was read. What is told twice harms nobody; nothing is
/// left out.
pub(crate) async fn changes(
    conn: &mut Conn,
    district: DistrictId,
    after: FactId,
    now: Time,
    rows: usize,
) -> Result<Changes, Fault> {
    let (mut mark, mut found): (FactId, Vec<WorkOrderRow>) = (after, Vec::new());
    let mut more = true;
    for _ in 0..FACT_PIECES_MAX {
        let facts = FactRow::after(conn, district, mark, FACTS_MAX).await?;
        let is_last = (facts.len() as i64) < FACTS_MAX;
        let of_cases = facts.iter().filter(|fact| fact.subject_kind == CaseId::NOUN);
        let cases: BTreeSet<CaseId> = of_cases.map(|fact| CaseId(fact.subject_id)).collect();
        // A repeated one changes nothing about its case, so its own fact leads there.
        let own = facts.iter().filter(|fact| fact.subject_kind == WorkOrderId::NOUN);
        let own = own.filter_map(|fact| fact.data.0["case"].as_str()?.parse::<CaseId>().ok());
        let cases: Vec<CaseId> = cases.into_iter().chain(own).collect();
        if !cases.is_empty() {
            let cases = cases::outcome::with_merged(conn, district, cases).await?;
            let orders = conn.all(&OF_CASES, (district, List(cases), OF_CASES_ROWS_MAX)).await?;
            found.extend(orders.into_iter().filter(|order| !found_has(&found, order.id)).collect::<Vec<_>>());
        }
        if let Some(last) = facts.last() {
            mark = last.id;
        }
        if is_last {
            more = false;
            break;
        }
        if found.len() >= rows {
            break;
        }
    }
    // Never back behind where it began: a caller that asks twice a second would stand still.
    let late = FactId::new(now).earlier_by(LATE_COMMIT_MAX);
    Ok(Changes { orders: found, mark: mark.min(late).max(after), more })
}

fn found_has(found: &[WorkOrderRow], id: WorkOrderId) -> bool {
    found.iter().any(|order| order.id == id)
}
