//! Routes about gateways: how each channel leaves, how its lanes are, a trial, and what was refused.

use crate::access::{MANAGE_GATEWAYS, may};
use crate::catalogue::{GatewayBook, RelayBook, TemplateBook};
use crate::commands::devices::PUSH_SERVICES_MAX;
use crate::commands::gateways::{self as commands, GatewaySettings, LaneDeed, SetGateway};
use crate::error::MessageError;
use crate::model::{Channel, MessageId};
use crate::senders::INBOX;
use crate::store::{self, GatewayRow};
use ::store::{Conn, Tx};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use courier::{DeliveryId, DeliveryWord, EndpointId, LaneVerb, LaneView, TroubleView};
use edge::{Body, Edge, PathOf, Who};
use platform::{DistrictId, Fault, Problem, Time, Words};
use seal::Zeroizing;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Lines of refused messages, shown at once.
const LINES_MAX: i64 = 100;

pub(crate) fn routes() -> OpenApiRouter<Edge> {
    OpenApiRouter::new()
        .routes(routes!(list_gateways))
        .routes(routes!(set_gateway, remove_gateway))
        .routes(routes!(try_gateway))
        .routes(routes!(work_on_gateway))
        .routes(routes!(list_refused))
        .routes(routes!(decide_refused))
}

/// A channel with its gateway, if one is set; of push one for each service that reaches somebody.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct MessageGateway {
    pub channel: Channel,
    pub words: Words,
    pub is_set: bool,
    /// In a demo without a gateway: printed to the inbox page, and nothing leaves.
    pub is_demo: bool,
    pub address: String,
    /// The secret is never told again.
    pub has_secret: bool,
    pub settings: GatewaySettings,
    /// Codes and what is urgent.
    pub fast: Option<LaneView>,
    /// Everything else.
    pub bulk: Option<LaneView>,
    pub version: Option<i64>,
}

/// A way gateways of texts, or of relayed calls, are spoken to.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct GatewayKind {
    pub channel: Channel,
    pub key: String,
    pub words: Words,
    /// It sends registered words only, by its own number of each template.
    pub needs_template: bool,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct MessageGateways {
    pub items: Vec<MessageGateway>,
    pub kinds: Vec<GatewayKind>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MessageGatewayBody {
    pub address: String,
    /// Absent: as before.
    #[serde(default)]
    pub secret: Option<String>,
    pub settings: GatewaySettings,
    /// The version that was seen; absent for the first.
    #[serde(default)]
    pub version: Option<i64>,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TrialBody {
    /// A mobile number or a mail address of one's own.
    pub to: String,
}

#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(crate) struct Trial {
    pub message: MessageId,
}

/// A message a gateway refused: what it was about, and never to whom.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RefusedMessage {
    pub delivery: DeliveryId,
    pub template: Option<Words>,
    pub made_at: Time,
    pub attempts: i64,
    pub error: Option<TroubleView>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RefusedMessages {
    pub items: Vec<RefusedMessage>,
}

/// 短信、邮件通道。The gateways, with the health of their lanes.
#[utoipa::path(get, path = "/api/messages/gateways", tag = "messages", operation_id = "list_message_gateways",
    responses((status = 200, body = MessageGateways), (status = 401, body = Problem), (status = 403, body = Problem)))]
async fn list_gateways(State(edge): State<Edge>, Who(actor): Who) -> Result<Json<MessageGateways>, Problem> {
    may(&actor, &MANAGE_GATEWAYS)?;
    let district = actor.district;
    let read = async move |conn: &mut Conn| {
        let rows = store::gateways(conn, district).await?;
        let mut items = Vec::new();
        for channel in Channel::SET {
            let row = rows.iter().find(|row| row.channel == channel);
            items.push(view(conn, district, channel, row).await?);
        }
        items.extend(services(conn, district).await?);
        Ok::<_, Fault>(items)
    };
    let items = edge.db.read(read).await.map_err(|fault| Problem::from(&fault))?;
    let (book, relays) = (edge.fixture::<GatewayBook>(), edge.fixture::<RelayBook>());
    let texts = book.all().iter().map(|gateway| GatewayKind {
        channel: Channel::Sms,
        key: gateway.key.clone(),
        words: gateway.words.clone(),
        needs_template: gateway.needs_template,
    });
    let kinds = texts.chain(relays.all().iter().map(|relayer| GatewayKind {
        channel: Channel::Relay,
        key: relayer.key.clone(),
        words: relayer.words.clone(),
        needs_template: false,
    }));
    let is_demo = edge.settings().demo;
    let items = items.into_iter().map(|one| MessageGateway {
        is_demo: is_demo && !one.is_set && Channel::BY_GATEWAY.contains(&one.channel),
        ..one
    });
    Ok(Json(MessageGateways { items: items.collect(), kinds: kinds.collect() }))
}

