//! What residents read: outages that are and that will be, by service and place, each on a page of its own; and the feeds. All without a
//! script.

use super::catalogue::OutageBook;
use super::feeds::{Teller, cap, ics, index, json};
use super::notice::{NAMED_MAX, Notice, moment};
use crate::error::LinkageError;
use crate::model::outage::{Outage, OutageId, Service};
use crate::queries::outages as queries;
use crate::store::outages::{self as store, BuildingRow};
use ::store::Conn;
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use edge::{Edge, Html, Page, PathOf, QueryOf};
use platform::{DistrictId, Fault, Problem, Time};
use registry::SERVED_BUILDINGS_MAX;
use serde::Deserialize;
use std::time::Duration;
use territory::Map;

/// How long a feed tells that something it told of is over or off.
const OVER_TOLD: Duration = Duration::from_secs(14 * 24 * 3600);
/// Words somebody looks for.
const PLACE_CHARS_MAX: usize = 100;

pub(crate) fn pages() -> Router<Edge> {
    Router::new()
        .route("/outages", get(list))
        .route("/outages.json", get(feed_json))
        .route("/outages.ics", get(feed_ics))
        .route("/outages.cap", get(feed_cap))
        .route("/outages/{id}", get(show))
}

/// A notice as a line of the page.
struct OutageLine {
    id: OutageId,
    headline: String,
    place: String,
    from: Moment,
    to: Moment,
    /// It goes on now.
    is_now: bool,
    /// Its announced end is over, and nobody said that the service is back.
    is_unsaid: bool,
    is_changed: bool,
    homes: i64,
}

/// A moment for people and for programs.
struct Moment {
    iso: String,
    words: String,
}

impl Moment {
    fn of(at: Time) -> Self {
        Self { iso: at.to_string(), words: moment(at) }
    }
}

/// A service to be chosen.
struct ServiceChoice {
    key: &'static str,
    words: String,
    is_chosen: bool,
}

#[derive(Template)]
#[template(path = "outages.html")]
struct OutagesPage {
    page: Page,
    services: Vec<ServiceChoice>,
    place: String,
    is_filtered: bool,
    now: Vec<OutageLine>,
    coming: Vec<OutageLine>,
}

#[derive(Template)]
#[template(path = "outage.html")]
struct OutagePage {
    page: Page,
    line: OutageLine,
    state: String,
    is_over: bool,
    service: String,
    reason: String,
    /// There is no English reason: this one is Chinese.
    is_reason_zh: bool,
    unit: String,
    phone: String,
    buildings: Vec<String>,
    building_count: i64,
    /// Where the next buildings begin.
    next: Option<i64>,
    versions: Vec<VersionLine>,
}

/// What was told as one version.
struct VersionLine {
    at: Moment,
    state: String,
    from: String,
    to: String,
}

