//! Taking away for good what has run out, or what a person may have deleted. Nothing here can be undone.
//!
//! Each night one sweep: what was announced the night before goes, and what has run out since is announced. A day lies between, in which
//! an administrator sees the report and a clerk can mend a wrong end.

use crate::catalogue::Catalogue;
use crate::error::RegistryError;
use crate::facts::{ERASED, RegistryFact, RightsFact, SWEPT};
use crate::model::{ActId, Record, RecordId, SweepId, retention};
use crate::store;
use ::store::Tx;
use jiff::ToSpan;
use jiff::civil::Date;
use platform::{Fault, Time};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;
use uuid::Uuid;

/// How long answered requests and alarms that were looked into are kept: three years, as long as a claim may be brought.
/// Source: Civil Code art. 188 \[unverified\].
const PAPERS_YEARS: i32 = 3;

/// What a sweep did, and what the next one will do.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Report {
    /// Values taken away, by kind and field.
    pub erased: BTreeMap<String, u64>,
    /// Records of which nothing is left.
    pub records: u64,
    /// Earlier states of records that went with the values.
    pub images: u64,
    /// Answered requests, alarms, and claims that were over.
    pub papers: u64,
    /// Values that have run out by today, and go with the next sweep.
    pub announced: BTreeMap<String, u64>,
}

/// Where a sweep is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Sweep {
    /// The day as of which the sweep before announced; what has run out by then goes. None: nothing was announced yet.
    pub announced_on: Option<Date>,
    /// The day as of which this one announces.
    pub today: Date,
    pub after: RecordId,
    pub report: Report,
}

impl Sweep {
    pub fn begin(announced_on: Option<Date>, now: Time) -> Self {
        let today = now.local().date();
        Self { announced_on, today, after: RecordId(Uuid::nil()), report: Report::default() }
    }
}

/// Takes values of a record away for good, with every earlier state of it.
///
/// # Errors
/// Somebody changed the record meanwhile.
pub(crate) async fn erase_values(
    tx: &mut Tx,
    record: &Record,
    keys: &[String],
) -> Result<Record, RegistryError> {
    let (after, images) = erase(tx, record, keys).await?;
    let data = json!({ "kind": record.kind, "fields": keys, "state": after.content.state, "images": images });
    tx.record(&RegistryFact::of(ERASED, &after, data)).await?;
    Ok(after)
}

async fn erase(tx: &mut Tx, record: &Record, keys: &[String]) -> Result<(Record, u64), RegistryError> {
    let content = retention::without(&record.content, keys);
    let now = tx.now();
    let after = record.next(content, ActId::new(now), now);
    let images = store::retention::erase(tx, record, &after).await?;
    Ok((after, images))
}

/// One step of a sweep; answers the sweep to go on with, or nothing when it is done.
pub(crate) async fn sweep_step(tx: &mut Tx, mut sweep: Sweep) -> Result<Option<Sweep>, RegistryError> {
    let records = store::retention::over(tx, sweep.after).await?;
    let is_last = (records.len() as i64) < store::retention::STEP_ROWS_MAX;
    for record in &records {
        sweep_record(tx, &mut sweep, record).await?;
        sweep.after = record.id;
    }
    if !is_last {
        return Ok(Some(sweep));
    }
    finish(tx, sweep.report).await?;
    Ok(None)
}

async fn sweep_record(tx: &mut Tx, sweep: &mut Sweep, record: &Record) -> Result<(), RegistryError> {
    let catalogue = tx.fixture::<Catalogue>();
    let book = catalogue.kind(record.kind);
    let gone = match sweep.announced_on {
        Some(day) => retention::run_out(book, record, day),
        None => Vec::new(),
    };
    for key in retention::run_out(book, record, sweep.today).iter().filter(|key| !gone.contains(key)) {
        *sweep.report.announced.entry(counter(record, key)).or_default() += 1;
    }
    if gone.is_empty() {
        return Ok(());
    }
    let (after, images) = erase(tx, record, &gone).await?;
    for key in &gone {
        *sweep.report.erased.entry(counter(record, key)).or_default() += 1;
    }
    sweep.report.images += images;
    sweep.report.records += u64::from(after.content.state == crate::model::State::Erased);
    Ok(())
}

fn counter(record: &Record, key: &str) -> String {
    format!("{}.{key}", record.kind.as_str())
}

async fn finish(tx: &mut Tx, mut report: Report) -> Result<(), RegistryError> {
    let before = tx.now().local().checked_sub(PAPERS_YEARS.years());
    let before = before.map_err(|e| Fault::broken("a sweep lies before all time").because(e))?;
    let papers = store::retention::drop_old(tx, before.timestamp().into()).await?;
    report.papers = papers.iter().sum();
    let id = SweepId::new(tx.now());
    let data = json!(report);
    store::retention::add_sweep(tx, id, data.clone()).await?;
    tx.record(&RightsFact { name: SWEPT, subject: (SweepId::NOUN, id.0), area_path: None, data }).await?;
    Ok(())
}