async fn view(
    conn: &mut Conn,
    district: DistrictId,
    channel: Channel,
    row: Option<&GatewayRow>,
) -> Result<MessageGateway, Fault> {
    let nothing = MessageGateway { version: row.map(|row| row.version), ..unset(channel) };
    let Some(row) = row else { return Ok(nothing) };
    let Some(endpoint) = courier::queries::find_endpoint(conn, district, row.fast_endpoint_id).await? else {
        return Ok(nothing);
    };
    let (fast, bulk) = (
        lane(conn, district, row.fast_endpoint_id).await?,
        lane(conn, district, row.bulk_endpoint_id).await?,
    );
    if endpoint.kind == INBOX {
        return Ok(MessageGateway { fast, bulk, ..nothing });
    }
    Ok(MessageGateway {
        is_set: true,
        has_secret: endpoint.secret.is_some(),
        settings: serde_json::from_value(endpoint.settings.0).unwrap_or_default(),
        address: endpoint.address,
        fast,
        bulk,
        ..nothing
    })
}

/// Push has no gateway: each service that reaches somebody's device is told by its address.
async fn services(conn: &mut Conn, district: DistrictId) -> Result<Vec<MessageGateway>, Fault> {
    let mut items = Vec::new();
    for row in store::push_services(conn, district, PUSH_SERVICES_MAX).await? {
        let (fast, bulk) = (
            lane(conn, district, row.fast_endpoint_id).await?,
            lane(conn, district, row.bulk_endpoint_id).await?,
        );
        let one = MessageGateway {
            is_set: true,
            has_secret: true,
            address: row.service,
            fast,
            bulk,
            ..unset(Channel::Push)
        };
        items.push(one);
    }
    if items.is_empty() {
        items.push(unset(Channel::Push));
    }
    Ok(items)
}

fn unset(channel: Channel) -> MessageGateway {
    MessageGateway {
        channel,
        words: channel.words(),
        is_set: false,
        is_demo: false,
        address: String::new(),
        has_secret: false,
        settings: GatewaySettings::default(),
        fast: None,
        bulk: None,
        version: None,
    }
}

async fn lane(conn: &mut Conn, district: DistrictId, id: EndpointId) -> Result<Option<LaneView>, Fault> {
    let endpoint = courier::queries::find_endpoint(conn, district, id).await?;
    let queue = courier::queries::queue(conn, district, id).await?;
    Ok(endpoint.map(|endpoint| LaneView::of(&endpoint, &queue)))
}

