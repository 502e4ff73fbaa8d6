//! Loads and saves commands from phones: once for an id, with what became of it; what is held is sealed.

use super::keys;
use crate::model::{Command, CommandAnswer, CommandId, CommandState, DeviceId};
use ::store::{Conn, Json, List, Tx, list_item, row, sql, value};
use platform::{AccountId, DistrictId, Fault, FaultKind, Time};
use seal::{Context, Keyring};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;
use zeroize::Zeroizing;

value!(CommandId as Uuid, |v| v.0, CommandId);
list_item!(CommandId, Uuid, UuidList, |v| v.0);

/// The column a held body is bound to.
pub(super) const BODY: &str = "fieldwork_command.body";

row! {
    /// A command that came before.
    #[derive(Clone, Debug)]
    pub(crate) struct CommandRow {
        pub id: CommandId,
        pub account_id: AccountId,
        pub state: CommandState,
        pub hash: Vec<u8>,
        pub answer: Json<CommandAnswer>,
    }
}

row! {
    /// What a file that belongs to a command needs to know of it.
    #[derive(Clone, Debug)]
    pub(crate) struct SentRow {
        pub device_id: DeviceId,
        pub kind: String,
        pub state: CommandState,
    }
}

row! {
    /// A command that waits.
    #[derive(Clone, Debug)]
    pub(crate) struct HeldRow {
        pub id: CommandId,
        pub device_id: DeviceId,
        pub account_id: AccountId,
        pub seq: i64,
        pub kind: String,
        pub parent_id: Option<CommandId>,
        pub at: Time,
        pub received_at: Time,
        pub body: Option<Vec<u8>>,
    }
}

/// What of a command waits sealed.
#[derive(Serialize, Deserialize)]
struct Held {
    body: serde_json::Value,
}

type Columns = (
    DistrictId,
    CommandId,
    DeviceId,
    AccountId,
    i64,
    String,
    Option<CommandId>,
    Time,
    Time,
    CommandState,
    Vec<u8>,
    Json<CommandAnswer>,
    Option<Vec<u8>>,
);

sql! {
    /// Whoever is first has the id; the other waits for what becomes of it.
    CLAIM: Columns =
        "insert into fieldwork_command
             (district, id, device_id, account_id, seq, kind, parent_id, at, received_at, state, hash, answer, body)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) on conflict (district, id) do nothing";
    THESE: (DistrictId, List<CommandId>) -> CommandRow =
        "select id, account_id, state, hash, answer from fieldwork_command where district = $1 and id {in:$2:uuid}";
    FIND: (DistrictId, CommandId) -> CommandRow =
        "select id, account_id, state, hash, answer from fieldwork_command where district = $1 and id = $2";
    FIND_SENT: (DistrictId, CommandId) -> SentRow =
        "select device_id, kind, state from fieldwork_command where district = $1 and id = $2";
    ANSWER: (DistrictId, CommandId, CommandState, Json<CommandAnswer>, Option<Vec<u8>>) =
        "update fieldwork_command set state = $3, answer = $4, body = $5 where district = $1 and id = $2";
    FORGET: (DistrictId, CommandId) = "delete from fieldwork_command where district = $1 and id = $2";
    HELD: (DistrictId, AccountId, i64) -> HeldRow =
        "select id, device_id, account_id, seq, kind, parent_id, at, received_at, body
         from fieldwork_command {by:fieldwork_command_held}
         where district = $1 and account_id = $2 and state = 'held' order by seq, id limit $3";
    COUNT_HELD: (DistrictId, AccountId) -> (i64,) =
        "select count(*) from fieldwork_command {by:fieldwork_command_held}
         where district = $1 and account_id = $2 and state = 'held'";
}

