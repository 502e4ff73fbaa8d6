//! Plates of buildings, rooms and things: giving them, printing them, finding what one stands for.

use super::exports::download;
use super::{require_area, staff, write_once};
use crate::access::{EDIT, VIEW};
use crate::commands;
use crate::error::RegistryError;
use crate::model::{Kind, PlateCode, RecordId, State as RecordState};
use crate::plates::{self, LABELS_PER_SHEET, Label};
use crate::queries::plates::{self as bearers, Bearer, PLATES_MAX};
use crate::store;
use ::store::{Conn, Tx};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::Response;
use edge::{Body, Districts, Edge, PathOf, QueryOf, Who};
use platform::{Actor, Cursor, DistrictId, Fault, FaultKind, Page, Permission, Problem, Words};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use utoipa::{IntoParams, ToSchema};

/// Which plates: of a place, of a thing, or of the things of an area.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams, ToSchema)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PlatesQuery {
    pub place: Option<RecordId>,
    /// With all units and rooms below the place.
    #[serde(default)]
    pub below: bool,
    /// One thing.
    pub thing: Option<RecordId>,
    /// A path: the things in it.
    pub area: Option<String>,
    /// Where a page of things goes on.
    pub after: Option<String>,
}

/// A plate, or where one may be hung.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlateView {
    /// `K7M4-QX2H`; none: it has not been given one yet.
    pub code: Option<String>,
    pub record: RecordId,
    pub kind: Kind,
    /// What is printed on it: the address; of a thing its name and address.
    pub label: String,
}

/// How many there are, and how many are new.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct IssuedView {
    pub plates: usize,
    pub issued: usize,
    /// Where the area's things go on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Cursor>,
}

