//! What partners send us: messages of Standard Webhooks about cases that are theirs, each believed by its signature and done once.

use super::said;
use super::secrets;
use crate::error::LinkageError;
use crate::model::partner::{Partner, Rung, STATE_CHARS_MAX, Said};
use crate::store::partners as rows;
use ::store::{Conn, Tx};
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use courier::signature::{self, Disbelief, Headers};
use edge::{BytesUpTo, Edge, PathOf, Who};
use platform::{Actor, ActorKind, Fault, OrganisationId, Problem};
use seal::Vault;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// A message, whole.
const MESSAGE_BYTES_MAX: u64 = 64 * 1024;

pub(crate) fn routes() -> OpenApiRouter<Edge> {
    OpenApiRouter::new().routes(routes!(take_message))
}

/// A message of a partner.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct PartnerMessage {
    /// `case.said`; a type that is not known is answered with success and changes nothing, as Standard Webhooks wants.
    #[serde(rename = "type")]
    pub kind: String,
    pub data: PartnerSaid,
}

/// What a partner says of a case.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct PartnerSaid {
    /// The case's number.
    #[serde(default)]
    pub number: String,
    /// A word of the partner's table of states.
    #[serde(default)]
    pub state: String,
    /// What they write: it goes onto the case's history.
    #[serde(default)]
    pub note: Option<String>,
}

/// What became of a message.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct MessageTaken {
    /// False where it was known already, or is of a type that changes nothing.
    pub taken: bool,
}

/// 接收联动单位推送的办理消息（Standard Webhooks 签名）。A partner's message about a case, signed as Standard Webhooks has it.
#[utoipa::path(post, path = "/api/linkage/partners/{organisation}/messages", tag = "linkage", operation_id = "take_partner_message",
    request_body = PartnerMessage, params(("organisation" = OrganisationId, Path)),
    responses((status = 200, body = MessageTaken), (status = 401, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn take_message(
    State(edge): State<Edge>,
    Who(caller): Who,
    PathOf(organisation): PathOf<OrganisationId>,
    headers: HeaderMap,
    BytesUpTo(body): BytesUpTo<MESSAGE_BYTES_MAX>,
) -> Result<Json<MessageTaken>, Problem> {
    let partner = believed(&edge, &caller, organisation, &headers, &body).await?;
    let id = header(&headers, signature::ID_HEADER).to_owned();
    let message: PartnerMessage = serde_json::from_slice(&body).map_err(|e| {
        LinkageError::invalid(
            "body",
            "linkage.bad_message",
            format!("消息读不懂：{e}"),
            format!("The message cannot be read: {e}"),
        )
    })?;
    let actor = Actor { kind: ActorKind::Service, ..Actor::system(caller.district, "partner") };
    let take = async move |tx: &mut Tx| take(tx, &partner, &id, &message).await;
    let taken = edge.db.write(&actor, take).await?;
    Ok(Json(MessageTaken { taken }))
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// The partner whose message it is. Whoever cannot sign learns nothing of whether there is such a partner.
async fn believed(
    edge: &Edge,
    caller: &Actor,
    organisation: OrganisationId,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<Partner, LinkageError> {
    let district = caller.district;
    let read = async move |conn: &mut Conn| rows::partner(conn, district, organisation).await;
    let found = edge.db.read::<_, Fault, _>(read).await?.filter(|partner| partner.rung == Rung::Webhook);
    let Some(partner) = found else { return Err(LinkageError::NotBelieved(Disbelief::WrongSignature)) };
    let keys = edge.fixture::<Vault>().of(district)?;
    let known = secrets::in_force(&keys, district, &partner, edge.now())?;
    let told = Headers {
        id: header(headers, signature::ID_HEADER),
        timestamp: header(headers, signature::TIMESTAMP_HEADER),
        signatures: header(headers, signature::SIGNATURE_HEADER),
    };
    signature::verify(&known, told, body, edge.now()).map_err(LinkageError::NotBelieved)?;
    Ok(partner)
}

async fn take(
    tx: &mut Tx,
    partner: &Partner,
    id: &str,
    message: &PartnerMessage,
) -> Result<bool, LinkageError> {
    if message.kind != "case.said" || !rows::add_message(tx, partner.organisation_id, id).await? {
        return Ok(false);
    }
    let (district, organisation) = (tx.district(), partner.organisation_id);
    let unknown = || {
        LinkageError::invalid(
            "data.number",
            "linkage.not_theirs",
            "没有这个编号的事件，或者它不在这个单位手里。",
            "There is no such case, or it is not with this partner.",
        )
    };
    let case =
        cases::linked::find_by_number(tx, district, &message.data.number).await?.ok_or_else(unknown)?;
    let request =
        rows::request(tx, district, organisation, case).await?.filter(|r| r.open).ok_or_else(unknown)?;
    if message.data.state.chars().count() > STATE_CHARS_MAX {
        return Err(LinkageError::invalid(
            "data.state",
            "linkage.too_long",
            format!("状态最多 {STATE_CHARS_MAX} 个字符。"),
            format!("A state has at most {STATE_CHARS_MAX} characters."),
        ));
    }
    let said =
        Said { state: message.data.state.clone(), note: message.data.note.clone(), photos: Vec::new() };
    said::take_in(tx, partner, request, &said).await?;
    Ok(true)
}
