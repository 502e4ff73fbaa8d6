//! Doing what a command wants, within its write: by the commands of the capability it concerns, and no other way.

use super::deed::{Deed, Files};
use crate::commands::{Checked, Finish, Finished, TakeOver, finish, keep, take_over};
use crate::error::{FieldworkError, conflict};
use crate::facts::{CLASH_SETTLED, FieldworkFact};
use crate::model::{
    CLASH_KEEPING, Choice, Clash, ClashContent, Command, CommandAnswer, CommandId, CommandState, FieldClash,
};
use crate::store::{clashes, uploads};
use ::store::Tx;
use cases::commands::{Act, Report};
use cases::{CaseId, commands as case_commands};
use platform::Personal;
use registry::RecordId;
use registry::commands::{self as register, AmendBeside, Beside, Crossed, Enter, Given};
use serde_json::json;
use std::collections::BTreeMap;

/// Does it; what it answers is kept with the command.
pub(super) async fn run(tx: &mut Tx, command: &Command, deed: Deed) -> Result<CommandAnswer, FieldworkError> {
    match deed {
        Deed::Finish(order) => end_task(tx, order).await,
        Deed::Submit(checked) => submit(tx, *checked).await,
        Deed::Amend(order) => amend(tx, command, order).await,
        Deed::Confirm { record, version, fields } => confirm(tx, record, version, fields).await,
        Deed::Enter(new) => enter(tx, command, *new).await,
        Deed::Report(report, files) => file_report(tx, command, *report, files).await,
        Deed::Act(case, order, files) => act(tx, command, case, *order, files).await,
        Deed::Settle { clash, choices } => settle(tx, command, clash, choices).await,
        Deed::TakeOver(order) => serve(tx, order).await,
        Deed::Wait => Ok(CommandAnswer::held()),
    }
}

async fn end_task(tx: &mut Tx, order: Finish) -> Result<CommandAnswer, FieldworkError> {
    let Finished { task, is_again } = finish(tx, order).await?;
    let state = if is_again { CommandState::Merged } else { CommandState::Accepted };
    let result = [("task", json!(task.id)), ("state", json!(task.state)), ("again", json!(is_again))];
    Ok(CommandAnswer::done(state, result))
}

async fn submit(tx: &mut Tx, checked: Checked) -> Result<CommandAnswer, FieldworkError> {
    let one = keep(tx, checked).await?.submission;
    let result = [("submission", json!(one.id)), ("withdrawn", json!(one.is_withdrawn))];
    Ok(CommandAnswer::done(CommandState::Accepted, result))
}

async fn amend(tx: &mut Tx, command: &Command, order: AmendBeside) -> Result<CommandAnswer, FieldworkError> {
    let done = register::amend_beside(tx, order).await?;
    note_clash(tx, command, &done).await?;
    let state = match (done.crossed.is_empty(), done.moved) {
        (false, _) => CommandState::Clash,
        (true, true) => CommandState::Merged,
        (true, false) => CommandState::Accepted,
    };
    let record = done.record;
    Ok(CommandAnswer::done(state, [("record", json!(record.id)), ("version", json!(record.version))]))
}

/// Keeps the values that two changed, for a person to decide.
async fn note_clash(tx: &mut Tx, command: &Command, done: &Beside) -> Result<(), FieldworkError> {
    if done.crossed.is_empty() {
        return Ok(());
    }
    let record = &done.record;
    let fields = done.crossed.iter().cloned().map(told).collect();
    let content = ClashContent { label: record.content.label.clone(), version: record.version, fields };
    let clash = Clash {
        id: command.id,
        account: command.account,
        record: record.id,
        area_path: record.content.area_path.clone(),
        at: tx.now(),
        content: Personal::new(content),
        settled_at: None,
    };
    Ok(clashes::insert(tx, &clash).await?)
}

/// A field as whoever sent the command is told of it: of a sealed value not what others know.
fn told(crossed: Crossed) -> FieldClash {
    let open = |value| if crossed.sealed { None } else { value };
    FieldClash {
        field: crossed.field,
        words: crossed.words,
        mine: crossed.mine,
        theirs: open(crossed.theirs),
        before: open(crossed.before),
        sealed: crossed.sealed,
        theirs_by: crossed.by,
        theirs_at: crossed.at,
    }
}

