//! The import itself: batches of rows, each in one write, repeatable without harm.

use super::file::CsvFile;
use super::mapping::{MappingFault, Plan};
use super::report::{ImportReport, Refused};
use super::row::{Draft, Reason, RowReader};
use crate::model::{CaseId, number_of};
use crate::rules::Rules;
use crate::store;
use ::store::{Fact, Tx};
use csv::StringRecord;
use edge::{District, Districts, Edge};
use platform::{Actor, DistrictId, Fault, Problem, Via};
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;
use uuid::Uuid;

/// Rows of one write.
const BATCH_ROWS: usize = 500;
/// How often another number is tried where one is taken.
const NUMBER_ATTEMPTS_MAX: u64 = 8;

/// Why an import did not begin, or ended.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("the file {file} cannot be read")]
    File {
        file: String,
        #[source]
        source: std::io::Error,
    },
    #[error("the mapping does not hold: {0}")]
    Mapping(#[from] MappingFault),
    #[error("there is no district {0}, and the mapping does not name it")]
    UnknownDistrict(String),
    #[error("the file has no column '{column}'; it has {}", .found.join(", "))]
    NoColumn { column: String, found: Vec<String> },
    #[error("the file has two columns '{0}'")]
    ColumnTwice(String),
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<ImportError> for Problem {
    fn from(e: ImportError) -> Self {
        if let ImportError::Fault(fault) = &e {
            return Self::from(fault);
        }
        let chain = match std::error::Error::source(&e) {
            Some(source) => format!("{e}: {source}"),
            None => e.to_string(),
        };
        Self::invalid(
            "cases.import",
            "file",
            platform::Words::new(format!("无法导入：{chain}。"), format!("Not imported: {chain}.")),
        )
    }
}

/// How far an import is.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    pub rows: u64,
    /// Of the file on the disk.
    pub bytes_read: u64,
    pub bytes_total: u64,
}

/// Rows of a foreign file were kept as cases.
struct RequestsImported {
    /// One import, many batches.
    run: Uuid,
    file: String,
    rows: usize,
}

/// The fact of one batch.
pub const REQUESTS_IMPORTED: &str = "cases.requests_imported";

impl Fact for RequestsImported {
    fn name(&self) -> &'static str {
        REQUESTS_IMPORTED
    }
    fn subject(&self) -> (&'static str, Uuid) {
        ("import", self.run)
    }
    fn data(&self) -> Value {
        json!({ "file": self.file, "rows": self.rows })
    }
}

/// Imports a CSV file (packed or not) by a TOML mapping into the district of that code.
///
/// The file is read on the caller's thread: this is a command, not part of a request. Doing it again changes nothing.
///
/// # Errors
/// Where file, mapping or district do not hold before the first row, or the database breaks; batches before stay.
pub async fn requests(
    edge: &Edge,
    file: &Path,
    mapping: &Path,
    district_code: &str,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<ImportReport, ImportError> {
    let unreadable = |path: &Path| {
        let file = path.display().to_string();
        move |source| ImportError::File { file, source }
    };
    let text = std::fs::read_to_string(mapping).map_err(unreadable(mapping))?;
    let plan = Plan::from_toml(&text, &edge.fixture::<Rules>())?;
    let mut csv = CsvFile::open(file).map_err(unreadable(file))?;
    let columns = columns_of(&csv.headers, &plan)?;
    let district = district_of(edge, district_code, &plan).await?;
    let actor = Actor { via: Via::CommandLine, ..Actor::system(district, "import") };
    keep_types(edge, &actor, &plan).await?;

    let (rules, places) = (edge.fixture::<Rules>(), edge.fixture::<territory::Map>().of(district));
    let reader = RowReader { plan: &plan, rules: &rules, places: &places, district, columns };
    let name = file.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    let mut batches = Batches::new(edge, actor, name);
    let mut record = StringRecord::new();
    let mut seen = HashSet::new();
    batches.report.encoding = csv.encoding;
    while csv.read(&mut record).map_err(unreadable(file))? {
        batches.report.rows += 1;
        let row = batches.report.rows + 1;
        let read = reader.read(row, &record).and_then(|draft| refuse_twice(draft, &mut seen));
        match read {
            Ok(draft) => batches.add(draft).await?,
            Err(reason) => batches.report.refused.push(Refused { row, reason }),
        }
        if batches.report.rows.is_multiple_of(BATCH_ROWS as u64) {
            let (rows, bytes_read) = (batches.report.rows, csv.bytes_read());
            progress(Progress { rows, bytes_read, bytes_total: csv.bytes_total });
        }
    }
    let report = batches.finish().await?;
    progress(Progress { rows: report.rows, bytes_read: csv.bytes_total, bytes_total: csv.bytes_total });
    Ok(report)
}

fn refuse_twice(draft: Draft, seen: &mut HashSet<String>) -> Result<Draft, Reason> {
    let id = draft.case.external_id.clone().unwrap_or_default();
    if seen.insert(id.clone()) { Ok(draft) } else { Err(Reason::IdTwice { id }) }
}

/// Where each column stands. All that the mapping names must be there.
fn columns_of(headers: &StringRecord, plan: &Plan) -> Result<HashMap<String, usize>, ImportError> {
    let mut columns = HashMap::new();
    for (i, name) in headers.iter().enumerate() {
        if columns.insert(name.to_owned(), i).is_some() {
            return Err(ImportError::ColumnTwice(name.to_owned()));
        }
    }
    match plan.mapping.columns.all().find(|column| !columns.contains_key(*column)) {
        Some(missing) => Err(ImportError::NoColumn {
            column: missing.to_owned(),
            found: headers.iter().map(str::to_owned).collect(),
        }),
        None => Ok(columns),
    }
}

/// The district of that code, founded where there is none and the mapping names it.
async fn district_of(edge: &Edge, code: &str, plan: &Plan) -> Result<DistrictId, ImportError> {
    if let Some(found) = edge.fixture::<Districts>().by_code(code) {
        return Ok(found.district);
    }
    let unknown = || ImportError::UnknownDistrict(code.to_owned());
    let names = plan.mapping.district.as_ref().ok_or_else(unknown)?;
    let id: DistrictId = code.parse().ok().filter(|id: &DistrictId| id.0 > 0).ok_or_else(unknown)?;
    let district = District {
        district: id,
        code: code.to_owned(),
        name: names.zh.clone(),
        name_en: names.en.clone(),
        host: None,
        settings: ::store::Json(json!({ "source": plan.mapping.source })),
    };
    let actor = Actor { via: Via::CommandLine, ..Actor::system(id, "import") };
    edge.db.write(&actor, async move |tx: &mut Tx| Districts::found(tx, district.clone()).await).await?;
    Districts::load(&edge.db).await?;
    edge.fixture::<territory::Map>().refresh(&edge.db, id).await?;
    Ok(id)
}

/// Keeps the types the mapping brings, and lets the rule book know them.
async fn keep_types(edge: &Edge, actor: &Actor, plan: &Plan) -> Result<(), Fault> {
    if plan.own_types.is_empty() {
        return Ok(());
    }
    let own = Arc::new(plan.own_types.clone());
    edge.db
        .write(actor, async move |tx: &mut Tx| {
            for own_type in own.iter() {
                store::own_types::keep(tx, own_type).await?;
            }
            Ok::<_, Fault>(())
        })
        .await?;
    edge.fixtures().put(Arc::new(crate::load_rules(&edge.db).await?));
    Ok(())
}

/// Gathers rows into writes.
struct Batches<'a> {
    edge: &'a Edge,
    actor: Actor,
    file: String,
    run: Uuid,
    waiting: Vec<Draft>,
    report: ImportReport,
}

