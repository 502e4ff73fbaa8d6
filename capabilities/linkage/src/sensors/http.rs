//! The JSON routes of sensors: parse, call, answer.

use super::catalogue::SensorBook;
use super::facts::{READINGS_TAKEN, SensorFact};
use super::intake::Intake;
use super::memory::Message;
use super::table::{self, SensorTableReport};
use super::view::{
    BrokerView, IntakeView, SensorDay, SensorDetail, SensorKindView, SensorMinute, SensorView, Shown,
};
use crate::access::{MANAGE_SENSORS, SEND_READINGS, SET_BROKER, VIEW_SENSORS, may_see_sensor_of, units_seen};
use crate::commands::sensors::{self as commands, BrokerGiven, SensorGiven};
use crate::error::LinkageError;
use crate::model::sensor::{OwnThresholds, Reading, Refused, Sensor, SensorId};
use crate::queries::sensors as queries;
use crate::store::{broker as brokers, sensors as store};
use ::store::{Conn, Tx};
use axum::Json;
use axum::extract::{DefaultBodyLimit, State};
use edge::{Body, Edge, Multipart, PathOf, QueryOf, Who};
use platform::{Actor, Cursor, DAY, Fault, Page, Permission, Problem, Time, Words, limits};
use seal::Zeroizing;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use territory::Map;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Readings of one call.
const READINGS_MAX: usize = 1_000;

pub(crate) fn routes() -> OpenApiRouter<Edge> {
    let bytes_max = usize::try_from(table::FORM_BYTES_MAX).unwrap_or(usize::MAX);
    let file = OpenApiRouter::new().routes(routes!(register_sensors)).layer(DefaultBodyLimit::max(bytes_max));
    OpenApiRouter::new()
        .routes(routes!(list_sensors, register_sensor))
        .routes(routes!(list_sensor_kinds))
        .routes(routes!(show_intake))
        .routes(routes!(show_broker, set_broker))
        .routes(routes!(show_sensor, change_sensor))
        .routes(routes!(show_sensor_day))
        .routes(routes!(mute_sensor))
        .routes(routes!(unmute_sensor))
        .merge(file)
        .routes(routes!(send_readings))
}

/// A sensor to be registered.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SensorBody {
    /// As it stands in topics: letters, digits, `-` and `_`; one sensor of the district.
    pub code: String,
    /// A key of `/api/linkage/sensor-kinds`.
    pub kind: String,
    /// Where it stands, as people say it.
    pub name: String,
    pub lon: f64,
    pub lat: f64,
    /// `wgs84` (default), `gcj02`, `bd09`, `cgcs2000`
    pub crs: Option<String>,
    /// The key of the unit whose it is; absent: the district's own.
    pub unit: Option<String>,
    /// Thresholds of its own.
    #[serde(default)]
    pub own: OwnThresholds,
}

/// A sensor as it is to be.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SensorChangeBody {
    /// The version that was seen.
    pub version: i64,
    pub sensor: SensorBody,
    /// False: listened to no more.
    pub in_use: bool,
}

/// For how long, and why.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MuteBody {
    pub version: i64,
    /// Within 30 days.
    pub until: Time,
    pub reason: String,
}

/// The version that was seen.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SensorStepBody {
    pub version: i64,
}

/// The broker as it is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BrokerBody {
    /// `mqtt://host:1883`, or `mqtts://host:8883` with TLS.
    pub address: String,
    pub username: Option<String>,
    /// Kept sealed, never shown; absent: as before.
    pub password: Option<String>,
    /// Topics are `<prefix>/<code>/<kind>`.
    pub prefix: String,
    /// Certificates of the broker's authority (PEM), where the system does not know it.
    pub authority: Option<String>,
    pub enabled: bool,
    /// The version that was seen; absent the first time.
    pub version: Option<i64>,
}

/// From where on.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SensorsQuery {
    pub after: Option<String>,
    pub limit: Option<u32>,
}

