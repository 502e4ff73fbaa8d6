//! What phones send: each command once, in the order of its device, one that is refused harming none beside it. Arrival orders; the clock
//! of a device decides nothing (docs/decisions/0019).

mod body;
mod deed;
mod run;

pub(crate) use body::CommandBody;
pub(crate) use deed::photos_of;

use crate::error::FieldworkError;
use crate::facts::{COMMANDS_CAME, FieldworkFact};
use crate::model::{
    BATCH_COMMANDS_MAX, Command, CommandAnswer, CommandId, CommandState, DeviceId, HELD_MAX, Turn, in_order,
    turn,
};
use crate::store::commands::{self as rows, CommandRow, hash_of};
use ::store::{Conn, Tx};
use deed::{Deed, prepare};
use edge::Edge;
use platform::{AccountId, Actor, Fault, FaultKind, Problem, Words};
use seal::Vault;
use serde_json::json;
use std::collections::HashMap;

/// Commands of one write: some ten milliseconds of the one writer, so that nobody waits long behind a full outbox.
const GROUP_COMMANDS: usize = 50;

/// What became of the commands of a batch. One that is missing met trouble of ours, and is to be sent again.
pub(crate) type Answers = HashMap<CommandId, CommandAnswer>;

/// Who sends: the device, and how far its clock was ahead of ours, for whoever wonders at its times.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sender {
    pub device: DeviceId,
    pub clock_ahead_s: i64,
}

/// Does what a device sends. The same sent again is answered as the first time.
///
/// # Errors
/// Too many at once; trouble of the database, in which nothing more is done and everything may be sent again.
pub(crate) async fn take_batch(
    edge: &Edge,
    actor: &Actor,
    sender: Sender,
    commands: Vec<Command>,
) -> Result<Answers, FieldworkError> {
    if commands.len() > BATCH_COMMANDS_MAX {
        let words = Words::new(
            format!("一次最多 {BATCH_COMMANDS_MAX} 条。"),
            format!("At most {BATCH_COMMANDS_MAX} at once."),
        );
        return Err(FieldworkError::Invalid {
            field: "commands",
            code: "fieldwork.too_many_commands",
            words,
        });
    }
    let account = actor.account.ok_or(FieldworkError::NotFound)?;
    let (mut answers, fresh) = sort_out(edge, actor, commands).await?;
    for group in in_order(fresh).chunks(GROUP_COMMANDS) {
        answers.extend(do_group(edge, actor, sender, group, Coming::New).await?);
    }
    for (id, answer) in do_waiting(edge, actor, sender, account).await? {
        answers.entry(id).and_modify(|known| *known = answer);
    }
    Ok(answers)
}

/// Parts what came before, with its answer, from what is new.
async fn sort_out(
    edge: &Edge,
    actor: &Actor,
    commands: Vec<Command>,
) -> Result<(Answers, Vec<Command>), FieldworkError> {
    let (district, ids) = (actor.district, commands.iter().map(|command| command.id).collect::<Vec<_>>());
    let read = async move |conn: &mut Conn| rows::these(conn, district, ids.clone()).await;
    let known = edge.db.read::<_, Fault, _>(read).await?;
    let known: HashMap<CommandId, CommandRow> = known.into_iter().map(|row| (row.id, row)).collect();
    let (mut answers, mut fresh): (Answers, Vec<Command>) = Default::default();
    for command in commands {
        match known.get(&command.id) {
            None => fresh.push(command),
            Some(row) => drop(answers.insert(command.id, answer_again(row, &command))),
        }
    }
    Ok((answers, fresh))
}

/// What a command gets whose id came before: its answer, or, where it is another, a refusal that is not kept.
fn answer_again(row: &CommandRow, command: &Command) -> CommandAnswer {
    if row.account_id == command.account && row.hash == hash_of(command) {
        return row.answer.0.clone();
    }
    CommandAnswer::refused(&id_taken())
}

fn id_taken() -> Problem {
    crate::error::conflict(
        "fieldwork.command_id_taken",
        "这个编号已用于另一条指令。",
        "This id was used for another command.",
    )
    .field("id")
}

/// How commands come to be done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Coming {
    New,
    /// They came before, and what they waited for is there.
    Waiting,
}

/// A command with what is to be done, worked out away from the writer.
#[derive(Clone)]
struct Prepared {
    command: Command,
    deed: Result<Deed, Problem>,
}

/// Does commands in one write, each for itself.
async fn do_group(
    edge: &Edge,
    actor: &Actor,
    sender: Sender,
    group: &[Command],
    coming: Coming,
) -> Result<Answers, FieldworkError> {
    let mut prepared = Vec::with_capacity(group.len());
    for command in group {
        if let Some(deed) = or_trouble(prepare(edge, actor, command).await, command)? {
            prepared.push(Prepared { command: command.clone(), deed });
        }
    }
    let write = async move |tx: &mut Tx| {
        let mut answers = Answers::new();
        for one in &prepared {
            if let Some(answer) = do_one(tx, one.clone(), coming).await? {
                answers.insert(one.command.id, answer);
            }
        }
        tell(tx, sender, &answers).await?;
        Ok(answers)
    };
    edge.db.write(actor, write).await
}

/// Sorts a refusal, which is an answer, from trouble: of the house as a whole, which ends the batch, or with this one command, which is
/// left unanswered and is sent again.
fn or_trouble<T>(
    outcome: Result<T, FieldworkError>,
    command: &Command,
) -> Result<Option<Result<T, Problem>>, FieldworkError> {
    match outcome {
        Ok(done) => Ok(Some(Ok(done))),
        Err(FieldworkError::Fault(fault)) => match fault.kind() {
            FaultKind::Corrupt | FaultKind::Broken | FaultKind::Constraint => {
                tracing::error!(command = %command.id, "A command could not be done: {fault:?}");
                Ok(None)
            }
            _ => Err(fault.into()),
        },
        Err(refusal) => Ok(Some(Err(platform::Refusal::problem(&refusal)))),
    }
}

