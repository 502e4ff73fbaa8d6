//! What phones send: batches of commands, and the clashes that wait for a person.

use super::staff;
use crate::access::FILL;
use crate::commands::devices;
use crate::commands::sync::{CommandBody, Sender, take_batch};
use crate::error::FieldworkError;
use crate::model::{
    CLASH_KEEPING, Clash, Command, CommandAnswer, CommandId, CommandRefusal, CommandState, DeviceId,
    FieldClash, HELD_LONG, Standing,
};
use crate::store::{self, clashes, commands as rows};
use ::store::{Conn, Tx};
use axum::Json;
use axum::extract::State;
use edge::{BodyUpTo, Edge, Who};
use platform::{AccountId, Actor, Fault, Problem, Time, limits::MIB};
use registry::RecordId;
use seal::Vault;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap};
use utoipa::ToSchema;

/// Bytes of a batch once unpacked: two hundred filled forms.
const BATCH_BYTES_MAX: u64 = 4 * MIB;
/// Of a second.
const MICROS: i64 = 1_000_000;

/// What a device sends at once.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommandBatch {
    pub device: DeviceId,
    /// By the clock of the device.
    pub sent_at: Time,
    /// 200 at most. May come gzipped (`content-encoding: gzip`).
    pub commands: Vec<SentCommand>,
}

/// Something done on the device.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct SentCommand {
    /// Made by the device, a UUID of version 7: the same twice is done once.
    pub id: CommandId,
    /// Counts what the device did: it orders, whatever the clock says.
    pub seq: i64,
    /// By the clock of the device; stands beside and decides nothing.
    pub at: Time,
    /// The command that has to come first.
    pub parent: Option<CommandId>,
    /// What is to be done: `kind` and `body`. Read one by one, so that one that is unknown harms none beside it.
    #[serde(flatten)]
    #[schema(value_type = CommandBody)]
    pub deed: Map<String, Value>,
}

/// What became of a batch.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CommandsView {
    pub now: Time,
    pub lease_until: Time,
    pub standing: Standing,
    /// One for each command that is settled or waits. A command that is missing met trouble of ours: send it again.
    pub answers: Vec<CommandAnswerView>,
}

/// What became of a command.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CommandAnswerView {
    pub id: CommandId,
    pub state: CommandState,
    pub refusal: Option<CommandRefusal>,
    /// While it is open.
    pub clash: Option<ClashView>,
    /// Ids and versions that came of it.
    #[schema(value_type = Object)]
    pub result: BTreeMap<String, Value>,
}

/// Values that somebody else had changed otherwise.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ClashView {
    /// Of the command.
    pub id: CommandId,
    pub record: RecordId,
    /// What the record is listed by.
    pub label: String,
    /// When the command came.
    pub at: Time,
    pub fields: Vec<FieldClash>,
}

impl From<Clash> for ClashView {
    fn from(clash: Clash) -> Self {
        // Whoever is shown it sent the one side, and carried the other.
        let content = clash.content.open(CLASH_KEEPING).clone();
        Self {
            id: clash.id,
            record: clash.record,
            label: content.label,
            at: clash.at,
            fields: content.fields,
        }
    }
}

/// 手机上做的事，有网时成批送来；同一条送两次只办一次。What was done on a phone, in a batch: each command once, each for itself.
#[utoipa::path(post, path = "/api/fieldwork/sync/commands", tag = "fieldwork", operation_id = "send_commands", request_body = CommandBatch,
    responses((status = 200, body = CommandsView), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 413, body = Problem), (status = 422, body = Problem)))]