async fn confirm(
    tx: &mut Tx,
    record: RecordId,
    version: Option<i64>,
    fields: Vec<String>,
) -> Result<CommandAnswer, FieldworkError> {
    let given = Given { source: registry::Source::Door, evidence: None };
    let (record, passed) = register::confirm_seen(tx, record, version, fields, given).await?;
    let state = if passed.is_empty() { CommandState::Accepted } else { CommandState::Merged };
    let result =
        [("record", json!(record.id)), ("version", json!(record.version)), ("passed", json!(passed))];
    Ok(CommandAnswer::done(state, result))
}

async fn enter(tx: &mut Tx, command: &Command, new: Enter) -> Result<CommandAnswer, FieldworkError> {
    let record = register::enter_once(tx, RecordId(command.id.0), new).await?;
    let result =
        [("record", json!(record.id)), ("version", json!(record.version)), ("act", json!(record.act))];
    Ok(CommandAnswer::done(CommandState::Accepted, result))
}

async fn file_report(
    tx: &mut Tx,
    command: &Command,
    report: Report,
    files: Files,
) -> Result<CommandAnswer, FieldworkError> {
    let filed = case_commands::report(tx, report).await?;
    tie(tx, command, files).await?;
    let result = [("case", json!(filed.case.id)), ("number", json!(filed.case.number))];
    Ok(CommandAnswer::done(CommandState::Accepted, result))
}

async fn act(
    tx: &mut Tx,
    command: &Command,
    case: CaseId,
    order: Act,
    files: Files,
) -> Result<CommandAnswer, FieldworkError> {
    let acted = case_commands::act(tx, case, order).await?.case;
    tie(tx, command, files).await?;
    let result =
        [("case", json!(acted.id)), ("version", json!(acted.version)), ("state", json!(acted.state))];
    Ok(CommandAnswer::done(CommandState::Accepted, result))
}

/// Notes which files belong to a command: those that went along, and those that are handed on when they come.
async fn tie(tx: &mut Tx, command: &Command, files: Files) -> Result<(), FieldworkError> {
    for hash in files.here.iter().chain(&files.to_come) {
        uploads::tie(tx, command.account, hash, command.id, "").await?;
    }
    for hash in &files.here {
        uploads::hand_on(tx, command.account, hash, command.id, "").await?;
    }
    Ok(())
}

async fn settle(
    tx: &mut Tx,
    command: &Command,
    id: CommandId,
    choices: BTreeMap<String, Choice>,
) -> Result<CommandAnswer, FieldworkError> {
    let clash = clashes::load_own(tx, id).await?;
    let content = clash.content.open(CLASH_KEEPING).clone();
    let chosen = content.chosen(&choices).ok_or_else(|| {
        FieldworkError::invalid(
            "choices",
            "fieldwork.bad_choices",
            "请为每一项选择保留哪个值。",
            "Choose for every field whose value stays.",
        )
    })?;
    if !clashes::settle(tx, id, choices.clone()).await? {
        return Err(settled_already().into());
    }
    let data = json!({ "clash": id, "choices": choices });
    tx.record(&FieldworkFact::of_record(CLASH_SETTLED, clash.record, &clash.area_path, data)).await?;
    if chosen.values.is_empty() {
        return Ok(CommandAnswer::done(CommandState::Accepted, [("record", json!(clash.record))]));
    }
    let order = AmendBeside {
        id: clash.record,
        base_version: content.version,
        base: chosen.seen,
        values: chosen.values,
        given: Given { source: registry::Source::Door, evidence: None },
    };
    amend(tx, command, order).await
}

async fn serve(tx: &mut Tx, order: TakeOver) -> Result<CommandAnswer, FieldworkError> {
    let one = take_over(tx, order).await?;
    let result = [("stand_in", json!(one.id)), ("until", json!(one.until))];
    Ok(CommandAnswer::done(CommandState::Accepted, result))
}

fn settled_already() -> platform::Problem {
    conflict("fieldwork.settled_already", "这处冲突已处理。", "This clash was settled before.").field("clash")
}