#[derive(Debug, Default, Deserialize)]
struct OutagesAsked {
    service: Option<String>,
    place: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct BuildingsAsked {
    after: Option<i64>,
}

async fn list(
    State(edge): State<Edge>,
    page: Page,
    QueryOf(asked): QueryOf<OutagesAsked>,
) -> Result<Html<OutagesPage>, Problem> {
    let service = asked.service.as_deref().and_then(Service::parse);
    let place: String = asked.place.unwrap_or_default().trim().chars().take(PLACE_CHARS_MAX).collect();
    let (district, words, now) = (page.actor.district, place.clone(), edge.now());
    let read = async move |conn: &mut Conn| {
        let mut open = queries::open(conn, district, now).await?;
        open.retain(|one| service.is_none_or(|service| one.content.service == service));
        with_buildings(conn, district, open, if words.is_empty() { 1 } else { SERVED_BUILDINGS_MAX as i64 })
            .await
    };
    let found = edge.db.read(read).await.map_err(LinkageError::from)?;
    let notices = found.iter().filter_map(|(one, rows)| {
        let notice = noticed(&edge, district, one, rows, &[])?;
        let is_meant = place.is_empty() || lies_at(&notice, rows, &place);
        is_meant.then(|| OutageLine::of(&page, &notice, now))
    });
    let (current, coming) = notices.partition(|line| line.is_now || line.is_unsaid);
    let choice = |service_one: &Service| ServiceChoice {
        key: service_one.as_str(),
        words: page.words(&service_one.cut_words()).to_owned(),
        is_chosen: service == Some(*service_one),
    };
    let services = Service::ALL.iter().map(choice).collect();
    let is_filtered = service.is_some() || !place.is_empty();
    let page = page.titled("停水停电停气", "Planned work and outages");
    Ok(Html(OutagesPage { page, services, place, is_filtered, now: current, coming }))
}

/// Whether the words somebody looks for name a building or the area of a notice: all of them, or as far as the building's number.
fn lies_at(notice: &Notice, rows: &[BuildingRow], typed: &str) -> bool {
    let plain = |text: &str| text.split_whitespace().collect::<String>().to_lowercase();
    let typed = plain(typed);
    // 田心里2栋3单元502 is in 田心里2栋.
    let ends = typed.char_indices().filter(|(_, c)| matches!(c, '栋' | '幢' | '号' | '楼'));
    let parts: Vec<&str> =
        std::iter::once(typed.as_str()).chain(ends.map(|(at, c)| &typed[..at + c.len_utf8()])).collect();
    let names = [plain(&notice.area.zh), plain(&notice.area.en)];
    names
        .into_iter()
        .chain(rows.iter().map(|row| plain(&row.label)))
        .any(|name| parts.iter().any(|part| name.contains(part)))
}

async fn show(
    State(edge): State<Edge>,
    page: Page,
    headers: HeaderMap,
    PathOf(asked): PathOf<String>,
    QueryOf(rows): QueryOf<BuildingsAsked>,
) -> Result<Response, Problem> {
    let (id, is_cap) = match asked.strip_suffix(".cap") {
        Some(id) => (id, true),
        None => (asked.as_str(), false),
    };
    let id: OutageId = id.parse().map_err(|_| Problem::not_found())?;
    let (district, behind) = (page.actor.district, rows.after.unwrap_or(0).max(0));
    let read = async move |conn: &mut Conn| {
        let Some(one) = store::find(conn, district, id).await? else { return Ok(None) };
        let versions = queries::versions(conn, district, id).await?;
        let first = queries::buildings(conn, district, id, 0, NAMED_MAX as i64).await?;
        let buildings = queries::buildings(conn, district, id, behind, NAMED_MAX as i64 + 1).await?;
        Ok::<_, Fault>(Some((one, versions, first, buildings)))
    };
    let found = edge.db.read(read).await.map_err(LinkageError::from)?;
    let (one, versions, first, mut buildings) = found.ok_or_else(Problem::not_found)?;
    let notice = noticed(&edge, district, &one, &first, &versions).ok_or_else(Problem::not_found)?;
    if is_cap {
        let message = cap::message(&notice, &teller(&edge, &page, &headers)).map_err(LinkageError::from)?;
        return Ok(answer("application/cap+xml; charset=utf-8", message));
    }
    let next = (buildings.len() > NAMED_MAX).then(|| {
        buildings.truncate(NAMED_MAX);
        behind + NAMED_MAX as i64
    });
    let versions = versions.into_iter().map(|row| VersionLine {
        at: Moment::of(row.at),
        state: page.words(&row.state.words()).to_owned(),
        from: moment(row.content.0.from),
        to: moment(row.content.0.to),
    });
    let headline = notice.headline();
    let shown = OutagePage {
        line: OutageLine::of(&page, &notice, edge.now()),
        state: page.words(&notice.state.words()).to_owned(),
        is_over: !notice.state.is_open(),
        service: page.words(&notice.service.words()).to_owned(),
        reason: page.words(&notice.reason).to_owned(),
        is_reason_zh: one.content.reason_en.is_none(),
        unit: page.words(&notice.unit).to_owned(),
        phone: notice.phone.clone(),
        buildings: buildings.into_iter().map(|row| row.label).collect(),
        building_count: notice.buildings,
        next,
        versions: versions.collect(),
        page: page.titled(&headline.zh, &headline.en),
    };
    Ok(Html(shown).into_response())
}

impl OutageLine {
    fn of(page: &Page, notice: &Notice, now: Time) -> Self {
        let is_open = notice.state.is_open();
        Self {
            id: notice.id,
            headline: page.words(&notice.headline()).to_owned(),
            place: page.words(&notice.where_words()).to_owned(),
            from: Moment::of(notice.from),
            to: Moment::of(notice.to),
            is_now: is_open && notice.has_begun(now) && now <= notice.to,
            is_unsaid: is_open && now > notice.to,
            is_changed: notice.state == crate::model::outage::OutageState::Changed,
            homes: notice.homes,
        }
    }
}

/// Outages with the first of their buildings.
async fn with_buildings(
    conn: &mut Conn,
    district: DistrictId,
    outages: Vec<Outage>,
    rows_max: i64,
) -> Result<Vec<(Outage, Vec<BuildingRow>)>, Fault> {
    let mut found = Vec::new();
    for one in outages {
        let rows = queries::buildings(conn, district, one.id, 0, rows_max).await?;
        found.push((one, rows));
    }
    Ok(found)
}

fn noticed(
    edge: &Edge,
    district: DistrictId,
    one: &Outage,
    rows: &[BuildingRow],
    versions: &[crate::store::outages::VersionRow],
) -> Option<Notice> {
    let places = edge.fixture::<Map>().of(district);
    Notice::of(one, rows, versions, (&edge.fixture::<OutageBook>(), &places))
}

/// Who tells the feeds, and where the pages are found: a host the district has set goes before the one that was asked.
fn teller(edge: &Edge, page: &Page, headers: &HeaderMap) -> Teller {
    let asked = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let host = page.district.host.as_deref().unwrap_or(asked);
    let scheme = if edge::is_secure(edge, headers) { "https" } else { "http" };
    Teller {
        face: format!("{scheme}://{host}"),
        code: page.district.code.clone(),
        district: page.district.words(),
        is_demo: page.demo,
    }
}

/// What is, will be, and is over since a short time.
async fn told(edge: &Edge, district: DistrictId) -> Result<Vec<Notice>, Problem> {
    let now = edge.now();
    let since = now.before(OVER_TOLD);
    let read = async move |conn: &mut Conn| {
        let mut outages = queries::open(conn, district, now).await?;
        outages.extend(queries::over_since(conn, district, since).await?);
        with_buildings(conn, district, outages, NAMED_MAX as i64).await
    };
    let found = edge.db.read(read).await.map_err(LinkageError::from)?;
    Ok(found.iter().filter_map(|(one, rows)| noticed(edge, district, one, rows, &[])).collect())
}

async fn feed_json(State(edge): State<Edge>, page: Page, headers: HeaderMap) -> Result<Response, Problem> {
    let notices = told(&edge, page.actor.district).await?;
    let document = json::document(&notices, &teller(&edge, &page, &headers));
    Ok(answer("application/json", document.to_string().into_bytes()))
}

async fn feed_ics(State(edge): State<Edge>, page: Page, headers: HeaderMap) -> Result<Response, Problem> {
    let notices = told(&edge, page.actor.district).await?;
    let calendar = ics::calendar(&notices, &teller(&edge, &page, &headers), page.actor.lang);
    Ok(answer("text/calendar; charset=utf-8", calendar.into_bytes()))
}

async fn feed_cap(State(edge): State<Edge>, page: Page, headers: HeaderMap) -> Result<Response, Problem> {
    let notices = told(&edge, page.actor.district).await?;
    let teller = teller(&edge, &page, &headers);
    let feed = index::feed(&notices, &teller, page.actor.lang, edge.now()).map_err(LinkageError::from)?;
    Ok(answer("application/atom+xml; charset=utf-8", feed))
}

fn answer(kind: &'static str, body: Vec<u8>) -> Response {
    ([(header::CONTENT_TYPE, HeaderValue::from_static(kind))], body).into_response()
}