impl HeldRow {
    /// The command as it was sent.
    ///
    /// # Errors
    /// A changed byte, or the body of another.
    pub(crate) fn open(self, keys: &Keyring, district: DistrictId) -> Result<Command, Fault> {
        let corrupt = || Fault::new(FaultKind::Corrupt, format!("{BODY} of {} cannot be read", self.id));
        let sealed = self.body.as_ref().ok_or_else(corrupt)?;
        let plain = keys.open(&Context { district, column: BODY, row: self.id.0 }, sealed)?;
        let held: Held = serde_json::from_slice(&plain).map_err(|e| corrupt().because(e))?;
        Ok(Command {
            id: self.id,
            device: self.device_id,
            account: self.account_id,
            seq: self.seq,
            at: self.at,
            kind: self.kind,
            parent: self.parent_id,
            body: held.body,
        })
    }
}

/// What tells a command from another under its id: all that was sent of it.
pub(crate) fn hash_of(command: &Command) -> Vec<u8> {
    let said = (command.device, command.account, command.seq, command.at, &command.kind, command.parent);
    let mut hash = Sha256::new();
    // Ids, numbers and JSON values: writing them cannot fail.
    hash.update(serde_json::to_vec(&(said, &command.body)).unwrap_or_default());
    hash.finalize().to_vec()
}

/// Takes the id of a command that is new, held until it is answered; `false` where it is taken.
pub(crate) async fn claim(tx: &mut Tx, command: &Command) -> Result<bool, Fault> {
    let (district, now) = (tx.district(), tx.now());
    let row = (
        district,
        command.id,
        command.device,
        command.account,
        command.seq,
        command.kind.clone(),
        command.parent,
        command.at,
        now,
        CommandState::Held,
        hash_of(command),
        Json(CommandAnswer::held()),
        None,
    );
    Ok(tx.execute(&CLAIM, row).await? == 1)
}

/// Keeps what became of a command; the body of one that is held with it, of all others nothing.
pub(crate) async fn answer(tx: &mut Tx, command: &Command, answer: &CommandAnswer) -> Result<(), Fault> {
    let district = tx.district();
    let body = match answer.state {
        CommandState::Held => Some(seal_body(tx, command)?),
        _ => None,
    };
    let row = (district, command.id, answer.state, Json(answer.clone()), body);
    tx.execute(&ANSWER, row).await.map(drop)
}

fn seal_body(tx: &Tx, command: &Command) -> Result<Vec<u8>, Fault> {
    let held = Held { body: command.body.clone() };
    let plain = serde_json::to_vec(&held).map_err(|e| Fault::broken("a body is no JSON").because(e))?;
    let context = Context { district: tx.district(), column: BODY, row: command.id.0 };
    keys(tx)?.seal(&context, &Zeroizing::new(plain))
}

/// Forgets that a command came: trouble of ours kept it from being done, and it is to be sent again.
pub(crate) async fn forget(tx: &mut Tx, id: CommandId) -> Result<(), Fault> {
    let district = tx.district();
    tx.execute(&FORGET, (district, id)).await.map(drop)
}

/// A command by its id.
pub(crate) async fn find(
    conn: &mut Conn,
    district: DistrictId,
    id: CommandId,
) -> Result<Option<CommandRow>, Fault> {
    conn.optional(&FIND, (district, id)).await
}

/// From where a command came, and what it is.
pub(crate) async fn find_sent(
    conn: &mut Conn,
    district: DistrictId,
    id: CommandId,
) -> Result<Option<SentRow>, Fault> {
    conn.optional(&FIND_SENT, (district, id)).await
}

/// Those of these commands that came before.
pub(crate) async fn these(
    conn: &mut Conn,
    district: DistrictId,
    ids: Vec<CommandId>,
) -> Result<Vec<CommandRow>, Fault> {
    conn.all(&THESE, (district, List(ids))).await
}

/// What of an account waits, in its order.
pub(crate) async fn held(
    conn: &mut Conn,
    district: DistrictId,
    account: AccountId,
    rows_max: i64,
) -> Result<Vec<HeldRow>, Fault> {
    conn.all(&HELD, (district, account, rows_max)).await
}

/// How many of an account wait.
pub(crate) async fn count_held(
    conn: &mut Conn,
    district: DistrictId,
    account: AccountId,
) -> Result<i64, Fault> {
    Ok(conn.one(&COUNT_HELD, (district, account)).await?.0)
}