/// A reading of one sensor.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReadingBody {
    pub sensor: String,
    /// A number, or true and false for what says yes or no.
    #[schema(value_type = f64)]
    pub value: Value,
    /// RFC 3339, or milliseconds since 1970.
    #[schema(value_type = String)]
    pub at: Value,
    /// Counts up, where the sensor can count.
    pub seq: Option<i64>,
    /// The unit of its kind; another is refused.
    pub unit: Option<String>,
}

/// Readings, at most 1,000.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReadingsBody {
    pub readings: Vec<ReadingBody>,
}

/// A reading that was not taken.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ReadingRefusal {
    /// Which of the list, from 0.
    pub index: usize,
    pub reason: Refused,
    pub words: Words,
}

/// What readings came to. To be sent again: only after a fault of ours, and then all of them; what was taken is not taken twice.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ReadingsReceipt {
    pub taken: usize,
    pub refused: Vec<ReadingRefusal>,
}

/// Somebody signed in who holds a permission somewhere.
fn holder<'a>(who: &'a Who, permission: &'static Permission) -> Result<&'a Actor, Problem> {
    let actor = who.signed_in()?;
    if actor.holds(permission) { Ok(actor) } else { Err(LinkageError::Forbidden(permission).into()) }
}

async fn shown(edge: &Edge, actor: &Actor, sensors: Vec<Sensor>) -> Result<Vec<SensorView>, Fault> {
    let (district, ids) = (actor.district, sensors.iter().map(|one| one.id).collect::<Vec<_>>());
    let read = async move |conn: &mut Conn| queries::lives(conn, district, ids.clone()).await;
    let rows = edge.db.read::<_, Fault, _>(read).await?;
    let rows: HashMap<SensorId, _> = rows.into_iter().map(|row| (row.sensor_id, row)).collect();
    let (book, places) = (edge.fixture::<SensorBook>(), edge.fixture::<Map>().of(district));
    let shown = Shown { book: &book, places: &places, actor, now: edge.now() };
    let view = |one: Sensor| rows.get(&one.id).map(|row| shown.sensor(one, row));
    Ok(sensors.into_iter().filter_map(view).collect())
}

async fn shown_one(edge: &Edge, actor: &Actor, one: Sensor) -> Result<Json<SensorView>, Problem> {
    let view = shown(edge, actor, vec![one]).await.map_err(LinkageError::from)?.pop();
    Ok(Json(view.ok_or(LinkageError::NotFound)?))
}

/// A sensor the actor sees, or not there.
async fn found(edge: &Edge, actor: &Actor, id: SensorId) -> Result<Sensor, LinkageError> {
    let district = actor.district;
    let read = async move |conn: &mut Conn| store::find(conn, district, id).await;
    let one = edge.db.read::<_, Fault, _>(read).await?;
    one.filter(|one| may_see_sensor_of(actor, one.unit)).ok_or(LinkageError::NotFound)
}

fn given(edge: &Edge, actor: &Actor, body: SensorBody, in_use: bool) -> Result<SensorGiven, LinkageError> {
    let bad = |e: &geo::GeoError| {
        LinkageError::invalid("lon", "linkage.bad_place", e.zh().to_owned(), e.to_string())
    };
    let point = geo::Point::new(body.lon, body.lat).map_err(|e| bad(&e))?;
    let system = match &body.crs {
        None => geo::CoordinateSystem::Wgs84,
        Some(crs) => crs.parse().map_err(|e| bad(&e))?,
    };
    let places = edge.fixture::<Map>().of(actor.district);
    let unit = match body.unit.as_deref().map(str::trim).filter(|key| !key.is_empty()) {
        Some(key) => Some(places.organisation(key).ok_or_else(table::no_unit)?.id),
        None => None,
    };
    Ok(SensorGiven {
        code: body.code,
        kind: body.kind,
        name: body.name,
        at: system.to_wgs84(point),
        unit,
        own: body.own,
        in_use,
    })
}

