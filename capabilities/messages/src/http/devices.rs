//! Routes by which a browser turns on notices for itself. Whose devices they are, is who is signed in; the page `/my/messages` takes them off.

use crate::commands::devices as commands;
use crate::error::MessageError;
use crate::model::PushDeviceId;
use crate::push::device::{Subscription, label_of};
use ::store::Tx;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use edge::{Body, Edge, Who};
use platform::{AccountId, Actor, Fault, Problem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> OpenApiRouter<Edge> {
    OpenApiRouter::new().routes(routes!(find_key)).routes(routes!(add)).routes(routes!(change))
}

/// By what a browser knows the district again.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PushKeyView {
    /// An uncompressed point of P-256, base64url: the `applicationServerKey` of a subscription.
    pub key: String,
}

/// A browser's subscription (Push API, W3C), keys in base64url.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PushDeviceBody {
    #[schema(example = "https://push.example.net/p/1b2c3d")]
    pub endpoint: String,
    #[schema(
        example = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
    )]
    pub p256dh: String,
    #[schema(example = "BTBZMqHH6r4Tts7J_aSIgg")]
    pub auth: String,
}

/// A device that takes notices.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(crate) struct PushDevice {
    pub id: PushDeviceId,
}

/// A browser's subscription that took the place of another.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangedPushDeviceBody {
    /// The endpoint it had.
    #[schema(example = "https://push.example.net/p/1b2c3d")]
    pub former: String,
    #[schema(example = "https://push.example.net/p/4e5f6a")]
    pub endpoint: String,
    #[schema(
        example = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
    )]
    pub p256dh: String,
    #[schema(example = "BTBZMqHH6r4Tts7J_aSIgg")]
    pub auth: String,
}

fn read(endpoint: &str, p256dh: &str, auth: &str) -> Result<Subscription, MessageError> {
    Subscription::read(endpoint, p256dh, auth).ok_or_else(|| {
        MessageError::invalid(
            "p256dh",
            "messages.bad_device_key",
            "这台设备的密钥不对，请重新打开。",
            "The keys of this device do not hold: please turn it on again.",
        )
    })
}

fn account_of(actor: &Actor) -> Result<AccountId, Problem> {
    actor.account.ok_or_else(Problem::sign_in)
}

/// 本区推送公钥。The district's public key of push (RFC 8292), made when it is first asked for.
#[utoipa::path(get, path = "/api/messages/push/key", tag = "messages", operation_id = "find_push_key",
    responses((status = 200, body = PushKeyView), (status = 401, body = Problem)))]
async fn find_key(State(edge): State<Edge>, Who(actor): Who) -> Result<Json<PushKeyView>, Problem> {
    account_of(&actor)?;
    let find = async move |tx: &mut Tx| Ok::<_, Fault>(commands::key(tx).await?.public());
    let key = edge.db.write(&actor, find).await.map_err(|fault| Problem::from(&fault))?;
    Ok(Json(PushKeyView { key }))
}

/// 在这台设备上接收通知。Receive notices on this device; the same one again is the same device.
#[utoipa::path(post, path = "/api/messages/devices", tag = "messages", operation_id = "add_push_device",
    request_body = PushDeviceBody,
    responses((status = 201, body = PushDevice), (status = 401, body = Problem), (status = 422, body = Problem)))]
async fn add(
    State(edge): State<Edge>,
    Who(actor): Who,
    headers: HeaderMap,
    Body(body): Body<PushDeviceBody>,
) -> Result<(StatusCode, Json<PushDevice>), Problem> {
    let account = account_of(&actor)?;
    let one = read(&body.endpoint, &body.p256dh, &body.auth)?;
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let label = label_of(agent);
    let add = async move |tx: &mut Tx| {
        // A browser that subscribed before asked for the key; without one it could not be told anything.
        commands::key(tx).await?;
        commands::add(tx, account, &one, label.clone()).await
    };
    let id = edge.db.write(&actor, add).await?;
    Ok((StatusCode::CREATED, Json(PushDevice { id })))
}

/// 浏览器自己换了推送地址：设备还是那一台。A browser changed its subscription by itself; the device stays the one it was.
#[utoipa::path(post, path = "/api/messages/devices/changed", tag = "messages", operation_id = "change_push_device",
    request_body = ChangedPushDeviceBody,
    responses((status = 200, body = PushDevice), (status = 401, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn change(
    State(edge): State<Edge>,
    Who(actor): Who,
    Body(body): Body<ChangedPushDeviceBody>,
) -> Result<Json<PushDevice>, Problem> {
    let account = account_of(&actor)?;
    let one = read(&body.endpoint, &body.p256dh, &body.auth)?;
    let change = async move |tx: &mut Tx| commands::change(tx, account, &body.former, &one).await;
    let id = edge.db.write(&actor, change).await?;
    Ok(Json(PushDevice { id }))
}
