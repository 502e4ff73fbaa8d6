//! A hand-over taken back: what it moved and nobody has touched since goes back exactly; the rest stays, and is told.

use super::hand_over::{Ended, HANDED_OVER, Move, UNDO_WAIT_MAX, record};
use crate::access::HAND_OVER;
use crate::model::{Holding, Post, Roster};
use crate::{TerritoryError, store as rows};
use platform::{AccountId, FactId, PostId, Time, Words};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{FactRow, Tx};

/// The fact of an undone hand-over; it names the hand-over's own.
const UNDONE: &str = "territory.hand_over_undone";
/// Facts of one leaver that are looked through for an earlier undoing.
const FACTS_MAX: i64 = 1000;

/// What went back.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct UndoneHandOver {
    /// Posts that are as they were before.
    pub returned: Vec<PostId>,
    /// Posts that were left as they are now.
    pub kept: Vec<KeptPost>,
}

/// A post that did not go back, and why.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct KeptPost {
    pub post: PostId,
    pub why: Words,
}

/// What the fact of a hand-over tells of it.
#[derive(Deserialize)]
struct Told {
    leaver: AccountId,
    at: Time,
    moves: Vec<Move>,
}

/// Takes a hand-over back, within [`UNDO_WAIT_MAX`] and once.
pub async fn undo_hand_over(tx: &mut Tx, id: FactId) -> Result<UndoneHandOver, TerritoryError> {
    rows::bump_seats(tx).await?;
    let told = find(tx, id).await?;
    let mut done = UndoneHandOver { returned: Vec::new(), kept: Vec::new() };
    for moved in &told.moves {
        match give_back(tx, told.at, moved).await? {
            Ok(()) => done.returned.push(moved.post),
            Err(why) => done.kept.push(KeptPost { post: moved.post, why }),
        }
    }
    let kept: Vec<PostId> = done.kept.iter().map(|kept| kept.post).collect();
    let data = json!({ "hand_over": id, "leaver": told.leaver, "returned": done.returned, "kept": kept });
    record(tx, UNDONE, told.leaver, data).await?;
    Ok(done)
}

/// The hand-over, where it may still be undone.
async fn find(tx: &mut Tx, id: FactId) -> Result<Told, TerritoryError> {
    let district = tx.district();
    let fact = FactRow::find(tx, district, id).await?.filter(|fact| fact.name == HANDED_OVER);
    let fact = fact.ok_or(TerritoryError::NoSuchHandOver)?;
    // One that was made before undoing was possible does not say what it moved.
    let told: Told = serde_json::from_value(fact.data.0).map_err(|_| TerritoryError::TooLateToUndo)?;
    // Who may not hand these posts over is told nothing about what became of them.
    for moved in &told.moves {
        rows::load_post(tx, moved.post, &HAND_OVER).await?;
    }
    if fact.at.after(UNDO_WAIT_MAX) < tx.now() {
        return Err(TerritoryError::TooLateToUndo);
    }
    let facts = FactRow::of_subject(tx, district, told.leaver.0, FACTS_MAX).await?;
    let names_it = |fact: &FactRow| fact.data.0.get("hand_over") == Some(&json!(id));
    if facts.iter().any(|fact| fact.name == UNDONE && names_it(fact)) {
        return Err(TerritoryError::AlreadyUndone);
    }
    Ok(told)
}

/// Gives one post back, or says why not.
async fn give_back(tx: &mut Tx, at: Time, moved: &Move) -> Result<Result<(), Words>, TerritoryError> {
    let post = rows::load_post(tx, moved.post, &HAND_OVER).await?;
    let mut coming = Vec::new();
    for ended in moved.freed.iter().chain([&moved.left]) {
        let Some(holding) = untouched(tx, at, ended).await? else { return Ok(Err(changed())) };
        coming.push(Holding { to: ended.to, ..holding });
    }
    let district = tx.district();
    let others = rows::holdings_of_post(tx, district, post.id, at).await?;
    let heirs = others.iter().find(|holding| Some(holding.id) == moved.begun);
    let is_as_left = |holding: &Holding| holding.to == moved.left.to && holding.away.is_none();
    if moved.begun.is_some() && !heirs.is_some_and(is_as_left) {
        return Ok(Err(changed()));
    }
    let rest: Vec<Holding> = others.into_iter().filter(|h| Some(h.id) != moved.begun).collect();
    if is_taken(&post, at, &coming, &rest) {
        return Ok(Err(changed()));
    }
    if let Some(begun) = moved.begun {
        rows::drop_holding(tx, begun).await?;
    }
    for holding in coming {
        rows::return_holding(tx, holding.id, holding.to).await?;
    }
    Ok(Ok(()))
}

/// The ended holding, if it is as the hand-over left it. One that had not begun by then was dropped and cannot come back.
async fn untouched(tx: &mut Tx, at: Time, ended: &Ended) -> Result<Option<Holding>, TerritoryError> {
    match rows::load_holding(tx, ended.holding, &HAND_OVER).await {
        Ok((holding, _)) => Ok(Some(holding).filter(|holding| holding.to == Some(at))),
        Err(TerritoryError::NoSuchHolding) => Ok(None),
        Err(other) => Err(other),
    }
}

/// Whether somebody else has sat down meanwhile, or the post was closed.
fn is_taken(post: &Post, at: Time, coming: &[Holding], rest: &[Holding]) -> bool {
    let meets = |h: &Holding| Roster(rest).conflict(post.kind, h.account, h.role, at, h.to).is_some();
    coming.iter().any(meets) || post.open_to.is_some_and(|to| to <= at)
}

fn changed() -> Words {
    Words::of(
        "移交之后这个岗位又有变动，没有退回，请在岗位页面处理。",
        "This post has changed since the hand-over and was left as it is: please see to it on the page of posts.",
    )
}
