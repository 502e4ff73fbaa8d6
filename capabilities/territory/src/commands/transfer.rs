//! Areas in and out as files: for the command line and for the routes, the same way.

use super::areas::{Imported, import_areas};
use super::write;
use crate::access::{EDIT_AREAS, VIEW_AREAS, require};
use crate::model::{
    Area, AreaDraft, FileFormat, FileOptions, Finding, Plan, ReadFile, Review, check_plan, read_file,
    root_path, write_csv, write_geojson,
};
use crate::{TerritoryError, queries};
use geo::{Boundary, CoordinateSystem};
use platform::{Actor, DistrictId, Fault, Time};
use serde::Serialize;
use std::path::Path;
use store::{Conn, Db, Tx};

/// How a file of areas is brought in.
#[derive(Clone, Debug)]
pub struct ImportOptions {
    pub file: FileOptions,
    /// In force from then on; none: from now.
    pub from: Option<Time>,
    /// The area that is redivided: what lies below it now and is not in the file ends.
    pub within: Option<String>,
    /// Only look.
    pub dry_run: bool,
}

/// How far an import has come, for a progress bar.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ImportStep {
    Reading { bytes: usize },
    Checking { areas: usize },
    Saving { areas: usize },
    Done,
}

/// What an import found and did.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ImportReport {
    /// In force from then on.
    pub from: Time,
    /// Codes that are new, changed, and no longer in force.
    pub added: Vec<String>,
    pub renewed: Vec<String>,
    pub ended: Vec<String>,
    /// Areas of the file that are as they were.
    pub unchanged: usize,
    /// Errors first. Errors keep the file out; warnings are worth a look.
    pub findings: Vec<Finding>,
    /// Whether errors keep it out.
    pub blocked: bool,
    /// What was saved; nothing where it was only looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub imported: Option<Imported>,
}

/// How areas are written to a file.
#[derive(Clone, Copy, Debug)]
pub struct ExportOptions {
    pub format: FileFormat,
    pub system: CoordinateSystem,
    /// As they were then; none: now.
    pub at: Option<Time>,
}

/// Imports a file of areas, or only checks it.
///
/// # Errors
/// The file cannot be read or understood; it has errors (`PlanRefused`, not in a dry run); the actor may not.
pub async fn import_file(
    db: &Db,
    actor: &Actor,
    path: &Path,
    options: ImportOptions,
    progress: &mut (dyn FnMut(ImportStep) + Send),
) -> Result<ImportReport, TerritoryError> {
    let bytes = tokio::fs::read(path)
        .await
        .map_err(|e| Fault::from(e).context(format_args!("reading {}", path.display())))?;
    import_bytes(db, actor, bytes, options, progress).await
}

/// As [`import_file`], of bytes that have arrived.
pub async fn import_bytes(
    db: &Db,
    actor: &Actor,
    bytes: Vec<u8>,
    options: ImportOptions,
    progress: &mut (dyn FnMut(ImportStep) + Send),
) -> Result<ImportReport, TerritoryError> {
    if !actor.holds(&EDIT_AREAS) {
        return Err(TerritoryError::Forbidden);
    }
    progress(ImportStep::Reading { bytes: bytes.len() });
    let ImportOptions { file, from, within, dry_run } = options;
    let read = blocking(move || read_file(&bytes, file)).await??;
    progress(ImportStep::Checking { areas: read.areas.len() });
    let from = checked_from(from.unwrap_or(db.clock().now()))?;
    let review = review_file(db, actor.district, read, from, within).await?;
    let mut report = report_of(&review, from);
    if dry_run {
        progress(ImportStep::Done);
        return Ok(report);
    }
    let plan = review.accept().map_err(|review| TerritoryError::PlanRefused { review })?;
    progress(ImportStep::Saving { areas: report.added.len() + report.renewed.len() });
    report.imported = Some(write(db, actor, async move |tx: &mut Tx| import_areas(tx, &plan).await).await?);
    progress(ImportStep::Done);
    Ok(report)
}