/// Does one command, if its turn has come; `None` where it met trouble of ours.
async fn do_one(tx: &mut Tx, one: Prepared, coming: Coming) -> Result<Option<CommandAnswer>, FieldworkError> {
    let Prepared { command, deed } = one;
    let district = tx.district();
    if coming == Coming::New && !rows::claim(tx, &command).await? {
        let row = rows::find(tx, district, command.id).await?;
        return Ok(row.map(|row| answer_again(&row, &command)));
    }
    if coming == Coming::Waiting {
        let row = rows::find(tx, district, command.id).await?;
        if let Some(row) = row.filter(|row| row.state != CommandState::Held) {
            return Ok(Some(row.answer.0));
        }
    }
    let parent = match command.parent {
        None => None,
        Some(parent) => Some(rows::find(tx, district, parent).await?.map(|row| row.state)),
    };
    let outcome = match (turn(parent), deed) {
        (Turn::Never, _) => Ok(CommandAnswer::refused(&parent_refused())),
        (_, Err(problem)) => Ok(CommandAnswer::refused(&problem)),
        (Turn::Go, Ok(Deed::Wait)) | (Turn::Wait, Ok(_)) => Ok(CommandAnswer::held()),
        (Turn::Go, Ok(deed)) => {
            let doing = tx.attempt(async |tx: &mut Tx| run::run(tx, &command, deed).await).await?;
            match or_trouble(doing, &command)? {
                Some(outcome) => Ok(outcome.unwrap_or_else(|problem| CommandAnswer::refused(&problem))),
                None => Err(()),
            }
        }
    };
    keep(tx, &command, outcome, coming).await
}

/// Keeps what became of a command. One that met trouble is as if it had not come, or still waits.
async fn keep(
    tx: &mut Tx,
    command: &Command,
    outcome: Result<CommandAnswer, ()>,
    coming: Coming,
) -> Result<Option<CommandAnswer>, FieldworkError> {
    let Ok(mut answer) = outcome else {
        if coming == Coming::New {
            rows::forget(tx, command.id).await?;
        }
        return Ok(None);
    };
    if answer.state == CommandState::Held && coming == Coming::New {
        let district = tx.district();
        if rows::count_held(tx, district, command.account).await? > HELD_MAX as i64 {
            answer = CommandAnswer::refused(&too_many_held());
        }
    }
    if answer.state != CommandState::Held || coming == Coming::New {
        rows::answer(tx, command, &answer).await?;
    }
    Ok(Some(answer))
}

fn parent_refused() -> Problem {
    crate::error::conflict(
        "fieldwork.parent_refused",
        "它所依据的上一条没有办成。",
        "What it stands on was not done.",
    )
    .field("parent")
}

fn too_many_held() -> Problem {
    let words =
        Words::of("暂存的指令太多，请先处理。", "Too many commands wait for others: see to those first.");
    Problem::new(axum::http::StatusCode::CONFLICT, "fieldwork.too_many_held", words)
        .with("held_max", HELD_MAX)
}

/// One line for what came: how many of each kind of answer, from which device.
async fn tell(tx: &mut Tx, sender: Sender, answers: &Answers) -> Result<(), Fault> {
    let count = |state: CommandState| answers.values().filter(|answer| answer.state == state).count();
    let mut data: serde_json::Map<_, _> =
        CommandState::ALL.iter().map(|state| (state.as_str().to_owned(), json!(count(*state)))).collect();
    data.insert("clock_ahead_s".to_owned(), json!(sender.clock_ahead_s));
    tx.record(&FieldworkFact::of_device(COMMANDS_CAME, sender.device, None, json!(data))).await.map(drop)
}

/// Does what of an account waits and can be done now, as long as one makes room for another.
pub(crate) async fn do_waiting(
    edge: &Edge,
    actor: &Actor,
    sender: Sender,
    account: AccountId,
) -> Result<Answers, FieldworkError> {
    let mut all = Answers::new();
    loop {
        let ready = ready(edge, actor, account).await?;
        let mut done = Answers::new();
        for group in ready.chunks(GROUP_COMMANDS) {
            done.extend(do_group(edge, actor, sender, group, Coming::Waiting).await?);
        }
        done.retain(|_, answer| answer.state != CommandState::Held);
        if done.is_empty() {
            return Ok(all);
        }
        all.extend(done);
    }
}

/// The waiting commands of an account whose parents are no longer in their way, in order.
async fn ready(edge: &Edge, actor: &Actor, account: AccountId) -> Result<Vec<Command>, FieldworkError> {
    let district = actor.district;
    let read = async move |conn: &mut Conn| {
        let held = rows::held(conn, district, account, HELD_MAX as i64).await?;
        let parents: Vec<CommandId> = held.iter().filter_map(|row| row.parent_id).collect();
        Ok::<_, Fault>((held, rows::these(conn, district, parents).await?))
    };
    let (held, parents) = edge.db.read(read).await?;
    let parents: HashMap<CommandId, CommandState> =
        parents.into_iter().map(|row| (row.id, row.state)).collect();
    let keys = edge.fixture::<Vault>().of(district)?;
    let is_ready = |parent: Option<CommandId>| turn(parent.map(|id| parents.get(&id).copied())) != Turn::Wait;
    let ready = held.into_iter().filter(|row| is_ready(row.parent_id));
    Ok(ready.map(|row| row.open(&keys, district)).collect::<Result<_, Fault>>()?)
}
