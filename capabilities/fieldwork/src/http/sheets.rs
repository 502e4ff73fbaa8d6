//! Week and month sheets of an area: on the screen, as a workbook, on paper.

use super::staff;
use super::today::day_of;
use crate::access::{SEE_SHEETS, require, widest};
use crate::error::FieldworkError;
use crate::figures::{sheet_of, to_pdf, to_xlsx};
use crate::model::{Figure, Section, Sheet, SheetPeriod};
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use edge::{Edge, PathOf, QueryOf, Who};
use platform::{Actor, Fault, Lang, Problem, Time, Words};
use serde::{Deserialize, Serialize};
use territory::Map;
use utoipa::{IntoParams, ToSchema};

/// Of which area, and from when.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SheetQuery {
    /// The path of a community, a street, a grid; none: the widest area where one may see sheets.
    pub area: Option<String>,
    /// A day of the week or month, 2026-03-02; none: today.
    pub from: Option<String>,
}

/// As what a sheet is taken along.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum SheetFormat {
    Xlsx,
    Pdf,
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PrintQuery {
    /// The path of a community, a street, a grid; none: the widest area where one may see sheets.
    pub area: Option<String>,
    /// A day of the week or month, 2026-03-02; none: today.
    pub from: Option<String>,
    #[param(inline)]
    pub format: SheetFormat,
}

/// A number, or how many of how many.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct SheetFigureView {
    pub n: i64,
    /// Of how many were due; none where it is a plain number.
    pub of: Option<i64>,
}

impl From<Figure> for SheetFigureView {
    fn from(figure: Figure) -> Self {
        Self { n: figure.n, of: figure.of }
    }
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SheetColumnView {
    pub key: String,
    pub words: Words,
    /// Whether its figures are so many of so many.
    pub share: bool,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SheetSection {
    pub key: String,
    pub words: Words,
    pub columns: Vec<SheetColumnView>,
}

impl From<&Section> for SheetSection {
    fn from(section: &Section) -> Self {
        let columns = section.columns.iter().map(|column| SheetColumnView {
            key: column.key.clone(),
            words: column.words.clone(),
            share: column.is_share,
        });
        Self { key: section.key.to_owned(), words: section.words.clone(), columns: columns.collect() }
    }
}

/// The figures of a grid, in the order of all columns.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SheetLineView {
    pub area_path: String,
    pub name: String,
    pub figures: Vec<SheetFigureView>,
}

/// A week or a month of an area.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PeriodSheetView {
    pub period: SheetPeriod,
    /// Days of the calendar, both included.
    pub first: String,
    pub last: String,
    pub area_path: String,
    pub area_name: String,
    pub sections: Vec<SheetSection>,
    /// Grid by grid, in the order of their paths.
    pub lines: Vec<SheetLineView>,
    /// The sum of the lines, column by column.
    pub total: Vec<SheetFigureView>,
    pub stands_out: Vec<Words>,
    pub made_at: Time,
}

/// 周报、月报：各网格的数字、合计和需要关注的。A week or month of an area: figures by grid, their totals, and what stands out.
#[utoipa::path(get, path = "/api/fieldwork/sheets/{period}", tag = "fieldwork", operation_id = "show_sheet",
    params(("period" = SheetPeriod, Path), SheetQuery),
    responses((status = 200, body = PeriodSheetView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn show_sheet(
    State(edge): State<Edge>,
    who: Who,
    PathOf(period): PathOf<SheetPeriod>,
    QueryOf(query): QueryOf<SheetQuery>,
) -> Result<Json<PeriodSheetView>, Problem> {
    let actor = staff(&who, &[&SEE_SHEETS])?;
    let sheet = asked(&edge, actor, period, query).await?;
    let lines = sheet.lines.iter().map(|line| SheetLineView {
        area_path: line.area_path.clone(),
        name: line.name.clone(),
        figures: line.figures.iter().copied().map(SheetFigureView::from).collect(),
    });
    Ok(Json(PeriodSheetView {
        period,
        first: sheet.first.to_string(),
        last: sheet.last.to_string(),
        area_path: sheet.area.0.clone(),
        area_name: sheet.area.1.clone(),
        sections: sheet.sections.iter().map(SheetSection::from).collect(),
        lines: lines.collect(),
        total: sheet.total.iter().copied().map(SheetFigureView::from).collect(),
        stands_out: sheet.stands_out.clone(),
        made_at: edge.now(),
    }))
}

/// 打印或下载周报、月报（PDF、XLSX），写明谁在何时打印。Print or take along a week or month sheet; it says who printed it and when.
#[utoipa::path(get, path = "/api/fieldwork/sheets/{period}/print", tag = "fieldwork", operation_id = "print_sheet",
    params(("period" = SheetPeriod, Path), PrintQuery),
    responses((status = 200, content_type = "application/pdf", body = Vec<u8>), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn print_sheet(
    State(edge): State<Edge>,
    who: Who,
    PathOf(period): PathOf<SheetPeriod>,
    QueryOf(query): QueryOf<PrintQuery>,
) -> Result<Response, Problem> {
    let actor = staff(&who, &[&SEE_SHEETS])?;
    let wanted = SheetQuery { area: query.area, from: query.from };
    let sheet = asked(&edge, actor, period, wanted).await?;
    let (lang, title) = (actor.lang, title_of(&sheet, actor.lang));
    let printed = printed_words(actor, edge.now());
    let name = format!("{}-{}.{}", period.as_str(), sheet.first, query.format.ending());
    let making = tokio::task::spawn_blocking(move || match query.format {
        SheetFormat::Pdf => to_pdf(&sheet, lang, &title, &printed),
        SheetFormat::Xlsx => to_xlsx(&sheet, lang, &title, &printed),
    });
    let made =
        making.await.map_err(|e| Fault::broken("a sheet was not made").because(e)).and_then(|made| made);
    let bytes = made.map_err(FieldworkError::from)?;
    let headers = [
        (header::CONTENT_TYPE, query.format.media_type().to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, bytes).into_response())
}

impl SheetFormat {
    const fn ending(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Pdf => "pdf",
        }
    }

    const fn media_type(self) -> &'static str {
        match self {
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Pdf => "application/pdf",
        }
    }
}

async fn asked(
    edge: &Edge,
    actor: &Actor,
    period: SheetPeriod,
    query: SheetQuery,
) -> Result<Sheet, FieldworkError> {
    let places = edge.fixture::<Map>().of(actor.district);
    let root = places.root().map_or_else(|| territory::root_path(actor.district), |root| root.path.clone());
    let area = query.area.or_else(|| widest(actor, &SEE_SHEETS, &root)).ok_or(FieldworkError::NotFound)?;
    require(actor, &SEE_SHEETS, &area)?;
    let day = day_of(query.from.as_deref())?.unwrap_or_else(|| edge.now().local().date());
    sheet_of(edge, actor, period, &area, day).await
}

fn title_of(sheet: &Sheet, lang: Lang) -> String {
    let (name, kind) = (&sheet.area.1, sheet.period.words());
    match lang {
        Lang::Zh => format!("{name}网格工作{} {} 至 {}", kind.zh, sheet.first, sheet.last),
        Lang::En => format!("{name}: {} from {} to {}", kind.en, sheet.first, sheet.last),
    }
}

fn printed_words(actor: &Actor, now: Time) -> String {
    let moment = now.local().strftime("%Y-%m-%d %H:%M");
    match actor.lang {
        Lang::Zh => format!("由{}于 {moment} 打印", actor.name),
        Lang::En => format!("printed by {} on {moment}", actor.name),
    }
}
