//! The news of a case: a reporter who signed in by phone hears that somebody took it on, that it is done and may be confirmed, or how it ended;
//! by the way they chose, once for each step. Who reported without an account left no way to be told, and looks by number and code.

use crate::error::CaseError;
use crate::model::{Case, Entry, FollowerId};
use crate::rules::Rules;
use crate::stage::{News, news_of};
use crate::store;
use ::store::Tx;
use flow::Workflow;
use messages::{ACCOUNT, Books, Notice, Recipient};
use platform::FactId;
use serde_json::{Value, json};

/// Tells the reporter of a step, where it is news to them. What was to be told of an earlier step and has not left, this says better.
pub(crate) async fn tell_reporter(
    tx: &mut Tx,
    case: &Case,
    entry: &Entry,
    (workflow, fact): (&Workflow, FactId),
) -> Result<(), CaseError> {
    let Some(news) = news_of(workflow, &entry.action, entry.from_state.as_deref(), &entry.to_state) else {
        return Ok(());
    };
    if tx.find_fixture::<Books>().is_none() {
        return Ok(());
    }
    let reporter = store::follower(tx, case.district, case.id, FollowerId(case.id.0)).await?;
    let Some(account) = reporter.and_then(|reporter| reporter.account_id) else { return Ok(()) };
    let Some((template, content)) = words(tx, case, entry, workflow, news) else { return Ok(()) };
    messages::supersede(tx, case.id.0, case.version).await?;
    let notice =
        Notice { template, content, thread: case.id.0, edition: case.version, until: None, fact: Some(fact) };
    Ok(messages::send(tx, &notice, &Recipient { kind: ACCOUNT, id: account.0 }).await?)
}

/// The template and its values: what kind of matter it is and its number, and never what was reported.
fn words(
    tx: &Tx,
    case: &Case,
    entry: &Entry,
    workflow: &Workflow,
    news: News,
) -> Option<(&'static str, Value)> {
    let in_force = tx.fixture::<Rules>().in_force(case.district, tx.now().local().date());
    let matter = &in_force.catalogue.find_type(&case.type_code)?.name;
    let state = &workflow.state(&entry.to_state)?.words;
    let mut content = json!({ "matter": matter, "number": case.number, "state": state });
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