/// 铭牌清单。The plates of a place, of a thing, or of an area's things.
#[utoipa::path(get, path = "/api/registry/plates", tag = "registry", params(PlatesQuery),
    responses((status = 200, body = Page<PlateView>), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn list_plates(
    State(edge): State<Edge>,
    who: Who,
    QueryOf(query): QueryOf<PlatesQuery>,
) -> Result<Json<Page<PlateView>>, Problem> {
    let actor = staff(&who, &VIEW)?.clone();
    let read = async move |conn: &mut Conn| read_plates(conn, &actor, &VIEW, &query).await;
    let (page, mut codes) = edge.db.read(read).await?;
    let view = |bearer: Bearer| PlateView {
        code: codes.remove(&bearer.id).map(|code| code.to_string()),
        record: bearer.id,
        kind: bearer.kind,
        label: bearer.label,
    };
    Ok(Json(Page { items: page.items.into_iter().map(view).collect(), next: page.next }))
}

/// 发放铭牌编号（一处一号，不再变）。Give plates their codes, each once and for good.
#[utoipa::path(post, path = "/api/registry/plates", tag = "registry", request_body = PlatesQuery,
    responses((status = 200, body = IssuedView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn issue_plates(
    State(edge): State<Edge>,
    who: Who,
    headers: HeaderMap,
    Body(body): Body<PlatesQuery>,
) -> Result<Json<IssuedView>, Problem> {
    let actor = staff(&who, &EDIT)?;
    let issue = async |tx: &mut Tx, query: PlatesQuery| {
        let actor = tx.actor().clone();
        let page = read_bearers(tx, &actor, &EDIT, &query).await?;
        let Some(first) = page.items.first() else { return Err(RegistryError::NotFound) };
        // The fact of an area's things is about the account that asked.
        let account = actor.account.map_or(uuid::Uuid::nil(), |account| account.0);
        let about = query.place.or(query.thing).unwrap_or(RecordId(account));
        let area = query.area.clone().unwrap_or_else(|| first.area_path.clone());
        let issued = commands::issue_plates(tx, about, &area, &page.items).await?;
        Ok(IssuedView { plates: page.items.len(), issued, next: page.next })
    };
    Ok(Json(write_once(&edge, actor, headers, body, issue).await?))
}

/// Which plates are printed, and how.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PrintQuery {
    pub place: Option<RecordId>,
    /// With all units and rooms below the place.
    #[serde(default)]
    pub below: bool,
    /// One thing.
    pub thing: Option<RecordId>,
    /// A path: the things in it.
    pub area: Option<String>,
    /// Where a page of things goes on.
    pub after: Option<String>,
    /// `pdf` (default) has all sheets, `svg` the one asked for.
    #[param(inline)]
    pub format: Option<PrintFormat>,
    /// Of an SVG, from 1.
    pub sheet: Option<usize>,
}

/// What is handed out.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum PrintFormat {
    #[default]
    Pdf,
    Svg,
}

/// 打印铭牌（A4，每张十块）。The plates that have a code, ten on a sheet of A4.
#[utoipa::path(get, path = "/api/registry/plates/print", tag = "registry", params(PrintQuery),
    responses((status = 200, content_type = "application/pdf", body = Vec<u8>), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn print_plates(
    State(edge): State<Edge>,
    who: Who,
    headers: HeaderMap,
    QueryOf(print): QueryOf<PrintQuery>,
) -> Result<Response, Problem> {
    let actor = staff(&who, &VIEW)?.clone();
    let (district, sheet) = (actor.district, print.sheet.unwrap_or(1));
    let PrintQuery { place, below, thing, area, after, .. } = print;
    let wanted = PlatesQuery { place, below, thing, area, after };
    let read = async move |conn: &mut Conn| read_plates(conn, &actor, &VIEW, &wanted).await;
    let (page, mut codes) = edge.db.read(read).await?;
    let (base, name) = face_of(&edge, district, &headers);
    let label = |bearer: Bearer| {
        let code = codes.remove(&bearer.id)?;
        Some(Label { url: format!("{base}/p/{}", code.letters()), code, address: bearer.label })
    };
    let labels: Vec<Label> = page.items.into_iter().filter_map(label).collect();
    if labels.is_empty() {
        return Err(none_issued().into());
    }
    let sheets = labels.len().div_ceil(LABELS_PER_SHEET);
    let mut response = match print.format.unwrap_or_default() {
        PrintFormat::Pdf => download(draw_pdf(labels, name).await?, "application/pdf", "plates.pdf"),
        PrintFormat::Svg => {
            let svg =
                plates::to_svg(&labels, sheet.saturating_sub(1), &name).ok_or(RegistryError::NotFound)?;
            download(svg.into_bytes(), "image/svg+xml", &format!("plates-{sheet}.svg"))
        }
    };
    response.headers_mut().insert("x-sheets", sheets.into());
    Ok(response)
}

/// Beside the requests: a thousand squares take their time.
async fn draw_pdf(labels: Vec<Label>, district: Words) -> Result<Vec<u8>, RegistryError> {
    let drawing = tokio::task::spawn_blocking(move || plates::to_pdf(&labels, &district));
    let drawn =
        drawing.await.map_err(|e| Fault::new(FaultKind::Broken, "plates were not drawn").because(e))?;
    Ok(drawn?)
}

/// Where the residents' pages are found, and what the district is called. A plate hangs for years: a host the district has set goes
/// before the one the clerk came by.
fn face_of(edge: &Edge, district: DistrictId, headers: &HeaderMap) -> (String, Words) {
    let found = edge.fixture::<Districts>().find(district).cloned();
    let asked = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let host = found.as_ref().and_then(|district| district.host.clone()).unwrap_or_else(|| asked.to_owned());
    let scheme = if edge::is_secure(edge, headers) { "https" } else { "http" };
    (format!("{scheme}://{host}"), found.map_or(Words::of("", ""), |district| district.words()))
}

fn none_issued() -> RegistryError {
    RegistryError::invalid(
        "place",
        "registry.no_plates",
        "这里还没有发放铭牌编号，请先发放。",
        "No plates were given here yet. Give them their codes first.",
    )
}

/// What a plate stands for.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlateOfView {
    pub code: String,
    pub record: RecordId,
    pub kind: Kind,
    /// The address in full, or the thing's name.
    pub label: String,
    /// Of a room: the home in it.
    pub dwelling: Option<RecordId>,
    pub is_live: bool,
}

/// 按牌号查地址或部件。What a plate's code stands for; of a place, the address to the room.
#[utoipa::path(get, path = "/api/registry/plates/{code}", tag = "registry", params(("code" = String, Path)),
    responses((status = 200, body = PlateOfView), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn find_plate(
    State(edge): State<Edge>,
    who: Who,
    PathOf(code): PathOf<String>,
) -> Result<Json<PlateOfView>, Problem> {
    let actor = staff(&who, &VIEW)?;
    let (district, code) = (actor.district, PlateCode::parse(&code).ok_or(RegistryError::NotFound)?);
    let asked = code.clone();
    let read = async move |conn: &mut Conn| {
        let Some(row) = bearers::of_code(conn, district, &asked).await? else { return Ok(None) };
        let homes = crate::queries::at_place(conn, district, row.id, Kind::Dwelling).await?;
        Ok(Some((row, homes.first().map(|home| home.id))))
    };
    let found = edge.db.read(read).await.map_err(RegistryError::Fault)?;
    let (row, dwelling) = found.ok_or(RegistryError::NotFound)?;
    require_area(actor, &VIEW, &row.area_path)?;
    let is_live = row.state == RecordState::Live;
    Ok(Json(PlateOfView {
        code: code.to_string(),
        record: row.id,
        kind: row.kind,
        label: row.label,
        dwelling,
        is_live,
    }))
}

type Codes = HashMap<RecordId, PlateCode>;

async fn read_plates(
    conn: &mut Conn,
    actor: &Actor,
    permission: &'static Permission,
    query: &PlatesQuery,
) -> Result<(Page<Bearer>, Codes), RegistryError> {
    let page = read_bearers(conn, actor, permission, query).await?;
    let ids = page.items.iter().map(|bearer| bearer.id).collect();
    let codes = store::plates::of_records(conn, actor.district, ids).await?;
    Ok((page, codes))
}

/// What was asked for, where the actor may.
async fn read_bearers(
    conn: &mut Conn,
    actor: &Actor,
    permission: &'static Permission,
    query: &PlatesQuery,
) -> Result<Page<Bearer>, RegistryError> {
    let district = actor.district;
    if let Some(place) = query.place {
        let root = store::find(conn, district, place).await?.filter(|row| row.kind == Kind::Place);
        let root = root.ok_or(RegistryError::NotFound)?;
        crate::access::require(actor, permission, &root.area_path)?;
        let items = bearers::of_place(conn, district, &root, query.below).await?;
        return if items.len() > PLATES_MAX { Err(too_many()) } else { Ok(Page { items, next: None }) };
    }
    if let Some(thing) = query.thing {
        let row = store::find(conn, district, thing)
            .await?
            .filter(|row| row.kind == Kind::Thing && row.state == RecordState::Live);
        let row = row.ok_or(RegistryError::NotFound)?;
        crate::access::require(actor, permission, &row.area_path)?;
        return Ok(Page { items: vec![bearers::of_thing(conn, district, row).await?], next: None });
    }
    let Some(area) = &query.area else { return Err(too_many()) };
    crate::access::require(actor, permission, area)?;
    let after = query.after.clone().map(Cursor);
    Ok(bearers::things_of(conn, district, area, after.as_ref(), PLATES_MAX).await?)
}

fn too_many() -> RegistryError {
    RegistryError::invalid(
        "place",
        "registry.name_a_place",
        "请选一栋楼、一个单元、一个部件，或一个区域的部件。",
        "Name a building, a unit, a thing, or the area whose things are meant.",
    )
}
