//! Areas in and out as files.

use super::changes::{self, ChangesDrawn};
use super::{Moment, current, staff};
use crate::TerritoryError;
use crate::access::{EDIT_AREAS, VIEW_AREAS};
use crate::commands::{ExportOptions, ImportOptions, ImportReport, export_text, import_bytes};
use crate::model::{FileFormat, FileOptions};
use axum::Json;
use axum::extract::{FromRequest, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use edge::{Edge, Multipart, QueryOf, Who};
use geo::CoordinateSystem;
use platform::{Problem, Words, limits};
use serde::{Deserialize, Serialize};

/// How a file is to be read. In a multipart form the same names may be fields beside `file`.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ReadAreas {
    /// `geojson` or `csv`; by the file itself when left out.
    format: Option<String>,
    /// The system of its coordinates: WGS-84, CGCS2000, GCJ-02 or BD-09. Needed for GeoJSON.
    crs: Option<String>,
    /// In force from this date or time on; now when left out.
    #[param(value_type = Option<String>)]
    from: Option<Moment>,
    /// The code of an area that is redivided: what lies below it now and is not in the file ends.
    within: Option<String>,
}

/// What a file would change, and how that looks.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct CheckedAreas {
    #[serde(flatten)]
    pub report: ImportReport,
    pub changes: ChangesDrawn,
}

/// 检查一份区域文件，不改动任何东西。Check a file of areas; nothing is changed.
#[utoipa::path(post, path = "/api/territory/areas/check", tag = "territory", params(ReadAreas),
    request_body(content = String, description = "GeoJSON or CSV, or a form with the part `file`", content_type = "application/geo+json"),
    responses((status = 200, body = CheckedAreas), (status = 413, body = Problem), (status = 422, body = Problem)))]
pub async fn check_areas(
    State(edge): State<Edge>,
    who: Who,
    QueryOf(query): QueryOf<ReadAreas>,
    request: Request,
) -> Result<Json<CheckedAreas>, Problem> {
    let actor = staff(&who, &EDIT_AREAS)?;
    let (bytes, options) = read_order(request, query, true).await?;
    let report = import_bytes(&edge.db, actor, bytes.clone(), options.clone(), &mut |_| {}).await?;
    let standing = current(&edge, actor.district).await?;
    let changes = changes::draw(bytes, options.file, standing, &report).await?;
    Ok(Json(CheckedAreas { report, changes }))
}

/// 导入一份区域文件：从生效日起成为新版本，旧版本保留。Import a file of areas as new versions from a date on.
#[utoipa::path(post, path = "/api/territory/areas/import", tag = "territory", params(ReadAreas),
    request_body(content = String, description = "GeoJSON or CSV, or a form with the part `file`", content_type = "application/geo+json"),
    responses((status = 200, body = ImportReport), (status = 409, body = Problem), (status = 413, body = Problem),
        (status = 422, body = Problem, description = "`territory.plan_refused`: see `extra.findings`")))]
pub async fn import_areas(
    State(edge): State<Edge>,
    who: Who,
    QueryOf(query): QueryOf<ReadAreas>,
    request: Request,
) -> Result<Json<ImportReport>, Problem> {
    let actor = staff(&who, &EDIT_AREAS)?;
    let (bytes, options) = read_order(request, query, false).await?;
    Ok(Json(import_bytes(&edge.db, actor, bytes, options, &mut |_| {}).await?))
}

/// The file, and how it is to be brought in.
async fn read_order(
    request: Request,
    query: ReadAreas,
    dry_run: bool,
) -> Result<(Vec<u8>, ImportOptions), Problem> {
    let (bytes, query) = read_request(request, query).await?;
    let format = match query.format.as_deref() {
        Some(text) => FileFormat::parse(text).ok_or_else(unknown_format)?,
        None => FileFormat::guess(&bytes),
    };
    let system = match query.crs.as_deref() {
        Some(name) => name.parse().map_err(TerritoryError::Geo)?,
        None if format == FileFormat::GeoJson => return Err(no_system()),
        None => CoordinateSystem::Wgs84,
    };
    let options = ImportOptions {
        file: FileOptions { format: Some(format), system },
        from: query.from.map(|moment| moment.0),
        within: query.within,
        dry_run,
    };
    Ok((bytes, options))
}

