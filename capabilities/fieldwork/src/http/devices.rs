//! Devices: taking one in, the list of them, wiping a lost one, leaving.

use super::staff;
use crate::access::{FILL, MANAGE_DEVICES, widest};
use crate::commands::devices as commands;
use crate::error::FieldworkError;
use crate::model::{Device, DeviceId, DeviceState};
use crate::queries::devices as rows;
use crate::store;
use ::store::{Conn, Tx};
use axum::Json;
use axum::extract::State;
use edge::{Body, Edge, PathOf, QueryOf, Who};
use platform::{Actor, Cursor, Fault, Page, Problem, Time, limits};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// A phone that begins.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeviceBody {
    /// Made by the phone, a UUID of version 7, and kept on it: the same twice is one device.
    pub id: DeviceId,
    /// What its owner calls it, 1 to 40 characters.
    pub name: String,
}

/// A phone that carries a part of the register.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeviceView {
    pub id: DeviceId,
    pub name: String,
    /// The post or unit behind its account.
    pub of: String,
    /// Whether it is one of the reader's own.
    pub own: bool,
    pub state: DeviceState,
    /// Paths of the grids it carries.
    pub grids: Vec<String>,
    pub made_at: Time,
    pub seen_at: Time,
    /// Past it without a contact, what it carries is to be thrown away.
    pub lease_until: Time,
    pub ended_at: Option<Time>,
    pub ended_by: Option<String>,
}

impl DeviceView {
    fn of(device: Device, grids: Vec<String>, actor: &Actor) -> Self {
        Self {
            id: device.id,
            name: device.name,
            of: device.account_name,
            own: Some(device.account) == actor.account,
            state: device.state,
            grids,
            made_at: device.made_at,
            seen_at: device.seen_at,
            lease_until: device.lease_until,
            ended_at: device.ended_at,
            ended_by: device.ended_by,
        }
    }
}