/// 感知设备及其状态。Sensors by code and how each stands: a unit's own, the district's all.
#[utoipa::path(get, path = "/api/linkage/sensors", tag = "linkage", params(SensorsQuery),
    responses((status = 200, body = Page<SensorView>), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn list_sensors(
    State(edge): State<Edge>,
    who: Who,
    QueryOf(query): QueryOf<SensorsQuery>,
) -> Result<Json<Page<SensorView>>, Problem> {
    let actor = holder(&who, &VIEW_SENSORS)?;
    let rows = query.limit.unwrap_or(limits::PAGE_ROWS_DEFAULT).clamp(1, limits::PAGE_ROWS_MAX) as usize;
    let after: String = query.after.map(Cursor).and_then(|cursor| cursor.key()).unwrap_or_default();
    let (district, units) = (actor.district, units_seen(actor));
    let read = async move |conn: &mut Conn| {
        queries::list(conn, district, units.clone(), after.clone(), rows as i64 + 1).await
    };
    let found = edge.db.read::<_, Fault, _>(read).await.map_err(LinkageError::from)?;
    let page = Page::cut(found, rows, |one| Cursor::of(&one.code));
    let items = shown(&edge, actor, page.items).await.map_err(LinkageError::from)?;
    Ok(Json(Page { items, next: page.next }))
}

/// 登记感知设备。Registers a sensor; the same twice is one.
#[utoipa::path(post, path = "/api/linkage/sensors", tag = "linkage", request_body = SensorBody,
    responses((status = 200, body = SensorView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn register_sensor(
    State(edge): State<Edge>,
    who: Who,
    Body(body): Body<SensorBody>,
) -> Result<Json<SensorView>, Problem> {
    let actor = holder(&who, &MANAGE_SENSORS)?;
    let given = given(&edge, actor, body, true)?;
    let write = async move |tx: &mut Tx| commands::register(tx, given.clone()).await;
    let registered = edge.db.write(actor, write).await?;
    edge.fixture::<Intake>().look_again(actor.district).await;
    shown_one(&edge, actor, registered.sensor).await
}

/// 一批感知设备表格；`dry_run=true` 只检查不收。Checks a table of sensors, or registers them.
#[utoipa::path(post, path = "/api/linkage/sensors/file", tag = "linkage",
    request_body(content_type = "multipart/form-data", content = String),
    responses((status = 200, body = SensorTableReport), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 413, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn register_sensors(
    State(edge): State<Edge>,
    who: Who,
    mut form: Multipart,
) -> Result<Json<SensorTableReport>, Problem> {
    let actor = holder(&who, &MANAGE_SENSORS)?;
    let dry_run = form.ticked("dry_run");
    let file = form.files.pop().filter(|file| form.files.is_empty() && file.field == "file");
    let file = file.ok_or_else(|| {
        Problem::invalid("linkage.no_file", "file", Words::of("请选择一个文件。", "Choose one file."))
    })?;
    let report = table::take(&edge, actor, file.bytes.to_vec(), dry_run).await?;
    edge.fixture::<Intake>().look_again(actor.district).await;
    Ok(Json(report))
}

/// 感知设备的种类和阈值。Kinds of sensors, what they measure and when it matters.
#[utoipa::path(get, path = "/api/linkage/sensor-kinds", tag = "linkage",
    responses((status = 200, body = Vec<SensorKindView>), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn list_sensor_kinds(
    State(edge): State<Edge>,
    who: Who,
) -> Result<Json<Vec<SensorKindView>>, Problem> {
    holder(&who, &VIEW_SENSORS)?;
    Ok(Json(edge.fixture::<SensorBook>().kinds().map(SensorKindView::from).collect()))
}

/// 消息接收情况：连没连上、每秒多少条、今天拒收了什么。How messages come in: connected, how many a second, what was refused today.
#[utoipa::path(get, path = "/api/linkage/sensors/intake", tag = "linkage",
    responses((status = 200, body = IntakeView), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn show_intake(State(edge): State<Edge>, who: Who) -> Result<Json<IntakeView>, Problem> {
    let actor = who.signed_in()?;
    if !actor.holds_everywhere(&VIEW_SENSORS) && !actor.holds(&SET_BROKER) {
        return Err(LinkageError::Forbidden(&VIEW_SENSORS).into());
    }
    let (district, now) = (actor.district, edge.now());
    let read = async move |conn: &mut Conn| {
        let day = now.local().date().to_string();
        Ok((brokers::find(conn, district).await?, queries::refusals(conn, district, day).await?))
    };
    let (row, refused) = edge.db.read::<_, Fault, _>(read).await.map_err(LinkageError::from)?;
    Ok(Json(IntakeView::of(row, refused, now)))
}

/// 消息服务器设置（不含密码）。The broker, without its password; nothing where there is none.
#[utoipa::path(get, path = "/api/linkage/sensors/broker", tag = "linkage",
    responses((status = 200, body = Option<BrokerView>), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn show_broker(
    State(edge): State<Edge>,
    who: Who,
) -> Result<Json<Option<BrokerView>>, Problem> {
    let actor = holder(&who, &SET_BROKER)?;
    let district = actor.district;
    let read = async move |conn: &mut Conn| brokers::find(conn, district).await;
    let row = edge.db.read::<_, Fault, _>(read).await.map_err(LinkageError::from)?;
    Ok(Json(row.map(BrokerView::from)))
}

/// 设置消息服务器（MQTT 5）。Sets the broker; it is listened to within seconds.
#[utoipa::path(put, path = "/api/linkage/sensors/broker", tag = "linkage", request_body = BrokerBody,
    responses((status = 200, body = BrokerView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn set_broker(
    State(edge): State<Edge>,
    who: Who,
    Body(body): Body<BrokerBody>,
) -> Result<Json<BrokerView>, Problem> {
    let actor = holder(&who, &SET_BROKER)?;
    let given = BrokerGiven {
        address: body.address,
        username: body.username,
        password: body.password.map(Zeroizing::new),
        prefix: body.prefix,
        authority: body.authority,
        enabled: body.enabled,
        version: body.version,
    };
    let write = async move |tx: &mut Tx| commands::set_broker(tx, given.clone()).await;
    Ok(Json(BrokerView::from(edge.db.write(actor, write).await?)))
}

/// 一台感知设备：状态、阈值、报警和它们成为的事件。A sensor, its kind, its alarms and what they became.
#[utoipa::path(get, path = "/api/linkage/sensors/{id}", tag = "linkage", params(("id" = SensorId, Path)),
    responses((status = 200, body = SensorDetail), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn show_sensor(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<SensorId>,
) -> Result<Json<SensorDetail>, Problem> {
    let actor = holder(&who, &VIEW_SENSORS)?;
    let (district, one) = (actor.district, found(&edge, actor, id).await?);
    let book = edge.fixture::<SensorBook>();
    let kind = book.kind(&one.kind).ok_or(LinkageError::NotFound)?;
    let read = async move |conn: &mut Conn| queries::alarms(conn, district, id).await;
    let alarms = edge.db.read::<_, Fault, _>(read).await.map_err(LinkageError::from)?;
    let places = edge.fixture::<Map>().of(district);
    let in_words = Shown { book: &book, places: &places, actor, now: edge.now() };
    let alarms = alarms.into_iter().map(|alarm| in_words.alarm(kind, alarm)).collect();
    let Json(sensor) = shown_one(&edge, actor, one).await?;
    Ok(Json(SensorDetail { sensor, about: SensorKindView::from(kind), alarms }))
}

/// 最近 24 小时，每分钟一个值。The last 24 hours, a value a minute.
#[utoipa::path(get, path = "/api/linkage/sensors/{id}/day", tag = "linkage", params(("id" = SensorId, Path)),
    responses((status = 200, body = SensorDay), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn show_sensor_day(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<SensorId>,
) -> Result<Json<SensorDay>, Problem> {
    let actor = holder(&who, &VIEW_SENSORS)?;
    found(&edge, actor, id).await?;
    let (district, to) = (actor.district, edge.now());
    let from = to.before(DAY);
    let read = async move |conn: &mut Conn| queries::readings(conn, district, id, from).await;
    let rows = edge.db.read::<_, Fault, _>(read).await.map_err(LinkageError::from)?;
    Ok(Json(SensorDay { from, to, minutes: rows.into_iter().map(SensorMinute::from).collect() }))
}

/// 修改感知设备，或停用。Changes a sensor, or takes it out of use.
#[utoipa::path(put, path = "/api/linkage/sensors/{id}", tag = "linkage", params(("id" = SensorId, Path)), request_body = SensorChangeBody,
    responses((status = 200, body = SensorView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn change_sensor(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<SensorId>,
    Body(body): Body<SensorChangeBody>,
) -> Result<Json<SensorView>, Problem> {
    let actor = holder(&who, &MANAGE_SENSORS)?;
    let (seen, given) = (body.version, given(&edge, actor, body.sensor, body.in_use)?);
    let write = async move |tx: &mut Tx| commands::change(tx, id, seen, given.clone()).await;
    let one = edge.db.write(actor, write).await?;
    edge.fixture::<Intake>().look_again(actor.district).await;
    shown_one(&edge, actor, one).await
}

/// 静音：一段时间内报警不立事件，写明原因。Mutes a sensor for a while, with the reason.
#[utoipa::path(post, path = "/api/linkage/sensors/{id}/mute", tag = "linkage", params(("id" = SensorId, Path)), request_body = MuteBody,
    responses((status = 200, body = SensorView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn mute_sensor(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<SensorId>,
    Body(body): Body<MuteBody>,
) -> Result<Json<SensorView>, Problem> {
    let actor = holder(&who, &MANAGE_SENSORS)?;
    let write = async move |tx: &mut Tx| {
        commands::mute(tx, id, body.version, (body.until, body.reason.clone())).await
    };
    shown_one(&edge, actor, edge.db.write(actor, write).await?).await
}

/// 取消静音。Lets a sensor be heard again.
#[utoipa::path(post, path = "/api/linkage/sensors/{id}/unmute", tag = "linkage", params(("id" = SensorId, Path)), request_body = SensorStepBody,
    responses((status = 200, body = SensorView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn unmute_sensor(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<SensorId>,
    Body(body): Body<SensorStepBody>,
) -> Result<Json<SensorView>, Problem> {
    let actor = holder(&who, &MANAGE_SENSORS)?;
    let write = async move |tx: &mut Tx| commands::unmute(tx, id, body.version).await;
    shown_one(&edge, actor, edge.db.write(actor, write).await?).await
}

/// 上报读数（不走 MQTT 的设备或平台）。Takes readings of sensors, as the broker's: what decides is safe when this answers.
#[utoipa::path(post, path = "/api/linkage/readings", tag = "linkage", request_body = ReadingsBody,
    responses((status = 200, body = ReadingsReceipt), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 413, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn send_readings(
    State(edge): State<Edge>,
    who: Who,
    Body(body): Body<ReadingsBody>,
) -> Result<Json<ReadingsReceipt>, Problem> {
    let actor = holder(&who, &SEND_READINGS)?;
    if body.readings.len() > READINGS_MAX {
        return Err(LinkageError::invalid(
            "readings",
            "linkage.too_many_readings",
            format!("一次最多 {READINGS_MAX} 条读数，请分开上报。"),
            format!("At most {READINGS_MAX} readings at once: send them in parts."),
        )
        .into());
    }
    let message = |one: ReadingBody| Message {
        reading: Reading::of(&one.value, &one.at, one.seq, one.unit),
        code: one.sensor,
        kind: None,
    };
    let messages: Vec<Message> = body.readings.into_iter().map(message).collect();
    let outcomes = edge.fixture::<Intake>().take(&edge.db, actor, &messages).await;
    let outcomes = outcomes.map_err(LinkageError::from)?;
    let mut reasons = BTreeMap::<&'static str, u64>::new();
    let mut receipt = ReadingsReceipt { taken: 0, refused: Vec::new() };
    for (index, outcome) in outcomes.into_iter().enumerate() {
        match outcome {
            Ok(()) => receipt.taken += 1,
            Err(reason) => {
                *reasons.entry(reason.as_str()).or_default() += 1;
                receipt.refused.push(ReadingRefusal { index, reason, words: reason.words() });
            }
        }
    }
    let data = json!({ "taken": receipt.taken, "refused": reasons });
    let note = async move |tx: &mut Tx| tx.record(&SensorFact::of_all(READINGS_TAKEN, data.clone())).await;
    edge.db.write(actor, note).await.map_err(LinkageError::from)?;
    Ok(Json(receipt))
}