impl<'a> Batches<'a> {
    fn new(edge: &'a Edge, actor: Actor, file: String) -> Self {
        let run = CaseId::new(edge.now()).0;
        Self {
            edge,
            actor,
            file,
            run,
            waiting: Vec::with_capacity(BATCH_ROWS),
            report: ImportReport::default(),
        }
    }

    async fn add(&mut self, draft: Draft) -> Result<(), Fault> {
        self.report.note(&draft);
        self.waiting.push(draft);
        if self.waiting.len() == BATCH_ROWS { self.write().await } else { Ok(()) }
    }

    async fn finish(mut self) -> Result<ImportReport, Fault> {
        self.write().await?;
        Ok(self.report)
    }

    async fn write(&mut self) -> Result<(), Fault> {
        let drafts = Arc::new(std::mem::replace(&mut self.waiting, Vec::with_capacity(BATCH_ROWS)));
        let rows = drafts.len() as u64;
        if rows == 0 {
            return Ok(());
        }
        let (run, file) = (self.run, self.file.clone());
        let write = async move |tx: &mut Tx| {
            let kept = keep(tx, &drafts).await?;
            if kept > 0 {
                tx.record(&RequestsImported { run, file: file.clone(), rows: kept }).await?;
            }
            Ok::<_, Fault>(kept as u64)
        };
        let kept = self.edge.db.write(&self.actor, write).await?;
        self.report.kept += kept;
        self.report.known += rows - kept;
        Ok(())
    }
}

/// Keeps those of a batch that are not there yet; answers how many.
async fn keep(tx: &mut Tx, drafts: &[Draft]) -> Result<usize, Fault> {
    let district = tx.district();
    let ids = drafts.iter().filter_map(|d| d.case.external_id.clone()).collect();
    let known: HashSet<String> =
        store::import::known_external(tx, district, ids).await?.into_iter().collect();
    let is_new = |d: &&Draft| d.case.external_id.as_ref().is_none_or(|id| !known.contains(id));
    let mut fresh: Vec<Draft> = drafts.iter().filter(is_new).cloned().collect();
    if fresh.is_empty() {
        return Ok(0);
    }
    give_numbers(tx, &mut fresh).await?;
    let inserted = store::import::insert_all(tx, fresh.iter().map(|d| &d.case)).await?;
    if inserted != fresh.len() as u64 {
        return Err(Fault::broken("a case of the batch was there although it was looked for"));
    }
    let entries = fresh.iter().flat_map(|d| d.entries.iter().map(|entry| (d.case.id, entry)));
    store::import::add_entries(tx, entries).await?;
    let words = fresh.iter().map(|d| (d.case.id, d.tokens.clone()));
    store::import::add_all_words(tx, words).await?;
    Ok(fresh.len())
}

/// Gives another number to those whose number is taken, in the batch or in the district.
async fn give_numbers(tx: &mut Tx, fresh: &mut [Draft]) -> Result<(), Fault> {
    let district = tx.district();
    for attempt in 1..=NUMBER_ATTEMPTS_MAX {
        let numbers = fresh.iter().map(|d| d.case.number.clone()).collect();
        let taken = store::import::known_numbers(tx, district, numbers).await?;
        let mut taken: HashSet<String> = taken.into_iter().collect();
        let mut changed = false;
        for draft in fresh.iter_mut() {
            let case = &mut draft.case;
            if !taken.insert(case.number.clone()) {
                case.number = number_of(case.id, case.reported_at, attempt);
                changed = true;
            }
        }
        if !changed {
            return Ok(());
        }
    }
    Err(Fault::broken("no free number was found for an imported case"))
}