/// 登记一台手机，以便离线使用。Take a phone in: from now on it may carry the grids of its owner's posts.
#[utoipa::path(post, path = "/api/fieldwork/devices", tag = "fieldwork", operation_id = "begin_device", request_body = DeviceBody,
    responses((status = 200, body = DeviceView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn begin_device(
    State(edge): State<Edge>,
    who: Who,
    Body(body): Body<DeviceBody>,
) -> Result<Json<DeviceView>, Problem> {
    let actor = staff(&who, &[&FILL])?;
    let begin = async move |tx: &mut Tx| commands::begin(tx, body.id, &body.name).await;
    let device = edge.db.write(actor, begin).await?;
    view(&edge, actor, device).await
}

async fn view(edge: &Edge, actor: &Actor, device: Device) -> Result<Json<DeviceView>, Problem> {
    let (district, id) = (actor.district, device.id);
    let read = async move |conn: &mut Conn| store::devices::grids_of(conn, district, id).await;
    let grids = edge.db.read::<_, Fault, _>(read).await.map_err(FieldworkError::from)?;
    Ok(Json(DeviceView::of(device, grids, actor)))
}

/// Which devices.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DevicesQuery {
    /// A path, for those who manage devices there; none: one's own.
    pub area: Option<String>,
    pub after: Option<String>,
}

/// 我的设备；有管理权限的，可看一个区域的设备。One's own devices, or those that carry grids of an area. A device of several grids may stand on several pages.
#[utoipa::path(get, path = "/api/fieldwork/devices", tag = "fieldwork", operation_id = "list_devices", params(DevicesQuery),
    responses((status = 200, body = Page<DeviceView>), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn list_devices(
    State(edge): State<Edge>,
    who: Who,
    QueryOf(query): QueryOf<DevicesQuery>,
) -> Result<Json<Page<DeviceView>>, Problem> {
    let actor = staff(&who, &[&FILL, &MANAGE_DEVICES])?;
    let area = match query.area {
        Some(area) if actor.holds_at(&MANAGE_DEVICES, &area) => Some(area),
        Some(_) => return Err(FieldworkError::Forbidden(&MANAGE_DEVICES).into()),
        None if actor.holds(&FILL) => None,
        None => widest(actor, &MANAGE_DEVICES, &territory::root_path(actor.district)),
    };
    match area {
        Some(area) => list_of_area(&edge, actor, area, query.after).await,
        None => list_own(&edge, actor).await,
    }
}

async fn list_own(edge: &Edge, actor: &Actor) -> Result<Json<Page<DeviceView>>, Problem> {
    let (district, account) = (actor.district, actor.account.ok_or_else(Problem::sign_in)?);
    let read = async move |conn: &mut Conn| {
        let mut found = Vec::new();
        for device in store::devices::of_account(conn, district, account).await? {
            let grids = store::devices::grids_of(conn, district, device.id).await?;
            found.push((device, grids));
        }
        Ok::<_, Fault>(found)
    };
    let found = edge.db.read(read).await.map_err(FieldworkError::from)?;
    let items = found.into_iter().map(|(device, grids)| DeviceView::of(device, grids, actor)).collect();
    Ok(Json(Page { items, next: None }))
}

async fn list_of_area(
    edge: &Edge,
    actor: &Actor,
    area: String,
    after: Option<String>,
) -> Result<Json<Page<DeviceView>>, Problem> {
    let after: Option<(String, DeviceId)> = after.map(Cursor).and_then(|cursor| cursor.key());
    let after = after.unwrap_or_else(|| (String::new(), DeviceId(Uuid::nil())));
    let (district, rows_max) = (actor.district, limits::PAGE_ROWS_DEFAULT as usize);
    let read = async move |conn: &mut Conn| {
        let places = rows::of_area(conn, district, &area, after.clone(), rows_max as i64 + 1).await?;
        let page = Page::cut(places, rows_max, Cursor::of);
        let mut grids: HashMap<DeviceId, Vec<String>> = HashMap::new();
        for (path, id) in page.items {
            grids.entry(id).or_default().push(path);
        }
        let devices = rows::these(conn, district, grids.keys().copied().collect()).await?;
        Ok::<_, Fault>((devices, grids, page.next))
    };
    let (devices, mut grids, next) = edge.db.read(read).await.map_err(FieldworkError::from)?;
    let mut items: Vec<DeviceView> = devices
        .into_iter()
        .map(|row| {
            let grids = grids.remove(&row.id).unwrap_or_default();
            DeviceView::of(row.into(), grids, actor)
        })
        .collect();
    items.sort_by(|a, b| (&a.grids, a.id).cmp(&(&b.grids, b.id)));
    Ok(Json(Page { items, next }))
}

/// 设备丢失：下次联网时清除其中的资料。Wipe a lost device: at its next contact it is told to take everything off.
#[utoipa::path(post, path = "/api/fieldwork/devices/{id}/wipe", tag = "fieldwork", operation_id = "wipe_device", params(("id" = DeviceId, Path)),
    responses((status = 200, body = DeviceView), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn wipe_device(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<DeviceId>,
) -> Result<Json<DeviceView>, Problem> {
    let actor = staff(&who, &[&FILL, &MANAGE_DEVICES])?;
    let device = edge.db.write(actor, async move |tx: &mut Tx| commands::lose(tx, id).await).await?;
    view(&edge, actor, device).await
}

/// 停用本机：已清除本机资料后告知服务器。Let one's own device go, after everything was taken off it.
#[utoipa::path(post, path = "/api/fieldwork/devices/{id}/leave", tag = "fieldwork", operation_id = "leave_device", params(("id" = DeviceId, Path)),
    responses((status = 200, body = DeviceView), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn leave_device(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<DeviceId>,
) -> Result<Json<DeviceView>, Problem> {
    let actor = staff(&who, &[&FILL])?;
    let device = edge.db.write(actor, async move |tx: &mut Tx| commands::leave(tx, id).await).await?;
    view(&edge, actor, device).await
}
