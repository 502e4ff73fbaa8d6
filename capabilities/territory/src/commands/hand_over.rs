//! A leaver's posts, and with them all open work, go to others in one action.

use super::facts::TerritoryFact;
use super::holdings::{HoldPost, seat};
use crate::access::HAND_OVER;
use crate::model::{Holding, HoldingId, HoldingRole, root_path};
use crate::{TerritoryError, store as rows};
use platform::{AccountId, FactId, PostId, Time};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::time::Duration;
use store::Tx;

/// The fact of a hand-over.
pub(super) const HANDED_OVER: &str = "territory.posts_handed_over";
/// How long a hand-over can be undone: long enough to see that it was the wrong person.
pub(super) const UNDO_WAIT_MAX: Duration = Duration::from_secs(10 * 60);

/// Who takes over: the account, and the name and number the district publishes.
#[derive(Clone, Debug)]
pub struct Heir {
    pub account: AccountId,
    pub name: String,
    pub phone: Option<String>,
}

/// A leaver's posts and who takes them.
#[derive(Clone, Debug)]
pub struct HandOver {
    pub leaver: AccountId,
    /// Takes every post not named in `posts`. None: those stay empty until somebody is put on them.
    pub heir: Option<Heir>,
    /// Heirs of single posts.
    pub posts: Vec<(PostId, Heir)>,
    /// None: now.
    pub at: Option<Time>,
}

/// A post and who has it now.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct HandedPost {
    pub post: PostId,
    pub account: AccountId,
}

/// What was handed over.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct HandedOver {
    /// By which it can be undone for a while.
    #[schema(value_type = uuid::Uuid)]
    pub id: FactId,
    /// Until when.
    pub undo_until: Time,
    /// Posts with their new holder.
    pub posts: Vec<HandedPost>,
    /// Posts that have lost a holder and got none.
    pub vacant: Vec<PostId>,
}

/// A holding that was ended, and the end it had before.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Ended {
    pub(super) holding: HoldingId,
    pub(super) to: Option<Time>,
}

/// What a hand-over did to one post: kept with its fact, so that it can be undone exactly.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Move {
    pub(super) post: PostId,
    /// The leaver's holding.
    pub(super) left: Ended,
    /// The heir's; none where the post stays vacant.
    pub(super) begun: Option<HoldingId>,
    /// The heir's places as a stand-in on the same post.
    pub(super) freed: Vec<Ended>,
}

/// Moves all of a leaver's posts: each holding ends, and the heir's begins in the same role at the same moment. Work
/// belongs to posts, so nothing else moves and nothing is lost.
pub async fn hand_over(tx: &mut Tx, order: HandOver) -> Result<HandedOver, TerritoryError> {
    rows::bump_seats(tx).await?;
    let (district, at) = (tx.district(), order.at.unwrap_or(tx.now()));
    let held = rows::holdings_of_account(tx, district, order.leaver, at).await?;
    if held.is_empty() {
        return Err(TerritoryError::NothingToHandOver);
    }
    check_heirs(&order, &held)?;
    let (mut posts, mut vacant, mut moves) = (Vec::new(), Vec::new(), Vec::new());
    for holding in held {
        let post = rows::load_post(tx, holding.post, &HAND_OVER).await?;
        rows::end_holding(tx, &holding, at).await?;
        let mut moved = Move { post: post.id, left: ended(&holding), begun: None, freed: Vec::new() };
        match heir_of(&order, post.id) {
            Some(heir) => {
                moved.freed = free_other_role(tx, &holding, heir.account, at).await?;
                let new = HoldPost {
                    post: post.id,
                    account: heir.account,
                    role: holding.role,
                    name: heir.name.clone(),
                    phone: heir.phone.clone(),
                    from: Some(at.max(holding.from)),
                    to: holding.to,
                };
                moved.begun = Some(seat(tx, &post, new).await?.id);
                posts.push(HandedPost { post: post.id, account: heir.account });
            }
            None => vacant.push(post.id),
        }
        moves.push(moved);
    }
    let data = json!({ "leaver": order.leaver, "posts": posts, "vacant": vacant, "at": at, "moves": moves });
    let id = record(tx, HANDED_OVER, order.leaver, data).await?;
    Ok(HandedOver { id, undo_until: tx.now().after(UNDO_WAIT_MAX), posts, vacant })
}

fn ended(holding: &Holding) -> Ended {
    Ended { holding: holding.id, to: holding.to }
}

fn heir_of(order: &HandOver, post: PostId) -> Option<&Heir> {
    order.posts.iter().find(|(id, _)| *id == post).map(|(_, heir)| heir).or(order.heir.as_ref())
}

/// A stand-in who becomes the main holder leaves the place of the stand-in.
async fn free_other_role(
    tx: &mut Tx,
    left: &Holding,
    heir: AccountId,
    at: Time,
) -> Result<Vec<Ended>, TerritoryError> {
    let mut freed = Vec::new();
    if left.role != HoldingRole::Main {
        return Ok(freed);
    }
    let district = tx.district();
    let others = rows::holdings_of_post(tx, district, left.post, at).await?;
    for other in others.iter().filter(|h| h.account == heir && h.role == HoldingRole::StandIn) {
        rows::end_holding(tx, other, at).await?;
        freed.push(ended(other));
    }
    Ok(freed)
}

fn check_heirs(order: &HandOver, held: &[Holding]) -> Result<(), TerritoryError> {
    let heirs = order.posts.iter().map(|(_, heir)| heir).chain(&order.heir);
    if heirs.into_iter().any(|heir| heir.account == order.leaver) {
        return Err(TerritoryError::invalid(
            "heir",
            "不能移交给离任的人自己。",
            "The work cannot go to the leaver.",
        ));
    }
    if order.posts.iter().any(|(post, _)| !held.iter().any(|h| h.post == *post)) {
        return Err(TerritoryError::NoSuchPost);
    }
    Ok(())
}

/// Records what became of a leaver's posts.
pub(super) async fn record(
    tx: &mut Tx,
    name: &'static str,
    leaver: AccountId,
    data: Value,
) -> Result<FactId, TerritoryError> {
    let path = root_path(tx.district());
    let subject = (AccountId::NOUN, leaver.0);
    let fact = TerritoryFact { name, subject, area_path: Some(&path), unit: None, data };
    Ok(tx.record(&fact).await?)
}
