//! Week and month sheets of an area: counted from tasks, cases and the register, grid by grid.

mod columns;
mod pdf;
mod xlsx;

pub(crate) use pdf::to_pdf;
pub(crate) use xlsx::to_xlsx;

use crate::catalogue::{Remark, SheetBook};
use crate::days::{Span, accounts_of};
use crate::error::FieldworkError;
use crate::model::{Sheet, SheetLine, SheetPeriod, total_of};
use crate::queries::days::facts_of;
use crate::queries::sheets::count_tasks;
use ::store::{Conn, FactRow};
use columns::{Counted, RegisterCount, columns_of, figures_of};
use edge::Edge;
use jiff::civil::Date;
use platform::{Actor, Fault, Lang, Scope};
use std::collections::{BTreeMap, BTreeSet};
use territory::{AreaLevel, Map, Snapshot};

/// Grids of one sheet: a district has some hundreds.
const GRIDS_MAX: usize = 500;

/// Makes the sheet of the period a day lies in. Who may see the area, the caller has decided.
///
/// # Errors
/// No such area, or one with too many grids.
pub(crate) async fn sheet_of(
    edge: &Edge,
    actor: &Actor,
    period: SheetPeriod,
    area_path: &str,
    day: Date,
) -> Result<Sheet, FieldworkError> {
    let places = edge.fixture::<Map>().of(actor.district);
    let area = places.by_path(area_path).ok_or(FieldworkError::NotFound)?;
    let grids: Vec<_> = places.subtree(area_path).filter(|area| area.level == AreaLevel::Grid).collect();
    if grids.len() > GRIDS_MAX {
        return Err(FieldworkError::invalid(
            "area",
            "fieldwork.too_many_grids",
            "网格太多，请选小一些的区域。",
            "Too many grids: take a smaller area.",
        ));
    }
    let (first, last) = period.around(day);
    let span = Span { first, last };
    let paths: Vec<String> = grids.iter().map(|grid| grid.path.clone()).collect();
    let counted = count(edge, actor, &places, area_path, paths, span).await?;
    let sections = columns_of();
    let lines: Vec<SheetLine> = grids
        .iter()
        .map(|grid| SheetLine {
            area_path: grid.path.clone(),
            name: grid.name.clone(),
            figures: figures_of(&sections, &counted, &grid.path),
        })
        .collect();
    let columns: Vec<_> = sections.iter().flat_map(|section| &section.columns).collect();
    let total = total_of(&columns, &lines);
    let stands_out = stands_out(edge, &counted, &lines);
    let area = (area.path.clone(), area.name.clone());
    Ok(Sheet { period, first, last, area, total, lines, stands_out, sections })
}

async fn count(
    edge: &Edge,
    actor: &Actor,
    places: &Snapshot,
    area: &str,
    grids: Vec<String>,
    span: Span,
) -> Result<Counted, FieldworkError> {
    let (district, now, moments) = (actor.district, edge.now(), span.moments());
    let accounts: BTreeSet<_> = grids.iter().flat_map(|grid| accounts_of(places, grid, moments)).collect();
    let (paths, path) = (grids, area.to_owned());
    let read = async move |conn: &mut Conn| {
        let tasks = count_tasks(conn, district, &paths, (span.first, span.last)).await?;
        let cases = cases::queries::period::count(conn, district, &path, moments, now).await?;
        let mut register: BTreeMap<String, RegisterCount> = BTreeMap::new();
        for account in accounts.clone() {
            for fact in facts_of(conn, district, account, moments, is_of_register).await? {
                note(&mut register, &fact);
            }
        }
        Ok::<_, Fault>((tasks, cases, register))
    };
    let (tasks, cases, register) = edge.db.read_long(read).await?;
    let stale = registry::count_stale(&edge.db, district).await?;
    let stale = stale.into_iter().filter(|(path, _)| Scope::covers_path(area, path)).collect();
    Ok(Counted { tasks, cases, register, stale })
}

fn is_of_register(name: &str) -> bool {
    use registry::facts::{AMENDED, CONFIRMED, ENTERED};
    matches!(name, AMENDED | CONFIRMED | ENTERED)
}

/// Counts a deed at the register in the grid it was done in.
fn note(register: &mut BTreeMap<String, RegisterCount>, fact: &FactRow) {
    let Some(path) = &fact.area_path else { return };
    let counts = register.entry(path.clone()).or_default();
    match fact.name.as_str() {
        registry::facts::CONFIRMED => counts.confirmed += 1,
        registry::facts::ENTERED => counts.entered += 1,
        _ => counts.changed += 1,
    }
}

fn stands_out(edge: &Edge, counted: &Counted, lines: &[SheetLine]) -> Vec<platform::Words> {
    let remarks = lines.iter().flat_map(|line| {
        counted.remarks(&line.area_path).map(|(figure, n)| Remark { area: &line.name, figure, n })
    });
    edge.fixture::<SheetBook>().stands_out(&remarks.collect::<Vec<_>>())
}

/// The head of the first column.
const fn grid_words(lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => "网格",
        Lang::En => "Grid",
    }
}

/// The name of the last row.
const fn total_words(lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => "合计",
        Lang::En => "Total",
    }
}