/// The file, as the whole body or as the part `file` of a form.
async fn read_request(request: Request, mut query: ReadAreas) -> Result<(Vec<u8>, ReadAreas), Problem> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if !kind.starts_with("multipart/form-data") {
        let bytes = axum::body::to_bytes(request.into_body(), geo::FILE_BYTES_MAX).await;
        return Ok((bytes.map_err(|_| too_large())?.to_vec(), query));
    }
    let form = Multipart::from_request(request, &()).await?;
    let field = |name: &str| form.text(name).map(str::to_owned);
    query.format = query.format.or_else(|| field("format"));
    query.crs = query.crs.or_else(|| field("crs"));
    query.within = query.within.or_else(|| field("within"));
    if let (None, Some(text)) = (query.from, field("from")) {
        let moment = serde_json::from_value(serde_json::Value::String(text)).map_err(|e| bad_date(&e))?;
        query.from = Some(moment);
    }
    let file = form.files.into_iter().find(|part| part.field == "file").ok_or_else(no_file)?;
    Ok((file.bytes.to_vec(), query))
}

fn too_large() -> Problem {
    let megabytes = geo::FILE_BYTES_MAX as u64 / limits::MIB;
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "too_large",
        Words::new(
            format!("文件太大，最多 {megabytes} MiB。"),
            format!("The file is too large: at most {megabytes} MiB."),
        ),
    )
    .field("file")
}

fn no_file() -> Problem {
    Problem::invalid("territory.no_file", "file", Words::of("没有收到文件。", "No file arrived."))
}

fn no_system() -> Problem {
    Problem::invalid(
        "territory.crs_missing",
        "crs",
        Words::of(
            "请写明坐标系：WGS-84、CGCS2000、GCJ-02 或 BD-09。写错会偏出几百米。",
            "Say which coordinate system it is in: WGS-84, CGCS2000, GCJ-02 or BD-09. A wrong one is off by hundreds of metres.",
        ),
    )
}

fn unknown_format() -> Problem {
    Problem::invalid(
        "territory.unknown_format",
        "format",
        Words::of("格式只能是 geojson 或 csv。", "The format is geojson or csv."),
    )
}

fn bad_date(error: &serde_json::Error) -> Problem {
    Problem::invalid("territory.invalid", "from", Words::of("日期不对。", "This is no date."))
        .detail(Words::new(error.to_string(), error.to_string()))
}

/// How areas are written.
#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ExportAreas {
    /// `geojson` (when left out) or `csv`, which has no boundaries.
    format: Option<String>,
    /// As they were then; now when left out.
    #[param(value_type = Option<String>)]
    at: Option<Moment>,
    /// The system of the written coordinates; WGS-84 when left out.
    crs: Option<String>,
}

/// 导出某一天的全部区域。Export all areas as they were at a date.
#[utoipa::path(get, path = "/api/territory/areas/export", tag = "territory", params(ExportAreas),
    responses((status = 200, body = String, content_type = "application/geo+json"), (status = 403, body = Problem)))]
pub async fn export_areas(
    State(edge): State<Edge>,
    who: Who,
    QueryOf(query): QueryOf<ExportAreas>,
) -> Result<Response, Problem> {
    let actor = staff(&who, &VIEW_AREAS)?;
    let format = match query.format.as_deref() {
        Some(text) => FileFormat::parse(text).ok_or_else(unknown_format)?,
        None => FileFormat::GeoJson,
    };
    let system = match &query.crs {
        Some(name) => name.parse().map_err(TerritoryError::Geo)?,
        None => CoordinateSystem::Wgs84,
    };
    let options = ExportOptions { format, system, at: query.at.map(|moment| moment.0) };
    let (text, _) = export_text(&edge.db, actor, options).await?;
    let name = format!("attachment; filename=\"areas-{}.{}\"", actor.district, format.ending());
    let headers =
        [(header::CONTENT_TYPE, format.media_type().to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, text).into_response())
}