fn checked_from(from: Time) -> Result<Time, TerritoryError> {
    if (Time::ENTERED_MIN..=Time::ENTERED_MAX).contains(&from) {
        return Ok(from);
    }
    Err(TerritoryError::invalid(
        "from",
        "生效日期不对，请检查年份。",
        "This date cannot be: please look at the year.",
    ))
}

/// Checks a file against the areas as they stand, and the declared coordinate system against their outline.
async fn review_file(
    db: &Db,
    district: DistrictId,
    file: ReadFile,
    from: Time,
    within: Option<String>,
) -> Result<Review, TerritoryError> {
    let standing =
        db.read_long(async move |conn: &mut Conn| queries::load_standing(conn, district).await).await?;
    let review = blocking(move || {
        let outline = outline_around(&standing.areas, &file.areas, within.as_deref());
        let wrong_system = outline.and_then(|outline| file.find_wrong_system(outline));
        let plan = Plan { from, within, areas: file.areas };
        let posts: Vec<_> = standing.posts.iter().collect();
        let mut review = check_plan(district, plan, &standing.areas, standing.edition, &posts);
        if let Some(finding) = wrong_system {
            // Read in the wrong system nothing fits anything; one sentence says it all.
            review.findings.retain(|finding| !finding.code.starts_with("geo."));
            review.findings.insert(0, finding);
        }
        review.findings.extend(file.findings);
        review
    });
    Ok(review.await?)
}

/// The smallest outline already known that should hold the whole file.
fn outline_around<'a>(
    standing: &'a [Area],
    drafts: &[AreaDraft],
    within: Option<&str>,
) -> Option<&'a Boundary> {
    let known = |code: &str| standing.iter().find(|area| area.code == code)?.boundary.as_deref();
    let is_known = |draft: &&AreaDraft| known(&draft.code).is_some();
    let root = || standing.iter().find(|area| area.parent.is_none())?.boundary.as_deref();
    match (within.and_then(known), drafts.iter().find(is_known)) {
        (Some(outline), _) => Some(outline),
        // One area that is redrawn: it will lie about where it lay.
        (None, Some(draft)) if drafts.len() == 1 => known(&draft.code),
        (None, _) => root(),
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Fault> {
    tokio::task::spawn_blocking(work).await.map_err(|e| Fault::broken("a computation broke off").because(e))
}

fn report_of(review: &Review, from: Time) -> ImportReport {
    ImportReport {
        from,
        added: review.added.clone(),
        renewed: review.renewed.clone(),
        ended: review.ended.clone(),
        unchanged: review.unchanged,
        findings: review.findings.clone(),
        blocked: review.is_blocked(),
        imported: None,
    }
}

/// Writes the areas of the actor's district to a file; answers how many.
pub async fn export_file(
    db: &Db,
    actor: &Actor,
    path: &Path,
    options: ExportOptions,
) -> Result<usize, TerritoryError> {
    let (text, count) = export_text(db, actor, options).await?;
    tokio::fs::write(path, text)
        .await
        .map_err(|e| Fault::from(e).context(format_args!("writing {}", path.display())))?;
    Ok(count)
}

/// As [`export_file`], as text.
pub async fn export_text(
    db: &Db,
    actor: &Actor,
    options: ExportOptions,
) -> Result<(String, usize), TerritoryError> {
    let district = actor.district;
    require(actor, &VIEW_AREAS, &root_path(district))?;
    let at = options.at.unwrap_or(db.clock().now());
    let areas =
        db.read_long(async move |conn: &mut Conn| queries::load_areas_at(conn, district, at).await).await?;
    let count = areas.len();
    let write = move || match options.format {
        FileFormat::GeoJson => write_geojson(&areas, options.system),
        FileFormat::Csv => write_csv(&areas),
    };
    Ok((blocking(write).await?, count))
}