/// 设置通道。Set a gateway; what waits for the former leaves by the new one.
#[utoipa::path(put, path = "/api/messages/gateways/{channel}", tag = "messages", operation_id = "set_message_gateway",
    params(("channel" = inline(Channel), Path)), request_body = MessageGatewayBody,
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn set_gateway(
    State(edge): State<Edge>,
    Who(actor): Who,
    PathOf(channel): PathOf<Channel>,
    Body(body): Body<MessageGatewayBody>,
) -> Result<StatusCode, Problem> {
    may(&actor, &MANAGE_GATEWAYS)?;
    let order = SetGateway {
        channel,
        address: body.address.trim().to_owned(),
        secret: body.secret.map(Zeroizing::new),
        settings: body.settings,
        version: body.version,
    };
    edge.db.write(&actor, async move |tx: &mut Tx| commands::set(tx, order.clone()).await).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// 撤下通道。Take a gateway off; what waits is kept until there is another.
#[utoipa::path(delete, path = "/api/messages/gateways/{channel}", tag = "messages", operation_id = "remove_message_gateway",
    params(("channel" = inline(Channel), Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn remove_gateway(
    State(edge): State<Edge>,
    Who(actor): Who,
    PathOf(channel): PathOf<Channel>,
) -> Result<StatusCode, Problem> {
    may(&actor, &MANAGE_GATEWAYS)?;
    edge.db.write(&actor, async move |tx: &mut Tx| commands::remove(tx, channel).await).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// 试发一条给自己。Send a trial message to oneself.
#[utoipa::path(post, path = "/api/messages/gateways/{channel}/trial", tag = "messages", operation_id = "try_message_gateway",
    params(("channel" = inline(Channel), Path)), request_body = TrialBody,
    responses((status = 200, body = Trial), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn try_gateway(
    State(edge): State<Edge>,
    Who(actor): Who,
    PathOf(channel): PathOf<Channel>,
    Body(body): Body<TrialBody>,
) -> Result<Json<Trial>, Problem> {
    may(&actor, &MANAGE_GATEWAYS)?;
    let send = async move |tx: &mut Tx| commands::try_out(tx, channel, &body.to).await;
    Ok(Json(Trial { message: edge.db.write(&actor, send).await? }))
}

/// 暂停、恢复、立即重试一个通道。Pause, resume or try both lanes of a gateway.
#[utoipa::path(post, path = "/api/messages/gateways/{channel}/lane/{verb}", tag = "messages", operation_id = "work_on_message_gateway",
    params(("channel" = inline(Channel), Path), ("verb" = inline(LaneVerb), Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn work_on_gateway(
    State(edge): State<Edge>,
    Who(actor): Who,
    PathOf((channel, verb)): PathOf<(Channel, LaneVerb)>,
) -> Result<StatusCode, Problem> {
    may(&actor, &MANAGE_GATEWAYS)?;
    let deed = match verb {
        LaneVerb::Pause => LaneDeed::Pause,
        LaneVerb::Resume => LaneDeed::Resume,
        LaneVerb::Try => LaneDeed::Try,
    };
    let work = async move |tx: &mut Tx| commands::do_to_lanes(tx, channel, deed).await;
    edge.db.write(&actor, work).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// 被通道拒收、等人处理的消息（最多100条）。Messages the gateway refused, at most 100.
#[utoipa::path(get, path = "/api/messages/gateways/{channel}/refused", tag = "messages", operation_id = "list_refused_messages",
    params(("channel" = inline(Channel), Path)),
    responses((status = 200, body = RefusedMessages), (status = 401, body = Problem), (status = 403, body = Problem)))]
async fn list_refused(
    State(edge): State<Edge>,
    Who(actor): Who,
    PathOf(channel): PathOf<Channel>,
) -> Result<Json<RefusedMessages>, Problem> {
    may(&actor, &MANAGE_GATEWAYS)?;
    let (district, book) = (actor.district, edge.fixture::<TemplateBook>());
    let read = async move |conn: &mut Conn| {
        let mut items = Vec::new();
        for lane in commands::lanes(conn, district, channel).await? {
            for dead in courier::queries::dead(conn, district, lane, None, LINES_MAX).await? {
                let message = store::find(conn, district, MessageId(dead.subject_id)).await?;
                let template = match message {
                    Some(one) => book.find(&one.template).map(|template| template.words.clone()),
                    None => (channel == Channel::Relay).then(|| channel.words()),
                };
                items.push(RefusedMessage {
                    delivery: dead.id,
                    template,
                    made_at: dead.made_at,
                    attempts: dead.attempts,
                    error: dead.last_error.map(TroubleView::from),
                });
            }
        }
        Ok::<_, Fault>(items)
    };
    let items = edge.db.read(read).await.map_err(|fault| Problem::from(&fault))?;
    Ok(Json(RefusedMessages { items }))
}

/// 重新发送，或放弃。Send a refused message again, or give it up.
#[utoipa::path(post, path = "/api/messages/gateways/{channel}/refused/{delivery}", tag = "messages", operation_id = "decide_refused_message",
    params(("channel" = inline(Channel), Path), ("delivery" = DeliveryId, Path)), request_body = DeliveryWord,
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn decide_refused(
    State(edge): State<Edge>,
    Who(actor): Who,
    PathOf((channel, delivery)): PathOf<(Channel, DeliveryId)>,
    Body(word): Body<DeliveryWord>,
) -> Result<StatusCode, Problem> {
    may(&actor, &MANAGE_GATEWAYS)?;
    let decide = async move |tx: &mut Tx| commands::decide(tx, channel, delivery, word.again).await;
    edge.db.write::<_, MessageError, _>(&actor, decide).await?;
    Ok(StatusCode::NO_CONTENT)
}
