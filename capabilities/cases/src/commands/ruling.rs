//! A ruling on jurisdiction: it says by which item of a list, may propose that the list says so more clearly, and is final.

use super::act::Act;
use super::{books, duties};
use crate::catalogue::{ItemKey, item_href};
use crate::duties::{Content, DutyVersion, VersionState};
use crate::error::CaseError;
use crate::model::Case;
use crate::store::duties as lists;
use crate::store::joint::last_note;
use ::store::Tx;
use platform::{Problem, Refusal, Words};

/// The workflow's action.
const RULE: &str = "rule";

/// The order with the cited item in its words, so that everybody who reads the ruling finds it.
pub(super) fn cite(tx: &Tx, order: Act) -> Result<Act, CaseError> {
    let Some(key) = order.item.as_ref().filter(|_| order.action == RULE) else { return Ok(order) };
    let (rules, _) = books(tx);
    let in_force = rules.in_force(tx.district(), tx.now().local().date());
    let (list, item) = in_force.catalogue.find_item(key).ok_or_else(unknown_item)?;
    let note = order.note.as_deref().unwrap_or_default();
    let href = item_href(&list.key, &list.version, &item.number);
    let cited = format!("{note}\n依据 By：《{}》{} {}　{href}", list.name.zh, item.number, item.words.zh);
    Ok(Act { note: Some(cited).filter(|_| !note.trim().is_empty()), ..order })
}

fn unknown_item() -> CaseError {
    CaseError::invalid("item", "cases.unknown_item", "清单里没有这一项。", "No list has this item.")
}

/// Proposes that the cited item names this type of case from now on: a draft of the list that holds, or the one that is being written.
pub(super) async fn propose(tx: &mut Tx, case: &Case, order: &Act) -> Result<(), CaseError> {
    let Some(key) = order.item.as_ref().filter(|_| order.action == RULE && order.propose) else {
        return Ok(());
    };
    let district = tx.district();
    let versions = lists::of_list(tx, district, &key.list).await?;
    let draft = match versions.into_iter().find(DutyVersion::is_open) {
        Some(draft) if draft.state == VersionState::Draft => draft,
        Some(laid_out) => duties::take_back(tx, laid_out.id, laid_out.version).await?,
        None => duties::draft(tx, &key.list, None).await?,
    };
    let content = with_type(&draft.content.0, key, &case.type_code).ok_or_else(unknown_item)?;
    duties::change(tx, draft.id, draft.version, content).await.map(drop)
}

/// The item names the type, and no other of the list does.
fn with_type(content: &Content, key: &ItemKey, code: &str) -> Option<Content> {
    let mut next = content.clone();
    for item in &mut next.items {
        item.types.retain(|known| known != code);
    }
    let item = next.items.iter_mut().find(|item| item.number == key.number)?;
    item.types.push(code.to_owned());
    Some(next)
}

/// A refusal because of a ruling says what was ruled.
pub(super) async fn explain(tx: &mut Tx, case: &Case, refusal: flow::Refusal) -> CaseError {
    let ruled = case.progress.0.counts.get(RULE).is_some_and(|times| *times > 0);
    if !(ruled && matches!(refusal, flow::Refusal::NotAfter { .. } | flow::Refusal::AlreadyDone { .. })) {
        return refusal.into();
    }
    let district = tx.district();
    match last_note(tx, district, case.id, RULE).await {
        Ok(Some(note)) => {
            let problem: Problem = CaseError::from(refusal).problem();
            let words = Words::new(
                format!("已经裁定，一次为准：{note}"),
                format!("It was ruled on, and that is final: {note}"),
            );
            problem.detail(words).into()
        }
        Ok(None) => refusal.into(),
        Err(fault) => fault.into(),
    }
}
