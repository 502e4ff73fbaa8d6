//! The news of a case. A reporter who signed in by phone hears that somebody took it on, that it is done and may be confirmed, or how it ended; who
//! follows it and signed in hears how it ended, and no more. By the way they chose, once for each step. Who has no account left no way to be
//! told, and looks by number and code.

use crate::error::CaseError;
use crate::model::{Case, Entry, FollowerId};
use crate::rules::Rules;
use crate::stage::{News, is_end_for_followers, news_of};
use crate::store;
use ::store::Tx;
use flow::Workflow;
use messages::{ACCOUNT, Books, Notice, QUEUED_AT_ONCE_MAX, Recipient};
use platform::{AccountId, FactId};
use serde_json::{Value, json};
use uuid::Uuid;

/// Tells whom a step concerns. What was to be told of an earlier step and has not left, this says better.
pub(crate) async fn tell(
    tx: &mut Tx,
    case: &Case,
    entry: &Entry,
    (workflow, fact): (&Workflow, FactId),
) -> Result<(), CaseError> {
    if tx.find_fixture::<Books>().is_none() {
        return Ok(());
    }
    let of_step = |(template, content)| Notice {
        template,
        content,
        thread: case.id.0,
        edition: case.version,
        until: None,
        fact: Some(fact),
    };
    if let Some(news) = news_of(workflow, &entry.action, entry.from_state.as_deref(), &entry.to_state)
        && let Some(said) = to_reporter(tx, case, entry, workflow, news)
    {
        tell_reporter(tx, case, &of_step(said)).await?;
    }
    if is_end_for_followers(workflow, entry.from_state.as_deref(), &entry.to_state)
        && let Some(said) = to_followers(tx, case, entry, workflow)
    {
        tell_followers(tx, case, &of_step(said)).await?;
    }
    Ok(())
}

async fn tell_reporter(tx: &mut Tx, case: &Case, notice: &Notice) -> Result<(), CaseError> {
    let reporter = store::follower(tx, case.district, case.id, FollowerId(case.id.0)).await?;
    let Some(account) = reporter.and_then(|reporter| reporter.account_id) else { return Ok(()) };
    messages::supersede(tx, case.id.0, case.version).await?;
    Ok(messages::send(tx, notice, &Recipient { kind: ACCOUNT, id: account.0 }).await?)
}

async fn tell_followers(tx: &mut Tx, case: &Case, notice: &Notice) -> Result<(), CaseError> {
    let mut after = AccountId(Uuid::nil());
    loop {
        let some = store::following_accounts(tx, case.district, case.id, after, QUEUED_AT_ONCE_MAX).await?;
        let Some(last) = some.last().copied() else { return Ok(()) };
        after = last;
        let accounts: Vec<Uuid> = some.iter().map(|account| account.0).collect();
        messages::queue(tx, notice, ACCOUNT, &accounts).await?;
    }
}

/// What those are told who met with the same: what kind of matter it was, its number and its end, whoever brought it about.
fn to_followers(tx: &Tx, case: &Case, entry: &Entry, workflow: &Workflow) -> Option<(&'static str, Value)> {
    Some(("case_followed_ended", common(tx, case, entry, workflow)?))
}

/// The template and its values: what kind of matter it is and its number, and never what was reported.
fn to_reporter(
    tx: &Tx,
    case: &Case,
    entry: &Entry,
    workflow: &Workflow,
    news: News,
) -> Option<(&'static str, Value)> {
    let mut content = common(tx, case, entry, workflow)?;
    let reason = entry.reason.as_deref().and_then(|code| {
        let list = workflow.action(&entry.action)?.reason_from.as_deref()?;
        Some(&workflow.reason(list, code)?.words)
    });
    let template = match (news, reason) {
        (News::Taken, _) => "case_taken",
        (News::Asks, _) => "case_done",
        (News::Ended, None) => "case_ended",
        (News::Ended, Some(reason)) => {
            content["reason"] = json!(reason);
            "case_refused"
        }
    };
    Some((template, content))
}

fn common(tx: &Tx, case: &Case, entry: &Entry, workflow: &Workflow) -> Option<Value> {
    let in_force = tx.fixture::<Rules>().in_force(case.district, tx.now().local().date());
    let matter = &in_force.catalogue.find_type(&case.type_code)?.name;
    let state = &workflow.state(&entry.to_state)?.words;
    Some(json!({ "matter": matter, "number": case.number, "state": state }))
}