pub async fn send_commands(
    State(edge): State<Edge>,
    who: Who,
    BodyUpTo(batch): BodyUpTo<CommandBatch, BATCH_BYTES_MAX>,
) -> Result<Json<CommandsView>, Problem> {
    let actor = staff(&who, &[&FILL])?;
    let account = actor.account.ok_or_else(Problem::sign_in)?;
    let id = batch.device;
    let contact = edge.db.write(actor, async move |tx: &mut Tx| {
        let device = store::devices::load_own(tx, id).await?;
        Ok::<_, FieldworkError>(devices::contact(tx, &device).await?)
    });
    let (standing, device) = contact.await?;
    let mut view =
        CommandsView { now: edge.now(), lease_until: device.lease_until, standing, answers: Vec::new() };
    if standing == Standing::Wipe {
        return Ok(Json(view));
    }
    let order: Vec<CommandId> = batch.commands.iter().map(|command| command.id).collect();
    let commands = batch.commands.into_iter().map(|sent| command_of(sent, device.id, account)).collect();
    let clock_ahead_s = (batch.sent_at.micros() - edge.now().micros()) / MICROS;
    let sender = Sender { device: device.id, clock_ahead_s };
    let mut answers = take_batch(&edge, actor, sender, commands).await?;
    let mut clashes = open_clashes(&edge, actor, account).await?;
    let told = order.into_iter().filter_map(|id| Some((id, answers.remove(&id)?)));
    view.answers = told.map(|(id, answer)| view_of(id, answer, clashes.remove(&id))).collect();
    Ok(Json(view))
}

fn command_of(mut sent: SentCommand, device: DeviceId, account: AccountId) -> Command {
    let kind = sent.deed.get("kind").and_then(Value::as_str).unwrap_or_default().to_owned();
    Command {
        id: sent.id,
        device,
        account,
        seq: sent.seq,
        at: sent.at,
        kind,
        parent: sent.parent,
        body: sent.deed.remove("body").unwrap_or_default(),
    }
}

fn view_of(id: CommandId, answer: CommandAnswer, clash: Option<Clash>) -> CommandAnswerView {
    CommandAnswerView {
        id,
        state: answer.state,
        refusal: answer.refusal,
        clash: clash.map(ClashView::from),
        result: answer.result,
    }
}

async fn open_clashes(
    edge: &Edge,
    actor: &Actor,
    account: AccountId,
) -> Result<HashMap<CommandId, Clash>, FieldworkError> {
    let (district, keys) = (actor.district, edge.fixture::<Vault>().of(actor.district)?);
    let read = async move |conn: &mut Conn| clashes::open_of(conn, &keys, district, account).await;
    let open = edge.db.read::<_, Fault, _>(read).await?;
    Ok(open.into_iter().map(|clash| (clash.id, clash)).collect())
}

/// What waits for its worker.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WaitingView {
    /// The oldest first, 200 at most.
    pub clashes: Vec<ClashView>,
    /// Commands that have waited for more than 30 days for what has to come first.
    pub held: Vec<HeldView>,
}

/// A command that waits for another.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HeldView {
    pub id: CommandId,
    pub kind: String,
    pub parent: Option<CommandId>,
    /// By the clock of the device.
    pub at: Time,
    pub received_at: Time,
}

/// 等我处理的：冲突，和暂存太久的指令。What waits for oneself: clashes, and commands held for too long.
#[utoipa::path(get, path = "/api/fieldwork/sync/clashes", tag = "fieldwork", operation_id = "list_clashes",
    responses((status = 200, body = WaitingView), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn list_clashes(State(edge): State<Edge>, who: Who) -> Result<Json<WaitingView>, Problem> {
    let actor = staff(&who, &[&FILL])?;
    let account = actor.account.ok_or_else(Problem::sign_in)?;
    let mut clashes: Vec<ClashView> =
        open_clashes(&edge, actor, account).await?.into_values().map(ClashView::from).collect();
    clashes.sort_by_key(|clash| clash.id);
    let (district, before) = (actor.district, edge.now().before(HELD_LONG));
    let read =
        async move |conn: &mut Conn| rows::held(conn, district, account, crate::model::HELD_MAX as i64).await;
    let held = edge.db.read::<_, Fault, _>(read).await.map_err(FieldworkError::from)?;
    let held = held.into_iter().filter(|row| row.received_at < before).map(|row| HeldView {
        id: row.id,
        kind: row.kind,
        parent: row.parent_id,
        at: row.at,
        received_at: row.received_at,
    });
    Ok(Json(WaitingView { clashes, held: held.collect() }))
}
